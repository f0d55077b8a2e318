"""`antq-stats status`: which units have answered, and which have not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import level_of, unit_of
from antq_stats.cli.console import console
from antq_stats.cli.options import FolderOptions, Output, Under, format_of, format_option, reads_folder
from antq_stats.cli.wording import help_text
from antq_stats.output_marks import UNIT_COLUMNS

if TYPE_CHECKING:
    from antq_stats.cli.session import Session
    from antq_stats.figures.coverage import UnitCoverage

_FORMATS = ("table", "csv", "json")
_LISTS = ("files", "unread")
_SUFFIXES = {".csv": "csv", ".json": "json"}

By = Annotated[str | None, typer.Option("--by", metavar="LEVEL", help=help_text("option.by-status"))]
Receipts = Annotated[
    Path | None, typer.Option("--receipts", metavar="OUT", help=help_text("option.receipts"))
]


@reads_folder
def status(
    options: FolderOptions,
    by: By = None,
    under: Under = None,
    receipts: Receipts = None,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
) -> int:
    """Show the coverage, write receipts if asked to, and return the exit status."""
    chosen = format_of(format_, output, _FORMATS, _SUFFIXES)
    from antq_stats.cli.session import run_session

    session = run_session(options)
    from antq_stats.figures.coverage import coverage_of
    from antq_stats.render.answers import answers_records

    register = session.result.register
    top = unit_of(register, under)
    finest = max((table.level for table in session.result.collection.tables if table.is_expected), default=1)
    level = level_of(register, by, default=max(finest - 1, register.units.levels[top]))
    coverage = coverage_of(session.result.collection, session.result.findings)
    rows = [int(unit) for unit in register.under(top) if register.units.levels[unit] <= level]
    if chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        session.deliver(to_json(answers_records(session.result.collection, coverage, rows)), output)
    elif chosen == "csv":
        from antq_stats.render.writing.delimited import to_csv

        records = answers_records(session.result.collection, coverage, rows)
        flat = [{**record, **{key: "; ".join(_texts(record[key])) for key in _LISTS}} for record in records]
        header = [*UNIT_COLUMNS, "expected", "read", "hard", "soft", "state", *_LISTS]
        session.deliver(to_csv(flat, header), output, bom=True)
    else:
        session.deliver(_table(session, coverage, rows, to_file=output is not None), output)
    if receipts is not None:
        _write_receipts(session, receipts)
    return session.status()


def _texts(listed: object) -> list[str]:
    return [str(name) for name in listed] if isinstance(listed, list) else []


def _table(session: Session, coverage: UnitCoverage, rows: list[int], *, to_file: bool) -> str:
    from antq_stats.cli.session import show_table
    from antq_stats.render.answers import answers_table, missing_names, unread_names
    from antq_stats.render.writing.terminal import render_table
    from antq_stats.words.language import phrase

    table = answers_table(session.result.collection, coverage, rows, console.language)
    text = render_table(table, console.language, width=None) if to_file else show_table(table)
    missing = missing_names(session.result.collection, rows[0])
    if not missing:
        return text + phrase("status.all-in", console.language) + "\n"
    for key, names in (
        ("missing", missing),
        ("unread", unread_names(session.result.collection, coverage, rows[0])),
    ):
        if names:
            shown = "; ".join(names[:40]) + (" …" if len(names) > 40 else "")
            text += phrase(f"status.{key}", console.language, count=len(names), names=shown) + "\n"
    return text


def _write_receipts(session: Session, folder: Path) -> None:
    from antq_stats.render.answers import receipts
    from antq_stats.render.writing.output import make_folder, write_bytes

    make_folder(folder)
    for name, text in receipts(session.result.collection, console.language):
        write_bytes(folder / name, text.encode("utf-8"))
    console.note("run.written", name=folder.name)

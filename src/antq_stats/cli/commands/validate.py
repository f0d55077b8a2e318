"""`antq-stats validate`: every fault of every return, with its cell and how to mend it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.options import Asked, Output, format_of, format_option, reads_folder

if TYPE_CHECKING:
    from antq_stats.cli.session import Session

_FORMATS = ("text", "json", "csv", "xlsx")
_SUFFIXES = {".json": "json", ".csv": "csv", ".xlsx": "xlsx"}


@reads_folder
def validate(
    asked: Asked,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
) -> int:
    """Show what was found, and return the exit status."""
    chosen = format_of(format_, output, _FORMATS, _SUFFIXES)
    if chosen == "xlsx" and output is None:
        raise UsageProblem("usage.needs-output", found="xlsx")
    from antq_stats.cli.session import run_session

    session = run_session(asked)
    if chosen == "xlsx" and output is not None:
        from antq_stats.render.findings import findings_table

        table = findings_table(session.findings, session.period.name, console.language, session.names)
        session.write_workbook(output, table)
    else:
        text = {"json": _json, "csv": _csv, "text": _text}[chosen](session, to_file=output is not None)
        session.deliver(text, output, bom=chosen == "csv")
    return session.status()


def _records(session: Session) -> list[dict[str, object]]:
    from antq_stats.render.findings import record

    return [record(finding, console.language, session.names) for finding in session.findings]


def _json(session: Session, *, to_file: bool) -> str:
    from antq_stats import __version__
    from antq_stats.render.delimited import to_json

    del to_file
    collection, form = session.collection, session.period.form
    expected = [table for table in collection.tables if table.is_expected]
    summary = {
        "files": len(collection.files) - sum(given.passed_over for given in collection.files),
        "returns": len(collection.used),
        "units_expected": sum(len(table.units) for table in expected),
        "units_read": sum(int(table.read.sum()) for table in expected),
        "values": sum(int(table.given.sum()) for table in collection.tables),
        "hard": session.tally.get("hard", 0),
        "soft": session.tally.get("soft", 0),
        "notes": session.tally.get("note", 0),
        "passed_over": collection.passed_over,
    }
    return to_json(
        {
            "antq_stats": __version__,
            "period": session.period.name,
            "form": {"id": form.id, "version": form.version},
            "summary": summary,
            "findings": _records(session),
        }
    )


def _csv(session: Session, *, to_file: bool) -> str:
    from antq_stats.render.delimited import to_csv
    from antq_stats.render.findings import RECORD_KEYS

    del to_file
    return to_csv(_records(session), RECORD_KEYS)


def _text(session: Session, *, to_file: bool) -> str:
    from antq_stats.language import phrase
    from antq_stats.render import terminal
    from antq_stats.render.findings import findings_lines
    from antq_stats.render.table import UNICODE

    if not session.findings:
        return phrase("findings.none", console.language) + "\n"
    plain = not to_file and terminal.signs_for(sys.stdout) is not UNICODE
    lines = findings_lines(
        session.findings,
        console.language,
        session.names,
        width=None if to_file else terminal.terminal_width(sys.stdout, os.environ),
        ascii_only=plain,
        notes=console.verbose,
    )
    return terminal.paint(lines, colour=not to_file and terminal.colour_wanted(sys.stdout, os.environ)) + "\n"

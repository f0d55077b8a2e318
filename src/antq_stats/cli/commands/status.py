"""`antq-stats status`: how many returns came, who is missing, who must correct, and coverage by unit."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import day_named, level_of, unit_of
from antq_stats.cli.console import INTERNAL, console
from antq_stats.cli.options import FolderOptions, Output, Under, format_of, format_option, reads_folder
from antq_stats.cli.wording import help_text
from antq_stats.output_marks import UNIT_COLUMNS
from antq_stats.words.text import as_typed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from antq_stats.cli.session import Session
    from antq_stats.figures.coverage import UnitCoverage
    from antq_stats.register.contacts import Contacts
    from antq_stats.render.answers import Punctuality, SenderLists
    from antq_stats.render.writing.table import PresentationTable

_FORMATS = ("table", "csv", "json")
_LISTS = ("files", "unread")
_SUFFIXES = {".csv": "csv", ".json": "json"}
_UNKNOWN_SHOWN = 5

By = Annotated[str | None, typer.Option("--by", metavar="LEVEL", help=help_text("option.by-status"))]
Missing = Annotated[bool, typer.Option("--missing", help=help_text("option.missing"))]
Due = Annotated[str | None, typer.Option("--due", metavar="DATE", help=help_text("option.due"))]
Receipts = Annotated[
    Path | None, typer.Option("--receipts", metavar="OUT", help=help_text("option.receipts"))
]


@reads_folder
def status(
    options: FolderOptions,
    by: By = None,
    under: Under = None,
    missing: Missing = False,
    due: Due = None,
    receipts: Receipts = None,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
) -> int:
    """Show who has sent and who has not, write receipts if asked to, and return the exit status.

    On the first day, when no return has come, it is 0.
    """
    chosen = format_of(format_, output, _FORMATS, _SUFFIXES)
    day = day_named(due)
    from antq_stats.cli.session import run_session

    session = run_session(options, may_be_empty=True)
    from antq_stats.figures.coverage import coverage_of

    register, collection = session.result.register, session.result.collection
    top = unit_of(register, under)
    coverage = coverage_of(collection, session.result.findings)
    contacts = _contacts(session)
    lists = _lists(session, coverage, top, {} if output is not None else contacts.phones)
    punctuality = None if day is None else _punctuality(session, lists, day, contacts)
    finest = max((table.level for table in collection.tables if table.is_expected), default=1)
    level = level_of(register, by, default=max(finest - 1, register.units.levels[top]))
    rows = [int(unit) for unit in register.under(top) if register.units.levels[unit] <= level]
    if chosen != "table":
        units = list(lists.absent) if missing else rows
        _write_records(session, coverage, units, punctuality, chosen, output)
    elif missing:
        session.deliver(lists.missing_lines(), output)
    elif punctuality is not None:
        session.deliver(_by_day(session, punctuality, output), output)
    else:
        session.deliver(_screen(session, lists, coverage, rows, output), output)
    if receipts is not None:
        _write_receipts(session, receipts)
    if session.result.period.discovered.sources:
        return session.status()
    console.note("status.first-day", folder=as_typed(options.folder))
    return INTERNAL if session.result.collection.faults else 0


def _lists(session: Session, coverage: UnitCoverage, top: int, phones: Mapping[int, str]) -> SenderLists:
    from antq_stats.render.answers import SenderLists
    from antq_stats.words.language import Wording
    from antq_stats.year_end.standing import standing_of

    standing = standing_of(session.result, coverage)
    return SenderLists(
        session.result.collection, coverage, top, standing.senders, standing.missing, standing.to_mend,
        standing.level, Wording(console.language), phones,
    )  # fmt: skip


def _contacts(session: Session) -> Contacts:
    """Return the list of offices, if there is one; report what is wrong with it."""
    from antq_stats.collection.setup_files import nearest_contacts
    from antq_stats.register.contacts import Contacts, read_contacts

    file = nearest_contacts(session.result.period.folder)
    if file is None:
        return Contacts({})
    contacts = read_contacts(file, session.result.register)
    if not contacts.is_readable:
        console.note("status.contacts-unreadable", name=file.name)
    for key, found in (("unknown", contacts.unknown), ("no-dates", contacts.no_dates)):
        if found:
            names = ", ".join(f"“{name}”" for name in found[:_UNKNOWN_SHOWN])
            more = " …" if len(found) > _UNKNOWN_SHOWN else ""
            console.note(f"status.contacts-{key}", name=file.name, names=names + more)
    return contacts


def _punctuality(session: Session, lists: SenderLists, due: date, contacts: Contacts) -> Punctuality:
    from antq_stats.render.answers import Punctuality
    from antq_stats.sendings.arrivals import arrivals
    from antq_stats.words.today import today

    result = session.result
    days = arrivals(result.collection, result.period.discovered.sources, contacts.received)
    return Punctuality(lists, days, due, today())


def _by_day(session: Session, punctuality: Punctuality, output: Path | None) -> str:
    """Return who is late, after the day; before it, a reminder for each sender who is not yet in."""
    from antq_stats.cli.calls import calls_text
    from antq_stats.cli.session import show_table
    from antq_stats.figures.priorities import only, priorities
    from antq_stats.render.calls import CallList
    from antq_stats.render.writing.terminal import colour_wanted, paint, render_table
    from antq_stats.year_end.standing import for_senders

    lang, result = console.language, session.result
    is_coloured = output is None and colour_wanted(sys.stdout, os.environ)
    opening = paint([[(punctuality.headline(), "bold")]], colour=is_coloured)
    if not punctuality.is_past and punctuality.not_in:
        ranked = only(priorities(result.collection, for_senders(result.findings)), punctuality.not_in)
        listed = CallList(ranked, result.collection, lang, punctuality.due)
        return "\n".join([opening, calls_text(listed, to_file=output is not None)])
    if not punctuality.late:
        return opening
    table = punctuality.table()
    shown = show_table(table) if output is None else render_table(table, lang, width=None)
    return f"{opening}\n{shown}"


def _write_records(
    session: Session,
    coverage: UnitCoverage,
    units: list[int],
    punctuality: Punctuality | None,
    chosen: str,
    output: Path | None,
) -> None:
    from antq_stats.render.answers import answers_records
    from antq_stats.render.writing.delimited import to_csv, to_json

    records = answers_records(session.result.collection, coverage, units)
    if punctuality is not None:
        records = [record | punctuality.fields(unit) for record, unit in zip(records, units, strict=True)]
    if chosen == "json" and session.result.decided:
        from antq_stats.render.findings.decided import numbers_at

        decided, register = session.result.decided, session.result.register
        records = [
            record | {"decided": numbers_at(decided, register, unit)}
            for record, unit in zip(records, units, strict=True)
        ]
    if chosen == "json":
        session.deliver(to_json(records), output)
        return
    flat = [{**record, **{key: "; ".join(_texts(record[key])) for key in _LISTS}} for record in records]
    header = [*UNIT_COLUMNS, "expected", "read", "hard", "soft", "state", *_LISTS]
    header += [] if punctuality is None else ["received", "late"]
    session.deliver(to_csv(flat, header), output, bom=True)


def _texts(listed: object) -> list[str]:
    return [str(name) for name in listed] if isinstance(listed, list) else []


def _screen(
    session: Session, lists: SenderLists, coverage: UnitCoverage, rows: list[int], output: Path | None
) -> str:
    """Return the first screen: who has sent, who is missing, who must correct, then the units."""
    from antq_stats.cli.session import show_table
    from antq_stats.render.answers import answers_table, unplaced_files
    from antq_stats.render.findings.decided import counts_words
    from antq_stats.render.writing.terminal import colour_wanted, paint, render_table
    from antq_stats.words.language import Wording, phrase

    lang, collection = console.language, session.result.collection

    def shown(table: PresentationTable) -> str:
        return show_table(table) if output is None else render_table(table, lang, width=None)

    opening = [[(lists.headline(), "bold")], [(lists.rows(), "")]]
    if not lists.absent and (coverage.read[rows[0]] == coverage.expected[rows[0]]):
        opening.append([(phrase("status.all-in", lang), "")])
    decided = counts_words((each.decision for each in session.result.decided), Wording(lang))
    if decided:
        opening.append([(phrase("decided.note", lang, counts=decided), "")])
    unplaced = unplaced_files(collection, coverage, rows[0])
    if unplaced:
        names = "; ".join(unplaced[:40]) + (" …" if len(unplaced) > 40 else "")
        opening.append([(phrase("status.unread", lang, count=len(unplaced), names=names), "")])
    is_coloured = output is None and colour_wanted(sys.stdout, os.environ)
    tables = [*lists.tables(), answers_table(collection, coverage, rows, lang)]
    return "\n".join([paint(opening, colour=is_coloured), *map(shown, tables)])


def _write_receipts(session: Session, folder: Path) -> None:
    from antq_stats.render.answers import receipts
    from antq_stats.render.writing.output import make_folder, write_bytes

    make_folder(folder)
    for name, text in receipts(session.result.collection, console.language):
        write_bytes(folder / name, text.encode("utf-8"))
    console.note("run.written", name=folder.name)

"""`antq-stats trace`: a figure taken apart into the cells that it is made of."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import boundaries_named, column_named, unit_of
from antq_stats.cli.commands.aggregate import On
from antq_stats.cli.console import HARD_FINDINGS, UsageProblem, console
from antq_stats.cli.options import FolderOptions, Output, format_of, format_option, reads_folder
from antq_stats.cli.wording import help_text

if TYPE_CHECKING:
    from antq_stats.cli.printed_report import PrintedCell
    from antq_stats.cli.session import Session
    from antq_stats.collection.intake import Intake
    from antq_stats.render.traced.lines import Find
    from antq_stats.trace.figure_trace import Trace

_FORMATS = ("table", "csv", "json")
_SUFFIXES = {".csv": "csv", ".json": "json"}

UnitName = Annotated[
    str | None, typer.Argument(metavar="UNIT", help=help_text("argument.trace-unit"), show_default=False)
]
MeasureName = Annotated[
    str | None,
    typer.Argument(metavar="MEASURE", help=help_text("argument.trace-measure"), show_default=False),
]
Depth = Annotated[int, typer.Option("--depth", metavar="N", help=help_text("option.depth"))]
Found = Annotated[bool, typer.Option("--found", help=help_text("option.found"))]


@reads_folder
def trace(
    options: FolderOptions,
    unit: UnitName = None,
    measure: MeasureName = None,
    depth: Depth = 1,
    found: Found = False,
    on: On = None,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
) -> int:
    """Take a figure apart, write what it is made of, and return the exit status."""
    chosen = format_of(format_, output, _FORMATS, _SUFFIXES)
    if depth < 0:
        raise UsageProblem("usage.bad-depth")
    from antq_stats.cli.session import Session, open_folder, read_period

    printed: PrintedCell | None = None
    if isinstance(options.folder, Path) and options.folder.is_file():
        printed, options = _from_report(options, options.folder, unit, measure, on)
    elif unit is None or measure is None:
        raise UsageProblem("usage.trace-needs")
    opened = open_folder(options)
    boundaries = None if on is None else boundaries_named(on, [opened])
    if printed is None:
        register = opened.register if boundaries is None else boundaries.register
        at, code = unit_of(register, unit), column_named(opened.form, measure or "").code
    else:
        at, code = _asked_by(printed, opened)
    session = Session(read_period(opened, "antq_stats.render.traced.lines", "antq_stats.trace.tracing"))
    traced = session.result.trace(at, code, boundaries)
    report, agrees = (None, True) if printed is None else printed.compared(traced)
    _write(session, traced, depth, chosen, output, report, found=found)
    if traced.is_protected and chosen != "table":  # the table says so itself
        console.note("trace.internal")
    return max(session.status(), 0 if agrees and traced.adds_up else HARD_FINDINGS)


def _from_report(
    options: FolderOptions, path: Path, cell: str | None, folder: str | None, on: str | None
) -> tuple[PrintedCell, FolderOptions]:
    """Return the cell of a report that is asked for, and the options with the folder of its returns."""
    from antq_stats.cli.printed_report import cell_named, folder_of

    if on is not None:
        raise UsageProblem("usage.report-on")
    if cell is None:
        raise UsageProblem("usage.trace-needs-cell")
    printed = cell_named(path, cell)
    return printed, replace(options, folder=folder_of(path, printed.said, folder))


def _asked_by(printed: PrintedCell, opened: Intake) -> tuple[int, str]:
    """Return the unit and the code of the measure or ratio that a cell of a report holds."""
    from antq_stats.trace.report_map import unit_at

    unit = unit_at(printed.target, opened.register, printed.said.root)
    if unit is None:
        raise UsageProblem("usage.report-other-units")
    return unit, column_named(opened.form, printed.target.code).code


def _write(
    session: Session,
    traced: Trace,
    depth: int,
    chosen: str,
    output: Path | None,
    report: dict[str, object] | None,
    *,
    found: bool,
) -> None:
    """Write a trace in a format.

    Parameters
    ----------
    session : the run.
    traced : the trace.
    depth : number of levels that the tree shows.
    chosen : ``table``, ``csv`` or ``json``.
    output : file to write; None for the screen.
    report : the record of the report's cell that the trace starts from; None without a report.
    found : whether every cell is read again for CSV and JSON.
    """
    from antq_stats.trace.found import found_texts

    period = session.result.period
    if chosen == "table":
        text = _tree(traced, lambda cells: found_texts(period, cells), depth, to_file=output is not None)
        session.deliver(text, output)
        return
    from antq_stats.render.traced.records import TraceRecords
    from antq_stats.render.writing.delimited import columns_to_csv, to_json

    cells = (place for side in traced.sides for place in side.places() if place is not None)
    records = TraceRecords(traced, found_texts(period, cells) if found else {}, console.language, report)
    if chosen == "json":
        session.deliver(to_json(records.record()), output)
    else:
        session.deliver(columns_to_csv(records.columns()), output, bom=True)


def _tree(traced: Trace, find: Find, depth: int, *, to_file: bool) -> str:
    """Return a trace as text."""
    from antq_stats.render.traced.lines import trace_lines
    from antq_stats.render.writing.terminal import colour_wanted, paint, terminal_width

    width = None if to_file else terminal_width(sys.stdout, os.environ)
    colour = not to_file and colour_wanted(sys.stdout, os.environ)
    return paint(trace_lines(traced, find, console.language, depth, width), colour=colour)

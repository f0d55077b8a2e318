"""`antq-stats trace`: a figure taken apart into the cells that it is made of."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import boundaries_named, column_named, unit_of
from antq_stats.cli.commands.aggregate import On
from antq_stats.cli.console import HARD_FINDINGS, UsageProblem, console
from antq_stats.cli.options import FolderOptions, Output, format_of, format_option, reads_folder
from antq_stats.cli.wording import help_text

if TYPE_CHECKING:
    from antq_stats.cli.session import Session
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
    if unit is None or measure is None:
        raise UsageProblem("usage.trace-needs")
    from antq_stats.cli.session import Session, open_folder, read_period

    opened = open_folder(options)
    boundaries = None if on is None else boundaries_named(on, [opened])
    register = opened.register if boundaries is None else boundaries.register
    at, column = unit_of(register, unit), column_named(opened.form, measure)
    session = Session(read_period(opened, "antq_stats.render.traced.lines", "antq_stats.trace.tracing"))
    traced = session.result.trace(at, column.code, boundaries)
    _write(session, traced, depth, chosen, output, found=found)
    if traced.is_protected:
        console.note("trace.internal")
    return session.status() if traced.adds_up else max(session.status(), HARD_FINDINGS)


def _write(
    session: Session, traced: Trace, depth: int, chosen: str, output: Path | None, *, found: bool
) -> None:
    """Write a trace in a format.

    Parameters
    ----------
    session : the run.
    traced : the trace.
    depth : number of levels that the tree shows.
    chosen : ``table``, ``csv`` or ``json``.
    output : file to write; None for the screen.
    found : whether every cell is read again for CSV and JSON.
    """
    from antq_stats.trace.found import found_texts

    period = session.result.period
    if chosen == "table":
        text = _tree(traced, lambda cells: found_texts(period, cells), depth, to_file=output is not None)
        session.deliver(text, output)
        return
    from antq_stats.render.traced.records import LEAF_COLUMNS, TraceRecords
    from antq_stats.render.writing.delimited import to_csv, to_json

    cells = (leaf.place for side in traced.sides for leaf in side.each() if leaf.place is not None)
    records = TraceRecords(traced, found_texts(period, cells) if found else {}, console.language)
    if chosen == "json":
        session.deliver(to_json(records.record()), output)
    else:
        session.deliver(to_csv(records.rows(), LEAF_COLUMNS), output, bom=True)


def _tree(traced: Trace, find: Find, depth: int, *, to_file: bool) -> str:
    """Return a trace as text."""
    from antq_stats.render.traced.lines import trace_lines
    from antq_stats.render.writing.terminal import colour_wanted, paint, terminal_width

    width = None if to_file else terminal_width(sys.stdout, os.environ)
    colour = not to_file and colour_wanted(sys.stdout, os.environ)
    return paint(trace_lines(traced, find, console.language, depth, width), colour=colour)

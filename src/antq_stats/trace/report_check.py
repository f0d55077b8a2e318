"""Whether a printed workbook still agrees with the folder of returns that it was made from."""

from __future__ import annotations

from math import isclose
from typing import NamedTuple

from antq_stats.collection.collection import Collection
from antq_stats.figures.figure import Figure, RatioFigure
from antq_stats.form import Ratio
from antq_stats.trace.figure_trace import Trace
from antq_stats.trace.report_map import ReportMap, Target


class SourceChanges(NamedTuple):
    """How the files that give figures differ from those of a report."""

    changed: tuple[str, ...]
    """Files with other bytes."""
    gone: tuple[str, ...]
    """Files of the report that give no figures any more."""
    new: tuple[str, ...]
    """Files that gave none for the report."""


def source_changes(said: ReportMap, collection: Collection) -> SourceChanges:
    """Return how the files that give figures differ from those of a report.

    A report without hashes, for it shows protected measures, is compared by the names alone.

    Parameters
    ----------
    said : what the report says.
    collection : the returns.
    """
    then = dict(said.sources)
    now = {file.file: file.sha256 for file in collection.files if file.file in collection.used}
    changed = tuple(file for file in now if then.get(file) and then[file] != now[file])
    gone = tuple(file for file in then if file not in now)
    return SourceChanges(changed, gone, tuple(file for file in now if file not in then))


def is_as_printed(trace: Trace, target: Target, value: object) -> bool | None:
    """Return whether a cell of a report holds the figure as it is now; None if it is blank and should not be.

    A sign or a text in place of a figure is not judged. A formula is blank in a workbook that a program has
    saved without calculating it.

    Parameters
    ----------
    trace : the figure.
    target : what the cell holds.
    value : its content.
    """
    figure, column = trace.figure, trace.column
    assert isinstance(figure, Figure | RatioFigure)  # noqa: S101 - reports are on their own boundaries
    if value == "" and target.field != "note" and figure.value is not None:
        return None
    if not isinstance(value, int | float) or target.field == "note":
        return True
    if target.field in ("given", "expected"):
        return value == (figure.given if target.field == "given" else figure.expected)
    if figure.value is None:
        return False
    factor = column.per if isinstance(column, Ratio) and column.per == 100 else 1  # a cell of format 0.0%
    return isclose(float(value) * factor, float(figure.value), rel_tol=1e-12)

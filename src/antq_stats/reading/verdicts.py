"""Applying verdicts: the one place where a table that was read loses figures, columns or headers."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

from antq_stats.plan import MISSING
from antq_stats.reading.checks.verdict import Verdict
from antq_stats.reading.returns import Return
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.locate import LocatedTable


def use_columns(located: LocatedTable, in_use: Mapping[int, int]) -> None:
    """Give measures and ratios that several columns claim the one column in use.

    Parameters
    ----------
    located : the table.
    in_use : position of a measure, or ``~position`` of a ratio -> its column.
    """
    for position, column in in_use.items():
        if position >= 0:
            located.measures[position] = column
        else:
            located.ratios[~position] = column
        del located.twice[position]


def apply_verdict(verdict: Verdict, located: LocatedTable, body: Body) -> None:
    """Remove from a table what a verdict excludes; a figure that does not count becomes missing."""
    for column in verdict.personal_headers:
        located.unknown.pop(column, None)
    values = body.given.values
    width = len(located.measures)
    for place in verdict.personal_measures | verdict.double_measures:
        for at in range(place, len(values), width):
            values[at] = MISSING
    for position, place in verdict.cells:
        values[position * width + place] = MISSING
    if verdict.double_measures:
        columns = enumerate(body.given.columns)
        body.given.columns = tuple(
            -1 if place in verdict.double_measures else column for place, column in columns
        )


def drop_rows(body: Body, rows: Iterable[int]) -> None:
    """Set all figures of some rows of a body to missing.

    Parameters
    ----------
    body : the rows as read.
    rows : positions in the body.
    """
    values, width = body.given.values, len(body.given.columns)
    for row in rows:
        values[row * width : (row + 1) * width] = array(values.typecode, [MISSING] * width)


def drop_sheet(return_: Return, sheet: str | None) -> None:
    """Remove the tables, unlisted rows and findings of one sheet; findings on personal data stay."""
    return_.tables[:] = [table for table in return_.tables if table.sheet != sheet]
    return_.unlisted[:] = [row for row in return_.unlisted if row.sheet != sheet]
    return_.findings[:] = [
        finding for finding in return_.findings if finding.sheet != sheet or finding.code.startswith("D")
    ]

"""The rows of a return with what their cells say, so that two sendings can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading.returns import Return, TableReturn

UNLISTED = -1
"""Position of a unit that the register does not have."""

Key = tuple[int, int, str, int]
"""Table, unit, name as written of a unit that the register lacks, and how often the unit came before."""


class Row(NamedTuple):
    """A row of figures of a unit."""

    table: int
    """Position of the table in the plan."""
    unit: int
    """Position of the unit, or `UNLISTED`."""
    name: str
    """Code and name as written of a unit that the register lacks; else empty."""
    sheet: str | None
    row: int
    """Row on the sheet, from 1."""
    columns: tuple[int, ...]
    """Column of each measure, from 0; -1 for none."""
    says: tuple[str | None, ...]
    """For each measure the value in digits, or the text that is none; None for a blank."""

    @property
    def is_blank(self) -> bool:
        """Whether no cell says anything."""
        return not any(self.says)


def rows_of(return_: Return, plan: ReadingPlan) -> dict[Key, Row]:
    """Return the rows of a return by their units.

    Parameters
    ----------
    return_ : the return.
    plan : the plan that it was read by.
    """
    texts = {
        (finding.sheet, finding.row, measure): finding.value
        for finding in return_.findings
        if finding.code[0] == "C" and finding.value
        for measure in finding.measures
    }
    rows: dict[Key, Row] = {}
    times: Counter[tuple[int, int, str]] = Counter()
    for row, values in _read(return_):
        measures = plan.tables[row.table].measures
        says = tuple(
            measure.text(value) if value != MISSING else texts.get((row.sheet, row.row, measure.code))
            for measure, value in zip(measures, values, strict=True)
        )
        whose = row.table, row.unit, row.name
        rows[*whose, times[whose]] = row._replace(says=says)
        times[whose] += 1
    return rows


def _read(return_: Return) -> Iterator[tuple[Row, tuple[int, ...]]]:
    for table in return_.tables:
        yield from _of_table(table)
    for given in return_.unlisted:
        columns = _columns_like(return_, given.table, given.sheet, len(given.values))
        name = " ".join(part for part in (given.code, given.name) if part)
        yield Row(given.table, UNLISTED, name, given.sheet, given.row, columns, ()), given.values


def _of_table(table: TableReturn) -> Iterator[tuple[Row, tuple[int, ...]]]:
    width, given_values = len(table.columns), table.values
    for at, (unit, number) in enumerate(zip(table.units, table.rows, strict=True)):
        values = tuple(given_values[at * width : (at + 1) * width])
        yield Row(table.table, unit, "", table.sheet, number, table.columns, ()), values
    own: dict[tuple[int, int], dict[int, int]] = {}
    for figure in table.own:
        own.setdefault((figure.unit, figure.row), {})[figure.measure] = figure.value
    for (unit, number), given in own.items():
        values = tuple(given.get(place, MISSING) for place in range(width))
        yield Row(table.table, unit, "", table.sheet, number, table.columns, ()), values


def _columns_like(return_: Return, table: int, sheet: str | None, width: int) -> tuple[int, ...]:
    """Return the columns of the other rows of a table on a sheet; -1 for each if there are none."""
    found: Mapping[tuple[int, str | None], tuple[int, ...]] = {
        (each.table, each.sheet): each.columns for each in return_.tables
    }
    return found.get((table, sheet), (-1,) * width)

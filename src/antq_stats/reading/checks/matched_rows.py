"""Rows that a quick lane matched, as the checks of a table ask of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from antq_stats.plan import ReadingPlan
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.tables.table_unit import TableUnit


class MatchedRows(NamedTuple):
    """All that a check may ask of such rows, to say whether it could find something in them.

    Parameters
    ----------
    plan, located : the table of the form, and where it stands.
    scope : the unit that titles and names speak of.
    units : n positions, one for each row.
    largest : no value in the rows is greater.
    formulas : arithmetic that the header states, by column, as in `Body`.
    totals_compared : the printed totals were compared as `claims.check_totals` does it.
    ratios_compared : every printed ratio is as its figures make it.
    """

    plan: ReadingPlan
    located: LocatedTable
    scope: TableUnit
    units: Sequence[int]
    largest: int
    formulas: Mapping[int, tuple[int, str]]
    totals_compared: bool = False
    ratios_compared: bool = False

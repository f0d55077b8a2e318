"""Rows read by a fast way, as checks see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from antq_stats.plan import ReadingPlan
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.tables.table_unit import TableUnit


class MatchedRows(NamedTuple):
    """What a check may use to decide whether it could find something in rows of a fast way of reading.

    Parameters
    ----------
    plan, located : the reading plan, and the table's place in the sheet.
    scope : the unit that titles and names mention.
    units : n positions, one for each row.
    largest : no value in the rows is greater.
    formulas : arithmetic that the header states, by column, as in `Body`.
    totals_compared : True if the printed totals were compared as `printed_checks.check_totals` does it.
    ratios_compared : True if every printed ratio was found to agree with its figures.
    """

    plan: ReadingPlan
    located: LocatedTable
    scope: TableUnit
    units: Sequence[int]
    largest: int
    formulas: Mapping[int, tuple[int, str]]
    totals_compared: bool = False
    ratios_compared: bool = False

"""Headers that mean what was decided: in the files at a place, or in those of a unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from antq_stats.plan import ReadingPlan
from antq_stats.reading.checks.shape import columns_in_use
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.locate import LocatedTable, locate
from antq_stats.ruled_reading import HeaderMeaning
from antq_stats.words.text import text_key

Meanings = tuple[HeaderMeaning, ...]
IsOf = Callable[[LocatedTable, int], bool]
"""Returns whether a table is of a unit, given by its position."""


class Located(NamedTuple):
    """A table, and the plan that its rows are read by."""

    plan: ReadingPlan
    table: LocatedTable | None
    used: Meanings = ()
    """Decisions without which the table would be read otherwise."""
    refused: Meanings = ()
    """Decisions on a measure that has another column with figures."""


@lru_cache(maxsize=256)
def plan_with(plan: ReadingPlan, meanings: Meanings) -> ReadingPlan:
    """Return a plan in which headers mean what was decided.

    Parameters
    ----------
    plan : the reading plan.
    meanings : what was decided.
    """
    if not meanings:
        return plan
    tables = list(plan.tables)
    for each in meanings:
        table = tables[each.table]
        ambiguous = {key: codes for key, codes in table.ambiguous.items() if key != each.key}
        tables[each.table] = table._replace(keys=table.keys | {each.key: each.position}, ambiguous=ambiguous)
    return replace(plan, tables=tuple(tables))


def may_mean_otherwise(plan: ReadingPlan, grid: Grid) -> bool:
    """Return whether a decision on the files of a unit, whichever it is, changes how a sheet is read."""
    meanings = plan.ruled.headers_of_units
    return bool(meanings) and locate(plan, grid) != locate(plan_with(plan, meanings), grid)


def locate_ruled(plan: ReadingPlan, grid: Grid, start: int, certain: Meanings, is_of: IsOf) -> Located:
    """Return the next table, its header read as was decided.

    Parameters
    ----------
    plan : the reading plan.
    grid : the sheet.
    start : row to begin at, counted from 0.
    certain : decisions that hold for the sheet whatever its tables are.
    is_of : tells for which tables those on the files of a unit hold.
    """
    meanings = certain
    for unit in dict.fromkeys(each.unit for each in plan.ruled.headers_of_units):
        of_unit = tuple(
            each for each in plan.ruled.headers_of_units if each.unit == unit and each not in certain
        )
        trial = locate(plan_with(plan, meanings + of_unit), grid, start)
        if of_unit and trial is not None and is_of(trial, unit):
            meanings += of_unit
    refused: Meanings = ()
    while True:
        ruled = plan_with(plan, meanings)
        table = locate(ruled, grid, start)
        if table is None:
            return Located(ruled, None)
        used = tuple(each for each in meanings if _matters(plan, grid, start, meanings, each, table))
        double = table.twice.keys() - columns_in_use(grid, table).keys()
        unclear = tuple(each for each in used if each.table == table.table and each.position in double)
        if not unclear:
            return Located(ruled, table, used, refused)
        refused += unclear
        meanings = tuple(each for each in meanings if each not in unclear)


def _matters(
    plan: ReadingPlan,
    grid: Grid,
    start: int,
    meanings: Meanings,
    one: HeaderMeaning,
    table: LocatedTable,
) -> bool:
    """Return whether a table would be another, or elsewhere, without one of the decisions."""
    others = tuple(each for each in meanings if each != one)
    return locate(plan_with(plan, others), grid, start) != table


def placed_ruled(plan: ReadingPlan, table: LocatedTable, meanings: Sequence[HeaderMeaning]) -> Located:
    """Return a table of a workbook that the tool made, with columns that were added and decided on.

    Parameters
    ----------
    plan : the reading plan.
    table : the table at its recorded place.
    meanings : decisions that hold for it.
    """
    used: Meanings = ()
    refused: Meanings = ()
    found = table.moved_down(0)
    for each in meanings:
        columns = [column for column, head in table.unknown.items() if text_key(head) == each.key]
        places, at = (found.measures, each.position) if each.position >= 0 else (found.ratios, ~each.position)
        if each.table != table.table or not columns:
            continue
        if len(columns) > 1 or places[at] >= 0:
            refused += (each,)
        else:
            places[at] = columns[0]
            del found.unknown[columns[0]]
            used += (each,)
    return Located(plan, found, used, refused)

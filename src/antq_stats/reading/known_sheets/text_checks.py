"""Checks of texts that differ from those of a sheet that was read before: they must not mean anything.

Each raises `NeedsFullReader` where the full reader could find something.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import coerce
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.tables.locate import LocatedTable, is_header_like, may_begin_header
from antq_stats.reading.tables.periods import other_year
from antq_stats.reading.tables.table_unit import TITLE_ROWS
from antq_stats.reading.units.names import NOWHERE
from antq_stats.reading.units.resolve import Identity, Resolver
from antq_stats.words.text import text_key

HEADER_DEPTH = 3
"""Maximum number of rows of a header."""
HEADER_REACH = HEADER_DEPTH - 1
"""Rows above a header that could be part of it. They must be the same too, or hold no more than one title."""
YEARS = range(1900, 2101)
_OWN_MARK = "antq-stats"
_LONG_CODE = 5
"""Characters above which a unit's code cannot be the number of a column."""


class HeadText(NamedTuple):
    """A text above a table: where it stands, what it says, and what it said before."""

    row: int
    column: int
    text: str
    known: str


def check_titles(
    plan: ReadingPlan, sheet: str | None, located: LocatedTable, head: Iterable[HeadText]
) -> None:
    """Check the titles that differ: they must be no figure, begin no header, and state no other year.

    Parameters
    ----------
    plan : the reading plan.
    sheet, located : the sheet's name and its table.
    head : the texts from the top of the sheet to the table's header, in order.
    """
    rows: dict[int, list[object]] = {}
    changed: set[int] = set()
    first_figure = min(located.columns)
    for row, column, text, known in head:
        if row >= located.top:
            break
        rows.setdefault(row, []).append(text)
        if text != known:
            if coerce.is_figure(text):
                raise NeedsFullReader
            changed.add(row)
            if row == located.top - 1 and column >= first_figure:
                raise NeedsFullReader  # it could qualify the columns below it
    for row in changed:
        near = row >= located.top - HEADER_REACH
        if may_begin_header(plan, rows[row]) or (near and is_header_like(rows[row])):
            raise NeedsFullReader
    if 0 in changed and any(_OWN_MARK in str(text) for text in rows[0]):
        raise NeedsFullReader
    first = located.top - TITLE_ROWS
    titles = [texts for row, texts in rows.items() if row >= first]
    if other_year(plan.period, Grid(sheet, titles), 0, len(titles)) is not None:
        raise NeedsFullReader


def check_below(plan: ReadingPlan, text: str, header_keys: Container[str]) -> None:
    """Check a text below a table that differs: it must be no figure, no flag and no header."""
    if (
        coerce.is_figure(text)
        or coerce.is_flag(text)
        or text_key(text) in header_keys
        or may_begin_header(plan, [text])
    ):
        raise NeedsFullReader


def check_first(code: str, name: str, figures: Iterable[int], *, is_made: bool) -> None:
    """Check that the first unit row cannot be part of the header, or a row of column numbers.

    Parameters
    ----------
    code, name : as written in the row.
    figures : its numbers.
    is_made : a record shows where the header ends.
    """
    is_plain = len(code) > _LONG_CODE or (
        "=" not in name and name.upper() != name and sum(map(str.isalpha, name)) > 1
    )
    may_be_header = all(figure == MISSING or figure in YEARS for figure in figures)
    if not is_plain or (may_be_header and not is_made):
        raise NeedsFullReader


def is_of_unit(plan: ReadingPlan, unit: int, name: str, parent: str = "") -> bool:
    """Return whether a name and a parent, beside the unit's code, are the unit's without a finding."""
    code = plan.units.codes[unit]
    resolver = Resolver(plan.units, plan.units.levels[unit], lambda: NOWHERE)
    found = resolver.resolve(Identity(code, coerce.plain(name), coerce.plain(parent)))
    return bool(name.strip()) and found == (unit, None, None)

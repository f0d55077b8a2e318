"""The year a sheet states: a return of another year in this period's folder must not be added up."""

from __future__ import annotations

import re
from functools import lru_cache

from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.labels import is_year
from antq_stats.reading.tables.table_unit import is_title

_DATE = re.compile(
    r"(?:ngày|day)\s*[\d.…_]*\s*(?:tháng|month)\s*[\d.…_]*\s*(?:năm|year)\s*(?:19|20)\d\d|\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(?:19|20)\d\d",
    re.IGNORECASE,
)
"""A full date. It says when a paper was signed or a plan issued, not which year the figures are of."""
_NAMED = re.compile(r"(?:năm|year)\s*:?\s*((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_ANY = re.compile(r"(?:19|20)\d\d")
_ALONE = re.compile(r"(?<![\d/.-])(?:19|20)\d\d(?![\d/-])")

Place = tuple[int, int]
"""Row and column, counted from 0."""


@lru_cache(maxsize=16)
def _years_of(period: str) -> frozenset[str]:
    return frozenset(_ALONE.findall(re.sub("[-_./]", " ", period)))


@lru_cache(maxsize=1024)  # the line with the year is the same in most returns
def _years_in(title: str) -> tuple[frozenset[str], list[str]]:
    """Return the years in a title that are no part of a full date, and those named as years, in order."""
    text = _DATE.sub(" ", title)
    named = _NAMED.findall(text)
    return frozenset([*_ALONE.findall(text), *named]), named


def other_year(period: str, grid: Grid, first: int, end: int) -> tuple[str, Place | None] | None:
    """Return the year that the title lines or the sheet's name state, if it is not the period's.

    Parameters
    ----------
    period : the period's name. If it holds no year, the result is None.
    grid : the sheet.
    first, end : first row of the table's titles, and the row after the last; counted from 0.

    Returns
    -------
    tuple or None
        The year and the cell that states it (None if the sheet's name states it). None if no year is
        stated, or the period's year is among those stated.
    """
    wanted = _years_of(period)
    if not wanted:
        return None
    found: tuple[str, Place | None] | None = None
    for number in range(first, end):
        for column, cell in enumerate(grid.rows[number]):
            if type(cell) is not str or not is_title(cell) or not _ANY.search(cell):
                continue
            years, named = _years_in(cell)
            if not wanted.isdisjoint(years):
                return None
            if found is None and named:
                found = (named[0], (number, column))
    name = grid.sheet or ""
    if not wanted.isdisjoint(_ALONE.findall(name)):
        return None
    if found is None:
        stated = _NAMED.search(name)
        if stated or is_year(name):
            found = (stated[1] if stated else name.strip(), None)
    return found


def states_year(texts: list[str]) -> bool:
    """Return whether any of the title lines states a year."""
    return any(_NAMED.search(_DATE.sub(" ", text)) for text in texts)

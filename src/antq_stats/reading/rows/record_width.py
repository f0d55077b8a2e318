"""Records of a delimited text that hold more fields than they should: a mark within a figure cut it in two.

An unquoted ``1,691`` is two fields, and every value behind it stands one column too far to the right.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from antq_stats.reading import coerce
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.locate import LocatedTable

_HEAD, _TAIL = re.compile(r"\s*-?[1-9][0-9]{0,2}"), re.compile(r"[0-9]{3}(?:[.,]0+)?\s*")

_MOST_DIGITS = 8


class RecordWidths:
    """Tells which records below a header do not fit it.

    Parameters
    ----------
    grid, located : a table; only that of a delimited text is judged.
    """

    def __init__(self, grid: Grid, located: LocatedTable) -> None:
        self.is_judged = grid.sheet is None
        if not self.is_judged:
            return
        header = grid.rows[located.top : located.body]
        self.titled = max((_filled(row) for row in header), default=0)
        """Fields up to the last title."""
        below = [row for row in grid.rows[located.body :] if _has_figure(row, located)]
        counts = Counter(map(len, below))
        if grid.runs:  # each of these rows has a field for each of the header
            counts[max(map(len, header))] += grid.runs.rows
        most = max(counts.items(), key=lambda item: (item[1], -item[0]), default=(max(map(len, header)), 0))
        self.usual = most[0]
        """Fields that most records have."""
        reaches = Counter(_filled(row) for row in below if len(row) == self.usual)
        self.reach = max(reaches, default=self.usual)
        """Up to where they are filled."""
        beyond = sum(count for reach, count in reaches.items() if reach > self.titled)
        self.has_more = 2 * beyond > sum(counts.values())
        """Most records are filled beyond the last title: there is a column without one."""

    def is_wider(self, row: list[object]) -> bool:
        """Tell whether a record holds a value that can have no column, or seems to be one too many."""
        if not self.is_judged:
            return False
        filled = _filled(row)
        if filled > self.titled:
            return not self.has_more or _is_cut(row) or any(map(_may_be_shifted, row[self.titled :]))
        if len(row) <= self.usual:
            return False
        is_beyond = filled > self.reach and _may_be_shifted(row[filled - 1])
        return is_beyond or _is_cut(row)


def _has_figure(row: list[object], located: LocatedTable) -> bool:
    return any(coerce.is_figure(row[column]) for column in located.measures if 0 <= column < len(row))


def _may_be_shifted(cell: object) -> bool:
    """Tell whether a cell without a column of its own could be a figure of the column before it."""
    is_long = sum(map(str.isdigit, str(cell))) > _MOST_DIGITS  # a number of a telephone, or of a person
    return not is_long and (coerce.is_figure(cell) or coerce.is_flag(cell))


def _filled(row: list[object]) -> int:
    """Return how many fields there are up to the last that holds something."""
    return next((at for at in range(len(row), 0, -1) if str(row[at - 1]).strip()), 0)


def _is_cut(row: list[object]) -> bool:
    """Tell whether two fields side by side could be the halves of a figure with a thousands mark."""
    texts = [str(cell) for cell in row]
    return any(_HEAD.fullmatch(one) and _TAIL.fullmatch(other) for one, other in pairwise(texts))

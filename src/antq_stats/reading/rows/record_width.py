"""Records of a delimited text with too many fields, because an unquoted figure holds the delimiter.

An unquoted ``1,691`` is split into two fields, and all values after it are shifted one column to the right.
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
"""Digits of the longest cell that may be a shifted figure."""


class RecordWidths:
    """The widths of the records below a header, and which of them do not fit it.

    Parameters
    ----------
    grid, located : the sheet and its table. Only delimited texts are judged.
    """

    def __init__(self, grid: Grid, located: LocatedTable) -> None:
        self.is_judged = grid.sheet is None
        if not self.is_judged:
            return
        header = grid.rows[located.top : located.body]
        self.titled = max((_filled(row) for row in header), default=0)
        """Number of fields up to the last one with a header."""
        below = [row for row in filter(None, grid.rows[located.body :]) if _has_figure(row, located)]
        counts = Counter(map(len, below))
        if grid.runs:  # each of these rows has as many fields as the header
            counts[max(map(len, header))] += grid.runs.rows
        most = max(counts.items(), key=lambda item: (item[1], -item[0]), default=(max(map(len, header)), 0))
        self.usual = most[0]
        """The most frequent number of fields."""
        reaches = Counter(_filled(row) for row in below if len(row) == self.usual)
        self.reach = max(reaches, default=self.usual)
        """The greatest number of fields of such a record up to its last filled one."""
        beyond = sum(count for reach, count in reaches.items() if reach > self.titled)
        self.has_more = 2 * beyond > sum(counts.values())
        """Most records are filled beyond the last header: there is a column without a header."""

    def is_wider(self, row: list[object]) -> bool:
        """Return whether a record holds a value without a column, or one that may be shifted."""
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
    """Return whether a cell beyond the table's columns could be a shifted figure."""
    is_long = sum(map(str.isdigit, str(cell))) > _MOST_DIGITS  # a telephone or identity number
    return not is_long and (coerce.is_figure(cell) or coerce.is_flag(cell))


def _filled(row: list[object]) -> int:
    """Return the number of fields up to the last one that is not blank."""
    return next((at for at in range(len(row), 0, -1) if str(row[at - 1]).strip()), 0)


def _is_cut(row: list[object]) -> bool:
    """Return whether two neighbouring fields could be halves of a figure with a thousands separator."""
    texts = [str(cell) for cell in row]
    return any(_HEAD.fullmatch(left) and _TAIL.fullmatch(right) for left, right in pairwise(texts))

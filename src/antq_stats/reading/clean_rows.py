"""Rows that were read already, by whole columns: where they stand, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.plan import MISSING
from antq_stats.reading.returns import TableReturn

_BYTES = 4


class Doubt(Exception):  # noqa: N818
    """A quick way of reading met what it cannot judge: the file is to be read the long way."""


class CleanRows(NamedTuple):
    """Rows of a long text that say nothing unusual; in the rows of their grid they stand blank.

    Parameters
    ----------
    columns : where the figures and units of the table stand that the rows were read for.
    runs : the first row (from 0) of each stretch of n rows in all, and the row behind its last.
    units : n positions, as a buffer of 32-bit integers.
    values : n x m counts likewise, row after row, `plan.MISSING` where none stands.
    """

    columns: tuple[int, ...]
    runs: list[tuple[int, int]]
    units: memoryview
    values: memoryview

    @property
    def largest(self) -> int:
        """No value in the rows is greater."""
        return max(self.values.cast("i"), default=MISSING)

    def stretches(self, columns: tuple[int, ...], top: int) -> Iterator[Stretch]:
        """Yield the stretches at or below a row.

        Raises
        ------
        Doubt
            The rows were read for another table than that whose columns are given.
        """
        at = 0
        for first, end in self.runs:
            behind = at + end - first
            if first >= top:
                if columns != self.columns:
                    raise Doubt
                wide = len(self.values) // (len(self.units) // _BYTES)
                yield Stretch(
                    first,
                    end,
                    self.units[_BYTES * at : _BYTES * behind],
                    self.values[wide * at : wide * behind],
                )
            at = behind


class Stretch(NamedTuple):
    """Clean rows one below the other: the first (from 0), the one behind the last, what they hold."""

    first: int
    end: int
    units: memoryview
    values: memoryview

    def append_to(self, given: TableReturn) -> None:
        """Put the rows behind those of a return, whose values are 32-bit integers too."""
        given.units.frombytes(self.units)
        given.values.frombytes(self.values)
        given.rows.extend(range(self.first + 1, self.end + 1))

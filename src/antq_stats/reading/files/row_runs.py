"""Runs of rows that were read as whole columns, and the signal that the full reader is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.plan import MISSING

_BYTES = 4


class NeedsFullReader(Exception):  # noqa: N818 - a signal, not an error
    """A fast way of reading met something it cannot judge: read the file with the full reader."""


class Run(NamedTuple):
    """Consecutive rows of a grid that were read already.

    Parameters
    ----------
    first, end : the first grid row (from 0), and the row after the last.
    units : n positions, as a buffer of 32-bit integers.
    values : n x m counts likewise, row after row, `plan.MISSING` where none stands.
    """

    first: int
    end: int
    units: memoryview | bytes
    values: memoryview | bytes


class RowRuns(NamedTuple):
    """The rows of a grid that were read already; they stand blank in `Grid.rows`. Usually there are none.

    Parameters
    ----------
    columns : the columns of the table, of figures and of units, for which the rows were read.
    bounds : the first row (from 0) of each run and the row after its last; n rows in all.
    units : n positions, as a buffer of 32-bit integers.
    values : n x m counts likewise, row after row, `plan.MISSING` where none stands.
    """

    columns: tuple[int, ...] = ()
    bounds: tuple[tuple[int, int], ...] = ()
    units: memoryview | bytes = b""
    values: memoryview | bytes = b""

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore_runs, (self.columns, self.bounds, bytes(self.units), bytes(self.values)))

    def __bool__(self) -> bool:
        """Tell whether any rows were read already."""
        return bool(self.bounds)

    @property
    def rows(self) -> int:
        """How many rows were read already."""
        return sum(end - first for first, end in self.bounds)

    @property
    def positions(self) -> memoryview:
        """The positions of the units in these rows, as integers."""
        return memoryview(self.units).cast("i")

    @property
    def largest(self) -> int:
        """No value in the rows is greater."""
        return max(memoryview(self.values).cast("i"), default=MISSING)

    def of_table(self, columns: tuple[int, ...], top: int) -> Iterator[Run]:
        """Yield the runs at or below a row.

        Raises
        ------
        NeedsFullReader
            The rows were read for another table than the one whose columns are given.
        """
        at = 0
        for first, end in self.bounds:
            after = at + end - first
            if first >= top:
                if columns != self.columns:
                    raise NeedsFullReader
                width = len(self.values) // (len(self.units) // _BYTES)
                units = self.units[_BYTES * at : _BYTES * after]
                yield Run(first, end, units, self.values[width * at : width * after])
            at = after


def _restore_runs(
    columns: tuple[int, ...], bounds: tuple[tuple[int, int], ...], units: bytes, values: bytes
) -> RowRuns:
    return RowRuns(columns, bounds, memoryview(units), memoryview(values))

"""Runs of rows that were read as whole columns, and the signal to use the full reader instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.plan import MISSING

_BYTES = 4


class NeedsFullReader(Exception):  # noqa: N818 - a signal, not an error
    """A fast reader met something it cannot judge; the file must be read with the full reader."""


class Run(NamedTuple):
    """Consecutive rows of a grid that were already read.

    Parameters
    ----------
    first, end : the first grid row, counted from 0, and the row after the last.
    units : positions of the n rows' units, as a buffer of n 32-bit integers.
    values : the rows' counts, as a buffer of n x m 32-bit integers in row order; `plan.MISSING` if blank.
    """

    first: int
    end: int
    units: memoryview | bytes
    values: memoryview | bytes


class RowRuns(NamedTuple):
    """The rows of a grid that were already read, and are blank in `Grid.rows`. Usually there are none.

    Parameters
    ----------
    columns : the table's columns of figures and units by which the rows were read.
    bounds : first row of each run, counted from 0, and the row after its last; n rows in all.
    units : positions of the n rows' units, as a buffer of n 32-bit integers.
    values : the rows' counts, as a buffer of n x m 32-bit integers in row order; `plan.MISSING` if blank.
    largest : the greatest of the counts; `plan.MISSING` if there is none.
    """

    columns: tuple[int, ...] = ()
    bounds: tuple[tuple[int, int], ...] = ()
    units: memoryview | bytes = b""
    values: memoryview | bytes = b""
    largest: int = MISSING

    def __bool__(self) -> bool:
        """Return whether any rows were already read."""
        return bool(self.bounds)

    @property
    def rows(self) -> int:
        """Number of rows that were already read."""
        return sum(end - first for first, end in self.bounds)

    @property
    def positions(self) -> memoryview:
        """Positions of the rows' units, as n integers."""
        return memoryview(self.units).cast("i")

    def of_table(self, columns: tuple[int, ...], top: int) -> Iterator[Run]:
        """Yield the runs at or below a row.

        Parameters
        ----------
        columns : the table's columns of figures and units.
        top : the row, counted from 0.

        Raises
        ------
        NeedsFullReader
            The rows were read by other columns.
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

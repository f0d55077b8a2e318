"""Runs of rows that were read as whole columns, and the signal to use the full reader instead."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.plan import MISSING


class NeedsFullReader(Exception):  # noqa: N818 - a signal, not an error
    """A fast reader met something it cannot judge; the file must be read with the full reader."""


class Run(NamedTuple):
    """Consecutive rows of a grid that were already read.

    Parameters
    ----------
    first, end : the first grid row, counted from 0, and the row after the last.
    units : positions of the n rows' units.
    values : the rows' n x m counts, row after row; `plan.MISSING` if blank.
    """

    first: int
    end: int
    units: array[int]
    values: array[int]


class RowRuns(NamedTuple):
    """The rows of a grid that were already read, and are blank in `Grid.rows`. Usually there are none.

    Parameters
    ----------
    columns : the table's columns of figures and units by which the rows were read.
    bounds : first row of each run, counted from 0, and the row after its last; n rows in all.
    units : positions of the n rows' units, as 32-bit integers.
    values : the rows' n x m counts, row after row, as 32-bit integers; `plan.MISSING` if blank.
    largest : the greatest of the counts; `plan.MISSING` if there is none.
    """

    columns: tuple[int, ...] = ()
    bounds: tuple[tuple[int, int], ...] = ()
    units: array[int] = array("i")
    values: array[int] = array("i")
    largest: int = MISSING

    def __bool__(self) -> bool:
        """Return whether any rows were already read."""
        return bool(self.bounds)

    @property
    def rows(self) -> int:
        """Number of rows that were already read."""
        return sum(end - first for first, end in self.bounds)

    def of_table(self, columns: tuple[int, ...], top: int) -> Iterator[Run]:
        """Yield the runs at or below a row; who takes a run may keep and lengthen its values.

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
                if len(self.bounds) == 1:
                    yield Run(first, end, self.units, self.values)
                    return
                width = len(self.values) // len(self.units)
                yield Run(first, end, self.units[at:after], self.values[width * at : width * after])
            at = after

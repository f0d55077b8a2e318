"""Origins of figures: file, sheet and row. They are stored as columns; an `Origin` is built on demand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
_Short = npt.NDArray[np.int32]


class Origin(NamedTuple):
    """Where a row of figures is."""

    file: str
    """Path relative to the folder."""
    sheet: str | None
    """None in files without sheets."""
    row: int
    """Row on the sheet, from 1."""
    columns: tuple[int, ...]
    """For each measure its column on the sheet, from 0; -1 for none."""


class Part(NamedTuple):
    """The rows of one sheet; fields as in `Origin`."""

    file: str
    sheet: str | None
    columns: tuple[int, ...]


class Origins(Sequence[Origin]):
    """The origin of each row of figures of a table, as a sequence of `Origin`.

    Parameters
    ----------
    parts : the sheets that the rows come from, in order.
    counts : number of rows of each part.
    rows : row on the sheet, from 1, of each row of figures; part after part.
    """

    def __init__(self, parts: Iterable[Part], counts: Iterable[int], rows: npt.NDArray[np.integer]) -> None:
        self.parts = tuple(parts)
        self._ends = np.cumsum(np.fromiter(counts, dtype=np.int64, count=len(self.parts)))
        self._rows: _Short = rows.astype(np.int32, copy=False)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Origin: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Origin, ...]: ...
    def __getitem__(self, index: int | slice) -> Origin | tuple[Origin, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        part = self.parts[int(np.searchsorted(self._ends, at, side="right"))]
        return Origin(part.file, part.sheet, int(self._rows[at]), part.columns)

    @cached_property
    def files(self) -> tuple[str | None, ...]:
        """The file of each part; None at the end, so that part -1 has no file."""
        return (*(part.file for part in self.parts), None)

    def parts_of(self, positions: npt.NDArray[np.integer]) -> Integers:
        """Return the place in ``parts`` for n positions; -1 for a position of -1."""
        parts = np.searchsorted(self._ends, positions, side="right")
        return np.where(np.asarray(positions) < 0, -1, parts)

    def rows_of(self, positions: npt.NDArray[np.integer]) -> Integers:
        """Return the row on the sheet, from 1, for n positions, of which none is -1."""
        rows: Integers = self._rows[positions].astype(np.int64)
        return rows

    @cached_property
    def _layouts(self) -> tuple[Truths, Integers]:
        """The k different sets of measures that sheets have columns for, k x m, and the set of each part."""
        layouts: dict[tuple[int, ...], int] = {}
        of_part = [layouts.setdefault(part.columns, len(layouts)) for part in self.parts]
        return np.array(list(layouts), dtype=np.int64) >= 0, np.array(of_part, dtype=np.int64)

    def has_columns(self, positions: npt.NDArray[np.integer]) -> Truths:
        """Return, for n positions, whether their sheet has a column for each measure, n x m."""
        layouts, of_part = self._layouts
        has_columns: Truths = layouts[of_part[self.parts_of(positions)]]
        return has_columns

    @property
    def is_complete(self) -> bool:
        """Whether every sheet has a column for every measure."""
        return not self.parts or bool(self._layouts[0].all())


class Sources:
    """The source of each value of a table: its position in the table's `Origins`, -1 for none.

    A unit with one row has one source. A unit with several rows has a source for each measure.

    Parameters
    ----------
    rows : position of the row of each of the n units; -1 if it has none.
    origins : of the table.
    settled_units : places of the k units with several rows, ascending.
    settled : sources of their values, k x m.
    """

    def __init__(
        self, rows: npt.NDArray[np.integer], origins: Origins, settled_units: Integers, settled: Integers
    ) -> None:
        self._rows: _Short = rows.astype(np.int32, copy=False)
        self._origins = origins
        self._settled_units = settled_units
        self._settled: _Short = settled.astype(np.int32, copy=False)

    def column(self, place: int, units: Integers | None = None) -> Integers:
        """Return the sources of a measure.

        Parameters
        ----------
        place : place of the measure in the table.
        units : places of the units; None for all n.
        """
        at = np.arange(len(self._rows)) if units is None else np.asarray(units, dtype=np.int64)
        return self._matrix(at, slice(place, place + 1))[:, 0].astype(np.int64)

    def at(self, unit: int, place: int) -> int:
        """Return the source of one value."""
        return int(self.column(place, np.array([unit], dtype=np.int64))[0])

    def matrix(self) -> _Short:
        """Return the source of every value, n x m."""
        return self._matrix(np.arange(len(self._rows)), slice(None))

    def of_rows(self) -> Integers:
        """Return for each of the n units the last of the sources of its values."""
        sources = self._rows.astype(np.int64)
        if not self._origins.is_complete:
            with_row = np.flatnonzero(sources >= 0)
            sources[with_row[~self._origins.has_columns(sources[with_row]).any(axis=1)]] = -1
        sources[self._settled_units] = self._settled.max(axis=1, initial=-1)
        return sources

    def _matrix(self, at: Integers, places: slice) -> _Short:
        width = self._settled[:0, places].shape[1]
        rows = self._rows[at]
        sources = np.repeat(rows[:, None], width, axis=1)
        if not self._origins.is_complete:
            with_row = np.flatnonzero(rows >= 0)
            has_column = self._origins.has_columns(rows[with_row])[:, places]
            sources[with_row] = np.where(has_column, sources[with_row], -1)
        if len(self._settled_units):
            nearest = np.minimum(np.searchsorted(self._settled_units, at), len(self._settled_units) - 1)
            hit = np.flatnonzero(self._settled_units[nearest] == at)
            sources[hit] = self._settled[nearest[hit], places]
        return sources

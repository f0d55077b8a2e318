"""Where rows of figures stand, kept as columns: an `Origin` is built when somebody asks for it."""

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
    """Where a row of figures stands: file, sheet, row from 1, column of each measure (-1 for none)."""

    file: str
    sheet: str | None
    row: int
    columns: tuple[int, ...]


class Part(NamedTuple):
    """A run of rows that stand on one sheet: file, sheet, column of each measure."""

    file: str
    sheet: str | None
    columns: tuple[int, ...]


class Origins(Sequence[Origin]):
    """The origin of each row of figures of a table.

    Parameters
    ----------
    parts : the sheets that the rows come from, in order.
    counts : how many rows each part has.
    rows : the number of each row on its sheet, from 1; as many as the counts add up to.
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
        found = np.searchsorted(self._ends, positions, side="right")
        return np.where(np.asarray(positions) < 0, -1, found)

    @cached_property
    def _layouts(self) -> tuple[Truths, Integers]:
        """The different sets of measures that sheets have columns for (k x m), and which a part has."""
        layouts: dict[tuple[int, ...], int] = {}
        of_part = [layouts.setdefault(part.columns, len(layouts)) for part in self.parts]
        return np.array(list(layouts), dtype=np.int64) >= 0, np.array(of_part, dtype=np.int64)

    def has_columns(self, positions: npt.NDArray[np.integer]) -> Truths:
        """Return for n positions which measures their sheet has a column for, n x m."""
        layouts, of_part = self._layouts
        found: Truths = layouts[of_part[self.parts_of(positions)]]
        return found

    @property
    def is_whole(self) -> bool:
        """Whether every sheet has a column for every measure."""
        return not self.parts or bool(self._layouts[0].all())


class Sources:
    """Which origin each value of a table comes from.

    A unit of which one row speaks has one source; one that several rows speak of has a source a measure.

    Parameters
    ----------
    rows : for each of the n units the position in ``origins`` of its row, -1 where it has none.
    origins : of the table.
    settled_units, settled : places of the units that several rows speak of (ascending), and their
        sources, k x m.
    """

    def __init__(
        self, rows: npt.NDArray[np.integer], origins: Origins, settled_units: Integers, settled: Integers
    ) -> None:
        self._rows: _Short = rows.astype(np.int32, copy=False)
        self._origins = origins
        self._settled_units = settled_units
        self._settled: _Short = settled.astype(np.int32, copy=False)

    def column(self, place: int, units: Integers | None = None) -> Integers:
        """Return the sources of a measure, -1 for none: of all n units, or of those at some places."""
        at = np.arange(len(self._rows)) if units is None else np.asarray(units, dtype=np.int64)
        return self._matrix(at, slice(place, place + 1))[:, 0].astype(np.int64)

    def at(self, unit: int, place: int) -> int:
        """Return the source of one value, -1 for none."""
        return int(self.column(place, np.array([unit], dtype=np.int64))[0])

    def matrix(self) -> _Short:
        """Return the source of every value, n x m."""
        return self._matrix(np.arange(len(self._rows)), slice(None))

    def of_rows(self) -> Integers:
        """Return for each of the n units the last position that any of its values comes from, -1 for none."""
        found = self._rows.astype(np.int64)
        if not self._origins.is_whole:
            given = np.flatnonzero(found >= 0)
            found[given[~self._origins.has_columns(found[given]).any(axis=1)]] = -1
        found[self._settled_units] = self._settled.max(axis=1, initial=-1)
        return found

    def _matrix(self, at: Integers, places: slice) -> _Short:
        width = self._settled[:0, places].shape[1]
        rows = self._rows[at]
        found = np.repeat(rows[:, None], width, axis=1)
        if not self._origins.is_whole:
            given = np.flatnonzero(rows >= 0)
            found[given] = np.where(self._origins.has_columns(rows[given])[:, places], found[given], -1)
        if len(self._settled_units):
            near = np.minimum(np.searchsorted(self._settled_units, at), len(self._settled_units) - 1)
            hit = np.flatnonzero(self._settled_units[near] == at)
            found[hit] = self._settled[near[hit], places]
        return found

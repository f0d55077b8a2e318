"""The values of one table of the form, and values of a measure as arrays of pandas."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from antq_stats.collection.origins import Integers, Origins, Sources, Truths
from antq_stats.form import Measure, Table
from antq_stats.plan import MISSING
from antq_stats.reading.returns import TableByColumns, TableReturn

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

Held: TypeAlias = "npt.NDArray[np.signedinteger[Any]]"
"""Values in the width that holds all of a table, 32 or 64 bits."""
OnSheet: TypeAlias = "tuple[str, str | None]"
"""A file, and the name of its sheet; None in files without sheets."""

_NARROW = 4
"""Bytes of a value of 32 bits."""
_Block = Sequence[npt.NDArray[np.integer]]
"""Some rows of m numbers, by column."""
_BLOCK = 1024
"""Number of rows that are transposed at a time: as many as fit into the processor's cache."""


class SheetRows(NamedTuple):
    """The rows of a table that stand on one sheet."""

    columns: tuple[int, ...]
    """For each measure its column, from 0; -1 for none."""
    units: tuple[int, ...]
    """Positions in the register of the units whose figures are from there."""


@dataclass(frozen=True, eq=False, repr=False)
class TableValues:
    """The values of one table of the form: m measures of n units."""

    table: Table
    level: int
    """Position of the level whose units answer the table."""
    measures: tuple[Measure, ...]
    units: Integers
    """The expected units: n positions in the register, in tree order."""
    values: Held
    """n x m, in steps (`Measure.amount`), in column-major order; `plan.MISSING` where there is none.

    They are held in 32 bits where all were read in so few and none is decided: compare them, or take `column`
    to multiply or add them."""
    sources: Sources
    """For each value its place in ``origins``."""
    origins: Origins
    """Where the rows of the returns are, as file, sheet and row."""
    read: Truths
    """Whether each unit has a row in a return, n."""

    def __repr__(self) -> str:
        size = f"{len(self.units)} units, {int(self.read.sum())} read, {len(self.measures)} measures"
        return f"<TableValues {self.table.code}: {size}>"

    @property
    def present(self) -> Truths:
        """Whether each value was given, n x m."""
        return np.asarray(self.values != MISSING, dtype=np.bool_)

    @property
    def given(self) -> Integers:
        """Number of units that gave each measure, m."""
        return np.array([np.count_nonzero(column != MISSING) for column in self.values.T], dtype=np.int64)

    @cached_property
    def source(self) -> npt.NDArray[np.int32]:
        """Places in ``origins``, n x m; -1 where no value was given. For single values use ``sources``."""
        return self.sources.matrix()

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {unit: row for row, unit in enumerate(self.units.tolist())}

    @cached_property
    def on_sheets(self) -> dict[OnSheet, list[SheetRows]]:
        """The rows on each sheet that has the table; one element for each time that it has it."""
        parts = self.origins.parts_of(self.sources.of_rows())
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(len(self.origins.parts) + 1))
        found: dict[OnSheet, list[SheetRows]] = defaultdict(list)
        for part, first, last in zip(self.origins.parts, ends[:-1], ends[1:], strict=True):
            units = self.units[order[first:last]].tolist()
            found[part.file, part.sheet].append(SheetRows(part.columns, tuple(units)))
        return dict(found)

    def row_of(self, unit: int) -> int:
        """Return the row of a unit, by its position in the register; -1 if it does not answer the table."""
        return self._rows.get(unit, -1)

    @property
    def is_expected(self) -> bool:
        """Whether units must answer the table: it has a required measure."""
        return any(measure.required for measure in self.measures)

    def held(self, code: str) -> Held:
        """Return a measure's values, in its steps, as they are held, n; `plan.MISSING` for none."""
        return self.values[:, [measure.code for measure in self.measures].index(code)]

    def wide(self, place: int) -> Integers:
        """Return the values of the measure at a place in 64 bits, n, as `held`."""
        return self.values[:, place].astype(np.int64, copy=False)

    def column(self, code: str, rows: Integers | slice = slice(None)) -> tuple[Integers, Truths]:
        """Return a measure's values, in its steps, in 64 bits, and whether each was given, n each.

        Parameters
        ----------
        code : the measure's code.
        rows : the rows of the n units; by default all.
        """
        values = self.held(code)[rows]
        return values.astype(np.int64, copy=False), values != MISSING


def joined(arrays: Sequence[array[int]]) -> npt.NDArray[np.integer]:
    """Return the concatenation of arrays of integers, in their own width if they all have the same."""
    widths = {numbers.typecode for numbers in arrays}
    if len(arrays) == 1:
        return np.frombuffer(arrays[0], dtype=arrays[0].typecode)
    if len(widths) == 1:
        return np.frombuffer(b"".join(arrays), dtype=widths.pop())
    return np.concatenate([np.zeros(0, np.int64), *(np.asarray(numbers, np.int64) for numbers in arrays)])


def _blocks(arrays: Sequence[array[int]], width: int) -> Iterator[_Block]:
    """Yield the m columns of about a thousand rows in arrays at a time, so that not all are copied."""
    waiting: list[array[int]] = []
    size = 0
    for at, numbers in enumerate(arrays):
        waiting.append(numbers)
        size += len(numbers)
        if size >= _BLOCK * width or at == len(arrays) - 1:
            rows = joined(waiting).reshape(-1, width)
            yield from (list(rows[start : start + _BLOCK].T) for start in range(0, len(rows), _BLOCK))
            waiting, size = [], 0


def _long_blocks(parts: Iterable[TableReturn]) -> Iterator[_Block]:
    for part in parts:
        assert isinstance(part, TableByColumns)  # noqa: S101 - they were chosen
        yield [np.frombuffer(column, dtype=column.typecode) for column in part.by_column]


def _width_of(parts: Sequence[TableReturn]) -> type[np.signedinteger[Any]]:
    """Return the type that holds the values of a table: 32 bits where all are columns of no more.

    Other parts hold their values in 64 bits: what these need would have to be looked for.
    """
    is_narrow = bool(parts) and all(
        isinstance(part, TableByColumns) and all(column.itemsize <= _NARROW for column in part.by_column)
        for part in parts
    )
    return np.int32 if is_narrow else np.int64


def values_of(
    parts: Sequence[TableReturn],
    rows: npt.NDArray[np.integer],
    times: npt.NDArray[np.integer],
    width: int,
    *,
    may_change: bool,
) -> tuple[Held, Integers]:
    """Return the values of the n units of a table, n x m, and the k rows of units that have several, k x m.

    Parameters
    ----------
    parts : the table in each return.
    rows : place of the unit of each row.
    times : number of rows of each unit, n.
    width : m.
    may_change : whether a decision may write another value, which may be large: then they have 64 bits.
    """
    kind = np.int64 if may_change else _width_of(parts)
    values: Held = np.empty((len(times), width), dtype=kind, order="F")
    values[times == 0] = MISSING
    again = [np.empty((0, width), dtype=np.int64)]
    is_once = bool(times.max(initial=0) <= 1)
    start = 0
    for is_long, group in groupby(parts, lambda part: isinstance(part, TableByColumns)):
        for block in _long_blocks(group) if is_long else _blocks([part.values for part in group], width):
            at = rows[start : start + len(block[0])]
            start += len(at)
            target: npt.NDArray[np.integer] | slice = at
            chosen: Truths | slice = slice(None)
            if not is_once and not (single := times[at] == 1).all():
                again.append(np.array([column[~single] for column in block], dtype=np.int64).T)
                target, chosen = at[single], single
            elif bool((np.diff(at) == 1).all()):
                target = slice(int(at[0]), int(at[0]) + len(at))
            for place, column in enumerate(block):
                values[target, place] = column[chosen]
    return values, np.concatenate(again)


def values_array(
    steps: npt.NDArray[np.int64], absent: npt.NDArray[np.bool_], decimals: int
) -> ExtensionArray:
    """Return values as an array of pandas in which an absent one is ``<NA>``.

    Whole values are Int64. Values with decimals are Float64, as in any other data frame: each is the float
    that is nearest to the exact decimal, the one that Python and pandas write as ``12.5``. Sums of such
    floats may differ in the last digits, so exact sums are those of `Aggregate`.

    Parameters
    ----------
    steps : the values in steps of their measure; not changed.
    absent : which of them are absent.
    decimals : number of decimals of the measure.
    """
    import pandas as pd

    if not decimals:
        return pd.arrays.IntegerArray(steps.copy(), absent)
    return pd.arrays.FloatingArray(steps / 10**decimals, absent)

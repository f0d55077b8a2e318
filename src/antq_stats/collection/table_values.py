"""The values of one table of the form, and values of a measure as arrays of pandas."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from antq_stats.collection.origins import Integers, Origins, Sources, Truths
from antq_stats.form import Measure, Table
from antq_stats.plan import MISSING

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

OnSheet: TypeAlias = "tuple[str, str | None]"
"""A file, and the name of its sheet; None in files without sheets."""


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
    values: Integers
    """n x m, in steps (`Measure.amount`), in column-major order; `plan.MISSING` where there is none."""
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

    def column(self, code: str) -> tuple[Integers, Truths]:
        """Return a measure's values, in its steps, and whether each was given, n each."""
        place = [measure.code for measure in self.measures].index(code)
        return self.values[:, place], self.values[:, place] != MISSING


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

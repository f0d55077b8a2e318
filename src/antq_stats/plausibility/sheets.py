"""The sheets that the rows of a table come from, and the order of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.table_values import Held, TableValues
from antq_stats.register.register import UnitRegister


@dataclass(frozen=True, eq=False)
class Sheets:
    """The p sheets of a table's n units."""

    table: TableValues

    @cached_property
    def sources(self) -> Integers:
        """Place of each unit's row in the table's origins, -1 if it has none, n."""
        return self.table.sources.of_rows()

    @cached_property
    def of_rows(self) -> Integers:
        """Number of the sheet of each unit's row, -1 if it has none, n."""
        return self.table.origins.parts_of(self.sources)

    def __len__(self) -> int:
        return len(self.table.origins.parts)

    def counts(self, rows: Truths) -> Integers:
        """Return how many of some rows each sheet has, p.

        Parameters
        ----------
        rows : whether each of the n rows counts.
        """
        of_rows = self.of_rows[rows]
        counted: Integers = np.bincount(of_rows[of_rows >= 0], minlength=len(self))
        return counted

    @cached_property
    def _runs(self) -> tuple[Integers, Integers, Integers]:
        """The rows by sheet, in the order of each sheet; where each sheet begins in them; and its number."""
        order = np.argsort(self.sources, kind="stable")
        order = order[np.searchsorted(self.sources[order], 0) :]
        of_rows = self.of_rows[order]
        starts = np.flatnonzero(np.diff(of_rows, prepend=-1))
        return order, starts, of_rows[starts]

    def sums(self, values: Integers) -> Integers:
        """Return the sum of the values of each sheet's rows, p.

        Parameters
        ----------
        values : a value for each of the n units.
        """
        order, starts, numbers = self._runs
        sums = np.zeros(len(self), dtype=np.int64)
        if len(starts):
            sums[numbers] = np.add.reduceat(values[order], starts)
        return sums

    def above(self, values: Held | Truths) -> Integers:
        """Return the sum of the values in the rows above each row on its sheet, n; 0 without a row.

        Parameters
        ----------
        values : a value for each of the n units.
        """
        order, starts, _ = self._runs
        ordered = values if self._is_ordered else values[order]
        before = np.cumsum(ordered, dtype=np.int64) - ordered
        before -= np.repeat(before[starts], np.diff(starts, append=len(order)))
        if self._is_ordered:
            return before
        above = np.zeros(len(values), dtype=np.int64)
        above[order] = before
        return above

    @cached_property
    def _is_ordered(self) -> bool:
        """Whether all rows come from sheets, and these have them in the order of the table."""
        order = self._runs[0]
        return len(order) == len(self.sources) and bool((np.diff(order) > 0).all())

    @cached_property
    def layouts(self) -> tuple[tuple[tuple[int, ...], Integers], ...]:
        """The different orders of columns, each with the rows that have it.

        An order has for each measure its column on the sheet, from 0, and -1 for none.
        """
        orders: dict[tuple[int, ...], list[int]] = {}
        for number, part in enumerate(self.table.origins.parts):
            orders.setdefault(part.columns, []).append(number)
        which = np.full(len(self) + 1, -1, dtype=np.int64)  # the last is for units without a row
        for place, numbers in enumerate(orders.values()):
            which[numbers] = place
        of_rows = which[self.of_rows]
        return tuple((columns, np.flatnonzero(of_rows == place)) for place, columns in enumerate(orders))

    def head(self, sheet: int, register: UnitRegister) -> int:
        """Return the position of the lowest unit that all units of a sheet stand under.

        Parameters
        ----------
        sheet : number of the sheet.
        register : the register of the units.
        """
        parents = np.array(register.units.parents, dtype=np.int64)[self.table.units]
        above = np.unique(parents[self.of_rows == sheet]).tolist()
        lines = [register.units.ancestors(unit) for unit in above if unit >= 0]
        shared = set(lines[0]).intersection(*lines[1:]) if lines else set[int]()
        return next((unit for unit in (lines[0] if lines else ()) if unit in shared), 0)

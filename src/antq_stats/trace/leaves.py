"""The leaves of a figure: the values of one measure that it is the sum of, and those that it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.origins import Origin
from antq_stats.collection.table_values import TableValues
from antq_stats.form import Measure
from antq_stats.plan import MISSING
from antq_stats.words.amounts import Amount
from antq_stats.words.text import column_letter

State: TypeAlias = Literal["counted", "missing", "one-side", "not-added"]
"""What a leaf does: it counts; no value was given; the unit gave only one side of the ratio; the measure is
not added up."""
Reason: TypeAlias = Literal["no-row", "no-column", "no-value", "rows-differ"]
"""Why a value is missing: no return has a row of the unit; the sheet has no column for the measure; the cell
gives no value; several rows of the unit differ."""


class CellPlace(NamedTuple):
    """Where a value stands."""

    file: str
    """Path relative to the folder; a file in a zip or a message begins with the path of that."""
    sheet: str | None
    """None in files without sheets."""
    row: int
    """From 1."""
    column: int
    """From 0."""

    @property
    def cell(self) -> str:
        """The address on the sheet, as in ``F12``."""
        return f"{column_letter(self.column)}{self.row}"


class Cells(NamedTuple):
    """The cells of k values as columns; fields as in `CellPlace`."""

    sheets: list[tuple[str, str | None]]
    """The file and the sheet of each sheet."""
    sheet: Integers
    """Place in ``sheets``; -1 for no cell."""
    row: Integers
    """0 for no cell."""
    column: Integers
    """-1 for no cell."""


class Leaf(NamedTuple):
    """One value of a figure, or the lack of one."""

    unit: int
    """Position of the unit that gave it, in the register of the period."""
    home: int
    """Position of the unit under which it counts, in the register that the figure is stated on."""
    value: Amount | None
    """As read; None if there is none."""
    low: Amount
    """How much of it counts at least; 0 if it does not count."""
    high: Amount
    """How much of it counts at most; more than ``low`` only where a unit was divided."""
    state: State
    reason: Reason | None
    """Set if the value is missing."""
    place: CellPlace | None
    """The cell; None if there is none, or if the leaf is a sum of cells of a divided unit."""
    notes: tuple[str, ...] = ()
    """What else is known of the value."""


def place_at(origin: Origin, measure: int) -> CellPlace | None:
    """Return the cell of a measure in a row; None if the sheet has no column for it.

    Parameters
    ----------
    origin : the row.
    measure : place of the measure in its table.
    """
    column = origin.columns[measure]
    return CellPlace(origin.file, origin.sheet, origin.row, column) if column >= 0 else None


def cell_of(collection: Collection, unit: int, measure: str) -> CellPlace | None:
    """Return the cell that holds a unit's own value of a measure; None if there is none.

    Parameters
    ----------
    collection : the values of the period.
    unit : position of the unit.
    measure : the measure's code.
    """
    number, place = collection.place_of[measure]
    table = collection.tables[number]
    row, _ = collection.level_sums(table.level).place(unit)
    if row is None:
        origin = collection.own_origins.get(measure, {}).get(unit)
        return None if origin is None else place_at(origin, place)
    source = table.sources.at(row, place)
    return None if source < 0 else place_at(table.origins[source], place)


@dataclass(frozen=True, eq=False, repr=False)
class Leaves:
    """The k leaves of one measure, in the order of the tree that the figure is stated on."""

    collection: Collection
    measure: Measure
    units: Integers
    """Positions of the units that gave the values, k."""
    homes: Integers
    """Positions of the units under which they count, k."""
    index: Integers
    """Places of the units in the measure's table, k; -1 for a unit above its level."""
    values: Integers
    """As read, in steps, k; `plan.MISSING` where there is none."""
    low: Integers
    """How much counts at least, in steps, k."""
    high: Integers
    """How much counts at most, k."""
    counted: Truths
    """Whether the value counts, k."""
    is_added: bool = True
    """Whether the measure is added up to the figure."""

    def __repr__(self) -> str:
        return f"<Leaves {self.measure.code}: {int(self.counted.sum())} of {len(self)} count>"

    def __len__(self) -> int:
        return len(self.units)

    @property
    def table(self) -> TableValues:
        """The table of the measure."""
        return self.collection.tables[self.collection.place_of[self.measure.code][0]]

    def sum(self, which: slice = slice(None)) -> tuple[Amount, Amount]:
        """Return how much leaves add up to, at least and at most, added one by one.

        Parameters
        ----------
        which : the leaves; all by default.
        """
        low, high = (sum(column[which].tolist()) for column in (self.low, self.high))
        return self.measure.amount(low), self.measure.amount(high)

    @property
    def missing(self) -> Truths:
        """Whether each leaf lacks a value, k."""
        return np.asarray(self.values == MISSING, dtype=np.bool_)

    def each(self, which: slice = slice(None)) -> Iterator[Leaf]:
        """Yield leaves one by one.

        Parameters
        ----------
        which : the leaves; all by default.
        """
        columns = (self.units, self.homes, self.values, self.low, self.high)
        numbers = zip(*(column[which].tolist() for column in columns), strict=True)
        amount, told = self.measure.amount, zip(*self.states(which), self.places(which), strict=True)
        for (unit, home, value, low, high), (state, reason, place) in zip(numbers, told, strict=True):
            read = None if value == MISSING else amount(value)
            yield Leaf(unit, home, read, amount(low), amount(high), state, reason, place)

    def states(self, which: slice = slice(None)) -> tuple[list[State], list[Reason | None]]:
        """Return what leaves do, and for those without a value why it is missing.

        Parameters
        ----------
        which : the leaves; all by default.
        """
        counted, missing = self.counted[which], self.values[which] == MISSING
        otherwise: State = "one-side" if self.is_added else "not-added"
        states: list[State] = ["counted"] * len(counted)
        reasons: list[Reason | None] = [None] * len(counted)
        units, index, sheet = self.units[which], self.index[which], self.cells.sheet[which]
        for at in np.flatnonzero(~counted).tolist():
            states[at] = "missing" if missing[at] else otherwise
        for at in np.flatnonzero(missing).tolist():
            reasons[at] = self._reason(int(units[at]), int(index[at]), has_cell=bool(sheet[at] >= 0))
        return states, reasons

    def places(self, which: slice = slice(None)) -> Iterator[CellPlace | None]:
        """Yield the cells of leaves one by one.

        Parameters
        ----------
        which : the leaves; all by default.
        """
        sheets, *columns = self.cells
        for at, row, column in zip(*(each[which].tolist() for each in columns), strict=True):
            yield None if at < 0 else CellPlace(sheets[at][0], sheets[at][1], row, column)

    @cached_property
    def cells(self) -> Cells:
        """The cells of the k leaves, as columns."""
        origins = self.table.origins
        _, measure = self.collection.place_of[self.measure.code]
        sources = self._sources(self.index)
        sheets: list[tuple[str, str | None]] = [(part.file, part.sheet) for part in origins.parts]
        sheet, row = origins.parts_of(sources), np.zeros(len(sources), dtype=np.int64)
        row[sources >= 0] = origins.rows_of(sources[sources >= 0])
        column = np.array([*(part.columns[measure] for part in origins.parts), -1], dtype=np.int64)[sheet]
        for at in np.flatnonzero(self.index < 0).tolist():
            place = cell_of(self.collection, int(self.units[at]), self.measure.code)
            if place is not None:
                sheet[at], row[at], column[at] = len(sheets), place.row, place.column
                sheets.append((place.file, place.sheet))
        return Cells(sheets, sheet, row, column)

    def _reason(self, unit: int, index: int, *, has_cell: bool) -> Reason:
        if index < 0 or not self.table.read[index]:
            return "no-row"
        repeat = self.collection.repeat_of(self.measure.code, unit)
        if repeat is not None and repeat.differing:
            return "rows-differ"
        return "no-value" if has_cell else "no-column"

    def files(self) -> frozenset[str]:
        """Return the names of the files that hold the values that count."""
        own = self.collection.own_origins.get(self.measure.code, {})
        units = self.units[self.counted & (self.index < 0)].tolist()
        parts = np.unique(self.table.origins.parts_of(self._sources(self.index[self.counted])))
        found = {self.table.origins.parts[part].file for part in parts[parts >= 0].tolist()}
        return frozenset(found | {own[unit].file for unit in units if unit in own})

    def _sources(self, index: Integers) -> Integers:
        """Return for units, by their places in the table, the places of the rows; -1 for none."""
        _, measure = self.collection.place_of[self.measure.code]
        sources = np.full(len(index), -1, dtype=np.int64)
        sources[index >= 0] = self.table.sources.column(measure, index[index >= 0])
        return sources

    @classmethod
    def joined(cls, collection: Collection, measure: Measure, pieces: Sequence[Leaves]) -> Leaves:
        """Return leaves that were found piece by piece.

        Parameters
        ----------
        collection : the values of the period.
        measure : the measure of all pieces.
        pieces : the pieces, in order.
        """
        none = np.zeros(0, dtype=np.int64)
        everything = [cls(collection, measure, none, none, none, none, none, none, none > 0), *pieces]
        units, homes, index, values, low, high = (
            np.concatenate([column(piece) for piece in everything])
            for column in map(attrgetter, ("units", "homes", "index", "values", "low", "high"))
        )
        counted = np.concatenate([piece.counted for piece in everything])
        return cls(collection, measure, units, homes, index, values, low, high, counted)

"""Taking figures apart: which values of which units count in a figure, and how much of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from antq_stats.changes.divisions import NOWHERE
from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.intake import Intake
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.restated import Restated
from antq_stats.findings.finding import Finding
from antq_stats.form import Measure, Ratio
from antq_stats.form.entries import UNITS
from antq_stats.plan import MISSING
from antq_stats.series.boundaries import Boundaries
from antq_stats.trace.figure_trace import AnyFigure, Trace
from antq_stats.trace.findings_on import FindingsOn
from antq_stats.trace.leaves import Leaves
from antq_stats.trace.other_rows import OtherRows
from antq_stats.words.unknown_code import UnknownCodeError


class _Entries(NamedTuple):
    """Which units of a level count under the unit, and where."""

    places: Integers
    """Places in the units of the level."""
    homes: Integers
    """Positions of the units under which they count."""
    crossings: dict[int, tuple[int, int]]
    """Place in ``places`` of a divided unit -> at least and at most how much of it counts, in steps."""


class _Tracer:
    def __init__(
        self, collection: Collection, aggregate: Aggregate, unit: int, restated: Restated | None
    ) -> None:
        self.collection, self.aggregate, self.unit, self.restated = collection, aggregate, unit, restated
        self.register = collection.register if restated is None else restated.register

    def measure(self, measure: Measure) -> Leaves:
        """Return the leaves of a measure."""
        own = self._own(measure)
        if own is not None:
            return own
        units = self.aggregate.units_of(measure.code)
        return self._side(measure, units, self._entries(units, self._values(measure)), None)

    def ratio(self, ratio: Ratio) -> tuple[Leaves, ...]:
        """Return the leaves of both sides of a ratio: those of units that gave both count."""
        units = self.aggregate.units_of(ratio.code)
        above, below, given, _, _ = self.aggregate.ratio_column(ratio.code)
        both = given[units] > 0
        sides = [(ratio.numerator, above), (ratio.denominator, below)]
        return tuple(
            self._side(self.collection.form.measure(code), units, self._entries(units, steps[units]), both)
            for code, steps in sides
            if code != UNITS
        )

    def _values(self, measure: Measure) -> Integers:
        table, place = self.collection.place_of[measure.code]
        return self.collection.tables[table].wide(place)

    def _own(self, measure: Measure) -> Leaves | None:
        """Return the leaf that a unit reports of itself, or leaves that no level adds up; None if it does."""
        if measure.up != "none":
            return None
        unit = self.unit
        if self.restated is not None:
            unit = int(self.restated.placement.twins[unit])
            if unit == NOWHERE:
                return None
        table = self.collection.tables[self.collection.place_of[measure.code][0]]
        if self.collection.level_sums(table.level).place(unit)[0] is not None:
            return None
        own = self.collection.own.get(measure.code, {})
        if unit in own:
            one = np.array([own[unit]], dtype=np.int64)
            homes, here = np.array([self.unit]), np.array([unit])
            return Leaves(
                self.collection, measure, here, homes, np.array([-1]), one, one, one, np.ones(1, np.bool_)
            )
        start, stop = self.collection.register.ranges(table.units)
        index = np.arange(start[unit], stop[unit])
        units, none = table.units[index], np.zeros(len(index), dtype=np.int64)
        homes = units if self.restated is None else np.full(len(index), self.unit)
        return Leaves(
            self.collection, measure, units, homes, index, self._values(measure)[index], none, none,
            none > 0, is_added=False,
        )  # fmt: skip

    def _entries(self, units: Integers, steps: Integers) -> _Entries:
        """Return which of some units count under the unit.

        Parameters
        ----------
        units : positions in the register of the period.
        steps : what each of them gave, in steps; `plan.MISSING` for nothing.
        """
        if self.restated is None:
            start, stop = self.register.ranges(units)
            index = np.arange(start[self.unit], stop[self.unit])
            return _Entries(index, units[index], {})
        placement = self.restated.placement
        inside: Truths = np.zeros(len(self.register), dtype=np.bool_)
        inside[self.register.under(self.unit)] = True
        whole = placement.whole[units]
        index = np.flatnonzero((whole != NOWHERE) & inside[whole])
        homes, divided, bounds = list(whole[index]), [], []
        place = {unit: at for at, unit in enumerate(units.tolist())}
        parts = {each.unit: each.shares for each in placement.divided}
        own = np.zeros(len(placement.source), dtype=np.int64)
        own[units] = np.where(steps == MISSING, 0, steps)
        crossing = placement.crossings.among(units)
        least, most = crossing.bounds(own)
        for at in np.flatnonzero(crossing.target == self.unit).tolist():
            unit = int(crossing.unit[at])
            shares = [part.unit for part in parts[unit] if part.unit != NOWHERE and inside[part.unit]]
            homes.append(shares[0] if len(shares) == 1 else self.unit)
            divided.append(place[unit])
            bounds.append((int(least[at]), int(most[at])))
        everything = np.concatenate([index, np.array(divided, dtype=np.int64)])
        at_home = np.array(homes, dtype=np.int64)
        order = np.argsort(self.register.tree_places[at_home], kind="stable")
        crossings = {int(np.flatnonzero(order == len(index) + at)[0]): each for at, each in enumerate(bounds)}
        return _Entries(everything[order], at_home[order], crossings)

    def _side(self, measure: Measure, units: Integers, entries: _Entries, both: Truths | None) -> Leaves:
        """Return the leaves of a measure.

        Parameters
        ----------
        measure : the measure.
        units : the units whose values or sums count: those of the measure's table, or of a level above it.
        entries : which of them count, and where.
        both : for a ratio, which of ``units`` gave both sides.
        """
        table = self.collection.tables[self.collection.place_of[measure.code][0]]
        if len(units) and self.collection.register.units.levels[int(units[0])] != table.level:
            return self._of_higher_level(measure, units, entries, both)
        index, homes, crossings = entries
        values = self._values(measure)[index]
        counted: Truths = values != MISSING
        if both is not None:
            counted &= both[index]
        low = np.where(counted, values, 0)
        high = low.copy()
        for at, bounds in crossings.items():
            low[at], high[at] = bounds
        return Leaves(self.collection, measure, units[index], homes, index, values, low, high, counted)

    def _of_higher_level(
        self, measure: Measure, units: Integers, entries: _Entries, both: Truths | None
    ) -> Leaves:
        """Return the leaves of a measure whose sums at a level above its own are a side of a ratio.

        Under a unit that is whole they are the values; a divided unit is a leaf itself, with its sum.
        """
        table = self.collection.tables[self.collection.place_of[measure.code][0]]
        start, stop = self.collection.register.ranges(table.units)
        column = self._values(measure)
        pieces: list[Leaves] = []
        for at, (place, home) in enumerate(zip(entries.places.tolist(), entries.homes.tolist(), strict=True)):
            unit = int(units[place])
            index = np.arange(start[unit], stop[unit])
            values, counts = column[index], both is None or bool(both[place])
            here, homes = table.units[index], np.full(len(index), home)
            if self.restated is None:
                homes = here
            low = np.where((values != MISSING) & counts, values, 0)
            high = low
            if at in entries.crossings:
                values = np.array([int(low.sum())] if counts else [MISSING], dtype=np.int64)
                here, homes, index = np.array([unit]), np.array([home]), np.array([-1])
                low, high = (np.array([bound]) for bound in entries.crossings[at])
            counted: Truths = (values != MISSING) & counts
            pieces.append(Leaves(self.collection, measure, here, homes, index, values, low, high, counted))
        return Leaves.joined(self.collection, measure, pieces)


def trace(
    period: Intake,
    collection: Collection,
    aggregate: Aggregate,
    findings: Iterable[Finding],
    unit: int | str,
    code: str,
    boundaries: Boundaries | None = None,
) -> Trace:
    """Take a figure apart.

    Parameters
    ----------
    period : the period.
    collection : its values.
    aggregate : their sums.
    findings : all findings.
    unit : code of the unit or its position, in the register that the figure is stated on.
    code : code of the measure or ratio.
    boundaries : those of another day that the figure is stated on; None for those of the period.

    Raises
    ------
    UnknownCodeError
        The register has no such unit, or the form no such measure or ratio.
    """
    column = next((column for column in collection.form.columns if column.code == code), None)
    if column is None:
        raise UnknownCodeError("measure", code, [column.code for column in collection.form.columns])
    restated = None if boundaries is None else Restated(aggregate, boundaries.placement(period))
    register = collection.register
    unit = (register if restated is None else restated.register).position(unit)
    tracer = _Tracer(collection, aggregate, unit, restated)
    figure: AnyFigure
    if isinstance(column, Measure):
        sides: tuple[Leaves, ...] = (tracer.measure(column),)
        figure = (restated or aggregate).figure(unit, column.code)
    else:
        sides = tracer.ratio(column)
        figure = (restated or aggregate).ratio(unit, column.code)
    units: Truths = np.zeros(len(register), dtype=np.bool_)
    if restated is None:
        units[register.under(unit)] = True
    for side in sides:
        units[side.units] = True
        units[register.senders[side.units[side.missing]]] = True  # why a return did not come
    codes = [side.measure.code for side in sides]
    on = FindingsOn(findings, collection.form, register, units, codes)
    others = OtherRows(collection)
    return Trace(collection, tracer.register, unit, column, figure, sides, on, others, boundaries)

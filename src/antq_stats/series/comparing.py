"""Two periods compared on one day's boundaries: figures, changes, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from antq_stats.changes.divisions import NOWHERE
from antq_stats.changes.placement import Placement
from antq_stats.collection.period_name import day_of
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.comparison import breaks_between, same_columns
from antq_stats.figures.figure import Basis, Reason, RestatedFigure, Value, no_figure
from antq_stats.figures.restated import Restated
from antq_stats.form import Form, Measure, Ratio, SeriesBreak
from antq_stats.register.register import UnitRegister
from antq_stats.series.boundaries import Boundaries


class Change(NamedTuple):
    """A figure of two periods."""

    first: RestatedFigure
    last: RestatedFigure
    change: Value | None
    """The later figure minus the earlier one; None if one of them is no single number."""
    percent: Fraction | None
    """The change in per cent of the earlier figure; None also where that is 0, and for ratios."""
    basis: Basis
    reason: Reason | None
    """Why the two are not comparable."""
    lacks: Literal["first", "last"] | None = None
    """The period that the reason is about, if it is about one."""


class Origin(NamedTuple):
    """A unit of the boundaries, and the units of a period that it was made of."""

    unit: int
    """Its position in the boundaries' register."""
    parts: tuple[int, ...]
    """Positions in the period's register. No part is directly under another, with which it came."""


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two periods on the same boundaries.

    Parameters
    ----------
    boundaries : the units that both are stated on.
    first, last : the figures of the earlier and of the later period.
    """

    boundaries: Boundaries
    first: Restated
    last: Restated

    def __repr__(self) -> str:
        first, last = self.first.aggregate.period, self.last.aggregate.period
        return f"<Comparison {first} and {last}: {self.boundaries!r}>"

    @cached_property
    def is_turned(self) -> bool:
        """Whether the period that stands first is the later one."""
        first, last = (
            (day_of(each.period, each.form) or date.min, each.period)
            for each in (self.first.aggregate, self.last.aggregate)
        )
        return first > last

    @property
    def form(self) -> Form:
        """The form of the later period, whose codes are used."""
        return self.last.form

    @property
    def register(self) -> UnitRegister:
        """The register of the boundaries."""
        return self.boundaries.register

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """Code of a measure or ratio in the later form -> its code in the earlier one, where both have it."""
        return same_columns(self.form, self.first.form)

    @cached_property
    def breaks(self) -> Mapping[str, SeriesBreak]:
        """Measures and ratios whose definition changed between the periods, by their later codes."""
        return breaks_between(self.form, self.last.aggregate.period, self.first.aggregate, self.codes)

    @cached_property
    def columns(self) -> tuple[Measure | Ratio, ...]:
        """The measures and ratios that both periods were asked for and at least one of them has."""
        return tuple(
            column
            for column in self.form.columns
            if column.code in self.codes and self.last.aggregate.has_values(column)
        )

    def at(self, units: int | Sequence[int], code: str) -> Change:
        """Return a figure of both periods.

        Parameters
        ----------
        units : position of a unit of the boundaries, or of several together (`common_units`).
        code : code of a measure or ratio in the later form.
        """
        then = self.codes.get(code)
        first = no_figure("not-asked") if then is None else self.first.of(units, then)
        is_ratio = any(ratio.code == code for ratio in self.form.ratios)
        return change(first, self.last.of(units, code), is_ratio=is_ratio, has_break=code in self.breaks)

    def common_units(self, top: int) -> tuple[int, ...]:
        """Return the units at or under a unit that both periods have in full: the highest ones.

        Parameters
        ----------
        top : position of the unit.
        """
        return common_units(self.register, [self.first.placement, self.last.placement], top)

    @cached_property
    def _traced_level(self) -> int:
        """The lowest level whose units are traced: that of the events, else that of the units that stayed."""
        return _traced_level(self.first.placement)

    def is_traced_above(self, unit: int) -> bool:
        """Return whether the units directly under a unit are traced, too."""
        return self.register.units.levels[unit] < self._traced_level

    @cached_property
    def entered(self) -> tuple[int, ...]:
        """Units of the boundaries, above the villages, that the earlier period did not have as they are."""
        return tuple(unit for unit in self._traced if unit not in self._kept)

    @cached_property
    def outside(self) -> tuple[int, ...]:
        """Those of `entered` that the earlier period did not cover: nothing of them was in it.

        They are of the lowest traced level, because a unit above may hold both such units and others.
        """
        placement, levels = self.first.placement, self.register.units.levels
        return tuple(
            unit
            for unit in self.entered
            if levels[unit] == self._traced_level
            and placement.uncovered[unit]
            and unit not in placement.origins
        )

    @cached_property
    def left(self) -> tuple[int, ...]:
        """Units of the earlier period, of the traced levels, that the boundaries do not have as they are."""
        placement = self.first.placement
        names = self.register.levels[: self._traced_level + 1]
        source = placement.source
        return tuple(
            unit
            for unit in source.tree_order.tolist()
            if not placement.same[unit]
            and (
                source.levels[source.units.levels[unit]] in names
                or (placement.whole[unit] == NOWHERE and unit in source.units.children)
            )
        )

    @cached_property
    def lost(self) -> tuple[int, ...]:
        """Those of `left` that have no place in the boundaries, of the lowest level among them."""
        placement, levels = self.first.placement, self.first.placement.source.units.levels
        gone = frozenset(placement.left.tolist())
        lowest = max((levels[unit] for unit in self.left), default=0)
        return tuple(unit for unit in self.left if unit in gone and levels[unit] == lowest)

    @cached_property
    def _traced(self) -> tuple[int, ...]:
        levels = self.register.units.levels
        return tuple(unit for unit in self.register.tree_order.tolist() if levels[unit] <= self._traced_level)

    @cached_property
    def _kept(self) -> frozenset[int]:
        placement = self.first.placement
        return frozenset(placement.whole[placement.same].tolist())

    def origin(self, unit: int) -> Origin:
        """Return the units of the earlier period that a unit was made of."""
        placement = self.first.placement
        parts = placement.origins.get(unit, ())
        parents, came = placement.source.units.parents, frozenset(parts)
        return Origin(unit, tuple(part for part in parts if parents[part] not in came))


def change(first: RestatedFigure, last: RestatedFigure, *, is_ratio: bool, has_break: bool = False) -> Change:
    """Return the change between two periods' figures of the same units, or why there is none.

    Parameters
    ----------
    first, last : the earlier and the later figure.
    is_ratio : whether they are ratios, whose change is not given in per cent.
    has_break : whether the definition changed between the periods.
    """
    reason = first.reason or last.reason
    if has_break:
        reason = "definition"
    elif reason is None and not (first.given and last.given):
        reason = "no-data"
    elif reason is None and (first.given < first.expected or last.given < last.expected):
        reason = "incomplete"
    basis = Basis.NOT_COMPARABLE if reason else max(first.basis, last.basis)
    if reason is not None or first.value is None or last.value is None:
        return Change(first, last, None, None, basis, reason, _lacking(reason, first))
    difference = last.value - first.value  # type: ignore[operator]
    percent = None if is_ratio or not first.value else Fraction(difference) * 100 / Fraction(first.value)
    return Change(first, last, difference, percent, basis, None)


def common_units(register: UnitRegister, placements: Sequence[Placement], top: int) -> tuple[int, ...]:
    """Return the units at or under a unit that all periods have in full: the highest ones.

    Parameters
    ----------
    register : the units.
    placements : where the units of each period belong in it.
    top : position of the unit.
    """
    missing = np.logical_or.reduce([placement.uncovered | placement.strayed for placement in placements])
    lowest = min(_traced_level(placement) for placement in placements)
    children, levels = register.units.children, register.units.levels

    def walk(unit: int) -> Iterator[int]:
        if not missing[unit]:
            yield unit
            return
        for child in children.get(unit, ()):
            yield from walk(child)

    return tuple(unit for unit in walk(top) if levels[unit] <= lowest)


def _traced_level(placement: Placement) -> int:
    """Return the lowest level whose units are traced: that of the events, else of the units that stayed."""
    levels = placement.target.units.levels
    traced = placement.changed or placement.whole[placement.same].tolist()
    return max((levels[unit] for unit in traced), default=0)


def _lacking(reason: Reason | None, first: RestatedFigure) -> Literal["first", "last"] | None:
    """Return the period that a reason is about; None if it is about both."""
    if reason in ("not-asked", "no-data"):
        return "first" if not first.given else "last"
    if reason == "incomplete":
        return "first" if first.given < first.expected else "last"
    if reason in ("part-missing", "unexplained"):
        return "first" if first.reason == reason else "last"
    return None


def compare(
    first: Aggregate, last: Aggregate, boundaries: Boundaries, placements: Sequence[Placement]
) -> Comparison:
    """Return two periods on one day's boundaries.

    Parameters
    ----------
    first, last : the figures of the earlier and of the later period.
    boundaries : the units that both are stated on.
    placements : where the units of the two belong in them.
    """
    return Comparison(boundaries, Restated(first, placements[0]), Restated(last, placements[1]))


def nothing_common(
    now: Aggregate, then: Aggregate, placement: Placement
) -> Literal["figures", "measures", "units"] | None:
    """Return what another period lacks, if no figure of it can be compared; None if one can.

    Parameters
    ----------
    now, then : the figures of the period, and of the other one.
    placement : where the units of the other period belong in the register of the period.

    Returns
    -------
    str or None
        ``figures`` if nothing was given, ``measures`` if the forms have no measure in common that was given,
        ``units`` if no unit of the register is covered by the other period, not even in part.
    """
    if not any(then.has_values(column) for column in then.form.columns):
        return "figures"
    codes = set(same_columns(now.form, then.form).values())
    if not any(then.has_values(column) for column in then.form.columns if column.code in codes):
        return "measures"
    is_placed = bool((placement.whole != NOWHERE).any()) or bool(placement.divided)
    return None if is_placed else "units"

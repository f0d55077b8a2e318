"""A figure taken apart: a sum, or a ratio of two sums, down the tree to the values that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from antq_stats.collection.collection import Collection, Integers
from antq_stats.decisions.decision import Decision
from antq_stats.figures.figure import Figure, RatioFigure, RestatedFigure
from antq_stats.findings.finding import Finding
from antq_stats.form import Measure, Ratio
from antq_stats.register.register import UnitRegister
from antq_stats.series.boundaries import Boundaries
from antq_stats.trace.findings_on import FindingsOn
from antq_stats.trace.leaves import Leaves
from antq_stats.trace.other_rows import OtherRows
from antq_stats.words.amounts import Amount

AnyFigure: TypeAlias = "Figure | RatioFigure | RestatedFigure"


class Sum(NamedTuple):
    """What the leaves come to: a sum or a ratio, at least and at most."""

    low: Amount | Fraction | None
    high: Amount | Fraction | None


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """A figure of one unit with the leaves that it is made of."""

    collection: Collection
    register: UnitRegister
    """The register that the figure is stated on."""
    unit: int
    """Position of the unit in ``register``."""
    column: Measure | Ratio
    figure: AnyFigure
    sides: tuple[Leaves, ...]
    """The leaves of the measure, or of the numerator and of the denominator, unless that is the units."""
    findings: FindingsOn
    """The findings on the leaves, at units of the register of the period."""
    others: OtherRows
    boundaries: Boundaries | None = None
    """What the figure is stated on; None for the boundaries of the period."""

    def __repr__(self) -> str:
        unit = self.register.units.codes[self.unit]
        leaves = ", ".join(str(int(side.counted.sum())) for side in self.sides)
        return f"<Trace {self.column.code} of {unit}: {leaves} values>"

    @property
    def is_protected(self) -> bool:
        """Whether the figure is made of values that reports withhold."""
        return self.column.code in self.collection.form.protected

    @property
    def is_added(self) -> bool:
        """Whether there is a figure; False for a measure that no level adds up."""
        return all(side.is_added for side in self.sides)

    @cached_property
    def sum(self) -> Sum:
        """What the leaves come to, computed from them alone."""
        if not self.is_added or not any(side.counted.any() for side in self.sides):
            return Sum(None, None)
        low, high = self.sides[0].sum()
        if isinstance(self.column, Measure):
            return Sum(low, high)
        below_low: Amount
        below_high: Amount
        if len(self.sides) > 1:
            below_low, below_high = self.sides[1].sum()
        else:
            below_low = below_high = int(self.sides[0].counted.sum())
        per = self.column.per
        return Sum(_quotient(low, below_high, per), _quotient(high, below_low, per))

    @property
    def adds_up(self) -> bool:
        """Whether the leaves come to the figure, exactly."""
        figure, found = self.figure, self.sum
        if isinstance(figure, Figure | RatioFigure) or figure.basis.code in ("exact", "estimated"):
            return figure.value is None or figure.value == found.low == found.high
        return figure.low is None or (figure.low == found.low and figure.high in (None, found.high))

    @cached_property
    def _home_places(self) -> tuple[Integers, ...]:
        """For each side the places of its leaves in tree order, ascending."""
        return tuple(self.register.tree_places[side.homes] for side in self.sides)

    def under(self, side: int, unit: int) -> slice:
        """Return which leaves of a side count at or under a unit.

        Parameters
        ----------
        side : place of the side in ``sides``.
        unit : position of the unit in ``register``.
        """
        start = int(self.register.tree_places[unit])
        ends = [start, start + len(self.register.under(unit))]
        first, last = np.searchsorted(self._home_places[side], ends)
        return slice(int(first), int(last))

    def decision_on(self, unit: int, measure: str) -> Decision | None:
        """Return the decision that a unit's own value of a measure rests on; None if it rests on none.

        Parameters
        ----------
        unit : position of the unit in the register of the period.
        measure : the measure's code.
        """
        return self.decisions.get((unit, measure))

    @cached_property
    def decisions(self) -> dict[tuple[int, str], Decision]:
        """The decisions that values rest on, by the unit that gave the value and the code of its measure."""
        register = self.collection.register
        return {
            (unit, code): applied.decision
            for applied in self.collection.decided
            for code in applied.measures
            for unit in (
                register.under(applied.unit).tolist() if applied.decision.kind == "nil" else [applied.unit]
            )
        }

    @cached_property
    def causes(self) -> list[Finding]:
        """The hard findings that make the figure provisional."""
        return self.findings.causes()


def _quotient(above: Amount, below: Amount, per: int) -> Fraction | None:
    return Fraction(above) / Fraction(below) * per if below else None

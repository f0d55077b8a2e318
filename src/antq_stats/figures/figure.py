"""A figure together with its coverage: a sum or a ratio of two sums, on its own boundaries or on others."""

from __future__ import annotations

from enum import IntEnum
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from antq_stats.collection.collection import Integers, Truths
from antq_stats.figures.status import Status, Statuses, status_of
from antq_stats.words.amounts import Amount


class Figure(NamedTuple):
    """The sum of a measure under a unit, with its coverage.

    What a unit above the measure's level reports of itself stands in place of a sum of a measure that no
    level adds up; its coverage is 1 of 1.
    """

    value: Amount | None
    """The sum over the units that gave a value; None if none did, or if there is no sum.

    It is exact: an int, or, for a measure with decimals, a Decimal with as many as the measure has.
    """
    given: int
    """Number of units that gave a value."""
    expected: int
    """Number of units of the measure's level at or under the unit."""
    provisional: bool
    """Whether a value is missing, or a hard finding concerns one."""
    unlisted: int = 0
    """Number of units at or under the unit whose own units the register does not list (`unlisted`): nobody
    knows how many more should have given a value."""
    decided: bool = False
    """Whether a value in it was corrected, or is the zero of a unit with nothing to report, by a decision."""

    @property
    def complete(self) -> bool:
        """Whether every unit that should give a value gave one."""
        return self.given == self.expected and not self.unlisted

    @property
    def summed(self) -> bool:
        """False if units gave values that no level adds up, and the unit did not report it of itself."""
        return self.value is not None or not self.given

    @property
    def status(self) -> Status:
        """The status of the figure."""
        return status_of(self.given, self.expected + self.unlisted) if self.summed else Status.NOT_SUMMED


class RatioFigure(NamedTuple):
    """A ratio of two sums under a unit, with its coverage."""

    value: Fraction | None
    """The exact ratio times ``per`` of the form; None if the denominator is 0."""
    numerator: Amount
    """Sum of the numerator over the units that gave both sides, as exact as `Figure.value`."""
    denominator: Amount
    """Sum of the denominator over the same units; without a denominator measure, their number."""
    given: int
    """Number of units that gave both sides."""
    expected: int
    """Number of units at or under the unit, of the level at which the sides are compared."""
    provisional: bool
    """Whether a value is missing, or a hard finding concerns one."""
    unlisted: int = 0
    """As in `Figure`."""
    decided: bool = False
    """As in `Figure`."""

    @property
    def complete(self) -> bool:
        """Whether every unit that should give both sides gave them."""
        return self.given == self.expected and not self.unlisted

    @property
    def status(self) -> Status:
        """The status of the figure."""
        return status_of(self.given, self.expected + self.unlisted, self.denominator)

    @property
    def quotient(self) -> Fraction:
        """The exact quotient of the sides, not multiplied by ``per``; the denominator must not be 0."""
        return Fraction(self.numerator) / Fraction(self.denominator)


Reason = Literal[
    "no-data", "part-missing", "incomplete", "units-merged", "not-summed", "not-asked", "definition",
    "withheld", "unexplained",
]  # fmt: skip
"""Why a figure is not comparable: nothing of the unit was in the period; only a part of it was; units have
not answered yet; it is a number of units, and units were merged; the measure is not summed; the other form
does not ask it; its definition changed; it is withheld; a unit of the period is not in the target's register,
and no event says why."""

Value: TypeAlias = "Amount | Fraction"


class Basis(IntEnum):
    """What a restated figure rests on; of several the greatest holds."""

    EXACT = 0
    ESTIMATED = 1
    BETWEEN = 2
    NOT_COMPARABLE = 3

    @property
    def code(self) -> str:
        """The word of the JSON."""
        return self.name.lower().replace("_", "-")


class RestatedFigure(NamedTuple):
    """A figure of one unit, stated on other boundaries; never a bare number."""

    value: Value | None
    """The figure if it is exact or estimated and was given; else None."""
    low: Value | None
    high: Value | None
    """The bounds, both the value where there is one; None for a side without a bound."""
    given: int
    """Number of units that gave a value."""
    expected: int
    """Number of units that should have."""
    provisional: bool
    basis: Basis
    reason: Reason | None = None
    """Set if the basis is `Basis.NOT_COMPARABLE`."""
    decided: bool = False
    """As in `Figure`: also if it is one of the values that the bounds are made of."""


def no_figure(reason: Reason) -> RestatedFigure:
    """Return what stands for a figure that a period does not have, or does not show.

    Parameters
    ----------
    reason : why.
    """
    return RestatedFigure(None, None, None, 0, 0, False, Basis.NOT_COMPARABLE, reason)


class MeasureColumn(NamedTuple):
    """A measure for all n units of the register; each array has n elements.

    ``values`` are in steps of the measure (`Measure.amount`), and 0 where ``status`` is not `Status.FIGURE`:
    check the status before showing a value.
    """

    values: Integers
    given: Integers
    expected: Integers
    provisional: Truths
    status: Statuses


class RatioColumn(NamedTuple):
    """A ratio for all n units of the register; each array has n elements.

    Both sides are sums over the units that gave both, in steps of their measures (`Form.ratio_scale`). They
    are 0 where the ratio is withheld: check ``status`` before showing a value.
    """

    numerators: Integers
    denominators: Integers
    given: Integers
    expected: Integers
    provisional: Truths
    status: Statuses

"""A figure together with its coverage: a sum, or a ratio of two sums."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from antq_stats.figures.status import Status, status_of
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

"""A number of a sentence: what it says, and in which ways it may be meant."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

Change = Literal["up", "down", "of"]
"""Gained, lost, or so many times what it was."""
Sort = Literal["count", "percent", "points", "times"]


class Number(NamedTuple):
    """A number that a sentence states."""

    start: int
    """Where it begins in the sentence, its qualifier included."""
    digits: int
    """Where its digits begin."""
    end: int
    text: str
    """As written, with the sign or the word of magnitude behind it."""
    value: Fraction
    """Percentages not divided: 81,2 % is 81.2."""
    step: Fraction
    """Unit of its last significant digit."""
    decimals: int
    sort: Sort
    per: int
    """100 for a percentage, 1000 for ‰, 1 for a count."""
    is_exact: bool
    """Whether it is a count written out, which without a qualifier is meant exactly."""
    qualifier: str | None
    change: Change | None
    """Whether it is said to be gained or lost, or to be a multiple of what was."""
    part: Literal["of", "whole"] | None
    """Which side of a pair ``164/220`` it is."""
    is_origin: bool = False
    """Whether it is what something rose or fell from."""
    is_foreign: bool = False
    """Whether its thousands are marked off as another language does."""
    others: tuple[Number, ...] = ()
    """Other ways in which it may be meant; right is what is right in any of them."""

"""A number of a sentence: its value and the ways in which it may be meant."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

Change = Literal["up", "down", "of"]
"""An increase, a decrease, or a multiple of the earlier value."""
Sort = Literal["count", "percent", "points", "times"]


class Number(NamedTuple):
    """A number that a sentence states."""

    start: int
    """Offset of the number with its qualifier."""
    digits: int
    """Offset of its digits or number words."""
    end: int
    text: str
    """As written, with the sign or the magnitude behind it."""
    value: Fraction
    """Percentages not divided: 81,2 % is 81.2."""
    step: Fraction
    """Value of one unit in its last significant digit."""
    decimals: int
    sort: Sort
    per: int
    """100 for a percentage, 1000 for ‰, 1 for a count."""
    is_exact: bool
    """Whether it is a count written in full, which is exact unless a qualifier says otherwise."""
    qualifier: str | None
    """Words such as ``gần`` and ``hơn`` before it."""
    change: Change | None
    """Whether it is an increase, a decrease or a multiple; None for a level."""
    part: Literal["of", "whole"] | None
    """Its side of a pair such as ``164/220``."""
    is_origin: bool = False
    """Whether it is the value from which something rose or fell."""
    is_foreign: bool = False
    """Whether it has the thousands marks of another language."""
    others: tuple[Number, ...] = ()
    """Alternatives to this one; it is right if any of them is."""

"""Amounts: the values of a measure as numbers and as texts.

A measure with d decimals is held in steps of 10**-d: 125 steps of a measure with one decimal are 12,5. So all
arrays are of whole numbers, and all sums are exact. Where a single value leaves the arrays it is an amount:
an int, or, for a measure with decimals, a Decimal that always has d of them. A Decimal knows its own number
of decimals, so what writes or compares amounts need not know the measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal

Amount: TypeAlias = "int | Decimal"
"""A value of a measure: an int, or a Decimal with the decimals of the measure."""


_MOST_PLACES = 50
"""Decimals from which an amount is not even looked at: 1e-999999999 has a very long denominator."""


def amount(steps: int, decimals: int) -> Amount:
    """Return the amount that is a number of steps: 12.5 for 125 steps of one decimal.

    Parameters
    ----------
    steps : the number of steps.
    decimals : number of decimals of the measure; without any, the amount is the number itself.
    """
    if not decimals:
        return steps
    from decimal import Decimal

    return Decimal((int(steps < 0), tuple(map(int, str(abs(steps)))), -decimals))


def steps_of(value: Amount, decimals: int) -> int | None:
    """Return the number of steps of an amount; None if it has more decimals than the measure.

    Parameters
    ----------
    value : the amount; a Decimal must be finite.
    decimals : number of decimals of the measure.
    """
    if places(value) > _MOST_PLACES:
        return None
    numerator, denominator = value.as_integer_ratio()
    steps, rest = divmod(numerator * 10**decimals, denominator)
    return None if rest else steps


def places(value: Amount) -> int:
    """Return the number of decimals that an amount is written with."""
    if isinstance(value, int):
        return 0
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def is_within_digits(value: Amount, digits: int) -> bool:
    """Return whether an amount has at most a number of digits, those behind the decimal mark included."""
    return bool(abs(value) < 10 ** (digits - places(value)))


def difference(first: Amount, second: Amount) -> Amount:
    """Return the exact difference of two amounts; it has the decimals of the finer one."""
    finest = max(places(first), places(second))
    return amount((steps_of(first, finest) or 0) - (steps_of(second, finest) or 0), finest)


def distance(first: Amount, second: Amount) -> Amount:
    """Return the difference of two amounts without its sign."""
    return difference(first, second) if first > second else difference(second, first)


def plain(steps: int, decimals: int) -> str:
    """Return an amount in digits with a point, the same in all languages: ``12.5`` for 125 steps.

    Parameters
    ----------
    steps, decimals : as in `amount`.
    """
    if not decimals:
        return str(steps)
    digits = str(abs(steps)).zfill(decimals + 1)
    return f"{'-' if steps < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"

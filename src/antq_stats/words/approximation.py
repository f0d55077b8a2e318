"""Rounding in words: ``gần 47.000``, ``trên 176.000``, and the interval that such words claim.

The same rule serves to write a figure in prose and to check a figure of a report. The value always lies
within the claimed interval.

A count below 10.000, or one that is round already, is written exactly, decimals included. Any other is
written as the nearest figure of three significant digits, and of whole thousands at least: 46.953 is just
below 47.000, 206.318 just above 206.000, 1.234.567 just above 1.230.000. Below the round figure the word is
"gần", above it "hơn" or "trên", which claim the same. A value half-way is rounded up, as in
``language.rounded``.

The words are in ``phrases/approximation.toml``, a list for each claim, those that are written first.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from antq_stats.words.amounts import Amount
from antq_stats.words.language import LANGUAGES, Language, number, percent, phrase, rounded

Claim = Literal["about", "above", "below", "least", "most", "under"]
"""What a word before a number claims: near it, just above, just below, at least, at most, less."""

EXACT_BELOW = 10_000
"""Counts below this are always written exactly."""

_COARSEST = 1000  # the least unit that a count is rounded to
_DIGITS = 3
_MARGIN_DIVISOR = 20  # the interval of a word such as "gần" is at most a twentieth of a round figure
_BETWEEN = " | "


class Interval(NamedTuple):
    """The values a wording may stand for: None for no bound, ``open`` for a bound that is excluded."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: object) -> bool:
        """Return whether an exact value lies within."""
        if not isinstance(value, int | Fraction | Decimal):
            return False
        value = Fraction(value)
        above = self.low is None or self.low < value or (self.low == value and not self.low_open)
        below = self.high is None or value < self.high or (self.high == value and not self.high_open)
        return above and below

    def covers(self, low: Amount | Fraction, high: Amount | Fraction | None) -> bool:
        """Return whether a whole span lies within; ``high`` is None if the span has no upper bound."""
        return low in self and (self.high is None if high is None else high in self)


class WordedFigure(NamedTuple):
    """A figure in words, and what the words claim."""

    text: str
    interval: Interval


def in_words(value: Amount, lang: Language, *, varied: bool = False) -> WordedFigure:
    """Return a count or an amount as written in prose: ``gần 47.000``, ``hơn 206.000``, ``1.691``, ``12,5``.

    Parameters
    ----------
    value : the amount, not negative.
    lang : language of the words.
    varied : take the second word for "above" (``trên 176.000``), so that a sentence does not repeat a word.
    """
    unit = rounding_unit(int(value))
    if unit == 1 or value % unit == 0:
        return WordedFigure(number(value, lang), claim(None, Fraction(value), 1))
    shown = int(rounded(Fraction(value) / unit, 0)) * unit
    kind: Claim = "below" if shown > value else "above"
    words = qualifiers(kind, lang)
    word = words[1] if varied and kind == "above" else words[0]
    return WordedFigure(f"{word} {number(shown, lang)}", claim(word, shown, written_step(shown)))


def percent_in_words(value: Fraction, lang: Language, per: int = 100) -> WordedFigure:
    """Return a ratio as written in prose: ``81%``, rounded half up to a whole number.

    Less than all is never "100%", and more than nothing never "0%": ``gần 100%``, ``dưới 1%``.

    Parameters
    ----------
    value : the exact quotient, not negative.
    lang : language of the words.
    per : what it is multiplied by, 100 for per cent.
    """
    shown = int(rounded(value * per, 0))
    kind: Claim | None = None
    if shown == per and value < 1:
        kind = "below"
    elif shown == 0 and value > 0:
        kind, shown = "under", 1
    elif shown == per and value > 1:
        kind = "above"
    text = percent(Fraction(shown, per), 0, lang, per)
    if kind is None:
        return WordedFigure(text, claim(None, shown, 1, counted=False))
    word = qualifiers(kind, lang)[0]
    return WordedFigure(f"{word} {text}", claim(word, shown, written_step(shown), counted=False))


def claim(
    qualifier: str | None, value: int | Fraction, step: int | Fraction, *, counted: bool = True
) -> Interval:
    """Return the interval that a number in a text claims, by the word before it.

    Parameters
    ----------
    qualifier : the word in the text, in any case; one of `known_qualifiers`, or None.
    value : the number as written, percentages not divided.
    step : unit of its last significant digit, `written_step`: 1.000 for 47.000, 1/10 for 81,2.
    counted : whether it is a count, which is exact without a word; a percentage, or a number with decimals or
        in millions, is rounded half up.

    Notes
    -----
    "gần" and "hơn" claim one step below and above, both bounds excluded, but no more than a twentieth of the
    figure: ``hơn 200.000`` need not be rounded to hundreds of thousands. The interval is never smaller than
    the rounding of this module. "khoảng" claims half of it to either side.

    Raises
    ------
    KeyError
        If the qualifier is not known.
    """
    number_, step = Fraction(value), Fraction(step)
    margin = min(step, max(Fraction(rounding_unit(int(abs(number_)))), abs(number_) / _MARGIN_DIVISOR))
    match None if qualifier is None else known_qualifiers()[" ".join(qualifier.casefold().split())]:
        case "below":
            return Interval(number_ - margin, number_, low_open=True, high_open=True)
        case "above":
            return Interval(number_, number_ + margin, low_open=True, high_open=True)
        case "about":
            return Interval(number_ - margin / 2, number_ + margin / 2)
        case "under":
            return Interval(None, number_, high_open=True)
        case "most":
            return Interval(None, number_)
        case "least":
            return Interval(number_, None)
        case None:
            if counted and step.denominator == 1:
                return Interval(number_, number_)
            return Interval(number_ - step / 2, number_ + step / 2, high_open=True)


def rounding_unit(value: int) -> int:
    """Return the unit a count is rounded to: 1 if it is written exactly, 1.000 for 46.953."""
    if value < EXACT_BELOW:
        return 1
    unit: int = max(_COARSEST, 10 ** (len(str(value)) - _DIGITS))
    return unit


def written_step(value: int | Fraction, decimals: int = 0) -> Fraction:
    """Return the unit of the last significant digit of a number.

    Zeros at the end of a whole number are not significant: 47.000 is in thousands; 0 is in ones.
    """
    if decimals or not value:
        return Fraction(1, 10**decimals)
    digits = str(abs(int(value)))
    return Fraction(10 ** (len(digits) - len(digits.rstrip("0"))))


def qualifiers(kind: Claim, lang: Language) -> tuple[str, ...]:
    """Return the words for a claim in a language; the first ones are used for writing."""
    return tuple(phrase(f"approximation.{kind}", lang).split(_BETWEEN))


@lru_cache(maxsize=1)
def known_qualifiers() -> dict[str, Claim]:
    """Return all words that qualify a number, in both languages, with their claims."""
    kinds: tuple[Claim, ...] = get_args(Claim)
    return {word: kind for kind in kinds for lang in LANGUAGES for word in qualifiers(kind, lang)}

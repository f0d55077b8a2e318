"""Rounding in words: ``gần 47.000``, ``trên 176.000``, and the interval that such words claim.

One rule in both directions: what the report's prose says of a figure, and what a figure found in a
report may stand for. The words are never false: the value always lies within the claimed interval.

The rule. A count below 10.000, or one that is round already, is given exactly. Any other is given by the
nearest figure of three significant digits, and of whole thousands at least: 46.953 lies just below 47.000,
206.318 just above 206.000, 1.234.567 just above 1.230.000. Below the round figure the word is "gần",
above it "hơn" or "trên", which claim the same. Half-way counts as below the next, as in ``language.rounded``.

The words stand in ``phrases/approximation.toml``, a list for each claim, the written ones first.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from antq_stats.words.language import LANGUAGES, Language, number, percent, phrase, rounded

Claim = Literal["about", "above", "below", "least", "most", "under"]
"""What a word before a number says of it: near it, just above, just below, from it up, up to it, less."""

EXACT_BELOW = 10_000
"""Counts below it are always given exactly."""

_COARSEST = 1000  # the least unit that a count is rounded to
_DIGITS = 3
_REACH = 20  # a word such as "gần" reaches no further than a twentieth of a round figure
_BETWEEN = " | "


class Interval(NamedTuple):
    """The values a wording may stand for; None where it has no end, ``open`` where an end is not in it."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: object) -> bool:
        """Tell whether a value, exact, lies within."""
        if not isinstance(value, int | Fraction):
            return False
        above = self.low is None or self.low < value or (self.low == value and not self.low_open)
        below = self.high is None or value < self.high or (self.high == value and not self.high_open)
        return above and below

    def covers(self, low: int | Fraction, high: int | Fraction | None) -> bool:
        """Tell whether all of a span lies within; ``high`` is None where the span has no end."""
        return low in self and (self.high is None if high is None else high in self)


class WordedFigure(NamedTuple):
    """A figure in words, and what the words claim."""

    text: str
    interval: Interval


def in_words(value: int, lang: Language, *, varied: bool = False) -> WordedFigure:
    """Return a count as prose gives it: ``gần 47.000``, ``hơn 206.000``, ``1.691``.

    Parameters
    ----------
    value : not negative.
    varied : take the second word for "above" (``trên 176.000``), so that a sentence need not repeat it.
    """
    unit = rounding_unit(value)
    if value % unit == 0:
        return WordedFigure(number(value, lang), claim(None, value, 1))
    shown = int(rounded(Fraction(value, unit), 0)) * unit
    kind: Claim = "below" if shown > value else "above"
    words = qualifiers(kind, lang)
    word = words[1] if varied and kind == "above" else words[0]
    return WordedFigure(f"{word} {number(shown, lang)}", claim(word, shown, written_step(shown)))


def percent_in_words(value: Fraction, lang: Language, per: int = 100) -> WordedFigure:
    """Return a ratio as prose gives it: ``81 %``, rounded half up to a whole number.

    What is not all is never "100 %", and what is not nothing never "0 %": ``gần 100 %``, ``dưới 1 %``.

    Parameters
    ----------
    value : the quotient, numerator over denominator, exact and not negative.
    per : what it is shown per.
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
    """Return what a number in a text claims, by the word before it.

    Parameters
    ----------
    qualifier : the word as it stands in the text, whatever its case; one of `known_qualifiers`, or None.
    value : the number as written, percentages not divided.
    step : unit of its last significant digit, `written_step`: 1.000 for 47.000, 1/10 for 81,2.
    counted : whether it is a count, which without a word is meant exactly; a percentage, or a number
        with decimals or in millions, is one rounded half up.

    Notes
    -----
    "gần" and "hơn" reach one step below and above, without either end, and no further than a twentieth
    of the figure: ``hơn 200.000`` does not say that it was rounded to hundreds of thousands. They always
    reach as far as the rule's own rounding. "khoảng" reaches half as far to either side.

    Raises
    ------
    KeyError
        If the qualifier is not known.
    """
    number_, step = Fraction(value), Fraction(step)
    reach = min(step, max(Fraction(rounding_unit(int(abs(number_)))), abs(number_) / _REACH))
    match None if qualifier is None else known_qualifiers()[" ".join(qualifier.casefold().split())]:
        case "below":
            return Interval(number_ - reach, number_, low_open=True, high_open=True)
        case "above":
            return Interval(number_, number_ + reach, low_open=True, high_open=True)
        case "about":
            return Interval(number_ - reach / 2, number_ + reach / 2)
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
    """Return what a count is rounded to: 1 where it is given exactly, 1.000 for 46.953."""
    if value < EXACT_BELOW:
        return 1
    unit: int = max(_COARSEST, 10 ** (len(str(value)) - _DIGITS))
    return unit


def written_step(value: int | Fraction, decimals: int = 0) -> Fraction:
    """Return the unit of the last significant digit of a number written with so many decimals.

    Zeros at the end of a whole number are not significant: 47.000 is in thousands; 0 is in ones.
    """
    if decimals or not value:
        return Fraction(1, 10**decimals)
    digits = str(abs(int(value)))
    return Fraction(10 ** (len(digits) - len(digits.rstrip("0"))))


def qualifiers(kind: Claim, lang: Language) -> tuple[str, ...]:
    """Return the words of a claim in a language, those that are written first."""
    return tuple(phrase(f"approximation.{kind}", lang).split(_BETWEEN))


@lru_cache(maxsize=1)
def known_qualifiers() -> dict[str, Claim]:
    """Return all words that qualify a number, in both languages, and what each claims."""
    kinds: tuple[Claim, ...] = get_args(Claim)
    return {word: kind for kind in kinds for lang in LANGUAGES for word in qualifiers(kind, lang)}

"""The verdict on a number: whether a figure holds it, and if not, which mistake explains it best."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.published import DIFFERENCES, Figures, Reading
from antq_stats.text_check.vocabulary import Topic
from antq_stats.words.approximation import Interval, claim

Verdict = Literal["right", "foreign", "misrounded", "swapped", "noun", "stale", "wrong", "orphan"]
Reason = Literal["", "unknown", "withheld", "not-given", "no-last", "other-year", "pair"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

_NEAR = Fraction(1, 50)
"""A rounded count is near a figure that differs by no more than this of it."""
_TELLING = 100
"""A bare count from here on is no coincidence where it equals a figure."""


class Judged(NamedTuple):
    """A verdict and what it rests on."""

    verdict: Verdict
    reading: Reading | None
    """What the number was taken for."""
    expected: Fraction | None
    fits: Reading | None = None
    """Another figure that it is right for: swapped, stale."""
    reason: Reason = ""
    """Why there is nothing to compare it with."""
    is_provisional: bool = False
    can_change: bool = False
    """Whether the figure may still end outside what the number claims."""


def interval_of(number: Number) -> Interval:
    """Return the values a number stands for."""
    return claim(number.qualifier, number.value, number.step, counted=number.is_exact)


def judge(
    number: Number,
    readings: list[Reading],
    others: Iterable[Reading],
    figures: Figures,
    may_be: Callable[[Topic], bool] = lambda _: True,
) -> Judged:
    """Return the verdict on a number.

    Parameters
    ----------
    readings : what the words about it fit, the likeliest first.
    others : what else the sentence speaks of.
    may_be : whether the noun behind a number lets it be a figure that no words tell of.
    """
    interval = interval_of(number)
    for reading in readings:
        if (value := _holds(reading, interval, number, figures)) is not None:
            return _right(reading, value, interval, figures)
    known = [reading for reading in readings if figures.values(reading)]
    if not known:
        return _unknown(number, readings, interval, figures, may_be)
    first = known[0]
    expected = figures.values(first)[0]
    failed = Judged("wrong", first, expected, is_provisional=figures.is_provisional(first))
    explained: list[tuple[Verdict, Reading]] = [
        *(("swapped", other) for other in others if other not in readings),
        *(("stale" if one.time == "now" else "swapped", _other_year(one)) for one in known),
        *(("swapped", other) for other in _elsewhere(number, first, figures)),
    ]
    bounded = interval.low is not None and interval.high is not None  # "under 176.000" fits too much
    for verdict, other in explained if bounded else ():
        if _holds(other, interval, number, figures) is not None:
            return failed._replace(verdict=verdict, fits=other)
    if first.change == "none" and _is_near(number, expected):
        return failed._replace(verdict="misrounded")
    return failed


def holds(reading: Reading, number: Number, figures: Figures) -> bool:
    """Tell whether a number is right for a reading."""
    return _holds(reading, interval_of(number), number, figures) is not None


def is_telling(number: Number) -> bool:
    """Tell whether a number that equals a figure does so by no coincidence."""
    return number.decimals > 0 if number.sort != "count" else number.value >= _TELLING


def _holds(reading: Reading, interval: Interval, number: Number, figures: Figures) -> Fraction | None:
    """Return the value of a reading that a number holds; None where it holds none."""
    ratio = figures.is_ratio(reading.topic)
    if reading.change == "none" and ratio != (number.sort != "count"):
        return None
    for value in figures.values(reading):
        is_difference = reading.change in DIFFERENCES
        signed = -value if is_difference and number.change == "down" else value
        if signed in interval and (not is_difference or signed > 0 or not number.value):
            return value
    return None


def _right(reading: Reading, value: Fraction, interval: Interval, figures: Figures) -> Judged:
    provisional = figures.is_provisional(reading)
    return Judged(
        "right", reading, value,
        is_provisional=provisional, can_change=provisional and figures.can_leave(reading, interval),
    )  # fmt: skip


def _unknown(
    number: Number,
    readings: list[Reading],
    interval: Interval,
    figures: Figures,
    may_be: Callable[[Topic], bool],
) -> Judged:
    """Judge a number of which no words tell what it is, or whose figure nobody gave."""
    if not any(r.change != "none" or r.time != "now" for r in readings) and number.change is None:
        withheld = any(figures.is_withheld(r.topic.code, r.unit) for r in readings)
        if is_telling(number) and not withheld:
            for reading in figures.all_readings(figures.publication.root, ratios=number.sort != "count"):
                value = _holds(reading, interval, number, figures)
                if value is not None and may_be(reading.topic):
                    return _right(reading, value, interval, figures)
    if not readings:
        return Judged("orphan", None, None, reason="unknown")
    first = readings[0]
    reason: Reason = "not-given"
    if figures.is_withheld(first.topic.code, first.unit):
        reason = "withheld"
    elif first.time == "other":
        reason = "other-year"
    elif (first.time == "last" or first.change != "none") and figures.publication.prior is None:
        reason = "no-last"
    return Judged("orphan", first, None, reason=reason)


def _other_year(reading: Reading) -> Reading:
    return reading._replace(time="last" if reading.time == "now" else "now", change="none")


def _elsewhere(number: Number, first: Reading, figures: Figures) -> list[Reading]:
    """Return figures of the same unit that a mistake would take: another base, another measure."""
    found = [first._replace(topic=topic) for topic in figures.same_numerator(first.topic)]
    if number.is_exact and number.qualifier is None and number.value >= _TELLING and first.change == "none":
        found += [r for r in figures.all_readings(first.unit, ratios=False) if r.topic != first.topic]
    return found


def _is_near(number: Number, expected: Fraction) -> bool:
    """Tell whether a figure was rounded to a number in a wrong way; an exact count is not rounded at all."""
    gap = abs(number.value - expected)
    if number.sort != "count":
        return gap <= 1
    if number.qualifier is None and number.is_exact and number.step == 1:
        return False
    return gap <= max(number.step, expected * _NEAR)

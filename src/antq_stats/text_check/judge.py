"""The verdict on a number: whether it agrees with a published figure, and if not, the likeliest mistake.

The verdicts are:

- ``right``: it agrees with a published figure
- ``foreign``: right, but written with the thousands marks of another language
- ``misrounded``: near the figure
- ``swapped``: right for another measure, ratio or unit
- ``stale``: right for an earlier period
- ``noun``: right, but for what another noun counts
- ``not-comparable``: a change, or an earlier figure, that cannot be stated on the boundaries of the report
- ``wrong``: none of these
- ``orphan``: there is no figure to compare it with
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

from antq_stats.series.obstacle import Obstacle
from antq_stats.text_check.earlier.years import NOW, Time
from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.published import DIFFERENCES, PublishedFigures, Reading
from antq_stats.text_check.vocabulary import Topic
from antq_stats.words.approximation import Interval, claim

Verdict = Literal[
    "right", "foreign", "misrounded", "swapped", "noun", "stale", "not-comparable", "wrong", "orphan"
]
Reason = Literal["", "unknown", "withheld", "not-given", "no-last", "not-with", "other-year", "pair"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

_NEAR = Fraction(1, 50)
"""Largest relative difference at which a rounded count is taken for a wrong rounding of a figure."""
_DISTINCTIVE = 100
"""Least count that does not equal a figure by coincidence."""


class Judgement(NamedTuple):
    """A verdict and its grounds."""

    verdict: Verdict
    reading: Reading | None
    """What the number was taken to refer to."""
    expected: Fraction | None
    """Published value."""
    fits: Reading | None = None
    """The other figure that the number agrees with, if the verdict is swapped or stale."""
    reason: Reason = ""
    """Why there is nothing to compare the number with, if the verdict is orphan; "pair" if a pair was."""
    is_provisional: bool = False
    """Whether values are missing or doubtful under the published figure."""
    can_change: bool = False
    """Whether the figure is provisional and may still leave the interval that the number claims."""
    obstacle: Obstacle | None = None
    """Why nothing can be compared, if the verdict is not-comparable."""


def interval_of(number: Number) -> Interval:
    """Return the interval of values that a number claims, by its rounding and its qualifier."""
    return claim(number.qualifier, number.value, number.step, counted=number.is_exact)


def judge(
    number: Number,
    readings: list[Reading],
    others: Iterable[Reading],
    figures: PublishedFigures,
    is_admissible: Callable[[Topic], bool] = lambda _: True,
) -> Judgement:
    """Return the verdict on a number.

    Parameters
    ----------
    number : the number.
    readings : what the words around it fit, the likeliest first.
    others : what else the sentence refers to.
    figures : the published figures.
    is_admissible : whether a topic can be what the number counts, for a number whose words fit no topic.
    """
    interval = interval_of(number)
    for reading in readings:
        if (value := _agreeing_value(reading, interval, number, figures)) is not None:
            return _right_judgement(reading, value, interval, figures)
    known = [reading for reading in readings if figures.values(reading)]
    if readings and readings[0] not in known and (why := figures.obstacle(readings[0])) is not None:
        return Judgement("not-comparable", readings[0], None, obstacle=why)
    if not known:
        return _unmatched(number, readings, interval, figures, is_admissible)
    first = known[0]
    expected = figures.values(first)[0]
    failed = Judgement("wrong", first, expected, is_provisional=figures.is_provisional(first))
    explained: list[tuple[Verdict, Reading]] = [
        *(("swapped", other) for other in others if other not in readings),
        *(
            ("stale" if one.time == NOW and other.change == "none" else "swapped", other)
            for one in known
            for other in _other_periods(one, figures)
        ),
        *(("swapped", other) for other in _likely_mistakes(number, first, figures)),
    ]
    bounded = (
        interval.low is not None and interval.high is not None
    )  # "under 176.000" agrees with too many figures
    for verdict, other in explained if bounded else ():
        if _agreeing_value(other, interval, number, figures) is not None:
            return failed._replace(verdict=verdict, fits=other)
    if first.change == "none" and _is_near(number, expected):
        return failed._replace(verdict="misrounded")
    return failed


def agrees(reading: Reading, number: Number, figures: PublishedFigures) -> bool:
    """Return whether a number agrees with the figure of a reading."""
    return _agreeing_value(reading, interval_of(number), number, figures) is not None


def is_distinctive(number: Number) -> bool:
    """Return whether a number is too large or too precise to equal a figure by coincidence."""
    return number.decimals > 0 if number.sort != "count" else number.value >= _DISTINCTIVE


def _agreeing_value(
    reading: Reading, interval: Interval, number: Number, figures: PublishedFigures
) -> Fraction | None:
    """Return the value of a reading that a number agrees with, or None."""
    if (
        number.qualifier is not None
        and interval.high is None
        and (least := figures.least(reading)) is not None
    ):
        return least if number.value == least else None
    ratio = figures.is_ratio(reading.topic)
    if reading.change == "none" and ratio != (number.sort != "count"):
        return None
    for value in figures.values(reading):
        is_difference = reading.change in DIFFERENCES
        signed = -value if is_difference and number.change == "down" else value
        if signed in interval and (not is_difference or signed > 0 or not number.value):
            return value
    return None


def _right_judgement(
    reading: Reading, value: Fraction, interval: Interval, figures: PublishedFigures
) -> Judgement:
    provisional = figures.is_provisional(reading)
    return Judgement(
        "right", reading, value,
        is_provisional=provisional, can_change=provisional and figures.can_leave_interval(reading, interval),
    )  # fmt: skip


def _unmatched(
    number: Number,
    readings: list[Reading],
    interval: Interval,
    figures: PublishedFigures,
    is_admissible: Callable[[Topic], bool],
) -> Judgement:
    """Judge a number whose words fit no topic, or only topics without a published figure."""
    if not any(r.change != "none" or r.time != NOW for r in readings) and number.change is None:
        withheld = any(figures.is_withheld(r.topic.code, r.unit) for r in readings)
        if is_distinctive(number) and not withheld:
            for reading in figures.all_readings(figures.publication.root, ratios=number.sort != "count"):
                value = _agreeing_value(reading, interval, number, figures)
                if value is not None and is_admissible(reading.topic):
                    return _right_judgement(reading, value, interval, figures)
    if not readings:
        return Judgement("orphan", None, None, reason="unknown")
    first = readings[0]
    reason: Reason = "not-given"
    if figures.is_withheld(first.topic.code, first.unit):
        reason = "withheld"
    elif first.time.kind == "other":
        reason = "other-year"
    elif "absent" in (first.time.kind, first.since.kind):
        reason = "not-with" if figures.priors or first.time.period or first.since.period else "no-last"
    return Judgement("orphan", first, None, reason=reason)


def _other_periods(reading: Reading, figures: PublishedFigures) -> Iterator[Reading]:
    """Yield what a number may be of instead: a change since another period, a figure of another one."""
    every = [NOW, *(Time("earlier", period) for period in reversed(figures.priors))]
    if reading.change != "none":
        yield from (reading._replace(since=since) for since in every[1:] if since != reading.since)
        yield reading._replace(time=reading.since, change="none", since=NOW)
    yield from (
        reading._replace(time=time, change="none", since=NOW)
        for time in every
        if time != reading.time or reading.change != "none"
    )


def _likely_mistakes(number: Number, first: Reading, figures: PublishedFigures) -> list[Reading]:
    """Return figures often mistaken for one: a ratio to another base, another measure of the unit."""
    found = [first._replace(topic=topic) for topic in figures.same_numerator(first.topic)]
    if (
        number.is_exact
        and number.qualifier is None
        and number.value >= _DISTINCTIVE
        and first.change == "none"
    ):
        found += [r for r in figures.all_readings(first.unit, ratios=False) if r.topic != first.topic]
    return found


def _is_near(number: Number, expected: Fraction) -> bool:
    """Return whether a number may be a figure that was rounded wrongly; an exact count is not rounded."""
    gap = abs(number.value - expected)
    if number.sort != "count":
        return gap <= 1
    if number.qualifier is None and number.is_exact and number.step == 1:
        return False
    return gap <= max(number.step, expected * _NEAR)

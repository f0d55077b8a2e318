"""A line chart of one measure or ratio over the periods, as geometry for the template.

A line leads only between periods that are comparable. Elsewhere it has a gap with a mark, which says why.
Lengths are in units of the drawing, which is as wide as those of the other charts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from antq_stats.collection.period_name import day_of
from antq_stats.figures.figure import Basis
from antq_stats.form import Measure, Ratio
from antq_stats.render.over_years.restated import figure_cell
from antq_stats.render.over_years.words import label_of
from antq_stats.render.page.charts import WIDTH
from antq_stats.render.page.context import PageContext
from antq_stats.render.page.tables import change_words
from antq_stats.render.writing.table import clean
from antq_stats.series.over_time import Point
from antq_stats.words.language import rounded
from antq_stats.words.text import capital

FOOT = 122
"""Height of the axis of periods, from the top."""
HEIGHT = 146
AXIS = 40
"""Position of the axis of values."""
_TOP = 24
_BELOW = Fraction(FOOT + 18)
"""Height of the names of the periods."""
_LEFT, _RIGHT = AXIS + 34, WIDTH - 30
"""Positions of the first and of the last period."""
_WORDS = 16
"""Height of a text."""
_LETTER = Fraction(8)
"""Width of a letter or digit, rather too much than too little."""
_GAP = 4
"""Least distance of two texts beside each other."""
_SPAN = 20
"""Least part of a hundred that the axis of a share has, so that a small change does not look large."""


@dataclass(frozen=True, slots=True)
class Dot:
    """The figure of a period; hollow if it is provisional or estimated."""

    x: str
    y: str
    hollow: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A text and the position of its middle."""

    text: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The mark between two periods that are not comparable, and why they are not."""

    x: str
    words: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """A drawing with its texts, and its figures as a table."""

    key: str
    title: str
    description: str
    lines: tuple[str, ...]
    """The corners of each line; between two lines is a gap."""
    dots: tuple[Dot, ...]
    ranges: tuple[tuple[str, str, str], ...]
    """Position, upper and lower end of each figure that is known only between bounds."""
    gaps: tuple[Gap, ...]
    values: tuple[Words, ...]
    periods: tuple[Words, ...]
    ticks: tuple[str, ...]
    """Positions of the periods, and of the years between them."""
    foot: str
    """The value at the foot of the axis."""
    head: str
    """The value at the top of the axis; empty if it begins at 0 and has none."""
    is_broken: bool
    """Whether the axis begins above 0."""
    notes: tuple[str, ...]
    heads: tuple[str, str, str]
    rows: tuple[tuple[str, str, str], ...]


def is_drawn(line: Sequence[Point]) -> bool:
    """Return whether a series has a chart: at least three periods, of which two are comparable."""
    return len(line) > 2 and any(point.is_joined for point in line)


def line_chart(
    context: PageContext, key: str, column: Measure | Ratio, line: Sequence[Point], notes: Sequence[str]
) -> LineChart:
    """Return the chart of a series.

    Parameters
    ----------
    context : the page.
    key : identifier of the chart in the page.
    column : the measure or ratio.
    line : its figures, as `Series.line` returns them.
    notes : why some are not comparable.
    """
    wording = context.wording
    xs = _positions([point.period for point in line])
    foot, head = _scale(column, line)
    ys = [None if value is None else _height(value, foot, head) for value in map(_value, line)]
    rows = tuple(_rows(context, column, line))
    title = label_of(context.publication.form, column, wording)
    is_broken = foot > 0
    names = [clean(point.period) for point in line]
    return LineChart(
        key=key,
        title=title,
        description=wording.phrase("series.page-chart", label=title, values="; ".join(_told(rows, line))),
        lines=tuple(_lines(line, xs, ys)),
        dots=tuple(
            Dot(_shown(x), _shown(y), point.figure.provisional or point.figure.basis == Basis.ESTIMATED)
            for point, x, y in zip(line, xs, ys, strict=True)
            if y is not None
        ),
        ranges=tuple(
            (_shown(x), _shown(_height(ends[1], foot, head)), _shown(_height(ends[0], foot, head)))
            for x, ends in zip(xs, map(_range, line), strict=True)
            if ends is not None
        ),
        gaps=tuple(_gaps(context, line, xs)),
        values=tuple(_placed(_at_dots([row[1] for row in rows], xs, ys))),
        periods=tuple(_placed([(name, x, (_BELOW,)) for name, x in zip(names, xs, strict=True)])),
        ticks=tuple(map(_shown, sorted({*xs, *_years([point.period for point in line])}))),
        foot=wording.percent(foot / 100, 0) if is_broken else "0",
        head=wording.percent(head / 100, 0) if is_broken else "",
        is_broken=is_broken,
        notes=tuple(notes),
        heads=(
            wording.phrase("series.page-period"),
            wording.phrase("column.value"),
            wording.phrase("series.page-change"),
        ),
        rows=rows,
    )


def _value(point: Point) -> Fraction | None:
    return None if point.figure.value is None else Fraction(point.figure.value)


def _range(point: Point) -> tuple[Fraction, Fraction] | None:
    """Return the bounds of a figure that has no value but two bounds."""
    figure = point.figure
    if figure.value is not None or figure.low is None or figure.high is None:
        return None
    return Fraction(figure.low), Fraction(figure.high)


def _scale(column: Measure | Ratio, line: Sequence[Point]) -> tuple[Fraction, Fraction]:
    """Return the values at the foot and at the top of the axis.

    The axis begins at 0. Only that of a share of a hundred may begin above, at a multiple of ten.
    """
    values = [value for value in map(_value, line) if value is not None]
    values += [end for ends in map(_range, line) if ends is not None for end in ends]
    lowest, highest = min(values), max(values)
    if isinstance(column, Ratio) and column.per == 100 and lowest >= 30 and highest <= 100:
        head = Fraction(-(-highest // 10) * 10)
        return min(Fraction(lowest // 10 * 10), head - _SPAN), head
    return min(Fraction(0), lowest), highest if highest > 0 else Fraction(1)


def _height(value: Fraction, foot: Fraction, head: Fraction) -> Fraction:
    return FOOT - (value - foot) * (FOOT - _TOP) / (head - foot)


def _days(periods: Sequence[str]) -> list[dt.date] | None:
    """Return the days of the periods; None if they have none, or not in their order."""
    days = [day for period in periods if (day := day_of(period, None)) is not None]
    return days if len(days) == len(periods) and all(a < b for a, b in pairwise(days)) else None


def _along(share: Fraction) -> Fraction:
    return _LEFT + share * (_RIGHT - _LEFT)


def _positions(periods: Sequence[str]) -> list[Fraction]:
    """Return the positions of the periods at the distances of their days, else at equal ones."""
    days = _days(periods)
    if days is None:
        return [_along(Fraction(place, len(periods) - 1)) for place in range(len(periods))]
    return [_along(Fraction((day - days[0]).days, (days[-1] - days[0]).days)) for day in days]


def _years(periods: Sequence[str]) -> Iterator[Fraction]:
    """Yield the positions of the years from the first to the last, if the periods are years."""
    days = _days(periods)
    if days is None or any((day.month, day.day) != (12, 31) for day in days):
        return
    whole = (days[-1] - days[0]).days
    for year in range(days[0].year, days[-1].year + 1):
        yield _along(Fraction((dt.date(year, 12, 31) - days[0]).days, whole))


def _lines(line: Sequence[Point], xs: Sequence[Fraction], ys: Sequence[Fraction | None]) -> Iterator[str]:
    """Yield the corners of each line: the longest runs of periods of which each is joined to the next."""
    run: list[str] = []
    for point, x, y in zip(line, xs, ys, strict=True):
        if not point.is_joined:
            if len(run) > 1:
                yield " ".join(run)
            run = []
        if y is not None:
            run.append(f"{_shown(x)},{_shown(y)}")
    if len(run) > 1:
        yield " ".join(run)


def _gaps(context: PageContext, line: Sequence[Point], xs: Sequence[Fraction]) -> Iterator[Gap]:
    for (before, point), (left, right) in zip(pairwise(line), pairwise(xs), strict=True):
        if point.step is not None and not point.is_joined:
            about = before if point.step.lacks == "first" else point
            reason = point.step.reason
            key = f"reason-{reason}" if reason else f"basis-{point.step.basis.code}"
            words = context.wording.phrase(f"compare.{key}", period=about.period)
            yield Gap(_shown((left + right) / 2), f"{before.period}, {point.period}: {words}")


def _rows(
    context: PageContext, column: Measure | Ratio, line: Sequence[Point]
) -> Iterator[tuple[str, str, str]]:
    wording, before = context.wording, None
    for point in line:
        cell = figure_cell(point.figure, column, wording)
        change = ""
        if before is not None and point.is_joined:
            change = change_words(wording, cell, before)
        elif point.step is not None:
            change = wording.phrase("series.page-not-joined")
        yield capital(wording.period(clean(point.period))), context.marked(cell), change
        before = cell


def _told(rows: Sequence[tuple[str, str, str]], line: Sequence[Point]) -> Iterator[str]:
    """Yield the figure of each period, and where the line has a gap."""
    for (period, value, change), point in zip(rows, line, strict=True):
        gap = "" if point.is_joined or not change else f" ({change})"
        yield f"{period}: {value or '–'}{gap}"


def _at_dots(
    values: Sequence[str], xs: Sequence[Fraction], ys: Sequence[Fraction | None]
) -> list[tuple[str, Fraction, tuple[Fraction, ...]]]:
    """Return each figure that is drawn with its position and the heights above and below its dot."""
    drawn = [(value, x, y) for value, x, y in zip(values, xs, ys, strict=True) if y is not None]
    return [(value, x, tuple(at for at in (y - 9, y + 20) if at < FOOT)) for value, x, y in drawn]


def _placed(texts: Sequence[tuple[str, Fraction, tuple[Fraction, ...]]]) -> Iterator[Words]:
    """Yield the texts for which there is room, each at the first of its heights at which there is.

    The last and the first one are placed before those between them.

    Parameters
    ----------
    texts : each with its position and its heights.
    """
    taken: list[tuple[Fraction, Fraction, Fraction]] = []
    for text, x, heights in (*texts[-1:], *texts[:-1]):
        half = _LETTER * len(text) / 2
        middle = min(max(x, half), WIDTH - half)
        for y in heights:
            if all(
                abs(middle - at) >= half + other + _GAP or abs(y - level) >= _WORDS
                for at, other, level in taken
            ):
                taken.append((middle, half, y))
                yield Words(text, _shown(middle), _shown(y))
                break


def _shown(length: Fraction) -> str:
    return format(rounded(length, 1), "f")

"""Lines of charts over several periods: which figures they join, and where they have a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from antq_stats.figures.figure import Basis
from antq_stats.form import Measure, Ratio
from antq_stats.render.over_years.series_table import areas, reason_of
from antq_stats.render.over_years.words import label_of
from antq_stats.series.over_time import Point, Series
from antq_stats.words.language import Wording

MOST_LINES = 6
"""Lines of one chart that can be told apart."""
FEWEST_PERIODS = 3
"""Periods from which a line says more than a table."""
_YEAR = re.compile(r"\d{4}")


class Line(NamedTuple):
    """A measure or ratio over the periods."""

    column: Measure | Ratio
    points: tuple[Point, ...]
    runs: tuple[tuple[int, ...], ...]
    """Positions of the periods with a comparable figure; a line leads through each run, and not between."""


class LineGroup(NamedTuple):
    """The lines of one chart: of one section and one unit of measure."""

    title: str
    lines: tuple[Line, ...]


def line_groups(series: Series, wording: Wording) -> Iterator[LineGroup]:
    """Yield the lines that can be drawn, chart by chart, of the last of the `areas`.

    A line has at least two figures that are comparable with each other. There is none for fewer than three
    periods, nor for two figures on both sides of a break.

    Parameters
    ----------
    series : the periods.
    wording : the language.
    """
    if len(series.periods) < FEWEST_PERIODS:
        return
    form, units = series.publication.form, areas(series)[-1]
    for section in series.publication.sections:
        by_unit: dict[str, list[Line]] = {}
        for column in section.columns:
            if line := _line(series, units, column):
                by_unit.setdefault(form.unit(column.code, wording.lang), []).append(line)
        label = wording.say(section.label) if section.label else ""
        for unit, lines in by_unit.items():
            for group in _parts(lines):
                title = f"{label} ({unit})" if label and unit else label or unit
                if len(group) == 1:
                    title = label_of(form, group[0].column, wording)
                yield LineGroup(title, tuple(group))


def _line(series: Series, units: Sequence[int], column: Measure | Ratio) -> Line | None:
    points = series.line(units, column.code)
    runs: list[list[int]] = []
    for at, point in enumerate(points):
        if not _is_drawn(point):
            continue
        if point.is_joined and runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    if all(len(run) < 2 for run in runs):
        return None
    return Line(column, points, tuple(map(tuple, runs)))


def _is_drawn(point: Point) -> bool:
    return point.figure.value is not None and reason_of(point) in (None, Basis.ESTIMATED.code)


def _parts(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield lines in charts that have about equally many, and none too many."""
    charts = -(-len(lines) // MOST_LINES)
    for place in range(charts):
        yield lines[place * len(lines) // charts : (place + 1) * len(lines) // charts]


def axis(periods: Sequence[str]) -> list[str]:
    """Return the names on the axis of periods: of years, those without figures between them too.

    Parameters
    ----------
    periods : names of the periods, in the order of their days.
    """
    if not all(_YEAR.fullmatch(period) for period in periods):
        return list(periods)
    years = list(map(str, range(int(periods[0]), int(periods[-1]) + 1)))
    return years if set(periods) <= set(years) else list(periods)

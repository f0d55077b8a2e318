"""The section of the page on several periods: lines as geometry for the template, tables, and units changed.

A line leads only through figures that are comparable with each other; where it is broken there is a gap with
a dashed mark. The axis of values begins at 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from antq_stats.form import Ratio
from antq_stats.register.register import UnitRegister
from antq_stats.render.over_years.lines import Line, axis, line_groups
from antq_stats.render.over_years.restated import balance_lines, figure_cell
from antq_stats.render.over_years.series_table import areas, notes, series_tables, split_table
from antq_stats.render.over_years.words import area_words, label_of
from antq_stats.render.page.charts import WIDTH
from antq_stats.render.page.context import PageContext
from antq_stats.render.words import level_word, unit_name
from antq_stats.render.writing.table import PresentationTable, clean, is_provisional
from antq_stats.series.comparing import Comparison
from antq_stats.series.over_time import Series
from antq_stats.words.language import Wording
from antq_stats.words.text import capital

HEIGHT = 168
_TOP, _BASE = 30, 138
_SIDE = 44
"""Room at the sides, for the texts of the first and the last figure."""
_NEAR = 64
"""Distance from which two texts stand beside each other."""
_ABOVE, _BELOW = 10, 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure of a line."""

    x: int
    y: int
    text: str
    text_y: int
    hollow: bool
    """Whether it is provisional."""


@dataclass(frozen=True, slots=True)
class LineChart:
    """The line of one measure or ratio, and its figures as a table."""

    key: str
    title: str
    description: str
    runs: tuple[str, ...]
    """Points of each unbroken part of the line."""
    marks: tuple[Mark, ...]
    gaps: tuple[int, ...]
    """Positions of the breaks."""
    names: tuple[tuple[int, str], ...]
    """The periods on the axis with their positions."""
    rows: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one level that are new or gone, each with what it was made of or has become."""

    title: str
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OverYearsView:
    """The section."""

    width: int
    height: int
    base: int
    top: int
    area: str
    """What the lines are of."""
    charts: tuple[LineChart, ...]
    """Those of ratios and of measures that every unit reports."""
    more: tuple[LineChart, ...]
    tables: tuple[PresentationTable, ...]
    checks: tuple[str, ...]
    """The sums before and after."""
    entered: tuple[Units, ...]
    left: tuple[Units, ...]
    previous: str
    """The period that units are new or gone since."""


def view(context: PageContext, series: Series | None) -> OverYearsView | None:
    """Return the section; None without an earlier period.

    Parameters
    ----------
    context : the page.
    series : the periods.
    """
    if series is None:
        return None
    wording, publication = context.wording, context.publication
    lines = [line for group in line_groups(series, wording) for line in group.lines]
    charts = [(_leads(line), _chart(context, series, line, at)) for at, line in enumerate(lines, 1)]
    split = split_table(series, wording)
    last = series.comparisons[-1]
    moved = [each for each in series.comparisons if not each.first.placement.is_identity]
    area = area_words(
        publication.register, publication.root, areas(series)[-1], wording, periods=len(series.periods)
    )
    return OverYearsView(
        WIDTH, HEIGHT, _BASE, _TOP, area,
        tuple(chart for leads, chart in charts if leads),
        tuple(chart for leads, chart in charts if not leads),
        (*series_tables(series, wording), *([split] if split else [])),
        tuple(
            line
            for each in moved
            for line in balance_lines(each.first, wording, without=each.first.form.protected)
        ),
        tuple(_entered(last, wording)),
        tuple(_left(last, wording)),
        wording.period(series.priors[-1].period),
    )  # fmt: skip


def _leads(line: Line) -> bool:
    return isinstance(line.column, Ratio) or line.column.required


def _chart(context: PageContext, series: Series, line: Line, number: int) -> LineChart:
    """Return the geometry and the texts of a line."""
    names = axis(series.periods)
    step = (WIDTH - 2 * _SIDE) / max(len(names) - 1, 1)
    places = {name: round(_SIDE + step * at) for at, name in enumerate(names)}
    drawn = [at for run in line.runs for at in run]
    values = {at: Fraction(value) for at in drawn if (value := line.points[at].figure.value) is not None}
    highest = max(values.values(), default=Fraction(0)) or Fraction(1)
    marks: dict[int, Mark] = {}
    for at in drawn:
        before = next(reversed(marks.values()), None)
        marks[at] = _mark(context, line, at, places, values[at] / highest, before)
    runs = [" ".join(f"{marks[at].x},{marks[at].y}" for at in run) for run in line.runs if len(run) > 1]
    ends = zip(line.runs, line.runs[1:], strict=False)
    gaps = [(marks[first[-1]].x + marks[second[0]].x) // 2 for first, second in ends]
    wording, units = context.wording, areas(series)[-1]
    rows = tuple(_row(context, line, at) for at in range(len(line.points)))
    title = label_of(context.publication.form, line.column, wording)
    return LineChart(
        f"line-{number}", clean(title), "; ".join(f"{period}: {text}" for period, text in rows if text),
        tuple(runs), tuple(marks.values()), tuple(gaps),
        tuple((x, name) for name, x in places.items()), rows,
        tuple(notes(series, series.line(units, line.column.code), line.column, wording)),
    )  # fmt: skip


def _mark(
    context: PageContext, line: Line, at: int, places: dict[str, int], share: Fraction, before: Mark | None
) -> Mark:
    """Return the mark of a figure; its text is below it if the text before it is above and too near."""
    point = line.points[at]
    cell = figure_cell(point.figure, line.column, context.wording)
    x, y = places[point.period], round(_BASE - (_BASE - _TOP) * share)
    is_near = before is not None and x - before.x < _NEAR and before.text_y < before.y
    text_y = y + _BELOW if is_near and y + _BELOW < _BASE else y - _ABOVE
    return Mark(x, y, context.marked(cell), text_y, is_provisional(cell))


def _row(context: PageContext, line: Line, at: int) -> tuple[str, str]:
    point = line.points[at]
    period = capital(context.wording.period(point.period))
    return clean(period), context.marked(figure_cell(point.figure, line.column, context.wording))


def _entered(comparison: Comparison, wording: Wording) -> Iterator[Units]:
    source = comparison.first.placement.source
    made = {
        unit: ", ".join(_name(source, part) for part in comparison.origin(unit).parts)
        for unit in comparison.entered
    }
    yield from _by_level(comparison.register, made, wording)


def _left(comparison: Comparison, wording: Wording) -> Iterator[Units]:
    placement = comparison.first.placement
    parts = {each.unit: [share.unit for share in each.shares] for each in placement.divided}
    became = {
        unit: ", ".join(
            _name(comparison.register, target)
            for target in parts.get(unit, [int(placement.whole[unit])])
            if target >= 0
        )
        for unit in comparison.left
    }
    yield from _by_level(placement.source, became, wording)


def _name(register: UnitRegister, unit: int) -> str:
    return clean(unit_name(register, unit))


def _by_level(register: UnitRegister, units: dict[int, str], wording: Wording) -> Iterator[Units]:
    for level in range(len(register.levels)):
        members = [unit for unit in units if register.units.levels[unit] == level]
        if members:
            word = capital(level_word(register, level, wording))
            named = tuple((_name(register, unit), units[unit]) for unit in members)
            yield Units(f"{word} ({wording.number(len(members))})", named)

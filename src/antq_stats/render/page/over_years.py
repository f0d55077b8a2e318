"""The section on several periods: charts, tables, the parts of a ratio's change, and what became of units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from antq_stats.form import Ratio
from antq_stats.register.register import UnitRegister
from antq_stats.render.over_years.series_table import notes, series_tables, shown_columns, splits
from antq_stats.render.over_years.words import area_words, unit_notes
from antq_stats.render.page.charts import WIDTH
from antq_stats.render.page.context import PageContext
from antq_stats.render.page.line_chart import AXIS, FOOT, HEIGHT, LineChart, is_drawn, line_chart
from antq_stats.render.page.tables import headline
from antq_stats.render.words import level_word, unit_line, unit_name
from antq_stats.render.writing.table import UNICODE, Cell, PresentationTable
from antq_stats.series.balance import balance_lines
from antq_stats.series.comparing import Comparison
from antq_stats.series.over_time import Series
from antq_stats.words.language import rounded
from antq_stats.words.text import capital

_MOST_UNITS = 1000
"""Most units in a list."""
_MOST_OPEN = 6
"""Most charts that are shown at once; the others are folded."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a ratio's change as a bar."""

    kind: str
    x: str
    length: str


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of each ratio's change between two periods."""

    table: PresentationTable
    bars: tuple[tuple[str, tuple[Part, ...]], ...]
    """Label of each ratio whose change is split, and the parts."""
    middle: str
    """Position of no change."""


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units of one level: each with the units that it was made of; empty if that is not said."""

    title: str
    units: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class UnitList:
    """Units that are new, or no longer there."""

    title: str
    groups: tuple[UnitGroup, ...]


@dataclass(frozen=True, slots=True)
class OverYearsView:
    """The section's content."""

    width: int
    height: int
    axis: int
    foot: int
    area: str
    """What the charts are of."""
    is_part: bool
    """Whether that is only the part of the area that all periods have."""
    charts: tuple[LineChart, ...]
    folded: tuple[LineChart, ...]
    keys: frozenset[str]
    """What the charts have of ``gap``, ``hollow``, ``range`` and ``broken``."""
    tables: tuple[PresentationTable, ...]
    signs: tuple[tuple[str, str], ...]
    """Each sign in the tables, and its meaning."""
    splits: tuple[Split, ...]
    units: tuple[UnitList, ...]
    checks: tuple[str, ...]
    cell: Callable[[Cell], str]


def view(context: PageContext, series: Series | None) -> OverYearsView | None:
    """Return the section's content; None without an earlier period.

    Parameters
    ----------
    context : the page.
    series : the period beside earlier ones.
    """
    if series is None:
        return None
    publication, wording = context.publication, context.wording
    root = publication.root
    area = series.common or (root,)
    charts, folded = _charts(context, series, area)
    # the part that all periods have stands below its charts
    tables = tuple(reversed(series_tables(series, wording)))
    return OverYearsView(
        width=WIDTH,
        height=HEIGHT,
        axis=AXIS,
        foot=FOOT,
        area=area_words(publication.register, root, area, wording, periods=len(series.periods)),
        is_part=area != (root,),
        charts=tuple(charts),
        folded=tuple(folded),
        keys=frozenset(key for chart in (*charts, *folded) for key in _keys(chart)),
        tables=tables,
        signs=tuple(_signs(context, tables)),
        splits=tuple(
            Split(table, *_bars(context, series, period)) for period, table in splits(series, wording)
        ),
        units=tuple(_lists(context, series)),
        checks=tuple(
            dict.fromkeys(
                line
                for comparison in reversed(series.comparisons)
                if not comparison.first.placement.is_identity
                for line in (
                    *(unit_notes(comparison, wording) if comparison.is_turned else ()),
                    *balance_lines(comparison.first, wording, without=comparison.first.form.protected),
                )
            )
        ),
        cell=context.marked,
    )


def _charts(
    context: PageContext, series: Series, area: Sequence[int]
) -> tuple[list[LineChart], list[LineChart]]:
    """Return the charts: those of the headline and of ratios, and the others, which are folded."""
    leading = headline(context.publication)
    first: list[LineChart] = []
    rest: list[LineChart] = []
    drawn = [
        (column, line)
        for column in shown_columns(series, area)
        if is_drawn(line := series.line(area, column.code))
    ]
    # ratios first, because they tell most; `sorted` keeps the order of the report
    drawn.sort(key=lambda pair: (pair[0] not in leading, not isinstance(pair[0], Ratio)))
    for place, (column, line) in enumerate(drawn, 1):
        told = [f"{note}." for note in notes(series, line, column, context.wording)]
        chart = line_chart(context, f"series-{place}", column, line, told)
        (first if place <= _MOST_OPEN else rest).append(chart)
    return first, rest


def _keys(chart: LineChart) -> Iterator[str]:
    has = {
        "gap": chart.gaps,
        "hollow": any(dot.hollow for dot in chart.dots),
        "range": chart.ranges,
        "broken": chart.is_broken,
    }
    yield from (key for key, occurs in has.items() if occurs)


def _signs(context: PageContext, tables: Sequence[PresentationTable]) -> Iterator[tuple[str, str]]:
    """Yield each sign that occurs in a cell, and its meaning."""
    texts = "".join(context.marked(cell) for table in tables for row in table.rows for cell in row.cells)
    for sign, key in ((UNICODE.provisional, "sign.provisional"), (UNICODE.missing, "sign.missing")):
        if sign in texts:
            yield sign, context.wording.phrase(key)
    if UNICODE.decided in texts:
        yield UNICODE.decided, context.decided


def _bars(
    context: PageContext, series: Series, period: int
) -> tuple[tuple[tuple[str, tuple[Part, ...]], ...], str]:
    """Return the bars, and the position of no change: what raised a ratio is right, what lowered it left.

    All are on one scale. There are none if all changes are real.
    """
    found = []
    for column in context.publication.columns:
        parts = series.decomposition(column.code, period) if isinstance(column, Ratio) else None
        if parts is not None:
            moves = (("real", parts.real), ("answered", parts.answered), ("area", parts.area))
            found.append((context.wording.say(column.label), moves))
    if not any(move for _, moves in found for kind, move in moves if kind != "real"):
        return (), ""
    up, down = (
        max((sum(abs(move) for _, move in moves if move * sign > 0) for _, moves in found), default=0)
        for sign in (1, -1)
    )
    scale = Fraction(WIDTH) / (up + down)
    middle = down * scale
    return tuple((label, tuple(_parts(moves, middle, scale))) for label, moves in found), _shown(middle)


def _parts(moves: Sequence[tuple[str, Fraction]], middle: Fraction, scale: Fraction) -> Iterator[Part]:
    left = right = middle
    for kind, move in moves:
        length = abs(move) * scale
        if move > 0:
            yield Part(kind, _shown(right), _shown(length))
            right += length
        elif move < 0:
            left -= length
            yield Part(kind, _shown(left), _shown(length))


def _shown(length: Fraction) -> str:
    return format(rounded(length, 1), "f")


def _lists(context: PageContext, series: Series) -> Iterator[UnitList]:
    """Yield the units that are new and that are gone since each earlier period; a list is not repeated."""
    told: set[tuple[tuple[tuple[str, str], ...], ...]] = set()
    for comparison in reversed(series.comparisons):
        if comparison.first.placement.is_identity or comparison.is_turned:
            continue  # what became of units later is told in a line
        period = context.wording.period(comparison.first.aggregate.period)
        for key, units, groups in (
            ("entered", comparison.entered, tuple(_entered(context, comparison))),
            ("left", comparison.left, tuple(_left(context, comparison))),
        ):
            named = tuple(group.units for group in groups)
            if units and named not in told:
                told.add(named)
                title = context.wording.phrase(f"series.page-{key}", period=period, count=len(units))
                yield UnitList(title, groups)


def _entered(context: PageContext, comparison: Comparison) -> Iterator[UnitGroup]:
    say, source = context.wording.phrase, comparison.first.placement.source
    divided = {each.unit for each in comparison.first.placement.divided}
    period = context.wording.period(comparison.first.aggregate.period)

    def made_of(unit: int) -> str:
        level = comparison.register.levels[comparison.register.units.levels[unit]]
        found = comparison.origin(unit).parts
        names = []
        for part in found:
            if not set(found).isdisjoint(source.units.ancestors(part)[1:]):
                continue
            same = source.levels[source.units.levels[part]] == level
            name = unit_name(source, part) if same else unit_line(source, part, context.wording)
            names.append(say("series.page-in-part", unit=name) if part in divided else name)
        return say("series.page-made-of", names="; ".join(names)) if names else ""

    inside = [unit for unit in comparison.entered if unit not in frozenset(comparison.outside)]
    yield from _groups(context, comparison.register, inside, unit_name, made_of)
    for group in _groups(context, comparison.register, comparison.outside, unit_name, made_of):
        yield replace(group, title=say("series.page-outside", units=group.title, period=period))


def _left(context: PageContext, comparison: Comparison) -> Iterator[UnitGroup]:
    source = comparison.first.placement.source

    def full_name(register: UnitRegister, unit: int) -> str:
        return unit_line(register, unit, context.wording)

    yield from _groups(context, source, comparison.left, full_name, lambda _: "")


def _groups(
    context: PageContext,
    register: UnitRegister,
    units: Sequence[int],
    name: Callable[[UnitRegister, int], str],
    made_of: Callable[[int], str],
) -> Iterator[UnitGroup]:
    """Yield units by level, the highest first; within a level in the order of the register."""
    levels = register.units.levels
    for level, members in groupby(
        sorted(units, key=lambda unit: levels[unit]), key=lambda unit: levels[unit]
    ):
        found = list(members)
        shown = tuple((name(register, unit), made_of(unit)) for unit in found[:_MOST_UNITS])
        title = (
            f"{capital(level_word(register, level, context.wording))} ({context.wording.number(len(found))})"
        )
        yield UnitGroup(title, shown, len(found) - len(shown))

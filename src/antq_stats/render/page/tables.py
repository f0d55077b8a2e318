"""The figures of the page: headline, the whole by section with the earlier period, tables for paper.

All figures come from the publication, so a withheld one is shown as a sign only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from antq_stats.figures.figure import Figure, MeasureColumn, RatioFigure
from antq_stats.figures.publication import Publication
from antq_stats.figures.status import Status
from antq_stats.form import Measure, Ratio
from antq_stats.render.cells import cell_of, measure_cell, ratio_cell
from antq_stats.render.certainty import break_notes, span_words
from antq_stats.render.page.context import PageContext
from antq_stats.render.words import level_word, unit_name
from antq_stats.render.writing.table import UNICODE, Cell, Count, Percent, Row, is_provisional
from antq_stats.words.amounts import Amount, distance
from antq_stats.words.language import Wording, rounded
from antq_stats.words.text import capital

Quantity = Measure | Ratio

_MOST_HEADLINES = 8
_MOST_STATIC_ROWS = 400
"""Most units of a level in the tables for paper; larger levels are only in the workbook."""


@dataclass(frozen=True, slots=True)
class Line:
    """The texts on one measure or ratio of one unit."""

    label: str
    unit: str
    now: str
    before: str
    """The figure of the earlier period; empty if there is none to show."""
    change: str
    span: str
    """Range of the final value of a provisional figure; empty for a final one."""
    coverage: str
    is_ratio: bool


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of a section."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class StaticTable:
    """A table for paper: the units of a level, under the units above them, and the measures of a section."""

    title: str
    heads: tuple[tuple[str, str], ...]
    """Label and unit of each column."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FiguresView:
    """The figures of the page."""

    whole: str
    """Name of the unit that the report is on."""
    period: str
    earlier: str
    """Name of the earlier period; empty if there is none, or none of its figures is of the same area."""
    headline: tuple[Line, ...]
    blocks: tuple[Block, ...]
    tables: tuple[StaticTable, ...]
    left_out: tuple[str, ...]
    """Names of the levels without a table for paper."""
    legend: tuple[tuple[str, str], ...]
    breaks: tuple[str, ...]
    """Why some figures are not compared with the earlier period."""
    cell: Callable[[Cell], str]


def view(context: PageContext) -> FiguresView:
    """Return the figures of the page."""
    publication, wording = context.publication, context.wording
    root = publication.root
    shown, left_out = _static_levels(publication)
    blocks = tuple(
        Block(label, tuple(line(context, root, column) for column in columns))
        for label, columns in context.sections
    )
    beside = "".join(line.before for block in blocks for line in block.lines)
    return FiguresView(
        whole=unit_name(publication.register, root),
        period=capital(wording.period(publication.period)),
        earlier=capital(wording.period(publication.prior.period)) if publication.prior and beside else "",
        headline=tuple(line(context, root, column) for column in headline(publication)),
        blocks=blocks,
        tables=tuple(_tables(context, shown)),
        left_out=tuple(level_word(publication.register, level, wording) for level in left_out),
        legend=legend(context, beside),
        breaks=tuple(break_notes(publication.prior, publication.columns, wording)),
        cell=context.marked,
    )


def legend(context: PageContext, beside: str) -> tuple[tuple[str, str], ...]:
    """Return each sign that occurs in a cell, and its meaning.

    Parameters
    ----------
    context : the page.
    beside : the figures of the earlier period as they are shown, which may have signs too.
    """
    publication, wording = context.publication, context.wording
    measures = [column for column in publication.columns if isinstance(column, Measure)]
    columns = [publication.column(measure.code) for measure in measures]
    provisional = any((each.provisional & (each.status == Status.FIGURE)).any() for each in columns)
    signs = (
        (UNICODE.provisional, "sign.provisional", provisional or UNICODE.provisional in beside),
        (UNICODE.missing, "sign.missing", _stands(columns, Status.MISSING) or UNICODE.missing in beside),
        (UNICODE.suppressed, "sign.suppressed", withholds(publication)),
        (UNICODE.not_summed, "sign.not-summed", _stands(columns, Status.NOT_SUMMED)),
        ("", "page.blank", _stands(columns, Status.NOT_ASKED)),
    )
    lines = [(sign, wording.phrase(key)) for sign, key, occurs in signs if occurs]
    if context.decided:
        lines.append((UNICODE.decided, context.decided))
    return tuple(lines)


def _stands(columns: Iterable[MeasureColumn], status: Status) -> bool:
    return any((column.status == status).any() for column in columns)


def withholds(publication: Publication) -> bool:
    """Return whether any figure of the page is withheld."""
    return any((publication.status(column.code) == Status.WITHHELD).any() for column in publication.columns)


def headline(publication: Publication) -> list[Quantity]:
    """Return the measures and ratios of the headline, at most eight, in the order of the form.

    They are the required measures of the finest table, without those that are only denominators (all
    households), and the ratios, first those of different numerators. Protected ones are left out.
    """
    form = publication.form
    columns = [column for column in publication.columns if column.code not in form.protected]
    ratios = [column for column in columns if isinstance(column, Ratio)]
    over = {ratio.numerator for ratio in ratios}
    bases = {ratio.denominator for ratio in ratios} - over
    levels = publication.register.levels
    measures = [column for column in columns if isinstance(column, Measure)]
    finest = max((levels.index(form.table_of(measure).level) for measure in measures), default=0)
    leading = [
        measure
        for measure in measures
        if measure.required
        and measure.code not in bases
        and levels.index(form.table_of(measure).level) == finest
    ]
    firsts = [ratio for ratio in ratios if ratio is _first_of(ratios, ratio.numerator)]
    wanted = [*leading[: _MOST_HEADLINES - min(2, len(firsts))], *firsts]
    wanted += [column for column in (*ratios, *measures) if column not in wanted]
    chosen = wanted[:_MOST_HEADLINES]
    return [column for column in columns if column in chosen]


def _first_of(ratios: Sequence[Ratio], numerator: str) -> Ratio:
    return next(ratio for ratio in ratios if ratio.numerator == numerator)


def line(context: PageContext, unit: int, column: Quantity) -> Line:
    """Return the texts on a measure or ratio of a unit, with the earlier figure and the change.

    Parameters
    ----------
    context : the page.
    unit : position of the unit in the register.
    column : the measure or ratio.
    """
    publication, wording = context.publication, context.wording
    now = cell_of(publication, unit, column)
    before = _before(publication, unit, column)
    figure: Figure | RatioFigure | None = (
        publication.figure(unit, column.code)
        if isinstance(column, Measure)
        else publication.ratio(unit, column.code)
    )
    coverage = ""
    if figure is not None:
        expected = UNICODE.missing if figure.unlisted else wording.number(figure.expected)
        coverage = f"{wording.number(figure.given)}/{expected}"
    return Line(
        label=wording.say(column.label),
        unit=publication.form.unit(column.code, wording.lang) if isinstance(column, Measure) else "",
        now=context.marked(now),
        before="" if before is None else context.marked(before),
        change="" if before is None else _change_of(context, column, now, before),
        span=span_words(publication, unit, column, wording, wide=False) if is_provisional(now) else "",
        coverage=coverage,
        is_ratio=isinstance(column, Ratio),
    )


def _before(publication: Publication, unit: int, column: Quantity) -> Cell | None:
    """Return the cell of the earlier period; None if there is none to show."""
    prior = publication.prior
    if prior is None:
        return None
    if isinstance(column, Measure):
        figure = prior.figure(unit, column.code)
        return None if figure is None else measure_cell(figure)
    ratio = prior.ratio(unit, column.code)
    return None if ratio is None else ratio_cell(ratio, column)


def _change_of(context: PageContext, column: Quantity, now: Cell, before: Cell) -> str:
    """Return the change from the earlier figure, or that the two are not compared."""
    prior = context.publication.prior
    if prior is not None and prior.series_break(column.code) is not None:
        return context.wording.phrase("break.not-compared")
    return change_words(context.wording, now, before)


def change_words(wording: Wording, now: Cell, before: Cell) -> str:
    """Return the change from an earlier figure; a provisional figure has none, since it lacks units.

    Parameters
    ----------
    wording : the language.
    now, before : the figures.
    """
    if is_provisional(now) or is_provisional(before):
        return wording.phrase("page.change-provisional")
    match now, before:
        case Count(value=value), Count(value=then):
            return _change_of_count(wording, value, then)
        case Percent(value=value, decimals=places, per=per), Percent(value=then):
            return _change_of_ratio(wording, (value - then) * per, places, per)
    return ""


def _change_of_count(wording: Wording, now: Amount, then: Amount) -> str:
    if now == then:
        return wording.phrase("page.unchanged")
    key = "page.up" if now > then else "page.down"
    amount = wording.number(distance(now, then))
    if not then:
        return wording.phrase(f"{key}-points", amount=amount)
    share = abs(Fraction(now) / Fraction(then) - 1)
    return wording.phrase(key, amount=amount, share=wording.percent(share, 1))


def _change_of_ratio(wording: Wording, change: Fraction, places: int, per: int) -> str:
    if not change:
        return wording.phrase("page.unchanged")
    if not rounded(change, places):
        return wording.phrase("page.hardly-changed")
    amount = wording.decimal(abs(change), places)
    points = wording.phrase("page.points" if per == 100 else "page.points-other", amount=amount)
    return wording.phrase("page.up-points" if change > 0 else "page.down-points", amount=points)


def _static_levels(publication: Publication) -> tuple[list[int], list[int]]:
    """Return the levels with a table for paper, and those with too many units for one."""
    levels = publication.register.units.levels
    base = levels[publication.root]
    below = [level for level in range(base + 1, len(publication.register.levels)) if level in set(levels)]
    shown = [level for level in below if levels.count(level) <= _MOST_STATIC_ROWS]
    return shown, [level for level in below if level not in shown]


def _tables(context: PageContext, shown: Sequence[int]) -> Iterator[StaticTable]:
    publication, wording = context.publication, context.wording
    register = publication.register
    levels = register.units.levels
    root = publication.root
    for level in shown:
        above = max((other for other in (levels[root], *shown) if other < level), default=levels[root])
        units = [unit for unit in register.tree_order.tolist() if levels[unit] in {above, level}]
        for label, columns in context.sections:
            name = level_word(publication.register, level, wording)
            rows = tuple(
                Row(
                    context.name(unit),
                    int(levels[unit] == level),
                    tuple(cell_of(publication, unit, column) for column in columns),
                    "plain" if levels[unit] == level else "total" if unit == root else "group",
                )
                for unit in units
            )
            heads = tuple(
                (wording.say(column.label), publication.form.unit(column.code, wording.lang))
                for column in columns
            )
            title = wording.phrase("page.static-title", section=label, level=name)
            yield StaticTable(title, heads, rows)

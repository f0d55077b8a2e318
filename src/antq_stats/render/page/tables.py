"""The figures of the page: headline, the whole by section with last year beside, tables for paper.

Every figure is asked of the publication, so what is withheld shows as a sign and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from antq_stats.figures.aggregation import Figure, RatioFigure
from antq_stats.figures.publication import MeasureColumn, Publication
from antq_stats.figures.status import Status
from antq_stats.form import Measure, Ratio
from antq_stats.render.cells import cell_of, measure_cell, ratio_cell
from antq_stats.render.certainty import span_words
from antq_stats.render.page.context import PageContext
from antq_stats.render.words import level_word, unit_name
from antq_stats.render.writing.table import UNICODE, Cell, Count, Percent, Row, is_provisional
from antq_stats.words.language import Wording, rounded

Quantity = Measure | Ratio

_MOST_HEADLINES = 8
_MOST_STATIC_ROWS = 400
"""Units of a level in the tables without scripts; more than that are left to the workbook."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one measure or ratio for one unit, in words and figures of the language."""

    label: str
    unit: str
    now: str
    before: str
    """Last year's; empty where there is none to show."""
    change: str
    span: str
    """Between what values a provisional figure can still end; empty for another."""
    coverage: str
    is_ratio: bool


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of a section."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class StaticTable:
    """A table for paper: the units of a level under those above them, for the measures of a section."""

    title: str
    heads: tuple[tuple[str, str], ...]
    """Label and unit of each column."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FiguresView:
    """What the template shows of the figures."""

    whole: str
    """Name of the unit the report is on."""
    period: str
    earlier: str
    """Name of the period beside; empty where there is none."""
    headline: tuple[Line, ...]
    blocks: tuple[Block, ...]
    tables: tuple[StaticTable, ...]
    left_out: tuple[str, ...]
    """Names of the levels that the tables without scripts leave to the workbook."""
    legend: tuple[tuple[str, str], ...]
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
        period=publication.period,
        earlier=publication.prior.period if publication.prior else "",
        headline=tuple(line(context, root, column) for column in headline(publication)),
        blocks=blocks,
        tables=tuple(_tables(context, shown)),
        left_out=tuple(level_word(publication.register, level, wording) for level in left_out),
        legend=legend(context, beside),
        cell=context.marked,
    )


def legend(context: PageContext, beside: str) -> tuple[tuple[str, str], ...]:
    """Return each sign that stands in some cell, and what it says; a final report has none of the first.

    Parameters
    ----------
    beside : last year's figures as they are shown; they may bear signs too.
    """
    publication, wording = context.publication, context.wording
    measures = [column for column in publication.columns if isinstance(column, Measure)]
    columns = [publication.column(measure.code) for measure in measures]
    provisional = any((each.provisional & (each.status == Status.FIGURE)).any() for each in columns)
    signs = (
        (UNICODE.provisional, "sign.provisional", provisional or UNICODE.provisional in beside),
        (UNICODE.missing, "sign.missing", _stands(columns, Status.MISSING) or UNICODE.missing in beside),
        (UNICODE.suppressed, "sign.suppressed", withholds(publication)),
        ("", "page.blank", _stands(columns, Status.NOT_ASKED)),
    )
    return tuple((sign, wording.phrase(key)) for sign, key, occurs in signs if occurs)


def _stands(columns: Iterable[MeasureColumn], status: Status) -> bool:
    return any((column.status == status).any() for column in columns)


def withholds(publication: Publication) -> bool:
    """Tell whether any figure of the page is withheld."""
    return any((publication.status(column.code) == Status.WITHHELD).any() for column in publication.columns)


def headline(publication: Publication) -> list[Quantity]:
    """Return what stands at the head of the page, at most eight, as the form orders them.

    Those are the required measures of the finest table that are no mere base of a ratio (all
    households), and the ratios: those of different numerators before others. Nothing sensitive.
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
    """Return what is said of a measure or ratio for a unit, with last year's and the change."""
    publication, wording = context.publication, context.wording
    now = cell_of(publication, unit, column)
    before = _before(publication, unit, column)
    figure: Figure | RatioFigure | None = (
        publication.figure(unit, column.code)
        if isinstance(column, Measure)
        else publication.ratio(unit, column.code)
    )
    coverage = "" if figure is None else f"{wording.number(figure.given)}/{wording.number(figure.expected)}"
    return Line(
        label=wording.say(column.label),
        unit=publication.form.unit(column.code, wording.lang) if isinstance(column, Measure) else "",
        now=context.marked(now),
        before="" if before is None else context.marked(before),
        change="" if before is None else _change(wording, now, before),
        span=span_words(publication, unit, column, wording) if is_provisional(now) else "",
        coverage=coverage,
        is_ratio=isinstance(column, Ratio),
    )


def _before(publication: Publication, unit: int, column: Quantity) -> Cell | None:
    """Return last year's cell; None where there is none, or none to be shown."""
    prior = publication.prior
    if prior is None:
        return None
    if isinstance(column, Measure):
        figure = prior.figure(unit, column.code)
        return None if figure is None else measure_cell(figure)
    ratio = prior.ratio(unit, column.code)
    return None if ratio is None else ratio_cell(ratio, column)


def _change(wording: Wording, now: Cell, before: Cell) -> str:
    """Return the change on last year; of provisional figures it would say what is missing, so none."""
    if is_provisional(now) or is_provisional(before):
        return wording.phrase("page.change-provisional")
    match now, before:
        case Count(value=value), Count(value=then):
            return _change_of_count(wording, value, then)
        case Percent(value=value, decimals=places, per=per), Percent(value=then):
            return _change_of_ratio(wording, (value - then) * per, places, per)
    return ""


def _change_of_count(wording: Wording, now: int, then: int) -> str:
    if now == then:
        return wording.phrase("page.unchanged")
    key = "page.up" if now > then else "page.down"
    amount = wording.number(abs(now - then))
    if not then:
        return wording.phrase(f"{key}-points", amount=amount)
    return wording.phrase(key, amount=amount, share=wording.percent(Fraction(abs(now - then), then), 1))


def _change_of_ratio(wording: Wording, change: Fraction, places: int, per: int) -> str:
    if not change:
        return wording.phrase("page.unchanged")
    if not rounded(change, places):
        return wording.phrase("page.hardly-changed")
    amount = wording.decimal(abs(change), places)
    points = wording.phrase("page.points" if per == 100 else "page.points-other", amount=amount)
    return wording.phrase("page.up-points" if change > 0 else "page.down-points", amount=points)


def _static_levels(publication: Publication) -> tuple[list[int], list[int]]:
    """Return the levels shown without scripts, and those that are too many units for it."""
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
                    unit_name(register, unit),
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

"""Several periods beside each other as tables for people: the figures, and the parts of a ratio's change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from antq_stats.figures.figure import Basis
from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.findings.decided import published_legend
from antq_stats.render.over_years.restated import boundaries_line, figure_cell
from antq_stats.render.over_years.words import area_words, label_of, unit_notes
from antq_stats.render.writing.table import (
    UNICODE,
    Cell,
    NotApplicable,
    Percent,
    Points,
    PresentationTable,
    Row,
    Text,
    marks_among,
)
from antq_stats.render.writing.table import Column as Head
from antq_stats.series.balance import balance_lines
from antq_stats.series.over_time import Point, Series
from antq_stats.words.language import Wording
from antq_stats.words.text import capital


def series_tables(series: Series, wording: Wording) -> list[PresentationTable]:
    """Return the figures of all periods: of the root, and of the part of it that all periods have.

    Parameters
    ----------
    series : the periods.
    wording : the language.
    """
    return [_table(series, area, wording) for area in areas(series)]


def areas(series: Series) -> list[tuple[int, ...]]:
    """Return the areas that figures are shown of: the root, and last the part of it that all periods have."""
    root = (series.publication.root,)
    return [root] if series.is_whole or not series.common else [root, series.common]


def shown_columns(series: Series, units: Sequence[int]) -> list[Measure | Ratio]:
    """Return the measures and ratios that another period has figures of, in the order of the report.

    Parameters
    ----------
    series : the periods.
    units : positions of the units that the figures are of.
    """
    return [
        column
        for column in series.publication.columns
        if any(
            point.figure.given
            for place, point in enumerate(series.line(units, column.code))
            if place != series.place
        )
    ]


def _table(series: Series, units: Sequence[int], wording: Wording) -> PresentationTable:
    publication, say = series.publication, wording.phrase
    columns = shown_columns(series, units)
    heads = [Head(period, capital(wording.period(period))) for period in series.periods]
    heads.append(Head("note", say("series.note"), align="left"))
    rows: list[Row] = []
    numbers: dict[str, int] = {}
    for section in publication.sections:
        lines = [
            Row(
                label_of(publication.form, column, wording),
                1,
                _cells(series, units, column, wording, numbers),
            )
            for column in section.columns
            if column in columns
        ]
        if lines and section.label is not None:
            rows.append(Row(wording.say(section.label), 0, (NotApplicable(),) * len(heads), "group"))
        rows += lines
    legend = [f"({number}) {note}." for note, number in numbers.items()]
    legend.append(boundaries_line(series.comparisons[-1].boundaries, wording) + ".")
    if new := len(publication.columns) - len(columns):
        legend.append(say("series.without-earlier", count=wording.number(new)))
    root = publication.root
    return PresentationTable(
        title=say("series.title"),
        subtitle=area_words(publication.register, root, units, wording, periods=len(series.periods)),
        stub_head=say("compare.measure"),
        columns=tuple(heads),
        rows=tuple(rows),
        legend=tuple(legend),
        decided=_decided(publication, rows, wording),
    )


def _decided(publication: Publication, rows: Sequence[Row], wording: Wording) -> str:
    """Return what the mark of decisions means, if a figure of the table has it."""
    is_marked = UNICODE.decided in marks_among(cell for row in rows for cell in row.cells)
    return published_legend(publication, wording) if is_marked else ""


def _cells(
    series: Series, units: Sequence[int], column: Measure | Ratio, wording: Wording, numbers: dict[str, int]
) -> tuple[Cell, ...]:
    """Return the cells of a row; the last one has the numbers of its notes, which stand below the table."""
    line = series.line(units, column.code)
    own = [numbers.setdefault(note, len(numbers) + 1) for note in notes(series, line, column, wording)]
    figures = (figure_cell(point.figure, column, wording) for point in line)
    return (*figures, Text(" ".join(f"({number})" for number in sorted(own))))


def notes(series: Series, line: Sequence[Point], column: Measure | Ratio, wording: Wording) -> Iterator[str]:
    """Yield why figures of a series are not comparable, each reason with its periods.

    Parameters
    ----------
    series : the periods.
    line : the figures, as `Series.line` returns them.
    column : their measure or ratio.
    wording : the language.
    """
    found: dict[str, list[str]] = {}
    changed = (False, *(each is not None for each in series.breaks(column.code)))
    for point, is_new in zip(line, changed, strict=True):
        if reason := reason_of(point):
            found.setdefault(reason, []).append(wording.period(point.period))
        if is_new:
            found.setdefault("definition", []).append(wording.period(point.period))
    for reason, periods in found.items():
        yield capital(wording.phrase(f"series.note-{reason}", periods=", ".join(periods)))


def reason_of(point: Point) -> str | None:
    """Return why a figure is not an exact one of the whole area: the end of the key of a note; else None."""
    figure = point.figure
    if figure.reason is not None:
        return figure.reason
    if not figure.given:
        return "no-data"
    if figure.given < figure.expected:
        return "incomplete"
    return None if figure.basis == Basis.EXACT else figure.basis.code


def splits(series: Series, wording: Wording) -> Iterator[tuple[int, PresentationTable]]:
    """Yield how much of each ratio's change is real, or comes from who answered or from the area.

    Parameters
    ----------
    series : the periods. The change since the one before is split, and that until the one after.
    wording : the language.

    Yields
    ------
    tuple of int and PresentationTable
        Which of the other periods, and the table; nothing where no ratio's change can be split.
    """
    for period in series.neighbours:
        if (table := _split_table(series, period, wording)) is not None:
            yield period, table


def _split_table(series: Series, period: int, wording: Wording) -> PresentationTable | None:
    publication, say = series.publication, wording.phrase
    is_later = series.is_later(period)
    first, last = publication.period, series.priors[period].period
    if not is_later:
        first, last = last, first
    rows = []
    for column in publication.columns:
        split = series.decomposition(column.code, period) if isinstance(column, Ratio) else None
        if split is None or not isinstance(column, Ratio):
            continue
        ratios = [Percent(value / column.per, column.decimals, column.per) for value in split[:2]]
        parts = (split.last - split.first, split.real, split.answered, split.area)
        moves = [Points(part, column.decimals + 1) for part in parts]
        rows.append(Row(wording.say(column.label), 0, (*ratios, *moves)))
    if not rows:
        return None
    heads = [
        Head("first", capital(wording.period(first))),
        Head("last", capital(wording.period(last))),
        *(Head(part, say(f"series.split-{part}"), align="right") for part in _PARTS),
    ]
    return PresentationTable(
        title=say(
            "series.split-title-later" if is_later else "series.split-title",
            period=wording.period(first),
            later=wording.period(last),
        ),
        subtitle="",
        stub_head=say("series.split-stub"),
        columns=tuple(heads),
        rows=tuple(rows),
        legend=(say("series.split-note"),),
    )


_PARTS = ("change", "real", "answered", "area")


def boundary_lines(series: Series, wording: Wording) -> Iterator[str]:
    """Yield what became of units since the earlier periods (those new, those gone) and of sums.

    Parameters
    ----------
    series : the periods. Of one with the units of the latest, or of the next one, nothing is repeated.
    wording : the language.
    """
    told: set[tuple[str, ...]] = set()
    for comparison in reversed(series.comparisons):
        if comparison.first.placement.is_identity:
            continue
        yield from unit_notes(comparison, wording, told)
        yield from balance_lines(comparison.first, wording, without=comparison.first.form.protected)

"""The tables behind the prose: the whole by section, and the units directly below it.

The columns on the units are distributed over as many tables as the width of the paper needs, with the columns
of a section together if they fit. Where the units and columns would fill too many pages, only the leading
columns are shown, and a note says where the others are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from string import ascii_lowercase

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.cells import cell_of, coverage_cell, is_of_one
from antq_stats.render.certainty import break_notes
from antq_stats.render.findings.decided import decisions_table, marked_name, published_legend
from antq_stats.render.over_years.series_table import series_tables, splits
from antq_stats.render.over_years.words import common_words
from antq_stats.render.prose.periods import beside
from antq_stats.render.prose.styles import WIDTH
from antq_stats.render.prose.word_table import Fit, fits
from antq_stats.render.words import section_label
from antq_stats.render.writing.table import (
    Cell,
    Column,
    Count,
    Coverage,
    Missing,
    NotApplicable,
    Percent,
    PresentationTable,
    Row,
    Suppressed,
    Text,
    is_provisional,
)
from antq_stats.series.over_time import Series
from antq_stats.words.amounts import difference
from antq_stats.words.language import Wording
from antq_stats.words.text import capital, one_line

_MOST_FIGURES = 5_000
"""Most figures of the units directly below: some twelve pages of A4 in landscape."""


def tables(
    publication: Publication, wording: Wording, room: float = WIDTH, series: Series | None = None
) -> tuple[PresentationTable, ...]:
    """Return the table of the whole, those of the units directly below, and the list of decisions.

    Parameters
    ----------
    publication : the figures.
    wording : the language of the tables.
    room : width of the paper between its margins for the tables of the units, in millimetres.
    series : the period beside earlier ones; None without an earlier one.
    """
    builder = _TableBuilder(publication, wording, series)
    columns = publication.columns
    shown = _leading(publication) if builder.rows * len(columns) > _MOST_FIGURES else columns
    whole = builder.by_unit(2, shown)
    packs = _packs(shown, fits(whole, wording, room))
    by_unit = (builder.by_unit(number, pack) for number, pack in enumerate(packs, start=2))
    listed = decisions_table(publication, wording)
    last = () if listed is None else (listed,)
    return (builder.overall(is_all=len(shown) == len(columns)), *by_unit, *last)


def tables_over_years(series: Series, wording: Wording) -> tuple[PresentationTable, ...]:
    """Return the tables over several periods; they belong to table 1, and are numbered 1a, 1b, ….

    Table 1 has both periods already if there are only two, and both have the whole area.

    Parameters
    ----------
    series : the periods.
    wording : the language of the tables.
    """
    whole, *parts = series_tables(series, wording)
    found = [] if len(series.periods) == 2 and series.is_whole else [whole]
    for part in parts:
        title = wording.phrase(
            "series.prose-table-common", title=part.title, area=common_words(series, wording)
        )
        found.append(replace(part, title=title))
    found += [table for _, table in splits(series, wording)]
    return tuple(
        replace(
            table, subtitle="", title=wording.phrase("series.prose-table", letter=letter, title=table.title)
        )
        for letter, table in zip(ascii_lowercase, found, strict=False)
    )


class _TableBuilder:
    """Builds the tables of a publication."""

    def __init__(self, publication: Publication, wording: Wording, series: Series | None) -> None:
        self.publication = publication
        self.wording = wording
        self.series = series
        self.section_labels = {
            column.code: section_label(section, wording)
            for section in publication.sections
            for column in section.columns
        }
        """The heading that each measure and ratio stands under, by code."""

    @cached_property
    def decided(self) -> str:
        """What the mark of decisions means; empty where nothing was decided."""
        return published_legend(self.publication, self.wording)

    @property
    def rows(self) -> int:
        """The number of rows of the tables of the units directly below."""
        publication = self.publication
        return 1 + len(publication.register.units.children.get(publication.root, ()))

    def overall(self, *, is_all: bool) -> PresentationTable:
        """Return the table of the whole: a row per measure and ratio, with the earlier period beside it.

        Parameters
        ----------
        is_all : whether the tables of the units below have all the columns; otherwise a note says where the
            others are.
        """
        publication, wording = self.publication, self.wording
        form, prior = publication.form, publication.prior
        has_coverage = publication.is_provisional or any(map(self._is_short, publication.columns))
        heads = self._heads(has_coverage=has_coverage)
        rows: list[Row] = []
        section: str | None = None
        for column in publication.columns:
            now = cell_of(publication, publication.root, column)
            if isinstance(now, Suppressed):
                continue
            label = self.section_labels[column.code]
            if len(form.sections) > 0 and label != section:
                section = label
                rows.append(Row(label, 0, tuple(NotApplicable() for _ in heads), "group"))
            cells: list[Cell] = [Text(form.unit(column.code, wording.lang)), now]
            if has_coverage:
                cells.append(self._coverage(column))
            if prior is not None:
                then = self._earlier(column)
                cells += [then, self._change(now, then, column)]
            rows.append(Row(wording.say(column.label), 1 if form.sections else 0, tuple(cells)))
        return PresentationTable(
            title=wording.phrase("prose.table-summary"),
            subtitle="",
            stub_head=wording.phrase("column.measure"),
            columns=tuple(heads),
            rows=tuple(rows),
            legend=tuple(break_notes(prior, publication.columns, wording)),
            decided=self.decided,
            source_notes=() if is_all else (wording.phrase("prose.tables-leading"),),
        )

    def _heads(self, *, has_coverage: bool) -> list[Column]:
        """Return the columns of the table of the whole."""
        phrase, prior = self.wording.phrase, self.publication.prior
        heads = [
            Column("unit", phrase("column.unit-of-measure"), align="center"),
            Column("now", self._period_head(self.publication.period)),
        ]
        if has_coverage:
            heads.append(Column("given", phrase("column.given")))
        if prior is not None:
            heads += [
                Column("last", self._period_head(prior.period)),
                Column("change", phrase("prose.change")),
            ]
        return heads

    def _period_head(self, period: str) -> str:
        return capital(self.wording.period(one_line(period)))

    def by_unit(self, position: int, columns: Sequence[Measure | Ratio]) -> PresentationTable:
        """Return the table of some measures and ratios for the units directly below, the whole first.

        Parameters
        ----------
        position : the number of the table.
        columns : the measures and ratios.
        """
        publication, wording = self.publication, self.wording
        form, register, root = publication.form, publication.register, publication.root
        labels = self.section_labels
        below = register.units.children.get(root, ())
        sections = dict.fromkeys(labels[column.code] for column in columns)
        heads = tuple(
            Column(
                column.code,
                wording.say(column.label),
                form.unit(column.code, wording.lang),
                labels[column.code] if len(sections) > 1 else None,
            )
            for column in columns
        )
        return PresentationTable(
            title=wording.phrase("prose.table-by-unit", count=position, sections="; ".join(sections)),
            subtitle="",
            stub_head=wording.phrase("column.unit"),
            columns=heads,
            rows=tuple(
                Row(
                    marked_name(register, unit, publication.concerned),
                    0 if unit == root else 1,
                    tuple(cell_of(publication, unit, column) for column in columns),
                    "total" if unit == root and below else "plain",
                )
                for unit in (root, *below)
            ),
            decided=self.decided,
        )

    def _coverage(self, column: Measure | Ratio) -> Cell:
        publication, root, code = self.publication, self.publication.root, column.code
        is_measure = isinstance(column, Measure)
        figure = publication.figure(root, code) if is_measure else publication.ratio(root, code)
        return coverage_cell(figure)

    def _is_short(self, column: Measure | Ratio) -> bool:
        """Return whether a figure of the whole covers only some of the units that should give it."""
        cell = self._coverage(column)
        return isinstance(cell, Text) or (isinstance(cell, Coverage) and cell.given < cell.expected)

    def _earlier(self, column: Measure | Ratio) -> Cell:
        """Return the whole's figure of the earlier period."""
        root, prior = self.publication.root, self.publication.prior
        if prior is None:
            return NotApplicable()
        if isinstance(column, Measure):
            figure = prior.figure(root, column.code)
            if figure is None or not figure.expected:
                return NotApplicable()
            if figure.value is None:
                return Missing()
            return Count(figure.value, figure.provisional, figure.decided)
        ratio = prior.ratio(root, column.code)
        if ratio is None or not ratio.expected or not ratio.denominator:
            return NotApplicable()
        marks = ratio.provisional, ratio.decided
        return Percent(ratio.quotient, column.decimals, column.per, *marks)

    def _change(self, now: Cell, then: Cell, column: Measure | Ratio) -> Cell:
        """Return the difference between two periods; a blank cell where either figure can still change."""
        prior = self.publication.prior
        if prior is not None and prior.series_break(column.code) is not None:
            return Text(self.wording.phrase("break.not-compared"))
        if self._has_other_area(column):
            return Text(self.wording.phrase("break.not-compared"))
        if is_provisional(now) or is_provisional(then):
            return NotApplicable()
        match now, then:
            case Count(value=value), Count(value=before):
                return Count(difference(value, before))
            case Percent(value=share, per=per), Percent(value=earlier):
                assert isinstance(column, Ratio)  # noqa: S101 - a Percent is a ratio's
                points = self.wording.decimal((share - earlier) * per, column.decimals)
                return Text(self.wording.phrase("prose.points-short", points=points))
        return NotApplicable()

    def _has_other_area(self, column: Measure | Ratio) -> bool:
        """Return whether the boundaries keep a figure of the whole from being compared."""
        if self.series is None:
            return False
        found = beside(self.series, self.publication.root, column.code).obstacle
        return found is not None and found.reason in _OTHER_AREA


_OTHER_AREA = ("part-missing", "unexplained", "units-merged", "between", "estimated")


def _leading(publication: Publication) -> Sequence[Measure | Ratio]:
    """Return the ratios, their numerators and denominators, and the required measures; all if there are none.

    A ratio that is all or nothing of a single unit is left out.
    """
    form, register = publication.form, publication.register
    below = register.units.children.get(publication.root, ())
    levels = {register.levels[register.units.levels[unit]] for unit in below}
    ratios = [column for column in publication.columns if isinstance(column, Ratio)]
    told = {ratio.code for ratio in ratios if not is_of_one(form, ratio, levels)}
    told |= {side for ratio in ratios for side in (ratio.numerator, ratio.denominator)}
    told |= {measure.code for measure in form.measures if measure.required}
    return [column for column in publication.columns if column.code in told] or publication.columns


def _packs(columns: Sequence[Measure | Ratio], fit: Fit) -> list[tuple[Measure | Ratio, ...]]:
    """Return the columns of each table: the fewest tables, of about the same width.

    Parameters
    ----------
    columns : all columns.
    fit : tells which columns fit side by side.
    """
    sections = [list(places) for _, places in groupby(range(len(columns)), lambda at: columns[at].section)]
    fewest = _filled(sections, fit, 1)
    narrower = (_filled(sections, fit, tenths / 10) for tenths in range(5, 10))
    chosen = next((packs for packs in narrower if len(packs) == len(fewest)), fewest)
    return [tuple(columns[place] for place in pack) for pack in chosen]


def _filled(sections: Iterable[list[int]], fit: Fit, share: float) -> list[list[int]]:
    """Return the places of the columns of each table.

    A table has as many whole sections as fit into a share of the paper. Only a wider section is split.
    """
    packs: list[list[int]] = [[]]
    for section in sections:
        if not fit([*packs[-1], *section], share):
            packs.append([])
        for place in section:
            if not fit([*packs[-1], place], share):
                packs.append([])
            packs[-1].append(place)
    return [pack for pack in packs if pack]

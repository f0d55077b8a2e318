"""The tables behind the prose: the whole by section, and the units directly below it.

The paper is A4 in portrait, so the columns on the units are distributed over several tables, with the columns
of a section together if they fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.cells import cell_of
from antq_stats.render.certainty import break_notes
from antq_stats.render.words import section_label, unit_name
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
from antq_stats.words.amounts import difference
from antq_stats.words.language import Wording
from antq_stats.words.text import capital, one_line

_WIDEST = 6  # most columns of figures on A4 in portrait


def tables(publication: Publication, wording: Wording) -> tuple[PresentationTable, ...]:
    """Return the table of the whole, then those of the units directly below.

    Parameters
    ----------
    publication : the figures.
    wording : the language of the tables.
    """
    builder = _TableBuilder(publication, wording)
    packs = enumerate(_packs(publication.columns), start=2)
    return (builder.overall(), *(builder.by_unit(number, pack) for number, pack in packs))


class _TableBuilder:
    """Builds the tables of a publication."""

    def __init__(self, publication: Publication, wording: Wording) -> None:
        self.publication = publication
        self.wording = wording
        self.section_labels = {
            column.code: section_label(section, wording)
            for section in publication.sections
            for column in section.columns
        }
        """The heading that each measure and ratio stands under, by code."""

    def overall(self) -> PresentationTable:
        """Return the table of the whole: a row per measure and ratio, with the earlier period beside it."""
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
                    unit_name(register, unit),
                    0 if unit == root else 1,
                    tuple(cell_of(publication, unit, column) for column in columns),
                    "total" if unit == root and below else "plain",
                )
                for unit in (root, *below)
            ),
        )

    def _coverage(self, column: Measure | Ratio) -> Cell:
        publication, root, code = self.publication, self.publication.root, column.code
        is_measure = isinstance(column, Measure)
        figure = publication.figure(root, code) if is_measure else publication.ratio(root, code)
        if figure is None or not figure.expected:
            return NotApplicable()
        return Coverage(figure.given, figure.expected)

    def _is_short(self, column: Measure | Ratio) -> bool:
        """Return whether a figure of the whole covers only some of the units that should give it."""
        cell = self._coverage(column)
        return isinstance(cell, Coverage) and cell.given < cell.expected

    def _earlier(self, column: Measure | Ratio) -> Cell:
        """Return the whole's figure of the earlier period."""
        root, prior = self.publication.root, self.publication.prior
        if prior is None:
            return NotApplicable()
        if isinstance(column, Measure):
            figure = prior.figure(root, column.code)
            if figure is None or not figure.expected:
                return NotApplicable()
            return Missing() if figure.value is None else Count(figure.value, figure.provisional)
        ratio = prior.ratio(root, column.code)
        if ratio is None or not ratio.expected or not ratio.denominator:
            return NotApplicable()
        return Percent(ratio.quotient, column.decimals, column.per, ratio.provisional)

    def _change(self, now: Cell, then: Cell, column: Measure | Ratio) -> Cell:
        """Return the difference between two periods; a blank cell where either figure can still change."""
        prior = self.publication.prior
        if prior is not None and prior.series_break(column.code) is not None:
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


def _packs(columns: Sequence[Measure | Ratio]) -> Iterator[tuple[Measure | Ratio, ...]]:
    """Yield the columns of each table: as many whole sections as fit; only a longer section is split."""
    pack: list[Measure | Ratio] = []
    sections: dict[str | None, list[Measure | Ratio]] = {}
    for column in columns:
        sections.setdefault(column.section, []).append(column)
    for members in sections.values():
        if pack and len(pack) + len(members) > _WIDEST:
            yield tuple(pack)
            pack = []
        pack += members
        while len(pack) > _WIDEST:
            yield tuple(pack[:_WIDEST])
            pack = pack[_WIDEST:]
    if pack:
        yield tuple(pack)

"""The tables that follow the prose: the whole by section, and the units below it, side by side.

They stand upright on A4, so the columns of the units are dealt out to several tables, whole sections
together where they fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.cells import cell_of
from antq_stats.render.prose.wording import in_period
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
)
from antq_stats.words.language import Language, decimal, phrase

_WIDEST = 6  # columns of figures that A4 upright takes


def tables(publication: Publication, lang: Language) -> tuple[PresentationTable, ...]:
    """Return the table of the whole, then those of the units directly below."""
    first = _overall(publication, lang)
    packs = list(_packs(publication.columns))
    return (first, *(_by_unit(publication, lang, number, pack) for number, pack in enumerate(packs, start=2)))


def _overall(publication: Publication, lang: Language) -> PresentationTable:
    """Return the table of the whole: a row per measure and ratio, last year beside."""
    form, root, prior = publication.form, publication.root, publication.prior
    heads = [
        Column("unit", phrase("column.unit-of-measure", lang), align="center"),
        Column("now", _head(publication.period, lang)),
    ]
    covered = publication.is_provisional or any(_is_short(publication, each) for each in publication.columns)
    if covered:
        heads.append(Column("given", phrase("column.given", lang)))
    if prior is not None:
        heads += [Column("last", _head(prior.period, lang)), Column("change", phrase("prose.change", lang))]
    labels = _section_labels(publication, lang)
    rows: list[Row] = []
    section: str | None = None
    for column in publication.columns:
        now = cell_of(publication, root, column)
        if isinstance(now, Suppressed):
            continue
        label = labels[column.code]
        if len(form.sections) > 0 and label != section:
            section = label
            rows.append(Row(label, 0, tuple(NotApplicable() for _ in heads), "group"))
        cells: list[Cell] = [Text(form.unit(column.code, lang)), now]
        if covered:
            cells.append(_coverage(publication, column))
        if prior is not None:
            then = _then(publication, column)
            cells += [then, _change(now, then, column, lang)]
        rows.append(Row(column.label.say(lang), 1 if form.sections else 0, tuple(cells)))
    return PresentationTable(
        title=phrase("prose.table-summary", lang),
        subtitle="",
        stub_head=phrase("column.measure", lang),
        columns=tuple(heads),
        rows=tuple(rows),
    )


def _head(period: str, lang: Language) -> str:
    text = in_period(period, lang)
    return text[:1].upper() + text[1:]


def _section_labels(publication: Publication, lang: Language) -> dict[str, str]:
    """Return the heading that each measure and ratio stands under."""
    return {
        column.code: section_label(section, lang)
        for section in publication.sections
        for column in section.columns
    }


def _by_unit(
    publication: Publication, lang: Language, position: int, columns: Sequence[Measure | Ratio]
) -> PresentationTable:
    """Return some columns for the units directly below, the whole first."""
    form, register, root = publication.form, publication.register, publication.root
    labels = _section_labels(publication, lang)
    below = register.units.children.get(root, ())
    sections = dict.fromkeys(labels[column.code] for column in columns)
    heads = tuple(
        Column(
            column.code,
            column.label.say(lang),
            form.unit(column.code, lang),
            labels[column.code] if len(sections) > 1 else None,
        )
        for column in columns
    )
    return PresentationTable(
        title=phrase("prose.table-by-unit", lang, count=position, sections="; ".join(sections)),
        subtitle="",
        stub_head=phrase("column.unit", lang),
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


def _packs(columns: Sequence[Measure | Ratio]) -> Iterator[tuple[Measure | Ratio, ...]]:
    """Deal columns out to tables: as many whole sections as fit; one that does not fit is cut."""
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


def _coverage(publication: Publication, column: Measure | Ratio) -> Cell:
    root, code = publication.root, column.code
    is_measure = isinstance(column, Measure)
    figure = publication.figure(root, code) if is_measure else publication.ratio(root, code)
    if figure is None or not figure.expected:
        return NotApplicable()
    return Coverage(figure.given, figure.expected)


def _is_short(publication: Publication, column: Measure | Ratio) -> bool:
    """Tell whether a figure of the whole is of some units only: then its coverage stands beside it."""
    cell = _coverage(publication, column)
    return isinstance(cell, Coverage) and cell.given < cell.expected


def _percent(numerator: int, denominator: int, column: Ratio, *, provisional: bool) -> Cell:
    if not denominator:
        return NotApplicable()
    return Percent(Fraction(numerator, denominator), column.decimals, column.per, provisional)


def _then(publication: Publication, column: Measure | Ratio) -> Cell:
    """Return the whole's figure of the earlier period."""
    root, prior = publication.root, publication.prior
    if prior is None:
        return NotApplicable()
    if isinstance(column, Measure):
        figure = prior.figure(root, column.code)
        if figure is None or not figure.expected:
            return NotApplicable()
        return Missing() if figure.value is None else Count(figure.value, figure.provisional)
    ratio = prior.ratio(root, column.code)
    if ratio is None or not ratio.expected:
        return NotApplicable()
    return _percent(ratio.numerator, ratio.denominator, column, provisional=ratio.provisional)


def _change(now: Cell, then: Cell, column: Measure | Ratio, lang: Language) -> Cell:
    """Return the difference where neither side can still move."""
    if isinstance(now, Count) and isinstance(then, Count) and not (now.provisional or then.provisional):
        return Count(now.value - then.value)
    if isinstance(now, Percent) and isinstance(then, Percent) and not (now.provisional or then.provisional):
        points = (now.value - then.value) * now.per
        assert isinstance(column, Ratio)  # noqa: S101 - a Percent is a ratio's
        return Text(phrase("prose.points-short", lang, points=decimal(points, column.decimals, lang)))
    return NotApplicable()

"""Two periods on one day's boundaries: as tables for people, and as records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from antq_stats.collection.decided import Applied
from antq_stats.form import Measure, Ratio
from antq_stats.output_marks import UNIT_COLUMNS
from antq_stats.register.register import UnitRegister
from antq_stats.render.findings.decided import marked_name, over_periods_legend
from antq_stats.render.over_years.restated import (
    boundaries_line,
    concerned_on,
    figure_cell,
    figure_record,
    plain_value,
)
from antq_stats.render.over_years.words import area_words, label_of, points, unit_notes
from antq_stats.render.writing.table import (
    Cell,
    Count,
    NotApplicable,
    Percent,
    Points,
    PresentationTable,
    Row,
    Text,
)
from antq_stats.render.writing.table import Column as Head
from antq_stats.series.balance import balance_lines
from antq_stats.series.comparing import Change, Comparison
from antq_stats.series.decomposition import Decomposition, decompose
from antq_stats.words.language import Language, Wording, rounded
from antq_stats.words.text import capital

FLAT = (
    *UNIT_COLUMNS, "measure", "from", "from_low", "from_high", "from_given", "from_expected",
    "to", "to_low", "to_high", "to_given", "to_expected", "change", "percent",
    "basis", "reason", "provisional",
)  # fmt: skip
"""The columns of ``compare --format csv``; ``decided`` follows if a figure rests on a decision."""
COMMON = "common"
"""Level, in that CSV, of the part of the first unit that both periods have."""
Both: TypeAlias = tuple[Sequence[Applied], Sequence[Applied]]
"""The decisions in force in the earlier and in the later period."""


def measures_table(
    comparison: Comparison, top: int, lang: Language, decided: Both = ((), ())
) -> PresentationTable:
    """Return all measures and ratios of a unit, of both periods; of the part that both have.

    Parameters
    ----------
    comparison : the two periods.
    top : position of the unit.
    lang : the language.
    decided : the decisions in force.
    """
    faces = _Faces(comparison, lang, decided)
    units = comparison.common_units(top)
    sections = {s.code: faces.wording.say(s.label) for s in comparison.form.sections}
    rows: list[Row] = []
    section = ""
    for column in _by_section(comparison):
        label = sections.get(column.section or "", "")
        if label != section:
            section = label
            rows.append(Row(label, 0, (NotApplicable(),) * len(faces.heads), "group"))
        rows.append(Row(faces.label(column), 1, faces.cells(comparison.at(units, column.code), column)))
    return faces.table(top, units, faces.wording.phrase("compare.measure"), rows, comparison.columns)


def units_table(
    comparison: Comparison,
    rows: Sequence[int],
    column: Measure | Ratio,
    lang: Language,
    decided: Both = ((), ()),
) -> PresentationTable:
    """Return one measure or ratio of units, of both periods.

    Parameters
    ----------
    comparison : the two periods.
    rows : positions of the units, the first above the others.
    column : the measure or ratio, of the later form.
    lang : the language.
    decided : the decisions in force.
    """
    faces = _Faces(comparison, lang, decided)
    register, units = comparison.register, comparison.common_units(rows[0])
    base = register.units.levels[rows[0]]
    lines = [
        Row(
            marked_name(register, unit, faces.concerned), register.units.levels[unit] - base,
            faces.cells(comparison.at(unit, column.code), column),
            "total" if unit == rows[0] and len(rows) > 1 else "plain",
        )
        for unit in rows
    ]  # fmt: skip
    if units != (rows[0],) and units:
        lines.insert(
            1,
            Row(
                area_words(register, rows[0], units, faces.wording),
                0,
                faces.cells(comparison.at(units, column.code), column),
                "group",
            ),
        )
    table = faces.table(rows[0], (rows[0],), faces.wording.phrase("column.unit"), lines, [column])
    return replace(table, title=faces.label(column))


def _by_section(comparison: Comparison) -> list[Measure | Ratio]:
    order = {section.code: place for place, section in enumerate(comparison.form.sections)}
    return sorted(comparison.columns, key=lambda column: order.get(column.section or "", len(order)))


class _Faces:
    """The cells, heads and notes of a comparison in one language."""

    def __init__(self, comparison: Comparison, lang: Language, decided: Both) -> None:
        self.comparison = comparison
        self.wording = Wording(lang)
        self.decided = decided
        sides = zip((comparison.first, comparison.last), decided, strict=True)
        self.concerned = frozenset().union(*(concerned_on(*side) for side in sides))
        self.first = comparison.first.aggregate.period
        self.last = comparison.last.aggregate.period
        say = self.wording.phrase
        self.heads = (
            Head("from", capital(self.wording.period(self.first))),
            Head("to", capital(self.wording.period(self.last))),
            Head("change", say("compare.change")),
            Head("percent", say("compare.percent")),
            Head("basis", say("compare.basis"), align="left"),
        )

    def label(self, column: Measure | Ratio) -> str:
        return label_of(self.comparison.form, column, self.wording)

    def cells(self, change: Change, column: Measure | Ratio) -> tuple[Cell, ...]:
        return (
            figure_cell(change.first, column, self.wording),
            figure_cell(change.last, column, self.wording),
            self._moved(change, column),
            Percent(change.percent / 100, 1) if change.percent is not None else NotApplicable(),
            Text(self.basis(change)),
        )

    def basis(self, change: Change) -> str:
        """Return what the comparison rests on, or why there is none."""
        if change.reason is not None:
            period = self.first if change.lacks == "first" else self.last
            return self.wording.phrase(f"compare.reason-{change.reason}", period=period)
        return self.wording.phrase(f"compare.basis-{change.basis.code}")

    def _moved(self, change: Change, column: Measure | Ratio) -> Cell:
        if change.change is None:
            return NotApplicable()
        if isinstance(column, Measure):
            assert not isinstance(change.change, Fraction)  # noqa: S101 - as above
            return Count(change.change)
        return Points(Fraction(change.change), column.decimals)

    def table(
        self, top: int, units: Sequence[int], stub: str, rows: Sequence[Row],
        columns: Sequence[Measure | Ratio],
    ) -> PresentationTable:  # fmt: skip
        """Return a table about a unit, or about the part of it that both periods have."""
        register, say = self.comparison.register, self.wording.phrase
        title = area_words(register, top, units or (top,), self.wording)
        on = boundaries_line(self.comparison.boundaries, self.wording)
        first, last = self.wording.period(self.first), self.wording.period(self.last)
        return PresentationTable(
            title=say("compare.title", unit=title),
            subtitle=say("compare.subtitle", first=capital(first), last=last, on=on),
            stub_head=stub,
            columns=self.heads,
            rows=tuple(rows),
            legend=tuple(self.notes(top, columns)),
            decided=over_periods_legend(
                (
                    (period, [each.decision for each in applied])
                    for period, applied in zip((self.first, self.last), self.decided, strict=True)
                ),
                self.wording,
            ),
        )

    def notes(self, top: int, columns: Sequence[Measure | Ratio]) -> Iterator[str]:
        """Yield the notes: why ratios changed, units that entered and left, and that nothing was lost."""
        comparison = self.comparison
        for column in columns:
            if not isinstance(column, Ratio):
                continue
            split = decompose(comparison, top, column.code)
            if split is not None and split.first != split.last:
                yield self._split(split, column)
        yield from unit_notes(comparison, self.wording)
        for restated in (comparison.first, comparison.last):
            if not restated.placement.is_identity:
                yield from balance_lines(restated, self.wording)

    def _split(self, split: Decomposition, column: Ratio) -> str:
        """Return the line on the parts of a ratio's change."""
        places = column.decimals + 1

        def shown(value: Fraction) -> str:
            return points(value, places, self.wording)

        def ratio_of(
            value: Fraction,
        ) -> str:  # the table may have only the common part
            return self.wording.percent(value / column.per, places, column.per)

        return self.wording.phrase(
            "compare.split",
            ratio=self.wording.say(column.label),
            first=ratio_of(split.first),
            first_period=self.wording.period(self.first),
            last=ratio_of(split.last),
            last_period=self.wording.period(self.last),
            change=shown(split.last - split.first),
            real=shown(split.real),
            answered=shown(split.answered),
            area=shown(split.area),
        )


def _change_record(change: Change, column: Measure | Ratio) -> dict[str, object]:
    return {
        "from": figure_record(change.first, column),
        "to": figure_record(change.last, column),
        "change": plain_value(change.change, column),
        "percent": None if change.percent is None else rounded(change.percent, 1),
        "basis": change.basis.code,
        "reason": change.reason,
    }


def record(
    comparison: Comparison, units: Sequence[int], columns: Sequence[Measure | Ratio]
) -> dict[str, object]:
    """Return the JSON of ``compare``.

    Parameters
    ----------
    comparison : the two periods.
    units : positions of the units, the first above the others.
    columns : the measures and ratios, of the later form.
    """
    boundaries, register = comparison.boundaries, comparison.register
    common = comparison.common_units(units[0])
    source = comparison.first.placement.source
    return {
        "from": comparison.first.aggregate.period,
        "to": comparison.last.aggregate.period,
        "on": None if boundaries.day is None else boundaries.day.isoformat(),
        "units": [
            _unit(register, unit)
            | {"measures": {c.code: _change_record(comparison.at(unit, c.code), c) for c in columns}}
            for unit in units
        ],
        "ratios": dict(_decompositions(comparison, units[0], columns)),
        "common": {
            "units": [register.units.codes[unit] for unit in common],
            "measures": {c.code: _change_record(comparison.at(common, c.code), c) for c in columns},
        },
        "entered": [
            _unit(register, unit)
            | {"made_of": [source.units.codes[part] for part in comparison.origin(unit).parts]}
            for unit in comparison.entered
        ],
        "left": [_unit(source, unit) | {"went_to": _targets(comparison, unit)} for unit in comparison.left],
    }


def _decompositions(
    comparison: Comparison, top: int, columns: Sequence[Measure | Ratio]
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the ratios whose change can be split, with the parts of the change."""
    for column in columns:
        split = decompose(comparison, top, column.code) if isinstance(column, Ratio) else None
        if split is not None:
            parts = split._asdict().items()
            yield column.code, {name: rounded(value, 6) for name, value in parts}


def _targets(comparison: Comparison, unit: int) -> list[str]:
    placement, codes = comparison.first.placement, comparison.register.units.codes
    whole = int(placement.whole[unit])
    if whole >= 0:
        return [codes[whole]]
    parts = next((each.shares for each in placement.divided if each.unit == unit), ())
    return [codes[share.unit] for share in parts if share.unit >= 0]


def _unit(register: UnitRegister, unit: int) -> dict[str, object]:
    known = register.at(unit)
    return {"unit": known.code, "name": known.display, "level": known.level, "parent": known.parent}


def flat_records(
    comparison: Comparison, units: Sequence[int], columns: Sequence[Measure | Ratio]
) -> Iterator[dict[str, object]]:
    """Yield the records of ``compare --format csv``: one for each unit and measure, with the keys `FLAT`.

    The part of the first unit that both periods have follows that unit, unless it is all of it: it has no
    code, no unit above it, so that no sum by that adds it up again, and the level `COMMON`.

    Parameters
    ----------
    comparison, units, columns : as for `record`.
    """
    top, register = units[0], comparison.register
    areas: list[tuple[tuple[int, ...], dict[str, object]]] = [
        ((unit,), _unit(register, unit)) for unit in units
    ]
    common = comparison.common_units(top)
    if common and common != (top,):
        whose = {**_unit(register, top), "unit": "", "level": COMMON, "parent": ""}
        areas.insert(1, (common, whose))
    for area, whose in areas:
        yield from _flat(comparison, area, columns, whose)


def _flat(
    comparison: Comparison,
    area: Sequence[int],
    columns: Sequence[Measure | Ratio],
    whose: dict[str, object],
) -> Iterator[dict[str, object]]:
    for column in columns:
        change = comparison.at(area, column.code)
        row: dict[str, object] = {**whose, "measure": column.code}
        row["parent"] = row["parent"] or ""
        for side, figure in (("from", change.first), ("to", change.last)):
            known = figure_record(figure, column)
            row |= {side: known["value"], f"{side}_low": known["low"], f"{side}_high": known["high"]}
            row |= {f"{side}_given": figure.given, f"{side}_expected": figure.expected}
        told = _change_record(change, column)
        row |= {key: told[key] for key in ("change", "percent", "basis", "reason")}
        row["reason"] = row["reason"] or ""
        sides = (("from", change.first), ("to", change.last))
        row["provisional"] = " ".join(side for side, figure in sides if figure.provisional)
        row["decided"] = " ".join(side for side, figure in sides if figure.decided)
        yield row

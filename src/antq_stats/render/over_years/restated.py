"""Figures that are stated on other boundaries: their cells, records and notes, and one period as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from antq_stats.changes.divisions import NOWHERE
from antq_stats.collection.decided import Applied
from antq_stats.figures.figure import RestatedFigure, Value
from antq_stats.figures.restated import Restated
from antq_stats.form import Measure, Ratio
from antq_stats.output_marks import UNIT_COLUMNS
from antq_stats.render.findings.decided import concerned_by, legend, marked_name
from antq_stats.render.writing.table import (
    Cell,
    Count,
    Missing,
    NotApplicable,
    Percent,
    PresentationTable,
    Row,
    Suppressed,
    Text,
)
from antq_stats.render.writing.table import Column as Head
from antq_stats.series.balance import balance_lines
from antq_stats.series.boundaries import Boundaries
from antq_stats.words.language import Language, Wording, rounded

Column = Measure | Ratio


def figure_of(restated: Restated, units: int | Sequence[int], column: Column) -> RestatedFigure:
    """Return the figure of a measure or ratio; see `Restated.figure`."""
    if isinstance(column, Ratio):
        return restated.ratio(units, column.code)
    return restated.figure(units, column.code)


def figure_cell(figure: RestatedFigure, column: Column, wording: Wording) -> Cell:
    """Return the cell of a figure: its value, its bounds, or what is known of it at least.

    Parameters
    ----------
    figure : the figure.
    column : its measure or ratio.
    wording : the language.
    """
    if figure.value is not None:
        return _value_cell(figure.value, column, figure)
    if figure.reason == "withheld":
        return Suppressed()
    if figure.low is not None and figure.high is not None:
        low, high = _text(figure.low, column, wording), _text(figure.high, column, wording)
        return Text(wording.phrase("compare.between", low=low, high=high), figure.decided)
    if figure.low is not None:
        least = wording.phrase("compare.least", low=_text(figure.low, column, wording))
        return Text(least, figure.decided)
    return Missing() if figure.expected and not figure.given else NotApplicable()


def _value_cell(value: Value, column: Column, figure: RestatedFigure) -> Cell:
    marks = figure.provisional, figure.decided
    if isinstance(column, Ratio):
        return Percent(Fraction(value) / column.per, column.decimals, column.per, *marks)
    assert not isinstance(value, Fraction)  # noqa: S101 - a ratio's value alone is a fraction
    return Count(value, *marks)


def _text(value: Value, column: Column, wording: Wording) -> str:
    if isinstance(column, Ratio):
        return wording.percent(Fraction(value) / column.per, column.decimals, column.per)
    assert not isinstance(value, Fraction)  # noqa: S101 - a ratio's value alone is a fraction
    return wording.number(value)


def plain_value(value: Value | None, column: Column) -> int | Decimal | None:
    """Return a value as JSON and CSV have it: ratios rounded to their decimals."""
    if value is None:
        return None
    if isinstance(column, Ratio):
        return rounded(Fraction(value), column.decimals)
    assert not isinstance(value, Fraction)  # noqa: S101 - a ratio's value alone is a fraction
    return value


def figure_record(figure: RestatedFigure, column: Column) -> dict[str, object]:
    """Return a figure as JSON has it, without its basis."""
    return {
        "value": plain_value(figure.value, column),
        "low": plain_value(figure.low, column),
        "high": plain_value(figure.high, column),
        "given": figure.given,
        "expected": figure.expected,
        "provisional": figure.provisional,
        **({"decided": True} if figure.decided else {}),
    }


def boundaries_line(boundaries: Boundaries, wording: Wording) -> str:
    """Return on which boundaries figures are stated: ``Tính theo địa giới năm 2025``."""
    if boundaries.period is not None:
        return wording.phrase("compare.on", period=boundaries.period)
    day = "" if boundaries.day is None else wording.date(boundaries.day)
    return wording.phrase("compare.on-day", date=day)


def concerned_on(restated: Restated, applied: Sequence[Applied]) -> frozenset[int]:
    """Return what became of the units of which a doubt was accepted or a file was set aside.

    Parameters
    ----------
    restated : the figures on the register.
    applied : the decisions in force.
    """
    marked = np.zeros(len(restated.placement.source), dtype=np.bool_)
    marked[[unit for unit in concerned_by(applied) if unit >= 0]] = True
    if not marked.any():
        return frozenset()
    whole = restated.placement.whole[marked]
    divided = {
        share.unit for each in restated.placement.divided if marked[each.unit] for share in each.shares
    }
    return frozenset(unit for unit in (*whole.tolist(), *divided) if unit != NOWHERE)


def stated_table(
    restated: Restated,
    boundaries: Boundaries,
    units: Sequence[int],
    columns: Sequence[Column],
    lang: Language,
    applied: Sequence[Applied] = (),
) -> PresentationTable:
    """Return a period's figures on other boundaries as a table for people: a row for each unit.

    Parameters
    ----------
    restated : the figures.
    boundaries : the boundaries.
    units : positions of the units, the first above the others.
    columns : the measures and ratios.
    lang : the language.
    applied : the decisions in force.
    """
    wording, register, form = Wording(lang), restated.register, restated.form
    base, concerned = register.units.levels[units[0]], concerned_on(restated, applied)
    rows = [
        Row(
            marked_name(register, unit, concerned), register.units.levels[unit] - base,
            tuple(figure_cell(figure_of(restated, unit, column), column, wording) for column in columns),
            "total" if unit == units[0] and len(units) > 1 else "plain",
        )
        for unit in units
    ]  # fmt: skip
    reasons = {figure_of(restated, unit, column).reason for unit in units for column in columns} - {None}
    period = restated.aggregate.period
    notes = [
        wording.phrase(f"compare.reason-{reason}", period=period) for reason in sorted(map(str, reasons))
    ]
    return PresentationTable(
        title=wording.say(form.about.title),
        subtitle=f"{wording.period(period, heading=True)}. {boundaries_line(boundaries, wording)}",
        stub_head=wording.phrase("column.unit"),
        columns=tuple(Head(c.code, wording.say(c.label), form.unit(c.code, lang)) for c in columns),
        rows=tuple(rows),
        legend=(*notes, *balance_lines(restated, wording)),
        decided=legend((each.decision for each in applied), wording),
    )


def stated_records(
    restated: Restated, units: Sequence[int], columns: Sequence[Column]
) -> list[dict[str, object]]:
    """Return the records of ``aggregate --on``: those of ``aggregate``, with bounds and the basis.

    Parameters
    ----------
    restated : the figures.
    units : positions of the units.
    columns : the measures and ratios.
    """
    found: list[dict[str, object]] = []
    for unit in units:
        known = restated.register.at(unit)
        kinds: dict[str, dict[str, object]] = {"measures": {}, "ratios": {}}
        provisional: list[str] = []
        for column in columns:
            figure = figure_of(restated, unit, column)
            record = {"basis": figure.basis.code, "reason": figure.reason}
            key = "ratios" if isinstance(column, Ratio) else "measures"
            kinds[key][column.code] = figure_record(figure, column) | record
            provisional += [column.code] * figure.provisional
        head = {"unit": known.code, "name": known.display, "level": known.level, "parent": known.parent}
        found.append({**head, **kinds, "provisional": provisional})
    return found


def flat_stated(records: Sequence[Mapping[str, object]]) -> tuple[list[dict[str, object]], list[str]]:
    """Return the records of ``aggregate --on`` for a CSV, a row for each unit and measure, and the heads.

    Parameters
    ----------
    records : as `stated_records` returns them.
    """
    heads = [
        *UNIT_COLUMNS, "measure", "value", "low", "high", "given", "expected", "provisional",
        "basis", "reason",
    ]  # fmt: skip
    rows: list[dict[str, object]] = []
    for record in records:
        unit = {key: record[key] or "" for key in UNIT_COLUMNS}
        for kind in ("measures", "ratios"):
            figures = record[kind]
            assert isinstance(figures, dict)  # noqa: S101 - made by `stated_records`
            rows += [
                {**unit, "measure": code, **figure, "reason": figure["reason"] or ""}
                for code, figure in figures.items()
            ]
    if any("decided" in row for row in rows):
        heads.append("decided")
        rows = [{**row, "decided": "decided" in row} for row in rows]
    return rows, heads

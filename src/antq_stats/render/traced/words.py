"""Words on a trace: its figure and its sum as they print, and why a value does not count."""

from __future__ import annotations

from fractions import Fraction

from antq_stats.decisions.decision import Decision
from antq_stats.figures.figure import Figure, RatioFigure, RestatedFigure
from antq_stats.form import Measure, Ratio
from antq_stats.render.cells import measure_cell, ratio_cell
from antq_stats.render.over_years.restated import figure_cell
from antq_stats.render.writing.table import cell_text
from antq_stats.trace.figure_trace import Trace
from antq_stats.trace.leaves import Leaf
from antq_stats.trace.other_rows import OtherRow
from antq_stats.words.amounts import Amount
from antq_stats.words.language import Wording


def figure_text(trace: Trace, wording: Wording) -> str:
    """Return the figure as it prints in tables and reports."""
    figure, column = trace.figure, trace.column
    if isinstance(figure, Figure):
        return cell_text(measure_cell(figure), wording)
    if isinstance(figure, RatioFigure):
        assert isinstance(column, Ratio)  # noqa: S101 - the figure is its ratio
        return cell_text(ratio_cell(figure, column), wording)
    return cell_text(figure_cell(figure, column, wording), wording)


def sum_text(trace: Trace, wording: Wording) -> str:
    """Return what the leaves come to, as a figure prints."""
    low, high = trace.sum
    if low is None or high is None:
        return ""
    texts = [_text(value, trace.column, wording) for value in (low, high)]
    figure = trace.figure
    if isinstance(figure, RestatedFigure) and figure.value is None and figure.high is None:
        return wording.phrase("compare.least", low=texts[0])  # a part of the unit is outside the period
    return texts[0] if low == high else wording.phrase("compare.between", low=texts[0], high=texts[1])


def _text(value: Amount | Fraction, column: Measure | Ratio, wording: Wording) -> str:
    if isinstance(column, Ratio):
        return wording.percent(Fraction(value) / column.per, column.decimals, column.per)
    assert not isinstance(value, Fraction)  # noqa: S101 - a ratio's value alone is a fraction
    return wording.number(value)


def amount_text(low: Amount, high: Amount, wording: Wording) -> str:
    """Return how much counts: a number, or the least and the most."""
    if low == high:
        return wording.number(low)
    return wording.phrase("compare.between", low=wording.number(low), high=wording.number(high))


def state_text(leaf: Leaf, wording: Wording) -> str:
    """Return why a leaf does not count; an empty text if it does."""
    if leaf.state == "counted":
        return ""
    return wording.phrase(f"trace.{leaf.reason or leaf.state}")


def other_text(row: OtherRow, wording: Wording) -> str:
    """Return what a row that does not count says, and why it does not."""
    place = row.place
    where = " · ".join(part for part in (place.file, place.sheet, place.cell) if part)
    value = wording.phrase("trace.no-figure") if row.value is None else wording.number(row.value)
    facts = {} if row.decision is None else {"number": row.decision}
    return wording.phrase(f"trace.row-{row.kind}", place=where, value=value, **facts)


def decision_text(decision: Decision, wording: Wording) -> str:
    """Return by which decision a unit has nothing to report."""
    facts = {"number": decision.number, "reason": decision.reason, "by": decision.by}
    return wording.phrase("trace.nil", **facts)

"""Figures as pandas frames, and as HTML tables for notebooks."""

from __future__ import annotations

from html import escape
from typing import Protocol, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.table_values import values_array
from antq_stats.form import Form, Measure, Ratio
from antq_stats.form.entries import UNITS
from antq_stats.register.register import UnitRegister
from antq_stats.words.language import Language

_SHOWN_UNITS = 60
_SHOWN_COLUMNS = 8


class FrameOptions(TypedDict, total=False):
    """The keyword parameters of `Aggregate.frame`."""

    level: str | None
    names: bool
    ratios: bool
    coverage: bool
    provisional: bool
    labels: Language | None


class FigureColumns(Protocol):
    """Figures of all units by measure and ratio, as `Aggregate` returns them."""

    @property
    def form(self) -> Form:
        """The form of the period."""

    @property
    def register(self) -> UnitRegister:
        """The units of the period."""

    def column(self, measure: str, /) -> tuple[Integers, Integers, Integers, Truths]:
        """Return sums, given, expected and provisional marks."""

    def not_summed(self, measure: str, /) -> Truths:
        """Return for each unit whether no sum is made of the measure."""

    def ratio_column(self, code: str, /) -> tuple[Integers, Integers, Integers, Integers, Truths]:
        """Return numerators, denominators, given, expected and provisional marks."""

    def has_values(self, column: Measure | Ratio, /) -> bool:
        """Return whether any unit gave the measure, or each measure of the ratio."""


def figures_frame(
    aggregate: FigureColumns,
    rows: Integers,
    *,
    names: bool,
    ratios: bool,
    coverage: bool,
    provisional: bool,
    labels: Language | None,
) -> pd.DataFrame:
    """Return figures as a frame; see `Aggregate.frame`.

    Parameters
    ----------
    aggregate : the figures.
    rows : positions of the units, in the order of the rows.
    names, ratios, coverage, provisional, labels : as in `Aggregate.frame`.
    """
    form, columns = aggregate.form, {}
    for measure in form.measures:
        sums, given, expected, marks = aggregate.column(measure.code)
        is_absent = (given == 0) | aggregate.not_summed(measure.code)
        columns[measure.code, "value"] = values_array(sums, is_absent, measure.decimals)
        columns |= _beside(measure.code, given, expected, marks, coverage=coverage, provisional=provisional)
    for ratio in form.ratios if ratios else ():
        numerators, denominators, given, expected, marks = aggregate.ratio_column(ratio.code)
        scale = form.ratio_scale(ratio.code)
        over, under = numerators * scale.numerator, denominators * scale.denominator
        with np.errstate(divide="ignore", invalid="ignore"):
            columns[ratio.code, "value"] = np.where(denominators > 0, over * ratio.per / under, np.nan)
        columns[ratio.code, "numerator"] = _side(form, ratio.numerator, numerators)
        columns[ratio.code, "denominator"] = _side(form, ratio.denominator, denominators)
        columns |= _beside(ratio.code, given, expected, marks, coverage=coverage, provisional=provisional)
    frame = pd.DataFrame(columns, index=unit_index(aggregate.register, names=names)).iloc[rows]
    frame.columns.names = ["code", "figure"]
    if labels is not None:
        frame.columns = pd.MultiIndex.from_tuples(
            [(code, form.label(code, labels), figure) for code, figure in frame.columns],
            names=["code", "label", "figure"],
        )
    return frame


def _side(form: Form, code: str, steps: Integers) -> npt.NDArray[np.number]:
    """Return the values of a side of a ratio, which are never absent: whole numbers, or floats."""
    scale = 1 if code == UNITS else form.measure(code).scale
    return steps if scale == 1 else steps / scale


def _beside(
    code: str, given: object, expected: object, marks: object, *, coverage: bool, provisional: bool
) -> dict[tuple[str, str], object]:
    """Return the columns that follow a value."""
    columns: dict[tuple[str, str], object] = {}
    if coverage:
        columns |= {(code, "given"): given, (code, "expected"): expected}
    if provisional:
        columns[code, "provisional"] = marks
    return columns


def unit_index(register: UnitRegister, *, names: bool) -> pd.Index:
    """Return an index of the codes of all units; if ``names``, of their codes and names."""
    codes = register.units.codes
    if not names:
        return pd.Index(codes, name="unit")
    return pd.MultiIndex.from_arrays([codes, register.units.names], names=["unit", "name"])


def figures_html(aggregate: FigureColumns) -> str:
    """Return the figures of the two highest levels as an HTML table.

    It has the first 60 units, and the first 8 of the measures and ratios that have values. A provisional
    figure has the mark ``*``; a missing one is ``–``.
    """
    register = aggregate.register
    units = np.flatnonzero(np.array(register.units.levels) <= 1)
    rows = units[np.argsort(np.argsort(register.tree_order)[units])][:_SHOWN_UNITS]
    frame = figures_frame(
        aggregate, rows, names=True, ratios=True, coverage=False, provisional=True, labels="vi"
    )
    columns = [column for column in aggregate.form.columns if aggregate.has_values(column)][:_SHOWN_COLUMNS]
    labels = {column.code: aggregate.form.label(column.code, "vi") for column in columns}
    places = [column.decimals if isinstance(column, Measure) else 1 for column in columns]
    shown = pd.DataFrame(
        [
            [
                _marked(row[code, label, "value"], row[code, label, "provisional"], decimals)
                for (code, label), decimals in zip(labels.items(), places, strict=True)
            ]
            for _, row in frame.iterrows()
        ],
        index=frame.index,
        columns=list(labels.values()),
    )
    caption = escape(repr(aggregate).strip("<>"))
    return f"<p>{caption}; * provisional</p>{shown.to_html()}"


def _marked(value: object, provisional: object, decimals: int) -> str:
    """Return a figure as text, with a mark if it is provisional; a float has a number of decimals."""
    if value is pd.NA or value != value:  # noqa: PLR0124 - a ratio without a figure is not a number
        return "–"
    text = f"{value:.{decimals}f}" if isinstance(value, float) else str(value)
    return f"{text}*" if provisional else text

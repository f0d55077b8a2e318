"""Cells of presentation tables for the figures of a publication."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from antq_stats.figures.figure import Figure, RatioFigure
from antq_stats.figures.status import Status
from antq_stats.form import Form, Measure, Ratio
from antq_stats.form.entries import UNITS
from antq_stats.render.writing.table import (
    UNICODE,
    Cell,
    Count,
    Coverage,
    Missing,
    NotApplicable,
    NotSummed,
    Percent,
    Suppressed,
    Text,
)

if TYPE_CHECKING:
    from antq_stats.figures.publication import Publication

_CELL_OF_STATUS: Mapping[Status, Cell] = {
    Status.NOT_ASKED: NotApplicable(),
    Status.MISSING: Missing(),
    Status.WITHHELD: Suppressed(),
    Status.NOT_SUMMED: NotSummed(),
}


def is_of_one(form: Form, ratio: Ratio, levels: Container[str]) -> bool:
    """Return whether a ratio is the share of units of some levels: of one of them it is all or nothing.

    Parameters
    ----------
    form : the form.
    ratio : the ratio.
    levels : codes of levels.
    """
    return ratio.denominator == UNITS and form.table_of(ratio).level in levels


def cell_of(publication: Publication, unit: int, column: Measure | Ratio) -> Cell:
    """Return the cell of a unit and a measure or ratio.

    Parameters
    ----------
    publication : the figures.
    unit : position of the unit in the register.
    column : the measure or ratio.
    """
    if isinstance(column, Measure):
        return measure_cell(publication.figure(unit, column.code))
    return ratio_cell(publication.ratio(unit, column.code), column)


def measure_cell(figure: Figure | None) -> Cell:
    """Return the cell of a sum; None is a sum that is withheld."""
    if figure is None or figure.value is None:
        return _CELL_OF_STATUS[Status.WITHHELD if figure is None else figure.status]
    return Count(figure.value, figure.provisional, figure.decided)


def ratio_cell(figure: RatioFigure | None, ratio: Ratio) -> Cell:
    """Return the cell of a ratio.

    Parameters
    ----------
    figure : the figure; None if it is withheld.
    ratio : the ratio, which has the decimals and the base.
    """
    if figure is None or figure.value is None:
        return _CELL_OF_STATUS[Status.WITHHELD if figure is None else figure.status]
    return Percent(figure.quotient, ratio.decimals, ratio.per, figure.provisional, figure.decided)


def coverage_cell(figure: Figure | RatioFigure | None) -> Cell:
    """Return the cell of a figure's coverage; ``16/…`` where nobody knows how many units should give it.

    Parameters
    ----------
    figure : the figure; None if it is withheld.
    """
    if figure is not None and figure.unlisted:
        return Text(f"{figure.given}/{UNICODE.missing}")
    if figure is None or not figure.expected:
        return NotApplicable()
    return Coverage(figure.given, figure.expected)

"""Context of the writers of sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antq_stats.figures.publication import Publication
from antq_stats.render.book.formulas import Formulas
from antq_stats.render.book.values import Shown
from antq_stats.render.letterhead import Letterhead
from antq_stats.render.writing.package import Package
from antq_stats.render.writing.workbook import Formats
from antq_stats.series.over_time import Series
from antq_stats.words.language import Wording

if TYPE_CHECKING:
    from xlsxwriter import Workbook


@dataclass(frozen=True, eq=False)
class Book:
    """A workbook that is being written.

    Parameters
    ----------
    workbook : the workbook of XlsxWriter.
    publication : the figures.
    head : the words around the tables.
    wording : the language.
    formats : the cell formats of the workbook.
    formulas : the formulas of the workbook.
    columns : all measures and ratios shown, by section.
    series : the period beside earlier ones; None without an earlier one.
    package : takes the bodies of the large sheets.
    decided : what the mark of decisions means; empty where nothing was decided.
    """

    workbook: Workbook
    publication: Publication
    head: Letterhead
    wording: Wording
    formats: Formats
    formulas: Formulas
    columns: Sequence[Shown]
    series: Series | None
    package: Package
    decided: str = ""

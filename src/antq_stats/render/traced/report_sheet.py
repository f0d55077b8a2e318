"""The hidden sheet of a report that says which figure each of its cells holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from antq_stats.figures.publication import Publication
from antq_stats.render.writing.table import clean
from antq_stats.trace.report_map import SHEET, LevelMap, ReportMap, SummaryMap

if TYPE_CHECKING:
    from xlsxwriter import Workbook


def write_report_map(
    workbook: Workbook, publication: Publication, summary: SummaryMap, levels: Sequence[LevelMap]
) -> None:
    """Add the hidden sheet to a workbook.

    Parameters
    ----------
    workbook : the workbook.
    publication : the figures.
    summary : the sheet of the totals.
    levels : the sheets of levels.
    """
    root = publication.register.units.codes[publication.root]
    folder, sources = publication.collection.folder, publication.sources
    said = ReportMap(publication.period, folder, root, tuple(sources), summary, tuple(levels))
    sheet = workbook.add_worksheet(SHEET)
    sheet.very_hidden()
    for at, row in enumerate(said.rows()):
        for place, text in enumerate(row):
            sheet.write_string(at, place, clean(text))

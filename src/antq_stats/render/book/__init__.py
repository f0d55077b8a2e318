"""The year-end summary as a workbook: tables in the official layout, with totals as live formulas.

Sheets: the summary by section; one per level below the root; coverage; with earlier periods, the figures of
all and what moved them; charts; open findings; method and sources; and a hidden one with the numbers of the
charts. XlsxWriter writes everything but the bodies of the
level sheets, see `rows`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from antq_stats.figures.publication import Publication
from antq_stats.output_marks import CATEGORY, CREATED
from antq_stats.render.book.annex import define_level_names, write_findings, write_method, write_report_map
from antq_stats.render.book.charts import ChartNumbers, ChartWriter
from antq_stats.render.book.context import Book
from antq_stats.render.book.coverage import CoverageWriter
from antq_stats.render.book.formulas import Formulas
from antq_stats.render.book.layout import LevelSheet, level_columns
from antq_stats.render.book.levels.sheet import LevelWriter
from antq_stats.render.book.rows import RowSheet
from antq_stats.render.book.series.moves import Moves, MovesWriter, moves_of
from antq_stats.render.book.series.sheet import SeriesWriter
from antq_stats.render.book.summary import SummaryWriter
from antq_stats.render.book.values import Shown, shown
from antq_stats.render.findings.decided import published_legend
from antq_stats.render.letterhead import Letterhead
from antq_stats.render.words import level_word
from antq_stats.render.writing.output import OutputError
from antq_stats.render.writing.package import Package, PackageFullError
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.workbook import Formats, options, sheet_names
from antq_stats.trace.report_map import SHEET, units_of_rows
from antq_stats.words.language import Language, Wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.worksheet import Worksheet

    from antq_stats.series.over_time import Series

_MAX_ROWS, _MAX_COLUMNS = 1_048_576, 16_384


def write_book(
    publication: Publication,
    head: Letterhead,
    lang: Language,
    target: BinaryIO,
    series: Series | None = None,
    *,
    total_first: bool = True,
    command: str = "",
) -> None:
    """Write the workbook.

    Parameters
    ----------
    publication : the figures.
    head : the words around the tables.
    lang : the language.
    target : an open binary file; see `antq_stats.render.writing.output.write_beside`.
    series : the period beside earlier ones; None without an earlier one.
    total_first : whether the row of totals stands above the units or below them.
    command : the command line that the workbook states it was made by; empty for none.

    Raises
    ------
    OutputError
        With the reason ``sheet-full``, if a level has too many units or columns for a sheet.
    OSError
        If the target cannot be written.
    """
    import xlsxwriter

    wording = Wording(lang)
    columns = [shown(publication, column) for column in publication.columns]
    moves = moves_of(series, wording) if series else None
    tabs = [tab for tab, is_shown in (("series", series), ("moves", moves)) if is_shown]
    sheets, names = _layout(publication, head, wording, columns, tabs, total_first=total_first)
    content = io.BytesIO()
    with Package() as package:
        with xlsxwriter.Workbook(content, options()) as workbook:
            title = f"{head.title} - {head.period}"
            marks = {"title": clean(title), "category": CATEGORY, "created": CREATED, "comments": command}
            workbook.set_properties(marks)
            formulas = Formulas(publication.register, sheets, publication.root)
            book = Book(
                workbook, publication, head, wording, Formats(workbook), formulas, columns, series, package,
                published_legend(publication, wording),
            )  # fmt: skip
            _write(book, names, moves, total_first=total_first)
        try:
            package.write(content, target)
        except PackageFullError as error:
            raise OutputError("sheet-full", clean(title)) from error


def _layout(
    publication: Publication,
    head: Letterhead,
    wording: Wording,
    columns: Sequence[Shown],
    tabs: Sequence[str],
    *,
    total_first: bool,
) -> tuple[list[LevelSheet], dict[str, str]]:
    """Return the sheets of levels, and the names of the other sheets of the workbook by their keys.

    Parameters
    ----------
    publication, head, wording, columns, total_first : as for `Book` and `write_book`.
    tabs : keys of the sheets on several periods.
    """
    register = publication.register
    top = register.units.levels[publication.root]
    planned: list[tuple[int, list[Shown], list[Shown]]] = []
    for level in range(top + 1, len(register.levels)):
        units = np.array(publication.at_level(level), dtype=np.int64)
        kept, withheld = level_columns(columns, units)
        if kept:
            planned.append((level, kept, withheld))
    of_levels = [
        wording.phrase("book.by-level", level=level_word(register, level, wording, most=1))
        for level, _, _ in planned
    ]
    keys = ["summary", "coverage", *tabs, "charts", "findings", "method", "chart-data"]
    leading, *others = [wording.phrase(f"book.tab-{key}") for key in keys]
    names = sheet_names([leading, *of_levels, *others], wording)
    sheets = []
    for place, (level, kept, withheld) in enumerate(planned, start=1):
        units = units_of_rows(register, publication.root, level, total_first=total_first)
        head_row = 2 + 3 + bool(head.provisional) + 1
        first = head_row + 3
        if first + len(units) + 40 > _MAX_ROWS or len(kept) + 2 > _MAX_COLUMNS:
            raise OutputError("sheet-full", names[place])
        row = np.zeros(len(register), dtype=np.int64)
        row[units] = np.arange(first + 1, first + 1 + len(units))
        levels = tuple(
            each for each in range(top + 1, level + 1) if register.expected(each)[publication.root]
        )
        sheets.append(
            LevelSheet(level, names[place], units, row, tuple(kept), tuple(withheld), head_row, levels)
        )
    return sheets, dict(zip(keys, [names[0], *names[len(of_levels) + 1 :]], strict=True))


def _write(book: Book, names: Mapping[str, str], moves: Moves | None, *, total_first: bool) -> None:
    """Write all sheets."""
    sheets = book.formulas.sheets

    def add(name: str) -> RowSheet:
        sheet: RowSheet = book.workbook.add_worksheet(name, worksheet_class=RowSheet)
        return sheet

    def plain(name: str) -> Worksheet:
        return book.workbook.add_worksheet(name)

    summary = SummaryWriter(book, add(names["summary"]), names["summary"])
    summary.write()
    for number, layout in enumerate(sheets, start=2):
        LevelWriter(book, layout, add(layout.name), number).write()
    answers = CoverageWriter(book, add(names["coverage"]), len(sheets) + 2, total_first)
    answers.write()
    over_time = None
    if book.series is not None:
        name = names["series"]
        over_time = SeriesWriter(book, book.series, add(name), name, len(sheets) + 3, summary.totals)
        over_time.write()
    moved = add(names["moves"]) if moves else None
    drawn = plain(names["charts"])
    write_findings(book, add(names["findings"]))
    write_method(book, add(names["method"]))
    numbers = ChartNumbers(plain(names["chart-data"]), names["chart-data"])
    ChartWriter(book, drawn, numbers).write(names["coverage"], answers.rows)
    if moves and moved is not None and over_time is not None:
        MovesWriter(book, over_time.series, moves, moved, over_time.cells, numbers).write()
    define_level_names(book)
    levels = [sheet.map(book.publication.register, total_first=total_first) for sheet in sheets]
    write_report_map(book, add(SHEET), summary.map(), levels)

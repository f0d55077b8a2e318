"""The last sheets: open findings, method and sources, and the hidden one that says what each cell holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from antq_stats.figures.disclosure import thresholds
from antq_stats.render.book.context import Book
from antq_stats.render.book.heading import Paper, row_height
from antq_stats.render.book.layout import quoted
from antq_stats.render.book.series.facts import facts
from antq_stats.render.book.styles import HEAD, across, page, set_page
from antq_stats.render.findings.decided import decisions_table, summary_words
from antq_stats.render.findings.table import findings_table
from antq_stats.render.words import level_word, names_of
from antq_stats.render.writing.table import PresentationTable, cell_text, clean
from antq_stats.trace.report_map import LevelMap, ReportMap, SummaryMap
from antq_stats.version import __version__

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from antq_stats.render.book.rows import RowSheet

_FINDING_WIDTHS = {
    "code": 7.0, "severity": 13.0, "sheet": 11.0, "cell": 6.0, "unit": 22.0, "measure": 24.0, "value": 11.0,
    "message": 52.0, "file": 24.0,
}  # fmt: skip
_LEFT_OUT = "hint"
_HEAD_HEIGHT = 34
"""Height of the heads of the findings: two lines, for a level whose units have several types."""
_FACT, _WORDS = 26.0, 100.0
_DECISION_WIDTHS = (17.0, 24.0, 20.0, 10.0, 11.0, 27.0, 13.0, 20.0)
"""The columns of the list of decisions behind the date."""
_PERIOD = 9.0
"""The column that names the period of a decision, if there are several."""
_MAPPED = 3
"""The columns of a source in the hidden sheet: that it is one, its path, its hash."""
_LISTED: Mapping[str, Any] = {"font_size": 11}


def write_findings(book: Book, sheet: RowSheet) -> None:
    """Write the sheet of open findings, one row each."""
    publication, register, wording = book.publication, book.publication.register, book.wording
    names = names_of(publication.form, register, wording.lang)
    table = findings_table(publication.open_findings, publication.period, wording.lang, names, register)
    shown = [place for place, column in enumerate(table.columns) if column.code != _LEFT_OUT]
    heads = [("sender", table.stub_head)]
    heads += [(table.columns[place].code, table.columns[place].label) for place in shown]
    widths = [5.0, *(_FINDING_WIDTHS.get(code, 16.0) for code, _ in heads)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    paper = Paper(sheet, book, widths)
    row = paper.titles(0, wording.phrase("book.findings-title")) + 1
    style = book.formats(**HEAD)
    labels = [wording.phrase("book.row-number"), *(label for _, label in heads)]
    sheet.set_row(row, _HEAD_HEIGHT)
    for place, label in enumerate(labels):
        sheet.write_string(row, place, clean(label), style)
    cell = book.formats(border=1, text_wrap=True, valign="top", font_size=11)
    place_style = book.formats(border=1, align="center", valign="top", font_size=11)
    for place, finding in enumerate(table.rows, start=1):
        words = [finding.stub, *(cell_text(finding.cells[at], wording) for at in shown)]
        lines = max(-(-len(text) // int(width - 2)) for text, width in zip(words, widths[1:], strict=True))
        sheet.set_row(row + place, min(400.0, 15.0 * max(1, lines) + 2))
        sheet.write_number(row + place, 0, place, place_style)
        for at, text in enumerate(words, start=1):
            sheet.write_string(row + place, at, clean(text), cell)
    if not table.rows:
        across(sheet, row + 1, 0, len(widths) - 1, wording.phrase("findings.none"), cell)
    last = row + max(1, len(table.rows))
    untold = bool(publication.form.protected)
    if untold:
        across(sheet, last + 1, 0, len(widths) - 1, wording.phrase("report.untold"), cell)
    if table.rows:
        sheet.autofilter(row, 0, last, len(widths) - 1)
    sheet.freeze_panes(row + 1, 2)
    set_page(sheet, widths, [], (row, row))
    sheet.print_area(0, 0, last + untold, len(widths) - 1)


def write_method(book: Book, sheet: RowSheet) -> None:
    """Write the sheet on method and sources; the list of sources stays out of print."""
    wording = book.wording
    listed = decisions_table(book.publication, wording)
    widths = (_WORDS,) if listed is None else _decision_widths(listed)
    sheet.set_column(0, 0, _FACT)
    for place, width in enumerate(widths, start=1):
        sheet.set_column(place, place, width)
    last = len(widths)
    row = _title(book, sheet, wording.phrase("book.method-title"), last)
    name = book.formats(bold=True, valign="top", text_wrap=True, border=1)
    words = book.formats(valign="top", text_wrap=True, border=1)
    for key, text in _facts(book):
        sheet.write_string(row, 0, wording.phrase(f"book.method-{key}"), name)
        across(sheet, row, 1, last, text, words)
        sheet.set_row(row, 17.0 * -(-len(text) // 110))
        row += 1
    if listed is not None:
        row = _decisions(book, sheet, listed, row)
    printed = row - 1
    row += 1
    style = book.formats(**HEAD)
    sheet.write_string(row, 0, wording.phrase("book.method-file"), style)
    hashed = any(source.sha256 for source in book.publication.sources)
    across(sheet, row, 1, last, "SHA-256" if hashed else "", style)
    code = book.formats(border=1, font_name="Courier New", font_size=10)
    sources = book.publication.sources
    if last == 1:
        sheet.put_texts(row + 1, sources, (words, code), book.package)
    else:
        for at, source in enumerate(sources, start=row + 1):
            sheet.write_string(at, 0, clean(source.file), words)
            across(sheet, at, 1, last, source.sha256, code)
    page(sheet)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, printed, last)


def _decision_widths(listed: PresentationTable) -> tuple[float, ...]:
    """Return the widths of the columns behind the date, with one for the period if there are several."""
    if len(listed.columns) == len(_DECISION_WIDTHS):
        return _DECISION_WIDTHS
    return (_PERIOD, *_DECISION_WIDTHS)


def _decisions(book: Book, sheet: Worksheet, listed: PresentationTable, row: int) -> int:
    """Write the list of decisions under a title of its own; return the next row."""
    style = book.formats(bold=True, align="left", valign="vcenter")
    across(sheet, row + 1, 0, len(listed.columns), listed.title, style)
    head = book.formats(**HEAD, font_size=11)
    row += 2
    sheet.set_row(row, _HEAD_HEIGHT)
    for place, label in enumerate([listed.stub_head, *(column.label for column in listed.columns)]):
        sheet.write_string(row, place, clean(label), head)
    words = book.formats(border=1, text_wrap=True, valign="top", **_LISTED)
    widths = (_FACT, *_decision_widths(listed))
    for each in listed.rows:
        row += 1
        texts = [each.stub, *(cell_text(cell, book.wording) for cell in each.cells)]
        height = max(row_height(text, width - 2, _LISTED) for text, width in zip(texts, widths, strict=True))
        sheet.set_row(row, min(400.0, height + 2))
        for place, text in enumerate(texts):
            sheet.write_string(row, place, clean(text), words)
    return row + 1


def _title(book: Book, sheet: Worksheet, title: str, last: int) -> int:
    """Write a title over the columns up to ``last``; return the row of the first line below."""
    style = book.formats(bold=True, font_size=14, align="center")
    across(sheet, 0, 0, last, title, style)
    across(sheet, 1, 0, last, book.head.period, book.formats(italic=True, align="center", font_size=13))
    return 3


def _facts(book: Book) -> Iterator[tuple[str, str]]:
    """Yield the facts of the sheet: the end of the key of a label, and the text."""
    publication, wording = book.publication, book.wording
    about, register = publication.form.about, publication.register
    yield (
        "form",
        wording.phrase("book.form-says", id=about.id, version=about.version, title=wording.say(about.title)),
    )
    levels = register.units.levels
    counted = "; ".join(
        f"{level_word(register, level, wording)}: {wording.number(levels.count(level))}"
        for level in range(len(register.levels))
    )
    yield "register", wording.phrase("book.register-says", counted=counted)
    yield "period", publication.period
    if book.series is not None:
        yield from facts(book.series, wording)
    elif publication.prior is not None:
        yield "earlier", publication.prior.period
    yield "files-used", wording.phrase("book.files-say", count=len(publication.sources))
    yield "tool", f"antq-stats {__version__}"
    state = "provisional" if publication.is_provisional else "final"
    decided = summary_words(publication, wording)
    yield "state", " ".join(filter(None, (wording.phrase(f"book.{state}-says"), decided)))
    small = _small(book)
    for key in ("sums", "ratios", "missing", "disclosure", "rounding"):
        yield key, wording.phrase(f"book.{key}-say", **({"small": small} if key == "disclosure" else {}))
    names = ", ".join(_names(book))
    yield "names", wording.phrase("book.names-say", names=names)


def _small(book: Book) -> str:
    """Return the sentence on thresholds after a blank; an empty text if no measure has a threshold."""
    most = [book.wording.number(below - 1) for below in thresholds(book.publication.form.measures)]
    return " " + book.wording.phrase("book.disclosure-small", most=", ".join(most)) if most else ""


def _names(book: Book) -> Sequence[str]:
    return [f"level_{place} ({sheet.name})" for place, sheet in enumerate(book.formulas.sheets, start=1)]


def write_report_map(book: Book, sheet: RowSheet, summary: SummaryMap, levels: Sequence[LevelMap]) -> None:
    """Write the hidden sheet that says which figure each cell of the workbook holds.

    Parameters
    ----------
    book : the workbook.
    sheet : the sheet.
    summary : the sheet of the totals.
    levels : the sheets of levels.
    """
    publication = book.publication
    root = publication.register.units.codes[publication.root]
    folder, sources = publication.collection.folder, publication.sources
    said = ReportMap(publication.period, folder, root, tuple(sources), summary, tuple(levels))
    sheet.very_hidden()
    rows = list(said.rows())
    first = len(rows) - len(sources)
    for at, row in enumerate(rows[:first]):
        for place, text in enumerate(row):
            sheet.write_string(at, place, clean(text))
    sheet.put_texts(first, rows[first:], (None,) * _MAPPED, book.package)


def define_level_names(book: Book) -> None:
    """Define a name for the body of each level's sheet, for lookups of units."""
    for place, sheet in enumerate(book.formulas.sheets, start=1):
        last = list(sheet.letters.values())[-1]
        area = f"$B${sheet.first + 1}:${last}${sheet.last + 1}"
        book.workbook.define_name(f"level_{place}", f"={quoted(sheet.name)}{area}")

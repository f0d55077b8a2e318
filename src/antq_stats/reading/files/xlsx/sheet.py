"""Scanning the worksheets of an xlsx cell by cell, if the fast reader could misread them.

Every element of a cell is processed. A cell with two values, a cell written twice and a cell of unknown
form get a remark that they were not read.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from math import isfinite

from antq_stats.reading.files.cells import formula_tokens
from antq_stats.reading.files.cells.book import Book, SheetBuilder
from antq_stats.reading.files.cells.formulas import shifted
from antq_stats.reading.files.cells.sheet_scan import Remark, SheetScan
from antq_stats.reading.files.cells.text_parts import Part, put_parts
from antq_stats.reading.files.cells.xml_parts import index_of, local, parse
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.xlsx.book import TextParts, XlsxBook, is_on, read_styles, read_texts, unescaped

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_EXTERNAL = re.compile(r"\[(\d{1,4})\]|^[^!'\"]{1,60}\|")
_MAX_ROWS, _MAX_COLUMNS = 1 << 20, 1 << 14
_KINDS = frozenset(("n", "s", "str", "b", "e", "d", "inlineStr"))


def scan_xlsx(package: Package, book: XlsxBook) -> list[SheetScan]:
    """Scan all sheets of a workbook, in its order, including those that are no worksheets.

    Raises
    ------
    FileProblem
        F102 if a part is missing or damaged.
    """
    styles, texts = read_styles(package, book), read_texts(package, book)
    scans: list[SheetScan] = []
    for entry in book.sheets:
        scan = SheetScan(entry.name, merged=[], hidden=entry.is_hidden, is_table=entry.is_table)
        if entry.is_table:
            sheet = _Sheet(styles, scan, texts, book.links)
            parse(package.read(entry.part), entry.part, sheet.start, sheet.end, sheet.data)
            if not sheet.is_sheet:
                raise FileProblem("F102", problem="xml-malformed", place=entry.part)
            sheet.finish()
        scans.append(scan)
    return scans


class _Cell:
    """The cell that is being parsed."""

    def __init__(self, row: int, column: int, attributes: dict[str, str]) -> None:
        self.row = row
        self.column = column
        self.kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self.style = int(style[:9]) if style.isdecimal() else 0
        self.values: list[str] = []
        self.has_text = False
        self.formula: str | None = None
        self.formula_of: dict[str, str] = {}
        self.contradicts = False
        """True if the cell's reference names another row than the one it is in."""


class _Sheet(SheetBuilder):
    """The XML handler of one worksheet part; puts its cells into a scan."""

    def __init__(self, book: Book, scan: SheetScan, texts: list[tuple[Part, ...]], links: list[str]) -> None:
        super().__init__(book, scan, formula_tokens.XLSB)
        self.parts = texts
        self.links = links
        self.row = self.column = -1
        self.row_has_number = False
        self.cell: _Cell | None = None
        self.inside = ""
        self.inline = TextParts()
        self.formulas: dict[str, tuple[str, int, int]] = {}
        """Shared formulas by their id: text, row and column."""
        self.is_sheet = False
        self.depth_of_data = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if self.cell is not None:
            self._start_content(self.cell, tag, attributes)
        elif tag == "c" and self.depth_of_data:
            self._start_cell(attributes)
        elif tag == "row" and self.depth_of_data:
            self._start_row(attributes)
        elif tag == "sheetData":
            if self.is_sheet:
                raise FileProblem("F102", problem="xml-malformed", place=self.scan.name)
            self.is_sheet = True
            self.depth_of_data = 1
        elif tag == "mergeCell" and self.scan.merged is not None:
            self._merge(attributes.get("ref", ""))
        elif tag == "col" and (is_on(attributes.get("hidden")) or _is_zero(attributes.get("width"))):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                end = min(int(last[:8]), _MAX_COLUMNS)
                self.scan.hidden_columns.update(range(int(first[:8]) - 1, end))

    def _start_row(self, attributes: dict[str, str]) -> None:
        row = attributes.get("r", "")
        self.row = int(row[:8]) - 1 if row.isdecimal() else self.row + 1
        self.row_has_number = row.isdecimal()
        self.column = -1
        if not 0 <= self.row < _MAX_ROWS:
            raise FileProblem("F102", problem="xml-malformed", place=self.scan.name)
        if is_on(attributes.get("hidden")) or _is_zero(attributes.get("ht")):
            self.scan.hidden_rows.add(self.row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        position = (self.row, self.column + 1) if reference is None else index_of(reference)
        if position is None or not (0 <= position[0] < _MAX_ROWS and 0 <= position[1] < _MAX_COLUMNS):
            raise FileProblem("F102", problem="xml-malformed", place=self.scan.name)
        contradicts = self.row_has_number and position[0] != self.row
        if not self.row_has_number:
            self.row = position[0]
        self.column = position[1]
        self.cell = _Cell(*position, attributes)
        self.cell.contradicts = contradicts
        self.inside = ""

    def _start_content(self, cell: _Cell, tag: str, attributes: dict[str, str]) -> None:
        if self.inside == "is":
            self.inline.start(tag, attributes)
            return
        if tag == "v":
            cell.values.append("")
        elif tag == "f":
            if cell.formula is not None:
                cell.values.append("")  # two formulas contradict each other as two values do
            cell.formula, cell.formula_of = "", attributes
        elif tag == "is":
            cell.has_text = True
        self.inside = tag

    def data(self, text: str) -> None:
        cell = self.cell
        if cell is None:
            return
        if self.inside == "v":
            cell.values[-1] += text
        elif self.inside == "f":
            cell.formula = (cell.formula or "") + text
        elif self.inside == "is":
            self.inline.data(text)

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "sheetData":
            self.depth_of_data = 0
        if self.cell is None:
            return
        if tag == "c":
            cell, self.cell = self.cell, None
            self._end_cell(cell, self.inline.finish())
        elif tag == self.inside:
            self.inside = ""
        elif self.inside == "is":
            self.inline.end(tag)

    # -- a cell's content ------------------------------------------------------------------------

    def _end_cell(self, cell: _Cell, parts: tuple[Part, ...]) -> None:
        """Put the content of a cell; ``parts`` are those of its inline text."""
        row, column = cell.row, cell.column
        if cell.formula is not None:
            self._record_formula(cell)
        stored = cell.values[0] if cell.values else ""
        is_inline = cell.kind == "inlineStr"
        count = len(cell.values) + cell.has_text
        if count > 1 or (count and is_inline != cell.has_text) or cell.kind not in _KINDS or cell.contradicts:
            self._refuse(cell, "; ".join(cell.values) or None)
        elif cell.kind == "e":
            self.scan.odd[row, column] = ("error", stored.strip() or "#N/A")
            self.put(row, column, "")
        elif is_inline:
            self._text(cell, parts)
        elif cell.formula is not None and not stored.strip() and not (cell.kind == "str" and cell.values):
            self.scan.odd[row, column] = ("formula", "")
            self.put(row, column, "")
        elif not stored.strip() and cell.kind != "str":
            self.blank(row, column)
        else:
            self._value(cell, stored)

    def _value(self, cell: _Cell, stored: str) -> None:
        row, column, text = cell.row, cell.column, stored.strip()
        if cell.kind == "n":
            number = float(text) if _NUMBER.fullmatch(text) else float("nan")
            if isfinite(number):
                self.number(row, column, cell.style, number)
            else:
                self._refuse(cell, stored)
        elif cell.kind == "s":
            if text.isdecimal() and int(text[:9]) < len(self.parts):
                self._text(cell, self.parts[int(text[:9])])
            else:
                self._refuse(cell, None)
        elif cell.kind == "str":
            self._text(cell, ((unescaped(stored), 0),))
        elif cell.kind == "b":
            if text.lower() in ("0", "1", "true", "false"):
                self.truth(row, column, text.lower() in ("1", "true"))
            else:
                self._refuse(cell, stored)
        elif (moment := _moment(text)) is not None:
            self.put(row, column, moment)
        else:
            self._refuse(cell, stored)

    def _text(self, cell: _Cell, parts: tuple[Part, ...]) -> None:
        joined = "".join(text for text, _ in parts)
        if not joined:
            self.blank(cell.row, cell.column)
            return
        font = self.book.unusual_styles[cell.style][1] if cell.style in self.book.unusual_styles else 0
        if font or any(flags for _, flags in parts):
            joined = put_parts(
                self.scan, (cell.row, cell.column), [(text, flags | font) for text, flags in parts]
            )
        self.put(cell.row, cell.column, joined)

    def _refuse(self, cell: _Cell, stored: str | None) -> None:
        self.put(cell.row, cell.column, "")
        self.scan.remarks[cell.row, cell.column] = Remark(
            "C105", stored, {"problem": "written-oddly"}, taken=False
        )

    def _record_formula(self, cell: _Cell) -> None:
        """Record a cell's formula, its own or a shared one."""
        at = (cell.row, cell.column)
        text, number = (cell.formula or "").strip().removeprefix("="), cell.formula_of.get("si", "")
        if cell.formula_of.get("t") == "shared":
            if text:
                self.formulas[number] = (text, *at)
            else:
                text, row, column = self.formulas.get(number, ("", 0, 0))
                text = shifted(text, at[0] - row, at[1] - column)
        self.scan.formulas[at] = text or None
        found = _EXTERNAL.search(text)
        if found is not None:
            number = found[1] or ""
            is_known = number.isdecimal() and 0 < int(number) <= len(self.links)
            file = self.links[int(number) - 1] if is_known else "?" if number else found[0].rstrip("|")
            stored = cell.values[0].strip() if cell.values else ""
            self.scan.remarks.setdefault(at, Remark("C107", stored or None, {"found": file}, taken=True))
            self.scan.formulas[at] = None

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        start, end = index_of(first), index_of(last or first)
        if start is not None and end is not None and self.scan.merged is not None:
            self.scan.merged.append((*start, *end))


def _is_zero(size: str | None) -> bool:
    """Return whether a height or width is 0, which hides the row or column."""
    try:
        return size is not None and float(size) == 0
    except ValueError:
        return False


def _moment(text: str) -> object:
    """Return a date, datetime or time in ISO 8601 extended format; None for any other text."""
    if "-" not in text and ":" not in text:
        return None
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    return None

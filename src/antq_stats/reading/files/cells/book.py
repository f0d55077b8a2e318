"""What xls and xlsb have in common: the styles of a workbook, its texts, the books its formulas name."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from antq_stats.reading.files.cells import formula_tokens, number_formats
from antq_stats.reading.files.cells.biff_text import Text
from antq_stats.reading.files.cells.sheet_cells import SheetCells
from antq_stats.reading.files.cells.sheet_scan import Remark, SheetScan
from antq_stats.reading.files.cells.text_parts import RAISED, STRUCK, put_parts, put_struck_number

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def font_flags(grbit: int, escapement: int) -> int:
    """Return what is to be known of a font: raised or lowered, struck through."""
    return (STRUCK if grbit & 8 else 0) | (RAISED if escapement in (1, 2) else 0)


@dataclass(slots=True)
class Book:
    """What holds for the whole workbook."""

    since_1904: bool = False
    recalculates_on_load: bool = False
    """Its formulas are to be calculated when it is opened."""
    skips_font_four: bool = False
    """No font has the number 4."""
    fonts: list[int] = field(default_factory=list)
    """Of each font whether it is raised or struck, as `text_parts` has it."""
    formats: dict[int, str] = field(default_factory=dict)
    """Codes of number formats that the file itself gives, by their number."""
    styles: list[tuple[int, int]] = field(default_factory=list)
    """Font and number format of each cell style."""
    unusual_styles: dict[int, tuple[number_formats.Meaning | None, int]] = field(default_factory=dict)
    """Cell styles that are no plain ones: what their format makes of a number, and what of their font."""
    texts: list[Text] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Names of all sheets."""
    linked_books: list[str | None] = field(default_factory=list)
    """The workbooks that formulas name; None is this one."""
    defined_names: list[bytes] = field(default_factory=list)
    """What each name of the workbook stands for, as tokens."""
    sheet_references: list[tuple[int, int, int]] = field(default_factory=list)
    """Of each reference in a formula: which workbook, first and last sheet."""

    def find_unusual_styles(self) -> None:
        """Tell the unusual styles; call it when fonts, formats and styles are all there."""
        for place, (font, number) in enumerate(self.styles):
            meaning = number_formats.meaning_of_number(number, self.formats)
            if meaning is not None or self.font_flags(font):
                self.unusual_styles[place] = (meaning, self.font_flags(font))

    def font_flags(self, number: int) -> int:
        """Return what is to be known of a font by its number."""
        place = number - (self.skips_font_four and number > 4)
        return self.fonts[place] if place < len(self.fonts) else 0

    def sheet_prefix(self, number: int) -> str | None:
        """Return what stands before a cell for a reference to a sheet; None where it is not in this book."""
        if number >= len(self.sheet_references):
            return None
        book, first, last = self.sheet_references[number]
        inside = book < len(self.linked_books) and self.linked_books[book] is None
        if not inside or first != last or not 0 <= first < len(self.names):
            return None
        name = self.names[first].replace("'", "''")
        return f"'{name}'!"

    def external_file(self, tokens: bytes, dialect: formula_tokens.Dialect) -> str | None:
        """Return the name of the file a formula takes values from, itself or by a name; None for this one."""
        used = formula_tokens.name_references(tokens, dialect)
        named = (self.defined_names[number - 1] for number in used if 0 < number <= len(self.defined_names))
        for formula in (tokens, *named):
            for number in formula_tokens.sheet_references(formula, dialect):
                book = (
                    self.sheet_references[number][0]
                    if number < len(self.sheet_references)
                    else len(self.linked_books)
                )
                if book < len(self.linked_books) and (file := self.linked_books[book]) is not None:
                    return file
        return None


class SheetBuilder:
    """Takes the cells of one sheet into a scan, as their records are met."""

    def __init__(self, book: Book, scan: SheetScan, dialect: formula_tokens.Dialect) -> None:
        self.book = book
        self.scan = scan
        self.dialect = dialect
        scan.cells = SheetCells()
        self.cells = scan.cells.by_row
        self.sharing_cells: list[tuple[int, int, tuple[int, int]]] = []
        """Row and column of each cell whose formula is kept elsewhere, and the cell it is kept at."""
        self.shared_formulas: dict[tuple[int, int], bytes] = {}
        self.last_formula = (0, 0)
        scan.recalculates_on_load = book.recalculates_on_load

    def put(self, row: int, column: int, value: object) -> None:
        """Put a value into its cell; a cell that is written twice gives none."""
        cells = self.cells.setdefault(row, {})
        if column in cells and cells[column] != value:
            self._note_conflict(row, column, cells[column], value)
        cells[column] = value

    def blank(self, row: int, column: int) -> None:
        """Take note of a blank: after a value in the same cell it contradicts it."""
        if row in self.cells and self.cells[row].get(column, "") != "":
            self._note_conflict(row, column, self.cells[row][column], "")

    def _note_conflict(self, row: int, column: int, first: object, second: object) -> None:
        said = "; ".join(_as_found(one) for one in (first, second) if one != "")
        self.scan.remarks[row, column] = Remark("C105", said, {"problem": "cell-twice"}, taken=False)

    def number(self, row: int, column: int, style: int, number: float) -> None:
        """Put a number, as its cell's style shows it."""
        if style in self.book.unusual_styles:
            self.put(row, column, self._as_shown(row, column, style, number))
            return
        cells = self.cells.get(row)
        if cells is None:
            self.cells[row] = {column: number}
        elif column in cells:
            self.put(row, column, number)
        else:
            cells[column] = number

    def _as_shown(self, row: int, column: int, style: int, number: float) -> object:
        meaning, font = self.book.unusual_styles[style]
        if font & STRUCK:
            put_struck_number(self.scan, (row, column), number)
        if meaning is None:
            return number
        return number_formats.shown(number, meaning, since_1904=self.book.since_1904)

    def text(self, row: int, column: int, style: int, text: Text) -> None:
        """Put a text, without the parts of it that are no part of what it says."""
        if not text.letters:
            return
        book, value = self.book, text.letters
        if text.runs or style in book.unusual_styles:
            font = book.styles[style][0] if style < len(book.styles) else 0
            parts = [(letters, book.font_flags(number)) for letters, number in text.parts(font)]
            value = put_parts(self.scan, (row, column), parts)
        self.put(row, column, value)

    def shared_text(self, row: int, column: int, style: int, place: int) -> None:
        """Put one of the workbook's texts."""
        if place < len(self.book.texts):
            self.text(row, column, style, self.book.texts[place])
        else:
            self.put_unreadable(row, column, "written-oddly")

    def truth(self, row: int, column: int, value: int) -> None:
        """Put a truth value."""
        self.put(row, column, value != 0)

    def error(self, row: int, column: int, code: int) -> None:
        """Put an error."""
        self.scan.odd[row, column] = ("error", ERRORS.get(code, "#ERROR!"))
        self.put(row, column, "")

    def put_unreadable(self, row: int, column: int, problem: str) -> None:
        """Note a cell that holds something nobody can tell."""
        self.put(row, column, "")
        self.scan.remarks[row, column] = Remark("C105", None, {"problem": problem}, taken=False)

    def note_formula(self, row: int, column: int, tokens: bytes, shared_at: tuple[int, int] | None) -> None:
        """Note the formula of a cell whose value was put; ``shared_at`` is where a shared one is kept."""
        if shared_at is not None:
            self.sharing_cells.append((row, column, shared_at))
            return
        place: Callable[[int], str | None] = self.book.sheet_prefix
        self.scan.formulas[row, column] = formula_tokens.as_text(tokens, self.dialect, (row, column), place)
        if self.book.linked_books and (file := self.book.external_file(tokens, self.dialect)) is not None:
            said = _as_found(self.cells.get(row, {}).get(column, "")) or None
            self.scan.remarks.setdefault((row, column), Remark("C107", said, {"found": file}, taken=True))

    def store_shared_formula(self, record: bytes, head: int, size: str) -> None:
        """Keep a shared formula for the cells that name the one met last."""
        (count,) = struct.unpack_from(size, record, head)
        start = head + struct.calcsize(size)
        self.shared_formulas[self.last_formula] = record[start : start + count]

    def finish(self) -> None:
        """Give each cell of a shared formula its own, and tell how far the cells reach."""
        for row, column, shared_at in self.sharing_cells:
            tokens = self.shared_formulas.get(shared_at)
            if tokens is None:
                self.scan.formulas[row, column] = None
            else:
                self.note_formula(row, column, tokens, None)
        self.scan.reach_cells()


def _as_found(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)

"""What xlsx, xlsb and xls share: the styles, texts and links of a workbook, and the builder of a sheet."""

from __future__ import annotations

import struct
from collections.abc import Sequence
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
    """Return the flags RAISED and STRUCK of a font.

    Parameters
    ----------
    grbit : the flags of a font record; bit 3 is strikethrough.
    escapement : 1 for superscript, 2 for subscript.
    """
    return (STRUCK if grbit & 8 else 0) | (RAISED if escapement in (1, 2) else 0)


@dataclass(slots=True)
class Book:
    """What applies to all sheets of a workbook."""

    since_1904: bool = False
    """True if serial dates count from 1904."""
    recalculates_on_load: bool = False
    """True if the workbook asks for its formulas to be calculated when it is opened."""
    skips_font_four: bool = False
    """True if font indexes skip 4, as in xls."""
    fonts: list[int] = field(default_factory=list)
    """Flags RAISED and STRUCK of each font."""
    formats: dict[int, str] = field(default_factory=dict)
    """Codes of the number formats that the file defines, by id."""
    styles: list[tuple[int, int]] = field(default_factory=list)
    """Font index and number format id of each cell style."""
    unusual_styles: dict[int, tuple[number_formats.Meaning | None, int]] = field(default_factory=dict)
    """Cell styles with a percentage, date or duration format or with font flags: both, by style index."""
    texts: list[Text] = field(default_factory=list)
    """Shared texts."""
    names: list[str] = field(default_factory=list)
    """Names of all sheets."""
    linked_books: list[str | None] = field(default_factory=list)
    """Names of the files that formulas refer to; None for this workbook and for add-ins."""
    defined_names: list[bytes] = field(default_factory=list)
    """Formula tokens of each defined name."""
    sheet_references: list[tuple[int, int, int]] = field(default_factory=list)
    """For each sheet reference of formulas: index in `linked_books`, first and last sheet."""

    def find_unusual_styles(self) -> None:
        """Fill `unusual_styles`, once fonts, formats and styles are complete."""
        for index, (font, number) in enumerate(self.styles):
            meaning = number_formats.meaning_of_number(number, self.formats)
            if meaning is not None or self.font_flags(font):
                self.unusual_styles[index] = (meaning, self.font_flags(font))

    def font_flags(self, number: int) -> int:
        """Return the flags RAISED and STRUCK of a font by its index; 0 if there is no such font."""
        index = number - (self.skips_font_four and number > 4)
        return self.fonts[index] if index < len(self.fonts) else 0

    def sheet_prefix(self, number: int) -> str | None:
        """Return the prefix of a cell (``'Sheet'!``) for the index of a sheet reference.

        None if the reference is to another workbook or to several sheets.
        """
        if number >= len(self.sheet_references):
            return None
        book, first, last = self.sheet_references[number]
        is_inside = book < len(self.linked_books) and self.linked_books[book] is None
        if not is_inside or first != last or not 0 <= first < len(self.names):
            return None
        name = self.names[first].replace("'", "''")
        return f"'{name}'!"

    def external_file(self, tokens: bytes, dialect: formula_tokens.Dialect) -> str | None:
        """Return the name of another file that a formula refers to, directly or by a defined name.

        Parameters
        ----------
        tokens : the formula's tokens.
        dialect : the format they are written in.

        Returns
        -------
        str or None
            None if it refers to this workbook only.
        """
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
    """Collects the cells of one sheet in a scan, while the sheet is read.

    Parameters
    ----------
    book : the workbook.
    scan : receives the cells, formulas and remarks.
    dialect : the format formula tokens are written in.
    """

    def __init__(self, book: Book, scan: SheetScan, dialect: formula_tokens.Dialect) -> None:
        self.book = book
        self.scan = scan
        self.dialect = dialect
        scan.cells = SheetCells()
        self.cells = scan.cells.by_row
        self.sharing_cells: list[tuple[int, int, tuple[int, int]]] = []
        """Row and column of each cell with a shared formula, and the cell that formula belongs to."""
        self.shared_formulas: dict[tuple[int, int], bytes] = {}
        self.last_formula = (0, 0)
        scan.recalculates_on_load = book.recalculates_on_load

    def put(self, row: int, column: int, value: object) -> None:
        """Put a value into a cell. A cell with two different values gets a remark and gives no figure."""
        cells = self.cells.get(row)
        if cells is None:
            self.cells[row] = {column: value}
            return
        if column in cells and cells[column] != value:
            self._note_conflict(row, column, cells[column], value)
        cells[column] = value

    def blank(self, row: int, column: int) -> None:
        """Process a blank cell. A blank after a value in the same cell is a contradiction."""
        if row in self.cells and self.cells[row].get(column, "") != "":
            self._note_conflict(row, column, self.cells[row][column], "")

    def _note_conflict(self, row: int, column: int, first: object, second: object) -> None:
        both = "; ".join(_as_found(value) for value in (first, second) if value != "")
        self.scan.remarks[row, column] = Remark("C105", both, {"problem": "cell-twice"}, taken=False)

    def number(self, row: int, column: int, style: int, number: float) -> None:
        """Put a number, as the cell's style displays it."""
        if style in self.book.unusual_styles:
            self.put(row, column, self._as_shown(row, column, style, number))
        else:
            self.put(row, column, number)

    def numbers(self, row: int, first: int, styles: Sequence[int], numbers: Sequence[float]) -> None:
        """Put numbers into neighbouring cells of a row, the first into column ``first``."""
        cells = self.cells.setdefault(row, {})
        columns = range(first, first + len(numbers))
        if self.book.unusual_styles.keys().isdisjoint(styles) and cells.keys().isdisjoint(columns):
            cells.update(zip(columns, numbers, strict=True))
            return
        for column, style, number in zip(columns, styles, numbers, strict=True):
            self.number(row, column, style, number)

    def _as_shown(self, row: int, column: int, style: int, number: float) -> object:
        meaning, font = self.book.unusual_styles[style]
        if font & STRUCK:
            put_struck_number(self.scan, (row, column), number)
        if meaning is None:
            return number
        return number_formats.displayed(number, meaning, since_1904=self.book.since_1904)

    def text(self, row: int, column: int, style: int, text: Text) -> None:
        """Put a text without its superscript, subscript and struck parts."""
        if not text.letters:
            return
        book, value = self.book, text.letters
        if text.runs or style in book.unusual_styles:
            font = book.styles[style][0] if style < len(book.styles) else 0
            parts = [(letters, book.font_flags(number)) for letters, number in text.parts(font)]
            value = put_parts(self.scan, (row, column), parts)
        self.put(row, column, value)

    def shared_text(self, row: int, column: int, style: int, index: int) -> None:
        """Put one of the workbook's shared texts."""
        if index < len(self.book.texts):
            text = self.book.texts[index]
            if text.runs or not text.letters or style in self.book.unusual_styles:
                self.text(row, column, style, text)
            else:
                self.put(row, column, text.letters)
        else:
            self.put_unreadable(row, column, "written-oddly")

    def truth(self, row: int, column: int, value: int) -> None:
        """Put a truth value."""
        self.put(row, column, value != 0)

    def error(self, row: int, column: int, code: int) -> None:
        """Put an error value by its BIFF code."""
        self.scan.odd[row, column] = ("error", ERRORS.get(code, "#ERROR!"))
        self.put(row, column, "")

    def put_unreadable(self, row: int, column: int, problem: str) -> None:
        """Put a cell whose content cannot be read; ``problem`` is the keyword for the finding C105."""
        self.put(row, column, "")
        self.scan.remarks[row, column] = Remark("C105", None, {"problem": problem}, taken=False)

    def note_formula(self, row: int, column: int, tokens: bytes, shared_at: tuple[int, int] | None) -> None:
        """Record the formula of a cell whose value was put.

        Parameters
        ----------
        row, column : the cell.
        tokens : the formula's tokens.
        shared_at : the cell that a shared formula belongs to; None if the formula is the cell's own.
        """
        if shared_at is not None:
            self.sharing_cells.append((row, column, shared_at))
            return
        text = formula_tokens.as_text(tokens, self.dialect, (row, column), self.book.sheet_prefix)
        self.scan.formulas[row, column] = text
        if self.book.linked_books and (file := self.book.external_file(tokens, self.dialect)) is not None:
            stored = _as_found(self.cells.get(row, {}).get(column, "")) or None
            self.scan.remarks.setdefault((row, column), Remark("C107", stored, {"found": file}, taken=True))

    def store_shared_formula(self, record: bytes, head: int, size: str) -> None:
        """Store a shared formula. It belongs to the cell with the last formula read.

        Parameters
        ----------
        record : content of the record.
        head : where the length of the tokens stands in it.
        size : `struct` format of that length.
        """
        (count,) = struct.unpack_from(size, record, head)
        start = head + struct.calcsize(size)
        self.shared_formulas[self.last_formula] = record[start : start + count]

    def finish(self) -> None:
        """Record the shared formulas for each cell that uses them, and set the scan's rectangle."""
        for row, column, shared_at in self.sharing_cells:
            tokens = self.shared_formulas.get(shared_at)
            if tokens is None:
                self.scan.formulas[row, column] = None
            else:
                self.note_formula(row, column, tokens, None)
        self.scan.reach_cells()


def _as_found(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)

"""Scanning the sheets of an xlsb (BIFF12) record by record; layouts are those of MS-XLSB.

All cell records are read, including the undocumented short ones, which have no column. An unknown record
among the cells gets a remark that the cell was not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.reading.files.cells import formula_tokens
from antq_stats.reading.files.cells.biff_text import Text
from antq_stats.reading.files.cells.book import Book, SheetBuilder, font_flags
from antq_stats.reading.files.cells.percentages import rk_number
from antq_stats.reading.files.cells.relations import Relation, file_named, relations_of, workbook_part
from antq_stats.reading.files.cells.sheet_scan import SheetScan
from antq_stats.reading.files.container import FileProblem, Package

_ROW, _BLANK, _RK, _ERROR, _TRUTH, _REAL, _TEXT, _SHARED_TEXT = range(8)
_RESULT_TEXT, _RESULT_NUMBER, _RESULT_TRUTH, _RESULT_ERROR = range(8, 12)
_SHORT = 11  # the number of a short record is that of the long one plus this
_RICH_TEXT = 62
_SIZES = {_RK: 4, _ERROR: 1, _TRUTH: 1, _REAL: 8, _TEXT: 4, _SHARED_TEXT: 4, _RICH_TEXT: 5, _RESULT_TEXT: 4}
_SIZES |= {_RESULT_NUMBER: 8, _RESULT_TRUTH: 1, _RESULT_ERROR: 1}
"""Minimum length in bytes of a cell's value."""
_FIXED = frozenset((_RK, _ERROR, _TRUTH, _REAL, _SHARED_TEXT))
"""Cell records whose value always has that length."""
_UNKNOWN_CELLS = frozenset((*range(19, 35), 63))
_AMONG_CELLS = frozenset((35, 36, 37, 38, 49, 50, 426, 428, 1024))
"""Records between the cells that are not cells."""
_BOOK_FLAGS, _BUNDLE, _NAME = 153, 156, 39
_SOURCE, _SELF, _SAME, _ADD_IN, _SHEET_REFERENCES, _LINK = 355, 357, 358, 667, 362, 360
_ITEM, _FONT, _FORMAT, _STYLE, _STYLES, _STYLES_END = 19, 43, 44, 47, 617, 618
_COLUMNS, _MERGED, _SHARED_FORMULA, _SHEET_FORMAT = 60, 176, 427, 485
_DATA, _DATA_END, _CALCULATION = 145, 146, 157
_LAST_COLUMN = 16383
_NO_LENGTH = 0xFFFFFFFF


class _Entry(NamedTuple):
    """A sheet as the workbook names it."""

    name: str
    relation: str
    """Id of its relationship; ``""`` if it has no part."""
    hidden: bool


def _records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield type, start of content and length of content of the records.

    Type and length are stored in groups of seven bits, one group a byte.
    """
    at, end = 0, len(part)
    while at < end:
        record_type = part[at]
        at += 1
        if record_type & 0x80:
            record_type = (record_type & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = part[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + length > end:
            raise FileProblem("F102", problem="record-damaged")
        yield record_type, at, length
        at += length


def _wide_string(part: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", part, at)
    if length == _NO_LENGTH:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(part):
        raise FileProblem("F102", problem="record-damaged")
    return part[at + 4 : end].decode("utf-16-le", "replace"), end


def _rich_text(part: bytes, at: int) -> Text:
    """Read a text with a flag that says whether font runs follow it."""
    letters, end = _wide_string(part, at + 1)
    if not part[at] & 1:
        return Text(letters)
    (count,) = struct.unpack_from("<I", part, end)
    if end + 4 + 4 * count > len(part):
        raise FileProblem("F102", problem="record-damaged")
    return Text.with_runs(letters, struct.iter_unpack("<HH", part[end + 4 : end + 4 + 4 * count]))


def scan_xlsb(package: Package) -> list[SheetScan]:
    """Scan all sheets of a workbook, in its order, including chart and macro sheets.

    Raises
    ------
    FileProblem
        F102 if a part is missing or damaged.
    """
    part = workbook_part(package, "xl/workbook.bin")
    relations = relations_of(package, part)
    try:
        book, entries = _workbook(package, part, relations)
        _read_styles(package, relations, book)
        _read_texts(package, relations, book)
        return [_scan_sheet(package, book, entry, relations) for entry in entries]
    except (struct.error, IndexError) as error:
        raise FileProblem("F102", problem="record-damaged") from error


def _scan_sheet(package: Package, book: Book, entry: _Entry, relations: dict[str, Relation]) -> SheetScan:
    scan = SheetScan(entry.name, merged=[], hidden=entry.hidden, is_table=False)
    if entry.relation:
        if entry.relation not in relations:
            raise FileProblem("F102", problem="part-missing", place=entry.name)
        relation = relations[entry.relation]
        scan.is_table = relation.kind == "worksheet"
        if scan.is_table:
            _Sheet(book, scan, package.read(relation.target))
    return scan


# -- the workbook --------------------------------------------------------------------------------


def _workbook(package: Package, name: str, relations: dict[str, Relation]) -> tuple[Book, list[_Entry]]:
    part = package.read(name)
    book, entries = Book(), list[_Entry]()
    for record_type, at, length in _records(part):
        if record_type == _BUNDLE:
            (state,) = struct.unpack_from("<I", part, at)
            relation, after = _wide_string(part, at + 8)
            entries.append(_Entry(_wide_string(part, after)[0], relation, state != 0))
        elif record_type == _BOOK_FLAGS:
            book.since_1904 = bool(part[at] & 1)
        elif record_type == _CALCULATION and length >= 26:
            book.recalculates_on_load = bool(part[at + 24] & 1)
        elif record_type in (_SELF, _SAME, _ADD_IN):
            book.linked_books.append(None)
        elif record_type == _SOURCE:
            link = relations.get(_wide_string(part, at)[0])
            book.linked_books.append(_file_of(package, link.target) if link else "?")
        elif record_type == _NAME:
            _, after = _wide_string(part, at + 9)
            (count,) = struct.unpack_from("<I", part, after)
            book.defined_names.append(part[after + 4 : after + 4 + count])
        elif record_type == _SHEET_REFERENCES:
            (count,) = struct.unpack_from("<I", part, at)
            found = struct.iter_unpack("<Iii", part[at + 4 : at + 4 + 12 * count])
            book.sheet_references = list(found)
    book.names = [entry.name for entry in entries]
    parts = [relations[e.relation].target.lower() for e in entries if e.relation in relations]
    if len(set(parts)) != len(parts):  # a sheet would be counted twice
        raise FileProblem("F102", problem="sheets-unclear")
    return book, entries


def _file_of(package: Package, link: str) -> str:
    """Return the name of the file, or the topic of DDE, that an external link part refers to."""
    if link in package:
        part = package.read(link)
        for record_type, at, _ in _records(part):
            if record_type == _LINK:
                (kind,) = struct.unpack_from("<H", part, at)
                first, after = _wide_string(part, at + 2)
                if kind == 1:  # DDE: the program, then the topic
                    return file_named(_wide_string(part, after)[0])
                target = relations_of(package, link).get(first)
                return file_named(target.target) if target else "?"
    return "?"


def _part_of(package: Package, relations: dict[str, Relation], kind: str) -> bytes:
    """Return the bytes of the workbook's part of a kind; empty if there is none."""
    target = next((relation.target for relation in relations.values() if relation.kind == kind), "")
    return package.read(target) if target in package else b""


def _read_texts(package: Package, relations: dict[str, Relation], book: Book) -> None:
    part = _part_of(package, relations, "sharedStrings")
    book.texts = [_rich_text(part, at) for record_type, at, _ in _records(part) if record_type == _ITEM]


def _read_styles(package: Package, relations: dict[str, Relation], book: Book) -> None:
    part = _part_of(package, relations, "styles")
    in_cell_styles = False
    for record_type, at, _ in _records(part):
        if record_type == _FONT:
            flags, _, escapement = struct.unpack_from("<3H", part, at + 2)
            book.fonts.append(font_flags(flags, escapement))
        elif record_type == _FORMAT:
            (number,) = struct.unpack_from("<H", part, at)
            book.formats[number] = _wide_string(part, at + 2)[0]
        elif record_type in (_STYLES, _STYLES_END):
            in_cell_styles = record_type == _STYLES
        elif record_type == _STYLE and in_cell_styles:
            number, font = struct.unpack_from("<HH", part, at + 2)
            book.styles.append((font, number))
    book.find_unusual_styles()


# -- a sheet -------------------------------------------------------------------------------------


class _Sheet(SheetBuilder):
    """Reads the part of one sheet into a scan.

    Parameters
    ----------
    book : the workbook.
    scan : receives the cells.
    part : the bytes of the sheet's part.
    """

    def __init__(self, book: Book, scan: SheetScan, part: bytes) -> None:
        super().__init__(book, scan, formula_tokens.XLSB)
        self.part = part
        self.data_is_closed = True
        self.row, self.column = 0, -1
        self.rows_seen: set[int] = set()
        self.hides_rows_by_default = False
        for record_type, at, length in _records(part):
            if record_type == _ROW:
                self._row(at)
            elif record_type <= _RESULT_ERROR or record_type == _RICH_TEXT:
                column, style = struct.unpack_from("<II", part, at)
                self._cell(record_type, column, style & 0xFFFFFF, part[at + 8 : at + length])
            elif record_type <= _SHARED_TEXT + _SHORT:
                (style,) = struct.unpack_from("<I", part, at)
                self._cell(
                    record_type - _SHORT, self.column + 1, style & 0xFFFFFF, part[at + 4 : at + length]
                )
            else:
                self._other(record_type, at, length)
        if not self.data_is_closed:
            raise FileProblem("F102", problem="record-damaged")
        self.finish()
        if self.hides_rows_by_default:
            scan.hidden_rows.update(self.cells.keys() - self.rows_seen)

    def _row(self, at: int) -> None:
        self.row, _, height = struct.unpack_from("<IIH", self.part, at)
        self.column = -1
        self.rows_seen.add(self.row)
        if self.part[at + 11] & 0x10 or not height:
            self.scan.hidden_rows.add(self.row)

    def _cell(self, record_type: int, column: int, style: int, content: bytes) -> None:
        """Put one cell; ``content`` is its value and, for a formula, the formula."""
        self.column = column
        if column > _LAST_COLUMN:
            raise FileProblem("F102", problem="record-damaged")
        if record_type == _BLANK:
            self.blank(self.row, column)
            return
        size = _SIZES[record_type]
        if len(content) < size:
            self.put_unreadable(self.row, column, "written-oddly")
            return
        if len(content) > size and record_type in _FIXED:  # it may hide other cells
            raise FileProblem("F102", problem="record-damaged")
        if record_type in (_TEXT, _RESULT_TEXT):
            letters, size = _wide_string(content, 0)
            self.text(self.row, column, style, Text(letters))
        elif record_type == _RICH_TEXT:
            self.text(self.row, column, style, _rich_text(content, 0))
        else:
            self._value(record_type, column, style, content)
        if _RESULT_TEXT <= record_type <= _RESULT_ERROR:
            self._formula(column, content[size:])

    def _value(self, record_type: int, column: int, style: int, content: bytes) -> None:
        row = self.row
        if record_type == _RK:
            self.number(row, column, style, rk_number(*struct.unpack_from("<I", content)))
        elif record_type in (_REAL, _RESULT_NUMBER):
            self.number(row, column, style, *struct.unpack_from("<d", content))
        elif record_type == _SHARED_TEXT:
            self.shared_text(row, column, style, *struct.unpack_from("<I", content))
        elif record_type in (_TRUTH, _RESULT_TRUTH):
            self.truth(row, column, content[0])
        else:
            self.error(row, column, content[0])

    def _formula(self, column: int, content: bytes) -> None:
        """Record a formula; ``content`` is flags, the length of the tokens, the tokens and extra data."""
        self.last_formula = (self.row, column)
        if len(content) < 6:
            self.scan.formulas[self.row, column] = None
            return
        (count,) = struct.unpack_from("<I", content, 2)
        tokens = content[6 : 6 + count]
        shared_at = None
        if formula_tokens.is_shared(tokens) and len(content) >= 14 + count:
            (of_row,), (of_column,) = (
                struct.unpack_from("<I", tokens, 1),
                struct.unpack_from("<I", content, 10 + count),
            )
            shared_at = (of_row, of_column)
        self.note_formula(self.row, column, tokens, shared_at)

    def _other(self, record_type: int, at: int, length: int) -> None:
        part = self.part
        if record_type in (_DATA, _DATA_END):
            self.data_is_closed = record_type == _DATA_END
        elif record_type == _COLUMNS:
            first, last, width = struct.unpack_from("<3I", part, at)
            if part[at + 16] & 1 or not width:
                self.scan.hidden_columns.update(range(first, min(last, _LAST_COLUMN) + 1))
        elif record_type == _MERGED and self.scan.merged is not None:
            top, bottom, left, right = struct.unpack_from("<4I", part, at)
            self.scan.merged.append((top, left, bottom, right))
        elif record_type == _SHARED_FORMULA:
            self.store_shared_formula(part[at : at + length], 16, "<I")  # follows the first cell that uses it
        elif record_type == _SHEET_FORMAT and length >= 10:
            self.hides_rows_by_default = bool(part[at + 8] & 2)
        elif length >= 8 and record_type not in _AMONG_CELLS and not self.data_is_closed:
            (column,) = struct.unpack_from("<I", part, at)
            # An unknown record that begins with the next column is a cell, whatever its type.
            if column <= _LAST_COLUMN and (record_type in _UNKNOWN_CELLS or column == self.column + 1):
                self.put_unreadable(self.row, column, "record-unknown")

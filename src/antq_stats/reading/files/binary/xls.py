"""Scanning the sheets of an xls (BIFF5 and BIFF8) record by record; layouts are those of MS-XLS.

All cell records are read, including those of older versions and those that only other programs write.
An unknown record that looks like a cell gets a remark that the cell was not read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from antq_stats.reading.files.binary.xls_book import Globals, SheetEntry, globals_of, pieces, records
from antq_stats.reading.files.cells import formula_tokens
from antq_stats.reading.files.cells.biff_text import Text, byte_text
from antq_stats.reading.files.cells.book import SheetBuilder
from antq_stats.reading.files.cells.formula_tokens import may_give_empty_text
from antq_stats.reading.files.cells.percentages import rk_number
from antq_stats.reading.files.cells.sheet_scan import SheetScan
from antq_stats.reading.files.container import FileProblem

_BOF, _EOF, _WORKSHEET = 0x0809, 0x000A, 0x0010
_SHARED_FORMULA, _ARRAY, _TABLE, _PENDING = 0x04BC, 0x0221, 0x0236, 0x005E
_BLANKS, _CONTINUED, _END_OF_ROWS, _TEXT = 0x00BE, 0x003C, 0x00D7, 0x0207
_LAST_COLUMN = 255
_CELL_NUMBER, _CELL_RK, _HEAD = struct.Struct("<3Hd"), struct.Struct("<3HI"), struct.Struct("<HH")
_EMPTY_ROW = 6
"""Length of a record of RK numbers that has none."""
_RESULTS = frozenset((_TEXT, 0x0007))
_BEFORE_RESULT = frozenset((_SHARED_FORMULA, _ARRAY, _TABLE))
_AMONG_CELLS = frozenset((_ARRAY, _TABLE, _TEXT, 0x0007, _CONTINUED, _END_OF_ROWS, 0x01C2))
"""Records between the cells that are not cells."""
_LOOKS_LIKE_CELL = frozenset((2, 3, 4, 5, 6, 0x7E))
"""Low bytes of the numbers of cell records; the high byte depends on the version of BIFF."""
_TEXT_RESULT, _TRUTH_RESULT, _ERROR_RESULT = 0, 1, 2
_NO_STYLE = 0xFFFF


def scan_xls(stream: bytes) -> list[SheetScan]:
    """Scan all sheets of a workbook stream, in workbook order, including chart and macro sheets.

    Raises
    ------
    FileProblem
        F102 if the stream is not a workbook or is damaged; F103 if it is encrypted with a password.
    """
    try:
        book = globals_of(stream)
        starts = {entry.start for entry in book.sheets}
        if len(starts) != len(book.sheets):  # a sheet would be counted twice
            raise FileProblem("F102", problem="sheets-unclear")
        return [_Sheet(book, entry).scan for entry in book.sheets]
    except (struct.error, IndexError) as error:
        raise FileProblem("F102", problem="record-damaged") from error


class _Waiting(NamedTuple):
    """A formula whose text result follows in a record of its own."""

    row: int
    column: int
    style: int
    may_be_empty: bool


class _Sheet(SheetBuilder):
    """Reads the records of one sheet into a scan.

    Parameters
    ----------
    book : the workbook.
    entry : the sheet.
    """

    book: Globals

    def __init__(self, book: Globals, entry: SheetEntry) -> None:
        scan = SheetScan(entry.name, merged=[], hidden=entry.hidden)
        super().__init__(book, scan, formula_tokens.XLS if book.wide else formula_tokens.BIFF5)
        self.stream = book.stream
        self.waiting: _Waiting | None = None
        self.rows_seen: set[int] = set()
        self.hides_rows_by_default = False
        self.suspect: tuple[int, int] | None = None
        self._read(entry.start)

    def _read(self, start: int) -> None:
        if self.stream[start : start + 2] != b"\x09\x08":
            raise FileProblem("F102", problem="record-damaged")
        is_table = struct.unpack_from("<H", self.stream, start + 6)[0] == _WORKSHEET
        self.scan.is_table = is_table
        depth = 0
        reader_of, length_of = _READERS.get, _FIXED_LENGTH.get
        for record_type, at, length in records(self.stream, start):
            if (
                length_of(record_type) == length
                and depth == 1
                and is_table
                and self.suspect is None
                and self.waiting is None
            ):
                _READERS[record_type](self, at, length)
            elif record_type == _BOF:
                depth += 1
            elif record_type == _EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth == 1 and is_table:  # else a chart sheet, or a chart inside the sheet
                if self.suspect is not None:
                    self._resolve_suspect(record_type)
                if self.waiting is not None and record_type not in _BEFORE_RESULT:
                    self._result(record_type, at, length)
                if (read := reader_of(record_type)) is not None:
                    if length < _SHORTEST.get(record_type, 0):
                        self.unknown(at, length, "written-oddly")
                    elif record_type in _FIXED and length > _SHORTEST[record_type]:  # it may hide other cells
                        raise FileProblem("F102", problem="record-damaged")
                    else:
                        read(self, at, length)
                elif record_type & 0xFF in _LOOKS_LIKE_CELL and record_type >> 8 in (0, 2, 4, 6):
                    self.unknown(at, length)
                elif length >= 6 and record_type not in _AMONG_CELLS:
                    self._note_suspect(at)
        if self.waiting is not None:
            self._result(_EOF, 0, 0)
        self.finish()
        if self.hides_rows_by_default:
            self.scan.hidden_rows.update(self.cells.keys() - self.rows_seen)

    def _note_suspect(self, at: int) -> None:
        """Remember an unknown record that begins with the position after the last cell."""
        row, column = struct.unpack_from("<HH", self.stream, at)
        cells = self.cells.get(row)
        if cells and column not in cells and column == next(reversed(cells)) + 1 <= _LAST_COLUMN:
            self.suspect = (row, column)

    def _resolve_suspect(self, record_type: int) -> None:
        """Treat the remembered record as a cell if more cells or the end of rows follow."""
        if self.suspect is not None and (record_type in _READERS or record_type == _END_OF_ROWS):
            self.put_unreadable(*self.suspect, "record-unknown")
        self.suspect = None

    def unknown(self, at: int, length: int, problem: str = "record-unknown") -> None:
        """Put a cell that was not read: its record is unknown or too short.

        Parameters
        ----------
        at, length : start and length of the record's content.
        problem : keyword for the finding C105.
        """
        if length < 4:
            raise FileProblem("F102", problem="record-damaged")
        row, column = struct.unpack_from("<HH", self.stream, at)
        if column <= _LAST_COLUMN:
            self.put_unreadable(row, column, problem)

    def formula(self, at: int, length: int, head: int) -> None:
        """Read a formula cell.

        Parameters
        ----------
        at, length : start and length of the record's content.
        head : number of bytes before the formula's tokens.
        """
        row, column, style = struct.unpack_from("<3H", self.stream, at)
        self.last_formula = (row, column)
        (count,) = struct.unpack_from("<H", self.stream, at + head - 2)
        tokens = self.stream[at + head : min(at + head + count, at + length)]
        result = self.stream[at + 6 : at + 14]
        if result[6:] != b"\xff\xff":
            self.number(row, column, style, struct.unpack("<d", result)[0])
        elif result[0] == _TEXT_RESULT:
            self.waiting = _Waiting(row, column, style, may_give_empty_text(tokens, self.dialect))
        elif result[0] in (_TRUTH_RESULT, _ERROR_RESULT):
            (self.error if result[0] == _ERROR_RESULT else self.truth)(row, column, result[2])
        else:
            self._empty(row, column, may_be_empty=may_give_empty_text(tokens, self.dialect))
        self._note_tokens(row, column, tokens)

    def _empty(self, row: int, column: int, *, may_be_empty: bool) -> None:
        """Put an empty result; the cell is odd unless the formula may give empty text."""
        if not may_be_empty:
            self.scan.odd[row, column] = ("formula", "")
        self.put(row, column, "")

    def _result(self, record_type: int, at: int, length: int) -> None:
        """Put the result of the formula waiting for its text; ``record_type`` is that of the next record."""
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            return
        text = self._result_text(at, length) if record_type in _RESULTS else Text("")
        if text.letters:
            self.text(*waiting[:3], text)
        else:
            self._empty(waiting.row, waiting.column, may_be_empty=waiting.may_be_empty)

    def _result_text(self, at: int, length: int) -> Text:
        if self.book.wide:
            return pieces(self.stream, at, length).text()
        (count,) = struct.unpack_from("<H", self.stream, at)
        return byte_text(self.stream[at + 2 : at + 2 + min(count, length - 2)], b"", self.book.encoding)

    def _note_tokens(self, row: int, column: int, tokens: bytes) -> None:
        shared = formula_tokens.is_shared(tokens) and len(tokens) >= 5
        shared_at = struct.unpack_from("<HH", tokens, 1) if shared else None
        self.note_formula(row, column, tokens, shared_at)


# -- the records ---------------------------------------------------------------------------------


def _number(sheet: _Sheet, at: int, _length: int) -> None:
    sheet.number(*_CELL_NUMBER.unpack_from(sheet.stream, at))


def _rk(sheet: _Sheet, at: int, _length: int) -> None:
    row, column, style, raw = _CELL_RK.unpack_from(sheet.stream, at)
    sheet.number(row, column, style, rk_number(raw))


@lru_cache(maxsize=256)
def _rk_cells(count: int) -> struct.Struct:
    """Return the layout of styles and values of so many neighbouring cells."""
    return struct.Struct("<" + count * "HI")


def _rk_row(sheet: _Sheet, at: int, length: int) -> None:
    row, first = _HEAD.unpack_from(sheet.stream, at)
    last = sheet.stream[at + length - 2] | sheet.stream[at + length - 1] << 8
    if length % 6 or last - first + 1 != (length - 6) // 6:
        raise FileProblem("F102", problem="record-damaged")
    if length == _EMPTY_ROW:
        return
    found = _rk_cells((length - 6) // 6).unpack_from(sheet.stream, at + 4)
    sheet.numbers(row, first, found[::2], list(map(rk_number, found[1::2])))


def _shared_text(sheet: _Sheet, at: int, _length: int) -> None:
    sheet.shared_text(*_CELL_RK.unpack_from(sheet.stream, at))


def _label(sheet: _Sheet, at: int, length: int, *, with_runs: bool = False) -> None:
    row, column, style = struct.unpack_from("<3H", sheet.stream, at)
    if sheet.book.wide:
        content = pieces(sheet.stream, at + 6, length - 6)
        text = content.text()
        if with_runs:
            text = Text.with_runs(text.letters, content.runs(content.number("<H")))
    else:
        (count,) = struct.unpack_from("<H", sheet.stream, at + 6)
        end = at + 8 + count
        runs = sheet.stream[end + 1 : at + length] if with_runs else b""
        text = byte_text(sheet.stream[at + 8 : min(end, at + length)], runs, sheet.book.encoding)
    sheet.text(row, column, style, text)


def _label_with_runs(sheet: _Sheet, at: int, length: int) -> None:
    _label(sheet, at, length, with_runs=True)


def _truth(sheet: _Sheet, at: int, _length: int) -> None:
    row, column, _, value, is_error = struct.unpack_from("<HHHBB", sheet.stream, at)
    (sheet.error if is_error else sheet.truth)(row, column, value)


def _formula(sheet: _Sheet, at: int, _length: int) -> None:
    sheet.formula(at, _length, 22)


def _old_formula(sheet: _Sheet, at: int, length: int) -> None:
    """Read a formula of BIFF3 or BIFF4, or one in the layout of BIFF8 under their record numbers."""
    is_biff8 = length >= 22 and length == 22 + struct.unpack_from("<H", sheet.stream, at + 20)[0]
    sheet.formula(at, length, 22 if is_biff8 else 18)


def _biff2_cell(sheet: _Sheet, at: int, length: int) -> None:
    """Read a cell of BIFF2, which has three bytes of attributes in place of a style index."""
    (record_type,) = struct.unpack_from("<H", sheet.stream, at - 4)
    row, column = struct.unpack_from("<HH", sheet.stream, at)
    content = sheet.stream[at + 7 : at + length]
    if record_type == 2 and length == 9:
        sheet.number(row, column, _NO_STYLE, float(struct.unpack("<H", content)[0]))
    elif record_type == 3 and length == 15:
        sheet.number(row, column, _NO_STYLE, struct.unpack("<d", content)[0])
    elif record_type == 4 and length >= 8 and content[0] == length - 8:
        sheet.text(row, column, _NO_STYLE, byte_text(content[1:], b"", sheet.book.encoding))
    elif record_type == 5 and length == 9:
        (sheet.error if content[1] else sheet.truth)(row, column, content[0])
    elif record_type in (3, 5) and length == (
        14 if record_type == 3 else 8
    ):  # as BIFF8 writes it, under the old number
        _READERS[record_type | 0x0200](sheet, at, length)
    else:
        sheet.unknown(at, length)


def _blank(sheet: _Sheet, at: int, length: int) -> None:
    row, column = struct.unpack_from("<HH", sheet.stream, at)
    (record_type,) = struct.unpack_from("<H", sheet.stream, at - 4)
    for blank_column in range(column, column + (1 if record_type != _BLANKS else (length - 6) // 2)):
        sheet.blank(row, blank_column)


def _shared_formula(sheet: _Sheet, at: int, length: int) -> None:
    sheet.store_shared_formula(sheet.stream[at : at + length], 8, "<H")  # follows the first cell that uses it


def _pending(sheet: _Sheet, _at: int, _length: int) -> None:
    sheet.scan.recalculates_on_load = True


def _row(sheet: _Sheet, at: int, _length: int) -> None:
    row, _, _, height, *_, flags = struct.unpack_from("<7H", sheet.stream, at)
    sheet.rows_seen.add(row)
    if flags & 0x20 or not height:
        sheet.scan.hidden_rows.add(row)


def _rows_by_default(sheet: _Sheet, at: int, _length: int) -> None:
    sheet.hides_rows_by_default = bool(sheet.stream[at] & 2)


def _columns(sheet: _Sheet, at: int, _length: int) -> None:
    first, last, width, _, flags = struct.unpack_from("<5H", sheet.stream, at)
    if flags & 1 or not width:
        sheet.scan.hidden_columns.update(range(first, min(last, 255) + 1))


def _merged(sheet: _Sheet, at: int, length: int) -> None:
    (count,) = struct.unpack_from("<H", sheet.stream, at)
    for index in range(min(count, (length - 2) // 8)):
        top, bottom, left, right = struct.unpack_from("<4H", sheet.stream, at + 2 + 8 * index)
        if sheet.scan.merged is not None:
            sheet.scan.merged.append((top, left, bottom, right))


_READERS: dict[int, Callable[[_Sheet, int, int], None]] = {
    0x0203: _number, 0x027E: _rk, 0x007E: _rk, 0x00BD: _rk_row, 0x00FD: _shared_text,
    0x0204: _label, 0x00D6: _label_with_runs, 0x0205: _truth,
    0x0006: _formula, 0x0206: _old_formula, 0x0406: _old_formula,
    0x0002: _biff2_cell, 0x0003: _biff2_cell, 0x0004: _biff2_cell, 0x0005: _biff2_cell,
    0x0201: _blank, 0x0001: _blank, _BLANKS: _blank, _SHARED_FORMULA: _shared_formula,
    _PENDING: _pending, 0x0208: _row, 0x0225: _rows_by_default, 0x007D: _columns, 0x00E5: _merged,
}  # fmt: skip

_SHORTEST = {0x0203: 14, 0x027E: 10, 0x007E: 10, 0x00FD: 10, 0x0204: 8, 0x00D6: 8, 0x0205: 8, 0x0006: 20}
"""Minimum length of cell records."""
_FIXED_LENGTH = {record: _SHORTEST[record] for record in (0x0203, 0x027E, 0x007E, 0x00FD)}
"""The records of most cells. They are read at once, unless the record before is still in doubt."""
_FIXED = frozenset((0x0203, 0x027E, 0x007E, 0x00FD, 0x0205))
"""Cell records that always have that length."""

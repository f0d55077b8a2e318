"""A second look at binary workbooks: xls (BIFF5 to BIFF8) and xlsb (BIFF12), record by record.

Layouts are those of MS-XLS and MS-XLSB. Only what must be settled is read: how far the cells
reach, which are errors or formulas without a value, what is hidden, what is merged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from antq_stats.reading import percentages
from antq_stats.reading.container import FileProblem, Package
from antq_stats.reading.formula_tokens import may_give_empty_text
from antq_stats.reading.settle import Look, local, parse, part_of

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}

# BIFF8 records: cells of one value, formulas, and the rest by name.
_VALUES = frozenset((0x0203, 0x0003, 0x027E, 0x007E, 0x0204, 0x0004, 0x00FD, 0x00D6))
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
_BOF, _EOF, _SHEET, _FILEPASS, _XF, _FORMAT = 0x0809, 0x000A, 0x0085, 0x002F, 0x00E0, 0x041E
_NUMBER, _RK, _FORMULA, _DIMENSIONS = 0x0203, 0x027E, 0x0006, 0x0200
_MOST_ROWS = 1 << 16
_MULRK, _BOOLERR, _ROW, _COLINFO = 0x00BD, 0x0205, 0x0208, 0x007D
_WORKSHEET = 0x0010


def _biff(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and length of the records from a position on."""
    end = len(stream) - 3
    while at < end:
        sort, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + length > len(stream):
            return
        yield sort, at, length
        at += length


def look_at_xls(stream: bytes) -> list[Look]:
    """Look at the sheets of a workbook stream, in workbook order, charts and macros among them.

    Raises
    ------
    FileProblem
        F102 where the stream is no workbook; F103 where it is encrypted.
    """
    starts: list[tuple[int, str]] = []
    wide = stream[4:6] == b"\x00\x06"  # BIFF8
    formats = {9: 100, 10: 100}
    styles: list[int] = []
    try:
        for sort, at, length in _biff(stream, 0):
            if sort == _FILEPASS:
                raise FileProblem("F103")
            if sort == _SHEET:
                (start,) = struct.unpack_from("<I", stream, at)
                starts.append((start, _sheet_name(stream[at + 6 : at + length], wide=wide)))
            elif sort == _FORMAT and (
                factor := percentages.factor_of(stream[at + 2 : at + length].replace(b"\x00", b""))
            ):
                formats[struct.unpack_from("<H", stream, at)[0]] = factor
            elif sort == _XF:
                styles.append(struct.unpack_from("<H", stream, at + 2)[0])
            elif sort == _EOF:
                break
        per_cent = {xf: formats[style] for xf, style in enumerate(styles) if style in formats}
        return [_look_at_sheet(stream, start, name, per_cent, wide=wide) for start, name in starts]
    except (struct.error, IndexError) as error:
        raise FileProblem("F102", problem="record-damaged") from error


def _sheet_name(raw: bytes, *, wide: bool) -> str:
    """Read a name: its length, in BIFF8 a sign whether letters have two bytes, the letters."""
    if wide and raw[1:2] == b"\x01":
        return raw[2 : 2 + 2 * raw[0]].decode("utf-16-le", "replace")
    return raw[2 if wide else 1 :].decode("latin-1")


def _look_at_sheet(stream: bytes, start: int, name: str, per_cent: dict[int, int], *, wide: bool) -> Look:
    look = Look(name)
    depth = 0
    for sort, at, length in _biff(stream, start):
        if sort == _BOF:
            depth += 1
        elif sort == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth != 1:  # a chart that stands in the sheet
            continue
        if sort == _DIMENSIONS and length >= 10:
            first, last = struct.unpack_from("<II" if wide else "<HH", stream, at)
            if first > last or last > _MOST_ROWS:  # the fast reader would ask for all the memory there is
                raise FileProblem("F102", problem="record-damaged")
        elif per_cent and sort in (_NUMBER, _RK, _MULRK, _FORMULA):
            _note_percentages(stream, sort, at, length, look, per_cent)
        if sort in _VALUES:
            look.reach(*struct.unpack_from("<HH", stream, at))
        elif sort == _MULRK:
            row, _first = struct.unpack_from("<HH", stream, at)
            look.reach(row, struct.unpack_from("<H", stream, at + length - 2)[0])
        elif sort == _BOOLERR:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", stream, at)
            look.reach(row, column)
            if is_error:
                look.odd[row, column] = ("error", _ERRORS.get(value, "#ERROR!"))
        elif sort in _FORMULAS:
            _formula(stream[at : at + length], look)
        elif sort == _ROW:
            row, *_, flags = struct.unpack_from("<7H", stream, at)
            if flags & 0x20:
                look.hidden_rows.add(row)
        elif sort == _COLINFO:
            first, last, _, _, flags = struct.unpack_from("<5H", stream, at)
            if flags & 1:
                look.hidden_columns.update(range(first, min(last, 255) + 1))
    return look


def _note_percentages(
    stream: bytes, sort: int, at: int, length: int, look: Look, per_cent: dict[int, int]
) -> None:
    """Note the cells of a record that hold a whole number and show a percentage."""
    row, column, style = struct.unpack_from("<3H", stream, at)
    if sort == _MULRK:
        cells = [struct.unpack_from("<HI", stream, at + 4 + 6 * n) for n in range((length - 6) // 6)]
        values = [(xf, percentages.rk_number(raw)) for xf, raw in cells]
    elif sort == _RK:
        values = [(style, percentages.rk_number(struct.unpack_from("<I", stream, at + 6)[0]))]
    elif sort == _FORMULA and stream[at + 12 : at + 14] == b"\xff\xff":
        return  # text, a truth value, an error
    else:
        values = [(style, struct.unpack_from("<d", stream, at + 6)[0])]
    for step, (xf, number) in enumerate(values):
        if xf in per_cent and (text := percentages.shown(number, per_cent[xf])):
            look.shown[row, column + step] = text


def _formula(record: bytes, look: Look) -> None:
    """Read the stored result of a formula: number, text, truth value, error, or none."""
    row, column = struct.unpack_from("<HH", record)
    look.reach(row, column)
    if record[12:14] != b"\xff\xff":
        return  # a number
    sort = record[6]
    if sort == 2:
        look.odd[row, column] = ("error", _ERRORS.get(record[8], "#ERROR!"))
    elif sort == 3 and not may_give_empty_text(record[22 : 22 + struct.unpack_from("<H", record, 20)[0]]):
        # "Blank" is what a formula gives that yields empty text; one without any empty text in it
        # was written by a program that does not calculate.
        look.odd[row, column] = ("formula", "")


# -- xlsb ----------------------------------------------------------------------------------------

_B_ROW, _B_ERROR, _B_RICH_TEXT, _B_FORMULA_ERROR = 0, 3, 62, 11
_B_COLUMN, _B_MERGE, _B_BUNDLE = 60, 176, 156
_B_CELLS = frozenset((2, 3, 4, 5, 6, 7, 8, 9, 10, 11, _B_RICH_TEXT))


def _biff12(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and length of the records; both numbers are written seven bits a byte."""
    at, end = 0, len(part)
    while at < end:
        sort = part[at]
        at += 1
        if sort & 0x80:
            sort = (sort & 0x7F) | (part[at] & 0x7F) << 7
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
        yield sort, at, length
        at += length


def _wide_string(part: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", part, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    return part[at + 4 : end].decode("utf-16-le", "replace"), end


def xlsb_parts(package: Package) -> list[tuple[str, str]]:
    """Return name and part of each sheet in workbook order; the part is "" where it is not known."""
    targets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    relations = "xl/_rels/workbook.bin.rels"
    if relations in package:
        parse(package.read(relations), relations, relation)
    part = package.read("xl/workbook.bin")
    sheets: list[tuple[str, str]] = []
    try:
        for sort, at, _length in _biff12(part):
            if sort == _B_BUNDLE:
                relation_id, after = _wide_string(part, at + 8)
                sheets.append((_wide_string(part, after)[0], part_of(targets.get(relation_id, ""))))
    except (struct.error, IndexError) as error:
        raise FileProblem("F102", problem="record-damaged") from error
    return sheets


def look_at_xlsb(part: bytes) -> Look:
    """Look at the part of one worksheet."""
    look = Look(merged=[])
    merged = look.merged if look.merged is not None else []
    row = 0
    try:
        for sort, at, _length in _biff12(part):
            if sort == _B_ROW:
                (row,) = struct.unpack_from("<I", part, at)
                if part[at + 11] & 0x10:
                    look.hidden_rows.add(row)
            elif sort in _B_CELLS:
                (column,) = struct.unpack_from("<I", part, at)
                look.reach(row, column)
                if sort in (_B_ERROR, _B_FORMULA_ERROR):
                    look.odd[row, column] = ("error", _ERRORS.get(part[at + 8], "#ERROR!"))
            elif sort == _B_COLUMN:
                first, last = struct.unpack_from("<II", part, at)
                if part[at + 16] & 1:
                    look.hidden_columns.update(range(first, min(last, 16383) + 1))
            elif sort == _B_MERGE:
                top, bottom, left, right = struct.unpack_from("<4I", part, at)
                merged.append((top, left, bottom, right))
    except (struct.error, IndexError) as error:
        raise FileProblem("F102", problem="record-damaged") from error
    return look

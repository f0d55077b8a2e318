"""The sheets of an xlsb."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from antq_stats.reading.container import FileProblem, Package
from antq_stats.reading.settle import Look, local, parse, part_of

_ERRORS = {0x17: "#REF!", 0x2A: "#N/A"}

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

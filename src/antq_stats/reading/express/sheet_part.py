"""Rows and cells of a worksheet's part, if it is written as office programs write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"((?: [A-Za-z0-9:]+="[^"<>&]*")*)(?:/>|>(.*?)</row>)')
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]{1,5}")?)((?: t="(?:[sn]|str)")?)'
    rb"(?:/>|>(<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?<v>([^<]{0,4000})</v></c>)"
)
_VALUE = re.compile(rb"[^&]{0,40}")
_RESULT = b' t="str"'
"""The kind of a cell whose formula has a text as its result."""


class Unfit(Exception):  # noqa: N818
    """No pattern can be built of this sheet."""


class Cell(NamedTuple):
    """A cell of the part."""

    row: int
    """From 0."""
    column: int
    style: bytes
    kind: bytes
    formula: bytes
    value: bytes
    """Empty if the cell is blank."""

    @property
    def is_text(self) -> bool:
        """True if it holds the index of a shared string."""
        return self.kind == b' t="s"'

    @property
    def is_message(self) -> bool:
        """True if it holds a formula with a text as its result, which may be empty."""
        return self.kind == _RESULT and bool(self.formula)


class Row(NamedTuple):
    """A row of the part."""

    number: int
    """From 1, as in the file."""
    attributes: bytes
    cells: list[Cell]
    written: bytes


def text_at(cells: Sequence[Sequence[object]], row: int, column: int) -> str:
    """Return the text that the general reader found where the part has one.

    Parameters
    ----------
    cells : the cells of the sheet by row.
    row, column : the place, from 0.

    Raises
    ------
    Unfit
        There is no text: the reader takes the part otherwise.
    """
    found = cells[row][column] if row < len(cells) and column < len(cells[row]) else None
    if not isinstance(found, str):
        raise Unfit
    return found


def rows_of(part: bytes) -> tuple[bytes, list[Row], bytes]:
    """Cut a sheet's part into the bytes before its rows, the rows, and the bytes after them.

    Raises
    ------
    Unfit
        Anything is written in another way than office programs write it.
    """
    before, opened, rest = part.partition(b"<sheetData>")
    body, closed, after = rest.partition(b"</sheetData>")
    if not opened or not closed or b"<sheetData" in after or b"<!" in before or b"<!" in after:
        raise Unfit
    rows: list[Row] = []
    at = 0
    while at < len(body):
        found = _ROW.match(body, at)
        if found is None or (rows and int(found[1]) <= rows[-1].number):
            raise Unfit
        number = int(found[1])
        rows.append(Row(number, found[2], list(_cells(found[3] or b"", number)), found[0]))
        at = found.end()
    return before + opened, rows, closed + after


def _cells(written: bytes, number: int) -> Iterable[Cell]:
    at, column = 0, -1
    while at < len(written):
        found = _CELL.match(written, at)
        if found is None or int(found[2]) != number:
            raise Unfit
        place = 0
        for letter in found[1]:
            place = place * 26 + letter - 64
        if place - 1 <= column:
            raise Unfit
        column = place - 1
        cell = Cell(number - 1, column, found[3], found[4], found[5] or b"", found[6] or b"")
        is_plain = cell.kind != _RESULT and found[6] != b"" and _VALUE.fullmatch(cell.value)
        if not is_plain and not cell.is_message:
            raise Unfit
        yield cell
        at = found.end()

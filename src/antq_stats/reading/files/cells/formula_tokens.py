"""The tokens of formulas in xls (BIFF5, BIFF8) and xlsb (BIFF12): what they name, and the same as text.

Layouts are those of MS-XLS 2.5.198 and MS-XLSB 2.5.97. Only formulas of numbers, cells, ranges,
+ - * / and SUM become text; all others are of other kinds.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antq_stats.words.text import column_letter

_SHARED, _TEXT, _ATTRIBUTE, _PAREN, _INTEGER, _NUMBER = 0x01, 0x17, 0x19, 0x15, 0x1E, 0x1F
_FUNCTION, _CALL = 0x21, 0x22
_NAME, _CELL, _AREA, _CELL_NEAR, _AREA_NEAR = 0x23, 0x24, 0x25, 0x2C, 0x2D
_OTHER_NAME, _OTHER_CELL, _OTHER_AREA = 0x39, 0x3A, 0x3B
_ELSEWHERE = frozenset((_OTHER_NAME, _OTHER_CELL, _OTHER_AREA, 0x3C, 0x3D))
_SUM, _SUM_SIGN, _JUMPS = 4, 0x10, 0x04
_SPACES = frozenset((0x00, 0x01, 0x40, 0x41))
_TWO_SIDED = {0x03: ("+", 1), 0x04: ("-", 1), 0x05: ("*", 2), 0x06: ("/", 2)}
_SIGNS = {0x12: "+", 0x13: "-"}
_ATOM = 3
_LONGEST = 4096

Place = Callable[[int], str | None]
"""Of a reference to a sheet: what stands before the cell (``'Sheet'!``); None where it is not in the book."""


class Dialect(NamedTuple):
    """How one format writes tokens: length of each with its operands, and of what."""

    sizes: dict[int, int]
    """Tokens of three classes share the lowest number."""
    row: str
    """Layout of a row's number in `struct`; likewise of a column's."""
    column: str
    rows: int
    columns: int
    letters: Callable[[bytes, int], tuple[int, int]]
    """Where a text's letters begin, and how many bytes they are."""
    sheet: int = 2
    """How many bytes say which other sheet."""
    flags_in_row: bool = False
    """Whether row and column are steps is said with the row, not with the column."""


def _letters_of_xls(tokens: bytes, at: int) -> tuple[int, int]:
    return at + 3, tokens[at + 1] * (2 if tokens[at + 2] & 1 else 1)


def _letters_of_biff5(tokens: bytes, at: int) -> tuple[int, int]:
    return at + 2, tokens[at + 1]


def _letters_of_xlsb(tokens: bytes, at: int) -> tuple[int, int]:
    return at + 3, 2 * int.from_bytes(tokens[at + 1 : at + 3], "little")


_OPERATORS = dict.fromkeys(range(0x03, 0x17), 1)
XLS = Dialect(
    _OPERATORS | {
        0x01: 5, 0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9, 0x20: 8, 0x21: 3, 0x22: 4, 0x23: 5,
        0x24: 5, 0x25: 9, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 5, 0x2B: 9, 0x2C: 5, 0x2D: 9,
        0x39: 7, 0x3A: 7, 0x3B: 11, 0x3C: 7, 0x3D: 11,
    },
    "H", "H", 1 << 16, 1 << 8, _letters_of_xls,
)  # fmt: skip
XLSB = Dialect(
    _OPERATORS | {
        0x01: 5, 0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9, 0x20: 15, 0x21: 3, 0x22: 4, 0x23: 5,
        0x24: 7, 0x25: 13, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 7, 0x2B: 13, 0x2C: 7, 0x2D: 13,
        0x39: 7, 0x3A: 9, 0x3B: 15, 0x3C: 9, 0x3D: 15,
    },
    "I", "H", 1 << 20, 1 << 14, _letters_of_xlsb,
)  # fmt: skip
BIFF5 = Dialect(
    _OPERATORS | {
        0x01: 5, 0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9, 0x20: 8, 0x21: 3, 0x22: 4, 0x23: 15,
        0x24: 4, 0x25: 7, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 4, 0x2B: 7, 0x2C: 4, 0x2D: 7,
        0x39: 25, 0x3A: 18, 0x3B: 21, 0x3C: 18, 0x3D: 21,
    },
    "H", "B", 1 << 14, 1 << 8, _letters_of_biff5, sheet=14, flags_in_row=True,
)  # fmt: skip


class _Unknown(Exception):  # noqa: N818
    """A token that is not known, or not one that becomes text."""


def _walk(tokens: bytes, dialect: Dialect) -> Iterator[tuple[int, int]]:
    """Yield each token, of the lowest of its classes, and where it stands."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        token = token & 0x1F | 0x20 if token >= 0x20 else token
        yield token, at
        if token == _TEXT:
            start, length = dialect.letters(tokens, at)
            at = start + length
        elif token == _ATTRIBUTE:
            jumps = struct.unpack_from("<H", tokens, at + 2)[0] + 1 if tokens[at + 1] == _JUMPS else 0
            at += 4 + 2 * jumps
        elif (size := dialect.sizes.get(token)) is not None:
            at += size
        else:
            raise _Unknown


def may_give_empty_text(tokens: bytes, dialect: Dialect) -> bool:
    """Tell whether a formula names an empty text, or is kept elsewhere (shared by several cells).

    A search for the bytes of an empty text would find them in references too: row 24 is written like one.

    Parameters
    ----------
    tokens : the formula's tokens as stored, without their length.
    dialect : how they are written.
    """
    try:
        for token, at in _walk(tokens, dialect):
            if token == _SHARED or (token == _TEXT and not dialect.letters(tokens, at)[1]):
                return True
    except (_Unknown, IndexError, struct.error):
        pass  # an unknown token: what it gives cannot be told
    return False


def is_shared(tokens: bytes) -> bool:
    """Tell whether a formula is kept elsewhere, shared by several cells."""
    return tokens[:1] == bytes([_SHARED])


def sheet_references(tokens: bytes, dialect: Dialect) -> list[int]:
    """Return the numbers of the references to other sheets in a formula, as far as its tokens are known."""
    return _operands(tokens, dialect, _ELSEWHERE, "<H")


def name_references(tokens: bytes, dialect: Dialect) -> list[int]:
    """Return the numbers of the names in a formula, counted from 1, likewise."""
    return _operands(tokens, dialect, frozenset((_NAME,)), "<H" if dialect is BIFF5 else "<I")


def _operands(tokens: bytes, dialect: Dialect, wanted: frozenset[int], layout: str) -> list[int]:
    found: list[int] = []
    try:
        for token, at in _walk(tokens, dialect):
            if token in wanted:
                found.append(struct.unpack_from(layout, tokens, at + 1)[0])
    except (_Unknown, IndexError, struct.error):
        pass
    return found


def as_text(tokens: bytes, dialect: Dialect, cell: tuple[int, int], place: Place) -> str | None:
    """Return a formula as text, without the ``=``; None for one of other kinds.

    Parameters
    ----------
    tokens, dialect : the formula's tokens as stored, and how they are written.
    cell : row and column from 0 that a shared formula is worked out at.
    place : what stands before a reference to a sheet of a number.
    """
    if len(tokens) > _LONGEST:
        return None
    stack: list[tuple[str, int]] = []
    try:
        for token, at in _walk(tokens, dialect):
            _push(stack, token, tokens, at, dialect, cell, place)
    except (_Unknown, IndexError, struct.error):
        return None
    return stack[0][0] if len(stack) == 1 else None


def _push(
    stack: list[tuple[str, int]],
    token: int,
    tokens: bytes,
    at: int,
    dialect: Dialect,
    cell: tuple[int, int],
    place: Place,
) -> None:
    """Put what a token means on a stack of texts, each with how closely its parts hold together."""
    if token in _TWO_SIDED:
        sign, strength = _TWO_SIDED[token]
        right, left = stack.pop(), stack.pop()
        stack.append((f"{_closed(left, strength)}{sign}{_closed(right, strength + 1)}", strength))
    elif token in _SIGNS:
        stack.append((f"{_SIGNS[token]}{_closed(stack.pop(), _ATOM)}", 1))
    elif token == _PAREN:
        stack.append((f"({stack.pop()[0]})", _ATOM))
    elif token == _INTEGER:
        stack.append((str(struct.unpack_from("<H", tokens, at + 1)[0]), _ATOM))
    elif token == _NUMBER:
        number = repr(struct.unpack_from("<d", tokens, at + 1)[0]).removesuffix(".0")
        if not number.replace(".", "").isdecimal():
            raise _Unknown
        stack.append((number, _ATOM))
    elif token == _ATTRIBUTE and tokens[at + 1] in _SPACES:
        pass
    elif token == _ATTRIBUTE and tokens[at + 1] == _SUM_SIGN:
        stack.append((f"SUM({stack.pop()[0]})", _ATOM))
    elif token == _CALL and struct.unpack_from("<H", tokens, at + 2)[0] == _SUM:
        count = tokens[at + 1] & 0x7F
        if not 1 <= count <= len(stack):
            raise _Unknown
        stack[-count:] = [(f"SUM({','.join(text for text, _ in stack[-count:])})", _ATOM)]
    else:
        stack.append((_reference(token, tokens, at, dialect, cell, place), _ATOM))


def _closed(part: tuple[str, int], strength: int) -> str:
    return part[0] if part[1] >= strength else f"({part[0]})"


def _reference(
    token: int, tokens: bytes, at: int, dialect: Dialect, cell: tuple[int, int], place: Place
) -> str:
    before = ""
    if token in (_OTHER_CELL, _OTHER_AREA):
        named = place(struct.unpack_from("<H", tokens, at + 1)[0])
        if named is None:
            raise _Unknown
        before = named
        at += dialect.sheet
    near = cell if token in (_CELL_NEAR, _AREA_NEAR) else None
    row, column = dialect.row, dialect.column
    if token in (_CELL, _CELL_NEAR, _OTHER_CELL):
        place_row, place_column = struct.unpack_from(f"<{row}{column}", tokens, at + 1)
        return before + _address(place_row, place_column, dialect, near)
    if token in (_AREA, _AREA_NEAR, _OTHER_AREA):
        top, bottom, left, right = struct.unpack_from(f"<{row}{row}{column}{column}", tokens, at + 1)
        return f"{before}{_address(top, left, dialect, near)}:{_address(bottom, right, dialect, near)}"
    raise _Unknown


def _address(row: int, column: int, dialect: Dialect, near: tuple[int, int] | None) -> str:
    """Return the name of a cell; where it is near another, its row and column may be steps from there."""
    flags = row if dialect.flags_in_row else column
    row, column = row % dialect.rows, column % dialect.columns
    if near is not None:
        row = (row + near[0] * bool(flags & 0x8000)) % dialect.rows
        column = (column + near[1] * bool(flags & 0x4000)) % dialect.columns
    return f"{column_letter(column)}{row + 1}"

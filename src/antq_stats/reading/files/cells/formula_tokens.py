"""Formula tokens of xls (BIFF5, BIFF8) and xlsb (BIFF12): their references, and their text.

Layouts are those of MS-XLS 2.5.198 and MS-XLSB 2.5.97. Only formulas of numbers, cells, ranges,
+ - * / and SUM are converted to text.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antq_stats.words.text import column_letter

_SHARED, _TEXT, _ATTRIBUTE, _PAREN, _INTEGER, _NUMBER = 0x01, 0x17, 0x19, 0x15, 0x1E, 0x1F
_FUNCTION, _CALL = 0x21, 0x22
_NAME, _CELL, _AREA, _CELL_RELATIVE, _AREA_RELATIVE = 0x23, 0x24, 0x25, 0x2C, 0x2D
_OTHER_NAME, _OTHER_CELL, _OTHER_AREA = 0x39, 0x3A, 0x3B
_EXTERNAL = frozenset((_OTHER_NAME, _OTHER_CELL, _OTHER_AREA, 0x3C, 0x3D))
_SUM, _SUM_SIGN, _JUMPS = 4, 0x10, 0x04
_SPACES = frozenset((0x00, 0x01, 0x40, 0x41))
_BINARY = {0x03: ("+", 1), 0x04: ("-", 1), 0x05: ("*", 2), 0x06: ("/", 2)}
_UNARY = {0x12: "+", 0x13: "-"}
_ATOM = 3
_LONGEST = 4096

SheetPrefix = Callable[[int], str | None]
"""Returns the prefix of a cell on another sheet (``'Sheet'!``) for the index of a sheet reference.

None if the sheet is not in this workbook.
"""


class Dialect(NamedTuple):
    """How one format writes tokens."""

    sizes: dict[int, int]
    """Token -> its length with operands. The three classes of an operand token share the lowest number."""
    row: str
    """`struct` format of a row index."""
    column: str
    """`struct` format of a column index."""
    rows: int
    """Number of rows of a sheet."""
    columns: int
    """Number of columns of a sheet."""
    letters: Callable[[bytes, int], tuple[int, int]]
    """Returns where the characters of a text token begin, and their length in bytes."""
    sheet: int = 2
    """Length in bytes of a sheet reference."""
    flags_in_row: bool = False
    """True if the flags for relative row and column are in the row index, not in the column index."""


def _xls_letters(tokens: bytes, at: int) -> tuple[int, int]:
    return at + 3, tokens[at + 1] * (2 if tokens[at + 2] & 1 else 1)


def _biff5_letters(tokens: bytes, at: int) -> tuple[int, int]:
    return at + 2, tokens[at + 1]


def _xlsb_letters(tokens: bytes, at: int) -> tuple[int, int]:
    return at + 3, 2 * int.from_bytes(tokens[at + 1 : at + 3], "little")


_OPERATORS = dict.fromkeys(range(0x03, 0x17), 1)
XLS = Dialect(
    _OPERATORS | {
        0x01: 5, 0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9, 0x20: 8, 0x21: 3, 0x22: 4, 0x23: 5,
        0x24: 5, 0x25: 9, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 5, 0x2B: 9, 0x2C: 5, 0x2D: 9,
        0x39: 7, 0x3A: 7, 0x3B: 11, 0x3C: 7, 0x3D: 11,
    },
    "H", "H", 1 << 16, 1 << 8, _xls_letters,
)  # fmt: skip
XLSB = Dialect(
    _OPERATORS | {
        0x01: 5, 0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9, 0x20: 15, 0x21: 3, 0x22: 4, 0x23: 5,
        0x24: 7, 0x25: 13, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 7, 0x2B: 13, 0x2C: 7, 0x2D: 13,
        0x39: 7, 0x3A: 9, 0x3B: 15, 0x3C: 9, 0x3D: 15,
    },
    "I", "H", 1 << 20, 1 << 14, _xlsb_letters,
)  # fmt: skip
BIFF5 = Dialect(
    _OPERATORS | {
        0x01: 5, 0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9, 0x20: 8, 0x21: 3, 0x22: 4, 0x23: 15,
        0x24: 4, 0x25: 7, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 4, 0x2B: 7, 0x2C: 4, 0x2D: 7,
        0x39: 25, 0x3A: 18, 0x3B: 21, 0x3C: 18, 0x3D: 21,
    },
    "H", "B", 1 << 14, 1 << 8, _biff5_letters, sheet=14, flags_in_row=True,
)  # fmt: skip


class _UnknownToken(Exception):  # noqa: N818
    """A token that is not known, or cannot be converted to text."""


def _split(tokens: bytes, dialect: Dialect) -> Iterator[tuple[int, int]]:
    """Yield each token, reduced to the lowest of its classes, and its position."""
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
            raise _UnknownToken


def may_give_empty_text(tokens: bytes, dialect: Dialect) -> bool:
    """Return whether a formula contains an empty text, or is a shared formula stored elsewhere.

    The tokens are parsed, because the bytes of an empty text also occur in references, as that to row 24.

    Parameters
    ----------
    tokens : the formula's tokens as stored, without their length.
    dialect : the format they are written in.
    """
    try:
        for token, at in _split(tokens, dialect):
            if token == _SHARED or (token == _TEXT and not dialect.letters(tokens, at)[1]):
                return True
    except (_UnknownToken, IndexError, struct.error):
        pass  # an unknown token: its result is unknown too
    return False


def is_shared(tokens: bytes) -> bool:
    """Return whether a cell's formula is a reference to a formula that several cells share."""
    return tokens[:1] == bytes([_SHARED])


def sheet_references(tokens: bytes, dialect: Dialect) -> list[int]:
    """Return the indexes of the sheet references in a formula, up to the first unknown token."""
    return _operands(tokens, dialect, _EXTERNAL, "<H")


def name_references(tokens: bytes, dialect: Dialect) -> list[int]:
    """Return the indexes, from 1, of the defined names in a formula, up to the first unknown token."""
    return _operands(tokens, dialect, frozenset((_NAME,)), "<H" if dialect is BIFF5 else "<I")


def _operands(tokens: bytes, dialect: Dialect, wanted: frozenset[int], layout: str) -> list[int]:
    found: list[int] = []
    try:
        for token, at in _split(tokens, dialect):
            if token in wanted:
                found.append(struct.unpack_from(layout, tokens, at + 1)[0])
    except (_UnknownToken, IndexError, struct.error):
        pass
    return found


def as_text(tokens: bytes, dialect: Dialect, cell: tuple[int, int], sheet_prefix: SheetPrefix) -> str | None:
    """Return a formula as text in A1 notation, without ``=``; None if it cannot be converted.

    Parameters
    ----------
    tokens : the formula's tokens as stored, without their length.
    dialect : the format they are written in.
    cell : row and column, from 0, that relative references of a shared formula refer to.
    sheet_prefix : returns the prefix of a cell on another sheet.
    """
    if len(tokens) > _LONGEST:
        return None
    stack: list[tuple[str, int]] = []
    try:
        for token, at in _split(tokens, dialect):
            _push(stack, token, tokens, at, dialect, cell, sheet_prefix)
    except (_UnknownToken, IndexError, struct.error):
        return None
    return stack[0][0] if len(stack) == 1 else None


def _push(
    stack: list[tuple[str, int]],
    token: int,
    tokens: bytes,
    at: int,
    dialect: Dialect,
    cell: tuple[int, int],
    sheet_prefix: SheetPrefix,
) -> None:
    """Apply a token to a stack of texts with their precedence."""
    if token in _BINARY:
        sign, precedence = _BINARY[token]
        right, left = stack.pop(), stack.pop()
        stack.append(
            (f"{_parenthesized(left, precedence)}{sign}{_parenthesized(right, precedence + 1)}", precedence)
        )
    elif token in _UNARY:
        stack.append((f"{_UNARY[token]}{_parenthesized(stack.pop(), _ATOM)}", 1))
    elif token == _PAREN:
        stack.append((f"({stack.pop()[0]})", _ATOM))
    elif token == _INTEGER:
        stack.append((str(struct.unpack_from("<H", tokens, at + 1)[0]), _ATOM))
    elif token == _NUMBER:
        number = repr(struct.unpack_from("<d", tokens, at + 1)[0]).removesuffix(".0")
        if not number.replace(".", "").isdecimal():
            raise _UnknownToken
        stack.append((number, _ATOM))
    elif token == _ATTRIBUTE and tokens[at + 1] in _SPACES:
        pass
    elif token == _ATTRIBUTE and tokens[at + 1] == _SUM_SIGN:
        stack.append((f"SUM({stack.pop()[0]})", _ATOM))
    elif token == _CALL and struct.unpack_from("<H", tokens, at + 2)[0] == _SUM:
        count = tokens[at + 1] & 0x7F
        if not 1 <= count <= len(stack):
            raise _UnknownToken
        stack[-count:] = [(f"SUM({','.join(text for text, _ in stack[-count:])})", _ATOM)]
    else:
        stack.append((_reference(token, tokens, at, dialect, cell, sheet_prefix), _ATOM))


def _parenthesized(part: tuple[str, int], precedence: int) -> str:
    return part[0] if part[1] >= precedence else f"({part[0]})"


def _reference(
    token: int, tokens: bytes, at: int, dialect: Dialect, cell: tuple[int, int], sheet_prefix: SheetPrefix
) -> str:
    prefix = ""
    if token in (_OTHER_CELL, _OTHER_AREA):
        found = sheet_prefix(struct.unpack_from("<H", tokens, at + 1)[0])
        if found is None:
            raise _UnknownToken
        prefix = found
        at += dialect.sheet
    origin = cell if token in (_CELL_RELATIVE, _AREA_RELATIVE) else None
    row, column = dialect.row, dialect.column
    if token in (_CELL, _CELL_RELATIVE, _OTHER_CELL):
        row_index, column_index = struct.unpack_from(f"<{row}{column}", tokens, at + 1)
        return prefix + _address(row_index, column_index, dialect, origin)
    if token in (_AREA, _AREA_RELATIVE, _OTHER_AREA):
        top, bottom, left, right = struct.unpack_from(f"<{row}{row}{column}{column}", tokens, at + 1)
        return f"{prefix}{_address(top, left, dialect, origin)}:{_address(bottom, right, dialect, origin)}"
    raise _UnknownToken


def _address(row: int, column: int, dialect: Dialect, origin: tuple[int, int] | None) -> str:
    """Return a cell reference such as C5.

    Parameters
    ----------
    row, column : indexes with the flags, as stored.
    dialect : the format they are written in.
    origin : the cell that relative rows and columns are offsets from; None if all are absolute.
    """
    flags = row if dialect.flags_in_row else column
    row, column = row % dialect.rows, column % dialect.columns
    if origin is not None:
        row = (row + origin[0] * bool(flags & 0x8000)) % dialect.rows
        column = (column + origin[1] * bool(flags & 0x4000)) % dialect.columns
    return f"{column_letter(column)}{row + 1}"

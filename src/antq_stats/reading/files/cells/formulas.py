"""Exact recalculation of formulas made of + - * / ( ) %, SUM, numbers and cells.

Some programs store a formula without calculating it, and leave 0 or an old figure. So stored results are
compared with recalculated ones. Formulas of any other kind are not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isfinite
from typing import NamedTuple

from antq_stats.words.text import column_letter

_MAX_ROWS, _MAX_COLUMNS = 1 << 20, 1 << 14
_DEEPEST = 200
_LONGEST = 2_000
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<cell>(?:(?P<sheet>'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
      (?P<lock>\$?)(?P<letters>[A-Za-z]{1,3})(?P<hold>\$?)(?P<digits>[1-9][0-9]{0,6})(?![\w(.!]))
    |(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?|\.[0-9]+)
    |(?P<sum>SUM)\s*\(
    |(?P<text>"(?:[^"]|"")*")
    |(?P<sign>[-+*/():,%])
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')+'!?|[^\W\d][\w.]*[(!])|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w(.!])"""
)


class NotEvaluated(Exception):  # noqa: N818
    """The formula is of another kind, or refers to a cell without a certain value."""


class _CircularReference(NotEvaluated):
    """The formula refers to itself, directly or through others."""


class Reference(NamedTuple):
    """A cell or a block of cells; rows and columns are counted from 0, ends included."""

    sheet: str | None
    """Name of the sheet; None for the sheet of the formula."""
    top: int
    left: int
    bottom: int
    right: int


def shifted(text: str, rows: int, columns: int) -> str:
    """Return a formula copied to another cell: references without ``$`` move along.

    Parameters
    ----------
    text : the formula in A1 notation.
    rows, columns : offset of the other cell, down and to the right.
    """

    def moved(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        row, column = int(found[5]), _column(found[3])
        row, column = row if found[4] else row + rows, column if found[2] else column + columns
        if not 1 <= row <= _MAX_ROWS or not 0 <= column < _MAX_COLUMNS:
            return "#REF!"
        return f"{found[2]}{column_letter(column)}{found[4]}{row}"

    return _REFERENCE.sub(moved, text) if rows or columns else text


def _column(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


# -- reading a formula ---------------------------------------------------------------------------

Node = tuple[str, object, object]
"""A node of the syntax tree: an operator and its two operands.

A number is ``("=", Fraction, None)``, a cell ``("cell", Reference, None)``, and a sum
``("sum", list of Node or Reference, None)``.
"""


class _Parser:
    """A recursive descent parser of formulas; raises `NotEvaluated` for a formula of another kind."""

    def __init__(self, text: str) -> None:
        self.tokens: list[re.Match[str]] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found["text"]:
                raise NotEvaluated
            self.tokens.append(found)
            at = found.end()
        self.at = 0
        self.depth = 0

    def parse(self) -> Node:
        node = self._expression()
        if self.at != len(self.tokens):
            raise NotEvaluated
        return node

    def _sign(self, wanted: str) -> str:
        if self.at < len(self.tokens):
            sign = self.tokens[self.at]["sign"]
            if sign and sign in wanted:
                self.at += 1
                return sign
        return ""

    def _expression(self) -> Node:
        node = self._term()
        while sign := self._sign("+-"):
            node = (sign, node, self._term())
        return node

    def _term(self) -> Node:
        node = self._signed()
        while sign := self._sign("*/"):
            node = (sign, node, self._signed())
        return node

    def _signed(self) -> Node:
        negative = False
        while sign := self._sign("+-"):
            negative ^= sign == "-"
        node = self._atom()
        while self._sign("%"):
            node = ("/", node, ("=", Fraction(100), None))
        return ("-", ("=", Fraction(0), None), node) if negative else node

    def _atom(self) -> Node:
        self.depth += 1
        if self.at >= len(self.tokens) or self.depth > _DEEPEST:
            raise NotEvaluated
        found = self.tokens[self.at]
        self.at += 1
        if found["sign"] == "(":
            node = self._expression()
            if not self._sign(")"):
                raise NotEvaluated
        elif found["sum"]:
            node = self._sum_call()
        elif found["number"]:
            node = ("=", Fraction(found["number"]), None)
        elif found["cell"]:
            node = ("cell", self._reference(found), None)
        else:
            raise NotEvaluated
        self.depth -= 1
        return node

    def _reference(self, found: re.Match[str]) -> Reference:
        sheet = found["sheet"]
        if sheet is not None and sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        row, column = int(found["digits"]) - 1, _column(found["letters"])
        if row >= _MAX_ROWS or column >= _MAX_COLUMNS:
            raise NotEvaluated
        return Reference(sheet, row, column, row, column)

    def _sum_call(self) -> Node:
        parts: list[Node | Reference] = []
        while True:
            block = self._block()
            parts.append(block if block is not None else self._expression())
            if self._sign(")"):
                return ("sum", parts, None)
            if not self._sign(","):
                raise NotEvaluated

    def _block(self) -> Reference | None:
        """Read a cell or block that is a whole argument of SUM; None, without moving on, if there is none.

        SUM ignores texts in such an argument.
        """
        start = self.at
        found = self.tokens[start] if start < len(self.tokens) else None
        if found is None or not found["cell"]:
            return None
        block = self._reference(found)
        self.at += 1
        if self._sign(":"):
            last = self.tokens[self.at] if self.at < len(self.tokens) else None
            if last is None or not last["cell"] or last["sheet"]:
                raise NotEvaluated
            self.at += 1
            end = self._reference(last)
            tops, lefts = sorted((block.top, end.top)), sorted((block.left, end.left))
            block = Reference(block.sheet, tops[0], lefts[0], tops[1], lefts[1])
        after = self.tokens[self.at]["sign"] if self.at < len(self.tokens) else ""
        if after not in (",", ")"):
            self.at = start
            return None
        return block


# -- evaluation ----------------------------------------------------------------------------------


class Sheet(NamedTuple):
    """The cells of one sheet; rows and columns are counted from 0."""

    cells: Mapping[int, Mapping[int, object]]
    """Values by row and column."""
    formulas: Mapping[tuple[int, int], str | None]
    """Formulas in A1 notation without ``=``; None for one that cannot be evaluated."""
    refused: frozenset[tuple[int, int]]
    """Cells without a certain value."""


class Calculation:
    """Evaluates the formulas of one workbook, each once.

    Parameters
    ----------
    sheets : the sheets by name.
    max_steps : number of cells that may be read in all. After that formulas are not evaluated, and
        `is_exhausted` is True.
    """

    def __init__(self, sheets: Mapping[str, Sheet], max_steps: int = 5_000_000) -> None:
        self._sheets = {name.casefold(): sheet for name, sheet in sheets.items()}
        self._steps_left = max_steps
        self._results: dict[tuple[str, int, int], Fraction | None] = {}
        self._in_progress: set[tuple[str, int, int]] = set()
        """Cells whose formulas are being evaluated."""
        self._circular: set[tuple[str, int, int]] = set()
        self._depth = 0

    @property
    def is_exhausted(self) -> bool:
        """True if the maximum number of steps was reached."""
        return self._steps_left <= 0

    def value(self, sheet: str, row: int, column: int) -> Fraction | None:
        """Return the result of a cell's formula; None if it cannot be evaluated or there is none."""
        key = (sheet.casefold(), row, column)
        if key not in self._results:
            found: Fraction | None = None
            text = self._sheets[key[0]].formulas.get((row, column))
            if text is not None and self._depth <= _DEEPEST and len(text) <= _LONGEST:
                self._depth += 1
                self._in_progress.add(key)
                try:
                    found = self._evaluate(_Parser(text).parse(), key[0])
                except _CircularReference:
                    self._circular.add(key)
                except (NotEvaluated, ZeroDivisionError, RecursionError):
                    pass
                self._in_progress.discard(key)
                self._depth -= 1
            self._results[key] = found
        return self._results[key]

    def _evaluate(self, node: Node, sheet: str) -> Fraction:
        sign, left, right = node
        if sign == "=":
            return left  # type: ignore[return-value]
        if sign == "cell":
            return self._cell(left, sheet)  # type: ignore[arg-type]
        if sign == "sum":
            total = Fraction(0)
            for part in left:  # type: ignore[attr-defined]
                if isinstance(part, Reference):
                    for number in self._numbers(part, sheet):
                        total += number
                else:
                    total += self._evaluate(part, sheet)
            return total
        first, second = self._evaluate(left, sheet), self._evaluate(right, sheet)  # type: ignore[arg-type]
        if sign == "+":
            return first + second
        if sign == "-":
            return first - second
        return first * second if sign == "*" else first / second

    def _sheet(self, name: str | None, own_sheet: str) -> tuple[str, Sheet]:
        key = own_sheet if name is None else name.casefold()
        if key not in self._sheets:
            raise NotEvaluated
        return key, self._sheets[key]

    def _cell(self, reference: Reference, own_sheet: str) -> Fraction:
        key, sheet = self._sheet(reference.sheet, own_sheet)
        self._steps_left -= 1
        value = self._at(key, sheet, reference.top, reference.left)
        if value is None:
            return Fraction(0)  # a blank
        if isinstance(value, Fraction):
            return value
        raise NotEvaluated  # a text, a truth value or a date

    def _numbers(self, block: Reference, own_sheet: str) -> Iterator[Fraction]:
        """Yield the numbers of a block, without texts and blanks, as SUM adds them."""
        key, sheet = self._sheet(block.sheet, own_sheet)
        rows = range(block.top, block.bottom + 1)
        if len(rows) > len(sheet.cells):
            stored_rows = sorted(row for row in sheet.cells if row in rows)
        else:
            stored_rows = [row for row in rows if row in sheet.cells]
        for row in stored_rows:
            cells = sheet.cells[row]
            columns = range(block.left, block.right + 1)
            columns_to_read = [c for c in cells if c in columns] if len(columns) > len(cells) else columns
            self._steps_left -= len(columns_to_read)
            if self._steps_left <= 0:
                raise NotEvaluated
            for column in columns_to_read:
                value = self._at(key, sheet, row, column) if column in cells else None
                if isinstance(value, Fraction):
                    yield value

    def _at(self, key: str, sheet: Sheet, row: int, column: int) -> object:
        """Return a cell's number as a `Fraction`, None for a blank, or its value if that is no number.

        Raises
        ------
        NotEvaluated
            The cell has no certain value.
        """
        if (row, column) in sheet.formulas:
            cell = (key, row, column)
            result = None if cell in self._in_progress else self.value(*cell)
            if result is not None:
                return result
            if cell in self._in_progress or cell in self._circular:
                raise _CircularReference
        if (row, column) in sheet.refused:
            raise NotEvaluated
        value = sheet.cells.get(row, {}).get(column, "")
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            if not isfinite(value):
                raise NotEvaluated
            return Fraction(value)
        return None if value == "" else value


def differs(stored: float, expected: Fraction) -> bool:
    """Return whether a stored number differs from the result of its formula by more than rounding."""
    if not isfinite(stored):
        return True
    return abs(Fraction(stored) - expected) > Fraction(1, 10**9) * max(Fraction(1), abs(expected))

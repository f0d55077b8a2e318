"""The arithmetic that a header states in its row of column numbers: ``3=2/1``, ``5=3+4``.

The grammar has column numbers, + - * / and parentheses. The parser works by recursive descent, and formulas
are evaluated exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

Term = Callable[[Mapping[int, Fraction]], Fraction]
"""A formula as a function of column number -> value; raises ZeroDivisionError."""

_TOKEN = re.compile(r"\d{1,4}|[()+\-*/:x×%]")
_DEEPEST = 20


class FormulaError(ValueError):
    """The text is not a formula of column numbers."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(text)
        if "".join(self.tokens) != text:
            raise FormulaError(text)
        self.at = 0
        self.depth = 0
        self.references: set[int] = set()

    def _take(self, *wanted: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def formula(self) -> Term:
        term = self._sum()
        while self._take("%"):
            pass
        if self.at != len(self.tokens):
            raise FormulaError(self.tokens[self.at])
        return term

    def _sum(self) -> Term:
        term = self._product()
        while sign := self._take("+", "-"):
            term = _add(term, self._product(), 1 if sign == "+" else -1)
        return term

    def _product(self) -> Term:
        term = self._atom()
        while sign := self._take("*", "/", ":", "x", "×"):
            term = _divide(term, self._atom()) if sign in "/:" else _multiply(term, self._atom())
        return term

    def _atom(self) -> Term:
        self.depth += 1
        if self.depth > _DEEPEST or self.at >= len(self.tokens):
            raise FormulaError("depth")
        if self._take("("):
            term = self._sum()
            if not self._take(")"):
                raise FormulaError("(")
        else:
            token = self.tokens[self.at]
            if not token.isdigit():
                raise FormulaError(token)
            self.at += 1
            term = self._number(int(token))
        self.depth -= 1
        return term

    def _number(self, number: int) -> Term:
        if number in (100, 1000, 10000):  # "per 100", as in 3=2/1*100
            constant = Fraction(number)
            return lambda _: constant
        self.references.add(number)
        return lambda values: values[number]


def _add(left: Term, right: Term, sign: int) -> Term:
    return lambda values: left(values) + sign * right(values)


def _multiply(left: Term, right: Term) -> Term:
    return lambda values: left(values) * right(values)


def _divide(left: Term, right: Term) -> Term:
    return lambda values: left(values) / right(values)


def formula(text: str) -> tuple[Term, frozenset[int]]:
    """Parse a formula.

    Parameters
    ----------
    text : the text after the equals sign, without spaces.

    Returns
    -------
    tuple
        The formula, and the column numbers it refers to.

    Raises
    ------
    FormulaError
        The text is not a formula, or refers to no column.
    """
    parser = _Parser(text)
    term = parser.formula()
    if not parser.references:
        raise FormulaError(text)
    return term, frozenset(parser.references)


def agrees(printed: float, decimals: int, expected: Fraction, *, share: bool) -> bool:
    """Return whether a printed figure is the expected one, rounded as it was printed.

    Parameters
    ----------
    printed : the figure as printed.
    decimals : number of decimals printed.
    expected : the exact figure.
    share : True if the figure is a quotient, which may be printed per unit or per hundred (0,81 or 81).
    """
    slack = Fraction(1, 2 * 10 ** min(decimals, 6)) + Fraction(1, 10**9)
    return any(
        abs(Fraction(printed) - expected * scale) <= slack
        for scale in ((1, 100, Fraction(1, 100)) if share else (1,))
    )

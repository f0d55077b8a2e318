"""Parser of edit rules: from text to syntax tree.

Python's own parser is not used. So the language can have implication, decimals stay exact, error positions
refer to the text of the rule, and nothing outside the language can be written.

    implication   a -> b, a => b          lowest, groups to the right
    or, and, not
    comparison    == = != < <= > >=       may be chained: 20 <= a <= 600
    sum, product, sign
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

LIMIT_CHARACTERS = 4000
LIMIT_TOKENS = 500
LIMIT_DEPTH = 40
LIMIT_DIGITS = 15

KEYWORDS = frozenset({"and", "or", "not"})
"""Words of the language; no measure may have one as its code."""


class ExpressionError(ValueError):
    """The text is not a rule.

    Parameters
    ----------
    problem : a keyword: ``empty``, ``too-long``, ``too-deep``, ``unknown-sign``, ``number-malformed``,
        ``number-too-long``, ``unexpected``, ``unexpected-end``, ``parenthesis-open``, ``not-a-comparison``,
        ``needs-comparison``, ``needs-number``.
    position : offset in the text, from 0.
    found : the text at this position; empty at the end.
    """

    def __init__(self, problem: str, position: int, found: str = "") -> None:
        self.problem = problem
        self.position = position
        self.found = found
        super().__init__(f"{problem} at {position}")


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a measure."""

    code: str


@dataclass(frozen=True, slots=True)
class Negative:
    """The negative of an amount."""

    of: Amount


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """An operation ``+ - * /`` on two amounts."""

    sign: str
    left: Amount
    right: Amount


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison ``== != < <= > >=`` of two amounts."""

    sign: str
    left: Amount
    right: Amount


@dataclass(frozen=True, slots=True)
class Negation:
    """The negation of a condition."""

    of: Condition


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Conditions joined by ``and``, or the links of a chained comparison."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Conditions joined by ``or``; the implication ``a -> b`` is ``not a or b``."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two conditions that must have the same truth value: ``(a == 0) == (b == 0)``."""

    left: Condition
    right: Condition


Amount = Number | Name | Negative | Arithmetic
Condition = Comparison | Negation | Conjunction | Disjunction | Equivalence
Node = Amount | Condition
_CONDITIONS = (Comparison, Negation, Conjunction, Disjunction, Equivalence)

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>[0-9][0-9.]*(?P<tail>[A-Za-z0-9_.]*))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>->|=>|<=|>=|==|!=|[-+*/()<>=])"
)
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_IMPLIES, _OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _SIGN = range(1, 9)
_PRECEDENCE = {
    "->": _IMPLIES,
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(_COMPARISONS, _COMPARE),
    "+": _ADD,
    "-": _ADD,
    "*": _MULTIPLY,
    "/": _MULTIPLY,
}


class _Token(NamedTuple):
    kind: str  # number, name, sign, end
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError("unknown-sign", position, text[position])
        found = match.group()
        if match["number"]:
            if not _NUMBER.fullmatch(found):
                raise ExpressionError("number-malformed", position, found)
            if len(found) > LIMIT_DIGITS + 1:
                raise ExpressionError("number-too-long", position, found)
            yield _Token("number", found, position)
        elif match["name"]:
            word = found.lower()  # no measure has capitals, so AND can only be the word
            yield _Token("sign", word, position) if word in KEYWORDS else _Token("name", found, position)
        elif match["sign"]:
            yield _Token("sign", {"=": "==", "=>": "->"}.get(found, found), position)
        position = match.end()
    yield _Token("end", "", position)


class _Parser:
    """Precedence-climbing parser of one rule."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0
        if len(self._tokens) > LIMIT_TOKENS:
            raise ExpressionError("too-long", self._tokens[LIMIT_TOKENS].position)

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next += 1
        return token

    def _unexpected(self) -> ExpressionError:
        token = self._token
        problem = "unexpected-end" if token.kind == "end" else "unexpected"
        return ExpressionError(problem, token.position, token.text)

    def rule(self) -> Condition:
        """Parse the whole text as one condition."""
        if self._token.kind == "end":
            raise ExpressionError("empty", 0)
        tree = self._join(_IMPLIES)
        if self._token.kind != "end":
            raise self._unexpected()
        if not isinstance(tree, _CONDITIONS):
            raise ExpressionError("not-a-comparison", 0)
        return tree

    def _join(self, least_strength: int) -> Node:
        """Parse operands joined by operators that bind at least as tightly as ``floor``."""
        self._depth += 1
        if self._depth > LIMIT_DEPTH:
            raise ExpressionError("too-deep", self._token.position, self._token.text)
        left = self._operand(least_strength)
        while (strength := self._strength()) >= least_strength:
            if strength == _COMPARE:
                left = self._comparison(left)
            elif strength in {_AND, _OR}:
                left = self._series(left, strength)
            else:
                sign = self._take()
                right = self._join(strength if strength == _IMPLIES else strength + 1)
                left = _joined(sign, left, right)
        self._depth -= 1
        return left

    def _strength(self) -> int:
        return _PRECEDENCE.get(self._token.text, 0) if self._token.kind == "sign" else 0

    def _operand(self, least_strength: int) -> Node:
        token = self._token
        if token.kind == "number":
            self._take()
            return Number(Fraction(token.text))
        if token.kind == "name":
            self._take()
            return Name(token.text)
        if token.text == "(":
            self._take()
            inner = self._join(_IMPLIES)
            if self._token.kind == "end":
                raise ExpressionError("parenthesis-open", token.position, "(")
            if self._token.text != ")":
                raise self._unexpected()
            self._take()
            return inner
        if token.text == "not" and least_strength <= _NOT:
            self._take()
            return Negation(_truth(self._join(_NOT), token))
        if token.kind == "sign" and token.text in {"+", "-"}:
            self._take()
            amount = _amount(self._join(_SIGN), token)
            return Negative(amount) if token.text == "-" else amount
        raise self._unexpected()

    def _comparison(self, left: Node) -> Condition:
        links: list[Condition] = []
        while self._strength() == _COMPARE:
            sign = self._take()
            right = self._join(_ADD)
            if (
                isinstance(left, _CONDITIONS)
                and isinstance(right, _CONDITIONS)
                and sign.text in {"==", "!="}
                and not links
            ):
                same = Equivalence(left, right)
                return same if sign.text == "==" else Negation(same)
            links.append(Comparison(sign.text, _amount(left, sign), _amount(right, sign)))
            left = right
        return links[0] if len(links) == 1 else Conjunction(tuple(links))

    def _series(self, left: Node, strength: int) -> Condition:
        sign = self._token
        parts = [_truth(left, sign)]
        while self._strength() == strength:
            sign = self._take()
            parts.append(_truth(self._join(strength + 1), sign))
        return Conjunction(tuple(parts)) if strength == _AND else Disjunction(tuple(parts))


def _joined(sign: _Token, left: Node, right: Node) -> Node:
    if sign.text == "->":
        return Disjunction((Negation(_truth(left, sign)), _truth(right, sign)))
    return Arithmetic(sign.text, _amount(left, sign), _amount(right, sign))


def _truth(node: Node, sign: _Token) -> Condition:
    if not isinstance(node, _CONDITIONS):
        raise ExpressionError("needs-comparison", sign.position, sign.text)
    return node


def _amount(node: Node, sign: _Token) -> Amount:
    if isinstance(node, _CONDITIONS):
        raise ExpressionError("needs-number", sign.position, sign.text)
    return node


def parse_tree(text: str) -> Condition:
    """Return the syntax tree of a rule.

    Parameters
    ----------
    text : the rule.

    Raises
    ------
    ExpressionError
        The text is not in the language, or exceeds its limits of length and depth.
    """
    if len(text) > LIMIT_CHARACTERS:
        raise ExpressionError("too-long", LIMIT_CHARACTERS)
    return _Parser(text).rule()


def names_of(tree: Node) -> tuple[str, ...]:
    """Return the names in a tree without repetition, in the order of the text."""
    found: dict[str, None] = {}
    waiting: list[Node] = [tree]
    while waiting:
        match waiting.pop():
            case Name(code):
                found[code] = None
            case Negative(inner) | Negation(inner):
                waiting.append(inner)
            case Arithmetic(_, left, right) | Comparison(_, left, right) | Equivalence(left, right):
                waiting += (right, left)
            case Conjunction(parts) | Disjunction(parts):
                waiting += reversed(parts)
            case Number():
                pass
    return tuple(found)

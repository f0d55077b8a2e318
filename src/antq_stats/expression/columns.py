"""Judging whole columns, exactly.

An amount is a pair of columns, numerator over a denominator above zero, so a division loses nothing
and comparisons multiply crosswise. Columns are 64-bit while nothing can pass the bound, and Python's
own unbounded integers after that.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from antq_stats.expression.syntax import (
    Amount,
    Arithmetic,
    Comparison,
    Condition,
    Conjunction,
    Disjunction,
    Equivalence,
    Name,
    Negation,
    Negative,
    Number,
)

Column = tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]
"""Values and which of them were given."""

_BOUND = 2**62
_Integers = Any  # an int, or an array of int64, or of Python integers


class Judgement(NamedTuple):
    """What a rule says of each row."""

    holds: npt.NDArray[np.bool_]
    """Where the rule is kept; False where it was not judged."""
    judged: npt.NDArray[np.bool_]
    """Where every named value was given and nothing was divided by zero."""

    @property
    def failed(self) -> npt.NDArray[np.bool_]:
        """Where the rule was judged and is not kept."""
        return self.judged & ~self.holds


class _Quotient(NamedTuple):
    over: _Integers
    under: _Integers
    """Above zero everywhere."""


def judge(tree: Condition, names: tuple[str, ...], columns: Mapping[str, Column]) -> Judgement:
    """Judge the rows of ``columns`` by a tree that names ``names``. See ``Expression.judge``."""
    named = {name: columns[name] for name in names}
    rows = next((len(values) for values, _ in (named or columns).values()), 0)
    judged = np.ones(rows, dtype=np.bool_)
    for _, given in named.values():
        judged &= given
    whole = bool(judged.all())
    values = {
        name: np.asarray(values, dtype=np.int64) if whole else np.asarray(values, dtype=np.int64)[judged]
        for name, (values, _) in named.items()
    }  # only judged rows: what stands in a missing cell must not reach the arithmetic
    bench = _Bench(values, int(np.count_nonzero(judged)))
    found = bench.truth(tree)
    if whole:
        return Judgement(found & bench.defined, bench.defined)
    holds = np.zeros(rows, dtype=np.bool_)
    holds[judged] = found & bench.defined
    judged[judged] = bench.defined
    return Judgement(holds, judged)


class _Bench:
    """One evaluation: the values, and the rows in which nothing was divided by zero so far."""

    def __init__(self, values: Mapping[str, npt.NDArray[np.int64]], rows: int) -> None:
        self._values = values
        self._rows = rows
        self.defined: npt.NDArray[np.bool_] = np.ones(rows, dtype=np.bool_)

    def truth(self, tree: Condition) -> npt.NDArray[np.bool_]:
        """Return the truth of a tree in each row."""
        match tree:
            case Comparison(sign, left, right):
                found = _compared(sign, self._amount(left), self._amount(right))
                return np.array(np.broadcast_to(found, self._rows), dtype=np.bool_)
            case Negation(inner):
                return np.logical_not(self.truth(inner))
            case Equivalence(left_truth, right_truth):
                return np.equal(self.truth(left_truth), self.truth(right_truth))
            case Conjunction(parts):
                return functools.reduce(np.logical_and, [self.truth(part) for part in parts])
            case Disjunction(parts):
                return functools.reduce(np.logical_or, [self.truth(part) for part in parts])

    def _amount(self, tree: Amount) -> _Quotient:
        match tree:
            case Number(value):
                return _Quotient(value.numerator, value.denominator)
            case Name(code):
                return _Quotient(self._values[code], 1)
            case Negative(inner):
                over, under = self._amount(inner)
                return _Quotient(_product(over, -1), under)
            case Arithmetic(sign, left, right):
                return self._joined(sign, self._amount(left), self._amount(right))

    def _joined(self, sign: str, left: _Quotient, right: _Quotient) -> _Quotient:
        if sign == "*":
            return _Quotient(_product(left.over, right.over), _product(left.under, right.under))
        if sign == "/":
            return self._divided(left, right)
        added = right.over if sign == "+" else _product(right.over, -1)
        if isinstance(left.under, int) and isinstance(right.under, int) and left.under == right.under:
            return _Quotient(_sum(left.over, added), left.under)
        over = _sum(_product(left.over, right.under), _product(added, left.under))
        return _Quotient(over, _product(left.under, right.under))

    def _divided(self, left: _Quotient, right: _Quotient) -> _Quotient:
        divisor = right.over
        if isinstance(divisor, int):
            if divisor == 0:
                self.defined[:] = False
                divisor = 1
            turn: _Integers = 1 if divisor > 0 else -1
        else:
            zero = np.asarray(divisor == 0, dtype=np.bool_)
            self.defined &= ~zero
            divisor = np.where(zero, 1, divisor)
            turn = np.where(np.asarray(divisor < 0, dtype=np.bool_), -1, 1)
        over = _product(_product(left.over, right.under), turn)
        return _Quotient(over, _product(_product(left.under, divisor), turn))


def _largest(integers: _Integers) -> int:
    """Return a bound of the absolute values, at least 1; past ``_BOUND`` for Python's own integers."""
    if isinstance(integers, int):
        return max(abs(integers), 1)
    if integers.dtype == object:
        return _BOUND + 1
    if not integers.size:
        return 1
    return max(abs(int(integers.max())), abs(int(integers.min())), 1)


def _unbounded(integers: _Integers) -> _Integers:
    return integers if isinstance(integers, int) else integers.astype(object)


def _product(left: _Integers, right: _Integers) -> _Integers:
    if isinstance(left, int):
        left, right = right, left
    if isinstance(right, int) and right == 1:
        return left
    if _largest(left) * _largest(right) > _BOUND:
        left, right = _unbounded(left), _unbounded(right)
    return left * right


def _sum(left: _Integers, right: _Integers) -> _Integers:
    if _largest(left) + _largest(right) > _BOUND:
        left, right = _unbounded(left), _unbounded(right)
    return left + right


_COMPARE: Mapping[str, Callable[[_Integers, _Integers], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(sign: str, left: _Quotient, right: _Quotient) -> Any:  # noqa: ANN401 - a bool or an array of them
    one, two = _product(left.over, right.under), _product(right.over, left.under)
    if any(isinstance(side, int) and _largest(side) > _BOUND for side in (one, two)):
        one, two = _unbounded(one), _unbounded(two)
    return _COMPARE[sign](one, two)

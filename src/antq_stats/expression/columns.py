"""Exact evaluation of a rule on whole columns.

An amount is a quotient of two columns, numerator and positive denominator, so a division is exact and a
comparison multiplies crosswise. Columns are 64-bit integers as long as no result can exceed the bound, and
unbounded Python integers after that.
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
"""Values, and which of them were given."""

_BOUND = 2**62
_Integers = Any  # an int, or an array of int64, or of Python integers


class Judgement(NamedTuple):
    """The result of a rule in each row."""

    holds: npt.NDArray[np.bool_]
    """Where the rule holds; False where it was not judged."""
    judged: npt.NDArray[np.bool_]
    """Where all named values were given and nothing was divided by zero."""

    @property
    def failed(self) -> npt.NDArray[np.bool_]:
        """Where the rule was judged and does not hold."""
        return self.judged & ~self.holds


class _Quotient(NamedTuple):
    over: _Integers
    under: _Integers
    """Positive everywhere."""


def judge(
    tree: Condition, names: tuple[str, ...], columns: Mapping[str, Column], scales: Mapping[str, int]
) -> Judgement:
    """Judge whole columns; see `Expression.judge`.

    Parameters
    ----------
    tree : syntax tree of the rule.
    names : the names in the tree.
    columns : for each name, the values (int64, shape n) and which of them were given (bool, shape n).
    scales : for each name, the number of steps in one; 1 for a name that it lacks.
    """
    named = {name: columns[name] for name in names}
    rows = next((len(values) for values, _ in (named or columns).values()), 0)
    judged = np.ones(rows, dtype=np.bool_)
    for _, given in named.values():
        judged &= given
    all_judged = bool(judged.all())
    values = {
        name: np.asarray(values, dtype=np.int64) if all_judged else np.asarray(values, dtype=np.int64)[judged]
        for name, (values, _) in named.items()
    }  # only judged rows: placeholders of missing values must not reach the arithmetic
    evaluator = _Evaluator(values, scales, int(np.count_nonzero(judged)))
    result = evaluator.truth(tree)
    if all_judged:
        return Judgement(result & evaluator.defined, evaluator.defined)
    holds = np.zeros(rows, dtype=np.bool_)
    holds[judged] = result & evaluator.defined
    judged[judged] = evaluator.defined
    return Judgement(holds, judged)


class _Evaluator:
    """Evaluates a tree; ``defined`` marks the rows in which nothing was divided by zero so far."""

    def __init__(
        self, values: Mapping[str, npt.NDArray[np.int64]], scales: Mapping[str, int], rows: int
    ) -> None:
        self._values = values
        self._scales = scales
        self._rows = rows
        self.defined: npt.NDArray[np.bool_] = np.ones(rows, dtype=np.bool_)

    def truth(self, tree: Condition) -> npt.NDArray[np.bool_]:
        """Return the truth of a tree in each row."""
        match tree:
            case Comparison(sign, left, right):
                result = _compare(sign, self._amount(left), self._amount(right))
                return np.array(np.broadcast_to(result, self._rows), dtype=np.bool_)
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
                return _Quotient(self._values[code], self._scales.get(code, 1))
            case Negative(inner):
                over, under = self._amount(inner)
                return _Quotient(_product(over, -1), under)
            case Arithmetic(sign, left, right):
                return self._combined(sign, self._amount(left), self._amount(right))

    def _combined(self, sign: str, left: _Quotient, right: _Quotient) -> _Quotient:
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
            sign_of_divisor: _Integers = 1 if divisor > 0 else -1
        else:
            zero = np.asarray(divisor == 0, dtype=np.bool_)
            self.defined &= ~zero
            divisor = np.where(zero, 1, divisor)
            sign_of_divisor = np.where(np.asarray(divisor < 0, dtype=np.bool_), -1, 1)
        over = _product(_product(left.over, right.under), sign_of_divisor)
        return _Quotient(over, _product(_product(left.under, divisor), sign_of_divisor))


def _largest(integers: _Integers) -> int:
    """Return a bound of the absolute values, at least 1; more than ``_BOUND`` for Python integers."""
    if isinstance(integers, int):
        return max(abs(integers), 1)
    if integers.dtype == object:
        return _BOUND + 1
    if not integers.size:
        return 1
    return max(abs(int(integers.max())), abs(int(integers.min())), 1)


def _as_python_integers(integers: _Integers) -> _Integers:
    return integers if isinstance(integers, int) else integers.astype(object)


def _product(left: _Integers, right: _Integers) -> _Integers:
    if isinstance(left, int):
        left, right = right, left
    if isinstance(right, int) and right == 1:
        return left
    if _largest(left) * _largest(right) > _BOUND:
        left, right = _as_python_integers(left), _as_python_integers(right)
    return left * right


def _sum(left: _Integers, right: _Integers) -> _Integers:
    if _largest(left) + _largest(right) > _BOUND:
        left, right = _as_python_integers(left), _as_python_integers(right)
    return left + right


_COMPARE: Mapping[str, Callable[[_Integers, _Integers], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(sign: str, left: _Quotient, right: _Quotient) -> Any:  # noqa: ANN401 - a bool or an array of them
    left_side, right_side = _product(left.over, right.under), _product(right.over, left.under)
    if any(isinstance(side, int) and _largest(side) > _BOUND for side in (left_side, right_side)):
        left_side, right_side = _as_python_integers(left_side), _as_python_integers(right_side)
    return _COMPARE[sign](left_side, right_side)

"""Edit rules as formulas of a spreadsheet, which are true if a row breaks the rule.

The formula gives the result of `antq_stats.expression`: a row with a missing operand, or with a division by
zero, does not break the rule. Quotients are compared by cross-multiplication, so that a program that
calculates with floats decides exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from antq_stats.expression import Expression
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

_LONGEST = 7000
"""Most characters of a condition: Excel allows 8192 in a formula, of which other parts need some."""
_DEEPEST = 50
"""Most nested functions of a condition, of the 64 levels that Excel allows."""
_SIGNS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Operand(NamedTuple):
    """The formulas for a measure of the row: its value, and whether it is given."""

    value: str
    given: str
    under: str = ""
    """What the value is divided by: the number of steps in one, for a measure with decimals; empty for 1."""


class _Quotient(NamedTuple):
    over: str
    under: str
    """Empty if it is 1."""


class _UnwritableError(Exception):
    """The rule has no formula: a measure is not on the sheet, or the formula is too long or too deep."""


def excel_condition(rule: Expression, cell_of: Callable[[str], Operand | None]) -> str | None:
    """Return the formula, without ``=``, that is true if a row breaks a rule.

    Parameters
    ----------
    rule : the rule.
    cell_of : returns the operand for the code of a measure; None if the sheet has no such column.

    Returns
    -------
    str or None
        The formula in the syntax of files: English names, commas. None if the rule has no formula.
    """
    try:
        writer = _Writer(cell_of)
        broken = f"NOT({writer.truth(rule.tree, 0)})"
        judged = [*dict.fromkeys(writer.given), *dict.fromkeys(f"{under}<>0" for under in writer.divisors)]
    except _UnwritableError:
        return None
    formula = f"IF(AND({','.join(judged)}),{broken},FALSE)" if judged else broken
    return formula if len(formula) <= _LONGEST else None


class _Writer:
    """Writes a rule as a formula, and collects the conditions under which it can be judged."""

    def __init__(self, cell_of: Callable[[str], Operand | None]) -> None:
        self._cell_of = cell_of
        self.given: list[str] = []
        self.divisors: list[str] = []

    def truth(self, tree: Condition, depth: int) -> str:
        """Return the formula for a condition."""
        if depth > _DEEPEST:
            raise _UnwritableError
        match tree:
            case Comparison(sign, left, right):
                return self._compared(sign, self._amount(left, depth + 1), self._amount(right, depth + 1))
            case Negation(inner):
                return f"NOT({self.truth(inner, depth + 1)})"
            case Equivalence(left_truth, right_truth):
                return f"({self.truth(left_truth, depth + 1)})=({self.truth(right_truth, depth + 1)})"
            case Conjunction(parts) | Disjunction(parts):
                word = "AND" if isinstance(tree, Conjunction) else "OR"
                return f"{word}({','.join(self.truth(part, depth + 1) for part in parts)})"

    def _amount(self, tree: Amount, depth: int) -> _Quotient:
        if depth > _DEEPEST:
            raise _UnwritableError
        match tree:
            case Number(value):
                under = "" if value.denominator == 1 else str(value.denominator)
                return _Quotient(str(value.numerator), under)
            case Name(code):
                operand = self._cell_of(code)
                if operand is None:
                    raise _UnwritableError
                self.given.append(operand.given)
                return _Quotient(operand.value, operand.under)
            case Negative(inner):
                over, under = self._amount(inner, depth + 1)
                return self._short(_Quotient(f"(0-{over})", under))
            case Arithmetic(sign, left, right):
                return self._short(
                    self._joined(sign, self._amount(left, depth + 1), self._amount(right, depth + 1))
                )

    def _joined(self, sign: str, left: _Quotient, right: _Quotient) -> _Quotient:
        if sign == "*":
            return _Quotient(f"{left.over}*{right.over}", _times(left.under, right.under))
        if sign == "/":
            self.divisors.append(right.over)
            over, under = _times(left.over, right.under), _times(left.under, right.over)
            return _Quotient(over, under)
        if left.under == right.under:
            return _Quotient(f"({left.over}{sign}{right.over})", left.under)
        over = f"({_times(left.over, right.under)}{sign}{_times(right.over, left.under)})"
        return _Quotient(over, _times(left.under, right.under))

    @staticmethod
    def _short(quotient: _Quotient) -> _Quotient:
        if len(quotient.over) + len(quotient.under) > _LONGEST:
            raise _UnwritableError
        return quotient

    def _compared(self, sign: str, left: _Quotient, right: _Quotient) -> str:
        """Return a comparison by cross-multiplication, times the signs of divisors, which may be negative."""
        sign = _SIGNS[sign]
        if left.under == right.under and (not left.under or left.under.isdigit()):
            return f"{left.over}{sign}{right.over}"
        first, second = _times(left.over, right.under), _times(right.over, left.under)
        divisors = [under for under in (left.under, right.under) if under and not under.isdigit()]
        if not divisors:
            return f"{first}{sign}{second}"
        return f"({first}-{second})*{'*'.join(f'SIGN({under})' for under in divisors)}{sign}0"


def _times(first: str, second: str) -> str:
    return f"{first}*{second}" if first and second else first or second

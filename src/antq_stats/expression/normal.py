"""Normal form of a rule, by which rules of the same meaning are recognised.

A comparison states which signs the difference of its sides may have. Differences are written as quotients of
polynomials in one order, negations are moved inward to the comparisons, and comparisons of the same
difference are merged. So ``x <= x`` is always true, ``a < b`` and ``b > a`` are the same rule, and ``a < b
and a >= b`` is always false. The normal form goes no further: a rule may be always true or false without
being recognised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

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

_LIMIT_TERMS = 200
_LIMIT_PARTS = 500

_Terms = tuple[tuple[tuple[str, ...], Fraction], ...]
_Polynomial = dict[tuple[str, ...], Fraction]
_SIGNS = {"==": {0}, "!=": {-1, 1}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}
_ANY = frozenset({-1, 0, 1})


class _TooLargeError(Exception):
    """The rule is too large for a normal form; it can be judged all the same."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A quotient of polynomials and the signs it may have."""

    quotient: tuple[_Terms, _Terms]
    signs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Junction:
    """A conjunction (``every``) or a disjunction of parts."""

    every: bool
    parts: frozenset[NormalForm]


NormalForm = bool | Sign | Junction


def normal_form(tree: Condition) -> NormalForm | None:
    """Return the normal form of a rule; None if it would grow too large."""
    try:
        return _Normalizer().truth(tree, value=True)
    except _TooLargeError:
        return None


def required_signs(form: NormalForm | None) -> tuple[Sign, ...]:
    """Return the comparisons that must hold whenever the rule does: the parts of a conjunction."""
    if isinstance(form, Sign):
        return (form,)
    if isinstance(form, Junction) and form.every:
        return tuple(part for part in form.parts if isinstance(part, Sign))
    return ()


class _Normalizer:
    def __init__(self) -> None:
        self._parts = 0

    def truth(self, tree: Condition, *, value: bool) -> NormalForm:
        """Return the normal form of a tree, or of its negation if ``value`` is False."""
        self._parts += 1
        if self._parts > _LIMIT_PARTS:
            raise _TooLargeError
        match tree:
            case Comparison(sign, left, right):
                signs = frozenset(_SIGNS[sign])
                return _sign(_difference(left, right), signs if value else _ANY - signs)
            case Negation(inner):
                return self.truth(inner, value=not value)
            case Conjunction(parts) | Disjunction(parts):
                every = isinstance(tree, Conjunction) == value
                return _join(every, (self.truth(part, value=value) for part in parts))
            case Equivalence(left_truth, right_truth):
                return _join(
                    every=False,
                    parts=(
                        _join(
                            every=True,
                            parts=(
                                self.truth(left_truth, value=side),
                                self.truth(right_truth, value=side == value),
                            ),
                        )
                        for side in (True, False)
                    ),
                )


def _join(every: bool, parts: Iterable[NormalForm]) -> NormalForm:
    signs: dict[tuple[_Terms, _Terms], frozenset[int]] = {}
    others: set[NormalForm] = set()
    flat: list[NormalForm] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Junction) and part.every == every else (part,))
    for part in flat:
        if isinstance(part, Sign):
            known = signs.get(part.quotient, part.signs)
            signs[part.quotient] = known & part.signs if every else known | part.signs
        elif isinstance(part, Junction):
            others.add(part)
        elif part != every:
            return part
    for quotient, allowed in signs.items():
        if not allowed or allowed == _ANY:
            if bool(allowed) != every:
                return not every
            continue
        others.add(Sign(quotient, allowed))
    if not others:
        return every
    return next(iter(others)) if len(others) == 1 else Junction(every, frozenset(others))


def _sign(quotient: tuple[_Polynomial, _Polynomial], signs: frozenset[int]) -> NormalForm:
    over, under = quotient
    if not under:
        return Sign(((), ()), signs)  # divides by zero: never judged, and equal only to another such rule
    if not over:
        return 0 in signs
    shape_over, turn_over = _scaled(over)
    shape_under, turn_under = _scaled(under)
    factor_sign = turn_over * turn_under
    if shape_over == shape_under:
        return factor_sign in signs
    return Sign((shape_over, shape_under), frozenset(sign * factor_sign for sign in signs))


def _scaled(polynomial: _Polynomial) -> tuple[_Terms, int]:
    """Return the ordered terms, scaled so that the first factor is 1, and the sign of that factor."""
    terms = sorted(polynomial.items())
    lead = terms[0][1]
    return tuple((names, factor / lead) for names, factor in terms), 1 if lead > 0 else -1


def _difference(left: Amount, right: Amount) -> tuple[_Polynomial, _Polynomial]:
    return _quotient(Arithmetic("-", left, right))


def _quotient(amount: Amount) -> tuple[_Polynomial, _Polynomial]:
    one: _Polynomial = {(): Fraction(1)}
    match amount:
        case Number(number):
            return ({(): number} if number else {}), one
        case Name(code):
            return {(code,): Fraction(1)}, one
        case Negative(inner):
            over, under = _quotient(inner)
            return _times(over, {(): Fraction(-1)}), under
        case Arithmetic(sign, left, right):
            (over, under), (over2, under2) = _quotient(left), _quotient(right)
            if sign == "*":
                return _times(over, over2), _times(under, under2)
            if sign == "/":
                return _times(over, under2), _times(under, over2)
            factor_sign = Fraction(1 if sign == "+" else -1)
            if under == under2:
                return _plus(over, over2, factor_sign), under
            return _plus(_times(over, under2), _times(over2, under), factor_sign), _times(under, under2)


def _plus(left: _Polynomial, right: _Polynomial, factor_sign: Fraction) -> _Polynomial:
    result = dict(left)
    for names, factor in right.items():
        result[names] = result.get(names, Fraction(0)) + factor_sign * factor
    return _bounded(result)


def _times(left: _Polynomial, right: _Polynomial) -> _Polynomial:
    if len(left) * len(right) > _LIMIT_TERMS * 4:
        raise _TooLargeError
    result: _Polynomial = {}
    for names, factor in left.items():
        for names2, factor2 in right.items():
            both = tuple(sorted(names + names2))
            result[both] = result.get(both, Fraction(0)) + factor * factor2
    return _bounded(result)


def _bounded(polynomial: _Polynomial) -> _Polynomial:
    result = {names: factor for names, factor in polynomial.items() if factor}
    if len(result) > _LIMIT_TERMS or any(len(names) > 20 for names in result):
        raise _TooLargeError
    return result

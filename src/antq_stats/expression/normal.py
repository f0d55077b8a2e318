"""What a rule says, however it is written.

A comparison says which signs the difference of its sides may have. Differences are written as
quotients of polynomials in one order, negations are carried inward to the comparisons, and joined
comparisons of the same difference are merged. So ``x <= x`` is found to hold always, ``a < b`` and
``b > a`` to be one rule, and ``a < b`` beside ``a >= b`` to leave nothing. It does not reason
further than that: a rule it calls neither true nor false may still be one.
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
    """The rule is too large to be written in normal form; it is judged all the same."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A quotient of polynomials and the signs it may have."""

    quotient: tuple[_Terms, _Terms]
    signs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts of which all, or some, hold."""

    every: bool
    parts: frozenset[NormalForm]


NormalForm = bool | Sign | Joined


def normal_form(tree: Condition) -> NormalForm | None:
    """Return the normal form of a rule; None where it would grow too large."""
    try:
        return _Writer().truth(tree, wanted=True)
    except _TooLargeError:
        return None


def required_signs(form: NormalForm | None) -> tuple[Sign, ...]:
    """Return the comparisons that a rule demands outright, not under a condition."""
    if isinstance(form, Sign):
        return (form,)
    if isinstance(form, Joined) and form.every:
        return tuple(part for part in form.parts if isinstance(part, Sign))
    return ()


class _Writer:
    def __init__(self) -> None:
        self._parts = 0

    def truth(self, tree: Condition, *, wanted: bool) -> NormalForm:
        """Return the normal form of a tree, or of its contrary."""
        self._parts += 1
        if self._parts > _LIMIT_PARTS:
            raise _TooLargeError
        match tree:
            case Comparison(sign, left, right):
                signs = frozenset(_SIGNS[sign])
                return _sign(_difference(left, right), signs if wanted else _ANY - signs)
            case Negation(inner):
                return self.truth(inner, wanted=not wanted)
            case Conjunction(parts) | Disjunction(parts):
                every = isinstance(tree, Conjunction) == wanted
                return _join(every, (self.truth(part, wanted=wanted) for part in parts))
            case Equivalence(left_truth, right_truth):
                return _join(
                    every=False,
                    parts=(
                        _join(
                            every=True,
                            parts=(
                                self.truth(left_truth, wanted=side),
                                self.truth(right_truth, wanted=side == wanted),
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
        flat.extend(part.parts if isinstance(part, Joined) and part.every == every else (part,))
    for part in flat:
        if isinstance(part, Sign):
            known = signs.get(part.quotient, part.signs)
            signs[part.quotient] = known & part.signs if every else known | part.signs
        elif isinstance(part, Joined):
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
    return next(iter(others)) if len(others) == 1 else Joined(every, frozenset(others))


def _sign(quotient: tuple[_Polynomial, _Polynomial], signs: frozenset[int]) -> NormalForm:
    over, under = quotient
    if not under:
        return Sign(((), ()), signs)  # divides by zero: never judged, and like nothing but itself
    if not over:
        return 0 in signs
    shape_over, turn_over = _scaled(over)
    shape_under, turn_under = _scaled(under)
    turn = turn_over * turn_under
    if shape_over == shape_under:
        return turn in signs
    return Sign((shape_over, shape_under), frozenset(sign * turn for sign in signs))


def _scaled(polynomial: _Polynomial) -> tuple[_Terms, int]:
    """Return the terms in order, scaled so that the first has the factor 1, and the sign taken out."""
    terms = sorted(polynomial.items())
    lead = terms[0][1]
    return tuple((names, factor / lead) for names, factor in terms), 1 if lead > 0 else -1


def _difference(left: Amount, right: Amount) -> tuple[_Polynomial, _Polynomial]:
    return _quotient(Arithmetic("-", left, right))


def _quotient(amount: Amount) -> tuple[_Polynomial, _Polynomial]:
    one: _Polynomial = {(): Fraction(1)}
    match amount:
        case Number(value):
            return ({(): value} if value else {}), one
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
            turn = Fraction(1 if sign == "+" else -1)
            if under == under2:
                return _plus(over, over2, turn), under
            return _plus(_times(over, under2), _times(over2, under), turn), _times(under, under2)


def _plus(left: _Polynomial, right: _Polynomial, turn: Fraction) -> _Polynomial:
    found = dict(left)
    for names, factor in right.items():
        found[names] = found.get(names, Fraction(0)) + turn * factor
    return _bounded(found)


def _times(left: _Polynomial, right: _Polynomial) -> _Polynomial:
    if len(left) * len(right) > _LIMIT_TERMS * 4:
        raise _TooLargeError
    found: _Polynomial = {}
    for names, factor in left.items():
        for names2, factor2 in right.items():
            both = tuple(sorted(names + names2))
            found[both] = found.get(both, Fraction(0)) + factor * factor2
    return _bounded(found)


def _bounded(polynomial: _Polynomial) -> _Polynomial:
    found = {names: factor for names, factor in polynomial.items() if factor}
    if len(found) > _LIMIT_TERMS or any(len(names) > 20 for names in found):
        raise _TooLargeError
    return found

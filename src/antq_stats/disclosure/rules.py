"""What the hard rules of the form say of withheld values, beside the figures that are shown.

A rule holds in every unit that gave all of its values. The shown ones are put in; what is left is a
conjunction of alternatives, each a limit of a weighted sum of withheld values. A rule that a unit breaks says
nothing there. Products and quotients of two withheld values are not used.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from antq_stats.collection.collection import Collection, Truths
from antq_stats.disclosure.release import Bound, Part, Statement
from antq_stats.disclosure.system import OPEN
from antq_stats.edits.rules import judged_columns
from antq_stats.expression.normal import NormalForm, Sign
from antq_stats.form import EditRule, Form

_Terms = Mapping[tuple[str, ...], Fraction]
_Limit = tuple[_Terms, int, int]
"""A polynomial, and its limits after its factors were made whole."""
_LIMITS = {(-1,): (-OPEN, -1), (-1, 0): (-OPEN, 0), (0,): (0, 0), (0, 1): (0, OPEN), (1,): (1, OPEN)}
"""Signs that a whole number may have -> its limits."""


def linked(form: Form) -> dict[str, frozenset[str]]:
    """Return for each measure those that a hard rule names together with it, itself included."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule in _hard(form):
        for name in rule.expression.names:
            found[name] |= {*rule.expression.names}
    return {name: frozenset(names) for name, names in found.items()}


def named_by_unit(collection: Collection) -> frozenset[str]:
    """Return the measures of the finest level that a hard rule compares unit by unit."""
    finest = len(collection.register.levels) - 1
    found: set[str] = set()
    for rule in _hard(collection.form):
        levels = {collection.tables[collection.place_of[name][0]].level for name in rule.expression.names}
        if min(levels) == finest:
            found |= {*rule.expression.names}
    return frozenset(found)


def statements(
    collection: Collection, withheld: Truths, tracked: frozenset[str], *, as_read: bool = False
) -> tuple[Statement, ...]:
    """Return what the rules say of withheld values.

    Parameters
    ----------
    collection : the values.
    withheld : which figures are not shown, units x measures.
    tracked : the measures of which something is withheld.
    as_read : whether a rule is taken to hold in a unit that breaks it too. So a reader takes it, who cannot
        see that it is broken; and so what the rules say tells nothing of that either.
    """
    form = collection.form
    places = {measure.code: place for place, measure in enumerate(form.measures)}
    found: list[Statement] = []
    for rule in _hard(form):
        names = rule.expression.names
        if tracked.isdisjoint(names):
            continue
        units, columns = judged_columns(collection, names)
        scales = {name: form.measure(name).scale for name in names}
        judgement = rule.expression.judge(columns, scales)
        applies = np.logical_and.reduce([given for _, given in columns.values()])
        applies &= as_read | ~judgement.failed
        hidden = {name: withheld[units, places[name]] for name in names}
        applies &= np.logical_or.reduce(list(hidden.values()))
        for at in np.flatnonzero(applies).tolist():
            known = {
                name: Fraction(int(columns[name][0][at]), scales[name])
                for name in names
                if not hidden[name][at]
            }
            alternatives = _alternatives(rule.expression.normal, known)
            found += _of_unit(alternatives, int(units[at]), scales)
    return tuple(found)


def _hard(form: Form) -> Iterator[EditRule]:
    return (rule for rule in form.rules if rule.severity == "hard")


def _of_unit(
    alternatives: Sequence[Sequence[_Limit]], unit: int, scales: Mapping[str, int]
) -> Iterator[Statement]:
    for alternative in alternatives:
        bounds = [_bound(limit, unit, scales) for limit in alternative]
        if all(bound is not None for bound in bounds):
            yield tuple(bound for bound in bounds if bound is not None)


def _bound(limit: _Limit, unit: int, scales: Mapping[str, int]) -> Bound | None:
    """Return the limit of a polynomial over the values of a unit; None if it is not linear."""
    terms, low, high = limit
    if any(len(names) > 1 for names in terms):
        return None
    steps = {names[0]: factor / scales[names[0]] for names, factor in terms.items() if names}
    constant = terms.get((), Fraction(0))
    scale = math.lcm(constant.denominator, *(factor.denominator for factor in steps.values()))
    parts = tuple(Part(name, unit, int(factor * scale)) for name, factor in steps.items())
    known = int(constant * scale)
    return Bound(parts, low if low <= -OPEN else low - known, high if high >= OPEN else high - known)


def _alternatives(normal: NormalForm | None, known: Mapping[str, Fraction]) -> list[list[_Limit]]:
    """Return a conjunction of alternatives; what is true already, or cannot be written so, is left out."""
    if normal is None or isinstance(normal, bool):
        return []
    if isinstance(normal, Sign):
        return _of_sign(normal, known)
    parts = [_alternatives(part, known) for part in sorted(normal.parts, key=repr)]
    if normal.every:
        return [alternative for part in parts for alternative in part]
    if not all(parts):
        return []
    return [[each for one in chosen for each in one] for chosen in product(*parts)]


def _of_sign(sign: Sign, known: Mapping[str, Fraction]) -> list[list[_Limit]]:
    over, under = (_put_in(terms, known) for terms in sign.quotient)
    if under.keys() - {()} or not under.get((), 0):
        return []
    turn = 1 if under[()] > 0 else -1
    signs = tuple(sorted(each * turn for each in sign.signs))
    if not over.keys() - {()}:
        constant = over.get((), Fraction(0))
        return [] if (constant > 0) - (constant < 0) in signs else [[]]
    ranges = [signs] if signs in _LIMITS else [(each,) for each in signs]
    return [[(over, *_LIMITS[each]) for each in ranges]]


def _put_in(
    terms: Iterable[tuple[tuple[str, ...], Fraction]], known: Mapping[str, Fraction]
) -> dict[tuple[str, ...], Fraction]:
    """Return a polynomial with the known values put in."""
    found: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for names, factor in terms:
        value = factor * math.prod((known[name] for name in names if name in known), start=Fraction(1))
        found[tuple(name for name in names if name not in known)] += value
    return {names: factor for names, factor in found.items() if factor}

"""The hard rules of a form as linear inequalities: which values of one unit they allow beside each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from antq_stats.expression.normal import required_signs
from antq_stats.form.entries import Measure, Ratio
from antq_stats.form.model import Form

_LARGEST_FACTOR = 10**6
"""Rules whose factors sum to more are not used, so that 64 bits are enough."""
_LARGEST_CONSTANT = 10**15
"""Nor are rules with a larger constant."""


class Inequality(NamedTuple):
    """A linear inequality: the sum of factor times measure is at most ``limit``."""

    terms: tuple[tuple[int, int], ...]
    """Pairs of a measure's place in the table and its factor."""
    limit: int


def linear_rules(form: Form, measures: Sequence[Measure], without: frozenset[str]) -> list[Inequality]:
    """Return the hard rules over some measures alone as linear inequalities.

    Parameters
    ----------
    form : the form.
    measures : the measures, in the order of the places in the inequalities.
    without : codes of measures; rules that name them are left out.
    """
    places = {measure.code: place for place, measure in enumerate(measures)}
    scales = {measure.code: measure.scale for measure in measures}
    inequalities: dict[Inequality, None] = {}  # a dict, to drop duplicates and keep the order
    for rule in form.rules:
        names = set(rule.expression.names)
        if rule.severity != "hard" or not places.keys() >= names or names & without:
            continue
        for sign in required_signs(rule.expression.normal):
            numerator, denominator = sign.quotient
            if dict(denominator) == {(): 1}:
                inequalities.update(dict.fromkeys(_linear(numerator, sign.signs, places, scales)))
    return list(inequalities)


def _linear(
    terms: Iterable[tuple[tuple[str, ...], Fraction]],
    signs: frozenset[int],
    places: Mapping[str, int],
    scales: Mapping[str, int],
) -> Iterator[Inequality]:
    """Yield the inequalities that a polynomial with these signs satisfies; none if it is not linear."""
    # over the steps of the measures, which are whole
    polynomial = {names: factor / math.prod(map(scales.__getitem__, names)) for names, factor in terms}
    if any(len(names) > 1 for names in polynomial):
        return
    scale = math.lcm(*(factor.denominator for factor in polynomial.values()))
    constant = int(polynomial.pop((), Fraction(0)) * scale)
    factors = [(places[name], int(factor * scale)) for (name,), factor in sorted(polynomial.items())]
    if sum(abs(factor) for _, factor in factors) > _LARGEST_FACTOR or abs(constant) > _LARGEST_CONSTANT:
        return
    if 1 not in signs:  # at most 0; if not 0, at most -1, because steps are whole
        yield Inequality(tuple(factors), -constant - (0 not in signs))
    if -1 not in signs:
        negative = tuple((place, -factor) for place, factor in factors)
        yield Inequality(negative, constant - (0 not in signs))


def is_implied(measures: Sequence[Measure], rules: Sequence[Inequality], ratio: Ratio) -> bool:
    """Return whether rules imply numerator <= denominator, by a chain over required measures.

    Parameters
    ----------
    measures : the measures that the rules are over.
    rules : as `linear_rules` returns them.
    ratio : a ratio of two of the measures.
    """
    places = {measure.code: place for place, measure in enumerate(measures)}
    steps: dict[int, set[int]] = {}
    for rule in rules:
        factors = {factor: place for place, factor in rule.terms}
        if len(rule.terms) == 2 and factors.keys() == {1, -1} and rule.limit <= 0:
            steps.setdefault(factors[1], set()).add(factors[-1])
    reached = {*(waiting := [places[ratio.numerator]])}
    while waiting:
        for higher in steps.get(waiting.pop(), set()) - reached:
            reached.add(higher)
            if measures[higher].required:
                waiting.append(higher)
    return places[ratio.denominator] in reached


def is_ruled_share(form: Form, code: str) -> bool:
    """Return whether the hard rules imply numerator <= denominator of a ratio in every unit.

    Parameters
    ----------
    form : the form.
    code : the ratio's code.
    """
    ratio = form.ratio(code)
    measures = form.measures_of(form.table_of(form.measure(ratio.numerator)))
    if ratio.denominator not in {measure.code for measure in measures}:
        return False
    return is_implied(measures, linear_rules(form, measures, frozenset()), ratio)

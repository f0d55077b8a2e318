"""Bounds: the least and the greatest final value of a provisional figure, from the limits in the form.

A value that was given and that no hard finding makes uncertain (`doubts.doubted_values`) is certain. A
missing or uncertain value can become whatever the form accepts for it (``min`` to ``max``; 0 or 1 for a
flag), within what the form's hard rules allow beside the unit's other values (``achieved <= registered``).

The rules are applied by interval propagation (bounds consistency). In a linear inequality, the bounds of the
other variables limit each variable; this is repeated while anything changes. Each step removes only values
that no completion can reach. So the result is sound in any order and after any number of steps, although it
need not be the narrowest. Two cases need care:

- A rule does not apply to a unit in which one of its values stays blank. So it limits a value only where each
  *other* value in it was given or is ``required``.
- An optional value may stay blank and then adds nothing: its least contribution is 0. An optional measure
  that nobody was asked for therefore has wide bounds; `Publication.columns` leaves it out.

Rules over measures of two levels, rules that are not linear, and conditional rules are not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import TableValues
from antq_stats.figures.doubts import doubted_values
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure, Ratio
from antq_stats.form.inequalities import Inequality, is_implied, linear_rules
from antq_stats.plan import COUNT_LIMIT, MISSING
from antq_stats.register.tree_sums import TreeSums
from antq_stats.words.amounts import Amount

_OPEN = 2**62
"""Represents the absence of a limit during the calculation."""
_STEPS = 24
"""Maximum number of propagation rounds; a chain of rules needs one for each of its links."""


class Span(NamedTuple):
    """The least and the greatest final value of a sum; ``high`` is None if the form sets no limit."""

    low: Amount
    high: Amount | None


class RatioSpan(NamedTuple):
    """The least and the greatest final value of a ratio, times ``per``; ``high`` is None without a limit."""

    low: Fraction
    high: Fraction | None


@dataclass(frozen=True, eq=False)
class _Boxes:
    """Bounds of the values of a table; each array is n units x m measures."""

    low: Integers
    high: Integers
    """`_OPEN` without a limit."""
    certain: Truths
    """Whether the value was given and is not doubted."""
    optional: Truths
    """Whether the value is not certain and may stay blank."""

    @property
    def least(self) -> Integers:
        """The least that each value can add to a sum."""
        return np.where(self.optional, 0, self.low)

    @property
    def most(self) -> Integers:
        """The most that each value can add to a sum."""
        return np.where(self.optional, np.maximum(self.high, 0), self.high)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Bounds of the sums and ratios of all units."""

    form: Form
    lowest: Integers
    """Least sums, units x measures, in the steps of each measure."""
    highest: Integers
    """Greatest sums, units x measures, in the same; `plan.MISSING` without a limit."""
    _ratios: tuple[Integers, ...]
    """For each ratio, units x 4: numerator and denominator of its least value, then of its greatest.

    `plan.MISSING` stands for a side without a limit.
    """

    def span(self, unit: int, place: int) -> Span:
        """Return the bounds of a sum.

        Parameters
        ----------
        unit : position in the register.
        place : place of the measure in the form.
        """
        low, high = int(self.lowest[unit, place]), int(self.highest[unit, place])
        measure = self.form.measures[place]
        return Span(measure.amount(low), None if high == MISSING else measure.amount(high))

    def ratio_span(self, unit: int, code: str) -> RatioSpan | None:
        """Return the bounds of a ratio of sums; None if its denominator can only be 0.

        Both bounds are sound. They are often narrower than the quotients of the sums' bounds: where a rule
        ties the numerator to the denominator, the two change together in every unit.

        Parameters
        ----------
        unit : position in the register.
        code : the ratio's code.
        """
        place = next(at for at, ratio in enumerate(self.form.ratios) if ratio.code == code)
        per = self.form.ratios[place].per * self.form.ratio_scale(code)
        numerator_low, denominator_high, numerator_high, denominator_low = map(int, self._ratios[place][unit])
        if not denominator_high:
            return None
        low = Fraction(0) if denominator_high == MISSING else numerator_low * per / denominator_high
        if numerator_high == 0:
            return RatioSpan(low, Fraction(0))
        if MISSING in (numerator_high, denominator_low) or not denominator_low:
            return RatioSpan(low, None)
        return RatioSpan(low, numerator_high * per / denominator_low)


def bounds(
    collection: Collection, findings: Iterable[Finding], without: frozenset[str] = frozenset()
) -> Bounds:
    """Return the bounds of all sums and ratios of a collection.

    Parameters
    ----------
    collection : the values of the period.
    findings : all findings, those of the edit rules included; hard ones make values uncertain.
    without : codes of measures that must not affect the bounds of others; rules that name them are not used.
    """
    form, register = collection.form, collection.register
    marks = doubted_values(collection, findings)
    inequalities = [linear_rules(form, table.measures, without) for table in collection.tables]
    boxes = tuple(
        _boxes(collection, table, marks, rules)
        for table, rules in zip(collection.tables, inequalities, strict=True)
    )
    shape = (len(register), len(form.measures))
    lowest, highest = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    places = {measure.code: place for place, measure in enumerate(form.measures)}
    for table, box in zip(collection.tables, boxes, strict=True):
        at = [places[measure.code] for measure in table.measures]
        tree = collection.level_sums(table.level)
        lowest[:, at] = tree.everywhere(box.least)
        highest[:, at] = _sums(tree, box.most)
        highest[np.ix_(np.flatnonzero(register.unlisted(table.level)), np.array(at))] = MISSING
    ratios = tuple(_ratio(collection, boxes, inequalities, ratio) for ratio in form.ratios)
    return Bounds(form, lowest, highest, ratios)


def _sums(tree: TreeSums, values: Integers) -> Integers:
    """Return sums up the tree; `MISSING` where any addend has no limit."""
    limited = values < _OPEN
    if limited.all():
        return tree.everywhere(values)
    sums = tree.everywhere(np.where(limited, values, 0))
    return np.where(tree.everywhere(~limited) > 0, MISSING, sums)


def _boxes(collection: Collection, table: TableValues, marks: Truths, rules: Sequence[Inequality]) -> _Boxes:
    form = collection.form
    places = {measure.code: place for place, measure in enumerate(form.measures)}
    at = np.array([places[measure.code] for measure in table.measures], dtype=np.int64)
    certain = table.present & ~marks[np.ix_(table.units, at)]
    least = np.array([measure.least for measure in table.measures], dtype=np.int64)
    greatest = np.array([_greatest(measure) for measure in table.measures], dtype=np.int64)
    low = np.where(certain, table.values, least)
    high = np.where(certain, table.values, greatest)
    required = np.array([measure.required for measure in table.measures], dtype=np.bool_)
    open_rows = np.flatnonzero(~certain.all(axis=1))
    if len(open_rows) and rules:
        low[open_rows], high[open_rows] = _propagated(
            low[open_rows], high[open_rows], certain[open_rows], required, rules
        )
    return _Boxes(low, high, certain, ~certain & ~required)


def _greatest(measure: Measure) -> int:
    if measure.greatest is None:
        return 1 if measure.kind == "flag" else _OPEN
    return measure.greatest


def _propagated(
    low: Integers, high: Integers, certain: Truths, required: Truths, rules: Sequence[Inequality]
) -> tuple[Integers, Integers]:
    """Return the bounds after the rules were applied.

    A row that no completion can satisfy keeps the bounds it had.
    """
    first_low, first_high = low.copy(), high.copy()
    present = certain | required
    for _ in range(_STEPS):
        before = low.copy(), high.copy()
        for rule in rules:
            _tighten(low, high, certain, present, rule)
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            break
    # an optional value is no contradiction: it can stay blank
    empty = ((low > high) & present).any(axis=1)
    low[empty], high[empty] = first_low[empty], first_high[empty]
    return low, high


def _tighten(low: Integers, high: Integers, certain: Truths, present: Truths, rule: Inequality) -> None:
    """Narrow the bounds by one inequality, in place."""
    least = {}
    unbounded = {}
    for place, factor in rule.terms:
        side = low[:, place] if factor > 0 else high[:, place]
        unbounded[place] = side >= _OPEN
        least[place] = factor * np.where(unbounded[place], 0, side)
    for place, factor in rule.terms:
        usable = ~certain[:, place]
        rest = np.full(len(low), rule.limit, dtype=np.int64)
        for other, _ in rule.terms:
            if other != place:
                usable &= present[:, other] & ~unbounded[other]
                rest -= least[other]
        if factor > 0:
            cut = np.maximum(rest // factor, -1)  # -1 makes the range empty; no count reaches the limit
            cut = np.where(usable & (cut <= COUNT_LIMIT), cut, _OPEN)
            high[:, place] = np.minimum(high[:, place], cut)
        else:
            cut = np.minimum(-(rest // -factor), COUNT_LIMIT)
            low[:, place] = np.where(usable, np.maximum(low[:, place], cut), low[:, place])


class _Side(NamedTuple):
    """One side of a ratio, at the n units at which the sides are compared."""

    low: Integers
    high: Integers
    certain: Truths
    may_stay_blank: Truths


def _ratio(
    collection: Collection,
    boxes: Sequence[_Boxes],
    inequalities: Sequence[Sequence[Inequality]],
    ratio: Ratio,
) -> Integers:
    """Return units x 4: numerator and denominator of the least value, then of the greatest.

    Where n <= d in every unit, sum n / sum d is greatest when each d is as near to the greatest n as it can
    be. A larger d lowers the ratio. A smaller d would force n down with it, and that lowers the ratio too,
    because it is at most 1.
    """
    sides = [side for side in (ratio.numerator, ratio.denominator) if side in collection.place_of]
    tables = [collection.place_of[side][0] for side in sides]
    tied, unlimited = False, np.zeros(0, dtype=np.bool_)
    if len(set(tables)) == 1:
        tree = collection.level_sums(collection.tables[tables[0]].level)
        numerator, *rest = (_unit_side(collection, boxes, side) for side in sides)
        if rest:
            table = collection.tables[tables[0]]
            tied = is_implied(table.measures, inequalities[tables[0]], ratio)
    else:
        tree = collection.level_sums(min(collection.tables[table].level for table in tables))
        numerator, *rest = (_summed_side(collection, boxes, side, tree.units) for side in sides)
    if rest:
        denominator = rest[0]
    else:
        ones = np.ones(len(tree.units), dtype=np.int64)
        denominator = _Side(ones, ones, numerator.certain, numerator.may_stay_blank)
        tied = collection.form.measure(ratio.numerator).kind == "flag"
    # where a side may stay blank, the unit may not enter the ratio at all
    blank = numerator.may_stay_blank | denominator.may_stay_blank
    numerator_low, denominator_low = np.where(blank, 0, numerator.low), np.where(blank, 0, denominator.low)
    numerator_high, denominator_high = np.maximum(numerator.high, 0), np.maximum(denominator.high, 0)
    free = np.stack([numerator_high, denominator_low], axis=1)
    if tied:
        settled = numerator.certain & denominator.certain
        nearest = np.clip(numerator_high, denominator_low, np.maximum(denominator_high, denominator_low))
        near = np.where(settled, denominator.high, nearest)
        numerator_high = np.where(settled, numerator_high, np.minimum(numerator_high, near))
        denominator_low = near
        # without a limit, the ratio can come arbitrarily near to 1
        unlimited = near >= _OPEN
        numerator_high = np.where(unlimited, 0, numerator_high)
        denominator_low = np.where(unlimited, 0, denominator_low)
    sums = _sums(tree, np.stack([numerator_low, denominator_high, numerator_high, denominator_low], axis=1))
    unlisted = _unlisted(collection, tables)
    sums[unlisted, 1], sums[unlisted, 2:] = MISSING, 1 if tied else MISSING
    if tied and unlimited.any():
        reaches = tree.everywhere(unlimited) > 0
        sums[reaches & (sums[:, 2] <= sums[:, 3]), 2:] = 1
    if tied and (above := sums[:, 2] > sums[:, 3]).any():
        # given values contradict the tie through a missing value between them, so the rules do not apply
        sums[above, 2:] = _sums(tree, free)[above]
    return sums


def _unlisted(collection: Collection, tables: Iterable[int]) -> Truths:
    """Return the units under which the register does not list all units that answer some tables."""
    levels = [collection.tables[table].level for table in tables]
    reach: Truths = np.logical_or.reduce([collection.register.unlisted(level) > 0 for level in levels])
    return reach


def _unit_side(collection: Collection, boxes: Sequence[_Boxes], code: str) -> _Side:
    table, place = collection.place_of[code]
    box = boxes[table]
    return _Side(box.low[:, place], box.high[:, place], box.certain[:, place], box.optional[:, place])


def _summed_side(collection: Collection, boxes: Sequence[_Boxes], code: str, heads: Integers) -> _Side:
    """Return one side at the units of a higher level; it counts where all units below gave it."""
    at, place = collection.place_of[code]
    tree, box = collection.level_sums(collection.tables[at].level), boxes[at]
    optional = tree.everywhere(box.optional[:, place])[heads] > 0
    uncertain = tree.everywhere(~box.certain[:, place])[heads] > 0
    nobody = tree.counts[heads] == 0
    low = tree.everywhere(box.least[:, place])[heads]
    most = _sums(tree, box.most[:, place])[heads]
    high = np.where(most == MISSING, _OPEN, most)
    return _Side(low, high, ~uncertain & ~nobody, optional | nobody)

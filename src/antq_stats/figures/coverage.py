"""Who has answered: expected and read units, returns and findings, for every unit of the register.

A village of 300 households weighs more than one of 30: beside units, coverage is counted in the form's
weighing measure, the denominator of its first ratio over a measure (households).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.findings.catalogue import severity
from antq_stats.findings.columns import FindingColumns, blocks_of
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure
from antq_stats.plan import MISSING
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import TreeSums

State = Literal["complete", "to-mend", "partial", "unread", "blank", "missing"]
"""A unit of which nothing could be read is unread, blank or missing: as files of it came, or none did."""


@dataclass(frozen=True, eq=False)
class Answers:
    """Arrays with one element per unit of the register.

    ``expected`` and ``read`` count rows of the tables that must come (a village's, and its commune's
    own); ``hard`` and ``soft`` the findings at or below the unit; ``unplaced`` those no unit is known for.
    ``unread`` and ``blank`` tell whether files of the unit came that could not be read, or are not filled in.
    """

    expected: Integers
    read: Integers
    hard: Integers
    soft: Integers
    unread: Truths
    blank: Truths
    unplaced: dict[str, int]

    def state(self, unit: int) -> State:
        """Return how far a unit has answered."""
        if not self.read[unit]:
            return "unread" if self.unread[unit] else "blank" if self.blank[unit] else "missing"
        if self.read[unit] < self.expected[unit]:
            return "partial"
        return "to-mend" if self.hard[unit] else "complete"


def answers(collection: Collection, findings: Iterable[Finding]) -> Answers:
    """Count who has answered, and what was found."""
    register = collection.register
    expected, read = (np.zeros(len(register), dtype=np.int64) for _ in range(2))
    for table in collection.tables:
        if table.is_expected:
            tree = collection.level_sums(table.level)
            expected += tree.counts
            read += tree.everywhere(table.read)
    counted = np.zeros((len(register), 2), dtype=np.int64)
    unplaced = {"hard": 0, "soft": 0, "note": 0}
    places = {"hard": 0, "soft": 1}
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns):
            if block.weight in places:
                counted[:, places[block.weight]] += np.bincount(block.units, minlength=len(register))
            continue
        for finding in block:
            weight = severity(finding)
            if weight not in places:
                continue
            unit = register.units.by_code.get(finding.unit or finding.about or "")
            if unit is None:
                unplaced[weight] += 1
            else:
                counted[unit, places[weight]] += 1
    hard, soft = _below(register, counted).T
    unread, blank = (_came(collection, is_blank=is_blank) for is_blank in (False, True))
    return Answers(expected, read, hard, soft, unread, blank, unplaced)


def _below(register: UnitRegister, counted: Integers) -> Integers:
    """Return the sums over each unit and all below it, of numbers that few units have: units x m."""
    order = register.tree_order
    units = order[counted[order].any(axis=1)]
    return TreeSums(register, units).everywhere(counted[units])


def _came(collection: Collection, *, is_blank: bool) -> Truths:
    """Tell of each unit whether a file that gave nothing came from it, from its sender or from below."""
    register = collection.register
    own = np.zeros((len(register), 1), dtype=np.int64)
    for file in collection.unread:
        if file.is_blank == is_blank and file.about in register.units.by_code:
            own[register.units.by_code[file.about]] += 1
    below = _below(register, own)[:, 0]
    came: Truths = (below > 0) | (own[register.senders, 0] > 0)
    return came


class Weight(NamedTuple):
    """How much of what is expected under a unit has come, in the weighing measure."""

    given: int
    expected: int


@dataclass(frozen=True, eq=False)
class WeightedCoverage:
    """Coverage in a weighing measure, for every unit of the register."""

    measure: Measure
    _given: Integers
    _expected: Integers
    _known: Truths

    def at(self, unit: int) -> Weight | None:
        """Return the weight that came and the weight expected; None where a unit's weight is not known."""
        if not self._known[unit]:
            return None
        return Weight(int(self._given[unit]), int(self._expected[unit]))


def weighing_measure(form: Form) -> Measure | None:
    """Return the count that units are weighed by: the denominator of the first ratio that has one."""
    codes = {measure.code: measure for measure in form.measures}
    for ratio in form.ratios:
        measure = codes.get(ratio.denominator)
        if measure is not None and measure.kind == "count" and measure.sensitive == "no":
            return measure
    return None


def weighted(
    collection: Collection, earlier: Callable[[str], tuple[Integers, Truths]] | None = None
) -> WeightedCoverage | None:
    """Return coverage in the weighing measure; None where the form has none.

    A unit weighs what it did last year, else what the register says (its column ``households``), else what
    it gives now. The weight under a unit is known where that of every unit under it is.

    Parameters
    ----------
    collection : what was read.
    earlier : last year's sums of a measure for every unit, and which are known (`comparison.Prior.column`).
    """
    register, measure = collection.register, weighing_measure(collection.form)
    if measure is None:
        return None
    table = collection.tables[collection.place_of[measure.code][0]]
    weights = table.column(measure.code)[0]
    if register.households:
        stated = np.array(register.households, dtype=np.int64)[table.units]
        weights = np.where(stated == MISSING, weights, stated)
    if earlier is not None:
        then, known = (column[table.units] for column in earlier(measure.code))
        weights = np.where(known, then, weights)
    unknown = weights == MISSING
    weights = np.where(unknown, 0, weights)
    tree = collection.level_sums(table.level)
    given, expected = tree.everywhere(np.where(table.read, weights, 0)), tree.everywhere(weights)
    known = (tree.everywhere(unknown) == 0) & (tree.counts > 0)
    return WeightedCoverage(measure, given, expected, known)

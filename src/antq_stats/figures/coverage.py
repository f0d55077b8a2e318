"""Coverage: units that answered, of those expected, and their findings, for every unit of the register.

A village of 300 households weighs more than one of 30. So coverage is also counted in households: more
exactly, in the form's weighing measure, the denominator of its first ratio that has a count for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
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
"""How far a unit has answered.

``complete`` and ``to-mend``: every expected row was read, without or with hard findings. ``partial``: some
rows were read. No row was read where a file could not be read (``unread``), where it was not filled in
(``blank``), and where no file came (``missing``).
"""


@dataclass(frozen=True, eq=False)
class UnitCoverage:
    """Rows read of those expected, and open findings.

    The arrays have an element for each of the n units of the register.
    """

    expected: Integers
    """Expected rows at or below the unit, in the tables that have a required measure."""
    read: Integers
    """How many of them were read."""
    hard: Integers
    """Hard findings at or below the unit."""
    soft: Integers
    """Soft findings at or below the unit."""
    unread: Truths
    """Whether a file of the unit, of its sender or of a unit below could not be read."""
    blank: Truths
    """Whether such a file is a return that is not filled in."""
    unplaced: dict[str, int]
    """Findings without a known unit, by severity."""

    def state(self, unit: int) -> State:
        """Return how far a unit has answered."""
        if not self.read[unit]:
            return "unread" if self.unread[unit] else "blank" if self.blank[unit] else "missing"
        if self.read[unit] < self.expected[unit]:
            return "partial"
        return "to-mend" if self.hard[unit] else "complete"


def unlisted_rows(collection: Collection) -> Counter[int]:
    """Return, by unit, how many rows of its returns do not count because its own units are not listed."""
    rows = Counter[int]()
    codes = collection.register.units.by_code
    for finding in collection.findings:
        if finding.code == "U110" and (unit := codes.get(finding.unit or "")) is not None:
            rows[unit] += int(finding.facts.get("count", "1"))
    return rows


def coverage_of(collection: Collection, findings: Iterable[Finding]) -> UnitCoverage:
    """Return the coverage of a collection.

    Parameters
    ----------
    collection : the values of the period.
    findings : all findings, those of the edit rules included.
    """
    register = collection.register
    expected, read = (np.zeros(len(register), dtype=np.int64) for _ in range(2))
    for table in collection.tables:
        if table.is_expected:
            tree = collection.level_sums(table.level)
            expected += tree.counts
            read += tree.everywhere(table.read)
    at_unit = np.zeros((len(register), 2), dtype=np.int64)
    unplaced = {"hard": 0, "soft": 0, "note": 0}
    places = {"hard": 0, "soft": 1}
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns):
            if block.severity in places:
                at_unit[:, places[block.severity]] += np.bincount(block.units, minlength=len(register))
            continue
        for finding in block:
            weight = severity(finding)
            if weight not in places:
                continue
            unit = register.units.by_code.get(finding.unit or finding.about or "")
            if unit is None:
                unplaced[weight] += 1
            else:
                at_unit[unit, places[weight]] += 1
    hard, soft = _below(register, at_unit).T
    unread, blank = (_has_empty_file(collection, is_blank=is_blank) for is_blank in (False, True))
    return UnitCoverage(expected, read, hard, soft, unread, blank, unplaced)


def missing_by_sender(collection: Collection, units: Container[int]) -> dict[int, list[int]]:
    """Return the units without a row among some units, by sender, in tree order.

    A sender that is itself missing from an expected table has an empty list.

    Parameters
    ----------
    collection : the values of the period.
    units : positions of the units.
    """
    register = collection.register
    missing = {
        int(position)
        for table in collection.tables
        if table.is_expected
        for position in table.units[~table.read]
        if int(position) in units
    }
    parents = register.units.parents
    senders: dict[int, list[int]] = {}
    for position in register.tree_order.tolist():
        if position in missing and (position in senders or position in register.units.children):
            senders.setdefault(position, [])
        elif position in missing and parents[position] not in missing:
            senders.setdefault(parents[position], []).append(position)
    return senders


def _below(register: UnitRegister, at_unit: Integers) -> Integers:
    """Return the sums of m columns over each unit and all below it, units x m; fast if most rows are 0."""
    order = register.tree_order
    units = order[at_unit[order].any(axis=1)]
    return TreeSums(register, units).everywhere(at_unit[units])


def _has_empty_file(collection: Collection, *, is_blank: bool) -> Truths:
    """Return for each unit whether it, its sender or a unit below sent a file without figures.

    Parameters
    ----------
    collection : the values of the period.
    is_blank : True for returns that are not filled in, False for files that could not be read.
    """
    register = collection.register
    at_unit = np.zeros((len(register), 1), dtype=np.int64)
    for file in collection.unread:
        about = register.units.by_code.get(file.about or "")
        if file.is_blank == is_blank and about is not None:
            at_unit[about] += 1
    below = _below(register, at_unit)[:, 0]
    has_file: Truths = (below > 0) | (at_unit[register.senders, 0] > 0)
    return has_file


class Weight(NamedTuple):
    """Coverage of a unit in the weighing measure, as in households."""

    given: int
    """Weight of the units that have a row."""
    expected: int
    """Weight of all units that are expected to have one."""


@dataclass(frozen=True, eq=False)
class WeightedCoverage:
    """Coverage in a weighing measure, for every unit of the register."""

    measure: Measure
    _given: Integers
    _expected: Integers
    _known: Truths

    def at(self, unit: int) -> Weight | None:
        """Return the weight of the units read and of those expected; None if the weight of one is unknown."""
        if not self._known[unit]:
            return None
        return Weight(int(self._given[unit]), int(self._expected[unit]))


def weighing_measure(form: Form) -> Measure | None:
    """Return the measure that weighs units; None if the form has none.

    It is the denominator of the first ratio whose denominator is a whole count and not sensitive.
    """
    codes = {measure.code: measure for measure in form.measures}
    for ratio in form.ratios:
        measure = codes.get(ratio.denominator)
        is_count = measure is not None and measure.kind == "count" and not measure.decimals
        if measure is not None and is_count and measure.sensitive == "no":
            return measure
    return None


def weighted_coverage(
    collection: Collection, earlier: Callable[[str], tuple[Integers, Truths]] | None = None
) -> WeightedCoverage | None:
    """Return coverage in the weighing measure; None if the form has none.

    The weight of a unit is last year's value, else the one in the register (column ``households``), else this
    year's value. The weight under a unit is known if the weights of all units under it are.

    Parameters
    ----------
    collection : the values of the period.
    earlier : takes the code of a measure and returns, for every unit, last year's sum and whether it is known
        (`comparison.Prior.column`); None without an earlier period.
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
        last_year, known = (column[table.units] for column in earlier(measure.code))
        weights = np.where(known, last_year, weights)
    unknown = weights == MISSING
    weights = np.where(unknown, 0, weights)
    tree = collection.level_sums(table.level)
    given, expected = tree.everywhere(np.where(table.read, weights, 0)), tree.everywhere(weights)
    known = (tree.everywhere(unknown) == 0) & (tree.counts > 0)
    return WeightedCoverage(measure, given, expected, known)

"""A collection added up: exact sums up the tree, ratios of sums, and how much stands behind each.

Missing is not zero: a sum is over what was given and comes only with its coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.figures.status import Status, status_of
from antq_stats.findings.catalogue import severity
from antq_stats.findings.columns import FindingColumns, blocks_of
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure, Ratio
from antq_stats.plan import MISSING
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import LevelSums

if TYPE_CHECKING:
    import pandas as pd


class Figure(NamedTuple):
    """A sum with its coverage; ``value`` is None where no unit gave one."""

    value: int | None
    given: int
    """Units that gave a value."""
    expected: int
    """Units of the measure's level under the unit."""
    provisional: bool

    @property
    def status(self) -> Status:
        """What stands in its place."""
        return status_of(self.given, self.expected)


class RatioFigure(NamedTuple):
    """A ratio of two sums over the units that gave both; ``value`` is exact and multiplied by ``per``."""

    value: Fraction | None
    numerator: int
    denominator: int
    given: int
    expected: int
    provisional: bool

    @property
    def status(self) -> Status:
        """What stands in its place."""
        return status_of(self.given, self.expected, self.denominator)


@dataclass(frozen=True, eq=False)
class _Added:
    """One or two columns added up: only units count that gave all of them.

    What the n units gave is not copied; kept are the sums at the k units above.
    """

    tree: LevelSums
    columns: tuple[Integers, ...]
    """n each, `plan.MISSING` where none was given."""
    sums: tuple[Integers, ...]
    given: Integers

    @classmethod
    def up(cls, tree: LevelSums, columns: tuple[Integers, ...]) -> _Added:
        """Add columns up the tree."""
        given = _given(columns)
        if given.all():
            return cls(tree, columns, tuple(map(tree.sums, columns)), tree.expected[tree.above])
        sums = tuple(tree.sums(np.where(given, column, 0)) for column in columns)
        return cls(tree, columns, sums, tree.sums(given.astype(np.int64)))

    @property
    def is_given(self) -> bool:
        """Whether any unit gave all of it."""
        return bool(_given(self.columns).any())

    def at(self, unit: int) -> tuple[list[int], int, int]:
        """Return for a unit the sum of each column, how many gave them, and how many were to."""
        own, above = self.tree.place(unit)
        expected = int(self.tree.expected[unit])
        if own is not None:
            values = [int(column[own]) for column in self.columns]
            return (values, 1, expected) if MISSING not in values else ([0] * len(values), 0, expected)
        if above is not None:
            return [int(column[above]) for column in self.sums], int(self.given[above]), expected
        return [0] * len(self.columns), 0, expected

    def everywhere(self) -> tuple[list[Integers], Integers, Integers]:
        """Return the same for all units of the register, an element each."""
        given = _given(self.columns)
        sums = [
            self.tree.spread(np.where(given, column, 0), above)
            for column, above in zip(self.columns, self.sums, strict=True)
        ]
        return sums, self.tree.spread(given.astype(np.int64), self.given), self.tree.expected


def _given(columns: tuple[Integers, ...]) -> Truths:
    given: Truths = np.logical_and.reduce([column != MISSING for column in columns])
    return given


@dataclass(frozen=True, eq=False)
class Aggregate:
    """Sums and ratios for every unit of the register.

    There is no way to a value without its coverage: `figure` and `ratio` give both.
    """

    form: Form
    register: UnitRegister
    period: str
    _measures: Mapping[str, _Added]
    _ratios: Mapping[str, _Added]
    _doubtful: Truths
    """units x measures: whether a hard finding lies at or below"""

    @cached_property
    def _measure_at(self) -> dict[str, int]:
        return {measure.code: place for place, measure in enumerate(self.form.measures)}

    def _sides(self, code: str) -> list[str]:
        """Return the measures that a ratio is made of."""
        ratio = self.form.ratio(code)
        return [side for side in (ratio.numerator, ratio.denominator) if side in self._measure_at]

    def figure(self, unit: int, measure: str) -> Figure:
        """Return the sum of a measure under a unit (its position); KeyError for an unknown code."""
        (value,), given, expected = self._measures[measure].at(unit)
        provisional = given < expected or bool(self._doubtful[unit, self._measure_at[measure]])
        return Figure(value if given else None, given, expected, provisional)

    def ratio(self, unit: int, code: str) -> RatioFigure:
        """Return a ratio for a unit (its position); KeyError for an unknown code."""
        ratio = self.form.ratio(code)
        (numerator, *under), given, expected = self._ratios[code].at(unit)
        denominator = under[0] if under else given
        provisional = given < expected or any(
            self.figure(unit, side).provisional for side in self._sides(code)
        )
        value = Fraction(numerator * ratio.per, denominator) if denominator else None
        return RatioFigure(value, numerator, denominator, given, expected, provisional)

    def column(self, measure: str) -> tuple[Integers, Integers, Integers, Truths]:
        """Return a measure's sums, given, expected and provisional marks, one element per unit each."""
        (sums,), given, expected = self._measures[measure].everywhere()
        return sums, given, expected, (given < expected) | self._doubtful[:, self._measure_at[measure]]

    def ratio_column(self, code: str) -> tuple[Integers, Integers, Integers, Integers, Truths]:
        """Return a ratio's numerators, denominators, given, expected and provisional marks, a unit each."""
        (numerators, *under), given, expected = self._ratios[code].everywhere()
        provisional = given < expected
        for side in self._sides(code):
            provisional |= self.column(side)[3]
        return numerators, under[0] if under else given, given, expected, provisional

    def tells_a_part(self, code: str) -> Truths:
        """Tell for all units whether a ratio tells what only some gave of a sensitive side.

        A ratio is over the units that gave both sides. Where of a sensitive side others gave too, the sum
        and the ratio's own differ by what those few gave. Whether they do may not hang on what they gave.
        """
        found: Truths = np.zeros(len(self.register), dtype=np.bool_)
        sides = [side for side in self._sides(code) if side in self.form.protected]
        if not sides:
            return found
        _, _, both, to_give, _ = self.ratio_column(code)
        for side in sides:
            _, given, expected, _ = self.column(side)
            if np.array_equal(expected, to_give):
                is_same = given == both
            else:  # of two levels: both are whole, or who gave one and not the other cannot be told
                is_same = (given == expected) & (both == to_give)
            found |= (given > 0) & ~is_same
        return found

    def is_given(self, column: Measure | Ratio) -> bool:
        """Tell whether any unit of the register gave what the column is made of."""
        codes = [column.code] if isinstance(column, Measure) else self._sides(column.code)
        return all(self._measures[code].is_given for code in codes)

    def frame(self) -> pd.DataFrame:
        """Return sums with their coverage: a row per unit (code), columns (measure, value/given/expected)."""
        import pandas as pd

        columns: dict[tuple[str, str], object] = {}
        for measure in self.form.measures:
            sums, given, expected, _ = self.column(measure.code)
            columns[measure.code, "value"] = pd.arrays.IntegerArray(sums, given == 0)
            columns[measure.code, "given"] = given
            columns[measure.code, "expected"] = expected
        index = pd.Index(self.register.units.codes, name="unit")
        return pd.DataFrame(columns, index=index).iloc[self.register.tree_order]


def aggregate(collection: Collection, findings: Iterable[Finding] = ()) -> Aggregate:
    """Add a collection up.

    Parameters
    ----------
    collection : what was read.
    findings : all that was found, edit rules included; a hard finding makes the figures above it provisional.
    """
    form, register = collection.form, collection.register
    measures = {measure.code: _measure(collection, measure.code) for measure in form.measures}
    ratios = {ratio.code: _ratio(collection, ratio) for ratio in form.ratios}
    doubtful = _doubtful(collection, findings)
    return Aggregate(form, register, collection.period, measures, ratios, doubtful)


def _measure(collection: Collection, code: str) -> _Added:
    table = collection.tables[collection.place_of[code][0]]
    return _Added.up(collection.level_sums(table.level), (table.column(code)[0],))


def _ratio(collection: Collection, ratio: Ratio) -> _Added:
    """Add the sides of a ratio up; sides of two levels are compared at the higher one."""
    sides = [side for side in (ratio.numerator, ratio.denominator) if side in collection.place_of]
    tables = {collection.place_of[side][0] for side in sides}
    level = min(collection.tables[table].level for table in tables)
    if len(tables) == 1:
        columns = [collection.tables[min(tables)].column(side)[0] for side in sides]
    else:
        both = [collection.at_level(side, level) for side in sides]
        columns = [np.where(given, values, MISSING) for values, given in both]
    return _Added.up(collection.level_sums(level), tuple(columns))


class Doubt(NamedTuple):
    """What hard findings bear on."""

    units: Integers
    """Positions of units; none where the findings know none."""
    measures: tuple[int, ...] | None
    """Places of the measures they name in the form; None where they name none."""
    is_of_sender: bool
    """Whether the units are only those that the findings' files are of."""


def doubts(form: Form, register: UnitRegister, findings: Iterable[Finding]) -> Iterator[Doubt]:
    """Yield what hard findings bear on: their units, and their measure or those of their edit rule."""
    codes = register.units.by_code
    measures = {measure.code: place for place, measure in enumerate(form.measures)}
    names = {rule.code: rule.expression.names for rule in form.rules}

    def places(rule: str | None, own: Iterable[str | None]) -> tuple[int, ...] | None:
        named = names.get(rule or "", own)
        return tuple(measures[name] for name in named if name in measures) or None

    alone: dict[tuple[tuple[int, ...] | None, bool], set[int]] = {}
    nowhere: set[tuple[int, ...] | None] = set()
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns):
            if block.weight == "hard" and len(block):
                yield Doubt(block.units, places(block.rule, block.measures), is_of_sender=False)
            continue
        for finding in block:
            if severity(finding) != "hard":
                continue
            where = [codes[code] for code in (finding.unit, finding.about) if code in codes]
            what = places(finding.rule, finding.measures)
            if where:
                alone.setdefault((what, finding.unit not in codes), set()).add(where[0])
            else:
                nowhere.add(what)
    for (what, of_sender), units in alone.items():
        yield Doubt(np.array(sorted(units), dtype=np.int64), what, of_sender)
    for what in nowhere:
        yield Doubt(np.zeros(0, dtype=np.int64), what, is_of_sender=True)


def doubted(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return units x measures: the units' own values that a hard finding makes uncertain.

    A finding that names a measure doubts it at its unit and at all below; one that names a unit alone
    doubts the unit's own row. One that knows only whose file it is in (a row of an unknown village, a
    damaged file), or not even that, doubts nothing that was given: what it kept from being read is missing.
    """
    register = collection.register
    marks = np.zeros((len(register), len(collection.form.measures)), dtype=np.bool_)
    parents = np.array(register.units.parents, dtype=np.int64)
    has_children = np.zeros(len(register), dtype=np.bool_)
    has_children[parents[parents >= 0]] = True
    for doubt in doubts(collection.form, register, findings):
        if doubt.measures is None:
            marks[doubt.units] |= not doubt.is_of_sender
            continue
        places = np.array(doubt.measures)
        marks[np.ix_(doubt.units, places)] = True
        for unit in doubt.units[has_children[doubt.units]].tolist():
            marks[np.ix_(register.under(unit), places)] = True
    return marks


def _doubtful(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return units x measures: whether a hard finding lies at or below."""
    form, register = collection.form, collection.register
    marks = np.zeros((len(register), len(form.measures)), dtype=np.bool_, order="F")
    parents = np.array(register.units.parents, dtype=np.int64)
    for doubt in doubts(form, register, findings):
        units = doubt.units if len(doubt.units) else np.flatnonzero(parents < 0)
        places = np.array(doubt.measures or range(marks.shape[1]))
        while len(units):
            marks[np.ix_(units, places)] = True
            units = np.unique(parents[units])
            units = units[units >= 0]
    return marks

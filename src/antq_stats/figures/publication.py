"""The year's figures as they go out: what disclosure leaves, with coverage, bounds and last year beside.

Every face of the report takes a `Publication`, and there is no way from it to a figure that is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.figures.aggregation import Aggregate, Figure, RatioFigure, aggregate
from antq_stats.figures.bounds import Bounds, RatioSpan, Span, bounds
from antq_stats.figures.comparison import Prior, prior
from antq_stats.figures.coverage import UnitCoverage, WeightedCoverage, coverage_of, weighted_coverage
from antq_stats.figures.disclosure import Disclosure, disclosure
from antq_stats.figures.status import Status, Statuses, statuses
from antq_stats.findings.columns import FindingColumns, Findings, blocks_of
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Label, Measure, Ratio
from antq_stats.register.register import UnitRegister


class Source(NamedTuple):
    """A file that figures come from: its path relative to the folder, and the SHA-256 of its bytes.

    The hash is empty where figures of the file are protected.
    """

    file: str
    sha256: str


class MeasureColumn(NamedTuple):
    """A measure for all units of the register, an element each.

    ``values`` is 0 where the ``status`` is not `Status.FIGURE`: ask that before a value is shown.
    """

    values: Integers
    given: Integers
    expected: Integers
    provisional: Truths
    status: Statuses


class RatioColumn(NamedTuple):
    """A ratio for all units of the register, an element each: its sides over the units that gave both.

    Both sides are 0 where the ratio is withheld: ask its ``status`` before a value is shown.
    """

    numerators: Integers
    denominators: Integers
    given: Integers
    expected: Integers
    provisional: Truths
    status: Statuses


class Tally(NamedTuple):
    """How many findings are open."""

    hard: int
    """`obstacles`: what keeps the figures from being final."""
    soft: int


class PublishedSection(NamedTuple):
    """A section of the form, and what a report shows in it."""

    code: str
    """Empty for what belongs to no section of the form."""
    label: Label | None
    columns: tuple[Measure | Ratio, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Publication:
    """What a report may say of a period, and nothing more.

    ``findings`` are those that may be told: none depends on a protected measure. One that is not told still
    makes the report provisional, and every figure of the measures it is about: where it is, nothing says.
    ``prior`` gives of last year what may be shown of last year. Where everybody has answered and nothing is
    to be mended, no figure is provisional: one that need not be given has its coverage, and nobody waits for
    the rest.
    """

    collection: Collection
    findings: Findings
    prior: Prior | None
    coverage: UnitCoverage
    _aggregate: Aggregate
    _disclosure: Disclosure
    _untold: Findings
    """What keeps the figures from being final and is not told."""

    def __repr__(self) -> str:
        state = "provisional" if self.is_provisional else "final"
        beside = f", beside {self.prior.period}" if self.prior else ""
        return f"<Publication {self.period}: {state}, {len(self.columns)} columns{beside}>"

    @property
    def form(self) -> Form:
        """The form that was asked."""
        return self.collection.form

    @property
    def register(self) -> UnitRegister:
        """The units that were asked."""
        return self.collection.register

    @property
    def period(self) -> str:
        """Name of the period."""
        return self.collection.period

    @cached_property
    def root(self) -> int:
        """Position of the unit the report is on."""
        return self.register.units.parents.index(-1)

    @cached_property
    def sections(self) -> tuple[PublishedSection, ...]:
        """The sections a report shows, in form order, and in each what was given or had to be.

        What belongs to no section comes last.
        """
        labels = {section.code: section.label for section in self.form.sections}
        members: dict[str, list[Measure | Ratio]] = {code: [] for code in (*labels, "")}
        for column in self.form.columns:
            if self._aggregate.is_given(column) or (isinstance(column, Measure) and column.required):
                members[column.section if column.section in labels else ""].append(column)
        return tuple(
            PublishedSection(code, labels.get(code), tuple(columns))
            for code, columns in members.items()
            if columns
        )

    @cached_property
    def columns(self) -> tuple[Measure | Ratio, ...]:
        """Measures and ratios that a report shows, section after section."""
        return tuple(column for section in self.sections for column in section.columns)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The files that gave figures, in the order of their paths."""
        used = self.collection.used
        # Of a small file the hash gives back in a few tries what of it is withheld.
        tells = any(column.code in self.form.protected for column in self.columns)
        return tuple(
            Source(given.file, "" if tells else given.sha256)
            for given in self.collection.files
            if given.file in used
        )

    @cached_property
    def open_findings(self) -> Findings:
        """Hard and soft findings that may be told."""
        return self.findings.of_severity("hard", "soft")

    @cached_property
    def tally(self) -> Tally:
        """How many of the findings that may be told are open."""
        hard = len(obstacles(self.form, self.findings))
        return Tally(hard, len(self.open_findings) - hard)

    @cached_property
    def is_provisional(self) -> bool:
        """Whether anything can still change: a hard finding, or a unit that has not answered."""
        root = self.root
        return bool(self._doubted or self.tally.hard) or bool(
            self.coverage.read[root] < self.coverage.expected[root]
        )

    @cached_property
    def _places(self) -> dict[str, int]:
        return {measure.code: place for place, measure in enumerate(self.form.measures)}

    @cached_property
    def weighted(self) -> WeightedCoverage | None:
        """Coverage by households: last year's, else the register's; None where the form counts none."""
        return weighted_coverage(self.collection, self.prior.column if self.prior else None)

    @cached_property
    def _bounds(self) -> Bounds:
        return bounds(self.collection, self.findings, without=self.form.protected)

    def status(self, code: str) -> Statuses:
        """Return for all units what stands in the place of a measure or ratio."""
        found = self._statuses.get(code)
        if found is None:
            withheld = self._disclosure.withholds(code)
            if code in self._places:
                _, given, expected, _ = self._aggregate.column(code)
                found = statuses(given, expected, None, withheld)
            else:
                _, below, given, expected, _ = self._aggregate.ratio_column(code)
                found = statuses(given, expected, below, withheld)
            self._statuses[code] = found
        return found

    @cached_property
    def _statuses(self) -> dict[str, Statuses]:
        return {}

    def is_withheld(self, unit: int, code: str) -> bool:
        """Tell whether a measure or a ratio may not be shown for a unit."""
        return bool(self.status(code)[unit] == Status.WITHHELD)

    @cached_property
    def _doubted(self) -> frozenset[str]:
        """Measures that the obstacles which are not told are about."""
        names = {rule.code: rule.expression.names for rule in self.form.rules}
        about = (names.get(finding.rule or "", finding.measures) for finding in self._untold)
        return frozenset(code for codes in about for code in codes if code in self._places)

    def _is_doubted(self, code: str) -> bool:
        """Tell whether a finding that is not told is about a measure, or a side of a ratio."""
        codes = {code}
        if code not in self._places:
            codes |= {self.form.ratio(code).numerator, self.form.ratio(code).denominator}
        return not self._doubted.isdisjoint(codes)

    def figure(self, unit: int, measure: str) -> Figure | None:
        """Return a sum with its coverage; None where it is withheld."""
        if self.is_withheld(unit, measure):
            return None
        figure = self._aggregate.figure(unit, measure)
        provisional = figure.provisional or (self._is_doubted(measure) and figure.expected > 0)
        return figure._replace(provisional=provisional and self.is_provisional)

    def ratio(self, unit: int, code: str) -> RatioFigure | None:
        """Return a ratio with its sides; None where it is withheld."""
        if self.is_withheld(unit, code):
            return None
        ratio = self._aggregate.ratio(unit, code)
        provisional = ratio.provisional or (self._is_doubted(code) and ratio.expected > 0)
        return ratio._replace(provisional=provisional and self.is_provisional)

    def column(self, measure: str) -> MeasureColumn:
        """Return a measure for all units at once; what is withheld is 0 in its values."""
        status = self.status(measure)
        values, given, expected, provisional = self._aggregate.column(measure)
        shown = np.where(status == Status.FIGURE, values, 0)
        provisional |= self._is_doubted(measure) & (expected > 0)
        return MeasureColumn(shown, given, expected, provisional & self.is_provisional, status)

    def ratio_column(self, code: str) -> RatioColumn:
        """Return a ratio for all units at once; what is withheld is 0 in its sides."""
        status = self.status(code)
        above, below, given, expected, provisional = self._aggregate.ratio_column(code)
        hidden = status == Status.WITHHELD
        shown = (np.where(hidden, 0, above), np.where(hidden, 0, below))
        provisional |= self._is_doubted(code) & (expected > 0)
        return RatioColumn(*shown, given, expected, provisional & self.is_provisional, status)

    def span(self, unit: int, measure: str) -> Span | None:
        """Return between what values a sum can still end; None where that would tell of a withheld part."""
        if self.is_withheld(unit, measure) or measure in self.form.protected or self._is_doubted(measure):
            return None
        return self._bounds.span(unit, self._places[measure])

    def ratio_span(self, unit: int, code: str) -> RatioSpan | None:
        """Return between what values a ratio can still end; None where it can have none, or would tell."""
        if self.is_withheld(unit, code) or code in self.form.protected or self._is_doubted(code):
            return None
        return self._bounds.ratio_span(unit, code)

    def at_level(self, level: int) -> Sequence[int]:
        """Return the positions of a level's units, in tree order."""
        levels = self.register.units.levels
        return [unit for unit in self.register.tree_order.tolist() if levels[unit] == level]


def publish(
    collection: Collection, findings: Iterable[Finding], earlier: Aggregate | None = None
) -> Publication:
    """Add a collection up and return what of it may be shown.

    Parameters
    ----------
    collection : what was read.
    findings : all that was found, edit rules included.
    earlier : last year's aggregate, to be shown beside it.
    """
    form, findings = collection.form, Findings([findings])
    before = None
    if earlier is not None:
        before = prior(form, collection.register, earlier, disclosure(earlier).withholds)
    protected = form.protected | (before.protected if before else frozenset())
    told, others = _apart(form, findings, protected)
    total = aggregate(collection, told)
    return Publication(
        collection,
        told,
        before,
        coverage_of(collection, told),
        total,
        disclosure(total),
        obstacles(form, others),
    )


def obstacles(form: Form, findings: Findings) -> Findings:
    """Return what keeps figures from being final: hard findings, required figures that are not available.

    Missing units are among them.
    """
    required = {measure.code for measure in form.measures if measure.required}
    awaited = [finding for finding in findings.of_code("C102") if finding.measure in required]
    return Findings([findings.of_severity("hard"), awaited])


_OF_SEVERAL_COLUMNS = frozenset({"P105", "T302", "T304", "U109"})
"""Findings that rest on, or quote, figures of other columns than the one they name."""


def _apart(form: Form, findings: Findings, protected: frozenset[str]) -> tuple[Findings, Findings]:
    """Return the findings that may go out, and the others.

    None goes out that depends on a protected measure, for that there is one tells of its value: what fails a
    rule with another figure, changed much on last year, or is the same in every village of a total that is
    shown.
    """
    rules = {rule.code for rule in form.rules if not protected.isdisjoint(rule.expression.names)}

    def may_be_told(code: str, rule: str | None, measures: Iterable[str]) -> bool:
        if not protected:
            return True
        return protected.isdisjoint(measures) and rule not in rules and code not in _OF_SEVERAL_COLUMNS

    told: list[Sequence[Finding]] = []
    others: list[Sequence[Finding]] = []
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns) and may_be_told(block.code, block.rule, block.measures):
            told.append(block)
            continue
        is_told = [may_be_told(finding.code, finding.rule, finding.measures) for finding in block]
        told.append([*compress(block, is_told)])
        others.append([*compress(block, (not one for one in is_told))])
    return Findings(told), Findings(others)

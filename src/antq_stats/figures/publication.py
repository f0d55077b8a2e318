"""The figures that may be published, with their coverage, their bounds and last year's figures.

Every report is written from a `Publication`. Its members return no figure that is withheld,
except `collection`, which holds what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from antq_stats.changes.placement import Placement
from antq_stats.collection.collection import Collection, Truths
from antq_stats.collection.decided import Applied
from antq_stats.edits.accepted import accepted_by, in_force
from antq_stats.figures.aggregation import Aggregate, aggregate
from antq_stats.figures.bounds import Bounds, RatioSpan, Span, bounds
from antq_stats.figures.comparison import Prior, prior, same_columns
from antq_stats.figures.coverage import UnitCoverage, WeightedCoverage, coverage_of, weighted_coverage
from antq_stats.figures.disclosure import (
    Disclosure,
    PublishedDecision,
    disclosure,
    published_decision,
    split_publishable,
)
from antq_stats.figures.figure import Figure, MeasureColumn, RatioColumn, RatioFigure
from antq_stats.figures.status import Status, Statuses, statuses
from antq_stats.findings.columns import Findings
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Label, Measure, Ratio
from antq_stats.register.register import UnitRegister


class Source(NamedTuple):
    """A file that gave figures: its path relative to the folder, and the SHA-256 of its bytes.

    The hash is empty if the report shows a protected measure or ratio.
    """

    file: str
    sha256: str


class Tally(NamedTuple):
    """Numbers of open findings."""

    hard: int
    """Those that keep the figures from being final (`obstacles`)."""
    soft: int


class PublishedSection(NamedTuple):
    """A section of the form with the measures and ratios that a report shows."""

    code: str
    """Empty for the columns that belong to no section of the form."""
    label: Label | None
    columns: tuple[Measure | Ratio, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Publication:
    """The publishable part of a period's figures and findings.

    A finding that depends on a protected measure is not published. It still makes the report provisional, and
    with it the measure's figures of all units, so that its place is not disclosed. If all expected rows were
    read and no obstacle is open, no figure is provisional: an optional measure has its coverage, and nobody
    waits for the units that did not give it.
    """

    collection: Collection
    findings: Findings
    """The findings that may be published: none depends on a protected measure."""
    prior: Prior | None
    """Last year's figures, without those withheld last year; None without an earlier period."""
    coverage: UnitCoverage
    _aggregate: Aggregate
    _disclosure: Disclosure
    _withheld_obstacles: Findings
    """Findings that keep the figures from being final and may not be published."""
    _applied: tuple[Applied, ...] = ()
    """The decisions in force, in file order."""
    others: tuple[Publication, ...] = ()
    """Those of the other periods shown beside it that decisions were taken in, in the order of their days."""

    def __repr__(self) -> str:
        state = "provisional" if self.is_provisional else "final"
        beside = f", beside {self.prior.period}" if self.prior else ""
        return f"<Publication {self.period}: {state}, {len(self.columns)} columns{beside}>"

    @property
    def form(self) -> Form:
        """The form of the period."""
        return self.collection.form

    @property
    def register(self) -> UnitRegister:
        """The units of the period."""
        return self.collection.register

    @property
    def period(self) -> str:
        """Name of the period."""
        return self.collection.period

    @cached_property
    def root(self) -> int:
        """Position of the root of the register: the unit that the report is about."""
        return self.register.units.parents.index(-1)

    @cached_property
    def sections(self) -> tuple[PublishedSection, ...]:
        """The sections that a report shows, in form order; columns without a section come last.

        A measure is shown if it is required or a unit gave it, a ratio if its measures were given.
        """
        labels = {section.code: section.label for section in self.form.sections}
        members: dict[str, list[Measure | Ratio]] = {code: [] for code in (*labels, "")}
        for column in self.form.columns:
            if self._aggregate.has_values(column) or (isinstance(column, Measure) and column.required):
                members[column.section if column.section in labels else ""].append(column)
        return tuple(
            PublishedSection(code, labels.get(code), tuple(columns))
            for code, columns in members.items()
            if columns
        )

    @cached_property
    def columns(self) -> tuple[Measure | Ratio, ...]:
        """The measures and ratios that a report shows, section by section."""
        return tuple(column for section in self.sections for column in section.columns)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The files that gave figures, in the order of their paths."""
        used = self.collection.used
        # With the hash of a small file, the values withheld from it can be guessed in a few tries.
        is_protected = any(column.code in self.form.protected for column in self.columns)
        return tuple(
            Source(return_.file, "" if is_protected else return_.sha256)
            for return_ in self.collection.files
            if return_.file in used
        )

    @cached_property
    def open_findings(self) -> Findings:
        """The hard and soft findings that may be published."""
        return self.findings.of_severity("hard", "soft")

    @cached_property
    def tally(self) -> Tally:
        """Numbers of the open findings that may be published."""
        hard = len(obstacles(self.form, self.findings))
        return Tally(hard, len(self.open_findings) - hard)

    @cached_property
    def is_provisional(self) -> bool:
        """Whether figures can still change: a finding is an obstacle, or an expected row was not read."""
        root = self.root
        return bool(self._measures_in_doubt or self.tally.hard) or bool(
            self.coverage.read[root] < self.coverage.expected[root]
        )

    @cached_property
    def _places(self) -> dict[str, int]:
        return {measure.code: place for place, measure in enumerate(self.form.measures)}

    @cached_property
    def decisions(self) -> tuple[PublishedDecision, ...]:
        """The decisions in force: what changed a value, was accepted or does not count."""
        may_tell = accepted_by(self.findings)
        return tuple(
            published_decision(each, self._protected, self.is_withheld, may_tell) for each in self._applied
        )

    def decided(self, code: str) -> Truths:
        """Return for the n units whether a measure or ratio is marked as resting on a decision."""
        marks: Truths = self._aggregate.decided(code) & (self.status(code) == Status.FIGURE)
        for applied, told in zip(self._applied, self.decisions, strict=True):
            if applied.measures and "unit" in told.withheld:
                marks[self.register.under(applied.unit)] = False
        return marks

    @cached_property
    def concerned(self) -> frozenset[int]:
        """Units of which a doubt was accepted or a file was set aside: their names are marked."""
        return frozenset(
            each.unit for each in self.decisions if each.decision.kind in ("accept", "set-aside")
        )

    @cached_property
    def weighted(self) -> WeightedCoverage | None:
        """Coverage in the form's weighing measure, as in households; None if the form has none."""
        return weighted_coverage(self.collection, self.prior.column if self.prior else None)

    @cached_property
    def _bounds(self) -> Bounds:
        return bounds(self.collection, self.findings, without=self._protected)

    @cached_property
    def _protected(self) -> frozenset[str]:
        """Codes of which no bounds are shown."""
        return _with_ratios(self.form, self.form.protected, self._disclosure.linked)

    def status(self, code: str) -> Statuses:
        """Return the status of a measure or ratio for all units, n."""
        status = self._statuses.get(code)
        if status is None:
            withheld = self._disclosure.withholds(code)
            if code in self._places:
                _, given, expected, _ = self._aggregate.column(code)
                expected = expected + self._aggregate.unlisted(code)
                status = statuses(given, expected, None, withheld)
                status[self._aggregate.not_summed(code) & (status != Status.WITHHELD)] = Status.NOT_SUMMED
            else:
                _, denominators, given, expected, _ = self._aggregate.ratio_column(code)
                expected = expected + self._aggregate.unlisted(code)
                status = statuses(given, expected, denominators, withheld)
            self._statuses[code] = status
        return status

    @cached_property
    def _statuses(self) -> dict[str, Statuses]:
        return {}

    def is_withheld(self, unit: int, code: str) -> bool:
        """Return whether a measure or ratio is withheld for a unit."""
        return bool(self.status(code)[unit] == Status.WITHHELD)

    @cached_property
    def _measures_in_doubt(self) -> frozenset[str]:
        """Codes of the measures that unpublished obstacles concern."""
        names = {rule.code: rule.expression.names for rule in self.form.rules}
        concerned = (names.get(finding.rule or "", finding.measures) for finding in self._withheld_obstacles)
        return frozenset(code for codes in concerned for code in codes if code in self._places)

    def _is_in_doubt(self, code: str) -> bool:
        """Return whether an unpublished obstacle concerns a measure, or a side of a ratio."""
        codes = {code}
        if code not in self._places:
            codes |= {self.form.ratio(code).numerator, self.form.ratio(code).denominator}
        return not self._measures_in_doubt.isdisjoint(codes)

    def figure(self, unit: int, measure: str) -> Figure | None:
        """Return the sum of a measure under a unit, with its coverage; None if it is withheld."""
        if self.is_withheld(unit, measure):
            return None
        figure = self._aggregate.figure(unit, measure)
        provisional = figure.provisional or (
            self._is_in_doubt(measure) and figure.expected > 0 and figure.summed
        )
        decided = figure.decided and bool(self.decided(measure)[unit])
        return figure._replace(provisional=provisional and self.is_provisional, decided=decided)

    def ratio(self, unit: int, code: str) -> RatioFigure | None:
        """Return a ratio with its sides; None if it is withheld."""
        if self.is_withheld(unit, code):
            return None
        ratio = self._aggregate.ratio(unit, code)
        provisional = ratio.provisional or (self._is_in_doubt(code) and ratio.expected > 0)
        decided = ratio.decided and bool(self.decided(code)[unit])
        return ratio._replace(provisional=provisional and self.is_provisional, decided=decided)

    def column(self, measure: str) -> MeasureColumn:
        """Return a measure for all units."""
        status = self.status(measure)
        values, given, expected, provisional = self._aggregate.column(measure)
        shown = np.where(status == Status.FIGURE, values, 0)
        provisional |= self._is_in_doubt(measure) & (expected > 0) & (status != Status.NOT_SUMMED)
        return MeasureColumn(shown, given, expected, provisional & self.is_provisional, status)

    def ratio_column(self, code: str) -> RatioColumn:
        """Return a ratio for all units."""
        status = self.status(code)
        numerators, denominators, given, expected, provisional = self._aggregate.ratio_column(code)
        hidden = status == Status.WITHHELD
        sides = (np.where(hidden, 0, numerators), np.where(hidden, 0, denominators))
        provisional |= self._is_in_doubt(code) & (expected > 0)
        return RatioColumn(*sides, given, expected, provisional & self.is_provisional, status)

    def span(self, unit: int, measure: str) -> Span | None:
        """Return the bounds of a sum; None if it is withheld, or if they could disclose what is withheld."""
        if self.is_withheld(unit, measure) or measure in self._protected or self._is_in_doubt(measure):
            return None
        if self.form.measure(measure).up == "none":
            return None
        return self._bounds.span(unit, self._places[measure])

    def ratio_span(self, unit: int, code: str) -> RatioSpan | None:
        """Return the bounds of a ratio.

        They are None if the ratio is withheld or undefined, or if they could disclose what is withheld.
        """
        if self.is_withheld(unit, code) or code in self._protected or self._is_in_doubt(code):
            return None
        return self._bounds.ratio_span(unit, code)

    def at_level(self, level: int) -> Sequence[int]:
        """Return the positions of a level's units, in tree order."""
        levels = self.register.units.levels
        return [unit for unit in self.register.tree_order.tolist() if levels[unit] == level]


def publish(
    collection: Collection, findings: Iterable[Finding], earlier: Aggregate | None = None,
    placement: Placement | None = None, disclosed: Disclosure | None = None,
    disclosed_earlier: Disclosure | None = None, beside: Sequence[Publication] = (),
) -> Publication:  # fmt: skip
    """Add a collection up and return what of it may be published.

    Parameters
    ----------
    collection : the values of the period.
    findings : all findings, those of the edit rules included.
    earlier : last year's figures; None without an earlier period.
    placement : where the earlier units belong in the register; None if no event lies between.
    disclosed, disclosed_earlier : what is withheld of the period and of the earlier one; None for what
        `disclosure` withholds.
    beside : the publications of other periods that are shown beside it and have decisions.
    """
    form, findings = collection.form, Findings([findings])
    last_year = None
    linked: frozenset[str] = frozenset() if disclosed is None else disclosed.linked
    if earlier is not None:
        then = disclosure(earlier) if disclosed_earlier is None else disclosed_earlier
        withholds = then.withholds
        linked |= {now for now, code in same_columns(form, earlier.form).items() if code in then.linked}
        marks = next((each.decided for each in beside if each.period == earlier.period), None)
        last_year = prior(
            form, collection.register, earlier, withholds, period=collection.period, placement=placement,
            decided=marks,
        )  # fmt: skip
    protected = _with_ratios(
        form, form.protected | (last_year.protected if last_year else frozenset()), linked
    )
    publishable, others = split_publishable(form, findings, protected)
    figures = aggregate(collection, publishable)
    return Publication(
        collection,
        publishable,
        last_year,
        coverage_of(collection, publishable),
        figures,
        disclosure(figures) if disclosed is None else disclosed,
        obstacles(form, others),
        in_force(collection, findings),
        tuple(beside),
    )


def _with_ratios(form: Form, protected: frozenset[str], linked: frozenset[str]) -> frozenset[str]:
    """Return what is protected, with the measures that rules tie to it and the ratios made of these."""
    made = (ratio.code for ratio in form.ratios if linked & {ratio.numerator, ratio.denominator})
    return protected | linked | frozenset(made) if linked else protected


def obstacles(form: Form, findings: Findings) -> Findings:
    """Return the findings that keep figures from being final.

    They are the hard findings, missing units among them, and those that say that a required figure is marked
    as not available (C102).

    Parameters
    ----------
    form : of the period.
    findings : all findings, those of the edit rules included.
    """
    required = {measure.code for measure in form.measures if measure.required}
    not_available = [finding for finding in findings.of_code("C102") if finding.measure in required]
    return Findings([findings.of_severity("hard"), not_available])

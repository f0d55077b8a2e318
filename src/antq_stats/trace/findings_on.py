"""The findings on a figure: those at its units, and those that make it provisional."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterable, Sequence

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.findings.catalogue import severity
from antq_stats.findings.columns import FindingColumns, blocks_of
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister


class FindingsOn:
    """The findings on some measures at some units. A finding that names no measure is on all of them.

    Parameters
    ----------
    findings : all findings.
    form, register : of the period.
    units : whether each unit of the register is one of the units.
    measures : codes of the measures.
    """

    def __init__(
        self,
        findings: Iterable[Finding],
        form: Form,
        register: UnitRegister,
        units: Truths,
        measures: Container[str],
    ) -> None:
        self._at: dict[int, list[tuple[Sequence[Finding], int]]] = {}
        self.hard: Integers = np.zeros(len(register), dtype=np.int64)
        """Number of hard findings at each unit of the register."""
        self._names = {rule.code: rule.expression.names for rule in form.rules}
        self._measures = frozenset(measures)
        self._form_measures = frozenset(measure.code for measure in form.measures)
        for block in blocks_of(findings):
            if isinstance(block, FindingColumns):
                self._add_columns(block, units)
            else:
                self._add(block, register, units)

    def is_on(self, finding: Finding, measure: str) -> bool:
        """Return whether a finding is on a measure, by its code."""
        named = self._named(finding.rule, finding.measures)
        return not named or measure in named

    def _named(self, rule: str | None, measures: Iterable[str]) -> frozenset[str]:
        return self._form_measures.intersection(self._names.get(rule or "", measures))

    def _is_on(self, rule: str | None, measures: Iterable[str]) -> bool:
        named = self._named(rule, measures)
        return not named or not named.isdisjoint(self._measures)

    def _add_columns(self, block: FindingColumns, units: Truths) -> None:
        if not self._is_on(block.rule, block.measures):
            return
        chosen = np.flatnonzero(units[block.units])
        for at, unit in zip(chosen.tolist(), block.units[chosen].tolist(), strict=True):
            self._at.setdefault(unit, []).append((block, at))
        if block.severity == "hard":
            np.add.at(self.hard, block.units[chosen], 1)

    def _add(self, block: Sequence[Finding], register: UnitRegister, units: Truths) -> None:
        by_code, roots = register.units.by_code, register.units.children[-1]
        for at, finding in enumerate(block):
            unit = by_code.get(finding.unit or "", by_code.get(finding.about or "", -1))
            is_hard = severity(finding) == "hard"
            if unit < 0:  # it keeps the figure of the root from being final
                if not is_hard:
                    continue
                unit = roots[0]
            if units[unit] and self._is_on(finding.rule, finding.measures):
                self._at.setdefault(unit, []).append((block, at))
                self.hard[unit] += is_hard

    @property
    def units(self) -> Container[int]:
        """Positions of the units that have findings."""
        return self._at.keys()

    def of(self, unit: int) -> list[Finding]:
        """Return the findings at a unit, by its position."""
        return [block[at] for block, at in self._at.get(unit, ())]

    def causes(self) -> list[Finding]:
        """Return the hard findings, in the order of their units in the register."""
        units = [unit for unit in sorted(self._at) if self.hard[unit]]
        return [finding for unit in units for finding in self.of(unit) if severity(finding) == "hard"]

"""How far a year's collection is: which senders have sent, which have not, and which must correct."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from antq_stats.figures.coverage import UnitCoverage
from antq_stats.findings.columns import Findings
from antq_stats.run import Result

OF_THE_REGISTER = ("U110", "U303")
"""Codes of findings that the office mends in its register: nothing is wrong with the returns."""


class Standing(NamedTuple):
    """The senders of a collection, as positions in the register, in the order of its tree."""

    senders: tuple[int, ...]
    """All that are expected to send a return."""
    missing: tuple[int, ...]
    """Those that gave no figures."""
    to_mend: dict[int, int]
    """Those that gave figures, with the number of their hard findings; U301 is one of these."""
    unlisted: tuple[int, ...]
    """Those whose units the register does not have yet."""
    unplaced: int
    """Number of hard findings without a known unit."""
    level: int
    """The lowest level of units with an expected row."""
    read: int
    """Units of that level that have a row in a return."""
    expected: int
    """Units of that level."""

    @property
    def sent(self) -> int:
        """Number of senders that gave figures."""
        return len(self.senders) - len(self.missing)


def standing_of(result: Result, coverage: UnitCoverage) -> Standing:
    """Return the standing of a collection.

    Parameters
    ----------
    result : the period, read and checked.
    coverage : of the result.
    """
    register = result.register
    tables = [table for table in result.collection.tables if table.is_expected]
    whose = {int(register.senders[unit]) for table in tables for unit in table.units}
    senders = tuple(unit for unit in register.tree_order.tolist() if unit in whose)
    of_register = Counter(
        register.units.by_code[finding.unit or ""]
        for code in OF_THE_REGISTER
        for finding in result.findings.of_code(code)
    )
    missing = tuple(unit for unit in senders if not coverage.read[unit] and unit not in of_register)
    absent = frozenset(missing)
    hard = {unit: int(coverage.hard[unit]) - of_register[unit] for unit in senders if unit not in absent}
    level = max((table.level for table in tables), default=len(register.levels) - 1)
    finest = [table for table in tables if table.level == level]
    units = {int(unit) for table in finest for unit in table.units}
    read = {int(unit) for table in finest for unit in table.units[table.read]}
    return Standing(
        senders, missing, {unit: count for unit, count in hard.items() if count},
        tuple(unit for unit in senders if unit in of_register), coverage.unplaced["hard"], level, len(read),
        len(units),
    )  # fmt: skip


def for_senders(findings: Findings) -> Findings:
    """Return the findings without those that the office mends itself."""
    if not any(findings.of_code(code) for code in OF_THE_REGISTER):
        return findings
    return Findings([[finding for finding in findings if finding.code not in OF_THE_REGISTER]])

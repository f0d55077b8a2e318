"""Who has answered: expected and read units, returns and findings, for every unit of the register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from antq_stats.catalogue import severity
from antq_stats.collection import Collection, Integers
from antq_stats.findings import Finding


@dataclass(frozen=True, eq=False)
class Answers:
    """Arrays with one element per unit of the register.

    ``expected`` and ``read`` count rows of the tables that must come (a village's, and its commune's
    own); ``hard`` and ``soft`` the findings at or below the unit; ``unplaced`` those no unit is known for.
    """

    expected: Integers
    read: Integers
    hard: Integers
    soft: Integers
    unplaced: dict[str, int]


def answers(collection: Collection, findings: Iterable[Finding]) -> Answers:
    """Count who has answered, and what was found."""
    register = collection.register
    counted = np.zeros((len(register), 4), dtype=np.int64)
    for table in collection.tables:
        if table.is_expected:
            counted[table.units, 0] += 1
            counted[table.units, 1] += table.read
    unplaced = {"hard": 0, "soft": 0, "note": 0}
    for finding in findings:
        weight = severity(finding)
        if weight == "note":
            continue
        unit = register.units.by_code.get(finding.unit or finding.about or "")
        if unit is None:
            unplaced[weight] += 1
        else:
            counted[unit, 2 if weight == "hard" else 3] += 1
    sums = register.sums(np.arange(len(register)), counted)
    return Answers(sums[:, 0], sums[:, 1], sums[:, 2], sums[:, 3], unplaced)

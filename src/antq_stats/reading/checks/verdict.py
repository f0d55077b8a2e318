"""The verdict of checks: what must not be taken from a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must not be taken from a table. Checks return it; `reading.verdicts` applies it."""

    personal_headers: frozenset[int] = frozenset()
    """Columns of personal data, whose header must not be kept."""
    personal_measures: frozenset[int] = frozenset()
    """Places of measures whose figures are telephone or identity numbers. None of these figures counts."""
    double_measures: frozenset[int] = frozenset()
    """Places of measures that several columns match. None of the figures counts, nor does a column."""
    cells: frozenset[tuple[int, int]] = frozenset()
    """Figures that do not count: each by its row's position in the body and its measure's place."""

    @classmethod
    def union(cls, verdicts: Iterable[Verdict]) -> Verdict:
        """Return one verdict that excludes what any of several excludes."""
        headers: set[int] = set()
        personal: set[int] = set()
        double: set[int] = set()
        cells: set[tuple[int, int]] = set()
        for verdict in verdicts:
            headers |= verdict.personal_headers
            personal |= verdict.personal_measures
            double |= verdict.double_measures
            cells |= verdict.cells
        return cls(frozenset(headers), frozenset(personal), frozenset(double), frozenset(cells))

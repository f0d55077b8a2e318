"""How far a year's collection is: which senders have sent, which have not, and which must correct."""

from __future__ import annotations

from typing import NamedTuple

from antq_stats.figures.coverage import UnitCoverage
from antq_stats.run import Result


class Standing(NamedTuple):
    """The senders of a collection, as positions in the register, in the order of its tree."""

    senders: tuple[int, ...]
    """All that are expected to send a return."""
    missing: tuple[int, ...]
    """Those that gave no figures."""
    to_mend: tuple[int, ...]
    """Those that gave figures, with hard findings; units missing from their returns are among these."""
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
    missing = tuple(unit for unit in senders if not coverage.read[unit])
    absent = frozenset(missing)
    to_mend = tuple(unit for unit in senders if unit not in absent and coverage.hard[unit])
    level = max((table.level for table in tables), default=len(register.levels) - 1)
    finest = [table for table in tables if table.level == level]
    units = {int(unit) for table in finest for unit in table.units}
    read = {int(unit) for table in finest for unit in table.units[table.read]}
    return Standing(senders, missing, to_mend, coverage.unplaced["hard"], level, len(read), len(units))

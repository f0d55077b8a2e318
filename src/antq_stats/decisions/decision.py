"""A decision, and those of a period that are in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple, get_args

from antq_stats.findings.finding import Finding
from antq_stats.reading.discover import DECISIONS_FILE
from antq_stats.register.lost_zeros import meant_codes, zeros_note

Kind = Literal["correct", "accept", "nil", "set-aside", "unit", "column", "undo"]
"""A value is corrected; a finding is right as it is; a unit has nothing to report; a file does not count; a
file or sheet is a unit's; a header means a measure; an earlier decision is revoked."""

KINDS: tuple[Kind, ...] = get_args(Kind)
COLUMNS = ("date", "decision", "unit", "measure", "code", "file", "was", "value", "reason", "by")
"""The columns of decisions.csv."""
UNTIL_END = "*"
"""``was`` of an acceptance that holds to the end of the period, whatever the value is."""


class Decision(NamedTuple):
    """A line of decisions.csv; a field that does not apply is empty."""

    number: int
    """Its number among the decisions of the file, from 1."""
    date: date
    kind: Kind
    unit: str
    """Code of the unit."""
    measure: str
    """Code of the measure."""
    code: str
    """Code of the finding, or of the edit rule, that is accepted."""
    file: str
    """Path relative to the folder, perhaps with a sheet behind a number sign."""
    was: str
    """What the file said when this was decided; it holds only while the file still says so."""
    value: str
    """The value agreed; the header of a column; the number of a decision that is revoked."""
    reason: str
    by: str
    """An office, a post or initials; never a person's name."""
    row: int = 0
    """Its row in decisions.csv, from 1; 0 if it is not written there."""

    @property
    def fields(self) -> tuple[str, ...]:
        """What stands in the columns of decisions.csv: see `COLUMNS`."""
        return tuple(map(str, self[1 : 1 + len(COLUMNS)]))

    @property
    def subject(self) -> tuple[str, ...]:
        """What the decision is on: of two on the same, the later one holds."""
        which = self.value if self.kind in ("column", "undo") else ""
        if self.kind == "accept" and self.file and not self.measure:
            which = self.was  # a file may have several findings of one code, each on a text of its own
        return self.kind, self.unit, self.measure, self.code, self.file, which


@dataclass(frozen=True)
class Decisions:
    """The decisions of a period.

    Parameters
    ----------
    lines : all lines of decisions.csv, in its order.
    notes : findings on the file, which keep no decision from its effect.
    """

    lines: tuple[Decision, ...] = ()
    notes: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        """Whether any decision is in force."""
        return bool(self.in_force)

    @cached_property
    def undone(self) -> frozenset[int]:
        """Numbers of the decisions that were revoked."""
        revoked: set[int] = set()
        for line in reversed(self.lines):  # a revocation can be revoked
            if line.kind == "undo" and line.number not in revoked and line.value.isdecimal():
                revoked.add(int(line.value))
        return frozenset(revoked)

    @cached_property
    def in_force(self) -> tuple[Decision, ...]:
        """The decisions that were neither revoked nor replaced by a later one on the same, in file order."""
        last: dict[tuple[str, ...], Decision] = {}
        for line in self.lines:
            if line.kind != "undo" and line.number not in self.undone:
                last[line.subject] = line
        return tuple(sorted(last.values()))

    def of_kind(self, *kinds: Kind) -> Iterator[Decision]:
        """Yield the decisions in force of some kinds."""
        yield from (line for line in self.in_force if line.kind in kinds)

    def with_lost_zeros(self, codes: Collection[str]) -> Decisions:
        """Return the decisions with the zeros that codes of units lost when Excel saved the file, and S208.

        A code stays as it is if it is known, or if several codes differ from it by leading zeros only.

        Parameters
        ----------
        codes : the codes of the register.
        """
        full = meant_codes((line.unit for line in self.lines), codes)
        if not full:
            return self
        lines = tuple(line._replace(unit=full.get(line.unit, line.unit)) for line in self.lines)
        restored = [line.unit for line in self.lines if line.unit in full]
        return Decisions(lines, zeros_note(DECISIONS_FILE, len(restored), restored[0], full[restored[0]]))


NO_DECISIONS = Decisions()


def numbered(lines: Iterable[Decision], first: int) -> list[Decision]:
    """Return decisions with the numbers that they have when they are written behind others.

    Parameters
    ----------
    lines : the decisions.
    first : number of the first of them.
    """
    return [line._replace(number=number) for number, line in enumerate(lines, first)]

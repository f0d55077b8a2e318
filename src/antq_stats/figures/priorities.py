"""Priorities: which senders to call first, by how much the figures can change when they answer.

This is the score function of selective editing (Latouche and Berthelot, *Journal of Official Statistics*
8/3, 1992). The local score is the expected change of a sender's values of one measure, over the estimated
total; the global score is the largest local one. The expected value of a unit is last year's, else the mean
of the units under the same parent, else under the next unit above, up to the root.

A soft finding that doubts a value, of plausibility or of an edit rule, counts by the value's distance from
the expected one.

What remains open after some calls is the sum of the local scores of the other senders, for the measure of
which it is greatest. Another call pays no more when it is at most the form's ``[plausibility] open``.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import TableValues
from antq_stats.figures.doubts import doubted_values
from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING

Earlier = Callable[[str], tuple[Integers, Truths]]
"""Takes a measure's code; returns last year's sums for all units of the register, and which are known."""


_NOT_OF_VALUES = frozenset({"P112", "P115", "P120"})
"""Codes of soft findings that ask how figures were made, or doubt a check, and no figure by itself."""


class Sender(NamedTuple):
    """A unit that sends returns, with the open findings on them."""

    unit: int
    """Position in the register."""
    share: Fraction
    """The global score, 0 to 1: the share of the total of ``measure`` that can still change."""
    measure: str | None
    """Code of the required measure with that score; None if no total can change."""
    hard: int
    """Number of hard findings."""
    soft: int
    """Number of soft findings."""
    findings: tuple[Finding, ...]
    """The hard and soft findings, in the order of all findings."""
    files: tuple[str, ...]
    """Files that gave figures of the sender's units, sorted."""
    read: int
    """Number of the sender's expected rows that were read."""
    expected: int
    """Number of the sender's expected rows."""
    unread: tuple[str, ...]
    """Files of the sender that gave no figures."""
    remains: Fraction
    """Greatest share of a total of a required measure that the senders after this one can change together."""


@dataclass(frozen=True, eq=False)
class Priorities:
    """The senders with open findings, highest score first."""

    senders: tuple[Sender, ...]
    unplaced: tuple[Finding, ...]
    """Hard and soft findings without a known sender, and findings on files that may be missing returns."""
    at_first: Fraction
    """What remains open before the first call; see `Sender.remains`."""
    limit: Fraction
    """Greatest share of a total that may remain open."""

    @property
    def enough(self) -> int:
        """Number of senders after whom the others can change no total by more than ``limit``."""
        remaining = (self.at_first, *(sender.remains for sender in self.senders))
        return next(at for at, remains in enumerate(remaining) if remains <= self.limit)


def only(ranked: Priorities, units: Container[int]) -> Priorities:
    """Return some of the senders in their order, as if all of them had to be called.

    Parameters
    ----------
    ranked : the senders.
    units : positions of those that are wanted.
    """
    chosen = [sender for sender in ranked.senders if sender.unit in units]
    left = [Fraction(1)] * (len(chosen) - 1) + [Fraction(0)]
    senders = tuple(sender._replace(remains=rest) for sender, rest in zip(chosen, left, strict=False))
    return Priorities(senders, (), Fraction(bool(senders)), Fraction(0))


def priorities(
    collection: Collection, findings: Iterable[Finding], earlier: Earlier | None = None
) -> Priorities:
    """Return the senders that have hard or soft findings, by how much the figures can still change.

    A sender is the parent of units of the finest level, or a unit above that a finding is on. Equal scores
    are ordered by the number of hard findings, then by the order of the register.

    Parameters
    ----------
    collection : the values of the period.
    findings : all findings, those of the edit rules included.
    earlier : last year's figures (`comparison.Prior.column`); None without an earlier period.
    """
    register = collection.register
    sender_at = register.senders
    files = _files(collection, sender_at)
    grouped: dict[int, list[Finding]] = {}
    unplaced: list[Finding] = []
    open_findings = [finding for finding in findings if severity(finding) != "note"]
    for finding in open_findings:
        sender = _sender_of(finding, collection, sender_at, files)
        if sender is None:
            unplaced.append(finding)
        else:
            grouped.setdefault(sender, []).append(finding)
    unread: dict[int, list[str]] = {}
    for file in collection.unread:
        if (about := register.units.by_code.get(file.about or "")) is not None:
            unread.setdefault(int(sender_at[about]), []).append(file.file)
    moves = _moves(collection, open_findings, sender_at, earlier)
    shares = {unit: _share(moves, unit) for unit in grouped}
    files_of = {sender: [file for file, whose in files.items() if sender in whose] for sender in grouped}
    read, expected = _answered(collection, sender_at)
    unclaimed = set(collection.unclaimed) - {finding.file for finding in unplaced}
    if unclaimed and (read < expected).any():
        unplaced += [finding for finding in findings if finding.file in unclaimed and finding.code == "F204"]
    order = {int(unit): place for place, unit in enumerate(register.tree_order)}
    senders = [
        Sender(
            unit,
            *shares[unit],
            sum(severity(finding) == "hard" for finding in members),
            sum(severity(finding) == "soft" for finding in members),
            tuple(members),
            tuple(sorted(files_of[unit])),
            int(read[unit]),
            int(expected[unit]),
            tuple(unread.get(unit, ())),
            Fraction(0),
        )
        for unit, members in grouped.items()
    ]
    senders.sort(key=lambda sender: (-sender.share, -sender.hard, order[sender.unit]))
    at_first, *remaining = _remaining(moves, [sender.unit for sender in senders])
    ranked = [sender._replace(remains=remains) for sender, remains in zip(senders, remaining, strict=True)]
    limit = Fraction(repr(collection.form.plausibility.open))
    return Priorities(tuple(ranked), tuple(unplaced), at_first, limit)


def _files(collection: Collection, sender_at: Integers) -> dict[str, set[int]]:
    """Return the senders whose figures each file gave."""
    files: dict[str, set[int]] = {}
    for table in collection.tables:
        sources = table.sources.of_rows()
        for unit, source in zip(table.units[sources >= 0], sources[sources >= 0], strict=True):
            files.setdefault(table.origins[int(source)].file, set()).add(int(sender_at[unit]))
    return files


def _sender_of(
    finding: Finding, collection: Collection, sender_at: Integers, files: dict[str, set[int]]
) -> int | None:
    codes = collection.register.units.by_code
    for code in (finding.unit, finding.about):
        if (unit := codes.get(code or "")) is not None:
            return int(sender_at[unit])
    whose = files.get(finding.file or "", set())
    return next(iter(whose)) if len(whose) == 1 else None


def _answered(collection: Collection, sender_at: Integers) -> tuple[Integers, Integers]:
    """Return how many expected rows of each sender were read, and how many there are."""
    read, expected = (np.zeros(len(collection.register), dtype=np.int64) for _ in range(2))
    for table in collection.tables:
        if table.is_expected:
            np.add.at(read, sender_at[table.units], table.read)
            np.add.at(expected, sender_at[table.units], 1)
    return read, expected


class _Moves(NamedTuple):
    """How much each sender can still change the total of a required measure."""

    measure: str
    of_sender: Integers
    """For each unit of the register, in steps of the measure."""
    total: int


def _moves(
    collection: Collection, findings: list[Finding], sender_at: Integers, earlier: Earlier | None
) -> list[_Moves]:
    """Return the possible changes of each required measure."""
    wrong, questioned = doubted_values(collection, findings), _questioned(collection, findings)
    places = {measure.code: place for place, measure in enumerate(collection.form.measures)}
    moves = []
    for table in collection.tables:
        for at, measure in enumerate(table.measures):
            if not measure.required or measure.up == "none" or not len(table.units):
                continue
            cells = table.units, places[measure.code]
            last_year = None if earlier is None else earlier(measure.code)
            changes, total = _changes(collection, table, at, wrong[cells], questioned[cells], last_year)
            of_sender = np.zeros(len(sender_at), dtype=np.int64)
            np.add.at(of_sender, sender_at[table.units], changes)
            moves.append(_Moves(measure.code, of_sender, total))
    return moves


def _questioned(collection: Collection, findings: list[Finding]) -> Truths:
    """Return which values a soft finding doubts, units x measures."""
    register = collection.register
    asked = [
        replace(finding, severity="hard")
        for finding in findings
        if severity(finding) == "soft" and finding.code[0] in "PR" and finding.code not in _NOT_OF_VALUES
    ]
    marks = doubted_values(collection, asked)
    for finding in asked:
        unit = register.units.by_code.get(finding.unit or "")
        if unit is not None and not finding.measures:
            marks[register.under(unit)] = True
    return marks


def _share(moves: list[_Moves], sender: int) -> tuple[Fraction, str | None]:
    """Return the global score of a sender, and the code of its measure; None if it changes no total."""
    best: tuple[Fraction, str | None] = Fraction(0), None
    for measure, of_sender, total in moves:
        share = Fraction(int(of_sender[sender]), total)
        if share > best[0]:
            best = share, measure
    return best


def _remaining(moves: list[_Moves], senders: list[int]) -> list[Fraction]:
    """Return what remains open before the first call and after each, as a share of a total."""
    remaining = [Fraction(0)] * (len(senders) + 1)
    for _, of_sender, total in moves:
        after = np.cumsum([0, *of_sender[senders[::-1]].tolist()])[::-1].tolist()
        remaining = [max(one, Fraction(left, total)) for one, left in zip(remaining, after, strict=True)]
    return remaining


def _changes(
    collection: Collection,
    table: TableValues,
    at: int,
    wrong: Truths,
    questioned: Truths,
    last_year: tuple[Integers, Truths] | None,
) -> tuple[Integers, int]:
    """Return the expected change of each unit's value of one measure, and the estimated total.

    A missing value changes the total by its expected value. A wrong one changes it by its expected value too,
    because it may be wrong altogether, or by its distance from that value if this is more. One that is only
    questioned changes it by that distance.
    """
    values, present = table.wide(at), table.values[:, at] != MISSING
    certain = present & ~wrong & ~questioned
    likely = _expected(collection, table.level, values, certain)
    if last_year is not None:
        sums, known = (column[table.units] for column in last_year)
        likely = np.where(known, sums, likely)
    distance = np.abs(values - likely)
    changes = np.where(certain, 0, likely)
    changes = np.where(present & wrong, np.maximum(likely, distance), changes)
    changes = np.where(present & questioned & ~wrong, distance, changes)
    total = int(np.where(present, values, 0).sum()) + int(np.where(present, 0, likely).sum())
    return changes, max(total, int(changes.sum()), 1)


def _expected(collection: Collection, level: int, values: Integers, certain: Truths) -> Integers:
    """Return the mean of the certain values around each unit, rounded half up to a whole number.

    Around a unit are the units under its parent, or, if these have no certain value, under the next unit
    above.
    """
    tree = collection.level_sums(level)
    sums, counts = tree.everywhere(np.where(certain, values, 0)), tree.everywhere(certain)
    parents = np.array(collection.register.units.parents, dtype=np.int64)
    around = parents[tree.units]
    while True:
        lacking = (around >= 0) & (counts[around] == 0)
        if not lacking.any():
            break
        around = np.where(lacking, parents[around], around)
    count = np.where(around >= 0, counts[around], 0)
    return np.where(count > 0, (2 * sums[around] + count) // np.maximum(2 * count, 1), 0)

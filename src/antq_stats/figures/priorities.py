"""Priorities: which senders to call first, by how much the figures can change when they answer.

This is the score function of selective editing (Latouche and Berthelot, *Journal of Official Statistics*
8/3, 1992). The local score is the expected change of a sender's values of one measure, over the estimated
total; the global score is the largest local one. The expected value of a unit is last year's, else the mean
of the units under the same parent, else under the next unit above, up to the root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, TableValues, Truths
from antq_stats.figures.doubts import doubted_values
from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING

Earlier = Callable[[str], tuple[Integers, Truths]]
"""Takes a measure's code; returns last year's sums for all units of the register, and which are known."""


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


@dataclass(frozen=True, eq=False)
class Priorities:
    """The senders with open findings, highest score first."""

    senders: tuple[Sender, ...]
    unplaced: tuple[Finding, ...]
    """Hard and soft findings without a known sender, and findings on files that may be missing returns."""


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
        if file.about in register.units.by_code:
            unread.setdefault(int(sender_at[register.units.by_code[file.about]]), []).append(file.file)
    shares = _shares(collection, open_findings, sender_at, grouped.keys(), earlier)
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
        )
        for unit, members in grouped.items()
    ]
    senders.sort(key=lambda sender: (-sender.share, -sender.hard, order[sender.unit]))
    return Priorities(tuple(senders), tuple(unplaced))


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
        if code in codes:
            return int(sender_at[codes[code]])
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


def _shares(
    collection: Collection,
    findings: Iterable[Finding],
    sender_at: Integers,
    senders: Iterable[int],
    earlier: Earlier | None,
) -> dict[int, tuple[Fraction, str | None]]:
    """Return the global score of each sender, and the code of its measure."""
    scores: dict[int, tuple[Fraction, str | None]] = dict.fromkeys(senders, (Fraction(0), None))
    marks = doubted_values(collection, findings)
    places = {measure.code: place for place, measure in enumerate(collection.form.measures)}
    for table in collection.tables:
        for at, measure in enumerate(table.measures):
            if not measure.required or measure.up == "none" or not len(table.units):
                continue
            doubt = marks[table.units, places[measure.code]]
            last_year = None if earlier is None else earlier(measure.code)
            changes, total = _changes(collection, table, at, doubt, last_year)
            of_sender = np.zeros(len(sender_at), dtype=np.int64)
            np.add.at(of_sender, sender_at[table.units], changes)
            for sender, (share, _) in scores.items():
                change = int(of_sender[sender])
                if change and Fraction(change, total) > share:
                    scores[sender] = (Fraction(change, total), measure.code)
    return scores


def _changes(
    collection: Collection,
    table: TableValues,
    at: int,
    doubt: Truths,
    last_year: tuple[Integers, Truths] | None,
) -> tuple[Integers, int]:
    """Return the expected change of each unit's value of one measure, and the estimated total.

    A missing value changes the total by its expected value. A doubted one changes it by its expected value
    too, because it may be wrong altogether, or by its distance from that value if this is more.
    """
    values, present = table.values[:, at], table.values[:, at] != MISSING
    certain = present & ~doubt
    likely = _expected(collection, table.level, values, certain)
    if last_year is not None:
        sums, known = (column[table.units] for column in last_year)
        likely = np.where(known, sums, likely)
    changes = np.where(certain, 0, likely)
    changes = np.where(present & doubt, np.maximum(likely, np.abs(values - likely)), changes)
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

"""Whom to call first: senders by how far the figures can still move when their findings are solved.

This is the score function of selective editing (Latouche and Berthelot, *Journal of Official Statistics*
8/3, 1992): the expected change of a unit's value over the estimated total is its local score, and the largest
of a sender's scores over the measures is its global one. What is expected of a value that is missing is last
year's, else the mean of the units of the same parent, else of the next one above, up to the root.
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

Earlier = Callable[[str], tuple[Integers, Truths]]
"""A measure's code -> its sums last year for every unit of the register, and which are known."""


class Sender(NamedTuple):
    """A unit that answers for its own returns, and what is to be mended in them."""

    unit: int
    """Position in the register."""
    share: Fraction
    """How much of the figure of ``measure`` can still change, 0 to 1; 0 where nothing can."""
    measure: str | None
    """The required measure that can change most."""
    hard: int
    soft: int
    findings: tuple[Finding, ...]
    """Hard and soft ones, in the order in which they were found."""
    files: tuple[str, ...]
    """Files that gave figures of the sender's units."""
    read: int
    """Units that have a row, of those ``expected``."""
    expected: int
    unread: tuple[str, ...]
    """Files of the sender's that came and gave nothing."""


@dataclass(frozen=True, eq=False)
class Priorities:
    """Senders with findings, those first whose answer matters most."""

    senders: tuple[Sender, ...]
    unplaced: tuple[Finding, ...]
    """Hard and soft findings of which no sender is known, and those on files that may be a missing return."""


def priorities(
    collection: Collection, findings: Iterable[Finding], earlier: Earlier | None = None
) -> Priorities:
    """Return the senders that have hard or soft findings, by how far the figures can still move.

    A sender is the parent of units of the finest level, or a unit above that a finding speaks of. Ties are
    settled by the number of hard findings, then by the order of the register.

    Parameters
    ----------
    collection : what was read.
    findings : all that was found, edit rules included.
    earlier : last year's figures, `comparison.Prior.column`.
    """
    register = collection.register
    of_unit = register.senders
    files = _files(collection, of_unit)
    grouped: dict[int, list[Finding]] = {}
    unplaced: list[Finding] = []
    told = [finding for finding in findings if severity(finding) != "note"]
    for finding in told:
        sender = _sender_of(finding, collection, of_unit, files)
        if sender is None:
            unplaced.append(finding)
        else:
            grouped.setdefault(sender, []).append(finding)
    unread: dict[int, list[str]] = {}
    for file in collection.unread:
        if file.about in register.units.by_code:
            unread.setdefault(int(of_unit[register.units.by_code[file.about]]), []).append(file.file)
    shares = _shares(collection, told, of_unit, grouped.keys(), earlier)
    given = {sender: [file for file, whose in files.items() if sender in whose] for sender in grouped}
    read, expected = _answered(collection, of_unit)
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
            tuple(sorted(given[unit])),
            int(read[unit]),
            int(expected[unit]),
            tuple(unread.get(unit, ())),
        )
        for unit, members in grouped.items()
    ]
    senders.sort(key=lambda sender: (-sender.share, -sender.hard, order[sender.unit]))
    return Priorities(tuple(senders), tuple(unplaced))


def _files(collection: Collection, of_unit: Integers) -> dict[str, set[int]]:
    """Return for each file that gave figures whose they are."""
    files: dict[str, set[int]] = {}
    for table in collection.tables:
        sources = table.sources.of_rows()
        for unit, source in zip(table.units[sources >= 0], sources[sources >= 0], strict=True):
            files.setdefault(table.origins[int(source)].file, set()).add(int(of_unit[unit]))
    return files


def _sender_of(
    finding: Finding, collection: Collection, of_unit: Integers, files: dict[str, set[int]]
) -> int | None:
    codes = collection.register.units.by_code
    for code in (finding.unit, finding.about):
        if code in codes:
            return int(of_unit[codes[code]])
    whose = files.get(finding.file or "", set())
    return next(iter(whose)) if len(whose) == 1 else None


def _answered(collection: Collection, of_unit: Integers) -> tuple[Integers, Integers]:
    """Return for each sender the rows that came and that must come."""
    read, expected = (np.zeros(len(collection.register), dtype=np.int64) for _ in range(2))
    for table in collection.tables:
        if table.is_expected:
            np.add.at(read, of_unit[table.units], table.read)
            np.add.at(expected, of_unit[table.units], 1)
    return read, expected


def _shares(
    collection: Collection,
    findings: Iterable[Finding],
    of_unit: Integers,
    senders: Iterable[int],
    earlier: Earlier | None,
) -> dict[int, tuple[Fraction, str | None]]:
    """Return for each sender the largest share that it can still move, and of which measure."""
    found: dict[int, tuple[Fraction, str | None]] = dict.fromkeys(senders, (Fraction(0), None))
    marks = doubted_values(collection, findings)
    places = {measure.code: place for place, measure in enumerate(collection.form.measures)}
    for table in collection.tables:
        for at, measure in enumerate(table.measures):
            if not measure.required or not len(table.units):
                continue
            doubt = marks[table.units, places[measure.code]]
            then = None if earlier is None else earlier(measure.code)
            moves, total = _moves(collection, table, at, doubt, then)
            of_sender = np.zeros(len(of_unit), dtype=np.int64)
            np.add.at(of_sender, of_unit[table.units], moves)
            for sender, (share, _) in found.items():
                moved = int(of_sender[sender])
                if moved and Fraction(moved, total) > share:
                    found[sender] = (Fraction(moved, total), measure.code)
    return found


def _moves(
    collection: Collection, table: TableValues, at: int, doubt: Truths, then: tuple[Integers, Truths] | None
) -> tuple[Integers, int]:
    """Return how far each unit's value can likely move, and the likely total, of one measure.

    A missing value moves the total by what is expected of it. A doubted one by as much at least, for it may
    turn out to be a slip altogether; and by its distance from what is expected where that is more.
    """
    values, given = table.values[:, at], table.values[:, at] != -1
    certain = given & ~doubt
    likely = _expected(collection, table.level, values, certain)
    if then is not None:
        sums, known = (column[table.units] for column in then)
        likely = np.where(known, sums, likely)
    moves = np.where(certain, 0, likely)
    moves = np.where(given & doubt, np.maximum(likely, np.abs(values - likely)), moves)
    total = int(np.where(given, values, 0).sum()) + int(np.where(given, 0, likely).sum())
    return moves, max(total, int(moves.sum()), 1)


def _expected(collection: Collection, level: int, values: Integers, certain: Truths) -> Integers:
    """Return for each unit the mean of those around it that gave a value, rounded half up to a whole."""
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

"""Which of the files of a period count: of several versions the highest, of copies one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antq_stats.findings.finding import Finding
from antq_stats.reading.discover import Version
from antq_stats.reading.returns import Return

Versions = Mapping[str, Version]
"""What a file's name says, for those that may be versions or copies of another, by its path."""


def standing(returns: Sequence[Return], versions: Versions) -> tuple[list[Return], list[Finding]]:
    """Return the files that count, and what is to be told of the others.

    Versions are settled first: a copy of a file that was replaced is replaced with it.

    Parameters
    ----------
    returns : the files of a period, in the order of their paths.
    versions : what their names say.
    """
    findings: list[Finding] = []
    kept = _without_superseded(returns, versions, findings)
    return _without_copies(kept, versions, findings), findings


def _units_of(given: Return) -> set[tuple[int, int]]:
    return {(table.table, unit) for table in given.tables for unit in table.units}


def _is_same_file(one: Return, other: Return) -> bool:
    """Tell whether two files are one: the same bytes, read for the same units."""
    return (
        bool(one.sha256 and one.tables) and one.sha256 == other.sha256 and _units_of(one) == _units_of(other)
    )


def _says_the_same(one: Return, other: Return) -> bool:
    """Tell whether two files hold the same figures: one may have been opened and saved again."""
    figures = [[(table.table, table.units, table.values) for table in given.tables] for given in (one, other)]
    return _is_same_file(one, other) or (bool(one.tables) and figures[0] == figures[1])


def _is_copy(given: Return, versions: Versions) -> bool:
    return given.file in versions and versions[given.file].is_copy


def _without_copies(returns: Sequence[Return], versions: Versions, findings: list[Finding]) -> list[Return]:
    """Keep of files that are one the first that is no copy by its name."""
    first: dict[str, Return] = {}
    for given in sorted(returns, key=lambda given: _is_copy(given, versions)):
        first.setdefault(given.sha256, given)
    kept = []
    for given in returns:
        other = first[given.sha256]
        if other is not given and _is_same_file(other, given):
            findings.append(Finding(code="F201", file=given.file, facts={"first": other.file}))
        else:
            kept.append(given)
    return kept


def _without_superseded(
    returns: Sequence[Return], versions: Versions, findings: list[Finding]
) -> list[Return]:
    """Keep the highest of files that differ by a version mark in their names and speak of the same units.

    The same file under another name goes with the one that was replaced.
    """
    groups: dict[str, list[Return]] = {}
    for given in returns:
        if given.file in versions:
            groups.setdefault(versions[given.file].group, []).append(given)
    newer_of: dict[str, str] = {}
    replaced: dict[str, list[Return]] = {}
    for members in groups.values():
        for given in members:
            newer = _newer(given, members, versions)
            if newer is not None:
                newer_of[given.file] = newer.file
                replaced.setdefault(given.sha256, []).append(given)
    stand = set(newer_of.values()) - newer_of.keys()
    kept = []
    for given in returns:
        same = [other for other in replaced.get(given.sha256, ()) if _is_same_file(given, other)]
        if given.file not in newer_of and (given.file in stand or not same):
            kept.append(given)
        else:
            other = newer_of[given.file if given.file in newer_of else same[0].file]
            findings.append(Finding(code="F202", file=given.file, facts={"other": other}))
    return kept


def _newer(given: Return, members: Sequence[Return], versions: Versions) -> Return | None:
    """Return the version that takes the place of a file, None where none does.

    A copy is of the version it is named after. One that says something else than that file was changed
    since, nobody knows when: it stands beside the newer version, and their difference is told.
    """
    own = versions[given.file]
    originals = [
        other
        for other in members
        if versions[other.file].number == own.number and not versions[other.file].is_copy
    ]
    if own.is_copy and originals and not any(_says_the_same(given, other) for other in originals):
        return None
    units = _units_of(given)
    newer = [
        other
        for other in members
        if versions[other.file].number > own.number and not units.isdisjoint(_units_of(other))
    ]

    def rank(other: Return) -> tuple[tuple[int, ...], bool]:
        return versions[other.file].number, not versions[other.file].is_copy

    return max(newer, key=rank, default=None)

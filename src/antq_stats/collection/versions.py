"""Versions and copies: of several versions of a return the highest counts, of copies the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antq_stats.findings.finding import Finding
from antq_stats.reading.discover import Version
from antq_stats.reading.returns import Return

Versions = Mapping[str, Version]
"""Maps the path of a file to what its name says, for files that may be versions or copies of others."""


def standing(
    returns: Sequence[Return], versions: Versions, senders: Sequence[int]
) -> tuple[list[Return], list[Finding]]:
    """Return the files that count, and a finding for each of the others.

    Versions are compared first: a copy of a superseded file is superseded with it.

    Parameters
    ----------
    returns : the files of a period, in the order of their paths.
    versions : the versions that their names give.
    senders : for each unit of the register the unit that sends its return (`UnitRegister.senders`).
    """
    findings: list[Finding] = []
    kept = _without_superseded(returns, versions, findings)
    kept = _without_replaced(kept, versions, senders, findings)
    return _without_copies(kept, versions, findings), findings


def resent(
    returns: Sequence[Return], versions: Versions, findings: Sequence[Finding]
) -> tuple[tuple[Return, Return], ...]:
    """Return each return that was sent again, after the last of the sendings before it.

    Parameters
    ----------
    returns : the files of a period.
    versions : the versions that their names give.
    findings : those of `standing`.
    """
    newer = {each.file: each.facts["other"] for each in findings if each.code == "F202"}
    file_of = {return_.file: return_ for return_ in returns}
    before: dict[str, list[Return]] = {}
    for file in newer:
        last = newer[file or ""]
        while last in newer:
            last = newer[last]
        before.setdefault(last, []).append(file_of[file or ""])

    def rank(return_: Return) -> tuple[tuple[int, ...], bool, str]:
        version = versions.get(return_.file)
        return (() if version is None else version.number), not _is_copy(return_, versions), return_.saved

    return tuple((max(olds, key=rank), file_of[last]) for last, olds in before.items())


def _units_of(return_: Return) -> set[tuple[int, int]]:
    return {
        (table.table, unit)
        for table in return_.tables
        for unit in (*table.units, *(figure.unit for figure in table.own))
    }


def _is_same_file(first: Return, second: Return) -> bool:
    """Return whether two files have the same bytes and were read for the same units."""
    return (
        bool(first.sha256 and first.tables)
        and first.sha256 == second.sha256
        and _units_of(first) == _units_of(second)
    )


def _has_same_figures(first: Return, second: Return) -> bool:
    """Return whether two files have the same figures; their bytes differ if one was saved again."""
    figures = [
        [
            (table.table, table.units, table.values, [each[:3] for each in table.own])
            for table in return_.tables
        ]
        for return_ in (first, second)
    ]
    return _is_same_file(first, second) or (bool(first.tables) and figures[0] == figures[1])


def _is_copy(return_: Return, versions: Versions) -> bool:
    return return_.file in versions and versions[return_.file].is_copy


def _without_copies(returns: Sequence[Return], versions: Versions, findings: list[Finding]) -> list[Return]:
    """Return the files without duplicates; one whose name does not mark it as a copy is preferred."""
    first: dict[str, Return] = {}
    for return_ in sorted(returns, key=lambda return_: _is_copy(return_, versions)):
        first.setdefault(return_.sha256, return_)
    kept = []
    for return_ in returns:
        other = first[return_.sha256]
        if other is not return_ and _is_same_file(other, return_):
            findings.append(Finding(code="F201", file=return_.file, facts={"first": other.file}))
        else:
            kept.append(return_)
    return kept


def _without_superseded(
    returns: Sequence[Return], versions: Versions, findings: list[Finding]
) -> list[Return]:
    """Return the files without superseded versions.

    Files are versions if their names differ only by a version mark and they have units in common. The same
    file under another name is superseded with it.
    """
    groups: dict[str, list[Return]] = {}
    for return_ in returns:
        if return_.file in versions:
            groups.setdefault(versions[return_.file].group, []).append(return_)
    newer_of: dict[str, str] = {}
    superseded: dict[str, list[Return]] = {}
    for members in groups.values():
        for return_ in members:
            newer = _newer(return_, members, versions)
            if newer is not None:
                newer_of[return_.file] = newer.file
                superseded.setdefault(return_.sha256, []).append(return_)
    highest = set(newer_of.values()) - newer_of.keys()
    kept = []
    for return_ in returns:
        same = [other for other in superseded.get(return_.sha256, ()) if _is_same_file(return_, other)]
        if return_.file not in newer_of and (return_.file in highest or not same):
            kept.append(return_)
        else:
            other = newer_of[return_.file if return_.file in newer_of else same[0].file]
            findings.append(Finding(code="F202", file=return_.file, facts={"other": other}))
    return kept


def _without_replaced(
    returns: Sequence[Return], versions: Versions, senders: Sequence[int], findings: list[Finding]
) -> list[Return]:
    """Return the files without those that a stated version of another name replaces.

    ``muong-lai sửa_v2`` replaces ``bao cao`` if it is of one sender, and has every row that ``bao cao`` has.
    The summary of a district, however it is called, replaces no return of a commune.
    """
    marked = [each for each in returns if each.file in versions and versions[each.file].is_stated]
    stated = [(each, _units_of(each)) for each in marked]
    stated = [(each, units) for each, units in stated if len({senders[unit] for _, unit in units}) == 1]
    kept = []
    for return_ in returns:
        version, units = versions.get(return_.file), _units_of(return_) if stated else set()
        number = () if version is None else version.number
        newer = [
            other
            for other, theirs in stated
            if units and units <= theirs and versions[other.file].number > number
            and (version is None or versions[other.file].group != version.group)
        ]  # fmt: skip
        if newer:
            other = max(newer, key=lambda each: versions[each.file].number)
            findings.append(Finding(code="F202", file=return_.file, facts={"other": other.file}))
        else:
            kept.append(return_)
    return kept


def _newer(return_: Return, members: Sequence[Return], versions: Versions) -> Return | None:
    """Return the version that supersedes a file; None if none does.

    A copy belongs to the version that it is named after. If its figures differ from that version's, it was
    changed later, and nobody knows when. Then it is not superseded, so that the differences are reported.
    """
    version = versions[return_.file]
    originals = [
        other
        for other in members
        if versions[other.file].number == version.number and not versions[other.file].is_copy
    ]
    if version.is_copy and originals and not any(_has_same_figures(return_, other) for other in originals):
        return None
    units = _units_of(return_)
    newer = [
        other
        for other in members
        if versions[other.file].number > version.number and not units.isdisjoint(_units_of(other))
    ]

    def rank(other: Return) -> tuple[tuple[int, ...], bool]:
        return versions[other.file].number, not versions[other.file].is_copy

    return max(newer, key=rank, default=None)

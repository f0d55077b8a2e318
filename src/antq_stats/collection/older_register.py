"""Returns written for an older register, of before a reform: told once, not once for each of their rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from antq_stats.findings.finding import Finding
from antq_stats.register.register import UnitRegister
from antq_stats.words.text import text_key

if TYPE_CHECKING:
    from antq_stats.country import CountryUnit

_CODES = frozenset(("U101", "U102", "U103", "U105"))
"""Findings on rows whose unit the register does not have, or has as another one."""
_LEAST = 2
"""Rows from which a return can be recognised."""
_SHARE = 0.8
"""Share of a return's unknown rows that must fit the older register."""
_COMMUNE = 5  # digits of the code of a commune, which the codes of its villages begin with
_NAMED = 3
"""Units that a finding names."""


class _Older(NamedTuple):
    """The communes of a day before an event, which became units of the register."""

    since: date
    """Day of the event."""
    units: Mapping[str, CountryUnit]
    """By code."""
    names: Mapping[str, str]
    """Codes by the text keys of names that only one of them has."""
    targets: Mapping[str, tuple[str, ...]]
    """Codes of the units of the register that each became part of."""

    def unit_of(self, finding: Finding, register: UnitRegister) -> str | None:
        """Return the code of the older unit that the row of a finding names, or whose village it names."""
        value = finding.value or ""
        code = value[:_COMMUNE] if value.isdecimal() else self.names.get(text_key(value), "")
        older = self.units.get(code)
        if older is None:
            return None
        now = register.units.by_code.get(code)
        is_other = now is None or text_key(older.name) not in register.units.name_keys(now)
        return code if is_other else None


def told_once(findings: list[Finding], register: UnitRegister, day: date | None) -> list[Finding]:
    """Return the findings with one, U111, in place of those on the rows of a return for an older register.

    Parameters
    ----------
    findings : the findings on returns.
    register, day : the register of the period, and the day whose units it has.
    """
    of_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.code in _CODES and finding.file is not None and finding.value:
            of_file[finding.file].append(finding)
    doubtful = {file: found for file, found in of_file.items() if len(found) >= _LEAST}
    if not doubtful or day is None:
        return findings
    answered: dict[int, Finding] = {}
    dropped: set[int] = set()
    for older in _older_registers(register, day):
        for found in doubtful.values():
            fitting = [(each, code) for each in found if (code := older.unit_of(each, register)) is not None]
            if len(fitting) >= max(_LEAST, _SHARE * len(found)):
                first = fitting[0][0]
                answered[id(first)] = _finding(first, older, [code for _, code in fitting], register)
                dropped |= {id(each) for each, _ in fitting}
        doubtful = {file: found for file, found in doubtful.items() if not dropped & set(map(id, found))}
    return [
        answered.get(id(finding), finding)
        for finding in findings
        if id(finding) in answered or id(finding) not in dropped
    ]


def _older_registers(register: UnitRegister, day: date) -> Iterator[_Older]:
    """Yield the communes that the units of a register were before each event, the latest event first."""
    from antq_stats.changes.built_in import country_history
    from antq_stats.country import country

    land, history = country(), country_history()
    codes = [
        code
        for code, name in zip(register.units.codes, register.units.names, strict=True)
        if (unit := land.unit(code, day)) is not None and text_key(unit.name) == text_key(name)
    ]
    for since in sorted({event.day for event in history.events if event.day <= day}, reverse=True):
        before = since - timedelta(days=1)
        targets: dict[str, list[str]] = defaultdict(list)
        for code, fate in history.fates(codes, day, before).items():
            for part in fate.parts if fate.events else ():
                targets[part.code].append(code)
        units = {code: unit for code in targets if (unit := land.unit(code, before)) is not None}
        yield _Older(since, units, _by_name(units), {code: tuple(found) for code, found in targets.items()})


def _by_name(units: Mapping[str, CountryUnit]) -> dict[str, str]:
    keys = [(text_key(name), code) for code, unit in units.items() for name in (unit.name, unit.full_name)]
    times = Counter(key for key, _ in keys)
    return {key: code for key, code in keys if times[key] == 1}


def _finding(first: Finding, older: _Older, codes: Iterable[str], register: UnitRegister) -> Finding:
    """Return the finding on a return, at the first of its rows."""
    named = Counter(codes)
    targets = {target for code in named for target in older.targets[code]}
    by_code = register.units.by_code
    now = [register.at(by_code[target]).display for target in sorted(targets)[:_NAMED]]
    facts = {
        "count": str(named.total()),
        "found": _listed([older.units[code].full_name for code in list(named)[:_NAMED]], len(named)),
        "expected": _listed(now, len(targets)),
        "first": older.since.isoformat(),
    }
    return Finding(
        code="U111", file=first.file, sheet=first.sheet, row=first.row, column=first.column,
        facts=facts, about=next(iter(targets)) if len(targets) == 1 else first.about,
    )  # fmt: skip


def _listed(names: list[str], count: int) -> str:
    return ", ".join(names) + (" …" if count > len(names) else "")

"""Reads units.csv, units.xlsx or units.ods, and reports all faults in it together."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count, repeat
from operator import lt
from pathlib import Path
from typing import NamedTuple

from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError, folded
from antq_stats.plan import MISSING, Units
from antq_stats.register.long_units import long_units
from antq_stats.register.lost_zeros import restore_zeros, zeros_note
from antq_stats.register.unit_columns import Entry, UnitColumns
from antq_stats.register.unit_levels import code_and_name, fault, levels_of, with_types_as_levels_merged
from antq_stats.register.unit_source import read_columns, unreadable
from antq_stats.words.text import one_line


class InForce(NamedTuple):
    """The row of a unit, from 1, and its first and last day.

    `date.min` and `date.max` stand for days that the file does not state.
    """

    row: int
    first: date
    last: date


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:[ .,\u00a0][0-9]{3}){1,2}")
_NOT_DIGIT = re.compile("[^0-9]")


def read_units(path: Path, on: date | None) -> tuple[Units, tuple[int, ...], tuple[Finding, ...]]:
    """Read units.csv; return the units in force on a date, the households of each, and notes.

    Households are `MISSING` for units without a number, and an empty tuple if no unit has one. They are not
    in `Units` because workers do not need them.

    Parameters
    ----------
    path : a text file with a header row, in any encoding and with any delimiter Excel writes.
    on : the day whose units are wanted. None is enough where all rows are valid on a common day.

    Raises
    ------
    SetupError
        With every fault found at once: S201 to S207, and S302 where the date is needed and not given.
    """
    if (plain := long_units(path)) is not None:
        return plain, (), ()
    file = path.name
    faults: list[Finding] = []
    columns = read_columns(path)
    if not len(columns):
        raise unreadable(file, "no-units")
    spans = _spans(columns)
    restored = restore_zeros(columns)
    columns = restored.columns
    _incomplete(columns, spans, file, faults)
    columns, by_code, former = _in_force(columns, spans, on, file, faults)
    parents = _parents(columns, by_code, former, file, faults)
    looped = _cycles(columns, parents, file, faults)
    columns = with_types_as_levels_merged(columns, parents)
    level_names, levels = levels_of(columns, parents, looped, file, faults)
    if (roots := parents.count(_NO_PARENT)) > 1:
        above = parents.index(_NO_PARENT)
        first, second = (columns.entry(place) for place in (above, parents.index(_NO_PARENT, above + 1)))
        facts = {"first": code_and_name(first), "second": code_and_name(second), "count": str(roots)}
        faults.append(fault("S206", second, file, **facts))
    if faults:
        raise SetupError(folded(sorted(faults, key=lambda fault: (fault.row or 0, fault.code))))
    aliases = columns["aliases"]
    split = list(map(_split, aliases.values))
    units = Units(
        level_names=level_names,
        codes=tuple(columns.codes),
        names=columns["name"].texts(),
        kinds=columns["kind"].texts(),
        aliases=tuple(map(split.__getitem__, aliases.ids)),
        levels=array("i", levels),
        parents=array("i", parents),
        former=former,
    )
    vars(units)["by_code"] = by_code  # fills the cached property
    households = columns["households"]
    counts = list(map(_households, households.values))
    stated = any(count != MISSING for count in counts)
    notes = zeros_note(file, restored.lost, restored.found, restored.expected)
    return units, tuple(map(counts.__getitem__, households.ids)) if stated else (), notes


def in_force(path: Path, on: date | None) -> dict[str, InForce]:
    """Return the row and the dates of each unit of a sound register that is in force on a date, by code.

    Parameters
    ----------
    path : the file, which `read_units` has accepted for that date.
    on : the date; None for a register whose rows are all in force on a common day.

    Raises
    ------
    SetupError
        S201: the file cannot be read.
    """
    columns = restore_zeros(read_columns(path)).columns
    spans = _spans(columns)
    pairs = zip(columns["valid_from"].ids, columns["valid_to"].ids, strict=True)
    rows = (
        (code, InForce(row, spans[pair].start or date.min, spans[pair].end or date.max))
        for code, row, pair in zip(columns.codes, columns.rows, pairs, strict=True)
    )
    return {code: row for code, row in rows if on is None or row.first <= on <= row.last}


def coming_after(path: Path, on: date) -> Iterator[Entry]:
    """Yield the rows of a sound register that come into force after a date.

    Parameters
    ----------
    path : the file, which `read_units` has accepted for that date.
    on : the date.

    Raises
    ------
    SetupError
        S201: the file cannot be read.
    """
    columns = restore_zeros(read_columns(path)).columns
    starts = [day_of_text(text) or date.min for text in columns["valid_from"].values]
    for place, number in enumerate(columns["valid_from"].ids):
        if starts[number] > on:
            yield columns.entry(place)


def all_spans(path: Path) -> Iterator[tuple[str, tuple[date, date]]]:
    """Yield the code of every row of a sound register, and its first and last day as in `InForce`.

    Parameters
    ----------
    path : the file.

    Raises
    ------
    SetupError
        S201: the file cannot be read.
    """
    columns = restore_zeros(read_columns(path)).columns
    spans = _spans(columns)
    pairs = zip(columns["valid_from"].ids, columns["valid_to"].ids, strict=True)
    for code, pair in zip(columns.codes, pairs, strict=True):
        yield code, (spans[pair].start or date.min, spans[pair].end or date.max)


def known_units(paths: Iterable[Path]) -> tuple[dict[str, list[tuple[date, date]]], frozenset[str]]:
    """Return the first and last days of the units of each code, where all have a date; and all codes.

    Parameters
    ----------
    paths : sound registers.

    Raises
    ------
    SetupError
        S201: a file cannot be read.
    """
    spans: dict[str, list[tuple[date, date]]] = {}
    for path in paths:
        for code, span in all_spans(path):
            spans.setdefault(code, []).append(span)
    dated = {code: found for code, found in spans.items() if (date.min, date.max) not in found}
    return dated, frozenset(spans)


def _households(text: str) -> int:
    return int(_NOT_DIGIT.sub("", text)) if text else MISSING


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, aliases.split("|")))) if aliases else ()


_NO_PARENT = -1
_UNKNOWN_PARENT = -2
"""Place of a parent that was not found; the row has a finding."""


def day_of_text(text: str) -> date | None:
    """Return the date of a text, ISO or day first, or None."""
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


class _Span(NamedTuple):
    """First and last day on which a unit is in force; None for a text that is no date."""

    start: date | None
    end: date | None

    @property
    def is_sound(self) -> bool:
        return self.start is not None and self.end is not None and self.start <= self.end


def _spans(columns: UnitColumns) -> dict[tuple[int, int], _Span]:
    """Return the span of every pair of dates in a row, by the numbers of their texts."""
    since, until = columns["valid_from"], columns["valid_to"]
    starts = [day_of_text(text) if text else date.min for text in since.values]
    ends = [day_of_text(text) if text else date.max for text in until.values]
    pairs = set(zip(since.ids, until.ids, strict=True))
    return {(first, last): _Span(starts[first], ends[last]) for first, last in pairs}


def _incomplete(
    columns: UnitColumns, spans: dict[tuple[int, int], _Span], file: str, faults: list[Finding]
) -> None:
    """Report rows with incomplete or malformed cells: S207."""
    uncounted = {text for text in columns["households"].values if text and not _COUNT.fullmatch(text)}
    undated = {pair for pair, span in spans.items() if not span.is_sound}
    codes = () if all(map(str.isalnum, columns.codes)) else set(columns.codes)
    texts = (codes, columns["name"].values, columns["level"].values)
    blank = {text for column in texts for text in column if not any(map(str.isalnum, text))}
    if not (uncounted or undated or blank):
        return
    since, until = columns["valid_from"].ids, columns["valid_to"].ids
    for place in range(len(columns)):
        entry = columns.entry(place)
        if entry.households in uncounted:
            found, problem = one_line(entry.households), "not-a-count-of-households"
            faults.append(fault("S207", entry, file, entry.households, problem=problem, found=found))
        if undated and (pair := (since[place], until[place])) in undated:
            faults.extend(_date_faults(entry, spans[pair], file))
        if entry.code in blank or entry.name in blank or entry.level in blank:
            lacking = [field for field in ("code", "name", "level") if getattr(entry, field) in blank]
            faults.extend(fault("S207", entry, file, problem=f"blank-{field}") for field in lacking)


def _date_faults(entry: Entry, span: _Span, file: str) -> list[Finding]:
    wrong = [text for text, day in zip((entry.since, entry.until), span, strict=True) if day is None]
    if not wrong:
        return [fault("S207", entry, file, problem="dates-reversed", first=entry.since, second=entry.until)]
    return [fault("S207", entry, file, text, problem="not-a-date", found=one_line(text)) for text in wrong]


def _in_force(
    columns: UnitColumns,
    spans: dict[tuple[int, int], _Span],
    on: date | None,
    file: str,
    faults: list[Finding],
) -> tuple[UnitColumns, dict[str, int], frozenset[str]]:
    """Return the rows in force on the date, their places by code, and the codes of the other rows.

    A code that is in force twice is S203.
    """
    if on is None:
        on = max(span.start or date.min for span in spans.values())
        if on > min(span.end or date.max for span in spans.values()):
            facts = {"problem": "register-of-several-dates"}
            faults.append(Finding(code="S302", file=file, facts=facts))
            return columns.where([False] * len(columns)), {}, frozenset()
    current = {
        pair for pair, span in spans.items() if (span.start or date.min) <= on <= (span.end or date.max)
    }
    if not current:
        raise SetupError([*faults, *unreadable(file, "no-unit-in-force", period=on.isoformat()).findings])
    known = columns
    if len(current) < len(spans):
        pairs = zip(columns["valid_from"].ids, columns["valid_to"].ids, strict=True)
        columns = columns.where(list(map(current.__contains__, pairs)))
    codes = columns.codes
    by_code = dict(zip(codes, range(len(codes)), strict=True))
    if len(by_code) < len(codes):
        by_code = {}
        for place, code in enumerate(codes):
            first = by_code.setdefault(code, place)
            if first != place and code:
                twin, entry = columns.entry(first), columns.entry(place)
                rows = {"first": str(twin.row), "second": str(entry.row)}
                faults.append(fault("S203", entry, file, other=twin.name, **rows))
    former = frozenset(set(known.codes) - by_code.keys() - {""}) if known is not columns else frozenset()
    return columns, by_code, former


def _without_zeros(code: str) -> str:
    """Return a code of digits without leading zeros, as Excel leaves it."""
    return code.lstrip("0") if code.isascii() and code.isdigit() else code


def _parents(
    columns: UnitColumns, by_code: dict[str, int], former: frozenset[str], file: str, faults: list[Finding]
) -> list[int]:
    """Return the place of each row's parent; a parent that is not in force is S202."""
    nameless = by_code.pop("", None)
    by_code[""] = _NO_PARENT
    parents = list(map(by_code.get, columns.parents, repeat(_UNKNOWN_PARENT)))
    del by_code[""]
    if nameless is not None:
        by_code[""] = nameless
    if _UNKNOWN_PARENT not in parents:
        return parents
    _restore_parents(columns, parents)
    for place, parent in enumerate(parents):
        if parent == _UNKNOWN_PARENT:
            entry = columns.entry(place)
            problem = "parent-not-in-force" if entry.parent in former else "parent-unknown"
            found = one_line(entry.parent)
            faults.append(fault("S202", entry, file, value=entry.parent, problem=problem, found=found))
    return parents


def _restore_parents(columns: UnitColumns, parents: list[int]) -> None:
    """Find parents whose codes lost their leading zeros, if only one unit can be meant.

    In such a file a code that exists may be the wrong one: parent 10 may be province 10 or district 010.
    The level of the other rows' parents decides.
    """
    above, levels = columns.parents, columns["level"].ids
    by_bare: dict[str, list[int]] = {}
    for place, code in enumerate(columns.codes):
        if code:
            by_bare.setdefault(_without_zeros(code), []).append(place)
    lost = [place for place, parent in enumerate(parents) if parent == _UNKNOWN_PARENT]
    if not any(_without_zeros(above[place]) in by_bare for place in lost):
        return
    usual: dict[int, set[int]] = {}
    for place, parent in enumerate(parents):
        if parent >= 0:
            if len(by_bare[_without_zeros(above[place])]) > 1 and not above[place].startswith("0"):
                lost.append(place)
            else:
                usual.setdefault(levels[place], set()).add(levels[parent])
    for place in lost:
        level = levels[place]
        fit = [other for other in by_bare.get(_without_zeros(above[place]), ()) if levels[other] != level]
        if len(fit) > 1:
            fit = [other for other in fit if levels[other] in usual.get(level, ())]
        parents[place] = fit[0] if len(fit) == 1 else _UNKNOWN_PARENT


def _cycles(columns: UnitColumns, parents: list[int], file: str, faults: list[Finding]) -> set[int]:
    """Return the places of rows in a cycle of parents; each cycle is one S204."""
    looped: set[int] = set()
    if all(map(lt, parents, count())):
        return looped  # every parent stands before its children in the file: no cycle is possible
    walk_of = [0] * len(parents)
    for start in range(len(parents)):
        place = start
        while place >= 0 and not walk_of[place]:
            walk_of[place] = start + 1
            place = parents[place]
        if place < 0 or walk_of[place] != start + 1 or place in looped:
            continue
        circle = [place]
        while (place := parents[place]) != circle[0]:
            circle.append(place)
        looped.update(circle)
        first = columns.entry(min(circle))
        codes = [columns.codes[member] for member in circle[:5]]
        codes.append("…" if len(circle) > len(codes) else codes[0])
        found = one_line(" → ".join(codes))
        faults.append(fault("S204", first, file, found=found, count=str(len(circle))))
    return looped

"""A register as it lies in a file: units.csv read, and every fault in it told at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple
from unicodedata import is_normalized, normalize

from antq_stats.delimited import NotText, UnknownEncoding, decode, rows_of
from antq_stats.findings import Finding, SetupError
from antq_stats.level_order import sorted_levels
from antq_stats.plan import MISSING, Units
from antq_stats.text import ascii_key, one_line, text_key

LARGEST_MIB = 64
"""A register of every village of the country takes about 6 MiB."""

HEADERS: dict[str, tuple[str, ...]] = {
    "code": ("code", "unit code", "ma", "ma don vi", "ma so", "ma don vi hanh chinh"),
    "name": ("name", "unit name", "ten", "ten don vi", "ten don vi hanh chinh"),
    "level": ("level", "cap", "cap don vi", "cap hanh chinh"),
    "parent": ("parent", "parent code", "cap tren", "ma cap tren", "ma don vi cap tren", "don vi cap tren"),
    "kind": ("type", "kind", "loai", "loai hinh", "loai don vi"),
    "valid_from": ("valid from", "from", "tu ngay", "hieu luc tu", "hieu luc tu ngay"),
    "valid_to": ("valid to", "to", "den ngay", "hieu luc den", "hieu luc den ngay", "het hieu luc"),
    "households": ("households", "so ho", "tong so ho", "so ho dan"),
    "aliases": ("aliases", "alias", "ten khac", "ten goi khac"),
}
"""Headers of units.csv as keys without diacritics, by what the column holds."""

REQUIRED = ("code", "name", "level", "parent")

_HEADER_ROWS = 20
"""Title lines may stand above the header, but not more than these."""

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:[ .,\u00a0][0-9]{3}){1,2}")
_NOT_DIGIT = re.compile("[^0-9]")
_EXCEL_TEXT = re.compile(r'="([^"]*)"')


class _Entry(NamedTuple):
    """A row of the file, cleaned."""

    row: int
    code: str
    name: str
    level: str
    parent: str
    kind: str
    aliases: str
    since: str
    until: str
    households: str
    start: date | None
    end: date | None


def read_units(path: Path, on: date | None) -> tuple[Units, tuple[int, ...]]:
    """Read units.csv and return the units in force on a date, and the households of each.

    Households are `MISSING` where none are stated, and an empty tuple where no unit has any; they stand
    apart from the units, for workers do not need them.

    Parameters
    ----------
    path : a text file with a header row, in any encoding and with any delimiter Excel writes.
    on : the day whose units are wanted. None is enough where all rows are valid on a common day.

    Raises
    ------
    SetupError
        With every fault found at once: S201 to S207, and S302 where the date is needed and not given.
    """
    file = path.name
    faults: list[Finding] = []
    entries = _entries(_rows(path), file, faults)
    in_force, former = _in_force(entries, on, file, faults)
    parents = _parents(in_force, former, file, faults)
    looped = _cycles(in_force, parents, file, faults)
    level_names = _level_order(in_force, parents, looped, file, faults)
    roots = [place for place, parent in enumerate(parents) if parent == _ROOT]
    if len(roots) > 1:
        first, second = (in_force[place] for place in roots[:2])
        count = str(len(roots))
        faults.append(_fault("S206", second, file, first=_shown(first), second=_shown(second), count=count))
    if faults:
        raise SetupError(sorted(faults, key=lambda fault: (fault.row or 0, fault.code)))
    ranks = {text_key(name): place for place, name in enumerate(level_names)}
    rank = {level: ranks[text_key(level)] for level in {entry.level for entry in in_force}}
    units = Units(
        level_names=level_names,
        codes=tuple(entry.code for entry in in_force),
        names=tuple(entry.name for entry in in_force),
        kinds=tuple(entry.kind for entry in in_force),
        aliases=tuple(_split(entry.aliases) for entry in in_force),
        levels=tuple(rank[entry.level] for entry in in_force),
        parents=tuple(parents),
        former=former,
    )
    households = tuple(_households(entry) for entry in in_force)
    return units, households if any(count != MISSING for count in households) else ()


def _households(entry: _Entry) -> int:
    return int(_NOT_DIGIT.sub("", entry.households)) if entry.households else MISSING


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, aliases.split("|")))) if aliases else ()


_ROOT = -1
_LOST = -2
"""Place of a parent that was not found: the row has its finding."""


def _shown(entry: _Entry) -> str:
    return one_line(f"{entry.code} {entry.name}")


def _unreadable(file: str, problem: str, **facts: str) -> SetupError:
    return SetupError([Finding(code="S201", file=file, facts={"problem": problem, **facts})])


def _rows(path: Path) -> list[list[str]]:
    """Return the records of the file, or raise S201 saying why it has none."""
    try:
        if not path.is_file():  # a pipe or a device would never end
            raise _unreadable(path.name, "not-a-file" if path.exists() else "not-there")
        if path.stat().st_size > LARGEST_MIB << 20:
            raise _unreadable(path.name, "too-large", limit=f"{LARGEST_MIB} MiB")
        data = path.read_bytes()
    except (OSError, ValueError):
        raise _unreadable(path.name, "cannot-be-opened") from None
    if not data.strip():
        raise _unreadable(path.name, "empty")
    try:
        decoded = decode(data)
    except NotText:
        raise _unreadable(path.name, "not-text") from None
    except UnknownEncoding:
        raise _unreadable(path.name, "encoding-unknown") from None
    return rows_of(decoded.text)[0]


_COLUMN_OF = {key: column for column, keys in HEADERS.items() for key in keys}


def _header(rows: Sequence[Sequence[str]], file: str) -> tuple[int, dict[str, int]]:
    """Return the place of the header row and of each known column in it."""
    best: tuple[int, dict[str, int]] = (0, {})
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        columns: dict[str, int] = {}
        for position, header in enumerate(row):
            column = _COLUMN_OF.get(ascii_key(header))
            if column in columns:
                first = one_line(row[columns[column]])
                raise _unreadable(file, "column-twice", first=first, second=one_line(header))
            if column is not None:
                columns[column] = position
        if len(columns) > len(best[1]):
            best = (place, columns)
        if all(column in columns for column in REQUIRED):
            return place, columns
    if not best[1]:
        raise _unreadable(file, "no-header", expected=", ".join(REQUIRED))
    missing = [column for column in REQUIRED if column not in best[1]]
    raise _unreadable(file, "column-missing", expected=", ".join(missing))


def _clean(value: str) -> str:
    value = value.strip()
    if value.isascii():
        if value.startswith("=") and (quoted := _EXCEL_TEXT.fullmatch(value)):
            return quoted[1].strip()  # ="04249" keeps the zero in Excel
        return value
    return (value if is_normalized("NFC", value) else normalize("NFC", value)).strip("\ufeff\u200b ")


def _day(text: str) -> date | None:
    """Return the date of a text, ISO or day first; None where it is not one."""
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


_FIELDS = ("code", "name", "level", "parent", "kind", "aliases", "valid_from", "valid_to", "households")


def _entries(rows: Sequence[Sequence[str]], file: str, faults: list[Finding]) -> list[_Entry]:
    """Return the rows below the header; what they lack is S207."""
    header, columns = _header(rows, file)
    body = rows[header + 1 :]
    cleaned: list[list[str]] = []
    for field in _FIELDS:  # by columns: most values of a column repeat
        place = columns.get(field)
        if place is None:
            cleaned.append([""] * len(body))
            continue
        column = [record[place] if place < len(record) else "" for record in body]
        clean = {value: _clean(value) for value in set(column)}
        cleaned.append([clean[value] for value in column])
    starts = {text: _day(text) if text else date.min for text in set(cleaned[6])}
    ends = {text: _day(text) if text else date.max for text in set(cleaned[7])}
    numbered = enumerate(zip(*cleaned, strict=True), start=header + 2)
    entries = [
        _Entry._make((row, *record, starts[record[6]], ends[record[7]]))
        for row, record in numbered
        if record[0] or record[1] or record[2] or record[3]
    ]
    if not entries:
        raise _unreadable(file, "no-units")
    blank = {text for column in cleaned[:3] for text in set(column) if not any(map(str.isalnum, text))}
    uncounted = {text for text in set(cleaned[8]) if text and not _COUNT.fullmatch(text)}
    for entry in entries:
        if entry.households in uncounted:
            found, problem = one_line(entry.households), "not-a-count-of-households"
            faults.append(_fault("S207", entry, file, entry.households, problem=problem, found=found))
        if entry.start is None or entry.end is None or entry.start > entry.end:
            faults.extend(_date_faults(entry, file))
        if entry.code in blank or entry.name in blank or entry.level in blank:
            lacking = [field for field in ("code", "name", "level") if getattr(entry, field) in blank]
            faults.extend(_fault("S207", entry, file, problem=f"blank-{field}") for field in lacking)
    return entries


def _date_faults(entry: _Entry, file: str) -> list[Finding]:
    wrong = [text for text, day in ((entry.since, entry.start), (entry.until, entry.end)) if day is None]
    if not wrong:
        return [_fault("S207", entry, file, problem="dates-reversed", first=entry.since, second=entry.until)]
    return [_fault("S207", entry, file, text, problem="not-a-date", found=one_line(text)) for text in wrong]


def _fault(code: str, entry: _Entry, file: str, value: str | None = None, **facts: str) -> Finding:
    facts["name"] = entry.name
    return Finding(code=code, file=file, row=entry.row, unit=entry.code or None, value=value, facts=facts)


def _in_force(
    entries: list[_Entry], on: date | None, file: str, faults: list[Finding]
) -> tuple[list[_Entry], frozenset[str]]:
    """Return the rows valid on the date and the codes of the others; a code in force twice is S203."""
    spans = {(entry.start, entry.end) for entry in entries}
    valid = {(start or date.min, end or date.max) for start, end in spans}
    if on is None:
        on = max(start for start, _ in valid)
        if on > min(end for _, end in valid):
            facts = {"problem": "register-of-several-dates"}
            faults.append(Finding(code="S302", file=file, facts=facts))
            return [], frozenset()
    current = {span for span in spans if (span[0] or date.min) <= on <= (span[1] or date.max)}
    in_force = [entry for entry in entries if (entry.start, entry.end) in current]
    if not in_force:
        raise SetupError([*faults, *_unreadable(file, "no-unit-in-force", period=on.isoformat()).findings])
    first: dict[str, _Entry] = {}
    for entry in in_force:
        twin = first.setdefault(entry.code, entry)
        if twin is not entry and entry.code:
            rows = {"first": str(twin.row), "second": str(entry.row)}
            faults.append(_fault("S203", entry, file, other=twin.name, **rows))
    return in_force, frozenset({entry.code for entry in entries} - first.keys()) - {""}


def _bare(code: str) -> str:
    """Return what Excel leaves of a code of digits."""
    return code.lstrip("0") if code.isascii() and code.isdigit() else code


def _parents(entries: list[_Entry], former: frozenset[str], file: str, faults: list[Finding]) -> list[int]:
    """Return the place of each row's parent; one that is not in force is S202."""
    by_code: dict[str, int] = {}
    for place, entry in enumerate(entries):
        by_code.setdefault(entry.code, place)
    parents = [by_code.get(entry.parent, _LOST) if entry.parent else _ROOT for entry in entries]
    if _LOST not in parents:
        return parents
    _restore(entries, parents)
    for place, entry in enumerate(entries):
        if parents[place] == _LOST:
            problem = "parent-not-in-force" if entry.parent in former else "parent-unknown"
            found = one_line(entry.parent)
            faults.append(_fault("S202", entry, file, value=entry.parent, problem=problem, found=found))
    return parents


def _restore(entries: list[_Entry], parents: list[int]) -> None:
    """Find the parents whose codes lost their leading zeros, where only one unit can be meant.

    In a file where zeros were lost, a code that happens to exist is no proof either: parent 10 may be
    province 10 or district 010. Such a one is settled by the level at which the others' parents stand.
    """
    by_bare: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        if entry.code:
            by_bare.setdefault(_bare(entry.code), []).append(place)
    lost = [place for place, parent in enumerate(parents) if parent == _LOST]
    if not any(_bare(entries[place].parent) in by_bare for place in lost):
        return
    usual: dict[str, set[str]] = {}
    for place, parent in enumerate(parents):
        if parent >= 0:
            entry = entries[place]
            if len(by_bare[_bare(entry.parent)]) > 1 and not entry.parent.startswith("0"):
                lost.append(place)
            else:
                usual.setdefault(entry.level, set()).add(entries[parent].level)
    for place in lost:
        entry = entries[place]
        fit = [other for other in by_bare.get(_bare(entry.parent), ()) if entries[other].level != entry.level]
        if len(fit) > 1:
            fit = [other for other in fit if entries[other].level in usual.get(entry.level, ())]
        parents[place] = fit[0] if len(fit) == 1 else _LOST


def _cycles(entries: list[_Entry], parents: list[int], file: str, faults: list[Finding]) -> set[int]:
    """Return the places that stand in a circle; each circle is one S204."""
    looped: set[int] = set()
    if all(parent < place for place, parent in enumerate(parents)):
        return looped  # every parent stands above its children in the file: there is no way round
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
        first = entries[min(circle)]
        codes = [entries[member].code for member in circle[:5]]
        codes.append("…" if len(circle) > len(codes) else codes[0])
        found = one_line(" → ".join(codes))
        faults.append(_fault("S204", first, file, found=found, count=str(len(circle))))
    return looped


def _level_order(
    entries: list[_Entry], parents: list[int], looped: set[int], file: str, faults: list[Finding]
) -> tuple[str, ...]:
    """Return the levels from the top down, as the tree orders them; rows that contradict are S205.

    A branch may skip a level. Levels that the tree does not order stand as they first appear.
    """
    key_of = {level: text_key(level) for level in dict.fromkeys(entry.level for entry in entries)}
    names: dict[str, str] = {}
    for level, key in key_of.items():
        names.setdefault(key, level)
    keys = [key_of[entry.level] for entry in entries]
    steps: dict[tuple[str, str], list[int]] = {}
    for place, parent in enumerate(parents):
        if parent >= 0 and place not in looped and keys[parent] and keys[place]:
            steps.setdefault((keys[parent], keys[place]), []).append(place)
    _twins(entries, keys, names, file, faults)
    order, wrong = sorted_levels(list(names), steps)
    for step in wrong:
        for place in steps[step]:
            entry, upper = entries[place], entries[parents[place]]
            above = {"other": upper.level, "found": _shown(upper)}
            faults.append(_fault("S205", entry, file, level=entry.level, **above))
    return tuple(names[key] for key in order)


def _twins(
    entries: list[_Entry], keys: list[str], names: dict[str, str], file: str, faults: list[Finding]
) -> None:
    """Report levels that differ by accents only (``thon`` beside ``thôn``): the rarer is a slip."""
    often = Counter(keys)
    kept: dict[str, str] = {}
    for key in sorted(names, key=lambda key: -often[key]):
        usual = kept.setdefault(ascii_key(key), key)
        if usual != key:
            for entry, own in zip(entries, keys, strict=True):
                if own == key:
                    faults.append(_fault("S205", entry, file, level=entry.level, suggestion=names[usual]))

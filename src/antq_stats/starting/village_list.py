"""Reads a list of villages: a commune and a village in each row, perhaps with a code and households.

All faults of the list are reported together, by row; a list with a fault gives no villages.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from antq_stats.country import CountryUnit
from antq_stats.delimited import NotText, UnknownEncoding, decode, rows_of
from antq_stats.plan import ABBREVIATIONS
from antq_stats.register.unit_workbook import SUFFIXES, NoWorkbook, sheets_of
from antq_stats.starting.villages import Village, VillageCodes, in_full, kind_of
from antq_stats.words.name_index import loose_key
from antq_stats.words.text import ascii_key, one_line, text_key

HEADERS: dict[str, tuple[str, ...]] = {
    "commune": (
        "commune", "commune name", "xa", "ten xa", "xa phuong", "ten xa phuong", "xa phuong dac khu",
        "ten xa phuong dac khu", "xa phuong thi tran", "ten xa phuong thi tran", "don vi cap xa",
        "don vi hanh chinh",
    ),
    "commune_code": ("commune code", "ma xa", "ma xa phuong", "ma xa phuong dac khu", "ma don vi cap xa"),
    "village": (
        "village", "village name", "thon", "ten thon", "thon ban", "ten thon ban", "thon ban to dan pho",
        "ten thon ban to dan pho", "thon to dan pho", "ten thon to dan pho", "khu dan cu", "ten khu dan cu",
        "to dan pho", "ten to dan pho", "name", "ten",
    ),
    "code": (
        "code", "village code", "ma", "ma thon", "ma thon ban", "ma thon ban to dan pho", "ma khu dan cu",
    ),
    "households": ("households", "so ho", "tong so ho", "so ho dan"),
}  # fmt: skip
"""Headers of a list (keys without diacritics) by column."""

_HEADER_ROWS = 20
_CODE_LENGTH = 5
_COUNT = re.compile(r"[0-9]{1,6}|[0-9]{1,3}[ .,\u00a0][0-9]{3}")
_COLUMN_OF = {key: column for column, keys in HEADERS.items() for key in keys}


class ListFault(NamedTuple):
    """A fault of a list.

    Parameters
    ----------
    key : key of the phrase that says what is wrong, without its group.
    facts : facts of the phrase.
    """

    key: str
    facts: dict[str, str]


class ListProblem(Exception):  # noqa: N818 - a problem for the user to solve
    """A list of villages cannot be used.

    Parameters
    ----------
    faults : all faults, by row.
    """

    def __init__(self, faults: Sequence[ListFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)


@dataclass
class _Row:
    number: int
    commune: CountryUnit
    village: str
    code: str
    households: str


@dataclass
class _Reading:
    """The rows of a list as they are read, and the faults found."""

    communes: Sequence[CountryUnit]
    rows: list[_Row] = field(default_factory=list)
    faults: list[ListFault] = field(default_factory=list)

    def fault(self, key: str, row: int, **facts: str) -> None:
        """Note a fault of a row."""
        self.faults.append(ListFault(key, {"row": str(row), **facts}))


def villages_of(path: Path, communes: Sequence[CountryUnit]) -> list[Village]:
    """Return the villages of a list, by commune in the order of the register.

    Villages without a code get the commune's with three digits.

    Parameters
    ----------
    path : the list.
    communes : the communes of the new register.

    Raises
    ------
    ListProblem
        The list cannot be read, or has faults.
    """
    records, start, columns = _table(path)
    reading = _Reading(communes)
    find = _finder(communes)
    for number, record in enumerate(records[start + 1 :], start=start + 2):
        _read(number, {name: _cell(record, place) for name, place in columns.items()}, find, reading)
    if not reading.rows and not reading.faults:
        raise ListProblem([ListFault("no-rows", {})])
    _check_twice(reading)
    if reading.faults:
        raise ListProblem(sorted(reading.faults, key=lambda fault: int(fault.facts["row"])))
    codes = VillageCodes(row.code for row in reading.rows if row.code)
    place = {unit.code: order for order, unit in enumerate(communes)}
    return [
        Village(
            code=row.code or codes.new(row.commune.code),
            name=row.village,
            kind=kind_of(row.village),
            parent=row.commune.code,
            households=row.households,
            aliases=() if in_full(row.village) == row.village else (in_full(row.village),),
        )
        for row in sorted(reading.rows, key=lambda row: place[row.commune.code])
    ]


def _table(path: Path) -> tuple[list[list[str]], int, dict[str, int]]:
    """Return the rows of the first sheet with a header, the place of the header, and its known columns."""
    try:
        for records in _sheets(path):
            header = _header(records)
            if header is not None:
                return records, *header
    except (OSError, ValueError):
        raise ListProblem([ListFault("cannot-be-opened", {})]) from None
    except (NotText, UnknownEncoding, NoWorkbook):
        raise ListProblem([ListFault("not-readable", {})]) from None
    raise ListProblem([ListFault("no-header", {})])


def _sheets(path: Path) -> Iterable[list[list[str]]]:
    """Return the rows of each sheet of a workbook, or those of a delimited file."""
    if path.suffix.lower() in SUFFIXES:
        return sheets_of(path)
    return [rows_of(decode(path.read_bytes()).text).rows]


def _header(records: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """Return the place of the header row, and of each known column in it; None if there is none."""
    for place, record in enumerate(records[:_HEADER_ROWS]):
        columns: dict[str, int] = {}
        for position, header in enumerate(record):
            column = _COLUMN_OF.get(ascii_key(header))
            if column is not None:
                columns.setdefault(column, position)
        if "village" in columns and ("commune" in columns or "commune_code" in columns):
            return place, columns
    return None


def _cell(record: Sequence[str], place: int) -> str:
    return one_line(record[place], 200) if place < len(record) else ""


def _read(
    number: int, cells: dict[str, str], find: Callable[[str], list[CountryUnit]], reading: _Reading
) -> None:
    """Read one row."""
    if not any(cells.get(name) for name in ("commune", "commune_code", "village", "code")):
        return
    named = [text for text in (cells.get("commune_code", ""), cells.get("commune", "")) if text]
    village, households = cells.get("village", ""), cells.get("households", "")
    if not named or not village:
        reading.fault("no-commune" if village else "no-village", number)
        return
    found = [find(name) for name in named]
    unknown = next((name for name, units in zip(named, found, strict=True) if not units), None)
    if unknown is not None:
        near = _near(unknown, reading.communes)
        reading.fault("unknown-commune-near" if near else "unknown-commune", number, found=unknown, near=near)
        return
    fitting = [unit for unit in found[0] if all(unit in units for units in found)]
    if len(fitting) != 1:
        choices = ", ".join(f"{unit.full_name} ({unit.code})" for unit in fitting or found[0])
        key = "several-communes" if fitting else "code-of-another"
        reading.fault(key, number, found=named[-1], choices=choices)
        return
    if households and not _COUNT.fullmatch(households):
        reading.fault("not-a-count", number, found=households)
        return
    code = _code(cells.get("code", ""), fitting[0])
    digits = "".join(char for char in households if char.isdigit())
    reading.rows.append(_Row(number, fitting[0], village, code, digits))


def _code(text: str, commune: CountryUnit) -> str:
    """Return the code of a village, with the zero that Excel may have taken from it."""
    padded = f"0{text}"
    return padded if text.isdigit() and not text.startswith("0") and padded.startswith(commune.code) else text


def _finder(communes: Sequence[CountryUnit]) -> Callable[[str], list[CountryUnit]]:
    """Return a function that finds communes by code or name."""
    known: dict[str, list[CountryUnit]] = {}
    for unit in communes:
        for key in dict.fromkeys([unit.code, *_keys(unit)]):
            known.setdefault(key, []).append(unit)

    def find(named: str) -> list[CountryUnit]:
        code = named.zfill(_CODE_LENGTH) if named.isascii() and named.isdigit() else text_key(named)
        return known.get(code, [])

    return find


def _keys(unit: CountryUnit) -> Iterator[str]:
    """Yield the text keys under which a commune may be named, with and without its type."""
    kind = text_key(unit.kind)
    for name in map(text_key, (unit.name, *unit.aliases)):
        yield name
        for word in (kind, *ABBREVIATIONS.get(kind, ())):
            yield f"{word} {name}"


def _near(named: str, communes: Sequence[CountryUnit]) -> str:
    """Return the name of the commune that is likely meant; empty if there is none."""
    by_key = {ascii_key(name): unit for unit in communes for name in (unit.name, unit.full_name)}
    found = difflib.get_close_matches(ascii_key(named), by_key, 1, 0.75)
    return by_key[found[0]].full_name if found else ""


def _check_twice(reading: _Reading) -> None:
    """Note villages and codes that are given twice."""
    villages: dict[tuple[str, str], int] = {}
    taken: dict[str, int] = {unit.code: 0 for unit in reading.communes}
    for row in reading.rows:
        first = villages.setdefault((row.commune.code, loose_key(text_key(in_full(row.village)))), row.number)
        if first != row.number:
            facts = {"village": row.village, "commune": row.commune.full_name}
            reading.fault("village-twice", row.number, first=str(first), **facts)
        if not row.code:
            continue
        first = taken.setdefault(row.code, row.number)
        if not first:
            reading.fault("code-of-a-commune", row.number, code=row.code)
        elif first != row.number:
            reading.fault("code-twice", row.number, first=str(first), code=row.code)

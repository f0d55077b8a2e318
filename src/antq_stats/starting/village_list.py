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
from antq_stats.register.unit_workbook import SUFFIXES, NoWorkbook, merges_down, named_sheets
from antq_stats.starting.list_faults import ListFault, ListProblem, Place
from antq_stats.starting.villages import Village, VillageCodes, in_full, kind_of
from antq_stats.words.name_index import loose_key
from antq_stats.words.text import ascii_key, one_line, text_key
from antq_stats.words.unit_names import ABBREVIATIONS

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
_NAMED = 10
"""Number of rows or names in a remark."""
_TOTAL = re.compile(
    r"(?:tổng|cộng|tổng (?:cộng|số|hợp)|(?:grand )?total)|"
    r"(?:tổng|cộng|tổng (?:cộng|số)|toàn) (?:xã|phường|đặc khu|tỉnh|thành phố|huyện)(?: .*)?"
)
"""Text keys of the names of rows of totals."""
_PARTED = re.compile(r"[;\n\r\u2028]")
_COUNT = re.compile(r"[0-9]{1,6}|[0-9]{1,3}[ .,\u00a0][0-9]{3}")
_COLUMN_OF = {key: column for column, keys in HEADERS.items() for key in keys}


class Remark(NamedTuple):
    """Something that the user must know of a list without a fault.

    Parameters
    ----------
    key : key of the phrase, without its group.
    facts : facts of the phrase.
    """

    key: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class Listed:
    """The villages of a list, by commune in the order of the register, and what was made of the list."""

    villages: list[Village]
    remarks: tuple[Remark, ...]


@dataclass
class _Row:
    place: Place
    commune: CountryUnit
    village: str
    code: str
    households: str


class _Table(NamedTuple):
    """The rows of a sheet, or of a text file, below its header."""

    sheet: str | None
    start: int
    """Place of the header."""
    columns: dict[str, int]
    records: list[list[str]]


@dataclass
class _Reading:
    """The rows of a list as they are read, and the faults found."""

    communes: Sequence[CountryUnit]
    rows: list[_Row] = field(default_factory=list)
    faults: list[ListFault] = field(default_factory=list)
    totals: list[Place] = field(default_factory=list)
    """Rows of totals, which are passed over."""
    unnamed: list[Place] = field(default_factory=list)
    """Rows with households that name neither a commune nor a village, which are passed over."""
    with_comma: list[str] = field(default_factory=list)
    """Names with a comma, each taken as one village."""
    merged: int = 0
    """Rows whose commune is that of a merged cell."""
    unread: list[str] = field(default_factory=list)
    """Names of sheets with text and without the header."""

    def fault(self, key: str, place: Place, first: Place | None = None, /, **facts: str) -> None:
        """Note a fault of a row."""
        self.faults.append(ListFault(key, facts, place, first))

    def remarks(self) -> Iterator[Remark]:
        """Yield what the user must know of a list without a fault."""
        for name in self.unread:
            yield Remark("sheet-unread", {"sheet": name})
        if self.merged:
            yield Remark("merged", {"count": self.merged})
        for key, places in (("totals", self.totals), ("unnamed", self.unnamed)):
            if places:
                named = (f"{at.sheet}!{at.row}" if at.sheet else str(at.row) for at in places[:_NAMED])
                more = ", …" if len(places) > _NAMED else ""
                yield Remark(key, {"count": len(places), "rows": ", ".join(named) + more})
        if self.with_comma:
            names = "; ".join(self.with_comma[:_NAMED]) + ("; …" if len(self.with_comma) > _NAMED else "")
            yield Remark("commas", {"count": len(self.with_comma), "villages": names})


def villages_of(path: Path, communes: Sequence[CountryUnit]) -> Listed:
    """Return the villages of a list.

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
    reading = _Reading(communes)
    tables = _tables(path, reading)
    find = _finder(communes)
    for table in tables:
        for number, record in enumerate(table.records[table.start + 1 :], start=table.start + 2):
            _read(table, Place(number, table.sheet), record, find, reading)
    if not reading.rows and not reading.faults:
        raise ListProblem([ListFault("no-rows", {"name": path.name})])
    _check_twice(reading)
    if reading.faults:
        order = {table.sheet: at for at, table in enumerate(tables)}
        raise ListProblem(sorted(reading.faults, key=lambda fault: _order(fault, order)))
    codes = VillageCodes(row.code for row in reading.rows if row.code)
    place = {unit.code: at for at, unit in enumerate(communes)}
    villages = [
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
    return Listed(villages, tuple(reading.remarks()))


def _order(fault: ListFault, sheets: dict[str | None, int]) -> tuple[int, int]:
    return (0, 0) if fault.place is None else (sheets[fault.place.sheet], fault.place.row)


def _tables(path: Path, reading: _Reading) -> list[_Table]:
    """Return the table of each visible sheet that has the header, and note the other sheets with text."""
    if not path.is_file():
        raise ListProblem(
            [ListFault("is-folder" if path.is_dir() else "not-there", {"name": one_line(str(path), 200)})]
        )
    tables = []
    try:
        for sheet, records in _sheets(path):
            header = _header(records)
            if header is not None:
                _fill_merged(path, sheet, records, header, reading)
                tables.append(_Table(sheet, *header, records))
            elif sheet is not None and any(map(any, records)):
                reading.unread.append(sheet)
    except (OSError, ValueError):
        raise ListProblem([ListFault("cannot-be-opened", {"name": one_line(str(path), 200)})]) from None
    except (NotText, UnknownEncoding, NoWorkbook):
        raise ListProblem([ListFault("not-readable", {"name": one_line(str(path), 200)})]) from None
    if not tables:
        raise ListProblem([ListFault("no-header", {"name": path.name})])
    return tables


def _sheets(path: Path) -> Iterable[tuple[str | None, list[list[str]]]]:
    """Return the name and the rows of each sheet of a workbook, or the rows of a text file."""
    if path.suffix.lower() in SUFFIXES:
        return ((sheet.name, sheet.rows) for sheet in named_sheets(path))
    return [(None, rows_of(decode(path.read_bytes()).text).rows)]


def _fill_merged(
    path: Path,
    sheet: str | None,
    records: list[list[str]],
    header: tuple[int, dict[str, int]],
    reading: _Reading,
) -> None:
    """Write the commune of a merged cell into each row that it stands beside, as Excel shows it."""
    start, columns = header
    of_commune = {columns[name] for name in ("commune", "commune_code") if name in columns}
    if sheet is None:
        return
    filled: set[int] = set()
    for column, top, bottom in merges_down(path, sheet):
        if column not in of_commune or top <= start:
            continue
        value = _cell(records[top], column) if top < len(records) else ""
        for row in range(top + 1, min(bottom + 1, len(records))):
            if value and any(records[row]) and not _cell(records[row], column):
                records[row].extend([""] * (column + 1 - len(records[row])))
                records[row][column] = value
                filled.add(row)
    reading.merged += len(filled)


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
    table: _Table,
    place: Place,
    record: Sequence[str],
    find: Callable[[str], list[CountryUnit]],
    reading: _Reading,
) -> None:
    """Read one row."""
    cells = {name: _cell(record, column) for name, column in table.columns.items()}
    if not any(cells.get(name) for name in ("commune", "commune_code", "village", "code")):
        if _is_total(record, cells):
            reading.totals.append(place)
        elif cells.get("households"):
            reading.unnamed.append(place)
        return
    if _is_total(record, cells):
        reading.totals.append(place)
        return

    def fault(key: str, column: str, **facts: str) -> None:
        reading.fault(key, place._replace(column=table.columns.get(column)), **facts)

    of_commune = [name for name in ("commune_code", "commune") if name in table.columns]
    named = {name: cells[name] for name in of_commune if cells[name]}
    village, households = cells["village"].strip("; "), cells.get("households", "")
    if not named:
        fault("no-commune", of_commune[-1])
        return
    if not village:
        fault("no-village", "village")
        return
    if _names_several(record[table.columns["village"]]):
        fault("several-villages", "village", found=village)
        return
    found = {name: find(text) for name, text in named.items()}
    unknown = next((name for name, units in found.items() if not units), None)
    if unknown is not None:
        near = _near(named[unknown], reading.communes)
        fault("unknown-commune-near" if near else "unknown-commune", unknown, found=named[unknown], near=near)
        return
    first, *others = found.values()
    fitting = [unit for unit in first if all(unit in units for units in others)]
    last = list(named)[-1]
    if len(fitting) != 1:
        choices = ", ".join(f"{unit.full_name} ({unit.code})" for unit in fitting or first)
        fault("several-communes" if fitting else "code-of-another", last, found=named[last], choices=choices)
        return
    if households and not _COUNT.fullmatch(households):
        fault("not-a-count", "households", found=households)
        return
    if "," in village:
        reading.with_comma.append(f"{village} ({fitting[0].full_name})")
    code = _code(cells.get("code", ""), fitting[0])
    digits = "".join(char for char in households if char.isdigit())
    reading.rows.append(_Row(place, fitting[0], village, code, digits))


def _is_total(record: Sequence[str], cells: dict[str, str]) -> bool:
    """Return whether a row is one of totals: its first text, its commune or its village says so."""
    first = next(filter(None, record), "")
    texts = (first, cells.get("commune", ""), cells.get("village", ""))
    return any(_TOTAL.fullmatch(text_key(text)) for text in texts)


def _names_several(raw: str) -> bool:
    """Return whether a cell names several villages: parted by lines, semicolons, or commas before a type."""
    text = raw.strip().strip(";").strip()
    return bool(_PARTED.search(text)) or any(kind_of(part.strip()) for part in text.split(",")[1:])


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
    villages: dict[tuple[str, str], Place] = {}
    communes = {unit.code for unit in reading.communes}
    taken: dict[str, Place] = {}
    for row in reading.rows:
        key = (row.commune.code, loose_key(text_key(in_full(row.village))))
        first = villages.setdefault(key, row.place)
        if first != row.place:
            facts = {"village": row.village, "commune": row.commune.full_name}
            reading.fault("village-twice", row.place, first, **facts)
        if not row.code:
            continue
        if row.code in communes:
            reading.fault("code-of-a-commune", row.place, code=row.code)
        elif (first := taken.setdefault(row.code, row.place)) != row.place:
            reading.fault("code-twice", row.place, first, code=row.code)

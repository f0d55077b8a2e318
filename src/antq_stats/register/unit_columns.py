"""The columns of units.csv, split and cleaned column by column.

A register of the whole country has a million rows, nearly all without fault. So no object is made for a row
unless it is asked for: a text without quotes is split at its delimiters in blocks, and columns whose values
repeat (names, levels, types) are cleaned by distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import NamedTuple
from unicodedata import is_normalized, normalize

from antq_stats.delimited import delimiter_of, has_separator_line, rows_of

CODED = ("name", "level", "kind", "aliases", "valid_from", "valid_to", "households")
"""Columns whose values repeat."""

HEADER_ROWS = 20
"""Number of first rows in which the header is looked for; title lines may stand above it."""

_BLOCK = 1 << 18
"""Characters that are split at once; the pieces fit into the processor's cache."""

_EXCEL_TEXT = re.compile(r'="([^"]*)"')

Header = tuple[int, dict[str, int]]
"""Place of the header row, and of each known column in it."""

HeaderOf = Callable[[Sequence[Sequence[str]]], Header]
"""Returns the header in the first rows."""


class Entry(NamedTuple):
    """A cleaned row of the file."""

    row: int
    """Number of the row as in Excel, from 1."""
    code: str
    name: str
    level: str
    parent: str
    since: str
    until: str
    households: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A column by its distinct values: row i holds ``values[ids[i]]``."""

    values: Sequence[str]
    ids: Sequence[int]

    def __getitem__(self, place: int) -> str:
        """Return the text of a row."""
        return self.values[self.ids[place]]

    def texts(self) -> tuple[str, ...]:
        """Return the text of every row; equal texts are one object."""
        return tuple(map(self.values.__getitem__, self.ids))


@dataclass(frozen=True)
class UnitColumns:
    """The rows of units.csv below the header, without blank ones, as parallel columns."""

    rows: Sequence[int]
    """Row number of each in the file."""
    codes: Sequence[str]
    parents: Sequence[str]
    coded: dict[str, Coded]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, name: str) -> Coded:
        """Return a column of `CODED`."""
        return self.coded[name]

    def entry(self, place: int) -> Entry:
        """Return one row."""
        name, level, _, _, since, until, households = (self.coded[column][place] for column in CODED)
        code, parent = self.codes[place], self.parents[place]
        return Entry(self.rows[place], code, name, level, parent, since, until, households)

    def where(self, kept: Sequence[bool]) -> UnitColumns:
        """Return the rows whose element of ``kept`` is true."""
        return replace(
            self,
            rows=list(compress(self.rows, kept)),
            codes=list(compress(self.codes, kept)),
            parents=list(compress(self.parents, kept)),
            coded={name: Coded(c.values, list(compress(c.ids, kept))) for name, c in self.coded.items()},
        )


def columns_of(text: str, header_of: HeaderOf) -> UnitColumns:
    """Return the columns of a register.

    Parameters
    ----------
    text : the file's text.
    header_of : returns the header in the first rows.
    """
    if '"' in text or has_separator_line(text):
        return columns_of_rows(rows_of(text)[0], header_of)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = delimiter_of(text)
    lines = text.split("\n", HEADER_ROWS)[:HEADER_ROWS]
    header, places = header_of([line.split(delimiter) for line in lines])
    start = sum(map(len, lines[: header + 1])) + header + 1
    return _columns_of_blocks(places, header + 2, _records_of(text, start, delimiter))


def columns_of_rows(rows: Sequence[Sequence[str]], header_of: HeaderOf) -> UnitColumns:
    """Return the columns of a register whose rows are split already; see `columns_of`."""
    header, places = header_of(rows[:HEADER_ROWS])
    return _columns_of_blocks(places, header + 2, iter([_Records(rows[header + 1 :])]))


class _Records:
    """Records of the file, by column."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, place: int) -> list[str]:
        """Return a column; "" for records that are too short."""
        return [record[place] if place < len(record) else "" for record in self.rows]


class _EvenRecords(_Records):
    """Records of equal width in one list of fields, each followed by a field for the line end."""

    def __init__(self, fields: list[str], count: int, width: int) -> None:
        super().__init__(())
        self._fields = fields
        self._count = count
        self._width = width

    def __len__(self) -> int:
        return self._count

    def column(self, place: int) -> list[str]:
        stride = self._width + 1
        if place >= self._width:
            return [""] * self._count
        return self._fields[place : self._count * stride : stride]


def _records_of(text: str, start: int, delimiter: str) -> Iterator[_Records]:
    """Yield the records of a text without quotes, in blocks of whole lines."""
    while start < len(text):
        end = text.find("\n", start + _BLOCK)
        end = len(text) if end < 0 else end + 1
        block = text[start:end]
        start = end
        if not block.endswith("\n"):
            block += "\n"
        count = block.count("\n")
        # line ends become fields; if they are at equal distances, all records have the same width
        fields = block.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
        width = fields.index("\n")
        if len(fields) == count * (width + 1) + 1 and fields[width :: width + 1].count("\n") == count:
            yield _EvenRecords(fields, count, width)
        else:
            yield _Records([line.split(delimiter) for line in block.split("\n")[:-1]])


class Numbering(dict[str, int]):
    """Numbers of texts, in order of appearance."""

    def __missing__(self, text: str) -> int:
        """Return the number of a text that appears for the first time."""
        self[text] = number = len(self)
        return number


def _columns_of_blocks(places: dict[str, int], first_row: int, blocks: Iterator[_Records]) -> UnitColumns:
    """Return the columns of all blocks, cleaned, without rows that have no code, parent, name and level."""
    codes: list[str] = []
    parents: list[str] = []
    numbered: dict[str, tuple[Numbering, list[int]]] = {
        name: (Numbering(), []) for name in CODED if name in places
    }
    for block in blocks:
        codes += block.column(places["code"])
        parents += block.column(places["parent"])
        for name, (ids, column) in numbered.items():
            column.extend(map(ids.__getitem__, block.column(places[name])))
    count = len(codes)
    coded = {name: Coded(("",), bytes(count)) for name in CODED}
    coded |= {name: coded_by(list(ids), column) for name, (ids, column) in numbered.items()}
    columns = UnitColumns(range(first_row, first_row + count), _cleaned(codes), _cleaned(parents), coded)
    if all(columns.codes):
        return columns
    names, levels = columns["name"], columns["level"]
    kept = [
        bool(code or parent or names[place] or levels[place])
        for place, (code, parent) in enumerate(zip(columns.codes, columns.parents, strict=True))
    ]
    return columns if all(kept) else columns.where(kept)


def coded_by(raw: list[str], ids: Sequence[int]) -> Coded:
    """Return a column with its values cleaned; values that become equal are merged.

    Parameters
    ----------
    raw : its distinct values.
    ids : number of the value of each row.
    """
    values = list(map(_clean, raw))
    distinct = Numbering()
    same = [distinct[value] for value in values]
    if len(distinct) == len(values):
        return Coded(values, ids)
    return Coded(list(distinct), [same[number] for number in ids])


def _cleaned(texts: list[str]) -> list[str]:
    joined = "".join(texts)
    if joined.isascii() and joined.isalnum():  # the usual case for codes: nothing to clean
        return texts
    clean = {text: _clean(text) for text in set(texts)}
    return [clean[text] for text in texts]


def _clean(value: str) -> str:
    value = value.strip()
    if value.isascii():
        if value.startswith("=") and (quoted := _EXCEL_TEXT.fullmatch(value)):
            return quoted[1].strip()  # ="04249" keeps the zero in Excel
        return value
    return (value if is_normalized("NFC", value) else normalize("NFC", value)).strip("\ufeff\u200b ")

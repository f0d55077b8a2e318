"""The columns of units.csv: cut and cleaned column by column; a row is put together only when asked for.

A register of the whole country has a million rows, and nearly all of them are sound. So no object is made
for a row: a text without quotes is cut at its delimiters in blocks, and of the columns whose values repeat
(names, levels, types) only the distinct values are looked at.
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
"""The columns in which values repeat."""

HEADER_ROWS = 20
"""Title lines may stand above the header, but not more than these."""

_BLOCK = 1 << 18
"""Characters that are cut at once: what they are cut into stays in the processor's cache."""

_EXCEL_TEXT = re.compile(r'="([^"]*)"')

Header = tuple[int, dict[str, int]]
"""Place of the header row, and of each known column in it."""


class Entry(NamedTuple):
    """A row of the file, cleaned."""

    row: int
    """As Excel counts it, from 1."""
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
    """The rows of units.csv below the header, blank ones left out, as parallel columns."""

    rows: Sequence[int]
    """The row of the file in which each stands."""
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
        """Return the rows that are kept."""
        return replace(
            self,
            rows=list(compress(self.rows, kept)),
            codes=list(compress(self.codes, kept)),
            parents=list(compress(self.parents, kept)),
            coded={name: Coded(c.values, list(compress(c.ids, kept))) for name, c in self.coded.items()},
        )


def columns_of(text: str, header_of: Callable[[Sequence[Sequence[str]]], Header]) -> UnitColumns:
    """Return the columns of a register.

    Parameters
    ----------
    text : the file's text.
    header_of : finds the header in the first rows.
    """
    if '"' in text or has_separator_line(text):
        rows: list[list[str]] = rows_of(text)[0]
        header, places = header_of(rows[:HEADER_ROWS])
        return _gathered(places, header + 2, iter([_Block(rows[header + 1 :])]))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = delimiter_of(text)
    lines = text.split("\n", HEADER_ROWS)[:HEADER_ROWS]
    header, places = header_of([line.split(delimiter) for line in lines])
    start = sum(map(len, lines[: header + 1])) + header + 1
    return _gathered(places, header + 2, _blocks(text, start, delimiter))


class _Block:
    """Some records, asked for their columns."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, place: int) -> list[str]:
        """Return a column; a record that does not reach so far holds nothing there."""
        return [record[place] if place < len(record) else "" for record in self.rows]


class _EvenBlock(_Block):
    """Records of equally many fields, one after the other, each followed by one field more."""

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


def _blocks(text: str, start: int, delimiter: str) -> Iterator[_Block]:
    """Cut a text without quotes into blocks of whole lines."""
    while start < len(text):
        end = text.find("\n", start + _BLOCK)
        end = len(text) if end < 0 else end + 1
        block = text[start:end]
        start = end
        if not block.endswith("\n"):
            block += "\n"
        count = block.count("\n")
        # Line ends become fields of their own. Where they stand at equal distances, no line is longer.
        fields = block.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
        width = fields.index("\n")
        if len(fields) == count * (width + 1) + 1 and fields[width :: width + 1].count("\n") == count:
            yield _EvenBlock(fields, count, width)
        else:
            yield _Block([line.split(delimiter) for line in block.split("\n")[:-1]])


class _Ids(dict[str, int]):
    """Texts numbered as they come."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


def _gathered(places: dict[str, int], first_row: int, blocks: Iterator[_Block]) -> UnitColumns:
    """Put the columns of all blocks together, clean them, and leave out rows without any unit."""
    codes: list[str] = []
    parents: list[str] = []
    numbered: dict[str, tuple[_Ids, list[int]]] = {name: (_Ids(), []) for name in CODED if name in places}
    for block in blocks:
        codes += block.column(places["code"])
        parents += block.column(places["parent"])
        for name, (ids, column) in numbered.items():
            column.extend(map(ids.__getitem__, block.column(places[name])))
    count = len(codes)
    coded = {name: Coded(("",), bytes(count)) for name in CODED}
    coded |= {name: _coded(list(ids), column) for name, (ids, column) in numbered.items()}
    columns = UnitColumns(range(first_row, first_row + count), _cleaned(codes), _cleaned(parents), coded)
    if all(columns.codes):
        return columns
    names, levels = columns["name"], columns["level"]
    kept = [
        bool(code or parent or names[place] or levels[place])
        for place, (code, parent) in enumerate(zip(columns.codes, columns.parents, strict=True))
    ]
    return columns if all(kept) else columns.where(kept)


def _coded(raw: list[str], ids: list[int]) -> Coded:
    """Return a column with its values cleaned; values that become alike are one."""
    values = list(map(_clean, raw))
    distinct = _Ids()
    same = [distinct[value] for value in values]
    if len(distinct) == len(values):
        return Coded(values, ids)
    return Coded(list(distinct), [same[number] for number in ids])


def _cleaned(texts: list[str]) -> list[str]:
    joined = "".join(texts)
    if joined.isascii() and joined.isalnum():  # as codes are: there is nothing to clean
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

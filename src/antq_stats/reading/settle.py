"""A second look at the sheets of an xlsx, for what the fast reader hands back as blank.

The fast reader gives ``""`` for an error cell, for a formula without a stored value and for a blank
alike, knows no hidden rows and columns, and builds the whole rectangle up to the last cell. So the
sheet's own bytes are asked first: how far do they reach, and is there anything to settle. Most
sheets have nothing; they pay for inflating the part and a few searches of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from xml.parsers import expat

from antq_stats.reading.container import FileProblem, Package
from antq_stats.reading.sheet_cells import SheetCells

OddCell = tuple[Literal["error", "formula"], str]
"""What a cell is that looks blank and is not.

``("error", "#REF!")``, or ``("formula", "")`` for a formula without a stored value. A value written in
a way the fast reader passes over is told as an error with that value.
"""

Merge = tuple[int, int, int, int]


class Remark(NamedTuple):
    """What is to be told of one cell wherever it is read as a figure."""

    code: str
    """Of the catalogue, family C."""
    value: str | None
    """What the cell says, as found."""
    facts: dict[str, str]
    taken: bool
    """The cell's figure counts all the same; else the cell gives none."""


_MAX_ROWS, _MAX_COLUMNS = 1 << 20, 1 << 14

# A reference that is not plainly within ZZ9999: far away, or written in an unusual way.
_UNUSUAL_REFERENCE = re.compile(rb' r=(?!"[A-Za-z]{0,2}[0-9]{1,4}")')
_FILLED_CELL = re.compile(rb"<(?:\w+:)?c(?:\s([^<>]*[^<>/])|\s*)>\s*<(?!/)")
_CELL_REFERENCE = re.compile(rb'(?:^|\s)r="([A-Za-z]{1,3})([0-9]{1,7})"')
_FORMULA_WITHOUT_VALUE = re.compile(rb"(?:</f>|<f\b[^<>]*/>)\s*(?!<v>[^<])")
_HIDDEN = re.compile(rb"""hidden\s*=\s*["'](?!0|false)""")
_VALUE_NOT_LAST = re.compile(rb"</(?:v|is)>\s*<(?!/)|inlineStr[^<>]*>\s*<v")
_NEW_ERROR = re.compile(
    rb'(<c\s(?:[^<>]*\s)?t="e"[^<>]*>(?:<f\b[^<>]*(?:/>|>[^<]*</f>))?<v>)'
    rb"(?!#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|GETTING_DATA)<)[^<]*"
)
_ESCAPED_VALUE = re.compile(rb"<v>[^<]*&")


@dataclass(slots=True)
class Look:
    """What the second look saw of one sheet; rows and columns count from 0."""

    name: str = ""
    """Name of the sheet."""
    rows: int = 0
    """Rows from the top down to the last cell that holds something."""
    columns: int = 0
    far: tuple[int, int] | None = None
    """The cell that reaches farthest."""
    odd: dict[tuple[int, int], OddCell] = field(default_factory=dict)
    filled: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that hold a value of their own, as written; the fast reader must have one there too."""
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that say something else than the fast reader makes of them, with their text."""
    remarks: dict[tuple[int, int], Remark] = field(default_factory=dict)
    """Cells of which something is to be told; where it is not taken, the grid holds a blank."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Merge] | None = None
    """None where the fast reader knows them."""
    formulas: dict[tuple[int, int], str | None] = field(default_factory=dict)
    """Cells with a formula, written as in A1 without the sign of equality; None for one of other kinds."""
    cells: SheetCells | None = None
    """All that the sheet holds; None where the fast reader reads it."""
    hidden: bool = False
    """The sheet is hidden; of use where the look reads all of it."""
    is_table: bool = True
    """It is no chart and no macro sheet; likewise."""

    def reach(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Take note of a cell (or a block of equal cells) that holds something."""
        if row + rows > self.rows or column + columns > self.columns:
            self.rows = max(self.rows, row + rows)
            self.columns = max(self.columns, column + columns)
            self.far = (row + rows - 1, column + columns - 1)

    def reach_cells(self) -> None:
        """Take note of all the cells the look has read."""
        if self.cells is not None:
            self.rows, self.columns, self.far = self.cells.farthest()


def parse(
    data: bytes,
    part: str,
    start: Callable[..., None],
    end: Callable[..., None] | None = None,
    text: Callable[..., None] | None = None,
) -> None:
    """Parse a part, refusing document types and entities; raise F102 where it is not well-formed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text

    def refuse(*_: object) -> None:
        raise FileProblem("F102", problem="document-type", place=part)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # LookupError: an encoding nobody knows
        raise FileProblem("F102", problem="xml-malformed", place=part) from error


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def _index(reference: str) -> tuple[int, int] | None:
    """Return row and column of a reference such as C5, or None if it is none."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not digits or not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits[:8]) - 1, column - 1


# -- xlsx ----------------------------------------------------------------------------------------


def xlsx_parts(package: Package) -> list[tuple[str, str]]:
    """Return name and part of each sheet in workbook order; the part is "" where it is not known."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            relation_id = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), part_of(targets.get(relation_id, ""))))

    if "xl/_rels/workbook.xml.rels" in package:
        name = "xl/_rels/workbook.xml.rels"
        parse(package.read(name), name, relation)
    parse(package.read("xl/workbook.xml"), "xl/workbook.xml", sheet)
    return sheets


def part_of(target: str) -> str:
    """Return the part a relation of the workbook names; targets are relative to xl/ or absolute."""
    if target.startswith("/"):
        return target[1:]
    return target if not target or target.startswith("xl/") else "xl/" + target


def look_at_xlsx(data: bytes, part: str) -> Look:
    """Look at the part of one worksheet."""
    if b"<!DOCTYPE" in data[:4096]:
        raise FileProblem("F102", problem="document-type", place=part)
    # Excel writes no prefixes; where a file does, or is not UTF-8, nothing can be told by searching.
    if b"<sheetData" in data and not _is_unsettled(data):
        if _is_modest(data):
            return Look()
        look = Look()
        if _reach_by_search(data, look):
            return look
    return _look_closely(data, part)


def _is_unsettled(data: bytes) -> bool:
    """Tell whether the part may hold an error, a formula without a value, or something hidden.

    Single signs are looked for before the words they stand in: that is ten times as fast.
    """
    return (
        b'"e"' in data
        or (b"'" in data and b"'e'" in data)
        or (b"hidden" in data and _HIDDEN.search(data) is not None)
        or (b"<f" in data and _FORMULA_WITHOUT_VALUE.search(data) is not None)
        or (b"!" in data and b"<!" in data)  # CDATA and comments, which hide a value
        or (b"inlineStr" in data and _VALUE_NOT_LAST.search(data) is not None)
        or (b"&" in data and _ESCAPED_VALUE.search(data) is not None)
    )


def with_known_errors(data: bytes) -> bytes:
    """Return a part in which errors the fast reader stumbles over (``#SPILL!``) are ``#N/A``."""
    return _NEW_ERROR.sub(rb"\1#N/A", data) if b'"e"' in data else data


def _is_modest(data: bytes) -> bool:
    """Tell whether all cells are plainly within ZZ9999, so that the rectangle is small."""
    elements = data.count(b"<row") + data.count(b"<c ") + data.count(b"<c>")
    return data.count(b' r="') >= elements and not _UNUSUAL_REFERENCE.search(data)


def _reach_by_search(data: bytes, look: Look) -> bool:
    """Find how far filled cells reach, without parsing: a million formatted rows are passed fast."""
    for match in _FILLED_CELL.finditer(data):
        reference = _CELL_REFERENCE.search(match[1] or b"")
        position = _index((reference[1] + reference[2]).decode("ascii")) if reference else None
        if position is None:
            return False
        if position[0] >= look.rows or position[1] >= look.columns:
            look.reach(*position)
    return True


class _XlsxSheet:
    """The handlers of one worksheet's part."""

    def __init__(self, *, note_filled: bool) -> None:
        self.look = Look()
        self.note_filled = note_filled
        self.row = -1
        self.column = -1
        self.inside = ""
        self.cell: dict[str, str] | None = None
        self.text: list[str] = []
        self.formula = self.stored = self.hides = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "row":
            row = attributes.get("r", "")
            self.row = int(row[:8]) - 1 if row.isdecimal() else self.row + 1
            self.column = -1
            if _is_on(attributes.get("hidden")) and 0 <= self.row < _MAX_ROWS:
                self.look.hidden_rows.add(self.row)
        elif self.cell is not None:
            self._start_content(tag)
        elif tag == "col" and _is_on(attributes.get("hidden")):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                last_column = min(int(last[:8]), _MAX_COLUMNS)
                self.look.hidden_columns.update(range(int(first[:8]) - 1, last_column))

    def _start_content(self, tag: str) -> None:
        """Take note of what a cell holds; what follows a value hides it from the fast reader."""
        if tag in ("f", "v", "is"):
            inline = (self.cell or {}).get("t") in ("inlineStr", "is")
            self.hides = self.hides or bool(self.text) or (tag == "v" and inline)
            self.formula = self.formula or tag == "f"
            self.stored = self.stored or tag == "v"
        self.inside = tag

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.cell = attributes
        position = _index(attributes.get("r", ""))
        if position is None:
            self.column += 1
        else:
            self.row, self.column = position
        self.text.clear()
        self.formula = self.stored = self.hides = False
        self.inside = ""

    def data(self, text: str) -> None:
        if self.inside in ("v", "t"):
            self.text.append(text)

    def end(self, name: str) -> None:
        tag = local(name)
        if tag != "c":
            if tag == self.inside:
                self.inside = ""
            return
        cell = self.cell or {}
        self.cell = None
        value = "".join(self.text)
        sort = cell.get("t", "n")
        if not (value or self.formula or sort == "e"):
            return
        at = (self.row, self.column)
        self.look.reach(*at)
        if sort == "e":
            self.look.odd[at] = ("error", value.strip() or "#N/A")
        elif self.formula and not value.strip() and not (sort == "str" and self.stored):
            self.look.odd[at] = ("formula", "")
        elif (self.hides or self.note_filled) and value.strip() and (sort != "s" or self.hides):
            self.look.filled[at] = value


def _is_on(value: str | None) -> bool:
    return value is not None and value.strip().lower() in ("1", "true", "on")


def _look_closely(data: bytes, part: str) -> Look:
    # Only these can hide a value from the fast reader; a note of every cell would cost much.
    sheet = _XlsxSheet(note_filled=b"<!" in data or b"&" in data)
    parse(data, part, sheet.start, sheet.end, sheet.data)
    return sheet.look

"""The cells of a worksheet that is patched: styles are set, and missing cells are added."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from antq_stats.words.text import column_letter

Position = tuple[int, int]
"""Row, counted from 1, and column, counted from 0."""

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ON = frozenset(("1", "true", "on"))
_TEXTS = frozenset(("s", "str", "inlineStr"))


def position_of(reference: str) -> Position | None:
    """Return row and column of a reference such as C5; None if it is none."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1


def reference_of(position: Position) -> str:
    """Return the reference of a row and a column, such as C5."""
    return f"{column_letter(position[1])}{position[0]}"


class Sheet:
    """The tree of one worksheet."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.main = etree.QName(root).namespace or ""
        self.data = self.child("sheetData")

    def child(self, name: str) -> etree._Element | None:
        """Return a child of the worksheet by its local name."""
        return self.root.find(f"{{{self.main}}}{name}")

    def rows(self) -> Iterator[tuple[int, etree._Element]]:
        """Yield the rows with their numbers; a row without a number follows the one before."""
        number = 0
        for row in () if self.data is None else self.data.iterchildren(f"{{{self.main}}}row"):
            number = int(row.get("r", number + 1))
            yield number, row

    def cells(self, number: int, row: etree._Element) -> Iterator[tuple[Position, etree._Element]]:
        """Yield the cells of a row with their positions."""
        column = -1
        for cell in row.iterchildren(f"{{{self.main}}}c"):
            position = position_of(cell.get("r", ""))
            column = column + 1 if position is None else position[1]
            yield (number, column), cell

    def merges(self) -> list[tuple[Position, Position]]:
        """Return the first and the last cell of each merged range."""
        merged = self.child("mergeCells")
        ranges = []
        for merge in () if merged is None else merged.iterchildren(f"{{{self.main}}}mergeCell"):
            ends = [position_of(end) for end in merge.get("ref", "").split(":")]
            if len(ends) == 2 and ends[0] and ends[1]:
                ranges.append((ends[0], ends[1]))
        return ranges

    def first_used(self, numbers: set[int]) -> dict[int, Position]:
        """Return the first cell with a text, or else with a value, of each row that has one."""
        found: dict[int, Position] = {}
        for number, row in self.rows():
            if number not in numbers:
                continue
            used = [(at, cell) for at, cell in self.cells(number, row) if len(cell)]
            texts = [at for at, cell in used if cell.get("t") in _TEXTS]
            if used:
                found.setdefault(number, (texts or [used[0][0]])[0])
        return found

    def restyle(self, wanted: Mapping[Position, object], style: Callable[[Position, int], int]) -> None:
        """Set the styles of cells; missing rows and cells are added.

        Parameters
        ----------
        wanted : the positions of the cells, as keys.
        style : returns the new style for the position and the old style of a cell.
        """
        if self.data is None:
            self.data = etree.Element(f"{{{self.main}}}sheetData")
            self.insert(self.data, _BEFORE_DATA)
        by_row: dict[int, set[Position]] = {}
        for position in wanted:
            by_row.setdefault(position[0], set()).add(position)
        rows = {number: row for number, row in self.rows() if number in by_row}
        for number in sorted(by_row):
            row = rows.get(number)
            if row is None:
                row = self._new_row(number)
            self._restyle_row(number, row, by_row[number], style)
        self._reach(max(row for row, _ in wanted), max(column for _, column in wanted))

    def _restyle_row(
        self, number: int, row: etree._Element, wanted: set[Position], style: Callable[[Position, int], int]
    ) -> None:
        cells = dict(self.cells(number, row))
        for position in sorted(wanted):
            cell = cells.get(position)
            if cell is None:
                after = [other for at, other in cells.items() if at[1] > position[1]]
                cell = etree.Element(f"{{{self.main}}}c", r=reference_of(position))
                default = self._default_style(row, position[1])
                if default:
                    cell.set("s", str(default))
                if after:
                    after[0].addprevious(cell)
                elif cells:
                    list(cells.values())[-1].addnext(cell)
                else:
                    row.insert(0, cell)
                cells = dict(self.cells(number, row))
                _widen(row, position[1] + 1)
            cell.set("s", str(style(position, int(cell.get("s", "0")))))

    def _new_row(self, number: int) -> etree._Element:
        row = etree.Element(f"{{{self.main}}}row", r=str(number))
        for other, element in self.rows():
            if other > number:
                element.addprevious(row)
                return row
        assert self.data is not None  # noqa: S101 - restyle made it
        self.data.append(row)
        return row

    def _default_style(self, row: etree._Element, column: int) -> int:
        """Return the style of a missing cell: that of its row, else that of its column."""
        if row.get("customFormat") in _ON:
            return int(row.get("s", "0"))
        columns = self.child("cols")
        for entry in () if columns is None else columns:
            if int(entry.get("min", "0")) <= column + 1 <= int(entry.get("max", "0")):
                return int(entry.get("style", "0"))
        return 0

    def _reach(self, row: int, column: int) -> None:
        """Extend the dimension of the sheet to a cell."""
        dimension = self.child("dimension")
        if dimension is None:
            return
        ends = [position_of(end) for end in dimension.get("ref", "").split(":")]
        first, last = ends[0], ends[-1]
        if first is None or last is None or (row <= last[0] and column <= last[1]):
            return
        end = reference_of((max(row, last[0]), max(column, last[1])))
        dimension.set("ref", f"{reference_of(first)}:{end}")

    def insert(self, element: etree._Element, before: frozenset[str]) -> None:
        """Insert a child at its place in the order of the schema.

        Parameters
        ----------
        element : the child.
        before : local names of the children that precede it.
        """
        place = 0
        for child in self.root.iterchildren("*"):
            if etree.QName(child).localname in before:
                place = self.root.index(child) + 1
        self.root.insert(place, element)


def _widen(row: etree._Element, column: int) -> None:
    """Extend the spans of a row to a column, counted from 1."""
    spans = row.get("spans", "").split(":")
    if len(spans) == 2 and all(map(str.isdecimal, spans)):
        row.set("spans", f"{min(int(spans[0]), column)}:{max(int(spans[1]), column)}")


_BEFORE_DATA = frozenset(("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols"))
BEFORE_LEGACY_DRAWING = _BEFORE_DATA | frozenset((
    "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks",
    "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
))  # fmt: skip
"""Elements that precede ``legacyDrawing`` in a worksheet (ECMA-376 Part 1, CT_Worksheet)."""

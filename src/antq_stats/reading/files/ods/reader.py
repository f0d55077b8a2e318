"""Scanning the sheets of an OpenDocument spreadsheet, all of which are in one part.

Cells and rows may have a repeat count. Repeated filled cells are counted in full against the limits, so a
small file cannot ask for billions of cells.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, product

from antq_stats.reading.files.cells import percentages
from antq_stats.reading.files.cells.sheet_cells import Block, SheetCells
from antq_stats.reading.files.cells.sheet_scan import OddCell, Remark, SheetScan
from antq_stats.reading.files.cells.text_parts import STRUCK, Part, put_parts, put_struck_number
from antq_stats.reading.files.cells.xml_parts import local, parse
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.ods import formulas
from antq_stats.reading.files.ods.styles import Styles

_MANY = 1 << 30
_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14
_ASIDE = frozenset(("annotation", "shapes", "frame", "note", "ruby-text"))
"""Elements in a cell whose text is not part of the cell's text."""
_CELLS = frozenset(("table-cell", "covered-table-cell"))
_CHARACTERS = {"s": " ", "tab": " ", "line-break": "\n"}
_GROUPS = {"table-row-group": "rows", "table-column-group": "columns"}
_MOST_RECORDED = 100_000  # maximum number of odd cells, remarks, formulas or merges recorded of one sheet
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPAN = re.compile(r"-?P(?:([0-9]+)D)?T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9.]+)S)?")
_FIGURE = re.compile(r"[0-9]+(?:[., ][0-9]+)*")
_GROUPED = re.compile(r"[0-9]+|[0-9]{1,3}(?:[., ][0-9]{3})+")
_LONGEST = 100  # of a figure, as written
_LINK_CACHE = "'file:"


def scan_ods(package: Package) -> list[SheetScan]:
    """Scan all sheets of a spreadsheet, in order.

    Raises
    ------
    FileProblem
        F102 if a part is missing or damaged; F103 if the content is encrypted.
    """
    if package.locked or (
        "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml")
    ):
        raise FileProblem("F103")
    content = Content()
    if "styles.xml" in package:
        parse(package.read("styles.xml"), "styles.xml", content.styles.start, content.styles.end)
    parse(package.read("content.xml"), "content.xml", content.start, content.end, content.data)
    return content.sheets


def _number(attributes: dict[str, str], name: str) -> int:
    """Return a repeat count or span; 1 if the attribute is missing or not a number."""
    value = attributes.get(name, "")
    return min(int(value[:12]), _MANY) if value.isdecimal() else 1


class _Locals(dict[str, str]):
    """Cache of names without their namespace prefixes, by the names with them."""

    def __missing__(self, name: str) -> str:
        self[name] = found = local(name)
        return found


class Content:
    """The XML handler of ``content.xml``."""

    def __init__(self) -> None:
        self.styles = Styles()
        self.tags = _Locals()
        self.sheets: list[SheetScan] = []
        self.path: list[str] = []
        self.depth = 0  # nesting of tables: a cell may hold one
        self.row = self.column = 0
        self.row_repeat = self.column_at = 0
        self.hidden_groups = {"rows": 0, "columns": 0}
        self.row_flags: int | None = None
        self.column_flags: tuple[list[int], list[int]] = ([], [])
        """Default flags of columns: the column after each group of equal ones, and the group's flags."""
        self.cell: dict[str, str] | None = None
        self.aside = 0  # nesting of elements in `_ASIDE`
        self.in_paragraph = 0
        self.has_paragraph = False
        self.flags: list[int] = []
        self.parts: list[Part] = []

    @property
    def scan(self) -> SheetScan:  # noqa: D102
        return self.sheets[-1]

    # -- elements --------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: D102 - as expat calls it
        tag = self.tags[name]
        self.path.append(tag)
        if tag == "table":
            self._start_table(attributes)
        elif self.depth == 0:
            self.styles.start(name, attributes)
        elif self.depth > 1:
            return
        elif self.cell is not None:
            self._start_in_cell(tag, attributes)
        elif tag in _CELLS:
            self.cell = self._attributes(attributes)
            self.parts.clear()
            self.has_paragraph = False
            self.flags = [self._style_of_cell(self.cell)]
        elif tag == "table-row":
            self._start_row(self._attributes(attributes))
        elif tag == "table-column":
            self._start_column(self._attributes(attributes))
        elif tag in _GROUPS:
            self.hidden_groups[_GROUPS[tag]] += self._attributes(attributes).get("display") == "false"
        elif tag == "table-source" and (self.scan.hidden or self.scan.name.startswith(_LINK_CACHE)):
            self.scan.is_table = False  # cached values of another file

    def _attributes(self, raw: dict[str, str]) -> dict[str, str]:
        """Return attributes by names without prefixes, with ``error`` added if any marks the cell as one.

        LibreOffice marks errors with ``calcext:value-type``; its other ``calcext`` attributes are ignored.
        """
        attributes: dict[str, str] = {}
        tags = self.tags
        for key, value in raw.items():
            name = tags[key]
            if name == "value-type" and value == "error":
                attributes["error"] = ""
            if not key.startswith("calcext:"):
                attributes[name] = value
        return attributes

    def _start_table(self, attributes: dict[str, str]) -> None:
        """Begin a sheet. Tables inside a cell or outside the spreadsheet element are not sheets."""
        if self.depth or self.path[-2:-1] == ["spreadsheet"]:
            self.depth += 1
        if self.depth == 1:
            attributes = self._attributes(attributes)
            hidden = self.styles.is_unseen("table", attributes.get("style-name", ""))
            self.sheets.append(
                SheetScan(attributes.get("name", ""), merged=[], cells=SheetCells(), hidden=hidden)
            )
            self.row = self.column_at = 0
            self.column_flags = ([], [])
            self.hidden_groups = {"rows": 0, "columns": 0}

    def _start_in_cell(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _ASIDE:
            self.aside += 1
        elif self.aside:
            return
        elif tag == "p":
            self.in_paragraph += 1
            self.has_paragraph = True
            if self.parts:
                self.parts.append(("\n", self.flags[-1]))
            self.flags.append(self._flags("paragraph", attributes))
        elif tag == "span" and self.in_paragraph:
            self.flags.append(self._flags("text", attributes))
        elif tag in _CHARACTERS and self.in_paragraph:
            self.parts.append((_CHARACTERS[tag], self.flags[-1]))

    def _flags(self, family: str, attributes: dict[str, str]) -> int:
        if not attributes:
            return self.flags[-1]
        return self.styles.flags(family, self._attributes(attributes).get("style-name", ""), self.flags[-1])

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.column = 0
        style = attributes.get("default-cell-style-name")
        self.row_flags = self.styles.flags("table-cell", style) if style else None
        self.row_repeat = _number(attributes, "number-rows-repeated")
        if self._is_hidden(attributes, "table-row", "rows"):
            self.scan.hidden_rows.update(range(self.row, min(self.row + self.row_repeat, _LAST_ROW)))

    def _start_column(self, attributes: dict[str, str]) -> None:
        end = self.column_at + _number(attributes, "number-columns-repeated")
        if self._is_hidden(attributes, "table-column", "columns"):
            self.scan.hidden_columns.update(range(self.column_at, min(end, _LAST_COLUMN)))
        self.column_at = end
        ends, flags = self.column_flags
        ends.append(end)
        flags.append(self.styles.flags("table-cell", attributes.get("default-cell-style-name", "")))

    def _is_hidden(self, attributes: dict[str, str], family: str, group: str) -> bool:
        return (
            attributes.get("visibility") in ("collapse", "filter")
            or self.hidden_groups[group] > 0
            or self.styles.is_unseen(family, attributes.get("style-name", ""))
        )

    def _style_of_cell(self, attributes: dict[str, str]) -> int:
        if name := attributes.get("style-name"):
            return self.styles.flags("table-cell", name)
        if self.row_flags is not None:
            return self.row_flags
        ends, flags = self.column_flags
        index = bisect_right(ends, self.column)
        return flags[index] if index < len(flags) else 0

    def data(self, text: str) -> None:  # noqa: D102
        if self.in_paragraph and not self.aside:
            self.parts.append((text, self.flags[-1]))

    def end(self, name: str) -> None:  # noqa: D102
        tag = self.tags[name]
        self.path.pop()
        if tag == "table":
            if self.depth == 1:
                self.scan.reach_cells()
            self.depth -= self.depth > 0
        elif self.depth == 0:
            self.styles.end(name)
        elif self.depth > 1:
            return
        elif tag in _CELLS and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None
        elif self.cell is not None:
            self._end_in_cell(tag)
        elif tag == "table-row":
            self.row += self.row_repeat
        elif tag in _GROUPS:
            group = _GROUPS[tag]
            self.hidden_groups[group] = max(0, self.hidden_groups[group] - 1)

    def _end_in_cell(self, tag: str) -> None:
        if tag in _ASIDE:
            self.aside -= 1
        elif self.aside or not self.in_paragraph:
            return
        elif tag in ("p", "span"):
            self.flags.pop()
            self.in_paragraph -= tag == "p"

    # -- a cell's content ------------------------------------------------------------------------

    def _end_cell(self, attributes: dict[str, str]) -> None:
        repeat = _number(attributes, "number-columns-repeated")
        at = (self.row, self.column)
        text = "".join(part for part, _ in self.parts).strip()
        if "value-type" in attributes or "formula" in attributes or text:
            value = self._value(attributes, text, at, repeat)
            if value is not None:
                self._put(at, repeat, value)
            if "formula" in attributes:
                self._record_formula(attributes, at, repeat, value)
        down, across = (
            _number(attributes, "number-rows-spanned"),
            _number(attributes, "number-columns-spanned"),
        )
        if (
            (down > 1 or across > 1)
            and self.scan.merged is not None
            and len(self.scan.merged) < _MOST_RECORDED
        ):
            self.scan.merged.append((*at, at[0] + down - 1, at[1] + across - 1))
        self.column += repeat

    def _put(self, at: tuple[int, int], repeat: int, value: object) -> None:
        cells = self.scan.cells
        if cells is None:
            return
        if self.row_repeat == 1 and repeat == 1:
            cells.by_row.setdefault(at[0], {})[at[1]] = value
        else:
            cells.blocks.append(Block(*at, self.row_repeat, repeat, value))

    def _cells_of(self, at: tuple[int, int], repeat: int) -> Iterator[tuple[int, int]]:
        """Return an iterator over the cells of one element, up to the number still recorded."""
        scan = self.scan
        room = _MOST_RECORDED - max(
            len(scan.odd), len(scan.remarks), len(scan.formulas), len(scan.replacements)
        )
        rows, columns = range(at[0], at[0] + self.row_repeat), range(at[1], at[1] + repeat)
        return islice(product(islice(rows, room), islice(columns, room)), room) if room > 0 else iter(())

    def _value(self, attributes: dict[str, str], text: str, at: tuple[int, int], repeat: int) -> object:
        """Return a cell's value, ``""`` for an odd cell and None for a blank; add remarks to the scan."""
        value_type = attributes.get("value-type", "")
        is_formula = "formula" in attributes
        if "error" in attributes or (is_formula and _is_error(text)):
            return self._odd(at, repeat, ("error", text or "#ERROR!"))
        if is_formula and not value_type and not text:
            if self.has_paragraph and '""' in attributes["formula"]:
                return None  # the formula was calculated and gave empty text
            return self._odd(at, repeat, ("formula", ""))
        if value_type in ("float", "currency", "percentage"):
            return self._figure(attributes, value_type, text, at, repeat)
        if value_type == "boolean" and attributes.get("boolean-value") in ("true", "false"):
            return attributes["boolean-value"] == "true"
        if value_type == "date" and (moment := _moment(attributes.get("date-value", ""))) is not None:
            return moment
        if value_type == "time" and (span := _span(attributes.get("time-value", ""))) is not None:
            return span
        stored = attributes.get("string-value", "").strip() if value_type == "string" else ""
        if text and stored and "".join(text.split()) != "".join(stored.split()):
            return self._contradictory(at, repeat, f"{stored}; {text}", stays=text)
        if not text:
            return stored or None
        value: object = text
        for cell in self._cells_of(at, repeat) if any(flags for _, flags in self.parts) else ():
            value = put_parts(self.scan, cell, self.parts)
        return value

    def _odd(self, at: tuple[int, int], repeat: int, odd: OddCell) -> str:
        for cell in self._cells_of(at, repeat):
            self.scan.odd[cell] = odd
        return ""

    def _contradictory(self, at: tuple[int, int], repeat: int, stored: str, stays: str = "") -> str:
        """Add a remark about a cell whose value contradicts its text or cannot be read.

        Parameters
        ----------
        at, repeat : the first cell, and how often it is repeated in its row.
        stored : the value and the text, as found.
        stays : text that stays in the grid unless it begins with a digit, for names and headers.
        """
        remark = Remark("C105", stored or None, {"problem": "written-oddly"}, taken=False)
        for cell in self._cells_of(at, repeat):
            self.scan.remarks[cell] = remark
            if stays and not stays[0].isdecimal():
                self.scan.replacements[cell] = stays
        return ""

    def _figure(
        self, attributes: dict[str, str], value_type: str, text: str, at: tuple[int, int], repeat: int
    ) -> object:
        written = attributes.get("value", "").strip()
        if len(written) > _LONGEST or _NUMBER.fullmatch(written) is None:
            return self._contradictory(at, repeat, f"{written}; {text}".strip("; "))
        number = float(written)
        if value_type == "percentage":
            return percentages.displayed(number, 100) or number
        if text != written and number.is_integer() and len(text) <= _LONGEST and not may_show(number, text):
            return self._contradictory(at, repeat, f"{written}; {text}")
        if self.flags[0] & STRUCK:
            for cell in self._cells_of(at, repeat):
                put_struck_number(self.scan, cell, number)
        return number

    def _record_formula(
        self, attributes: dict[str, str], at: tuple[int, int], repeat: int, value: object
    ) -> None:
        """Record a cell's formula; of repeated cells only the first has it, as references are relative."""
        formula = attributes["formula"]
        is_matrix = (
            "number-matrix-columns-spanned" in attributes or "number-matrix-rows-spanned" in attributes
        )
        for cell in self._cells_of(at, repeat):
            can_convert = cell == at and not is_matrix
            self.scan.formulas[cell] = formulas.as_a1(formula) if can_convert else None
            if (file := formulas.other_file(formula)) is not None and value not in ("", None):
                shown = f"{value:.15g}" if isinstance(value, float) else str(value)
                self.scan.remarks.setdefault(cell, Remark("C107", shown, {"found": file}, taken=True))


def may_show(number: float, text: str) -> bool:
    """Return whether a text may be how a whole number is displayed; texts with letters always may."""
    if _FIGURE.fullmatch(text) is None:
        return True
    readings = [text] if _GROUPED.fullmatch(text) else []
    integer, _, fraction = re.sub("[., ](?=[0-9]+$)", ";", text).partition(";")
    if _GROUPED.fullmatch(integer):
        readings.append(f"{integer};{fraction}")
    return number in (float(re.sub("[., ]", "", reading).replace(";", ".")) for reading in readings)


def _moment(written: str) -> date | None:
    """Return a date, or a datetime if the text has a time; None if it is not a date."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment.replace(tzinfo=None) if "T" in written else moment.date()


def _span(written: str) -> timedelta | None:
    found = _SPAN.fullmatch(written)
    if found is None:
        return None
    days, hours, minutes, seconds = (float(part or 0) if part != "." else 0.0 for part in found.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def _is_error(text: str) -> bool:
    """Return whether the text of a formula's cell is an error: ``#DIV/0!``, ``Err:502``."""
    return text.startswith("Err:") or (text.startswith("#") and text.endswith(("!", "?", "/A")))

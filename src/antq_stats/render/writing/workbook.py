"""Writer of tables as an Excel workbook: figures are numbers, words are text.

Sheets are laid out for A4 landscape in Times New Roman, as offices file them (Decree 30/2020/NĐ-CP).
The same input gives the same bytes. XlsxWriter is imported only when a workbook is written.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

from antq_stats.output_marks import CREATED
from antq_stats.render.writing.output import OutputError
from antq_stats.render.writing.paper import pages, print_scale
from antq_stats.render.writing.table import (
    UNICODE,
    Align,
    Cell,
    Column,
    Count,
    Percent,
    Points,
    PresentationTable,
    Text,
    cell_text,
    clean,
    marks_among,
    marks_of,
    sign_legend,
    spans,
)
from antq_stats.words.amounts import Amount, is_within_digits, places
from antq_stats.words.language import Language, Wording, rounded

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


FONT = {"font_name": "Times New Roman", "font_size": 12}
DIGITS = 15
"""Digits that a number of Excel keeps; a number with more is written as text."""
MAX_ROWS, _MAX_COLUMNS = 1_048_576, 16_384
_SHEET_NAME = 31  # UTF-16 units
_FORBIDDEN = str.maketrans("[]:*?/\\", "_______")
_LINE = 16.0  # points
_WIDEST = 40


def options(*, in_memory: bool = True) -> dict[str, object]:
    """Return the options of a workbook that is written: text stays text.

    They are made anew for each workbook, since XlsxWriter writes into them.

    Parameters
    ----------
    in_memory : do without temporary files.
    """
    return {
        "in_memory": in_memory,
        "default_format_properties": dict(FONT),  # the unit of the widths of columns
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }


def sheet_names(wanted: Sequence[str], wording: Wording) -> list[str]:
    r"""Return a valid and unique sheet name for each wanted name.

    Excel's rules: 1 to 31 characters, none of ``[ ] : * ? / \``, no apostrophe at either end, not
    ``History``. Names that differ only in letter case are equal.

    Parameters
    ----------
    wanted : the names, in order.
    wording : the language of the name that replaces an empty one.
    """
    names: list[str] = []
    taken = {"history"}
    for name in wanted:
        base = clean(name).translate(_FORBIDDEN).strip("' ") or wording.phrase("table.sheet")
        candidate = _shortened(base, _SHEET_NAME)
        attempt = 2
        while candidate.casefold() in taken:
            ending = f" ({attempt})"
            candidate = _shortened(base, _SHEET_NAME - len(ending)) + ending
            attempt += 1
        taken.add(candidate.casefold())
        names.append(candidate)
    return names


def _shortened(text: str, units: int) -> str:
    """Return a text cut to a number of UTF-16 units, never within a character."""
    while len(text.encode("utf-16-le")) > 2 * units:
        text = text[:-1]
    return text.rstrip("' ") or "_"


class Formats:
    """Cache of the cell formats of a workbook, by their properties.

    Parameters
    ----------
    workbook : the workbook, which takes the formats.
    """

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        """Return the format with some properties of XlsxWriter, in `FONT` unless they name another."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format({**FONT, **properties})
        return self._formats[key]


def to_xlsx(
    tables: Sequence[tuple[str, PresentationTable]],
    target: BinaryIO,
    lang: Language,
    properties: Mapping[str, str] | None = None,
) -> None:
    """Write tables as a workbook, one sheet each.

    Parameters
    ----------
    tables : the name of the sheet (see `sheet_names`) and the table.
    target : an open binary file; see `antq_stats.render.writing.output.write_beside`.
    lang : the language of figures and legends.
    properties : ``title``, ``subject``, ``author`` and other properties of the file.

    Raises
    ------
    OutputError
        With the reason ``sheet-full``, if a table has more rows or columns than a sheet of Excel holds.
    OSError
        If the target cannot be written.
    """
    import xlsxwriter

    wording = Wording(lang)
    content = io.BytesIO()
    for _, table in tables:
        notes = len(table.legend) + len(table.source_notes)
        if len(table.rows) + notes + 20 > MAX_ROWS or len(table.columns) + 1 > _MAX_COLUMNS:
            raise OutputError("sheet-full", clean(table.title))
    with xlsxwriter.Workbook(content, options()) as workbook:
        workbook.set_properties(
            {**{key: clean(value) for key, value in (properties or {}).items()}, "created": CREATED}
        )
        formats = Formats(workbook)
        names = sheet_names([name for name, _ in tables], wording)
        for name, (_, table) in zip(names, tables, strict=True):
            _Sheet(workbook.add_worksheet(name), formats, table, wording).write()
    target.write(content.getbuffer())


class _Sheet:
    """Writes one table on one sheet."""

    def __init__(
        self, sheet: Worksheet, formats: Formats, table: PresentationTable, wording: Wording
    ) -> None:
        self.sheet = sheet
        self.formats = formats
        self.table = table
        self.wording = wording
        self.cells = CellWriter(sheet, formats, wording)
        self.texts = [[cell_text(cell, wording) for cell in row.cells] for row in table.rows]
        columns = range(len(table.columns))
        self.marked = [marks_among(row.cells[place] for row in table.rows) for place in columns]

    def write(self) -> None:
        """Write the whole sheet: titles, heads, rows, legend, page."""
        widths = self._set_widths()
        self.sheet.set_default_row(_LINE + 1)
        row = 0
        for text, size in ((self.table.title, 14), (self.table.subtitle, 12)):
            if text:
                self.sheet.write_string(row, 0, clean(text), self.formats(bold=size > 12, font_size=size))
                row += 1
        first_head = row + 1 if row else 0
        row = self._write_heads(first_head, widths)
        self._set_page(first_head, row, widths)
        for index in range(len(self.table.rows)):
            lines = self._lines(index, widths)
            if lines > 1:  # not every program adapts the height to wrapped text by itself
                self.sheet.set_row(row, min(_LINE * lines, 409))
            self._write_row(row, index, "top" if lines > 1 else "bottom")
            row += 1
        if self.table.filtered and self.table.rows:
            self.sheet.autofilter(row - len(self.table.rows) - 1, 0, row - 1, len(self.table.columns))
        notes = (*sign_legend(self.table, self.wording), *self.table.legend, *self.table.source_notes)
        if not self.table.rows:
            notes = (self.wording.phrase("table.empty"), *notes)
        for offset, note in enumerate(notes, start=1):
            self.sheet.write_string(row + offset, 0, clean(note), self.formats(italic=True))

    def _set_widths(self) -> list[float]:
        """Set the widths of the columns from their texts, and return them, the stub first."""
        table = self.table
        stub = max((len(clean(row.stub)) + 2 * row.depth for row in table.rows), default=10)
        widths = [float(min(max(stub, len(table.stub_head), 10) + 2, 60))]
        for position, column in enumerate(table.columns):
            longest = max((len(row[position]) for row in self.texts), default=0)
            words = max(map(len, column.label.split() or [""]))
            widths.append(float(min(max(longest, words, 8, len(column.label) // 3) + 3, _WIDEST)))
        for position, width in enumerate(widths):
            self.sheet.set_column(position, position, width, self.formats())
        return widths

    def _set_page(self, first_head: int, first_row: int, widths: Sequence[float]) -> None:
        """Set paper size, margins (Decree 30/2020/NĐ-CP), repeated heads and frozen panes."""
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=1.18, right=0.6, top=0.8, bottom=0.8)  # inches
        breaks = [1 + start for _, start, _ in spans(self.table.columns)]
        starts = pages(widths, 1, breaks)
        if starts:
            sheet.repeat_columns(0)
            sheet.set_v_pagebreaks(starts)
            sheet.set_print_scale(print_scale(widths, 1, starts))
        else:
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first_head, first_row - 1)
        sheet.freeze_panes(first_row, 1)
        sheet.set_header('&C&"Times New Roman,Regular"&13&P')

    def _write_heads(self, row: int, widths: Sequence[float]) -> int:
        """Write the spanners, if there are sections, and the heads; return the row after them."""
        columns = self.table.columns
        style = self.formats(bold=True, border=1, align="center", valign="vcenter", text_wrap=True)
        stub_head = clean(self.table.stub_head)
        lines = max(
            (
                -(-len(_head(column)) // max(1, int(width) - 2)) + bool(column.unit)
                for column, width in zip(columns, widths[1:], strict=True)
            ),
            default=1,
        )
        if not any(column.section for column in columns):
            self.sheet.set_row(row, _LINE * (lines + 1))
            self.sheet.write_string(row, 0, stub_head, style)
            for position, column in enumerate(columns, start=1):
                self.sheet.write_string(row, position, _head(column), style)
            return row + 1
        self.sheet.set_row(row + 1, _LINE * (lines + 1))
        self.sheet.merge_range(row, 0, row + 1, 0, stub_head, style)
        for section, start, end in spans(columns):
            for position in range(start, end):
                if section:
                    self.sheet.write_string(row + 1, position + 1, _head(columns[position]), style)
                else:
                    self.sheet.merge_range(
                        row, position + 1, row + 1, position + 1, _head(columns[position]), style
                    )
            if section and end - start > 1:
                self.sheet.merge_range(row, start + 1, row, end, clean(section), style)
            elif section:
                self.sheet.write_string(row, start + 1, clean(section), style)
        return row + 2

    def _lines(self, index: int, widths: Sequence[float]) -> int:
        """Return how many lines the wrapped texts of a row take."""
        row = self.table.rows[index]
        texts = [
            clean(row.stub),
            *(
                text if isinstance(cell, Text) else ""
                for cell, text in zip(row.cells, self.texts[index], strict=True)
            ),
        ]
        return max(
            -(-len(text) // max(1, int(width * 1.1) - 2)) for text, width in zip(texts, widths, strict=True)
        )

    def _write_row(self, at: int, index: int, valign: str) -> None:
        row = self.table.rows[index]
        look: dict[str, object] = {"border": 1, "valign": valign}
        if row.kind != "plain":
            look["bold"] = True
        self.sheet.write_string(
            at, 0, clean(row.stub), self.formats(**look, indent=min(row.depth, 15), text_wrap=True)
        )
        for position in range(len(row.cells)):
            self._write_cell(at, index, position, look)

    def _write_cell(self, at: int, index: int, position: int, look: dict[str, object]) -> None:
        cell = self.table.rows[index].cells[position]
        align, mark = self.table.columns[position].align, self.marked[position]
        self.cells.put((at, position + 1), cell, look, align=align, marked=mark)


class CellWriter:
    """Writes cells of tables: a figure as a number whose format shows its mark, any other cell as text.

    Parameters
    ----------
    sheet : the sheet.
    formats : the cell formats of its workbook.
    wording : the language of the texts.
    is_exact : whether ratios are stored unrounded, and those per 100 as 0 to 1; else as shown, so that sums
        in Excel agree with what people see.
    """

    def __init__(
        self, sheet: Worksheet, formats: Formats, wording: Wording, *, is_exact: bool = False
    ) -> None:
        self.sheet = sheet
        self.formats = formats
        self.wording = wording
        self.is_exact = is_exact

    def put(
        self,
        at: tuple[int, int],
        cell: Cell,
        look: Mapping[str, object],
        *,
        align: Align = "right",
        marked: str = "",
        formula: str | None = None,
    ) -> None:
        """Write a cell.

        Parameters
        ----------
        at : row and column, counted from 0.
        cell : the cell.
        look : properties of its format.
        align : alignment of its text.
        marked : the marks that figures of its column have.
        formula : formula that gives the figure, if it is a figure; None to write it as a number.
        """
        figure = self.figure(cell)
        if figure is not None:
            value, shape = figure
            style = self.formats(**look, num_format=shape + mark_format(marks_of(cell), marked))
            if formula is None:
                self.sheet.write_number(*at, value, style)
            else:
                self.sheet.write_formula(*at, formula, style, value)
            return
        text = cell_text(cell, self.wording) + marks_of(cell)
        wrapped = (
            {"align": align, "text_wrap": True} if isinstance(cell, Text) and text else {"align": "right"}
        )
        style = self.formats(**look, **wrapped)
        if text:
            self.sheet.write_string(*at, text, style)
        else:
            self.sheet.write_blank(*at, None, style)

    def figure(self, cell: Cell) -> tuple[Amount | float, str] | None:
        """Return the number in a cell and its number format; None if the cell is written as text."""
        match cell:
            case Count(value=value) if is_within_digits(value, DIGITS):
                return value, amount_format(places(value))
            case Percent(value=value, decimals=decimals, per=per) if self.is_exact:
                sign = {100: "%", 1000: '"‰"'}.get(per, "")
                return float(value if per == 100 else value * per), amount_format(decimals) + sign
            case Percent(value=value, decimals=decimals, per=per):
                sign = {100: '"%"', 1000: '"‰"'}.get(per, "")
                return float(rounded(value * per, decimals)), amount_format(decimals) + sign
            case Points(value=value, decimals=decimals):
                shown = amount_format(decimals)
                unit = self.wording.phrase("compare.points", value="")
                shape = f'+{shown}"{unit}";-{shown}"{unit}";{shown}"{unit}"'
                return float(value if self.is_exact else rounded(value, decimals)), shape
        return None


def amount_format(decimals: int) -> str:
    """Return the number format of figures with a number of decimals."""
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _head(column: Column) -> str:
    """Return the text of a head, with the unit of measure on a line of its own."""
    unit = f"\n({clean(column.unit)})" if column.unit else ""
    return clean(column.label) + unit


def mark_format(marks: str, marked: str) -> str:
    """Return the end of a number format: the marks of a figure, and spaces for those that others have.

    Parameters
    ----------
    marks : the marks of the figure.
    marked : the marks that figures of its column have.
    """
    every = [mark for mark in (UNICODE.provisional, UNICODE.decided) if mark in marks or mark in marked]
    return "".join(f'"{mark}"' if mark in marks else f"_{mark}" for mark in every)

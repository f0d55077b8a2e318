"""Native charts of Excel: rankings of the upper units on each ratio, compositions of counts, and coverage.

Their numbers are references to the cells of the tables, on a hidden sheet. Only their order is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from antq_stats.form import Measure, Ratio
from antq_stats.render.book.context import Book
from antq_stats.render.book.layout import LevelSheet, quoted
from antq_stats.render.book.styles import page
from antq_stats.render.book.values import FIGURE, Shown
from antq_stats.render.cells import is_of_one
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean
from antq_stats.words.text import column_letter

if TYPE_CHECKING:
    from xlsxwriter.chart_bar import ChartBar
    from xlsxwriter.worksheet import Worksheet

COLOURS = ("#1F4E79", "#C55A11", "#7F7F7F", "#BF9000", "#548235", "#7030A0", "#2E75B6", "#843C0C")
CHART_FONT = {"name": "Times New Roman", "size": 11}
_WIDTH = 960  # pixels; as wide as the page in a program that draws columns wider than Excel does
_ROW = 20  # pixels
_TOP = 3
_SCALE = 78  # per cent: two charts of ten bars on a page of A4 in landscape
_PAGE_ROWS = 39
_BAR, _FRAME = 22, 110  # pixels of a bar, and of what stands around the bars
_MOST = (_PAGE_ROWS * _ROW - 80 - _FRAME) // _BAR
"""Bars and entries of the legend that a chart of a page has room for; more would overlap."""


@dataclass(eq=False)
class ChartNumbers:
    """The hidden sheet of the numbers that charts draw.

    Parameters
    ----------
    sheet : the sheet.
    name : name of the sheet.
    column : next free column.
    """

    sheet: Worksheet
    name: str
    column: int = 0

    def __post_init__(self) -> None:
        """Hide the sheet."""
        self.sheet.hide()

    def write(
        self,
        names: Sequence[str],
        heads: Sequence[str],
        series: Sequence[Sequence[tuple[str, object] | None]],
    ) -> list[dict[str, Any]]:
        """Write the names and references of a chart; return the ranges of its series.

        Parameters
        ----------
        names : names on the axis.
        heads : names of the series.
        series : reference and value at each name, by series; None for a cell that stays blank.
        """
        start, sheet = self.column, quoted(self.name)
        for row, name in enumerate(names, start=1):
            self.sheet.write_string(row, start, clean(name))
        axis, last = column_letter(start), len(names) + 1
        ranges = []
        for place, (head, cells) in enumerate(zip(heads, series, strict=True), start=start + 1):
            self.sheet.write_string(0, place, clean(head))
            letter = column_letter(place)
            for row, cell in enumerate(cells, start=1):
                if cell is not None:
                    self.sheet.write_formula(row, place, f"={cell[0]}", None, cell[1])
            ranges.append(
                {
                    "name": f"={sheet}${letter}$1",
                    "categories": f"={sheet}${axis}$2:${axis}${last}",
                    "values": f"={sheet}${letter}$2:${letter}${last}",
                }
            )
        self.column += len(series) + 2
        return ranges


@dataclass(eq=False)
class ChartWriter:
    """Writes the sheet of charts.

    Parameters
    ----------
    book : the workbook.
    sheet : the sheet of charts.
    numbers : the sheet of their numbers.
    """

    book: Book
    sheet: Worksheet
    numbers: ChartNumbers

    def write(self, coverage: str, rows: dict[int, int]) -> None:
        """Draw all charts.

        Parameters
        ----------
        coverage : name of the sheet on coverage.
        rows : the row of each unit there, counted from 0.
        """
        book = self.book
        style = book.formats(bold=True, font_size=14)
        self.sheet.write_string(0, 0, clean(book.head.title), style)
        self.sheet.write_string(1, 0, clean(book.head.period), book.formats(italic=True))
        if book.head.provisional:
            self.sheet.write_string(2, 0, book.head.provisional, book.formats(bold=True))
        if not book.formulas.sheets:
            return
        layout, publication = book.formulas.sheets[0], book.publication
        level = publication.register.levels[layout.level]
        for shown in layout.columns:
            if isinstance(shown.column, Ratio) and not is_of_one(publication.form, shown.column, {level}):
                self._ranked(layout, shown)
        for label, unit, members in self._compositions():
            self._composition(layout, label, unit, members)
        self._coverage(layout, coverage, rows)
        page(self.sheet)
        self.sheet.set_print_scale(_SCALE)
        if self._breaks:
            self.sheet.set_h_pagebreaks(self._breaks)

    def _units(self, layout: LevelSheet) -> list[int]:
        root = self.book.publication.root
        return [unit for unit in layout.units.tolist() if unit != root]

    def _ranked(self, layout: LevelSheet, shown: Shown) -> None:
        """Draw the ranking of the units on a ratio, the highest on top."""
        units = [unit for unit in self._units(layout) if shown.kinds[unit] == FIGURE]
        if len(units) < 2:
            return
        values = shown.quotients
        units = sorted(units, key=lambda unit: -values[unit])
        ends = _MOST // 2
        is_cut = len(units) > _MOST
        if is_cut:
            units = [*units[:ends], *units[-ends:]]
        letter = layout.letters[shown.column.code]
        label = self.book.wording.say(shown.column.label)
        cells = [(f"{layout.ref}{letter}{layout.row[unit]}", float(values[unit])) for unit in units]
        heads = [label]
        ranges = self._numbers(units, heads, [cells])
        places = (
            "." + "0" * shown.column.decimals
            if isinstance(shown.column, Ratio) and shown.column.decimals
            else ""
        )
        percent = "%" if isinstance(shown.column, Ratio) and shown.column.per == 100 else ""
        chart = self._chart("clustered")
        chart.add_series(
            {**ranges[0], "fill": {"color": COLOURS[0]}, "gap": 40,
             "data_labels": {"value": True, "num_format": f"0{places}{percent}", "font": CHART_FONT}}
        )  # fmt: skip
        key = "book.chart-ends" if is_cut else "book.chart-ranked"
        title = self.book.wording.phrase(key, label=label, count=ends)
        self._place(
            chart,
            title,
            len(units),
            legend=False,
            shape=f"0{percent}",
            full=bool(percent) and values[units].max() <= 1,
        )

    def _compositions(self) -> Iterator[tuple[str, str, list[Shown]]]:
        """Yield groups of counts of one section and unit of measure, from tables above the finest.

        Counts of the finest table may overlap, so they are not drawn as parts of a total.
        """
        form, wording, register = (
            self.book.publication.form,
            self.book.wording,
            self.book.publication.register,
        )
        levels = {table.code: register.level(table.level) or 0 for table in form.tables}
        finest = max(levels.values())
        sections = {section.code: wording.say(section.label) for section in form.sections}
        able = [
            shown
            for shown in self.book.columns
            if isinstance(shown.column, Measure)
            and shown.column.kind == "count"
            and shown.column.sensitive == "no"
            and (levels[form.table_of(shown.column).code] < finest or len(set(levels.values())) == 1)
        ]
        for (section, unit), members in groupby(
            able, key=lambda shown: (shown.column.section or "", form.unit(shown.column.code, wording.lang))
        ):
            group = list(members)
            if section and unit and len(group) > 1:
                yield sections.get(section, section), unit, group

    def _composition(self, layout: LevelSheet, label: str, unit: str, members: Sequence[Shown]) -> None:
        """Draw the composition of the counts of a section, one stacked bar per unit."""
        members = [shown for shown in members if shown.column.code in layout.letters][: len(COLOURS)]
        units = self._units(layout)
        if len(members) < 2 or not units:
            return
        title, room = f"{label} ({unit})", _MOST - len(members)
        if len(units) > room:
            sums = {each: sum(_value(shown, each) for shown in members) for each in units}
            largest = frozenset(sorted(units, key=lambda each: -sums[each])[:room])
            units = [each for each in units if each in largest]
            title = self.book.wording.phrase("book.chart-largest", label=title, count=room)
        series = [
            [
                (f"{layout.ref}{layout.letters[shown.column.code]}{layout.row[each]}", _value(shown, each))
                for each in units
            ]
            for shown in members
        ]
        heads = [self.book.wording.say(shown.column.label) for shown in members]
        chart = self._chart("stacked")
        for colour, ranges in zip(COLOURS, self._numbers(units, heads, series), strict=False):
            chart.add_series({**ranges, "fill": {"color": colour}, "gap": 40})
        self._place(chart, title, len(units) + len(members), legend=True, shape="#,##0")

    def _coverage(self, layout: LevelSheet, coverage: str, rows: dict[int, int]) -> None:
        """Draw the coverage of the units."""
        answers, wording = self.book.publication.coverage, self.book.wording
        units = [unit for unit in self._units(layout) if unit in rows]
        if not units:
            return
        title, room = wording.phrase("book.coverage-title"), _MOST - 2
        if len(units) > room:
            given = {
                unit: Fraction(int(answers.read[unit]), int(answers.expected[unit]) or 1) for unit in units
            }
            lowest = frozenset(sorted(units, key=given.__getitem__)[:room])
            units = [unit for unit in units if unit in lowest]
            title = wording.phrase("book.chart-lowest", label=title, count=room)
        read = [(f"{quoted(coverage)}D{rows[unit] + 1}", int(answers.read[unit])) for unit in units]
        lacking = [
            (f"{quoted(coverage)}E{rows[unit] + 1}", int(answers.expected[unit] - answers.read[unit]))
            for unit in units
        ]
        heads = [wording.phrase("book.read-rows"), wording.phrase("book.missing-rows")]
        chart = self._chart("percent_stacked")
        for colour, ranges in zip(COLOURS, self._numbers(units, heads, [read, lacking]), strict=False):
            chart.add_series({**ranges, "fill": {"color": colour}, "gap": 40})
        self._place(chart, title, len(units) + 1, legend=True, shape="0%")

    # -- parts of a chart ------------------------------------------------------------------------

    def _numbers(
        self, units: Sequence[int], heads: Sequence[str], series: Sequence[Sequence[tuple[str, object]]]
    ) -> list[dict[str, Any]]:
        """Write the names and references of a chart; return the ranges of its series.

        A bar chart draws its first bar at the bottom, so the units are written in reverse order.

        Parameters
        ----------
        units : positions of the units, from top to bottom.
        heads : names of the series.
        series : reference and value of each unit, by series.
        """
        register = self.book.publication.register
        names = [unit_name(register, unit) for unit in reversed(units)]
        return self.numbers.write(names, heads, [list(reversed(cells)) for cells in series])

    def _chart(self, kind: str) -> ChartBar:
        return self.book.workbook.add_chart({"type": "bar", "subtype": kind})

    def _place(
        self, chart: ChartBar, title: str, lines: int, *, legend: bool, shape: str, full: bool = False
    ) -> None:
        """Set texts, axes and size of a chart, and insert it into the sheet, one below the other.

        Parameters
        ----------
        chart : the chart.
        title : its title.
        lines : number of bars and of entries of the legend, which set the height.
        legend : whether it has a legend.
        shape : number format of the axis.
        full : whether the axis ends at 1.
        """
        height = min(_PAGE_ROWS * _ROW - 80, max(300, _BAR * lines + _FRAME))
        chart.set_title(
            {"name": clean(title), "name_font": {"name": "Times New Roman", "size": 13}, "overlay": False}
        )
        chart.set_y_axis(
            {"num_font": CHART_FONT, "line": {"color": "#7F7F7F"}, "major_gridlines": {"visible": False}}
        )
        gridlines = {"visible": True, "line": {"color": "#D9D9D9"}}
        limit = {"max": 1} if full else {}
        chart.set_x_axis(
            {"num_font": CHART_FONT, "num_format": shape, "min": 0, "major_gridlines": gridlines, **limit}
        )
        chart.set_legend({"position": "bottom", "font": CHART_FONT} if legend else {"none": True})
        chart.set_size({"width": _WIDTH, "height": height})
        row = self._next_row(height)
        self.sheet.insert_chart(row, 0, chart, {"description": clean(title)})

    _row: int = _TOP
    _breaks: list[int] = field(default_factory=list)

    def _next_row(self, height: int) -> int:
        """Return the row for a chart of a height in pixels; pages break between charts."""
        rows = -(-height // _ROW) + 1
        row = self._row
        began = self._breaks[-1] if self._breaks else 0
        if row + rows > began + _PAGE_ROWS and row > _TOP:
            self._breaks.append(row)
        self._row += rows
        return row


def _value(shown: Shown, unit: int) -> int | float:
    if shown.kinds[unit] != FIGURE:
        return 0
    value = shown.amount(unit)
    return value if isinstance(value, int) else float(value)

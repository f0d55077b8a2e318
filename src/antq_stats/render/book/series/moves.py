"""The sheet on what moved the figures: the parts of each ratio's change, and lines over the periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antq_stats.render.book.charts import CHART_FONT, COLOURS, ChartNumbers
from antq_stats.render.book.context import Book
from antq_stats.render.book.heading import Paper, row_height
from antq_stats.render.book.layout import STUB
from antq_stats.render.book.rows import RowSheet
from antq_stats.render.book.series.sheet import Place, write_heads
from antq_stats.render.book.styles import PAGE_POINTS, look_of, number_format, page
from antq_stats.render.over_years.lines import LineGroup, axis, line_groups
from antq_stats.render.over_years.series_table import areas, splits
from antq_stats.render.over_years.words import area_words
from antq_stats.render.writing.paper import print_scale
from antq_stats.render.writing.table import PresentationTable, Row, clean
from antq_stats.render.writing.workbook import CellWriter
from antq_stats.series.over_time import Series
from antq_stats.words.language import Wording

if TYPE_CHECKING:
    from xlsxwriter.chart_line import ChartLine

_WIDTHS = [6.0, 48.0, 12.0, 12.0, 18.0, 18.0, 18.0, 18.0]
_CHANGE = 4
"""Column of the change, counted from 0; those of its parts follow."""
_MARKERS = ("circle", "square", "diamond", "triangle", "x", "star")
_CHART = (535, 372)
"""Width and height of a chart in pixels of XlsxWriter, whose columns are narrower: two beside each other."""
_ROW_PIXELS, _ROW_POINTS = 21, 15.75
_GAP = 12  # pixels


@dataclass(frozen=True)
class Moves:
    """What the sheet shows.

    Parameters
    ----------
    splits : the parts of the changes of ratios, a table for each change between periods that can be split.
    groups : the lines, a chart each.
    """

    splits: tuple[PresentationTable, ...]
    groups: tuple[LineGroup, ...]

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.splits or self.groups)


def moves_of(series: Series, wording: Wording) -> Moves:
    """Return what moved the figures of several periods.

    Parameters
    ----------
    series : the periods.
    wording : the language.
    """
    tables = tuple(table for _, table in splits(series, wording))
    return Moves(tables, tuple(line_groups(series, wording)))


@dataclass(eq=False)
class MovesWriter:
    """Writes the sheet on what moved the figures.

    Parameters
    ----------
    book : the workbook.
    series : the periods.
    moves : what is shown.
    sheet : the sheet.
    cells : by code the figures on the sheet of the periods; see `SeriesWriter`.
    numbers : the sheet of the numbers of charts.
    """

    book: Book
    series: Series
    moves: Moves
    sheet: RowSheet
    cells: Mapping[str, Sequence[Place | None]]
    numbers: ChartNumbers

    def write(self) -> None:
        """Write the whole sheet."""
        sheet, wording, tables = self.sheet, self.book.wording, self.moves.splits
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width)
        paper = Paper(sheet, self.book, _WIDTHS)
        titles = [table.title for table in tables]
        if self.moves.groups:
            titles.append(wording.phrase("series.book-charts"))
        row = paper.titles(0, titles[0]) + 1
        for table, following in zip(tables, [*titles[1:], ""], strict=False):
            row = write_heads(self.book, sheet, row, table, _WIDTHS)
            for place, line in enumerate(table.rows, start=1):
                self._row(row, place, line)
                row += 1
            row = paper.legend(row + 1, table.legend) + 1
            if following:
                row = paper.line(row, following, bold=True, font_size=13) + 1
        page(sheet)
        scale = print_scale(_WIDTHS, STUB, [])
        sheet.set_print_scale(scale)
        row, breaks = self._charts(row, 100 * PAGE_POINTS / scale)
        sheet.set_h_pagebreaks(breaks)
        sheet.print_area(0, 0, row, len(_WIDTHS) - 1)

    def _row(self, row: int, place: int, line: Row) -> None:
        """Write the parts of a ratio's change; the change is a formula over its parts."""
        formats = self.book.formats
        look: dict[str, Any] = {**look_of(1, 1), "valign": "vcenter"}
        writer = CellWriter(self.sheet, formats, self.book.wording, is_exact=True)
        self.sheet.write_number(row, 0, place, formats(**look, align="center"))
        self.sheet.write_string(row, 1, clean(line.stub), formats(**look, text_wrap=True))
        self.sheet.set_row(row, max(18.0, row_height(line.stub, _WIDTHS[1] - 2, {})))
        for at, cell in enumerate(line.cells, start=STUB):
            formula = f"=SUM(F{row + 1}:H{row + 1})" if at == _CHANGE else None
            writer.put((row, at), cell, look, formula=formula)

    # -- charts ----------------------------------------------------------------------------------

    def _charts(self, row: int, room: float) -> tuple[int, list[int]]:
        """Insert the charts, two beside each other.

        Parameters
        ----------
        row : the first row below the table, counted from 0.
        room : the height of a page, in points of the sheet.

        Returns
        -------
        tuple of int and list of int
            The row after the charts, and the rows at which a page begins.
        """
        width, height = _CHART
        rows = -(-(height + _GAP) // _ROW_PIXELS)
        used = float(self.sheet.heights(row).sum())
        breaks: list[int] = []
        for place, group in enumerate(self.moves.groups):
            if not place % 2:
                row += rows * bool(place)
                if used + rows * _ROW_POINTS > room:
                    breaks.append(row)
                    used = 0.0
                used += rows * _ROW_POINTS
            chart, title = self._chart(group), self._title(group)
            offset = {"x_offset": (width + _GAP) * (place % 2), "y_offset": _GAP // 2}
            self.sheet.insert_chart(row, 0, chart, {"description": clean(title), **offset})
        return row + rows * bool(self.moves.groups), breaks

    def _title(self, group: LineGroup) -> str:
        """Return the title of a chart, with the area if it is not the whole one."""
        publication, units = self.series.publication, areas(self.series)[-1]
        if units == (publication.root,):
            return group.title
        periods = len(self.series.periods)
        area = area_words(publication.register, publication.root, units, self.book.wording, periods=periods)
        return f"{group.title}. {area}"

    def _chart(self, group: LineGroup) -> ChartLine:
        """Return a chart. Each run of a line is a series of its own: no program joins it to the next one."""
        names = axis(self.series.periods)
        at = [names.index(period) for period in self.series.periods]
        heads: list[str] = []
        looks: list[dict[str, Any]] = []
        series: list[list[Place | None]] = []
        repeated: list[int] = []
        for line, colour, marker in zip(group.lines, COLOURS, _MARKERS, strict=False):
            for run in line.runs:
                repeated += [len(series)] * (run != line.runs[0])
                cells: list[Place | None] = [None] * len(names)
                for period in run:
                    cells[at[period]] = self.cells[line.column.code][period]
                series.append(cells)
                heads.append(self.book.wording.say(line.column.label))
                fill = {"color": colour}
                point = {"type": marker, "size": 7, "fill": fill, "border": fill}
                looks.append({"line": {**fill, "width": 2}, "marker": point})
        chart: ChartLine = self.book.workbook.add_chart({"type": "line"})
        shape = number_format(group.lines[0].column)
        shown = {"value": True, "position": "above", "num_format": shape, "font": CHART_FONT}
        labels = {"data_labels": shown} if len(group.lines) == 1 else {}
        for ranges, look in zip(self.numbers.write(names, heads, series), looks, strict=True):
            chart.add_series({**ranges, **look, **labels})
        chart.show_blanks_as("span")  # over years without figures within a run: nothing else is blank there
        self._finish(chart, group, shape, repeated)
        return chart

    def _finish(self, chart: ChartLine, group: LineGroup, shape: str, repeated: list[int]) -> None:
        """Set title, axes, legend and size of a chart.

        Parameters
        ----------
        chart : the chart.
        group : its lines.
        shape : number format of the figures.
        repeated : the series that go on with a line, which the legend has already.
        """
        chart.set_title(
            {"name": clean(self._title(group)), "name_font": {**CHART_FONT, "size": 12}, "overlay": False}
        )
        chart.set_x_axis({"num_font": CHART_FONT, "line": {"color": "#7F7F7F"}})
        chart.set_y_axis(
            {"num_font": CHART_FONT, "num_format": shape, "min": 0,
             "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
        )  # fmt: skip
        legend = {"position": "bottom", "font": CHART_FONT, "delete_series": repeated}
        chart.set_legend(legend if len(group.lines) > 1 else {"none": True})
        chart.set_size({"width": _CHART[0], "height": _CHART[1]})

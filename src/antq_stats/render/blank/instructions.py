"""The first sheet of a blank return: how to fill it in, the due date, what each measure means and takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from antq_stats.form import Form, Measure
from antq_stats.register.register import UnitRegister
from antq_stats.render.blank.earlier import Earlier
from antq_stats.render.blank.frame import FOOTER
from antq_stats.render.blank.layout import SheetLayout, line_of
from antq_stats.render.blank.pages import LINE
from antq_stats.render.blank.sheet import INPUT, LOOKS
from antq_stats.render.blank.words import MeasureWording
from antq_stats.render.writing.paper import SLACK, print_scale
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.text_lines import line_count, points
from antq_stats.words.language import Wording
from antq_stats.words.text import capital

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from antq_stats.render.writing.workbook import Formats

_STEPS = ("step-where", "step-whole", "step-zero", "step-blank", "step-colours", "step-names", "step-send")
_MEANINGS = (("head-measure", 0, 0), ("head-unit", 1, 1), ("head-meaning", 2, 3), ("head-source", 4, 4))
"""The table of meanings: head, first and last column of the sheet."""
_ENTRIES = (
    ("head-measure", 0, 0), ("head-unit", 1, 1), ("head-time", 2, 2), ("head-accepts", 3, 3),
    ("head-blank", 4, 4),
)  # fmt: skip
"""The table of how measures are entered, likewise."""
_MOST_MESSAGES = 40
_WIDTHS = (26.0, 12.0, 23.5, 21.0, 23.0)
_MARGINS = {"left": 0.7, "right": 0.5, "top": 0.7, "bottom": 0.7}
_PAPER = 8.27 - _MARGINS["left"] - _MARGINS["right"]
_HEIGHT = 11.69 - _MARGINS["top"] - _MARGINS["bottom"]
_SCALE = print_scale(_WIDTHS, 0, [], _PAPER)
_ROOM = 72 * _HEIGHT * SLACK * 100 / _SCALE
"""Height of a page, in points of the sheet."""
_TABLE_SIZE, _TABLE_LINE = 11, 14.0
"""Size of the font of a table, and height of its lines, in points."""


class InstructionSheet:
    """Writes the sheet of instructions, from the top down.

    Parameters
    ----------
    sheet : the sheet.
    formats : the cell formats of the workbook.
    wording : the language.
    """

    def __init__(self, sheet: Worksheet, formats: Formats, wording: Wording) -> None:
        self.sheet = sheet
        self.formats = formats
        self.wording = wording
        self.words = MeasureWording(wording)
        self.row = 0
        self.filled = 0.0
        """Height of the rows of the page so far, in points."""
        self.breaks: list[int] = []

    def write(
        self,
        form: Form,
        register: UnitRegister,
        unit: int,
        period: str,
        layouts: list[SheetLayout],
        earlier: Earlier | None,
    ) -> None:
        """Write the whole sheet.

        Parameters
        ----------
        form : the form.
        register : the register.
        unit : position of the sending unit.
        period : name of the period.
        layouts : the sheets of the return.
        earlier : the earlier period, whose findings are listed.
        """
        self._set_page()
        self._line(self._say("title"), bold=True, font_size=14, align="center")
        self._line(clean(self.wording.say(form.about.title)), bold=True, align="center")
        self.row += 1
        due = form.due
        when = self._say("no-due") if due is None else self.wording.date(due)
        self._fact("fact-unit", f"{line_of(register, unit, self.wording)} ({register.units.codes[unit]})")
        self._fact("fact-period", self._period(form, period))
        self._fact("fact-due", when)
        self._fact("fact-send", clean(form.letterhead.issuer or "." * 70))
        self._fact("fact-form", f"{form.id} · {form.version}")
        self._steps(takes_decimals=any(m.decimals for layout in layouts for m in layout.measures))
        self._colours()
        self._earlier_findings(earlier, unit)
        for layout in layouts:
            self._meanings(layout)
        for layout in layouts:
            self._entries(layout)
        self.sheet.set_h_pagebreaks(self.breaks)
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _say(self, key: str, **facts: object) -> str:
        return self.wording.phrase(f"blank.{key}", **facts)

    def _period(self, form: Form, period: str) -> str:
        since, until = form.about.covers_from, form.about.covers_to
        if since is None or until is None:
            return capital(self.wording.period(clean(period)))
        return self._say(
            "period-dates",
            period=capital(self.wording.period(clean(period))),
            since=self.wording.date(since),
            until=self.wording.date(until),
        )

    def _set_page(self) -> None:
        self.sheet.set_portrait()
        self.sheet.set_paper(9)
        self.sheet.set_margins(**_MARGINS)
        self.sheet.set_print_scale(_SCALE)
        self.sheet.center_horizontally()
        self.sheet.set_footer(f"&R{FOOTER}&P/&N", {"scale_with_doc": False})
        self.sheet.hide_gridlines(2)
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width, self.formats())

    def _set_row(self, height: float) -> None:
        """Set the height of the row, which begins a new page if this one is full, and go on to the next."""
        if self.filled + height > _ROOM:
            self._break()
        self.sheet.set_row(self.row, height)
        self.filled += height
        self.row += 1

    def _break(self) -> None:
        self.breaks.append(self.row)
        self.filled = 0.0

    def _line(self, text: str, first: int = 0, **look: object) -> None:
        """Write a text over the width of the sheet, from a first column on."""
        style = self.formats(**{"text_wrap": True, "valign": "vcenter", **look})
        self.sheet.merge_range(self.row, first, self.row, len(_WIDTHS) - 1, text, style)
        size = look.get("font_size", 12)
        scale = size / 12 if isinstance(size, int) else 1.0
        self._set_row(scale * _height(text, sum(_WIDTHS[first:])))

    def _heading(self, key: str, **facts: object) -> None:
        self._set_row(LINE)
        self._line(self._say(key, **facts), bold=True, font_color="#1F3864", bottom=1)

    def _fact(self, key: str, text: str) -> None:
        self.sheet.write_string(self.row, 0, self._say(key), self.formats(bold=True, valign="vcenter"))
        self._line(text, 1, align="left", indent=1)

    def _steps(self, *, takes_decimals: bool) -> None:
        self._heading("how")
        for number, step in enumerate(_STEPS, start=1):
            yes, no = self.words.answers
            key = "step-decimal" if takes_decimals and step == "step-whole" else step
            self._line(f"{number}. {self._say(key, yes=yes, no=no)}")

    def _colours(self) -> None:
        self._heading("colours")
        for key, look in (("input", INPUT), *LOOKS.items()):
            sample = self.formats(**{**look, "border": 1, "align": "center", "valign": "vcenter"})
            self.sheet.write_string(self.row, 0, self._say(f"colour-{key}"), sample)
            self._line(self._say(f"means-{key}"), 1, align="left", indent=1)

    def _earlier_findings(self, earlier: Earlier | None, unit: int) -> None:
        """List the findings of the earlier period, so that they are not repeated."""
        messages = earlier.messages(unit) if earlier is not None else []
        if earlier is None or not messages:
            return
        self._heading("told", period=self.wording.period(clean(earlier.period)))
        for message in messages[:_MOST_MESSAGES]:
            self._line(f"– {clean(message)}")
        if len(messages) > _MOST_MESSAGES:
            self._line(self._say("told-more", count=len(messages) - _MOST_MESSAGES), italic=True)

    def _meanings(self, layout: SheetLayout) -> None:
        """Say what each measure of a table counts, and by which act; of measures whose form says so."""
        say = self.wording.say
        rows = [
            (
                _numbered(layout, measure, self.wording),
                self._unit(measure),
                clean(say(measure.meaning)),
                clean(say(measure.source)) if measure.source is not None else "",
            )
            for measure in layout.measures
            if measure.meaning is not None
        ]
        if rows:
            self._table("meanings", layout, _MEANINGS, rows)

    def _entries(self, layout: SheetLayout) -> None:
        """Say how each measure of a table is entered."""
        rows = [
            (
                _numbered(layout, measure, self.wording),
                self._unit(measure),
                self.words.counted_at(measure),
                self.words.accepted(measure),
                self.words.needed(measure),
            )
            for measure in layout.measures
        ]
        self._table("definitions", layout, _ENTRIES, rows)

    def _unit(self, measure: Measure) -> str:
        unit = clean(self.wording.say(measure.unit)) if measure.unit and measure.kind == "count" else ""
        return unit or self._say("flag-unit")

    def _table(
        self,
        key: str,
        layout: SheetLayout,
        columns: Sequence[tuple[str, int, int]],
        rows: Sequence[Sequence[str]],
    ) -> None:
        """Write a heading and a table. Its heads stand on each page, and never without a row below them.

        Parameters
        ----------
        key : key of the heading.
        layout : the sheet that the table is about.
        columns : head, first and last column of each column of the table.
        rows : the texts.
        """
        heads = [self._say(head) for head, _, _ in columns]
        whole = sum(self._height_of(columns, texts) for texts in (heads, *rows)) + 3 * LINE
        if self.filled + min(whole, _ROOM / 3) > _ROOM:
            self._break()
        title = clean(self.wording.say(layout.table.title))
        self._heading(key, sheet=layout.name, title=title)
        self._write_row(columns, heads, bold=True, align="center", bg_color="#E7EEF7")
        for texts in rows:
            if self.filled + self._height_of(columns, texts) > _ROOM:
                self._break()
                self._write_row(columns, heads, bold=True, align="center", bg_color="#E7EEF7")
            self._write_row(columns, texts, align="left", indent=1)

    def _write_row(
        self, columns: Sequence[tuple[str, int, int]], texts: Sequence[str], **look: object
    ) -> None:
        style = self.formats(border=1, text_wrap=True, valign="vcenter", font_size=_TABLE_SIZE, **look)
        for (_, first, last), text in zip(columns, texts, strict=True):
            if last > first:
                self.sheet.merge_range(self.row, first, self.row, last, text, style)
            else:
                self.sheet.write_string(self.row, first, text, style)
        self._set_row(self._height_of(columns, texts))

    @staticmethod
    def _height_of(columns: Sequence[tuple[str, int, int]], texts: Sequence[str]) -> float:
        """Return the height of a row of a table, in points."""
        return max(
            _height(text, sum(_WIDTHS[first : last + 1]) - 1, _TABLE_LINE, _TABLE_SIZE)  # texts are indented
            for (_, first, last), text in zip(columns, texts, strict=True)
        )


def _height(text: str, width: float, line: float = LINE, size: float = 12) -> float:
    """Return the height of a text in a width in characters, by height of its lines and size, in points."""
    return line * line_count(text, points(width), size) + 3


def _numbered(layout: SheetLayout, measure: Measure, wording: Wording) -> str:
    """Return a measure's label with the number of its column.

    With a number, the reader does not take it for a head.
    """
    number = layout.columns[measure.code] - layout.first + 1
    return f"({number}) {clean(wording.say(measure.label))}"

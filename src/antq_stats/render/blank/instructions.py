"""The first sheet of a blank return: how to fill it in, the due date, and the definition of each measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antq_stats.form import Form
from antq_stats.register.register import UnitRegister
from antq_stats.render.blank.earlier import Earlier
from antq_stats.render.blank.layout import SheetLayout, line_of
from antq_stats.render.blank.sheet import INPUT, LOOKS
from antq_stats.render.blank.words import MeasureWording
from antq_stats.render.writing.table import clean
from antq_stats.words.language import Wording
from antq_stats.words.text import capital

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from antq_stats.render.writing.workbook import Formats

_STEPS = ("step-where", "step-whole", "step-zero", "step-blank", "step-colours", "step-names", "step-send")
_HEADS = ("head-measure", "head-unit", "head-time", "head-accepts", "head-blank")
_MOST_MESSAGES = 40
_WIDTHS = (26.0, 14.0, 24.0, 30.0, 36.0)
_LINE = 16.0  # points


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
            self._definitions(layout)
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
        self.sheet.set_margins(left=0.8, right=0.5, top=0.7, bottom=0.7)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.hide_gridlines(2)
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width, self.formats())

    def _height(self, text: str, width: float) -> float:
        lines = sum(-(-max(len(part), 1) // int(width * 1.2)) for part in text.split("\n"))
        return _LINE * lines + 3

    def _line(self, text: str, first: int = 0, **look: object) -> None:
        """Write a text over the width of the sheet, from a first column on."""
        style = self.formats(**{"text_wrap": True, "valign": "vcenter", **look})
        self.sheet.merge_range(self.row, first, self.row, len(_WIDTHS) - 1, text, style)
        size = look.get("font_size", 12)
        scale = size / 12 if isinstance(size, int) else 1.0
        self.sheet.set_row(self.row, scale * self._height(text, sum(_WIDTHS[first:])))
        self.row += 1

    def _heading(self, key: str, **facts: object) -> None:
        self.row += 1
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

    def _definitions(self, layout: SheetLayout) -> None:
        self._heading("definitions", sheet=layout.name, title=clean(self.wording.say(layout.table.title)))
        head = self.formats(
            bold=True, border=1, align="center", valign="vcenter", bg_color="#E7EEF7", text_wrap=True
        )
        for column, key in enumerate(_HEADS):
            self.sheet.write_string(self.row, column, self._say(key), head)
        self.row += 1
        body = self.formats(border=1, text_wrap=True, valign="vcenter", align="left", indent=1, font_size=11)
        for number, measure in enumerate(layout.measures, start=1):
            unit = self.wording.say(measure.unit) if measure.unit and measure.kind == "count" else ""
            texts = (
                # numbered like the columns; with a number, the reader does not take it for a head
                f"({number}) {self.wording.say(measure.label)}",
                unit or self._say("flag-unit"),
                self.words.counted_at(measure),
                self.words.accepted(measure),
                self.words.needed(measure),
            )
            for column, text in enumerate(map(clean, texts)):
                self.sheet.write_string(self.row, column, text, body)
            height = max(self._height(text, width) for text, width in zip(texts, _WIDTHS, strict=True))
            self.sheet.set_row(self.row, height)
            self.row += 1

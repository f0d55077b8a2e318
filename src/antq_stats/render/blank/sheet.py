"""The sheet of a table of the form, to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from antq_stats.render.blank.checks import RowChecks
from antq_stats.render.blank.earlier import Earlier
from antq_stats.render.blank.layout import FIRST_ROW, HEADS_ROW, SheetLayout, line_of
from antq_stats.render.blank.words import MESSAGE_LIMIT, TITLE_LIMIT, bounds_of, shortened
from antq_stats.render.letterhead import committee_of
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.workbook import DIGITS, amount_format
from antq_stats.words.text import capital, column_letter

if TYPE_CHECKING:
    from antq_stats.form import EditRule, Measure
    from antq_stats.render.writing.workbook import Formats

INPUT: dict[str, object] = {"bg_color": "#FFF9DB"}
LOOKS: dict[str, dict[str, object]] = {
    "blank": {"bg_color": "#F8CBAD", "pattern": 1},
    "hard": {"bg_color": "#FFC7CE", "font_color": "#9C0006", "bold": True},
    "soft": {"bg_color": "#FFD54F", "font_color": "#5F4B00", "italic": True},
}
"""Formats of cells: to be filled in, hard finding, soft finding."""

_A4 = 9
_CHECK_WIDTH = 60
_LINE = 15.0  # points


class PlainSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas use old functions only, which saves XlsxWriter the search for 150 newer ones."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("=")


class TableSheet:
    """Writes the sheet of a table.

    Parameters
    ----------
    sheet : the sheet.
    formats : the cell formats of the workbook.
    layout : the layout of the sheet.
    unit : position of the sending unit.
    period : name of the period.
    earlier : the earlier period, whose figures and findings are shown.
    """

    def __init__(
        self,
        sheet: Worksheet,
        formats: Formats,
        layout: SheetLayout,
        unit: int,
        period: str,
        earlier: Earlier | None,
    ) -> None:
        self.sheet = sheet
        self.formats = formats
        self.layout = layout
        self.unit = unit
        self.period = period
        self.words = layout.words
        self.wording = layout.words.wording
        self.earlier = earlier
        self.last = layout.width - 1
        self.check = layout.width
        self.checks = RowChecks(layout)

    def write(self) -> None:
        """Write the whole sheet."""
        self._set_page()
        self._write_titles()
        self._write_heads()
        self._write_rows()
        row = self.layout.last_row + 1
        if self.layout.rows > 1:
            self._write_total(row)
            row += 1
        self._write_signatures(row + 1)
        self._add_conditions()
        self._add_validations()
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _say(self, key: str, **facts: object) -> str:
        return self.wording.phrase(f"blank.{key}", **facts)

    def _span(self, row: int, first: int, last: int, text: str, **look: object) -> None:
        """Write a text over cells of a row, which are merged if there are several."""
        style = self.formats(**look)
        if last > first:
            self.sheet.merge_range(row, first, row, last, clean(text), style)
        else:
            self.sheet.write_string(row, first, clean(text), style)

    # -- above the rows

    def _set_page(self) -> None:
        sheet, layout = self.sheet, self.layout
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)  # inches
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADS_ROW - 1, HEADS_ROW + 1)
        sheet.freeze_panes(FIRST_ROW, layout.first)
        sheet.set_footer('&R&"Times New Roman,Regular"&10&P/&N')
        sheet.set_column(0, 0, 5, self.formats())
        sheet.set_column(1, 1, 10, self.formats())
        sheet.set_column(2, layout.first - 1, 20, self.formats())
        for measure, column in zip(layout.measures, layout.columns.values(), strict=True):
            sheet.set_column(column, column, _width_of(self.words.head(measure)), self.formats())
        sheet.set_column(self.check, self.check, _CHECK_WIDTH, self.formats())

    def _write_titles(self) -> None:
        """Write sender, motto, title, period, and a line on how to fill in the sheet."""
        layout, register = self.layout, self.layout.register
        last = max(self.last, 6)
        middle = min(max(last // 2, 3), 8)
        parent = register.units.parents[self.unit]
        country = self.wording.phrase("letterhead.country")
        motto = self.wording.phrase("letterhead.motto")
        self._span(
            0,
            0,
            middle - 1,
            committee_of(layout.form, register, self.unit, self.wording).upper(),
            bold=True,
            align="center",
        )
        self._span(0, middle, last, country, bold=True, align="center")
        above = line_of(register, parent, self.wording) if parent >= 0 else ""
        self._span(1, 0, middle - 1, above, align="center")
        self._span(1, middle, last, motto, bold=True, align="center")
        title = clean(self.wording.say(layout.table.title))
        self._span(2, 0, last, title.upper(), bold=True, align="center", font_size=14, valign="vcenter")
        self.sheet.set_row(2, 26)
        about = clean(self.wording.say(layout.form.about.title))
        self._span(
            3,
            0,
            last,
            self._say("of-period", title=about, period=self.wording.period(self.period)),
            align="center",
        )
        self.sheet.set_row(4, 22)
        how = "how-free" if layout.is_free else "how-short"
        self._span(4, 0, last, self._say(how), italic=True, align="center", valign="vcenter")

    def _write_heads(self) -> None:
        layout, words, sheet = self.layout, self.words, self.sheet
        head = {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
        style = self.formats(**head, bg_color="#E7EEF7", font_size=11)
        heads = [self._say("ordinal"), self._say("code"), self._say("name")]
        if layout.parented:
            heads.append(layout.parent_head())
        for column, text in enumerate(heads):
            # The text of a merged cell is in its top row, one above `HEADS_ROW`.
            sheet.merge_range(HEADS_ROW - 1, column, HEADS_ROW, column, clean(text), style)
        for label, first, last in layout.sections():
            if last > first:
                sheet.merge_range(HEADS_ROW - 1, first, HEADS_ROW - 1, last, clean(label), style)
            else:
                sheet.write_string(HEADS_ROW - 1, first, clean(label), style)
        lines = 1
        for measure, column in zip(layout.measures, layout.columns.values(), strict=True):
            text = words.head(measure)
            sheet.write_string(HEADS_ROW, column, text, style)
            lines = max(lines, _lines(text, _width_of(text)))
            note = words.definition(layout.form, measure)
            height = 18 * (2 + sum(_lines(line, 48) for line in note.split("\n")))
            sheet.write_comment(HEADS_ROW, column, note, {"width": 340, "height": height, "font_size": 10})
        sheet.set_row(HEADS_ROW - 1, 2 * _LINE + 2)
        sheet.set_row(HEADS_ROW, _LINE * lines + 4)
        check = self.formats(bold=True, align="center", valign="vcenter", border=1, bg_color="#EDEDED")
        sheet.merge_range(HEADS_ROW - 1, self.check, HEADS_ROW, self.check, self._say("check"), check)
        self._write_numbers()

    def _write_numbers(self) -> None:
        style = self.formats(italic=True, align="center", border=1, font_size=10)
        for column in range(self.layout.first):
            self.sheet.write_string(HEADS_ROW + 1, column, column_letter(column), style)
        for place in range(len(self.layout.measures)):
            self.sheet.write_string(HEADS_ROW + 1, self.layout.first + place, f"({place + 1})", style)

    # -- the rows

    def _write_rows(self) -> None:
        layout, sheet, register = self.layout, self.sheet, self.layout.register
        fixed = {"border": 1, "valign": "vcenter", "bg_color": "#F7F7F7"}
        plain = self.formats(**fixed, align="center")
        coded = self.formats(**fixed, align="center", num_format="@")
        named = self.formats(**fixed, align="left", indent=1, text_wrap=True)
        entry = {"border": 1, "valign": "vcenter", "locked": False, **INPUT}
        # no number format: 1.691 must be shown neither as 2 nor as 1691
        count = self.formats(**entry, align="right")
        flag = self.formats(**entry, align="center")
        message = self.formats(text_wrap=True, valign="vcenter", indent=1, font_size=10, font_color="#9C0006")
        amounts = {
            places: self.formats(**entry, align="right", num_format=_entry_format(places))
            for places in sorted({measure.decimals for measure in layout.measures} - {0})
        }
        styles = [
            flag if measure.kind == "flag" else amounts.get(measure.decimals, count)
            for measure in layout.measures
        ]
        checks = self.checks.message()
        to_name = self.formats(**entry, align="left", indent=1, text_wrap=True, num_format="@")
        for place in range(layout.rows):
            row = FIRST_ROW + place
            sheet.set_row(row, 24)
            sheet.write_number(row, 0, place + 1, plain)
            if layout.is_free:
                sheet.write_blank(row, 1, None, coded)
                sheet.write_blank(row, 2, None, to_name)
            else:
                position = layout.units[place]
                sheet.write_string(row, 1, register.units.codes[position], coded)
                sheet.write_string(row, 2, clean(unit_name(register, position)), named)
            if layout.parented:
                above = register.units.parents[layout.units[place]]
                sheet.write_string(row, 3, clean(unit_name(register, above)), named)
            for column, style in enumerate(styles, start=layout.first):
                sheet.write_blank(row, column, None, style)
            sheet.write_formula(row, self.check, checks.replace("{row}", str(row + 1)), message, "")

    def _write_total(self, row: int) -> None:
        look = {"bold": True, "border": 1, "valign": "vcenter", "bg_color": "#F0F0F0"}
        label = self.formats(**look, align="center")
        self.sheet.set_row(row, 24)
        text = self._say("total")
        self.sheet.merge_range(row, 0, row, self.layout.first - 1, text, label)
        for measure in self.layout.measures:
            cells = self.layout.range_of(measure.code)
            if measure.up == "none":  # no level adds it up
                self.sheet.write_blank(row, self.layout.columns[measure.code], None, label)
                continue
            if measure.kind == "flag":
                counted = "+".join(f'COUNTIF({cells},"{word}")' for word in self.checks.true_words)
                formula = f'=IF(COUNTA({cells})=0,"",{counted}+COUNTIF({cells},1))'
            else:
                formula = f'=IF(COUNT({cells})=0,"",SUM({cells}))'
            figure = self.formats(**look, num_format=amount_format(measure.decimals))
            self.sheet.write_formula(row, self.layout.columns[measure.code], formula, figure, "")

    def _write_signatures(self, row: int) -> None:
        last = max(self.last, 6)
        left, right = min(3, last // 2), max(last - 5, last // 2 + 1)
        bold = {"bold": True, "align": "center"}
        place = f"{self.layout.register.units.names[self.unit]}, {self.wording.phrase('letterhead.undated')}"
        self._span(row, right, last, place, italic=True, align="center")
        self._span(row + 1, 0, left, self.wording.phrase("letterhead.drawn-up").upper(), **bold)
        self._span(row + 1, right, last, self.wording.phrase("letterhead.signed-for").upper(), **bold)
        self._span(row + 2, 0, left, self.wording.phrase("letterhead.sign-here"), italic=True, align="center")
        self._span(row + 2, right, last, self.wording.phrase("letterhead.signed-as").upper(), **bold)
        self.sheet.print_area(0, 0, row + 7, last)

    # -- what is checked while typing

    def _add_conditions(self) -> None:
        """Colour cells that break a rule or a bound, and blank required cells of a row that is begun."""
        looks = {name: self._conditional(name) for name in LOOKS}

        def colour(measures: list[Measure], condition: str, look: str) -> None:
            cells = [self.layout.range_of(measure.code) for measure in measures]
            criteria = "=" + condition.replace("{row}", str(FIRST_ROW + 1))
            options = {"type": "formula", "criteria": criteria, "format": looks[look]}
            if len(cells) > 1:
                options["multi_range"] = " ".join(cells)
            self.sheet.conditional_format(cells[0], options)

        for measure in self.layout.measures:
            outside = self.checks.outside(measure)
            if outside is not None:
                colour([measure], outside, "hard")
        for rule, condition in sorted(self.checks.rules, key=_soft_last):
            colour(
                [self.layout.form.measure(name) for name in rule.expression.names], condition, rule.severity
            )
        for measure in self.layout.measures:
            if measure.required and measure.blank == "missing":
                colour([measure], f'AND({self.checks.cell(measure)}="",{self.checks.begun}>0)', "blank")

        if self.layout.is_free:
            name, begun = f"$C{FIRST_ROW + 1}", self.checks.begun.replace("{row}", str(FIRST_ROW + 1))
            options = {"type": "formula", "criteria": f'=AND({name}="",{begun}>0)', "format": looks["blank"]}
            self.sheet.conditional_format(FIRST_ROW, 2, self.layout.last_row, 2, options)

    def _conditional(self, look: str) -> object:
        """Return the format of a look for conditional formatting, without a font."""
        return self.formats.workbook.add_format(LOOKS[look])

    def _add_validations(self) -> None:
        """Add the validation of each cell, with a message on accepted values and the earlier figure."""
        for measure in self.layout.measures:
            column = self.layout.columns[measure.code]
            before = [self._before(measure, position) for position in self.layout.units]
            if not any(before):
                self._validate(measure, column, FIRST_ROW, self.layout.last_row, "")
                continue
            for place, text in enumerate(before):
                self._validate(measure, column, FIRST_ROW + place, FIRST_ROW + place, text)
        if self.earlier is not None:
            for place, position in enumerate(self.layout.units):
                for code, column in self.layout.columns.items():
                    if text := self.earlier.note(position, code):
                        options = {"width": 300, "height": 90, "font_size": 10}
                        self.sheet.write_comment(FIRST_ROW + place, column, text, options)

    def _before(self, measure: Measure, position: int) -> str:
        """Return the line on the earlier figure of a cell; empty if there is none."""
        value = None if self.earlier is None else self.earlier.value(position, measure.code)
        if value is None or self.earlier is None:
            return ""
        shown = self.words.figure(measure, value)
        period = capital(self.wording.period(clean(self.earlier.period)))
        return self._say("before", period=period, value=shown)

    def _validate(self, measure: Measure, column: int, first: int, last: int, before: str) -> None:
        accepted = self.words.accepted(measure)
        message = "\n".join(filter(None, (before, f"{accepted[:1].upper()}{accepted[1:]}.")))
        low, high = bounds_of(measure)
        kind: dict[str, object] = {"validate": "list", "source": list(self.words.answers)}
        if measure.kind == "count":
            kind = {"criteria": "between", "minimum": low, "maximum": high}
            kind["validate"] = "decimal" if measure.decimals else "integer"
        self.sheet.data_validation(
            first, column, last, column,
            {
                **kind,
                "input_title": self.words.title(measure),
                "input_message": shortened(message, MESSAGE_LIMIT),
                "error_title": shortened(self._say("refused-title"), TITLE_LIMIT),
                "error_message": shortened(
                    self._say(_refusal(measure), accepted=accepted),
                    MESSAGE_LIMIT,
                ),
            },
        )  # fmt: skip


def _entry_format(decimals: int) -> str:
    """Return the number format of a cell for decimals to be filled in, which hides no digit too many."""
    return amount_format(decimals) + "#" * (DIGITS - decimals)


def _refusal(measure: Measure) -> str:
    """Return the key of the message at a value that is not accepted."""
    if measure.kind == "flag":
        return "refused-flag"
    return "refused-decimal" if measure.decimals else "refused"


def _soft_last(checked: tuple[EditRule, str]) -> bool:
    return checked[0].severity != "hard"


def _width_of(head: str) -> float:
    """Return the width of a column, such that its head has about seven lines."""
    longest = max(map(len, head.split()), default=1)
    return float(min(max(7, longest + 0.5, -(-len(head) // 7) + 1), 13))


def _lines(text: str, width: float) -> int:
    """Return the number of lines of a text in a column, with words kept whole."""
    lines = 0
    for part in text.split("\n"):
        room = 0.0
        for word in part.split() or [""]:
            if room < len(word):
                lines += 1
                room = width
            room -= len(word) + 1
    return lines

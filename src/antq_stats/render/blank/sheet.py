"""The sheet of a table of the form, to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from antq_stats.render.blank.checks import RowChecks
from antq_stats.render.blank.earlier import Earlier
from antq_stats.render.blank.frame import Frame
from antq_stats.render.blank.layout import FIRST_ROW, HEADS_ROW, SheetLayout
from antq_stats.render.blank.pages import LINE, table_pages
from antq_stats.render.blank.words import MESSAGE_LIMIT, TITLE_LIMIT, bounds_of, shortened
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.text_lines import line_count, points
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

_CHECK_WIDTH = 60.0
_LINE = 14.0
"""Height of a line of the heads, in points."""
_HEAD_SIZE, _BOLD_SIZE = 11, 12.1
"""Size of the font of the heads, and the size at which plain letters are as wide as these bold ones."""
_NOTE, _NOTE_SIZE = 340, 10
"""Width of a note in pixels, and the size of its font."""
_ROW = 22.0
"""Height of a row with one line, in points: there is room to write by hand."""


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
        self.words = layout.words
        self.wording = layout.words.wording
        self.earlier = earlier
        self.pages = table_pages(layout)
        self.frame = Frame(sheet, formats, self.pages, unit, period)
        self.check = layout.width
        self.checks = RowChecks(layout)

    def write(self) -> None:
        """Write the whole sheet."""
        self._set_columns()
        self.frame.write_titles()
        self._write_heads()
        self._write_rows()
        row = self.layout.last_row + 1
        if self.layout.rows > 1:
            self._write_total(row)
            row += 1
        self.frame.set_pages(self.frame.write_signatures(row))
        self._add_conditions()
        self._add_validations()
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _say(self, key: str, **facts: object) -> str:
        return self.wording.phrase(f"blank.{key}", **facts)

    # -- above the rows

    def _set_columns(self) -> None:
        for column, width in enumerate((*self.pages.widths, _CHECK_WIDTH)):
            self.sheet.set_column(column, column, width, self.formats())
        self.sheet.freeze_panes(FIRST_ROW, self.layout.first)

    def _write_heads(self) -> None:
        layout, words, sheet = self.layout, self.words, self.sheet
        head = {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
        style = self.formats(**head, bg_color="#E7EEF7", font_size=_HEAD_SIZE)
        heads = [self._say("ordinal"), self._say("code"), self._say("name")]
        if layout.parented:
            heads.append(layout.parent_head())
        for column, text in enumerate(heads):
            # The text of a merged cell is in its top row, one above `HEADS_ROW`.
            sheet.merge_range(HEADS_ROW - 1, column, HEADS_ROW, column, clean(text), style)
        lines = 1
        for label, first, last in self.pages.sections():
            if last > first:
                sheet.merge_range(HEADS_ROW - 1, first, HEADS_ROW - 1, last, clean(label), style)
            else:
                sheet.write_string(HEADS_ROW - 1, first, clean(label), style)
            lines = max(lines, line_count(clean(label), points(self.pages.width(first, last)), _BOLD_SIZE))
        self.frame.set_row(HEADS_ROW - 1, _LINE * lines + 6)
        lines = 1
        for measure, column in zip(layout.measures, layout.columns.values(), strict=True):
            text = words.head(measure)
            sheet.write_string(HEADS_ROW, column, text, style)
            lines = max(lines, line_count(text, points(self.pages.widths[column]), _BOLD_SIZE))
            note = words.definition(layout.form, measure)
            height = 18 * (2 + line_count(note, _NOTE * 0.75, _NOTE_SIZE))
            sheet.write_comment(
                HEADS_ROW, column, note, {"width": _NOTE, "height": height, "font_size": _NOTE_SIZE}
            )
        self.frame.set_row(HEADS_ROW, _LINE * lines + 4)
        check = self.formats(bold=True, align="center", valign="vcenter", border=1, bg_color="#EDEDED")
        sheet.merge_range(HEADS_ROW - 1, self.check, HEADS_ROW, self.check, self._say("check"), check)
        self._write_numbers()

    def _write_numbers(self) -> None:
        style = self.formats(italic=True, align="center", border=1, font_size=11)
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
            self.frame.set_row(row, self._height_of(place))
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

    def _height_of(self, place: int) -> float:
        """Return the height of a row, with room for the names of its unit and of the one above."""
        if self.layout.is_free:
            return _ROW
        register, position = self.layout.register, self.layout.units[place]
        shown = [position, register.units.parents[position]] if self.layout.parented else [position]
        room = points(self.pages.widths[2] - 1)  # names are indented
        lines = max(line_count(clean(unit_name(register, unit)), room, 12) for unit in shown)
        return max(_ROW, LINE * lines + 4)

    def _write_total(self, row: int) -> None:
        look = {"bold": True, "border": 1, "valign": "vcenter", "bg_color": "#F0F0F0"}
        label = self.formats(**look, align="center")
        self.frame.set_row(row, _ROW)
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
    kind = "refused-decimal" if measure.decimals else "refused"
    return f"{kind}-above-zero" if measure.least > 0 else kind


def _soft_last(checked: tuple[EditRule, str]) -> bool:
    return checked[0].severity != "hard"

"""The list of findings as a workbook, to be worked through on the screen or printed on A4 landscape."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from antq_stats.collection.collection import Collection
from antq_stats.findings.catalogue import Names
from antq_stats.findings.finding import Finding
from antq_stats.output_marks import CREATED, WORKBOOK
from antq_stats.render.findings.decision_columns import FILLED, DecisionColumns
from antq_stats.render.findings.table import FILLS, INKS, WEIGHTS, FindingList, Listed
from antq_stats.render.words import is_silence, level_word, tally_words, unit_name
from antq_stats.render.writing.output import OutputError
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.text_lines import points, row_height
from antq_stats.render.writing.workbook import MAX_ROWS, Formats, options, sheet_names
from antq_stats.words.language import Language, Wording

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_WIDTHS = {
    "number": 4.5, "severity": 9.5, "sender": 13.5, "unit": 13.0, "file": 14.5, "sheet": 8.5, "cell": 6.5,
    "measure": 15.0, "value": 9.5, "message": 28.5, "hint": 28.5, "code": 6.0,
}  # fmt: skip
_LEVEL = 11.5
"""Width of the column of a level above the senders."""
_CENTRED = frozenset(("number", "sheet", "cell", "code"))
_SIZE = 11
_HEAD = {
    "bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True,
    "bg_color": "#D9E2F3", "font_size": _SIZE,
}  # fmt: skip
_SILENT = 5
"""Most units without a return that have rows of the list; more are a sheet of their own, with only names."""
_SILENT_WIDTHS = {"number": 5.0, "sender": 34.0, "code": 12.0, "called": 14.0}
_SILENT_LEVEL = 24.0
_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}  # inches


def write_list(
    findings: Sequence[Finding],
    collection: Collection,
    target: BinaryIO,
    *,
    lang: Language,
    names: Names,
    command: str | None = None,
) -> None:
    """Write the list of findings by sender as a workbook, marked as the tool's own.

    It is one table with a row for each finding; see `FindingList`. Behind the columns that are printed are
    those in which decisions are filled in; see `DecisionColumns`.

    Parameters
    ----------
    findings : the findings.
    collection : the values that they are on.
    target : an open binary file.
    lang : the language.
    names : the names of codes.
    command : the command that takes the decisions back; None to offer none.

    Raises
    ------
    OutputError
        With the reason ``sheet-full``, if there are more findings than a sheet has rows.
    OSError
        If the target cannot be written.
    """
    import xlsxwriter

    listed = FindingList(findings, lang, names, collection.register)
    wording = listed.wording
    if len(listed.rows) + 10 > MAX_ROWS:
        raise OutputError("sheet-full", wording.phrase("findings.title"))
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options()) as workbook:
        workbook.set_properties({**WORKBOOK, "created": CREATED})
        formats = Formats(workbook)
        silent = tuple(row for row in listed.rows if is_silence(row.finding))
        silent = silent if len(silent) > _SILENT else ()
        titles = [wording.phrase("annotated.sheet"), wording.phrase("findings.silent-sheet")]
        name, other = sheet_names(titles, wording)
        sheet = _ListSheet(workbook.add_worksheet(name), formats, listed, silent, collection, command)
        sheet.write()
        if silent:
            columns = DecisionColumns(
                workbook.add_worksheet(other), formats, collection, wording, _silent_width(listed),
                () if command is None else ("decision", "reason", "by"),
            )  # fmt: skip
            _write_silent(columns, listed, silent)
    target.write(content.getbuffer())


class _ListSheet:
    """Writes the sheet."""

    def __init__(
        self,
        sheet: Worksheet,
        formats: Formats,
        listed: FindingList,
        silent: Sequence[Listed],
        collection: Collection,
        command: str | None,
    ) -> None:
        self.sheet = sheet
        self.formats = formats
        self.listed = listed
        self.rows = tuple(row for row in listed.rows if not (silent and is_silence(row.finding)))
        self.silent = silent
        self.period = collection.period
        self.command = command
        self.wording: Wording = listed.wording
        say = self.wording.phrase
        shown = ("unit", "file", "sheet", "cell", "measure", "value", "message", "hint", "code")
        self.columns: list[tuple[str, str]] = [
            ("number", say("annotated.head-number")),
            ("severity", say("column.severity")),
            ("sender", listed.sender_head()),
            *listed.heads_above(),
            *((name, say(f"column.{name}")) for name in shown),
        ]
        self.rooms = [points(_WIDTHS.get(code, _LEVEL)) for code, _ in self.columns]
        self.decisions = DecisionColumns(
            sheet, formats, collection, self.wording, len(self.columns), () if command is None else FILLED
        )

    def write(self) -> None:
        """Write titles, heads and rows, and set the page up."""
        from xlsxwriter.utility import xl_range

        sheet, rows = self.sheet, self.rows
        for place, (code, _) in enumerate(self.columns):
            sheet.set_column(place, place, _WIDTHS.get(code, _LEVEL), self.formats(font_size=_SIZE))
        head = self._titles()
        labels = [label for _, label in self.columns]
        sheet.set_row(head, row_height(zip(labels, self.rooms, strict=True), _SIZE * 1.1))
        for place, label in enumerate(labels):
            sheet.write_string(head, place, clean(label), self.formats(**_HEAD))
        self.decisions.write_heads(head, _SIZE, _HEAD)
        whose = None
        for place, row in enumerate(rows, start=1):
            self._row(head + place, place, row, is_first=whose != (row.sender_at, row.sender))
            whose = row.sender_at, row.sender
        last = self.decisions.last
        if rows:
            self.decisions.validate(head + 1, head + len(rows))
            sheet.autofilter(head, 0, head + len(rows), last)
            sheet.ignore_errors({"number_stored_as_text": xl_range(head + 1, 0, head + len(rows), last)})
        elif not self.silent:
            sheet.write_string(head + 1, 0, self.wording.phrase("findings.none"), self.formats(italic=True))
        self._page(head, head + max(1, len(rows)))

    def _titles(self) -> int:
        """Write the lines above the table; return the row of the heads."""
        wording, register = self.wording, self.listed.register
        root = unit_name(register, register.units.parents.index(-1)) if len(register) else ""
        self.about = " · ".join(filter(None, (wording.period(self.period, heading=True), root)))
        lines = [(wording.phrase("findings.title"), 14), (self.about, 12)]
        tally = Counter[str]()
        for row in self.listed.rows:
            tally[row.severity] += row.told
        if tally:
            counted = tally_words(wording, {weight: tally[weight] for weight in WEIGHTS})
            senders = {row.sender_at for row in self.listed.rows if row.severity != "note"} - {None}
            if senders:
                counted = wording.phrase("findings.of-senders", tally=counted, count=len(senders))
            lines.append((counted, 12))
        if self.silent:
            lines.append((_silent_words(self.listed, self.silent, "silent-elsewhere"), 12))
        for place, (text, size) in enumerate(lines):
            self.sheet.set_row(place, size * 1.5)
            self.sheet.write_string(place, 0, clean(text), self.formats(bold=True, font_size=size))
        if self.command is None:
            return len(lines) + 1
        guide = wording.phrase("decide.guide", command=self.command)
        self.sheet.write_string(len(lines), 0, clean(guide), self.formats(font_size=_SIZE))
        return len(lines) + 2

    def _row(self, at: int, number: int, row: Listed, *, is_first: bool) -> None:
        """Write a row; the first row of a sender has a heavier line above it, and the name in bold."""
        above = [code for code, _ in self.listed.heads_above()]
        texts = {**row.texts, "sender": row.sender, **dict(zip(above, row.above, strict=True))}
        shown = [clean(texts.get(code, "")) for code, _ in self.columns]
        height = row_height(zip(shown, self.rooms, strict=True), _SIZE)
        self.sheet.set_row(at, height)
        look: dict[str, object] = {
            "border": 1, "top": 2 if is_first else 1, "valign": "top", "text_wrap": True, "font_size": _SIZE,
        }  # fmt: skip
        colour = {"bg_color": f"#{FILLS[row.severity]}", "font_color": f"#{INKS[row.severity]}"}
        for place, ((code, _), text) in enumerate(zip(self.columns, shown, strict=True)):
            style = look | ({"align": "center"} if code in _CENTRED else {})
            if code == "severity":
                style |= colour | ({"bold": True} if row.severity == "hard" else {})
            elif code == "sender" and is_first:
                style["bold"] = True
            if code == "number":
                self.sheet.write_number(at, place, number, self.formats(**style))
            else:
                self.sheet.write_string(at, place, text, self.formats(**style))
        if row.told == 1:
            self.decisions.write_row(at, row.finding, look)

    def _page(self, head: int, last: int) -> None:
        """Set paper, margins, the heads repeated on each page, frozen panes and the footer."""
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(**_MARGINS)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.freeze_panes(head + 1, 3)
        sheet.hide_gridlines(2)
        sheet.print_area(0, 0, last, len(self.columns) - 1)
        left = clean(self.about)[:100].replace("&", "&&")
        page = self.wording.phrase("findings.page", page="&P", pages="&N")
        font = '&"Times New Roman,Regular"&10'
        sheet.set_footer(f"&L{font}{left}&R{font}{page}", {"margin": 0.3})


def _silent_words(listed: FindingList, silent: Sequence[Listed], key: str) -> str:
    """Return a phrase on the number of units that sent nothing."""
    levels = [listed.register.units.levels[row.sender_at] for row in silent if row.sender_at is not None]
    kind = level_word(listed.register, max(levels), listed.wording, most=1)
    sheet = listed.wording.phrase("findings.silent-sheet")
    return listed.wording.phrase(f"findings.{key}", count=len(silent), kind=kind, sheet=sheet)


def _silent_width(listed: FindingList) -> int:
    """Return the number of printed columns of the sheet of units that sent nothing."""
    return len(listed.heads_above()) + 4


def _write_silent(decisions: DecisionColumns, listed: FindingList, silent: Sequence[Listed]) -> None:
    """Write the sheet of units that sent nothing: names and codes, with a column to tick off calls."""
    say, sheet, formats = listed.wording.phrase, decisions.sheet, decisions.formats
    columns = [
        ("number", say("annotated.head-number")),
        *listed.heads_above(),
        ("sender", listed.sender_head()),
        ("code", say("column.unit-code")),
        ("called", say("status.called")),
    ]
    title = _silent_words(listed, silent, "silent-senders")
    sheet.write_string(0, 0, clean(title), formats(bold=True, font_size=14))
    for place, (code, label) in enumerate(columns):
        sheet.set_column(place, place, _SILENT_WIDTHS.get(code, _SILENT_LEVEL), formats(font_size=_SIZE))
        sheet.write_string(2, place, clean(label), formats(**_HEAD))
    decisions.write_heads(2, _SIZE, _HEAD)
    look = {"border": 1, "valign": "top", "text_wrap": True, "font_size": _SIZE}
    for number, row in enumerate(silent, start=1):
        sheet.write_number(2 + number, 0, number, formats(**look, align="center"))
        for place, text in enumerate((*row.above, row.sender, row.finding.unit or "", ""), start=1):
            sheet.write_string(2 + number, place, clean(text), formats(**look))
        decisions.write_row(2 + number, row.finding, look)
    decisions.validate(3, 2 + len(silent))
    sheet.set_paper(9)  # A4
    sheet.set_margins(**_MARGINS)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 0)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, 2 + len(silent), len(columns) - 1)

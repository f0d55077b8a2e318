"""What stands around a table to be filled in: titles, signatures, page setup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antq_stats.render.blank.layout import FIRST_ROW, HEADS_ROW, line_of
from antq_stats.render.blank.pages import LINE, MARGINS, TablePages
from antq_stats.render.letterhead import committee_of
from antq_stats.render.words import unit_within
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.text_lines import line_count, points
from antq_stats.words.text import capital

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from antq_stats.render.writing.workbook import Formats

FOOTER = '&"Times New Roman,Regular"&11 '
"""Font of a footer; the blank parts the size from digits."""
_A4 = 9
_SENDER = 0.42
"""Share of a single page's width that the sender takes."""
_SIGNATURE = 52.0
"""Width of the right signature, in characters."""
_GAP = 6.0
"""Height of the row between the table and the signatures, in points."""
_TO_SIGN = 5
"""Rows left blank for a signature."""
_FOOTER_LIMIT = 200


class Frame:
    """Writes what stands around a table, and sets the heights of rows and the pages.

    Parameters
    ----------
    sheet : the sheet.
    formats : the cell formats of the workbook.
    pages : the pages of the table, with its layout.
    unit : position of the sending unit.
    period : name of the period.
    """

    def __init__(self, sheet: Worksheet, formats: Formats, pages: TablePages, unit: int, period: str) -> None:
        self.sheet = sheet
        self.formats = formats
        self.pages = pages
        self.layout = pages.layout
        self.unit = unit
        self.wording = pages.layout.words.wording
        self.period = self.wording.period(clean(period))
        self.committee = committee_of(self.layout.form, self.layout.register, unit, self.wording)
        self.heights: dict[int, float] = {}

    def set_row(self, row: int, height: float) -> None:
        """Set the height of a row, in points."""
        self.heights[row] = height
        self.sheet.set_row(row, height)

    def _say(self, key: str, **facts: object) -> str:
        return self.wording.phrase(f"blank.{key}", **facts)

    def _span(self, row: int, first: int, last: int, text: str, **look: object) -> None:
        """Write a text over cells of a row, merged if there are several, and give the row room for it."""
        style = self.formats(text_wrap=True, align="center", **look)
        text = "\n".join(map(clean, text.split("\n")))
        if last > first:
            self.sheet.merge_range(row, first, row, last, text, style)
        else:
            self.sheet.write_string(row, first, text, style)
        size = float(str(look.get("font_size", 12)))
        lines = line_count(text, points(self.pages.width(first, last)), size)
        self.set_row(row, max(self.heights.get(row, 0), LINE * size / 12 * lines))

    # -- above the table

    def write_titles(self) -> None:
        """Write sender and motto on the first page, and the title on each page.

        The sender stands above the columns of units, which are repeated on each page, if there are several.
        """
        layout, register, phrase = self.layout, self.layout.register, self.wording.phrase
        last = self.pages.spans[0][1]
        split = self._split() if self.pages.is_one else layout.first
        parent = register.units.parents[self.unit]
        above = line_of(register, parent, self.wording) if parent >= 0 else ""
        self._span(0, 0, split - 1, self._sender(split - 1).upper(), bold=True, valign="bottom")
        self._span(0, split, last, phrase("letterhead.country"), bold=True, valign="bottom")
        self._span(1, 0, split - 1, above, valign="top")
        self._span(1, split, last, phrase("letterhead.motto"), bold=True, valign="top")
        title = clean(self.wording.say(layout.table.title)).upper()
        about = self._say(
            "of-period", title=clean(self.wording.say(layout.form.about.title)), period=self.period
        )
        for number, (first, last) in enumerate(self.pages.spans):
            left = 0 if self.pages.is_one else first
            text = self._say("continued", title=title) if number else title
            self._span(2, left, last, text, bold=True, font_size=14, valign="vcenter")
            self._span(3, left, last, about, valign="vcenter")
        left, last = 0 if self.pages.is_one else layout.first, self.pages.spans[0][1]
        how = self._say("how-free" if layout.is_free else "how-short")
        self._span(
            4, left, last, "\n".join(filter(None, (self._dispatch(), how))), italic=True, valign="vcenter"
        )
        for row in (2, 4):
            self.set_row(row, self.heights[row] + 6)

    def _sender(self, last: int) -> str:
        """Return the committee that sends, with its unit on a line of its own if one line is too narrow."""
        name = unit_within(self.layout.register, self.unit, self.wording)
        body = self.committee.removesuffix(name).rstrip()
        lines = line_count(self.committee.upper(), points(self.pages.width(0, last)), 12)
        return self.committee if lines == 1 or not body else f"{body}\n{name}"

    def _dispatch(self) -> str:
        """Return to whom the return is sent and until when; empty if the form does not say."""
        form = self.layout.form
        facts = []
        if form.letterhead.issuer is not None:
            facts.append(f"{self._say('fact-send')}: {clean(form.letterhead.issuer)}")
        if form.due is not None:
            facts.append(f"{self._say('fact-due')}: {self.wording.date(form.due)}")
        return ". ".join(facts) + "." if facts else ""

    def _split(self) -> int:
        """Return the first column of the motto on a single page."""
        wanted = _SENDER * sum(self.pages.widths)
        columns = range(2, self.layout.width)
        return min(columns, key=lambda column: abs(self.pages.width(0, column - 1) - wanted))

    # -- below the table

    def write_signatures(self, row: int) -> int:
        """Write place, date and signatures on the last page, and return the row after them.

        Parameters
        ----------
        row : the row after the table, which stays blank.
        """
        self.set_row(row, _GAP)
        row += 1
        phrase = self.wording.phrase
        first, last = self.pages.spans[-1]
        first = 0 if self.pages.is_one or first == last else first
        right = last
        while right > first + 1 and self.pages.width(right, last) < _SIGNATURE:
            right -= 1
        right = max(right, (first + last + 1) // 2)
        left = first
        while left < right - 1 and self.pages.width(first, left) < _SIGNATURE / 2:
            left += 1
        name = self.layout.register.units.names[self.unit]
        self._span(row, right, last, f"{name}, {phrase('letterhead.undated')}", italic=True)
        self._span(row + 1, first, left, phrase("letterhead.drawn-up").upper(), bold=True)
        self._span(row + 1, right, last, phrase("letterhead.signed-for").upper(), bold=True)
        self._span(row + 2, first, left, phrase("letterhead.sign-here"), italic=True)
        self._span(row + 2, right, last, phrase("letterhead.signed-as").upper(), bold=True)
        return row + 3 + _TO_SIGN

    # -- the paper

    def set_pages(self, end: int) -> None:
        """Set paper, margins, scale, page breaks, and what is repeated on each page.

        Parameters
        ----------
        end : the row after the last one that is printed.
        """
        sheet, pages = self.sheet, self.pages
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(**MARGINS)
        sheet.center_horizontally()
        sheet.print_area(0, 0, end - 1, self.layout.width - 1)
        sheet.repeat_rows(HEADS_ROW - 1, FIRST_ROW - 1)
        if pages.fits_one(self.heights, end):
            sheet.fit_to_pages(1, 0)
        else:
            scale, breaks = pages.parted(self.heights, end)
            sheet.set_print_scale(scale)
            sheet.set_h_pagebreaks(breaks)
            sheet.set_v_pagebreaks(pages.starts)
            sheet.print_across()
        if not pages.is_one:
            sheet.repeat_columns(0, self.layout.first - 1)
        about = f"{capital(self.committee)} – {self.layout.name}, {self.period}"[:_FOOTER_LIMIT]
        text = clean(about).replace("&", "&&")
        sheet.set_footer(f"&L{FOOTER}{text}&R{FOOTER}&P/&N", {"scale_with_doc": False})

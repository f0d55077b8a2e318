"""The first sheet: one row per measure and ratio, by section, with the earlier period and the coverage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from xml.sax.saxutils import unescape

import numpy as np

from antq_stats.form import Measure, Ratio
from antq_stats.render.book.context import Book
from antq_stats.render.book.formulas import divisions, plain_division
from antq_stats.render.book.heading import Paper
from antq_stats.render.book.layout import quoted, roman
from antq_stats.render.book.rows import RowSheet
from antq_stats.render.book.styles import HEAD, KEPT, across, number_format, set_page
from antq_stats.render.book.values import FIGURE, LARGE, MISSING, NOT_SUMMED, WITHHELD, Shown
from antq_stats.render.certainty import break_notes, span_words
from antq_stats.render.words import section_label
from antq_stats.render.writing.table import UNICODE, clean
from antq_stats.trace.report_map import SummaryMap
from antq_stats.words.amounts import places
from antq_stats.words.text import capital

_VALUE = 3
"""Column of the totals, counted from 0."""
_SIGNS = {MISSING: UNICODE.missing, WITHHELD: UNICODE.suppressed, NOT_SUMMED: UNICODE.not_summed}
_NOTE_WIDTH = 30
"""Characters of a note on one line."""
_ROWS_OF_A_PAGE = 60
"""Most rows that are legible on one page of A4."""


@dataclass(eq=False)
class SummaryWriter:
    """Writes the sheet of the summary.

    Parameters
    ----------
    book : the workbook.
    sheet : the sheet.
    name : name of the sheet.
    """

    book: Book
    sheet: RowSheet
    name: str

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each measure and ratio, by code, counted from 0; filled when the heads are written."""
        return {}

    @property
    def totals(self) -> dict[str, str]:
        """The cell of each total that is a number, by code; known when the sheet is written."""
        root = self.book.publication.root
        figures = [shown.column.code for shown in self.book.columns if shown.kinds[root] == FIGURE]
        return {code: f"{quoted(self.name)}D{self.rows[code] + 1}" for code in figures}

    @cached_property
    def per_hundred(self) -> dict[str, Ratio]:
        """The first ratio per 100 with a measure as numerator, by the code of the measure."""
        found: dict[str, Ratio] = {}
        for shown in self.book.columns:
            column = shown.column
            if isinstance(column, Ratio) and column.per == 100:
                found.setdefault(column.numerator, column)
        return found

    @cached_property
    def fields(self) -> list[str]:
        """The keys of the columns to the right of measure and unit."""
        prior = ["before", "change", "change-percent"] if self.book.publication.prior else []
        hundred = ["per-hundred"] if self.per_hundred else []
        return ["total", *prior, *hundred, "given", "expected", "note"]

    def write(self) -> None:
        """Write the whole sheet."""
        sheet, book = self.sheet, self.book
        widths = [6.0, 58.0, 11.0, *(32.0 if field == "note" else 12.5 for field in self.fields)]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        paper = Paper(sheet, book, widths)
        row = paper.titles(paper.letterhead(1), "")
        row = paper.unit_line(row) if not row else row + 1
        first = row
        row = self._heads(row)
        sections = list(self._sections())
        at = row
        for _, columns in sections:  # before any row is written: a formula may refer to any
            self.rows.update((shown.column.code, place) for place, shown in enumerate(columns, start=at + 1))
            at += len(columns) + 1
        for number_of, (section, columns) in enumerate(sections, start=1):
            row = self._section(row, number_of, section, columns)
        legend = paper.legend(row + 1, list(self._legend()))
        last = paper.signatures(legend, dated=False)
        sheet.freeze_panes(first + 2, 2)
        end = max(first + 2, row - KEPT)
        set_page(sheet, widths, [], (first, first + 1), (end, last - 1), _ROWS_OF_A_PAGE)
        sheet.print_area(0, 0, last, len(widths) - 1)
        for code, at in self.rows.items():
            book.workbook.define_name(f"total.{code}", f"={quoted(self.name)}$D${at + 1}")

    def map(self) -> SummaryMap:
        """Return which figure each cell of the sheet holds, for `antq_stats.trace.report_map`."""
        return SummaryMap(
            self.name,
            dict(enumerate(self.fields, start=_VALUE)),
            {at + 1: code for code, at in self.rows.items()},
            {
                at + 1: self.per_hundred[code].code
                for code, at in self.rows.items()
                if code in self.per_hundred
            },
        )

    def _sections(self) -> Iterator[tuple[str, Sequence[Shown]]]:
        shown = {each.column.code: each for each in self.book.columns}
        for section in self.book.publication.sections:
            members = [shown[column.code] for column in section.columns]
            yield section_label(section, self.book.wording), members

    def _heads(self, row: int) -> int:
        wording, sheet = self.book.wording, self.sheet
        style = self.book.formats(**HEAD)
        prior = self.book.publication.prior
        labels = [
            wording.phrase("book.row-number"),
            wording.phrase("column.measure"),
            wording.phrase("column.unit-of-measure"),
        ]
        for field in self.fields:
            if field == "before" and prior is not None:
                labels.append(capital(wording.period(prior.period)))
            else:
                labels.append(wording.phrase(f"book.{field}"))
        small = self.book.formats(border=1, align="center", italic=True, font_size=10)
        numbers = ["A", "B", "C", *map(str, range(1, len(self.fields) + 1))]
        for place, (label, code) in enumerate(zip(labels, numbers, strict=True)):
            sheet.write_string(row, place, clean(label), style)
            sheet.write_string(row + 1, place, code, small)
        sheet.set_row(row, 50)
        return row + 2

    def _section(self, row: int, number_of: int, section: str, columns: Sequence[Shown]) -> int:
        band = {"border": 1, "bold": True, "bg_color": "#EDEDED"}
        self.sheet.write_string(row, 0, roman(number_of), self.book.formats(**band, align="center"))
        across(
            self.sheet,
            row,
            1,
            _VALUE + len(self.fields) - 1,
            section,
            self.book.formats(**band, align="left"),
        )
        for place, shown in enumerate(columns, start=1):
            self._row(row + place, place, shown)
        return row + len(columns) + 1

    # -- a row -----------------------------------------------------------------------------------

    def _row(self, row: int, place: int, shown: Shown) -> None:
        wording, code = self.book.wording, shown.column.code
        words = {"border": 1, "valign": "vcenter", "text_wrap": True}
        label = clean(wording.say(shown.column.label))
        if isinstance(shown.column, Ratio):
            words["italic"] = True
        unit = self.book.publication.form.unit(code, wording.lang)
        self.sheet.write_number(row, 0, place, self.book.formats(border=1, align="center", valign="vcenter"))
        self.sheet.write_string(row, 1, label, self.book.formats(**words, indent=int("italic" in words)))
        self.sheet.write_string(row, 2, clean(unit), self.book.formats(**words, align="center"))
        self.sheet.set_row(row, 33.0 if len(label) > 62 else 18.0)
        cells = self._cells(row, shown)
        for at, field in enumerate(self.fields, start=_VALUE):
            formula, value, look = cells.get(field, (None, "", {}))
            self._put(row, at, formula, value, {"border": 1, "valign": "vcenter", **look})

    def _put(self, row: int, at: int, formula: str | None, value: object, look: dict[str, Any]) -> None:
        style = self.book.formats(**look)
        if formula is not None:
            result = float(value) if isinstance(value, Decimal) else value
            self.sheet.write_formula(row, at, f"={formula}", style, result)
        elif isinstance(value, int | float | Decimal):
            self.sheet.write_number(row, at, value, style)
        elif value:
            self.sheet.write_string(row, at, clean(str(value)), style)
        else:
            self.sheet.write_blank(row, at, None, style)

    def _cells(self, row: int, shown: Shown) -> dict[str, tuple[str | None, object, dict[str, Any]]]:
        """Return formula, value and format properties of the fields of a row, by key."""
        book, column = self.book, shown.column
        publication, root = book.publication, book.publication.root
        figure = (
            publication.figure(root, column.code)
            if isinstance(column, Measure)
            else publication.ratio(root, column.code)
        )
        cells: dict[str, tuple[str | None, object, dict[str, Any]]] = {"total": self._total(shown)}
        if figure is not None:
            count = {"num_format": "#,##0"}
            cells["given"] = (None, figure.given, count)
            cells["expected"] = (None, UNICODE.missing if figure.unlisted else figure.expected, count)
            notes = []
            if figure.unlisted:
                number = book.wording.number(figure.unlisted)
                notes.append(book.wording.phrase("book.unlisted", count=number))
            elif figure.given < figure.expected:
                notes.append(book.wording.phrase("book.lacking", count=figure.expected - figure.given))
            if figure.provisional:
                notes.append(span_words(publication, root, column, book.wording))
            text = "; ".join(filter(None, notes))
            cells["note"] = (None, text, {"text_wrap": True, "font_size": 11, "indent": 1})
            if len(text) > _NOTE_WIDTH:
                self.sheet.set_row(row, 15.0 * -(-len(text) // _NOTE_WIDTH) + 3)
        ratio = self.per_hundred.get(column.code)
        if ratio is not None:
            other = next(each for each in book.columns if each.column is ratio)
            if other.kinds[root] == FIGURE:
                _, value, look = self._total(other)
                cells["per-hundred"] = (f"D{self.rows[ratio.code] + 1}", value, look)
        if publication.prior is not None:
            cells |= self._prior(row, shown)
        return cells

    def _total(self, shown: Shown) -> tuple[str | None, object, dict[str, Any]]:
        """Return the formula, value and look of a total."""
        book, root, column = self.book, self.book.publication.root, shown.column
        kind = int(shown.kinds[root])
        provisional = bool(shown.provisional[root])
        look: dict[str, Any] = {"align": "right"}
        if kind in _SIGNS:
            return None, _SIGNS[kind], look
        if kind == LARGE:
            return None, book.wording.number(shown.amount(root)), look
        if kind != FIGURE:
            return None, "", look
        look = {
            "bold": True,
            "num_format": number_format(column, shown.marks(root), self._marked),
            **({"italic": True} if provisional else {}),
        }
        if isinstance(column, Measure):
            right = bool(book.formulas.is_sum(shown)[root])
            formula = unescape(book.formulas.total(root, column.code, None)) if right else None
            return formula, shown.amount(root), look
        return self._division(shown), float(shown.quotients[root]), look

    def _division(self, shown: Shown) -> str:
        """Return the formula of a ratio: the quotient of two cells, or else of two numbers."""
        root, column = self.book.publication.root, shown.column
        assert isinstance(column, Ratio)  # noqa: S101
        by_code = {each.column.code: each for each in self.book.columns}
        above, below = by_code.get(column.numerator), by_code.get(column.denominator)
        if plain_division(shown, above, below)[root]:
            factor = "" if shown.factor == 1 else f"{shown.factor}*"
            cells = f"D{self.rows[column.numerator] + 1}/D{self.rows[column.denominator] + 1}"
            return f'IFERROR({factor}{cells},"")'
        is_complete = (
            above is not None
            and below is None
            and above.kinds[root] == FIGURE
            and above.values[root] == shown.numerators[root]
        )
        if not is_complete:
            return divisions(shown, np.array([root]))[0]
        factor = "" if shown.factor == 1 else f"{shown.factor}*"
        return f"{factor}D{self.rows[column.numerator] + 1}/{shown.bases(np.array([root]))[0]}"

    @cached_property
    def _marked(self) -> str:
        """The marks that any total has."""
        found = {mark for shown in self.book.columns for mark in shown.marks(self.book.publication.root)}
        return "".join(mark for mark in (UNICODE.provisional, UNICODE.decided) if mark in found)

    def _prior(self, row: int, shown: Shown) -> dict[str, tuple[str | None, object, dict[str, Any]]]:
        """Return the fields of the earlier period and the change, as far as the figures may be shown."""
        book, column = self.book, shown.column
        publication, root = book.publication, book.publication.root
        prior = publication.prior
        assert prior is not None  # noqa: S101
        then = (
            prior.figure(root, column.code) if isinstance(column, Measure) else prior.ratio(root, column.code)
        )
        if then is None or then.value is None or then.value >= 10**15:
            return {}
        exact = Fraction(then.value) / (100 if isinstance(column, Ratio) and column.per == 100 else 1)
        decimals = column.decimals
        if not isinstance(then.value, Fraction):  # the measure may have had others
            decimals = max(decimals, places(then.value))
        marks = UNICODE.provisional * then.provisional + UNICODE.decided * then.decided
        shape = number_format(column, marks, decimals=decimals)
        value = int(exact) if isinstance(column, Measure) and not decimals else float(exact)
        cells: dict[str, tuple[str | None, object, dict[str, Any]]] = {
            "before": (None, value, {"num_format": shape})
        }
        if prior.series_break(column.code) is not None:
            return cells | {"change": (None, book.wording.phrase("break.not-compared"), {"align": "right"})}
        if shown.kinds[root] != FIGURE or shown.provisional[root] or then.provisional:
            return cells  # a provisional figure is not compared
        now = self._total(shown)[1]
        assert isinstance(now, int | float | Decimal)  # noqa: S101
        at = row + 1
        plain = number_format(column, decimals=decimals)
        formula, change = f"D{at}-E{at}", (float(now) if isinstance(now, Decimal) else now) - value
        if isinstance(column, Measure) and decimals:
            change = float(Fraction(now) - exact)
        if isinstance(column, Ratio) and column.per == 100:
            formula, change = f"({formula})*100", change * 100
            plain = plain.replace("%", f'"{book.wording.phrase("prose.points-short", points="")}"')
        signed = {"num_format": f"+{plain};-{plain};{plain}"}
        cells["change"] = (formula, change, signed)
        if isinstance(column, Measure) and value:
            signed = {"num_format": "+0.0%;-0.0%;0.0%"}
            cells["change-percent"] = (f'IFERROR(D{at}/E{at}-1,"")', float(now) / value - 1, signed)
        return cells

    def _legend(self) -> Iterator[str]:
        wording, root = self.book.wording, self.book.publication.root
        kinds = {int(shown.kinds[root]) for shown in self.book.columns}
        if UNICODE.provisional in self._marked:
            yield f"{UNICODE.provisional} {wording.phrase('sign.provisional')}"
        if self.book.decided:
            yield f"{UNICODE.decided} {self.book.decided}"
        if MISSING in kinds:
            yield f"{UNICODE.missing} {wording.phrase('sign.missing')}"
        if WITHHELD in kinds:
            yield f"{UNICODE.suppressed} {wording.phrase('sign.suppressed')}"
        if NOT_SUMMED in kinds:
            yield f"{UNICODE.not_summed} {wording.phrase('sign.not-summed')}"
        if any(isinstance(shown.column, Ratio) for shown in self.book.columns):
            yield wording.phrase("book.ratio-note")
        if self.book.publication.prior is not None:
            yield wording.phrase("book.change-note")
            columns = [shown.column for shown in self.book.columns]
            yield from break_notes(self.book.publication.prior, columns, wording)

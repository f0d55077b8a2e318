"""The sheet on coverage: expected and received rows, and the names of missing units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.render.book.context import Book
from antq_stats.render.book.heading import Paper
from antq_stats.render.book.layout import numbering
from antq_stats.render.book.rows import RowSheet
from antq_stats.render.book.styles import HEAD, KEPT, look_of, set_page
from antq_stats.render.certainty import weight_share
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean

_HEADS = ("book.row-number", "column.unit", "book.expected-rows", "book.read-rows", "book.missing-rows",
          "book.coverage", "book.missing-names")  # fmt: skip
_MOST_NAMES = 60


@dataclass(eq=False)
class CoverageWriter:
    """Writes the sheet on coverage: a row per unit above the level that returns are asked of.

    Parameters
    ----------
    book : the workbook.
    sheet : the sheet.
    number : number of the table.
    total_first : whether the total is the first row or the last.
    """

    book: Book
    sheet: RowSheet
    number: int
    total_first: bool

    @cached_property
    def level(self) -> int:
        """The lowest level that has rows: the one above the finest level that is asked."""
        asked = [table.level for table in self.book.publication.collection.tables if table.is_expected]
        lowest = self.book.publication.register.units.levels[self.book.publication.root]
        return max(lowest, max(asked, default=lowest) - 1)

    @cached_property
    def units(self) -> list[int]:
        """The units of the rows, in order."""
        publication = self.book.publication
        levels, expected = publication.register.units.levels, publication.coverage.expected
        body = [
            unit
            for unit in publication.register.under(publication.root)[1:].tolist()
            if levels[unit] <= self.level and expected[unit]
        ]
        return [publication.root, *body] if self.total_first else [*body, publication.root]

    @cached_property
    def absent(self) -> dict[int, list[str]]:
        """What is missing, by unit of a row: names of units under it, or titles of its own tables."""
        publication = self.book.publication
        register, missing = publication.register, dict[int, list[str]]()
        levels, parents = register.units.levels, register.units.parents
        for table in publication.collection.tables:
            if not table.is_expected:
                continue
            for unit in table.units[~table.read].tolist():
                holder = unit
                while levels[holder] > self.level and parents[holder] >= 0:
                    holder = parents[holder]
                name = (
                    self.book.wording.say(table.table.title) if holder == unit else unit_name(register, unit)
                )
                missing.setdefault(holder, []).append(name)
        return missing

    def names(self, unit: int) -> str:
        """Return the names of what is missing of a unit, or a word if nothing came."""
        answers, register = self.book.publication.coverage, self.book.publication.register
        wording = self.book.wording
        if answers.read[unit] >= answers.expected[unit]:
            return ""
        if not answers.read[unit]:
            return wording.phrase(f"state.{answers.state(unit)}")
        if register.units.levels[unit] == self.level:
            names = self.absent.get(unit, [])
        else:
            names = [
                unit_name(register, child)
                for child in register.units.children.get(unit, ())
                if answers.expected[child] and not answers.read[child]
            ]
            names = self.absent.get(unit, []) + names
        more = len(names) - _MOST_NAMES
        named = "; ".join(clean(name) for name in names[:_MOST_NAMES])
        return named + (" " + wording.phrase("findings.more", count=more) if more > 0 else "")

    @cached_property
    def rows(self) -> dict[int, int]:
        """The row of each unit, counted from 0."""
        head = 2 + 3 + bool(self.book.head.provisional) + 1
        return {unit: head + 2 + place for place, unit in enumerate(self.units)}

    def write(self) -> None:
        """Write the whole sheet."""
        sheet, book = self.sheet, self.book
        widths = [6.0, 34.0, 13.0, 13.0, 13.0, 13.0, 66.0]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        paper = Paper(sheet, book, widths)
        row = paper.titles(paper.attachment(self.number), book.wording.phrase("book.coverage-title")) + 1
        head = row
        style, small = book.formats(**HEAD), book.formats(border=1, align="center", italic=True, font_size=10)
        codes = ("A", "B", "1", "2", "3=1-2", "4=2/1", "C")
        for place, (key, code) in enumerate(zip(_HEADS, codes, strict=True)):
            sheet.write_string(row, place, book.wording.phrase(key), style)
            sheet.write_string(row + 1, place, code, small)
        sheet.set_row(row, 50)
        first = head + 2
        assert row + 2 == min(self.rows.values())  # noqa: S101 - formulas of other sheets rely on it
        self._body()
        last = first + len(self.units) - 1
        end = paper.signatures(paper.legend(last + 1, list(self._weight())))
        sheet.freeze_panes(first, 2)
        sheet.outline_settings(symbols_below=False)
        set_page(sheet, widths, [], (head, head + 1), (max(first, last + 1 - KEPT), end - 1))
        sheet.print_area(0, 0, end, len(widths) - 1)

    def _weight(self) -> Iterator[str]:
        """Yield the line on weighted coverage if figures are provisional."""
        publication, wording = self.book.publication, self.book.wording
        share = weight_share(publication, publication.root, wording) if publication.is_provisional else ""
        if share and publication.weighted is not None:
            measure = wording.say(publication.weighted.measure.label)
            yield f"{wording.phrase('page.weighted', measure=measure)}: {share}"

    def _body(self) -> None:
        publication, formats = self.book.publication, self.book.formats
        register, root = publication.register, publication.root
        rows = self.rows
        top = register.units.levels[root]
        leaf = max(1, self.level - top)
        numbers = numbering(register, self.units, self.level)
        for unit, label in zip(self.units, numbers, strict=True):
            row, depth = rows[unit], register.units.levels[unit] - top
            look = look_of(depth, leaf)
            stub = formats(**look, align="center", valign="top")
            name = self.book.wording.phrase("book.total") if unit == root else unit_name(register, unit)
            if isinstance(label, int):
                self.sheet.write_number(row, 0, label, stub)
            else:
                self.sheet.write(row, 0, label or None, stub)
            indent = {"align": "left", "indent": max(0, depth - 1), "valign": "top"}
            self.sheet.write_string(row, 1, clean(name), formats(**look, **indent))
            self._figures(row, unit, rows, look)
            missing = self.names(unit)
            words = formats(**look, text_wrap=True, font_size=11, align="left", indent=1, valign="top")
            self.sheet.write_string(row, 6, missing, words)
            height = min(400.0, 15.0 * max(1, -(-len(missing) // 70)) + 3)
            self.sheet.set_row(row, height, None, {"level": min(max(0, depth - 1), 7)})

    def _figures(self, row: int, unit: int, rows: dict[int, int], look: dict[str, object]) -> None:
        answers = self.book.publication.coverage
        style = self.book.formats(**look, num_format="#,##0", valign="top")
        expected, read = int(answers.expected[unit]), int(answers.read[unit])
        for column, values in ((2, answers.expected), (3, answers.read)):
            formula = self._sum(unit, values, "ABCD"[column], rows)
            if formula:
                self.sheet.write_formula(row, column, formula, style, int(values[unit]))
            else:
                self.sheet.write_number(row, column, int(values[unit]), style)
        at = row + 1
        self.sheet.write_formula(row, 4, f"=C{at}-D{at}", style, expected - read)
        share = self.book.formats(**look, num_format="0.0%", valign="top")
        self.sheet.write_formula(
            row, 5, f'=IFERROR(D{at}/C{at},"")', share, read / expected if expected else ""
        )

    def _sum(self, unit: int, values: Integers, letter: str, rows: dict[int, int]) -> str | None:
        """Return the formula of the sum over the units directly under a unit, if it is the unit's figure."""
        children: Sequence[int] = [
            child for child in self.book.publication.register.units.children.get(unit, ()) if child in rows
        ]
        if not children or int(np.sum(values[list(children)])) != int(values[unit]):
            return None
        runs: list[list[int]] = []
        for child in children:
            if runs and runs[-1][1] == rows[child] - 1:
                runs[-1][1] = rows[child]
            else:
                runs.append([rows[child], rows[child]])
        if len(runs) > 60:
            return None
        return f"=SUM({','.join(f'{letter}{low + 1}:{letter}{high + 1}' for low, high in runs)})"

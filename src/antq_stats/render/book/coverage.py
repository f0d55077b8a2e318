"""The sheet on coverage: expected and received rows, and the names of missing units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.figures.status import Statuses
from antq_stats.render.book.context import Book
from antq_stats.render.book.heading import Paper
from antq_stats.render.book.layout import numbering
from antq_stats.render.book.rows import BodyColumn, RowSheet, body, filled_by, format_index
from antq_stats.render.book.styles import HEAD, KEPT, look_of, set_page
from antq_stats.render.certainty import weight_share
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean

_HEADS = ("book.row-number", "column.unit", "book.expected-rows", "book.read-rows", "book.missing-rows",
          "book.coverage", "book.missing-names")  # fmt: skip
_MOST_NAMES = 60
_HIGHEST, _MOST_LINES = 399.75, 27
"""Height of the highest row, in points, and lines from which a row has it."""
_NUMBER, _TEXT, _NOTHING, _SUM, _LACKING, _SHARE, _NO_SHARE = range(7)
_CELLS = {
    _NUMBER: "><v>%d</v></c>",
    _TEXT: ' t="s"><v>%d</v></c>',
    _NOTHING: "/>",
    _SUM: "><f>%b</f><v>%d</v></c>",
    _LACKING: "><f>C%d-D%d</f><v>%d</v></c>",
    _SHARE: '><f>IFERROR(D%d/C%d,"")</f><v>%a</v></c>',
    _NO_SHARE: '><f>IFERROR(D%d/C%d,"")</f><v></v></c>',
}
"""The XML of each kind of cell behind its format, with place-holders."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of the sheet.

    Parameters
    ----------
    book : the workbook.
    looks : array of shape (rows,): the look of each row.
    depths : the depth of the units of each look under the total.
    leaf : the depth of the lowest level.
    """

    book: Book
    looks: Statuses
    depths: Sequence[int]
    leaf: int

    def column(
        self, letter: str, filling: Sequence[tuple[object, ...]], kinds: Sequence[int], **more: object
    ) -> BodyColumn:
        """Return a column.

        Parameters
        ----------
        letter : its letter.
        filling : what fills the place-holders of each cell.
        kinds : the kind of each cell, a key of `_CELLS`.
        more : properties of its format.
        """
        codes = np.array(kinds, dtype=np.uint8)

        def style(_code: int, look: int) -> int:
            depth = self.depths[look]
            own = {"indent": max(0, depth - 1)} if letter == "B" else {}
            return format_index(self.book.formats(**look_of(depth, self.leaf), valign="top", **own, **more))

        def make(key: int) -> str:
            look, code = divmod(key, len(_CELLS))
            return f'" s="{style(code, look)}"{_CELLS[code]}'

        keys = self.looks.astype(np.int64) * len(_CELLS) + codes
        return BodyColumn(letter, codes, style, filled_by(make, keys, filling))


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
        return clean(named + (" " + wording.phrase("findings.more", count=more) if more > 0 else ""))

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
        publication, sheet, root = self.book.publication, self.sheet, self.book.publication.root
        register = publication.register
        levels, top = register.units.levels, register.units.levels[root]
        missing = [self.names(unit) for unit in self.units]
        looks: dict[tuple[int, int], int] = {}
        found = [
            looks.setdefault((levels[unit] - top, min(_MOST_LINES, max(1, -(-len(text) // 70)))), len(looks))
            for unit, text in zip(self.units, missing, strict=True)
        ]
        outline = [min(max(0, depth - 1), 7) for depth, _ in looks]
        heights = [min(_HIGHEST, 15.0 * lines + 3) for _, lines in looks]
        openings = [
            f' spans="1:{len(_HEADS)}" ht="{height:.16g}" customHeight="1"'
            + f' outlineLevel="{level}"' * bool(level)
            for level, height in zip(outline, heights, strict=True)
        ]
        sheet.outline_row_level = max(outline)
        texts = []
        numbers = numbering(register, self.units, self.level)
        for unit, number, lacking in zip(self.units, numbers, missing, strict=True):
            name = self.book.wording.phrase("book.total") if unit == root else unit_name(register, unit)
            label = number if isinstance(number, int) or not number else sheet.shared(number)
            texts.append((label, sheet.shared(clean(name)), sheet.shared(lacking)))
        kinds = [_NUMBER if isinstance(number, int) else _TEXT if number else _NOTHING for number in numbers]
        rows = _Rows(
            self.book, np.array(found, np.uint8), [depth for depth, _ in looks], max(1, self.level - top)
        )
        columns = [
            rows.column("A", [(label,) * (label != "") for label, _, _ in texts], kinds, align="center"),
            rows.column("B", [(name,) for _, name, _ in texts], [_TEXT] * len(texts), align="left"),
            *self._figures(rows),
            rows.column(
                "G", [(words,) for _, _, words in texts], [_TEXT] * len(texts),
                text_wrap=True, font_size=11, align="left", indent=1,
            ),
        ]  # fmt: skip
        first = min(self.rows.values())
        lines = body(columns, rows.looks, openings, first + 1)
        sheet.put_body(first, len(_HEADS), np.array(heights)[rows.looks], lines, self.book.package)

    def _figures(self, rows: _Rows) -> Iterator[BodyColumn]:
        """Yield the columns of expected and received rows, of those that are missing, and of the share."""
        answers = self.book.publication.coverage
        expected, read = (values[self.units].tolist() for values in (answers.expected, answers.read))
        for letter, values, shown in (("C", answers.expected, expected), ("D", answers.read, read)):
            sums = [self._sum(unit, values, letter) for unit in self.units]
            cells = [
                (value,) if formula is None else (formula.encode(), value)
                for formula, value in zip(sums, shown, strict=True)
            ]
            kinds = [_NUMBER if formula is None else _SUM for formula in sums]
            yield rows.column(letter, cells, kinds, num_format="#,##0")
        at = [row + 1 for row in self.rows.values()]
        lacking = [(row, row, most - given) for row, most, given in zip(at, expected, read, strict=True)]
        yield rows.column("E", lacking, [_LACKING] * len(at), num_format="#,##0")
        shares = [
            (row, row, given / most) if most else (row, row)
            for row, most, given in zip(at, expected, read, strict=True)
        ]
        yield rows.column(
            "F", shares, [_SHARE if most else _NO_SHARE for most in expected], num_format="0.0%"
        )

    def _sum(self, unit: int, values: Integers, letter: str) -> str | None:
        """Return the formula of the sum over the units directly under a unit, if it is the unit's figure."""
        units, rows = self.book.publication.register.units, self.rows
        if units.levels[unit] >= self.level:
            return None
        children = [child for child in units.children.get(unit, ()) if child in rows]
        if not children or int(np.sum(values[children])) != int(values[unit]):
            return None
        runs: list[list[int]] = []
        for child in children:
            if runs and runs[-1][1] == rows[child] - 1:
                runs[-1][1] = rows[child]
            else:
                runs.append([rows[child], rows[child]])
        if len(runs) > 60:
            return None
        return f"SUM({','.join(f'{letter}{low + 1}:{letter}{high + 1}' for low, high in runs)})"

"""The figures of a table with a known layout: plain figures column by column, others as the full reader does.

`NeedsFullReader` is raised where the full reader would report more than can be known from these rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from antq_stats.plan import MISSING, RatioPlan, TablePlan
from antq_stats.reading import coerce
from antq_stats.reading.checks import printed_checks
from antq_stats.reading.express.pattern import Caught, Matched, SheetPattern, picker
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.known_sheets.bounds import FigureBounds
from antq_stats.reading.reporter import Report, no_report
from antq_stats.reading.rows.unit_cells import UnitCells


class Counts(dict[bytes | None, int]):
    """A cache of digits -> number, because most counts recur; None is `plan.MISSING`."""

    def __missing__(self, written: bytes | None) -> int:
        number = MISSING if written is None else int(written)
        if len(self) < 1 << 17:
            self[written] = number
        return number


class KnownFigures:
    """Reads the figures that a pattern captured.

    Parameters
    ----------
    table : the table of the form.
    pattern : the pattern of the sheet.
    columns, ratios : the column of each of the table's measures and ratios, -1 for none.
    tail : what is captured below the unit rows: texts, None for a printed total.
    may_be_blank : whether a table of one row may be blank without a finding if other tables are not.
    """

    def __init__(
        self,
        table: TablePlan,
        pattern: SheetPattern,
        columns: Sequence[int],
        ratios: Sequence[int],
        tail: Sequence[str | None],
        *,
        may_be_blank: bool,
    ) -> None:
        self.table = table
        self.may_be_blank = may_be_blank
        self.pattern = pattern
        self.columns = columns
        self.groups = {column: place for place, column in enumerate(pattern.fields, 1)}
        """Column -> its place among the captures of a row; the row's number is captured first."""
        self.picked = [self.groups.get(column, 0) for column in columns]
        first, width = self.picked[0], len(self.picked)
        stand_together = first and self.picked == list(range(first, first + width))
        self.cut = slice(first, first + width) if stand_together else None
        self.cells = UnitCells(table, columns, {}, {}, no_report)
        self.bounds = FigureBounds(table, columns)
        ends = {
            column: at
            for at, ((_, column), text) in enumerate(zip(pattern.tail_cells, tail, strict=True))
            if text is None
        }
        self.totals = [(place, ends[column]) for place, column in enumerate(columns) if column in ends]
        """Places of measures with a printed total, and its place among the captures of the tail."""
        self.printed = picker([at for _, at in self.totals])
        self.with_total = picker([place for place, _ in self.totals])
        self.are_sums = all(table.measures[place].summed for place, _ in self.totals)
        self.ratios = [
            (ratio, self.groups[column])
            for ratio, column in zip(table.ratios, ratios, strict=True)
            if column in self.groups and ratio.denominator >= 0
        ]

        self.worded = [place for place, column in enumerate(columns) if column in pattern.worded]
        """Places of the flags that are texts."""

    def values(
        self,
        matched: Matched,
        counts: Counts,
        flag_of: Callable[[int], int],
        odd: Mapping[int, Sequence[int]],
    ) -> list[int]:
        """Return n x m values, row after row.

        Parameters
        ----------
        matched, counts : the sheet, and the cache of numbers.
        flag_of : returns the value of a flag that is a text, by the index of the shared string; may raise
            `NeedsFullReader`.
        odd : position of a row with figures that are no plain numbers -> its values, from `odd_rows`.

        Raises
        ------
        NeedsFullReader
            A required figure is missing, a figure is out of bounds, or a printed ratio is wrong.
        """
        width = len(self.table.measures)
        rows = matched.rows if not odd else [row for at, row in enumerate(matched.rows) if at not in odd]
        is_alone = len(matched.rows) == 1
        values = self._plain(rows, counts, flag_of, self.may_be_blank and is_alone) if rows else []
        for position, read in odd.items():  # from the first to the last
            values[position * width : position * width] = read
        if self.ratios:
            self._check_ratios(matched.rows, values)
        return values

    def _plain(
        self, rows: list[Caught], counts: Counts, flag_of: Callable[[int], int], may_be_blank: bool
    ) -> list[int]:
        measures = self.table.measures
        width = len(measures)
        if self.cut is not None:
            cut = self.cut
            written = chain.from_iterable([row[cut] for row in rows])
        else:
            pick = itemgetter(*self.picked, 0)
            written = chain.from_iterable([pick((None, *row[1:]))[:-1] for row in rows])
        values = list(map(counts.__getitem__, written))
        for place in self.worded:
            values[place::width] = [
                index if index == MISSING else flag_of(index) for index in values[place::width]
            ]
        return self.bounds.checked(values, may_be_blank=may_be_blank)

    def odd_rows(
        self,
        matched: Matched,
        texts: Sequence[str],
        units: Sequence[int],
        report: Report,
        said: list[str],
    ) -> dict[int, list[int]]:
        """Return the values of the rows with figures that are no plain numbers, by the row's position.

        Parameters
        ----------
        matched, texts : the sheet, and the workbook's shared strings.
        units : n positions, one for each row.
        report : called with each finding.
        said : receives the texts among the figures of these rows.

        Raises
        ------
        NeedsFullReader
            A row is blank, or a shared string does not exist.
        """
        if not matched.odd:
            return {}
        self.cells.report = report
        read: dict[int, list[int]] = {}
        for position, odd in matched.odd.items():
            row: list[object] = [""] * self.pattern.columns
            for column in self.pattern.roles.measures:
                if column not in self.groups:
                    continue  # no row has a cell there
                cell = odd.get(column)
                if cell is None:
                    row[column] = float(matched.rows[position][self.groups[column]] or b"")
                elif cell.is_text:
                    if int(cell.written) >= len(texts):
                        raise NeedsFullReader
                    row[column] = text = texts[int(cell.written)]
                    said.append(text)
                elif cell.written:
                    row[column] = float(cell.written)
            if all(cell == "" for cell in row):
                raise NeedsFullReader  # all rows may be blank, which is a finding of the whole table
            read[position] = self.cells.values(self.pattern.roles.first - 1 + position, row, units[position])
        return read

    def check_totals(
        self,
        matched: Matched,
        counts: Counts,
        values: Sequence[int],
        report: Report,
        about: Callable[[], int],
    ) -> None:
        """Compare printed totals with the sums of all rows, as `printed_checks.check_totals` does.

        Parameters
        ----------
        matched, counts, values : the sheet, the cache of numbers, and the values of all rows.
        report : called with each finding.
        about : returns the position of the sheet's unit.

        Raises
        ------
        NeedsFullReader
            A printed total is a formula that was not calculated, is a wrong 0, or of a measure that is not
            summed, or ``about`` raises it.
        """
        if not self.totals:
            return
        if not self.are_sums:
            raise NeedsFullReader  # it may be the own figure of a unit above
        odd = frozenset(chain.from_iterable(matched.odd.values()))
        all_complete = MISSING not in values
        rows = zip(*[iter(values)] * len(self.table.measures), strict=True)
        all_figures = list(zip(*rows, strict=True))
        sums = list(map(sum, all_figures))
        all_printed = list(map(counts.__getitem__, self.printed(matched.tail)))
        if all_complete and not odd and all_printed == list(self.with_total(sums)):
            return
        for (place, _), printed in zip(self.totals, all_printed, strict=True):
            column, figures, expected = self.columns[place], all_figures[place], sums[place]
            is_complete = all_complete or MISSING not in figures
            is_plain = is_complete and column not in odd
            if printed == MISSING or (is_plain and printed == expected):
                continue  # the result of the formula is an empty text, or the sum
            result = expected if is_plain else self._summed(matched, column, figures)
            if column in self.pattern.summed and printed != result:
                raise NeedsFullReader  # the formula was not calculated
            if printed == expected or not is_complete:
                continue  # a total is not compared if a part is missing
            if printed == 0:
                raise NeedsFullReader
            report(
                "T301", row=self.pattern.roles.first - 1 + len(matched.rows), column=self.columns[place],
                measure=self.table.measures[place].code, value=coerce.shown(float(printed)),
                facts={"expected": str(expected), "found": str(printed)}, about=about(),
            )  # fmt: skip

    def _summed(self, matched: Matched, column: int, figures: Sequence[int]) -> float:
        """Return the result of a column's formula: numbers as written, texts as 0 unless they are flags."""
        if column in self.pattern.worded:
            return sum(value for value in figures if value != MISSING)
        total: float = sum(
            value for at, value in enumerate(figures) if at not in matched.odd and value != MISSING
        )
        for at, odd in matched.odd.items():
            cell = odd.get(column)
            if cell is None:
                total += figures[at] if figures[at] != MISSING else 0
            elif not cell.is_text and cell.written:
                total += float(cell.written)
        return total

    def _check_ratios(self, rows: list[Caught], values: Sequence[int]) -> None:
        """Raise `NeedsFullReader` if a printed ratio differs from its figures by more than rounding."""
        width = len(self.table.measures)
        for ratio, at in self.ratios:
            for position, row in enumerate(rows):
                numerator = values[position * width + ratio.numerator]
                denominator = values[position * width + ratio.denominator]
                if numerator == MISSING or denominator in (MISSING, 0):
                    continue
                printed = row[at]
                if printed is None or not _is_ratio(printed, numerator, denominator, ratio):
                    raise NeedsFullReader


@lru_cache(maxsize=4096)
def _printed(written: bytes) -> tuple[float, int]:
    """Return a printed ratio and its number of decimals."""
    return coerce.ratio(float(written)) or (0.0, 0)


def _is_ratio(written: bytes, numerator: int, denominator: int, ratio: RatioPlan) -> bool:
    shown = _printed(written)
    return printed_checks.is_near(shown, numerator, denominator, ratio) or printed_checks.is_printed(
        shown, numerator, denominator, ratio
    )

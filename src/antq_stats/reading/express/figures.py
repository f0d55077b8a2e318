"""The figures of a table of a known layout: plain ones at once, the others as in any sheet.

Where the general lane would say more than these rows can tell, `NeedsFullReader` is raised, and it says it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import gt, itemgetter

from antq_stats.plan import MISSING, RatioPlan, TablePlan
from antq_stats.reading import coerce
from antq_stats.reading.checks import printed_checks
from antq_stats.reading.express.pattern import Caught, Matched, SheetPattern
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.reporter import Report
from antq_stats.reading.rows.unit_cells import UnitCells


class Counts(dict[bytes | None, int]):
    """Digits and the number they mean: most counts come again and again. What was not caught is missing."""

    def __missing__(self, written: bytes | None) -> int:
        number = MISSING if written is None else int(written)
        if len(self) < 1 << 17:
            self[written] = number
        return number


class KnownFigures:
    """Reads the figures of what a pattern caught.

    Parameters
    ----------
    table : of the form.
    pattern : of the sheet.
    columns : of each of the table's measures, -1 where the sheet has none.
    ratios : likewise of its ratios.
    tail : what is caught below the rows of units: texts, None for a printed total.
    """

    def __init__(
        self,
        table: TablePlan,
        pattern: SheetPattern,
        columns: Sequence[int],
        ratios: Sequence[int],
        tail: Sequence[str | None],
    ) -> None:
        self.table = table
        self.pattern = pattern
        self.columns = columns
        self.groups = {column: place for place, column in enumerate(pattern.fields, 1)}
        """Column -> its place in what is caught of a row; the row's own number is first."""
        self.picked = [self.groups.get(column, 0) for column in columns]
        first, width = self.picked[0], len(self.picked)
        stand_together = first and self.picked == list(range(first, first + width))
        self.cut = slice(first, first + width) if stand_together else None
        self.highest = [measure.highest for measure in table.measures]
        self.lowest = [
            (place, measure.minimum) for place, measure in enumerate(table.measures) if measure.minimum
        ]
        """Places of the measures that may not be 0, and their lowest value."""
        ends = {
            column: at
            for at, ((_, column), text) in enumerate(zip(pattern.tail_cells, tail, strict=True))
            if text is None
        }
        self.totals = [(place, ends[column]) for place, column in enumerate(columns) if column in ends]
        """Places of measures with a printed total, and its place in what is caught of the tail."""
        self.ratios = [
            (ratio, self.groups[column])
            for ratio, column in zip(table.ratios, ratios, strict=True)
            if column >= 0 and ratio.denominator >= 0
        ]

    def values(self, matched: Matched, counts: Counts, odd: Mapping[int, Sequence[int]]) -> list[int]:
        """Return the values of all rows, row after row, no printed ratio being wrong.

        Parameters
        ----------
        matched, counts : the sheet, and numbers met before.
        odd : the values of rows with figures that are no plain numbers, by place, as `odd_rows` gives them.

        Raises
        ------
        NeedsFullReader
            A plain figure is missing that is required, or breaks its bounds.
        """
        width = len(self.table.measures)
        rows = matched.rows if not odd else [row for at, row in enumerate(matched.rows) if at not in odd]
        values = self._plain(rows, counts) if rows else []
        for position, read in odd.items():  # from the first to the last
            values[position * width : position * width] = read
        if self.ratios:
            self._check_ratios(matched.rows, values)
        return values

    def _plain(self, rows: list[Caught], counts: Counts) -> list[int]:
        measures = self.table.measures
        width = len(measures)
        if self.cut is not None:
            cut = self.cut
            written = chain.from_iterable([row[cut] for row in rows])
        else:
            pick = itemgetter(*self.picked, 0)
            written = chain.from_iterable([pick((None, *row[1:]))[:-1] for row in rows])
        values = list(map(counts.__getitem__, written))
        if min(values) != MISSING:
            if any(map(gt, values, self.highest * len(rows))):
                raise NeedsFullReader
            if any(min(values[place::width]) < lowest for place, lowest in self.lowest):
                raise NeedsFullReader
            return values
        for place, (column, measure) in enumerate(zip(self.columns, measures, strict=True)):
            if column < 0:
                continue
            own = values[place::width]
            if max(own) > measure.highest:
                raise NeedsFullReader
            if min(own) == MISSING:
                if measure.minimum or _has_blank_row(values, width):
                    raise NeedsFullReader
                if not measure.blank_is_zero:
                    continue
                own = [0 if value == MISSING else value for value in own]
                values[place::width] = own
            if measure.minimum and min(own) < measure.minimum:
                raise NeedsFullReader
        return values

    def odd_rows(
        self,
        matched: Matched,
        texts: Sequence[str],
        units: Sequence[int],
        report: Report,
        look: Callable[[int, Sequence[str]], None],
    ) -> dict[int, list[int]]:
        """Return the values of the rows with figures that are no plain numbers, by the row's place.

        Parameters
        ----------
        matched, texts : the sheet, and the workbook's shared strings.
        units : of the rows.
        report : called for every finding.
        look : called with the place of such a row and the texts among its figures; raises `NeedsFullReader`.
        """
        if not matched.odd:
            return {}
        cells = UnitCells(self.table, self.columns, {}, {}, report)
        read: dict[int, list[int]] = {}
        for position, odd in matched.odd.items():
            row: list[object] = [""] * self.pattern.columns
            said: list[str] = []
            for column in self.pattern.roles.measures:
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
                raise NeedsFullReader  # a row of blanks may be one of many, and nothing was filled in
            look(position, said)
            read[position] = cells.values(self.pattern.roles.first - 1 + position, row, units[position])
        return read

    def check_totals(
        self,
        matched: Matched,
        counts: Counts,
        values: Sequence[int],
        report: Report,
        about: Callable[[], int],
    ) -> None:
        """Compare printed totals with the sums, as `printed_checks.check_totals` does for all rows.

        Parameters
        ----------
        matched, counts, values : the sheet, numbers met before, what `values` gave.
        report : called for every finding.
        about : tells the unit that the sheet is of.
        """
        width = len(self.table.measures)
        for place, at in self.totals:
            printed, own = counts[matched.tail[at]], values[place::width]
            column = self.columns[place]
            if column in self.pattern.summed and printed != self._summed(matched, column, own):
                raise NeedsFullReader  # the formula was not calculated
            expected = sum(own)
            if printed == expected or MISSING in own:
                continue  # without all of its parts a total is not judged
            if printed == 0:
                raise NeedsFullReader
            report(
                "T301", row=self.pattern.roles.first - 1 + len(matched.rows), column=self.columns[place],
                measure=self.table.measures[place].code, value=coerce.shown(float(printed)),
                facts={"expected": str(expected), "found": str(printed)}, about=about(),
            )  # fmt: skip

    def _summed(self, matched: Matched, column: int, own: Sequence[int]) -> float:
        """Return what a formula gives that adds up a column: numbers as they stand, texts as nothing."""
        total: float = sum(
            value for at, value in enumerate(own) if at not in matched.odd and value != MISSING
        )
        for at, odd in matched.odd.items():
            cell = odd.get(column)
            if cell is None:
                total += own[at] if own[at] != MISSING else 0
            elif not cell.is_text and cell.written:
                total += float(cell.written)
        return total

    def _check_ratios(self, rows: list[Caught], values: Sequence[int]) -> None:
        """See that every printed ratio is as its figures make it, rounded as it was printed."""
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


def _has_blank_row(values: list[int], width: int) -> bool:
    return any(max(values[start : start + width]) == MISSING for start in range(0, len(values), width))


@lru_cache(maxsize=4096)
def _printed(written: bytes) -> tuple[float, int]:
    """Return a printed ratio, and how many decimals it shows."""
    return coerce.ratio(float(written)) or (0.0, 0)


def _is_ratio(written: bytes, numerator: int, denominator: int, ratio: RatioPlan) -> bool:
    shown = _printed(written)
    half = 0.5 / 10 ** min(shown[1], ratio.decimals)
    # Near the edge, and where it is written as a share of one, the exact comparison decides.
    expected = numerator * ratio.per / denominator
    if expected < 1e5 and abs(shown[0] - expected) <= half:
        return True
    return printed_checks.is_printed(shown, numerator, denominator, ratio)

"""One table of a known layout: what its sheet may say otherwise than the one it was learned from.

Everything the general lane would ask of a sheet was asked once, when the layout was learned. What it asks of
texts and figures that differ from workbook to workbook is asked here; where the answer would be a finding,
`Doubt` is raised, and the general lane gives it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from operator import itemgetter

from antq_stats.legacy import is_modern
from antq_stats.plan import COUNT_LIMIT, MISSING, RatioPlan, ReadingPlan
from antq_stats.reading import claims, coerce
from antq_stats.reading.clean_rows import Doubt
from antq_stats.reading.grid import Grid
from antq_stats.reading.locate import LocatedTable, is_header_like, opens
from antq_stats.reading.names import NOWHERE
from antq_stats.reading.periods import other_year
from antq_stats.reading.resolve import Identity, Resolver
from antq_stats.reading.returns import TableReturn
from antq_stats.reading.scope import TITLE_ROWS, Scope
from antq_stats.reading.shape import TELEPHONES
from antq_stats.reading.sheet_pattern import Caught, SheetPattern
from antq_stats.text import text_key

HEADER_REACH = 2
"""Rows above a header that could be part of it: they are the same too, or hold one title and no more."""
_TITLE_LENGTH = 400
_YEARS = range(1900, 2100)


class Counts(dict[bytes | None, int]):
    """Digits and the number they mean: most counts come again and again. What was not caught is missing."""

    def __missing__(self, written: bytes | None) -> int:
        number = MISSING if written is None else int(written)
        if len(self) < 1 << 17:
            self[written] = number
        return number


@dataclass
class _Texts:
    """Texts of one part of the sheet, and which of them may differ."""

    texts: tuple[str, ...]
    places: list[tuple[int, int]]
    """Row and column of each."""


@dataclass
class KnownTable:
    """One sheet with one table, as it was learned."""

    pattern: SheetPattern
    table: int
    sheet: str | None
    columns: tuple[int, ...]
    located: LocatedTable
    head: tuple[str, ...]
    """Texts above the rows of units; the first ``loose`` of them may differ."""
    loose: int
    titles: int
    """How many of the texts above are titles, and which is the first."""
    first_title: int
    tail: list[str | None]
    """Texts below the rows of units; None for a figure of the printed total."""
    header_keys: frozenset[str]

    @cached_property
    def groups(self) -> dict[int, int]:
        """Column -> its place in what is caught of a row; the row's own number is first."""
        return {column: place for place, column in enumerate(self.pattern.fields, 1)}

    def read(
        self, plan: ReadingPlan, part: bytes, texts: Sequence[str], file_unit: int, counts: Counts
    ) -> TableReturn:
        """Read a sheet's part.

        Parameters
        ----------
        plan : what is asked, and of whom.
        part, texts : the sheet, and the workbook's shared strings.
        file_unit : the unit that folders and file name speak of.
        counts : numbers met before.

        Raises
        ------
        Doubt
            The sheet is to be read by the general lane; IndexError where it names a string that is not there.
        """
        matched = self.pattern.match(part)
        if matched is None:
            raise Doubt
        roles = self.pattern.roles
        last = roles.first - 1 + len(matched.rows)
        deepest = last + max((place[0] for place in self.pattern.tail_cells), default=0)
        if deepest * self.pattern.columns > plan.limits.cells or last > 1_000_000:
            raise Doubt
        head = tuple([texts[number] for number in matched.head])
        if head[self.loose :] != self.head[self.loose :]:
            raise Doubt
        if head[: self.loose] != self.head[: self.loose]:
            self._check_titles(plan, head)
        self._check_tail(plan, texts, matched.tail)
        units, names = self._units(plan, matched.rows, texts, counts)
        if not all(map(is_modern, names)) or not all(map(is_modern, head[: self.loose])):
            raise Doubt
        self._check_first(matched.rows[0], texts, counts)
        values = self._values(plan, matched.rows, matched.tail, counts)
        self._check_ratios(plan, matched.rows, values)
        self._check_scope(plan, units, head[self.first_title : self.titles], file_unit)
        given = TableReturn(self.table, self.sheet, self.columns, units)
        given.rows = array("i", range(roles.first, last + 1))
        given.values = array("q", values)
        return given

    def _check_titles(self, plan: ReadingPlan, head: tuple[str, ...]) -> None:
        """Look at titles that differ: they must open no header, and name no other year."""
        rows: dict[int, list[object]] = {}
        changed: set[int] = set()
        first_figure = min(self.located.columns)
        for (row, column), text, known in zip(self.pattern.head_cells, head, self.head, strict=True):
            if row >= self.located.top:
                break
            rows.setdefault(row, []).append(text)
            if text != known:
                changed.add(row)
                if row == self.located.top - 1 and column >= first_figure:
                    raise Doubt  # it could say what the columns below it are
        for row in changed:
            near = row >= self.located.top - HEADER_REACH
            if opens(plan, rows[row]) or (near and is_header_like(rows[row])):
                raise Doubt
        if 0 in changed and any("antq-stats" in str(text) for text in rows[0]):
            raise Doubt
        first = self.located.top - TITLE_ROWS
        titles = [texts for row, texts in rows.items() if row >= first]
        if other_year(plan.period, Grid(self.sheet, titles), 0, len(titles)) is not None:
            raise Doubt

    def _check_tail(self, plan: ReadingPlan, texts: Sequence[str], caught: Caught) -> None:
        """Look at texts below the table that differ: they must be no figure, no unit and no header."""
        for place, known in enumerate(self.tail):
            if known is None:
                continue
            text = texts[int(caught[place] or b"")]
            if text == known:
                continue
            row, column = self.pattern.tail_cells[place]
            if (
                column == self.located.code
                or row == self.pattern.roles.total - self.pattern.roles.last
                or coerce.is_figure(text)
                or coerce.is_flag(text)
                or text_key(text) in self.header_keys
                or not is_modern(text)
                or opens(plan, [text])
            ):
                raise Doubt

    def _units(
        self, plan: ReadingPlan, rows: list[Caught], texts: Sequence[str], counts: Counts
    ) -> tuple[array[int], list[str]]:
        """Return the units of the rows, each by its code and under its own name, and the names as written."""
        units = plan.units
        code_at, name_at = self.groups[self.located.code], self.groups[self.located.name]
        level = plan.tables[self.table].level
        found = array("i")
        names = []
        for row in rows:
            code, name = texts[counts[row[code_at]]], texts[counts[row[name_at]]]
            unit = units.by_code[code]
            if units.levels[unit] != level or not (code.isascii() and code.isalnum()):
                raise Doubt
            if name != units.names[unit] and not _bears(plan, unit, name):
                raise Doubt
            found.append(unit)
            names.append(name)
        return found, names

    def _check_first(self, row: Caught, texts: Sequence[str], counts: Counts) -> None:
        """See that the first row of a unit could not be taken for a part of the header or its numbering."""
        code = texts[counts[row[self.groups[self.located.code]]]]
        name = texts[counts[row[self.groups[self.located.name]]]]
        is_plain = len(code) > 5 or (
            "=" not in name and name.upper() != name and sum(map(str.isalpha, name)) > 1
        )
        figures = [counts[row[self.groups[column]]] for column in self.pattern.roles.measures]
        if not is_plain or all(figure == MISSING or figure in _YEARS for figure in figures):
            raise Doubt

    def _values(self, plan: ReadingPlan, rows: list[Caught], tail: Caught, counts: Counts) -> list[int]:
        """Return the values, row after row; every bound kept, every printed total right."""
        table = plan.tables[self.table]
        width = len(table.measures)
        fields = self.pattern.fields
        picked = [self.groups[column] if column >= 0 else len(fields) + 1 for column in self.columns]
        if picked == list(range(picked[0], picked[0] + width)) and picked[-1] <= len(fields):
            cut = slice(picked[0], picked[0] + width)
            written = chain.from_iterable([row[cut] for row in rows])
        else:
            pick = itemgetter(*picked, -1)
            written = chain.from_iterable([pick((*row, None))[:-1] for row in rows])
        values = list(map(counts.__getitem__, written))
        totals = {
            column: counts[caught]
            for (_, column), known, caught in zip(self.pattern.tail_cells, self.tail, tail, strict=True)
            if known is None
        }
        least, most = min(values), max(values)
        if most >= TELEPHONES:
            raise Doubt
        for place, (column, measure) in enumerate(zip(self.columns, table.measures, strict=True)):
            if column < 0:
                continue
            own = values[place::width]
            highest = 1 if measure.flag else COUNT_LIMIT - 1 if measure.maximum is None else measure.maximum
            if most > highest and max(own) > highest:
                raise Doubt
            if least == MISSING and min(own) == MISSING:
                if measure.minimum or _has_blank_row(values, width):
                    raise Doubt
                if not measure.blank_is_zero:
                    continue  # without all of its parts a total is not judged
                own = [0 if value == MISSING else value for value in own]
                values[place::width] = own
            if (measure.minimum and min(own) < measure.minimum) or (
                column in totals and totals[column] != sum(own)
            ):
                raise Doubt
        return values

    def _check_ratios(self, plan: ReadingPlan, rows: list[Caught], values: list[int]) -> None:
        """See that every printed ratio is as its figures make it, rounded as it was printed."""
        table = plan.tables[self.table]
        width = len(table.measures)
        for ratio, column in zip(table.ratios, self.located.ratios, strict=True):
            if column < 0 or ratio.denominator < 0:
                continue
            at = self.groups[column]
            for position, row in enumerate(rows):
                numerator = values[position * width + ratio.numerator]
                denominator = values[position * width + ratio.denominator]
                if numerator == MISSING or denominator in (MISSING, 0):
                    continue
                if not _is_ratio(row[at] or b"", numerator, denominator, ratio):
                    raise Doubt

    def _check_scope(
        self, plan: ReadingPlan, found: array[int], titles: tuple[str, ...], file_unit: int
    ) -> None:
        """See that titles, file name and units agree whose table it is."""
        units = plan.units
        parents = units.parents
        main, typical = parents[found[0]], found[0]
        if any(parents[unit] != main for unit in found):
            raise Doubt
        if file_unit not in (NOWHERE, main) and not _one_line(plan, file_unit, typical):
            raise Doubt
        said = [title for title in titles if 2 < len(title) <= _TITLE_LENGTH]
        if not said:
            return
        name = units.names[main].casefold()
        if any(name in title.casefold() for title in said):
            return
        scope = Scope(plan, Grid(self.sheet, []), self.located, said, file_unit, None)
        unit = scope.said
        if unit is None or not _one_line(plan, unit, typical):
            raise Doubt


def _has_blank_row(values: list[int], width: int) -> bool:
    return any(max(values[start : start + width]) == MISSING for start in range(0, len(values), width))


def _one_line(plan: ReadingPlan, one: int, other: int) -> bool:
    """Tell whether one unit stands above the other."""
    return one in plan.units.ancestors(other) or other in plan.units.ancestors(one)


def _bears(plan: ReadingPlan, unit: int, name: str) -> bool:
    code = plan.units.codes[unit]
    resolver = Resolver(plan.units, plan.units.levels[unit], lambda: NOWHERE)
    return bool(name.strip()) and resolver.resolve(Identity(code, coerce.plain(name), "")) == (
        unit,
        None,
        None,
    )


@lru_cache(maxsize=4096)
def _printed(written: bytes) -> tuple[float, int]:
    """Return a printed ratio, and how many decimals it shows."""
    return coerce.ratio(float(written)) or (0.0, 0)


def _is_ratio(written: bytes, numerator: int, denominator: int, ratio: RatioPlan) -> bool:
    printed = _printed(written)
    half = 0.5 / 10 ** min(printed[1], ratio.decimals)
    # Near the edge, and where it is written as a share of one, the exact comparison decides.
    expected = numerator * ratio.per / denominator
    if expected < 1e5 and abs(printed[0] - expected) <= half:
        return True
    return claims.is_printed(printed, numerator, denominator, ratio)

"""One table of a known layout: the checks of texts and figures that may differ from the workbook learned.

What is the same in all workbooks of a layout was checked once, when the layout was learned. Texts and figures
that differ are checked here. If a check would result in a finding, `NeedsFullReader` is raised, and the full
reader reports it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import coerce, privacy
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.table_checks import matched_needs_full_reader
from antq_stats.reading.express.figures import Counts, KnownFigures
from antq_stats.reading.express.pattern import Caught, SheetPattern
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.known_sheets.text_checks import (
    HEADER_DEPTH,
    YEARS,
    HeadText,
    check_below,
    check_first,
    check_titles,
    is_of_unit,
)
from antq_stats.reading.reporter import Report
from antq_stats.reading.returns import TableReturn
from antq_stats.reading.steps import NEXT, Steps
from antq_stats.reading.tables.locate import LocatedTable, may_begin_header
from antq_stats.reading.tables.table_unit import TableUnit, is_title
from antq_stats.reading.units.names import NOWHERE
from antq_stats.words.legacy import is_modern
from antq_stats.words.text import text_key

_MOST_FLAGS = 64
_MOST_MESSAGES = 4096


@dataclass
class KnownTable:
    """One sheet with one table, as learned."""

    pattern: SheetPattern
    table: int
    sheet: str | None
    columns: tuple[int, ...]
    located: LocatedTable
    head: tuple[str, ...]
    """Texts above the unit rows. The first ``loose`` of them may differ."""
    loose: int
    titles: int
    """Number of these texts above the header."""
    first_title: int
    """Position of the first of them that may be a title."""
    tail: list[str | None]
    """Texts below the unit rows; None for a printed total."""
    header_keys: frozenset[str]
    """Text keys of the header's last row."""
    figures: KnownFigures
    is_made: bool
    """It is a table of a blank return that the tool made, so its record shows where the header ends."""
    flags: dict[str, int] = field(default_factory=dict)
    """Cache of texts that are flags, and their values."""
    messages: dict[bytes, str] = field(default_factory=dict)
    """Cache of what the checks beside the rows gave, where no reader finds anything in it."""

    @cached_property
    def tail_texts(self) -> list[tuple[int, str]]:
        """Places of the texts below the unit rows, and these texts."""
        return [(place, text) for place, text in enumerate(self.tail) if text is not None]

    @cached_property
    def counted(self) -> list[int]:
        """Places among the captures of a row of the measures whose figures are numbers."""
        counted = frozenset(self.pattern.roles.measures) - self.pattern.worded
        return [group for column, group in self.figures.groups.items() if column in counted]

    def read(
        self,
        plan: ReadingPlan,
        part: bytes,
        texts: Sequence[str],
        file_unit: int,
        counts: Counts,
        report: Report,
    ) -> Steps[TableReturn]:
        """Read a sheet's part.

        Parameters
        ----------
        plan : the reading plan.
        part, texts : the sheet's part, and the workbook's shared strings.
        file_unit : the unit that folders and file name mention, or NOWHERE.
        counts : cache of numbers.
        report : called with each finding. The findings are void if `NeedsFullReader` is raised.

        Raises
        ------
        NeedsFullReader
            The sheet does not match, or something is in doubt.
        """
        yield NEXT
        matched = self.pattern.match(part)
        if matched is None:
            raise NeedsFullReader
        roles = self.pattern.roles
        last = roles.first - 1 + len(matched.rows)
        deepest = last + max((place[0] for place in self.pattern.tail_cells), default=0)
        if deepest * self.pattern.columns > plan.limits.cells or last > 1_000_000:
            raise NeedsFullReader
        if matched.head.last >= len(texts):
            raise NeedsFullReader
        yield NEXT
        head = matched.head.pick(texts)
        if head[self.loose :] != self.head[self.loose :]:
            raise NeedsFullReader
        if head[: self.loose] != self.head[: self.loose]:
            self._check_titles(plan, head)
        self._check_tail(plan, texts, matched.tail)
        yield NEXT
        units, names = self._units(plan, matched.rows, texts, counts)
        if not all(map(is_modern, names)):
            raise NeedsFullReader
        self._check_first(matched.rows[0], texts, counts)

        yield NEXT
        said: list[str] = []
        odd = self.figures.odd_rows(matched, texts, units, report, said)
        self._check_odd(said)
        values = self.figures.values(matched, counts, lambda index: self._flag(plan, texts, index), odd)
        said += map(self._message, matched.messages)
        self._check_headers(plan, matched.rows, names, said, counts)
        yield NEXT
        titles = [title for title in head[self.first_title : self.titles] if is_title(title)]
        scope = TableUnit(plan, Grid(self.sheet, []), self.located, titles, file_unit, None)
        self.figures.check_totals(matched, counts, values, report, lambda: _unit_of(scope))
        rows = MatchedRows(
            plan, self.located, scope, units, max(values), {}, totals_compared=True, ratios_compared=True
        )
        if matched_needs_full_reader(rows):
            raise NeedsFullReader
        table = TableReturn(self.table, self.sheet, self.columns, units)
        table.rows = array("i", range(roles.first, last + 1))
        table.values = array("q", values)
        return table

    def _check_titles(self, plan: ReadingPlan, head: tuple[str, ...]) -> None:
        """Check titles that differ."""
        end = self.titles
        titles = zip(self.pattern.head_cells[:end], head[:end], self.head[:end], strict=True)
        texts = [HeadText(row, column, text, known) for (row, column), text, known in titles]
        changed = [text.text for text in texts if text.text != text.known]
        if not all(map(is_modern, changed)):
            raise NeedsFullReader
        check_titles(plan, self.sheet, self.located, texts)

    def _check_tail(self, plan: ReadingPlan, texts: Sequence[str], caught: Caught) -> None:
        """Check texts below the table that differ: they must be no figure, no unit and no header."""
        for place, known in self.tail_texts:
            number = int(caught[place] or b"")
            if number >= len(texts):
                raise NeedsFullReader
            text = texts[number]
            if text == known:
                continue
            row, column = self.pattern.tail_cells[place]
            if (
                column == self.located.code
                or row == self.pattern.roles.total - self.pattern.roles.last
                or not is_modern(text)
            ):
                raise NeedsFullReader
            check_below(plan, text, self.header_keys)

    def _units(
        self, plan: ReadingPlan, rows: list[Caught], texts: Sequence[str], counts: Counts
    ) -> tuple[array[int], list[str]]:
        """Return the units of the rows, each with a known code and its own name, and the names as written."""
        units = plan.units
        code_at, name_at = self.figures.groups[self.located.code], self.figures.groups[self.located.name]
        places = [counts[row[code_at]] for row in rows], [counts[row[name_at]] for row in rows]
        if max(map(max, places)) >= len(texts):
            raise NeedsFullReader
        codes, names = ([texts[place] for place in column] for column in places)
        found = [units.by_code.get(code, NOWHERE) for code in codes]
        written = "".join(codes)
        if min(found) == NOWHERE or not (written.isascii() and written.isalnum()):
            raise NeedsFullReader
        if {units.levels[unit] for unit in found} != {plan.tables[self.table].level}:
            raise NeedsFullReader
        for unit, name in zip(found, names, strict=True):
            if name != units.names[unit] and not is_of_unit(plan, unit, name):
                raise NeedsFullReader
        return array("i", found), names

    def _check_first(self, row: Caught, texts: Sequence[str], counts: Counts) -> None:
        """Check that the first unit row cannot be part of the header, or a row of column numbers."""
        code = texts[counts[row[self.figures.groups[self.located.code]]]]
        name = texts[counts[row[self.figures.groups[self.located.name]]]]
        check_first(code, name, [counts[row[group]] for group in self.counted], is_made=self.is_made)

    def _flag(self, plan: ReadingPlan, texts: Sequence[str], index: int) -> int:
        """Return the value of a flag that is a text; it must be one of those that need no finding."""
        text = texts[index] if index < len(texts) else ""
        value = self.flags.get(text)
        if value is None:
            read, key = coerce.flag(text), text_key(text)
            is_head = key in self.header_keys or any(key in table.keys for table in plan.tables)
            if read.code or is_head or not is_modern(text) or len(self.flags) >= _MOST_FLAGS:
                raise NeedsFullReader
            value = self.flags[text] = read.value
        return value

    def _message(self, written: bytes) -> str:
        """Return what a check beside the rows gave: a sentence, no figure and no personal data."""
        known = self.messages.get(written)
        if known is not None:
            return known
        try:
            text = written.decode()
        except UnicodeDecodeError:
            raise NeedsFullReader from None
        is_odd = not is_modern(text) or "_x" in text or not text.isprintable() or coerce.is_figure(text)
        if is_odd or privacy.is_personal(text) or privacy.column_kind([text]):
            raise NeedsFullReader
        if len(self.messages) < _MOST_MESSAGES:
            self.messages[written] = text
        return text

    def _check_odd(self, texts: Sequence[str]) -> None:
        """Check texts among the figures: they must be no repeated header, nor of an old font."""
        for text in texts:
            if not text.strip() or not is_modern(text) or text_key(text) in self.header_keys:
                raise NeedsFullReader

    def _check_headers(
        self,
        plan: ReadingPlan,
        rows: list[Caught],
        names: Sequence[str],
        said: Sequence[str],
        counts: Counts,
    ) -> None:
        """Check that no row could begin a header: its first figure is no year, or no text near it opens one.

        Parameters
        ----------
        plan : the reading plan.
        rows, names : the unit rows and the names of their units.
        said : all texts among the figures and beside the rows, but for flags.
        counts : cache of numbers.
        """
        first = self.located.columns[0]
        place = 0 if first in self.pattern.worded else self.figures.groups.get(first, 0)
        for at, row in enumerate(rows):
            figure = counts[row[place]] if place else MISSING
            if figure == MISSING or figure in YEARS:
                near = (*names[at : at + HEADER_DEPTH], *said, *self.flags)
                if any(may_begin_header(plan, [text]) for text in near):
                    raise NeedsFullReader


def _unit_of(scope: TableUnit) -> int:
    """Return the unit that titles and names state.

    Raises
    ------
    NeedsFullReader
        Only the rows can show which unit it is.
    """
    unit = scope.stated
    if unit is None:
        raise NeedsFullReader
    return unit

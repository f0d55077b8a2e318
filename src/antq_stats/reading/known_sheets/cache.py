"""The sheets that one worker knows, by their headers."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from antq_stats.plan import ReadingPlan
from antq_stats.reading.checks.outside import may_be_example
from antq_stats.reading.checks.table_checks import CheckedTable
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.known_sheets.known_sheet import KnownSheet
from antq_stats.reading.known_sheets.learner import is_plain_grid, learn_sheet
from antq_stats.reading.known_sheets.plain_figures import PlainFigures
from antq_stats.reading.reporter import MOST_OF_A_CODE, Reporter
from antq_stats.reading.returns import Return
from antq_stats.reading.steps import Steps, result_of

_MOST = 1_000
_MOST_ALIKE = 4
"""Sheets with one header and different names: where each commune names its sheet, none is met again."""
_DEEPEST = 40
"""Rows from the top in which a known header is looked for."""

HeaderKey = tuple[int, tuple[object, ...]]
"""Row of a header's last row, and its cells."""


@dataclass
class SheetCache:
    """The sheets that were read before.

    Parameters
    ----------
    plan : the reading plan.
    """

    plan: ReadingPlan
    _known: dict[HeaderKey, list[KnownSheet]] = field(default_factory=dict)
    _fresh: list[tuple[HeaderKey, KnownSheet]] = field(default_factory=list)
    """Those that `learned` has not returned yet."""
    _figures: dict[bool, PlainFigures] = field(
        default_factory=lambda: {is_text: PlainFigures(of_texts=is_text) for is_text in (False, True)}
    )

    def learned(self) -> bytes:
        """Return the sheets that were learned since the last call; empty for none."""
        fresh = [(key, known.parts()) for key, known in self._fresh]
        self._fresh.clear()
        return pickle.dumps(fresh, protocol=pickle.HIGHEST_PROTOCOL) if fresh else b""

    def take(self, learned: bytes) -> None:
        """Take the sheets that another cache with the same plan has learned, unless they are known."""
        for key, parts in pickle.loads(learned):  # noqa: S301 - from another worker of this run
            alike = self._known.setdefault(key, [])
            is_new = all(known.sheet != parts["sheet"] for known in alike)
            if is_new and len(alike) < _MOST_ALIKE and self._has_room():
                alike.append(KnownSheet.of(self.plan, parts))

    def _has_room(self) -> bool:
        return sum(map(len, self._known.values())) < _MOST

    def sheets_of(self, book: Workbook) -> list[tuple[Grid, KnownSheet]]:
        """Return the sheets of a workbook that hold anything, each as known; none if any is unknown."""
        found: list[tuple[Grid, KnownSheet]] = []
        for grid in book.grids if self._known and not book.findings and not book.own_output else ():
            if grid.rows:
                known = self._of(grid)
                if known is None:
                    return []
                found.append((grid, known))
        return found

    def _of(self, grid: Grid) -> KnownSheet | None:
        for number, row in enumerate(grid.rows[:_DEEPEST]):
            for known in self._known.get((number, tuple(row)), ()):
                if known.sheet == grid.sheet and is_plain_grid(grid, known.located):
                    return known
        return None

    def recall(
        self, book: Workbook, sheets: Sequence[tuple[Grid, KnownSheet]], file_unit: int, return_: Return
    ) -> Steps[bool]:
        """Read a workbook whose sheets are known.

        Parameters
        ----------
        book, sheets : the workbook, and its sheets from `sheets_of`.
        file_unit : the unit that folders and file name mention, or NOWHERE.
        return_ : receives tables, checksum and findings.

        Returns
        -------
        bool
            False if anything is in doubt; then ``return_`` is unchanged.
        """
        trial = Return(return_.file)
        reporter = Reporter(self.plan, trial)
        figures = self._figures[book.kind == "csv"]
        try:
            for grid, known in sheets:
                report = reporter.of_sheet(grid.sheet)
                table = yield from known.read(self.plan, grid, file_unit, figures, report)
                trial.tables.append(table)
        except NeedsFullReader:
            return False
        if len(trial.findings) >= MOST_OF_A_CODE:
            return False
        return_.sha256, return_.saved = book.sha256, book.saved
        return_.tables, return_.findings = trial.tables, return_.findings + trial.findings
        return True

    def learn(self, book: Workbook, return_: Return, read: Sequence[CheckedTable], file_unit: int) -> None:
        """Learn the sheets of a workbook that the full reader read, if each gives the same return again.

        Parameters
        ----------
        book, return_ : the workbook and its return.
        read : its tables.
        file_unit : the unit that folders and file name mention, or NOWHERE.
        """
        filled = [grid for grid in book.grids if grid.rows]
        if not filled or len(read) != len(filled) or return_.made_for:
            return
        if not self._has_room():
            return
        if len(filled) > 1 and any(may_be_example(grid.sheet) for grid in filled):
            return
        learned: list[tuple[Grid, KnownSheet]] = []
        for grid, table in zip(filled, read, strict=True):
            if len(self._known.get(_key(grid, table.located.body - 1), ())) >= _MOST_ALIKE:
                return
            findings = [finding for finding in return_.findings if finding.sheet == grid.sheet]
            known = learn_sheet(self.plan, table, findings) if table.grid is grid else None
            if known is None:
                return
            learned.append((grid, known))
        again = Return(return_.file)
        with suppress(NeedsFullReader):
            if result_of(self.recall(book, learned, file_unit, again)) and again == return_:
                for grid, known in learned:
                    key = _key(grid, known.located.body - 1)
                    self._known.setdefault(key, []).append(known)
                    self._fresh.append((key, known))


def _key(grid: Grid, row: int) -> HeaderKey:
    return row, tuple(grid.rows[row])

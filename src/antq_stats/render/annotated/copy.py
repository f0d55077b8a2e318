"""A copy of a workbook with marked cells, and the check that nothing else in it changed."""

from __future__ import annotations

import unicodedata

from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.opening import open_bytes
from antq_stats.reading.files.own_output import is_own_sheet
from antq_stats.render.annotated.cell_notes import Notes, Words
from antq_stats.render.annotated.cells import Position, Sheet, position_of
from antq_stats.render.annotated.list_sheet import ORIGINAL, add_list
from antq_stats.render.annotated.notice import Entry, Notice
from antq_stats.render.annotated.package import WORKBOOK, NotAnnotatable, Parts
from antq_stats.render.annotated.styles import Styles

SUFFIXES = frozenset((".xlsx", ".xlsm", ".xltx", ".xltm"))
"""Suffixes of workbooks that can be patched."""

_SHEET_COLUMN, _CELL_COLUMN = 1, 2  # columns of the list, as `list_sheet` writes it


def annotated_copy(data: bytes, suffix: str, notice: Notice, limits: Limits) -> bytes:
    """Return a workbook with the cells of findings marked, and the list of findings as its first sheet.

    Parameters
    ----------
    data, suffix : the workbook as it was sent, and the suffix of its name in lower case.
    notice : the findings; its entries are updated with the cells that are marked.
    limits : limits of a file that is read.

    Raises
    ------
    NotAnnotatable
        If the workbook cannot be patched, or if the patched one gives other figures when it is read.
    """
    try:
        return _annotated(data, suffix, notice, limits)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # An unforeseen error on a malformed file means that this file has no copy, and must not stop the run.
        raise NotAnnotatable("unreadable") from error


def _annotated(data: bytes, suffix: str, notice: Notice, limits: Limits) -> bytes:
    before = _opened(data, suffix, limits)
    copy = _Copy(Parts(data, limits), before, notice)
    copy.remove_marks()
    copy.mark()
    copy.add_list()
    content = copy.parts.save()
    if _figures(_opened(content, suffix, limits)) != _figures(before):
        raise NotAnnotatable("changed")
    return content


def _opened(data: bytes, suffix: str, limits: Limits) -> Workbook:
    try:
        return open_bytes(data, suffix, limits)
    except FileProblem as problem:
        raise NotAnnotatable("unreadable") from problem


def _figures(book: Workbook) -> list[tuple[object, ...]]:
    """Return all that the reader sees of a workbook, except the sheet that this tool adds."""
    return [
        (
            grid.sheet,
            _trimmed(grid),
            grid.merged,
            grid.hidden,
            grid.hidden_rows,
            grid.hidden_columns,
            grid.odd,
            grid.legacy,
        )
        for grid in book.grids
        if not is_own_sheet(grid.rows)
    ]


def _trimmed(grid: Grid) -> dict[Position, tuple[type, object]]:
    """Return the cells that are not empty, with their types: the number 1 and the text "1" differ."""
    return {
        (row, column): (type(cell), cell)
        for row, cells in enumerate(grid.rows)
        for column, cell in enumerate(cells)
        if cell not in ("", None)
    }


class _Copy:
    """A workbook that is being marked."""

    def __init__(self, parts: Parts, book: Workbook, notice: Notice) -> None:
        self.parts = parts
        self.notice = notice
        self.styles = Styles(parts)
        self.notes = Notes(parts)
        self.sheets = self._visible_sheets()
        self.list_grid = next((grid for grid in book.grids if is_own_sheet(grid.rows)), None)
        self.list_part = ""
        self.originals: dict[tuple[str, Position], int] = {}
        self.touched: set[str] = set()

    def _visible_sheets(self) -> dict[str, str]:
        """Return the part of each visible worksheet, by its name (NFC)."""
        targets = {
            ident: target for ident, kind, target in self.parts.related(WORKBOOK) if kind == "worksheet"
        }
        found: dict[str, str] = {}
        for sheet in self.parts.tree(WORKBOOK).iter(f"{{{self.parts.main}}}sheet"):
            part = targets.get(sheet.get(f"{{{self.parts.relations}}}id", ""))
            if part is not None and part in self.parts and sheet.get("state", "visible") == "visible":
                found[unicodedata.normalize("NFC", sheet.get("name", ""))] = part
        return found

    def remove_marks(self) -> None:
        """Remove the marks of an earlier copy, if this file is one that was corrected and sent again."""
        if self.list_grid is None or self.list_grid.sheet not in self.sheets:
            self.list_grid = None
            return
        part_of_list = self.list_part = self.sheets.pop(str(self.list_grid.sheet))
        for part in self.sheets.values():
            self.notes.clear(part)
        kept: dict[str, dict[Position, int]] = {}
        texts = self.list_grid.rows
        for number, row in Sheet(self.parts.tree(part_of_list)).rows():
            for (_, column), cell in Sheet(self.parts.tree(part_of_list)).cells(number, row):
                if column == ORIGINAL and number <= len(texts) and len(texts[number - 1]) > _CELL_COLUMN:
                    at = position_of(str(texts[number - 1][_CELL_COLUMN]))
                    target = self.sheets.get(str(texts[number - 1][_SHEET_COLUMN]))
                    if at is not None and target is not None:
                        kept.setdefault(target, {})[at] = int(cell.get("s", "0"))
        for part, before in kept.items():
            sheet = Sheet(self.parts.edit(part))
            for number, row in sheet.rows():
                for at, cell in sheet.cells(number, row):
                    # A marked cell that inserted rows have moved keeps its mark: its old style is unknown.
                    if at in before and self.styles.is_marked(int(cell.get("s", "0"))):
                        cell.set("s", str(before[at]))

    def mark(self) -> None:
        """Colour the cells of the findings, and add notes to them."""
        by_sheet: dict[str, list[Entry]] = {}
        for entry in self.notice.entries:
            if entry.finding.sheet in self.sheets and entry.finding.row is not None:
                by_sheet.setdefault(str(entry.finding.sheet), []).append(entry)
        for name, entries in by_sheet.items():
            part = self.sheets[name]
            sheet = Sheet(self.parts.tree(part))
            if sheet.root.tag != f"{{{self.parts.main}}}worksheet":
                raise NotAnnotatable("unreadable")
            marked = self._placed(sheet, entries)
            if not marked:
                continue
            self.touched.add(part)
            sheet = Sheet(self.parts.edit(part))
            sheet.restyle(marked, lambda at, style, n=name, m=marked: self._marked(n, at, style, m[at]))  # type: ignore[misc]
            words = {at: self._words(entries) for at, entries in marked.items()}
            noted = self.notes.add(part, words)
            for at in noted:
                for entry in marked[at]:
                    entry.noted = True

    def _placed(self, sheet: Sheet, entries: list[Entry]) -> dict[Position, list[Entry]]:
        """Return the findings by cell to mark; a finding on a row is marked at its first cell with a text."""
        rows = {entry.finding.row or 0 for entry in entries if entry.finding.column is None}
        firsts = sheet.first_used(rows) if rows else {}
        merges = sheet.merges()
        marked: dict[Position, list[Entry]] = {}
        for entry in entries:
            row, column = entry.finding.row or 0, entry.finding.column
            at = firsts.get(row) if column is None else (row, column)
            if at is None:
                continue
            for first, last in merges:
                if first[0] <= at[0] <= last[0] and first[1] <= at[1] <= last[1]:
                    at = first
            entry.marked = at
            marked.setdefault(at, []).append(entry)
        return marked

    def _marked(self, name: str, at: Position, style: int, entries: list[Entry]) -> int:
        self.originals[name, at] = style
        worst = "hard" if any(entry.severity == "hard" for entry in entries) else "soft"
        return self.styles.marked(style, worst)  # type: ignore[arg-type]

    def _words(self, entries: list[Entry]) -> Words:
        words: list[tuple[str, bool]] = []
        for entry in entries:
            words += [*([("\n\n", False)] if words else []), *entry.words()]
        return words

    def add_list(self) -> None:
        """Add the sheet with the list of findings."""
        own = None if self.list_grid is None else self.list_part
        add_list(self.parts, self.styles, self.notice, self.originals, own=own, touched=self.touched)

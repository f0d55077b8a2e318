"""A copy of a workbook with its wrong cells marked, and the proof that nothing else in it changed."""

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
"""The names under which a copy can be opened as what it is."""

_SHEET_COLUMN, _CELL_COLUMN = 1, 2  # of the list, as list_sheet writes it


def annotated_copy(data: bytes, suffix: str, notice: Notice, limits: Limits) -> bytes:
    """Return a workbook with the cells of a notice's findings marked, and the notice as its first sheet.

    Parameters
    ----------
    data, suffix : the workbook as it was sent, and the ending of its name in lower case.
    notice : what is told; its entries learn here which cell bears their mark.
    limits : as for reading.

    Raises
    ------
    NotAnnotatable
        If the workbook cannot be patched, or if the patched one does not read the same.
    """
    try:
        return _annotated(data, suffix, notice, limits)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # What no check foresaw of a strange file costs that file its copy, and nothing else.
        raise NotAnnotatable("unreadable") from error


def _annotated(data: bytes, suffix: str, notice: Notice, limits: Limits) -> bytes:
    before = _opened(data, suffix, limits)
    copy = _Copy(Parts(data, limits), before, notice)
    copy.take_back()
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
    """Return all that reading sees of a workbook, but for our own sheet."""
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
    """Return the cells that hold something; a number and a text that look alike differ."""
    return {
        (row, column): (type(cell), cell)
        for row, cells in enumerate(grid.rows)
        for column, cell in enumerate(cells)
        if cell not in ("", None)
    }


class _Copy:
    """One workbook being marked."""

    def __init__(self, parts: Parts, book: Workbook, notice: Notice) -> None:
        self.parts = parts
        self.notice = notice
        self.styles = Styles(parts)
        self.notes = Notes(parts)
        self.sheets = self._visible_sheets()
        self.own = next((grid for grid in book.grids if is_own_sheet(grid.rows)), None)
        self.own_part = ""
        self.originals: dict[tuple[str, Position], int] = {}
        self.touched: set[str] = set()

    def _visible_sheets(self) -> dict[str, str]:
        """Return the part of each visible worksheet by its name (NFC)."""
        targets = {
            ident: target for ident, kind, target in self.parts.related(WORKBOOK) if kind == "worksheet"
        }
        found: dict[str, str] = {}
        for sheet in self.parts.tree(WORKBOOK).iter(f"{{{self.parts.main}}}sheet"):
            part = targets.get(sheet.get(f"{{{self.parts.relations}}}id", ""))
            if part is not None and part in self.parts and sheet.get("state", "visible") == "visible":
                found[unicodedata.normalize("NFC", sheet.get("name", ""))] = part
        return found

    def take_back(self) -> None:
        """Take back the marks of an earlier copy, where this file is one that came back."""
        if self.own is None or self.own.sheet not in self.sheets:
            self.own = None
            return
        own = self.own_part = self.sheets.pop(str(self.own.sheet))
        for part in self.sheets.values():
            self.notes.clear(part)
        kept: dict[str, dict[Position, int]] = {}
        texts = self.own.rows
        for number, row in Sheet(self.parts.tree(own)).rows():
            for (_, column), cell in Sheet(self.parts.tree(own)).cells(number, row):
                if column == ORIGINAL and number <= len(texts) and len(texts[number - 1]) > _CELL_COLUMN:
                    at = position_of(str(texts[number - 1][_CELL_COLUMN]))
                    target = self.sheets.get(str(texts[number - 1][_SHEET_COLUMN]))
                    if at is not None and target is not None:
                        kept.setdefault(target, {})[at] = int(cell.get("s", "0"))
        for part, before in kept.items():
            sheet = Sheet(self.parts.edit(part))
            for number, row in sheet.rows():
                for at, cell in sheet.cells(number, row):
                    # What rows put in have moved keeps its mark: nobody can say what it was.
                    if at in before and self.styles.is_marked(int(cell.get("s", "0"))):
                        cell.set("s", str(before[at]))

    def mark(self) -> None:
        """Colour the cells of the findings, and note at each what is wrong."""
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
            words = {at: self._words(told) for at, told in marked.items()}
            noted = self.notes.add(part, words)
            for at in noted:
                for entry in marked[at]:
                    entry.noted = True

    def _placed(self, sheet: Sheet, entries: list[Entry]) -> dict[Position, list[Entry]]:
        """Return which cell is marked for which findings; a row is marked at its first cell with a text."""
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
        """Put the list in."""
        own = None if self.own is None else self.own_part
        add_list(self.parts, self.styles, self.notice, self.originals, own=own, touched=self.touched)

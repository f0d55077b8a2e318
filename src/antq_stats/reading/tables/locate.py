"""Locating a table of the form in a sheet: its header of one to three rows, and its columns.

No place is assumed. A window of one to three rows is a header if its columns, read from the spanning
label down to the leaf, name measures of a table of the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from antq_stats.plan import ReadingPlan
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.labels import (
    SPANS,
    column_keys,
    is_label,
    is_neutral,
    is_other_quantity,
    is_year,
    may_name_column,
    without_year,
    year_of,
)
from antq_stats.reading.units.names import is_total
from antq_stats.words.text import ascii_key, opening, text_key

_DEEPEST = 3
"""Maximum number of rows of a header."""
_SHORT = 8
"""Maximum number of words of a label that qualifies the header above or below it; titles are longer."""

_ORDINAL = frozenset(map(text_key, ("stt", "tt", "số tt", "số thứ tự", "no.", "ghi chú", "note", "notes")))
"""Headers of columns without figures: the row's ordinal number, and notes."""


@dataclass
class LocatedTable:
    """A table of the form found in a sheet; rows and columns are counted from 0, -1 for no such column."""

    table: int
    """Position of the table in the plan."""
    top: int
    """First row of the header."""
    body: int
    """First row below the header."""
    measures: list[int]
    """Column of each of the table's measures."""
    ratios: list[int]
    """Column of each of the table's ratios."""
    code: int = -1
    """Column of the unit codes; likewise ``name``, and ``parent`` for the unit above."""
    name: int = -1
    parent: int = -1
    higher: list[int] = field(default_factory=list)
    """Columns that name units above the parent, as the district beside the commune."""
    unknown: dict[int, str] = field(default_factory=dict)
    """Columns the form does not know, with their header text."""
    twice: dict[int, list[int]] = field(default_factory=dict)
    """Position of a measure, or ``~position`` of a ratio -> the columns that all match it, if several do."""
    forbidden: dict[int, str] = field(default_factory=dict)
    """Columns of measures that may only be given at a higher level, with the measure's code."""
    ambiguous: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Those of the unknown columns whose header may mean several measures, with the measures' codes."""
    rivals: list[LocatedTable] = field(default_factory=list)
    """The same header read as other tables of the form that fit equally well, in the plan's order."""

    def moved_down(self, rows: int) -> LocatedTable:
        """Return a copy located so many rows further down; windows are matched as if at row 0."""
        moved = replace(self, top=self.top + rows, body=self.body + rows)
        for name, value in vars(self).items():
            if isinstance(value, list | dict):
                setattr(moved, name, value.copy())
        return moved

    def is_like(self, other: LocatedTable) -> bool:
        """Return whether two headers belong to the same table and have the same columns."""
        places = ("table", "measures", "ratios", "code", "name", "parent")
        return all(getattr(self, place) == getattr(other, place) for place in places)

    @property
    def has_odd_columns(self) -> bool:
        """True if any column is unclear or unusual, so that only the full reader may read the rows."""
        return any((self.unknown, self.twice, self.forbidden, self.rivals, self.higher))

    @property
    def columns(self) -> list[int]:
        """The columns of measures and ratios that the sheet has."""
        return [column for column in (*self.measures, *self.ratios) if column >= 0]


def is_header_like(row: list[object]) -> bool:
    """Return whether a row has at least two labels; a cheap test for rows in which a header may begin."""
    labels = 0
    for cell in row:
        if is_label(cell):
            labels += 1
            if labels == 2:
                return True
    return False


def may_begin_header(plan: ReadingPlan, row: Sequence[object]) -> bool:
    """Return whether any header of the form could begin in a row; a cheap test that most rows fail."""
    return _any_label_opens(plan, tuple(str(cell) for cell in row if is_label(cell)))


@lru_cache(maxsize=1024)
def _any_label_opens(plan: ReadingPlan, labels: tuple[str, ...]) -> bool:
    year = year_of(plan.period)
    keys = map(text_key, labels)
    return any(opening(k) in plan.openings for key in keys for k in (key, without_year(key, year)))


def _label(cell: object) -> str:
    if cell == "":
        return ""
    if is_label(cell):
        return str(cell)
    return str(cell).removesuffix(".0").strip() if is_year(cell) else ""


def _labels(grid: Grid, top: int, depth: int = _DEEPEST) -> tuple[list[list[str]], set[int]]:
    """Return the labels of up to ``depth`` rows, and which of the rows have cells merged across columns.

    A merged label is repeated in every cell it spans.
    """
    rows = grid.rows[top : top + depth]
    width = grid.width(top, top + len(rows))
    labels = [[_label(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    merged_rows = set()
    for r0, c0, r1, c1 in grid.merged:
        if r1 < top or r0 >= top + len(rows) or c0 >= width:
            continue
        if c1 > c0:
            merged_rows.add(r0 - top)
        text = grid.rows[r0][c0] if r0 < len(grid.rows) and c0 < len(grid.rows[r0]) else ""
        if label := _label(text):
            for r in range(max(r0, top), min(r1, top + len(rows) - 1) + 1):
                for c in range(c0, min(c1 + 1, width)):
                    labels[r - top][c] = label
    return labels, merged_rows


def _spread(labels: list[list[str]], upper: int) -> None:
    """Repeat the unmerged spanning labels of a row over the blanks to their right, in place."""
    below = [any(row[c] for row in labels[upper + 1 :]) for c in range(len(labels[upper]))]
    spanning = ""
    for c, label in enumerate(labels[upper]):
        if label:
            spanning = label if below[c] else ""
        elif below[c] and spanning:
            labels[upper][c] = spanning
        elif not below[c]:
            spanning = ""


Labels = tuple[tuple[str, ...], ...]
"""A window of one to three rows read as a header: the labels of each row, one per column."""


def _is_figure(cell: object) -> bool:
    """Return whether a cell holds a number that no header holds: not a year, nor a text like ``6 tuổi``."""
    if isinstance(cell, str):
        return cell.strip().isdecimal() and not is_year(cell)
    return isinstance(cell, int | float) and not is_year(cell)


def _window(labels: list[list[str]], merged_rows: set[int], depth: int) -> Labels:
    window = [list(row) for row in labels[:depth]]
    for upper in range(depth - 1):
        if upper not in merged_rows:
            _spread(window, upper)
    return tuple(map(tuple, window))


def _windows(grid: Grid, top: int) -> Iterator[Labels]:
    """Yield the windows of one, two and three rows that begin at a row; the last ends before figures."""
    labels, merged_rows = _labels(grid, top)
    for depth in range(1, len(labels) + 1):
        if depth > 1 and any(map(_is_figure, grid.rows[top + depth - 1])):
            return
        yield _window(labels, merged_rows, depth)


def _path(window: Labels, column: int) -> list[str]:
    """Return the text keys of the labels above a column, the spanning label first, without repeats."""
    keys: list[str] = []
    for row in window:
        key = text_key(row[column]) if row[column] else ""
        if key and (not keys or keys[-1] != key):
            keys.append(key)
    return keys


def _text(window: Labels, column: int) -> str:
    return SPANS.join(dict.fromkeys(row[column] for row in window if row[column]))


class _Match(NamedTuple):
    located: LocatedTable
    score: tuple[int, ...]
    """The higher the better: the number of measures, of columns the form knows, of identity columns, minus
    that of measures with several columns, and that of columns whose labels were used in full."""


@lru_cache(maxsize=2048)  # a province's returns have one header, with few variants
def _matches(plan: ReadingPlan, window: Labels) -> tuple[_Match, ...]:
    """Return the readings of a window as a header, one for each table that it fits, located at row 0."""
    paths = [_path(window, column) for column in range(len(window[0]))]
    matches = (_match(plan, paths, number, len(window)) for number in range(len(plan.tables)))
    found = tuple(match for match in matches if match is not None)
    for match in found:
        match.located.unknown = {column: _text(window, column) for column in match.located.unknown}
    return found


_HIGHER = "higher"
"""The identity kind of columns that name units above the parent; `LocatedTable.higher` lists them."""
_HIGHER_HEADERS = tuple(
    f"{text_key(word)} " for word in ("huyện", "quận", "thị xã", "thành phố", "tỉnh", "district", "province")
)


def _identity_kind(plan: ReadingPlan, level: int, path: list[str]) -> str | None:
    """Return whether a column gives code, name, parent or a higher unit; None if it gives none of them.

    The register's level names are looked at first, then the identity columns of the form.
    """
    words = [ascii_key(word) for word in plan.units.level_names]
    at = words.index(ascii_key(path[-1])) if ascii_key(path[-1]) in words else None
    if at is not None and at <= level:
        return {level: "name", level - 1: "parent"}.get(at, _HIGHER)
    for kind in ("code", "name", "parent"):
        if path[-1] in getattr(plan.identity, kind) or " ".join(path) in getattr(plan.identity, kind):
            return kind
    return _HIGHER if level > 1 and f"{path[-1]} ".removeprefix("tên ").startswith(_HIGHER_HEADERS) else None


def _match(plan: ReadingPlan, paths: list[list[str]], number: int, depth: int) -> _Match | None:
    """Return a window read as the header of one table; None if it does not fit.

    Parameters
    ----------
    plan : the reading plan.
    paths : for each column, the text keys of the labels above it, the spanning label first.
    number, depth : position of the table in the plan, and number of rows of the window.
    """
    table, year = plan.tables[number], year_of(plan.period)
    found: dict[int, list[tuple[int, bool]]] = {}
    located = LocatedTable(number, 0, depth, [-1] * len(table.measures), [-1] * len(table.ratios))
    identity = 0
    for column, path in enumerate(paths):
        if not path:
            continue
        for key, full in column_keys(path, table, year):
            position = table.keys.get(key)
            if position is not None:
                found.setdefault(position, []).append((column, full))
                break
            if key in table.forbidden:
                located.forbidden[column] = table.forbidden[key]
                break
            if key in table.ambiguous:
                located.ambiguous[column], located.unknown[column] = table.ambiguous[key], ""
                break
        else:
            kind = _identity_kind(plan, table.level, path)
            if kind == _HIGHER:
                located.higher.append(column)
            elif kind and getattr(located, kind) < 0:
                setattr(located, kind, column)
                identity += 1
            elif path[-1] not in _ORDINAL:
                located.unknown[column] = ""
    for position, columns in found.items():
        fullest = [column for column, full in columns if full] or [column for column, _ in columns]
        if len(fullest) > 1:
            located.twice[position] = fullest
        target, place = (located.measures, position) if position >= 0 else (located.ratios, ~position)
        target[place] = fullest[0]
        for column, _ in columns:
            if column not in fullest:
                located.unknown[column] = ""
    is_leaf_level = table.level == len(plan.units.level_names) - 1
    if located.name < 0 and (located.code < 0 or not is_leaf_level):
        # A table by commune has its names in the column headed with the word for communes.
        located.name, located.parent = located.parent, -1
    named = sum(position >= 0 for position in found) + len(located.forbidden) + len(located.ambiguous)
    if named + (identity > 0) < 2 or not named:
        return None
    in_full = sum(full for columns in found.values() for _, full in columns)
    return _Match(located, (named, len(found), identity, -len(located.twice), in_full))


def find_header(plan: ReadingPlan, grid: Grid, top: int) -> LocatedTable | None:
    """Return the table whose header begins at a row or at one of the next two; None if there is none.

    Parameters
    ----------
    plan : the reading plan.
    grid : the sheet.
    top : the row, counted from 0.
    """
    if not any(may_begin_header(plan, row) for row in grid.rows[top : top + _DEEPEST]):
        return None
    best: _Match | None = None
    at = top
    for start in range(top, min(top + _DEEPEST, len(grid.rows))):
        if not is_header_like(grid.rows[start]):
            continue
        for window in _windows(grid, start):
            for match in _matches(plan, window):
                if best is None or match.score > best.score:
                    best, at = match, start
    if best is None:
        return None
    at, end = _extent(plan, grid, best.located.moved_down(at))
    labels, merged_rows = _labels(grid, at, end - at)
    matches = sorted(
        _matches(plan, _window(labels, merged_rows, end - at)), key=lambda match: match.score, reverse=True
    )
    if not matches:
        return None
    located = matches[0].located.moved_down(at)
    rivals = [
        match.located.moved_down(at) for match in matches[1:] if match.score[:2] == matches[0].score[:2]
    ]
    located.rivals = sorted(rivals, key=lambda rival: rival.table)
    return located


def _extent(plan: ReadingPlan, grid: Grid, located: LocatedTable) -> tuple[int, int]:
    """Return the first row of a header and the row after its last, including rows that only qualify it.

    A row above may mark some columns as a plan or as another year's. A row below may divide them.
    """
    top, end = located.top, located.body
    table, year = plan.tables[located.table], year_of(plan.period)
    first = min(located.columns, default=0)
    while end - top < _DEEPEST and top > 0:
        labels = [text_key(_label(cell)) for cell in grid.rows[top - 1][first:]]
        if not any(
            key and len(key.split()) <= _SHORT and is_other_quantity(key, table, year) for key in labels
        ):
            break
        top -= 1
    while end - top < _DEEPEST and _continues(plan, grid, located, end):
        end += 1
    return top, end


def _continues(plan: ReadingPlan, grid: Grid, located: LocatedTable, row: int) -> bool:
    """Return whether a row below still belongs to the header: it divides columns, without unit or figure."""
    cells = grid.rows[row] if row < len(grid.rows) else []
    for column in (located.code, located.name):
        if 0 <= column < len(cells) and cells[column] not in ("", None):
            return False
    if any(
        isinstance(cell, str) and is_total(plan.units, cell)
        for cell in cells[: min(located.columns, default=0)]
    ):
        return False
    table, year = plan.tables[located.table], year_of(plan.period)
    keys: list[str] = []
    for column, cell in enumerate(cells):
        if cell in ("", None) or (column < min(located.columns, default=0) and column not in located.unknown):
            continue
        if not isinstance(cell, str) and not is_year(cell):
            return False
        if may_name_column(cell):
            keys.append(text_key(_label(cell)))
        elif any(map(str.isdigit, str(cell))):
            return False
    qualifying = [
        key
        for key in keys
        if is_other_quantity(key, table, year) or is_neutral(key, table, year) or key in table.keys
    ]
    return bool(qualifying) or (len(keys) > 1 and all(len(key.split()) <= _SHORT for key in keys))


def locate(plan: ReadingPlan, grid: Grid, start: int = 0) -> LocatedTable | None:
    """Return the first table of the form whose header is at or below a row; None if there is none.

    Parameters
    ----------
    plan : the reading plan.
    grid : the sheet.
    start : row to begin at, counted from 0.
    """
    for top in range(start, len(grid.rows)):
        row = grid.rows[top]
        if row and is_header_like(row):
            located = find_header(plan, grid, top)
            if located is not None:
                return located
    return None

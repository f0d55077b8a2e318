"""Where the table stands in a sheet: its header of one to three rows, its columns, its numbering row.

The table is located, not assumed. A window of one to three rows is a header when its columns,
read from the spanning label down to the leaf, name the measures of a table of the form.
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
    candidates,
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
_SHORT = 8
"""Words of a label that may qualify the header below or above it; a title is longer."""

_ORDINAL = frozenset(map(text_key, ("stt", "tt", "số tt", "số thứ tự", "no.", "ghi chú", "note", "notes")))
"""Columns that hold no figures: the ordinal of the row, and remarks."""


@dataclass
class LocatedTable:
    """A table of the form found in a sheet; rows and columns counted from 0, -1 for a column not there."""

    table: int
    top: int
    body: int
    measures: list[int]
    ratios: list[int]
    code: int = -1
    name: int = -1
    parent: int = -1
    higher: list[int] = field(default_factory=list)
    """Columns that name units above the parent: the district beside the commune."""
    unknown: dict[int, str] = field(default_factory=dict)
    """Header text of columns the form does not know."""
    twice: dict[int, list[int]] = field(default_factory=dict)
    """Position of a measure -> the columns that all claim to be it."""
    forbidden: dict[int, str] = field(default_factory=dict)
    """Columns of measures that may only be given at a higher level, with their code."""
    rivals: list[LocatedTable] = field(default_factory=list)
    """The same header read as other tables of the form that fit as well."""

    def at(self, top: int) -> LocatedTable:
        """Return a copy of a table located as if at row 0, moved down to where it stands."""
        moved = replace(self, top=self.top + top, body=self.body + top)
        for name, value in vars(self).items():
            if isinstance(value, list | dict):
                setattr(moved, name, value.copy())
        return moved

    def is_like(self, other: LocatedTable) -> bool:
        """Tell whether two headers are of one table, with the same columns in the same places."""
        places = ("table", "measures", "ratios", "code", "name", "parent")
        return all(getattr(self, place) == getattr(other, place) for place in places)

    @property
    def has_odd_columns(self) -> bool:
        """Whether any column is in doubt or says more than plain tables do: then no quick lane reads it."""
        return any((self.unknown, self.twice, self.forbidden, self.rivals, self.higher))

    @property
    def columns(self) -> list[int]:
        """All columns with figures of the form."""
        return [column for column in (*self.measures, *self.ratios) if column >= 0]


def is_header_like(row: list[object]) -> bool:
    """Tell cheaply whether a row could be part of a header: two labels, or one and little else."""
    labels = 0
    for cell in row:
        if is_label(cell):
            labels += 1
            if labels == 2:
                return True
    return False


def opens(plan: ReadingPlan, row: Sequence[object]) -> bool:
    """Tell cheaply whether any header of the form could begin in a row: most rows are no header at all."""
    return _any_opens(plan, tuple(str(cell) for cell in row if is_label(cell)))


@lru_cache(maxsize=4096)
def _any_opens(plan: ReadingPlan, labels: tuple[str, ...]) -> bool:
    year = year_of(plan.period)
    keys = map(text_key, labels)
    return any(opening(said) in plan.openings for key in keys for said in (key, without_year(key, year)))


def _label(cell: object) -> str:
    if cell == "":
        return ""
    if is_label(cell):
        return str(cell)
    return str(cell).removesuffix(".0").strip() if is_year(cell) else ""


def _labels(grid: Grid, top: int, depth: int = _DEEPEST) -> tuple[list[list[str]], set[int]]:
    """Return the labels of up to three rows, merged cells filled in, and the rows merged across."""
    rows = grid.rows[top : top + depth]
    width = max(map(len, rows))
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
    """Let a spanning label that nobody merged reach over the blanks to its right."""
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
"""A window of rows read as a header: the labels of its one to three rows, column by column."""


def _is_figure(cell: object) -> bool:
    """Tell whether a cell holds a number as no header does: no year, nor a text such as ``6 tuổi``."""
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
    """Yield the windows that begin at a row: of one row, of two, of three."""
    labels, merged_rows = _labels(grid, top)
    for depth in range(1, len(labels) + 1):
        if depth > 1 and any(map(_is_figure, grid.rows[top + depth - 1])):
            return
        yield _window(labels, merged_rows, depth)


def _path(window: Labels, column: int) -> list[str]:
    """Return the text keys of the labels above a column, spanning label first, repeats left out."""
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
    """Measures, columns of the form, identity columns; fewer columns twice, more labels read in full."""


@lru_cache(maxsize=2048)  # a province's returns have one header, with few variants
def _matches(plan: ReadingPlan, window: Labels) -> tuple[_Match, ...]:
    """Return a window read as the header of each table that it can be, as if it began at row 0."""
    paths = [_path(window, column) for column in range(len(window[0]))]
    matches = (_match(plan, paths, number, len(window)) for number in range(len(plan.tables)))
    found = tuple(match for match in matches if match is not None)
    for match in found:
        match.located.unknown = {column: _text(window, column) for column in match.located.unknown}
    return found


_HIGHER = "higher"
"""A column that names units above the parent, or that which stands in its place."""
_HIGHER_HEADERS = tuple(
    f"{text_key(word)} " for word in ("huyện", "quận", "thị xã", "thành phố", "tỉnh", "district", "province")
)


def _identity_kind(plan: ReadingPlan, level: int, path: list[str]) -> str | None:
    """Return which of code, name and parent a column gives, by the register's levels, else by the form."""
    words = [ascii_key(word) for word in plan.units.level_names]
    at = words.index(ascii_key(path[-1])) if ascii_key(path[-1]) in words else None
    if at is not None and at <= level:
        return {level: "name", level - 1: "parent"}.get(at, _HIGHER)
    for kind in ("code", "name", "parent"):
        if path[-1] in getattr(plan.identity, kind) or " ".join(path) in getattr(plan.identity, kind):
            return kind
    return _HIGHER if level > 1 and f"{path[-1]} ".removeprefix("tên ").startswith(_HIGHER_HEADERS) else None


def _match(plan: ReadingPlan, paths: list[list[str]], number: int, depth: int) -> _Match | None:
    table = plan.tables[number]
    year = year_of(plan.period)
    found: dict[int, list[tuple[int, bool]]] = {}
    located = LocatedTable(number, 0, depth, [-1] * len(table.measures), [-1] * len(table.ratios))
    identity = 0
    for column, path in enumerate(paths):
        if not path:
            continue
        for key, full in candidates(path, table, year):
            position = table.keys.get(key)
            if position is not None:
                found.setdefault(position, []).append((column, full))
                break
            if key in table.forbidden:
                located.forbidden[column] = table.forbidden[key]
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
    leaves = table.level == len(plan.units.level_names) - 1
    if located.name < 0 and (located.code < 0 or not leaves):
        # a table by commune names its units under the word for communes
        located.name, located.parent = located.parent, -1
    measures = sum(position >= 0 for position in found)
    if measures + (identity > 0) + len(located.forbidden) < 2 or not (measures or located.forbidden):
        return None
    in_full = sum(full for columns in found.values() for _, full in columns)
    return _Match(
        located, (measures + len(located.forbidden), len(found), identity, -len(located.twice), in_full)
    )


def find_header(plan: ReadingPlan, grid: Grid, top: int) -> LocatedTable | None:
    """Return the table of the form whose header begins at a row, or within the two below it; else None."""
    if not any(opens(plan, row) for row in grid.rows[top : top + _DEEPEST]):
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
    at, end = _extent(plan, grid, best.located.at(at))
    labels, merged_rows = _labels(grid, at, end - at)
    matches = sorted(
        _matches(plan, _window(labels, merged_rows, end - at)), key=lambda match: match.score, reverse=True
    )
    if not matches:
        return None
    located = matches[0].located.at(at)
    rivals = [match.located.at(at) for match in matches[1:] if match.score[:2] == matches[0].score[:2]]
    located.rivals = sorted(rivals, key=lambda rival: rival.table)
    return located


def _extent(plan: ReadingPlan, grid: Grid, located: LocatedTable) -> tuple[int, int]:
    """Return the first row of a header and that behind its last, with rows that only qualify the others.

    A row above may say that some columns are a plan or another year's; a row below may part them.
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
    """Tell whether a row still belongs to the header: it parts columns, and has neither unit nor figure."""
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
    telling = [
        key
        for key in keys
        if is_other_quantity(key, table, year) or is_neutral(key, table, year) or key in table.keys
    ]
    return bool(telling) or (len(keys) > 1 and all(len(key.split()) <= _SHORT for key in keys))


def locate(plan: ReadingPlan, grid: Grid, start: int = 0) -> LocatedTable | None:
    """Return the first table of the form at or below a row, or None.

    Parameters
    ----------
    plan : the reading plan.
    grid : a sheet; row 0 is the sheet's first row.
    start : row to begin at.
    """
    for top in range(start, len(grid.rows)):
        row = grid.rows[top]
        if row and is_header_like(row):
            located = find_header(plan, grid, top)
            if located is not None:
                return located
    return None

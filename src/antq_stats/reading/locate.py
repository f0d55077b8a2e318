"""Where the table stands in a sheet: its header of one to three rows, its columns, its numbering row.

The table is located, not assumed. A window of one to three rows is a header when its columns,
read from the spanning label down to the leaf, name the measures of a table of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from antq_stats.plan import ReadingPlan, TablePlan
from antq_stats.reading.grid import Grid
from antq_stats.text import text_key

_DEEPEST = 3
_LONGEST_LABEL = 300
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMERIC = re.compile(r"[\d\s.,()%=+*/:-]*")

_NEUTRAL = frozenset(map(text_key, (
    "số lượng", "tổng số", "tổng", "số", "cộng", "kết quả", "thực hiện", "trong đó", "chia ra", "total", "number",
)))  # fmt: skip
"""Labels that add nothing to the label beside them."""

_QUALIFIERS = tuple(f" {text_key(word)} " for word in (
    "kế hoạch", "chỉ tiêu giao", "cùng kỳ", "năm trước", "kỳ trước", "năm ngoái", "lũy kế", "ước thực hiện", "ước đạt",
    "hộ nghèo", "cận nghèo", "nam", "nữ", "plan", "last year",
))  # fmt: skip
"""Words in a spanning label that make another quantity of the column below."""

_ORDINAL = frozenset(map(text_key, ("stt", "tt", "số tt", "số thứ tự", "no.", "ghi chú", "note", "notes")))
"""Columns that hold no figures: the ordinal of the row, and remarks."""


@dataclass
class LocatedTable:
    """A table of the form found in a sheet; rows and columns counted from 0, -1 where a column is not there."""

    table: int
    top: int
    body: int
    measures: list[int]
    ratios: list[int]
    code: int = -1
    name: int = -1
    parent: int = -1
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
        copied = {name: value.copy() for name, value in vars(self).items() if isinstance(value, list | dict)}
        return replace(self, **copied, top=self.top + top, body=self.body + top)

    @property
    def columns(self) -> list[int]:
        """All columns with figures of the form."""
        return [column for column in (*self.measures, *self.ratios) if column >= 0]


def _is_label(cell: object) -> bool:
    return (
        isinstance(cell, str)
        and 0 < len(cell) <= _LONGEST_LABEL
        and not cell.isspace()
        and not _NUMERIC.fullmatch(cell)
    )


def is_header_like(row: list[object]) -> bool:
    """Tell cheaply whether a row could be part of a header: two labels, or one and little else."""
    labels = 0
    for cell in row:
        if type(cell) is str and _is_label(cell):
            labels += 1
            if labels == 2:
                return True
    return False


def _opens(plan: ReadingPlan, row: list[object]) -> bool:
    """Tell cheaply whether any header of the form could begin in a row: most rows are no header at all."""
    return any(type(cell) is str and cell != "" and _is_label(cell) and text_key(cell) in plan.openings for cell in row)


def _labels(grid: Grid, top: int) -> tuple[list[list[str]], set[int]]:
    """Return the labels of up to three rows, merged cells filled in, and which of the rows have merged cells."""
    rows = grid.rows[top : top + _DEEPEST]
    width = max(map(len, rows))
    labels = [
        [str(cell) if cell != "" and (_is_label(cell) or _is_year(cell)) else "" for cell in row] + [""] * (width - len(row))
        for row in rows
    ]
    merged_rows = set()
    for r0, c0, r1, c1 in grid.merged:
        if r1 < top or r0 >= top + len(rows) or c0 >= width:
            continue
        merged_rows.add(r0 - top)
        text = grid.rows[r0][c0] if r0 < len(grid.rows) and c0 < len(grid.rows[r0]) else ""
        if _is_label(text):
            for r in range(max(r0, top), min(r1, top + len(rows) - 1) + 1):
                for c in range(c0, min(c1 + 1, width)):
                    labels[r - top][c] = str(text)
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


def _windows(grid: Grid, top: int) -> Iterator[Labels]:
    """Yield the windows that begin at a row: of one row, of two, of three."""
    labels, merged_rows = _labels(grid, top)
    for depth in range(1, len(labels) + 1):
        window = [list(row) for row in labels[:depth]]
        for upper in range(depth - 1):
            if upper not in merged_rows:
                _spread(window, upper)
        yield tuple(map(tuple, window))


def _path(window: Labels, column: int) -> list[str]:
    """Return the text keys of the labels above a column, spanning label first, repeats left out."""
    keys: list[str] = []
    for row in window:
        key = text_key(row[column]) if row[column] else ""
        if key and (not keys or keys[-1] != key):
            keys.append(key)
    return keys


def _text(window: Labels, column: int) -> str:
    return " / ".join(dict.fromkeys(row[column] for row in window if row[column]))


def _is_year(cell: object) -> bool:
    return isinstance(cell, str | float | int) and _YEAR.fullmatch(str(cell).removesuffix(".0").strip()) is not None


def _candidates(path: list[str], table: TablePlan, year: str | None) -> Iterator[tuple[str, bool]]:
    """Yield the keys a column may be known by, the fullest first, and whether it is its full path."""
    yield " ".join(path), True
    for cut in range(1, len(path)):
        spanning = f" {' '.join(path[:cut])} "
        years = _YEAR.findall(spanning)
        if any(word in spanning for word in _QUALIFIERS) or (years and year not in years):
            return
        # a leaf under the spanning label of another measure is a part of that one, not itself
        if path[cut - 1] in table.keys and path[cut] in _NEUTRAL:
            break
        full = all(label in table.sections or label in _NEUTRAL or label in table.titles for label in path[:cut])
        yield " ".join(path[cut:]), full or (year is not None and year in years)
    if len(path) > 1 and (path[-1] in _NEUTRAL or any(path[-1] in m.unit_keys for m in table.measures)):
        yield " ".join(path[:-1]), True
        yield path[-2], False


class _Match(NamedTuple):
    located: LocatedTable
    score: tuple[int, int, int]


@lru_cache(maxsize=2048)  # a province's returns have one header, with few variants
def _matches(plan: ReadingPlan, window: Labels) -> tuple[_Match, ...]:
    """Return a window read as the header of each table of the form that it can be, as if it began at row 0."""
    paths = [_path(window, column) for column in range(len(window[0]))]
    matches = (_match(plan, paths, number, len(window)) for number in range(len(plan.tables)))
    found = tuple(match for match in matches if match is not None)
    for match in found:
        match.located.unknown = {column: _text(window, column) for column in match.located.unknown}
    return found


def _match(plan: ReadingPlan, paths: list[list[str]], number: int, depth: int) -> _Match | None:
    table = plan.tables[number]
    year = next(iter(_YEAR.findall(plan.period)), None)
    found: dict[int, list[tuple[int, bool]]] = {}
    located = LocatedTable(number, 0, depth, [-1] * len(table.measures), [-1] * len(table.ratios))
    identity = 0
    for column, path in enumerate(paths):
        if not path:
            continue
        for key, full in _candidates(path, table, year):
            position = table.keys.get(key)
            if position is not None:
                found.setdefault(position, []).append((column, full))
                break
            if key in table.forbidden:
                located.forbidden[column] = table.forbidden[key]
                break
        else:
            for kind in ("code", "name", "parent"):
                keys = getattr(plan.identity, kind)
                if getattr(located, kind) < 0 and (path[-1] in keys or " ".join(path) in keys):
                    setattr(located, kind, column)
                    identity += 1
                    break
            else:
                if path[-1] not in _ORDINAL:
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
    if located.code < 0 and located.name < 0:  # a table by commune names its units under the word for communes
        located.name, located.parent = located.parent, -1
    measures = sum(position >= 0 for position in found)
    if measures + (identity > 0) + len(located.forbidden) < 2 or not (measures or located.forbidden):
        return None
    return _Match(located, (measures + len(located.forbidden), len(found), identity))


def find_header(plan: ReadingPlan, grid: Grid, top: int) -> LocatedTable | None:
    """Return the table of the form whose header begins at a row, or within the two below it; else None."""
    best: list[_Match] = []
    at = top
    if not any(_opens(plan, row) for row in grid.rows[top : top + _DEEPEST]):
        return None
    for start in range(top, min(top + _DEEPEST, len(grid.rows))):
        if not is_header_like(grid.rows[start]):
            continue
        for window in _windows(grid, start):
            for match in _matches(plan, window):
                if not best or match.score > best[0].score:
                    best, at = [match], start
                elif match.score[:2] == best[0].score[:2] and match.located.table != best[0].located.table:
                    best.append(match)
    if not best:
        return None
    located = best[0].located.at(at)
    rivals = {match.located.table: match.located.at(at) for match in best[:0:-1]}
    located.rivals = [rivals[number] for number in sorted(rivals)]
    return located


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


_NUMBERING = re.compile(r"\(?\s*(\d{1,3}|[A-Za-z])\s*\)?")
_FORMULA = re.compile(r"\(?\s*(\d{1,3})\s*\)?\s*=\s*([\d\s()+*/:x×%,.-]{1,60})")


def numbering(row: list[object], located: LocatedTable) -> dict[int, tuple[int, str]] | None:
    """Read a numbering row, as in ``A B 1 2 3=2/1``.

    Returns
    -------
    dict or None
        Column -> its number and its formula (empty where there is none); None if the row is
        another: numbering runs 1, 2, 3 … over at least two figures and says nothing else.
    """
    numbers: dict[int, tuple[int, str]] = {}
    for column, cell in enumerate(row):
        if cell == "" or cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
        formula = _FORMULA.fullmatch(text)
        if formula:
            numbers[column] = (int(formula[1]), formula[2].replace(" ", ""))
        elif (plain := _NUMBERING.fullmatch(text)) and not isinstance(cell, bool):
            if plain[1].isdigit():
                numbers[column] = (int(plain[1]), "")
        else:
            return None
    sequence = [number for number, _ in numbers.values()]
    figures = sum(column in numbers for column in located.columns)
    steps = all(after - before == 1 for before, after in zip(sequence, sequence[1:], strict=False))
    if len(sequence) < 2 or not steps or sequence[0] > 4 or figures < min(2, len(located.columns)):
        return None
    return numbers

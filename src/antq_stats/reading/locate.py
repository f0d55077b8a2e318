"""Where the table stands in a sheet: its header of one to three rows, its columns, its numbering row.

The table is located, not assumed. A window of one to three rows is a header when its columns,
read from the spanning label down to the leaf, name the measures of a table of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

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


@dataclass(slots=True)
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


class _Window:
    """A window of rows read as a header: the path of labels above each column, spanning label first."""

    def __init__(self, grid: Grid, top: int, depth: int) -> None:
        rows = grid.rows[top : top + depth]
        self.width = max(map(len, rows))
        self.labels = [self._row(row) for row in rows]
        merged_rows = set()
        for r0, c0, r1, c1 in grid.merged:
            if r1 < top or r0 >= top + depth or c0 >= self.width:
                continue
            merged_rows.add(r0)
            text = grid.rows[r0][c0] if r0 < len(grid.rows) and c0 < len(grid.rows[r0]) else ""
            if _is_label(text):
                for r in range(max(r0, top), min(r1, top + depth - 1) + 1):
                    for c in range(c0, min(c1 + 1, self.width)):
                        self.labels[r - top][c] = str(text)
        for upper in range(depth - 1):
            if top + upper not in merged_rows:
                self._spread(upper)

    def _row(self, row: list[object]) -> list[str]:
        labels = [str(cell) if _is_label(cell) or _is_year(cell) else "" for cell in row]
        return labels + [""] * (self.width - len(labels))

    def _spread(self, upper: int) -> None:
        """Let a spanning label that nobody merged reach over the blanks to its right."""
        below = [any(row[c] for row in self.labels[upper + 1 :]) for c in range(self.width)]
        spanning = ""
        for c, label in enumerate(self.labels[upper]):
            if label:
                spanning = label if below[c] else ""
            elif below[c] and spanning:
                self.labels[upper][c] = spanning
            elif not below[c]:
                spanning = ""

    def path(self, column: int) -> list[str]:
        keys: list[str] = []
        for row in self.labels:
            key = text_key(row[column]) if row[column] else ""
            if key and (not keys or keys[-1] != key):
                keys.append(key)
        return keys

    def text(self, column: int) -> str:
        return " / ".join(dict.fromkeys(row[column] for row in self.labels if row[column]))


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


@dataclass(slots=True)
class _Match:
    located: LocatedTable
    score: tuple[int, int, int, int]


def _match(plan: ReadingPlan, window: _Window, number: int, top: int, depth: int) -> _Match | None:
    table = plan.tables[number]
    year = next(iter(_YEAR.findall(plan.period)), None)
    found: dict[int, list[tuple[int, bool]]] = {}
    located = LocatedTable(number, top, top + depth, [-1] * len(table.measures), [-1] * len(table.ratios))
    identity = 0
    for column in range(window.width):
        path = window.path(column)
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
                    located.unknown[column] = window.text(column)
    for position, columns in found.items():
        fullest = [column for column, full in columns if full] or [column for column, _ in columns]
        if len(fullest) > 1:
            located.twice[position] = fullest
        target, place = (located.measures, position) if position >= 0 else (located.ratios, ~position)
        target[place] = fullest[0]
        for column, _ in columns:
            if column not in fullest:
                located.unknown[column] = window.text(column)
    if located.code < 0 and located.name < 0:  # a table by commune names its units under the word for communes
        located.name, located.parent = located.parent, -1
    measures = sum(position >= 0 for position in found)
    if measures + (identity > 0) + len(located.forbidden) < 2 or not (measures or located.forbidden):
        return None
    return _Match(located, (measures + len(located.forbidden), len(found), identity, -depth))


def find_header(plan: ReadingPlan, grid: Grid, top: int) -> LocatedTable | None:
    """Return the table of the form whose header begins at a row, or within the two below it; else None."""
    best: list[_Match] = []
    for start in range(top, min(top + _DEEPEST, len(grid.rows))):
        if not is_header_like(grid.rows[start]):
            continue
        for depth in range(1, _DEEPEST + 1):
            if start + depth > len(grid.rows):
                break
            window = _Window(grid, start, depth)
            for number in range(len(plan.tables)):
                match = _match(plan, window, number, start, depth)
                if match is None:
                    continue
                if not best or match.score[:3] > best[0].score[:3]:
                    best = [match]
                elif match.score[:2] == best[0].score[:2] and match.located.table != best[0].located.table:
                    best.append(match)
    if not best:
        return None
    located = best[0].located
    rivals = {match.located.table: match.located for match in best[:0:-1]}
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

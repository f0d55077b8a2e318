"""Tests for rows below a header that belong to no unit: unnamed totals, footnotes, dates, texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from antq_stats.plan import VILLAGE_TYPES, TablePlan, Units
from antq_stats.reading import coerce
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.units.names import (
    LONGEST_NAME,
    NOWHERE,
    SHORTEST_CODE,
    TYPES,
    code_text,
    is_bare_number,
    name_keys,
    names_a_type,
    untyped,
)  # fmt: skip
from antq_stats.reading.units.resolve import Identity, Resolver
from antq_stats.words.text import text_key

_NOTE = re.compile(
    r"(?:ghi chú|chú thích|chú ý|lưu ý|thuyết minh|nguồn|trong đó|chia ra|bao gồm|notes?|sources?|of which)\b"
)
_NOTE_MARK = re.compile(r"\s*(?:\*+|\(\s*(?:\*+|\d{1,2})\s*\)|\[\s*\d{1,2}\s*\]|[¹²³⁴⁵†‡])\s*")
_DATED = re.compile(r"ngày|tháng|(?:.* )?ngày(?: \d{1,2})? tháng(?: \d{1,2})?(?: năm.*)?")
_MARKED_WORDS = 6
"""Number of words from which a text after a mark is a footnote, not a unit's name."""
_FEW_WORDS = 3
"""Number of words above which the only text in a row is a sentence."""


def is_footnote(label: str) -> bool:
    """Return whether a label begins a note below the table: ``Ghi chú: …``, ``(1) Số liệu tính đến …``."""
    if not label:
        return False
    if _NOTE.match(text_key(_NOTE_MARK.sub("", label, count=1))):
        return True
    mark = _NOTE_MARK.match(label)
    text = text_key(label[mark.end() :]) if mark else ""
    return len(text.split()) >= _MARKED_WORDS and not untyped(text, TYPES)


def names_a_village(row: Sequence[object], column: int, name: str) -> bool:
    """Return whether a row without figures is the row of a village: its name says so, or it is numbered.

    Parameters
    ----------
    row, column : the row, and the column of the names.
    name : the name in the row.
    """
    if not name or len(name) > LONGEST_NAME or names_a_type(name) or is_footnote(name):
        return False
    numbered = any(is_bare_number(code_text(cell)) for cell in row[:column])
    return numbered or any(untyped(key, VILLAGE_TYPES) for key in name_keys(name))


def is_date_line(row: Iterable[object]) -> bool:
    """Return whether a row holds the date of a signature: ``Ngày | 30 | tháng | 11``, or in one cell."""
    texts = [cell for cell in row if isinstance(cell, str) and "ng" in cell.lower()]
    return any(_DATED.fullmatch(text_key(text)) for text in texts)


def is_sentence(row: Sequence[object]) -> bool:
    """Return whether a row holds only a text, as ``12 hộ chưa có điện``, which is no figure of a unit."""
    cells = [cell for cell in row if cell not in ("", None)]
    return len(cells) == 1 and isinstance(cells[0], str) and len(cells[0].split()) > _FEW_WORDS


def adds_up(row: Sequence[object], table: TablePlan, columns: Sequence[int], values: Sequence[int]) -> bool:
    """Return whether the figures of a row without a label are the sums of rows above it.

    In at least one column two or more rows must have a value above 0; else the row could repeat one of them.

    Parameters
    ----------
    row : the row; it may be shorter than the sheet is wide.
    table, columns : the form's table, and the column of each of its m measures, -1 for none.
    values : n x m counts of the rows above, row after row.
    """
    width = len(columns)
    printed = [
        (place, coerce.total(row[column], measure))
        for place, (column, measure) in enumerate(zip(columns, table.measures, strict=True))
        if 0 <= column < len(row) and coerce.is_figure(row[column])
    ]
    parts = [[value for value in values[place::width] if value > 0] for place, _ in printed]
    return max(map(len, parts), default=0) > 1 and [sum(part) for part in parts] == [v for _, v in printed]


def may_name_a_unit(units: Units, resolver: Resolver, cell: object) -> bool:
    """Return whether a cell names a unit, or is similar to the name of one."""
    text = coerce.plain(cell) if isinstance(cell, str) else ""
    if not any(map(str.isalpha, text)):
        return len(text) >= SHORTEST_CODE and text in units.by_code
    if any(untyped(key, TYPES) for key in name_keys(text)):
        return True
    found = resolver.resolve(Identity("", text, ""))
    return found.unit != NOWHERE or found.suggestion is not None


def holds_refused(grid: Grid, row: int, columns: Sequence[int], *, named: bool) -> bool:
    """Return whether a row has refused figures, or, if it has a name, errors or uncalculated formulas."""
    if not grid.remarks and not grid.odd:
        return False
    return any((row, c) in grid.remarks or (named and (row, c) in grid.odd) for c in columns)

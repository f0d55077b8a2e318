"""Labels of a header: which name a quantity, which are neutral, and which turn it into another quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from antq_stats.plan import TablePlan
from antq_stats.words.text import text_key

SPANS = " / "
"""Separator between a spanning label and the one below it, where a header is shown as text."""

_LONGEST = 300
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMERIC = re.compile(r"[\d\s.,()%=+*/:…-]*")
_ROMAN_OR_LETTER = re.compile(r"\(?\s*(?:[A-Za-z]|[IVX]{1,5})\s*\)?")

_NEUTRAL = frozenset(map(text_key, (
    "số lượng", "sl", "tổng số", "tổng", "số", "cộng", "tổng cộng", "chung", "toàn bộ", "kết quả",
    "thực hiện", "thực tế", "kết quả thực hiện", "số liệu", "số thực hiện", "total", "number", "count",
    "actual",
)))  # fmt: skip
"""Labels that do not change what the label above them names."""

_HEADINGS = _NEUTRAL | frozenset(map(text_key, ("trong đó", "chia ra", "gồm", "bao gồm", "of which")))
"""Labels that do not change what the labels below them name."""

_OTHER_QUANTITIES = tuple(f" {text_key(word)} " for word in (
    "kế hoạch", "chỉ tiêu giao", "cùng kỳ", "năm trước", "kỳ trước", "năm ngoái", "lũy kế",
    "ước thực hiện", "ước đạt", "hộ nghèo", "cận nghèo", "dân tộc thiểu số",
    "so với", "tăng giảm", "chênh lệch", "plan",
    "planned", "target", "last year", "previous year",
))  # fmt: skip
"""Words that turn a quantity into another one: a plan, a target, another period, a sub-group."""

_PARTS = frozenset(
    map(
        text_key,
        ("nam", "nữ", "nam giới", "nữ giới", "trong đó nữ", "trẻ em", "male", "female", "men", "women"),
    )
)
"""Labels that, as a whole label, turn a quantity into a part of it."""


def is_year(cell: object) -> bool:
    """Return whether a cell holds a year and nothing else."""
    if type(cell) is str:
        return len(cell) < 10 and _YEAR.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | float) and 1900 <= cell < 2100 and cell == int(cell)


def is_label(cell: object) -> bool:
    """Return whether a cell could be a label of a header: a text that is not a number."""
    return type(cell) is str and _is_label_text(cell)


@lru_cache(maxsize=8192)
def _is_label_text(text: str) -> bool:
    if not 0 < len(text) <= _LONGEST or text.isspace():
        return False
    return not _NUMERIC.fullmatch(text) or text.strip(" ()") == "%"


def may_name_column(cell: object) -> bool:
    """Return whether a cell could name or qualify a column: a year, or a label that is not a numbering."""
    return is_year(cell) or (is_label(cell) and not _ROMAN_OR_LETTER.fullmatch(str(cell)))


@lru_cache(maxsize=16)
def year_of(period: str) -> str | None:
    """Return the year in a period's name; None unless it holds exactly one."""
    years = set(_YEAR.findall(period))
    return years.pop() if len(years) == 1 else None


def without_year(key: str, year: str | None) -> str:
    """Return a label's key without the period's year at its end.

    Parameters
    ----------
    key : text key of the label.
    year : the period's year. If None, any year is removed.
    """
    words = key.split()
    if words and (words[-1] == year or (year is None and _YEAR.fullmatch(words[-1]))):
        words.pop()
        if words and words[-1] in ("năm", "year"):
            words.pop()
    return " ".join(words)


def is_other_quantity(key: str, table: TablePlan, year: str | None, beside: str = "") -> bool:
    """Return whether a label turns a quantity into another one: a plan, another year, a part of it.

    Parameters
    ----------
    key : text key of the label.
    table : the table; its section labels and titles never do.
    year : the period's year.
    beside : text key of the quantity's own label. A word that it also holds changes nothing.
    """
    if key in table.sections or key in table.titles:
        return False
    years = _YEAR.findall(key)
    if year is not None and years and year not in years:
        return True
    padded = f" {beside} "
    if any(word in padded for word in _OTHER_QUANTITIES):
        return False
    return (key in _PARTS and f" {key} " not in padded) or any(
        word in f" {key} " for word in _OTHER_QUANTITIES
    )


def is_neutral(key: str, table: TablePlan, year: str | None) -> bool:
    """Return whether a column's last label says only how the one above is counted: ``số lượng``, ``hộ``.

    Parameters
    ----------
    key : text key of the label.
    table : the table, which gives the units of measure.
    year : the period's year, which is neutral too.
    """
    key = without_year(key, year)
    if not key or key in _NEUTRAL:
        return True
    unit = key.removeprefix("số ").removeprefix("đơn vị tính ").removeprefix("đvt ")
    return any(unit in measure.unit_keys for measure in table.measures)


def column_keys(path: list[str], table: TablePlan, year: str | None) -> Iterator[tuple[str, bool]]:
    """Yield the keys under which the form may know a column, the fullest first.

    Parameters
    ----------
    path : text keys of the labels above the column, the spanning label first.
    table : the table the column may belong to.
    year : the period's year.

    Yields
    ------
    tuple
        A key, and whether nothing that matters was left out of it.
    """
    yield " ".join(path), True
    stem = path
    while len(stem) > 1 and is_neutral(stem[-1], table, year):
        stem = stem[:-1]
    if len(stem) < len(path):
        yield from _suffixes(stem, table, year)
    yield from _suffixes(path, table, year)


def _suffixes(path: list[str], table: TablePlan, year: str | None) -> Iterator[tuple[str, bool]]:
    """Yield the ends of a path, except where a label left out turns them into another quantity."""
    for cut in range(len(path)):
        rest = " ".join(path[cut:])
        if any(is_other_quantity(label, table, year, rest) for label in path[:cut]):
            continue
        full = all(
            label in table.sections
            or label in _HEADINGS
            or label in table.titles
            or not without_year(label, year)
            for label in path[:cut]
        )
        yield rest, full
        plain = without_year(rest, year)
        for opening in ("trong đó ", "of which ", "số lượng "):
            plain = plain.removeprefix(opening)
        if plain and plain != rest:
            yield plain, full

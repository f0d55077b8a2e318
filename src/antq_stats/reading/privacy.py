"""Personal data: told by cell and kind, never shown, never kept.

Patterns: identity numbers as in Decree 137/2015/NĐ-CP article 13 (12 digits, the first three the
province of registration), the older 9 digits, telephone numbers of the national plan; headers as
officers write them. A list of persons is refused whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from antq_stats.text import text_key

Kind = Literal["D102", "D103", "D104"]

_SEPARATORS = re.compile(r"[\s.\-()]")
_IDENTITY = re.compile(r"0(0[1-9]|[1-8]\d|9[0-6])\d{9}")
_TELEPHONE = re.compile(r"(?:0|\+?84)(?:[35789]\d{8}|2\d{8,9}|1\d{9})")
_LOST_ZERO = re.compile(r"[35789]\d{8}")
_OLD_IDENTITY = re.compile(r"\d{9}")

_HEADERS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("D102", ("cccd", "cmnd", "cmtnd", "căn cước", "chứng minh nhân dân", "chứng minh thư", "định danh cá nhân",
              "số định danh", "bảo hiểm xã hội", "identity number", "id number")),
    ("D103", ("điện thoại", "sđt", "số đt", "đt di động", "di động", "đtdđ", "phone", "telephone", "mobile", "zalo")),
    ("D104", ("họ và tên", "họ tên", "full name", "tên chủ hộ", "chủ hộ", "ngày sinh", "năm sinh", "ngày tháng năm sinh",
              "date of birth", "quê quán", "địa chỉ thường trú", "nơi thường trú")),
)  # fmt: skip
_FAMILY_NAMES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý giàng vàng sùng hờ thào mùa lò hà hoàng "
    "lường cầm quàng lù tráng cháng triệu bàn đinh đoàn trịnh mai đào lương tô chu cao tạ vi lục nông sa".split()
)
_FEW = 3


def header_kind(key: str) -> Kind | None:
    """Return what a header (a text key) says of persons, if anything."""
    padded = f" {key} "
    for kind, words in _HEADERS:
        if any(f" {word} " in padded for word in words):
            return kind
    return None


def number_kind(cell: object) -> Kind | None:
    """Return the kind of personal number a cell surely is: written with its leading zero."""
    if not isinstance(cell, str):
        return None
    digits = _SEPARATORS.sub("", cell)
    if not 9 <= len(digits) <= 13:
        return None
    if _IDENTITY.fullmatch(digits):
        return "D102"
    return "D103" if _TELEPHONE.fullmatch(digits) and not digits.startswith("84") else None


def _column_number_kind(cell: object) -> Kind | None:
    """Return the kind a cell may be in a column of its like: lost zeros and old numbers too."""
    kind = number_kind(cell)
    if kind:
        return kind
    if isinstance(cell, float) and cell.is_integer() and cell >= 0:
        digits = str(int(cell))
        if digits.endswith("000"):
            return None  # an amount of money
        if 11 <= len(digits) <= 12 and _IDENTITY.fullmatch(digits.zfill(12)):
            return "D102"
        return "D103" if _LOST_ZERO.fullmatch(digits) else None
    if isinstance(cell, str):
        digits = _SEPARATORS.sub("", cell)
        if _TELEPHONE.fullmatch(digits):
            return "D103"
        if _OLD_IDENTITY.fullmatch(digits) and not digits.endswith("000"):
            return "D103" if _LOST_ZERO.fullmatch(digits) else "D102"
        if re.fullmatch(r"\d{11,12}", digits) and _IDENTITY.fullmatch(digits.zfill(12)):
            return "D102"
    return None


def is_like_a_name(cell: object) -> bool:
    """Tell whether a text looks like a person's name: a family name and one to four words, capitalised."""
    if not isinstance(cell, str):
        return False
    words = cell.split()
    if not 2 <= len(words) <= 5 or not all(word[0].isupper() and word.isalpha() for word in words):
        return False
    return text_key(words[0]) in _FAMILY_NAMES


def column_kind(cells: Iterable[object]) -> Kind | None:
    """Return what a column holds of persons, judged by most of its cells."""
    given = [cell for cell in cells if cell not in ("", None)]
    if not given:
        return None
    numbers = [kind for kind in map(_column_number_kind, given) if kind]
    if 2 * len(numbers) >= len(given):
        return max(set(numbers), key=numbers.count)
    names = sum(map(is_like_a_name, given))
    return "D104" if names >= _FEW and 2 * names > len(given) else None


def is_personal(cell: object) -> bool:
    """Tell whether a value must not be shown: a personal number, or what looks like a name."""
    return number_kind(cell) is not None or is_like_a_name(cell)


def persons_header(rows: Sequence[Sequence[object]], limit: int = 40) -> int | None:
    """Return the row that heads a list of persons, if the sheet is one.

    A sheet is one when a row names persons and, beside it, another column of theirs, or when the
    cells under such a header look like names.
    """
    for position, row in enumerate(rows[:limit]):
        kinds = {
            column: kind
            for column, cell in enumerate(row)
            if isinstance(cell, str) and len(cell) < 60 and (kind := header_kind(text_key(cell)))
        }
        named = [column for column, kind in kinds.items() if kind == "D104"]
        if len(row) < 2 or not kinds:
            continue
        if named and len(kinds) > 1:
            return position
        for column in kinds:
            below = [under[column] for under in rows[position + 1 :] if column < len(under)]
            if column_kind(below):
                return position
    return None

"""How names of units are written: ordinals, type words, numerals; and the labels of total rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from antq_stats.plan import HIGHER_TYPES, VILLAGE_TYPES, Units
from antq_stats.reading.coerce import plain
from antq_stats.words.name_index import loose_key
from antq_stats.words.text import text_key
from antq_stats.words.unit_names import ABBREVIATIONS

NOWHERE = -1
"""Stands for no unit; positions of units are never negative."""

TYPES = (*HIGHER_TYPES, *VILLAGE_TYPES)
"""All type words; a longer one comes before those it begins with."""

SHORTEST_CODE = 5
"""Numbers with at least this many digits are codes: a commune's code has five."""

_ORDINAL = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-Za-z])\s*[.)/-]\s*(?=\D)|^\s*[-+•*]\s*")
_COUNTED = re.compile(r"(?:\d{1,3}|[ivxlc]{1,6}) (.+)")
_TOTAL = re.compile(
    r"(?:[ivxlc\d]+ )?"
    r"(?:tổng|cộng|toàn|total|totals|sum|subtotal|sub total|grand total|mang sang|chuyển sang)"
    r"(?: (?:tổng|cộng|số|hợp|toàn|chung|total|tỉnh|huyện|xã|phường|thị|trấn|thành|phố|tp|thôn|bản|khu|"
    r"đơn|vị|trang|trước|mang|sang|chuyển|hàng|cả|của|các|grand|này|dưới|trên|năm|i+|[a-d]|\d+))*"
)
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = {numeral: str(number) for number, numeral in enumerate(_NUMERALS, 1)}

LONGEST_NAME = 60
"""Characters of a unit's name that are kept; a longer text is no name."""


def code_text(cell: object) -> str:
    """Return a cell of a code column as text, 4342001.0 as ``4342001``; empty for truth values and None."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if isinstance(cell, bool) or cell is None else plain(cell).lstrip("'")


@lru_cache(maxsize=4096)
def name_keys(name: str) -> tuple[str, ...]:
    """Return the text keys to look a written name up by: as it is, without its ordinal, and loosely."""
    keys = [text_key(name)]
    bare = text_key(_ORDINAL.sub("", name))
    if bare:
        keys.append(bare)
    counted = _COUNTED.fullmatch(keys[0])
    if counted and counted[1].startswith(tuple(f"{word} " for word in TYPES)):
        keys.append(counted[1])
    return tuple(dict.fromkeys([*keys, *map(loose_key, keys)]))


def untyped(key: str, types: Iterable[str]) -> str:
    """Return a name's key without the type word at its beginning; empty if it has none.

    Parameters
    ----------
    key : text key of the name.
    types : type words to look for, longer ones before those they begin with.
    """
    return next((key.removeprefix(f"{word} ") for word in types if key.startswith(f"{word} ")), "")


def arabic(key: str) -> str:
    """Return a name's key with roman numerals as digits; used only to suggest a unit, never to take it."""
    head, *rest = key.split() or [""]
    return " ".join([head, *(_ROMAN.get(word, word) for word in rest)])


def names_a_type(name: str) -> bool:
    """Return whether a text begins like the name of a unit above the villages: ``Xã …``, ``II. Phường …``."""
    return len(name) < LONGEST_NAME and any(untyped(key, HIGHER_TYPES) for key in name_keys(name))


def is_bare_number(label: str) -> bool:
    """Return whether a label is a short number, such as rows and villages have; commune codes are longer."""
    return len(label) < SHORTEST_CODE and label.isdecimal()


def names_with_type(units: Units, position: int, window: str, *, introduced: bool) -> bool:
    """Return whether a text names a unit with its type word.

    A text of more than three words always counts. If the register gives the unit no type, any type word
    in front of the text counts.

    Parameters
    ----------
    units : the units in force.
    position : position of the unit.
    window : text key by which the unit was found.
    introduced : whether a type word stands in front of the window.
    """
    kind = units.kind_key(position)
    if not kind:
        return introduced or len(window.split()) > 3
    return (
        window.startswith((f"{kind} ", *(f"{word} " for word in ABBREVIATIONS.get(kind, ()))))
        or len(window.split()) > 3
    )


def is_total(units: Units, label: str) -> bool:
    """Return whether a label is that of a total row.

    ``Tổng cộng`` and ``Cộng xã Mường Lai`` are, ``Thôn Cộng Lực`` is not. A total may also name a level in
    the register's own word: ``Toàn cụm``.
    """
    if not label:
        return False
    key = text_key(label.partition(":")[0])
    if _TOTAL.fullmatch(key):
        return True
    head, _, rest = key.partition(" ")
    while head in {"tổng", "cộng", "số", "toàn"} and rest:
        if rest in units.by_name_above_leaves or rest in map(text_key, units.level_names):
            return True
        head, _, rest = rest.partition(" ")
    return False

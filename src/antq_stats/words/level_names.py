"""The usual names of the administrative levels, in Vietnamese and English.

A register names its levels in its own words; nothing needs these four. Where a register writes ``xã`` and a
form ``commune``, or a row of the register has its type in the column of the level, they say which level is
meant.
"""

from __future__ import annotations

from functools import lru_cache

from antq_stats.words.text import ascii_key

LEVELS = ("province", "district", "commune", "village")
"""The levels of the country from the top down; since July 2025 there are no districts."""

_NAMES: dict[str, tuple[str, ...]] = {
    "province": ("province", "tinh", "tinh thanh pho", "tinh thanh", "cap tinh"),
    "district": ("district", "huyen", "quan", "thi xa", "quan huyen", "cap huyen", "huyen thi xa thanh pho"),
    "commune": (
        "commune", "ward", "xa", "phuong", "thi tran", "dac khu", "xa phuong", "phuong xa",
        "xa phuong thi tran", "xa phuong dac khu", "cap xa",
    ),
    "village": (
        "village", "thon", "ban", "lang", "ap", "xom", "buon", "khom", "khu pho", "khoi pho", "to dan pho",
        "tdp", "khu dan cu", "kdc", "thon ban", "thon to dan pho", "thon ban to dan pho", "thon xom",
        "cap thon",
    ),
}  # fmt: skip
"""Names of each level as keys without diacritics, which registers typed by hand often lack."""

_LEVEL_OF = {name: level for level, names in _NAMES.items() for name in names}


@lru_cache(maxsize=1024)
def usual_level(name: str) -> str:
    """Return which of `LEVELS` a name of a level or a type of unit means; empty if it is none of theirs.

    ``thành phố`` is none: it may be a province or a district.
    """
    return _LEVEL_OF.get(ascii_key(name), "")

"""The text keys by which a unit may be named: with its type, without it, abbreviated."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from antq_stats.words.name_index import loose_key
from antq_stats.words.text import text_key

_NUMERAL = re.compile(r"\d+|[ivxlc]+|\w")
"""Words that are no name by themselves: numbers, roman numerals and letters."""


class NameKeys(NamedTuple):
    """The text keys by which a unit may be named."""

    own: frozenset[str]
    """Its names as registered, also with the type word in front."""
    others: frozenset[str]
    """Variants: abbreviated types, names without type, and loose keys."""
    all: frozenset[str]
    """Both together."""


@lru_cache(maxsize=1024)
def name_keys(kind: str, names: tuple[str, ...]) -> NameKeys:
    """Return the text keys of a unit; cached, because many villages have the same name, such as Thôn 1.

    Parameters
    ----------
    kind : text key of the unit's type; may be empty.
    names : the unit's name and aliases.
    """
    own: set[str] = set()
    others: set[str] = set()
    for key in map(text_key, names):
        own.add(key)
        if not kind:
            continue
        bare = key.removeprefix(f"{kind} ")
        own.add(f"{kind} {bare}")
        others.update(f"{word} {bare}" for word in ABBREVIATIONS.get(kind, ()))
        if not is_number(bare):
            others.add(bare)
    others.update([loose_key(key) for key in own | others])
    own -= {""}
    others -= own | {""}
    return NameKeys(frozenset(own), frozenset(others), frozenset(own | others))


def is_number(bare: str) -> bool:
    """Return whether the key of a name without its type is a number.

    Parameters
    ----------
    bare : the key.
    """
    return all(map(_NUMERAL.fullmatch, loose_key(bare).split()))


ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "tỉnh": ("t",),
    "thành phố": ("tp",),
    "thị xã": ("tx",),
    "huyện": ("h",),
    "quận": ("q",),
    "phường": ("p",),
    "thị trấn": ("tt",),
    "xã": ("x",),
    "tổ dân phố": ("tdp", "tổ"),
    "khu phố": ("kp",),
    "khu dân cư": ("kdc",),
}
"""Abbreviations of type words before a name (TP. Yên Bái, P. Yên Ninh)."""

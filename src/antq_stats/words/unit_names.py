"""The text keys by which a unit may be named: with its type, without it, abbreviated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from antq_stats.words.name_index import loose_key, loose_keys
from antq_stats.words.text import text_key, text_keys

_DIGIT = re.compile(r"\d")
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
    keys = list(map(text_key, names))
    return _keys_of(kind, keys, [loose_key(bare) for bare in _bare(kind, keys)])


def name_keys_of_many(kind: str, names: Sequence[str]) -> list[frozenset[str]]:
    """Return all text keys of many units of one type, as `name_keys` does, faster than one by one.

    Parameters
    ----------
    kind : text key of the units' type; may be empty.
    names : the name of each, which has no aliases.
    """
    keys = text_keys(names)
    loose = loose_keys(_bare(kind, keys))
    return [_keys_of(kind, (key,), (each,)).all for key, each in zip(keys, loose, strict=True)]


def _bare(kind: str, keys: Iterable[str]) -> list[str]:
    return [key.removeprefix(f"{kind} ") for key in keys] if kind else list(keys)


def _keys_of(kind: str, keys: Sequence[str], loose: Iterable[str]) -> NameKeys:
    """Return the text keys of a unit.

    Parameters
    ----------
    kind, keys : those of its type, of its name and of its aliases.
    loose : loose key of each of ``keys`` without the type.
    """
    own: set[str] = set()
    others: set[str] = set()
    words = (kind, *ABBREVIATIONS.get(kind, ())) if kind else ()
    is_odd = kind.endswith("số") or _DIGIT.search(kind) is not None  # its own words may be optional parts
    for key, bare, freed in zip(keys, _bare(kind, keys), loose, strict=True):
        is_name = not _are_numerals(freed)
        own.add(key)
        others.update([f"{word} {bare}" for word in words])
        if words:
            own.add(f"{kind} {bare}")
            if is_name:
                others.add(bare)
        if freed != bare and not is_odd:
            others.update([f"{word} {freed}" for word in words])
            if is_name or key == bare:
                others.add(freed)
    if is_odd:
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
    return _are_numerals(loose_key(bare))


def _are_numerals(loose: str) -> bool:
    return all(map(_NUMERAL.fullmatch, loose.split()))


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

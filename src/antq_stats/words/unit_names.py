"""The text keys by which a unit may be named: with its type, without it, abbreviated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from antq_stats.words.name_index import loose_key, loose_keys
from antq_stats.words.text import text_key, text_keys

_NUMERALS = re.compile(r"(?:(?:\d+|[ivxlc]+|\w)(?: |$))*")
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
    loose = map(loose_key, _bare(kind, keys))
    every = [_keys_of(kind, key, each) for key, each in zip(keys, loose, strict=True)]
    own = frozenset(key for registered, _ in every for key in registered if key)
    others = frozenset(key for _, variants in every for key in variants if key) - own
    return NameKeys(own, others, own | others)


def name_keys_of_many(kind: str, names: Sequence[str]) -> list[set[str]]:
    """Return all text keys of many units of one type, as `name_keys` does, faster than one by one.

    Parameters
    ----------
    kind : text key of the units' type; may be empty.
    names : the name of each, which has no aliases.
    """
    keys = text_keys(names)
    found: list[set[str]] = []
    for key, loose in zip(keys, loose_keys(_bare(kind, keys)), strict=True):
        own, others = _keys_of(kind, key, loose)
        every = {*own, *others}
        every.discard("")
        found.append(every)
    return found


def _bare(kind: str, keys: Sequence[str]) -> Sequence[str]:
    return [key.removeprefix(f"{kind} ") for key in keys] if kind else keys


def _keys_of(kind: str, key: str, loose: str) -> tuple[list[str], list[str]]:
    """Return the text keys of a unit: those of its name as registered, and the variants.

    Parameters
    ----------
    kind, key : those of its type and of its name.
    loose : loose key of the name without its type.
    """
    if not kind:
        return [key], [loose]
    bare = key.removeprefix(f"{kind} ")
    words = (kind, *ABBREVIATIONS.get(kind, ()))
    own = [key, f"{kind} {bare}"]
    others = [f"{word} {bare}" for word in words]
    if _is_odd(kind):
        others += [] if _are_numerals(loose) else [bare]
        return own, [*others, *map(loose_key, own), *map(loose_key, others)]
    if loose != bare:
        others += [f"{word} {loose}" for word in words]
    if not _are_numerals(loose):
        others += [bare, loose]
    elif key == bare:
        others.append(loose)
    return own, others


@lru_cache(maxsize=256)
def _is_odd(kind: str) -> bool:
    """Return whether the words of a type may be among the optional parts of a name: a number, or ``số``."""
    return kind.endswith("số") or any(map(str.isdigit, kind))


def is_number(bare: str) -> bool:
    """Return whether the key of a name without its type is a number.

    Parameters
    ----------
    bare : the key.
    """
    return _are_numerals(loose_key(bare))


def _are_numerals(loose: str) -> bool:
    return _NUMERALS.fullmatch(loose) is not None


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

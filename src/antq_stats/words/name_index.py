"""Index of unit names whose keys are computed on demand, in groups of names with the same last word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from antq_stats.words.text import text_key

_MANY = 64
"""Groups of names after which those of all others are computed, too."""
_DIGIT = re.compile(r"\d")
_OPTIONAL = re.compile(r"[^\W\d_]\d|(?<!\S)0|số \d")
"""What a key with an optional part holds somewhere."""
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
_LEFT_OUT = re.compile(r"(?<!\S)(?:số (?=\d+(?!\S))(?:0+(?=\d))?|0+(?=\d+(?!\S)))")
"""The word ``số`` before a number, and leading zeros."""


@lru_cache(maxsize=16384)
def loose_key(key: str) -> str:
    """Return the key of a name without its optional parts: ``tdp số 03`` and ``tdp3`` are ``tdp 3``."""
    return _loosened(key) if _DIGIT.search(key) and _OPTIONAL.search(key) else key


def loose_keys(keys: Sequence[str]) -> list[str]:
    """Return the loose keys of many keys; none holds a line break."""
    return _loosened("\n".join(keys)).split("\n")


def _loosened(keys: str) -> str:
    return _LEFT_OUT.sub("", _LETTER_DIGIT.sub(" ", keys))


class NameIndex(Mapping[str, tuple[int, ...]]):
    """Positions of units by every key under which a name may be written.

    All keys of a name end in the same word, with or without leading zeros (``tổ 03``, ``tdp 3``). So units
    are first grouped by that word, which is cheap. The keys of a group are computed when a key of the group
    is first looked up.

    Parameters
    ----------
    named : position and name for every name of every unit; positions of one key keep this order.
    keys_of : returns all keys of a unit.
    spell : maps a text key to the key that is looked up, word by word.
    keys_of_many : returns all keys of each of many units; faster than ``keys_of`` for one after the other.
    """

    def __init__(
        self,
        named: Iterable[tuple[int, str]],
        keys_of: Callable[[int], Iterable[str]],
        spell: Callable[[str], str],
        keys_of_many: Callable[[Sequence[int]], Iterable[Iterable[str]]] | None = None,
    ) -> None:
        self._keys_of = keys_of
        self._spell = spell
        self._keys_of_many = keys_of_many
        self._filled = 0
        self._known: dict[str, tuple[int, ...]] = {}
        self._waiting: dict[str, list[int]] = {}
        groups_of: dict[str, tuple[str, ...]] = {}
        waiting = self._waiting
        for position, name in named:
            word = name[name.rfind(" ") + 1 :]
            if word.isascii() and word.isdigit():  # there are as many of them as units
                number = word.lstrip("0") or "0"
                if number in waiting:
                    waiting[number].append(position)
                else:
                    waiting[number] = [position]
                continue
            groups = groups_of.get(word)
            if groups is None:
                groups = groups_of[word] = self._groups(word)
            for group in groups or {_group(key) for key in keys_of(position)}:
                waiting.setdefault(group, []).append(position)
        self._endings = frozenset(waiting)

    def _groups(self, word: str) -> tuple[str, ...]:
        """Return the groups of names that end in a word; none if the word alone does not decide."""
        key = text_key(word) if word.isalnum() else ""  # footnote marks and brackets may stand before it
        written = {_last(key), _last(loose_key(_last(key)))} - {""}
        return tuple({_group(self._spell(last)) for last in written})

    def may_end_in(self, word: str) -> bool:
        """Return whether a key may end in a word; where not, no text that ends in it is a key."""
        return _group(word) in self._endings

    def _fill_all(self) -> None:
        """Compute the keys of all names at once: it takes less than one by one once many are wanted."""
        assert self._keys_of_many is not None  # noqa: S101 - the caller asked
        waiting, self._waiting = self._waiting, {}
        positions = sorted(set(chain.from_iterable(waiting.values())))
        keys_of = dict(zip(positions, self._keys_of_many(positions), strict=True))
        known = self._known
        group_of: dict[str, str] = {}
        for group, members in waiting.items():
            for position in dict.fromkeys(members):
                alone = (position,)
                for key in keys_of[position]:
                    word = key[key.rfind(" ") + 1 :]
                    if word not in group_of:
                        group_of[word] = _group(word)
                    if group_of[word] == group:
                        known[key] = (*known[key], position) if key in known else alone

    def _fill(self, group: str) -> None:
        self._filled += 1
        if self._filled > _MANY and self._keys_of_many is not None:
            self._fill_all()
            return
        for position in dict.fromkeys(self._waiting.pop(group)):
            for key in self._keys_of(position):
                if _group(key) == group:
                    self._known[key] = (*self._known.get(key, ()), position)

    def __getitem__(self, key: str) -> tuple[int, ...]:
        found = self._known.get(key)  # complete: the keys of its group have been computed
        if found is not None:
            return found
        if self._waiting and (group := _group(key)) in self._waiting:
            self._fill(group)
        return self._known[key]

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as the base has it
        """Return the positions of a key, else the default; most keys that are looked up are no names."""
        try:
            return self[key] if key in self._known or _group(key) in self._waiting else default
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        for group in list(self._waiting):
            self._fill(group)
        return iter(self._known)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _group(key: str) -> str:
    word = _last(key)
    return (word.lstrip("0") or "0") if word.isdigit() else _last(loose_key(word))


def _last(key: str) -> str:
    return key[key.rfind(" ") + 1 :]

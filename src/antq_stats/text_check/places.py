"""Mentions of units in a sentence: ``huyện Lục Yên``, ``TP. Yên Bái``, ``Mù Căng Chải``, ``toàn tỉnh``."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from antq_stats.plan import HIGHER_TYPES, VILLAGE_TYPES
from antq_stats.register.register import UnitRegister
from antq_stats.words.text import text_key
from antq_stats.words.unit_names import ABBREVIATIONS

_WORD = re.compile(r"[^\W_]+")
_WHOLE = ("toàn", "cả", "khắp", "của", "trong", "bàn")
_ENGLISH_WHOLE = re.compile(
    r"\b(?:the (?:whole|entire) (?:province|district|commune)|province-?wide|the province|nationwide)\b",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\s*(?:\(\s*(?:thuộc\s+)?|,\s*|[-–]\s*|(?:,\s*)?(?:thuộc|của|ở|tại|in)\s+)", re.IGNORECASE
)
_RANKED = re.compile(
    r"\b(?:đầu|nhất|nhì|thứ \w+|tốp đầu|mức (?:bình quân|trung bình|chung)|so với|in|of)\s*"
    r"(?:của\s+|trong\s+)?$",
    re.IGNORECASE,
)
"""The province is no new subject in ``Thành phố Yên Bái dẫn đầu toàn tỉnh: 95/120 …``."""
_CLOSED = re.compile(r"\s*\)")
_LONGEST = 8  # most words of a name with its type


class UnitMention(NamedTuple):
    """A mention of a unit, at ``start`` to ``end`` of the sentence.

    ``units`` are positions in the register: several if the name is ambiguous, none if no unit has it.
    """

    start: int
    end: int
    units: tuple[int, ...]


class Gazetteer:
    """Finds mentions of the units above the villages in running text.

    A name with its type is found in upper or lower case, a bare name only if each word begins with a capital.

    Parameters
    ----------
    register : the units.
    root : position of the unit that the report is about.
    """

    def __init__(self, register: UnitRegister, root: int) -> None:
        units = register.units
        self._root = root
        self._units = units
        self._kinds: dict[str, tuple[int, ...]] = {}
        self._bare: dict[str, tuple[int, ...]] = {}
        for position in range(len(units.codes)):
            kind = units.kind_key(position)
            if position not in units.children and kind not in HIGHER_TYPES:
                continue
            for key in units.name_keys(position):
                bare = key.removeprefix(f"{kind} ") if kind else key
                table = self._kinds if bare != key or _has_type(key, kind) else self._bare
                table[key] = (*table.get(key, ()), position)
        for table in (self._kinds, self._bare):
            for key, positions in table.items():
                highest = min(units.levels[position] for position in positions)
                table[key] = tuple(dict.fromkeys(p for p in positions if units.levels[p] == highest))
        self._own_kind = units.kind_key(root)
        self._levels = units.levels

    def mentions(self, sentence: str) -> list[UnitMention]:
        """Return the mentions of units in a sentence, in order; the longest name at each place."""
        words = [(found.start(), found.end(), text_key(found[0])) for found in _WORD.finditer(sentence)]
        found: list[UnitMention] = [
            UnitMention(*match.span(), (self._root,)) for match in _ENGLISH_WHOLE.finditer(sentence)
        ]
        at = 0
        while at < len(words):
            length = self._at(sentence, words, at, found)
            at += length or 1
        named = self._qualified(sentence, sorted(found))
        return [
            mention
            for at, mention in enumerate(named)
            if not at or mention.units != (self._root,) or not _RANKED.search(sentence[: mention.start])
        ]

    def _qualified(self, sentence: str, mentions: list[UnitMention]) -> list[UnitMention]:
        """Merge a mention and the unit it lies in, as in ``xã Minh Chuẩn (huyện Lục Yên)``."""
        kept: list[UnitMention] = []
        for mention in mentions:
            before = kept[-1] if kept else None
            if before is not None and (link := _WITHIN.fullmatch(sentence, before.end, mention.start)):
                lying = tuple(u for u in before.units if not set(self._above(u)).isdisjoint(mention.units))
                closed = _CLOSED.match(sentence, mention.end) if "(" in link[0] else None
                if lying and (closed or "(" not in link[0]):
                    end = closed.end() if closed else mention.end
                    kept[-1] = UnitMention(before.start, end, lying)
                    continue
            kept.append(mention)
        return kept

    def _above(self, unit: int) -> tuple[int, ...]:
        return self._units.ancestors(unit)[1:]

    def _at(self, sentence: str, words: list[tuple[int, int, str]], at: int, found: list[UnitMention]) -> int:
        if words[at][2] in _WHOLE and at + 1 < len(words):
            rest = " ".join(word[2] for word in words[at + 1 : at + 3])
            if self._own_kind and f"{rest} ".startswith(f"{self._own_kind} "):
                named = self._longest(sentence, words, at + 1)
                if named is None:
                    found.append(UnitMention(words[at][0], words[at + 1][1], (self._root,)))
                    return 1 + len(self._own_kind.split())
        named = self._longest(sentence, words, at)
        if named is None:
            return self._unknown(sentence, words, at, found)
        length, units = named
        found.append(UnitMention(words[at][0], words[at + length - 1][1], units))
        return length

    def _unknown(
        self, sentence: str, words: list[tuple[int, int, str]], at: int, found: list[UnitMention]
    ) -> int:
        """Add a mention without units for a name with a type that the register does not have."""
        for length in (2, 1):
            kind = " ".join(word[2] for word in words[at : at + length])
            name = words[at + length : at + length + 1]
            if kind in HIGHER_TYPES and name:
                start, end, _ = name[0]
                between = sentence[words[at + length - 1][1] : start]
                if sentence[start].isupper() and sentence[start + 1 : end].islower() and not between.strip():
                    found.append(UnitMention(words[at][0], end, ()))
                    return length + 1
        return 0

    def _longest(
        self, sentence: str, words: list[tuple[int, int, str]], at: int
    ) -> tuple[int, tuple[int, ...]] | None:
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            piece = words[at : at + length]
            if any(sentence[a[1] : b[0]].strip(" .\u00a0") for a, b in pairwise(piece)):
                continue
            key = " ".join(word[2] for word in piece)
            if units := self._kinds.get(key):
                if sentence[piece[-1][0]].isupper() or piece[-1][2].isdigit():
                    return length, units
            elif (units := self._bare.get(key)) and all(sentence[word[0]].isupper() for word in piece):
                return length, units
        return None


def _has_type(key: str, kind: str) -> bool:
    words = (*HIGHER_TYPES, *ABBREVIATIONS.get(kind, ()))
    return any(key.startswith(f"{word} ") for word in words if word)


_VILLAGE = re.compile(
    rf"(?:(?<=\W)|^)(?:{'|'.join(sorted((*VILLAGE_TYPES, 'tdp'), key=len, reverse=True))})"
    r"\s+(?:số\s+)?(?P<digits>\d{1,2})(?!\d|[.,]?\d|\s*%)",
    re.IGNORECASE,
)


def village_names(sentence: str) -> list[tuple[int, int]]:
    """Return the spans of the digits in names of villages: ``Thôn 3``, ``TDP số 12``."""
    return [found.span("digits") for found in _VILLAGE.finditer(sentence)]

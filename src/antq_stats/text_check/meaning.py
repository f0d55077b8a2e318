"""A sentence taken apart, the ways in which its numbers may be meant, and what those before it spoke of."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_stats.text_check.numbers.lexicon import RESULTS
from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.places import Place
from antq_stats.text_check.published import Change
from antq_stats.text_check.sentences import Time, Words
from antq_stats.text_check.vocabulary import Topic


class Memory(NamedTuple):
    """What the numbers before spoke of."""

    counts: tuple[Topic, ...]
    all: tuple[Topic, ...]
    ratios: tuple[Topic, ...]
    units: tuple[int, ...]
    together: tuple[int, ...] = ()
    """All units that the last sentence to name any has named."""


NOTHING = Memory((), (), (), ())


class Sentence(NamedTuple):
    """A sentence taken apart."""

    text: str
    bare: str
    """The same with no words in the place of units and years."""
    numbers: list[Number]
    places: list[Place]
    times: list[Time]
    units: list[tuple[tuple[int, ...], bool]]
    """Of each number the units it may be of, and whether the sentence names them."""


class Meant(NamedTuple):
    """One way in which a number may be meant, and what it then speaks of."""

    number: Number
    topics: list[Topic]
    words: Words


CHANGES: dict[tuple[str, str], tuple[Change, ...]] = {
    ("count", "up"): ("amount",),
    ("count", "down"): ("amount",),
    ("points", "up"): ("points",),
    ("points", "down"): ("points",),
    ("percent", "up"): ("percent",),
    ("percent", "down"): ("percent",),
    ("percent", "of"): ("of",),
    ("times", "up"): ("times",),
    ("times", "down"): ("fewer",),
    ("times", "of"): ("times",),
    ("count", "of"): (),
    ("points", "of"): (),
}
"""How this year is set against last by a number of a sort that is gained, lost or so many times."""

_NUMBER_OF = re.compile(r"\b(?:số lượng|số|number of)\s+(.{1,40})", re.IGNORECASE)
_JOINED = frozenset({"và", "and", "hoặc", "or", ",", ", và", ", and"})
_RISING = re.compile(rf"(?:tăng |nâng |giảm )?(?:{RESULTS})")


def noun_of(sentence: str, numbers: list[Number], at: int) -> int:
    """Return the number whose noun is a number's own too: ``164/220 thôn``, ``199, 218 và 252 tổ``."""
    while at + 1 < len(numbers):
        between = sentence[numbers[at].end : numbers[at + 1].digits].strip().casefold()
        is_bare_origin = numbers[at].is_origin and _RISING.fullmatch(between)
        if numbers[at].part != "of" and not is_bare_origin and between not in _JOINED:
            break
        at += 1
    return at


def number_of(before: str) -> str:
    """Return what the words before a number say the number of: ``số người tham gia là``; else nothing."""
    return next((found[1] for found in reversed(list(_NUMBER_OF.finditer(before)))), "")

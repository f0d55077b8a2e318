"""Interpretations of the numbers of a sentence, and the discourse context they depend on."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_stats.text_check.earlier.years import NOW, Time
from antq_stats.text_check.numbers.lexicon import RESULTS
from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.places import UnitMention
from antq_stats.text_check.published import Comparison, Reading
from antq_stats.text_check.sentences import LocalContext
from antq_stats.text_check.vocabulary import Topic


class DiscourseContext(NamedTuple):
    """What the earlier numbers of a paragraph refer to."""

    counts: tuple[Topic, ...]
    """Topics of the last count."""
    last: tuple[Topic, ...]
    """Topics of the last number of any sort."""
    ratios: tuple[Topic, ...]
    """Topics of the last number that is no count."""
    units: tuple[int, ...]
    """Units of the last mention of a unit."""
    last_units: tuple[int, ...] = ()
    """All units that are named in the last sentence that names one."""


EMPTY_CONTEXT = DiscourseContext((), (), (), ())


class Sentence(NamedTuple):
    """A sentence with its numbers, the units it mentions, and the period and units of each number."""

    text: str
    bare: str
    """``text`` with mentions of units and years masked, at the same offsets."""
    numbers: list[Number]
    mentions: list[UnitMention]
    times: list[Time]
    bases: list[Time]
    """For each number the period that it is a change since, if it is one."""
    units: list[tuple[tuple[int, ...], bool]]
    """For each number the units it may be of, and whether the sentence names them."""


class Interpretation(NamedTuple):
    """One interpretation of a number: its sort and change, and the topics it may refer to."""

    number: Number
    topics: list[Topic]
    words: LocalContext


CHANGES: dict[tuple[str, str], tuple[Comparison, ...]] = {
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
"""How a number compares this year with last, by its sort and its change."""


def readings_of(
    number: Number, topics: list[Topic], units: tuple[int, ...], time: Time, base: Time
) -> list[Reading]:
    """Return what a number may refer to, the likeliest first.

    Parameters
    ----------
    number : the number.
    topics : the topics that it may be of.
    units : the units that it may be of.
    time : the period that it is of.
    base : the period that it is a change since, if it is one.
    """
    ways: list[tuple[Time, Comparison, Time]] = [(time, "none", NOW)]
    if number.change is not None:
        changes = CHANGES[number.sort, number.change]
        until = [time, NOW] if time.kind == "earlier" and time != base else [NOW]
        ways = [(last, change, base) for last in until for change in changes]
    elif time.kind == "other":  # the year may only be mentioned: try the figure of the report too
        ways.append((NOW, "none", NOW))
    return [Reading(topic, unit, *way) for way in ways for topic in topics for unit in units]


_NUMBER_OF = re.compile(r"\b(?:số lượng|số|number of)\s+(.{1,40})", re.IGNORECASE)
_JOINED = frozenset({"và", "and", "hoặc", "or", ",", ", và", ", and"})
_RISING = re.compile(rf"(?:tăng |nâng |giảm )?(?:{RESULTS})")


def head_noun_at(sentence: str, numbers: list[Number], index: int) -> int:
    """Return the index of the number that has the head noun of a number behind it.

    In ``164/220 thôn`` and ``199, 218 và 252 tổ`` the last number has the noun of all.

    Parameters
    ----------
    sentence : text of the sentence.
    numbers : its numbers.
    index : the number whose noun is wanted.
    """
    while index + 1 < len(numbers):
        between = sentence[numbers[index].end : numbers[index + 1].digits].strip().casefold()
        is_bare_origin = numbers[index].is_origin and _RISING.fullmatch(between)
        if numbers[index].part != "of" and not is_bare_origin and between not in _JOINED:
            break
        index += 1
    return index


def counted_noun(before: str) -> str:
    """Return what the words before a number say it is the number of: ``số người tham gia là``.

    Empty if they have no ``số``, ``số lượng`` or ``number of``.
    """
    return next((match[1] for match in reversed(list(_NUMBER_OF.finditer(before)))), "")

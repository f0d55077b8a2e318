"""Wordings of the topics a report can refer to: measures, ratios, levels of the register, findings.

A wording is compared with the words around a number as a bag of syllables. A syllable weighs more the fewer
topics have it (inverse document frequency). Wordings of measures and ratios are the labels and aliases of the
form and nothing else, so any form is understood like the built-in one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log
from typing import NamedTuple

from antq_stats.findings.catalogue import severity_label
from antq_stats.findings.finding import Severity
from antq_stats.form import Form, Measure
from antq_stats.form.entries import UNITS
from antq_stats.plan import VILLAGE_TYPES
from antq_stats.register.register import UnitRegister
from antq_stats.text_check.numbers.lexicon import COMPOUNDS, NOUNS
from antq_stats.words.language import LANGUAGES
from antq_stats.words.text import text_key

_SHORT = {
    text_key(short): text_key(full)
    for short, full in {
        "ANTT": "an ninh trật tự", "ANTQ": "an ninh tổ quốc", "CCB": "cựu chiến binh", "CLB": "câu lạc bộ",
        "GĐVH": "gia đình văn hóa", "KDC": "khu dân cư", "MH": "mô hình", "PCMT": "phòng chống ma túy",
        "PCTP": "phòng chống tội phạm", "PN": "phụ nữ", "TDP": "tổ dân phố", "TNXH": "tệ nạn xã hội",
        "tỉ": "tỷ",
    }.items()
}  # fmt: skip
"""Usual abbreviations, which are spelt out in wordings and in the report."""

_NOUN_WORDS, _NOUN_CHARACTERS = 4, 40  # longest noun of what is counted

_EMPTY_WORDS = (
    "số các và của theo trong về có là được cho với tại ở đã những trên lệ tỷ % "
    "a an and at by for from in is of on or out share that the their there to was were which who with"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
"""Stop words."""

_WEIGHTS: tuple[Severity, ...] = ("hard", "soft")
_EARLIER_LABELS: dict[Severity, str] = {"hard": "lỗi, phải sửa", "soft": "nghi vấn, cần xem lại"}
"""How reports of earlier versions call the findings."""

_COMPOUNDS = re.compile(rf"\b(?:{'|'.join(COMPOUNDS)})\b")
_NAMED = 0.85
_ALL = {"tổng"}
"""``tổng số`` alone names no measure."""
_OWNER = re.compile(r"\s*\w+(?:['’]s|s['’])")

_RATIO_WORD = re.compile(r"\b(?:tỷ|tỉ) lệ\b|%|\bshare\b|\brate\b|\bproportion\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text without stop words: abbreviations spelt out, English plurals cut."""
    found: list[str] = []
    for word in _COMPOUNDS.sub(" ", text_key(text)).split():
        found += _SHORT.get(word, word).split()
    return tuple(_singular(word) for word in found if word not in _EMPTY)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.isascii() and word.endswith("s") else word


FINDINGS = "findings"
"""Code of the topic of hard and soft findings."""


class Topic(NamedTuple):
    """What a number can refer to: a measure or ratio by its code, the units of a level, or findings."""

    code: str
    level: int = -1
    """Position of the level where its units are counted; ``code``, or ``over``, is then ``units``."""
    weight: Severity | None = None
    """Severity of the findings that are counted; ``code`` is then ``findings``."""
    plus: tuple[str, ...] = ()
    """Measures added to this one: all clubs together."""
    over: str = ""
    """The measure this one is divided by, for an average such as members per group."""


class Match(NamedTuple):
    """A topic that words fit, with a score from 0 to 1."""

    topic: Topic
    score: float


@dataclass(frozen=True)
class _Wording:
    topic: Topic
    words: frozenset[str]
    is_known: bool
    """Whether the topic has a figure. Words that fit a measure without figures mostly mean another one."""
    texts: frozenset[str] = frozenset()
    """For a level, the names of its kinds of units."""


class Vocabulary:
    """The wordings of a form and of a register's levels.

    Parameters
    ----------
    form : the form.
    register : the register.
    published : codes of the measures and ratios that have figures.
    """

    def __init__(self, form: Form, register: UnitRegister, published: Iterable[str]) -> None:
        self._form = form
        self._published = frozenset(published)
        self._levels = list(_level_wordings(register))
        self._counts = [*self._measure_wordings(), *self._levels, *_finding_wordings()]
        self._ratios = list(self._ratio_wordings())
        self._weights = _weights(self._counts)
        self._ratio_weights = _weights(self._ratios)
        self._known_counts: dict[str, list[Match]] = {}
        self._known_ratios: dict[str, list[Match]] = {}
        self.units = {measure.code: _unit_words(measure) for measure in form.measures}

    def _measure_wordings(self) -> Iterator[_Wording]:
        for measure in self._form.measures:
            yield from self._wordings(measure.code, measure.label.vi, measure.label.en, *measure.aliases)

    def _ratio_wordings(self) -> Iterator[_Wording]:
        for ratio in self._form.ratios:
            yield from self._wordings(ratio.code, ratio.label.vi, ratio.label.en, *ratio.aliases)

    def _wordings(self, code: str, *texts: str) -> Iterator[_Wording]:
        seen = {frozenset(words_of(text)) for text in texts}
        for words in sorted(seen, key=sorted):
            if words:
                yield _Wording(Topic(code), words, code in self._published)

    def counts(self, text: str) -> list[Match]:
        """Return the measures, levels and findings that a text fits, the best first."""
        if text not in self._known_counts:
            self._known_counts[text] = _matches(self._counts, self._weights, words_of(text))
        return self._known_counts[text]

    def ratios(self, text: str) -> list[Match]:
        """Return the ratios that a text fits, the best first."""
        if text not in self._known_ratios:
            self._known_ratios[text] = _matches(self._ratios, self._ratio_weights, words_of(text))
        return self._known_ratios[text]

    def levels(self, text: str) -> list[Topic]:
        """Return the levels whose units a text names in full."""
        words = frozenset(words_of(text))
        return list(dict.fromkeys(wording.topic for wording in self._levels if wording.words <= words))

    def is_generic(self, text: str) -> bool:
        """Return whether a text names only a unit of measure or a level: ``hộ``, ``thôn, bản``."""
        return self.says_all(text) or self._known(text) <= self._unit_words

    def _known(self, text: str) -> set[str]:
        return {word for word in words_of(text) if word in self._weights}

    def says_all(self, text: str) -> bool:
        """Return whether a text names no measure, only that the number is a total: ``đưa tổng số lên``."""
        return self._known(text) == _ALL

    @cached_property
    def _unit_words(self) -> frozenset[str]:
        levels = [wording.words for wording in self._counts if wording.topic.code == UNITS]
        return frozenset().union(*self.units.values(), *levels)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """Noun (text key) -> what it counts; nouns of the lexicon and units of measure of the form."""
        kinds = {text_key(noun): kind for kind, nouns in NOUNS.items() for noun in nouns}
        for measure in self._form.measures:
            if measure.unit is not None:
                first = text_key(measure.unit.vi)
                kind = self._kind_in(kinds, first) or first
                for unit in (measure.unit.vi, measure.unit.en):
                    kinds.setdefault(text_key(unit), kind)
        return kinds

    @staticmethod
    def _kind_in(kinds: dict[str, str], text: str) -> str | None:
        words = text.split()[:_NOUN_WORDS]
        named = (" ".join(words[:length]) for length in range(len(words), 0, -1))
        return next((kinds[noun] for noun in named if noun in kinds), None)

    def kind(self, text: str) -> str | None:
        """Return what the noun at the beginning of a text counts; None if it is unknown or too general."""
        if _OWNER.match(text):  # "277 women's clubs" does not count women
            return None
        return self._kind_in(self._kinds, text_key(text[:_NOUN_CHARACTERS])) or None

    def is_noun(self, text: str) -> bool:
        """Return whether a text begins with a known noun, however general."""
        return self._kind_in(self._kinds, text_key(text[:_NOUN_CHARACTERS])) is not None

    def is_unknown(self, text: str) -> bool:
        """Return whether a text begins with a word that no wording has: ``1.691 chi hội``."""
        words = words_of(text)
        return bool(words) and words[0] not in self._weights

    @cached_property
    def _kinds_of(self) -> dict[str, frozenset[str]]:
        found = {
            measure.code: frozenset({self._kind_in(self._kinds, text_key(measure.unit.vi)) or ""} - {""})
            for measure in self._form.measures
            if measure.unit is not None
        }
        for wording in self._levels:
            words = (self._kind_in(self._kinds, text) for text in wording.texts)
            found[f"{UNITS} {wording.topic.level}"] = found.get(
                f"{UNITS} {wording.topic.level}", frozenset()
            ) | frozenset(kind for kind in words if kind)
        return found

    def is_of_kind(self, topic: Topic, kind: str | None) -> bool:
        """Return whether a noun can count a topic; True if the noun or the topic has no kind."""
        key = f"{UNITS} {topic.level}" if topic.code == UNITS else topic.code
        own = self._kinds_of.get(key)
        return kind is None or not own or kind in own

    def has_decimals(self, code: str) -> bool:
        """Return whether a code is that of a measure with decimals."""
        return any(measure.code == code and measure.decimals for measure in self._form.measures)

    @cached_property
    def amounts(self) -> dict[str, int]:
        """The units of the measures with decimals, in lower case and both languages, and their decimals."""
        return {
            unit.casefold(): measure.decimals
            for measure in self._form.measures
            if measure.decimals and measure.unit is not None
            for unit in (measure.unit.vi, measure.unit.en)
        }

    @cached_property
    def nouns(self) -> frozenset[str]:
        """First words of the units of measure: ``2021`` before one of them is no year."""
        named = (measure.unit for measure in self._form.measures if measure.unit)
        return frozenset(word.casefold().split()[0] for unit in named for word in (unit.vi, unit.en))

    def counted_in(self, text: str, kind: str | None) -> list[Topic]:
        """Return the measures counted in a kind; without a kind, those whose unit of measure a text names.

        Parameters
        ----------
        text : words behind the number.
        kind : what the noun of the number counts, or None.
        """
        if kind is not None:
            topics = (Topic(measure.code) for measure in self._form.measures if measure.unit is not None)
            return [topic for topic in topics if self.is_of_kind(topic, kind)]
        words = words_of(text)
        spoken = frozenset(words if self.is_generic(text) else words[:1])
        return [Topic(measure.code) for measure in self._form.measures if self.units[measure.code] & spoken]

    def covers(self, topic: Topic, text: str) -> bool:
        """Return whether some wording of a topic has all the known words of a text."""
        known = self._known(text)
        return bool(known) and any(
            known <= wording.words for wording in self._counts if wording.topic == topic
        )

    def is_name_of(self, topic: Topic, text: str) -> bool:
        """Return whether the known words of a text are those of some wording of a topic, no more, no less."""
        known = self._known(text)
        return any(known == wording.words for wording in self._counts if wording.topic == topic)

    def is_named(self, text: str) -> bool:
        """Return whether a text has all the words of some wording, apart from its unit of measure."""
        spoken = self._known(text)
        rests = (wording.words - self.units.get(wording.topic.code, frozenset()) for wording in self._counts)
        return any(len(rest) > 1 and rest <= spoken for rest in rests)

    def is_measure(self, code: str) -> bool:
        """Return whether a code is that of a measure."""
        return code in self.units

    def says_ratio(self, text: str) -> bool:
        """Return whether a text names a share."""
        return bool(_RATIO_WORD.search(text))

    @cached_property
    def inner_commas(self) -> frozenset[tuple[str, str]]:
        """Pairs of words around a comma within a wording, which ends no phrase."""
        found: set[tuple[str, str]] = {
            (left.split()[-1], right.split()[0]) for left in _TYPES for right in _TYPES
        }
        for column in self._form.columns:
            for text in (column.label.vi, column.label.en, *column.aliases):
                parts = [text_key(part).split() for part in text.split(",")]
                found.update((a[-1], b[0]) for a, b in pairwise(parts) if a and b)
        return frozenset(found)

    @cached_property
    def names(self) -> re.Pattern[str] | None:
        """Pattern of wordings that have digits (``"2 không, 1 giảm"``); None if there is none."""
        found: set[str] = set()
        for column in self._form.columns:
            for text in (column.label.vi, column.label.en, *column.aliases):
                for run in re.finditer(r"(?:\d+\s+[^\W\d_]+(?:,\s+)?)+", text):
                    found.add(r"[\s,]+".join(map(re.escape, re.split(r"[\s,]+", run[0].strip(", ")))))
        either = "|".join(sorted(found, key=len, reverse=True))
        return re.compile(rf"(?<![\d.,])(?:{either})\b", re.IGNORECASE) if found else None


_TYPES = (*VILLAGE_TYPES, "tdp", "xã", "phường", "thị trấn", "huyện", "thị xã", "thành phố", "quận", "tỉnh")


def _unit_words(measure: Measure) -> frozenset[str]:
    if measure.unit is None:
        return frozenset()
    return frozenset((*words_of(measure.unit.vi), *words_of(measure.unit.en)))


def _level_wordings(register: UnitRegister) -> Iterator[_Wording]:
    """Yield the wordings of the levels below the root: ``xã, phường, thị trấn``, ``communes``."""
    units = register.units
    for level, name in enumerate(register.levels):
        if level == 0:
            continue
        at = [place for place, own in enumerate(units.levels) if own == level]
        kinds = {units.kind_key(place) for place in at} - {""}
        if level == len(register.levels) - 1 and not kinds & {"xã", "phường"}:
            kinds |= {"làng", "thôn", "bản", "tổ dân phố", "khu dân cư"}
        called = frozenset(map(text_key, (*kinds, name)))
        wordings = {frozenset(words_of(text)) for text in (*kinds, name, " ".join(kinds))}
        for words in sorted(wordings, key=sorted):
            if words:
                yield _Wording(Topic(UNITS, level), words, is_known=True, texts=called)


def _finding_wordings() -> Iterator[_Wording]:
    for weight in _WEIGHTS:
        labels = [severity_label(weight, lang) for lang in LANGUAGES]
        for label in (*labels, _EARLIER_LABELS[weight]):
            yield _Wording(Topic(FINDINGS, weight=weight), frozenset(words_of(label)), is_known=True)


def _weights(wordings: list[_Wording]) -> dict[str, float]:
    topics: dict[str, set[Topic]] = {}
    for wording in wordings:
        for word in wording.words:
            topics.setdefault(word, set()).add(wording.topic)
    many = 1 + len({wording.topic for wording in wordings})
    return {word: log(1 + many / len(those)) for word, those in topics.items()}


def _matches(wordings: list[_Wording], weights: dict[str, float], words: tuple[str, ...]) -> list[Match]:
    """Return topics by an F-measure.

    Recall is the share of a wording that the words have, precision the share of the words that it has.
    """
    known = Counter(word for word in words if word in weights)
    spoken = sum(weights[word] for word in known)
    best: dict[Topic, float] = {}
    if not spoken:
        return []
    for wording in wordings:
        shared = sum(weights[word] for word in wording.words if word in known)
        if not shared:
            continue
        recall = shared / sum(weights[word] for word in wording.words)
        if not wording.is_known and recall < _NAMED:
            continue  # a topic without figures is meant only if it is named
        explained = shared / spoken
        # beta = 1/2: a wording may have more than the words, but should cover them
        score = 1.25 * recall * explained / (0.25 * explained + recall) * (1.0 if wording.is_known else 0.85)
        best[wording.topic] = max(best.get(wording.topic, 0.0), score)
    return sorted((Match(topic, score) for topic, score in best.items()), key=lambda wording: -wording.score)

"""What a number may refer to: the measures, ratios or levels that the words around it fit."""

from __future__ import annotations

import itertools
import re

from antq_stats.form.entries import UNITS
from antq_stats.text_check.numbers.lexicon import RESULTS
from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.numbers.numbers import without_change
from antq_stats.text_check.published import NOT_MEASURED, PublishedFigures
from antq_stats.text_check.sentences import LocalContext
from antq_stats.text_check.vocabulary import Match, Topic, Vocabulary

LEAST_SCORE = 0.5
"""Least score at which words fit a topic."""

_TIE = 0.93
_LINKS = re.compile(
    r"(?:\b(?:đạt|chiếm|bằng|tương đương|tương ứng|là|ở mức|tức|hay|được|và|"
    r"số này|con số này|chỉ|mới|đã|"
    r"equals?|making(?: up)?|makes?(?: up)?|i\.e\.?|that is|is|are|or|and|which|rate|the|a|of|"
    r"at|just)\b[\s,]*|"
    r"\b(?:với )?(?:tỷ|tỉ) lệ\b[\s,]*(?:chung\b\s*)?)+$",
    re.IGNORECASE,
)
"""Words that link a share to the count before it: ``chiếm 81 %``, ``đạt tỷ lệ 81 %``."""

_ADVERBS = re.compile(
    r"\b(?:chỉ mới|mới chỉ|mới)\s+(?=(?:chỉ|có|đạt|được)\b)|\b(?:chỉ mới|mới chỉ)\b", re.IGNORECASE
)
"""Adverbs for "only": ``mới có 70 tổ`` does not count new groups."""

_THAN = re.compile(r"\b(?:so với|so sánh với|compared (?:with|to)|than)\b", re.IGNORECASE)
_RESULT = re.compile(rf"\s*(?:{RESULTS})\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:mỗi|từng|each|every)\s+", re.IGNORECASE)
_BASE = re.compile(
    r"^\s*(?:của |trên |so với |trong |of |over )*(?:the |all )*(?:tổng\s)?(?:số\s)?", re.IGNORECASE
)


class TopicResolver:
    """Resolves the words around a number, and the topics of earlier numbers, to topics.

    Parameters
    ----------
    vocabulary : wordings of the form and the register.
    figures : the published figures.
    """

    def __init__(self, vocabulary: Vocabulary, figures: PublishedFigures) -> None:
        self._words = vocabulary
        self._figures = figures

    def resolve(
        self, number: Number, words: LocalContext, linked: list[Topic], carried: list[Topic]
    ) -> list[Topic]:
        """Return the topics of a number, the likeliest first; empty if the words fit none.

        Parameters
        ----------
        number : the number.
        words : its local context.
        linked : topics of the count before it in the sentence.
        carried : topics of the number before it, in the sentence or the paragraph.
        """
        if number.change is not None:
            return self._changed(number, words, linked, carried)
        if number.sort == "count":
            found = self._count(words, carried)
            if number.part is not None:  # 138/163 thôn: units may be counted, not what they gave
                found = list(dict.fromkeys((*found, *self._words.levels(words.after))))
            return found
        return self._share(words, linked, carried)

    def averages(self, found: list[Topic], named: list[Topic], words: LocalContext) -> list[Topic]:
        """Return the topics of an average: a measure per unit of another measure, or per unit of a level.

        Parameters
        ----------
        found : topics of the number without the average.
        named : topics of the numbers before it.
        words : its local context.
        """
        measures = [
            topic
            for topic in (
                *named,
                *best_of(self._words.counts(words.before)),
                *self._pool(words.before),
                *self._per(words.after.partition("/")[2]),
                *self._per((_EACH.split(words.before) or [""])[-1]),
            )
            if self._words.is_measure(topic.code)
        ]
        counted = [topic for topic in found if self._words.is_measure(topic.code) and not topic.plus]
        averages = [
            Topic(topic.code, over=other.code)
            for topic in counted
            for other in dict.fromkeys(measures)
            if topic.code != other.code and not other.plus
        ]
        levels = self._words.levels(words.before)
        return [
            *averages,
            *(Topic(topic.code, level.level, over=UNITS) for topic in counted for level in levels),
        ]

    def _per(self, noun: str) -> list[Topic]:
        """Return the topics counted by the noun of a base: ``tổ`` in ``người/tổ`` and ``mỗi tổ``."""
        kind = self._words.kind(noun) if noun else None
        return [] if kind is None else self._pool(noun, kind)

    def _count(self, words: LocalContext, carried: list[Topic]) -> list[Topic]:
        after, before = _compared(words.after) if words.is_attached else "", words.before
        if after and not self._words.is_generic(after):
            best = self._best(after, words)
            if best:
                return best
            if self._words.is_named(after):
                return []  # the name of a measure that another noun counts: "9 mô hình Bạn giúp bạn"
        pool = self._pool(after, words.kind)
        before = _ADVERBS.sub(" ", before)
        if pool and _LINKS.fullmatch(before.strip(" ·")) and any(topic in pool for topic in carried):
            before = ""  # "năm 2020 đạt 20.421 hộ": the topic of the number before
        if before and not self._words.is_generic(before):
            best = self._best(before, words)
            known = [t for t in carried if (not pool or t in pool) and self._words.covers(t, before)]
            if known and not any(self._words.is_name_of(topic, before) for topic in best):
                return known  # "Huyện Văn Yên ký được 30.634 hộ": an earlier topic fits, though not best
            narrowed = [topic for topic in best if not pool or topic in pool]
            if narrowed:
                return narrowed
        if pool:
            first = [topic for topic in carried if topic in pool]
            likely = self._best(after, words)
            return list(dict.fromkeys((*first, *likely, *pool, *self._figures.summed_by_section(pool))))
        if before and not after and not self._words.says_all(before):
            best = self._best(before, words)
            if best:
                return list(dict.fromkeys((*best, *self._pool(before))))
        if after:
            return []
        known = list(filter(self._is_count, carried))
        if _RESULT.match(before):  # "tăng 95 tổ, lên 1.691": the topic that rose
            return known
        return self._subject(words, shares=False) or known

    def _subject(self, words: LocalContext, *, shares: bool) -> list[Topic]:
        """Return the topics of the subject of a sentence: ``Tỷ lệ hộ đạt: cao nhất là … (90,3 %)``."""
        if not words.head or self._words.is_generic(words.head):
            return []
        return best_of(self._words.ratios(words.head) if shares else self._words.counts(words.head))

    def _best(self, text: str, words: LocalContext) -> list[Topic]:
        """Return the measures and levels that a text fits best, among those the noun can count."""
        fitting = [one for one in self._words.counts(text) if self._words.is_of_kind(one.topic, words.kind)]
        return best_of(fitting)

    def _pool(self, text: str, kind: str | None = None) -> list[Topic]:
        """Return all topics counted in the unit of measure, or of the level, that a text begins with."""
        if not text and kind is None:
            return []
        levels = [
            m.topic for m in self._words.counts(text) if m.topic.code == UNITS and m.score >= LEAST_SCORE
        ]
        return [
            *(topic for topic in levels if self._words.is_of_kind(topic, kind)),
            *self._words.counted_in(text, kind),
        ]

    def _is_count(self, topic: Topic) -> bool:
        return topic.code in NOT_MEASURED or self._words.is_measure(topic.code)

    def _share(self, words: LocalContext, linked: list[Topic], carried: list[Topic]) -> list[Topic]:
        before = _LINKS.sub("", words.before).strip()
        after = words.after
        if before and not self._words.is_generic(before):
            base = f" {after}" if _BASE.match(after) and after.strip() else ""
            best = best_of(self._words.ratios(before + base)) or best_of(self._words.ratios(before))
            if best:
                return best
            # the numerator may be named before it without a number
            parts = [t for part in self._best(before, words) for t in self._figures.ratios_of(part)]
            if parts:
                return self._over(after, parts)
        numerators = [topic for topic in linked if self._figures.ratios_of(topic)]
        own = best_of(self._words.ratios(after)) if after and not self._words.is_generic(after) else []
        over = [t for part in numerators for t in self._over(after, self._figures.ratios_of(part))]
        if numerators and after.strip() and words.is_attached:
            bases = self._bases(after)
            exact = [t for part in numerators for base in bases for t in self._figures.ratio_over(part, base)]
            return list(dict.fromkeys((*exact, *own))) or over
        if own:
            return own
        if numerators:
            return over
        known = list(itertools.filterfalse(self._is_count, carried))
        if known and _RESULT.match(before):
            return known
        return self._subject(words, shares=True) or known

    def _bases(self, after: str) -> list[Topic]:
        """Return the measures that a base names, such as ``tổng số hộ`` or ``số hộ đăng ký``."""
        return best_of(self._words.counts(_BASE.sub("", after))) if after.strip() else []

    def _over(self, after: str, ratios: list[Topic]) -> list[Topic]:
        """Return the ratio whose base is named, else the first; the ratios have the same numerator."""
        bases = {base.code for base in self._bases(after)}
        named = [topic for topic in ratios if self._figures.form.ratio(topic.code).denominator in bases]
        return named[:1] or ratios[:1]

    def _changed(
        self, number: Number, words: LocalContext, linked: list[Topic], carried: list[Topic]
    ) -> list[Topic]:
        after = _compared(words.after) if words.is_attached and number.sort == "count" else ""
        if after and not self._words.is_generic(after):
            best = self._best(after, words)
            if best:
                return best
        before = without_change(words.before).strip()
        if before and not self._words.is_generic(before):
            shares = number.sort != "count" and self._words.says_ratio(before)
            best = best_of(self._words.ratios(before) if shares else self._words.counts(before))
            if best:
                return best
        pool = self._pool(after, words.kind)
        if number.sort == "count":
            last = [topic for topic in (*carried, *linked) if self._is_count(topic)]
            return [topic for topic in dict.fromkeys(last) if not pool or topic in pool] or pool
        if words.kind is not None:  # "số buổi tăng 21,9%"
            named = self._pool("", words.kind)
            return [topic for topic in (*linked, *carried) if topic in named] or named
        ratios = [topic for topic in carried if not self._is_count(topic)]
        if number.sort == "points":
            return ratios
        return list(dict.fromkeys((*linked, *ratios, *carried)))


def _compared(after: str) -> str:
    """Return the words behind a number up to a comparison (``so với``)."""
    return _THAN.split(after)[0]


def best_of(matches: list[Match]) -> list[Topic]:
    """Return the topics whose score is close to the best one."""
    if not matches or matches[0].score < LEAST_SCORE:
        return []
    return [match.topic for match in matches if match.score >= matches[0].score * _TIE]

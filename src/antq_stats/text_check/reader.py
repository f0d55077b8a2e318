"""The prose of a report read sentence by sentence: what each number means, and whether it is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from antq_stats.figures.publication import Publication
from antq_stats.text_check.documents.bounds import Budget
from antq_stats.text_check.judge import Judged, holds, interval_of, is_telling, judge
from antq_stats.text_check.meaning import CHANGES, NOTHING, Meant, Memory, Sentence, noun_of, number_of
from antq_stats.text_check.numbers.lexicon import LIKENS, RESULTS
from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.numbers.numbers import numbers_of
from antq_stats.text_check.numbers.passed_over import PassedOver
from antq_stats.text_check.places import Gazetteer, village_names
from antq_stats.text_check.published import Change, Figures, Reading
from antq_stats.text_check.sentences import (
    Clock,
    Time,
    Words,
    about,
    is_average,
    is_each,
    is_in_turn,
    sentences_of,
    units_at,
    without_years,
)
from antq_stats.text_check.topics import Topics
from antq_stats.text_check.vocabulary import Topic, Vocabulary
from antq_stats.words.language import Language


class Checked(NamedTuple):
    """A number of a report, where it stands, and the verdict on it."""

    sentence: str
    number: Number
    judged: Judged
    in_table: bool = False


class Skipped(NamedTuple):
    """Digits that were passed over, and where they stand."""

    sentence: str
    passed: PassedOver


_RISEN = re.compile(rf"\b(?:(?:tăng|nâng|giảm|rose|fell|up|down) (?:{RESULTS})|{RESULTS})\s*$", re.IGNORECASE)
_SHARE = re.compile(rf"[^.;:]{{0,60}}?(?:\(|\b(?:{LIKENS}|chiếm|tỷ lệ)\b)[^.;:\d]{{0,20}}", re.IGNORECASE)


class Reader:
    """Reads a report with the figures at hand, and keeps what it finds."""

    def __init__(self, publication: Publication, lang: Language, budget: Budget) -> None:
        self._budget = budget
        self.checked: list[Checked] = []
        self.skipped: list[Skipped] = []
        given = [column.code for column in publication.columns]
        self.vocabulary = Vocabulary(publication.form, publication.register, given)
        self.publication = publication
        self.figures = Figures(publication)
        self.root = publication.root
        self.gazetteer = Gazetteer(publication.register, self.root)
        self.topics = Topics(self.vocabulary, self.figures)
        self.lang = lang
        last = publication.prior.period if publication.prior else None
        self.clock = Clock(publication.period, last)
        self._heading: tuple[int, ...] = ()
        self._read: dict[tuple[str, Memory], tuple[Memory, list[Checked], list[Skipped]]] = {}

    def paragraph(self, text: str) -> None:
        """Check a paragraph."""
        memory = NOTHING._replace(units=self._heading)
        numbered = len(self.checked)
        for sentence in sentences_of(text):
            memory = self._once(sentence, memory)
        if len(self.checked) == numbered and len(text.split()) <= 20:  # a heading, or close to one
            named = [place.units for place in self.gazetteer.places(text)]
            self._heading = named[-1] if named else ()

    def numbers(self, sentence: str) -> list[Number]:
        """Return a sentence's numbers, and take note of what was passed over."""
        names = village_names(sentence)
        if self.vocabulary.names is not None:
            names += [found.span() for found in self.vocabulary.names.finditer(sentence)]
        found, passed = numbers_of(sentence, self.lang, names, self.vocabulary.nouns)
        self.skipped += [Skipped(sentence, one) for one in passed]
        return found

    def _once(self, sentence: str, memory: Memory) -> Memory:
        """Check a sentence; one that stands there again, after the same, is judged alike."""
        known = self._read.get((sentence, memory))
        if known is None:
            checked, skipped = len(self.checked), len(self.skipped)
            after = self._sentence(sentence, memory)
            known = after, self.checked[checked:], self.skipped[skipped:]
            self._read[sentence, memory] = known
        else:
            self.checked += known[1]
            self.skipped += known[2]
        self._budget.spend(len(sentence) * (len(known[1]) + len(known[2])))
        return known[0]

    def _sentence(self, text: str, memory: Memory) -> Memory:
        one = self._taken_apart(text)
        told: list[list[Meant]] = []
        linked: list[Topic] = []
        for at, number in enumerate(one.numbers):
            before = text[one.numbers[at - 1].end if at else 0 : number.start]
            if is_average(before):
                told.append([self._average(one, at, told, memory)])
                continue
            told.append(self._ways(one, at, told, linked, memory))
            if is_each(before):
                told[-1].append(self._average(one, at, told[:-1], memory))
            found = told[-1][0].topics
            if number.part != "whole" and number.change != "of":
                meant = self._confirmed(number, found, self._where(one, at, memory), one.times[at])
                if number.sort == "count" and meant:
                    linked = meant
                    memory = memory._replace(counts=tuple(meant))
                if number.sort != "count":
                    memory = memory._replace(ratios=tuple(meant) or memory.ratios)
                memory = memory._replace(all=tuple(meant) or memory.all)
        for at in range(len(told)):
            self._judge(one, at, told, memory)
        if one.places:
            together = tuple(unit for place in one.places for unit in place.units)
            memory = memory._replace(units=one.places[-1].units, together=together)
        return memory

    def _taken_apart(self, text: str) -> Sentence:
        numbers = self.numbers(text)
        places = self.gazetteer.places(text)
        plain = list(text)
        for place in places:  # a unit's name is no word of a measure
            plain[place.start : place.end] = "·" * (place.end - place.start)
        times = self.clock.times(text, numbers)
        for at, number in enumerate(numbers):
            if number.is_origin:
                times[at] = "last"
            if at and _RISEN.search(text[numbers[at - 1].end : number.start]):
                times[at] = "now"  # what it rose to is of this year
        units = units_at(text, numbers, places, self.vocabulary)
        return Sentence(text, without_years("".join(plain)), numbers, places, times, units)

    def _where(self, one: Sentence, at: int, memory: Memory) -> tuple[int, ...]:
        named, is_named = one.units[at]
        if not is_named and memory.together and is_in_turn(one.text):
            return memory.together
        return named if is_named else tuple(dict.fromkeys((*memory.units, self.root)))

    def _words(self, one: Sentence, at: int) -> Words:
        words = about(one.bare, one.numbers, at, self.vocabulary)
        if (shared := noun_of(one.bare, one.numbers, at)) != at:
            words = about(one.bare, one.numbers, shared, self.vocabulary)._replace(before=words.before)
        if one.numbers[at].sort != "count":
            is_change = one.numbers[at].change is not None
            kind = self.vocabulary.kind(number_of(words.before)) if is_change else None
            return words._replace(kind=kind)
        noun = words.after if words.is_attached else number_of(words.before)
        return words._replace(kind=self.vocabulary.kind(noun))

    def _ways(
        self, one: Sentence, at: int, told: list[list[Meant]], linked: list[Topic], memory: Memory
    ) -> list[Meant]:
        """Return the ways in which a number may be meant, the likeliest first, and what it then speaks of."""
        words = self._words(one, at)
        found: list[Meant] = []
        for number in (one.numbers[at], *one.numbers[at].others):
            topics = self._topics(number, words, told, linked, memory)
            found.append(Meant(number, topics, words))
        main = found[0].number
        if main.sort == "percent" and main.change is None and one.text[: main.start].rstrip().endswith("("):
            # "27.456 hộ đăng ký, 23.409 hộ đạt (85,3%)": of those that the sentence speaks of
            spoken = {topic.code for ways in told for topic in ways[0].topics}
            found.append(Meant(main, self.figures.ratios_within(linked, spoken), words))
        return found

    def _topics(
        self, number: Number, words: Words, told: list[list[Meant]], linked: list[Topic], memory: Memory
    ) -> list[Topic]:
        if number.part == "whole" and told:
            wholes = [whole for part in told[-1][0].topics for whole in self.figures.wholes_of(part)]
            both = dict.fromkeys((*wholes, *self.vocabulary.levels(words.after)))
            return [topic for topic in both if self.vocabulary.is_of_kind(topic, words.kind)]
        link = linked
        if not link and (number.change is not None or number.sort != "count"):
            link = list(memory.counts)
        carried = list(dict.fromkeys((*memory.all, *memory.counts, *memory.ratios)))
        return self.topics.of(number, words, link, carried)

    def _average(self, one: Sentence, at: int, told: list[list[Meant]], memory: Memory) -> Meant:
        words = self._words(one, at)
        found = self._topics(one.numbers[at], words, told, [], memory)
        before = [topic for topics in (*(ways[0].topics for ways in told), memory.counts) for topic in topics]
        number = one.numbers[at]._replace(is_exact=False)
        return Meant(number, self.topics.each(found, before, words), words)

    def _confirmed(
        self, number: Number, found: list[Topic], units: tuple[int, ...], time: Time
    ) -> list[Topic]:
        """Return of several topics those whose figure the number holds; all where it holds none."""
        readings = self._readings(number, found, units, time)
        if not found and is_telling(number):
            readings = list(self.figures.all_readings(self.root, ratios=number.sort != "count"))
        held = {reading.topic for reading in readings if holds(reading, number, self.figures)}
        return [topic for topic in found if topic in held] or found or list(held)

    def _readings(
        self, number: Number, topics: list[Topic], units: tuple[int, ...], time: Time
    ) -> list[Reading]:
        ways: list[tuple[Time, Change]] = [(time, "none")]
        if number.change is not None:
            ways = [("now", change) for change in CHANGES[number.sort, number.change]]
        elif number.is_origin:
            ways = [("last", "none")]
        elif time == "other":  # a year that is only mentioned: this year's figure may be meant
            ways.append(("now", "none"))
        return [Reading(topic, unit, *way) for way in ways for topic in topics for unit in units]

    def _judge(self, one: Sentence, at: int, told: list[list[Meant]], memory: Memory) -> None:
        """Judge a number in each way it may be meant; the first that is right, else the first, is kept."""
        where, time = self._where(one, at, memory), one.times[at]
        known = dict.fromkeys(topic for ways in told for topic in ways[0].topics[:1])
        every = tuple(dict.fromkeys((*where, *(unit for place in one.places for unit in place.units))))
        verdicts: list[tuple[Number, Judged]] = []
        for number, topics, words in told[at]:
            readings = self._readings(number, topics, where, time)
            others = [
                other
                for topic in (*topics[:1], *known)
                for unit in every
                for other in self._readings(number, [topic], (unit,), time)
            ]
            may_be = self._may_be(number, words)
            verdicts.append((number, judge(number, readings, others, self.figures, may_be)))
        number, judged = next((v for v in verdicts if v[1].verdict == "right"), verdicts[0])
        if judged.verdict != "right":
            judged = (
                self._share_of_pair(one, at, judged)
                or self._other_noun(told, at, where, time, memory, judged)
                or judged
            )
        self.keep(one.text, number, judged)

    def _may_be(self, number: Number, words: Words) -> Callable[[Topic], bool]:
        """Return what tells whether a figure can be the number's of which no words tell."""
        is_odd = words.is_attached and number.sort == "count" and not self.vocabulary.is_noun(words.after)
        named = is_odd and self.vocabulary.is_unknown(words.after)
        return lambda topic: not named and self.vocabulary.is_of_kind(topic, words.kind)

    def _share_of_pair(self, one: Sentence, at: int, judged: Judged) -> Judged | None:
        """Judge ``(đạt 100%)`` behind ``173/173`` by the pair itself; None where that tells nothing new."""
        number = one.numbers[at]
        if at < 2 or number.sort != "percent" or one.numbers[at - 1].part != "whole":
            return None
        part, whole = one.numbers[at - 2], one.numbers[at - 1]
        if not whole.value or not _SHARE.fullmatch(one.text[whole.end : number.start]):
            return None
        share = part.value * number.per / whole.value
        if share in interval_of(number):
            return Judged("right", None, share, reason="pair")
        return Judged("wrong", None, share, reason="pair") if judged.verdict == "orphan" else None

    def _other_noun(
        self,
        told: list[list[Meant]],
        at: int,
        where: tuple[int, ...],
        time: Time,
        memory: Memory,
        first: Judged,
    ) -> Judged | None:
        """Return the verdict on a figure that is right but for its noun; None where it is not."""
        number, _, words = told[at][0]
        if words.kind is None:
            return None
        free = words._replace(kind=None)
        topics = self._topics(number, free, told[:at], list(memory.counts), memory)
        attempts = [self._readings(number, topics, where, time)]
        attempts += [[]] if first.verdict == "orphan" else []  # no words tell what it is: its value may
        for readings in attempts:
            judged = judge(number, readings, (), self.figures)
            topic = judged.reading.topic if judged.reading else None
            if judged.verdict == "right" and topic and not self.vocabulary.is_of_kind(topic, words.kind):
                return judged._replace(verdict="noun")
        return None

    def above(self, unit: int) -> list[int]:
        """Return the units above one, from the root down."""
        return list(self.publication.register.units.ancestors(unit)[:0:-1])

    def judge(
        self,
        sentence: str,
        number: Number,
        readings: list[Reading],
        others: list[Reading],
        *,
        in_table: bool = False,
    ) -> None:
        """Judge a number and keep the verdict."""
        self.keep(sentence, number, judge(number, readings, others, self.figures), in_table=in_table)

    def keep(self, sentence: str, number: Number, judged: Judged, *, in_table: bool = False) -> None:
        """Keep the verdict on a number; what is right but written as abroad is told as such."""
        if judged.verdict == "right" and number.is_foreign:
            judged = judged._replace(verdict="foreign")
        self.checked.append(Checked(sentence, number, judged, in_table))
        if in_table:
            self._budget.spend(len(sentence))

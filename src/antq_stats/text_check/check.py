"""A report gone through, paragraph by paragraph and table by table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from antq_stats.language import Language
from antq_stats.publication import Publication
from antq_stats.text_check.blocks import Block, Paragraph
from antq_stats.text_check.bounds import Budget
from antq_stats.text_check.figures import Change, Figures, Reading
from antq_stats.text_check.judge import Judged, holds, is_telling, judge
from antq_stats.text_check.numbers import Number, PassedOver, language_of, numbers_of
from antq_stats.text_check.places import Gazetteer, village_names
from antq_stats.text_check.sentences import (
    Clock,
    Time,
    about,
    is_average,
    sentences_of,
    units_at,
    without_years,
)
from antq_stats.text_check.topics import Topics
from antq_stats.text_check.vocabulary import Topic, Vocabulary


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


class TextCheck(NamedTuple):
    """All numbers of a report in order, and all digits that are none."""

    checked: tuple[Checked, ...]
    skipped: tuple[Skipped, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every number is right."""
        return all(one.judged.verdict == "right" for one in self.checked)


def check(blocks: Iterable[Block], publication: Publication, seconds: float | None = None) -> TextCheck:
    """Look every number of a report up.

    Parameters
    ----------
    blocks : paragraphs and tables of the report.
    publication : the figures, with last year's beside them where they were given.
    seconds : time it may take; None for as long as it needs.

    Raises
    ------
    TooMuch
        It takes longer, or there is too much to tell.
    """
    from antq_stats.text_check.tables import check_table

    blocks = list(blocks)
    lang = language_of("\n".join(block.text for block in blocks if isinstance(block, Paragraph)))
    reader = Reader(publication, lang, Budget(seconds))
    for block in blocks:
        if isinstance(block, Paragraph):
            reader.paragraph(block.text)
        else:
            check_table(reader, block.rows)
    return TextCheck(tuple(reader.checked), tuple(reader.skipped))


class _Memory(NamedTuple):
    """What the numbers before spoke of."""

    counts: tuple[Topic, ...]
    all: tuple[Topic, ...]
    units: tuple[int, ...]


_NOTHING = _Memory((), (), ())


def _shares_noun(sentence: str, numbers: list[Number], at: int) -> bool:
    """Tell whether a number's noun stands behind the next one: ``164/220 thôn``, ``252 và 206 tổ``."""
    if at + 1 == len(numbers):
        return False
    between = sentence[numbers[at].end : numbers[at + 1].digits].strip().casefold()
    return numbers[at].part == "of" or between in ("và", "and", "hoặc", "or")


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
        self._read: dict[tuple[str, _Memory], tuple[_Memory, list[Checked], list[Skipped]]] = {}

    def paragraph(self, text: str) -> None:
        """Check a paragraph."""
        memory = _NOTHING._replace(units=self._heading)
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

    def _once(self, sentence: str, memory: _Memory) -> _Memory:
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

    def _sentence(self, sentence: str, memory: _Memory) -> _Memory:
        numbers = self.numbers(sentence)
        places = self.gazetteer.places(sentence)
        plain = list(sentence)
        for place in places:  # a unit's name is no word of a measure
            plain[place.start : place.end] = "·" * (place.end - place.start)
        bare = without_years("".join(plain))
        times = self.clock.times(sentence, numbers)
        units = units_at(sentence, numbers, places, self.vocabulary)
        told: list[list[Topic]] = []
        linked: list[Topic] = []
        for at, number in enumerate(numbers):
            words = about(bare, numbers, at, self.vocabulary)
            if _shares_noun(bare, numbers, at):
                words = about(bare, numbers, at + 1, self.vocabulary)._replace(before=words.before)
            link = linked or ([] if number.change is None and number.sort == "count" else list(memory.counts))
            found = self.topics.of(number, words, link, list(memory.all))
            if number.part == "whole" and told:
                found = list(dict.fromkeys(t for part in told[-1] for t in self.figures.wholes_of(part)))
                found += [topic for topic in self.vocabulary.levels(words.after) if topic not in found]
            if is_average(sentence[numbers[at - 1].end if at else 0 : number.start]):
                before = [topic for some in (*told, memory.counts) for topic in some]
                found = self.topics.each(found, before, words)
                numbers[at] = number._replace(is_exact=False)
                told.append(found)
                continue
            told.append(found)
            if number.part != "whole" and number.change is None:
                named, is_named = units[at]
                where = named if is_named else (*memory.units, self.root)
                meant = self._meant(number, found, where, times[at])
                if number.sort == "count" and meant:
                    linked = meant
                    memory = memory._replace(counts=tuple(meant))
                memory = memory._replace(all=tuple(meant) or memory.all)
        known = list(dict.fromkeys(topic for found in told for topic in found[:1]))
        for number, found, time, (named, is_named) in zip(numbers, told, times, units, strict=True):
            where = named if is_named else tuple(dict.fromkeys((*memory.units, self.root)))
            readings = self._readings(number, found, where, time)
            every = tuple(dict.fromkeys((*where, *(unit for place in places for unit in place.units))))
            others = [
                other
                for topic in (*found[:1], *known)
                for unit in every
                for other in self._readings(number, [topic], (unit,), time)
            ]
            self.judge(sentence, number, readings, others)
        if places:
            memory = memory._replace(units=places[-1].units)
        return memory

    def _meant(self, number: Number, found: list[Topic], units: tuple[int, ...], time: Time) -> list[Topic]:
        """Return of several topics those whose figure the number holds; all where it holds none."""
        readings = self._readings(number, found, units, time)
        if not found and is_telling(number):
            readings = list(self.figures.all_readings(self.root, ratios=number.sort != "count"))
        held = {reading.topic for reading in readings if holds(reading, number, self.figures)}
        return [topic for topic in found if topic in held] or found or list(held)

    def _readings(
        self, number: Number, topics: list[Topic], units: tuple[int, ...], time: Time
    ) -> list[Reading]:
        if number.change is not None:
            change: Change = (
                "amount" if number.sort == "count" else "points" if number.sort == "points" else "percent"
            )
            return [Reading(topic, unit, "now", change) for topic in topics for unit in units]
        if number.is_origin:
            return [Reading(topic, unit, "last") for topic in topics for unit in units]
        found = [Reading(topic, unit, time) for topic in topics for unit in units]
        if time == "other":  # a year that is only mentioned: this year's figure may be meant
            found += [one._replace(time="now") for one in found]
        return found

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
        judged = judge(number, readings, others, self.figures)
        self.checked.append(Checked(sentence, number, judged, in_table))
        if in_table:
            self._budget.spend(len(sentence))

"""Checks the prose of a report sentence by sentence: what each number means, and whether it is right.

A number is first interpreted (unit, year, topics) by the words around it and by what earlier numbers of the
paragraph refer to. Then each interpretation is compared with the published figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from antq_stats.figures.publication import Publication
from antq_stats.series.over_time import Series
from antq_stats.text_check.documents.bounds import Budget
from antq_stats.text_check.earlier.areas import COMMON, Areas, balance_sentences
from antq_stats.text_check.earlier.years import NOW, Time, YearResolver, without_years
from antq_stats.text_check.judge import Judgement, agrees, interval_of, is_distinctive, judge
from antq_stats.text_check.meaning import (
    EMPTY_CONTEXT,
    DiscourseContext,
    Interpretation,
    Sentence,
    counted_noun,
    head_noun_at,
    readings_of,
)
from antq_stats.text_check.numbers.lexicon import LIKENS, RESULTS
from antq_stats.text_check.numbers.non_figures import NonFigure
from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.numbers.numbers import numbers_of
from antq_stats.text_check.places import Gazetteer, village_names
from antq_stats.text_check.published import PublishedFigures, Reading
from antq_stats.text_check.results import Checked, Skipped
from antq_stats.text_check.sentences import (
    LocalContext,
    is_average,
    is_each,
    is_respective,
    local_context,
    split_sentences,
    units_of_numbers,
)
from antq_stats.text_check.topics import TopicResolver
from antq_stats.text_check.vocabulary import Topic, Vocabulary
from antq_stats.words.language import Language

_RISEN = re.compile(rf"\b(?:(?:tăng|nâng|giảm|rose|fell|up|down) (?:{RESULTS})|{RESULTS})\s*$", re.IGNORECASE)
_SHARE = re.compile(rf"[^.;:]{{0,60}}?(?:\(|\b(?:{LIKENS}|chiếm|tỷ lệ)\b)[^.;:\d]{{0,20}}", re.IGNORECASE)


class ReportChecker:
    """Checks the numbers of a report against a publication and collects the results.

    Results are in ``checked`` and ``skipped``, in the order of the report.

    Parameters
    ----------
    publication : the published figures.
    lang : language of the report.
    budget : bounds on the time and the size of the results.
    series : the period beside earlier ones; None to know only the previous one.
    """

    def __init__(
        self, publication: Publication, lang: Language, budget: Budget, series: Series | None = None
    ) -> None:
        self._budget = budget
        self.checked: list[Checked] = []
        self.skipped: list[Skipped] = []
        published = [column.code for column in publication.columns]
        self.vocabulary = Vocabulary(publication.form, publication.register, published)
        self.publication = publication
        self.figures = PublishedFigures(publication, series)
        self.root = publication.root
        self.gazetteer = Gazetteer(publication.register, self.root)
        self.topics = TopicResolver(self.vocabulary, self.figures)
        self.lang = lang
        last = publication.prior.period if publication.prior else None
        self.years = YearResolver(publication.period, list(self.figures.priors), last)
        self._areas, self._series = Areas(series), series
        self.area = self.root
        """What the next table is of: the root, or the area that the last paragraph names."""
        self._heading: tuple[int, ...] = ()
        self._checked_before: dict[
            tuple[str, DiscourseContext], tuple[DiscourseContext, list[Checked], list[Skipped]]
        ] = {}

    def check_paragraph(self, text: str) -> None:
        """Check the numbers of a paragraph.

        A paragraph of at most 20 words without numbers counts as a heading: the units it names hold for the
        paragraphs after it.
        """
        context = EMPTY_CONTEXT._replace(units=self._heading)
        numbered = len(self.checked)
        is_common = any(COMMON in mention.units for mention in self._areas.among([], text))
        self.area = COMMON if is_common else self.root
        for sentence in split_sentences(text):
            context = self._check_once(sentence, context)
        if len(self.checked) == numbered and len(text.split()) <= 20:
            named = [mention.units for mention in self.gazetteer.mentions(text)]
            self._heading = named[-1] if named else ()

    def numbers(self, sentence: str) -> list[Number]:
        """Return the numbers of a sentence; add the digits that are no figures to ``skipped``."""
        if "=" in sentence and sentence in self._balances:
            self.skipped.append(Skipped(sentence, NonFigure(0, len(sentence), sentence, "balance")))
            return []
        names = village_names(sentence)
        if self.vocabulary.names is not None:
            names += [found.span() for found in self.vocabulary.names.finditer(sentence)]
        found, passed = numbers_of(sentence, self.lang, names, self.vocabulary.nouns, self.vocabulary.amounts)
        self.skipped += [Skipped(sentence, digits) for digits in passed]
        return found

    @cached_property
    def _balances(self) -> frozenset[str]:
        """What reports say of sums on other boundaries: recalculated, so that one changed digit is told."""
        return balance_sentences(self._series)

    def _check_once(self, sentence: str, context: DiscourseContext) -> DiscourseContext:
        """Check a sentence and return the context after it.

        The results of an equal sentence in an equal context are used again.
        """
        known = self._checked_before.get((sentence, context))
        if known is None:
            checked, skipped = len(self.checked), len(self.skipped)
            after = self._check_sentence(sentence, context)
            known = after, self.checked[checked:], self.skipped[skipped:]
            self._checked_before[sentence, context] = known
        else:
            self.checked += known[1]
            self.skipped += known[2]
        self._budget.spend(len(sentence) * (len(known[1]) + len(known[2])))
        return known[0]

    def _check_sentence(self, text: str, context: DiscourseContext) -> DiscourseContext:
        sentence = self._parse(text)
        interpreted: list[list[Interpretation]] = []
        linked: list[Topic] = []
        for index, number in enumerate(sentence.numbers):
            before = text[sentence.numbers[index - 1].end if index else 0 : number.start]
            if is_average(before):
                interpreted.append([self._average(sentence, index, interpreted, context)])
                continue
            interpreted.append(self._interpretations(sentence, index, interpreted, linked, context))
            if is_each(before):
                interpreted[-1].append(self._average(sentence, index, interpreted[:-1], context))
            found = interpreted[-1][0].topics
            if number.part != "whole" and number.change != "of":
                units = self._units_of(sentence, index, context)
                topics = self._confirmed(number, found, units, sentence.times[index], sentence.bases[index])
                if number.sort == "count" and topics:
                    linked = topics
                    context = context._replace(counts=tuple(topics))
                if number.sort != "count":
                    context = context._replace(ratios=tuple(topics) or context.ratios)
                context = context._replace(last=tuple(topics) or context.last)
        for index in range(len(interpreted)):
            self._judge(sentence, index, interpreted, context)
        if sentence.mentions:
            named = tuple(unit for mention in sentence.mentions for unit in mention.units)
            context = context._replace(units=sentence.mentions[-1].units, last_units=named)
        return context

    def _parse(self, text: str) -> Sentence:
        numbers = self.numbers(text)
        mentions = self._areas.among(self.gazetteer.mentions(text), text)
        masked = list(text)
        for mention in mentions:  # words of a unit's name do not describe a measure
            masked[mention.start : mention.end] = "·" * (mention.end - mention.start)
        times, bases = self.years.times(text, numbers), self.years.bases(text, numbers)
        for index, number in enumerate(numbers):
            if number.is_origin and not times[index].is_past:
                times[index] = bases[index]
            if index and _RISEN.search(text[numbers[index - 1].end : number.start]):
                times[index] = NOW  # the value it rose to is of this year
        units = units_of_numbers(text, numbers, mentions, self.vocabulary)
        return Sentence(text, without_years("".join(masked)), numbers, mentions, times, bases, units)

    def _units_of(self, sentence: Sentence, index: int, context: DiscourseContext) -> tuple[int, ...]:
        named, is_named = sentence.units[index]
        if not is_named and context.last_units and is_respective(sentence.text):
            return context.last_units
        return named if is_named else tuple(dict.fromkeys((*context.units, self.root)))

    def _context_of(self, sentence: Sentence, index: int) -> LocalContext:
        words = local_context(sentence.bare, sentence.numbers, index, self.vocabulary)
        if (shared := head_noun_at(sentence.bare, sentence.numbers, index)) != index:
            words = local_context(sentence.bare, sentence.numbers, shared, self.vocabulary)._replace(
                before=words.before
            )
        if sentence.numbers[index].sort != "count":
            is_change = sentence.numbers[index].change is not None
            kind = self.vocabulary.kind(counted_noun(words.before)) if is_change else None
            return words._replace(kind=kind)
        noun = words.after if words.is_attached else counted_noun(words.before)
        return words._replace(kind=self.vocabulary.kind(noun))

    def _interpretations(
        self,
        sentence: Sentence,
        index: int,
        interpreted: list[list[Interpretation]],
        linked: list[Topic],
        context: DiscourseContext,
    ) -> list[Interpretation]:
        """Return the interpretations of a number, the likeliest first."""
        words = self._context_of(sentence, index)
        found: list[Interpretation] = []
        for number in (sentence.numbers[index], *sentence.numbers[index].others):
            topics = self._topics(number, words, interpreted, linked, context)
            found.append(Interpretation(number, topics, words))
        main = found[0].number
        if (
            main.sort == "percent"
            and main.change is None
            and sentence.text[: main.start].rstrip().endswith("(")
        ):
            # "27.456 hộ đăng ký, 23.409 hộ đạt (85,3%)": a share of what the sentence counts before
            spoken = {topic.code for ways in interpreted for topic in ways[0].topics}
            found.append(Interpretation(main, self.figures.ratios_within(linked, spoken), words))
        return found

    def _topics(
        self,
        number: Number,
        words: LocalContext,
        interpreted: list[list[Interpretation]],
        linked: list[Topic],
        context: DiscourseContext,
    ) -> list[Topic]:
        if number.part == "whole" and interpreted:
            wholes = [whole for part in interpreted[-1][0].topics for whole in self.figures.wholes_of(part)]
            both = dict.fromkeys((*wholes, *self.vocabulary.levels(words.after)))
            return [topic for topic in both if self.vocabulary.is_of_kind(topic, words.kind)]
        link = linked
        if not link and (number.change is not None or number.sort != "count"):
            link = list(context.counts)
        carried = list(dict.fromkeys((*context.last, *context.counts, *context.ratios)))
        return self.topics.resolve(number, words, link, carried)

    def _average(
        self,
        sentence: Sentence,
        index: int,
        interpreted: list[list[Interpretation]],
        context: DiscourseContext,
    ) -> Interpretation:
        words = self._context_of(sentence, index)
        found = self._topics(sentence.numbers[index], words, interpreted, [], context)
        before = [
            topic
            for topics in (*(ways[0].topics for ways in interpreted), context.counts)
            for topic in topics
        ]
        number = sentence.numbers[index]._replace(is_exact=False)
        return Interpretation(number, self.topics.averages(found, before, words), words)

    def _confirmed(
        self, number: Number, found: list[Topic], units: tuple[int, ...], time: Time, base: Time
    ) -> list[Topic]:
        """Return the topics whose figure agrees with a number; all topics if none does.

        Without topics, these are the topics of all figures that agree, if that is no coincidence.
        """
        readings = readings_of(number, found, units, time, base)
        if not found and is_distinctive(number):
            readings = list(self.figures.all_readings(self.root, ratios=number.sort != "count"))
        held = {reading.topic for reading in readings if agrees(reading, number, self.figures)}
        return [topic for topic in found if topic in held] or found or list(held)

    def _judge(
        self,
        sentence: Sentence,
        index: int,
        interpreted: list[list[Interpretation]],
        context: DiscourseContext,
    ) -> None:
        """Record the judgement on a number: the first interpretation that is right, else the first of all."""
        where = self._units_of(sentence, index, context)
        period = sentence.times[index], sentence.bases[index]
        known = dict.fromkeys(topic for ways in interpreted for topic in ways[0].topics[:1])
        every = tuple(
            dict.fromkeys((*where, *(unit for mention in sentence.mentions for unit in mention.units)))
        )
        verdicts: list[tuple[Number, Judgement]] = []
        for number, topics, words in interpreted[index]:
            readings = readings_of(number, topics, where, *period)
            others = [
                other
                for topic in (*topics[:1], *known)
                for unit in every
                for other in readings_of(number, [topic], (unit,), *period)
            ]
            is_admissible = self._admissible(number, words)
            verdicts.append((number, judge(number, readings, others, self.figures, is_admissible)))
        number, judged = next((v for v in verdicts if v[1].verdict == "right"), verdicts[0])
        if judged.verdict != "right":
            judged = (
                self._share_of_pair(sentence, index, judged)
                or self._other_noun(interpreted, index, where, period, context, judged)
                or judged
            )
        self.record(sentence.text, number, judged)

    def _admissible(self, number: Number, words: LocalContext) -> Callable[[Topic], bool]:
        """Return a test whether the noun behind a number lets it count a topic."""
        is_odd = words.is_attached and number.sort == "count" and not self.vocabulary.is_noun(words.after)
        counts_something_else = is_odd and self.vocabulary.is_unknown(words.after)
        return lambda topic: not counts_something_else and self.vocabulary.is_of_kind(topic, words.kind)

    def _share_of_pair(self, sentence: Sentence, index: int, judged: Judgement) -> Judgement | None:
        """Judge ``(đạt 100%)`` behind ``173/173`` by the pair itself.

        None if no pair precedes it, or if the share is not that of the pair but has a figure to be judged by.
        """
        number = sentence.numbers[index]
        if index < 2 or number.sort != "percent" or sentence.numbers[index - 1].part != "whole":
            return None
        part, whole = sentence.numbers[index - 2], sentence.numbers[index - 1]
        if not whole.value or not _SHARE.fullmatch(sentence.text[whole.end : number.start]):
            return None
        share = part.value * number.per / whole.value
        if share in interval_of(number):
            return Judgement("right", None, share, reason="pair")
        return Judgement("wrong", None, share, reason="pair") if judged.verdict == "orphan" else None

    def _other_noun(
        self,
        interpreted: list[list[Interpretation]],
        index: int,
        where: tuple[int, ...],
        period: tuple[Time, Time],
        context: DiscourseContext,
        first: Judgement,
    ) -> Judgement | None:
        """Return the judgement "noun" if the number is right for what another noun counts, else None."""
        number, _, words = interpreted[index][0]
        if words.kind is None:
            return None
        free = words._replace(kind=None)
        topics = self._topics(number, free, interpreted[:index], list(context.counts), context)
        attempts = [readings_of(number, topics, where, *period)]
        attempts += (
            [[]] if first.verdict == "orphan" else []
        )  # the words identify no topic: look its value up
        for readings in attempts:
            judged = judge(number, readings, (), self.figures)
            topic = judged.reading.topic if judged.reading else None
            if judged.verdict == "right" and topic and not self.vocabulary.is_of_kind(topic, words.kind):
                return judged._replace(verdict="noun")
        return None

    def above(self, unit: int) -> list[int]:
        """Return the units above a unit, from the root down."""
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
        """Judge a number and record the judgement.

        Parameters
        ----------
        sentence : sentence or table cell that states it.
        number : the number.
        readings : what it may refer to, the likeliest first.
        others : what else may have been meant by mistake.
        in_table : whether it stands in a table.
        """
        self.record(sentence, number, judge(number, readings, others, self.figures), in_table=in_table)

    def record(self, sentence: str, number: Number, judged: Judgement, *, in_table: bool = False) -> None:
        """Record the judgement on a number; a right number with foreign thousands marks becomes "foreign".

        Parameters
        ----------
        sentence : sentence or table cell that states it.
        number : the number.
        judged : the judgement.
        in_table : whether it stands in a table.
        """
        if judged.verdict == "right" and number.is_foreign:
            judged = judged._replace(verdict="foreign")
        self.checked.append(Checked(sentence, number, judged, in_table))
        if in_table:
            self._budget.spend(len(sentence))

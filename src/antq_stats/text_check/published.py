"""Look-up of published figures: the values that a number of a report is compared with.

Values come from the publication, so a withheld figure has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

from antq_stats.figures.comparison import Prior
from antq_stats.figures.figure import Basis, Figure, RatioFigure, RestatedFigure
from antq_stats.figures.publication import Publication
from antq_stats.findings.catalogue import severity
from antq_stats.form import Measure, Ratio
from antq_stats.form.entries import UNITS
from antq_stats.series.comparing import change
from antq_stats.series.obstacle import Obstacle, obstacle
from antq_stats.series.over_time import Series
from antq_stats.text_check.earlier.areas import ANSWERED, AreaFigures
from antq_stats.text_check.earlier.years import NOW, Time
from antq_stats.text_check.vocabulary import FINDINGS, Topic
from antq_stats.words.approximation import Interval

NOT_MEASURED = (UNITS, FINDINGS)
"""Codes of topics that are no measures: units and findings."""

Part = Literal["real", "answered", "area"]
"""A part of the change of a ratio, as `Decomposition` has it."""
Comparison = Literal[
    "none", "amount", "percent", "points", "of", "times", "fewer", "real", "answered", "area"
]
"""How a reading compares a period with an earlier one.

``amount``, ``percent`` and ``points`` are differences. ``of`` is the period in per cent of the earlier one.
``times`` is the period divided by the earlier one, ``fewer`` the earlier one divided by the period. The
others are the parts of the change of a ratio.
"""

DIFFERENCES: tuple[Comparison, ...] = ("amount", "percent", "points", *get_args(Part))


_NO_FIGURE = ("not-asked", "no-data", "withheld", "not-summed")
"""Reasons for which an earlier period has no figure at all."""


class Reading(NamedTuple):
    """One possible reference of a number: a topic of a unit in a period, or its change since another."""

    topic: Topic
    unit: int
    """Position of the unit; or an area of `places`, which is negative."""
    time: Time = NOW
    change: Comparison = "none"
    since: Time = NOW
    """The earlier period of a change; `NOW` if there is no change."""


class PublishedFigures:
    """Values of readings in a publication.

    Parameters
    ----------
    publication : the published figures.
    series : the period beside earlier ones; None to know only the previous one.
    """

    def __init__(self, publication: Publication, series: Series | None = None) -> None:
        self.publication = publication
        previous = () if publication.prior is None else (publication.prior,)
        earlier = previous if series is None else series.priors
        self.priors: dict[str, Prior] = {prior.period: prior for prior in earlier}
        """The earlier periods by name, in the order of their days."""
        self._areas = None if series is None else AreaFigures(series)
        self.form = publication.form
        self._known: dict[Reading, list[Fraction]] = {}
        self._measures = {measure.code for measure in self.form.measures}
        self._ratios = {ratio.code: ratio for ratio in self.form.ratios}

    def values(self, reading: Reading) -> list[Fraction]:
        """Return the values a reading may have, the expected one first; empty if none is published.

        Ratios and changes in per cent are multiplied by their ``per``. A decrease is negative.
        """
        if reading not in self._known:
            self._known[reading] = self._values(reading)
        return self._known[reading]

    def _values(self, reading: Reading) -> list[Fraction]:
        if reading.topic.code in NOT_MEASURED and (reading.change, reading.time) != ("none", NOW):
            return []
        if reading.unit < 0 and (reading.topic.plus or reading.topic.over or reading.topic.code == FINDINGS):
            return []
        if reading.topic.code == FINDINGS:
            return [Fraction(self._findings_count(reading.topic.weight))]
        if reading.topic.code == UNITS:
            return self._units(reading)
        if reading.topic.plus or reading.topic.over:
            return self._combined(reading)
        if reading.change != "none":
            return self._changes(reading)
        value = self._value(reading.topic.code, reading.unit, reading.time)
        return [] if value is None else [value]

    def _findings_count(self, weight: str | None) -> int:
        """Return the number of findings of a severity, as a report counts them."""
        tally = self.publication.tally
        if weight in ("hard", "soft"):
            return tally.hard if weight == "hard" else tally.soft
        return sum(severity(finding) == weight for finding in self.publication.findings)

    def _combined(self, reading: Reading) -> list[Fraction]:
        """Return a sum of measures, or a measure per unit of another; empty if any is not published."""
        topic = reading.topic
        codes = (topic.code, *topic.plus, *filter(None, (topic.over,)))
        values = [
            Fraction(int(self.publication.register.expected(topic.level)[reading.unit]))
            if code == UNITS
            else self._value(code, reading.unit, reading.time)
            for code in codes
        ]
        known = [value for value in values if value is not None]
        if len(known) < len(values) or reading.change != "none":
            return []
        if topic.over:
            return [known[0] / known[1]] if known[1] else []
        return [sum(known, Fraction(0))]

    def _value(self, code: str, unit: int, time: Time) -> Fraction | None:
        found: Figure | RatioFigure | None
        if unit < 0:
            known = time == NOW or time.kind == "earlier"
            return self._areas.value(unit, code, time.period) if self._areas and known else None
        if time == NOW:
            found = self._shown(code, unit)
        elif (prior := self.priors.get(time.period)) is not None:  # it withholds what was withheld then
            found = prior.figure(unit, code) if code in self._measures else prior.ratio(unit, code)
        else:
            return None
        return None if found is None or found.value is None else Fraction(found.value)

    def least(self, reading: Reading) -> Fraction | None:
        """Return what an earlier sum is at least, where a part of the area is missing; else None."""
        prior = self.priors.get(reading.time.period)
        if prior is None or reading.change != "none" or reading.unit < 0 or not self._is_plain(reading.topic):
            return None
        found = prior.restated(reading.unit, reading.topic.code)
        return None if found.value is not None or found.low is None else Fraction(found.low)

    def _is_plain(self, topic: Topic) -> bool:
        return not topic.plus and not topic.over and topic.code not in NOT_MEASURED

    def obstacle(self, reading: Reading) -> Obstacle | None:
        """Return why an earlier figure, or a change since then, cannot be stated for the unit; else None."""
        code, unit = reading.topic.code, reading.unit
        earlier = reading.time if reading.change == "none" else reading.since
        prior = self.priors.get(earlier.period)
        if earlier.kind != "earlier" or prior is None or not self._is_plain(reading.topic):
            return None
        if unit < 0:
            is_change = reading.change != "none"
            return (
                self._areas.obstacle(unit, code, prior.period, is_change=is_change) if self._areas else None
            )
        then = prior.restated(unit, code)
        if reading.change == "none":
            reason = then.reason or (None if then.basis == Basis.EXACT else then.basis.code)
            return None if reason is None or reason in _NO_FIGURE else Obstacle(reason, prior.period)
        now = self._shown(code, unit) if reading.time == NOW else None
        if now is None or now.value is None:
            return None
        value = now.value
        own = RestatedFigure(value, value, value, now.given, now.expected, now.provisional, Basis.EXACT)
        broken = prior.series_break(code)
        found = change(then, own, is_ratio=code in self._ratios, has_break=broken is not None)
        return obstacle(found, prior.period, self.publication.period, broken)

    def _shown(self, code: str, unit: int) -> Figure | RatioFigure | None:
        """Return a figure of this year with its coverage; None if it is withheld."""
        if code in self._measures:
            return self.publication.figure(unit, code)
        return self.publication.ratio(unit, code)

    def is_withheld(self, code: str, unit: int) -> bool:
        """Return whether a figure is withheld."""
        return unit >= 0 and code not in NOT_MEASURED and self.publication.is_withheld(unit, code)

    def _units(self, reading: Reading) -> list[Fraction]:
        """Return how many units a level has, and how many answered, did not answer, and gave each measure."""
        register, collection = self.publication.register, self.publication.collection
        if reading.unit < 0:
            counts = self._areas.counts(reading.unit, reading.topic.level) if self._areas else ()
            return list(map(Fraction, counts))
        expected = int(register.expected(reading.topic.level)[reading.unit])
        found = [Fraction(expected)]
        under = set(register.under(reading.unit).tolist())
        for table in collection.tables:
            if table.level == reading.topic.level and table.is_expected:
                read = sum(
                    bool(r)
                    for u, r in zip(table.units.tolist(), table.read.tolist(), strict=True)
                    if u in under
                )
                found += [Fraction(read), Fraction(expected - read)]
        for column in self.publication.columns:
            if register.level(self.form.table_of(column).level) == reading.topic.level:
                code = column.code
                shown = self._shown(code, reading.unit)
                found += [] if shown is None else [Fraction(shown.given)]
        return list(dict.fromkeys(found))

    def _changes(self, reading: Reading) -> list[Fraction]:
        code, unit = reading.topic.code, reading.unit
        if reading.change in get_args(Part):
            known = self._areas.part(code, reading.since.period, reading.change) if self._areas else None
            return [] if known is None else [known]
        now, last = self._value(code, unit, reading.time), self._value(code, unit, reading.since)
        if now is None or last is None or self._is_broken(reading):
            return []
        if reading.unit == ANSWERED and self._areas and self._areas.is_later(reading.since.period):
            now, last = last, now  # a change that is split is told in the order of time
        if reading.change in ("of", "times", "fewer"):
            below, above = (now, last) if reading.change == "fewer" else (last, now)
            return [above / below * (100 if reading.change == "of" else 1)] if below else []
        if reading.change == "percent" and reading.topic.code in self._measures:
            return [(now - last) * 100 / last] if last else []
        return [now - last]

    def _is_broken(self, reading: Reading) -> bool:
        """Return whether the definition changed between the two periods of a change."""
        code = reading.topic.code
        if reading.unit == ANSWERED:
            return False  # a change that is split has none
        if reading.time == NOW:
            prior = self.priors.get(reading.since.period)
            return prior is None or prior.series_break(code) is not None
        return self._areas is None or self._areas.is_broken(code, reading.since.period, reading.time.period)

    def is_provisional(self, reading: Reading) -> bool:
        """Return whether values are missing or doubtful under a figure of this year."""
        code, unit = reading.topic.code, reading.unit
        if reading.time != NOW or code in NOT_MEASURED or unit < 0:
            return False
        found = self._shown(code, unit)
        return found is not None and found.provisional

    def can_leave_interval(self, reading: Reading, interval: Interval) -> bool:
        """Return whether a provisional figure may still leave an interval."""
        if not self.is_provisional(reading):
            return False
        if reading.topic.code not in self._measures or reading.change != "none":
            return True
        span = self.publication.span(reading.unit, reading.topic.code)
        return span is None or not interval.covers(span.low, span.high)

    def all_readings(self, unit: int, *, ratios: bool) -> Iterator[Reading]:
        """Return a reading for every published ratio, or every published measure, of a unit."""
        wanted = Ratio if ratios else Measure
        for column in self.publication.columns:
            if isinstance(column, wanted):
                yield Reading(Topic(column.code), unit)

    def is_ratio(self, topic: Topic) -> bool:
        """Return whether a topic is a ratio."""
        return topic.code in self._ratios

    def summed_by_section(self, topics: list[Topic]) -> list[Topic]:
        """Return a sum for the counts that share a section and a unit of measure: clubs of all kinds."""
        groups: dict[tuple[str | None, str], list[str]] = {}
        for column in self.publication.columns:
            if not isinstance(column, Measure) or column.kind != "count" or column.up == "none":
                continue
            if Topic(column.code) in topics:
                key = (column.section, column.unit.vi if column.unit else "")
                groups.setdefault(key, []).append(column.code)
        return [Topic(codes[0], plus=tuple(codes[1:])) for codes in groups.values() if len(codes) > 1]

    def ratios_of(self, numerator: Topic) -> list[Topic]:
        """Return the ratios with a measure as numerator, in form order."""
        return [Topic(ratio.code) for ratio in self.form.ratios if ratio.numerator == numerator.code]

    def ratios_within(self, numerators: list[Topic], codes: set[str]) -> list[Topic]:
        """Return the ratios of the numerators whose denominator is among the codes."""
        return [
            ratio
            for numerator in numerators
            for ratio in self.ratios_of(numerator)
            if self._ratios[ratio.code].denominator in codes
        ]

    def ratio_over(self, numerator: Topic, denominator: Topic) -> list[Topic]:
        """Return the ratios of one measure to another."""
        return [
            Topic(ratio.code)
            for ratio in self.form.ratios
            if (ratio.numerator, ratio.denominator) == (numerator.code, denominator.code)
        ]

    def wholes_of(self, part: Topic) -> list[Topic]:
        """Return what a measure is a part of: denominators of its ratios, and the units of its level."""
        found = [
            Topic(ratio.denominator)
            for ratio in self.form.ratios
            if ratio.numerator == part.code and ratio.denominator != UNITS
        ]
        if part.code == UNITS:
            found.append(part)
        elif part.code in self._measures:
            level = self.publication.register.level(self.form.table_of(self.form.measure(part.code)).level)
            found += [] if level is None else [Topic(UNITS, level)]
        return found

    def same_numerator(self, topic: Topic) -> list[Topic]:
        """Return the other ratios with the same numerator as a ratio."""
        ratio = self._ratios.get(topic.code)
        if ratio is None:
            return []
        return [
            Topic(o.code) for o in self.form.ratios if o.numerator == ratio.numerator and o.code != ratio.code
        ]

"""The words for what the numbers of a checked report stand for, and for the verdicts on them."""

from __future__ import annotations

from fractions import Fraction

from antq_stats.figures.comparison import Prior
from antq_stats.figures.publication import Publication
from antq_stats.findings.catalogue import severity_label
from antq_stats.form import Ratio
from antq_stats.form.entries import UNITS
from antq_stats.register.register import UnitRegister
from antq_stats.render.over_years.reasons import why_not
from antq_stats.render.over_years.words import common_words
from antq_stats.render.words import level_word, unit_within
from antq_stats.series.over_time import Series
from antq_stats.text_check.earlier.areas import COMMON, FORMER
from antq_stats.text_check.earlier.years import NOW, Time
from antq_stats.text_check.published import DIFFERENCES, NOT_MEASURED, Reading
from antq_stats.text_check.results import Checked
from antq_stats.words.amounts import places as places_of
from antq_stats.words.approximation import in_words, percent_in_words
from antq_stats.words.language import Wording, rounded
from antq_stats.words.text import capital

_OTHER_MARKS = str.maketrans(".,", ",.")


class ReadingWords:
    """The words for readings, figures and verdicts in one language.

    A reading is the published figure that a number of the report may stand for.
    """

    def __init__(self, publication: Publication, wording: Wording, series: Series | None) -> None:
        self.publication = publication
        self.wording = wording
        self.series = series
        self.form = publication.form
        self.ratios = {ratio.code: ratio for ratio in self.form.ratios}

    def label(self, reading: Reading) -> str:
        """Return the name of a reading: measure and unit, and the period if it is an earlier one."""
        code = reading.topic.code
        if code == UNITS:
            level = level_word(self.publication.register, reading.topic.level, self.wording)
            name = self.wording.phrase("check-text.units", level=level)
        elif reading.topic.weight is not None:
            name = severity_label(reading.topic.weight, self.wording.lang)
        else:
            codes = (code, *reading.topic.plus)
            name = " + ".join(self.form.label(code, self.wording.lang) for code in codes)
            if reading.topic.over:
                level = level_word(self.publication.register, reading.topic.level, self.wording)
                over = (
                    level
                    if reading.topic.over == UNITS
                    else self.form.label(reading.topic.over, self.wording.lang)
                )
                name += f" / {over}"
        what = f"“{name}” · {self._place(reading.unit)}"
        if reading.time != NOW:
            what = self.wording.phrase("check-text.of-period", what=what, period=self._name(reading.time))
        if reading.change != "none":
            return self.wording.phrase("check-text.change", what=what, period=self._name(reading.since))
        return what

    def _place(self, unit: int) -> str:
        """Return the name of a unit within a sentence, or of an area that is no unit."""
        if unit == COMMON and self.series is not None:
            return common_words(self.series, self.wording)
        if unit == FORMER and self.series is not None:
            old = self.series.comparisons[-1].first.placement.source
            return self.wording.phrase("check-text.former", unit=unit_within(old, _root(old), self.wording))
        root = self.publication.root
        return unit_within(self.publication.register, root if unit < 0 else unit, self.wording)

    def unit_code(self, unit: int) -> str | None:
        """Return the code of a unit; None for the part that all periods have."""
        if unit == FORMER and self.series is not None:
            old = self.series.comparisons[-1].first.placement.source
            return old.units.codes[_root(old)]
        if unit == COMMON:
            return None
        return self.publication.register.units.codes[self.publication.root if unit < 0 else unit]

    def _name(self, time: Time) -> str:
        """Return the name of a period within a sentence; an ellipsis for one that is not known."""
        return self.wording.period(time.period) if time.period else "…"

    def counted(self, reading: Reading) -> str:
        """Return what a reading counts: its unit of measure, or the units of a level."""
        code = reading.topic.code
        if code == UNITS:
            return level_word(self.publication.register, reading.topic.level, self.wording)
        unit = (
            self.form.measure(code).unit if code not in self.ratios and reading.topic.weight is None else None
        )
        return self.label(reading) if unit is None else self.wording.say(unit)

    def period(self, reading: Reading) -> str | None:
        """Return the name of a reading's period; of a change, that until which it is."""
        if reading.time == NOW:
            return self.publication.period
        return reading.time.period if reading.time.kind == "earlier" else None

    def value(self, reading: Reading, value: Fraction, decimals: int) -> str:
        """Return a figure of a reading in the notation of the language.

        Parameters
        ----------
        reading : the reading; its kind (sum, ratio or change) sets the notation.
        value : the figure.
        decimals : the least number of decimal places of a figure that is not whole.
        """
        ratio = self.ratios.get(reading.topic.code)
        signed = "+" if reading.change in DIFFERENCES and value > 0 else ""
        if reading.change in ("times", "fewer"):
            return self.wording.phrase(
                "check-text.times", value=self.wording.decimal(value, max(1, decimals))
            )
        if reading.change == "of":
            return self.wording.percent(value / 100, max(1, decimals))
        if reading.change == "points" or (ratio is not None and reading.change != "none"):
            return self.wording.phrase(
                "check-text.points", value=signed + self.wording.decimal(value, max(1, decimals))
            )
        if reading.change == "percent":
            return signed + self.wording.percent(value / 100, max(1, decimals))
        if ratio is not None:
            return self.wording.percent(value / ratio.per, max(ratio.decimals, decimals), ratio.per)
        if value.denominator != 1 or self.places(reading):
            return signed + self.wording.decimal(value, self.places(reading) or max(1, decimals))
        return signed + self.wording.number(int(value))

    def places(self, reading: Reading) -> int:
        """Return the number of decimals of the measures that a reading is a sum or a difference of."""
        topic, prior = reading.topic, self._earlier(reading)
        if topic.over or topic.code in self.ratios or topic.code in NOT_MEASURED:
            return 0
        places = max(self.form.measure(code).decimals for code in (topic.code, *topic.plus))
        last = None if prior is None or reading.unit < 0 else prior.figure(reading.unit, topic.code)
        return places if last is None or last.value is None else max(places, places_of(last.value))

    def _earlier(self, reading: Reading) -> Prior | None:
        """Return the earlier period that a reading is of, or a change since; None if there is none."""
        time = reading.time if reading.change == "none" else reading.since
        own = self.publication.prior
        priors = self.series.priors if self.series else () if own is None else (own,)
        return next(
            (prior for prior in priors if time.kind == "earlier" and prior.period == time.period), None
        )

    def rounded_as_prose(self, reading: Reading, value: Fraction, decimals: int, *, plain: bool) -> str:
        """Return a figure rounded as the prose of the tool rounds it.

        Parameters
        ----------
        reading : the reading.
        value : the figure.
        decimals : the number of decimal places.
        plain : whether to give a count exactly.
        """
        ratio: Ratio | None = self.ratios.get(reading.topic.code)
        if ratio is not None:
            if decimals:
                return self.wording.percent(value / ratio.per, decimals, ratio.per)
            return percent_in_words(value / ratio.per, self.wording.lang, ratio.per).text
        if value.denominator != 1 and not self.places(reading):
            return self.wording.decimal(value, decimals)
        amount = rounded(value, self.places(reading)) if self.places(reading) else int(value)
        return self.wording.number(amount) if plain else in_words(amount, self.wording.lang).text

    def message(self, checked: Checked) -> str:
        """Return the message on a number: what is wrong with it and what it should be."""
        judged, wording = checked.judged, self.wording
        if judged.reason == "pair" and judged.expected is not None:
            share = wording.percent(
                judged.expected / checked.number.per, max(1, checked.number.decimals), checked.number.per
            )
            return wording.phrase("check-text.pair", expected=share)
        if judged.obstacle is not None and judged.reading is not None:
            why = why_not(judged.obstacle, wording)
            return capital(
                wording.phrase("check-text.not-comparable", what=self.label(judged.reading), why=why)
            )
        if judged.reading is None or judged.expected is None:
            what = self.label(judged.reading) if judged.reading is not None else ""
            period = self._absent(judged.reading) if judged.reading is not None else ""
            return capital(
                wording.phrase(f"check-text.{judged.reason or 'unknown'}", what=what, period=period)
            )
        places = checked.number.decimals if checked.number.sort != "count" else 0
        facts = {
            "what": self.label(judged.reading),
            "expected": self.value(judged.reading, judged.expected, places),
            "other": self.label(judged.fits) if judged.fits is not None else "",
        }
        if judged.verdict == "foreign":
            facts["right"] = checked.number.text.translate(_OTHER_MARKS)
        if judged.verdict == "noun":
            facts["unit"] = self.counted(judged.reading)
        if judged.verdict == "misrounded":
            facts["right"] = self.rounded_as_prose(
                judged.reading,
                judged.expected,
                places,
                plain=checked.number.qualifier is None and checked.number.step == 1,
            )
        sentences = [capital(wording.phrase(f"check-text.said.{judged.verdict}", **facts))]
        if judged.is_provisional:
            firm = judged.verdict == "right" and not judged.can_change
            sentences.append(wording.phrase("check-text.firm" if firm else "check-text.may-change"))
        return " ".join(sentences)

    def _absent(self, reading: Reading) -> str:
        """Return the name of the period of a reading that there are no figures of."""
        return self._name(
            next((t for t in (reading.time, reading.since) if t.kind == "absent"), reading.time)
        )


def _root(register: UnitRegister) -> int:
    return register.units.children[-1][0]

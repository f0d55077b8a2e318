"""Texts of a blank return on its measures: notes on heads, messages at cells, definitions."""

from __future__ import annotations

from dataclasses import dataclass

from antq_stats.form import Form, Measure
from antq_stats.plan import COUNT_LIMIT
from antq_stats.render.writing.table import clean
from antq_stats.words.amounts import Amount
from antq_stats.words.language import Wording

TITLE_LIMIT = 32
"""Characters that Excel takes of the title of a message at a cell."""
MESSAGE_LIMIT = 255
"""Characters that Excel takes of the text of a message at a cell."""


@dataclass(frozen=True, slots=True)
class MeasureWording:
    """Texts on measures in one language.

    Parameters
    ----------
    wording : the language.
    """

    wording: Wording

    @property
    def answers(self) -> tuple[str, str]:
        """The words for a flag that is true and for one that is false; the reader takes both."""
        return self.wording.phrase("blank.yes"), self.wording.phrase("blank.no")

    def title(self, measure: Measure) -> str:
        """Return the title of the messages at a measure's cells."""
        return shortened(clean(self.wording.say(measure.label)), TITLE_LIMIT)

    def head(self, measure: Measure) -> str:
        """Return a measure's head: its label, and below it the unit of measure, or how a flag is answered."""
        unit = self.wording.phrase("blank.flag-unit") if measure.kind == "flag" else ""
        if measure.kind == "count" and measure.unit is not None:
            unit = self.wording.say(measure.unit)
        return clean(self.wording.say(measure.label)) + (f"\n({clean(unit)})" if unit else "")

    def accepted(self, measure: Measure) -> str:
        """Return in words which values a cell takes: ``số nguyên từ 0 đến 5.000``."""
        if measure.kind == "flag":
            yes, no = self.answers
            return self.wording.phrase("blank.accepts-flag", yes=yes, no=no)
        kind = "accepts-decimal" if measure.decimals else "accepts"
        low = self.wording.number(measure.min)
        if measure.max is None:
            return self.wording.phrase(f"blank.{kind}-from", low=low, places=measure.decimals)
        high = self.wording.number(measure.max)
        return self.wording.phrase(f"blank.{kind}-between", low=low, high=high, places=measure.decimals)

    def counted_at(self, measure: Measure) -> str:
        """Return the time that a measure is counted at or over: the cut-off date, or the period."""
        return self.wording.phrase(f"blank.{measure.time}")

    def needed(self, measure: Measure) -> str:
        """Return whether a cell may stay blank, and what a blank means."""
        if measure.blank == "zero":
            return self.wording.phrase("blank.blank-is-zero")
        return self.wording.phrase("blank.required" if measure.required else "blank.optional")

    def definition(self, form: Form, measure: Measure) -> str:
        """Return the note on a measure's head.

        Parameters
        ----------
        form : the form, whose edit rules on the measure are listed.
        measure : the measure.
        """
        say, phrase = self.wording.say, self.wording.phrase
        lines = [clean(say(measure.label))]
        if measure.meaning is not None:
            lines.append(clean(say(measure.meaning)))
        if measure.source is not None:
            lines.append(phrase("blank.by-act", act=clean(say(measure.source))))
        if measure.unit is not None and measure.kind == "count":
            lines.append(phrase("blank.counted-in", unit=clean(say(measure.unit))))
        lines += [_sentence(text) for text in (self.counted_at(measure), self.accepted(measure))]
        lines.append(_sentence(self.needed(measure)))
        rules = [say(rule.message) for rule in form.rules if measure.code in rule.expression.names]
        if rules:
            lines += [phrase("blank.checked"), *(f"– {clean(rule)}" for rule in rules)]
        return "\n".join(lines)

    def figure(self, measure: Measure, value: Amount) -> str:
        """Return a figure of an earlier period: a number with its unit, or yes or no."""
        if measure.kind == "flag":
            return self.answers[0 if value else 1]
        unit = f" {clean(self.wording.say(measure.unit))}" if measure.unit is not None else ""
        return self.wording.number(value) + unit


def bounds_of(measure: Measure) -> tuple[str, str]:
    """Return the least and the greatest value accepted, in digits as formulas and validations have them."""
    greatest = COUNT_LIMIT - 1 if measure.greatest is None else measure.greatest
    return measure.text(measure.least), measure.text(greatest)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def shortened(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` UTF-16 units; one that is cut ends in an ellipsis."""
    if len(text.encode("utf-16-le")) <= 2 * limit:
        return text
    while len(text.encode("utf-16-le")) > 2 * (limit - 1):
        text = text[:-1]
    return f"{text.rstrip()}…"

"""What a blank return says of its measures: notes on heads, messages at cells, lines of definitions."""

from __future__ import annotations

from antq_stats.form import Form, Measure
from antq_stats.plan import COUNT_LIMIT
from antq_stats.render.writing.table import clean
from antq_stats.words.language import Language, number, phrase

TITLE_LIMIT = 32
MESSAGE_LIMIT = 255
"""Characters that Excel takes of the title and of the text of a message at a cell."""


def answers(lang: Language) -> tuple[str, str]:
    """Return the words for a flag that is true and for one that is not; the reader takes both."""
    return phrase("blank.yes", lang), phrase("blank.no", lang)


def bounds_of(measure: Measure) -> tuple[int, int]:
    """Return the least and the greatest value accepted."""
    return measure.min, COUNT_LIMIT - 1 if measure.max is None else measure.max


def accepted(measure: Measure, lang: Language) -> str:
    """Return in words which values a cell takes: ``số nguyên từ 0 đến 5.000``."""
    if measure.kind == "flag":
        yes, no = answers(lang)
        return phrase("blank.accepts-flag", lang, yes=yes, no=no)
    if measure.max is None:
        return phrase("blank.accepts-from", lang, low=measure.min)
    return phrase("blank.accepts-between", lang, low=measure.min, high=measure.max)


def counted_at(measure: Measure, lang: Language) -> str:
    """Return what a measure is counted over: the cut-off date, or the period."""
    return phrase(f"blank.{measure.time}", lang)


def needed(measure: Measure, lang: Language) -> str:
    """Return whether a cell may stay blank, and what a blank means."""
    if measure.blank == "zero":
        return phrase("blank.blank-is-zero", lang)
    return phrase("blank.required" if measure.required else "blank.optional", lang)


def definition(form: Form, measure: Measure, lang: Language) -> str:
    """Return the note on a measure's head."""
    lines = [clean(measure.label.say(lang))]
    if measure.unit is not None and measure.kind == "count":
        lines.append(phrase("blank.counted-in", lang, unit=clean(measure.unit.say(lang))))
    lines += [_sentence(text) for text in (counted_at(measure, lang), accepted(measure, lang))]
    lines.append(_sentence(needed(measure, lang)))
    rules = [rule.message.say(lang) for rule in form.rules if measure.code in rule.expression.names]
    if rules:
        lines += [phrase("blank.checked", lang), *(f"– {clean(rule)}" for rule in rules)]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def said(measure: Measure, value: int, lang: Language) -> str:
    """Return a figure of an earlier period: a number with its unit, or yes and no."""
    if measure.kind == "flag":
        return answers(lang)[0 if value else 1]
    unit = f" {clean(measure.unit.say(lang))}" if measure.unit is not None else ""
    return number(value, lang) + unit


def title_of(measure: Measure, lang: Language) -> str:
    """Return the title of the messages at a measure's cells."""
    return shortened(clean(measure.label.say(lang)), TITLE_LIMIT)


def shortened(text: str, limit: int) -> str:
    """Cut a text to so many UTF-16 units, with a sign that it was cut."""
    if len(text.encode("utf-16-le")) <= 2 * limit:
        return text
    while len(text.encode("utf-16-le")) > 2 * (limit - 1):
        text = text[:-1]
    return f"{text.rstrip()}…"

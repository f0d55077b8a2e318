"""A form as tables for people."""

from __future__ import annotations

from antq_stats.form import Form, Measure
from antq_stats.render.writing.table import Column, PresentationTable, Row, Text
from antq_stats.words.language import Language, phrase


def form_tables(form: Form, lang: Language) -> list[PresentationTable]:
    """Return a table of measures for each table of the form, then its ratios and its edit rules."""
    tables = [_measures(form, table.code, table.title.say(lang), table.level, lang) for table in form.tables]
    if form.ratios:
        tables.append(_ratios(form, lang))
    if form.rules:
        tables.append(_rules(form, lang))
    return tables


def _head(key: str, lang: Language) -> Column:
    return Column(key, phrase(f"column.{key}", lang), align="left")


def _measures(form: Form, code: str, title: str, level: str, lang: Language) -> PresentationTable:
    heads = tuple(_head(key, lang) for key in ("label", "unit-of-measure", "kind", "needed"))
    sections = {section.code: section.label.say(lang) for section in form.sections}
    rows: list[Row] = []
    section: str | None = None
    for measure in form.measures_of(code):
        if measure.section != section and measure.section in sections:
            rows.append(Row(sections[measure.section], 0, (Text(""),) * 4, "group"))
        section = measure.section
        needed = phrase("form.required" if measure.required else "form.optional", lang)
        cells = (measure.label.say(lang), form.unit(measure.code, lang), _kind(measure, lang), needed)
        rows.append(Row(measure.code, 1, tuple(Text(cell) for cell in cells)))
    subtitle = f"{phrase('column.level', lang)}: {level}"
    return PresentationTable(title, subtitle, phrase("column.measure", lang), heads, tuple(rows))


def _kind(measure: Measure, lang: Language) -> str:
    return f"{phrase(f'form.{measure.kind}', lang)}, {phrase(f'form.{measure.time}', lang)}"


def _ratios(form: Form, lang: Language) -> PresentationTable:
    heads = tuple(_head(key, lang) for key in ("label", "numerator", "denominator"))
    rows = tuple(
        Row(ratio.code, 0, (Text(ratio.label.say(lang)), Text(ratio.numerator), Text(ratio.denominator)))
        for ratio in form.ratios
    )
    return PresentationTable(phrase("form.ratios", lang), "", phrase("column.measure", lang), heads, rows)


def _rules(form: Form, lang: Language) -> PresentationTable:
    heads = tuple(_head(key, lang) for key in ("severity", "check", "message"))
    rows = tuple(
        Row(
            rule.code,
            0,
            (Text(phrase(f"severity.{rule.severity}", lang)), Text(rule.check), Text(rule.message.say(lang))),
        )
        for rule in form.rules
    )
    return PresentationTable(phrase("form.rules", lang), "", phrase("column.rule", lang), heads, rows)

"""A form as tables for people: its measures, ratios and edit rules."""

from __future__ import annotations

from collections.abc import Sequence

from antq_stats.form import Form, Measure, Table
from antq_stats.render.writing.table import Column, PresentationTable, Row, Text
from antq_stats.words.language import Language, Wording


def form_tables(form: Form, lang: Language) -> list[PresentationTable]:
    """Return the measures of each table of the form, then the ratios and the edit rules."""
    builder = _TableBuilder(form, Wording(lang))
    tables = [builder.measures(table) for table in form.tables]
    if form.ratios:
        tables.append(builder.ratios())
    if form.rules:
        tables.append(builder.rules())
    return tables


class _TableBuilder:
    """Builds the tables of a form."""

    def __init__(self, form: Form, wording: Wording) -> None:
        self.form = form
        self.wording = wording

    def measures(self, table: Table) -> PresentationTable:
        """Return the measures of a table, by section."""
        phrase, say = self.wording.phrase, self.wording.say
        sections = {section.code: say(section.label) for section in self.form.sections}
        rows: list[Row] = []
        section: str | None = None
        told = int(any("".join(self._meaning(measure)) for measure in self.form.measures_of(table.code)))
        for measure in self.form.measures_of(table.code):
            if measure.section != section and measure.section in sections:
                rows.append(Row(sections[measure.section], 0, (Text(""),) * (4 + told), "group"))
            section = measure.section
            needed = phrase("form.required" if measure.required else "form.optional")
            unit = self.form.unit(measure.code, self.wording.lang)
            cells = (say(measure.label), unit, self._kind(measure), needed, *self._meaning(measure)[:told])
            rows.append(Row(measure.code, 1, tuple(map(Text, cells))))
        subtitle = f"{phrase('column.level')}: {table.level}"
        heads = self._heads("label", "unit-of-measure", "kind", "needed", *("meaning",) * told)
        return PresentationTable(say(table.title), subtitle, phrase("column.measure"), heads, tuple(rows))

    def _kind(self, measure: Measure) -> str:
        phrase = self.wording.phrase
        kind = (
            phrase("form.decimals", count=measure.decimals)
            if measure.decimals
            else phrase(f"form.{measure.kind}")
        )
        kind = f"{kind}, {phrase(f'form.{measure.time}')}"
        return kind if measure.up == "sum" else f"{kind}, {phrase('form.not-summed')}"

    def _meaning(self, measure: Measure) -> tuple[str]:
        """Return what a measure means, the act it follows, and when its definition changed."""
        say, phrase, changed = self.wording.say, self.wording.phrase, measure.series_break
        parts = [say(measure.meaning)] if measure.meaning else []
        parts += [phrase("form.source", act=say(measure.source))] if measure.source else []
        if changed is not None:
            facts = {"date": self.wording.date(changed.date), "act": say(changed.act)}
            parts.append(phrase("form.break", **facts))
        return (" ".join(parts),)

    def ratios(self) -> PresentationTable:
        """Return the ratios."""
        rows = [
            (ratio.code, self.wording.say(ratio.label), ratio.numerator, ratio.denominator)
            for ratio in self.form.ratios
        ]
        return self._table("form.ratios", "column.measure", rows, "label", "numerator", "denominator")

    def rules(self) -> PresentationTable:
        """Return the edit rules."""
        rows = [
            (
                rule.code,
                self.wording.phrase(f"severity.{rule.severity}"),
                rule.check,
                self.wording.say(rule.message),
            )
            for rule in self.form.rules
        ]
        return self._table("form.rules", "column.rule", rows, "severity", "check", "message")

    def _table(
        self, title: str, stub_head: str, rows: Sequence[tuple[str, ...]], *heads: str
    ) -> PresentationTable:
        """Return a table of texts; the first text of a row is its stub."""
        return PresentationTable(
            self.wording.phrase(title),
            "",
            self.wording.phrase(stub_head),
            self._heads(*heads),
            tuple(Row(stub, 0, tuple(map(Text, texts))) for stub, *texts in rows),
        )

    def _heads(self, *keys: str) -> tuple[Column, ...]:
        return tuple(Column(key, self.wording.phrase(f"column.{key}"), align="left") for key in keys)

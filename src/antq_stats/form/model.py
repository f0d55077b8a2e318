"""The form as a whole, and questions about its entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from pydantic import Field, ValidationInfo, model_validator

from antq_stats.findings.setup_error import SetupError
from antq_stats.form.check import AnyEntry, FormEntries, faults
from antq_stats.form.entries import (
    UNITS,
    About,
    Ambiguity,
    EditRule,
    Entry,
    Letterhead,
    Measure,
    Ratio,
    Section,
    Table,
)
from antq_stats.form.plausibility import Plausibility

CHECKED = "checked"
"""Context of the validation of a form in whose entries `faults` has found none."""


class Form(Entry):
    """What is asked: tables, measures, ratios and edit rules, in the order of the file.

    A form that contradicts itself cannot be made: making it raises ``SetupError`` with every fault.
    """

    about: About = Field(alias="form", description="What the form is.")
    letterhead: Letterhead = Field(
        default_factory=Letterhead, description="Words for the head and the foot of returns and reports."
    )
    tables: tuple[Table, ...] = Field(alias="table", min_length=1, description="Tables; one is enough.")
    sections: tuple[Section, ...] = Field(default=(), alias="section", description="Groups of measures.")
    measures: tuple[Measure, ...] = Field(
        alias="measure", min_length=1, description="Counted quantities and flags."
    )
    ratios: tuple[Ratio, ...] = Field(default=(), alias="ratio", description="Ratios of two sums.")
    ambiguities: tuple[Ambiguity, ...] = Field(
        default=(), alias="ambiguous", description="Headers that may mean several measures."
    )
    rules: tuple[EditRule, ...] = Field(default=(), alias="rule", description="Edit rules.")
    plausibility: Plausibility = Field(
        default_factory=Plausibility, description="Which checks of plausibility run, and their thresholds."
    )

    @model_validator(mode="after")
    def _checked(self, info: ValidationInfo) -> Self:
        if info.context == CHECKED:
            return self
        entries: dict[str, Sequence[AnyEntry]] = {
            "table": self.tables,
            "section": self.sections,
            "measure": self.measures,
            "ratio": self.ratios,
            "ambiguous": self.ambiguities,
            "rule": self.rules,
        }
        found = faults(FormEntries.of_entries(self.about.identity, entries))
        if found:
            raise SetupError(found)
        return self

    def __repr__(self) -> str:
        sizes = f"{len(self.measures)} measures, {len(self.ratios)} ratios, {len(self.rules)} rules"
        return f"<Form {self.id} {self.version}: {sizes}>"

    @property
    def id(self) -> str:
        """Short name of the form."""
        return self.about.id

    @property
    def due(self) -> dt.date | None:
        """Day by which returns are due, if the form says."""
        return self.letterhead.deadline or self.about.due

    @property
    def version(self) -> str:
        """Edition of the form."""
        return self.about.version

    @cached_property
    def columns(self) -> tuple[Measure | Ratio, ...]:
        """Measures, then ratios, in form order: the columns of every result."""
        return (*self.measures, *self.ratios)

    @cached_property
    def _by_code(self) -> dict[str, Measure | Ratio]:
        return {column.code: column for column in self.columns}

    @cached_property
    def protected(self) -> frozenset[str]:
        """Codes of the sensitive measures and of the ratios made of them."""
        codes = {measure.code for measure in self.measures if measure.sensitive != "no"}
        made = {ratio.code for ratio in self.ratios if codes & {ratio.numerator, ratio.denominator}}
        return frozenset(codes | made)

    def measure(self, code: str) -> Measure:
        """Return a measure by its code; raise KeyError if there is none."""
        found = self._by_code[code]
        if not isinstance(found, Measure):
            raise KeyError(code)
        return found

    def ratio(self, code: str) -> Ratio:
        """Return a ratio by its code; raise KeyError if there is none."""
        found = self._by_code[code]
        if not isinstance(found, Ratio):
            raise KeyError(code)
        return found

    def ratio_scale(self, code: str) -> Fraction:
        """Return the factor that makes the quotient of a ratio's sides in steps that of their values."""
        ratio = self.ratio(code)
        below = 1 if ratio.denominator == UNITS else self.measure(ratio.denominator).scale
        return Fraction(below, self.measure(ratio.numerator).scale)

    def table(self, code: str) -> Table:
        """Return a table by its code; raise KeyError if there is none."""
        for table in self.tables:
            if table.code == code:
                return table
        raise KeyError(code)

    def table_of(self, column: Measure | Ratio) -> Table:
        """Return the table of a measure, or of a ratio's numerator."""
        measure = column if isinstance(column, Measure) else self.measure(column.numerator)
        return self.table(measure.table) if measure.table else self.tables[0]

    def measures_of(self, table: Table | str) -> tuple[Measure, ...]:
        """Return the measures of a table, or of the table with a code, in form order."""
        return self._measures_by_table.get(table if isinstance(table, str) else table.code, ())

    @cached_property
    def _measures_by_table(self) -> dict[str, tuple[Measure, ...]]:
        found: dict[str, list[Measure]] = {}
        for measure in self.measures:
            found.setdefault(self.table_of(measure).code, []).append(measure)
        return {code: tuple(measures) for code, measures in found.items()}

    def ratios_of(self, table: Table | str) -> tuple[Ratio, ...]:
        """Return the ratios that a return of the table can have: those with both sides in the table."""
        code = table if isinstance(table, str) else table.code
        return tuple(
            ratio
            for ratio in self.ratios
            if {
                self.table_of(self.measure(side)).code
                for side in (ratio.numerator, ratio.denominator)
                if side != UNITS
            }
            == {code}
        )

    def label(self, code: str, language: str) -> str:
        """Return the name of a measure or ratio in a language; raise KeyError for an unknown code."""
        return self._by_code[code].label.say(language)

    def unit(self, code: str, language: str) -> str:
        """Return the unit of measure of a measure or ratio in a language; may be empty."""
        column = self._by_code[code]
        if isinstance(column, Ratio):
            return {100: "%", 1000: "‰"}.get(column.per, "")
        return column.unit.say(language) if column.unit else ""

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """Return the JSON Schema (draft 2020-12) of ``form.toml``, for editors."""
        schema: dict[str, Any] = _without_null(Form.model_json_schema(by_alias=True))
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **schema,
            "title": "form.toml",
            "description": "A form of antq-stats: what every unit is asked.",
        }


def _without_null(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Return a schema without null, which TOML does not have, and without the titles made of key names."""
    if isinstance(schema, list):
        return [_without_null(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: _without_null(part)
        for key, part in schema.items()
        if not (key == "title" and isinstance(part, str)) and not (key == "default" and part is None)
    }
    kinds = [part for part in found.get("anyOf", []) if part != {"type": "null"}]
    if len(kinds) == 1:
        del found["anyOf"]
        found = kinds[0] | found
    return found

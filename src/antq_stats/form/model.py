"""The models of ``form.toml``.

Unknown keys are refused, nothing is converted from one type to another, and numbers stay exact.
What one entry must be is said here; what entries must be to each other stands in ``check``.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from antq_stats.expression import KEYWORDS, Expression, parse
from antq_stats.plan import COUNT_LIMIT
from antq_stats.text import one_line

if TYPE_CHECKING:
    from antq_stats.plan import Limits, ReadingPlan, Units

RESERVED = KEYWORDS | {"units", "true", "false"}
"""Words that no measure or ratio may have as its code."""

UNITS = "units"
"""The denominator that is the number of units which answered."""

LIMIT_TEXT = 1000


def _clean(text: str) -> str:
    text = one_line(unicodedata.normalize("NFC", text), LIMIT_TEXT)
    if not text:
        raise PydanticCustomError("empty_text", "empty")
    return text


def _not_reserved(code: str) -> str:
    if code in RESERVED:
        raise PydanticCustomError("reserved_word", "reserved")
    return code


def _exact(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, Strict(), StringConstraints(max_length=LIMIT_TEXT), AfterValidator(_clean)]
Code = Annotated[
    str,
    Strict(),
    StringConstraints(max_length=64, pattern=r"^[a-z_][a-z0-9_]*$"),
    AfterValidator(_not_reserved),
]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
Count = Annotated[int, Strict(), Field(ge=0, lt=COUNT_LIMIT)]
Date = Annotated[dt.date, Strict()]
Share = Annotated[
    Decimal,
    Field(ge=0, allow_inf_nan=False, strict=True),
    BeforeValidator(_exact),
    WithJsonSchema({"type": "number", "minimum": 0}),
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Label(_Entry):
    """A wording in both languages; English falls back on Vietnamese."""

    vi: Text = Field(description="In Vietnamese.")
    en: Text = Field(default="", description="In English; the Vietnamese where it is left out.")

    @model_validator(mode="before")
    @classmethod
    def _fall_back(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if (
            isinstance(value, dict)
            and "en" not in value
            and isinstance(value.get("vi"), str)
            and value["vi"].strip()
        ):
            return {**value, "en": value["vi"]}
        return value

    def say(self, language: str) -> str:
        """Return the wording in a language, ``vi`` or ``en``."""
        return self.en if language == "en" else self.vi


class Identity(_Entry):
    """Headers of the columns that say which unit a row is."""

    code: Texts | None = Field(default=None, description="Headers of the column with the unit's code.")
    name: Texts | None = Field(default=None, description="Headers of the column with the unit's name.")
    parent: Texts | None = Field(default=None, description="Headers of the column that names the unit above.")


class About(_Entry):
    """What ``[form]`` says of the form itself."""

    id: Text = Field(description="Short name of the form, the same from year to year.")
    version: Text = Field(description="Edition of the form, a text such as 2021.")
    title: Label = Field(description="Title of the form.")
    issuer: Label | None = Field(default=None, description="Body that asks for the returns.")
    period: Text | None = Field(
        default=None, description="Name of the period; the folder's name where it is left out."
    )
    covers_from: Date | None = Field(default=None, alias="from", description="First day of the period.")
    covers_to: Date | None = Field(default=None, alias="to", description="Last day of the period.")
    due: Date | None = Field(default=None, description="Day by which returns are due.")
    identity: Identity = Field(
        default_factory=Identity,
        description="The columns that say which unit a row is; usual headers by default.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.covers_from and self.covers_to and self.covers_to < self.covers_from:
            facts = {"since": self.covers_from.isoformat(), "at": "to", "found": self.covers_to}
            raise PydanticCustomError("ends_before_start", "order", facts)
        return self


class Table(_Entry):
    """A table of the form, filled in for every unit of one level."""

    code: Text = Field(description="Code of the table, such as 01.")
    level: Text = Field(
        description="Level of the register whose units are its rows, in the register's own word."
    )
    title: Label = Field(description="Title; words before a colon (Biểu 01: …) also name the table.")


class Section(_Entry):
    """A group of measures and ratios that are shown together."""

    code: Text = Field(description="Code of the section.")
    label: Label = Field(description="Heading of the section.")


class Measure(_Entry):
    """A counted quantity, or a flag, observed at its table's level."""

    code: Code = Field(
        description="Code, used in rules and results: small letters without accents, digits, _."
    )
    table: Text = Field(
        default="", description="Code of its table; may be left out where the form has one table."
    )
    section: Text | None = Field(default=None, description="Code of its section.")
    label: Label = Field(description="Name of the measure, as in the header of a return.")
    unit: Label | None = Field(default=None, description="Unit of measure.")
    kind: Literal["count", "flag"] = Field(
        default="count", description="A count, or a flag that goes up as the units where it is true."
    )
    time: Literal["stock", "flow"] = Field(
        default="stock",
        description="A stock at the cut-off date, or a flow over the period; only flows add over time.",
    )
    required: Annotated[bool, Strict()] = Field(
        default=True, description="Whether a blank cell is a hard finding."
    )
    blank: Literal["missing", "zero"] = Field(default="missing", description="What a blank cell means.")
    min: Count = Field(default=0, description="Least value accepted.")
    max: Count | None = Field(default=None, description="Greatest value accepted.")
    sensitive: Literal["no", "small", "yes"] = Field(
        default="no",
        description="Whether small figures point at persons: small below the commune, yes everywhere.",
    )
    max_change: Share | None = Field(
        default=None, description="Greatest usual change on last year: 0.10 is 10 %."
    )
    aliases: Texts = Field(default=(), description="Other headers under which returns give it.")
    was: Annotated[Texts, BeforeValidator(_one_or_more)] = Field(
        default=(),
        description="Code, or codes, that it had in earlier editions.",
        json_schema_extra={"type": ["string", "array"]},
    )

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise PydanticCustomError(
                "max_below_min", "range", {"ge": self.min, "at": "max", "found": self.max}
            )
        if self.kind == "flag" and max(self.min, self.max or 0) > 1:
            key, found = ("max", self.max) if self.min <= 1 else ("min", self.min)
            raise PydanticCustomError("flag_above_one", "range", {"le": 1, "at": key, "found": found})
        return self


class Ratio(_Entry):
    """A ratio of two sums; a column of a return that gives it is checked and never added up."""

    code: Code = Field(description="Code; none that a measure has.")
    section: Text | None = Field(default=None, description="Code of its section.")
    label: Label = Field(description="Name of the ratio, as in the header of a return.")
    numerator: Text = Field(description="Code of a measure.")
    denominator: Text = Field(
        description="Code of a measure, or units: the units of the table's level that answered."
    )
    per: Annotated[int, Strict(), Field(ge=1, le=10**9)] = Field(default=100, description="100 for per cent.")
    decimals: Annotated[int, Strict(), Field(ge=0, le=6)] = Field(default=1, description="Decimals shown.")
    aliases: Texts = Field(default=(), description="Other headers under which returns give it.")


class EditRule(_Entry):
    """A condition that the values of a unit must keep."""

    code: Text = Field(description="Code of the rule.")
    check: Annotated[str, Strict()] = Field(description="The condition, such as: achieved <= registered.")
    severity: Literal["hard", "soft"] = Field(
        description="hard: the values cannot stand; soft: ask the sender."
    )
    message: Label = Field(description="What is said where the condition is not kept.")

    @cached_property
    def expression(self) -> Expression:
        """The condition, parsed.

        Raises
        ------
        ExpressionError
            It is not a rule; never so in a rule of a ``Form``, whose rules were all checked.
        """
        return parse(self.check)


class Form(_Entry):
    """What is asked: tables, measures, ratios and edit rules, in the order of the file.

    A form that contradicts itself cannot be made: making it raises ``SetupError`` with every fault.
    """

    about: About = Field(alias="form", description="What the form is.")
    tables: tuple[Table, ...] = Field(alias="table", min_length=1, description="Tables; one is enough.")
    sections: tuple[Section, ...] = Field(default=(), alias="section", description="Groups of measures.")
    measures: tuple[Measure, ...] = Field(
        alias="measure", min_length=1, description="Counted quantities and flags."
    )
    ratios: tuple[Ratio, ...] = Field(default=(), alias="ratio", description="Ratios of two sums.")
    rules: tuple[EditRule, ...] = Field(default=(), alias="rule", description="Edit rules.")

    @model_validator(mode="after")
    def _checked(self) -> Self:
        from antq_stats.findings import SetupError
        from antq_stats.form.check import Parts, faults

        found = faults(Parts.of_form(self))
        if found:
            raise SetupError(found)
        return self

    @property
    def id(self) -> str:
        """Short name of the form."""
        return self.about.id

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

    def measure(self, code: str) -> Measure:
        """Return a measure by its code; KeyError where there is none."""
        found = self._by_code[code]
        if not isinstance(found, Measure):
            raise KeyError(code)
        return found

    def ratio(self, code: str) -> Ratio:
        """Return a ratio by its code; KeyError where there is none."""
        found = self._by_code[code]
        if not isinstance(found, Ratio):
            raise KeyError(code)
        return found

    def table(self, code: str) -> Table:
        """Return a table by its code; KeyError where there is none."""
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
        code = table if isinstance(table, str) else table.code
        return tuple(measure for measure in self.measures if self.table_of(measure).code == code)

    def ratios_of(self, table: Table | str) -> tuple[Ratio, ...]:
        """Return the ratios that a return of the table could give: those with both sides in it."""
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

    def tables_of(self, rule: EditRule) -> tuple[Table, ...]:
        """Return the tables whose measures a rule names, in form order."""
        codes = {self.table_of(self.measure(name)).code for name in rule.expression.names}
        return tuple(table for table in self.tables if table.code in codes)

    def label(self, code: str, language: str) -> str:
        """Return the name of a measure or ratio in a language; KeyError where there is none."""
        return self._by_code[code].label.say(language)

    def unit(self, code: str, language: str) -> str:
        """Return the unit of measure of a measure or ratio in a language; may be empty."""
        column = self._by_code[code]
        if isinstance(column, Ratio):
            return {100: "%", 1000: "‰"}.get(column.per, "")
        return column.unit.say(language) if column.unit else ""

    def plan(self, units: Units, period: str, limits: Limits) -> ReadingPlan:
        """Compile the form and the register into what the reader's workers get.

        Parameters
        ----------
        units : the units in force.
        period : name of the period.
        limits : what one file may cost.

        Raises
        ------
        SetupError
            S106: a table's level is none of the register's.
        """
        from antq_stats.form.reading import reading_plan

        return reading_plan(self, units, period, limits)

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

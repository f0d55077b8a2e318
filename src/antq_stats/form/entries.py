"""The entries of ``form.toml`` and the checks on each by itself.

Unknown keys are refused, no value is converted to another type, and numbers stay exact. Checks between
entries are in `check`, the form as a whole in `model`.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

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
from antq_stats.form.limits import Limit, check_limit
from antq_stats.words.amounts import Amount, amount, plain, steps_of
from antq_stats.words.text import one_line

RESERVED = KEYWORDS | {"units", "true", "false"}
"""Words that no measure or ratio may have as its code."""

UNITS = "units"
"""The denominator of a ratio to the number of units that answered."""

LIMIT_TEXT = 1000

_BELOW = 5
"""Threshold of a measure with ``sensitive = "yes"`` and no ``protect``."""


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


def _in_both_languages(value: object) -> object:
    return {"vi": value} if isinstance(value, str) else value


Text = Annotated[str, Strict(), StringConstraints(max_length=LIMIT_TEXT), AfterValidator(_clean)]
Code = Annotated[
    str,
    Strict(),
    StringConstraints(max_length=64, pattern=r"^[a-z_][a-z0-9_]*$"),
    AfterValidator(_not_reserved),
]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
Date = Annotated[dt.date, Strict()]
Year = Annotated[int, Strict(), Field(ge=1900, le=2999)]
Share = Annotated[
    Decimal,
    Field(ge=0, allow_inf_nan=False, strict=True),
    BeforeValidator(_exact),
    WithJsonSchema({"type": "number", "minimum": 0}),
]


class Entry(BaseModel):
    """What all entries have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Label(Entry):
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


Act = Annotated[
    Label,
    BeforeValidator(_in_both_languages),
    WithJsonSchema({"type": ["string", "object"]}),
]
"""An act of law: one text for both languages, or a wording in each."""


class Identity(Entry):
    """Headers of the columns that say which unit a row is."""

    code: Texts | None = Field(default=None, description="Headers of the column with the unit's code.")
    name: Texts | None = Field(default=None, description="Headers of the column with the unit's name.")
    parent: Texts | None = Field(default=None, description="Headers of the column that names the unit above.")


class Serves(Entry):
    """The years for which an edition of the form asks; without a bound, all before or after."""

    first: Year | None = Field(default=None, alias="from", description="First year.")
    last: Year | None = Field(default=None, alias="to", description="Last year.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise PydanticCustomError(
                "ends_before_start", "order", {"ge": self.first, "at": "to", "found": self.last}
            )
        return self

    def __contains__(self, year: int) -> bool:
        return (self.first or year) <= year <= (self.last or year)


class Letterhead(Entry):
    """What ``[letterhead]`` says for the head and the foot of returns and reports."""

    issuer: Text | None = Field(default=None, description="Body that asks for the returns.")
    parent: Text | None = Field(default=None, description="Body above the issuer.")
    place: Text | None = Field(default=None, description="Place that stands before the date.")
    deadline: Date | None = Field(default=None, description="Day by which returns are due.")
    recipients: Texts = Field(default=(), description="Bodies that the report goes to, in order.")
    signer: Text | None = Field(default=None, description="Title of who signs.")


class About(Entry):
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
    serves: Serves | None = Field(
        default=None, description="Years for which this edition asks; every year where it is left out."
    )
    notes: Label | None = Field(default=None, description="What those who use the form must know of it.")
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


class Table(Entry):
    """A table of the form, filled in for every unit of one level."""

    code: Text = Field(description="Code of the table, such as 01.")
    level: Text = Field(
        description="Level of the register whose units are its rows, in the register's own word."
    )
    title: Label = Field(description="Title; words before a colon (Biểu 01: …) also name the table.")


class Section(Entry):
    """A group of measures and ratios that are shown together."""

    code: Text = Field(description="Code of the section.")
    label: Label = Field(description="Heading of the section.")


class Protect(Entry):
    """What of a measure's figures must stay unknown."""

    below: Annotated[int, Strict(), Field(ge=2, le=1000)] = Field(
        description="Sums from 1 up to below this are withheld; of each all these values stay possible."
    )


class SeriesBreak(Entry):
    """A change in what a measure means: figures before and after it are not compared."""

    date: Date = Field(description="First day on which the new definition holds.")
    act: Act = Field(description="Act that changed it.")


class Measure(Entry):
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
    meaning: Label | None = Field(
        default=None, description="What is counted: one sentence against which a figure can be checked."
    )
    source: Act | None = Field(default=None, description="Act that the measure follows.")
    kind: Literal["count", "flag"] = Field(
        default="count", description="A count, or a flag that goes up as the units where it is true."
    )
    up: Literal["sum", "none"] = Field(
        default="sum",
        description="Whether it is summed from level to level, or asked at each and summed at none.",
    )
    counts: Text | None = Field(
        default=None,
        description="Level whose units it counts; not compared where units were merged or split.",
    )
    time: Literal["stock", "flow"] = Field(
        default="stock",
        description="A stock at the cut-off date, or a flow over the period; only flows add over time.",
    )
    required: Annotated[bool, Strict()] = Field(
        default=True, description="Whether a blank cell is a hard finding."
    )
    blank: Literal["missing", "zero"] = Field(default="missing", description="What a blank cell means.")
    decimals: Annotated[int, Strict(), Field(ge=0, le=3)] = Field(
        default=0,
        description="Decimals of its values, as 1 for km, ha or million đồng; sums are exact. "
        "Not for a flag or a sensitive measure.",
    )
    min: Limit = Field(default=0, description="Least value accepted, with at most its decimals.")
    max: Limit | None = Field(default=None, description="Greatest value accepted, with at most its decimals.")
    sensitive: Literal["no", "small", "yes"] = Field(
        default="no",
        description="Whether small figures point at persons: small below the commune, yes everywhere.",
    )
    protect: Protect | None = Field(
        default=None,
        description="Threshold of a sensitive measure; 5 where sensitive is yes and nothing is said here.",
    )
    max_change: Share | None = Field(
        default=None, description="Greatest usual change on last year: 0.10 is 10 %."
    )
    aliases: Texts = Field(default=(), description="Other headers under which returns give it.")
    series_break: SeriesBreak | None = Field(
        default=None, alias="break", description="When its definition changed, and by which act."
    )
    was: Annotated[Texts, BeforeValidator(_one_or_more)] = Field(
        default=(),
        description="Code, or codes, that it had in earlier editions.",
        json_schema_extra={"type": ["string", "array"]},
    )

    @property
    def below(self) -> int:
        """Sums from 1 up to below this are withheld; 0 if none is."""
        if self.protect is not None:
            return self.protect.below
        return _BELOW if self.sensitive == "yes" else 0

    @property
    def scale(self) -> int:
        """Number of steps in one: values are held in steps of 10**-decimals."""
        return int(10**self.decimals)

    @property
    def least(self) -> int:
        """The least value accepted, in steps."""
        return steps_of(self.min, self.decimals) or 0

    @property
    def greatest(self) -> int | None:
        """The greatest value accepted, in steps; None for no limit."""
        return None if self.max is None else steps_of(self.max, self.decimals)

    def amount(self, steps: int) -> Amount:
        """Return the value of a number of steps: an int, or a Decimal with the measure's decimals."""
        return amount(steps, self.decimals)

    def text(self, steps: int) -> str:
        """Return the value of a number of steps in digits with a point, as findings hold it: ``12.5``."""
        return plain(steps, self.decimals)

    @model_validator(mode="before")
    @classmethod
    def _sensitive_if_protected(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if isinstance(value, dict) and "protect" in value and "sensitive" not in value:
            return {**value, "sensitive": "yes"}
        return value

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.protect is not None and self.sensitive == "no":
            facts = {"expects": "one-of: small, yes", "at": "sensitive", "found": "no"}
            raise PydanticCustomError("protected_not_sensitive", "one of", facts)
        if self.decimals and self.kind == "flag":
            raise PydanticCustomError(
                "decimals_of_flag", "range", {"le": 0, "at": "decimals", "found": self.decimals}
            )
        if self.decimals and self.sensitive != "no":  # thresholds count persons
            facts = {"expects": "whole-if-sensitive", "at": "decimals", "found": str(self.decimals)}
            raise PydanticCustomError("decimals_of_sensitive", "whole", facts)
        check_limit("min", self.min, self.decimals)
        check_limit("max", self.max, self.decimals)
        if self.max is not None and self.max < self.min:
            raise PydanticCustomError(
                "max_below_min", "range", {"ge": self.min, "at": "max", "found": self.max}
            )
        if self.kind == "flag" and max(self.min, self.max or 0) > 1:
            key, found = ("max", self.max) if self.min <= 1 else ("min", self.min)
            raise PydanticCustomError("flag_above_one", "range", {"le": 1, "at": key, "found": found})
        return self


class Ratio(Entry):
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


class Ambiguity(Entry):
    """Headers that senders use for one of several measures: told, and never taken for any of them."""

    words: Annotated[Texts, Field(min_length=1)] = Field(description="The headers.")
    measures: Annotated[Texts, Field(min_length=2, max_length=3)] = Field(
        description="Codes of the two or three measures that may be meant."
    )

    @property
    def code(self) -> str:
        """The first header: what the entry is called."""
        return self.words[0]


class EditRule(Entry):
    """A condition that the values of a unit must keep."""

    code: Text = Field(description="Code of the rule.")
    check: Annotated[str, Strict()] = Field(description="The condition, such as: achieved <= registered.")
    severity: Literal["hard", "soft"] = Field(
        description="hard: the values cannot stand; soft: ask the sender."
    )
    message: Label = Field(description="What is said where the condition is not kept.")

    @cached_property
    def expression(self) -> Expression:
        """The parsed condition.

        Raises
        ------
        ExpressionError
            It is not a rule. This cannot happen in a `Form`, whose rules have all been checked.
        """
        return parse(self.check)

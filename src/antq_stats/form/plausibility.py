"""The table ``[plausibility]`` of ``form.toml``: which checks of plausibility run, and their thresholds.

A key that is left out has its default, which suits a form of counts by village that change little from year
to year. docs/detection.md has what each check finds with the defaults.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, Strict, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from antq_stats.form.entries import Entry


def _as_float(value: object) -> object:
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


Number = Annotated[
    float,
    Field(ge=0, allow_inf_nan=False, strict=True),
    BeforeValidator(_as_float),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
Share = Annotated[
    float,
    Field(ge=0, le=1, allow_inf_nan=False, strict=True),
    BeforeValidator(_as_float),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]
Whole = Annotated[int, Strict(), Field(ge=0, le=10**6)]
Several = Annotated[int, Strict(), Field(ge=2, le=10**6)]
Chance = Annotated[
    float,
    Field(gt=0, lt=1, allow_inf_nan=False, strict=True),
    BeforeValidator(_as_float),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
]


class Method(Entry):
    """A check without thresholds of its own, and what every check has."""

    on: Annotated[bool, Strict()] = Field(default=True, description="Whether the check runs.")


class SameFigure(Method):
    """P103: all units of a parent give the same figure."""

    units: Several = Field(default=5, description="Least number of units of one parent.")
    above: Whole = Field(default=5, description="Figures up to this repeat by chance and are not reported.")


class AllFull(Method):
    """P105: a ratio of exactly 1 in all units of a parent."""

    units: Several = Field(default=5, description="Least number of units of one parent.")


class YearOnYear(Method):
    """P106: an unusual change on last year, by the method of Hidiroglou and Berthelot."""

    u: Share = Field(
        default=0.5,
        description="How much the size of a unit weighs: 0 not at all, 1 as much as the change.",
    )
    a: Share = Field(
        default=0.05, description="Least distance of a quartile from the median, as a share of the median."
    )
    c: Number = Field(default=20.0, description="Distances of a quartile that a change may be away.")
    units: Several = Field(
        default=30, description="Least number of units of one kind; kinds with fewer are taken together."
    )


class Tenfold(Method):
    """P107: a value about ten or a hundred times last year's, or a tenth or a hundredth of it."""

    band: Share = Field(
        default=0.04, description="How far the logarithm (base 10) of the ratio may be from 1 or 2."
    )


class Shifted(Method):
    """P108: the figures of a row, or of a sheet, stand one column too far."""

    cells: Several = Field(default=3, description="Least number of figures of a row that fit when moved.")


class Swapped(Method):
    """P109: two columns of a row, or of a sheet, are exchanged."""

    units: Several = Field(
        default=3, description="Least number of units of a sheet that is judged as a whole."
    )


class WrongUnit(Method):
    """P110: values in another unit of measure, such as persons instead of households."""

    least: Number = Field(default=3.0, description="Least ratio to last year of a column in another unit.")
    most: Number = Field(default=6.0, description="Greatest ratio to last year of such a column.")
    units: Several = Field(default=3, description="Least number of units in the column.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.most < self.least:
            facts = {"ge": self.least, "at": "most", "found": Decimal(str(self.most))}
            raise PydanticCustomError("most_below_least", "range", facts)
        return self


class SumForPart(Method):
    """P111: a sum of other units where the value of one unit belongs."""

    parts: Several = Field(default=3, description="Least number of values that are added up.")


class Copy(Method):
    """P112, P113: a return that is like last year's, or like another sender's."""

    above: Whole = Field(default=5, description="Figures up to this are often equal and are not compared.")
    surprise: Number = Field(
        default=12.0,
        description="Least surplus of the surprise over that of the most alike of 200 returns drawn at "
        "random (natural logarithm of a probability; 12 is one in 160,000).",
    )


class Peers(Method):
    """P114: far above the other units, per household."""

    mad: Number = Field(
        default=10.0,
        description="Median absolute deviations above the median from which a value is far.",
    )
    share: Share = Field(
        default=0.3, description="Least share of the value in the sum of its sender or other unit above."
    )
    above: Whole = Field(default=20, description="Values up to this are not reported.")
    units: Several = Field(default=30, description="Least number of units that are compared.")


class LastDigits(Method):
    """P115: too many figures end in 0 or 5."""

    values: Several = Field(default=50, description="Least number of figures of one sender.")
    chance: Chance = Field(
        default=0.0001, description="Probability below which so many are no chance, if one in five ends so."
    )


class Plausibility(Entry):
    """Which checks of plausibility run, and their thresholds."""

    small: Whole = Field(
        default=5,
        description="Differences from last year up to this are never reported (P101, P106 to P111).",
    )
    fits: Number = Field(
        default=1.0,
        description="A value fits an earlier one if it differs by at most this many usual changes.",
    )
    differs: Number = Field(
        default=3.0, description="A value does not fit if it differs by at least this many usual changes."
    )
    everywhere: Share = Field(
        default=0.5,
        description="A check that fires in more than this share of the units is reported once, as a doubt "
        "about the check (P120).",
    )
    enough: Several = Field(
        default=20, description="Least number of units for which that is said instead of each finding."
    )
    open: Share = Field(
        default=0.01,
        description="Share of a total that may remain open: the call list marks the sender after whom the "
        "others can change no total by more.",
    )
    large_change: Method = Field(
        default_factory=Method, description="P101: changes beyond a measure's max_change."
    )
    same_figure: SameFigure = Field(
        default_factory=SameFigure, description="P103: one figure in all units of a parent."
    )
    all_full: AllFull = Field(default_factory=AllFull, description="P105: all units of a parent at 100 %.")
    year_on_year: YearOnYear = Field(default_factory=YearOnYear, description="P106: unusual changes.")
    tenfold: Tenfold = Field(
        default_factory=Tenfold, description="P107: one or two noughts too many or too few."
    )
    shifted: Shifted = Field(default_factory=Shifted, description="P108: figures one column too far.")
    swapped: Swapped = Field(default_factory=Swapped, description="P109: two columns exchanged.")
    wrong_unit: WrongUnit = Field(default_factory=WrongUnit, description="P110: another unit of measure.")
    sum_for_part: SumForPart = Field(
        default_factory=SumForPart, description="P111: a sum in the place of one unit."
    )
    like_last_year: Copy = Field(default_factory=Copy, description="P112: a return like last year's.")
    like_another: Copy = Field(default_factory=Copy, description="P113: a return like another sender's.")
    peers: Peers = Field(default_factory=Peers, description="P114: far above the others, per household.")
    last_digits: LastDigits = Field(
        default_factory=LastDigits, description="P115: too many figures that end in 0 or 5."
    )

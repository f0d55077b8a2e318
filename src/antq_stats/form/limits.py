"""The limits of a measure: whole numbers, or decimals where the measure has some."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from antq_stats.plan import COUNT_LIMIT
from antq_stats.words.amounts import Amount, steps_of


def _limit(value: object) -> Amount:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != value:  # noqa: PLR0124 - NaN
        raise PydanticCustomError("int_type", "number")
    if value < 0:
        raise PydanticCustomError("below_zero", "range", {"ge": 0})
    if value >= COUNT_LIMIT:
        raise PydanticCustomError("beyond_limit", "range", {"lt": COUNT_LIMIT})
    return value


Limit = Annotated[
    int | Decimal,
    PlainValidator(_limit),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": COUNT_LIMIT}),
]


def check_limit(key: str, limit: Amount | None, decimals: int) -> None:
    """Refuse a limit with more decimals than its measure, or of more steps than a value can have.

    Parameters
    ----------
    key : key of the limit, ``min`` or ``max``.
    limit : the limit; None if the measure has none.
    decimals : decimals of the measure.

    Raises
    ------
    PydanticCustomError
        The limit is refused.
    """
    steps = 0 if limit is None else steps_of(limit, decimals)
    if steps is None or (isinstance(limit, Decimal) and not decimals):
        expects = f"decimals-at-most: {decimals}" if decimals else "whole-number"
        facts = {"expects": expects, "at": key, "found": limit}
        raise PydanticCustomError("too_many_decimals", "decimals", facts)
    if steps >= COUNT_LIMIT:
        facts = {"lt": COUNT_LIMIT // 10**decimals, "at": key, "found": limit}
        raise PydanticCustomError("beyond_limit", "range", facts)

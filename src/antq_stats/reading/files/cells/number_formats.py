"""Number formats: whether they display a number as it is, as a percentage, a date or a duration.

A format that the file defines takes precedence over the built-in format with the same id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from antq_stats.reading.files.cells import percentages

_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_BUILT_IN_SPANS = frozenset((46,))
_SPAN = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NO_SIGN = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|general|s[.,]0+', re.IGNORECASE | re.DOTALL)
_LONGEST = 255  # of a format, in Excel
_LAST_DAY = 2958465  # 31 December 9999
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


class Meaning(NamedTuple):
    """What a format displays a number as."""

    kind: Literal["percent", "date", "span"]
    factor: int = 1
    """Factor of a percentage."""


@lru_cache(maxsize=256)
def meaning_of(code: str) -> Meaning | None:
    """Return the meaning of a format code; None for plain numbers and text."""
    code = code[:_LONGEST]
    if factor := percentages.factor_of(code.encode("utf-8", "replace")):
        return Meaning("percent", factor)
    if _SPAN.search(code):
        return Meaning("span")
    signs = _NO_SIGN.sub("", code)
    # With a digit placeholder beside them, the letters of a date are the words of a unit.
    if re.search("[dmyhs]", signs, re.IGNORECASE) and not re.search("[0#?]", signs):
        return Meaning("date")
    return None


def meaning_of_number(number: int, defined: Mapping[int, str]) -> Meaning | None:
    """Return the meaning of a format by its id; None for plain numbers and text.

    Parameters
    ----------
    number : id of the format.
    defined : codes of the formats that the file defines, by id.
    """
    if number in defined:
        return meaning_of(defined[number])
    if number in (9, 10):
        return Meaning("percent", 100)
    if number in _BUILT_IN_SPANS:
        return Meaning("span")
    return Meaning("date") if number in _BUILT_IN_DATES else None


def displayed(number: float, meaning: Meaning, *, since_1904: bool = False) -> object:
    """Return the value that a cell displays: a number, the text of a percentage, a date or a duration.

    Parameters
    ----------
    number : the number stored; a serial date counts days.
    meaning : meaning of the cell's format.
    since_1904 : whether serial dates count from 1904.
    """
    if meaning.kind == "percent":
        return percentages.displayed(number, meaning.factor) or number
    if not 0 <= number <= _LAST_DAY - 1462 * since_1904:  # NaN too; Excel displays no date either
        return number
    if meaning.kind == "span":
        return timedelta(days=number)
    moment = timedelta(days=number, milliseconds=1)  # rounds: a minute is not an exact fraction of a day
    minutes, seconds = divmod(moment.seconds, 60)
    clock = time(minutes // 60, minutes % 60, seconds)
    if number < 1:
        return clock
    day = (_EPOCH_1904 if since_1904 else _EPOCH) + timedelta(
        days=int(number) + (number < 60 and not since_1904)
    )
    return day if clock == time() else datetime.combine(day, clock)

"""Reading the value of one cell: a count, an amount with decimals, a flag or a ratio.

A cell gives a whole number, perhaps with the code of a finding, or `MISSING` with one. Nothing is
guessed: a number that could be read in two ways is refused, with the likelier reading as a suggestion.
The whole number of a measure with decimals is that of its steps: 125 for 12,5. It is never rounded: a number
with more decimals than the measure is refused.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time, timedelta
from math import isfinite
from typing import NamedTuple

from antq_stats.plan import COUNT_LIMIT, MISSING, MeasurePlan
from antq_stats.words.text import one_line, text_key

BLANK = "blank"
"""Stands for the code of a blank cell. The caller decides whether a blank is a finding."""


class Coerced(NamedTuple):
    """The result of reading a cell."""

    value: int
    """The value, in steps of the measure, or `MISSING`."""
    code: str | None = None
    """Code of the finding, of family C, or `BLANK`."""
    suggestion: str | None = None
    """The likelier reading of a value that was refused."""


_TO_PLAIN = str.maketrans(
    {0xFF10 + digit: str(digit) for digit in range(10)}
    | dict.fromkeys((0xA0, 0x2007, 0x2009, 0x202F, 0x3000), " ")
    | dict.fromkeys((0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF), "")
    | {0xFF0E: ".", 0xFF0C: ",", 0xFF05: "%", 0xFF0D: "-"}
)
_DIGITS = re.compile(r"[0-9]+")
_WHOLE_WITH_ZEROS = re.compile(r"([0-9]+)[.,]0{1,2}|([1-9][0-9]{0,2}(?:\.[0-9]{3})+),0{1,2}")
"""Whole numbers with zeros after a decimal mark."""
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?: [0-9]{3})+)")
_FOREIGN_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.0{1,2})?")
_DECIMAL = re.compile(
    r"[0-9]+[.,][0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+"
)
_NEGATIVE = re.compile("[-−] ?[0-9]")
_AMBIGUOUS = re.compile(r"[0-9][0-9.,]*[.,][0-9.,]*[0-9]")
_COMMA_DECIMAL = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+),([0-9]+)")
"""A number with decimals as Vietnamese writes it; the thousands mark is a point or a space."""
_POINT_DECIMAL = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)\.([0-9]+)")
"""One as English writes it, unless its point is the Vietnamese thousands mark: ``1.691`` is ``_GROUPED``."""
_WITH_UNIT = re.compile(r"([0-9][0-9., ]*?)\s*([^\W\d_][^0-9]*)")
_NIL = frozenset({"-", "–", "—", "−", "‒", "―", "không", "không có", "không phát sinh", "không có phát sinh"})
_NOT_AVAILABLE = frozenset({"…", "...", "..", "....", "....."})
_ERRORS = frozenset({"#ref!", "#n/a", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!"})
_TRUE = frozenset({"x", "có", "yes", "true", "đạt", "1"})
_FALSE = frozenset({"không", "no", "false", "không đạt", "0"}) | _NIL
_FIGURE = re.compile(r"[-+−]?[0-9][0-9.,\s]*(?:%|[^\W\d_][^0-9]{0,16})?")
_LONGEST = 24
_GROUP = 3
"""Digits between two thousands marks."""
_BROKEN = re.compile(r"[0-9].*[\x00-\x1f\x7f-\x9f\u2028\u2029].*[0-9]", re.DOTALL)
"""Digits on both sides of a line break or a control character: two numbers, not one."""
_PADDED = re.compile(r"0[0-9]{8,}")
"""Many digits with a leading zero: a telephone or identity number rather than a count."""
_APOSTROPHES = "'\u2019"
"""Excel's prefix for a number typed as text, which some programs write into the cell."""


def is_figure(cell: object) -> bool:
    """Return whether a cell holds a figure, valid or not: a number, or its text, with or without a unit."""
    if type(cell) is float or type(cell) is int:
        return True
    return type(cell) is str and cell != "" and _FIGURE.fullmatch(plain(cell)) is not None


def is_flag(cell: object) -> bool:
    """Return whether a cell is a truth value, or a word for yes or no, as in a flag column."""
    if isinstance(cell, bool):
        return True
    text = plain(cell).casefold() if isinstance(cell, str) and len(cell) <= _LONGEST else ""
    return text[:1].isalpha() and text in _TRUE | _FALSE


def plain(cell: object) -> str:
    """Return the text of a cell in NFC, with plain spaces and ASCII digits instead of full-width ones."""
    text = str(cell)
    if text.isascii():
        return " ".join(text.split())  # nothing to be replaced
    return unicodedata.normalize("NFC", " ".join(text.translate(_TO_PLAIN).split()))


def whole_number(text: str) -> Coerced:
    """Read the text of a count.

    Parameters
    ----------
    text : the text, normalised with `plain`.
    """
    if _DIGITS.fullmatch(text):
        return Coerced(int(text)) if len(text) <= _LONGEST else Coerced(MISSING, "C305")
    if found := _WHOLE_WITH_ZEROS.fullmatch(text):
        digits = (found[1] or found[2]).replace(".", "")
        return Coerced(int(digits)) if len(text) <= _LONGEST else Coerced(MISSING, "C305")
    if _GROUPED.fullmatch(text):
        return Coerced(int(text.replace(".", "").replace(" ", "")[:_LONGEST]))
    if found := _FOREIGN_GROUPED.fullmatch(text):
        return Coerced(int(found[1].replace(",", "")[:_LONGEST]), "C201")
    folded = text.casefold()
    if folded in _NIL:
        return Coerced(0)
    if folded in _NOT_AVAILABLE:
        return Coerced(MISSING, "C102")
    if folded in _ERRORS:
        return Coerced(MISSING, "C103")
    if _NEGATIVE.match(text) and whole_number(text[1:].strip()).value > 0:
        return Coerced(MISSING, "C304")
    if _DECIMAL.fullmatch(text):
        return Coerced(MISSING, "C301")
    return Coerced(MISSING, "C303" if _AMBIGUOUS.fullmatch(text) else "C302")


def decimal_number(text: str, decimals: int) -> Coerced:
    """Read the text of an amount of a measure with decimals, in steps.

    The comma is the decimal mark. A point is the thousands mark wherever it can be: ``1.691`` is 1691 even of
    a measure with three decimals; ``12.5`` and ``0.125`` can only be decimals, and give a soft finding.

    Parameters
    ----------
    text : the text, normalised with `plain`.
    decimals : number of decimals of the measure, at least 1.
    """
    found, code = _COMMA_DECIMAL.fullmatch(text), None
    if found is None and not _GROUPED.fullmatch(text) and not _WHOLE_WITH_ZEROS.fullmatch(text):
        found, code = _POINT_DECIMAL.fullmatch(text), "C205"
    if found is not None:
        if len(text) > _LONGEST:
            return Coerced(MISSING, "C305")
        may_be_grouped = code is None and _FOREIGN_GROUPED.fullmatch(text) is not None
        if may_be_grouped and decimals < len(found[2]):  # 1,500: one and a half, or fifteen hundred
            return Coerced(MISSING, "C308", text.replace(",", ""))
        value = _steps(re.sub("[., ]", "", found[1]), found[2], decimals)
        return Coerced(MISSING, "C308") if value is None else Coerced(value, code)
    if _NEGATIVE.match(text) and decimal_number(text[1:].strip(), decimals).value > 0:
        return Coerced(MISSING, "C304")
    result = whole_number(text)
    return result if result.value == MISSING else result._replace(value=result.value * 10**decimals)


def _steps(whole: str, part: str, decimals: int) -> int | None:
    """Return the steps of a number in digits; None if it has more decimals than the measure."""
    part = part.rstrip("0")
    return None if len(part) > decimals else int(whole + part.ljust(decimals, "0"))


def _text_count(cell: str, measure: MeasurePlan) -> Coerced:
    text = plain(cell)
    if not text:
        return Coerced(MISSING, BLANK)
    if _BROKEN.search(cell):
        return Coerced(MISSING, "C302")
    if text[0] in _APOSTROPHES and text[1:2].isdecimal():
        text = text[1:]
    if _PADDED.fullmatch(text):
        return Coerced(MISSING, "C303")

    def number_of(text: str) -> Coerced:
        return decimal_number(text, measure.decimals) if measure.decimals else whole_number(text)

    result = number_of(text)
    if result.code == "C302" and (found := _WITH_UNIT.fullmatch(text)):
        number = number_of(found[1])
        if number.value != MISSING and text_key(found[2]) in measure.unit_keys:
            return Coerced(number.value, "C202" if number.value else None)  # "0 hộ" is an ordinary nil
    return result


def _number_count(cell: float) -> Coerced:
    if not isfinite(cell):
        return Coerced(MISSING, "C302")
    if cell < 0:
        return Coerced(MISSING, "C304")
    if cell == int(cell):
        return Coerced(int(cell))
    times_1000 = cell * 1000
    likelier = round(times_1000)
    is_whole_count = abs(times_1000 - likelier) < 1e-6 and likelier % 1000
    return Coerced(MISSING, "C301", str(likelier) if is_whole_count else None)


def _number_amount(cell: float, decimals: int) -> Coerced:
    """Return the steps of a number in a workbook.

    A workbook stores binary floating-point numbers. The result of a formula may be 0.30000000000000004 where
    Excel, which shows 15 significant digits, displays 0,3, and 0,3 is what the sender saw and signed. So the
    number is that of its first 15 digits. A number that was typed is not changed: a decimal of up to 15
    digits comes back from binary as it was. Values here have at most 12.
    """
    if not isfinite(cell):
        return Coerced(MISSING, "C302")
    if cell < 0:
        return Coerced(MISSING, "C304")
    if cell >= COUNT_LIMIT:
        return Coerced(MISSING, "C305")
    whole, _, part = f"{cell:.15g}".partition(".")
    steps = None if "e" in whole + part else _steps(whole, part, decimals)  # 1e-05 has more than any measure
    if steps is not None:
        return Coerced(steps)
    likelier = whole + part if whole != "0" and len(part) == _GROUP else None
    return Coerced(MISSING, "C308", likelier)


def count(cell: object, measure: MeasurePlan) -> Coerced:
    """Read one cell of a column of counts, or of amounts with decimals.

    Parameters
    ----------
    cell : the cell's content in the grid; ``""`` or None for a blank.
    measure : gives the unit of measure, the decimals and the bounds.
    """
    if isinstance(cell, bool | date | time | timedelta):
        return Coerced(MISSING, "C306")
    if isinstance(cell, int | float):
        result = _number_amount(cell, measure.decimals) if measure.decimals else _number_count(cell)
    elif isinstance(cell, str):
        result = _text_count(cell, measure)
    else:
        return Coerced(MISSING, BLANK if cell is None else "C302")
    if result.value == MISSING:
        return result
    if not measure.minimum <= result.value <= measure.highest:
        return Coerced(MISSING, "C305")
    return result


def flag(cell: object) -> Coerced:
    """Read one cell of a flag column: 1/0, x, có/không, yes/no, true/false, đạt/không đạt."""
    if isinstance(cell, bool):
        return Coerced(int(cell))
    if isinstance(cell, int | float):
        return Coerced(int(cell)) if cell in (0, 1) else Coerced(MISSING, "C307")
    if not isinstance(cell, str):
        return Coerced(MISSING, BLANK if cell is None else "C307")
    text = plain(cell).casefold()
    if not text:
        return Coerced(MISSING, BLANK)
    if found := _WHOLE_WITH_ZEROS.fullmatch(text):
        text = found[1] or text
    if text in _TRUE or text == "01":
        return Coerced(1)
    if text in _FALSE or text == "00":
        return Coerced(0)
    if text in _NOT_AVAILABLE:
        return Coerced(MISSING, "C102")
    return Coerced(MISSING, "C103" if text in _ERRORS else "C307")


def read(cell: object, measure: MeasurePlan) -> Coerced:
    """Read one cell of a measure's column, as a flag, a count or an amount."""
    return flag(cell) if measure.flag else count(cell, measure)


def total(cell: object, measure: MeasurePlan) -> int:
    """Return the value of a cell in a row of totals, in steps of the measure, or `MISSING`.

    A total is a count, also of flags. The measure's minimum and maximum do not apply, as they are those
    of one unit.

    Parameters
    ----------
    cell : the cell's content in the grid.
    measure : the measure of the column.
    """
    if cell == "":
        return MISSING
    if type(cell) is float and 0 <= cell < COUNT_LIMIT and not measure.decimals and cell.is_integer():
        return int(cell)
    return read(cell, measure._replace(flag=False, minimum=0, maximum=None)).value


def ratio(cell: object) -> tuple[float, int] | None:
    """Return the number of a printed ratio and its number of decimals; None if the cell is no number.

    A per cent sign is dropped, and a comma counts as the decimal mark.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        if not isfinite(cell):
            return None
        text = f"{cell:.10f}".rstrip("0")
        return float(cell), len(text.partition(".")[2])
    if not isinstance(cell, str):
        return None
    text = plain(cell).replace(" ", "").removesuffix("%").replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return None
    return float(text), len(text.partition(".")[2])


def shown(cell: object) -> str:
    """Return a cell's content as text for a finding, at most 60 characters long."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return one_line(str(cell), 60)

"""Numbers that a sheet displays as percentages: 1 with the format ``0%`` is 100%, and not a count.

The fast reader returns the number alone, and a whole number would pass for a count. So such a cell is
read as the text it displays. Other percentages are fractions, and no count column accepts those.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache

_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT_OF = re.compile(rb'<(?:\w+:)?xf\b[^<>]*?\snumFmtId="(\d{1,5})"')
_XF = re.compile(rb"<(?:\w+:)?xf\b[^<>]*")
_OWN_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^<>]*")
_ID = re.compile(rb'\snumFmtId="(\d{1,5})"')
_CODE = re.compile(rb'\sformatCode="([^"]*)"')
_REFERENCE = re.compile(rb'\sr="([A-Za-z]{1,3})([0-9]{1,7})"')
_KIND = re.compile(rb'\st="(?!n")')
_VALUE = re.compile(rb"\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]{1,40})</")
_LITERAL = re.compile(rb'\\.|"[^"]*"|&quot;.*?&quot;', re.DOTALL)

_BUILT_IN = {9: 100, 10: 100}
"""Ids of Excel's built-in percent formats, with their factors."""


def factor_of(code: bytes) -> int:
    """Return the factor of a number format: 100, 1 if its % is only literal text, 0 if it has no %."""
    if b"%" not in code:
        return 0
    return 100 if b"%" in _LITERAL.sub(b"", code) else 1


@lru_cache(maxsize=64)  # the workbooks of one sender, or of one template, have the same styles
def styles_of(part: bytes) -> dict[bytes, int]:
    """Return the cell styles in ``styles.xml`` that display percentages: style index as bytes -> factor."""
    formats = dict(_BUILT_IN)
    if b"%" in part:
        for found in _OWN_FORMAT.findall(part):
            number, code = _ID.search(found), _CODE.search(found)
            if number and code and (factor := factor_of(code[1])):
                formats[int(number[1])] = factor
    block = _CELL_FORMATS.search(part)
    if block is None:
        return {}
    styles: dict[bytes, int] = {}
    for index, style in enumerate(_XF.findall(block[0])):
        number = _FORMAT_OF.match(style)
        if number and (factor := formats.get(int(number[1]), 0)):
            styles[b"%d" % index] = factor
    return styles


def displayed(number: float, factor: int) -> str | None:
    """Return the displayed text of a whole number, ``100%``; None for 0 and for fractions."""
    return f"{int(number) * factor}%" if number and abs(number) < 1e15 and number == int(number) else None


def in_xlsx(sheet: bytes, styles: dict[bytes, int]) -> dict[tuple[int, int], str]:
    """Return the displayed texts of cells with a whole number and a percent format.

    Parameters
    ----------
    sheet : the bytes of a worksheet part.
    styles : result of `styles_of`.

    Returns
    -------
    dict
        Row and column from 0 -> text.
    """
    found: dict[tuple[int, int], str] = {}
    if not styles:
        return found
    for match in re.finditer(rb'\ss="(%s)"' % b"|".join(styles), sheet):
        start, end = sheet.rfind(b"<", 0, match.start()), sheet.find(b">", match.end())
        tag = sheet[start:end]
        reference = _REFERENCE.search(tag)
        if end < 0 or tag.endswith(b"/") or reference is None or _KIND.search(tag) or not _is_cell(tag):
            continue
        value = _VALUE.match(sheet, end + 1)
        text = displayed(_number(value[1]), styles[match[1]]) if value else None
        if text:
            column = 0
            for letter in reference[1].upper():
                column = column * 26 + letter - 64
            found[int(reference[2]) - 1, column - 1] = text
    return found


def _is_cell(tag: bytes) -> bool:
    return tag.split(None, 1)[0].rpartition(b":")[2] in (b"<c", b"c")


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


@lru_cache(maxsize=1 << 14)
def rk_number(raw: int) -> float:
    """Return the number in an RK value: the high 30 bits of an integer or a float, perhaps times 100."""
    if raw & 2:
        number = float((raw >> 2) - (1 << 30 if raw & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))
    return number / 100 if raw & 1 else float(number)

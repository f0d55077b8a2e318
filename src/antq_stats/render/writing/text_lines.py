"""How many lines a text takes in a column of a workbook, and how high its row must be.

Excel adapts no row to a merged cell, and other programs show the heights that are stored. So the writers set
them. The widths are those of Times New Roman; fonts with the same widths stand in for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

HIGHEST = 409.0
"""The greatest height of a row, in points."""
_LEADING, _MARGIN = 1.34, 2.0  # of the size of the font; points
_EM = 1000
_WIDTHS: dict[str, int] = {
    **dict.fromkeys("fijlt'|!;:.,/\\ ", 278),
    **dict.fromkeys("rsI()[]-‑J", 365),
    **dict.fromkeys("aceyzv", 472),
    **dict.fromkeys("PSZLET", 611),
    **dict.fromkeys("BCRFVXYUADGHKNOQwƯĐ", 722),
    **dict.fromkeys("Mm%…W—&@→", 940),
}
"""Thousandths of an em, rounded up by groups; most other characters have 500."""
_OTHER, _WIDE = 530, 1000
_PADDING = 5.0  # points that a cell keeps free at its two sides, and a little for other programs
_TOKEN = re.compile(r"\s+|[^\s/\-–]*[/\-–]|[^\s/\-–]+")
_WORD = re.compile(r"\s+|\S+")


def _width(text: str, size: float) -> float:
    """Return the width of a text in points."""
    total = 0
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character):
            continue
        wide = unicodedata.east_asian_width(character) in "WF"
        total += _WIDE if wide else _WIDTHS.get(character, _OTHER)
    return total * size / _EM


def points(width: float, digit: int = 8) -> float:
    """Return the room for text in a column, in points.

    Parameters
    ----------
    width : width of the column in characters, as workbooks state it.
    digit : pixels of a digit of the workbook's usual font: 8 of Times New Roman 12, 7 of Calibri 11.
    """
    return (width * digit + 5) * 0.75 - _PADDING


@lru_cache(maxsize=4096)
def line_count(text: str, room: float, size: float) -> int:
    """Return the number of lines of a text that is wrapped, at least 1.

    Words are kept whole unless they are wider than the room. Programs differ in whether they also break after
    a hyphen or a slash, so the greater number of lines counts.

    Parameters
    ----------
    text : the text.
    room : width of the lines in points.
    size : size of the font in points.
    """
    return sum(
        max(_wrapped(line, max(room, size), size, pattern) for pattern in (_WORD, _TOKEN))
        for line in text.split("\n")
    )


def _wrapped(line: str, room: float, size: float, pattern: re.Pattern[str]) -> int:
    """Return the number of lines of a text that may be broken between the tokens of a pattern."""
    lines, used = 1, 0.0
    for token in pattern.findall(line):
        wide = _width(token, size)
        if used + wide <= room or token.isspace():
            used += wide
            continue
        if used:
            lines += 1
        more, used = divmod(wide, room)
        lines += int(more)
    return lines


def row_height(texts: Iterable[tuple[str, float]], size: float) -> float:
    """Return the height in points of a row that shows all of its texts.

    Parameters
    ----------
    texts : each text with the width of its lines in points.
    size : size of the font in points.
    """
    lines = max((line_count(text, room, size) for text, room in texts), default=1)
    return min(lines * size * _LEADING + _MARGIN, HIGHEST)

"""Texts with parts in superscript, subscript or strikethrough.

Such parts are left out of a cell's text. Joined with the rest they would give another figure: 99 with the
note mark 1 is not 991, and a struck 1 before a 2 is not 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from antq_stats.reading.files.cells.sheet_scan import Remark, SheetScan

RAISED, STRUCK = 1, 2
"""Flags of a part: superscript or subscript; strikethrough. A part may have both."""

Part = tuple[str, int]
"""A part of a text and its flags, 0 for plain text."""

_FIGURE = re.compile(r"\W*[0-9][0-9\s.,]*\W*[^\W\d_]{0,12}\W*")
_LONGEST = 60
_PLAIN_NUMBER = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(?:[. ][0-9]{3})+")


class _Result(NamedTuple):
    text: str
    """The text without the parts left out."""
    remark: Remark | None
    stays: bool
    """True if the text stays in the grid even if the remark is not taken."""


def put_parts(scan: SheetScan, at: tuple[int, int], parts: Iterable[Part]) -> str:
    """Return the text of a cell without marked parts, and add a remark about the cell to the scan.

    Parameters
    ----------
    scan : scan of the sheet.
    at : row and column of the cell, counted from 0.
    parts : the parts of the text in order, with their flags.
    """
    result = _without_marked([part for part in parts if part[0]])
    if result.remark is not None:
        scan.remarks.setdefault(at, result.remark)
        if result.stays:  # else the grid would hold a blank, and names and headers would be lost
            scan.replacements[at] = result.text
    return result.text


def put_struck_number(scan: SheetScan, at: tuple[int, int], number: float) -> None:
    """Add a remark to the scan that a number is struck through; its figure is not taken."""
    scan.remarks.setdefault(at, Remark("C109", f"{number:.15g}", {}, taken=False))


def _without_marked(parts: Sequence[Part]) -> _Result:
    text = "".join(letters for letters, _ in parts)
    struck = any(flags & STRUCK and letters.strip() for letters, flags in parts)
    raised = any(flags & RAISED and letters.strip() for letters, flags in parts)
    if not struck and not raised:
        return _Result(text, None, stays=True)
    plain = "".join(letters for letters, flags in parts if not flags).strip()
    stripped = text.strip()
    if struck:
        stays = not _may_be_figure(plain) and not _may_be_figure(stripped)
        return _Result(plain or text, Remark("C109", stripped, {}, taken=False), stays)
    if not plain:  # all of it is raised: a figure, or a note mark alone
        remark = Remark("C105", stripped, {"problem": "written-oddly"}, taken=False)
        return _Result(text, remark, not _may_be_figure(stripped))
    facts = {"found": re.sub("[. ]", "", plain)} if _PLAIN_NUMBER.fullmatch(plain) else {}
    return _Result(plain, Remark("C204", stripped, facts, taken=True), stays=True)


def _may_be_figure(text: str) -> bool:
    return len(text) <= _LONGEST and _FIGURE.fullmatch(text) is not None

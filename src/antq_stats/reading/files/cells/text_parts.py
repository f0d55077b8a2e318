"""Texts whose parts are written differently: raised or lowered note marks, parts struck through.

What is left of such a text may be a figure, and joined together it would be another one: 99 with the
mark 1 is not 991, a struck 1 before a 2 is not 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from antq_stats.reading.files.cells.sheet_scan import Remark, SheetScan

RAISED, STRUCK = 1, 2
"""Raised or lowered; struck through. A part may be both."""

Part = tuple[str, int]

_FIGURE = re.compile(r"\W*[0-9][0-9\s.,]*\W*[^\W\d_]{0,12}\W*")
_LONGEST = 60
_PLAIN_NUMBER = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(?:[. ][0-9]{3})+")


class _Settled(NamedTuple):
    text: str
    """What is left of the text."""
    remark: Remark | None
    stays: bool
    """The text stays in the grid, whatever the remark says."""


def put_parts(scan: SheetScan, at: tuple[int, int], parts: Iterable[Part]) -> str:
    """Return what the text of a cell says; note in the scan what is to be told of the cell.

    Parameters
    ----------
    scan, at : the sheet's, and row and column from 0.
    parts : the parts of the text in order, each with RAISED, STRUCK, both or 0.
    """
    settled = _settle([part for part in parts if part[0]])
    if settled.remark is not None:
        scan.remarks.setdefault(at, settled.remark)
        if settled.stays:  # what is not taken would be blank, and names and headers would be lost
            scan.shown[at] = settled.text
    return settled.text


def put_struck_number(scan: SheetScan, at: tuple[int, int], number: float) -> None:
    """Note that the whole of a number is struck through."""
    scan.remarks.setdefault(at, Remark("C109", f"{number:.15g}", {}, taken=False))


def _settle(parts: Sequence[Part]) -> _Settled:
    whole = "".join(text for text, _ in parts)
    struck = any(sort & STRUCK and text.strip() for text, sort in parts)
    raised = any(sort & RAISED and text.strip() for text, sort in parts)
    if not struck and not raised:
        return _Settled(whole, None, stays=True)
    kept = "".join(text for text, sort in parts if not sort).strip()
    said = whole.strip()
    if struck:
        stays = not _may_be_figure(kept) and not _may_be_figure(said)
        return _Settled(kept or whole, Remark("C109", said, {}, taken=False), stays)
    if not kept:  # raised as a whole: a figure, or a mark that stands alone
        remark = Remark("C105", said, {"problem": "written-oddly"}, taken=False)
        return _Settled(whole, remark, not _may_be_figure(said))
    facts = {"found": re.sub("[. ]", "", kept)} if _PLAIN_NUMBER.fullmatch(kept) else {}
    return _Settled(kept, Remark("C204", said, facts, taken=True), stays=True)


def _may_be_figure(text: str) -> bool:
    return len(text) <= _LONGEST and _FIGURE.fullmatch(text) is not None

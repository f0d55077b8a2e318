"""Converting texts typed in fonts older than Unicode: TCVN3 and VNI."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache, reduce
from itertools import chain
from operator import or_

from antq_stats.words.legacy import Encoding, convert, from_legacy, is_unicode_vietnamese, legacy_of

_MARKED = re.compile("[\u00a1-\u00ff]")
# What does not occur in Unicode Vietnamese: a Latin-1 character other than its letters, or a letter that
# follows a vowel like a VNI tone mark.
_LOOK_ALIKE = re.compile(
    "[\u00a1-\u00ff](?<![ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý])|[AEOUaeou][ÀÁÂÃÈÉÊÕÙàáâãèéêõù]"
)


_UNICODE, _DOUBT, _ODD = 1, 2, 4


@lru_cache(maxsize=1 << 14)  # most texts are in every return of a sender
def _signs(text: str) -> int:
    """Return what a text has: letters of Unicode only, or else doubtful ones of Latin-1; and odd ones."""
    odd = _ODD if _LOOK_ALIKE.search(text) is not None else 0
    if is_unicode_vietnamese(text):
        return _UNICODE | odd
    return (_DOUBT if _MARKED.search(text) is not None else 0) | odd


def convert_rows(rows: list[list[object]], said: AbstractSet[str] | None = None) -> Encoding | None:
    """Convert texts in TCVN3 or VNI in place, and return the encoding; None if nothing was converted.

    The encoding is recognised from all texts of the sheet together. If some are Unicode, it is
    recognised cell by cell, and the encoding of the last cell converted is returned.

    Parameters
    ----------
    rows : the rows of a grid.
    said : the different texts in them, None if they were not collected.
    """
    cells = set(chain.from_iterable(rows)) if said is None else said
    texts = [cell for cell in cells if type(cell) is str and not cell.isascii()]
    signs = reduce(or_, map(_signs, texts), 0)
    mixed = bool(signs & _UNICODE)
    if not signs & _DOUBT or (mixed and not signs & _ODD):
        return None
    doubtful = {text for text in texts if _signs(text) & _DOUBT}
    which = None if mixed else legacy_of(doubtful)
    converted: dict[str, str] = {}
    if which is not None:
        converted = {text: convert(text, which) for text in doubtful}
    elif mixed:
        for text in doubtful:
            if (found := from_legacy(text)) is not None:
                converted[text], which = found
    for row in rows if converted else ():
        for column, cell in enumerate(row):
            if type(cell) is str and cell in converted:
                row[column] = converted[cell]
    return which if converted else None

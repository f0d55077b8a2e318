"""Converting texts typed in fonts older than Unicode: TCVN3 and VNI."""

from __future__ import annotations

import re

from antq_stats.words.legacy import Encoding, convert, from_legacy, is_unicode_vietnamese, legacy_of

_MARKED = re.compile("[\u00a1-\u00ff]")
# What does not occur in Unicode Vietnamese: a Latin-1 character other than its letters, or a letter that
# follows a vowel like a VNI tone mark.
_LOOK_ALIKE = re.compile(
    "[\u00a1-\u00ff](?<![ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý])|[AEOUaeou][ÀÁÂÃÈÉÊÕÙàáâãèéêõù]"
)


def convert_rows(rows: list[list[object]]) -> Encoding | None:
    """Convert texts in TCVN3 or VNI in place, and return the encoding; None if nothing was converted.

    The encoding is recognised from all texts of the sheet together. If some are Unicode, it is
    recognised cell by cell, and the encoding of the last cell converted is returned.

    Parameters
    ----------
    rows : the rows of a grid.
    """
    texts = {cell for cells in rows for cell in cells if type(cell) is str and cell}
    everything = "\n".join(texts)
    if everything.isascii() or not _MARKED.search(everything):
        return None
    mixed = is_unicode_vietnamese(everything)
    if mixed and not _LOOK_ALIKE.search(everything):
        return None
    doubtful = {text for text in texts if _MARKED.search(text) and not is_unicode_vietnamese(text)}
    which = None if mixed else legacy_of(doubtful)
    converted: dict[str, str] = {}
    if which is not None:
        converted = {text: convert(text, which) for text in doubtful}
    elif mixed:
        for text in doubtful:
            if (found := from_legacy(text)) is not None:
                converted[text], which = found
    for cells in rows if converted else ():
        for column, cell in enumerate(cells):
            if type(cell) is str and cell in converted:
                cells[column] = converted[cell]
    return which if converted else None

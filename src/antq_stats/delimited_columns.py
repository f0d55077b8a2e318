"""Delimited text of very many rows by whole columns: where its fields are, their texts, their first bytes.

Importing it imports numpy, which takes longer than splitting a short text.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

CHUNK = 1 << 18
"""Bytes read at a time, so that the arrays made of them fit into the processor's cache."""
NEWLINE = 10
WORD = 8
_KEPT = np.array([0, *((1 << 64) - (1 << 8 * (WORD - length)) for length in range(1, WORD + 1))], np.uint64)
"""Number of bytes -> mask of the highest so many."""


def chunks(text: bytes, start: int, size: int, stop: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the begin and end offsets of chunks of whole lines.

    Parameters
    ----------
    text : the text.
    start : offset of the first line.
    size : bytes of a chunk, unless one line is longer.
    stop : offset behind the last line; None for the end of the text.
    """
    stop = len(text) if stop is None else stop
    while start < stop:
        end = text.rfind(b"\n", start, min(start + size, stop)) + 1
        if end <= start:
            end = text.find(b"\n", start, stop) + 1 or stop
        yield start, end
        start = end


def even_fields(written: Bytes, delimiter: int, width: int) -> tuple[Integers, Integers] | None:
    """Return where the fields of n lines begin, and their lengths, n x width each; None if a line has others.

    Parameters
    ----------
    written : whole lines without quotes or carriage returns.
    delimiter : byte value of the delimiter.
    width : number of fields of a line.
    """
    is_end = written == NEWLINE
    separators = np.flatnonzero(is_end | (written == delimiter))
    if len(separators) != width * np.count_nonzero(is_end):
        return None
    ends = separators.reshape(-1, width)
    if not is_end[ends[:, -1]].all():
        return None
    starts = np.empty_like(ends)
    starts[:, 1:] = ends[:, :-1] + 1
    starts[1:, 0] = ends[:-1, -1] + 1
    starts[:1, 0] = 0
    return starts, ends - starts


def texts_of(written: Bytes, starts: Integers, lengths: Integers) -> list[str] | None:
    """Return the texts of some fields; None if they are no UTF-8."""
    if not len(starts):
        return []
    sizes = lengths + 1
    behind = np.cumsum(sizes)
    at = np.arange(behind[-1]) + np.repeat(starts - (behind - sizes), sizes)
    letters = written[at]
    letters[behind - 1] = NEWLINE
    try:
        text: str = letters.tobytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.split("\n")[:-1]


def words_of(padded: Bytes, starts: Integers, lengths: Integers) -> Words:
    """Return the first eight bytes of some fields as one integer, the first in the highest byte.

    Parameters
    ----------
    padded : the text, with at least eight bytes behind the last of the fields.
    starts, lengths : where the fields begin, and their lengths; bytes behind a field count as 0.
    """
    words = np.ndarray((padded.size - WORD + 1,), dtype=">u8", buffer=padded.data, strides=(1,))
    return words[starts].astype(np.uint64) & _KEPT[np.minimum(lengths, WORD)]

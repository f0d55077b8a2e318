"""Texts in the records of an xls: one or two bytes a character, continued over records, with font runs.

In BIFF8 each text has a flag for its encoding, whatever the CODEPAGE record says. In BIFF5 texts are in
the code page that the CODEPAGE record names.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from antq_stats.reading.files.container import FileProblem

_WIDE, _EXTENDED, _RICH = 1, 4, 8
_SHORT = 512
"""Number of bytes up to which a text is kept for the next file."""
_MAC, _ANSI = {10000: "mac_roman", 32768: "mac_roman"}, {32769: "cp1252", 367: "ascii"}


class Text(NamedTuple):
    """A text and the fonts of its parts."""

    letters: str
    runs: tuple[tuple[int, int], ...] = ()
    """First character (in UTF-16 code units) and font index of each run; the cell's font comes before."""

    @classmethod
    def with_runs(cls, letters: str, runs: Iterable[tuple[int, int]]) -> Text:
        """Return a text with its runs; runs beyond its end are left out.

        Raises
        ------
        FileProblem
            F102 if the runs are not in ascending order.
        """
        found = list(runs)
        starts = [start for start, _ in found]
        if starts != sorted(starts):
            raise FileProblem("F102", problem="record-damaged")
        units = len(letters.encode("utf-16-le")) // 2
        return cls(letters, tuple(run for run in found if run[0] < units))

    def parts(self, font: int) -> list[tuple[str, int]]:
        """Return the parts of the text with their font indexes; ``font`` is the index of the cell's font."""
        if not self.runs:
            return [(self.letters, font)]
        raw = self.letters.encode("utf-16-le")
        starts = [0, *(start for start, _ in self.runs), len(raw) // 2]
        fonts = [font, *(number for _, number in self.runs)]
        pieces = [raw[2 * a : 2 * b].decode("utf-16-le", "replace") for a, b in pairwise(starts)]
        return list(zip(pieces, fonts, strict=True))


def _text_of(raw: bytes, flags: int) -> Text:
    """Return a text within one record, without runs or extensions."""
    return Text(raw.decode("utf-16-le", "replace") if flags else raw.decode("latin-1"))


_short_text = lru_cache(maxsize=1 << 13)(_text_of)  # headers and names recur in every file


class Pieces:
    """The content of a record and its CONTINUE records, read from the front.

    Parameters
    ----------
    stream : the workbook stream.
    pieces : start and end of the content of each record.

    Raises
    ------
    FileProblem
        F102 from any method, if the content ends early.
    """

    def __init__(self, stream: bytes, pieces: Sequence[tuple[int, int]]) -> None:
        self._stream = stream
        self._pieces = list(reversed(pieces))
        self._at, self._end = self._pieces.pop()

    def _next(self) -> None:
        if not self._pieces:
            raise FileProblem("F102", problem="record-damaged")
        self._at, self._end = self._pieces.pop()

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        taken = b""
        while True:
            end = min(self._at + count - len(taken), self._end)
            taken += self._stream[self._at : end]
            self._at = end
            if len(taken) == count:
                return taken
            self._next()

    def number(self, layout: str) -> int:
        """Return the next number; ``layout`` is a `struct` format of one integer."""
        return int(struct.unpack(layout, self.take(struct.calcsize(layout)))[0])

    def skip(self, count: int) -> None:
        """Skip bytes."""
        while count > self._end - self._at:
            count -= self._end - self._at
            self._next()
        self._at += count

    def letters(self, count: int, flags: int) -> str:
        """Return the next characters. A CONTINUE record begins with flags for the characters in it.

        Parameters
        ----------
        count : number of characters.
        flags : flags of the text; bit 0 is set for two bytes a character.
        """
        wide = b""
        while True:
            size = 2 if flags & _WIDE else 1
            here = min(count, (self._end - self._at) // size)
            raw = self._stream[self._at : self._at + here * size]
            self._at += here * size
            count -= here
            if not count and not wide:
                return raw.decode("utf-16-le", "replace") if size == 2 else raw.decode("latin-1")
            wide += raw if size == 2 else raw.decode("latin-1").encode("utf-16-le")
            if not count:
                return wide.decode("utf-16-le", "replace")
            self._next()
            flags = self.number("<B")

    def runs(self, count: int) -> Iterator[tuple[int, int]]:
        """Return an iterator over the next ``count`` runs: first character and font index."""
        return struct.iter_unpack("<HH", self.take(4 * count))

    def texts(self, count: int) -> list[Text]:
        """Return the next BIFF8 texts. Most are within one record, without runs or extensions."""
        found: list[Text] = []
        stream = self._stream
        while len(found) < count:
            start = self._at + 3
            if start <= self._end and (flags := stream[start - 1]) <= _WIDE:
                end = start + ((stream[start - 3] | stream[start - 2] << 8) << flags)
                if end <= self._end:
                    read = _short_text if end - start <= _SHORT else _text_of
                    found.append(read(stream[start:end], flags))
                    self._at = end
                    continue
            found.append(self.text())
        return found

    def text(self, length: str = "<H") -> Text:
        """Return the next BIFF8 text; ``length`` is the `struct` format of its character count."""
        count, flags = self.number(length), self.number("<B")
        runs = self.number("<H") if flags & _RICH else 0
        extra = self.number("<I") if flags & _EXTENDED else 0
        letters = self.letters(count, flags)
        text = Text.with_runs(letters, self.runs(runs)) if runs else Text(letters)
        self.skip(extra)
        return text


def byte_text(raw: bytes, runs: bytes, encoding: str) -> Text:
    """Return a BIFF5 text.

    Parameters
    ----------
    raw : the characters in a code page.
    runs : first character and font index of each run, one byte each.
    encoding : Python's name of the code page.
    """
    return Text.with_runs(decoded(raw, encoding), struct.iter_unpack("<BB", runs[: len(runs) // 2 * 2]))


def decoded(raw: bytes, encoding: str) -> str:
    """Return text decoded from a code page; bytes the page leaves undefined become the same code point."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in raw)


def encoding_of(page: int) -> str:
    """Return Python's name of a code page by its number in a CODEPAGE record; cp1252 if unknown."""
    name = _MAC.get(page) or _ANSI.get(page) or f"cp{page}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"

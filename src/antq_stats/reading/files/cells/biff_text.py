"""Texts in the records of an xls: letters of one byte or two, continued over records, with fonts in runs.

BIFF8 says of each text how its letters are written, and no CODEPAGE record changes that; BIFF5 writes
them in the code page that the workbook names.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from antq_stats.reading.files.container import FileProblem

_WIDE, _EXTENDED, _RICH = 1, 4, 8
_MAC, _ANSI = {10000: "mac_roman", 32768: "mac_roman"}, {32769: "cp1252", 367: "ascii"}


class Text(NamedTuple):
    """A text and the fonts its parts are in."""

    letters: str
    runs: tuple[tuple[int, int], ...] = ()
    """From which letter on (in units of UTF-16) which font; before the first it is the cell's."""

    @classmethod
    def with_runs(cls, letters: str, runs: Iterable[tuple[int, int]]) -> Text:
        """Return a text whose runs are within it; raise F102 where they do not follow one another."""
        found = list(runs)
        starts = [start for start, _ in found]
        if starts != sorted(starts):
            raise FileProblem("F102", problem="record-damaged")
        units = len(letters.encode("utf-16-le")) // 2
        return cls(letters, tuple(run for run in found if run[0] < units))

    def parts(self, font: int) -> list[tuple[str, int]]:
        """Return the parts with the number of their font; ``font`` is the cell's."""
        if not self.runs:
            return [(self.letters, font)]
        raw = self.letters.encode("utf-16-le")
        starts = [0, *(start for start, _ in self.runs), len(raw) // 2]
        fonts = [font, *(number for _, number in self.runs)]
        pieces = [raw[2 * a : 2 * b].decode("utf-16-le", "replace") for a, b in pairwise(starts)]
        return list(zip(pieces, fonts, strict=True))


class Pieces:
    """A record and those that continue it, read from the front."""

    def __init__(self, stream: bytes, pieces: Sequence[tuple[int, int]]) -> None:
        self._stream = stream
        self._pieces = list(reversed(pieces))
        self._at, self._end = self._pieces.pop()

    def _next(self) -> None:
        if not self._pieces:
            raise FileProblem("F102", problem="record-damaged")
        self._at, self._end = self._pieces.pop()

    def take(self, count: int) -> bytes:
        """Return bytes as they stand."""
        taken = b""
        while True:
            end = min(self._at + count - len(taken), self._end)
            taken += self._stream[self._at : end]
            self._at = end
            if len(taken) == count:
                return taken
            self._next()

    def number(self, layout: str) -> int:
        """Return a number in a layout of `struct`."""
        return int(struct.unpack(layout, self.take(struct.calcsize(layout)))[0])

    def skip(self, count: int) -> None:
        """Pass bytes by."""
        while count > self._end - self._at:
            count -= self._end - self._at
            self._next()
        self._at += count

    def letters(self, count: int, sign: int) -> str:
        """Return letters; where they are continued, a new sign says how the others are written."""
        wide = b""
        while True:
            size = 2 if sign & _WIDE else 1
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
            sign = self.number("<B")

    def runs(self, count: int) -> Iterator[tuple[int, int]]:
        """Return runs: of each its letter and its font."""
        return struct.iter_unpack("<HH", self.take(4 * count))

    def text(self, length: str = "<H") -> Text:
        """Return a text of BIFF8: its length, how it is written, its letters, its runs."""
        count, sign = self.number(length), self.number("<B")
        runs = self.number("<H") if sign & _RICH else 0
        extra = self.number("<I") if sign & _EXTENDED else 0
        letters = self.letters(count, sign)
        text = Text.with_runs(letters, self.runs(runs)) if runs else Text(letters)
        self.skip(extra)
        return text


def byte_text(raw: bytes, runs: bytes, encoding: str) -> Text:
    """Return a text of BIFF5: letters in a code page, runs of a letter's place and a font, a byte each."""
    return Text.with_runs(decoded(raw, encoding), struct.iter_unpack("<BB", runs[: len(runs) // 2 * 2]))


def decoded(raw: bytes, encoding: str) -> str:
    """Return letters of a code page; what the page leaves free keeps its number."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in raw)


def encoding_of(page: int) -> str:
    """Return the encoding of a code page by its number in a CODEPAGE record."""
    name = _MAC.get(page) or _ANSI.get(page) or f"cp{page}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"

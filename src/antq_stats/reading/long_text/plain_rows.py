"""Rows of a long delimited text that are as plain as can be, read by whole columns.

A row is plain where nothing about it needs a second look: the code of a unit of the table's level under the
unit's own name, and in the columns of figures nothing but digits within the form's bounds. All other rows
are left to be read one by one. Imported only for a long text: numpy takes longer to start than a commune.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from operator import eq
from typing import Any

import numpy as np
import numpy.typing as npt

from antq_stats.plan import MISSING, Units
from antq_stats.reading.checks.shape import TELEPHONES
from antq_stats.reading.long_text.text_layout import Layout
from antq_stats.words.legacy import is_modern

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

CHUNK = 1 << 19
"""Bytes read at a time: what is made of them stays near the processor."""
_LONGEST = 8
"""Digits of a figure: as many bytes as are looked at at once."""
_NEWLINE, _RETURN = 10, 13
_ZEROS = np.uint64(0x3030303030303030)
_OVER_NINE = np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)
_LEAST = np.array([0, 0, *(10**digits for digits in range(1, _LONGEST))], dtype=np.int64)
"""The smallest number of so many digits that begins with no zero."""
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The plain rows of a text, and where the others stand.

    Lines are counted from 0. ``units`` holds n positions, ``values`` n x m counts with `plan.MISSING` where
    none stands, as buffers of 32-bit integers.
    """

    lines: int
    cells: int
    runs: list[tuple[int, int]]
    """The first and the last line but one of each stretch of plain rows."""
    units: memoryview
    values: memoryview
    others: list[int]
    starts: list[int]
    """Where in the text each of the others begins."""
    is_modern: bool
    """No name in the rows could be one that was typed in a font of before Unicode."""


@dataclass(slots=True)
class _Read:
    """Lines that were read: which are plain, which are no unit's at all, and what the plain ones say."""

    plain: Truths
    loose: Truths
    units: Integers
    values: npt.NDArray[np.int32]
    cells: int


def plain_rows(units: Units, text: bytes, start: int, layout: Layout) -> PlainRows | None:
    """Read the plain rows of a text.

    Parameters
    ----------
    units : the units in force.
    text : UTF-8 without quotes; its last line is ended too.
    start : where the first line begins.
    layout : what its columns are.

    Returns
    -------
    PlainRows or None
        None where a text is no UTF-8, or there is no line.
    """
    levels = np.asarray(units.levels, dtype=np.int64)
    reader = _Reader(units, levels, layout)
    parts: list[_Read] = []
    offsets: list[Integers] = []
    for begin, end in _chunks(text, start):
        found = reader.read(text[begin:end])
        if found is None:
            return None
        part, line_starts = found
        parts.append(part)
        offsets.append(line_starts + begin)
    if not parts:
        return None
    plain = np.concatenate([part.plain for part in parts])
    loose = np.concatenate([part.loose for part in parts])
    kept = plain & ~_beside(loose)
    chosen = kept[plain]
    values = np.concatenate([part.values for part in parts])
    at = np.concatenate([part.units for part in parts])
    if not chosen.all():
        values, at = values[chosen], at[chosen]
    bounds = np.flatnonzero(np.diff(np.concatenate(([False], kept, [False])).astype(np.int8)))
    runs = [(int(first), int(last)) for first, last in bounds.reshape(-1, 2)]
    others = np.flatnonzero(~kept)
    return PlainRows(
        len(kept),
        sum(part.cells for part in parts),
        runs,
        _buffer(at),
        _buffer(values),
        others.tolist(),
        np.concatenate(offsets)[others].tolist(),
        reader.is_modern,
    )


def _buffer(numbers: npt.NDArray[np.integer[Any]]) -> memoryview:
    return np.ascontiguousarray(numbers, dtype=np.int32).reshape(-1).data.cast("B")


def _chunks(text: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of pieces that end with a line."""
    while start < len(text):
        end = text.rfind(b"\n", start, start + CHUNK) + 1
        if end <= start:
            end = text.find(b"\n", start) + 1 or len(text)
        yield start, end
        start = end


def _beside(loose: Truths) -> Truths:
    """Return the lines from one before to two behind a line that is no unit's row.

    What such a line says (a heading, a header printed again) may bear on those behind it, and what stands
    above it on the line itself.
    """
    near = loose.copy()
    near[:-1] |= loose[1:]
    near[1:] |= loose[:-1]
    near[2:] |= loose[:-2]
    near[:2] = True
    return near


class _Reader:
    def __init__(self, units: Units, levels: Integers, layout: Layout) -> None:
        self.units = units
        self.levels = levels
        self.layout = layout
        self.columns = np.array([column for column, _ in layout.figures])
        self.least = np.array([m.minimum for _, m in layout.figures], dtype=np.int64)
        self.most = np.array([min(m.highest, TELEPHONES - 1) for _, m in layout.figures], dtype=np.int64)
        self.optional = np.array([not m.required or m.blank_is_zero for _, m in layout.figures])
        self.blank = np.array([0 if m.blank_is_zero else MISSING for _, m in layout.figures], dtype=np.int64)
        self.seen: dict[str, bool] = {}
        self.is_modern = True
        self.next = 0
        """The unit that the next row is likely to be of."""

    def read(self, piece: bytes) -> tuple[_Read, Integers] | None:
        """Read some lines; None where their texts are no UTF-8."""
        layout = self.layout
        padded = np.frombuffer(b"\0" * _LONGEST + piece, dtype=np.uint8)
        written = padded[_LONGEST:]
        is_end = written == _NEWLINE
        ends = np.flatnonzero(is_end)
        is_returned = written[ends - 1] == _RETURN
        if np.count_nonzero(written == _RETURN) != np.count_nonzero(is_returned):
            return None  # a line ends within a line
        starts = np.concatenate(([0], ends[:-1] + 1))
        separators = np.flatnonzero(is_end | (written == layout.delimiter))
        counts = np.diff(np.searchsorted(separators, ends, side="right"), prepend=0)
        cells = len(separators)
        whole = counts == layout.width
        if not whole.all():
            separators = separators[np.repeat(whole, counts)]
        ends_of = separators.reshape(-1, layout.width)
        starts_of = np.empty_like(ends_of)
        starts_of[:, 0] = starts[whole]
        starts_of[:, 1:] = ends_of[:, :-1] + 1
        ends_of[:, -1] -= is_returned[whole]
        lengths = ends_of - starts_of
        codes = _texts(written, starts_of[:, layout.code], lengths[:, layout.code])
        if codes is None:
            return None
        units = self._units(codes)
        known = (units != _UNKNOWN) & (self.levels[units] == layout.level)
        if not "".join(codes).isalnum():
            known &= np.fromiter(map(str.isalnum, codes), dtype=np.bool_, count=len(codes))
        values, fine = self._figures(padded, ends_of, lengths)
        fine &= known & self._others(written, starts_of, lengths)
        if layout.name >= 0:
            names = _texts(written, starts_of[:, layout.name], lengths[:, layout.name])
            if names is None:
                return None
            fine &= self._named(units, names)
        plain = whole.copy()
        plain[whole] = fine
        loose = ~whole
        loose[whole] = ~known
        table = np.full((int(fine.sum()), layout.measures), MISSING, dtype=np.int32)
        table[:, list(layout.places)] = values if fine.all() else values[fine]
        return _Read(plain, loose, units[fine], table, cells), starts

    def _units(self, codes: list[str]) -> Integers:
        """Return the units of codes. Rows stand mostly as in the register: then nothing is looked up."""
        if not codes:
            return np.empty(0, dtype=np.int64)
        following = self.units.codes[self.next : self.next + len(codes)]
        if not following or following[0] != codes[0]:
            self.next = self.units.by_code.get(codes[0], 0)
            following = self.units.codes[self.next : self.next + len(codes)]
        if list(following) == codes:
            self.next += len(codes)
            return np.arange(self.next - len(codes), self.next)
        found = map(self.units.by_code.get, codes, repeat(_UNKNOWN))
        units = np.fromiter(found, dtype=np.int64, count=len(codes))
        self.next = int(units[-1]) + 1
        return units

    def _named(self, units: Integers, names: list[str]) -> Truths:
        """Tell which rows bear the name of their unit letter by letter, alone or behind its type."""
        own = [*map(self.units.names.__getitem__, units.tolist())]
        same = np.fromiter(map(eq, own, names), dtype=np.bool_, count=len(names))
        for row in np.flatnonzero(~same & (units != _UNKNOWN)).tolist():
            kind = self.units.kinds[units[row]]
            same[row] = bool(kind) and names[row].casefold() == f"{kind} {own[row]}".casefold()
        for name in set(names) - self.seen.keys():
            self.seen[name] = is_modern(name)
            self.is_modern = self.is_modern and self.seen[name]
        return same

    def _figures(self, padded: Bytes, ends: Integers, lengths: Integers) -> tuple[Integers, Truths]:
        """Return the figures of all rows, and which rows hold only plain ones.

        Eight bytes that end with a figure are looked at at once: zero is taken from each, what stands before
        the figure is shifted out, and tens, hundreds and ten thousands are put together.
        """
        words = np.ndarray((padded.size - _LONGEST + 1,), dtype="<u8", buffer=padded.data, strides=(1,))
        digits = lengths[:, self.columns]
        number = words[ends[:, self.columns]]
        number ^= _ZEROS
        shift = ((_LONGEST - np.clip(digits, 1, _LONGEST)) * 8).astype(np.uint64)
        number >>= shift
        number <<= shift
        wrong = ((number + _OVER_NINE) | number) & _HIGH
        number = (number * np.uint64(2561)) >> np.uint64(8) & np.uint64(0x00FF00FF00FF00FF)
        number = (number * np.uint64(6553601)) >> np.uint64(16) & np.uint64(0x0000FFFF0000FFFF)
        values: Integers = ((number * np.uint64(42949672960001)) >> np.uint64(32)).astype(np.int64)
        is_blank = digits == 0
        fine = (wrong == 0) & (digits <= _LONGEST) & (values >= self.least) & (values <= self.most)
        fine &= values >= _LEAST[np.minimum(digits, _LONGEST)]
        if is_blank.any():
            fine = np.where(is_blank, self.optional, fine)
            values = np.where(is_blank, self.blank, values)
            fine &= ~is_blank.all(axis=1)[:, None]
        plain: Truths = fine.all(axis=1)
        return values, plain

    def _others(self, written: Bytes, starts: Integers, lengths: Integers) -> Truths:
        """Tell which rows hold nothing odd in the columns beside unit and figures."""
        layout = self.layout
        unlike = (lengths[:, list(layout.filled)] == 0).any(axis=1)
        fine: Truths = ~(unlike | (lengths[:, list(layout.blank)] > 0).any(axis=1))
        for column in layout.ordinals:
            own = lengths[:, column]
            fine &= own <= 7
            for step in range(int(min(own.max(initial=0), 7))):
                sign = written[np.minimum(starts[:, column] + step, written.size - 1)]
                fine &= (step >= own) | ((sign >= ord("0")) & (sign <= ord("9")))
        return fine


def _texts(written: Bytes, starts: Integers, lengths: Integers) -> list[str] | None:
    """Return the texts of one column; None where they are no UTF-8."""
    if not len(starts):
        return []
    sizes = lengths + 1
    behind = np.cumsum(sizes)
    at = np.arange(behind[-1]) + np.repeat(starts - (behind - sizes), sizes)
    letters = written[at]
    letters[behind - 1] = _NEWLINE
    try:
        text: str = letters.tobytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.split("\n")[:-1]

"""The plain rows of a long delimited text, read by whole columns.

A plain row has the code of a unit of the table's level, the unit's own name, and in the columns of figures
only digits within the form's bounds. All other rows are left to the full reader. This module is imported
only for long texts, because importing numpy takes longer than reading a commune.
"""

from __future__ import annotations

from array import array
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

CHUNK = 1 << 18
"""Bytes read at a time, so that the arrays made of them fit into the processor's cache."""
_BLOCK = 1024
"""Number of rows that are transposed at a time."""
_LONGEST = 8
"""Maximum number of digits of a figure: eight bytes are read as one integer."""
_NEWLINE, _RETURN = 10, 13
_ZEROS = np.uint64(0x3030303030303030)
_OVER_NINE = np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)
_BEFORE = np.array([56, *(8 * (_LONGEST - digits) for digits in range(1, _LONGEST + 1))], dtype=np.uint64)
"""Number of digits -> bits before them in eight bytes; a blank is judged by its length."""
_LEAST = np.array([0, 0, *(10**digits for digits in range(1, _LONGEST))], dtype=np.int64)
"""Number of digits -> smallest number with so many digits and no leading zero."""
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The plain rows of a text, and the places of the others; lines are counted from 0."""

    lines: int
    """Number of lines."""
    cells: int
    """Number of cells."""
    runs: list[tuple[int, int]]
    """First line of each run of plain rows, and the line after its last; n rows in all."""
    units: memoryview
    """n positions of units, as a buffer of 32-bit integers."""
    values: memoryview
    """n x m counts, row after row, `plan.MISSING` for none, as a buffer of 32-bit integers."""
    largest: int
    """The greatest of these counts; `plan.MISSING` if there is none."""
    others: list[int]
    """The other lines."""
    starts: list[int]
    """Offset in the text of each of the others."""
    is_modern: bool
    """No name in the rows can be text for a font from before Unicode."""


@dataclass(slots=True)
class _Read:
    """A chunk as read: which lines are plain, which name no known unit, and the data of the plain ones."""

    plain: Truths
    loose: Truths
    units: Integers
    values: npt.NDArray[np.int32]
    cells: int

    def keep(self, chosen: Truths) -> None:
        """Keep the data of some of the plain lines only."""
        if not chosen.all():
            self.units, self.values = self.units[chosen], self.values[chosen]


def plain_rows(units: Units, text: bytes, start: int, layout: Layout) -> PlainRows | None:
    """Read the plain rows of a text.

    Parameters
    ----------
    units : the units in force.
    text : UTF-8 without quotes; its last line is terminated too.
    start : offset of the first line.
    layout : the roles of its columns.

    Returns
    -------
    PlainRows or None
        None if a text is no UTF-8, a line break is unusual, or there is no line.
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
    ends = np.cumsum([len(part.units) for part in parts])[:-1]
    for part, chosen in zip(parts, np.split(kept[plain], ends), strict=True):
        part.keep(chosen)
    values = np.concatenate([part.values for part in parts])
    at = np.concatenate([part.units for part in parts])
    bounds = np.flatnonzero(np.diff(np.concatenate(([False], kept, [False])).astype(np.int8)))
    runs = [(int(first), int(last)) for first, last in bounds.reshape(-1, 2)]
    others = np.flatnonzero(~kept)
    return PlainRows(
        len(kept),
        sum(part.cells for part in parts),
        runs,
        _buffer(at),
        _buffer(values),
        int(values.max(initial=MISSING)),
        others.tolist(),
        np.concatenate(offsets)[others].tolist(),
        reader.is_modern,
    )


def narrow_columns(values: array[int], width: int) -> tuple[array[int], ...]:
    """Return the columns of n x m numbers, each in the least width that holds them.

    Parameters
    ----------
    values : the numbers, row after row.
    width : m.
    """
    table = np.frombuffer(values, dtype=values.typecode).reshape(-1, width)
    least, most = table.min(axis=0, initial=0).tolist(), table.max(axis=0, initial=0).tolist()
    codes = [np.min_scalar_type(min(low, -1 - high)).char for low, high in zip(least, most, strict=True)]
    columns = tuple(array(code, bytes(len(table) * array(code).itemsize)) for code in codes)
    views = [np.frombuffer(column, dtype=column.typecode) for column in columns]
    for start in range(0, len(table), _BLOCK):  # a block fits into the processor's cache
        block = table[start : start + _BLOCK]
        for place, view in enumerate(views):
            view[start : start + _BLOCK] = block[:, place]
    return columns


def _buffer(numbers: npt.NDArray[np.integer[Any]]) -> memoryview:
    return np.ascontiguousarray(numbers, dtype=np.int32).reshape(-1).data.cast("B")


def _chunks(text: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield the begin and end offsets of chunks of whole lines."""
    while start < len(text):
        end = text.rfind(b"\n", start, start + CHUNK) + 1
        if end <= start:
            end = text.find(b"\n", start) + 1 or len(text)
        yield start, end
        start = end


def _beside(loose: Truths) -> Truths:
    """Return the lines near a line that names no known unit: one before it, itself and two after it.

    Such a line may be a heading or a repeated header, which bears on the lines after it, and is judged by the
    line before it.
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
            return None  # a carriage return inside a line
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
        """Return the units of codes. Rows mostly follow the order of the register, which saves look-ups."""
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
        """Return which rows have exactly the name of their unit, alone or after its type."""
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
        """Return the figures of all rows, and which rows hold only plain figures.

        The eight bytes that end with a figure are read as one integer. The code of "0" is removed from each
        byte, the bytes before the figure are shifted out, and digits are combined into tens, hundreds and
        ten thousands.
        """
        words = np.ndarray((padded.size - _LONGEST + 1,), dtype="<u8", buffer=padded.data, strides=(1,))
        digits = lengths[:, self.columns]
        capped = np.minimum(digits, _LONGEST)
        number = words[ends[:, self.columns]]
        number ^= _ZEROS
        shift = _BEFORE[capped]
        number >>= shift
        number <<= shift
        wrong = ((number + _OVER_NINE) | number) & _HIGH
        number = (number * np.uint64(2561)) >> np.uint64(8) & np.uint64(0x00FF00FF00FF00FF)
        number = (number * np.uint64(6553601)) >> np.uint64(16) & np.uint64(0x0000FFFF0000FFFF)
        values: Integers = ((number * np.uint64(42949672960001)) >> np.uint64(32)).astype(np.int64)
        is_blank = digits == 0
        fine = (wrong == 0) & (digits <= _LONGEST) & (values >= self.least) & (values <= self.most)
        fine &= values >= _LEAST[capped]
        if is_blank.any():
            fine = np.where(is_blank, self.optional, fine)
            values = np.where(is_blank, self.blank, values)
            fine &= ~is_blank.all(axis=1)[:, None]
        plain: Truths = fine.all(axis=1)
        return values, plain

    def _others(self, written: Bytes, starts: Integers, lengths: Integers) -> Truths:
        """Return which rows hold nothing unusual in the columns beside unit and figures."""
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
    """Return the texts of one column; None if they are no UTF-8."""
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

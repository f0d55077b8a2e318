"""The plain rows of a long delimited text, read by whole columns.

A plain row has the code of a unit of the table's level, the unit's own name, and in the columns of figures
only digits within the form's bounds. All other rows are left to the full reader. This module is imported
only for long texts, because importing numpy takes longer than reading a commune.
"""

from __future__ import annotations

from array import array
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from antq_stats.delimited_columns import CHUNK, NEWLINE, Bytes, Integers, Truths, chunks
from antq_stats.plan import MISSING, Units
from antq_stats.reading.checks.shape import TELEPHONES
from antq_stats.reading.long_text.beside import beside
from antq_stats.reading.long_text.row_units import UNKNOWN, RowUnits, row_units
from antq_stats.reading.long_text.text_layout import Layout

_BLOCK = 1024
"""Number of rows that are transposed at a time."""
_MOVED = 1 << 16
"""Number of rows that are moved at a time."""
_LONGEST = 8
"""Maximum number of digits of a figure: eight bytes are read as one integer."""
_RETURN = 13
_ZEROS = np.uint64(0x3030303030303030)
_OVER_NINE = np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)
_COMBINED = tuple(
    (np.uint64(factor), np.uint64(bits), np.uint64(mask))
    for factor, bits, mask in (
        (10 * 0x100 + 1, 8, 0x00FF00FF00FF00FF),
        (100 * 0x10000 + 1, 16, 0x0000FFFF0000FFFF),
        (10_000 * 0x100000000 + 1, 32, 0x00000000FFFFFFFF),
    )
)
"""How digits become tens, tens hundreds, and hundreds ten thousands: factor, shift and mask of each step."""
_BEFORE = np.array([56, *(8 * (_LONGEST - digits) for digits in range(1, _LONGEST + 1))], dtype=np.uint64)
"""Number of digits -> bits before them in eight bytes; a blank is judged by its length."""
_LEAST = np.array([0, 0, *(10**digits for digits in range(1, _LONGEST))], dtype=np.int64)
"""Number of digits -> smallest number with so many digits and no leading zero."""


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The plain rows of a text, and the places of the others; lines are counted from 0."""

    lines: int
    """Number of lines."""
    cells: int
    """Number of cells."""
    runs: list[tuple[int, int]]
    """First line of each run of plain rows, and the line after its last; n rows in all."""
    units: array[int]
    """n positions of units, as 32-bit integers."""
    values: array[int]
    """n x m counts, row after row, `plan.MISSING` for none, as 32-bit integers."""
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
    middle = text.rfind(b"\n", start, (start + len(text)) // 2) + 1 or start
    above, below = text.count(b"\n", start, middle), text.count(b"\n", middle)
    lines = above + below
    if not lines:
        return None
    rows = row_units(units)
    readers = [_Reader(each, np.asarray(units.levels, dtype=np.int64), layout) for each in (rows, copy(rows))]
    of_units, of_values = (array("i", [0]) * (lines * width) for width in (1, layout.measures))
    at, values = (
        np.frombuffer(numbers, dtype=np.int32).reshape(lines, -1) for numbers in (of_units, of_values)
    )
    plain, loose = np.empty(lines, dtype=np.bool_), np.empty(lines, dtype=np.bool_)
    whole = _Lines(at[:, 0], values, plain, loose, np.empty(lines, dtype=np.int64))
    upper = partial(_fill, readers[0], text, start, middle, whole.part(0, above))
    lower = partial(_fill, readers[1], text, middle, len(text), whole.part(above, lines))
    with beside(lower) as of_lower:
        both = upper(), of_lower()
    if None in both:
        return None
    kept = plain & ~_beside(loose)
    count = _move(at, kept)
    _move(values, kept)
    largest = int(values[:count].max(initial=MISSING))
    offsets = whole.offsets
    del at, values, whole, upper, lower  # an array cannot be cut while it is looked into
    del of_units[count:], of_values[count * layout.measures :]
    bounds = np.flatnonzero(np.diff(np.concatenate(([False], kept, [False])).astype(np.int8)))
    runs = [(int(first), int(last)) for first, last in bounds.reshape(-1, 2)]
    others = np.flatnonzero(~kept)
    return PlainRows(
        lines,
        sum(filter(None, both)),
        runs,
        of_units,
        of_values,
        largest,
        others.tolist(),
        offsets[others].tolist(),
        all(reader.rows.is_modern for reader in readers),
    )


class _Lines(NamedTuple):
    """What the n lines of a text, or of a part of it, hold; the first two are set where a line is plain."""

    units: npt.NDArray[np.int32]
    values: npt.NDArray[np.int32]
    """n x m."""
    plain: Truths
    loose: Truths
    """Whether a line names no known unit."""
    offsets: Integers
    """Where each line begins in the text."""

    def part(self, first: int, end: int) -> _Lines:
        here = slice(first, end)
        return _Lines(
            self.units[here], self.values[here], self.plain[here], self.loose[here], self.offsets[here]
        )


def _fill(reader: _Reader, text: bytes, start: int, stop: int, lines: _Lines) -> int | None:
    """Read some lines of a text; return the number of their cells, or None as `_Reader.read`."""
    cells = line = 0
    for begin, end in chunks(text, start, CHUNK, stop):
        found = reader.read(text[begin:end])
        if found is None:
            return None
        part, starts = found
        here = lines.part(line, line := line + len(starts))
        here.plain[:], here.loose[:], here.offsets[:] = part.plain, part.loose, starts + begin
        chosen = slice(None) if len(part.units) == len(starts) else part.plain
        here.units[chosen], here.values[chosen] = part.units, part.values
        cells += part.cells
    return cells


def _move(rows: npt.NDArray[np.int32], chosen: Truths) -> int:
    """Move some of n rows to the front, and return their number; not all are copied at a time."""
    end = 0
    if chosen.all():
        return len(rows)
    for start in range(0, len(rows), _MOVED):
        block = rows[start : start + _MOVED][chosen[start : start + _MOVED]]
        rows[end : end + len(block)] = block
        end += len(block)
    return end


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


def _slice_of(columns: list[int]) -> slice | list[int]:
    """Return columns as a slice if they stand side by side: what it chooses is not copied."""
    first, end = min(columns, default=0), max(columns, default=-1) + 1
    return slice(first, end) if columns == list(range(first, end)) else columns


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
    def __init__(self, rows: RowUnits, levels: Integers, layout: Layout) -> None:
        self.rows = rows
        self.levels = levels
        self.layout = layout
        self.columns = _slice_of([column for column, _ in layout.figures])
        self.least = np.array([m.minimum for _, m in layout.figures], dtype=np.int64)
        self.most = np.array([min(m.highest, TELEPHONES - 1) for _, m in layout.figures], dtype=np.int64)
        self.optional = np.array([not m.required or m.blank_is_zero for _, m in layout.figures])
        self.blank = np.array([0 if m.blank_is_zero else MISSING for _, m in layout.figures], dtype=np.int64)

    def read(self, piece: bytes) -> tuple[_Read, Integers] | None:
        """Read some lines; None where their texts are no UTF-8."""
        layout = self.layout
        padding = bytes(_LONGEST)
        padded = np.frombuffer(padding + piece + padding, dtype=np.uint8)
        written = padded[_LONGEST:-_LONGEST]
        is_end = written == NEWLINE
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
        behind = padded[_LONGEST:]
        found = self.rows.found(behind, starts_of[:, layout.code], lengths[:, layout.code])
        if found is None:
            return None
        units, known = found
        known &= (units != UNKNOWN) & (self.levels[units] == layout.level)
        values, fine = self._figures(padded, ends_of, lengths)
        fine &= known & self._others(written, starts_of, lengths)
        if layout.name >= 0:
            named = self.rows.named(behind, starts_of[:, layout.name], lengths[:, layout.name], units)
            if named is None:
                return None
            fine &= named
        plain = whole.copy()
        plain[whole] = fine
        loose = ~whole
        loose[whole] = ~known
        values = values if fine.all() else values[fine]
        if list(layout.places) == list(range(layout.measures)):
            table = values.astype(np.int32)
        else:
            table = np.full((len(values), layout.measures), MISSING, dtype=np.int32)
            table[:, list(layout.places)] = values
        return _Read(plain, loose, units[fine], table, cells), starts

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
        wrong = number + _OVER_NINE
        wrong |= number
        wrong &= _HIGH
        for factor, bits, mask in _COMBINED:
            number *= factor
            number >>= bits
            number &= mask
        values: Integers = number.view(np.int64)
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

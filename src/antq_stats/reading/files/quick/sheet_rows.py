"""The rows of an xlsx sheet as most programs write them, cut into values and all else, many rows at once.

What is left of a row without its values is its skeleton. Rows in the same place of many files have the same
one, so what a skeleton says is worked out once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from antq_stats.plan import Limits
from antq_stats.reading.files.cells import percentages
from antq_stats.reading.files.cells.book import Book
from antq_stats.reading.files.quick.plain_xml import Numbers, Unusual, plain_text
from antq_stats.reading.files.xlsx.plain import is_shown

Rows = list[list[object]]

_AT_ONCE = 1 << 16
"""Bytes of whole rows that are cut at once: their values stand in memory twice."""
_MOST_SHAPES, _MOST_INDICES = 1 << 12, 1 << 16
_DIGITS, _SHORT = 2, 4096
"""Digits of its number, and bytes, up to which a skeleton is kept with its number: those of most returns."""
_WIDEST_GAP, _LAST_ROW = 10_000, 1 << 20
"""Blank rows between rows, and number of a row, above which the reader that checks sizes first reads it."""
_ATTRIBUTES = re.compile(rb'(?: [A-Za-z0-9:]{1,20}="[^"<>&]*")*')
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"(' + _ATTRIBUTES.pattern + rb")(/?)>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]{1,5}")?(?: t="(?:[sn]|inlineStr)")?)(?:/>|>'
    rb"(?:<v>([^<]*)</v>|<is><t>([^<]*)</t></is>)</c>)"
)
_KIND = re.compile(rb'(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?')
_ROW_END = b"</row>"
_VALUE, _CLOSE = b"<v>", b"</v>"
_MARK = b"\1"
"""Stands, after another opening tag, for the closing tag of a value. No XML has this character."""
_END = _VALUE + _MARK
_INLINE = b"<is><t>"
_BLANK = -1
"""Place of a blank, after all values."""


class _Columns(dict[bytes, int]):
    """Column letters -> column from 0."""

    def __missing__(self, letters: bytes) -> int:
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        self[letters] = column - 1
        return column - 1


class _Indices(dict[bytes, int]):
    """A cache of indices as written -> their numbers; `Unusual` is raised for anything else."""

    def __missing__(self, written: bytes) -> int:
        if not written.isdigit():
            raise Unusual
        index = int(written)
        if len(self) < _MOST_INDICES:
            self[written] = index
        return index


columns = _Columns()
_numbers, _indices = Numbers(), _Indices()


class _Shape(NamedTuple):
    """What a row is like, but for its number and its values."""

    values: int
    """Number of its values."""
    arrange: Callable[[list[object]], tuple[object, ...]]
    """Return the row, given its values as numbers and a blank after them."""
    shared: list[int]
    """Place among the values of each index of a shared text."""
    inline: list[tuple[int, int]]
    """Place among the texts in their cells, and column."""
    percent: list[tuple[int, int]]
    """Column and factor of each number that is shown as a percentage."""
    cells: int
    width: int
    """Number of columns up to the last cell."""


class Kinds(dict[bytes, tuple[str, int]]):
    """Style and type of a cell as written -> its type, and the factor if it shows a percentage.

    `Unusual` is raised for a style that shows something else: a date, or letters that are raised or struck.

    Parameters
    ----------
    styles : the workbook's styles.
    """

    def __init__(self, styles: Book) -> None:
        super().__init__()
        self.styles = styles
        self.shapes: dict[bytes, _Shape] = {}
        """Cache of the shapes of rows, by their cells without values and row number."""
        self.numbered: dict[bytes, tuple[int, _Shape]] = {}
        """Number and shape of a row that follows the one before, by its skeleton."""

    def __missing__(self, written: bytes) -> tuple[str, int]:
        styled, typed = _KIND.fullmatch(written).groups()  # type: ignore[union-attr]  # `_CELL` matched it
        style = int(styled or b"0")
        factor = 0
        if style in self.styles.unusual_styles:
            meaning, font = self.styles.unusual_styles[style]
            if font or meaning is None or meaning.kind != "percent":
                raise Unusual
            factor = meaning.factor
        self[written] = (typed or b"n").decode(), factor
        return self[written]


_UNSEEN = (0, _Shape(0, tuple, [], [], [], 0, 0))


def read_rows(body: bytes, texts: list[str], kinds: Kinds, limits: Limits) -> tuple[Rows, set[str]]:
    """Return the rows of a sheet, and all texts in them.

    Parameters
    ----------
    body : the bytes between the tags ``sheetData``.
    texts, kinds : the workbook's shared strings, and what its cells' styles and types are.
    limits : gives the maximum number of cells.

    Raises
    ------
    Unusual
        A row is hidden or not below the one before, there are too many cells, or anything is written in
        another way.
    """
    if _MARK in body:
        raise Unusual
    rows: Rows = []
    said: set[str] = set()
    last = b""
    for written in _parts(body):
        last = _read(written, rows, said, texts, kinds, limits)
    if last:
        _open(last, rows, is_last=True)
    if len(rows) * max(map(len, rows), default=0) > limits.cells:
        raise Unusual
    return rows, said


def _parts(body: bytes) -> Iterator[bytes]:
    at = 0
    while len(body) - at > _AT_ONCE and (end := body.find(_ROW_END, at + _AT_ONCE)) > 0:
        yield body[at : end + len(_ROW_END)]
        at = end + len(_ROW_END)
    yield body[at:]


def _read(
    written: bytes, rows: Rows, said: set[str], texts: list[str], kinds: Kinds, limits: Limits
) -> bytes:
    """Add some rows and their texts to those before, and return what is written after the last row's end."""
    inline: list[str] = []
    if _INLINE in written:
        first, *pieces = written.split(_INLINE)
        cut = [piece.partition(b"<") for piece in pieces]
        inline = [plain_text(text) for text, _, _ in cut]
        said.update(inline)
        written = _INLINE.join([first, *[tag + rest for _, tag, rest in cut]])
    parts = written.replace(_CLOSE, _END).split(_VALUE)
    values = parts[1::2]
    numbers = [*map(_numbers.__getitem__, values)]
    *skeletons, last = _VALUE.join(parts[::2]).split(_ROW_END)
    at = texts_read = 0
    spoken: list[str] = []
    found: list[object]
    for skeleton in skeletons:
        number, shape = kinds.numbered.get(skeleton, _UNSEEN)
        if number != len(rows) + 1:
            shape = _shape(skeleton, rows, kinds, limits)
        count, arrange, shared, in_cells, percent, _, _ = shape
        end = at + count
        found = numbers[at:end]  # type: ignore[assignment]  # a copy, which takes texts
        found.append("")
        if shared:
            try:
                named = [texts[_indices[values[at + place]]] for place in shared]
            except IndexError:
                raise Unusual from None
            spoken += named
            for place, text in zip(shared, named, strict=True):
                found[place] = text
        at = end
        row = list(arrange(found))
        if in_cells:
            for place, column in in_cells:
                row[column] = inline[texts_read + place]
            texts_read += len(in_cells)
        for column, factor in percent:
            shown = row[column]
            row[column] = percentages.displayed(shown, factor) or shown if isinstance(shown, float) else shown
        rows.append(row)
    if len(parts) % 2 == 0 or at != len(values) or texts_read != len(inline):
        raise Unusual
    said.update(spoken)
    return last


def _shape(skeleton: bytes, rows: Rows, kinds: Kinds, limits: Limits) -> _Shape:
    """Return the shape of the next row, and fill up the blank rows above it.

    It is that of a row with another number, or worked out.
    """
    above = len(rows)
    cells = skeleton[_open(skeleton, rows) :]
    number = len(rows) + 1
    written = b"%d" % number
    pieces = cells.split(written + b'"')
    unnumbered = b'#"'.join(pieces)  # no tag of a row that was read has a "#"
    shape = kinds.shapes.get(unnumbered)
    if shape is None or len(pieces) - 1 != shape.cells:
        shape = _new_shape(cells.replace(_END, _VALUE + _CLOSE), written, kinds)
        if len(pieces) - 1 == shape.cells and len(kinds.shapes) < _MOST_SHAPES:
            kinds.shapes[unnumbered] = shape
    if number * max(1, shape.width) > limits.cells:
        raise Unusual  # before so many cells are made
    is_short = len(written) <= _DIGITS and len(skeleton) <= _SHORT
    if number == above + 1 and is_short and len(kinds.numbered) < _MOST_SHAPES:
        kinds.numbered[skeleton] = number, shape
    return shape


def _open(written: bytes, rows: Rows, *, is_last: bool = False) -> int:
    """Fill up the blank rows above the next row with cells, and return where its cells begin.

    Parameters
    ----------
    written : the bytes from the end of the row before, without values.
    rows : the rows so far.
    is_last : whether only rows without cells follow; then the result is the end of the bytes.

    Raises
    ------
    Unusual
        A row is hidden, not below the one before, or written in another way.
    """
    at = 0
    while True:
        found = _ROW.match(written, at)
        if found is None:
            if is_last and at == len(written):
                return at
            raise Unusual
        number, attributes = int(found[1]), found[2]
        if not 0 < number - len(rows) <= _WIDEST_GAP or number > _LAST_ROW or not _is_shown(attributes):
            raise Unusual
        at = found.end()
        rows.extend([] for _ in range(number - 1 - len(rows)))
        if not found[3]:
            if is_last:
                raise Unusual
            return at
        rows.append([])


@lru_cache(maxsize=1024)
def _is_shown(attributes: bytes) -> bool:
    return is_shown(attributes) and b' r="' not in attributes


def _new_shape(written: bytes, number: bytes, kinds: Kinds) -> _Shape:
    """Return the shape of a row's cells, one by one; raise `Unusual` if any is written in an unusual way."""
    shared: list[int] = []
    inline: list[tuple[int, int]] = []
    percent: list[tuple[int, int]] = []
    places: list[int] = []
    cells = values = texts = at = 0
    while at < len(written):
        found = _CELL.match(written, at)
        if found is None or found[2] != number:
            raise Unusual
        at = found.end()
        column, (named, factor) = columns[found[1]], kinds[found[3]]
        is_wrong = found[4 if named == "inlineStr" else 5] is not None
        if column < len(places) or is_wrong:
            raise Unusual  # left of the cell before, or what it holds is not of its type
        places.extend([_BLANK] * (column + 1 - len(places)))
        cells += 1
        if found[5] is not None:
            inline.append((texts, column))
            texts += 1
        elif found[4] is not None:
            places[column] = values
            values += 1
            if named == "s":
                shared.append(values - 1)
            elif factor:
                percent.append((column, factor))
    return _Shape(values, _arranging(places), shared, inline, percent, cells, len(places))


def _arranging(places: list[int]) -> Callable[[list[object]], tuple[object, ...]]:
    """Return a function that returns what stands at some places as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda found: tuple(found[place] for place in places)

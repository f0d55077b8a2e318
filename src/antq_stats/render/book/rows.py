"""Rows of a sheet as XML, made column by column.

XlsxWriter makes an object and several strings for each cell. Here the bodies of the large sheets are written
as bytes: a cell is made once for each value and look, and the number of the row joins the cells of a row.
They are packed while they are written. XlsxWriter writes the rest of the workbook. ``benchmarks/writing.py``
measures what this saves.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Any, Generic, TypeVar, cast
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from antq_stats.collection.collection import Integers
from antq_stats.figures.status import Statuses
from antq_stats.render.writing.package import Package
from antq_stats.render.writing.table import clean
from antq_stats.words.text import column_letter

_CHUNK = 1000
_KEPT = 1 << 14
"""Most cells of a column that are kept."""
_LOOKS_LIKE_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")
Heights = npt.NDArray[np.float64]
Key = TypeVar("Key")
Value = TypeVar("Value")
Run = Callable[[int, int], Sequence[Iterable[bytes]]]
"""Returns the cells of the rows from a first one up to, but not including, another.

They may be in several parts, which the number of the row joins.
"""


class RowSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of XlsxWriter whose body may be given as XML, and that knows the heights of its rows."""

    _package: Package
    _body: Iterator[bytes] | None = None
    _body_rows: tuple[int, int] = (0, 0)
    _body_heights: Heights = np.zeros(0)
    default_height: float = 15.0

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._heights: dict[int, float] = {}

    def set_default_row(self, height: float | None = None, hide_unused_rows: bool = False) -> None:
        """Set the height of rows without one of their own."""
        self.default_height = height or self.default_height
        super().set_default_row(height, hide_unused_rows)

    def set_row(self, row: int, height: float | None = None, *look: object) -> int:
        """Set the height and the look of a row."""
        if height is not None:
            self._heights[row] = height
        done: int = super().set_row(row, height, *look)
        return done

    def heights(self, last: int) -> Heights:
        """Return the heights of the rows from the first to ``last``, in points; hidden rows have none."""
        heights = np.full(last + 1, self.default_height)
        rows = [row for row in self._heights if row <= last]
        heights[rows] = [self._heights[row] for row in rows]
        first = self._body_rows[0]
        own = self._body_heights[: max(0, last + 1 - first)]
        heights[first : first + len(own)] = own
        return heights

    def shared(self, text: str) -> int:
        """Return the number of a text among those that XlsxWriter keeps for all sheets."""
        number: int = self.str_table._get_shared_string_index(text)  # noqa: SLF001
        return number

    def put_body(
        self, first: int, width: int, heights: Heights, body: Iterator[bytes], package: Package
    ) -> None:
        """Set the body, between the rows that are written by other methods.

        Parameters
        ----------
        first : first row of the body, counted from 0; nothing else may be written into its rows.
        width : number of columns of the body.
        heights : array of shape (rows,): the height of each row in points; 0 for a hidden one.
        body : pieces of XML, consumed when the file is written.
        package : the package that takes them.
        """
        last = first + len(heights) - 1
        self._check_dimensions(first, 0)
        self._check_dimensions(last, width - 1)
        self._body, self._body_rows, self._body_heights = body, (first, last), heights
        self._package = package

    def put_texts(
        self, first: int, rows: Sequence[Sequence[str]], styles: Sequence[Format | None], package: Package
    ) -> None:
        """Set a body of texts.

        Parameters
        ----------
        first : first row of the body; see `put_body`.
        rows : the texts of each row, from column A on.
        styles : the format of each column; None for the usual one.
        package : the package that takes it.
        """
        if not rows:
            return
        numbers = [[self.shared(clean(text)) for text in row] for row in rows]
        letters = [column_letter(place) for place in range(len(styles))]

        def lines() -> Iterator[bytes]:
            looks = [f' s="{format_index(style)}"' if style else "" for style in styles]
            for at, row in enumerate(numbers, start=first + 1):
                columns = zip(letters, looks, row, strict=True)
                cells = [
                    f'<c r="{letter}{at}"{look} t="s"><v>{number}</v></c>' for letter, look, number in columns
                ]
                yield f'<row r="{at}">{"".join(cells)}</row>'.encode()

        heights = np.full(len(rows), self.default_height)
        self.put_body(first, len(styles), heights, lines(), package)

    def _write_rows(self) -> None:
        if self._body is None:
            super()._write_rows()
            return
        low, high = self.dim_rowmin, self.dim_rowmax
        first, last = self._body_rows
        self._write_between(low, first - 1)
        name = f"xl/worksheets/sheet{self.index + 1}.xml"
        part = self._package.part(name, self.fh.getvalue().encode())
        for piece in self._body:
            part.add(piece)
        self._write_between(last + 1, high)
        self.dim_rowmin, self.dim_rowmax = low, high

    def _write_between(self, low: int, high: int) -> None:
        if low <= high:
            self.dim_rowmin, self.dim_rowmax = low, high
            super()._write_rows()


@lru_cache(maxsize=_KEPT)
def inline(text: str) -> str:
    """Return the content of a cell of type ``inlineStr``, in which text that looks like a formula is text."""
    shown = escape(_LOOKS_LIKE_ESCAPE.sub("_x005F_", clean(text)))
    return f"<is><t>{shown}</t></is>"


def format_index(style: Format) -> int:
    """Return the index of a format, which XlsxWriter gives it when this is first asked for."""
    index: int = style._get_xf_index()  # noqa: SLF001
    return index


def text_cell(style: int, text: str) -> str:
    """Return a cell with a text, from behind the number of its row.

    Parameters
    ----------
    style : index of the cell's format.
    text : the text.
    """
    return f'" s="{style}" t="inlineStr">{inline(text)}</c>'


class Cells(dict[Key, bytes], Generic[Key]):
    """The cells of a column by what they show; a cell is made when it is first asked for.

    Parameters
    ----------
    make : returns the XML of a cell, from behind the number of its row.
    after : what follows each cell; see `BodyColumn`.
    """

    def __init__(self, make: Callable[[Key], str], after: str) -> None:
        super().__init__()
        self.make = make
        self.after = after

    def __missing__(self, key: Key) -> bytes:
        if len(self) >= _KEPT:
            self.clear()
        self[key] = cell = (self.make(key) + self.after).encode()
        return cell


@dataclass(frozen=True)
class BodyColumn:
    """A column of a body.

    Parameters
    ----------
    letter : its letter.
    codes : array of shape (rows,): a code for what each cell is, by which its format is chosen.
    style : returns the index of the format of a cell by its code and the look of its row.
    cells : returns the cells, given what follows each of them up to the number of the row in the next cell,
        with which it ends. A cell begins behind the number of its row: ``" s="3"><v>7</v></c><c r="B``.
    """

    letter: str
    codes: Statuses
    style: Callable[[int, int], int]
    cells: Callable[[str], Run]


def cells_by(
    make: Callable[[tuple[int, Value]], str], kinds: npt.NDArray[np.integer[Any]], values: Sequence[Value]
) -> Callable[[str], Run]:
    """Return the cells of a column, each made of a kind and a value, for `BodyColumn`.

    Parameters
    ----------
    make : returns the XML of a cell; see `Cells`.
    kinds : array of shape (rows,): the kind of each cell.
    values : the value of each.
    """

    def begin(after: str) -> Run:
        known = Cells(make, after)

        def cells(start: int, stop: int) -> Sequence[Iterable[bytes]]:
            keys = zip(kinds[start:stop].tolist(), values[start:stop], strict=True)
            return [map(known.__getitem__, keys)]

        return cells

    return begin


def filled_by(
    make: Callable[[int], str], kinds: Integers, filling: Sequence[tuple[object, ...]]
) -> Callable[[str], Run]:
    """Return the cells of a column, each a pattern that is filled in, for `BodyColumn`.

    Parameters
    ----------
    make : returns the pattern of a kind; see `Cells`.
    kinds : array of shape (rows,): the kind of each cell.
    filling : what fills the place-holders of each.
    """

    def begin(after: str) -> Run:
        known = Cells(make, after)

        def cells(start: int, stop: int) -> Sequence[Iterable[bytes]]:
            each = zip(kinds[start:stop].tolist(), filling[start:stop], strict=True)
            return [[known[kind] % filled for kind, filled in each]]

        return cells

    return begin


def span(rows: Integers, start: int, stop: int) -> slice:
    """Return where those of some rows, in order, are that `within` returns.

    It does not let go of the lock of the interpreter, for which the threads that pack wait.
    """
    first = bisect_left(rows, start)
    return slice(first, bisect_left(rows, stop, first))


def within(rows: Integers, start: int, stop: int) -> list[int]:
    """Return those of some rows, in order, that are from a first one up to, but not including, another."""
    return cast("list[int]", rows[span(rows, start, stop)].tolist())


def body(
    columns: Sequence[BodyColumn], looks: Statuses, opening: Sequence[str], first: int
) -> Iterator[bytes]:
    """Yield a body's rows as XML.

    Parameters
    ----------
    columns : the columns.
    looks : array of shape (rows,): the look of each row (total, group, leaf) as an index.
    opening : the attributes of the element ``row`` for each look, such as `` outlineLevel="1"``.
    first : number of the first row, counted from 1.
    """
    _number_styles(columns, looks)
    nexts = [f'<c r="{column.letter}' for column in columns]
    heads = [f'"{attributes}>{nexts[0]}'.encode() for attributes in opening]
    made = [column.cells(after) for column, after in zip(columns, [*nexts[1:], "</row>"], strict=True)]
    for start in range(0, len(looks), _CHUNK):
        stop = min(start + _CHUNK, len(looks))
        begun = [heads[look] for look in looks[start:stop].tolist()]
        parts = [part for cells in made for part in cells(start, stop)]
        rows = zip(repeat(b'<row r="', len(begun)), begun, *parts, strict=True)
        numbers = [b"%d" % number for number in range(first + start, first + stop)]
        yield b"".join([number.join(row) for number, row in zip(numbers, rows, strict=True)])


def _number_styles(columns: Sequence[BodyColumn], looks: Statuses) -> None:
    """Ask for all formats row by row: XlsxWriter numbers them in the order in which they are asked for."""
    codes = np.stack([looks, *(column.codes for column in columns)], axis=1)
    width, content = codes.shape[1], codes.tobytes()
    for look, *row in dict.fromkeys(content[at : at + width] for at in range(0, len(content), width)):
        for column, code in zip(columns, row, strict=True):
            column.style(code, look)

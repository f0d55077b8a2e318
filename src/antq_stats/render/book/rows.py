"""Rows of a sheet as XML, made from templates.

XlsxWriter makes an object and several strings for each cell. Here the bodies of the large sheets are written
as text: one template per pattern of cells, filled in with the figures of each row. XlsxWriter writes the rest
of the workbook. ``benchmarks/writing.py`` measures what this saves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
from xlsxwriter.worksheet import Worksheet

from antq_stats.collection.collection import Truths
from antq_stats.figures.status import Statuses
from antq_stats.render.writing.table import clean

_CHUNK = 1000
_LOOKS_LIKE_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")


class RowSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of XlsxWriter whose body may be given as XML, and that knows the heights of its rows."""

    _body: Iterator[str] | None = None
    _body_rows: tuple[int, int] = (0, 0)
    _hidden: Truths = np.zeros(0, dtype=np.bool_)
    _height: float = 15.0

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._heights: dict[int, float] = {}

    def set_default_row(self, height: float | None = None, hide_unused_rows: bool = False) -> None:
        """Set the height of rows without one of their own."""
        self._height = height or self._height
        super().set_default_row(height, hide_unused_rows)

    def set_row(self, row: int, height: float | None = None, *look: object) -> int:
        """Set the height and the look of a row."""
        if height is not None:
            self._heights[row] = height
        done: int = super().set_row(row, height, *look)
        return done

    def heights(self, last: int) -> npt.NDArray[np.float64]:
        """Return the heights of the rows from the first to ``last``, in points; hidden rows have none."""
        heights = np.full(last + 1, self._height)
        rows = [row for row in self._heights if row <= last]
        heights[rows] = [self._heights[row] for row in rows]
        first = self._body_rows[0]
        heights[first : first + len(self._hidden)][self._hidden] = 0.0
        return heights

    def put_body(self, first: int, width: int, hidden: Truths, body: Iterator[str]) -> None:
        """Set the body, between the rows that are written by other methods.

        Parameters
        ----------
        first : first row of the body, counted from 0; nothing else may be written into its rows.
        width : number of columns of the body.
        hidden : array of shape (rows,): whether each row is hidden.
        body : pieces of XML, consumed when the file is written.
        """
        last = first + len(hidden) - 1
        self._check_dimensions(first, 0)
        self._check_dimensions(last, width - 1)
        self._body, self._body_rows, self._hidden = body, (first, last), hidden

    def _write_rows(self) -> None:
        if self._body is None:
            super()._write_rows()
            return
        low, high = self.dim_rowmin, self.dim_rowmax
        first, last = self._body_rows
        self._write_between(low, first - 1)
        for piece in self._body:
            self.fh.write(piece)
        self._write_between(last + 1, high)
        self.dim_rowmin, self.dim_rowmax = low, high

    def _write_between(self, low: int, high: int) -> None:
        if low <= high:
            self.dim_rowmin, self.dim_rowmax = low, high
            super()._write_rows()


def inline(text: str) -> str:
    """Return the content of a cell of type ``inlineStr``, in which text that looks like a formula is text."""
    shown = escape(_LOOKS_LIKE_ESCAPE.sub("_x005F_", clean(text)))
    return f"<is><t>{shown}</t></is>"


def text_cell(letter: str, style: int, text: str, spare: int) -> str:
    """Return the template of a cell with a fixed text; its first argument is the row.

    Parameters
    ----------
    letter : letter of the column.
    style : index of the cell's format.
    text : the text.
    spare : number of further arguments, which the template ignores.
    """
    body = inline(text).replace("%", "%%")
    return f'<c r="{letter}%d" s="{style}" t="inlineStr">{body}</c>' + "%.0s" * spare


@dataclass(frozen=True)
class BodyColumn:
    """A column of a body.

    Parameters
    ----------
    codes : array of shape (rows,): the code of the template of each row.
    template : returns the template for a code and the look of a row. The template takes the number of the row
        ``rows`` times, then the value.
    values : returns the values of the rows from a first one up to, but not including, another.
    rows : how often the number of the row precedes the value.
    """

    codes: Statuses
    template: Callable[[int, int], str]
    values: Callable[[int, int], Sequence[object]]
    rows: int = 1


def body(columns: Sequence[BodyColumn], looks: Statuses, opening: Sequence[str], first: int) -> Iterator[str]:
    """Yield a body's rows as XML.

    Parameters
    ----------
    columns : the columns.
    looks : array of shape (rows,): the look of each row (total, group, leaf) as an index.
    opening : the attributes of the element ``row`` for each look, such as `` outlineLevel="1"``.
    first : number of the first row, counted from 1.
    """
    codes = np.stack([looks, *(column.codes for column in columns)], axis=1)
    width, keys = codes.shape[1], np.ascontiguousarray(codes).tobytes()
    templates: dict[bytes, str] = {}
    for start in range(0, len(looks), _CHUNK):
        stop = min(start + _CHUNK, len(looks))
        numbers = range(first + start, first + stop)
        arguments: list[Sequence[object]] = [numbers]
        for column in columns:
            arguments += [numbers] * column.rows
            arguments.append(column.values(start, stop))
        lines = []
        for place, filled in enumerate(zip(*arguments, strict=True), start=start):
            key = keys[place * width : (place + 1) * width]
            template = templates.get(key)
            if template is None:
                template = templates[key] = _template(columns, opening, key)
            lines.append(template % filled)
        yield "".join(lines)


def _template(columns: Sequence[BodyColumn], opening: Sequence[str], key: bytes) -> str:
    look = key[0]
    cells = [column.template(code, look) for column, code in zip(columns, key[1:], strict=True)]
    return f'<row r="%d"{opening[look]}>{"".join(cells)}</row>'

"""Rows of a sheet as XML, made from templates.

XlsxWriter makes an object and several strings of every cell. A row of figures is nothing but a
template filled in with them, so the bodies of the large sheets are written as text, a template for
each pattern of cells that occurs; everything else of the workbook is XlsxWriter's own.
``benchmarks/writing.py`` measures what that saves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
from xlsxwriter.worksheet import Worksheet

from antq_stats.figures.status import Statuses
from antq_stats.render.writing.table import clean

_CHUNK = 1000
_LOOKS_LIKE_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")


class RowSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of XlsxWriter whose body comes as text."""

    _body: Iterator[str] | None = None
    _body_rows: tuple[int, int] = (0, 0)

    dim_rowmin: int
    dim_rowmax: int

    def put_body(self, first: int, last: int, width: int, body: Iterator[str]) -> None:
        """Put rows as XML between what is written otherwise.

        Parameters
        ----------
        first, last : rows, counted from 0; nothing else may be written into them.
        width : columns they take.
        body : pieces of XML, taken when the file is written.
        """
        self._check_dimensions(first, 0)
        self._check_dimensions(last, width - 1)
        self._body, self._body_rows = body, (first, last)

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
    """Return what a cell of type ``inlineStr`` holds; text that begins like a formula stays text."""
    shown = escape(_LOOKS_LIKE_ESCAPE.sub("_x005F_", clean(text)))
    return f"<is><t>{shown}</t></is>"


def text_cell(letter: str, style: int, text: str, spare: int) -> str:
    """Return the template of a cell of words; ``spare`` arguments of the template are passed over."""
    body = inline(text).replace("%", "%%")
    return f'<c r="{letter}%d" s="{style}" t="inlineStr">{body}</c>' + "%.0s" * spare


@dataclass(frozen=True)
class BodyColumn:
    """A column of a body.

    Parameters
    ----------
    codes : an element per row: which of the column's templates it takes.
    template : gives the template of a code in a row's look; it takes ``rows`` row numbers, then the value.
    values : gives the values of a run of rows.
    rows : how many times the row's number is put before the value.
    """

    codes: Statuses
    template: Callable[[int, int], str]
    values: Callable[[int, int], Sequence[object]]
    rows: int = 1


def body(columns: Sequence[BodyColumn], looks: Statuses, opening: Sequence[str], first: int) -> Iterator[str]:
    """Yield a body's rows as XML.

    Parameters
    ----------
    looks : an element per row: how it looks (leaf, group, total).
    opening : the attributes of the row for each look, such as `` outlineLevel="1"``.
    first : first row, counted from 1.
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

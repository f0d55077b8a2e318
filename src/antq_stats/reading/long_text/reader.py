"""Delimited texts with very many rows, read by whole columns.

One CSV may hold the villages of a province or the country. Nearly all of its rows are plain. These are read
by columns; the others remain in their places in a sheet for the full reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from antq_stats import delimited
from antq_stats.plan import ReadingPlan
from antq_stats.reading.files.container import magic_of
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.old_fonts import convert_rows
from antq_stats.reading.files.own_output import is_own_text
from antq_stats.reading.files.row_runs import RowRuns
from antq_stats.reading.long_text.beside import beside
from antq_stats.reading.long_text.text_layout import Layout
from antq_stats.reading.returns import TableByColumns, TableReturn
from antq_stats.reading.rows.body_reader import LOOK_AHEAD, columns_of
from antq_stats.reading.ruled_headers import may_mean_otherwise
from antq_stats.reading.tables.locate import LocatedTable, locate
from antq_stats.words.text import text_key

if TYPE_CHECKING:
    from antq_stats.reading.long_text.plain_rows import PlainRows

_SUFFIXES = frozenset((".csv", ".tsv", ".tab"))
LONG = 1 << 20
"""Size in bytes from which reading by columns saves more than importing numpy costs."""
_HEAD_LINES = 512
"""Lines in which the table must begin, and from which encoding and delimiter are determined."""
_BOM = b"\xef\xbb\xbf"
_SHORT = 7
_UNUSUAL = (b"\0", b"\x1a")
"""Bytes that no plain text holds: NUL, as in other encodings, and the end-of-file character."""


def open_long_text(plan: ReadingPlan, data: bytes, suffix: str) -> Workbook | None:
    """Read the plain rows of a long delimited text.

    Parameters
    ----------
    plan : the reading plan.
    data, suffix : the file's bytes, and the suffix of its name in lower case.

    Returns
    -------
    Workbook or None
        One sheet, whose plain rows are blank in `Grid.rows` and are held by `Grid.runs`. None if the text
        must be read row by row.
    """
    if suffix not in _SUFFIXES or is_own_text(data, suffix) or magic_of(data):
        return None
    text = data.removeprefix(_BOM)
    if any(sign in text for sign in _UNUSUAL):
        return None
    if not text.endswith(b"\n"):
        text += b"\n"
    head = _head(text)
    if head is None:
        return None
    located = locate(plan, Grid(None, head.rows))
    layout = _layout(plan, head, located)
    if located is None or layout is None or may_mean_otherwise(plan, Grid(None, head.rows)):
        return None
    from antq_stats.reading.long_text.plain_rows import plain_rows  # numpy: only where there is a long text

    first = located.body + LOOK_AHEAD
    start = _start_of(text, first + head.broken)
    if text.find(b'"', start) >= 0:
        return None
    with beside(partial(hashlib.sha256, data)) as digest:
        found = plain_rows(plan.units, text, start, layout)
        sheet = None if found is None else _sheet(plan, text, (located, layout), head, found)
    if sheet is None:
        return None
    return Workbook([sheet], "csv", digest().hexdigest(), [], "utf-8")


def _sheet(
    plan: ReadingPlan, text: bytes, table: tuple[LocatedTable, Layout], head: _Head, found: PlainRows
) -> Grid | None:
    """Return the sheet of a text; None if it must be read row by row."""
    located, layout = table
    first = located.body + LOOK_AHEAD
    if found.cells > plan.limits.cells:
        return None
    if 2 * sum(end - first for first, end in found.runs) <= found.lines:
        return None  # the usual number of fields must be that of most records
    sheet = _with_others(text, head.rows[:first], head.delimiter, found)
    if sheet is None or not found.is_modern:
        return None
    below = filter(None, islice(sheet.rows, located.body, None))  # nearly all rows are blank here
    if _has_remarks(below, layout) or convert_rows(list(filter(None, sheet.rows))) is not None:
        return None
    sheet.runs = _runs(found, first, located)
    return sheet


def by_columns(table: TableReturn) -> TableByColumns:
    """Return a table of a long text with its values by column, which are sent in a third of the time."""
    from antq_stats.reading.long_text.plain_rows import narrow_columns

    return TableByColumns(table, narrow_columns(table.values, len(table.columns)))


class _Head(NamedTuple):
    """The beginning of a text: its first records, the surplus of lines over records, and the delimiter."""

    rows: list[list[object]]
    broken: int
    delimiter: str


def _head(text: bytes) -> _Head | None:
    """Return the beginning of a text; None if it is no plain UTF-8."""
    end = _start_of(text, _HEAD_LINES)
    try:
        decoded = delimited.decode(text[:end])
    except (delimited.NotText, delimited.UnknownEncoding):
        return None
    records = delimited.rows_of(decoded.text)
    if not decoded.encoding.startswith("utf-8") or records.delimiter not in delimited.DELIMITERS:
        return None
    if records.unclosed_quote or delimited.has_separator_line(decoded.text):
        return None
    rows: list[list[object]] = [list(row) for row in records.rows]
    return _Head(rows, decoded.text.count("\n") - len(rows), records.delimiter)


def _fields(line: str, delimiter: str) -> list[object]:
    return list(line.split(delimiter)) if line else []


def _start_of(text: bytes, line: int) -> int:
    """Return the offset of a line, counted from 0; the length of the text if it has fewer lines."""
    at = 0
    for _ in range(line):
        at = text.find(b"\n", at) + 1
        if at == 0:
            return len(text)
    return at


def _layout(plan: ReadingPlan, head: _Head, located: LocatedTable | None) -> Layout | None:
    """Return the roles of a table's columns; None if there is no table, or it is not plain."""
    if located is None or located.code < 0 or located.body + LOOK_AHEAD >= len(head.rows):
        return None
    if located.has_odd_columns or any(column >= 0 for column in located.ratios):
        return None
    if any(measure.decimals for measure in plan.tables[located.table].measures):
        return None
    header = head.rows[located.top : located.body]
    if any(text_key(str(cell)).isdigit() for cell in header[-1]):
        return None  # a row of figures might repeat this header
    table = plan.tables[located.table]
    places = [place for place, column in enumerate(located.measures) if column >= 0]
    width = max(map(len, header))
    known = {located.code, located.name, located.parent, *located.measures}
    others = [column for column in range(width) if column not in known]
    titled = {column for column in others for row in header if column < len(row) and row[column]}
    return Layout(
        width,
        ord(head.delimiter),
        table.level,
        located.code,
        located.name,
        tuple((located.measures[place], table.measures[place]) for place in places),
        tuple(places),
        len(table.measures),
        filled=(located.parent,) if located.parent >= 0 else (),
        blank=tuple(column for column in others if column not in titled),
        ordinals=tuple(column for column in others if column in titled),
    )


def _with_others(text: bytes, above: Sequence[list[object]], delimiter: str, found: PlainRows) -> Grid | None:
    """Return the sheet of the rows that are not plain; None if one of them is no UTF-8."""
    blank: list[object] = []
    rows = [*above, *([blank] * found.lines)]
    try:
        for line, start in zip(found.others, found.starts, strict=True):
            written = text[start : text.find(b"\n", start)].decode("utf-8").rstrip("\r")
            rows[len(above) + line] = _fields(written, delimiter)
    except UnicodeDecodeError:
        return None
    return Grid(None, rows)


def _has_remarks(rows: Iterable[list[object]], layout: Layout) -> bool:
    """Return whether a column beside units and figures holds anything but short numbers.

    Whether such a column is personal data is decided by most of its cells, including those of plain rows.
    """
    return any(
        not (cell == "" or (isinstance(cell, str) and cell.isdecimal() and len(cell) <= _SHORT))
        for row in rows
        for cell in (row[column] for column in layout.ordinals if column < len(row))
    )


def _runs(found: PlainRows, first: int, located: LocatedTable) -> RowRuns:
    bounds = tuple((first + begin, first + end) for begin, end in found.runs)
    return RowRuns(columns_of(located), bounds, found.units, found.values, found.largest)

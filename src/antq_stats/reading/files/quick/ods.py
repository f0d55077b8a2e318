"""Reading an OpenDocument spreadsheet of one sheet, row by row; each kind of row is parsed once."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from antq_stats.plan import Limits
from antq_stats.reading.files.cells import percentages
from antq_stats.reading.files.cells.xml_parts import parse
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.ods.reader import Content, may_show
from antq_stats.reading.files.quick import strict_zip
from antq_stats.reading.files.quick.plain_xml import Numbers, Unusual, plain_text
from antq_stats.reading.files.sheets import sheet_name
from antq_stats.reading.steps import NEXT, Steps

_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_PARTS = frozenset((b"mimetype", b"content.xml", b"meta-inf/manifest.xml"))
_OF_OTHERS = (b"xl/", b"docprops/")
_OPENING = re.compile(
    rb"""\s*(?:<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-?8["'])?"""
    rb"""(?: standalone=["']\w+["'])?\s*\?>)?\s*<office:document-content\s"""
)
_FIRST_ROW, _SHEET = b"<table:table-row", b"<table:table "
_ROW = re.compile(
    rb'<table:table-row((?: table:(?:style-name|number-rows-repeated|default-cell-style-name)="[^"<>&]*")*)>'
)
_REPEATED = re.compile(rb' table:number-rows-repeated="([1-9][0-9]{0,6})"')
_CELL = re.compile(
    rb'<table:table-cell(?: table:style-name="[^"<>&]*")?'
    rb'(?: table:number-columns-repeated="([1-9][0-9]{0,4})")?'
    rb'(?: office:value-type="(float|percentage|string)"(?: office:value="([^"<>&]*)")?'
    rb'(?: calcext:value-type="(float|percentage|string)")?)?'
    rb"(?:/>|><text:p>([^<]*)</text:p></table:table-cell>)"
)
_STYLE = re.compile(rb' table:style-name="([^"]*)"')
_VALUE = re.compile(rb' office:value="([^"<>&]*)"')
_TEXT = re.compile(rb"<text:p>([^<]*)")
_END_OF_ROW, _LINE = b"</table:table-row>", b"<text:p>"
_REPEATED_VALUE = re.compile(rb'number-columns-repeated="[0-9]+" office')
_MARK = b' office:value=""'
_MOST_SHAPES = 1 << 11
_MOST_REPEATED = 100
"""Neighbours of one value."""
_LONGEST = 100
_WIDEST_GAP = 10_000

_numbers = Numbers()


class _RowShape(NamedTuple):
    """What a row is like whose bytes, but for its values and texts, were seen before."""

    values: int
    """Number of its values. A text that looks like one would make another number of them."""

    blank: list[object]
    """A blank for each column up to the last cell with a value."""
    numbers: list[tuple[int, int, int]]
    """Place among the values, place among the texts, and column, of each number."""
    shares: list[tuple[int, int]]
    """Place among the values, and column, of each percentage."""
    texts: list[tuple[int, int]]
    """Place among the texts, and column, of each text."""


_shapes: dict[bytes, _RowShape] = {}


def read_ods(data: bytes, limits: Limits) -> Steps[Workbook | None]:
    """Read a spreadsheet; the result is None unless all of it is written as usual.

    Parameters
    ----------
    data : the bytes of a file.
    limits : gives the maximum expanded size and number of cells of a sheet.
    """
    members = strict_zip.members(data, limits)
    parts = {member.name.lower(): member for member in members or ()}
    if not parts.keys() >= _PARTS or len(parts) != len(members or ()):
        return None
    if any(name.startswith(_OF_OTHERS) for name in parts):
        return None
    yield strict_zip.pause_before(parts.values())
    contents = [strict_zip.content(data, parts[name]) for name in sorted(_PARTS)]
    content, manifest, mimetype = contents
    if content is None or manifest is None or mimetype is None:
        return None
    if not mimetype.startswith(_MIMETYPE) or b"encryption-data" in manifest:
        return None
    styles = strict_zip.content(data, parts[b"styles.xml"]) if b"styles.xml" in parts else b""
    yield NEXT
    try:
        grid = None if styles is None else _grid(content, styles, limits)
    except (FileProblem, Unusual):
        return None
    return None if grid is None else Workbook([grid], "ods", hashlib.sha256(data).hexdigest())


def _grid(content: bytes, styles: bytes, limits: Limits) -> Grid:
    first, end = content.find(_FIRST_ROW), content.rfind(_END_OF_ROW)
    if first < 0 or end < first or content.count(_SHEET) != 1:
        raise Unusual
    frame = _frame_of(styles, content[:first], content[end + len(_END_OF_ROW) :])
    rows: list[list[object]] = []
    blank = 0
    for written in content[first:end].split(_END_OF_ROW):
        at, repeated = _open_row(written, frame)
        row = _row(written[at:])
        if not row:
            blank += repeated
            continue
        if repeated > 1 or blank > _WIDEST_GAP:
            raise Unusual
        rows.extend([] for _ in range(blank))
        rows.append(row)
        blank = 0
        if len(rows) * len(row) > limits.cells:
            raise Unusual
    if len(rows) * max(map(len, rows), default=0) > limits.cells:
        raise Unusual
    return Grid(frame.name, rows)


class _Frame(NamedTuple):
    """What stands around the rows: the sheet's name, and the styles of hidden rows."""

    name: str
    unseen: frozenset[str]


@lru_cache(maxsize=256)  # the files of a sender have the same
def _frame_of(styles: bytes, before: bytes, after: bytes) -> _Frame:
    """Return what the bytes around the rows of the only sheet say.

    Raises
    ------
    FileProblem, Unusual
        The part is damaged, or in another encoding; the sheet or a column is hidden, a style strikes or
        raises texts, or there is another sheet.
    """
    if _OPENING.match(before) is None:
        raise Unusual
    found = Content()
    if styles:
        parse(styles, "styles.xml", found.styles.start, found.styles.end)
    parse(before + after, "content.xml", found.start, found.end, found.data)
    if len(found.sheets) != 1 or found.styles.is_marked or any(found.hidden_groups.values()):
        raise Unusual
    (scan,) = found.sheets
    if scan.hidden or scan.hidden_columns or scan.hidden_rows or not scan.is_table or scan.cells is None:
        raise Unusual
    if scan.merged or scan.remarks or scan.cells.by_row or scan.cells.blocks:
        raise Unusual
    return _Frame(sheet_name(scan.name), found.styles.unseen("table-row"))


def _open_row(written: bytes, frame: _Frame) -> tuple[int, int]:
    """Return where the cells of a row begin, and how many rows the row stands for."""
    found = _ROW.match(written)
    if found is None:
        raise Unusual
    if frame.unseen:
        style = _STYLE.search(found[1])
        if style is not None and style[1].decode("utf-8", "replace") in frame.unseen:
            raise Unusual
    repeated = _REPEATED.search(found[1])
    return found.end(), int(repeated[1]) if repeated else 1


def _row(written: bytes) -> list[object]:
    """Return the cells of a row; raise `Unusual` if any is written in an unusual way."""
    parts = _VALUE.split(written)
    values = parts[1::2]
    parts = _TEXT.split(_MARK.join(parts[::2]))
    said = parts[1::2]
    skeleton = _LINE.join(parts[::2])
    shape = _shapes.get(skeleton)
    if shape is None:
        shape = _shape_of(written)
        if len(_shapes) >= _MOST_SHAPES:
            _shapes.clear()
        if _REPEATED_VALUE.search(skeleton) is None:  # which neighbours are equal differs from row to row
            _shapes[skeleton] = shape
    if len(values) != shape.values:
        raise Unusual
    row = shape.blank.copy()
    for place, shown, column in shape.numbers:
        value = values[place]
        row[column] = number = _numbers[value]
        if said[shown] != value and not _shows(number, said[shown]):
            raise Unusual
    for place, column in shape.shares:
        number = _numbers[values[place]]
        row[column] = percentages.displayed(number, 100) or number
    for place, column in shape.texts:
        row[column] = plain_text(said[place])
    return row


def _shows(number: float, written: bytes) -> bool:
    text = plain_text(written)
    return not number.is_integer() or (len(text) <= _LONGEST and may_show(number, text))


def _shape_of(written: bytes) -> _RowShape:
    """Return the shape of a row cell by cell; raise `Unusual` if any is written in an unusual way."""
    shape = _RowShape(0, [], [], [], [])
    at = column = values = texts = 0
    while at < len(written):
        found = _CELL.match(written, at)
        if found is None:
            raise Unusual
        at = found.end()
        repeated, kind, value, named, text = found.groups()
        if (value is None) == (kind in (b"float", b"percentage")) or (named or kind) != kind:
            raise Unusual
        times = int(repeated) if repeated else 1
        if kind is not None or text is not None:
            if times > _MOST_REPEATED or text is None or kind is None:
                raise Unusual
            shape.blank.extend([""] * (column + times - len(shape.blank)))
            columns = range(column, column + times)
            if kind == b"float":
                shape.numbers.extend([(values, texts, each) for each in columns])
            elif kind == b"percentage":
                shape.shares.extend([(values, each) for each in columns])
            else:
                shape.texts.extend([(texts, each) for each in columns])
            values += value is not None
            texts += 1
        column += times
    return shape._replace(values=values)

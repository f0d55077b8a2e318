"""Reading an xlsx as most programs write it, in one pass over each sheet that accounts for every byte.

What the sheets are, and which styles show percentages, is worked out once for all files whose parts say the
same. None is returned for anything unusual; then the file is read by `xlsx.reader`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from antq_stats.plan import Limits
from antq_stats.reading.files.cells import percentages
from antq_stats.reading.files.cells.book import Book
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.own_output import is_own_package, saved_at
from antq_stats.reading.files.quick import strict_zip
from antq_stats.reading.files.quick.plain_xml import Numbers, Unusual, plain_text
from antq_stats.reading.files.quick.shared_strings import plain_strings
from antq_stats.reading.files.sheets import sheet_name
from antq_stats.reading.files.xlsx.book import open_xlsx, read_styles
from antq_stats.reading.files.xlsx.plain import is_plain_frame, is_shown
from antq_stats.reading.steps import NEXT, Steps

_STRINGS, _CORE, _STYLES = b"xl/sharedStrings.xml", b"docprops/core.xml", b"xl/styles.xml"
_STRUCTURE = (
    b"[Content_Types].xml",
    b"_rels/.rels",
    b"xl/workbook.xml",
    b"xl/_rels/workbook.xml.rels",
    _STYLES,
)
"""Parts that say what the sheets are, and how their cells are displayed."""
_MOST = 512
_MOST_SHAPES, _MOST_INDICES = 1 << 12, 1 << 16
_DIGITS, _SHORT = 2, 4096
"""Digits of the row number, and bytes, up to which a row's shape is kept by both: those of most returns."""
_ATTRIBUTES = re.compile(rb'(?: [A-Za-z0-9:]{1,20}="[^"<>&]*")*')
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"(' + _ATTRIBUTES.pattern + rb")(/?)>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]{1,5}")?(?: t="(?:[sn]|inlineStr)")?)(?:/>|>'
    rb"(?:<v>([^<]*)</v>|<is><t>([^<]*)</t></is>)</c>)"
)
_VALUE, _CLOSE = b"<v>", b"</v>"
_END = b"<v>\1"
"""Stands for the closing tag while rows are cut into values and all else. No XML has its last character."""
_INLINE = b"<is><t>"
_KIND = re.compile(rb'(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})"/>')
_BLANK = -1
"""Place of a blank, after all values."""
_WIDEST_GAP = 10_000
"""Blank rows between two rows, above which the reader that checks sizes first reads the sheet."""

Names = tuple[bytes, ...]
Rows = list[list[object]]


class _Kinds(dict[bytes, tuple[str, int]]):
    """Style and type of a cell as written -> its type, and the factor if it shows a percentage.

    `Unusual` is raised for a style that shows something else: a date, or letters that are raised or struck.

    Parameters
    ----------
    styles : the workbook's styles.
    """

    def __init__(self, styles: Book) -> None:
        super().__init__()
        self.styles = styles
        self.shapes: dict[bytes, _RowShape] = {}
        """Cache of the shapes of rows, by their bytes without values and row number."""
        self.numbered: dict[tuple[bytes, bytes], _RowShape] = {}
        """The same by the row's number and its bytes without values."""

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


class _Structure(NamedTuple):
    """The sheets of a workbook, name and part of each, and what its cells' styles and types are."""

    sheets: list[tuple[str, bytes]]
    kinds: _Kinds


class _Columns(dict[bytes, int]):
    """Column letters -> column from 0."""

    def __missing__(self, letters: bytes) -> int:
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        self[letters] = column - 1
        return column - 1


_structures: dict[tuple[Names, tuple[tuple[strict_zip.Mark, bytes], ...]], _Structure | None] = {}
_columns = _Columns()


def read_xlsx(data: bytes, limits: Limits) -> Steps[Workbook | None]:
    """Read a workbook; the result is None unless all of it is written as usual.

    Parameters
    ----------
    data : the bytes of a file.
    limits : gives the maximum expanded size and number of cells of a sheet.
    """
    members = strict_zip.members(data, limits)
    if members is None:
        return None
    parts = {member.name: member for member in members}
    in_lower = {member.name.lower(): member for member in members}
    if len(in_lower) != len(members):
        return None
    structure = _structure_of(data, parts, limits)
    if structure is None:
        return None
    yield strict_zip.pause_before(members)
    texts: list[str] | None = []
    if _STRINGS in parts:
        texts = plain_strings(strict_zip.content(data, parts[_STRINGS]) or b"")
    properties = strict_zip.content(data, in_lower[_CORE]) if _CORE in in_lower else b""
    if texts is None or properties is None or is_own_package(properties):
        return None
    grids: list[Grid] = []
    for name, place in structure.sheets:
        yield NEXT
        part = strict_zip.content(data, parts[place])
        try:
            grid = None if part is None else _grid(name, part, texts, structure.kinds, limits)
        except Unusual:
            return None
        if grid is None:
            return None
        grids.append(grid)
    return Workbook(grids, "xlsx", hashlib.sha256(data).hexdigest(), saved=saved_at(properties))


def _structure_of(data: bytes, parts: dict[bytes, strict_zip.Member], limits: Limits) -> _Structure | None:
    if not {*_STRUCTURE} <= parts.keys():
        return None
    members = [parts[name] for name in _STRUCTURE]
    written = tuple([strict_zip.written(data, each) for each in members])
    key = (tuple(parts), written)
    if key not in _structures:
        if len(_structures) >= _MOST:
            _structures.clear()
        try:
            known = _new_structure(Package(data, limits))
        except FileProblem:
            known = None
        is_there = known is not None and all(place in parts for _, place in known.sheets)
        _structures[key] = known if is_there else None  # names of parts are not case-sensitive
    return _structures[key]


def _new_structure(package: Package) -> _Structure | None:
    book = open_xlsx(package)
    styles = read_styles(package, book)
    is_usual = book.has_standard_layout and not book.links and bool(book.sheets)
    if not is_usual or not all(sheet.is_table and not sheet.is_hidden for sheet in book.sheets):
        return None
    names = [sheet_name(sheet.name) for sheet in book.sheets]
    sheets = [(name, sheet.part.encode()) for name, sheet in zip(names, book.sheets, strict=True)]
    if len(set(names)) != len(names):
        return None
    return _Structure(sheets, _Kinds(styles))


def _grid(name: str, part: bytes, texts: list[str], kinds: _Kinds, limits: Limits) -> Grid | None:
    """Return the cells of a sheet's part; None if anything in it is written in another way."""
    before, opened, rest = part.partition(b"<sheetData>")
    body, closed, after = rest.partition(b"</sheetData>")
    if not (opened and closed and is_plain_frame(before, after)) or b"_x" in body:
        return None
    if b"\1" in body:
        return None
    merged = [
        (int(top) - 1, _columns[left], int(bottom) - 1, _columns[right])
        for left, top, right, bottom in _MERGED.findall(after)
    ]
    if len(merged) != after.count(b"<mergeCell "):
        return None
    rows: Rows = []
    said: set[str] = set()
    *full, last = body.replace(_CLOSE, _END).split(b"</row>")
    for written in full:
        at = _open_row(written, rows, is_last=False)
        if at < 0:
            return None
        rows.append(_row(written[at:], b"%d" % (len(rows) + 1), texts, kinds, said))
        if len(rows) * len(rows[-1]) > limits.cells:
            return None
    if last and _open_row(last, rows, is_last=True) < 0:
        return None
    if len(rows) * max(map(len, rows), default=0) > limits.cells:
        return None
    return Grid(name, rows, merged=merged, said=said)


def _open_row(written: bytes, rows: Rows, *, is_last: bool) -> int:
    """Fill up the blank rows above the next row with cells, and return where its cells begin.

    Parameters
    ----------
    written : the bytes from the end of the row before to the end of this one.
    rows : the rows so far.
    is_last : whether only rows without cells follow; then the result is the end of the bytes.

    Returns
    -------
    int
        -1 if a row is hidden, not below the one before, or written in another way.
    """
    opening = b'<row r="%d"' % (len(rows) + 1)
    if not is_last and written.startswith(opening):
        end = written.find(b">")
        if _are_shown(written[len(opening) : end]):
            return end + 1
    at = 0
    while True:
        found = _ROW.match(written, at)
        if found is None:
            return at if is_last and at == len(written) else -1
        number, attributes = int(found[1]), found[2]
        if not 0 < number - len(rows) <= _WIDEST_GAP or not _is_shown(attributes):
            return -1
        at = found.end()
        rows.extend([] for _ in range(number - 1 - len(rows)))
        if not found[3]:
            return -1 if is_last else at
        rows.append([])


@lru_cache(maxsize=1024)
def _is_shown(attributes: bytes) -> bool:
    return is_shown(attributes) and b' r="' not in attributes


@lru_cache(maxsize=1024)
def _are_shown(attributes: bytes) -> bool:
    """Return whether these are all attributes of a row with cells, but its number, and it is not hidden."""
    return _ATTRIBUTES.fullmatch(attributes) is not None and _is_shown(attributes)


class _Indices(dict[bytes, int]):
    """A cache of indices as written -> their numbers; `Unusual` is raised for anything else."""

    def __missing__(self, written: bytes) -> int:
        if not written.isdigit():
            raise Unusual
        index = int(written)
        if len(self) < _MOST_INDICES:
            self[written] = index
        return index


class _RowShape(NamedTuple):
    """What a row is like whose bytes, but for its number and its values, were seen before."""

    cells: int
    arrange: Callable[[list[object]], tuple[object, ...]]
    """Return the row, given its values as numbers and a blank after them."""
    shared: list[int]
    """Place among the values of each index of a shared text."""
    inline: list[tuple[int, int]]
    """Place among the texts in their cells, and column."""
    percent: list[tuple[int, int]]
    """Column and factor of each number that is shown as a percentage."""


_numbers, _indices = Numbers(), _Indices()


def _row(written: bytes, number: bytes, texts: list[str], kinds: _Kinds, said: set[str]) -> list[object]:
    """Return the cells of a row; raise `Unusual` if any is written in an unusual way.

    Parameters
    ----------
    written : the bytes of the row below its opening tag.
    number : the row's number, as written.
    texts, kinds : the workbook's shared strings, and what its cells' styles and types are.
    said : receives the texts in the row.
    """
    cells, inline = written, []
    if _INLINE in cells:
        first, *pieces = cells.split(_INLINE)
        cut = [piece.partition(b"<") for piece in pieces]
        inline = [plain_text(text) for text, _, _ in cut]
        said.update(inline)
        cells = _INLINE.join([first, *[rest for _, _, rest in cut]])
    parts = cells.split(_VALUE)
    values, between = parts[1::2], _VALUE.join(parts[::2])
    shape = kinds.numbered.get((number, between))
    if shape is None:
        shape = _known_shape(between, written, number, kinds)
    try:
        shared = [texts[_indices[values[place]]] for place in shape.shared]
    except IndexError:
        raise Unusual from None
    said.update(shared)
    found: list[object]
    if len(shared) == len(values):
        found = [*shared, "", ""]
    else:
        found = [*map(_numbers.__getitem__, values), "", ""]
        for place, text in zip(shape.shared, shared, strict=True):
            found[place] = text
    row = list(shape.arrange(found))[:-2]
    for place, column in shape.inline:
        row[column] = inline[place]
    for column, factor in shape.percent:
        shown = row[column]
        row[column] = percentages.displayed(shown, factor) or shown if isinstance(shown, float) else shown
    return row


def _known_shape(between: bytes, written: bytes, number: bytes, kinds: _Kinds) -> _RowShape:
    """Return the shape of a row as of others with another number, else work it out.

    Parameters
    ----------
    between : its bytes without values.
    written, number, kinds : as of `_row`.
    """
    pieces = between.split(number + b'"')
    skeleton = b'#"'.join(pieces)  # no tag of a row that was read has a "#"
    shape = kinds.shapes.get(skeleton)
    if shape is None or len(pieces) - 1 != shape.cells:
        shape = _shape_of(written.replace(_END, _CLOSE), number, kinds)
        if len(pieces) - 1 == shape.cells and len(kinds.shapes) < _MOST_SHAPES:
            kinds.shapes[skeleton] = shape
    if len(number) <= _DIGITS and len(between) <= _SHORT and len(kinds.numbered) < _MOST_SHAPES:
        kinds.numbered[number, between] = shape
    return shape


def _shape_of(written: bytes, number: bytes, kinds: _Kinds) -> _RowShape:
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
        column, (named, factor) = _columns[found[1]], kinds[found[3]]
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
    return _RowShape(cells, itemgetter(*places, _BLANK, _BLANK), shared, inline, percent)

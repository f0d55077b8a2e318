"""Reading an xlsx as most programs write it, in one pass over each sheet that accounts for every byte.

What the sheets are, and which styles show percentages, is worked out once for all files whose parts say the
same. None is returned for anything unusual; then the file is read by `xlsx.reader`.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.own_output import is_own_package, saved_at
from antq_stats.reading.files.quick import strict_zip
from antq_stats.reading.files.quick.plain_xml import Unusual
from antq_stats.reading.files.quick.shared_strings import plain_strings
from antq_stats.reading.files.quick.sheet_rows import Kinds, columns, read_rows
from antq_stats.reading.files.sheets import sheet_name
from antq_stats.reading.files.xlsx.book import open_xlsx, read_styles
from antq_stats.reading.files.xlsx.plain import is_plain_frame
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
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})"/>')

Names = tuple[bytes, ...]


class _Structure(NamedTuple):
    """The sheets of a workbook, name and part of each, and what its cells' styles and types are."""

    sheets: list[tuple[str, bytes]]
    kinds: Kinds


_structures: dict[tuple[Names, tuple[tuple[strict_zip.Mark, bytes], ...]], _Structure | None] = {}


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
    return _Structure(sheets, Kinds(styles))


def _grid(name: str, part: bytes, texts: list[str], kinds: Kinds, limits: Limits) -> Grid | None:
    """Return the cells of a sheet's part; None if anything in it is written in another way."""
    before, opened, rest = part.partition(b"<sheetData>")
    body, closed, after = rest.partition(b"</sheetData>")
    if not (opened and closed and is_plain_frame(before, after)) or b"_x" in body:
        return None
    merged = [
        (int(top) - 1, columns[left], int(bottom) - 1, columns[right])
        for left, top, right, bottom in _MERGED.findall(after)
    ]
    if len(merged) != after.count(b"<mergeCell "):
        return None
    rows, said = read_rows(body, texts, kinds, limits)
    return Grid(name, rows, merged=merged, said=said)

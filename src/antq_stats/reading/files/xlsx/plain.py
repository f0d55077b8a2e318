"""Sheets of an xlsx that are written plainly: these the fast reader reads rightly.

Single signs are looked for before the words they stand in: that is ten times as fast. Whatever is found, or
cannot be ruled out, `xlsx_sheet` reads.
"""

from __future__ import annotations

import re

from antq_stats.reading.files.cells.sheet_scan import SheetScan
from antq_stats.reading.files.cells.xml_parts import index_of

# A reference that is not plainly within ZZ9999: far away, or written in an unusual way.
_UNUSUAL_REFERENCE = re.compile(rb' r=(?!"[A-Za-z]{0,2}[0-9]{1,4}")')
_FILLED_CELL = re.compile(rb"<c(?:\s([^<>]*[^<>/])|\s*)>\s*<(?!/)")
_CELL_REFERENCE = re.compile(rb'(?:^|\s)r="([A-Za-z]{1,3})([0-9]{1,7})"')
_PLACE = re.compile(rb'<(?:row|c) r="([A-Z]{0,3})([1-9][0-9]{0,6})"')
"""Where a row or a cell says that it stands: a row has no letters."""
_HIDDEN = re.compile(rb"""hidden\s*=\s*["'](?!0|false)""")
_NOUGHT = re.compile(rb"""\s(?:ht|width)\s*=\s*["']0*(?:\.0*)?["']""")
_NUMBER_OR_TEXT = re.compile(rb"><v>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?</v></c>")
_SHARED = re.compile(rb't="s"><v>[0-9]{1,7}</v></c>')
_INLINE = re.compile(rb't="inlineStr"><is><t(?: xml:space="preserve")?>[^<]*</t></is></c>')
_KIND = re.compile(rb'<c [^<>]*?\st="(?!n"|s"|inlineStr")')
_OPENING = re.compile(
    rb"""\s*(?:<\?xml version=["']1.0["'](?: encoding=["'](?:UTF|utf)-?8["'])?"""
    rb"""(?: standalone=["']\w+["'])?\s*\?>)?\s*<worksheet[\s>]"""
)
_SIGNS = (b"<f", b"<!", b'"e"', b"='", b" =", b"= ", b"<rPr", b"<rPh", b":sheetData", b":row ", b":c ", b"_x")
"""What a plain sheet does not hold: formulas, errors, comments, texts in parts, prefixes, other writing."""


def scan_if_plain(data: bytes) -> SheetScan | None:
    """Return how far the part of a worksheet reaches; None where the fast reader could mistake anything."""
    if (
        any(sign in data for sign in _SIGNS)
        or _OPENING.match(data[:1000].removeprefix(b"\xef\xbb\xbf")) is None
        or data.count(b"<sheetData") != 1
        or (b"hidden" in data and _HIDDEN.search(data) is not None)
        or (b'="0' in data and _NOUGHT.search(data) is not None)
        or data.find(b"<?", 5) >= 0
        or not _is_named_once(data)
        or not _holds_plain_values(data)
    ):
        return None
    scan = SheetScan()
    return scan if _is_modest(data) or _reach_by_search(data, scan) else None


def _holds_plain_values(data: bytes) -> bool:
    """Tell whether every cell holds one value at most: a number, the number of a text, or a text."""
    return (
        len(_NUMBER_OR_TEXT.findall(data)) == data.count(b"<v")
        and len(_SHARED.findall(data)) == data.count(b't="s"')
        and len(_INLINE.findall(data)) == data.count(b"<is") == data.count(b'"inlineStr"')
        and _KIND.search(data) is None
    )


def _is_named_once(data: bytes) -> bool:
    """Tell whether every cell and every row says where it stands, no two the same, each in its own row."""
    places = _PLACE.findall(data)
    elements = data.count(b"<row") + data.count(b"<c ") + data.count(b"<c>")
    if len(places) != elements or len(set(places)) != elements:
        return False
    row = b""
    for letters, number in places:
        if not letters:
            row = number
        elif number != row:
            return False
    return True


def _is_modest(data: bytes) -> bool:
    """Tell whether all cells are plainly within ZZ9999, so that the rectangle is small."""
    elements = data.count(b"<row") + data.count(b"<c ") + data.count(b"<c>")
    return data.count(b' r="') >= elements and not _UNUSUAL_REFERENCE.search(data)


def _reach_by_search(data: bytes, scan: SheetScan) -> bool:
    """Find how far filled cells reach, without parsing: a million formatted rows are passed fast."""
    for match in _FILLED_CELL.finditer(data):
        reference = _CELL_REFERENCE.search(match[1] or b"")
        position = index_of((reference[1] + reference[2]).decode("ascii")) if reference else None
        if position is None:
            return False
        if position[0] >= scan.rows or position[1] >= scan.columns:
            scan.reach(*position)
    return True

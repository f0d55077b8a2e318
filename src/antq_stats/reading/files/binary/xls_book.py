"""The globals of an xls (BIFF5, BIFF8): sheets, fonts, formats, texts; layouts are those of MS-XLS."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from antq_stats.reading.files.binary import biff_key
from antq_stats.reading.files.cells.biff_text import Pieces, decoded, encoding_of
from antq_stats.reading.files.cells.book import Book, font_flags
from antq_stats.reading.files.cells.relations import file_named
from antq_stats.reading.files.container import FileProblem

_BOF, _EOF, _SHEET, _FILEPASS, _CONTINUE = 0x0809, 0x000A, 0x0085, 0x002F, 0x003C
_CODEPAGE, _DATEMODE, _XF, _FORMAT, _STRINGS = 0x0042, 0x0022, 0x00E0, 0x041E, 0x00FC
_FONTS = frozenset((0x0031, 0x0231))
_BOOK, _SHEET_REFERENCES, _NAME = 0x01AE, 0x0017, 0x0018
_HEAD = struct.Struct("<HH")  # of a record: its type and length
_ENCODED = "\x01"  # first character of the path of another file


class SheetEntry(NamedTuple):
    """A sheet as the workbook names it."""

    start: int
    """Position of the sheet's first record in the stream."""
    name: str
    hidden: bool


@dataclass(slots=True)
class Globals(Book):
    """The content of the workbook globals, the records before those of the sheets."""

    stream: bytes = b""
    """The whole workbook stream, decrypted."""
    wide: bool = True
    """True for BIFF8, False for BIFF5."""
    encoding: str = "cp1252"
    """Python's name of the code page of BIFF5 texts."""
    sheets: list[SheetEntry] = field(default_factory=list)


def records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, start of content and length of content of the records from a position on.

    Raises
    ------
    FileProblem
        F102 if a record is cut off, or the stream ends before the caller stops.
    """
    end, unpack = len(stream), _HEAD.unpack_from
    while at + 4 <= end:
        record_type, length = unpack(stream, at)
        at += 4
        if at + length > end:
            raise FileProblem("F102", problem="record-damaged")
        yield record_type, at, length
        at += length
    raise FileProblem("F102", problem="record-damaged")  # callers stop at an EOF record


def pieces(stream: bytes, at: int, length: int) -> Pieces:
    """Return the content of a record and the CONTINUE records after it."""
    found = [(at, at + length)]
    while stream[found[-1][1] : found[-1][1] + 2] == b"\x3c\x00":
        start = found[-1][1] + 4
        (more,) = struct.unpack_from("<H", stream, start - 2)
        if start + more > len(stream):
            break
        found.append((start, start + more))
    return Pieces(stream, found)


def globals_of(stream: bytes, *, is_decrypted: bool = False) -> Globals:
    """Read the workbook globals.

    Parameters
    ----------
    stream : the bytes of the workbook stream.
    is_decrypted : whether the stream was already decrypted.

    Raises
    ------
    FileProblem
        F102 if a record is damaged; F103 if the stream is encrypted with a password other than Excel's own.
    """
    if stream[:2] != b"\x09\x08":
        raise FileProblem("F102", problem="record-damaged")
    book = Globals(stream=stream, skips_font_four=True, wide=stream[4:6] == b"\x00\x06")
    for record_type, at, length in records(stream, 0):
        if record_type == _FILEPASS:
            clear = None if is_decrypted else biff_key.decrypted(stream, at, length)
            if clear is None:
                raise FileProblem("F103")
            return globals_of(clear, is_decrypted=True)
        if record_type == _EOF:
            break
        if (read := _READERS.get(record_type)) is not None:
            read(book, at, length)
    book.find_unusual_styles()
    book.names = [sheet.name for sheet in book.sheets]
    return book


def _code_page(book: Globals, at: int, _length: int) -> None:
    book.encoding = encoding_of(struct.unpack_from("<H", book.stream, at)[0])


def _date_mode(book: Globals, at: int, _length: int) -> None:
    book.since_1904 = book.stream[at] == 1


def _font(book: Globals, at: int, length: int) -> None:
    flags, _, _, escapement = struct.unpack_from("<4H", book.stream, at + 2)
    book.fonts.append(font_flags(flags, escapement if length >= 10 else 0))


def _format(book: Globals, at: int, length: int) -> None:
    (number,) = struct.unpack_from("<H", book.stream, at)
    if book.wide:
        code = Pieces(book.stream, [(at + 2, at + length)]).text().letters
    else:
        code = decoded(book.stream[at + 3 : at + 3 + book.stream[at + 2]], book.encoding)
    book.formats[number] = code


def _style(book: Globals, at: int, _length: int) -> None:
    book.styles.append(struct.unpack_from("<HH", book.stream, at))


def _sheet(book: Globals, at: int, length: int) -> None:
    start, state = struct.unpack_from("<IB", book.stream, at)
    if book.wide:
        name = Pieces(book.stream, [(at + 6, at + length)]).text("<B").letters
    else:
        name = decoded(book.stream[at + 7 : at + 7 + book.stream[at + 6]], book.encoding)
    book.sheets.append(SheetEntry(start, name, bool(state & 3)))


def _strings(book: Globals, at: int, length: int) -> None:
    content = pieces(book.stream, at, length)
    content.skip(4)
    count = content.number("<I")
    if count > len(book.stream):
        raise FileProblem("F102", problem="record-damaged")
    book.texts = content.texts(count)


def _book(book: Globals, at: int, length: int) -> None:
    kind = book.stream[at + 2 : at + 4]
    if kind in (b"\x01\x04", b"\x01\x3a"):  # this workbook; add-in functions
        book.linked_books.append(None)
        return
    path = Pieces(book.stream, [(at + 2, at + length)]).text().letters
    book.linked_books.append(file_named(path))


def _defined_name(book: Globals, at: int, length: int) -> None:
    """Read the formula of a defined name, which follows its characters; BIFF5 names are left empty."""
    letters, count = struct.unpack_from("<BH", book.stream, at + 3)
    start = at + 15 + letters * (2 if book.stream[at + 14] & 1 else 1)
    book.defined_names.append(book.stream[start : min(start + count, at + length)] if book.wide else b"")


def _sheet_references(book: Globals, at: int, length: int) -> None:
    """Read the sheet references of formulas. In BIFF5 each has its own record, and they count from 1."""
    if book.wide:
        content = pieces(book.stream, at, length)
        count = content.number("<H")
        book.sheet_references = list(struct.iter_unpack("<Hhh", content.take(6 * count)))
        return
    name = book.stream[at + 1 : min(at + 1 + book.stream[at], at + length)]
    path = decoded(name, book.encoding)
    book.linked_books.append(file_named(path) if path.startswith(_ENCODED) else None)
    book.sheet_references = [(index - 1, -1, -1) for index in range(len(book.linked_books) + 1)]
    book.sheet_references[0] = (len(book.linked_books), -1, -1)


_READERS = {
    _CODEPAGE: _code_page, _DATEMODE: _date_mode, _FORMAT: _format, _XF: _style, _SHEET: _sheet,
    _NAME: _defined_name,
    _STRINGS: _strings, _BOOK: _book, _SHEET_REFERENCES: _sheet_references, **dict.fromkeys(_FONTS, _font),
}  # fmt: skip

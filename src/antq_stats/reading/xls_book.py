"""What holds for a whole xls (BIFF5, BIFF8): sheets, fonts, formats, texts; layouts are those of MS-XLS."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from antq_stats.reading import biff_key, number_formats
from antq_stats.reading.biff_text import Pieces, Text, decoded, encoding_of, file_named
from antq_stats.reading.container import FileProblem
from antq_stats.reading.text_parts import RAISED, STRUCK

_BOF, _EOF, _SHEET, _FILEPASS, _CONTINUE = 0x0809, 0x000A, 0x0085, 0x002F, 0x003C
_CODEPAGE, _DATEMODE, _XF, _FORMAT, _STRINGS = 0x0042, 0x0022, 0x00E0, 0x041E, 0x00FC
_FONTS = frozenset((0x0031, 0x0231))
_BOOK, _SHEETS_NAMED = 0x01AE, 0x0017
_STRUCK_FONT = 0x0008


class SheetEntry(NamedTuple):
    """A sheet as the workbook names it."""

    start: int
    name: str
    hidden: bool


@dataclass(slots=True)
class Globals:
    """What holds for the whole workbook."""

    stream: bytes
    wide: bool
    """BIFF8."""
    encoding: str = "cp1252"
    since_1904: bool = False
    fonts: list[int] = field(default_factory=list)
    """Of each font whether it is raised or struck, as `text_parts` has it."""
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[tuple[int, int]] = field(default_factory=list)
    """Font and number format of each cell style."""
    strings: list[Text] = field(default_factory=list)
    sheets: list[SheetEntry] = field(default_factory=list)
    books: list[str | None] = field(default_factory=list)
    """The workbooks that formulas name; None is this one."""
    sheets_named: list[tuple[int, int, int]] = field(default_factory=list)
    """Of each reference: which workbook, first and last sheet."""
    unusual: dict[int, tuple[number_formats.Meaning | None, int]] = field(default_factory=dict)
    """Cell styles that are no plain ones: what their format makes of a number, and what of their font."""

    def font(self, number: int) -> int:
        """Return what is to be known of a font by its number, which passes over 4."""
        place = number - (number > 4)
        return self.fonts[place] if number != 4 and place < len(self.fonts) else 0

    def place(self, number: int) -> str | None:
        """Return what stands before a cell for a reference to a sheet; None where it is not in this book."""
        if number >= len(self.sheets_named):
            return None
        book, first, last = self.sheets_named[number]
        inside = book < len(self.books) and self.books[book] is None
        if not inside or first != last or not 0 <= first < len(self.sheets):
            return None
        name = self.sheets[first].name.replace("'", "''")
        return f"'{name}'!"

    def elsewhere(self, number: int) -> str | None:
        """Return the name of the file that a reference to a sheet leads to; None for this one."""
        book = self.sheets_named[number][0] if number < len(self.sheets_named) else len(self.books)
        return self.books[book] if book < len(self.books) else None


def records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and length of the records from a position on; raise F102 where one is cut off."""
    end = len(stream)
    while at + 4 <= end:
        sort, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + length > end:
            raise FileProblem("F102", problem="record-damaged")
        yield sort, at, length
        at += length
    raise FileProblem("F102", problem="record-damaged")  # no sheet ends by itself


def pieces(stream: bytes, at: int, length: int) -> Pieces:
    """Return a record's content together with the records that continue it."""
    found = [(at, at + length)]
    while stream[found[-1][1] : found[-1][1] + 2] == b"\x3c\x00":
        start = found[-1][1] + 4
        (more,) = struct.unpack_from("<H", stream, start - 2)
        if start + more > len(stream):
            break
        found.append((start, start + more))
    return Pieces(stream, found)


def globals_of(stream: bytes) -> Globals:
    """Read what stands before the sheets; raise F103 where it is encrypted with a password."""
    if stream[:2] != b"\x09\x08":
        raise FileProblem("F102", problem="record-damaged")
    book = Globals(stream, wide=stream[4:6] == b"\x00\x06")
    for sort, at, length in records(stream, 0):
        if sort == _FILEPASS:
            clear = biff_key.decrypted(stream, at, length)
            if clear is None:
                raise FileProblem("F103")
            return globals_of(clear)
        if sort == _EOF:
            break
        if (read := _READERS.get(sort)) is not None:
            read(book, at, length)
    for place, (font, number) in enumerate(book.styles):
        meaning = number_formats.meaning_of_number(number, book.formats)
        if meaning is not None or book.font(font):
            book.unusual[place] = (meaning, book.font(font))
    return book


def _code_page(book: Globals, at: int, _length: int) -> None:
    book.encoding = encoding_of(struct.unpack_from("<H", book.stream, at)[0])


def _date_mode(book: Globals, at: int, _length: int) -> None:
    book.since_1904 = book.stream[at] == 1


def _font(book: Globals, at: int, length: int) -> None:
    (flags,) = struct.unpack_from("<H", book.stream, at + 2)
    raised = length >= 10 and struct.unpack_from("<H", book.stream, at + 8)[0] in (1, 2)
    book.fonts.append((STRUCK if flags & _STRUCK_FONT else 0) | (RAISED if raised else 0))


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
    book.strings = [content.text() for _ in range(count)]


def _book(book: Globals, at: int, length: int) -> None:
    kind = book.stream[at + 2 : at + 4]
    if kind in (b"\x01\x04", b"\x01\x3a"):  # this workbook; functions that add-ins give
        book.books.append(None)
        return
    path = Pieces(book.stream, [(at + 2, at + length)]).text().letters
    book.books.append(file_named(path))


def _sheets_named(book: Globals, at: int, length: int) -> None:
    if book.wide:
        content = pieces(book.stream, at, length)
        count = content.number("<H")
        book.sheets_named = list(struct.iter_unpack("<Hhh", content.take(6 * count)))


_READERS = {
    _CODEPAGE: _code_page, _DATEMODE: _date_mode, _FORMAT: _format, _XF: _style, _SHEET: _sheet,
    _STRINGS: _strings, _BOOK: _book, _SHEETS_NAMED: _sheets_named, **dict.fromkeys(_FONTS, _font),
}  # fmt: skip

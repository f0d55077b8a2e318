"""The workbook part of a known layout, in which Excel writes something else for every file."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cached_property

from antq_stats.reading.files.cells.xml_parts import parse
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.quick import strict_zip

_OF_ONE_FILE = re.compile(
    rb'<mc:AlternateContent xmlns:mc="[^"<>]{1,200}"><mc:Choice Requires="x15"><x15ac:absPath url="[^"<>]*"'
    rb' xmlns:x15ac="[^"<>]{1,200}"/></mc:Choice></mc:AlternateContent>'
    rb"|<xr:revisionPtr [^<>]*/>|<fileVersion [^<>]*/>|<calcPr [^<>]*/>|(?<=<workbookView )[^<>]*(?=/>)"
    rb"|<definedNames>(?:<definedName [^<>]*>[^<>]*</definedName>)+</definedNames>"
)
"""What Excel writes into the workbook part about one file or session, and no reader uses: where it was saved,
by which build, the window, defined names."""
_PLAIN = rb"[ !#-%(-;=?-~\x80-\xff]*"
_VALUES = re.compile(
    rb'((?:^| )(?!xmlns)[A-Za-z0-9:]{1,40}=")' + _PLAIN + rb'(?=")'
    rb"|(<definedName [^<>]*>)" + _PLAIN + rb"(?=</definedName>)"
)
"""Values of attributes, and texts, of characters that need no thought wherever they stand."""
_IN_UTF_8 = re.compile(rb'<\?xml version="1\.0" encoding="(?:UTF|utf)-8"')
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""What is UTF-8, but no character of XML."""


class BookPart:
    """The workbook part of one workbook.

    Parameters
    ----------
    data, member : the archive, and the part.
    """

    def __init__(self, data: bytes, member: strict_zip.Member) -> None:
        self._part = strict_zip.content(data, member) or b""
        self.written = strict_zip.written(data, member)
        """Mark and compressed bytes. Most programs write the part the same in all files."""

    @cached_property
    def shape(self) -> bytes:
        """The part without the values of what Excel writes about one file; empty if it is not plain UTF-8.

        A part of the same shape as one that was parsed is as sound.
        """
        try:
            self._part.decode()
        except UnicodeDecodeError:
            return b""
        is_stated = _IN_UTF_8.match(self._part) is not None
        if not is_stated or any(sign in self._part for sign in _NO_CHARACTERS):
            return b""
        return _OF_ONE_FILE.sub(lambda found: _VALUES.sub(rb"\1\2", found[0]), self._part)

    @cached_property
    def common(self) -> bytes:
        """The part without anything of what Excel writes about one file; empty if it is damaged."""
        try:
            parse(self._part, "xl/workbook.xml", lambda *_: None)
        except FileProblem:
            return b""
        return self._rest

    @cached_property
    def _rest(self) -> bytes:
        return _OF_ONE_FILE.sub(b"", self._part)

    def says_the_same(self, known: BookPart, shapes: Container[bytes]) -> bool:
        """Return whether the part says what a known one says, but for what is of one file.

        Parameters
        ----------
        known : a part that was parsed.
        shapes : the shapes of all known parts.
        """
        if self.shape and self.shape in shapes:  # it is sound
            return self.shape == known.shape or self._rest == known.common
        return bool(self.common) and self.common == known.common

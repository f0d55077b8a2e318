"""Files inside a container: the members of a zip, and the attachments of an e-mail message.

Nothing is unpacked to disk. A container is listed, and its files are extracted one by one in memory, so
a damaged file does not affect the others.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from antq_stats.reading.files.container import ZIP_MEMBERS, FileProblem, is_whole_zip
from antq_stats.reading.files.messages import Message, is_message
from antq_stats.reading.files.remote import RemoteFile

DEEPEST = 3
"""Maximum nesting of containers that are opened, as a zip attached to a message inside a zip."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OF_A_DOCUMENT = frozenset((
    "[content_types].xml", "_rels/.rels", "meta-inf/manifest.xml",
    "word/document.xml", "xl/workbook.xml", "xl/workbook.bin",
))  # fmt: skip
"""A zip with one of these members is a workbook or another document, whatever its name."""
_UTF8_NAME = 0x800
_ENCRYPTED = 1


class Enclosure(NamedTuple):
    """One file inside a container."""

    number: int
    """Index of the file in the container."""
    name: str
    """Path in the container, with ``/``, as the sender wrote it."""
    size: int
    """Size in bytes as the container states it; must not be trusted."""


class OpenContainer(Protocol):
    """A container whose files can be extracted."""

    is_truncated: bool
    """True if a part of the container is missing; the files that are there can be read."""

    def files(self) -> list[Enclosure]:
        """Return the files in the container, without folders."""

    def content(self, number: int, most: int) -> bytes:
        """Return the bytes of one file.

        Parameters
        ----------
        number : index of the file.
        most : maximum size. Of a longer file ``most + 1`` bytes are returned.

        Raises
        ------
        FileProblem
            F101 a symbolic link; F102 damaged, or no such file; F103 locked by a password.
        """


@dataclass(eq=False)
class Container:
    """A zip or message that holds files."""

    path: str | RemoteFile | Enclosed
    """Where the container is; an `Enclosed` if it is inside another container."""
    file: str
    """Path of the container relative to the folder, as findings show it."""
    keeps: bool = False
    """True if the container stays open after a file was read, for the next one."""
    held: OpenContainer | None = field(default=None, repr=False)
    """The open container, if `keeps` is set and a file was read."""

    def is_same(self, other: Container) -> bool:
        """Return whether both are the same container of one run; every batch has objects of its own."""
        if isinstance(self.path, Enclosed) and isinstance(other.path, Enclosed):
            return self.path.number == other.path.number and self.path.container.is_same(other.path.container)
        return self.path == other.path


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The place of a file inside a container."""

    container: Container
    number: int
    """Index of the file in the container."""


def open_container(data: bytes) -> OpenContainer | None:
    """Open a container; None if the bytes are neither a zip of files nor a message.

    Raises
    ------
    FileProblem
        F102 the container is damaged; F106 it has too many members.
    """
    if data.startswith(_ZIP):
        archive = _Zip(data)
        return None if archive.is_document() else archive
    return _Mail(data) if is_message(data) else None


class _Zip:
    is_truncated = False

    def __init__(self, data: bytes) -> None:
        if data.count(b"PK\x01\x02") > ZIP_MEMBERS:
            raise FileProblem("F106", problem="too-many-parts", limit=str(ZIP_MEMBERS))
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except Exception as error:  # zipfile raises many kinds of exceptions on hostile bytes
            raise FileProblem("F102", problem="archive-damaged") from error
        self._members = self._file.infolist()
        if not is_whole_zip(data, self._members) or self._has_unlisted_members(data):
            raise FileProblem("F102", problem="archive-damaged")

    def _has_unlisted_members(self, data: bytes) -> bool:
        """Return whether there are members that the directory does not list."""
        listed = sorted(self._members, key=lambda member: member.header_offset)
        starts = [*(member.header_offset for member in listed[1:]), self._file.start_dir]
        for member, start in zip(listed, starts, strict=bool(listed)):
            at = member.header_offset
            names = sum(struct.unpack_from("<HH", data, at + 26)) if at + 30 <= len(data) else 0
            if data.find(b"PK\x03\x04", at + 30 + names + member.compress_size, start) >= 0:
                return True
        return False

    def is_document(self) -> bool:
        return any(_with_slashes(member.filename).lower() in _OF_A_DOCUMENT for member in self._members)

    def files(self) -> list[Enclosure]:
        listed = enumerate((_name(member), member.file_size) for member in self._members)
        return [Enclosure(number, name, size) for number, (name, size) in listed if not name.endswith("/")]

    def content(self, number: int, most: int) -> bytes:
        if number >= len(self._members):
            raise FileProblem("F102", problem="archive-damaged")
        member = self._members[number]
        if member.flag_bits & _ENCRYPTED:
            raise FileProblem("F103")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise FileProblem("F101", problem="not-a-file")
        content = bytearray()
        try:
            with self._file.open(member) as stream:
                while len(content) <= most and (more := stream.read(most + 1 - len(content))):
                    content += more
        except MemoryError:
            raise
        except Exception as error:  # zipfile and its decompressors raise many kinds of exceptions
            raise FileProblem("F102", problem="archive-damaged") from error
        if len(content) <= most and len(content) != member.file_size:
            raise FileProblem("F102", problem="archive-damaged")
        return bytes(content)


def _with_slashes(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's path. Without the UTF-8 flag it is decoded as UTF-8 (macOS), else Windows-1258."""
    name = member.filename
    if not name.isascii() and not member.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp1258"):
            try:
                return _with_slashes(raw.decode(encoding))
            except UnicodeDecodeError:
                continue
    return _with_slashes(name)


class _Mail:
    def __init__(self, data: bytes) -> None:
        self._message = Message(data)
        self.is_truncated = self._message.is_truncated

    def files(self) -> list[Enclosure]:
        listed = enumerate(self._message.files())
        return [Enclosure(number, _with_slashes(name), size) for number, (name, size) in listed]

    def content(self, number: int, most: int) -> bytes:
        return self._message.content(number)[: most + 1]

"""What came inside another file: the members of a zip, the files attached to a message.

Nothing is unpacked to disk. A container is listed, and its files are taken out one by one, in memory, so
that each is read by itself and a bad one costs no other.
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
"""Containers inside one another that are opened: a zip attached to a message that was forwarded in a zip."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OF_A_DOCUMENT = frozenset((
    "[content_types].xml", "_rels/.rels", "meta-inf/manifest.xml",
    "word/document.xml", "xl/workbook.xml", "xl/workbook.bin",
))  # fmt: skip
"""A zip with one of these is a workbook or another document, whatever its name."""
_UTF8_NAME = 0x800
_ENCRYPTED = 1


class Enclosure(NamedTuple):
    """One file inside a container."""

    number: int
    """Its place in the container."""
    name: str
    """Its path there with ``/``, as the sender wrote it."""
    size: int
    """Bytes, as the container tells: not to be trusted."""


class OpenContainer(Protocol):
    """A container whose files can be taken out."""

    is_truncated: bool
    """Something of it was lost on the way; what is there can be read all the same."""

    def files(self) -> list[Enclosure]:
        """Return the files in it; folders are none."""

    def content(self, number: int, most: int) -> bytes:
        """Return the bytes of one file, of a longer one ``most`` and one more.

        Raises
        ------
        FileProblem
            F101 a link; F102 damaged, or not there any more; F103 locked by a password.
        """


@dataclass(eq=False)
class Container:
    """A file that holds files, where it lies; in a nested one ``path`` is an `Enclosed` again."""

    path: str | RemoteFile | Enclosed
    file: str
    """Its own path relative to the folder."""
    keeps: bool = False
    """Whether it stays open for the next of its files, as it does in a process that reads many of them."""
    held: OpenContainer | None = field(default=None, repr=False)

    def is_same(self, other: Container) -> bool:
        """Tell whether this is the same container of one run; each batch brings its own."""
        if isinstance(self.path, Enclosed) and isinstance(other.path, Enclosed):
            return self.path.number == other.path.number and self.path.container.is_same(other.path.container)
        return self.path == other.path


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Where a file inside a container is found."""

    container: Container
    number: int


def open_container(data: bytes) -> OpenContainer | None:
    """Open a container; None where the bytes are neither a zip of files nor a message.

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
        except Exception as error:  # zipfile raises many kinds on hostile bytes
            raise FileProblem("F102", problem="archive-damaged") from error
        self._members = self._file.infolist()
        if not is_whole_zip(data, self._members) or self._has_others(data):
            raise FileProblem("F102", problem="archive-damaged")

    def _has_others(self, data: bytes) -> bool:
        """Tell whether there are members that the directory does not list."""
        listed = sorted(self._members, key=lambda member: member.header_offset)
        starts = [*(member.header_offset for member in listed[1:]), self._file.start_dir]
        for member, start in zip(listed, starts, strict=bool(listed)):
            at = member.header_offset
            names = sum(struct.unpack_from("<HH", data, at + 26)) if at + 30 <= len(data) else 0
            if data.find(b"PK\x03\x04", at + 30 + names + member.compress_size, start) >= 0:
                return True
        return False

    def is_document(self) -> bool:
        return any(_plain(member.filename).lower() in _OF_A_DOCUMENT for member in self._members)

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
        taken = bytearray()
        try:
            with self._file.open(member) as stream:
                while len(taken) <= most and (more := stream.read(most + 1 - len(taken))):
                    taken += more
        except MemoryError:
            raise
        except Exception as error:  # whatever zipfile and its decompressors raise on hostile bytes
            raise FileProblem("F102", problem="archive-damaged") from error
        if len(taken) <= most and len(taken) != member.file_size:
            raise FileProblem("F102", problem="archive-damaged")
        return bytes(taken)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's path; one not marked as UTF-8 is UTF-8 all the same (macOS), or Windows-1258."""
    name = member.filename
    if not name.isascii() and not member.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp1258"):
            try:
                return _plain(raw.decode(encoding))
            except UnicodeDecodeError:
                continue
    return _plain(name)


class _Mail:
    def __init__(self, data: bytes) -> None:
        self._message = Message(data)
        self.is_truncated = self._message.is_truncated

    def files(self) -> list[Enclosure]:
        listed = enumerate(self._message.files())
        return [Enclosure(number, _plain(name), size) for number, (name, size) in listed]

    def content(self, number: int, most: int) -> bytes:
        return self._message.content(number)[: most + 1]

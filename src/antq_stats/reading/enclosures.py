"""What came inside another file: the members of a zip, the files attached to a message.

Nothing is unpacked to disk. A container is listed, and its files are taken out one by one, in memory, so
that each is read by itself and a bad one costs no other.
"""

from __future__ import annotations

import email
import email.policy
import io
import mimetypes
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import NamedTuple, Protocol

from antq_stats.reading.container import ZIP_MEMBERS, FileProblem
from antq_stats.reading.remote import RemoteFile

DEEPEST = 3
"""Containers inside one another that are opened: a zip attached to a message that was forwarded in a zip."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OF_A_DOCUMENT = frozenset((
    "[content_types].xml", "_rels/.rels", "mimetype",
    "word/document.xml", "xl/workbook.xml", "xl/workbook.bin",
))  # fmt: skip
"""A zip with one of these is a workbook or another document, whatever its name."""
_UTF8_NAME = 0x800
_ENCRYPTED = 1

_HEAD = 1 << 16
_HEADERS = re.compile(rb"\s*(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+")
_SENT = re.compile(rb"^(?:from|date|subject|received):", re.IGNORECASE | re.MULTILINE)
_MIME = re.compile(rb"^(?:mime-version|content-type):", re.IGNORECASE | re.MULTILINE)
_SIGNATURES = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)


class Enclosure(NamedTuple):
    """One file inside a container."""

    number: int
    """Its place in the container."""
    name: str
    """Its path there with ``/``, as the sender wrote it."""
    size: int
    """Bytes, as the container tells: not to be trusted."""


class Opened(Protocol):
    """A container whose files can be taken out."""

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
    """Whether it stays open for the next of its files, as it does while a batch of them is read."""
    held: Opened | None = field(default=None, repr=False)

    @property
    def depth(self) -> int:
        """How many containers there are around its files, itself included."""
        return 1 + (self.path.container.depth if isinstance(self.path, Enclosed) else 0)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Where a file inside a container is found."""

    container: Container
    number: int


def opened(data: bytes) -> Opened | None:
    """Open a container; None where the bytes are neither a zip of files nor a message.

    Raises
    ------
    FileProblem
        F102 the zip is damaged; F106 it has too many members.
    """
    if data.startswith(_ZIP):
        archive = _Zip(data)
        return None if archive.is_document() else archive
    return _Message(data) if _is_message(data) else None


class _Zip:
    def __init__(self, data: bytes) -> None:
        if data.count(b"PK\x01\x02") > ZIP_MEMBERS:
            raise FileProblem("F106", problem="too-many-parts", limit=str(ZIP_MEMBERS))
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except Exception as error:  # zipfile raises many kinds on hostile bytes
            raise FileProblem("F102", problem="archive-damaged") from error
        self._members = self._file.infolist()

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


def _is_message(data: bytes) -> bool:
    """Tell whether bytes begin with the headers of a message (RFC 5322)."""
    head = _HEADERS.match(data[:_HEAD].removeprefix(b"\xef\xbb\xbf"))
    return head is not None and _SENT.search(head[0]) is not None and _MIME.search(head[0]) is not None


class _Message:
    def __init__(self, data: bytes) -> None:
        whole = data.removeprefix(b"\xef\xbb\xbf").lstrip()
        message = email.message_from_bytes(whole, policy=email.policy.default)
        self._parts = list(_attached(message))

    def files(self) -> list[Enclosure]:
        return [
            Enclosure(number, _file_name(part, number), _size(part))
            for number, (part, _) in enumerate(self._parts)
        ]

    def content(self, number: int, most: int) -> bytes:
        if number >= len(self._parts):
            raise FileProblem("F102", problem="archive-damaged")
        part, is_whole = self._parts[number]
        taken = part.get_payload(decode=True)
        if not is_whole or part.defects or not isinstance(taken, bytes):
            raise FileProblem("F102", problem="archive-damaged")
        return taken[: most + 1]


def _attached(message: EmailMessage) -> Iterator[tuple[EmailMessage, bool]]:
    """Yield the files attached to a message and to those forwarded in it, and whether each is whole.

    The text of the letter, the pictures in it and its signature are no files that somebody sent.
    """
    waiting: list[tuple[EmailMessage, bool, bool]] = [(message, False, True)]
    while waiting:
        part, is_decoration, is_whole = waiting.pop()
        if part.is_multipart():
            parts = list(part.get_payload())
            # a message cut off in the middle has lost the end of its last part
            is_cut = any(type(one).__name__ == "CloseBoundaryNotFoundDefect" for one in part.defects)
            is_related = part.get_content_subtype() == "related"
            waiting += [
                (one, is_related and at > 0, is_whole and not (is_cut and at == len(parts) - 1))
                for at, one in reversed(list(enumerate(parts)))
            ]
        elif not _is_letter(part) and not (is_decoration and part.get_content_maintype() == "image"):
            yield part, is_whole


def _is_letter(part: EmailMessage) -> bool:
    if part.get_content_type() in _SIGNATURES:
        return True
    is_text = part.get_content_maintype() == "text" and part.get_content_subtype() != "csv"
    return is_text and part.get_filename() is None and part.get_content_disposition() != "attachment"


def _file_name(part: EmailMessage, number: int) -> str:
    name = _plain(str(part.get_filename() or "")).strip().rpartition("/")[2]
    return name or f"{number + 1}{mimetypes.guess_extension(part.get_content_type()) or ''}"


def _size(part: EmailMessage) -> int:
    payload = part.get_payload()
    return len(payload) if isinstance(payload, str) else 0

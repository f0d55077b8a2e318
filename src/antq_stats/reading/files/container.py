"""Containers: recognising a file by its bytes, and reading zip packages safely.

No size that a file declares is trusted. A zip is refused if its parts expand beyond the limit, by the
sizes in its directory or by counting while inflating. Deflate expands at most 1,032 times, so an archive
that is small enough needs no counting.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits

MIB = 1 << 20
ZIP_MEMBERS = 10_000
DEFLATE_RATIO = 1032

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"MZ", "binary"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3", "binary"),
)
_MARKUP = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", "spreadsheetml-2003"),
    (b"office:document", "document"),
)
_HTML = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta", b"<div", b"<style")


class FileProblem(Exception):  # noqa: N818
    """A file that cannot be read; it becomes one finding.

    Parameters
    ----------
    code : F101 unreadable, F102 damaged, F103 locked-by-password, F104 empty, F105
        not-a-spreadsheet, F106 too-large, F108 text-of-unknown-encoding, F204 not-a-return.
    sheet : name of the sheet with the problem, if known.
    at : row and column of the cell with the problem, counted from 0, if known.
    facts : values for the finding's message, such as ``problem``, ``found``, ``limit``, ``place``.
    """

    def __init__(
        self, code: str, sheet: str | None = None, at: tuple[int, int] | None = None, **facts: str
    ) -> None:
        self.code = code
        self.sheet = sheet
        self.at = at
        self.facts = facts
        super().__init__(code, sheet, at, facts)

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore_problem, self.args)

    def finding(self, file: str | None = None) -> Finding:
        """Return the finding; ``file`` is the file's path relative to the folder."""
        row, column = (None, None) if self.at is None else (self.at[0] + 1, self.at[1])
        return Finding(code=self.code, file=file, sheet=self.sheet, row=row, column=column, facts=self.facts)


def _restore_problem(
    code: str, sheet: str | None, at: tuple[int, int] | None, facts: dict[str, str]
) -> FileProblem:
    return FileProblem(code, sheet, at, **facts)


def magic_of(data: bytes) -> str | None:
    """Return the kind of a file that is no spreadsheet, by its first bytes; None if it is not recognised."""
    if data[4:8] == b"ftyp" or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return "image"  # HEIC and WebP, as telephones save them
    for magic, kind in _MAGIC:
        # Text may begin with a signature of two letters too.
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:512]):
            return kind
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = head.lower()
    if lower.startswith(_HTML):
        return "html"
    if lower.startswith((b"mime-version:", b"content-type: multipart")):
        return "html"
    if lower.startswith(b"<?xml") or (lower.startswith(b"<") and b"xmlns" in lower):
        if any(tag in lower for tag in _HTML[:3]):
            return "html"
        return next((kind for sign, kind in _MARKUP if sign in lower), "xml")
    return None


class Package:
    """The parts of a zip package. Names of parts are not case-sensitive.

    Parameters
    ----------
    data : the bytes of the file.
    limits : gives the maximum expanded size.

    Raises
    ------
    FileProblem
        F102 not a readable zip, or two parts with one name; F106 too many parts, or expands too far.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        if data.count(b"PK\x01\x02") > ZIP_MEMBERS:
            raise FileProblem("F106", problem="too-many-parts", limit=str(ZIP_MEMBERS))
        self._data = data
        try:
            members = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except Exception as error:  # zipfile raises many kinds of exceptions on hostile bytes
            raise FileProblem("F102", problem="archive-damaged") from error
        if not is_whole_zip(data, members):
            raise FileProblem("F102", problem="archive-damaged")
        self.parts = {_part_name(member.filename): member for member in members}
        if len(self.parts) != len(members):
            raise FileProblem("F102", problem="part-twice")
        self.is_plainly_named = not any("\\" in m.filename or m.filename.startswith("/") for m in members)
        """True if no part's name has a backslash or a slash in front, which readers handle differently."""
        self.locked = any(member.flag_bits & 1 for member in members)
        """True if any part is encrypted."""
        _check_expansion(data, members, limits.expanded_mib)

    def __contains__(self, name: str) -> bool:
        return _part_name(name) in self.parts

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises
        ------
        FileProblem
            F102 if the part is missing or damaged.
        """
        member = self.parts.get(_part_name(name))
        if member is None:
            raise FileProblem("F102", problem="part-missing", place=name)
        stored = _stored_bytes(self._data, member)
        try:
            if member.compress_type == zipfile.ZIP_STORED:
                part = bytes(stored)
            else:
                part = zlib.decompress(stored, -zlib.MAX_WBITS, member.file_size or 1)
        except zlib.error as error:
            raise FileProblem("F102", problem="archive-damaged", place=name) from error
        if len(part) != member.file_size or zlib.crc32(part) != member.CRC:
            raise FileProblem("F102", problem="archive-damaged", place=name)
        return part

    @property
    def kind(self) -> str:
        """What the package is: xlsx, xlsb, ods, document, word, presentation, or zip for anything else."""
        if "xl/workbook.xml" in self:
            return "xlsx"
        if "xl/workbook.bin" in self:
            return "xlsb"
        if "mimetype" in self and "content.xml" in self:
            mimetype = self.read("mimetype")[:200].strip()
            if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                return "ods"
            return "document"
        for folder, kind in (("word/", "word"), ("ppt/", "presentation")):
            if any(name.startswith(folder) for name in self.parts):
                return kind
        return "zip"


def is_whole_zip(data: bytes, members: list[zipfile.ZipInfo]) -> bool:
    """Return whether a zip begins with its first member, or is empty.

    If it does not, the file was cut off or extended, and the directory found belongs to another zip
    inside it.

    Parameters
    ----------
    data : the bytes of the file.
    members : the members that its directory lists.
    """
    first = min((member.header_offset for member in members), default=0)
    return first == 0 and (bool(members) or data.startswith(b"PK\x05\x06"))


def _part_name(name: str) -> str:
    """Return the name of a part in the form used for comparison: lower case, slashes, no slash in front."""
    return name.lower().replace("\\", "/").lstrip("/")


def _check_expansion(data: bytes, members: list[zipfile.ZipInfo], limit_mib: int) -> None:
    limit = limit_mib * MIB
    declared = sum(member.file_size for member in members)
    if declared > limit:
        raise FileProblem("F106", problem="expands-too-far", limit=f"{limit_mib} MiB")
    if sum(member.compress_size for member in members) * DEFLATE_RATIO <= limit:
        return
    total = 0
    for member in members:
        for size in _inflated_sizes(data, member):
            total += size
            if total > limit:
                raise FileProblem("F106", problem="expands-too-far", limit=f"{limit_mib} MiB")


def _stored_bytes(data: bytes, member: zipfile.ZipInfo) -> memoryview:
    """Return the stored bytes of a member; raise F102 if its local header is damaged."""
    at = member.header_offset
    if data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(data):
        raise FileProblem("F102", problem="archive-damaged")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileProblem("F102", problem="archive-damaged")
    name_length, extra_length = struct.unpack_from("<HH", data, at + 26)
    start = at + 30 + name_length + extra_length
    return memoryview(data)[start : start + member.compress_size]


def _inflated_sizes(data: bytes, member: zipfile.ZipInfo) -> Iterator[int]:
    """Inflate a member chunk by chunk, and yield the size of each chunk."""
    rest = _stored_bytes(data, member)
    if member.compress_type == zipfile.ZIP_STORED:
        yield len(rest)
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while rest and not inflate.eof:
            chunk: bytes | memoryview = rest[:MIB]
            rest = rest[MIB:]
            while chunk and not inflate.eof:
                yield len(inflate.decompress(chunk, MIB))
                chunk = inflate.unconsumed_tail
    except zlib.error as error:
        raise FileProblem("F102", problem="archive-damaged", place=member.filename) from error

"""What a file is, by its bytes: zip, OLE2 or text, and whether it is safe to open.

Nothing here trusts a size a file declares about itself. A zip is refused when its parts would
expand beyond the limit, by the directory's own account and by counting while inflating; a deflate
stream grows at most 1,032-fold, so a small archive needs no counting.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits

MIB = 1 << 20
ZIP_MEMBERS = 10_000
DEFLATE_RATIO = 1032
_END_OF_CHAIN = 0xFFFFFFFA  # this and above are marks, not sectors

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
    """A file that cannot be read; becomes one finding.

    Parameters
    ----------
    code : F101 unreadable, F102 damaged, F103 locked-by-password, F104 empty, F105
        not-a-spreadsheet, F106 too-large, F108 text-of-unknown-encoding, F204 not-a-return.
    sheet, at : where in the file, if that is known; ``at`` is row and column counted from 0.
    facts : what the message names: ``problem``, ``found``, ``limit``.
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
        """Return the finding, for a file named by its path relative to the folder."""
        row, column = (None, None) if self.at is None else (self.at[0] + 1, self.at[1])
        return Finding(code=self.code, file=file, sheet=self.sheet, row=row, column=column, facts=self.facts)


def _restore_problem(
    code: str, sheet: str | None, at: tuple[int, int] | None, facts: dict[str, str]
) -> FileProblem:
    return FileProblem(code, sheet, at, **facts)


def magic_of(data: bytes) -> str | None:
    """Return the kind of content that is no spreadsheet, by its first bytes; None if not known."""
    if data[4:8] == b"ftyp" or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return "image"  # as telephones take them
    for magic, kind in _MAGIC:
        # Two letters are no proof: text may begin with them too.
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


# -- zip -----------------------------------------------------------------------------------------


class Package:
    """The parts of a zip, checked against the limits; names are matched without regard to case.

    Raises
    ------
    FileProblem
        F102 no readable zip, or two parts of one name; F103 encrypted parts; F106 too large.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        if data.count(b"PK\x01\x02") > ZIP_MEMBERS:
            raise FileProblem("F106", problem="too-many-parts", limit=str(ZIP_MEMBERS))
        self._data = data
        try:
            members = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except Exception as error:  # zipfile raises many kinds on hostile bytes
            raise FileProblem("F102", problem="archive-damaged") from error
        if not is_whole_zip(data, members):
            raise FileProblem("F102", problem="archive-damaged")
        self.parts = {_part_name(member.filename): member for member in members}
        if len(self.parts) != len(members):
            raise FileProblem("F102", problem="part-twice")
        self.is_plainly_named = not any("\\" in m.filename or m.filename.startswith("/") for m in members)
        """Every reader makes the same of the names of its parts."""
        self.locked = any(member.flag_bits & 1 for member in members)
        _check_expansion(data, members, limits.expanded_mib)

    def __contains__(self, name: str) -> bool:
        return _part_name(name) in self.parts

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; raise F102 where it is missing or damaged."""
        member = self.parts.get(_part_name(name))
        if member is None:
            raise FileProblem("F102", problem="part-missing", place=name)
        packed = _packed(self._data, member)
        try:
            if member.compress_type == zipfile.ZIP_STORED:
                part = bytes(packed)
            else:
                part = zlib.decompress(packed, -zlib.MAX_WBITS, member.file_size or 1)
        except zlib.error as error:
            raise FileProblem("F102", problem="archive-damaged", place=name) from error
        if len(part) != member.file_size or zlib.crc32(part) != member.CRC:
            raise FileProblem("F102", problem="archive-damaged", place=name)
        return part

    @property
    def kind(self) -> str:
        """What the package is: xlsx, xlsb, ods, or the kind of document it is instead."""
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
    """Tell whether a zip begins with its first member.

    Else its directory is that of another zip inside it: it was cut off, or something was put behind it.
    """
    first = min((member.header_offset for member in members), default=0)
    return first == 0 and (bool(members) or data.startswith(b"PK\x05\x06"))


def _part_name(name: str) -> str:
    """Return the name of a part as readers compare it: some writers put backslashes, or a stroke in front."""
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


def _packed(data: bytes, member: zipfile.ZipInfo) -> memoryview:
    """Return the bytes of a part as they are stored."""
    at = member.header_offset
    if data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(data):
        raise FileProblem("F102", problem="archive-damaged")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileProblem("F102", problem="archive-damaged")
    name_length, extra_length = struct.unpack_from("<HH", data, at + 26)
    start = at + 30 + name_length + extra_length
    return memoryview(data)[start : start + member.compress_size]


def _inflated_sizes(data: bytes, member: zipfile.ZipInfo) -> Iterator[int]:
    """Inflate a part chunk by chunk, keeping nothing, and tell the size of each chunk."""
    rest = _packed(data, member)
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


# -- OLE2 compound files -------------------------------------------------------------------------


class CompoundFile:
    """The streams of an OLE2 file (MS-CFB), read with every chain bounded.

    Raises
    ------
    FileProblem
        F102 where the structure does not hold together.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise FileProblem("F102", problem="container-damaged") from error

    def _open(self) -> None:
        data = self._data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise FileProblem("F102", problem="container-damaged")
        self._size = 1 << shift
        self._count = len(data) >> shift
        fat_count, directory = struct.unpack_from("<II", data, 44)
        self._cutoff, mini_fat, _, difat, _ = struct.unpack_from("<IIIII", data, 56)
        fat_sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _END_OF_CHAIN]
        seen = 0
        while difat < _END_OF_CHAIN and seen <= self._count:
            entries = struct.unpack(f"<{self._size // 4}I", self._sector(difat))
            fat_sectors += [s for s in entries[:-1] if s < _END_OF_CHAIN]
            difat = entries[-1]
            seen += 1
        table = b"".join(map(self._sector, fat_sectors[: min(fat_count, self._count)]))
        self._fat = struct.unpack(f"<{len(table) // 4}I", table)
        self._mini_fat_start = mini_fat
        self._entries = self._directory(self._chain(directory))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        sector = self._data[start : start + self._size]
        if not sector:
            raise FileProblem("F102", problem="container-damaged")
        return sector.ljust(self._size, b"\x00")

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _END_OF_CHAIN:
            if len(pieces) > self._count:
                raise FileProblem("F102", problem="container-damaged")  # a loop
            pieces.append(self._sector(sector))
            sector = self._fat[sector]
        return b"".join(pieces)

    def _directory(self, raw: bytes) -> dict[str, tuple[int, int]]:
        """Return start and size of the streams in the root storage; the root itself is ``/``.

        Streams of embedded objects stand in storages of their own and may have the same names.
        """
        entries = [entry for at in range(0, len(raw) - 127, 128) if (entry := _entry(raw, at)) is not None]
        by_place = {entry.place: entry for entry in entries}
        root = next((entry for entry in entries if entry.kind == _ROOT), None)
        if root is None:
            return {}
        streams: dict[str, tuple[int, int]] = {}
        reached = _family(by_place, root.child)
        if not any(entry.kind == _STREAM for entry in reached):  # no tree was written
            inside = {e.place for s in entries if s.kind == _STORAGE for e in _family(by_place, s.child)}
            reached = [entry for entry in entries if entry.place not in inside]
        for entry in reached:
            if entry.kind != _STREAM:
                continue
            if entry.name in streams and entry.name in ("workbook", "book"):
                raise FileProblem("F102", problem="part-twice")
            streams[entry.name] = (entry.start, entry.size)
        streams["/"] = (root.start, root.size)
        return streams

    @property
    def kind(self) -> str:
        """What the file holds: xls, locked (an encrypted package), word, presentation, or binary."""
        for stream, kind in (
            ("encryptedpackage", "locked"),
            ("workbook", "xls"),
            ("book", "xls"),
            ("worddocument", "word"),
            ("powerpoint document", "presentation"),
            ("__properties_version1.0", "message"),
        ):
            if stream in self._entries:
                return kind
        return "binary"

    def workbook(self) -> bytes:
        """Return the bytes of the workbook stream."""
        start, size = self._entries.get("workbook") or self._entries["book"]
        try:
            stream = self._chain(start)[:size] if size >= self._cutoff else self._mini_stream(start, size)
        except (struct.error, IndexError, KeyError) as error:
            raise FileProblem("F102", problem="container-damaged") from error
        if len(stream) < size:
            raise FileProblem("F102", problem="container-damaged")
        return stream

    def _mini_stream(self, start: int, size: int) -> bytes:
        mini_fat = self._chain(self._mini_fat_start)
        stream = self._chain(self._entries["/"][0])
        pieces: list[bytes] = []
        while start < _END_OF_CHAIN and len(pieces) * 64 < size:
            pieces.append(stream[start * 64 : start * 64 + 64])
            (start,) = struct.unpack_from("<I", mini_fat, start * 4)
        return b"".join(pieces)[:size]


_STORAGE, _STREAM, _ROOT = 1, 2, 5


class _Entry(NamedTuple):
    """One entry of the directory."""

    place: int
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


def _entry(raw: bytes, at: int) -> _Entry | None:
    (length,) = struct.unpack_from("<H", raw, at + 64)
    kind = raw[at + 66]
    if kind not in (_STORAGE, _STREAM, _ROOT) or not 2 <= length <= 64:
        return None
    name = raw[at : at + length - 2].decode("utf-16-le", "replace").lower()
    return _Entry(
        at // 128,
        name,
        kind,
        *struct.unpack_from("<3I", raw, at + 68),
        *struct.unpack_from("<2I", raw, at + 116),
    )


def _family(entries: dict[int, _Entry], top: int) -> list[_Entry]:
    """Return the entries of one storage, which hang together as a tree; each is met once."""
    found: dict[int, _Entry] = {}
    waiting = [top]
    while waiting:
        entry = entries.get(waiting.pop())
        if entry is not None and entry.place not in found:
            found[entry.place] = entry
            waiting += (entry.left, entry.right)
    return list(found.values())

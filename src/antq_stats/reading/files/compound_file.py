"""OLE2 compound files (MS-CFB), in which xls workbooks are stored."""

from __future__ import annotations

import struct
from typing import NamedTuple

from antq_stats.reading.files.container import FileProblem

_END_OF_CHAIN = 0xFFFFFFFA  # this and higher values are markers, not sector numbers


class CompoundFile:
    """The streams of an OLE2 compound file (MS-CFB). Chains of sectors are bounded, so loops are found.

    Parameters
    ----------
    data : the bytes of the file.

    Raises
    ------
    FileProblem
        F102 if the structure is damaged, or two workbook streams have one name.
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
        """Return start sector and size of the streams in the root storage; the root itself is ``/``.

        Streams of embedded objects are in storages of their own, and may have the same names.
        """
        entries = [entry for at in range(0, len(raw) - 127, 128) if (entry := _entry(raw, at)) is not None]
        by_number = {entry.number: entry for entry in entries}
        root = next((entry for entry in entries if entry.kind == _ROOT), None)
        if root is None:
            return {}
        streams: dict[str, tuple[int, int]] = {}
        reached = _storage_entries(by_number, root.child)
        if not any(entry.kind == _STREAM for entry in reached):  # the program wrote no tree
            inside = {
                e.number for s in entries if s.kind == _STORAGE for e in _storage_entries(by_number, s.child)
            }
            reached = [entry for entry in entries if entry.number not in inside]
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
        """What the file is: locked (an encrypted package), xls, word, presentation, message or binary."""
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
        """Return the bytes of the workbook stream.

        Raises
        ------
        FileProblem
            F102 if the stream is damaged or too short.
        """
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
    """One entry of the directory of a compound file."""

    number: int
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


def _storage_entries(entries: dict[int, _Entry], top: int) -> list[_Entry]:
    """Return the entries of one storage, which form a binary tree; an entry that repeats counts once.

    Parameters
    ----------
    entries : all entries of the directory, by number.
    top : number of the root of the tree.
    """
    found: dict[int, _Entry] = {}
    waiting = [top]
    while waiting:
        entry = entries.get(waiting.pop())
        if entry is not None and entry.number not in found:
            found[entry.number] = entry
            waiting += (entry.left, entry.right)
    return list(found.values())

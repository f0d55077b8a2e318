"""The package of a workbook, whose large parts are packed in threads while others are still being written.

A part is packed in pieces, as pigz does it: each is deflated by itself, with the end of the piece before it
as its dictionary, and ends on a whole byte. So all of them are one stream of deflate, as every program reads
it. Where a piece ends depends on what is written alone, so the file is the same whatever the number of
processors and whichever thread is faster.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from struct import Struct
from typing import BinaryIO, Self
from zipfile import ZipFile

_LEVEL = 5
"""Level of deflate. At the usual 6 a sheet is a hundredth smaller, and takes almost twice as long to pack."""
_PIECE = 1 << 21
"""Least bytes of a piece that is not the last."""
_WINDOW = 1 << 15
"""Bytes that deflate refers back to."""
_THREADS = 2
"""Two pack faster than sheets are written."""
_WAITING = 6
"""Most pieces under way, so that no sheet is in memory as a whole."""
_MOST = 2**32 - 1
"""Most bytes of a part and of the package. More need Zip64, which not every program reads."""

_LOCAL = Struct("<4s5H3I2H")
_CENTRAL = Struct("<4s6H3I5H2I")
_END = Struct("<4s4H2IH")
_COMMON = (20, 0, zlib.DEFLATED, 0, 1 << 5 | 1)
"""Version that unpacks it, flags, method, time and date, which is the first day of 1980 as in Excel's own."""


class PackageFullError(Exception):
    """The package, or a part of it, has too many bytes."""


@dataclass(eq=False)
class Part:
    """A part while it is being written.

    Parameters
    ----------
    package : its package.
    head : bytes of its beginning; see `Package.part`.
    size, checksum : the bytes so far and their CRC-32.
    """

    package: Package
    head: int = 0
    size: int = 0
    checksum: int = 0
    _unpacked: list[bytes] = field(default_factory=list)
    _length: int = 0
    _window: bytes = b""
    _pieces: list[Future[bytes]] = field(default_factory=list)

    def add(self, content: bytes) -> None:
        """Add to the end of the part."""
        self._unpacked.append(content)
        self._length += len(content)
        if self._length >= _PIECE:
            self._pack(zlib.Z_SYNC_FLUSH)

    def end(self) -> None:
        """Pack the last piece."""
        self._pack(zlib.Z_FINISH)

    def packed(self) -> list[bytes]:
        """Return the packed pieces of an ended part."""
        return [piece.result() for piece in self._pieces]

    def _pack(self, ending: int) -> None:
        content = b"".join(self._unpacked)
        self._unpacked, self._length = [], 0
        self.size += len(content)
        self.checksum = zlib.crc32(content, self.checksum)
        self._pieces.append(self.package.pack(content, self._window, ending))
        self._window = content[-_WINDOW:]


class Package:
    """Packs the parts of a workbook, and writes them; a context manager that ends the threads."""

    def __init__(self) -> None:
        self._begun: dict[str, Part] = {}
        self._threads = ThreadPoolExecutor(_THREADS)
        self._under_way: deque[Future[bytes]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def part(self, name: str, head: bytes) -> Part:
        """Begin a part, to which `Part.add` adds what shall not pass through XlsxWriter.

        Parameters
        ----------
        name : its path in the package.
        head : what XlsxWriter has written of it; `write` adds what it writes after that.
        """
        part = self._begun[name] = Part(self, len(head))
        part.add(head)
        return part

    def pack(self, content: bytes, window: bytes, ending: int) -> Future[bytes]:
        """Return the promise of a packed piece; wait while too many are under way.

        Parameters
        ----------
        content : the piece.
        window : the end of the piece before it; empty for the first one.
        ending : ``Z_SYNC_FLUSH``, or ``Z_FINISH`` for the last piece.
        """
        while len(self._under_way) >= _WAITING:
            self._under_way.popleft().result()
        piece = self._threads.submit(_deflated, content, window, ending)
        self._under_way.append(piece)
        return piece

    def write(self, rest: BinaryIO, target: BinaryIO) -> None:
        """Write the package.

        Parameters
        ----------
        rest : the package as XlsxWriter wrote it, which lacks what was added to its parts.
        target : an open binary file.

        Raises
        ------
        PackageFullError
            If the package is too large.
        OSError
            If the target cannot be written.
        """
        parts = dict(self._ended(rest))
        directory, at = [], 0
        for name, part in parts.items():
            pieces, path = part.packed(), name.encode("ascii")
            packed = sum(map(len, pieces))
            if max(part.size, at + packed) > _MOST:
                raise PackageFullError(name)
            sizes = (part.checksum, packed, part.size, len(path), 0)
            pieces.insert(0, _LOCAL.pack(b"PK\3\4", *_COMMON, *sizes) + path)
            directory.append(_CENTRAL.pack(b"PK\1\2", 20, *_COMMON, *sizes, 0, 0, 0, 0, at) + path)
            target.writelines(pieces)
            at += sum(map(len, pieces))
        central = b"".join(directory)
        count = len(directory)
        target.write(central + _END.pack(b"PK\5\6", 0, 0, count, count, len(central), at, 0))

    def _ended(self, rest: BinaryIO) -> Iterator[tuple[str, Part]]:
        """Yield the parts in order by name, each with all of its bytes."""
        with ZipFile(rest) as archive:
            for name in archive.namelist():
                part = self._begun.get(name) or Part(self)
                part.add(archive.read(name)[part.head :])
                part.end()
                yield name, part


def _deflated(content: bytes, window: bytes, ending: int) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=window)
    return packer.compress(content) + packer.flush(ending)

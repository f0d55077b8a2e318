"""ZIP archives as other programs write them: flags, times and fields, from compressed parts."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple


class Packing(NamedTuple):
    """How a program writes the header of a member."""

    flags: int
    """General purpose bits: 8 says that sizes follow the data, 0x800 that names are UTF-8."""
    time: int
    """Date and time of MS-DOS, the date in the high half."""
    extra: bytes
    """Extra field of the local header."""


_EPOCH = 0x00210000
"""The first of January 1980."""
PLAIN = Packing(0, _EPOCH, b"")
DESCRIPTOR = Packing(0x0808, _EPOCH, b"")
HINTED = struct.pack("<HHHH", 0xA220, 516, 0xA028, 512) + b"\0" * 512
"""Room for a part to grow, which Excel leaves before the parts that it may write again."""


class Stored(NamedTuple):
    """A compressed part."""

    packed: bytes
    checksum: int
    size: int

    @classmethod
    def of(cls, data: bytes) -> Stored:
        """Return a part in compressed form."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return cls(packer.compress(data) + packer.flush(), zlib.crc32(data), len(data))


def archive(parts: Sequence[tuple[str, Stored, Packing]]) -> bytes:
    """Return an archive of parts in their order."""
    body, directory = bytearray(), bytearray()
    for name, stored, packing in parts:
        sizes = struct.pack("<III", stored.checksum, len(stored.packed), stored.size)
        head = struct.pack("<HHHI", 20, packing.flags, 8, packing.time)
        follows = bool(packing.flags & 8)
        directory += b"PK\x01\x02\x14\0" + head + sizes + struct.pack("<H", len(name.encode()))
        directory += b"\0" * 12 + struct.pack("<I", len(body)) + name.encode()
        body += b"PK\x03\x04" + head + (b"\0" * 12 if follows else sizes)
        body += struct.pack("<HH", len(name.encode()), len(packing.extra)) + name.encode() + packing.extra
        body += stored.packed + (b"PK\x07\x08" + sizes if follows else b"")
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\x05\x06" + end

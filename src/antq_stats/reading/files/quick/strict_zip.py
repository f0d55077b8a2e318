"""Strict zip reader. Returns None for anything unusual, so the caller falls back to `container.Package`."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from antq_stats.plan import Limits
from antq_stats.reading.files.container import DEFLATE_RATIO, MIB, ZIP_MEMBERS
from antq_stats.reading.steps import ALONE, NEXT

try:
    from isal import isal_zlib as inflate  # twice as fast
except ImportError:  # no wheel for this machine
    inflate = zlib  # type: ignore[misc]

_END = Struct("<4s4H2IH")
_ENTRY = Struct("<4s6H3I5H2I")
_LOCAL = Struct("<4s5H3I2H")
_HARMLESS = 0x080E
"""Flags that do not matter: compression level, sizes stored after the part, names in UTF-8."""
_STORED, _DEFLATED = 0, 8
_MUCH = MIB
"""Size of all parts above which a file is read alone."""
_NEWEST = 45
"""Version of the zip format up to which only usual features are needed."""


Mark = tuple[int, int, int]
"""Checksum, compressed size and size of a part. Parts with different marks differ."""


class Member(NamedTuple):
    """One part of the archive: name, compression method, checksum, sizes, and offset of its bytes."""

    name: bytes
    method: int
    checksum: int
    packed: int
    size: int
    start: int

    @property
    def mark(self) -> Mark:
        """Checksum, compressed size and size."""
        return self[2:5]


def members(data: bytes, limits: Limits) -> list[Member] | None:
    """Return the parts of a zip in the order of its directory; None if anything about it is unusual.

    The directory must be at the very end, without a comment, and the first part at the beginning. No part may
    be encrypted, and together the parts may not exceed the limits.

    Parameters
    ----------
    data : the archive.
    limits : of which the expanded size in MiB applies.
    """
    end = len(data) - _END.size
    if end < 0 or not data.startswith(b"PK\x03\x04"):
        return None
    mark, disk, first_disk, here, count, length, at, comment = _END.unpack_from(data, end)
    if mark != b"PK\x05\x06" or disk or first_disk or comment or here != count or at + length != end:
        return None
    if len(data) > 4 * ZIP_MEMBERS and data.count(b"PK\x01\x02") > ZIP_MEMBERS:
        return None
    directory = first = at
    found: list[Member] = []
    packed_sizes = sizes = 0
    while at < end:
        if at + _ENTRY.size > end:
            return None
        (
            mark, _, needed, flags, method, _, _, checksum, packed, size,
            named, extra, comment, disk, _, _, local,
        ) = _ENTRY.unpack_from(data, at)  # fmt: skip
        name = data[at + _ENTRY.size : at + _ENTRY.size + named]
        at += _ENTRY.size + named + extra + comment
        if mark != b"PK\x01\x02" or needed > _NEWEST or extra or flags & ~_HARMLESS or disk:
            return None
        if local + _LOCAL.size > directory:
            return None
        mark, _, local_flags, local_method, _, _, _, _, _, local_named, extra = _LOCAL.unpack_from(
            data, local
        )
        start = local + _LOCAL.size + local_named + extra
        if (
            mark != b"PK\x03\x04"
            or local_flags != flags
            or local_method != method
            or data[local + _LOCAL.size : local + _LOCAL.size + local_named] != name
            or start + packed > directory
            or (method != _DEFLATED and (method != _STORED or packed != size))
        ):
            return None
        first = min(first, local)
        packed_sizes += packed
        sizes += size
        found.append(Member(name, method, checksum, packed, size, start))
    most = limits.expanded_mib * MIB
    if at != end or len(found) != count or first or sizes > most or packed_sizes * DEFLATE_RATIO > most:
        return None
    return found


def pause_before(members: Iterable[Member]) -> bool:
    """Return the kind of pause before parts are expanded: together, files may not take much memory."""
    return ALONE if sum([member.size for member in members]) > _MUCH else NEXT


def packed(data: bytes, member: Member) -> bytes:
    """Return the compressed bytes of a part."""
    start = member.start
    return data[start : start + member.packed]


def written(data: bytes, member: Member) -> tuple[Mark, bytes]:
    """Return mark and compressed bytes of a part: where both are known, its checksum is right."""
    return member.mark, packed(data, member)


def content(data: bytes, member: Member) -> bytes | None:
    """Return the bytes of a part; None if they differ from the directory in size or checksum."""
    if member.method == _STORED:
        part = packed(data, member)
    else:
        try:
            part = inflate.decompress(packed(data, member), -zlib.MAX_WBITS, member.size or 1)
        except inflate.error:  # type: ignore[misc]  # its stub declares it as an instance
            return None
    return part if len(part) == member.size and inflate.crc32(part) == member.checksum else None

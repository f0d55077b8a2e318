"""The password that Excel tries by itself: what a workbook with a protected structure is encrypted with.

Excel encrypts such an xls with a password that every copy knows, and opens it without asking. Key
derivations are those of MS-OFFCRYPTO 2.3.6 and 2.3.5 and, for the old exclusive-or, 2.3.7. Any other
password is nobody's business here.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator

_PASSWORD = "VelvetSweatshop"  # noqa: S105 - public, the same in every copy of Excel
_BLOCK = 1024
_PLAIN = frozenset((0x0809, 0x002F, 0x00E1, 0x0194, 0x0195, 0x0196, 0x0138))
"""Records that are never encrypted."""
_SHEET = 0x0085
_MIXED = struct.pack("<HH", 0xB359, 0x9A0A)
"""What the exclusive-or's FILEPASS holds for this password: key and check."""
_ARRAY = bytes.fromhex("876b9ae21ee305621e699660986e9404")
"""The bytes that it mixes in, worked out from the password once for all."""


def decrypted(stream: bytes, at: int, length: int) -> bytes | None:
    """Return a workbook stream in the clear; None where the password is not Excel's own.

    Parameters
    ----------
    stream : the workbook's bytes.
    at, length : where the content of its FILEPASS record stands.
    """
    head = stream[at : at + length]
    if head in (_MIXED, b"\x00\x00" + _MIXED):  # BIFF5 says no kind before it
        clear = _unmixed(stream)
    elif (key_of := _key_of(head)) is not None:
        clear = _in_the_clear(stream, key_of)
    else:
        return None
    clear[at - 4 : at - 2] = b"\x00\x00"  # nothing is locked now
    return bytes(clear)


def _key_of(head: bytes) -> Callable[[int], bytes] | None:
    """Return what gives the key of each block; None where the password or the kind is another."""
    if len(head) < 54 or head[:2] != b"\x01\x00":
        return None
    major, minor = struct.unpack_from("<HH", head, 2)
    if (major, minor) == (1, 1):
        return _simple_key(head)
    return _provider_key(head) if minor == 2 and major in (2, 3, 4) else None


def _simple_key(head: bytes) -> Callable[[int], bytes] | None:
    salt, check, digest = head[6:22], head[22:38], head[38:54]
    short = hashlib.md5(_PASSWORD.encode("utf-16-le"), usedforsecurity=False).digest()[:5]
    base = hashlib.md5((short + salt) * 16, usedforsecurity=False).digest()[:5]

    def key_of(block: int) -> bytes:
        return hashlib.md5(base + struct.pack("<I", block), usedforsecurity=False).digest()

    keys = key_stream(key_of(0))
    clear = _mixed(check, keys)
    right = hashlib.md5(clear, usedforsecurity=False).digest() == _mixed(digest, keys)
    return key_of if right else None


def _provider_key(head: bytes) -> Callable[[int], bytes] | None:
    """Read the header of a cryptographic provider: its length, the key's size, the salt and the check."""
    (size,) = struct.unpack_from("<I", head, 10)
    (bits,) = struct.unpack_from("<I", head, 14 + 16)
    rest = head[14 + size :]
    salt_size = struct.unpack_from("<I", rest)[0]
    if salt_size != 16 or bits > 128:
        return None
    salt, check, digest_size = rest[4:20], rest[20:36], struct.unpack_from("<I", rest, 36)[0]
    digest = rest[40 : 40 + digest_size]
    base = hashlib.sha1(salt + _PASSWORD.encode("utf-16-le"), usedforsecurity=False).digest()
    length = (bits or 40) // 8

    def key_of(block: int) -> bytes:
        key = hashlib.sha1(base + struct.pack("<I", block), usedforsecurity=False).digest()[:length]
        return key.ljust(16, b"\x00") if length == 5 else key  # 40 bits are written as 128

    keys = key_stream(key_of(0))
    clear = _mixed(check, keys)
    right = hashlib.sha1(clear, usedforsecurity=False).digest() == _mixed(digest, keys)
    return key_of if right else None


def key_stream(key: bytes) -> Iterator[int]:
    """Yield the bytes of RC4 for a key, without end."""
    state = list(range(256))
    other = 0
    for place in range(256):
        other = (other + state[place] + key[place % len(key)]) & 255
        state[place], state[other] = state[other], state[place]
    place = other = 0
    while True:
        place = (place + 1) & 255
        mine = state[place]
        other = (other + mine) & 255
        state[place] = theirs = state[other]
        state[other] = mine
        yield state[(mine + theirs) & 255]


def _mixed(data: bytes, keys: Iterator[int]) -> bytes:
    return bytes(byte ^ key for byte, key in zip(data, keys, strict=False))


def _in_the_clear(stream: bytes, key_of: Callable[[int], bytes]) -> bytearray:
    """Decrypt the records' contents; the key changes every 1024 bytes, whatever stands in them."""
    whole = bytearray()
    for block in range(-(-len(stream) // _BLOCK)):
        whole += _mixed(stream[block * _BLOCK : (block + 1) * _BLOCK], key_stream(key_of(block)))
    at = 0
    for start, end, _ in _contents(stream):
        whole[at:start] = stream[at:start]
        at = end
    whole[at:] = stream[at:]
    return whole


def _unmixed(stream: bytes) -> bytearray:
    """Undo the exclusive-or: each byte by its place and its record's length, turned by five bits."""
    whole = bytearray(stream)
    for start, end, length in _contents(stream):
        for place in range(start, end):
            byte = stream[place] ^ _ARRAY[(place + length) % 16]
            whole[place] = (byte >> 5 | byte << 3) & 255
    return whole


def _contents(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield where the encrypted contents of records start and end, and the length of each record."""
    at = 0
    while at + 4 <= len(stream):
        record_type, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if record_type not in _PLAIN:
            yield (
                min(at + (4 if record_type == _SHEET else 0), at + length),
                min(at + length, len(stream)),
                length,
            )
        at += length

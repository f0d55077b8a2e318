"""Decrypting an xls that Excel encrypted with its default password.

Excel encrypts a workbook whose structure is protected with a password that every copy of Excel knows, and
opens it without asking. Key derivations are those of MS-OFFCRYPTO 2.3.6 and 2.3.5 and, for XOR obfuscation,
2.3.7. No other password is tried.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator

_PASSWORD = "VelvetSweatshop"  # noqa: S105 - public, the same in every copy of Excel
_BLOCK = 1024
_NEVER_ENCRYPTED = frozenset((0x0809, 0x002F, 0x00E1, 0x0194, 0x0195, 0x0196, 0x0138))
"""Records that are never encrypted."""
_SHEET = 0x0085
_XOR_KEY = struct.pack("<HH", 0xB359, 0x9A0A)
"""Key and verifier in the FILEPASS record of XOR obfuscation with this password."""
_XOR_ARRAY = bytes.fromhex("876b9ae21ee305621e699660986e9404")
"""The XOR array of this password, precomputed."""


def decrypted(stream: bytes, at: int, length: int) -> bytes | None:
    """Return a decrypted workbook stream; None if it has another password or kind of encryption.

    Parameters
    ----------
    stream : the bytes of the workbook stream.
    at, length : start and length of the content of its FILEPASS record.
    """
    head = stream[at : at + length]
    if head in (_XOR_KEY, b"\x00\x00" + _XOR_KEY):  # BIFF5 has no type before it
        clear = _without_xor(stream)
    elif (key_of := _key_of(head)) is not None:
        clear = _without_rc4(stream, key_of)
    else:
        return None
    clear[at - 4 : at - 2] = b"\x00\x00"  # the FILEPASS record, which no longer applies
    return bytes(clear)


def _key_of(head: bytes) -> Callable[[int], bytes] | None:
    """Return a function that gives the key of each block; None for another password or encryption."""
    if len(head) < 54 or head[:2] != b"\x01\x00":
        return None
    major, minor = struct.unpack_from("<HH", head, 2)
    if (major, minor) == (1, 1):
        return _simple_key(head)
    return _provider_key(head) if minor == 2 and major in (2, 3, 4) else None


def _simple_key(head: bytes) -> Callable[[int], bytes] | None:
    """Return a function that gives the key of each block, for plain RC4 encryption."""
    salt, check, digest = head[6:22], head[22:38], head[38:54]
    short = hashlib.md5(_PASSWORD.encode("utf-16-le"), usedforsecurity=False).digest()[:5]
    base = hashlib.md5((short + salt) * 16, usedforsecurity=False).digest()[:5]

    def key_of(block: int) -> bytes:
        return hashlib.md5(base + struct.pack("<I", block), usedforsecurity=False).digest()

    keys = key_stream(key_of(0))
    clear = _xored(check, keys)
    is_correct = hashlib.md5(clear, usedforsecurity=False).digest() == _xored(digest, keys)
    return key_of if is_correct else None


def _provider_key(head: bytes) -> Callable[[int], bytes] | None:
    """Return a function that gives the key of each block, for RC4 of a cryptographic provider."""
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
        return key.ljust(16, b"\x00") if length == 5 else key  # a 40-bit key is padded to 128 bits

    keys = key_stream(key_of(0))
    clear = _xored(check, keys)
    is_correct = hashlib.sha1(clear, usedforsecurity=False).digest() == _xored(digest, keys)
    return key_of if is_correct else None


def key_stream(key: bytes) -> Iterator[int]:
    """Yield the RC4 key stream of a key, without end."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i = j = 0
    while True:
        i = (i + 1) & 255
        first = state[i]
        j = (j + first) & 255
        state[i] = second = state[j]
        state[j] = first
        yield state[(first + second) & 255]


def _xored(data: bytes, keys: Iterator[int]) -> bytes:
    return bytes(byte ^ key for byte, key in zip(data, keys, strict=False))


def _without_rc4(stream: bytes, key_of: Callable[[int], bytes]) -> bytearray:
    """Decrypt the contents of the records; the key changes every 1,024 bytes of the stream."""
    clear = bytearray()
    for block in range(-(-len(stream) // _BLOCK)):
        clear += _xored(stream[block * _BLOCK : (block + 1) * _BLOCK], key_stream(key_of(block)))
    at = 0
    for start, end, _ in _contents(stream):
        clear[at:start] = stream[at:start]
        at = end
    clear[at:] = stream[at:]
    return clear


def _without_xor(stream: bytes) -> bytearray:
    """Undo XOR obfuscation, which depends on a byte's position and its record's length."""
    clear = bytearray(stream)
    for start, end, length in _contents(stream):
        for place in range(start, end):
            byte = stream[place] ^ _XOR_ARRAY[(place + length) % 16]
            clear[place] = (byte >> 5 | byte << 3) & 255
    return clear


def _contents(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield start and end of the encrypted content of each record, and the length of the record."""
    at = 0
    while at + 4 <= len(stream):
        record_type, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if record_type not in _NEVER_ENCRYPTED:
            yield (
                min(at + (4 if record_type == _SHEET else 0), at + length),
                min(at + length, len(stream)),
                length,
            )
        at += length

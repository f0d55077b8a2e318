"""The tokens of a formula in xls (BIFF8), walked to tell whether an empty text is one of them.

Layouts are those of MS-XLS 2.5.198. A search for the bytes of an empty text would find them in
references too: row 24 is written like one.
"""

from __future__ import annotations

_SHARED, _TEXT, _ATTRIBUTE, _CHOOSE = 0x01, 0x17, 0x19, 0x04
_OPERATORS = range(0x03, 0x17)
_SIZES = {
    0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9, 0x20: 8, 0x21: 3, 0x22: 4, 0x23: 5, 0x24: 5, 0x25: 9,
    0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 5, 0x2B: 9, 0x2C: 5, 0x2D: 9, 0x39: 7, 0x3A: 7, 0x3B: 11,
    0x3C: 7, 0x3D: 11,
}  # fmt: skip
"""Length of each token with its operands; tokens of three classes share the lowest number."""


def may_give_empty_text(tokens: bytes) -> bool:
    """Tell whether a formula names an empty text, or is kept elsewhere (shared by several cells).

    Parameters
    ----------
    tokens : the formula's tokens as stored, without their length.
    """
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token == _SHARED:
            return True
        if token == _TEXT:
            letters, wide = tokens[at + 1 : at + 2], tokens[at + 2 : at + 3]
            if letters == b"\x00":
                return True
            at += 3 + int.from_bytes(letters) * (2 if wide == b"\x01" else 1)
        elif token == _ATTRIBUTE:
            jumps = (
                int.from_bytes(tokens[at + 2 : at + 4], "little") + 1
                if tokens[at + 1 : at + 2] == bytes([_CHOOSE])
                else 0
            )
            at += 4 + 2 * jumps
        elif token in _OPERATORS:
            at += 1
        else:
            size = _SIZES.get(token & 0x1F | 0x20 if token >= 0x20 else token)
            if size is None:
                return False  # an unknown token: what it gives cannot be told
            at += size
    return False

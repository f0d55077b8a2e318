"""Type texts as in the fonts of before Unicode: ABC (TCVN3) and VNI.

The tables are those of glibc and recode. They are written out, so that the program's own are tested.
"""

from __future__ import annotations

import unicodedata

_TCVN3 = dict(
    zip(
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        bytes.fromhex(
            "A1A2A3A4A5A6A7A8A9AAABACADAEB5B6B7B8B9BBBCBDBEC6C7C8C9CACBCCCECFD0D1D2D3D4D5D6D7D8DC"
            "DDDEDFE1E2E3E4E5E6E7E8E9EAEBECEDEEEFF1F2F3F4F5F6F7F8F9FAFBFCFDFE"
        ),
        strict=True,
    )
)
_TONES_VNI = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_CIRCUMFLEX_VNI = {"": "â", "\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_BREVE_VNI = {"": "ê", "\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_SINGLE_VNI = dict(zip("ỉìíỵđịĩơưỈÌÍỴĐỊĨƠƯ", "æìíîñòóôöÆÌÍÎÑÒÓÔÖ", strict=True))


def as_tcvn3(text: str) -> str:
    """Return a text as typed in an ABC font, where a capital with a mark has the small letter's byte."""
    return "".join(
        chr(_TCVN3[c]) if c in _TCVN3 else chr(_TCVN3[c.lower()]) if c.lower() in _TCVN3 else c for c in text
    )


def as_vni(text: str) -> str:
    """Return a text as typed in a VNI font, where the mark stands beside its letter."""
    return "".join(_vni_letter(c) for c in unicodedata.normalize("NFC", text))


def _vni_letter(letter: str) -> str:
    if letter in _SINGLE_VNI:
        return _SINGLE_VNI[letter]
    base, *marks = unicodedata.normalize("NFD", letter)
    if not marks:
        return letter
    tone = next((m for m in marks if m in _TONES_VNI), "")
    if "\u0302" in marks:
        mark = _CIRCUMFLEX_VNI[tone]
    elif "\u0306" in marks:
        mark = _BREVE_VNI[tone]
    else:
        mark = _TONES_VNI[tone]
        base = {("o", True): "ô", ("u", True): "ö", ("O", True): "Ô", ("U", True): "Ö"}.get(
            (base, "\u031b" in marks), base
        )
    return base + (mark.upper() if base.isupper() else mark)

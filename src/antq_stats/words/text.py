"""Text keys for comparing headers and names, and clean text for the screen.

Vietnamese text may be composed, decomposed or partly composed (Windows-1258), with the tone on either vowel
(``hòa``, ``hoà``), with no-break spaces and footnote marks. Texts are the same if their keys are equal. Keys
keep diacritics, because Minh Quán and Minh Quân are two communes.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_TONES = "\u0300\u0301\u0309\u0303\u0323"  # grave, acute, hook, tilde, dot below
_FOOTNOTE = re.compile(
    r"[\u00b9\u00b2\u00b3\u2070-\u209c*†‡§]+|\(\s*[*\d]{1,2}\s*\)\s*$|\[\s*\d{1,2}\s*\]\s*$"
)
_AT_THE_END = re.compile(r"[(\[]")
"""What a footnote mark at the end of a text may begin with."""
_OLD_TONE = re.compile(
    "(?<!q)(o(?=[" + _TONES + "][ae](?![a-z\u0300-\u036f]))|u(?=[" + _TONES + "]y(?![a-z\u0300-\u036f])))"
    "([" + _TONES + "])([aey])"
)
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_NEEDS_NO_QUOTES = re.compile(r"[\w./\\:-]+")
"""Characters that need no quotes on a command line, of any system."""
_EXPANDED = frozenset('"$`')
"""Characters that have a meaning of their own within double quotes."""


class _Spread(dict[int, str]):
    """What each character adds to a key: itself, a space, or nothing."""

    def __missing__(self, point: int) -> str:
        category = unicodedata.category(char := chr(point))
        spread = char if category[0] in "LMN" else "" if category == "Cf" else " "
        if len(self) < 1 << 14:
            self[point] = spread
        return spread


_SPREAD = _Spread({ord("%"): " % "})  # a percentage is another quantity than the count beside it
_SPREAD_LINES = _Spread({ord("%"): " % ", ord("\n"): "\n"})


def _with_new_tone(found: re.Match[str]) -> str:
    return found[1] + found[3] + found[2]


@lru_cache(maxsize=65536)
def text_key(text: str) -> str:
    """Return the key by which headers and names are matched.

    NFC of NFKC, casefolded, white space and line breaks folded, punctuation and footnote marks
    dropped, old and new tone placement alike (not after q: ``Quỳ`` is never written ``Qùy``).
    """
    text = _FOOTNOTE.sub(" ", text)
    text = unicodedata.normalize("NFKC", text).casefold().translate(_SPREAD)
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFD", text)
    text = _OLD_TONE.sub(_with_new_tone, text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def text_keys(texts: Sequence[str]) -> list[str]:
    """Return the keys of many texts, as `text_key` does it, all at once."""
    joined = "\n".join(texts)
    if not texts or _AT_THE_END.search(joined) or joined.count("\n") >= len(texts):
        return list(map(text_key, texts))
    joined = unicodedata.normalize("NFKC", _FOOTNOTE.sub(" ", joined)).casefold().translate(_SPREAD_LINES)
    joined = _OLD_TONE.sub(_with_new_tone, unicodedata.normalize("NFD", joined))
    lines = unicodedata.normalize("NFC", joined).split("\n")
    return [" ".join(line.split()) for line in lines]


def opening(key: str, words: int = 2) -> str:
    """Return the first words of a key; keys with different first words cannot be equal."""
    return " ".join(key.split(" ", words)[:words])


@lru_cache(maxsize=65536)
def ascii_key(text: str) -> str:
    """Return the key without diacritics; different names may have the same."""
    plain = unicodedata.normalize("NFD", text_key(text).replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def one_line(text: str, limit: int = 80) -> str:
    """Return text for one line of a terminal: composed, without control characters, cut to ``limit``."""
    if not text.isprintable() or "  " in text or not unicodedata.is_normalized("NFC", text):
        text = _CONTROL.sub("\ufffd", unicodedata.normalize("NFC", _SPACE.sub(" ", text)))
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def capital(text: str) -> str:
    """Return a text with its first letter in upper case, as at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def column_letter(column: int) -> str:
    """Return the letters of a column in a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def as_typed(path: object) -> str:
    """Return a path or a URL as it is typed on a command line: in quotes, unless it needs none."""
    text = str(path)
    if not text.isprintable():
        text = one_line(text, 1000)
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    return shlex.quote(text) if _EXPANDED & set(text) else f'"{text}"'


def slug(text: str, longest: int) -> str:
    """Return a text as part of a file's name, in ASCII: ``muong-lai``; a dash if nothing is left of it.

    Parameters
    ----------
    text : the text.
    longest : maximum number of characters.
    """
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in ascii_key(text)).split()
    return "-".join(words)[:longest].strip("-") or "-"

"""Strict reader of shared strings. Returns None unless it accounts for every byte of the part."""

from __future__ import annotations

import re

_OPENING = re.compile(
    r'(?:<\?xml version="1\.0" encoding="(?:UTF-8|utf-8)"(?: standalone="(?:yes|no)")?\?>\r?\n?)?'
    r'<sst xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
    r'(?: count="\d{1,7}")?(?: uniqueCount="\d{1,7}")?>'
)
_END = "</t></si></sst>"
_KEPT = '<si><t xml:space="preserve">'
_PLAIN = "<si><t>"
_MIXED = re.compile(r'<si><t( xml:space="preserve")?>([^<]*)</t></si>')
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
_ENTITY = re.compile(r"&((?:#[0-9]{1,7}|[a-z]*);?)")
_ENTITIES = {"amp;": "&", "lt;": "<", "gt;": ">", "quot;": '"', "apos;": "'", "#10;": "\n"}
_FIRST, _LAST, _SURROGATES = 0xA1, 0xFFFD, range(0xD800, 0xE000)
"""Characters that some programs write by their numbers."""


def plain_strings(part: bytes) -> list[str] | None:
    """Return the texts of ``sharedStrings.xml`` in order; None if any of them is written in an unusual way.

    Unusual are rich text runs, phonetic readings, escaped characters, and white space at either end of a text
    without ``xml:space="preserve"``.
    """
    try:
        text = part.decode("utf-8")
    except UnicodeDecodeError:
        return None
    opening = _OPENING.match(text)
    if opening is None or "\r" in text[opening.end() :] or ("_x" in text and _ESCAPED.search(text)):
        return None
    start = opening.end()
    tag = _PLAIN if text.startswith(_PLAIN, start) else _KEPT
    if not text.startswith(tag, start) or not text.endswith(_END):
        return None
    texts = text[start + len(tag) : -len(_END)].split("</t></si>" + tag)
    # Four "<" for each text and one for the end: so no text holds a tag.
    if text.count("<", start) != 4 * len(texts) + 1:
        return _mixed(text, start)
    if tag is _PLAIN and _has_edges(texts):
        return None
    return decoded(texts) if "&" in text else texts


def _mixed(text: str, start: int) -> list[str] | None:
    """Return texts of which only some have ``xml:space="preserve"``."""
    found = _MIXED.findall(text, start)
    texts = [said for _, said in found]
    length = len("".join([kept for kept, _ in found])) + len("".join(texts))
    if length + 16 * len(found) + 6 != len(text) - start:
        return None
    if not text.endswith(_END) or _has_edges([said for kept, said in found if not kept]):
        return None
    return decoded(texts) if "&" in text else texts


def _has_edges(texts: list[str]) -> bool:
    # The first comparison is cheap, but strips other white space too.
    return list(map(str.strip, texts)) != texts and any(text != text.strip(" \t\n\r") for text in texts)


def decoded(texts: list[str]) -> list[str] | None:
    """Return texts with their entities replaced; None if one of them is unusual."""
    try:
        return [_ENTITY.sub(_character, text) if "&" in text else text for text in texts]
    except KeyError:
        return None


def _character(found: re.Match[str]) -> str:
    """Return the character of an entity; raise KeyError if it is unusual."""
    name = found[1]
    if name in _ENTITIES or not (name.startswith("#") and name.endswith(";")):
        return _ENTITIES[name]
    number = int(name[1:-1])
    if not _FIRST <= number <= _LAST or number in _SURROGATES:
        raise KeyError(name)
    return chr(number)

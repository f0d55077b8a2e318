"""The text of a report: paragraphs and tables in order, from docx, Markdown or plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from antq_stats.delimited import NotText, UnknownEncoding, decode
from antq_stats.plan import Limits
from antq_stats.reading.files.container import MIB, OLE2, FileProblem, magic_of
from antq_stats.text_check.documents.blocks import Document, DocumentBuilder
from antq_stats.text_check.documents.word import read_word

Kind = Literal["docx", "md", "txt"]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""Suffixes of the reports that can be read."""

_FENCE = re.compile(r"\s*(```|~~~)")
_MARKS = re.compile(r"(?<!\\)(\*\*|__|`)|(?<![\\\w*])\*(?=\S)|(?<=\S)(?<!\\)\*(?![\w*])")
_STRUCK = re.compile(r"(?<!\\)~~[^~]+~~")
_RAISED = re.compile(r"<(su[pb])>[^<>]*</\1>|\[\^[^\[\]]{1,40}\]:?", re.IGNORECASE)
_DELETED = re.compile(r"<(del|s|strike)>[^<>]*</\1>", re.IGNORECASE)
_LINK = re.compile(r"(?P<picture>!?)\[([^\[\]]*)\]\([^()]*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BULLET = re.compile(r"^\s*(?:[-*+•–]\s+|>\s*|#{1,6}\s+)")
_NEW_LINE = re.compile(r"\s*(?:[-*+•–>#|]|\(?\w{1,3}[.)]\s)")
_RULE = frozenset(" \t|:-")
_PIPE = re.compile(r"(?<!\\)\|")
_WRAPPED = 40  # least length of a line that may continue in the next


def document_of(data: bytes, kind: Kind, limits: Limits) -> Document:
    """Return the text of a report: its paragraphs and tables, and counts of what was not read.

    Parameters
    ----------
    data : the bytes of the file.
    kind : its suffix.
    limits : limits on the size of the file and its parts.

    Raises
    ------
    FileProblem
        F102 to F106, F108: damaged, locked, empty, of another kind, too large, of unknown encoding.
    TooMuch
        The text is longer than a report can be.
    """
    if len(data) > limits.file_mib * MIB:
        raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    if not data.strip():
        raise FileProblem("F104")
    builder = DocumentBuilder()
    if kind == "docx":
        read_word(data, limits, builder)
    else:
        text = _text(data)
        builder.count_characters(text)
        if kind == "md":
            _markdown(text, builder)
        else:
            for paragraph in _joined(text.splitlines()):
                builder.paragraph(paragraph)
    return builder.document


def _text(data: bytes) -> str:
    if (kind := magic_of(data)) not in (None, "html") or data.startswith((OLE2, b"PK\x03\x04")):
        raise FileProblem("F105", found=kind or "zip")
    try:
        return decode(data).text
    except NotText as error:
        raise FileProblem("F105", found="binary") from error
    except UnknownEncoding as error:
        raise FileProblem("F108") from error


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield paragraphs of wrapped lines; a blank line, a list item or a full stop ends a paragraph."""
    held: list[str] = []
    length = 0
    for line in map(str.strip, lines):
        goes_on = length >= _WRAPPED and held[-1][-1] not in ".:;!?" and not _NEW_LINE.match(line)
        if not (line and goes_on):
            yield " ".join(held)
            held, length = [], 0
        if line:
            held.append(line)
            length += len(line) + 1
    yield " ".join(held)


def _markdown(text: str, builder: DocumentBuilder) -> None:
    paragraph: list[str] = []
    table: list[list[str]] = []
    fenced = False
    for line in [*_without_comments(text).splitlines(), ""]:
        if _FENCE.match(line):
            fenced = not fenced
            continue
        bare = line.strip()
        is_row = not fenced and bare.startswith("|")
        if table and not is_row:
            builder.table(table)
            table = []
        ends = is_row or not bare or _BULLET.match(line) or _NEW_LINE.match(line)
        if paragraph and ends:
            builder.paragraph(_plain(" ".join(paragraph), builder))
            paragraph = []
        if is_row and not (_RULE.issuperset(bare) and "-" in bare):
            cells = _PIPE.split(bare.removeprefix("|").removesuffix("|"))
            table.append([_plain(cell.strip(), builder) for cell in cells])
        elif not is_row and bare:
            paragraph.append(_BULLET.sub("", line, count=1).strip())


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join((*kept, text[at:]))


def _plain(text: str, builder: DocumentBuilder) -> str:
    """Return the text of Markdown: without marks, addresses, and struck out or raised text."""
    for kind, pattern in (("struck", _STRUCK), ("struck", _DELETED), ("raised", _RAISED)):
        builder.unread[kind] += sum(any(map(str.isdigit, found[0])) for found in pattern.finditer(text))
        text = pattern.sub("", text)
    builder.unread["picture"] += sum(bool(found["picture"]) for found in _LINK.finditer(text))
    text = _MARKS.sub("", _LINK.sub(r"\2", text))
    return html.unescape(_ESCAPE.sub(r"\1", text))

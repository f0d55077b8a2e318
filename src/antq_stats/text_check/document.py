"""A report's text as it stands: paragraphs and tables in order, from docx, Markdown or plain text.

A docx is a zip from a stranger: it is opened with the limits, and parsed with the refusals, that returns
meet. Text that was deleted under tracked changes, and what only an older Word would show, is left out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

from antq_stats.delimited import NotText, UnknownEncoding, decode
from antq_stats.plan import Limits
from antq_stats.reading.container import MIB, OLE2, FileProblem, Package, magic_of
from antq_stats.reading.settle import local, parse

Kind = Literal["docx", "md", "txt"]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""The kinds of report that can be read, by suffix."""

_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_PASSED_OVER = frozenset({"Fallback", "del", "moveFrom"})
_SPACES = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " "}
_WIDEST = 200  # columns; a cell cannot span more

_FENCE = re.compile(r"^\s*(```|~~~)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKS = re.compile(r"(?<!\\)(\*\*|__|`|~~)|(?<![\\\w*])\*(?=\S)|(?<=\S)(?<!\\)\*(?![\w*])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BULLET = re.compile(r"^\s*(?:[-*+•–]\s+|>\s*|#{1,6}\s+)")
_NEW_LINE = re.compile(r"^\s*(?:[-*+•–>#|]|\(?\w{1,3}[.)]\s)")
_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_PIPE = re.compile(r"(?<!\\)\|")
_WRAPPED = 40  # a line at least so long may go on in the next


class Paragraph(NamedTuple):
    """A paragraph of prose, or a heading."""

    text: str


class TableText(NamedTuple):
    """A table: the text of its cells, all rows equally long."""

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | TableText


def blocks_of(data: bytes, kind: Kind, limits: Limits) -> list[Block]:
    """Return paragraphs and tables of a report in order, composed (NFC), empty ones left out.

    Raises
    ------
    FileProblem
        F101 to F108: damaged, locked, too large, of another kind than its name says, of no known encoding.
    """
    if len(data) > limits.file_mib * MIB:
        raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    if not data.strip():
        raise FileProblem("F104")
    found = _docx(data, limits) if kind == "docx" else _text(data, markdown=kind == "md")
    return list(filter(_has_text, map(_composed, found)))


def _composed(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(unicodedata.normalize("NFC", block.text).strip())
    width = max(map(len, block.rows), default=0)
    return TableText(
        tuple(
            tuple(unicodedata.normalize("NFC", cell).strip() for cell in (*row, *[""] * (width - len(row))))
            for row in block.rows
        )
    )


def _has_text(block: Block) -> bool:
    return bool(block.text) if isinstance(block, Paragraph) else any(map(any, block.rows))


# -- docx ----------------------------------------------------------------------------------------


def _docx(data: bytes, limits: Limits) -> list[Block]:
    if data.startswith(OLE2):
        raise FileProblem("F105", found="word")
    if not data.startswith(b"PK"):
        raise FileProblem("F105", found=magic_of(data) or "binary")
    package = Package(data, limits)
    if package.locked:
        raise FileProblem("F103")
    if "word/document.xml" not in package:
        raise FileProblem("F105", found=package.kind)
    story = _Story()
    for part in ("word/document.xml", *_NOTES):
        if part in package:
            parse(package.read(part), part, story.start, story.end, story.data)
    return story.blocks


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.cell: list[str] = []
        self.span = 1


class _Story:
    """Gathers paragraphs and tables from WordprocessingML as it is parsed (ECMA-376, part 1, 17)."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._tables: list[_Table] = []
        self._texts: list[list[str]] = []
        self._taking = False
        self._skipping = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if self._skipping or tag in _PASSED_OVER:
            self._skipping += 1
            return
        if tag == "p":
            self._texts.append([])
        elif tag == "t":
            self._taking = True
        elif tag in _SPACES and self._texts:
            self._texts[-1].append(_SPACES[tag])
        elif tag == "tbl":
            self._tables.append(_Table())
        elif self._tables and tag == "tr":
            self._tables[-1].rows.append([])
        elif self._tables and tag == "tc":
            self._tables[-1].cell, self._tables[-1].span = [], 1
        elif self._tables and tag == "gridSpan":
            value = next((text for key, text in attributes.items() if local(key) == "val"), "1")
            self._tables[-1].span = min(int(value), _WIDEST) if value.isdecimal() else 1

    def end(self, name: str) -> None:
        tag = local(name)
        if self._skipping:
            self._skipping -= 1
        elif tag == "t":
            self._taking = False
        elif tag == "p" and self._texts:
            self._paragraph("".join(self._texts.pop()))
        elif tag == "tc" and self._tables and self._tables[-1].rows:
            table = self._tables[-1]
            text = "\n".join(table.cell)
            again = "" if any(map(str.isdigit, text)) else text  # a figure never stands twice
            table.rows[-1] += [text, *[again] * (table.span - 1)]
        elif tag == "tbl" and self._tables:
            self.blocks.append(TableText(tuple(map(tuple, self._tables.pop().rows))))

    def data(self, text: str) -> None:
        if self._taking and self._texts and not self._skipping:
            self._texts[-1].append(text)

    def _paragraph(self, text: str) -> None:
        if self._tables:
            self._tables[-1].cell.append(text)
        else:
            self.blocks.append(Paragraph(text))


# -- Markdown and plain text ---------------------------------------------------------------------


def _text(data: bytes, *, markdown: bool) -> Iterator[Block]:
    if (kind := magic_of(data)) not in (None, "html") or data.startswith((OLE2, b"PK\x03\x04")):
        raise FileProblem("F105", found=kind or "zip")
    try:
        text = decode(data).text
    except NotText as error:
        raise FileProblem("F105", found="binary") from error
    except UnknownEncoding as error:
        raise FileProblem("F108") from error
    return _markdown(text) if markdown else map(Paragraph, _joined(text.splitlines()))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Join lines that were only wrapped; a blank line, a list item or a full stop ends a paragraph."""
    held = ""
    for line in lines:
        goes_on = len(held) >= _WRAPPED and held[-1] not in ".:;!?" and not _NEW_LINE.match(line)
        if held and line.strip() and goes_on:
            held = f"{held} {line.strip()}"
            continue
        yield held
        held = line.strip()
    yield held


def _markdown(text: str) -> Iterator[Block]:
    paragraph: list[str] = []
    table: list[tuple[str, ...]] = []
    fenced = False
    for line in [*_COMMENT.sub("", text).splitlines(), ""]:
        if _FENCE.match(line):
            fenced = not fenced
            continue
        is_row = not fenced and line.strip().startswith("|")
        if table and not is_row:
            yield TableText(tuple(table))
            table = []
        ends = is_row or not line.strip() or _BULLET.match(line) or _NEW_LINE.match(line)
        if paragraph and ends:
            yield Paragraph(_plain(" ".join(paragraph)))
            paragraph = []
        if is_row and not _RULE.match(line):
            cells = _PIPE.split(line.strip().removeprefix("|").removesuffix("|"))
            table.append(tuple(_plain(cell.strip()) for cell in cells))
        elif not is_row and line.strip():
            paragraph.append(_BULLET.sub("", line).strip())


def _plain(text: str) -> str:
    """Return Markdown as it is read: no marks, no addresses, signs for their escapes."""
    text = _MARKS.sub("", _LINK.sub(r"\1", text))
    return html.unescape(_ESCAPE.sub(r"\1", text))

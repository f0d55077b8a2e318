"""Blocks of a report's text: paragraphs and tables, and the builder that keeps them within bounds."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from antq_stats.text_check.documents.bounds import CELLS, CHARACTERS, TooMuch

_NOTE_SIGNS = re.compile("[⁰¹²³⁴-⁹₀-₉]+")


class Paragraph(NamedTuple):
    """A paragraph of prose, or a heading."""

    text: str


class TableText(NamedTuple):
    """A table: the text of its cells, all rows equally long."""

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | TableText


class Document(NamedTuple):
    """The text of a report, and counts of what was not read."""

    blocks: list[Block]
    unread: dict[str, int]
    """Numbers of comments, pictures, charts, other objects, and of struck out, hidden and raised texts."""


class DocumentBuilder:
    """Collects paragraphs and tables in order: composed (NFC), without empty ones.

    Raises
    ------
    TooMuch
        From any method, if the text is longer than a report can be.
    """

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._characters = 0
        self._cells = 0
        self.unread: Counter[str] = Counter()

    def count_characters(self, text: str) -> None:
        """Count the characters of a piece of text, before it is joined with others."""
        self._characters += len(text)
        if self._characters > CHARACTERS:
            raise TooMuch("signs", CHARACTERS)

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        if text := _composed(text):
            self._blocks.append(Paragraph(text))

    def table(self, rows: list[list[str]]) -> None:
        """Add a table; short rows are filled with empty cells."""
        width = max(map(len, rows), default=0)
        self._cells += width * len(rows)
        if self._cells > CELLS:
            raise TooMuch("cells", CELLS)
        filled = tuple(tuple(map(_composed, (*row, *[""] * (width - len(row))))) for row in rows)
        if any(map(any, filled)):
            self._blocks.append(TableText(filled))

    @property
    def document(self) -> Document:
        """The document so far."""
        return Document(self._blocks, {kind: count for kind, count in self.unread.items() if count})


def _composed(text: str) -> str:
    return _NOTE_SIGNS.sub("", unicodedata.normalize("NFC", text)).strip()

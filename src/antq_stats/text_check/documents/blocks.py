"""What a report's text is made of: paragraphs and tables, kept within the bounds as they are gathered."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from antq_stats.text_check.documents.bounds import CELLS, SIGNS, TooMuch

_NOTE_SIGNS = re.compile("[⁰¹²³⁴-⁹₀-₉]+")


class Paragraph(NamedTuple):
    """A paragraph of prose, or a heading."""

    text: str


class TableText(NamedTuple):
    """A table: the text of its cells, all rows equally long."""

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | TableText


class Document(NamedTuple):
    """A report's text, and what of it was not read."""

    blocks: list[Block]
    unread: dict[str, int]
    """How many comments, pictures, charts, other objects, and pieces struck out, hidden or raised."""


class Gathering:
    """Paragraphs and tables as they are met, composed (NFC), empty ones left out.

    Raises
    ------
    TooMuch
        From any method, where the text is longer than a report can be.
    """

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._signs = 0
        self._cells = 0
        self.unread: Counter[str] = Counter()

    def weigh(self, text: str) -> None:
        """Count the signs of a piece of text, before it is put together with others."""
        self._signs += len(text)
        if self._signs > SIGNS:
            raise TooMuch("signs", SIGNS)

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        if text := _composed(text):
            self._blocks.append(Paragraph(text))

    def table(self, rows: list[list[str]]) -> None:
        """Add a table; short rows are filled up."""
        width = max(map(len, rows), default=0)
        self._cells += width * len(rows)
        if self._cells > CELLS:
            raise TooMuch("cells", CELLS)
        filled = tuple(tuple(map(_composed, (*row, *[""] * (width - len(row))))) for row in rows)
        if any(map(any, filled)):
            self._blocks.append(TableText(filled))

    @property
    def document(self) -> Document:
        """All that was gathered."""
        return Document(self._blocks, {kind: count for kind, count in self.unread.items() if count})


def _composed(text: str) -> str:
    return _NOTE_SIGNS.sub("", unicodedata.normalize("NFC", text)).strip()

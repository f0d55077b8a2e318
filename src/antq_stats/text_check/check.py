"""A report gone through, paragraph by paragraph and table by table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from antq_stats.figures.publication import Publication
from antq_stats.text_check.documents.blocks import Block, Paragraph
from antq_stats.text_check.documents.bounds import Budget
from antq_stats.text_check.numbers.numbers import language_of
from antq_stats.text_check.reader import Checked, Reader, Skipped
from antq_stats.text_check.tables import check_table


class TextCheck(NamedTuple):
    """All numbers of a report in order, and all digits that are none."""

    checked: tuple[Checked, ...]
    skipped: tuple[Skipped, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every number is right."""
        return all(one.judged.verdict == "right" for one in self.checked)


def check(blocks: Iterable[Block], publication: Publication, seconds: float | None = None) -> TextCheck:
    """Look every number of a report up.

    Parameters
    ----------
    blocks : paragraphs and tables of the report.
    publication : the figures, with last year's beside them where they were given.
    seconds : time it may take; None for as long as it needs.

    Raises
    ------
    TooMuch
        It takes longer, or there is too much to tell.
    """
    blocks = list(blocks)
    lang = language_of("\n".join(block.text for block in blocks if isinstance(block, Paragraph)))
    reader = Reader(publication, lang, Budget(seconds))
    for block in blocks:
        if isinstance(block, Paragraph):
            reader.paragraph(block.text)
        else:
            check_table(reader, block.rows)
    return TextCheck(tuple(reader.checked), tuple(reader.skipped))

"""What every sheet's writer needs to know of the workbook it writes into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antq_stats.figures.publication import Publication
from antq_stats.render.book.formulas import Formulas
from antq_stats.render.book.values import Shown
from antq_stats.render.letterhead import Letterhead
from antq_stats.render.writing.workbook import Formats
from antq_stats.words.language import Wording

if TYPE_CHECKING:
    from xlsxwriter import Workbook


@dataclass(frozen=True, eq=False)
class Book:
    """A workbook being written."""

    workbook: Workbook
    publication: Publication
    head: Letterhead
    wording: Wording
    formats: Formats
    formulas: Formulas
    columns: Sequence[Shown]
    """All measures and ratios shown, by section."""

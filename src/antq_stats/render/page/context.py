"""Context of the parts of the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.findings.decided import marked_name, published_legend
from antq_stats.render.words import section_label
from antq_stats.render.writing.table import Cell, cell_text, marks_of
from antq_stats.words.language import Wording


@dataclass(frozen=True, eq=False)
class PageContext:
    """The publication and the wording that all parts of a page are made from.

    Parameters
    ----------
    publication : the figures, and what may be published of them.
    wording : the language of the page.
    """

    publication: Publication
    wording: Wording

    @cached_property
    def sections(self) -> tuple[tuple[str, tuple[Measure | Ratio, ...]], ...]:
        """The label of each section that the report shows, with its measures and ratios."""
        return tuple(
            (section_label(section, self.wording), tuple(section.columns))
            for section in self.publication.sections
        )

    def marked(self, cell: Cell) -> str:
        """Return the text of a cell, with its marks."""
        return cell_text(cell, self.wording) + marks_of(cell)

    def name(self, unit: int) -> str:
        """Return the name of a unit, with the mark of decisions if one concerns it."""
        return marked_name(self.publication.register, unit, self.publication.concerned)

    @cached_property
    def decided(self) -> str:
        """What the mark of decisions means; empty where nothing was decided."""
        return published_legend(self.publication, self.wording)

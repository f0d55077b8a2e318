"""What came and gave nothing: a picture, a letter, a workbook that cannot be read, a blank return."""

from __future__ import annotations

from typing import NamedTuple

from antq_stats.catalogue import severity
from antq_stats.reading.returns import Return

_SENT_INSTEAD = frozenset(
    ("archive", "document", "html", "image", "message", "pdf", "presentation", "rtf", "word", "zip")
)
"""Kinds of files, by `Finding.facts`, that figures are sent in by those who have no spreadsheet at hand."""


WITHOUT_FIGURES = frozenset(("F209", "T106"))
"""Blank returns, and headers without rows."""


class Unread(NamedTuple):
    """A file that came and gave nothing."""

    file: str
    about: str | None
    """Code of the unit it is of; None where nobody knows."""
    is_blank: bool
    """It is a return that was not filled in, and nothing else is wrong with it."""
    may_hold_figures: bool
    """It is a spreadsheet, or something that figures are sent in: a PDF, a picture, a letter, an archive."""


def unread(given: Return) -> Unread:
    """Return what is known of a file that gave nothing, from what was found in it."""
    about = next(
        (finding.about or finding.unit for finding in given.findings if finding.about or finding.unit), None
    )
    codes = {finding.code for finding in given.findings if severity(finding) != "note"}
    strange = [finding.facts.get("found") for finding in given.findings if finding.code == "F204"]
    return Unread(
        given.file,
        about,
        is_blank=bool(codes) and codes <= WITHOUT_FIGURES,
        may_hold_figures=all(kind in _SENT_INSTEAD for kind in strange),
    )

"""What came and gave nothing: a picture, a letter, a workbook that cannot be read, a blank return."""

from __future__ import annotations

from typing import NamedTuple

from antq_stats.findings.catalogue import severity
from antq_stats.reading.returns import Return

_NO_FIGURES = frozenset(("json", "text", "toml", "ics", "vcf", "log", "ini", "css", "js"))
"""Kinds of files, by `Finding.facts`, that nobody sends figures in; anything else may be a return."""
_OF_THE_SYSTEM = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini"))
"""Files that Windows leaves in folders."""


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
    """It is a spreadsheet, or something that figures may be sent in: a PDF, a picture, an archive."""


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
        may_hold_figures=_NO_FIGURES.isdisjoint(strange)
        and given.file.rpartition("/")[2].lower() not in _OF_THE_SYSTEM,
    )

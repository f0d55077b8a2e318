"""Files that gave no figures: a picture, a letter, a workbook that cannot be read, a blank return."""

from __future__ import annotations

from typing import NamedTuple

from antq_stats.findings.catalogue import severity
from antq_stats.reading.returns import Return

_NO_FIGURES = frozenset(("json", "text", "toml", "ics", "vcf", "log", "ini", "css", "js"))
"""Kinds of files (fact ``found`` of F204) in which nobody sends figures; any other may be a return."""
_OF_THE_SYSTEM = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini"))
"""Files that Windows creates in folders."""

WITHOUT_FIGURES = frozenset(("F209", "T106"))
"""Codes of findings on blank returns, and on headers without rows."""


class Unread(NamedTuple):
    """A file that gave no figures."""

    file: str
    about: str | None
    """Code of the unit that it is from; None if unknown."""
    is_blank: bool
    """Whether it is a return that was not filled in, with no other hard or soft finding."""
    may_hold_figures: bool
    """Whether it is a kind of file in which figures are sent: a spreadsheet, a PDF, a picture, an archive."""


def unread(return_: Return) -> Unread:
    """Return what the findings on a file without figures say about it."""
    about = next(
        (finding.about or finding.unit for finding in return_.findings if finding.about or finding.unit), None
    )
    codes = {finding.code for finding in return_.findings if severity(finding) != "note"}
    strange = [finding.facts.get("found") for finding in return_.findings if finding.code == "F204"]
    return Unread(
        return_.file,
        about,
        is_blank=bool(codes) and codes <= WITHOUT_FIGURES,
        may_hold_figures=_NO_FIGURES.isdisjoint(strange)
        and return_.file.rpartition("/")[2].lower() not in _OF_THE_SYSTEM,
    )

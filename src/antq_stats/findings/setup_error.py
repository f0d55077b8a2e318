"""The error raised when a run cannot start: the form, the register or the folder cannot be used."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator

from antq_stats.findings.finding import Finding
from antq_stats.words.language import Language, choose, phrase

_LISTED = 20
"""Faults of one kind that are listed of one file."""


class SetupError(Exception):
    """The form, the register or the folder cannot be used (exit status 2 of the command line).

    Its text gives each fault with its place and how to correct it, in the language that ``ANTQ_STATS_LANG``
    names, else in Vietnamese.

    Parameters
    ----------
    findings : all faults, of family S.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        try:
            lang = choose(None, os.environ)
        except ValueError:  # the variable names an unknown language
            lang = choose(None, {})
        return "\n".join(self.lines(lang))

    def lines(self, lang: Language) -> Iterator[str]:
        """Yield three lines for each fault: its code and place, its message, and how to correct it."""
        from antq_stats.findings import catalogue  # help and misuse need no catalogue

        for finding in self.findings:
            place = finding.cell or (finding.row and str(finding.row))
            where = " · ".join(part for part in (finding.file, place) if part)
            label = f"{finding.code} {catalogue.severity_label(catalogue.severity(finding), lang)}"
            yield f"{label}  {where}" if where else label
            yield "    " + catalogue.message(finding, lang)
            yield "    " + phrase("findings.mend", lang, hint=catalogue.hint(finding, lang))


def folded(faults: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first faults of each kind, and how many more of that kind there are.

    Parameters
    ----------
    faults : the faults of one file; those of a kind have one code and one ``problem``.

    Yields
    ------
    Finding
        The faults in their order, and after them an F120 for each kind that has more.
    """
    counts: Counter[tuple[str, str]] = Counter()
    file = None
    for fault in faults:
        kind, file = (fault.code, fault.facts.get("problem", "")), fault.file
        counts[kind] += 1
        if counts[kind] <= _LISTED:
            yield fault
    for (code, problem), count in counts.items():
        if count > _LISTED:
            facts = {"found": code, "count": str(count - _LISTED), "problem": problem}
            yield Finding(code="F120", file=file, facts=facts)

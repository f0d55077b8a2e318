"""The notice to a sender on one file: the findings in words, their places, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding, Severity
from antq_stats.render.annotated.cells import Position, reference_of
from antq_stats.render.words import FindingWording
from antq_stats.words.language import Wording, phrase_keys
from antq_stats.words.text import capital, column_letter, one_line

_LONGEST = 900  # characters of the message and of the hint in a note


@dataclass(slots=True)
class Entry:
    """A finding with its words for the sender.

    Parameters
    ----------
    finding : the finding.
    severity : its severity.
    message, hint : its words.
    unit : name of its unit; may be empty.
    wording : the language.
    marked : the cell that is marked for it in a copy; None if there is none.
    noted : whether that cell has a note on it.
    """

    finding: Finding
    severity: Severity
    message: str
    hint: str
    unit: str
    wording: Wording
    marked: Position | None = None
    noted: bool = False

    def place(self) -> str:
        """Return its place on the sheet: the cell, row or column."""
        finding = self.finding
        if self.marked is not None:
            return reference_of(self.marked)
        if finding.cell is not None:
            return finding.cell
        if finding.row is not None:
            return self.wording.phrase("annotated.row", row=str(finding.row))
        if finding.column is not None:
            return self.wording.phrase("annotated.column", column=column_letter(finding.column))
        return ""

    def words(self) -> list[tuple[str, bool]]:
        """Return the runs of its note at a cell, each with whether it is bold."""
        head = f"{catalogue.severity_label(self.severity, self.wording.lang).upper()} ({self.finding.code})\n"
        message = one_line(self.message, _LONGEST)
        hint = self.wording.phrase("findings.mend", hint=one_line(self.hint, _LONGEST))
        return [(head, True), (f"{message}\n", False), (hint, False)]


@dataclass(slots=True)
class Notice:
    """The notice to a sender on one file.

    Parameters
    ----------
    file : path of the file.
    period : name of the period.
    sender : name of the sender; empty if it is not known.
    wording : the language.
    entries : the findings, hard ones first, by sheet and row.
    reason : why there is no copy, as the end of a key ``annotated.why-…``; None if there is one.
    resent : what was changed since the version before; empty if there was none.
    """

    file: str
    period: str
    sender: str
    wording: Wording
    entries: list[Entry] = field(default_factory=list)
    reason: str | None = None
    resent: str = ""


def entries_of(findings: Sequence[Finding], words: FindingWording) -> list[Entry]:
    """Return the entries for the hard and soft findings of a file, hard ones first.

    A phrase ``annotated.mend-<code>`` replaces a hint of the catalogue that is meant for the office.

    Parameters
    ----------
    findings : the findings.
    words : the words for findings.
    """
    wording, keys = words.wording, set(phrase_keys("annotated"))
    entries = []
    for finding in chain.from_iterable(finding.each() for finding in findings):
        severity = catalogue.severity(finding)
        if severity == "note":
            continue
        key = f"annotated.mend-{finding.code}"
        hint = wording.phrase(key) if key in keys else words.hint(finding)
        unit = capital(words.names("unit", finding.unit) or finding.unit) if finding.unit else ""
        entries.append(Entry(finding, severity, words.message(finding), hint, unit, wording))
    entries.sort(key=lambda entry: entry.severity != "hard")
    return entries

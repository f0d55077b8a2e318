"""What a sender is told of one file: the findings in words, where each stands, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding, Severity
from antq_stats.render.annotated.cells import Position, reference_of
from antq_stats.render.words import FindingWording
from antq_stats.words.language import Wording, phrase_keys
from antq_stats.words.text import column_letter, one_line

_LONGEST = 900  # characters of what one note says of one finding


@dataclass(slots=True)
class Entry:
    """A finding as it is told.

    ``marked`` is the cell that bears its colour and its note, once there is one.
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
        """Return where it stands on its sheet: the cell, row or column."""
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
        """Return the runs of its cell note, and which of them are bold."""
        head = f"{catalogue.severity_label(self.severity, self.wording.lang).upper()} ({self.finding.code})\n"
        said = one_line(self.message, _LONGEST)
        mend = self.wording.phrase("findings.mend", hint=one_line(self.hint, _LONGEST))
        return [(head, True), (f"{said}\n", False), (mend, False)]


@dataclass(slots=True)
class Notice:
    """All that one sender is told of one file.

    Parameters
    ----------
    sender : the unit the file is of, in words; empty where that is not known.
    entries : the hard findings first, each kind in the order of sheets and rows.
    reason : why there is no copy, as the end of a key of ``annotated.why-…``; None where there is one.
    """

    file: str
    period: str
    sender: str
    wording: Wording
    entries: list[Entry] = field(default_factory=list)
    reason: str | None = None


def entries_of(findings: Sequence[Finding], words: FindingWording) -> list[Entry]:
    """Return the hard and soft findings of a file in words for its sender, the hard first.

    A hint that the catalogue gives to the office that collects has a wording for the sender here, a
    phrase ``annotated.mend-<code>``.
    """
    wording, own = words.wording, set(phrase_keys("annotated"))
    entries = []
    for finding in chain.from_iterable(finding.each() for finding in findings):
        severity = catalogue.severity(finding)
        if severity == "note":
            continue
        key = f"annotated.mend-{finding.code}"
        hint = wording.phrase(key) if key in own else words.hint(finding)
        unit = (words.names("unit", finding.unit) or finding.unit) if finding.unit else ""
        entries.append(Entry(finding, severity, words.message(finding), hint, unit, wording))
    entries.sort(key=lambda entry: entry.severity != "hard")
    return entries

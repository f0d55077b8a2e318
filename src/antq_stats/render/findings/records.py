"""Findings as records, for JSON and CSV."""

from __future__ import annotations

from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import Names
from antq_stats.findings.finding import Finding
from antq_stats.output_marks import FINDING_COLUMNS
from antq_stats.render.words import FindingWording
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import column_letter


def record(finding: Finding, lang: Language, names: Names) -> dict[str, object]:
    """Return the record of a finding for ``validate --format json``; a key that does not apply is None.

    Parameters
    ----------
    finding : the finding.
    lang : the language of message and hint.
    names : the names of codes.
    """
    words = FindingWording(Wording(lang), names)
    return {
        "code": finding.code,
        "name": catalogue.entry(finding.code).name,
        "severity": catalogue.severity(finding),
        "rule": finding.rule,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "row": finding.row,
        "column": None if finding.column is None else column_letter(finding.column),
        "unit": finding.unit,
        "measure": finding.measure,
        "value": finding.value,
        "message": words.message(finding),
        "hint": words.hint(finding),
        "also": [
            {"cell": other.cell, "column": column_letter(other.column or 0), "measure": other.measure}
            for other in [*finding.each()][1:]
        ]
        or None,
    }


RECORD_KEYS = (
    *FINDING_COLUMNS, "row", "column", "unit", "measure", "value", "message", "hint",
)  # fmt: skip

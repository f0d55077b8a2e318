"""Findings as records, for JSON and CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antq_stats.collection.collection import Collection
from antq_stats.collection.decided import Applied
from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import Names
from antq_stats.findings.finding import Finding
from antq_stats.output_marks import FINDING_COLUMNS, JSON_KEY
from antq_stats.render.findings import decided
from antq_stats.render.words import FindingWording
from antq_stats.version import __version__
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


def validation(
    collection: Collection,
    tally: Mapping[str, int],
    records: Sequence[Mapping[str, object]],
    applied: Sequence[Applied] = (),
) -> dict[str, object]:
    """Return the JSON of ``validate``.

    Parameters
    ----------
    collection : what was read.
    tally : number of findings of each severity.
    records : the findings, as `record` returns them.
    applied : the decisions in force; the key ``decided`` is there if there are any.
    """
    form, expected = collection.form, [table for table in collection.tables if table.is_expected]
    return {
        JSON_KEY: __version__,
        "period": collection.period,
        "form": {"id": form.id, "version": form.version},
        "summary": {
            "files": sum(not return_.passed_over for return_ in collection.files),
            "returns": len(collection.used),
            "units_expected": sum(len(table.units) for table in expected),
            "units_read": sum(int(table.read.sum()) for table in expected),
            "values": sum(int(table.given.sum()) for table in collection.tables),
            "hard": tally["hard"],
            "soft": tally["soft"],
            "notes": tally["note"],
            "passed_over": collection.passed_over,
        },
        **({"decided": decided.records(applied)} if applied else {}),
        "findings": records,
    }


RECORD_KEYS = (
    *FINDING_COLUMNS, "row", "column", "unit", "measure", "value", "message", "hint",
)  # fmt: skip

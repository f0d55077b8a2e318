"""The fields of a decision: from a finding, or from a unit and a measure."""

from __future__ import annotations

from antq_stats.collection.collection import Collection
from antq_stats.decisions.decision import UNTIL_END
from antq_stats.edits.accepted import fingerprint
from antq_stats.edits.decidable import said, unmistakable
from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING, MeasurePlan, ReadingPlan
from antq_stats.reading.coerce import read
from antq_stats.ruled_reading import SHEET_MARK

Fields = dict[str, str]
"""Texts by the names of `decision.COLUMNS`."""


def measure_plan(plan: ReadingPlan, code: str) -> MeasurePlan | None:
    """Return how the values of a measure are read; None if there is no such measure."""
    return next((each for table in plan.tables for each in table.measures if each.code == code), None)


def value_fields(cell: str | float, plan: MeasurePlan) -> Fields | None:
    """Return the field of a right value, in digits; None if the cell has none of the measure's values."""
    value = read(cell, plan).value
    return None if value == MISSING else {"value": unmistakable(plan.text(value))}


def correction_fields(sent: Collection, unit: str, measure: str) -> Fields:
    """Return what is corrected, and what the returns say now.

    Parameters
    ----------
    sent : what the returns say, with no value corrected.
    unit, measure : codes that are known.
    """
    return {"unit": unit, "measure": measure, "was": said(sent, unit, measure)}


def acceptance_fields(collection: Collection, finding: Finding, *, until_end: bool = False) -> Fields:
    """Return which finding is accepted, and the figures on which that depends.

    Parameters
    ----------
    collection : the values.
    finding : the finding.
    until_end : whether it is accepted whatever the figures are later.
    """
    unit = finding.unit or finding.about or ""
    return {
        "unit": unit,
        "measure": "" if finding.rule else finding.measure or "",
        "code": finding.rule or finding.code,
        "file": "" if unit else finding.file or "",
        "was": UNTIL_END if until_end else fingerprint(collection, finding),
    }


def file_fields(file: str, sheet: str | None = None) -> Fields:
    """Return which file is set aside, or which of its sheets."""
    return {"file": f"{file}{SHEET_MARK}{sheet}" if sheet else file}

"""What may be decided on a finding, and what a decision on it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection
from antq_stats.collection.unread import WITHOUT_FIGURES
from antq_stats.decisions.decision import Kind
from antq_stats.edits.accepted import fingerprint
from antq_stats.edits.unknown_headers import header_of, measures_for
from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING
from antq_stats.words.text import column_letter

MISFITS = frozenset(("C402", "U402", "F302", "R301"))
"""Codes of findings on a decision that no longer fits."""
OF_DECISIONS = MISFITS | {"C401", "C403", "U401", "F301"}
"""Codes of findings on decisions; their fact ``count`` is the number of the decision."""
_OF_UNKNOWN_UNITS = frozenset(("U101", "U102", "U103"))
"""Codes of findings on rows whose unit is not known: to say whose the file is may settle them."""
_SILENT = frozenset(("U301", "U302")) | WITHOUT_FIGURES


class Choice(NamedTuple):
    """A decision that may be taken on a finding."""

    kind: Kind
    measure: str = ""
    """Code of the measure that is corrected, or that a header means."""
    cell: str = ""
    """Address of the cell that is corrected, where the finding is on several; empty if there is none."""
    of_sheet: bool = False
    """Whether a sheet is set aside, or given to a unit, not the file."""


def choices(collection: Collection, finding: Finding) -> tuple[Choice, ...]:
    """Return the decisions that may be taken on a finding, in the order in which they are offered.

    A hard finding is never accepted. Nothing is decided on a note, unless it is on an earlier decision or on
    a header that may mean a measure.

    Parameters
    ----------
    collection : the values.
    finding : the finding.
    """
    found: list[Choice] = []
    if finding.code in MISFITS or severity(finding) != "note":
        found += _corrections(collection, finding)
    if finding.code in OF_DECISIONS:
        return (*found, Choice("undo"))
    found += (Choice("column", code) for code in measures_for(collection, finding))
    if severity(finding) == "note":
        return tuple(found)
    if severity(finding) == "soft" and (finding.unit or finding.about or finding.file):
        found.append(Choice("accept"))
    if finding.code in _SILENT and _is_silent(collection, finding):
        found.append(Choice("nil"))
    if finding.file and finding.code in _OF_UNKNOWN_UNITS:
        found.append(Choice("unit"))
        if finding.sheet:
            found.append(Choice("unit", of_sheet=True))
    if finding.file and (finding.code[0] == "F" or (finding.code[0] in "TD" and severity(finding) == "hard")):
        found.append(Choice("set-aside"))
        if finding.sheet:
            found.append(Choice("set-aside", of_sheet=True))
    return tuple(found)


def measures_of(collection: Collection, finding: Finding) -> tuple[str, ...]:
    """Return the codes of the measures that a finding is about: those of its rule, else its own."""
    rule = next((rule for rule in collection.form.rules if rule.code == finding.rule), None)
    return finding.measures if rule is None else rule.expression.names


def _corrections(collection: Collection, finding: Finding) -> Iterator[Choice]:
    unit = collection.register.units.by_code.get(finding.unit or "")
    if unit is None:
        return
    codes = [code for code in measures_of(collection, finding) if is_typed(collection, unit, code)]
    for code in codes:
        yield Choice("correct", code, _cell(collection, unit, code) if len(codes) > 1 else "")


def is_typed(collection: Collection, unit: int, measure: str) -> bool:
    """Return whether a unit's figure of a measure is one that somebody typed, not the sum of those below.

    Parameters
    ----------
    collection : the values.
    unit : position of the unit.
    measure : code of the measure.
    """
    if measure not in collection.place_of:
        return False
    table = collection.tables[collection.place_of[measure][0]]
    return table.row_of(unit) >= 0 or unit in collection.own.get(measure, {})


def _cell(collection: Collection, unit: int, measure: str) -> str:
    at, place = collection.place_of[measure]
    table = collection.tables[at]
    row = table.row_of(unit)
    source = table.sources.at(row, place) if row >= 0 else -1
    if source < 0:
        return ""
    origin = table.origins[source]
    return f"{column_letter(origin.columns[place])}{origin.row}" if origin.columns[place] >= 0 else ""


def _is_silent(collection: Collection, finding: Finding) -> bool:
    """Return whether the unit that a finding is on is known, and no figure came from it or from below it."""
    unit = collection.register.units.by_code.get(finding.unit or finding.about or "")
    if unit is None:
        return False
    below = collection.register.under(unit)
    asked = [(table, np.isin(table.units, below)) for table in collection.tables if table.is_expected]
    return any(rows.any() for _, rows in asked) and not any(
        (table.values[rows] != MISSING).any() for table, rows in asked
    )


def row_key(finding: Finding) -> str:
    """Return a short key of what a finding is on; it has no figures, so it is the same when they change."""
    parts = (
        finding.code, finding.rule, finding.unit, finding.about, finding.measure, finding.file, finding.sheet,
        header_of(finding),
    )  # fmt: skip
    return "k" + sha256("\n".join(part or "" for part in parts).encode()).hexdigest()[:12]


def as_it_stands(collection: Collection, finding: Finding) -> str:
    """Return the figures and the text that a finding is about, to tell whether they have changed.

    Of a finding on a decision it begins with the decision's number; see `decision_number`.
    """
    if header := header_of(finding):
        return header
    number = finding.facts.get("count", "")
    figures = f"#{number}" if finding.code in OF_DECISIONS else fingerprint(collection, finding)
    text = finding.value or ""
    return figures if text in ("", figures) else f"{figures} · {text}"


def decision_number(stands: str) -> str:
    """Return the number of the decision that a finding is on, by how it stands; empty if it is on none."""
    return stands[1:].partition(" ")[0] if stands.startswith("#") else ""


def said(collection: Collection, unit: str, measure: str) -> str:
    """Return what the returns say of a unit's measure: digits, or the text of a cell that is no value.

    Parameters
    ----------
    collection : the values, without any decision.
    unit : code of the unit.
    measure : code of the measure.
    """
    at, place = collection.place_of[measure]
    table, position = collection.tables[at], collection.register.units.by_code[unit]
    row = table.row_of(position)
    own = collection.own.get(measure, {})
    value = int(table.values[row, place]) if row >= 0 else own.get(position, MISSING)
    if value != MISSING:
        return unmistakable(table.measures[place].text(value))
    texts = (f.value for f in collection.findings if f.unit == unit and measure in f.measures and f.value)
    return next(texts, "")


def unmistakable(digits: str) -> str:
    """Return a value in digits with a decimal comma: a point could be taken for a thousands mark."""
    return digits.replace(".", ",")

"""Columns whose header the form does not know: the header, the measures that it may mean, and for whom."""

from __future__ import annotations

from antq_stats.collection.collection import Collection
from antq_stats.collection.table_values import OnSheet
from antq_stats.findings.finding import Finding
from antq_stats.words.text import column_letter

OF_HEADERS = frozenset(("T203", "T204", "T205"))
"""Codes of findings on a column that was not read because of its header, which is their fact ``found``."""


def header_of(finding: Finding) -> str:
    """Return the header that a finding is about.

    It is empty if there is none: the column has no header, or only a part of the header may be told, or the
    finding is on something else.
    """
    found = finding.facts.get("found", "") if finding.code in OF_HEADERS else ""
    is_letter = finding.column is not None and found == column_letter(finding.column)
    return "" if is_letter or found.endswith("…") else found


def measures_for(collection: Collection, finding: Finding) -> tuple[str, ...]:
    """Return the codes of the measures that an unknown header may mean, the likeliest first.

    They are those of the tables read on that sheet that have no column there; where no row of the sheet was
    read, none but a measure that is nearly called so. Of an ambiguous header they are those that it may mean.

    Parameters
    ----------
    collection : the values.
    finding : one on a header.
    """
    if not header_of(finding):
        return ()
    near = [finding.measure, *(finding.facts.get(name) for name in ("first", "second", "other"))]
    lacking = [
        measure.code
        for table in collection.tables
        if finding.code != "T205" and (rows := table.on_sheets.get(_sheet(finding)))
        for place, measure in enumerate(table.measures)
        if all(each.columns[place] < 0 for each in rows)
    ]
    return tuple(code for code in dict.fromkeys((*near, *lacking)) if code in collection.place_of)


def place_of_header(collection: Collection, finding: Finding) -> dict[str, str]:
    """Return for what a header would be decided, as fields of a decision.

    It is the one unit whose return the sheet is, as far as its rows tell, in all its files; else the file.

    Parameters
    ----------
    collection : the values.
    finding : one on a header.
    """
    register = collection.register
    parts = [part for table in collection.tables for part in table.on_sheets.get(_sheet(finding), ())]
    senders = {int(register.senders[unit]) for part in parts for unit in part.units}
    if len(senders) == 1 and (sender := senders.pop()) >= 0:
        return {"unit": register.units.codes[sender], "file": ""}
    return {"unit": "", "file": finding.file or ""}


def _sheet(finding: Finding) -> OnSheet:
    return finding.file or "", finding.sheet

"""Two sendings of one return: cells and rows that changed, findings that are cured, and new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.plan import ReadingPlan
from antq_stats.reading.returns import Return
from antq_stats.sendings.rows import UNLISTED, Row, rows_of
from antq_stats.words.text import column_letter


class Sending(NamedTuple):
    """A return as it was sent, with all findings on it."""

    return_: Return
    findings: Sequence[Finding]


class CellChange(NamedTuple):
    """A cell that says something else than before."""

    row: Row
    """The row of the new return."""
    place: int
    """Place of the measure in the table."""
    old: str | None
    """What it said: a value in digits, or a text that is none; None for a blank."""
    new: str | None
    asked: tuple[str, ...]
    """Codes of the findings of the old return that ask for a change here."""

    @property
    def cell(self) -> str | None:
        """Its address in the new return; None if that has no column for the measure."""
        column = self.row.columns[self.place]
        return f"{column_letter(column)}{self.row.row}" if column >= 0 else None


class RowChange(NamedTuple):
    """A row with figures that only one of the returns has."""

    row: Row
    is_new: bool
    """Whether the new return has it; else the old one."""
    asked: tuple[str, ...]
    """As in `CellChange`."""


@dataclass(frozen=True)
class Difference:
    """What changed from one sending to the next; what nobody asked for comes first.

    Parameters
    ----------
    old, new : paths of the files.
    cells, rows : the changes.
    cured, appeared : hard and soft findings of the old return only, and of the new one only. Nothing is cured
        by a file that gives no figures.
    """

    old: str
    new: str
    cells: tuple[CellChange, ...]
    rows: tuple[RowChange, ...]
    cured: tuple[Finding, ...]
    appeared: tuple[Finding, ...]

    @property
    def unasked(self) -> int:
        """Number of cells and rows whose change no finding of the old return asks for."""
        return sum(not each.asked for each in self.cells) + sum(not each.asked for each in self.rows)

    @property
    def added(self) -> int:
        """Number of rows that only the new return has."""
        return sum(change.is_new for change in self.rows)

    @property
    def removed(self) -> int:
        """Number of rows that only the old return has."""
        return len(self.rows) - self.added

    @property
    def is_unchanged(self) -> bool:
        """Whether the return came back with the same figures and findings."""
        return not (self.cells or self.rows or self.cured or self.appeared)


def difference(form: Form, plan: ReadingPlan, old: Sending, new: Sending) -> Difference:
    """Compare two sendings of one return.

    Parameters
    ----------
    form : the form.
    plan : the plan that both were read by.
    old, new : the sendings.
    """
    before, after = (rows_of(each.return_, plan) for each in (old, new))
    requests = _Requests(form, plan, [each for each in old.findings if severity(each) != "note"])
    cells = [
        change
        for key, row in after.items()
        if key in before
        for change in _cells(plan, before[key], row, requests)
    ]
    rows = [
        RowChange(row, is_new, requests.on(None if is_new else row, row.unit, None))
        for rows, others, is_new in ((after, before, True), (before, after, False))
        for key, row in rows.items()
        if key not in others and not row.is_blank
    ]
    return Difference(
        old.return_.file,
        new.return_.file,
        tuple(sorted(cells, key=lambda change: bool(change.asked))),
        tuple(sorted(rows, key=lambda change: bool(change.asked))),
        _without(old.findings, new.findings) if after or not before else (),
        _without(new.findings, old.findings),
    )


def _cells(plan: ReadingPlan, old: Row, new: Row, requests: _Requests) -> Iterator[CellChange]:
    measures = plan.tables[new.table].measures
    for place, (before, after) in enumerate(zip(old.says, new.says, strict=True)):
        if before != after:
            asked = requests.on(old, new.unit, measures[place].code)
            yield CellChange(new, place, before, after, asked)


class _Requests:
    """The findings of the old return, as requests to change something.

    Parameters
    ----------
    form : the form; a rule that is broken asks for a change of any measure that it names.
    plan : the plan that the return was read by.
    findings : its hard and soft findings.
    """

    def __init__(self, form: Form, plan: ReadingPlan, findings: Sequence[Finding]) -> None:
        self._of_rule = {rule.code: rule.expression.names for rule in form.rules}
        self._plan = plan
        self._findings = findings

    def on(self, row: Row | None, unit: int, measure: str | None) -> tuple[str, ...]:
        """Return the codes of the findings that ask for a change.

        Parameters
        ----------
        row : the row in the old return; None if it had none.
        unit : position of the row's unit, or `UNLISTED`.
        measure : code of the measure that changed; None for a whole row.
        """
        found = (each.code for each in self._findings if self._asks(each, row, unit, measure))
        return tuple(dict.fromkeys(found))

    def _asks(self, finding: Finding, row: Row | None, unit: int, measure: str | None) -> bool:
        measures = self._of_rule.get(finding.rule or "", finding.measures)
        if measure is not None and measures and measure not in measures:
            return False
        if finding.unit is not None:
            position = self._plan.units.by_code.get(finding.unit)
            if measure is None and finding.code[0] == "C":  # on a cell: no request for rows of other units
                return position == unit
            return unit != UNLISTED and position in self._plan.units.ancestors(unit)
        if finding.code[0] == "T":  # on a header, a column or the whole table
            return measure is None or bool(finding.measures) or row is None or self._lacks(row, measure)
        if finding.row is not None:
            return row is None or (finding.sheet, finding.row) == (row.sheet, row.row)
        return severity(finding) == "hard"

    def _lacks(self, row: Row, measure: str) -> bool:
        """Return whether the old return has no column for a measure."""
        codes = [each.code for each in self._plan.tables[row.table].measures]
        return row.columns[codes.index(measure)] < 0


def _without(findings: Sequence[Finding], others: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the hard and soft findings that another return does not have as well."""
    known = Counter(map(_identity, others))
    left = []
    for finding in findings:
        if severity(finding) == "note":
            continue
        if known[_identity(finding)]:
            known[_identity(finding)] -= 1
        else:
            left.append(finding)
    return tuple(left)


def _identity(finding: Finding) -> tuple[object, ...]:
    """Return what makes a finding the same in two returns, whose rows may have moved."""
    told = (finding.value, finding.facts.get("found")) if finding.unit is None else ()
    return finding.code, finding.rule, finding.unit, finding.measures, told

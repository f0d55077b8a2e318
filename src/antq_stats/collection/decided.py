"""Decisions on returns: files that do not count, values that were corrected, units with nothing to report.

A decision holds only while the returns still say what they said when it was taken. One that no longer fits
changes nothing, and is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from antq_stats.collection.origins import Integers
from antq_stats.decisions.decision import Decision, Decisions
from antq_stats.decisions.reading import outcomes
from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING, MeasurePlan, ReadingPlan
from antq_stats.reading.coerce import BLANK, read
from antq_stats.reading.returns import Return
from antq_stats.register.register import UnitRegister
from antq_stats.ruled_reading import SHEET_MARK

if TYPE_CHECKING:
    from antq_stats.collection.table_values import TableValues


class Applied(NamedTuple):
    """What a decision changed."""

    decision: Decision
    unit: int
    """Position of the unit whose figures are the decision's, or that the file set aside is from; -1 if none
    or several are."""
    measures: tuple[str, ...]
    """Codes of the measures whose values are the decision's."""
    file: str = ""
    """The file with the value that was corrected."""


@dataclass(frozen=True)
class Rulings:
    """The decisions of a period, with the plan that says how values are read."""

    decisions: Decisions
    plan: ReadingPlan


class Kept(NamedTuple):
    """The files of a period without what was set aside."""

    returns: list[Return]
    """All files; those that do not count are without figures and findings."""
    findings: list[Finding]
    """A note for each file that does not count."""
    applied: list[Applied]
    aside: tuple[Return, ...]
    """What was set aside: files with the tables that do not count."""


def without_set_aside(returns: Sequence[Return], decisions: Decisions, register: UnitRegister) -> Kept:
    """Return the files without those, and without the sheets, that were set aside.

    A file that was set aside stays in the list, without figures and findings. An archive is set aside with
    all files in it.

    Parameters
    ----------
    returns : all files.
    decisions : the decisions.
    register : the units.
    """
    aside: dict[str, tuple[Decision, set[str]]] = {}
    findings: list[Finding] = []
    applied: list[Applied] = []
    for decision in decisions.of_kind("set-aside"):
        files = {each.file for each in returns}
        file, sheet = file_and_sheet(decision.file, files)
        named = [each for each in returns if each.file == file or each.file.startswith(f"{file}/")]
        sheets = {table.sheet for each in named for table in each.tables}
        if not named or (sheet and sheet not in sheets):
            problem = "sheet-not-there" if named else "file-not-there"
            findings.append(_of_file("F302", decision, None, problem=problem, found=decision.file))
            continue
        applied.append(Applied(decision, _sender(named, sheet, register), ()))
        for each in named:
            aside.setdefault(each.file, (decision, set()))[1].add(sheet)
            findings.append(_of_file("F301", decision, each.file, sheet=sheet))
    kept = [each if each.file not in aside else _without(each, aside[each.file][1]) for each in returns]
    does_not_count = (_set_aside(each, aside[each.file][1]) for each in returns if each.file in aside)
    return Kept(kept, findings, applied, tuple(each for each in does_not_count if each.tables))


def _sender(returns: Iterable[Return], sheet: str, register: UnitRegister) -> int:
    """Return the unit that files, or a sheet of them, are from; -1 if none or several are known."""
    tables = (table for each in returns for table in each.tables if sheet in ("", table.sheet))
    senders = {int(register.senders[unit]) for table in tables for unit in table.units}
    return senders.pop() if len(senders) == 1 else -1


def while_reading(returns: Sequence[Return], rulings: Rulings) -> tuple[list[Finding], list[Applied]]:
    """Return a finding for each decision on whose a file is and what a header means; and those applied.

    Parameters
    ----------
    returns : all files.
    rulings : the decisions, and the plan that the files were read by.
    """
    findings: list[Finding] = []
    applied: list[Applied] = []
    for decision in rulings.decisions.of_kind("unit", "column"):
        is_applied = False
        for file, sheet, problem in outcomes(decision, rulings.plan, returns):
            is_applied |= not problem
            code, found = ("F302", decision.value or decision.file) if problem else ("F303", decision.value)
            told = _of_file(code, decision, file, problem=problem, found=found)
            by_place = decision.kind == "column"
            about = decision.unit or None
            findings.append(replace(told, sheet=sheet, unit=None if by_place else about, about=about))
        if is_applied:
            applied.append(Applied(decision, -1, ()))
    return findings, applied


def file_and_sheet(text: str, files: Iterable[str]) -> tuple[str, str]:
    """Return the path and the sheet that a decision names; the sheet is empty for the whole file.

    Parameters
    ----------
    text : the field ``file`` of the decision.
    files : paths of the files, in which the mark before a sheet may occur too.
    """
    path, mark, sheet = text.rpartition(SHEET_MARK)
    return (path, sheet) if mark and text not in files else (text, "")


def _set_aside(return_: Return, sheets: set[str]) -> Return:
    """Return a file with the tables that were set aside, an empty name standing for all."""
    tables = [table for table in return_.tables if "" in sheets or table.sheet in sheets]
    return replace(return_, tables=tables, unlisted=[], findings=[])


def _without(return_: Return, sheets: set[str]) -> Return:
    """Return a file without the sheets that were set aside, an empty name standing for all."""
    if "" in sheets:
        return replace(return_, tables=[], unlisted=[], findings=[])
    return replace(
        return_,
        tables=[table for table in return_.tables if table.sheet not in sheets],
        unlisted=[row for row in return_.unlisted if row.sheet not in sheets],
        findings=[finding for finding in return_.findings if finding.sheet not in sheets],
    )


def apply(
    tables: Sequence[TableValues],
    own: Mapping[str, dict[int, int]],
    rulings: Rulings,
    register: UnitRegister,
    findings: Sequence[Finding],
) -> tuple[list[Finding], list[Applied]]:
    """Put corrected values and those of units with nothing to report into the tables.

    Parameters
    ----------
    tables : the tables of the period, which are changed.
    own : what units above a table's level report of themselves, which is changed.
    rulings : the decisions.
    register : the units.
    findings : the findings on the returns.

    Returns
    -------
    list of Finding
        The findings: on corrected cells they are notes, and there is one for each decision.
    list of Applied
        What was changed.
    """
    made = _Applying(tables, own, rulings, register, findings)
    for decision in rulings.decisions.of_kind("nil"):
        made.nil(decision)
    for decision in rulings.decisions.of_kind("correct"):
        made.correct(decision)
    return [*made.lowered(), *made.told], made.applied


@dataclass
class _Applying:
    tables: Sequence[TableValues]
    own: Mapping[str, dict[int, int]]
    rulings: Rulings
    register: UnitRegister
    findings: Sequence[Finding]
    told: list[Finding] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    _corrected: set[tuple[str, str]] = field(default_factory=set)
    _nil: set[int] = field(default_factory=set)
    """Units that were given zeros."""

    @cached_property
    def _places(self) -> list[Integers]:
        """For each table the place of each unit of the register among its units; -1 for none."""
        places = []
        for table in self.tables:
            place = np.full(len(self.register), -1, dtype=np.int64)
            place[table.units] = np.arange(len(table.units))
            places.append(place)
        return places

    def nil(self, decision: Decision) -> None:
        """Put zeros where a unit with nothing to report, and those below it, have no row.

        A measure that nobody must give stays missing, unless the form says that a blank of it is a zero.
        """
        unit = self.register.units.by_code.get(decision.unit)
        if unit is None:
            self._misfit("U402", decision, "unit-unknown")
            return
        below = self.register.under(unit)
        filled: list[tuple[TableValues, Integers]] = []
        for table, places in zip(self.tables, self._places, strict=True):
            at = places[below]
            at = at[at >= 0]
            if not table.is_expected or not len(at):
                continue
            sent = at[~np.isin(table.units[at], list(self._nil))]  # a village may have been nil before
            if (table.values[sent] != MISSING).any():
                self._misfit("U402", decision, "has-answered", file=self._file_of(table, at))
                return
            filled.append((table, at))
        if not filled:
            self._misfit("U402", decision, "not-asked")
            return
        measures: list[str] = []
        for table, at in filled:
            asked = [measure.required or measure.blank == "zero" for measure in table.measures]
            table.values[np.ix_(at, np.flatnonzero(asked))] = 0
            table.read[at] = True
            self._nil.update(table.units[at].tolist())
            measures += [measure.code for measure in compress(table.measures, asked)]
        self.applied.append(Applied(decision, unit, tuple(measures)))
        self.told.append(_note("U401", decision))

    def _file_of(self, table: TableValues, at: Integers) -> str | None:
        sources = table.sources.of_rows()[at]
        found = sources[sources >= 0]
        return table.origins[int(found[0])].file if len(found) else None

    def correct(self, decision: Decision) -> None:
        """Put the value agreed in place of what the file says, if it still says so."""
        unit = self.register.units.by_code.get(decision.unit)
        where = next(
            (
                (at, place)
                for at, table in enumerate(self.tables)
                for place, measure in enumerate(table.measures)
                if measure.code == decision.measure
            ),
            None,
        )
        if unit is None or where is None:
            self._misfit("C402", decision, "unit-unknown" if unit is None else "measure-unknown")
            return
        table, plan = self.tables[where[0]], self.rulings.plan.tables[where[0]].measures[where[1]]
        value = read(decision.value, plan)
        if value.value == MISSING:
            self._misfit("C402", decision, "no-value")
            return
        at = int(self._places[where[0]][unit])
        if at < 0 and plan.summed:
            self._misfit("C402", decision, "is-a-sum")
            return
        reported = self.own.get(decision.measure, {})
        current = int(table.values[at, where[1]]) if at >= 0 else reported.get(unit, MISSING)
        place = self._place(table, at, where[1])
        if current == value.value:
            self.told.append(replace(_note("C403", decision), **place))
        elif not self._still_says(decision, current, plan):
            if unit in self._nil:
                self._misfit("C402", decision, "nil-by-decision")
                return
            found = plan.text(current) if current != MISSING else None
            self._misfit("C402", decision, "value-changed", value=found, **place)
        else:
            if at >= 0:
                table.values[at, where[1]] = value.value
                table.read[at] = True
            else:
                reported[unit] = value.value
            self._corrected.add((decision.unit, decision.measure))
            file = place.get("file") or ""
            self.applied.append(Applied(decision, unit, (decision.measure,), file))
            self.told.append(replace(_note("C401", decision), **place))

    def _place(self, table: TableValues, at: int, place: int) -> dict[str, Any]:
        """Return where a value is, as fields of a finding."""
        source = table.sources.at(at, place) if at >= 0 else -1
        if source < 0:
            return {}
        origin = table.origins[source]
        column = origin.columns[place]
        return {
            "file": origin.file, "sheet": origin.sheet, "row": origin.row,
            "column": column if column >= 0 else None,
        }  # fmt: skip

    def _still_says(self, decision: Decision, current: int, plan: MeasurePlan) -> bool:
        """Return whether a cell says what it said when this was decided."""
        said = {
            finding.value
            for finding in self.findings
            if finding.unit == decision.unit and decision.measure in finding.measures and finding.value
        }
        if current == MISSING and decision.was in said:
            return True  # also where the text could be read as a value, as that of a number 1.691
        then = read(decision.was, plan)
        if then.value != MISSING:
            return current == then.value
        return current == MISSING and then.code in (BLANK, "C102") and not said

    def _misfit(self, code: str, decision: Decision, problem: str, **fields: Any) -> None:  # noqa: ANN401 - of Finding
        found = _note(code, decision)
        self.told.append(replace(found, facts={**found.facts, "problem": problem}, **fields))

    def lowered(self) -> Iterator[Finding]:
        """Yield the findings; those on cells that were corrected are notes."""
        for finding in self.findings:
            if finding.code[0] != "C" or not self._is_corrected(finding):
                yield finding
                continue
            for each in finding.each():
                is_note = severity(each) == "note" or (each.unit, each.measure) not in self._corrected
                yield each if is_note else replace(each, severity="note")

    def _is_corrected(self, finding: Finding) -> bool:
        return any((finding.unit, measure) in self._corrected for measure in finding.measures)


def _note(code: str, decision: Decision) -> Finding:
    """Return a finding on a decision about a unit."""
    facts = {
        "expected": decision.value, "given": decision.was, "name": decision.by, "title": decision.reason,
        "line": str(decision.row or ""),
    }  # fmt: skip
    return Finding(
        code=code,
        unit=decision.unit or None,
        measure=decision.measure or None,
        facts={key: text for key, text in facts.items() if text} | {"count": str(decision.number)},
    )


def _of_file(code: str, decision: Decision, file: str | None, **facts: str) -> Finding:
    """Return a finding on a decision about a file."""
    found = _note(code, decision)
    more = {key: text for key, text in facts.items() if text}
    return replace(found, file=file, facts={**found.facts, **more})

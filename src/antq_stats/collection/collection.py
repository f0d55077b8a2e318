"""The collection: the values of all returns of a period, their sources, and the findings on them.

There is one matrix of values per table of the form. If several rows give values of one unit, equal values
count once and different ones not at all. Of several versions of a file the highest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from antq_stats.collection.decided import Applied, Rulings, apply, while_reading, without_set_aside
from antq_stats.collection.older_register import told_once
from antq_stats.collection.origins import Origin, Origins, Part, Sources
from antq_stats.collection.own_figures import own_figures
from antq_stats.collection.period_name import day_of
from antq_stats.collection.repeats import Repeat, findings_of, settle
from antq_stats.collection.table_values import TableValues, joined, values_array, values_of
from antq_stats.collection.unread import WITHOUT_FIGURES, Unread, unread
from antq_stats.collection.versions import resent, standing
from antq_stats.decisions.decision import NO_DECISIONS, Decisions
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.plan import MISSING
from antq_stats.reading.discover import Discovered
from antq_stats.reading.returns import Return, UnlistedRow
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import TreeSums, units_at
from antq_stats.words.unknown_code import UnknownCodeError

if TYPE_CHECKING:
    import pandas as pd

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Collection:
    """All returns of one period, with contradictions between them resolved.

    Edit rules are not yet applied: `edits.edit` adds their findings.
    """

    form: Form
    register: UnitRegister
    period: str
    tables: tuple[TableValues, ...]
    files: tuple[Return, ...]
    """Every file read, without its tables and unlisted rows."""
    used: frozenset[str]
    """Names of the files that gave figures."""
    findings: tuple[Finding, ...]
    """Findings on files and on contradictions between them, in order of file and place."""
    passed_over: int
    """Number of files that are no returns, as the register, temporary files and the program's own output."""
    own: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """What units above a table's level report of themselves: code of a measure -> unit -> value."""
    folder: str = ""
    """Name of the folder of the returns."""
    own_origins: Mapping[str, Mapping[int, Origin]] = field(default_factory=dict)
    """The row of each of these figures."""
    repeats: tuple[Repeat, ...] = ()
    """The units that several rows of files that count give."""
    replaced: tuple[Return, ...] = ()
    """Files that do not count, with their tables: a later version or the same file does, or they were set
    aside."""
    unread: tuple[Unread, ...] = ()
    """Files that gave no figures."""
    unlisted: tuple[tuple[str, UnlistedRow], ...] = ()
    """Rows whose unit the register does not have, each with its file."""
    faults: tuple[tuple[str, str], ...] = ()
    """Files on which the program itself failed, each with the traceback."""
    decisions: Decisions = NO_DECISIONS
    """What was decided on the returns."""
    decided: tuple[Applied, ...] = ()
    """What the decisions changed."""
    resent: tuple[tuple[Return, Return], ...] = ()
    """Returns that were sent again: the sending before the last one, and the last one."""

    def __repr__(self) -> str:
        sizes = f"{len(self.files)} files, {len(self.used)} with figures, {len(self.tables)} tables"
        return f"<Collection {self.period}: {sizes}, {len(self.findings)} findings>"

    @property
    def unclaimed(self) -> tuple[str, ...]:
        """Names of files that gave no figures, may hold some, and have no known sender."""
        is_sender = self.register.is_sender
        return tuple(file.file for file in self.unread if file.may_hold_figures and not is_sender(file.about))

    def repeat_of(self, measure: str, unit: int) -> Repeat | None:
        """Return the several rows that give a unit in the table of a measure; None if there is one or none.

        Parameters
        ----------
        measure : the measure's code.
        unit : position of the unit.
        """
        return self._repeats.get((self.place_of[measure][0], unit))

    @cached_property
    def _repeats(self) -> dict[tuple[int, int], Repeat]:
        return {(self.place_of[each.measure.code][0], each.unit): each for each in self.repeats}

    @cached_property
    def place_of(self) -> dict[str, tuple[int, int]]:
        """Maps the code of a measure to the position of its table and its place in that table."""
        return {m.code: (t, p) for t, table in enumerate(self.tables) for p, m in enumerate(table.measures)}

    @cached_property
    def _level_sums(self) -> dict[int, TreeSums]:
        return {}

    def level_sums(self, level: int) -> TreeSums:
        """Return the adder of columns that have a value for each unit of a level; it is cached."""
        if level not in self._level_sums:
            self._level_sums[level] = TreeSums(self.register, units_at(self.register, level))
        return self._level_sums[level]

    def sums(self, code: str) -> tuple[Integers, Integers]:
        """Return for every unit of the register a measure's sum, in its steps, and how many units gave it."""
        table = self.tables[self.place_of[code][0]]
        values = table.held(code)
        present = values != MISSING
        tree = self.level_sums(table.level)
        return tree.everywhere(np.where(present, values, 0)), tree.everywhere(present)

    def at_level(self, code: str, level: int) -> tuple[Integers, Truths]:
        """Return a measure's sums at the units of a level, in its steps, and whether each is complete.

        A sum is complete if all units under it gave a value; that of a measure that is not summed never is
        above the measure's own level. The units are in tree order.

        Parameters
        ----------
        code : the measure's code.
        level : position of a level, the measure's own or one above it.
        """
        table = self.tables[self.place_of[code][0]]
        heads = self.level_sums(level).units
        values, given = self.sums(code)
        expected = self.level_sums(table.level).counts
        complete = (given == expected) & (expected > 0)
        if level < table.level and self.form.measure(code).up == "none":
            complete[:] = False
        return values[heads], complete[heads]

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table's values as a frame.

        It has a row for each expected unit, with its code as index, and a column for each measure: Int64, or
        Float64 for a measure with decimals (`values_array`). A value that was not given is ``<NA>``.

        Parameters
        ----------
        table : the table's code, as in ``01``.

        Raises
        ------
        UnknownCodeError
            The form has no such table.
        """
        import pandas as pd

        by_code = {member.table.code: member for member in self.tables}
        if table not in by_code:
            raise UnknownCodeError("table", table, by_code.keys())
        selected = by_code[table]
        columns = {}
        for measure in selected.measures:
            values, given = selected.column(measure.code)
            columns[measure.code] = values_array(values, ~given, measure.decimals)
        codes = [self.register.units.codes[unit] for unit in selected.units]
        return pd.DataFrame(columns, index=pd.Index(codes, name="unit"))


def collect(
    form: Form,
    register: UnitRegister,
    period: str,
    discovered: Discovered,
    returns: Iterable[Return],
    rulings: Rulings | None = None,
) -> Collection:
    """Combine all returns of a period.

    Parameters
    ----------
    form, register, period : form, units and name of the period.
    discovered : the files of the folder; gives their versions.
    returns : one for each source file, in any order.
    rulings : what was decided on them; None for nothing.
    """
    # the files in a zip or a message are returns of their own; the container is kept only for its findings
    kept = (return_ for return_ in returns if not return_.enclosed or return_.findings)
    everything = sorted(kept, key=lambda return_: return_.file)
    applied: list[Applied] = []
    of_decisions: list[Finding] = []
    aside: tuple[Return, ...] = ()
    if rulings is not None:
        of_decisions, applied = while_reading(everything, rulings)
        everything, of_files, set_aside, aside = without_set_aside(everything, rulings.decisions, register)
        of_decisions, applied = [*of_decisions, *of_files], [*applied, *set_aside]
    counting, settled = standing(
        [r for r in everything if not r.passed_over], discovered.versions, register.senders.tolist()
    )
    again = resent(everything, discovered.versions, settled)
    with_findings = [*counting, *(return_ for return_ in everything if return_.passed_over)]
    of_returns = [finding for return_ in with_findings for finding in return_.findings]
    repeats: list[Repeat] = []
    may_change = rulings is not None
    tables = tuple(
        _table(form, register, number, counting, repeats, may_change=may_change)
        for number in range(len(form.tables))
    )
    settled += findings_of(repeats, register, counting)
    of_returns = _without_answered(of_returns, tables, register)
    of_returns = told_once(of_returns, register, day_of(period, form))
    own, own_origins, disputed = own_figures(form, register, counting)
    counted = {return_.file for return_ in counting}
    if rulings is not None:
        of_returns, changed = apply(tables, own, rulings, register, [*of_returns, *settled, *disputed])
        settled, disputed = [*rulings.decisions.notes, *of_decisions], []
        applied += changed
    findings = [*register.notes, *discovered.findings, *of_returns, *settled, *disputed]
    findings.sort(key=lambda f: f.file or "\U0010ffff")
    return Collection(
        form=form,
        register=register,
        period=period,
        tables=tables,
        files=tuple(return_.without_figures() for return_ in everything),
        used=frozenset(return_.file for return_ in counting if return_.tables),
        findings=tuple(findings),
        own=own,
        own_origins=own_origins,
        folder=discovered.folder,
        repeats=tuple(repeats),
        replaced=tuple(r for r in everything if r.tables and not r.passed_over and r.file not in counted)
        + aside,
        passed_over=discovered.passed_over + sum(return_.passed_over for return_ in everything),
        unread=tuple(unread(r) for r in everything if not r.tables and not r.passed_over),
        unlisted=tuple((return_.file, row) for return_ in counting for row in return_.unlisted),
        faults=tuple((return_.file, return_.fault) for return_ in everything if return_.fault),
        decisions=NO_DECISIONS if rulings is None else rulings.decisions,
        decided=tuple(applied),
        resent=again,
    )


def _without_answered(
    findings: list[Finding], tables: Sequence[TableValues], register: UnitRegister
) -> list[Finding]:
    """Lower findings on returns without figures to notes, where their units have answered in other files.

    If the sender of such a return is not known, every unit must have answered.
    """
    if not any(finding.code in WITHOUT_FIGURES for finding in findings):
        return findings
    absent = {int(unit) for table in tables if table.is_expected for unit in table.units[~table.read]}
    present = {int(unit) for table in tables for unit in table.units[table.read]}
    units = register.units

    def lowered(finding: Finding) -> Finding:
        if finding.code not in WITHOUT_FIGURES:
            return finding
        about = units.by_code.get(finding.about or "")
        below = range(len(register)) if about is None else register.under(about).tolist()
        is_answered = absent.isdisjoint(below) and not present.isdisjoint(below)
        return replace(finding, severity="note") if is_answered else finding

    return list(map(lowered, findings))


def _table(
    form: Form,
    register: UnitRegister,
    number: int,
    returns: Sequence[Return],
    repeats: list[Repeat],
    *,
    may_change: bool,
) -> TableValues:
    """Return the values of a table; units that several rows give are added to ``repeats``.

    Those that a decision may change are in 64 bits, for it may write a larger one.
    """
    table = form.tables[number]
    measures = form.measures_of(table)
    level = register.level(table.level)
    assert level is not None  # noqa: S101 - the plan was made from the same form and register
    units = units_at(register, level)
    parts = [(return_.file, part) for return_ in returns for part in return_.tables if part.table == number]
    origins = Origins(
        (Part(file, part.sheet, part.columns) for file, part in parts),
        (len(part.rows) for _, part in parts),
        joined([part.rows for _, part in parts]),
    )
    place = np.full(len(register), -1, dtype=np.int32)
    place[units] = np.arange(len(units))
    rows = place[joined([part.units for _, part in parts])]
    times = np.bincount(rows, minlength=len(units))
    again = np.flatnonzero(times[rows] > 1) if times.max(initial=0) > 1 else np.zeros(0, dtype=np.int64)
    given = [part for _, part in parts]
    values, given_again = values_of(given, rows, times, len(measures), may_change=may_change)
    alone = np.full(len(units), -1, dtype=np.int32)
    alone[rows] = np.arange(len(rows))
    rows_of: dict[int, list[int]] = {}
    for at, unit in enumerate(rows[again].tolist()):
        rows_of.setdefault(unit, []).append(at)
    settled = np.full((len(rows_of), len(measures)), -1, dtype=np.int64)
    for which, (unit, places) in enumerate(rows_of.items()):
        values[unit], settled[which], repeat = settle(
            int(units[unit]), again[places], given_again[places], origins, measures
        )
        if repeat is not None:
            repeats.append(repeat)
    several = np.array(list(rows_of), dtype=np.int64)
    order = np.argsort(several)
    sources = Sources(alone, origins, several[order], settled[order])
    return TableValues(table, level, measures, units, values, sources, origins, times > 0)

"""All returns of a period: their values in one matrix per table, where each came from, what was found.

What several rows say of one unit is settled here: the same values count once, different ones not at
all, and of files that are versions of one another the highest stands.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from antq_stats.collection.origins import Origin, Origins, Part, Sources
from antq_stats.collection.unread import WITHOUT_FIGURES, Unread, unread
from antq_stats.collection.versions import standing
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure, Table
from antq_stats.plan import MISSING
from antq_stats.reading.discover import Discovered
from antq_stats.reading.returns import Return
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import TreeSums, units_at
from antq_stats.words.text import column_letter
from antq_stats.words.unknown_code import UnknownCodeError

if TYPE_CHECKING:
    import pandas as pd

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


_BLOCK = 1024
"""Rows turned from rows into columns at a time: as many as stay near at hand."""


@dataclass(frozen=True, eq=False, repr=False)
class TableValues:
    """The values of one table of the form.

    ``units`` are the n expected units (positions in the register, in tree order), ``values`` an n x m
    matrix of counts with `plan.MISSING` where none stands, column after column in memory; ``sources``
    tell where in ``origins`` each comes from.
    """

    table: Table
    level: int
    measures: tuple[Measure, ...]
    units: Integers
    values: Integers
    sources: Sources
    origins: Origins
    read: Truths
    """Which of the units have a row in some return."""

    def __repr__(self) -> str:
        size = f"{len(self.units)} units, {int(self.read.sum())} read, {len(self.measures)} measures"
        return f"<TableValues {self.table.code}: {size}>"

    @property
    def present(self) -> Truths:
        """Whether each value was given, n x m."""
        present: Truths = self.values != MISSING
        return present

    @cached_property
    def source(self) -> npt.NDArray[np.int32]:
        """Positions in ``origins``, n x m, -1 where nothing was given; ask ``sources`` for less than all."""
        return self.sources.matrix()

    @property
    def is_expected(self) -> bool:
        """Whether the table must come: it has a required measure."""
        return any(measure.required for measure in self.measures)

    def column(self, code: str) -> tuple[Integers, Truths]:
        """Return a measure's values and which of them were given, n each."""
        place = [measure.code for measure in self.measures].index(code)
        return self.values[:, place], self.values[:, place] != MISSING


@dataclass(frozen=True, eq=False, repr=False)
class Collection:
    """All returns of one period, read and settled.

    ``findings`` are those of the reader and of the settling, in order of file and place; the edit
    rules add theirs later. ``faults`` are files at which the program itself failed, with the trace.
    """

    form: Form
    register: UnitRegister
    period: str
    tables: tuple[TableValues, ...]
    files: tuple[Return, ...]
    """Every file read, without its tables; ``used`` tells which gave figures."""
    used: frozenset[str]
    findings: tuple[Finding, ...]
    passed_over: int
    unread: tuple[Unread, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        files = f"{len(self.files)} files, {len(self.used)} with figures, {len(self.findings)} findings"
        return f"<Collection {self.period}: {files}; {', '.join(map(repr, self.tables))}>"

    @property
    def unclaimed(self) -> tuple[str, ...]:
        """Files that came and may hold figures, while it is not known which sender's they are."""
        units, finest = self.register.units, len(self.register.levels) - 1

        def is_sender(code: str | None) -> bool:
            unit = units.by_code.get(code or "")
            return unit is not None and any(
                units.levels[one] == finest for one in (unit, *units.children.get(unit, ()))
            )

        return tuple(file.file for file in self.unread if file.may_hold_figures and not is_sender(file.about))

    @cached_property
    def place_of(self) -> dict[str, tuple[int, int]]:
        """Measure code -> its table's position and its position in that table."""
        return {m.code: (t, p) for t, table in enumerate(self.tables) for p, m in enumerate(table.measures)}

    @cached_property
    def _level_sums(self) -> dict[int, TreeSums]:
        return {}

    def level_sums(self, level: int) -> TreeSums:
        """Return what adds up columns that are given at the units of a level."""
        if level not in self._level_sums:
            self._level_sums[level] = TreeSums(self.register, units_at(self.register, level))
        return self._level_sums[level]

    def sums(self, code: str) -> tuple[Integers, Integers]:
        """Return for every unit of the register the sum of a measure under it, and how many units gave it."""
        table = self.tables[self.place_of[code][0]]
        values, given = table.column(code)
        tree = self.level_sums(table.level)
        return tree.everywhere(np.where(given, values, 0)), tree.everywhere(given)

    def at_level(self, code: str, level: int) -> tuple[Integers, Truths]:
        """Return a measure at the units of a level at or above its own: sums, given where all below gave.

        The units are those of the level in tree order.
        """
        table = self.tables[self.place_of[code][0]]
        heads = self.level_sums(level).units
        values, given = self.sums(code)
        expected = self.level_sums(table.level).counts
        complete = (given == expected) & (expected > 0)
        return values[heads], complete[heads]

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table's values: one row per expected unit (its code), one Int64 column per measure.

        Parameters
        ----------
        table : the table's code, as in ``01``.

        Raises
        ------
        UnknownCodeError
            The form has no such table.
        """
        import pandas as pd

        known = {values.table.code: values for values in self.tables}
        if table not in known:
            raise UnknownCodeError("table", table, known.keys())
        found = known[table]
        codes = self.register.units.codes
        columns = {
            measure.code: pd.arrays.IntegerArray(found.values[:, place].copy(), ~found.present[:, place])
            for place, measure in enumerate(found.measures)
        }
        return pd.DataFrame(columns, index=pd.Index([codes[unit] for unit in found.units], name="unit"))


@dataclass
class _Settling:
    """The returns that count, and what was found on the way."""

    returns: list[Return]
    findings: list[Finding] = field(default_factory=list)


def collect(
    form: Form, register: UnitRegister, period: str, discovered: Discovered, returns: Iterable[Return]
) -> Collection:
    """Put all returns of a period together.

    Parameters
    ----------
    form, register, period : what was asked, of whom, and for when.
    discovered : what the folder holds; gives the versions of files.
    returns : one per source file, in any order.
    """
    # a zip or a message stands for the files in it; of one that was cut something is to be told
    heard_of = (given for given in returns if not given.enclosed or given.findings)
    everything = sorted(heard_of, key=lambda given: given.file)
    settling = _Settling(*standing([g for g in everything if not g.passed_over], discovered.versions))
    heard = [*settling.returns, *(given for given in everything if given.passed_over)]
    counted: list[Finding] = [finding for given in heard for finding in given.findings]
    tables = tuple(_table(form, register, number, settling) for number in range(len(form.tables)))
    counted = _without_answered(counted, tables, register)
    findings = [*register.notes, *discovered.findings, *counted, *settling.findings]
    findings.sort(key=lambda f: f.file or "\U0010ffff")
    return Collection(
        form=form,
        register=register,
        period=period,
        tables=tables,
        files=tuple(
            Return(given.file, given.sha256, given.size, [], given.findings, given.passed_over, given.fault)
            for given in everything
        ),
        used=frozenset(given.file for given in settling.returns if given.tables),
        findings=tuple(findings),
        passed_over=discovered.passed_over + sum(given.passed_over for given in everything),
        unread=tuple(unread(given) for given in everything if not given.tables and not given.passed_over),
        faults=tuple((given.file, given.fault) for given in everything if given.fault),
    )


def _without_answered(
    findings: list[Finding], tables: Sequence[TableValues], register: UnitRegister
) -> list[Finding]:
    """Make notes of returns without figures whose units have answered in other files.

    Where it is not known whose such a return is, every unit must have answered.
    """
    if not any(finding.code in WITHOUT_FIGURES for finding in findings):
        return findings
    absent = {int(unit) for table in tables if table.is_expected for unit in table.units[~table.read]}
    present = {int(unit) for table in tables for unit in table.units[table.read]}
    units = register.units

    def weighed(finding: Finding) -> Finding:
        if finding.code not in WITHOUT_FIGURES:
            return finding
        about = units.by_code.get(finding.about or "")
        below = range(len(register)) if about is None else register.under(about).tolist()
        is_answered = absent.isdisjoint(below) and not present.isdisjoint(below)
        return replace(finding, severity="note") if is_answered else finding

    return list(map(weighed, findings))


def _table(form: Form, register: UnitRegister, number: int, settling: _Settling) -> TableValues:
    table = form.tables[number]
    measures = form.measures_of(table)
    level = register.level(table.level)
    assert level is not None  # noqa: S101 - the plan was made from the same form and register
    units = units_at(register, level)
    parts = [
        (given.file, part) for given in settling.returns for part in given.tables if part.table == number
    ]
    origins = Origins(
        (Part(file, part.sheet, part.columns) for file, part in parts),
        (len(part.rows) for _, part in parts),
        _joined([part.rows for _, part in parts]),
    )
    place = np.full(len(register), -1, dtype=np.int32)
    place[units] = np.arange(len(units))
    rows = place[_joined([part.units for _, part in parts])]
    times = np.bincount(rows, minlength=len(units))
    again = np.flatnonzero(times[rows] > 1)
    values, given_again = _columns([part.values for _, part in parts], rows, times, len(measures))
    alone = np.full(len(units), -1, dtype=np.int32)
    alone[rows] = np.arange(len(rows))
    spoken: dict[int, list[int]] = {}
    for at, unit in enumerate(rows[again].tolist()):
        spoken.setdefault(unit, []).append(at)
    settled = np.full((len(spoken), len(measures)), -1, dtype=np.int64)
    codes = [measure.code for measure in measures]
    for which, (unit, places) in enumerate(spoken.items()):
        values[unit], settled[which] = _settle(
            register.units.codes[int(units[unit])], again[places], given_again[places],
            origins, codes, settling.findings,
        )  # fmt: skip
    several = np.array(list(spoken), dtype=np.int64)
    order = np.argsort(several)
    sources = Sources(alone, origins, several[order], settled[order])
    return TableValues(table, level, measures, units, values, sources, origins, times > 0)


def _joined(arrays: Sequence[array[int]]) -> npt.NDArray[np.integer]:
    """Return arrays of whole numbers one after another, in their own width where they share one."""
    widths = {numbers.typecode for numbers in arrays}
    if len(arrays) == 1:
        return np.frombuffer(arrays[0], dtype=arrays[0].typecode)
    if len(widths) == 1:
        return np.frombuffer(b"".join(arrays), dtype=widths.pop())
    return np.concatenate([np.zeros(0, dtype=np.int64), *(np.asarray(one, np.int64) for one in arrays)])


def _blocks(arrays: Sequence[array[int]], width: int) -> Iterator[npt.NDArray[np.integer]]:
    """Yield what arrays of rows hold, some thousand rows of m at a time: no copy of all is made."""
    waiting: list[array[int]] = []
    size = 0
    for at, numbers in enumerate(arrays):
        waiting.append(numbers)
        size += len(numbers)
        if size >= _BLOCK * width or at == len(arrays) - 1:
            rows = _joined(waiting).reshape(-1, width)
            yield from (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))
            waiting, size = [], 0


def _columns(
    arrays: Sequence[array[int]], rows: Integers, times: Integers, width: int
) -> tuple[Integers, Integers]:
    """Return the values of the units, n x m, and those of rows whose unit has other rows too, k x m."""
    values = np.empty((len(times), width), dtype=np.int64, order="F")
    values[times == 0] = MISSING
    again = [np.empty((0, width), dtype=np.int64)]
    start = 0
    for block in _blocks(arrays, width):
        at = rows[start : start + len(block)]
        start += len(block)
        single = times[at] == 1
        if not single.all():
            again.append(block[~single].astype(np.int64))
            values[at[single]] = block[single]
        elif bool((np.diff(at) == 1).all()):
            values[int(at[0]) : int(at[0]) + len(at)] = block
        else:
            values[at] = block
    return values, np.concatenate(again)


def _settle(
    unit: str,
    positions: Integers,
    rows: Integers,
    origins: Origins,
    measures: list[str],
    findings: list[Finding],
) -> tuple[Integers, Integers]:
    """Settle the k rows that speak of one unit; return its m values and their sources."""
    speaking = np.flatnonzero((rows != MISSING).any(axis=1))  # a row without any figure says nothing
    if len(speaking):
        positions, rows = positions[speaking], rows[speaking]
    has_column = origins.has_columns(positions)
    given = rows != MISSING
    often = has_column.sum(axis=0) > 1
    highest = np.where(has_column, rows, MISSING).max(axis=0)
    lowest = np.where(has_column, rows, np.iinfo(np.int64).max).min(axis=0)
    differ = often & (highest != lowest)  # a blank beside a figure is another answer too
    first = np.where(given.any(axis=0), given.argmax(axis=0), has_column.argmax(axis=0))
    source = np.where(has_column.any(axis=0), positions[first], -1)
    # neither row counts where they differ; what only one of the sheets asks for is not in question
    values = np.where(often & differ.any(), MISSING, highest)
    if often.any() and len(speaking) > 1:
        clear = differ & given.all(axis=0)
        place = int(np.flatnonzero(clear if clear.any() else differ if differ.any() else often)[0])
        spoken = [origins[int(position)] for position in positions]
        if differ.any():  # each sender is told of the other
            for at, origin in enumerate(spoken):
                other = spoken[0] if at else spoken[-1]
                findings.append(_differs(unit, measures[place], origin, place, int(rows[at][place]), other))
        else:
            latest, facts = spoken[-1], {"first": _where(spoken[0], place), "count": str(len(spoken))}
            findings.append(
                Finding(
                    code="U201", file=latest.file, sheet=latest.sheet, row=latest.row, unit=unit, facts=facts
                )
            )
    return values, source


def _differs(unit: str, measure: str, origin: Origin, place: int, value: int, other: Origin) -> Finding:
    column = origin.columns[place]
    return Finding(
        code="U202",
        file=origin.file,
        sheet=origin.sheet,
        row=origin.row,
        column=column if column >= 0 else None,
        unit=unit,
        measure=measure,
        value=None if value == MISSING else str(value),
        facts={"other": _where(other, place)},
    )


def _where(origin: Origin, place: int) -> str:
    cell = (
        f"{column_letter(origin.columns[place])}{origin.row}"
        if origin.columns[place] >= 0
        else str(origin.row)
    )
    parts = (origin.file, origin.sheet, cell)
    return " · ".join(part for part in parts if part)

"""All returns of a period: their values in one matrix per table, where each came from, what was found.

What several rows say of one unit is settled here: the same values count once, different ones not at
all, and of files that are versions of one another the highest stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from antq_stats.findings import Finding
from antq_stats.form import Form, Measure, Table
from antq_stats.plan import MISSING
from antq_stats.reading.discover import Discovered, SourceFile
from antq_stats.reading.returns import Return, TableReturn
from antq_stats.register import UnitRegister
from antq_stats.text import column_letter

if TYPE_CHECKING:
    import pandas as pd

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


class Origin(NamedTuple):
    """Where a row of figures stands: file, sheet, row from 1, column of each measure (-1 for none)."""

    file: str
    sheet: str | None
    row: int
    columns: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class TableValues:
    """The values of one table of the form.

    ``units`` are the n expected units (positions in the register, in tree order), ``values`` an n x m
    matrix of counts with `plan.MISSING` where none stands, ``source`` an n x m matrix of positions
    in ``origins``, -1 where nothing was given.
    """

    table: Table
    level: int
    measures: tuple[Measure, ...]
    units: Integers
    values: Integers
    source: Integers
    origins: tuple[Origin, ...]
    read: Truths
    """Which of the units have a row in some return."""

    @property
    def given(self) -> Truths:
        """Which values are there, n x m."""
        given: Truths = self.values != MISSING
        return given

    @property
    def is_expected(self) -> bool:
        """Whether the table must come: it has a required measure."""
        return any(measure.required for measure in self.measures)

    def column(self, code: str) -> tuple[Integers, Truths]:
        """Return a measure's values and which of them were given, n each."""
        place = [measure.code for measure in self.measures].index(code)
        return self.values[:, place], self.values[:, place] != MISSING


@dataclass(frozen=True, eq=False)
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
    faults: tuple[tuple[str, str], ...] = ()

    @cached_property
    def place_of(self) -> dict[str, tuple[int, int]]:
        """Measure code -> its table's position and its position in that table."""
        return {m.code: (t, p) for t, table in enumerate(self.tables) for p, m in enumerate(table.measures)}

    def sums(self, code: str) -> tuple[Integers, Integers]:
        """Return for every unit of the register the sum of a measure under it, and how many units gave it."""
        table_at, place = self.place_of[code]
        table = self.tables[table_at]
        given = table.values[:, place] != MISSING
        both = np.stack([np.where(given, table.values[:, place], 0), given.astype(np.int64)], axis=1)
        summed = self.register.sums(table.units, both)
        return summed[:, 0], summed[:, 1]

    def at_level(self, code: str, level: int) -> tuple[Integers, Truths]:
        """Return a measure at the units of a level at or above its own: sums, given where all below gave.

        The units are those of the level in tree order.
        """
        table = self.tables[self.place_of[code][0]]
        heads = units_at(self.register, level)
        values, given = self.sums(code)
        expected = self.register.expected(table.level)
        complete = (given == expected) & (expected > 0)
        return values[heads], complete[heads]

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table's values: one row per expected unit (its code), one Int64 column per measure."""
        import pandas as pd

        found = next(t for t in self.tables if t.table.code == table)
        codes = self.register.units.codes
        columns = {
            measure.code: pd.arrays.IntegerArray(found.values[:, place].copy(), ~found.given[:, place])
            for place, measure in enumerate(found.measures)
        }
        return pd.DataFrame(columns, index=pd.Index([codes[unit] for unit in found.units], name="unit"))


def units_at(register: UnitRegister, level: int) -> Integers:
    """Return the positions of a level's units, in tree order."""
    order = register.tree_order
    heads: Integers = order[register.ancestor_at(level)[order] == order]
    return heads


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
    everything = sorted(returns, key=lambda given: given.file)
    settling = _Settling([given for given in everything if not given.passed_over])
    _drop_copies(settling)
    _drop_superseded(settling, {source.file: source for source in discovered.sources})
    counted: list[Finding] = [finding for given in settling.returns for finding in given.findings]
    tables = tuple(_table(form, register, number, settling) for number in range(len(form.tables)))
    findings = [*discovered.findings, *counted, *settling.findings]
    findings.sort(key=lambda f: f.file or "\U0010ffff")
    return Collection(
        form=form,
        register=register,
        period=period,
        tables=tables,
        files=tuple(everything),
        used=frozenset(given.file for given in settling.returns if given.tables),
        findings=tuple(findings),
        passed_over=discovered.passed_over + sum(given.passed_over for given in everything),
        faults=tuple((given.file, given.fault) for given in everything if given.fault),
    )


def _units_of(given: Return) -> set[tuple[int, int]]:
    return {(table.table, unit) for table in given.tables for unit in table.units}


def _drop_copies(settling: _Settling) -> None:
    """Of files with the same bytes and the same units, read the first."""
    first: dict[str, Return] = {}
    kept: list[Return] = []
    for given in settling.returns:
        other = first.setdefault(given.sha256, given) if given.sha256 and given.tables else given
        if other is not given and _units_of(other) == _units_of(given):
            settling.findings.append(Finding(code="F201", file=given.file, facts={"first": other.file}))
        else:
            kept.append(given)
    settling.returns = kept


def _drop_superseded(settling: _Settling, sources: dict[str, SourceFile]) -> None:
    """Of files that differ by a version mark in their names and speak of the same units, keep the highest."""
    groups: dict[str, list[Return]] = {}
    for given in settling.returns:
        if given.file in sources:
            groups.setdefault(sources[given.file].group, []).append(given)
    dropped: set[str] = set()
    for members in groups.values():
        for given in members:
            units = _units_of(given)
            newer = [
                other
                for other in members
                if sources[other.file].version > sources[given.file].version
                and not units.isdisjoint(_units_of(other))
            ]
            if newer:
                stands = max(newer, key=lambda other: sources[other.file].version)
                dropped.add(given.file)
                settling.findings.append(Finding(code="F202", file=given.file, facts={"other": stands.file}))
    settling.returns = [given for given in settling.returns if given.file not in dropped]


def _table(form: Form, register: UnitRegister, number: int, settling: _Settling) -> TableValues:
    table = form.tables[number]
    measures = form.measures_of(table)
    level = register.level(table.level)
    assert level is not None  # noqa: S101 - the plan was made from the same form and register
    units = units_at(register, level)
    parts = [
        (given.file, part) for given in settling.returns for part in given.tables if part.table == number
    ]
    origins = tuple(Origin(file, part.sheet, row, part.columns) for file, part in parts for row in part.rows)
    place = np.full(len(register), -1, dtype=np.int64)
    place[units] = np.arange(len(units))
    rows = place[_stacked([part.units for _, part in parts])]
    given = _stacked([part.values for _, part in parts]).reshape(len(rows), len(measures))
    values = np.full((len(units), len(measures)), MISSING, dtype=np.int64)
    source = np.full((len(units), len(measures)), -1, dtype=np.int64)
    has_column = _has_column(parts, len(measures))
    times = np.bincount(rows, minlength=len(units))
    single = times[rows] == 1
    values[rows[single]] = given[single]
    at = np.arange(len(rows))
    source[rows[single]] = np.where(has_column[single], at[single, None], -1)
    twice: dict[int, list[int]] = {}
    for position in np.flatnonzero(~single):
        twice.setdefault(int(rows[position]), []).append(int(position))
    for unit, positions in twice.items():
        values[unit], source[unit] = _settle(
            register.units.codes[int(units[unit])], positions, given[positions], has_column[positions],
            origins, [m.code for m in measures], settling.findings,
        )  # fmt: skip
    return TableValues(table, level, measures, units, values, source, origins, times > 0)


def _stacked(arrays: Sequence[Iterable[int]]) -> Integers:
    if not arrays:
        return np.empty(0, dtype=np.int64)
    return np.concatenate([np.asarray(array, dtype=np.int64) for array in arrays])


def _has_column(parts: Sequence[tuple[str, TableReturn]], width: int) -> Truths:
    """Return for every row which measures its sheet has a column for."""
    masks = [
        np.repeat(np.array([part.columns], dtype=np.int64) >= 0, len(part.rows), axis=0) for _, part in parts
    ]
    return np.concatenate(masks) if masks else np.empty((0, width), dtype=np.bool_)


def _settle(
    unit: str,
    positions: list[int],
    rows: Integers,
    has_column: Truths,
    origins: tuple[Origin, ...],
    measures: list[str],
    findings: list[Finding],
) -> tuple[Integers, Integers]:
    """Settle the k rows that speak of one unit; return its m values and their sources."""
    speaking = np.flatnonzero((rows != MISSING).any(axis=1))  # a row without any figure says nothing
    if len(speaking):
        positions, rows, has_column = [positions[at] for at in speaking], rows[speaking], has_column[speaking]
    given = rows != MISSING
    often = has_column.sum(axis=0) > 1
    highest = np.where(has_column, rows, MISSING).max(axis=0)
    lowest = np.where(has_column, rows, np.iinfo(np.int64).max).min(axis=0)
    differ = often & (highest != lowest)  # a blank beside a figure is another answer too
    first = np.where(given.any(axis=0), given.argmax(axis=0), has_column.argmax(axis=0))
    source = np.where(has_column.any(axis=0), np.array(positions)[first], -1)
    # neither row counts where they differ; what only one of the sheets asks for is not in question
    values = np.where(often & differ.any(), MISSING, highest)
    if often.any() and len(speaking) > 1:
        clear = differ & given.all(axis=0)
        place = int(np.flatnonzero(clear if clear.any() else differ if differ.any() else often)[0])
        spoken = [origins[position] for position in positions]
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

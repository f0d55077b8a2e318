"""Several rows for one unit: equal values count once, different ones not at all.

Several returns of one sender are reported once, not once for each of their rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from antq_stats.collection.origins import Origin, Origins
from antq_stats.findings.finding import Finding
from antq_stats.form import Measure
from antq_stats.plan import MISSING
from antq_stats.reading.returns import Return
from antq_stats.register.register import UnitRegister
from antq_stats.words.text import column_letter

Integers = npt.NDArray[np.int64]

_FEW = 2
"""Units that files must have in common to be returns of one sender, and not one row too many."""

_CELLS_NAMED = 12
"""Cells in which two returns differ that a finding names, one a row."""


class Row(NamedTuple):
    """One of several rows for a unit."""

    origin: Origin
    value: int
    """Its value of the measure that stands for all; `plan.MISSING` for none."""
    values: tuple[int, ...] = ()
    """Its values of all measures of the table."""


class Repeat(NamedTuple):
    """A unit that several rows give."""

    unit: int
    """Position of the unit."""
    measure: Measure
    place: int
    """Place of the measure in the table."""
    rows: tuple[Row, ...]
    differing: int
    """Number of measures in which the rows differ."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files, if the rows are one each of several files; else empty."""
        files = tuple(row.origin.file for row in self.rows)
        return files if len(files) == len(set(files)) > 1 else ()


def settle(
    unit: int, positions: Integers, rows: Integers, origins: Origins, measures: Sequence[Measure]
) -> tuple[Integers, Integers, Repeat | None]:
    """Resolve the k rows of one unit; return its m values and their sources, and what is to be reported.

    Parameters
    ----------
    unit : position of the unit.
    positions, rows : places of the k rows in ``origins``, and their values, k x m.
    origins : where all rows of the table are.
    measures : the m measures.
    """
    filled = np.flatnonzero((rows != MISSING).any(axis=1))  # rows without any figure are ignored
    if len(filled):
        positions, rows = positions[filled], rows[filled]
    has_column = origins.has_columns(positions)
    present = rows != MISSING
    often = has_column.sum(axis=0) > 1
    highest = np.where(has_column, rows, MISSING).max(axis=0)
    lowest = np.where(has_column, rows, np.iinfo(np.int64).max).min(axis=0)
    differ = often & (highest != lowest)  # a blank beside a figure differs, too
    first = np.where(present.any(axis=0), present.argmax(axis=0), has_column.argmax(axis=0))
    source = np.where(has_column.any(axis=0), positions[first], -1)
    # if rows differ, none of the measures that several sheets have counts; those of one sheet alone do
    values = np.where(often & differ.any(), MISSING, highest)
    if not often.any() or len(filled) < _FEW:
        return values, source, None
    clear = differ & present.all(axis=0)
    place = int(np.flatnonzero(clear if clear.any() else differ if differ.any() else often)[0])
    own = tuple(
        Row(origins[int(position)], int(row[place]), tuple(row.tolist()))
        for position, row in zip(positions, rows, strict=True)
    )
    return values, source, Repeat(unit, measures[place], place, own, int(differ.sum()))


def findings_of(
    repeats: Sequence[Repeat], register: UnitRegister, returns: Sequence[Return]
) -> Iterator[Finding]:
    """Yield what several rows for one unit mean.

    Files are returns of one sender if they give several units in common, or if the tool made the blanks of
    all for one unit. Then they are reported once: F213 if they differ, else F214. Other rows are U202, once
    for each row, so that each sender gets one, or U201 if they are equal.

    Parameters
    ----------
    repeats : the units that several rows give, of all tables.
    register : the register of the period.
    returns : the files; their stamps tell whether they are one sender's, and which was saved last.
    """
    if not repeats:
        return
    return_of = {return_.file: return_ for return_ in returns}
    of_files: dict[tuple[str, ...], list[Repeat]] = {}
    for repeat in repeats:
        of_files.setdefault(repeat.files, []).append(repeat)
    for files, same in of_files.items():
        made_for = {return_of[file].made_for for file in files}
        is_sender = len(made_for) == 1 and "" not in made_for
        if files and (is_sender or len({repeat.unit for repeat in same}) >= _FEW):
            yield _returns_of_one(same, register, return_of)
        else:
            for repeat in same:
                yield from _rows_of(repeat, register.units.codes[repeat.unit])


def _returns_of_one(
    repeats: Sequence[Repeat], register: UnitRegister, return_of: Mapping[str, Return]
) -> Finding:
    """Return the finding on the returns of one sender, at the first cell in which they differ.

    It is a finding of the file saved last, by its own account, else of the last by name.
    """
    differing = [repeat for repeat in repeats if repeat.differing]
    units = register.units
    senders = {units.parents[repeat.unit] for repeat in repeats}
    about = units.codes[senders.pop()] if len(senders) == 1 else None
    repeat = (differing or repeats)[0]
    saved = [return_of[row.origin.file].saved for row in repeat.rows]
    at = saved.index(max(saved)) if all(saved) and len(set(saved)) > 1 else len(saved) - 1
    last, others = repeat.rows[at], [*repeat.rows[:at], *repeat.rows[at + 1 :]]
    others.sort(key=lambda row: row.value == last.value)  # first one that says something else
    facts = {"other": ", ".join(row.origin.file for row in others)}
    if not differing:
        facts["count"] = str(len(repeats))
        return Finding(code="F214", file=last.origin.file, facts=facts, about=about)
    facts["count"] = str(sum(other.differing for other in differing))
    if len(differing) > 1:
        cells = [_cell(other.rows[at].origin, other.place) for other in differing]
        facts["place"] = ", ".join(cells[:_CELLS_NAMED]) + (" …" if len(cells) > _CELLS_NAMED else "")
    if others[0].value != MISSING:
        facts["found"] = repeat.measure.text(others[0].value)
    if len(others) == 1 and all(saved):
        facts |= {"saved": saved[at], "earlier": saved[1 - at]}
    return _at(repeat, last, "F213", units.codes[repeat.unit], facts)


def _rows_of(repeat: Repeat, unit: str) -> Iterator[Finding]:
    first, last = repeat.rows[0], repeat.rows[-1]
    if repeat.differing:
        for at, row in enumerate(repeat.rows):
            other = first if at else last
            yield _at(repeat, row, "U202", unit, {"other": where(other.origin, repeat.place)})
        return
    origin = last.origin
    facts = {"first": where(first.origin, repeat.place), "count": str(len(repeat.rows))}
    yield Finding(code="U201", file=origin.file, sheet=origin.sheet, row=origin.row, unit=unit, facts=facts)


def _at(repeat: Repeat, row: Row, code: str, unit: str, facts: Mapping[str, str]) -> Finding:
    """Return a finding at the cell of a row."""
    origin, column = row.origin, row.origin.columns[repeat.place]
    return Finding(
        code=code,
        file=origin.file,
        sheet=origin.sheet,
        row=origin.row,
        column=column if column >= 0 else None,
        unit=unit,
        measure=repeat.measure.code,
        value=None if row.value == MISSING else repeat.measure.text(row.value),
        facts=facts,
    )


def where(origin: Origin, place: int) -> str:
    """Return the place of a measure's cell in a row: file, sheet and cell."""
    return " · ".join(part for part in (origin.file, origin.sheet, _cell(origin, place)) if part)


def _cell(origin: Origin, place: int) -> str:
    column = origin.columns[place]
    return f"{column_letter(column) if column >= 0 else ''}{origin.row}"

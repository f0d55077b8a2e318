"""Several rows for one unit: equal values count once, different ones not at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from antq_stats.collection.origins import Origin, Origins
from antq_stats.findings.finding import Finding
from antq_stats.form import Measure
from antq_stats.plan import MISSING
from antq_stats.words.text import column_letter

Integers = npt.NDArray[np.int64]


def settle(
    unit: str,
    positions: Integers,
    rows: Integers,
    origins: Origins,
    measures: Sequence[Measure],
    findings: list[Finding],
) -> tuple[Integers, Integers]:
    """Resolve the k rows of one unit; return its m values and their sources.

    Adds U202 for each row if the rows differ, and U201 once if they are equal.

    Parameters
    ----------
    unit : code of the unit.
    positions, rows : places of the k rows in ``origins``, and their values, k x m.
    origins : where all rows of the table are.
    measures : the m measures.
    findings : receives the findings.
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
    if often.any() and len(filled) > 1:
        clear = differ & present.all(axis=0)
        place = int(np.flatnonzero(clear if clear.any() else differ if differ.any() else often)[0])
        row_origins = [origins[int(position)] for position in positions]
        if differ.any():  # a finding for each row, so that each sender gets one
            for at, origin in enumerate(row_origins):
                other = row_origins[0] if at else row_origins[-1]
                findings.append(_differs(unit, measures[place], origin, place, int(rows[at][place]), other))
        else:
            latest = row_origins[-1]
            facts = {"first": where(row_origins[0], place), "count": str(len(row_origins))}
            findings.append(
                Finding(
                    code="U201", file=latest.file, sheet=latest.sheet, row=latest.row, unit=unit, facts=facts
                )
            )
    return values, source


def _differs(unit: str, measure: Measure, origin: Origin, place: int, value: int, other: Origin) -> Finding:
    column = origin.columns[place]
    return Finding(
        code="U202",
        file=origin.file,
        sheet=origin.sheet,
        row=origin.row,
        column=column if column >= 0 else None,
        unit=unit,
        measure=measure.code,
        value=None if value == MISSING else measure.text(value),
        facts={"other": where(other, place)},
    )


def where(origin: Origin, place: int) -> str:
    """Return the place of a measure's cell in a row: file, sheet and cell."""
    column = origin.columns[place]
    cell = f"{column_letter(column) if column >= 0 else ''}{origin.row}"
    return " · ".join(part for part in (origin.file, origin.sheet, cell) if part)

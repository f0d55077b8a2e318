"""What is possible but unlikely: the same figure down a column, every unit at exactly 100 per cent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection import Collection, TableValues
from antq_stats.edits import check
from antq_stats.findings import Finding
from antq_stats.plan import MISSING

_RUN = 5
"""Units of one parent that must agree before it looks copied."""
_SMALL = 5
"""Figures up to this repeat by chance: one group in every village."""


@check("plausibility")
def plausibility(collection: Collection) -> Iterator[Finding]:
    """Report P103 where a column repeats one figure within a parent, P105 where all ratios are exactly 1."""
    for table in collection.tables:
        if len(table.units):
            yield from _repeated(collection, table)
            yield from _all_full(collection, table)


def _groups(collection: Collection, table: TableValues) -> Iterator[tuple[int, slice]]:
    """Yield each parent and its run of units: in tree order a parent's units stand together."""
    parents = np.array(collection.register.units.parents, dtype=np.int64)[table.units]
    starts = np.flatnonzero(np.r_[True, parents[1:] != parents[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(parents)], strict=True):
        if end - start >= _RUN and parents[start] >= 0:
            yield int(parents[start]), slice(int(start), int(end))


def _repeated(collection: Collection, table: TableValues) -> Iterator[Finding]:
    for parent, run in _groups(collection, table):
        values = table.values[run]
        same = (values == values[0]).all(axis=0) & (values[0] > _SMALL)
        for place in np.flatnonzero(same):
            yield _finding(collection, table, "P103", parent, run, int(place), str(int(values[0, place])))


def _all_full(collection: Collection, table: TableValues) -> Iterator[Finding]:
    codes = [measure.code for measure in table.measures]
    for ratio in collection.form.ratios_of(table.table):
        if ratio.denominator not in codes:
            continue
        numerator, denominator = codes.index(ratio.numerator), codes.index(ratio.denominator)
        for parent, run in _groups(collection, table):
            over, under = table.values[run, numerator], table.values[run, denominator]
            if (over == under).all() and (over > 0).all() and (over != MISSING).all():
                yield _finding(collection, table, "P105", parent, run, numerator, None)


def _finding(
    collection: Collection,
    table: TableValues,
    code: str,
    parent: int,
    run: slice,
    place: int,
    value: str | None,
) -> Finding:
    source = int(table.source[run.start, place])
    origin = table.origins[source] if source >= 0 else None
    return Finding(
        code=code,
        file=origin.file if origin else None,
        sheet=origin.sheet if origin else None,
        row=origin.row if origin else None,
        column=origin.columns[place] if origin else None,
        unit=collection.register.units.codes[parent],
        measure=table.measures[place].code,
        value=value,
        facts={"count": str(run.stop - run.start)},
    )

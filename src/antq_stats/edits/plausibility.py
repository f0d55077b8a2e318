"""Checks for figures that are possible but unlikely: repeated down a column, or ratios of exactly 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, TableValues
from antq_stats.edits import check
from antq_stats.findings import catalogue
from antq_stats.findings.columns import FindingColumns
from antq_stats.findings.finding import Finding

_RUN = 5
"""Least number of units of one parent whose equal figures look copied."""
_SMALL = 5
"""Largest figure that repeats by chance, such as one group in every village."""


class _Runs(NamedTuple):
    """Runs of units with one parent that are long enough to check.

    The units of a table are in tree order, so units of one parent stand together.
    """

    parents: Integers
    starts: Integers
    """Place in the table of the first unit of each run."""
    counts: Integers
    """Number of units of each run."""
    all_starts: Integers
    """``starts`` of all runs, short ones included."""
    chosen: Integers
    """Places of these runs among all runs."""


@check("plausibility")
def plausibility(collection: Collection) -> Iterator[Iterable[Finding]]:
    """Report P103 where a column repeats one figure within a parent, P105 where all ratios are exactly 1."""
    for table in collection.tables:
        runs = _runs(collection, table)
        if len(runs.parents):
            yield from _repeated(collection, table, runs)
            yield from _all_full(collection, table, runs)


def _runs(collection: Collection, table: TableValues) -> _Runs:
    parents = np.array(collection.register.units.parents, dtype=np.int64)[table.units]
    starts = np.flatnonzero(np.diff(parents, prepend=-2))
    counts = np.diff(starts, append=len(table.units))
    parents = parents[starts]
    chosen = np.flatnonzero((counts >= _RUN) & (parents >= 0))
    return _Runs(parents[chosen], starts[chosen], counts[chosen], starts, chosen)


def _repeated(collection: Collection, table: TableValues, runs: _Runs) -> Iterator[FindingColumns]:
    runs_of_measure = []
    for place in range(len(table.measures)):
        column = table.values[:, place]
        first = column[runs.starts]
        # most runs are excluded by their first two figures
        small = _SMALL * table.measures[place].scale
        candidates = np.flatnonzero((first > small) & (column[runs.starts + 1] == first))
        if len(candidates):
            differ = np.zeros(len(column) + 1, dtype=np.int64)
            np.cumsum(column[1:] != column[:-1], out=differ[2:])
            start = runs.starts[candidates]
            alike = candidates[differ[start + runs.counts[candidates]] == differ[start + 1]]
            runs_of_measure.append((alike, place))
    which = np.concatenate([np.zeros(0, dtype=np.int64), *(alike for alike, _ in runs_of_measure)])
    places = np.repeat(
        [place for _, place in runs_of_measure], [len(alike) for alike, _ in runs_of_measure]
    ).astype(np.int64)
    order = np.lexsort((places, which))
    if len(order):
        yield _columns(collection, table, runs, "P103", which[order], places[order])


def _all_full(collection: Collection, table: TableValues, runs: _Runs) -> Iterator[FindingColumns]:
    codes = [measure.code for measure in table.measures]
    for ratio in collection.form.ratios_of(table.table):
        if ratio.denominator not in codes:
            continue
        place = codes.index(ratio.numerator)
        base = codes.index(ratio.denominator)
        # crosswise, because the two may have different decimals
        over = table.values[:, place] * table.measures[base].scale
        under = table.values[:, base] * table.measures[place].scale
        # missing values are negative
        full = np.logical_and.reduceat((over == under) & (over > 0), runs.all_starts)
        which = np.flatnonzero(full[runs.chosen])
        if len(which):
            yield _columns(collection, table, runs, "P105", which, np.full(len(which), place))


def _columns(
    collection: Collection, table: TableValues, runs: _Runs, code: str, which: Integers, places: Integers
) -> FindingColumns:
    """Return findings about runs, each at the cell of the run's first unit.

    Parameters
    ----------
    collection : the collection.
    table : its table.
    runs : runs of units.
    code : code of the findings.
    which : places of the runs that the findings are about, k.
    places : places of their measures in the table, k.
    """
    firsts, counts, parents = runs.starts[which], runs.counts[which], runs.parents[which]
    units = collection.register.units
    sources = np.full(len(which), -1, dtype=np.int64)
    for place in np.unique(places).tolist():
        sources[places == place] = table.sources.column(place, firsts[places == place])

    def make(at: int) -> Finding:
        first, place, source = int(firsts[at]), int(places[at]), int(sources[at])
        origin = table.origins[source] if source >= 0 else None
        return Finding(
            code=code,
            file=origin.file if origin else None,
            sheet=origin.sheet if origin else None,
            row=origin.row if origin else None,
            column=origin.columns[place] if origin else None,
            unit=units.codes[int(parents[at])],
            measure=table.measures[place].code,
            value=table.measures[place].text(int(table.values[first, place])) if code == "P103" else None,
            facts={"count": str(int(counts[at]))},
        )

    weight = catalogue.entry(code).severity
    files, file_of = table.origins.files, table.origins.parts_of(sources)
    measures = tuple(table.measures[place].code for place in np.unique(places).tolist())
    return FindingColumns(code, weight, parents, files, file_of, make, measures)

"""Checks for figures that are possible but unlikely: repeated down a column, or ratios of exactly 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers
from antq_stats.collection.table_values import TableValues
from antq_stats.form.plausibility import SameFigure
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, distinct
from antq_stats.plausibility.years import Case


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


@check("same_figure")
def same_figure(case: Case) -> Iterator[Hits]:
    """Report P103 where a column repeats one figure in all units of a parent."""
    limits = case.limits.same_figure
    for table, parents in zip(case.collection.tables, case.parents, strict=True):
        runs = _runs(parents, limits.units)
        if len(runs.parents):
            yield _repeated(table, runs, limits)


@check("all_full")
def all_full(case: Case) -> Iterator[Hits]:
    """Report P105 where a ratio is exactly 1 in all units of a parent."""
    for table, parents in zip(case.collection.tables, case.parents, strict=True):
        runs = _runs(parents, case.limits.all_full.units)
        if len(runs.parents):
            yield from _full_ratios(case.collection, table, runs)


def _runs(parents: Integers, least: int) -> _Runs:
    starts = np.flatnonzero(np.diff(parents, prepend=-2))
    counts = np.diff(starts, append=len(parents))
    parents = parents[starts]
    chosen = np.flatnonzero((counts >= least) & (parents >= 0))
    return _Runs(parents[chosen], starts[chosen], counts[chosen], starts, chosen)


def _repeated(table: TableValues, runs: _Runs, limits: SameFigure) -> Hits:
    runs_of_measure = []
    for place in range(len(table.measures)):
        column = table.values[:, place]
        first = column[runs.starts]
        # most runs are excluded by their first two figures
        small = limits.above * table.measures[place].scale
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
    return _of_runs(table, runs, "P103", which[order], places[order])


def _full_ratios(collection: Collection, table: TableValues, runs: _Runs) -> Iterator[Hits]:
    codes = [measure.code for measure in table.measures]
    for ratio in collection.form.ratios_of(table.table):
        if ratio.denominator not in codes:
            continue
        place = codes.index(ratio.numerator)
        base = codes.index(ratio.denominator)
        # crosswise, because the two may have different decimals
        over = table.wide(place) * table.measures[base].scale
        under = table.wide(base) * table.measures[place].scale
        # missing values are negative
        full = np.logical_and.reduceat((over == under) & (over > 0), runs.all_starts)
        which = np.flatnonzero(full[runs.chosen])
        yield _of_runs(table, runs, "P105", which, np.full(len(which), place))


def _of_runs(table: TableValues, runs: _Runs, code: str, which: Integers, places: Integers) -> Hits:
    """Return findings about runs, each at the cell of the run's first unit.

    Parameters
    ----------
    table : the table.
    runs : runs of units.
    code : code of the findings.
    which : places of the runs that the findings are about, k.
    places : places of their measures in the table, k.
    """
    firsts, counts = runs.starts[which], runs.counts[which]
    sources = np.full(len(which), -1, dtype=np.int64)
    for place in distinct(places):
        sources[places == place] = table.sources.column(place, firsts[places == place])

    def tell(at: int) -> Told:
        measure = table.measures[int(places[at])]
        value = measure.text(int(table.values[int(firsts[at]), int(places[at])])) if code == "P103" else None
        return Told(value, {"count": str(int(counts[at]))})

    judged = np.full(len(table.measures), len(runs.parents), dtype=np.int64)
    return Hits(code, table, runs.parents[which], sources, places, tell, judged)

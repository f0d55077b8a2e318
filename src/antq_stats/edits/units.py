"""Check for missing units: expected units without a row, and senders from which nothing came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from antq_stats.collection.collection import Collection, Integers, TableValues, Truths
from antq_stats.edits import check
from antq_stats.findings import catalogue
from antq_stats.findings.columns import FindingColumns
from antq_stats.findings.finding import Finding


@check("units")
def missing_units(collection: Collection) -> Iterator[Iterable[Finding]]:
    """Yield U301 for each expected unit without a row, and U302 for each sender from which nothing came."""
    register = collection.register
    expected_tables = [table for table in collection.tables if table.is_expected]
    if all(table.read.all() for table in expected_tables):
        return
    expected = np.zeros(len(register), dtype=np.int64)
    missing, own = expected.copy(), expected.copy()
    for table in expected_tables:
        tree = collection.level_sums(table.level)
        expected += tree.counts
        missing += tree.everywhere(~table.read)
        own[table.units] += 1
    parents = np.array(register.units.parents, dtype=np.int64)
    silent = _silent_senders(parents, expected, missing)
    order = register.tree_order
    heads = order[silent[order]]
    if len(heads):
        yield _nothing_came(collection, heads, (expected - own)[heads])
    # a silent sender has children and no grandchildren
    covered = silent | (silent[parents] & (parents >= 0))
    for table in expected_tables:
        yield _missing(collection, table, parents, covered)


def _silent_senders(parents: Integers, expected: Integers, missing: Integers) -> Truths:
    """Return which units are senders without any row: units with children and without grandchildren."""
    has_children, has_grandchildren = (np.zeros(len(parents), dtype=np.bool_) for _ in range(2))
    has_children[parents[parents >= 0]] = True
    has_grandchildren[parents[has_children & (parents >= 0)]] = True
    silent: Truths = (missing == expected) & (expected > 0) & has_children & ~has_grandchildren
    return silent


def _nothing_came(collection: Collection, heads: Integers, counts: Integers) -> FindingColumns:
    codes = collection.register.units.codes
    # a used file without a hard finding need not be of the unit in its title or name
    files_of = {
        finding.about: finding.file
        for finding in collection.findings
        if finding.about
        and finding.file
        and (finding.file not in collection.used or catalogue.severity(finding) == "hard")
    }

    def make(at: int) -> Finding:
        code = codes[int(heads[at])]
        facts = {"count": str(int(counts[at]))}
        if (refused := files_of.get(code)) is not None:
            facts["other"] = refused
        return Finding(code="U302", unit=code, facts=facts)

    nowhere = np.full(len(heads), -1, dtype=np.int64)
    return FindingColumns("U302", catalogue.entry("U302").severity, heads, (None,), nowhere, make, ())


def _missing(
    collection: Collection, table: TableValues, parents: Integers, covered: Truths
) -> FindingColumns:
    """Return U301 for units without a row, with the file that has rows of the same parent."""
    absent = table.units[~table.read & ~covered[table.units]]
    sources = table.sources.of_rows()
    rows = np.flatnonzero(table.read & (sources >= 0))
    senders, first = np.unique(parents[table.units[rows]], return_index=True)
    first_source = np.full(len(parents) + 1, -1, dtype=np.int64)
    first_source[senders] = sources[rows[first]]
    files, file_of = table.origins.files, table.origins.parts_of(first_source[parents[absent]])
    codes = collection.register.units.codes

    def make(at: int) -> Finding:
        return Finding(
            code="U301",
            file=files[int(file_of[at])],
            unit=codes[int(absent[at])],
            facts={"title": table.table.code},
        )

    return FindingColumns("U301", catalogue.entry("U301").severity, absent, files, file_of, make, ())

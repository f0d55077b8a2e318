"""Check for missing units: expected units without a row, and senders from which nothing came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import TableValues
from antq_stats.edits import check
from antq_stats.findings import catalogue
from antq_stats.findings.columns import FindingColumns
from antq_stats.findings.finding import Finding
from antq_stats.register.register import UnitRegister


@check("units")
def missing_units(collection: Collection) -> Iterator[Iterable[Finding]]:
    """Yield U301 for each expected unit without a row, and U302 for each sender from which nothing came.

    U303 is yielded for each sender whose units the register does not have, if a table asks them.
    """
    register = collection.register
    yield _not_listed(collection)
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
    silent = _silent_senders(register, parents, expected, missing)
    order = register.tree_order
    heads = order[silent[order]]
    if len(heads):
        yield _nothing_came(collection, heads, (expected - own)[heads])
    covered = silent | (silent[parents] & (parents >= 0))
    for table in expected_tables:
        yield _missing(collection, table, parents, covered)


def _not_listed(collection: Collection) -> list[Finding]:
    """Return U303 for senders whose units are not listed, unless U110 or U302 says so of them."""
    register = collection.register
    lowest = len(register.levels) - 1
    if not any(table.is_expected and table.level == lowest for table in collection.tables):
        return []
    levels = np.array(register.units.levels)
    without = (levels == lowest - 1) & (collection.level_sums(lowest).counts == 0)
    if not without.any():
        return []
    codes = register.units.codes
    reported = {finding.unit for finding in collection.findings if finding.code == "U110"}
    if any(table.is_expected and table.level == lowest - 1 for table in collection.tables):
        answered = {int(unit) for table in collection.tables for unit in table.units[table.read]}
    else:
        answered = set(range(len(register)))  # nothing else is expected of them
    return [
        Finding(code="U303", unit=codes[unit])
        for unit in np.flatnonzero(without).tolist()
        if unit in answered and codes[unit] not in reported
    ]


def _silent_senders(
    register: UnitRegister, parents: Integers, expected: Integers, missing: Integers
) -> Truths:
    """Return which units are senders without any row.

    Senders have children and no grandchildren. Units of the last level but one whose children the register
    does not have yet are senders too.
    """
    has_children = np.array(register.units.levels) == len(register.levels) - 2
    has_grandchildren = np.zeros(len(parents), dtype=np.bool_)
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
        facts = {"count": str(int(counts[at]))} if counts[at] else {}
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

"""Who is missing: expected units without a row, and units above from which nothing came at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection import Collection, Integers, TableValues
from antq_stats.edits import check
from antq_stats.findings import Finding


@check("units")
def missing_units(collection: Collection) -> Iterator[Finding]:
    """Report U301 for each expected unit without a row, U302 once for a unit from which nothing came."""
    register = collection.register
    expected = np.zeros(len(register), dtype=np.int64)
    missing = np.zeros(len(register), dtype=np.int64)
    wanted = [table for table in collection.tables if table.is_expected]
    for table in wanted:
        expected += register.sums(table.units, np.ones((len(table.units), 1), dtype=np.int64))[:, 0]
        missing += register.sums(table.units, (~table.read).astype(np.int64)[:, None])[:, 0]
    silent = _silent_senders(collection, expected, missing)
    arrived = {
        finding.about: finding.file for finding in collection.findings if finding.about and finding.file
    }
    covered: set[int] = set()
    for head in silent:
        covered.update(int(unit) for unit in register.under(int(head)))
        own = sum(int(head) in table.units for table in wanted)
        facts = {"count": str(int(expected[head]) - own)}
        if (refused := arrived.get(register.units.codes[int(head)])) is not None:
            facts["other"] = refused
        yield Finding(code="U302", unit=register.units.codes[int(head)], facts=facts)
    for table in wanted:
        yield from _missing(collection, table, covered)


def _silent_senders(collection: Collection, expected: Integers, missing: Integers) -> Integers:
    """Return, in tree order, the units from which nothing came, of those just above the lowest level."""
    register = collection.register
    parents = np.array(register.units.parents, dtype=np.int64)
    has_children = np.zeros(len(register), dtype=np.bool_)
    has_children[parents[parents >= 0]] = True
    has_grandchildren = np.zeros(len(register), dtype=np.bool_)
    has_grandchildren[parents[has_children & (parents >= 0)]] = True
    silent = (missing == expected) & (expected > 0) & has_children & ~has_grandchildren
    order = register.tree_order
    found: Integers = order[silent[order]]
    return found


def _missing(collection: Collection, table: TableValues, covered: set[int]) -> Iterator[Finding]:
    register = collection.register
    parents = register.units.parents
    files: dict[int, str] = {}
    for unit, source in zip(table.units[table.read], table.source[table.read].max(axis=1), strict=True):
        if source >= 0:
            files.setdefault(parents[int(unit)], table.origins[int(source)].file)
    for unit in table.units[~table.read]:
        position = int(unit)
        if position not in covered:
            yield Finding(
                code="U301",
                file=files.get(parents[position]),
                unit=register.units.codes[position],
                facts={"title": table.table.code},
            )

"""The form's edit rules, judged on whole columns; a row in which a named value is missing is not judged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection import Collection, Integers, Origin, Truths, units_at
from antq_stats.edits import check
from antq_stats.findings import Finding
from antq_stats.form import EditRule


@check("rules")
def edit_rules(collection: Collection) -> Iterator[Finding]:
    """Report R101 where a rule is not kept, and R201 once per rule for the units it could not judge."""
    for rule in collection.form.rules:
        yield from _judge(collection, rule)


def _judge(collection: Collection, rule: EditRule) -> Iterator[Finding]:
    names = rule.expression.names
    units, columns = _columns(collection, names)
    if not all(given.any() for _, given in columns.values()):
        return  # nobody was asked for all of it
    judgement = rule.expression.judge(columns)
    codes = collection.register.units.codes
    for position in np.flatnonzero(judgement.failed):
        place, column = _place(collection, names, int(units[position]))
        found = " · ".join(f"{name} = {int(columns[name][0][position])}" for name in names)
        yield Finding(
            code="R101",
            file=place.file if place else None,
            sheet=place.sheet if place else None,
            row=place.row if place else None,
            column=column,
            unit=codes[int(units[position])],
            measure=names[0],
            rule=rule.code,
            severity=rule.severity,
            facts={"found": found},
        )
    unjudged = int((~judgement.judged).sum())
    if unjudged:
        yield Finding(code="R201", rule=rule.code, facts={"count": str(unjudged)})


def _columns(
    collection: Collection, names: tuple[str, ...]
) -> tuple[Integers, dict[str, tuple[Integers, Truths]]]:
    """Return the units a rule judges and their columns; measures of two tables meet at the higher level."""
    tables = {collection.place_of[name][0] for name in names}
    if len(tables) == 1:
        table = collection.tables[tables.pop()]
        return table.units, {name: table.column(name) for name in names}
    level = min(collection.tables[table].level for table in tables)
    heads = units_at(collection.register, level)
    return heads, {name: collection.at_level(name, level) for name in names}


def _place(collection: Collection, names: tuple[str, ...], unit: int) -> tuple[Origin | None, int | None]:
    """Return the row and the column of the first of the named values that the unit itself gave."""
    for name in names:
        table_at, place = collection.place_of[name]
        table = collection.tables[table_at]
        at = np.flatnonzero(table.units == unit)
        if len(at) and (source := int(table.source[at[0], place])) >= 0:
            origin = table.origins[source]
            return origin, origin.columns[place]
    return None, None

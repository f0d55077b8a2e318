"""Check by the form's edit rules, on whole columns; a row with a missing value is not judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.edits import check
from antq_stats.edits.slips import Mender, Slip
from antq_stats.findings.columns import FindingColumns
from antq_stats.findings.finding import Finding
from antq_stats.form import EditRule


@check("rules")
def edit_rules(collection: Collection) -> Iterator[Iterable[Finding]]:
    """Yield R101 for each unit that breaks a rule, and R201 once for each rule with units it cannot judge."""
    menders: dict[tuple[int, bool], Mender] = {}
    for rule in collection.form.rules:
        yield from _judge(collection, rule, menders)


def _judge(
    collection: Collection, rule: EditRule, menders: dict[tuple[int, bool], Mender]
) -> Iterator[Iterable[Finding]]:
    names = rule.expression.names
    units, columns = judged_columns(collection, names)
    if not all(given.any() for _, given in columns.values()):
        return  # some measure has no value at all
    scales = {name: collection.form.measure(name).scale for name in names}
    judgement = rule.expression.judge(columns, scales)
    failed = np.flatnonzero(judgement.failed)
    if len(failed):
        values = [columns[name][0][failed] for name in names]
        yield _not_kept(
            collection, rule, units[failed], values, _slips(collection, rule, units[failed], menders)
        )
    unjudged = int((~judgement.judged).sum())
    if unjudged:
        yield (Finding(code="R201", rule=rule.code, facts={"count": str(unjudged)}),)


def judged_columns(
    collection: Collection, names: tuple[str, ...]
) -> tuple[Integers, dict[str, tuple[Integers, Truths]]]:
    """Return the units a rule judges, and of each measure their values and which of them are given.

    Measures of two tables are compared at the higher level.

    Parameters
    ----------
    collection : the values of the period.
    names : codes of the measures that the rule names.
    """
    tables = {collection.place_of[name][0] for name in names}
    if len(tables) == 1:
        table = collection.tables[tables.pop()]
        return table.units, {name: table.column(name) for name in names}
    level = min(collection.tables[table].level for table in tables)
    return collection.level_sums(level).units, {name: collection.at_level(name, level) for name in names}


def _slips(
    collection: Collection, rule: EditRule, units: Integers, menders: dict[tuple[int, bool], Mender]
) -> Callable[[], dict[int, Slip]]:
    """Return a function that returns the slips by which units break a rule: they are looked for when asked.

    A rule between tables is about sums, which nobody typed.
    """
    tables = {collection.place_of[name][0] for name in rule.expression.names}

    @cache
    def found() -> dict[int, Slip]:
        if len(tables) > 1:
            return {}
        table = next(iter(tables))
        is_public = collection.form.protected.isdisjoint(rule.expression.names)
        key = table, is_public
        if key not in menders:
            menders[key] = Mender(collection, collection.tables[table], is_public)
        return menders[key].slips(rule, units)

    return found


def _not_kept(
    collection: Collection,
    rule: EditRule,
    units: Integers,
    values: list[Integers],
    slips: Callable[[], dict[int, Slip]],
) -> FindingColumns:
    """Return the findings on units that break a rule."""
    names, codes = rule.expression.names, collection.register.units.codes
    which, sources = _places(collection, names, units)
    measures = [collection.form.measure(name) for name in names]
    tables = [collection.tables[collection.place_of[name][0]] for name in names]
    places = [collection.place_of[name][1] for name in names]
    files = [file for table in tables for file in table.origins.files]
    codes_of_tables = dict.fromkeys(table.table.code for table in tables)
    place = {"place": ", ".join(codes_of_tables)} if len(codes_of_tables) > 1 else {}
    file_of = np.full(len(units), -1, dtype=np.int64)  # -1 is the last file, which is None
    start = 0
    for name, table in enumerate(tables):
        here = which == name
        file_of[here] = start + table.origins.parts_of(sources[here])
        start += len(table.origins.files)

    def make(at: int) -> Finding:
        name = int(which[at])
        origin = tables[name].origins[int(sources[at])] if name >= 0 else None
        sources_found = " · ".join(
            f"{measure.code} = {measure.text(int(given[at]))}"
            for measure, given in zip(measures, values, strict=True)
        )
        return Finding(
            code="R101",
            file=origin.file if origin else None,
            sheet=origin.sheet if origin else None,
            row=origin.row if origin else None,
            column=origin.columns[places[name]] if origin else None,
            unit=codes[int(units[at])],
            measure=names[0],
            rule=rule.code,
            severity=rule.severity,
            facts={"found": sources_found, **place, **_suggested(collection, slips().get(int(units[at])))},
        )

    return FindingColumns("R101", rule.severity, units, files, file_of, make, names, rule.code)


def _suggested(collection: Collection, slip: Slip | None) -> dict[str, str]:
    """Return the facts of the only slip that mends the row."""
    if slip is None:
        return {}
    measure = collection.form.measure(slip.measure)
    return {
        "suggestion": f"{measure.code} = {measure.text(slip.mended)}",
        "given": measure.text(slip.given),
    }


def _places(collection: Collection, names: tuple[str, ...], units: Integers) -> tuple[Integers, Integers]:
    """Return for each unit the first named measure that it has a value of, and its source; -1 if none."""
    which, sources = (np.full(len(units), -1, dtype=np.int64) for _ in range(2))
    for name, code in enumerate(names):
        table_at, place = collection.place_of[code]
        table = collection.tables[table_at]
        rows = np.full(len(collection.register), -1, dtype=np.int64)
        rows[table.units] = np.arange(len(table.units))
        candidates = np.flatnonzero((which < 0) & (rows[units] >= 0))
        if len(candidates):
            sources_found = table.sources.column(place, rows[units[candidates]])
            sources[candidates] = sources_found
            which[candidates[sources_found >= 0]] = name
    return which, sources

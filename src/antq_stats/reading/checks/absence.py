"""Why a file gives no figures: a blank table, a header without rows, scattered headers.

A file that gives nothing needs a finding that explains why; otherwise the sender is asked for it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING, ReadingPlan, Units
from antq_stats.reading.coerce import is_figure, total
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.returns import Return, TableReturn
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.labels import is_label
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.words.text import text_key

_REMARKS = frozenset(
    (
        "C203", "F109", "F110", "F205", "T104", "T105", "T203", "T204", "T301", "T302", "T304",
        "T402", "T403", "T405", "U104", "U107", "U203",
    )
)  # fmt: skip
"""Codes that do not explain why a file gave nothing; every other code does."""
_DEPTH = 60
"""Rows of a sheet that are searched for scattered headers."""


def is_blank(plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body) -> bool:
    """Return whether a table names its units and is blank otherwise."""
    if not body.raw or len(body.looked_at) < len(body.raw):
        return False
    if any(value > 0 for _, values in body.strays for value in values):
        return False  # zeros are no figures here: a formula below blank cells gives 0
    twice = [column for columns in located.twice.values() for column in columns]
    asked = {column for column in (*located.measures, *twice) if column >= 0}
    if not asked:
        return False
    further = located.unknown.keys() | located.forbidden.keys()
    for number in body.raw:
        row = grid.rows[number]
        if any(_says_something(grid, number, column) for column in asked):
            return False
        if any(is_figure(row[column]) for column in further if column < len(row)):
            return False
    measures = plan.tables[located.table].measures
    return not any(
        total(grid.rows[printed.row][column], measures[place]) > 0
        for printed in body.totals
        for place, column in enumerate(located.measures)
        if 0 <= column < len(grid.rows[printed.row])
    )


def _says_something(grid: Grid, row: int, column: int) -> bool:
    cells = grid.rows[row]
    cell = cells[column] if column < len(cells) else ""
    if (row, column) in grid.odd or (row, column) in grid.remarks:
        return True
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def scattered_header(plan: ReadingPlan, grid: Grid) -> tuple[int, int, list[str]] | None:
    """Return row and column of the first of several scattered headers, and the texts of all.

    Headers are scattered if they are in more rows than a header has, or below each other. None if there are
    fewer than two.
    """
    for table in plan.tables:
        found: dict[int, tuple[int, int, str]] = {}
        for number, row in enumerate(grid.rows[:_DEPTH]):
            for column, cell in enumerate(row):
                position = table.keys.get(text_key(str(cell))) if is_label(cell) else None
                if position is not None:
                    found.setdefault(position, (number, column, str(cell)))
        if len(found) > 1:
            number, column, _ = min(found.values())
            return number, column, [text for _, _, text in sorted(found.values())]
    return None


def blank_once(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with the F209 of all tables of one unit merged into the first of them."""
    kept: list[Finding] = []
    of_unit: dict[str | None, int] = {}
    for finding in findings:
        if finding.code != "F209":
            kept.append(finding)
        elif finding.about not in of_unit:
            of_unit[finding.about] = len(kept)
            kept.append(finding)
        else:
            at = of_unit[finding.about]
            count = int(kept[at].facts["count"]) + int(finding.facts["count"])
            kept[at] = replace(kept[at], sheet=None, facts={"count": str(count)})
    return kept


def gave_values(return_: Return) -> bool:
    """Return whether any figure was taken from a file."""
    return any(table.own or any(value != MISSING for value in table.values) for table in return_.tables)


def is_explained(findings: Iterable[Finding]) -> bool:
    """Return whether any finding explains why a file gave nothing."""
    return any(finding.severity == "hard" or finding.code not in _REMARKS for finding in findings)


def sender_of(units: Units, table: TableReturn) -> int | None:
    """Return the unit that all rows of a table belong to; None if they belong to several."""
    senders = {unit if units.is_above_leaves(unit) else units.parents[unit] for unit in table.units}
    return senders.pop() if len(senders) == 1 else None

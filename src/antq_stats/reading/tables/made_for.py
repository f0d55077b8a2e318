"""Returns made by the tool: checking their provenance, and finding their tables by it.

A return made for another form, period or unit is not read at all.
"""

from __future__ import annotations

from typing import NamedTuple

from antq_stats.plan import ReadingPlan
from antq_stats.reading import privacy
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.reporter import Reporter
from antq_stats.reading.tables import provenance
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.units.names import NOWHERE, code_text
from antq_stats.words.text import text_key

Placed = dict[str | None, LocatedTable]
"""Sheet name -> its table, found at the place that the provenance records."""


class SheetsToRead(NamedTuple):
    """What is to be read of a workbook."""

    grids: list[Grid]
    """Empty if the workbook was made for another form, period or unit."""
    unit: int
    """Position of the unit it was made for; NOWHERE if it has no provenance or the unit is unknown."""
    placed: Placed


def sheets_to_read(plan: ReadingPlan, grids: list[Grid], reporter: Reporter) -> SheetsToRead:
    """Return the sheets to read, and check a workbook's provenance if it has one.

    The findings are F207 another form, F203 another period, F208 or F205 another unit, and T105 a table
    that is not at its recorded place.

    Parameters
    ----------
    plan : the reading plan.
    grids : all sheets of the workbook.
    reporter : receives the findings.
    """
    found = provenance.find_provenance(grids)
    if found is None:
        return SheetsToRead(grids, NOWHERE, {})
    made, carrier = found
    others = [grid for grid in grids if grid is not carrier]
    unit = plan.units.by_code.get(made.unit, NOWHERE)
    ruled = plan.ruled.unit_of(reporter.return_.file)
    if ruled is not None:
        unit = ruled.unit
    elif unit != NOWHERE and text_key(made.name) not in plan.units.name_keys(unit):
        unit = NOWHERE  # the code now belongs to another unit
    about = reporter.file_unit if unit == NOWHERE else unit
    wrong: list[tuple[str, dict[str, str]]] = []
    if (made.form, made.version) != (code_text(plan.form), code_text(plan.version)):
        asked = f"{plan.form} {plan.version}"
        wrong.append(("F207", {"found": f"{made.form} {made.version}", "expected": asked}))
    if made.period != code_text(plan.period):
        wrong.append(("F203", {"found": made.period, "period": plan.period}))
    if unit == NOWHERE:
        named = made.unit if privacy.is_personal(made.name) else f"{made.name} ({made.unit})"
        wrong.append(("F208", {"found": named, "period": plan.period}))
    for code, facts in wrong:
        if privacy.is_personal(facts["found"]):  # somebody edited the hidden sheet
            del facts["found"]
        reporter.report(code, facts=facts, about=about)
    if wrong:
        return SheetsToRead([], unit, {})
    foreign = NOWHERE if ruled is not None else made.foreign_unit(plan.units, unit)
    if foreign != NOWHERE:
        facts = {"expected": made.unit, "found": plan.units.codes[plan.units.parents[foreign]]}
        reporter.report("F205", facts=facts, about=unit, severity="hard")
        return SheetsToRead([], unit, {})
    return SheetsToRead(others, unit, _placed(plan, made, others, reporter))


def _placed(plan: ReadingPlan, made: provenance.Provenance, grids: list[Grid], reporter: Reporter) -> Placed:
    """Return the tables found at their recorded places; report T105 for each of the others."""
    placed: Placed = {}
    for layout in made.tables:
        by_name = sorted(grids, key=lambda grid: grid.sheet != layout.sheet)
        for grid in by_name:
            located = provenance.table_at(plan, grid, layout)
            if located is not None and grid.sheet not in placed:
                placed[grid.sheet] = located
                break
        else:
            here = by_name[0].sheet if by_name and by_name[0].sheet == layout.sheet else None
            facts = {} if privacy.is_personal(layout.sheet) else {"found": layout.sheet}
            reporter.report("T105", sheet=here, facts=facts)
    return placed

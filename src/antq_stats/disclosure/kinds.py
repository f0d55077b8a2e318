"""Kinds: which units of a component can be exchanged for each other, so that one stands for all."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from antq_stats.disclosure.system import Component, Row


def unit_kinds(component: Component, *, with_values: bool) -> dict[str, Hashable]:
    """Return for each unit what tells it apart: two of one kind can be exchanged for each other.

    Parameters
    ----------
    component : a part of what is known.
    with_values : whether the withheld values themselves tell units apart.
    """
    owner: dict[int, tuple[str, str]] = {}
    shared: set[int] = set()
    for cell in component.cells:
        if len(cell.unknowns) == 1 and cell.unknowns[0] not in owner:
            owner[cell.unknowns[0]] = cell.unit, cell.name[1]
        else:
            shared |= {*cell.unknowns}
    marks: dict[str, list[Hashable]] = {cell.unit: [] for cell in component.cells}
    for cell in component.cells:
        value = cell.value if with_values else None
        marks[cell.unit].append((cell.name[:2], cell.kept, cell.free_from, cell.offset, value))
    for at, (unit, measure) in owner.items():
        marks[unit].append((measure, component.low[at], component.high[at], at if at in shared else None))
    groups: list[tuple[tuple[Row, ...], int]] = [
        ((row,), number) for number, row in enumerate(component.rows)
    ]
    groups += [(choice, -1 - number) for number, choice in enumerate(component.choices)]
    for rows, number in groups:
        touched = {owner[at][0] if at in owner else "" for row in rows for at in row.terms}
        for unit in touched - {""}:
            own = tuple((_of_unit(row, owner, unit), row.low, row.high) for row in rows)
            marks[unit].append((own, None if len(touched) == 1 else number))
    for cell in component.cells:
        if len(cell.unknowns) != 1:
            marks[cell.unit].append(cell.name)
    return {unit: tuple(sorted(map(repr, found))) for unit, found in marks.items()}


def _of_unit(row: Row, owner: Mapping[int, tuple[str, str]], unit: str) -> tuple[tuple[str, int], ...]:
    """Return the measures of a unit in a row, with their factors."""
    own = ((owner[at], factor) for at, factor in row.terms.items() if at in owner)
    return tuple(sorted((measure, factor) for (each, measure), factor in own if each == unit))

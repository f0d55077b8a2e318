"""Linear and integer programs: which values of a withheld figure a reader must think possible.

A value is possible if there is a whole filling of all unknowns that has it. HiGHS looks for fillings; each is
checked here in exact arithmetic, so that no rounding of the solver can make a figure look safe. Where a part
of the system is a single sum of unknowns, the possible values are those between two limits that need no
program.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from antq_stats.disclosure.kinds import unit_kinds
from antq_stats.disclosure.solver import limit, model_of, solver
from antq_stats.disclosure.system import OPEN, Cell, Component, Row


class Breach(NamedTuple):
    """A withheld figure that can be bounded more tightly than the form allows."""

    name: tuple[str, str, str]
    """The period, the measure and the unit."""
    low: int
    """What the reader can bound it by."""
    high: int | None
    """None without a limit."""
    excluded: tuple[int, ...]
    """The values that must stay possible, and are not, or are not known to."""
    by: str | None = None
    """The unit that can work it out with the help of its own figure; None if every reader can."""
    release: int = 0
    """Number of the release that withholds it."""


def breaches(component: Component, *, insiders: bool = False) -> list[Breach]:
    """Return the figures of a component of which a value that must stay possible is not.

    Parameters
    ----------
    component : a part of what is known.
    insiders : whether each unit's own figures are known to it too.
    """
    line = _single_sum(component)
    if line is not None:
        found = [*_of_single_sum(component, line)]
        return found or ([*_by_insiders_of_single_sum(component, line)] if insiders else [])
    found = [*_of_program(component)]
    return found or ([*_by_insiders(component)] if insiders else [])


def is_possible(component: Component) -> bool:
    """Return whether any filling of a component exists."""
    if any(low > high for low, high in zip(component.low, component.high, strict=True)):
        return False
    row = _single_sum(component)
    if row is None:
        return _Program(component).filling() is not None
    low, high = sum(component.low[at] for at in row.terms), sum(component.high[at] for at in row.terms)
    return row.low <= high and row.high >= low and row.low <= row.high


# -- one sum -------------------------------------------------------------------------------------


def _single_sum(component: Component) -> Row | None:
    """Return the only row of a component if all its factors are 1; a row without limits if there is none."""
    if component.choices or len(component.rows) > 1:
        return None
    if not component.rows:
        return Row({}, -OPEN, OPEN)
    row = component.rows[0]
    factors = set(row.terms.values())
    if factors == {1}:
        return row
    if factors == {-1}:
        return Row(dict.fromkeys(row.terms, 1), -row.high, -row.low)
    return None


def _span(component: Component, row: Row, unknowns: Iterable[int]) -> tuple[int, int]:
    """Return the least and the greatest sum of some unknowns; all values between are possible too."""
    inside = set(unknowns)
    tied = inside & row.terms.keys()
    low, high = sum(component.low[at] for at in inside), sum(component.high[at] for at in inside)
    if tied:
        loose = inside - tied
        rest = row.terms.keys() - tied
        most = row.high - sum(component.low[at] for at in rest) + sum(component.high[at] for at in loose)
        least = row.low - sum(component.high[at] for at in rest) + sum(component.low[at] for at in loose)
        low, high = max(low, least), min(high, most)
    return low, high


def _breach(cell: Cell, low: int, high: int, by: str | None = None) -> Breach | None:
    """Return the breach of a cell of which all values between two limits are possible, or None."""
    excluded = tuple(value for value in cell.kept if not low <= value <= high)
    if not excluded or low >= cell.free_from:
        return None
    return Breach(cell.name, low, None if high >= OPEN else high, excluded, by, cell.release)


def _of_single_sum(component: Component, row: Row) -> Iterator[Breach]:
    least = sum(component.low[at] for at in row.terms)
    most = sum(component.high[at] for at in row.terms)
    for cell in component.cells:
        if len(cell.unknowns) == 1 and cell.unknowns[0] in row.terms:
            at = cell.unknowns[0]
            low = max(component.low[at], row.low - (most - component.high[at]))
            high = min(component.high[at], row.high - (least - component.low[at]))
        else:
            low, high = _span(component, row, cell.unknowns)
        found = _breach(cell, low + cell.offset, high + cell.offset)
        if found is not None:
            yield found


def _by_insiders_of_single_sum(component: Component, row: Row) -> Iterator[Breach]:
    """Yield what a unit can work out that knows its own figure.

    The unit that leaves least of the sum to the others bounds them from above, and the one whose figure
    is farthest below its limit bounds them from below.
    """
    known = [
        cell for cell in component.cells if cell.value is not None and row.terms.keys() >= {*cell.unknowns}
    ]
    if not known or not row.terms:
        return
    owned = _owned(component)
    spans = {
        cell.name: (
            sum(component.low[at] for at in cell.unknowns),
            sum(component.high[at] for at in cell.unknowns),
        )
        for cell in known
    }

    def over(cell: Cell) -> int:
        return (cell.value or 0) - cell.offset - spans[cell.name][0]

    def under(cell: Cell) -> int:
        return spans[cell.name][1] - (cell.value or 0) + cell.offset

    for cell in component.cells:
        others = [each for each in known if owned[each.unit].isdisjoint(cell.unknowns)]
        if (
            cell.free_from >= OPEN and others
        ):  # else less may tell more: from some value on nothing must be kept
            others = [max(others, key=over), max(others, key=under)]
        for other in others:
            left = (other.value or 0) - other.offset
            terms = dict.fromkeys(row.terms.keys() - {*other.unknowns}, 1)
            low, high = _span(component, Row(terms, row.low - left, row.high - left), cell.unknowns)
            found = _breach(cell, low + cell.offset, high + cell.offset, other.unit)
            if found is not None:
                yield found
                break


# -- programs ------------------------------------------------------------------------------------


class _Program:
    """A component as a model of HiGHS: a column for each unknown, a row for each constraint and each cell."""

    def __init__(self, component: Component) -> None:
        import highspy

        self.component = component
        self._highs = solver()
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._infeasible = highspy.HighsModelStatus.kInfeasible
        self._senses = highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize
        self._highs.passModel(model_of(component))
        self._first_cell = self._highs.getNumRow() - len(component.cells)

    def between(self, place: int, low: int, high: int) -> None:
        """Limit the unknowns' part of a cell."""
        self._highs.changeRowBounds(self._first_cell + place, limit(low), limit(high))

    def filling(self) -> tuple[int, ...] | None:
        """Return values of all unknowns within the limits; None if there are none, or none was found."""
        self._highs.run()
        if self._highs.getModelStatus() != self._optimal:
            return None
        solution = self._highs.getSolution().col_value
        values = tuple(round(value) for value in solution[: len(self.component.low)])
        return values if self.component.keeps(values) else None

    def tell(self, places: Iterable[int]) -> None:
        """Put in the true values of cells."""
        for place in places:
            cell = self.component.cells[place]
            own = (cell.value or 0) - cell.offset
            self.between(place, own, own)

    def forget(self, places: Iterable[int]) -> None:
        """Leave cells open again."""
        for place in places:
            self.between(place, -OPEN, OPEN)

    def filling_with(self, place: int, value: int, group: Sequence[_Insider]) -> list[int] | None:
        """Return all cells' values in a filling with the true figures of insiders and a value of one cell."""
        cell = self.component.cells[place]
        told = [own for each in group for own in each.places]
        self.tell(told)
        self.between(place, value - cell.offset, value - cell.offset)
        filling = self.filling()
        self.forget([*told, place])
        if filling is None:
            return None
        return [sum(filling[at] for at in other.unknowns) + other.offset for other in self.component.cells]

    def judge(self, place: int, seen: Sequence[set[int]], by: str | None) -> Breach | None:
        """Return the breach of a cell; None if all that must stay possible is.

        Parameters
        ----------
        place : of the cell.
        seen : for each cell values that are known to be possible; more are added.
        by : the unit whose own figures are put in.
        """
        cell = self.component.cells[place]
        for value in cell.kept:
            if value not in seen[place]:
                self.between(place, value - cell.offset, value - cell.offset)
                filling = self.filling()
                if filling is not None:
                    for other, values in zip(self.component.cells, seen, strict=True):
                        values.add(sum(filling[at] for at in other.unknowns) + other.offset)
        self.between(place, -OPEN, OPEN)
        excluded = tuple(value for value in cell.kept if value not in seen[place])
        if not excluded:
            return None
        low, high = (end + cell.offset for end in self.extremes(place))
        if low >= cell.free_from:
            return None
        return Breach(cell.name, low, None if high >= OPEN else high, excluded, by, cell.release)

    def extremes(self, place: int) -> tuple[int, int]:
        """Return bounds of the unknowns' part of a cell, as narrow as the time allows."""
        cell = self.component.cells[place]
        found = []
        for at in cell.unknowns:
            self._highs.changeColCost(at, 1.0)
        for sense in self._senses:
            self._highs.changeObjectiveSense(sense)
            self._highs.run()
            if self._highs.getModelStatus() == self._optimal:
                found.append(round(self._highs.getInfo().objective_function_value))
            else:
                found.append(OPEN if found else -OPEN)
        for at in cell.unknowns:
            self._highs.changeColCost(at, 0.0)
        self._highs.changeObjectiveSense(self._senses[0])
        return found[0], found[1]


def _of_program(component: Component) -> Iterator[Breach]:
    program = _Program(component)
    alike = unit_kinds(component, with_values=False)
    judged: dict[tuple[Hashable, str], Breach | None] = {}
    seen: list[set[int]] = [set() for _ in component.cells]
    for place, cell in enumerate(component.cells):
        kind = alike[cell.unit], cell.name[1]
        if kind not in judged:
            judged[kind] = program.judge(place, seen, None)
        found = judged[kind]
        if found is not None:
            yield found._replace(name=cell.name, release=cell.release)


def _by_insiders(component: Component) -> Iterator[Breach]:
    """Yield what units can work out that know their own figures of all measures."""
    program = _Program(component)
    alike = unit_kinds(component, with_values=False)
    insiders = _insiders(component)
    cleared = _cleared(program, insiders, alike)
    for unit, own in insiders.items():
        program.tell(own.places)
        seen = [set(cleared[unit, (alike[cell.unit], cell.name[1])]) for cell in component.cells]
        judged: dict[tuple[Hashable, str], Breach | None] = {}
        for place, cell in enumerate(component.cells):
            if not own.may_ask(cell):
                continue
            kind = alike[cell.unit], cell.name[1]
            if kind not in judged:
                judged[kind] = program.judge(place, seen, unit)
            found = judged[kind]
            if found is not None:
                yield found._replace(name=cell.name, release=cell.release)
        program.forget(own.places)


class _Insider(NamedTuple):
    """A unit that knows its own figures."""

    unit: str
    places: list[int]
    """Of its cells."""
    unknowns: frozenset[int]
    """All that are of it, see `_owned`."""

    def may_ask(self, cell: Cell) -> bool:
        """Return whether there is something to find out: nothing of the cell is of this unit."""
        return self.unknowns.isdisjoint(cell.unknowns)


def _insiders(component: Component) -> dict[str, _Insider]:
    """Return the units that know their own figures; of those that are alike two, which ask each other."""
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(component.cells):
        if cell.value is not None:
            places.setdefault(cell.unit, []).append(place)
    of_kind: dict[Hashable, list[str]] = {}
    for unit, kind in unit_kinds(component, with_values=True).items():
        if unit in places:
            of_kind.setdefault(kind, []).append(unit)
    owned = _owned(component)
    chosen = [unit for units in of_kind.values() for unit in units[:2]]
    return {unit: _Insider(unit, places[unit], owned[unit]) for unit in chosen}


def _owned(component: Component) -> dict[str, frozenset[int]]:
    """Return for each unit the unknowns of cells that are its own, or of units under it, in any release."""
    found: dict[str, set[int]] = defaultdict(set)
    for cell in component.cells:
        for unit in (cell.unit, *cell.above):
            found[unit].update(cell.unknowns)
    return {unit: frozenset(unknowns) for unit, unknowns in found.items()}


_Cleared = Mapping[tuple[str, tuple[Hashable, str]], set[int]]
"""Insider, and kind of cell -> values that the insider must think possible of every cell of the kind."""


def _cleared(program: _Program, insiders: Mapping[str, _Insider], alike: Mapping[str, Hashable]) -> _Cleared:
    """Return what many insiders together cannot exclude, which none of them can alone.

    A filling with the true figures of a group of insiders shows at once for all of them that its values are
    possible. Groups for which there is none are halved. What is left is asked insider by insider.
    """
    cells = program.component.cells
    kinds: dict[tuple[Hashable, str], list[int]] = {}
    for place, cell in enumerate(cells):
        kinds.setdefault((alike[cell.unit], cell.name[1]), []).append(place)
    found: dict[tuple[str, tuple[Hashable, str]], set[int]] = {
        (unit, kind): set() for unit in insiders for kind in kinds
    }
    for kind, places in kinds.items():
        for place in places[:2]:  # whom the first cell belongs to asks about the second
            for value in cells[place].kept:
                asked = [
                    each for each in insiders.values()
                    if each.may_ask(cells[place]) and value not in found[each.unit, kind]
                ]  # fmt: skip
                groups = [asked[::2], asked[1::2]]  # neighbours, whose sum is shown, are in different groups
                while groups:
                    group = groups.pop()
                    filling = program.filling_with(place, value, group) if group else None
                    if filling is not None:
                        for at, cell in enumerate(cells):
                            for each in group:
                                if each.may_ask(cell):
                                    found[each.unit, (alike[cell.unit], cell.name[1])].add(filling[at])
                    elif len(group) > 1:
                        groups += [group[::2], group[1::2]]
    return found

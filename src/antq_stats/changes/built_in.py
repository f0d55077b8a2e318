"""The built-in changes of the country as events."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from antq_stats.changes.events import Event, Part, joined, kind_of
from antq_stats.changes.fates import History
from antq_stats.country import CountryUnit, country
from antq_stats.plan import Units
from antq_stats.register.register import UnitRegister


@cache
def country_history() -> History:
    """Return the built-in changes of all communes: those of 2025, and of Yên Bái since 2020.

    The shares of the communes that were divided are not known.
    """
    days: dict[date, list[Part]] = defaultdict(list)
    notes: dict[tuple[date, str], tuple[str, str]] = {}
    for change in country().changes:
        days[change.day].append(Part(change.old, change.new))
        notes[change.day, change.old] = (change.act, change.source)
    events: list[Event] = []
    for day, parts in days.items():
        for group in joined(parts):
            act, source = notes[day, group[0].old]
            name = f"{day.isoformat()}:{group[0].new}"
            events.append(Event(name, day, kind_of(group), group, act, source))
    return History(events)


def country_register(codes: Iterable[str], day: date) -> UnitRegister | None:
    """Return the register of one province on a day: the one that has the most units of some codes.

    Parameters
    ----------
    codes : codes of units on that day.
    day : the day.

    Returns
    -------
    UnitRegister or None
        None if no province of that day has any of them, or if its units of that day are not known.
    """
    land, wanted = country(), frozenset(codes)
    most = 0
    best: tuple[CountryUnit, ...] = ()
    for province in land.provinces(day):
        units = land.units_of(province, day)
        found = sum(unit.code in wanted for unit in units[1:])
        if found > most and land.listed_on(province) <= day:
            most, best = found, units
    return UnitRegister(_units(best)) if best else None


def _units(units: Sequence[CountryUnit]) -> Units:
    names = tuple(dict.fromkeys(unit.level for unit in units))
    place = {unit.code: at for at, unit in enumerate(units)}
    return Units(
        level_names=names,
        codes=tuple(unit.code for unit in units),
        names=tuple(unit.name for unit in units),
        kinds=tuple(unit.kind for unit in units),
        aliases=tuple(unit.aliases for unit in units),
        levels=array("i", (names.index(unit.level) for unit in units)),
        parents=array("i", (place.get(unit.parent, -1) for unit in units)),
    )

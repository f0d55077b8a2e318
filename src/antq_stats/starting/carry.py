"""Villages of an earlier register, carried through the changes of the communes.

A village goes where its whole commune went. Villages of a commune that was divided are not placed: nobody can
tell from the register which part they are in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from antq_stats.country import Country, CountryUnit
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.plan import MISSING
from antq_stats.register.register import UnitRegister, load_register
from antq_stats.register.unit_file import InForce, in_force
from antq_stats.starting.villages import Village, VillageCodes
from antq_stats.words.text import ascii_key, text_key


class Renamed(NamedTuple):
    """A village whose name got that of its old commune behind it, because another has the same."""

    village: str
    now: str
    commune: str
    """Name of its new commune."""


class Unplaced(NamedTuple):
    """Villages of an old commune that are not in the new register."""

    commune: str
    """Name of the old commune as the old register has it."""
    villages: tuple[str, ...]
    """Names of the villages."""
    possible: tuple[str, ...] = ()
    """Names of the communes that the old one was divided into; empty for other reasons."""


@dataclass
class Carried:
    """The villages of the new register, and what became of the others."""

    villages: list[Village] = field(default_factory=list)
    moved: int = 0
    """Number of villages whose commune is another one now."""
    renamed: list[Renamed] = field(default_factory=list)
    divided: list[Unplaced] = field(default_factory=list)
    """Villages of communes that were divided."""
    elsewhere: list[Unplaced] = field(default_factory=list)
    """Villages of communes that went to another province."""
    unknown: list[Unplaced] = field(default_factory=list)
    """Villages of communes that the register of the country does not have under that code and name."""
    ended: list[Unplaced] = field(default_factory=list)
    """Villages that ended before the new day, other than with their commune."""
    notes: tuple[Finding, ...] = ()
    """Notes on the earlier register, such as codes that had lost their zeros."""
    later: tuple[str, ...] = ()
    """Codes of units that began after the day for which the earlier register is taken; they are left out."""

    @property
    def left_out(self) -> int:
        """Number of villages that are not in the new register."""
        groups = (self.divided, self.elsewhere, self.unknown, self.ended)
        return sum(len(unplaced.villages) for group in groups for unplaced in group)


class _Old(NamedTuple):
    """An earlier register on the day for which it is taken."""

    register: UnitRegister
    day: date
    validity: dict[str, InForce]

    def has_communes_since(self, then: date) -> bool:
        """Return whether a unit that has others below it began after a day."""
        units = self.register.units
        above = (units.codes[position] for position in units.children if position >= 0)
        return any(self.validity[code].first > then for code in above)


def carry(path: Path, then: date, land: Country, communes: Sequence[CountryUnit], now: date) -> Carried:
    """Return the villages of an earlier register under the communes of a later day.

    Parameters
    ----------
    path : the earlier units.csv.
    then : the day it was for. If it has other communes on the later day, those are taken.
    land : the register of the country.
    communes : communes of the new register.
    now : the day of the new register.

    Raises
    ------
    SetupError
        The earlier register has faults.
    """
    old = _opened(path, then, now)
    result = _Carrying(old, land, communes, now).carried()
    result.notes = old.register.notes
    result.later = tuple(code for code, days in in_force(path, now).items() if days.first > old.day)
    return result


def _opened(path: Path, then: date, now: date) -> _Old:
    earlier = _Old(load_register(path, then), then, in_force(path, then))
    if then < now:
        try:
            later = _Old(load_register(path, now), now, in_force(path, now))
        except SetupError:
            return earlier  # its communes ended in between
        if later.has_communes_since(then):
            return later
    return earlier


class _Move(NamedTuple):
    """An old commune that went whole into a commune of the new register."""

    old: int
    """Its position in the old register."""
    unit: CountryUnit
    new: CountryUnit
    since: date | None
    """The day, if the commune is another one than before; else None."""


class _Carrying:
    """Carries the villages of one register."""

    def __init__(self, old: _Old, land: Country, communes: Sequence[CountryUnit], now: date) -> None:
        self.old = old
        self.units = old.register.units
        self.land = land
        self.now = now
        self.communes = {unit.code: unit for unit in communes}
        self.result = Carried()
        self.level = 0
        """Level of the communes in the old register."""
        self.islands = {change.old for change in land.changes}
        """Codes of units that changed: a district among them has no communes."""
        self.arrivals = Counter(change.new for change in land.changes if old.day < change.day <= now)
        """How many units, or parts of units, went into each new commune."""

    def carried(self) -> Carried:
        """Carry all villages."""
        known = {
            position: unit for position in range(len(self.units.codes)) if (unit := self._commune(position))
        }
        self.level = self._commune_level(known)
        moves: dict[str, list[_Move]] = {code: [] for code in self.communes}
        for position in self.units.children:
            if not self._villages(position):
                continue
            move = self._move(position, known[position]) if position in known else None
            if move is not None:
                moves[move.new.code].append(move)
            elif position not in known:
                self._leave_out(self.result.unknown, position)
        codes = VillageCodes({*self.units.codes, *self.units.former})
        for arrivals in moves.values():
            self._settle(arrivals, codes)
        return self.result

    def _commune(self, position: int) -> CountryUnit | None:
        """Return the commune of the country that a unit of the old register is, by code and name.

        An island district that has no communes is one itself.
        """
        unit = self.land.unit(self.units.codes[position], self.old.day)
        if unit is None or not (unit.level == "commune" or unit.code in self.islands):
            return None
        names = {ascii_key(name) for name in (unit.name, unit.full_name, *unit.aliases)}
        own = map(ascii_key, self.units.name_keys(position))
        return None if names.isdisjoint(own) else unit

    def _commune_level(self, known: Iterable[int]) -> int:
        """Return the level of the communes in the old register: of most known ones, else by its name."""
        levels = Counter(self.units.levels[position] for position in known)
        if levels:
            return levels.most_common(1)[0][0]
        named = self.old.register.level("commune")
        return len(self.old.register.levels) - 2 if named is None else named

    def _villages(self, position: int) -> list[int]:
        """Return the villages below a unit: its children on a level below the communes."""
        if position < 0:
            return []
        return [child for child in self.units.children[position] if self.units.levels[child] > self.level]

    def _leave_out(self, group: list[Unplaced], position: int, possible: Iterable[str] = ()) -> None:
        """Note that the villages of an old commune cannot be placed."""
        names = tuple(self.units.names[child] for child in self._villages(position))
        group.append(Unplaced(self.old.register.at(position).display, names, tuple(possible)))

    def _move(self, position: int, unit: CountryUnit) -> _Move | None:
        """Return where an old commune went; None if its villages cannot be placed."""
        fate = self.land.fate(unit.code, self.old.day, self.now)
        new = self.communes.get(fate.codes[0]) if fate.is_whole else None
        if new is None:
            possible = [found.full_name for code in fate.codes if (found := self.land.unit(code, self.now))]
            group = self.result.elsewhere if fate.is_whole else self.result.divided
            self._leave_out(group, position, possible)
            return None
        is_same = (new.code, new.name) == (unit.code, unit.name) and self.arrivals[new.code] <= 1
        return _Move(position, unit, new, None if is_same else fate.since)

    def _settle(self, arrivals: Sequence[_Move], codes: VillageCodes) -> None:
        """Add the villages of all old communes that went into one new commune."""
        staying = [(move, self._staying(move)) for move in arrivals]
        homes: dict[str, set[int]] = defaultdict(set)
        for move, places in staying:
            for place in places:
                for key in self.units.name_keys(place):
                    homes[key].add(move.old)
        shared = {key for key, communes in homes.items() if len(communes) > 1}
        labels = self._labels(arrivals)
        for move, places in staying:
            for place in places:
                village = self._village(place, move, codes)
                if not shared.isdisjoint(self.units.name_keys(place)):
                    now = f"{village.name} ({labels[move.old]})"
                    self.result.renamed.append(Renamed(village.name, now, move.new.full_name))
                    aliases = tuple(alias for alias in village.aliases if text_key(alias) not in shared)
                    village = replace(village, name=now, aliases=aliases)
                self.result.villages.append(village)
                self.result.moved += move.since is not None

    def _staying(self, move: _Move) -> list[int]:
        """Return the villages of an old commune that are in force on the new day."""
        staying: list[int] = []
        ended: list[int] = []
        for place in self._villages(move.old):
            end = self.old.validity[self.units.codes[place]].last
            with_commune = move.since is not None and end >= move.since - timedelta(days=1)
            (staying if end >= self.now or with_commune else ended).append(place)
        if ended:
            names = tuple(self.units.names[place] for place in ended)
            self.result.ended.append(Unplaced(self.old.register.at(move.old).display, names))
        return staying

    def _village(self, place: int, move: _Move, codes: VillageCodes) -> Village:
        """Return a village as a row of the new register."""
        units, code = self.units, self.units.codes[place]
        _, start, end = self.old.validity[code]
        since = move.since or (start if start > date.min else None)
        households = self.old.register.households
        count = households[place] if households else MISSING
        return Village(
            code=code if move.new.code == units.codes[move.old] else codes.new(move.new.code),
            name=units.names[place],
            kind=units.kinds[place],
            parent=move.new.code,
            valid_from="" if since is None else since.isoformat(),
            valid_to="" if end < self.now or end == date.max else end.isoformat(),
            households="" if count == MISSING else str(count),
            aliases=units.aliases[place],
        )

    def _labels(self, arrivals: Sequence[_Move]) -> dict[int, str]:
        """Return a distinct name for each old commune, if need be with its type and district, or its code."""
        styles: list[dict[int, str]] = [{}, {}, {}, {}]
        for move in arrivals:
            district = self.land.unit(move.unit.parent, self.old.day)
            above = f", {district.full_name}" if district else ""
            names = (move.unit.name, move.unit.full_name, move.unit.full_name + above, move.unit.code)
            for style, name in zip(styles, names, strict=True):
                style[move.old] = name
        return next(style for style in styles if len(set(style.values())) == len(arrivals))

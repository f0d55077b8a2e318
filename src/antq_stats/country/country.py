"""Queries of the register of the country: units in force on a day, provinces by name, later units."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

from antq_stats.country.packed import Change, CountryUnit, read_packed
from antq_stats.words.text import ascii_key, text_key

_PREFIXES = ("tỉnh", "thành phố", "tp", "t", "province")
"""Words before the name of a province, as text keys."""
_TOP = "province"


class UnknownProvinceError(KeyError):
    """No province in force on the day has the name or code.

    Parameters
    ----------
    named : the name or code asked for.
    near : the provinces that may be meant, the likeliest first.
    former : the province of that name or code on another day, if there was one; ``near`` is then what it
        belongs to.
    """

    def __init__(self, named: str, near: Sequence[CountryUnit], former: CountryUnit | None = None) -> None:
        self.named = named
        self.near = tuple(near)
        self.former = former
        super().__init__(named)


class Fate(NamedTuple):
    """What became of a unit between two days."""

    codes: tuple[str, ...]
    """Codes of the units it belongs to on the later day; more than one if it was divided."""
    since: date | None
    """Day of its last change; None if there was none."""

    @property
    def is_whole(self) -> bool:
        """Whether the whole unit belongs to one unit."""
        return len(self.codes) == 1


@dataclass(frozen=True, eq=False, repr=False)
class Country:
    """All units of the country that are known, and the changes between them."""

    units: tuple[CountryUnit, ...]
    """Units of all dates: those of a province together, each district before its communes."""
    changes: tuple[Change, ...]
    """All changes by date. A unit that kept its name and code and grew has one too."""

    def __repr__(self) -> str:
        return f"<Country: {len(self.units)} units, {len(self.changes)} changes>"

    def provinces(self, on: date | None = None) -> tuple[CountryUnit, ...]:
        """Return the provinces in force on a day; None is the latest day known."""
        return tuple(unit for unit in self._provinces if unit.is_in_force(on))

    @cached_property
    def _provinces(self) -> tuple[CountryUnit, ...]:
        return tuple(unit for unit in self.units if unit.level == _TOP)

    def units_of(self, province: CountryUnit, on: date | None = None) -> tuple[CountryUnit, ...]:
        """Return a province and the units below it that are in force on a day.

        Parameters
        ----------
        province : the province.
        on : the day; None is the latest day known.
        """
        known = self._below[province]
        return tuple(unit for unit in known if unit.is_in_force(on))

    @cached_property
    def _below(self) -> dict[CountryUnit, list[CountryUnit]]:
        """Units of each province at any time of its existence."""
        found: dict[CountryUnit, list[CountryUnit]] = {}
        current: list[CountryUnit] = []
        for unit in self.units:
            if unit.level == _TOP:
                current = found.setdefault(unit, [])
            current.append(unit)
        return found

    def listed_on(self, province: CountryUnit) -> date:
        """Return the day of the earliest list of a province's units; before it they may have been others."""
        if province.valid_from is not None:
            return province.valid_from
        return min(unit.valid_to or date.max for unit in self._below[province])

    def province(self, named: str, on: date | None = None) -> CountryUnit:
        """Return a province by its code or its name, with or without its type before it.

        A name needs its diacritics: without them it is suggested, not taken.

        Parameters
        ----------
        named : code or name.
        on : the day; None is the latest day known.

        Raises
        ------
        UnknownProvinceError
            No province in force has the name or code. The error has those that may be meant.
        """
        wanted = named.strip()
        current = self.provinces(on)
        found = _match(wanted, current)
        if found is not None:
            return found
        former = _match(wanted, [unit for unit in reversed(self._provinces) if unit not in current])
        if former is not None:
            raise UnknownProvinceError(named, self._counterparts(former, current), former)
        raise UnknownProvinceError(named, _near(wanted, current))

    def _counterparts(self, other: CountryUnit, current: Sequence[CountryUnit]) -> list[CountryUnit]:
        """Return the provinces that share the most communes with a province of another day."""
        homes = {unit: province for province in current for unit in self._below[province]}
        links: Counter[CountryUnit] = Counter()
        codes = {unit.code for unit in self._below[other]}
        by_code = {unit.code: home for unit, home in homes.items() if unit.level != _TOP}
        forward = other.valid_to is not None
        for change in self.changes:
            mine, theirs = (change.old, change.new) if forward else (change.new, change.old)
            if mine in codes and theirs in by_code:
                links[by_code[theirs]] += 1
        return [unit for unit, _ in links.most_common()]

    def unit(self, code: str, on: date | None = None) -> CountryUnit | None:
        """Return the unit that has a code on a day, or None.

        Parameters
        ----------
        code : the code, with its zeros.
        on : the day; None is the latest day known.
        """
        return next((unit for unit in self._by_code.get(code, ()) if unit.is_in_force(on)), None)

    @cached_property
    def _by_code(self) -> dict[str, list[CountryUnit]]:
        found: dict[str, list[CountryUnit]] = defaultdict(list)
        for unit in self.units:
            found[unit.code].append(unit)
        return found

    def fate(self, code: str, since: date, until: date) -> Fate:
        """Return what became of the unit that has a code on a day.

        Parameters
        ----------
        code : the unit's code on the earlier day.
        since, until : the earlier and the later day.
        """
        codes, changed = {code: None}, None
        for day, successors in self._successors.items():
            if since < day <= until and not codes.keys().isdisjoint(successors):
                codes = dict.fromkeys(new for old in codes for new in successors.get(old, (old,)))
                changed = day
        return Fate(tuple(codes), changed)

    @cached_property
    def _successors(self) -> dict[date, dict[str, list[str]]]:
        found: dict[date, dict[str, list[str]]] = {}
        for change in self.changes:
            found.setdefault(change.day, {}).setdefault(change.old, []).append(change.new)
        return found


def _match(wanted: str, provinces: Iterable[CountryUnit]) -> CountryUnit | None:
    """Return the province of a code or name, or None."""
    code, keys = wanted.zfill(2) if wanted.isascii() and wanted.isdigit() else "", _bare_keys(wanted)
    for unit in provinces:
        if unit.code == code or text_key(unit.name) in keys:
            return unit
    return None


def _bare_keys(named: str) -> set[str]:
    """Return the text key of a name, and that of the name without its type."""
    key = text_key(named)
    head, _, rest = key.partition(" ")
    second, _, bare = rest.partition(" ")
    return {key, rest if head in _PREFIXES else key, bare if f"{head} {second}" in _PREFIXES else key} - {""}


def _near(wanted: str, provinces: Sequence[CountryUnit]) -> list[CountryUnit]:
    """Return the provinces of near names: the same without diacritics, or its initials; else similar ones."""
    bare = sorted({ascii_key(key) for key in _bare_keys(wanted)}, key=len)
    by_key = {ascii_key(unit.name): unit for unit in provinces}
    by_key |= {
        "".join(word[0] for word in key.split()): unit for key, unit in by_key.items() if key.count(" ") > 1
    }
    same = [by_key[key] for key in bare if key in by_key]
    close = [by_key[key] for word in bare for key in difflib.get_close_matches(word, by_key, 3, 0.6)]
    return list(dict.fromkeys(same or close))


@cache
def country() -> Country:
    """Return the built-in register of the country; it is read once."""
    return Country(*read_packed())

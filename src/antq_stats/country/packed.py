"""Reads the packed register of the country."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import NamedTuple

PACKED = "country.txt.gz"

_UNITS = ("code", "name", "type", "level", "parent", "valid_from", "valid_to", "aliases", "lat", "lon")
_CHANGES = ("date", "from", "to", "extent", "kind", "act", "source")


class CountryUnit(NamedTuple):
    """A unit of the country; its code identifies it only while it is in force."""

    code: str
    name: str
    kind: str
    """The type word: ``tỉnh``, ``huyện``, ``xã`` …"""
    level: str
    """``province``, ``district`` or ``commune``."""
    parent: str
    """Code of the unit above; empty for a province."""
    valid_from: date | None
    """First day in force; None if it is not known: before 01/02/2020, or not researched."""
    valid_to: date | None
    """Last day in force; None if the unit is still in force."""
    aliases: tuple[str, ...]
    """Other spellings of the name in official lists."""
    latitude: float | None
    """Latitude in degrees, for units since 01/07/2025."""
    longitude: float | None
    """Longitude in degrees, for units since 01/07/2025."""

    @property
    def full_name(self) -> str:
        """Type and name: ``tỉnh Lào Cai``."""
        return f"{self.kind} {self.name}"

    def is_in_force(self, on: date | None) -> bool:
        """Return whether the unit is in force on a day; None is the latest day known."""
        if on is None:
            return self.valid_to is None
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


class Change(NamedTuple):
    """What became of a unit on a day, or of a part of it."""

    day: date
    """First day of the new state."""
    old: str
    """Code of the unit before."""
    new: str
    """Code of the unit after; the two may be equal."""
    is_whole: bool
    """Whether the whole unit went there; False if it was divided. The shares of the parts are not known."""
    kind: str
    """``rename``, ``recode``, ``merge``, ``split`` or ``transfer``, as in changes.csv."""
    act: str
    """The act, where it is known; else empty."""
    source: str


def read_packed() -> tuple[tuple[CountryUnit, ...], tuple[Change, ...]]:
    """Return all units, those of a province together, and all changes by date."""
    data = resources.files("antq_stats.country").joinpath(PACKED).read_bytes()
    lines = iter(gzip.decompress(data).decode().split("\n"))
    units = zip(*_columns(lines, _UNITS), strict=True)
    changes = zip(*_columns(lines, _CHANGES), strict=True)
    days: dict[str, date | None] = {"": None}
    return (
        tuple(
            CountryUnit(
                code, name, kind, level, parent, _day(since, days), _day(until, days),
                tuple(aliases.split("|")) if aliases else (),
                float(latitude) if latitude else None,
                float(longitude) if longitude else None,
            )
            for code, name, kind, level, parent, since, until, aliases, latitude, longitude in units
        ),
        tuple(
            Change(_day(day, days) or date.max, old, new, extent == "whole", kind, act, source)
            for day, old, new, extent, kind, act, source in changes
        ),
    )  # fmt: skip


def _columns(lines: Iterator[str], names: tuple[str, ...]) -> list[list[str]]:
    """Return the values of each column of the next part."""
    next(lines)  # the name of the part
    columns = []
    for name in names:
        header, *values = next(lines).split("\t")
        if header != name:
            raise ValueError(f"{PACKED} has the column {header!r} where {name!r} is expected")
        columns.append(values)
    return columns


def _day(text: str, known: dict[str, date | None]) -> date | None:
    if text not in known:
        known[text] = date.fromisoformat(text)
    return known[text]

"""Units of the country as rows of units.csv."""

from __future__ import annotations

from datetime import date

from antq_stats.country.packed import CountryUnit

COLUMNS = ("code", "name", "level", "parent", "type", "valid_from", "valid_to")
"""The columns of units.csv that every unit has; those after ``parent`` may be empty."""


def register_row(unit: CountryUnit) -> dict[str, str]:
    """Return a unit as a row of units.csv, by column; ``aliases`` comes on top of `COLUMNS`."""
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent": unit.parent,
        "type": unit.kind,
        "valid_from": _text(unit.valid_from),
        "valid_to": _text(unit.valid_to),
        "aliases": "|".join(unit.aliases),
    }


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()

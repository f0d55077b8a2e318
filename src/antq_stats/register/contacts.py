"""The list of offices, contacts.csv: their telephone numbers, and when their returns arrived.

Numbers are shown on the screen and never written to an output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from antq_stats.delimited import NotText, UnknownEncoding, decode, rows_of
from antq_stats.register.register import UnitRegister
from antq_stats.register.unit_file import day_of_text
from antq_stats.words.text import ascii_key, one_line, text_key

_HEADS: dict[str, tuple[str, ...]] = {
    "unit": ("unit", "code", "unit code", "don vi", "ma", "ma don vi", "ten", "ten don vi", "name"),
    "received": ("received", "ngay nhan", "ngay den", "da nhan"),
    "phone": ("phone", "telephone", "tel", "dien thoai", "so dien thoai", "sdt", "so dt", "dt"),
}
_HEADER_ROWS = 20
_LARGEST = 4 << 20  # bytes
_LOST_ZERO = re.compile(r"(?!1[89]00)[1-9]\d{8,9}", re.ASCII)
"""A number without its leading zero, which Excel drops; numbers of services (1800, 1900) have none."""
_LONGEST_CODE = 8


class Contacts(NamedTuple):
    """The telephone numbers of offices, and when their returns arrived."""

    phones: Mapping[int, str]
    """Numbers by the position of the unit."""
    unknown: tuple[str, ...] = ()
    """Units of the list that the register does not have, or has several of."""
    is_readable: bool = True
    """False for a file that is no table with the columns ``unit`` and ``phone`` or ``received``."""
    received: Mapping[int, date] = MappingProxyType({})
    """Days of arrival by the position of the unit."""
    no_dates: tuple[str, ...] = ()
    """Days of the list that are no dates."""


def read_contacts(path: Path, register: UnitRegister) -> Contacts:
    """Read the telephone list of offices.

    A unit is given by its code, also without the zeros that Excel drops, or by a name that only one unit
    above the villages has. Several numbers of a unit are joined; of several days the first one counts.

    Parameters
    ----------
    path : a text file with a header row, with any delimiter and in any encoding that Excel writes.
    register : the units.
    """
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return Contacts({}, is_readable=False)
        rows = rows_of(decode(path.read_bytes()).text).rows
    except (OSError, NotText, UnknownEncoding):
        return Contacts({}, is_readable=False)
    header = next(filter(None, map(_columns, range(len(rows[:_HEADER_ROWS])), rows)), None)
    if header is None:
        return Contacts({}, is_readable=False)
    top, *places = header
    phones: dict[int, str] = {}
    received: dict[int, date] = {}
    unknown: list[str] = []
    no_dates: list[str] = []
    for row in rows[top + 1 :]:
        named, arrived, phone = (one_line(row[at], 60) if 0 <= at < len(row) else "" for at in places)
        if not named or not (phone or arrived):
            continue
        unit = _unit_of(register, named)
        if unit is None:
            unknown.append(named)
            continue
        if arrived and (day := day_of_text(arrived)) is None:
            no_dates.append(arrived)
        elif arrived and day is not None:
            received[unit] = min(day, received.get(unit, day))
        if not phone:
            continue
        phone = f"0{phone}" if _LOST_ZERO.fullmatch(phone) else phone
        phones[unit] = f"{phones[unit]}; {phone}" if unit in phones else phone
    return Contacts(phones, tuple(unknown), received=received, no_dates=tuple(no_dates))


def _columns(place: int, row: list[str]) -> tuple[int, int, int, int] | None:
    """Return the place of a row of heads, and of its columns of unit, day and phone; -1 for none."""
    keys = [ascii_key(head) for head in row]
    unit, received, phone = (
        next((at for at, key in enumerate(keys) if key in heads), -1) for heads in _HEADS.values()
    )
    return None if unit < 0 or max(received, phone) < 0 else (place, unit, received, phone)


def _unit_of(register: UnitRegister, named: str) -> int | None:
    units = register.units
    if named.isdecimal():
        padded = (named.zfill(length) for length in range(len(named), _LONGEST_CODE + 1))
        found = [units.by_code[code] for code in padded if code in units.by_code]
        return found[0] if len(found) == 1 or (found and named in units.by_code) else None
    if named in units.by_code:
        return units.by_code[named]
    key = text_key(named)
    above = (unit for unit in range(len(units.codes)) if units.levels[unit] < len(register.levels) - 1)
    alike = [unit for unit in above if key in units.name_keys(unit)]
    return alike[0] if len(alike) == 1 else None

"""The period that a folder's name gives, and the day whose units count."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from antq_stats.form import Form
from antq_stats.words.text import ascii_key

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_.](\d\d?)(?:[-_.](\d\d?))?)?(?!\d)")

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WORD = re.compile(r"[a-z]+|v\d{1,2}")
_PART_OF_A_YEAR = frozenset(
    "thang quy ky dot lan tuan ngay dau cuoi giua nua nien q quarter half month week day h".split()  # noqa: SIM905
)
"""Words, without diacritics, that make a folder's name mean a part of a year, or one of several rounds."""


def period_of(folder_name: str) -> str:
    """Return the period that a folder's name gives: the year in it, or the whole name.

    ``Năm 2021`` is the period 2021. ``Quý 3 năm 2021`` is a part of a year, so the whole name is the period.
    """
    years: set[str] = set(_YEAR.findall(folder_name))
    words = ascii_key(_YEAR.sub(" ", folder_name)).split()
    if len(years) != 1 or any(word in _PART_OF_A_YEAR or not _WORD.fullmatch(word) for word in words):
        return folder_name
    return years.pop()


def year_of(period: str) -> int | None:
    """Return the year in the name of a period; None if there is none."""
    day = day_of(period, None)
    return None if day is None else day.year


def day_of(period: str, form: Form | None) -> date | None:
    """Return the day whose units count: the form's last day, else the last day of the period by its name.

    None if neither gives a day.
    """
    if form is not None and form.about.covers_to is not None:
        return form.about.covers_to
    match = _DATE.search(period)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1 <= month <= 12:
        return date(year, 12, 31)
    last = monthrange(year, month)[1]
    return date(year, month, day if 1 <= day <= last else last)

"""Today's date, which a run may be given."""

from __future__ import annotations

import datetime as dt
import os

SOURCE_DATE = "SOURCE_DATE_EPOCH"
"""Environment variable with the time to take for now: seconds since 1970, as reproducible builds set it."""


def today() -> dt.date:
    """Return the date of `SOURCE_DATE` in UTC if it is set and valid, else today's on this computer."""
    given = os.environ.get(SOURCE_DATE, "")
    if given.isascii() and given.isdecimal():
        try:
            return dt.datetime.fromtimestamp(int(given), dt.UTC).date()
        except (OverflowError, OSError, ValueError):
            pass
    return dt.datetime.now().astimezone().date()

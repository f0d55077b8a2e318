"""Today's date, which a run may be given."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import suppress

SOURCE_DATE = "SOURCE_DATE_EPOCH"
"""Environment variable with the time to take for now: seconds since 1970, as reproducible builds set it."""


def given_time() -> dt.datetime | None:
    """Return the time of `SOURCE_DATE` in UTC; None if it is not set, or not valid."""
    given = os.environ.get(SOURCE_DATE, "")
    if given.isascii() and given.isdecimal():
        with suppress(OverflowError, OSError, ValueError):
            return dt.datetime.fromtimestamp(int(given), dt.UTC)
    return None


def today() -> dt.date:
    """Return the date of `SOURCE_DATE` in UTC if it is set and valid, else today's on this computer."""
    return (given_time() or dt.datetime.now().astimezone()).date()

"""Bounds on a report: characters of text, cells of tables, time, and the size of the results.

A report may be any file, as a return may. One beyond the bounds is refused with a reason.
"""

from __future__ import annotations

import time
from typing import Literal

CHARACTERS = 5_000_000
"""Characters of a report's text, some two thousand pages."""
CELLS = 1_000_000
"""Cells of all tables of a report, including the blank ones that fill short rows."""
QUOTED = 100_000_000
"""Characters of the sentences and cells that the results quote, once for each number in them."""


class TooMuch(Exception):  # noqa: N818
    """The report exceeds a bound; ``key`` is the phrase that says so, ``limit`` the bound."""

    def __init__(self, kind: Literal["signs", "cells", "seconds", "told"], limit: float) -> None:
        self.key = f"check-text.too-much-{kind}"
        self.limit = int(limit)
        super().__init__(kind, limit)


class Budget:
    """Bounds on time and on the size of the results, while one report is checked.

    Parameters
    ----------
    seconds : time limit; None for no limit.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._began = time.monotonic()
        self._quoted = 0

    def spend(self, characters: int = 0) -> None:
        """Count characters that the results quote, and check the time.

        Raises
        ------
        TooMuch
            The results or the time exceed their bound.
        """
        self._quoted += characters
        if self._quoted > QUOTED:
            raise TooMuch("told", QUOTED)
        if self._seconds is not None and time.monotonic() - self._began > self._seconds:
            raise TooMuch("seconds", self._seconds)

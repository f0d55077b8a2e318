"""What a report may cost: signs of text, cells of tables, time, and signs of what is told of it.

A report is text from anywhere, as a return is: what is not of its kind is stopped with a reason, and the
program goes on to its own end.
"""

from __future__ import annotations

import time
from typing import Literal

SIGNS = 5_000_000
"""Signs of a report's text, some two thousand pages."""
CELLS = 1_000_000
"""Cells of a report's tables together, the blank ones that fill their rows up included."""
TOLD = 100_000_000
"""Signs of all sentences and cells that are told of again, once for each number in them."""


class TooMuch(Exception):  # noqa: N818 - named for what it tells: the report is too much
    """A report cannot be checked within the bounds; ``key`` is a phrase, ``limit`` what it names."""

    def __init__(self, kind: Literal["signs", "cells", "seconds", "told"], limit: float) -> None:
        self.key = f"check-text.too-much-{kind}"
        self.limit = int(limit)
        super().__init__(kind, limit)


class Budget:
    """What is left to spend on one report.

    Parameters
    ----------
    seconds : time its checking may take; None for as long as it needs.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._began = time.monotonic()
        self._told = 0

    def spend(self, told: int = 0) -> None:
        """Take note of signs that will be told; raise `TooMuch` where they, or the time, are used up."""
        self._told += told
        if self._told > TOLD:
            raise TooMuch("told", TOLD)
        if self._seconds is not None and time.monotonic() - self._began > self._seconds:
            raise TooMuch("seconds", self._seconds)

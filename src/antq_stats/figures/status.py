"""The status of a figure: published, withheld, missing, not summed or not asked.

It is decided here, for one figure and for whole columns; the reports only translate it. SDMX calls it the
observation status.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from antq_stats.findings.columns import Findings
from antq_stats.words.amounts import Amount


class Status(IntEnum):
    """Status of a figure."""

    NOT_ASKED = 0
    """No unit was expected to give it, or it is a ratio whose denominator is 0."""
    MISSING = 1
    """Expected, and given by no unit."""
    WITHHELD = 2
    """Not published."""
    NOT_SUMMED = 3
    """No level adds the measure up, and the unit did not report it of itself."""
    FIGURE = 4
    """A value that may be shown."""


Statuses = npt.NDArray[np.uint8]
"""An array of `Status` values."""


def status_of(given: int, expected: int, over: Amount = 1, *, withheld: bool = False) -> Status:
    """Return the status of one figure.

    Parameters
    ----------
    given, expected : numbers of units that gave a value, and that were expected to.
    over : the denominator of a ratio; any other number for a sum.
    withheld : whether the figure may not be published.
    """
    if not expected:
        return Status.NOT_ASKED
    if withheld:
        return Status.WITHHELD
    if not given:
        return Status.MISSING
    return Status.FIGURE if over else Status.NOT_ASKED


def statuses(
    given: npt.NDArray[np.int64],
    expected: npt.NDArray[np.int64],
    over: npt.NDArray[np.int64] | None,
    withheld: npt.NDArray[np.bool_],
) -> Statuses:
    """Return the statuses of n figures; see `status_of`.

    Parameters
    ----------
    given, expected : numbers of units that gave a value, and that were expected to, n.
    over : denominators of ratios, n; None for sums.
    withheld : whether each figure may not be published, n.
    """
    status = np.full(len(given), Status.FIGURE, dtype=np.uint8)
    if over is not None:
        status[over == 0] = Status.NOT_ASKED
    status[given == 0] = Status.MISSING
    status[withheld] = Status.WITHHELD
    status[expected == 0] = Status.NOT_ASKED
    return status


class NotFinalError(Exception):
    """A final report was requested while figures can still change.

    Parameters
    ----------
    obstacles : the findings that keep the figures from being final.
    """

    def __init__(self, obstacles: Findings) -> None:
        self.obstacles = obstacles
        super().__init__(f"{len(obstacles)} findings keep the figures from being final")

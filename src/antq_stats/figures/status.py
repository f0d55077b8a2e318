"""What stands in the place of a figure: the figure, that it is missing, not asked, or withheld.

Decided here for one figure and for whole columns of them; what shows figures to people translates it and
decides nothing. SDMX calls it the observation's status.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt


class Status(IntEnum):
    """What stands in the place of a figure."""

    NOT_ASKED = 0
    """Nobody under the unit was asked, or the figure is a ratio over nothing."""
    MISSING = 1
    """Asked, and given by no unit."""
    WITHHELD = 2
    """Not published."""
    FIGURE = 3


Statuses = npt.NDArray[np.uint8]


def status_of(given: int, expected: int, over: int = 1, *, withheld: bool = False) -> Status:
    """Return the status of one figure.

    Parameters
    ----------
    given, expected : units that gave it, and that were to.
    over : the denominator, where it is a ratio.
    withheld : whether it may not be published.
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
    """Return the same for n figures at once; ``over`` is None for those that are no ratios."""
    found = np.full(len(given), Status.FIGURE, dtype=np.uint8)
    if over is not None:
        found[over == 0] = Status.NOT_ASKED
    found[given == 0] = Status.MISSING
    found[withheld] = Status.WITHHELD
    found[expected == 0] = Status.NOT_ASKED
    return found

"""The values of a measure or ratio in the workbook, as arrays with an element per unit of the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from antq_stats.collection.collection import Integers, Truths
from antq_stats.figures.publication import Publication
from antq_stats.figures.status import Status, Statuses
from antq_stats.form import Measure, Ratio

BLANK: Final = int(Status.NOT_ASKED)
MISSING: Final = int(Status.MISSING)
WITHHELD: Final = int(Status.WITHHELD)
FIGURE: Final = int(Status.FIGURE)
LARGE: Final = FIGURE + 1
"""Status of a figure with more digits than Excel keeps: it is written as text and is in no formula."""

EXACT: Final = 10**15
"""The first whole number that Excel may not keep exactly: it keeps 15 digits."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A measure or ratio as it is shown.

    Parameters
    ----------
    column : the measure or ratio.
    kinds : array of shape (units,): the status of each figure, or `LARGE`.
    provisional : array of shape (units,): whether each figure can still change.
    numerators : array of shape (units,): the values of a measure, or the numerators of a ratio.
    denominators : array of shape (units,): the denominators of a ratio; ones for a measure.
    factor : multiplies the quotient of a ratio in its cell. It is 1 for a percentage, which the format of the
        cell shows times 100.
    """

    column: Measure | Ratio
    kinds: Statuses
    provisional: Truths
    numerators: Integers
    denominators: Integers
    factor: int = 1

    @property
    def values(self) -> Integers:
        """Array of shape (units,): the values of a measure."""
        return self.numerators

    @property
    def quotients(self) -> npt.NDArray[np.float64]:
        """Array of shape (units,): the numbers in the cells of a ratio, by the same division as in Excel."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.factor * self.numerators / self.denominators, dtype=np.float64)


def shown(publication: Publication, column: Measure | Ratio) -> Shown:
    """Return the values of a measure or ratio for all units."""
    if isinstance(column, Measure):
        values, _, _, provisional, status = publication.column(column.code)
        kinds = status.copy()
        kinds[(kinds == FIGURE) & (values >= EXACT)] = LARGE
        return Shown(column, kinds, provisional & (kinds >= FIGURE), values, np.ones_like(values))
    above, below, _, _, provisional, kinds = publication.ratio_column(column.code)
    factor = 1 if column.per == 100 else column.per
    return Shown(column, kinds, provisional & (kinds == FIGURE), above, below, factor)

"""What every cell of a year's workbook shows, column by column, as arrays over the units of the register."""

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
"""A figure of more digits than a number of Excel keeps: written as text, and never in a formula."""

EXACT: Final = 10**15


@dataclass(frozen=True, eq=False)
class Shown:
    """A measure or ratio as it is shown, an element per unit of the register.

    ``values`` are whole numbers for a measure; for a ratio ``numerators`` over ``denominators`` times
    ``factor`` is the number in the cell (a percentage is shown by the cell's format, so its factor is 1).
    """

    column: Measure | Ratio
    kinds: Statuses
    """Of each unit, `LARGE` among them."""
    provisional: Truths
    numerators: Integers
    denominators: Integers
    factor: int = 1

    @property
    def values(self) -> Integers:
        """The values of a measure."""
        return self.numerators

    @property
    def quotients(self) -> npt.NDArray[np.float64]:
        """The numbers that the cells of a ratio hold: the same divisions that Excel makes."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.factor * self.numerators / self.denominators, dtype=np.float64)


def shown(publication: Publication, column: Measure | Ratio) -> Shown:
    """Return what a column shows for every unit."""
    if isinstance(column, Measure):
        values, _, _, provisional, status = publication.column(column.code)
        kinds = status.copy()
        kinds[(kinds == FIGURE) & (values >= EXACT)] = LARGE
        return Shown(column, kinds, provisional & (kinds >= FIGURE), values, np.ones_like(values))
    above, below, _, _, provisional, kinds = publication.ratio_column(column.code)
    factor = 1 if column.per == 100 else column.per
    return Shown(column, kinds, provisional & (kinds == FIGURE), above, below, factor)

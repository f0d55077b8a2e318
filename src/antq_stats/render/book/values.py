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
from antq_stats.form.entries import UNITS
from antq_stats.render.writing.table import UNICODE
from antq_stats.words.amounts import Amount, amount, plain

BLANK: Final = int(Status.NOT_ASKED)
MISSING: Final = int(Status.MISSING)
WITHHELD: Final = int(Status.WITHHELD)
NOT_SUMMED: Final = int(Status.NOT_SUMMED)
FIGURE: Final = int(Status.FIGURE)
LARGE: Final = FIGURE + 1
"""Status of a figure with more digits than Excel keeps: it is written as text and is in no formula."""

EXACT: Final = 10**15
"""The first number of steps that Excel may not keep exactly: it keeps 15 digits."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A measure or ratio as it is shown.

    Parameters
    ----------
    column : the measure or ratio.
    kinds : array of shape (units,): the status of each figure, or `LARGE`.
    provisional : array of shape (units,): whether each figure can still change.
    decided : array of shape (units,): whether each figure rests on a decision.
    numerators : array of shape (units,): the values of a measure, or the numerators of a ratio, in steps.
    denominators : array of shape (units,): the denominators of a ratio; ones for a measure.
    factor : multiplies the quotient of a ratio in its cell. It is 1 for a percentage, which the format of the
        cell shows times 100.
    decimals : decimals of the numerators and of the denominators.
    """

    column: Measure | Ratio
    kinds: Statuses
    provisional: Truths
    decided: Truths
    numerators: Integers
    denominators: Integers
    factor: int = 1
    decimals: tuple[int, int] = (0, 0)

    def marks(self, unit: int) -> str:
        """Return the marks of a unit's figure."""
        return UNICODE.provisional * bool(self.provisional[unit]) + UNICODE.decided * bool(self.decided[unit])

    def marked(self, units: Integers) -> str:
        """Return the marks that any figure of some units has."""
        either = UNICODE.provisional * bool(self.provisional[units].any())
        return either + UNICODE.decided * bool(self.decided[units].any())

    @property
    def values(self) -> Integers:
        """Array of shape (units,): the values of a measure, in steps."""
        return self.numerators

    def amount(self, unit: int) -> Amount:
        """Return the value of a measure for a unit."""
        return amount(int(self.numerators[unit]), self.decimals[0])

    def counts(self, units: Integers) -> list[str]:
        """Return the values of a measure, or the numerators of a ratio, for some units, as in formulas."""
        return [plain(value, self.decimals[0]) for value in self.numerators[units].tolist()]

    def bases(self, units: Integers) -> list[str]:
        """Return the denominators of a ratio for some units, as in formulas."""
        return [plain(value, self.decimals[1]) for value in self.denominators[units].tolist()]

    @property
    def quotients(self) -> npt.NDArray[np.float64]:
        """Array of shape (units,): the numbers in the cells of a ratio, by the same division as in Excel."""
        above, below = (
            steps / 10**places if places else steps
            for steps, places in zip((self.numerators, self.denominators), self.decimals, strict=True)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.factor * above / below, dtype=np.float64)


def shown(publication: Publication, column: Measure | Ratio) -> Shown:
    """Return the values of a measure or ratio for all units."""
    if isinstance(column, Measure):
        values, _, _, provisional, status = publication.column(column.code)
        kinds = status.copy()
        kinds[(kinds == FIGURE) & (values >= EXACT)] = LARGE
        ones = np.ones_like(values)
        return Shown(
            column, kinds, provisional & (kinds >= FIGURE), publication.decided(column.code), values, ones,
            decimals=(column.decimals, 0),
        )  # fmt: skip
    above, below, _, _, provisional, kinds = publication.ratio_column(column.code)
    factor = 1 if column.per == 100 else column.per
    form = publication.form
    base = 0 if column.denominator == UNITS else form.measure(column.denominator).decimals
    decimals = (form.measure(column.numerator).decimals, base)
    marks = provisional & (kinds == FIGURE), publication.decided(column.code)
    return Shown(column, kinds, *marks, above, below, factor, decimals)


CONSTANT, LIVE, FAILS = 0, 2, 10
NOT_ASKED, ABSENT, HIDDEN, NO_SUM, TEXT = 4, 5, 6, 9, 7
"""Codes of cells; that of a provisional figure is one higher than that of a final one, also for ``TEXT``."""
DECIDED = 16
"""Added to the code of a figure that rests on a decision."""
SIGNS = {ABSENT: UNICODE.missing, HIDDEN: UNICODE.suppressed, NO_SUM: UNICODE.not_summed}


def put_signs(codes: Statuses, kinds: Statuses) -> None:
    """Set the codes of cells without a figure, in place."""
    for kind, code in ((BLANK, NOT_ASKED), (MISSING, ABSENT), (WITHHELD, HIDDEN), (NOT_SUMMED, NO_SUM)):
        codes[kinds == kind] = code

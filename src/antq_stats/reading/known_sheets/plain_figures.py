"""Cells that are plain numbers, and the numbers in them."""

from __future__ import annotations

from antq_stats.plan import COUNT_LIMIT, MISSING
from antq_stats.reading.files.row_runs import NeedsFullReader

_MOST_DIGITS = 9


class PlainFigures(dict[object, int]):
    """A cache of cells -> the numbers in them: of a workbook's cells numbers, of a delimited text's digits.

    ``""`` is `plan.MISSING`. `NeedsFullReader` is raised for any other cell.

    Parameters
    ----------
    of_texts : True for the cells of delimited texts.
    """

    def __init__(self, *, of_texts: bool) -> None:
        super().__init__({"": MISSING})
        self.of_texts = of_texts
        self.types = {str} if of_texts else {float, str}
        """Types of cells that may be plain. True equals 1, so types are compared by the column."""

    def __missing__(self, cell: object) -> int:
        if self.of_texts and isinstance(cell, str):
            is_plain = cell.isascii() and cell.isdigit() and len(cell) <= _MOST_DIGITS
            is_plain = is_plain and (cell[0] != "0" or cell == "0")
        else:
            is_plain = isinstance(cell, float) and 0 <= cell < COUNT_LIMIT and cell.is_integer()
        if not is_plain:
            raise NeedsFullReader
        number = int(cell)  # type: ignore[call-overload]
        if len(self) < 1 << 17:
            self[cell] = number
        return int(number)

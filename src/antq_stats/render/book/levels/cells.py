"""What a cell of the sheet of a level is, as one number: its figure, its look and its code."""

from __future__ import annotations

from typing import Final

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.figures.status import Statuses
from antq_stats.render.book.rows import text_cell
from antq_stats.render.book.values import DECIDED, SIGNS

_CODES: Final = 2 * DECIDED
"""More than any code of a cell."""
_LOOKS: Final = 1 << 7
"""More than any look. A figure of `EXACT` steps, a look and a code still are one number of 64 bits."""


def keys_of(looks: Statuses, codes: Statuses, figures: Integers | int = 0) -> Integers:
    """Return a number for each cell of a column; equal cells have equal numbers.

    Parameters
    ----------
    looks, codes : array of shape (rows,): the look of the row and the code of the cell.
    figures : array of shape (rows,): the figure in the cell.
    """
    return np.asarray((figures * _LOOKS + looks.astype(np.int64)) * _CODES + codes)


def key_parts(key: int) -> tuple[int, int, int]:
    """Return the figure, the code and the look of a number of `keys_of`."""
    figure, rest = divmod(key, _LOOKS * _CODES)
    look, code = divmod(rest, _CODES)
    return figure, code, look


def sign_cell(style: int, code: int) -> str:
    """Return a cell without a figure, from behind the number of its row.

    Parameters
    ----------
    style : index of the cell's format.
    code : the code of the cell.
    """
    sign = SIGNS.get(code % DECIDED)
    return f'" s="{style}"/>' if sign is None else text_cell(style, sign)

"""The row of column numbers under a header, as in ``A B 1 2 3=2/1``."""

from __future__ import annotations

import re
from itertools import pairwise

_NUMBER = re.compile(r"\(?\s*(\d{1,3}|[A-Za-z]|[IVX]{1,5})\s*\)?")
_FORMULA = re.compile(r"\(?\s*(\d{1,3})\s*\)?\s*=\s*(.{1,60})")
_FIRST = 4
"""Highest first number: numbering begins at 1, or after the columns that identify the unit."""

Numbers = dict[int, tuple[int, str]]
"""Column -> its number and its formula; the formula is empty if there is none."""


def numbering(row: list[object], figures: list[int]) -> Numbers | None:
    """Read a row of column numbers.

    Parameters
    ----------
    row : cells of the row below a header.
    figures : columns of the table's figures.

    Returns
    -------
    Numbers or None
        None if the row is not a numbering row. A numbering row holds nothing but ascending numbers, with
        or without formulas, over at least two columns of figures; over one if the table has only one.
    """
    numbers: Numbers = {}
    has_formula = False
    for column, cell in enumerate(row):
        if cell == "" or cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
        if formula := _FORMULA.fullmatch(text):
            numbers[column] = (int(formula[1]), formula[2].replace(" ", ""))
            has_formula = True
        elif (plain := _NUMBER.fullmatch(text)) and not isinstance(cell, bool):
            if plain[1].isdigit():
                numbers[column] = (int(plain[1]), "")
        else:
            return None
    sequence = [number for number, _ in numbers.values()]
    steps = [after - before for before, after in pairwise(sequence)]
    if len(figures) == 1 and sequence == [1] and figures[0] in numbers and _is_lettered(row, figures[0]):
        return numbers
    if (
        len(sequence) < 2
        or sequence[0] > _FIRST
        or sum(column in numbers for column in figures) < min(2, len(figures))
    ):
        return None
    if all(step == 1 for step in steps):
        return numbers
    # Gaps, as in (1) (2) (4), are allowed only with brackets or formulas: bare numbers may be figures.
    bracketed = all("(" in str(row[column]) or "=" in str(row[column]) for column in numbers)
    return numbers if all(step > 0 for step in steps) and (has_formula or bracketed) else None


def _is_lettered(row: list[object], figure: int) -> bool:
    """Return whether the columns before the only figure are lettered A, B, C …, as in ``A B 1``."""
    letters = [str(cell).strip(" ()") for cell in row[:figure] if cell not in ("", None)]
    return bool(letters) and letters == [chr(ord("A") + place) for place in range(len(letters))]

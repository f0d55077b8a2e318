"""Layout of the level sheets: their rows, columns and numbering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from antq_stats.collection.collection import Integers
from antq_stats.form import Ratio
from antq_stats.register.register import UnitRegister
from antq_stats.render.book.values import BLANK, WITHHELD, Shown
from antq_stats.trace.report_map import FIRST_COLUMN, LevelMap, digest_of
from antq_stats.words.text import column_letter

STUB = FIRST_COLUMN
"""Number of columns before the first figure: the number of the row, and the name of the unit."""
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class LevelSheet:
    """The sheet of a level: a row per unit of the level, under rows of the units above, and a total.

    Parameters
    ----------
    level : the level, 0 for the highest.
    name : name of the sheet.
    units : array of shape (rows,): positions of the units in the register, in the order of the rows.
    row : array of shape (units of the register,): the row of each unit, counted from 1 as in an address;
        0 for a unit without a row.
    columns : the measures and ratios.
    withheld : those left out because all their figures at this level are withheld.
    head_row : first of the three rows of heads, counted from 0.
    levels : the levels of the rows from the top down, without that of the root.
    """

    level: int
    name: str
    units: Integers
    row: Integers
    columns: tuple[Shown, ...]
    withheld: tuple[Shown, ...]
    head_row: int
    levels: tuple[int, ...]

    def map(self, register: UnitRegister, *, total_first: bool) -> LevelMap:
        """Return which figure each cell of the body holds, for `antq_stats.trace.report_map`.

        Parameters
        ----------
        register : the register.
        total_first : whether the total is the first row or the last.
        """
        codes = tuple(shown.column.code for shown in self.columns)
        level, digest = register.levels[self.level], digest_of(register, self.units)
        return LevelMap(self.name, level, self.first + 1, len(self.units), total_first, digest, codes)

    @property
    def ref(self) -> str:
        """The name of the sheet in formulas, with the exclamation mark."""
        return quoted(self.name)

    @property
    def first(self) -> int:
        """First row of the body, counted from 0."""
        return self.head_row + 3

    @property
    def last(self) -> int:
        """Last row of the body, counted from 0."""
        return self.first + len(self.units) - 1

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """The letter of the column of each measure or ratio, by code."""
        return {
            shown.column.code: column_letter(place) for place, shown in enumerate(self.columns, start=STUB)
        }


def quoted(name: str) -> str:
    """Return the name of a sheet as formulas have it: ``'Theo xã'!``."""
    return "'" + name.replace("'", "''") + "'!"


def level_columns(columns: Sequence[Shown], units: Integers) -> tuple[list[Shown], list[Shown]]:
    """Return the columns of a level's sheet, and those left out because all their figures are withheld.

    Parameters
    ----------
    columns : all measures and ratios.
    units : positions of the units of the level.
    """
    kept: list[Shown] = []
    withheld: list[Shown] = []
    for column in columns:
        kinds = column.kinds[units]
        asked = kinds != BLANK
        if not asked.any():
            continue
        (withheld if (kinds[asked] == WITHHELD).all() else kept).append(column)
    return kept, withheld


def numbering(register: UnitRegister, units: Sequence[int], level: int) -> list[int | str]:
    """Return the numbers of rows: 1, 2 … at the lowest level, I, II … above it, A, B … above that.

    Numbers start anew under each unit. The total has none, nor have units of higher levels.

    Parameters
    ----------
    register : the register.
    units : positions of the units of the rows.
    level : the lowest level.
    """
    levels, parents = register.units.levels, register.units.parents
    counted: Counter[tuple[int, int]] = Counter()
    numbers: list[int | str] = []
    for unit in units:
        parent = parents[unit]
        if parent < 0:
            numbers.append("")
            continue
        counted[parent, levels[unit]] += 1
        place = counted[parent, levels[unit]]
        above = level - levels[unit]
        numbers.append(place if not above else roman(place) if above == 1 else _letters(place, above))
    return numbers


def _letters(place: int, above: int) -> str:
    return column_letter(place - 1) if above == 2 else ""


def roman(value: int) -> str:
    """Return a positive number in Roman numerals."""
    text = ""
    for size, sign in _ROMAN:
        times, value = divmod(value, size)
        text += sign * times
    return text


def column_numbers(columns: Sequence[Shown]) -> list[str]:
    """Return the numbers of columns: ``1``, ``2``, and ``3=1/2`` for a ratio of two others."""
    at = {shown.column.code: place for place, shown in enumerate(columns, start=1)}
    numbers = []
    for place, shown in enumerate(columns, start=1):
        column = shown.column
        sides = [at.get(column.numerator), at.get(column.denominator)] if isinstance(column, Ratio) else []
        division_of = f"={sides[0]}/{sides[1]}" if sides and None not in sides else ""
        numbers.append(f"{place}{division_of}")
    return numbers

"""Where things stand: a sheet for every level below the root, its rows, its columns, its numbering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.figures.publication import Publication
from antq_stats.register.register import UnitRegister
from antq_stats.render.book.values import BLANK, WITHHELD, Shown
from antq_stats.words.text import column_letter

STUB = 2
"""Columns before the first figure: the number of the row, and the name of the unit."""
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class LevelSheet:
    """A level's sheet: a row per unit of the level, under rows of the units above, and a total row.

    ``units`` are positions in the register in the order of the rows; ``row`` gives the row of a unit,
    counted from 1 as in an address, 0 for units that have none.
    """

    level: int
    name: str
    units: Integers
    row: Integers
    columns: tuple[Shown, ...]
    withheld: tuple[Shown, ...]
    """Columns left out because nothing in them may be published at this level."""
    head_row: int
    """First row of the heads, counted from 0; three rows of them."""
    levels: tuple[int, ...]
    """Levels of its rows from the top down, without the root's."""

    @property
    def ref(self) -> str:
        """The sheet as formulas name it, with the sign behind it."""
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
        """Code of a measure or ratio -> letter of its column."""
        return {
            shown.column.code: column_letter(place) for place, shown in enumerate(self.columns, start=STUB)
        }

    @cached_property
    def leaves(self) -> slice:
        """The rows of the body without the total, counted from 0."""
        return slice(self.first, self.last + 1)


def quoted(name: str) -> str:
    """Return a sheet's name as formulas have it: ``'Theo xã'!``."""
    return "'" + name.replace("'", "''") + "'!"


def level_columns(columns: Sequence[Shown], units: Integers) -> tuple[list[Shown], list[Shown]]:
    """Return the columns a level's sheet has, and those left out because all of them is withheld there."""
    kept: list[Shown] = []
    withheld: list[Shown] = []
    for column in columns:
        kinds = column.kinds[units]
        asked = kinds != BLANK
        if not asked.any():
            continue
        (withheld if (kinds[asked] == WITHHELD).all() else kept).append(column)
    return kept, withheld


def row_units(publication: Publication, level: int, *, total_first: bool) -> Integers:
    """Return the units that have a row in a level's sheet, in order; the root is the total."""
    register, root = publication.register, publication.root
    under = register.under(root)[1:]
    body = under[register.expected(level)[under] > 0]
    total = np.array([root], dtype=np.int64)
    return np.concatenate([total, body] if total_first else [body, total])


def numbering(register: UnitRegister, units: Sequence[int], level: int) -> list[int | str]:
    """Return the numbers of rows: 1, 2 … for the level's own units, I, II above, A, B above that.

    Each begins again within its unit above; the total has none.
    """
    levels, parents = register.units.levels, register.units.parents
    counted: Counter[tuple[int, int]] = Counter()
    found: list[int | str] = []
    for unit in units:
        parent = parents[unit]
        if parent < 0:
            found.append("")
            continue
        counted[parent, levels[unit]] += 1
        place = counted[parent, levels[unit]]
        above = level - levels[unit]
        found.append(place if not above else roman(place) if above == 1 else _letters(place, above))
    return found


def _letters(place: int, above: int) -> str:
    return column_letter(place - 1) if above == 2 else ""


def roman(value: int) -> str:
    """Return a number from 1 up in roman figures."""
    text = ""
    for size, sign in _ROMAN:
        times, value = divmod(value, size)
        text += sign * times
    return text

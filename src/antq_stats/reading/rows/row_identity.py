"""What a row states about its unit: code, name and the units above."""

from __future__ import annotations

from dataclasses import replace

from antq_stats.plan import Units
from antq_stats.reading import coerce
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.units.names import code_text, is_total
from antq_stats.reading.units.resolve import Identity

_LONGEST_LABEL = 200
"""Characters of the longest label; a longer text is a remark."""


def cell_at(row: list[object], column: int) -> object:
    """Return the cell of a column, blank where the row has none or the column is -1."""
    return row[column] if 0 <= column < len(row) else ""


class IdentityReader:
    """Reads the identity of rows from the top down: a blank parent is that of the row above.

    Parameters
    ----------
    units : the units in force.
    located : the table.
    """

    def __init__(self, units: Units, located: LocatedTable) -> None:
        self.units = units
        self.located = located
        self.parent = ""
        """The parent last stated."""
        self.higher: tuple[str, ...] = ()
        """The units above the parent last stated, by column of `LocatedTable.higher`."""

    def read(self, row: list[object]) -> tuple[Identity, int]:
        """Return the identity of a row and the column that states it, -1 for none."""
        located = self.located
        name, parent = cell_at(row, located.name), cell_at(row, located.parent)
        code = code_text(cell_at(row, located.code))
        identity = Identity(
            code,
            coerce.plain(name) if isinstance(name, str) else code_text(name),
            coerce.plain(parent) if isinstance(parent, str) else code_text(parent),
        )
        if not identity.code and not identity.name and is_total(self.units, identity.parent):
            return Identity("", identity.parent, self.parent), located.parent
        higher = tuple(coerce.plain(cell_at(row, column)) for column in located.higher)
        if identity.parent or any(higher):
            # A blank cell is as above, except for the commune below another district.
            self.higher = tuple(new or old for new, old in zip(higher, self.higher or higher, strict=True))
            self.parent = identity.parent
        if identity.name and (self.parent or self.higher):
            identity = replace(identity, parent=self.parent, higher=self.higher)
        if identity.code or identity.name:
            return identity, located.code if identity.code else located.name
        return self._label_elsewhere(row, identity)

    def enter_group(self) -> None:
        """Forget the parents stated so far: the rows below belong to a group heading."""
        self.parent, self.higher = "", ()

    def _label_elsewhere(self, row: list[object], identity: Identity) -> tuple[Identity, int]:
        """Return the row's label from another column: the label of a total is often below the ordinal.

        If the header has a column for the unit, a text to the right of the figures is a remark.
        """
        figures = set(self.located.columns)
        blank = max(self.located.name, self.located.code)
        end = len(row) if blank < 0 else max(blank, min(figures, default=0))
        for column, cell in enumerate(row[:end]):
            if (
                column not in figures
                and column != self.located.parent
                and isinstance(cell, str)
                and any(map(str.isalpha, cell))
            ):
                if len(cell) > _LONGEST_LABEL:
                    return identity, blank
                return Identity("", coerce.plain(cell), self.parent), column
        return identity, blank

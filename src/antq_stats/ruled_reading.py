"""What was decided on how files are read, as workers need it: whose a file is, and what a header means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SHEET_MARK = "#"
"""Between the path of a file and the name of one of its sheets."""


class FileUnit(NamedTuple):
    """A file, or a sheet of it, is a unit's."""

    number: int
    """Number of the decision."""
    place: str
    """Path of the file, or of a folder or an archive that it is in; perhaps with a sheet."""
    unit: int
    """Position of the unit."""


class HeaderMeaning(NamedTuple):
    """A header means a measure or a ratio, in the files at a place or in those of a unit."""

    number: int
    """Number of the decision."""
    place: str
    """As in `FileUnit`; empty if it holds for all files of the unit."""
    unit: int
    """Position of the unit; -1 for a place."""
    key: str
    """Text key of the header."""
    table: int
    """Position of the table in the plan."""
    position: int
    """Position of the measure in the table, or ``~position`` of the ratio."""


class RuledReading(NamedTuple):
    """The decisions that concern reading."""

    units: tuple[FileUnit, ...] = ()
    headers: tuple[HeaderMeaning, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()
    """Numbers of the decisions that contradict the form or the register, each with its problem."""

    def concerns(self, file: str) -> bool:
        """Return whether a decision names a file, or what it is in."""
        places = {each.place for each in self.units} | {each.place for each in self.headers}
        return any(is_in(file, place) for place in places if place)

    def unit_of(self, file: str, sheet: str | None = None) -> FileUnit | None:
        """Return whose a sheet of a file is, if that was decided for it.

        Parameters
        ----------
        file : path of the file.
        sheet : name of the sheet; None for the file as a whole.
        """
        found = None
        for each in self.units:
            if is_in(file, each.place, sheet):
                found = each
        return found

    def headers_in(self, file: str, sheet: str | None) -> Iterator[HeaderMeaning]:
        """Yield what headers mean on a sheet of a file because of where it is."""
        yield from (each for each in self.headers if each.place and is_in(file, each.place, sheet))

    @property
    def headers_of_units(self) -> tuple[HeaderMeaning, ...]:
        """What headers mean in the files of units, wherever these are."""
        return tuple(each for each in self.headers if not each.place)


NOTHING_RULED = RuledReading()


def is_in(file: str, place: str, sheet: str | None = "") -> bool:
    """Return whether a file is at a place that a decision names.

    Parameters
    ----------
    file : path of the file.
    place : a path, perhaps with a sheet.
    sheet : name of a sheet that must be the place's if the place has one; None for the file as a whole. Empty
        if the sheet does not matter.
    """
    if file == place or file.startswith(f"{place}/"):
        return True
    path, mark, named = place.rpartition(SHEET_MARK)
    return bool(mark) and path == file and (sheet in ("", named))

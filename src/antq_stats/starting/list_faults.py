"""The faults of a list of villages, each with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from antq_stats.words.language import Language, phrase
from antq_stats.words.text import column_letter


class Place(NamedTuple):
    """A place in a list.

    Parameters
    ----------
    row : row as in Excel, from 1.
    sheet : name of the sheet; None for a text file.
    column : column, from 0; None for the whole row.
    """

    row: int
    sheet: str | None = None
    column: int | None = None

    def say(self, lang: Language) -> str:
        """Return the place in words, as within a sentence."""
        if self.sheet is None:
            return phrase("init.place-row", lang, row=str(self.row))
        if self.column is None:
            return phrase("init.place-sheet-row", lang, sheet=self.sheet, row=str(self.row))
        cell = f"{column_letter(self.column)}{self.row}"
        return phrase("init.place-cell", lang, sheet=self.sheet, cell=cell)


@dataclass(frozen=True, slots=True)
class ListFault:
    """A fault of a list.

    Parameters
    ----------
    key : key of the phrase that says what is wrong, without its group.
    facts : facts of the phrase.
    place : where it is; None for the whole file.
    first : the other place that the phrase names.
    """

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    first: Place | None = None

    def say(self, lang: Language) -> str:
        """Return the fault in words."""
        first = {} if self.first is None else {"first": self.first.say(lang)}
        problem = phrase(f"init.list-{self.key}", lang, **self.facts, **first)
        if self.place is None:
            return problem[:1].upper() + problem[1:]
        where = self.place.say(lang)
        return f"{where[:1].upper()}{where[1:]}: {problem}"


class ListProblem(Exception):  # noqa: N818 - a problem for the user to solve
    """A list of villages cannot be used.

    Parameters
    ----------
    faults : all faults, by sheet and row.
    """

    def __init__(self, faults: Sequence[ListFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

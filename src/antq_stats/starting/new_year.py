"""A new year of a province: its units with the villages that are known, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from antq_stats.collection.period_name import day_of, period_of
from antq_stats.country import Country, CountryUnit
from antq_stats.findings.finding import Finding
from antq_stats.starting.carry import Carried, carry
from antq_stats.starting.folder import Head, edition_text, form_text, read_me_text, unit_rows
from antq_stats.starting.village_list import villages_of
from antq_stats.starting.villages import Village
from antq_stats.words.language import Language, phrase
from antq_stats.words.text import as_typed

_LEFT_OUT = ("divided", "elsewhere", "unknown", "ended")


class Remark(NamedTuple):
    """Something the user must know of the villages.

    Parameters
    ----------
    key : key of the phrase.
    facts : facts of the phrase, without the names.
    names : names that the phrase lists.
    is_open : whether something has to be completed by hand.
    """

    key: str
    facts: dict[str, object]
    names: tuple[str, ...] = ()
    is_open: bool = True

    def say(self, lang: Language, limit: int | None = None) -> str:
        """Return the remark in words.

        Parameters
        ----------
        lang : the language.
        limit : the greatest number of names to list; None for all.
        """
        more = ["…"] if limit is not None and len(self.names) > limit else []
        return phrase(self.key, lang, names=", ".join([*self.names[:limit], *more]), **self.facts)


@dataclass
class NewYear:
    """A year of a province, and the folder for it."""

    folder: Path
    year: int
    land: Country
    province: CountryUnit
    villages: list[Village] = field(default_factory=list)
    notes: tuple[Finding, ...] = ()
    """Notes on the earlier register that the villages are from."""
    _carried: list[Remark] = field(default_factory=list)
    """What became of the earlier register or of the list."""

    @property
    def day(self) -> date:
        """The cut-off: the day whose units count."""
        return cut_off(self.year)

    @property
    def units(self) -> tuple[CountryUnit, ...]:
        """The province and the units below it on the cut-off."""
        return self.land.units_of(self.province, self.day)

    @property
    def communes(self) -> tuple[CountryUnit, ...]:
        """The communes on the cut-off."""
        return tuple(unit for unit in self.units if unit.level == "commune")

    def carry(self, register: Path, then: date, name: str) -> None:
        """Take the villages of an earlier register, carried to the communes of this year.

        Parameters
        ----------
        register : the earlier units.csv.
        then : the day it was for, not after `day`.
        name : name of its folder, for remarks.

        Raises
        ------
        SetupError
            The register has faults.
        """
        result = carry(register, then, self.land, self.communes, self.day)
        self.villages, self.notes = result.villages, result.notes
        facts = {"count": len(result.villages), "moved": result.moved, "name": name}
        self._carried = [Remark("init.carried", facts, is_open=False), *_remarks_on(result)]

    def take_list(self, path: Path) -> None:
        """Take the villages of a list.

        Raises
        ------
        ListProblem
            The list cannot be read, or has faults.
        """
        listed = villages_of(path, self.communes)
        self.villages = listed.villages
        self._carried = [
            Remark(f"init.list-{remark.key}", remark.facts, is_open=False) for remark in listed.remarks
        ]

    @property
    def remarks(self) -> list[Remark]:
        """What the user must know of the villages."""
        if not self.villages:
            return [*self._carried, Remark("init.no-villages", {"command": self._adopt})]
        with_villages = {village.parent for village in self.villages}
        empty = tuple(unit.full_name for unit in self.communes if unit.code not in with_villages)
        facts = {"count": len(empty), "command": self._adopt}
        return [*self._carried, *([Remark("init.empty", facts, empty)] if empty else [])]

    @property
    def _adopt(self) -> str:
        """The command that takes villages from returns."""
        return f"antq-stats adopt {as_typed(self.folder)}"

    def register(self) -> tuple[list[dict[str, str]], list[str]]:
        """Return the rows of units.csv and its columns."""
        return unit_rows(self.units, self.villages)

    def form(self, head: Head) -> str:
        """Return the text of form.toml.

        Parameters
        ----------
        head : the letterhead.
        """
        named = day_of(period_of(self.folder.resolve().name), None)
        states_period = named is None or named.year != self.year
        return form_text(edition_text(self.year), head, str(self.year) if states_period else None)

    def read_me(self, deadline: date) -> str:
        """Return the text of the read-me.

        Parameters
        ----------
        deadline : day by which returns are due.
        """
        notes = [remark.say("vi") for remark in self.remarks if remark.is_open]
        folder, blanks = as_typed(self.folder), as_typed(self.blanks)
        return read_me_text(self.province, str(self.year), folder, blanks, deadline, notes)

    @property
    def blanks(self) -> Path:
        """A folder for blank returns, beside that of the year: in it they would be read as returns."""
        folder = self.folder if self.folder.name not in ("", "..") else self.folder.resolve()
        return folder.with_name(f"{folder.name}-bieu-trong")


def cut_off(year: int) -> date:
    """Return the last day of a year."""
    return date(year, 12, 31)


def _remarks_on(result: Carried) -> Iterator[Remark]:
    """Yield what the user must know of villages that were renamed or left out."""
    if result.renamed:
        examples = "; ".join(f"{village.now}, {village.commune}" for village in result.renamed[:3])
        facts = {"count": len(result.renamed), "examples": examples}
        yield Remark("init.renamed", facts, is_open=False)
    for key in _LEFT_OUT:
        for left in getattr(result, key):
            facts = {
                "commune": left.commune,
                "possible": ", ".join(left.possible),
                "count": len(left.villages),
            }
            yield Remark(f"init.{key}", facts, left.villages)
    if result.later:
        yield Remark("init.later", {"count": len(result.later)}, result.later)

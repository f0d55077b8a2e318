"""The decisions in a workbook of proposals, each checked against the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from antq_stats.adoption.workbook import COLUMNS, DECISIONS, Column, row_key
from antq_stats.findings.finding import Finding
from antq_stats.register.register import UnitRegister
from antq_stats.register.unit_columns import Entry
from antq_stats.register.unit_file import InForce, day_of_text
from antq_stats.register.unit_workbook import NoWorkbook, sheets_of
from antq_stats.starting.villages import in_full
from antq_stats.words.language import LANGUAGES, Language, phrase
from antq_stats.words.language import date as date_text
from antq_stats.words.text import one_line, text_key

HEADER_ROWS = 20
"""First rows in which the heads are looked for."""

NEEDED: tuple[Column, ...] = ("code", "name", "decision")
"""Columns without whose heads a sheet is no list of proposals."""


class NoProposals(Exception):  # noqa: N818 - named like `unit_workbook.NoWorkbook`
    """The file is no workbook of proposals.

    Parameters
    ----------
    problem : keyword of the catalogue: ``no-workbook``, ``too-large``, ``no-header``, ``not-there``.
    """

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A confirmed village.

    ``old`` has one code for a renamed village, which keeps it, and two or more for a merged one.
    """

    commune: str
    """Code of its commune."""
    name: str
    reported: str
    """Its name in the return."""
    households: str
    since: date
    source: str
    old: tuple[str, ...] = ()

    @property
    def keeps_code(self) -> bool:
        """Whether it is an old village under another name."""
        return len(self.old) == 1


@dataclass
class Decisions:
    """What the officer decided."""

    adopted: list[Adopted] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    """S210 for each row whose decision cannot be carried out; its row and column are those of the sheet."""
    undecided: int = 0
    """Rows without a decision."""
    skipped: int = 0
    """Rows that the officer chose to leave out."""
    known: int = 0
    """Rows of villages that the register has already."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a period that bound those from which its villages are in force."""

    first: date | None
    """The day for villages whose row has no date, unless their commune or the villages that they replace
    began later; None if each row must have a date."""
    last: date | None
    """The cut-off; None if it is unknown."""


class _Refused(Exception):  # noqa: N818
    """A row cannot be carried out: the column at fault, the keyword of the catalogue, and facts."""

    def __init__(self, column: Column, problem: str, **facts: str) -> None:
        self.column = column
        self.facts = {"problem": problem, **facts}
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the workbook as text; blank where it has no such column."""

    number: int
    """From 1, as in the sheet."""
    cells: dict[Column, str]

    def key(self, commune: str) -> str:
        """Return what the row's key was if its cells still belong together."""
        return row_key(commune, self["reported"], self["place"])

    def __getitem__(self, column: Column) -> str:
        """Return the text of a column."""
        return self.cells.get(column, "")


def read_decisions(
    path: Path,
    register: UnitRegister,
    rows_now: Mapping[str, InForce],
    days: Days,
    lang: Language,
    coming: Iterable[Entry] = (),
) -> Decisions:
    """Read a workbook of proposals, and check each decision.

    Parameters
    ----------
    path : an ``.xlsx`` or ``.ods`` workbook.
    register : the register in force.
    rows_now : the rows of its file that are in force, by code.
    days : the days of the period.
    lang : language of the words that a finding offers; those of the workbook may be in either.
    coming : rows of the file that come into force after the period.

    Raises
    ------
    NoProposals
        The file cannot be read, or has no sheet with the heads of the workbook.
    """
    return _Checker(register, rows_now, days, path.name, lang, coming).check(*_table(path))


def _table(path: Path) -> tuple[dict[Column, int], list[_Row]]:
    """Return the column of each head, and the rows below the heads."""
    if not path.is_file():
        raise NoProposals("not-there")
    try:
        for rows in sheets_of(path):
            for at, row in enumerate(rows[:HEADER_ROWS]):
                places = _heads(row)
                if all(column in places for column in NEEDED):
                    return places, list(_rows(rows[at + 1 :], at + 2, places))
    except NoWorkbook as error:
        raise NoProposals(error.problem) from None
    except OSError:
        raise NoProposals("cannot-be-opened") from None
    raise NoProposals("no-header")


def _heads(row: Sequence[str]) -> dict[Column, int]:
    """Return the columns whose heads, in either language, are in a row."""
    keys = list(map(text_key, row))
    words = ((c, text_key(phrase(f"adopt.head-{c}", lang))) for c in COLUMNS for lang in LANGUAGES)
    return {column: keys.index(word) for column, word in words if word in keys}


def _rows(rows: Sequence[Sequence[str]], first: int, places: dict[Column, int]) -> Iterator[_Row]:
    for number, row in enumerate(rows, start=first):
        cells = {
            column: one_line(row[place].strip().lstrip("'"), 200)
            for column, place in places.items()
            if place < len(row)
        }
        if any(cells.values()):
            yield _Row(number, cells)


class _Checker:
    """Checks the rows against the register and against each other."""

    def __init__(
        self,
        register: UnitRegister,
        rows_now: Mapping[str, InForce],
        days: Days,
        file: str,
        lang: Language,
        coming: Iterable[Entry],
    ) -> None:
        self.register = register
        self.units = register.units
        self.rows_now = rows_now
        self.days = days
        self.file = file
        self.lang = lang
        self.coming = {(entry.parent.lstrip("0"), text_key(entry.name)) for entry in coming}
        """Villages that come into force after the period: their commune's code, and the name's key."""
        self.named: dict[tuple[str, str], int] = {}
        """Row that names a village of a commune, by the commune's code and the name's key."""
        self.ended: dict[str, int] = {}
        """Row that an old village is given in, by its code."""
        self.keys: set[str] = set()
        """The keys of the rows as they were written; empty for a workbook without them."""
        self.choices = [phrase(f"adopt.decision-{decision}", lang) for decision in DECISIONS]
        self.words = {
            text_key(phrase(f"adopt.decision-{decision}", language)): decision
            for decision in DECISIONS
            for language in LANGUAGES
        }

    def check(self, places: dict[Column, int], rows: Sequence[_Row]) -> Decisions:
        """Return the decisions of all rows."""
        found = Decisions()
        self.keys = {row["key"] for row in rows if row["key"]}
        for row in rows:
            if not row["decision"]:
                found.undecided += 1
                continue
            try:
                adopted = self._adopted(row)
            except _Refused as refused:
                value = row[refused.column] or None
                found.faults.append(
                    Finding(
                        code="S210", file=self.file, row=row.number, column=places.get(refused.column),
                        value=value, facts=refused.facts,
                    )
                )  # fmt: skip
                continue
            match adopted:
                case "skip":
                    found.skipped += 1
                case "known":
                    found.known += 1
                case _:
                    found.adopted.append(adopted)
        return found

    def _is_known(self, name: str, commune: int, old: Sequence[str]) -> bool:
        """Return whether a village other than those it replaces has a name, now or after the period."""
        same = self.units.children_named(commune, text_key(name))
        code = self.units.codes[commune].lstrip("0")
        later = any((code, text_key(text)) in self.coming for text in (name, in_full(name)))
        return later or any(self.units.codes[unit] not in old for unit in same)

    def _adopted(self, row: _Row) -> Adopted | Literal["skip", "known"]:
        """Return the village of a row, or why there is none."""
        decision = self.words.get(text_key(row["decision"]))
        if decision is None:
            raise _Refused("decision", "one-of-words", expected=", ".join(self.choices))
        if decision == "skip":
            return "skip"
        commune = self._commune(row["code"])
        self._check_whole(row, commune)
        name = row["name"]
        if not any(map(str.isalnum, name)):
            raise _Refused("name", "name-missing")
        old = self._old(row, decision, commune)
        if self._is_known(name, commune, old):
            return "known"
        code = self.units.codes[commune]
        if (first := self.named.setdefault((code, text_key(name)), row.number)) != row.number:
            raise _Refused("name", "named-twice", first=str(first))
        return Adopted(
            commune=code,
            name=name,
            reported=row["reported"] or name,
            households=row["households"] if row["households"].isdigit() else "",
            since=self._since(row["since"], code, old),
            source=row["place"],
            old=old,
        )

    def _commune(self, code: str) -> int:
        """Return the position of the commune with a code, restoring zeros that Excel took."""
        position = self.units.by_code.get(code)
        if position is None and code.isdigit():
            alike = self.units.by_significant_digits(code.lstrip("0"))
            position = alike[0] if len(alike) == 1 else None
        if position is None:
            raise _Refused("code", "parent-unknown")
        if self.units.levels[position] != len(self.register.levels) - 2:
            raise _Refused("code", "not-a-commune")
        return position

    def _check_whole(self, row: _Row, commune: int) -> None:
        """Refuse a row whose cells come from several rows, as after sorting one column alone."""
        beside = text_key(row["commune"])
        unit = self.register.at(commune)
        if beside and beside not in {text_key(unit.display), *self.units.name_keys(commune)}:
            raise _Refused("code", "name-of-another-commune", found=row["commune"])
        is_own = not (row["reported"] or row["place"])  # a row that the officer added
        if self.keys and not is_own and row.key(unit.code) not in self.keys:
            raise _Refused("code", "row-mixed", found=row["place"])

    def _old(self, row: _Row, decision: str, commune: int) -> tuple[str, ...]:
        """Return the codes of the old villages; empty for a new village."""
        if decision == "new":
            return ()
        codes = tuple(dict.fromkeys(filter(None, row["old"].replace(";", ",").replace(" ", ",").split(","))))
        if not codes:
            raise _Refused("old", "old-missing")
        if decision == "renamed" and len(codes) > 1:
            raise _Refused("old", "old-one-expected")
        if decision == "merged" and len(codes) == 1:
            raise _Refused("old", "old-several-expected")
        full = tuple(map(self._village, codes))
        for code in full:
            position = self.units.by_code.get(code)
            if position is None or self.units.parents[position] != commune:
                raise _Refused("old", "old-unknown", found=code)
            if (first := self.ended.setdefault(code, row.number)) != row.number:
                raise _Refused("old", "old-twice", found=code, first=str(first))
        return full

    def _village(self, code: str) -> str:
        if code in self.units.by_code or not code.isdigit():
            return code
        alike = self.units.by_significant_digits(code.lstrip("0"))
        return self.units.codes[alike[0]] if len(alike) == 1 else code

    def _since(self, text: str, commune: str, old: Sequence[str]) -> date:
        """Return the day from which a village is in force.

        It is after the first day of the villages that it replaces, so that each of them was in force.
        """
        first_days = [self.rows_now[code].first + timedelta(days=1) for code in old]
        earliest: date = max([self.rows_now[commune].first, *first_days])
        if text:
            day = day_of_text(text)
        elif self.days.first is None:
            raise _Refused("since", "date-missing")
        else:
            day = max(self.days.first, earliest)
        if day is None:
            raise _Refused("since", "not-a-date")
        if day < earliest:
            raise _Refused("since", "date-too-early", expected=date_text(earliest, self.lang))
        if self.days.last is not None and day > self.days.last:
            raise _Refused("since", "date-too-late", expected=date_text(self.days.last, self.lang))
        return day

"""Layout of a blank return: its sheets, columns and rows, and the names of its file and sheets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from antq_stats.form import Form, Measure, Table
from antq_stats.reading.tables.provenance import TableLayout
from antq_stats.register.register import UnitRegister
from antq_stats.render.blank.words import MeasureWording
from antq_stats.render.words import unit_name, unit_within
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import ascii_key, column_letter, text_key

HEADS_ROW = 6
"""Row of the heads of columns, counted from 0, below the row of sections and above that of numbers."""
FIRST_ROW = HEADS_ROW + 2
"""First row that is to be filled in, counted from 0."""
FREE_ROWS = 30
"""Rows for the units of a sender whose units the register does not list."""

_PARENT_HEADS = {"commune": "blank.parent-commune", "district": "blank.parent-district"}
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names that Windows reserves for devices."""


@dataclass(frozen=True)
class SheetLayout:
    """The sheet of a table of the form in the return of one unit, with a row for each of ``units``.

    Without units it has free rows, where the sender writes names and figures.
    """

    form: Form
    register: UnitRegister
    table: Table
    name: str
    measures: tuple[Measure, ...]
    """By section, in the order of the form."""
    units: tuple[int, ...]
    parented: bool
    """Whether a column names the unit above that of each row, since they differ."""
    words: MeasureWording
    """Texts on the measures, in the language of the sheet."""

    @property
    def first(self) -> int:
        """Column of the first measure."""
        return 4 if self.parented else 3

    @property
    def width(self) -> int:
        """Number of columns of the printed table; the column of checks is to the right of them."""
        return self.first + len(self.measures)

    @property
    def is_free(self) -> bool:
        """Whether the sender writes the names of the units."""
        return not self.units

    @property
    def rows(self) -> int:
        """Number of rows that are to be filled in."""
        return len(self.units) or FREE_ROWS

    @property
    def last_row(self) -> int:
        """The last row that is to be filled in."""
        return FIRST_ROW + self.rows - 1

    @cached_property
    def columns(self) -> dict[str, int]:
        """Column of each measure, by its code."""
        return {measure.code: self.first + place for place, measure in enumerate(self.measures)}

    def sections(self) -> list[tuple[str, int, int]]:
        """Return the label of each section, which may be empty, with its first and last column."""
        labels = {section.code: self.words.wording.say(section.label) for section in self.form.sections}
        found: list[tuple[str, int, int]] = []
        for measure, column in zip(self.measures, self.columns.values(), strict=True):
            label = labels.get(measure.section or "", "")
            if found and label and found[-1][0] == label:
                found[-1] = (label, found[-1][1], column)
            else:
                found.append((label, column, column))
        return found

    def parent_head(self) -> str:
        """Return the head of the column of the units above: a known level in words, else its code."""
        levels, parents = self.register.units.levels, self.register.units.parents
        word = self.register.levels[levels[parents[self.units[0]]]]
        key = _PARENT_HEADS.get(text_key(word))
        return self.words.wording.phrase(key) if key else word

    def range_of(self, code: str) -> str:
        """Return the cells of a measure, as in ``D10:D18``."""
        letter = column_letter(self.columns[code])
        return f"{letter}{FIRST_ROW + 1}:{letter}{self.last_row + 1}"

    def carried(self) -> TableLayout:
        """Return the layout of the sheet for the reader."""
        codes = [self.register.units.codes[unit] for unit in self.units] or [""] * self.rows
        return TableLayout(
            table=self.table.code,
            sheet=self.name,
            top=HEADS_ROW - 1,
            heads=HEADS_ROW,
            code=1,
            name=2,
            parent=3 if self.parented else -1,
            width=self.width + 1,
            measures=tuple(
                (m.code, c, self.words.head(m))
                for m, c in zip(self.measures, self.columns.values(), strict=True)
            ),
            units=tuple((FIRST_ROW + place, code) for place, code in enumerate(codes)),
        )


def sheets_of(form: Form, register: UnitRegister, unit: int, lang: Language = "vi") -> list[SheetLayout]:
    """Return the sheets of a unit's return: the tables of its level and of the levels below it.

    The table of the level right below is there even if the register lists no units of this unit.

    Parameters
    ----------
    form : the form.
    register : the register.
    unit : position of the unit.
    lang : the language.
    """
    words = MeasureWording(Wording(lang))
    top = register.units.levels[unit]
    below = register.under(unit).tolist()
    order = {section.code: place for place, section in enumerate(form.sections)}
    sheets: list[SheetLayout] = []
    for table, name in zip(form.tables, _sheet_names(form, words.wording), strict=True):
        level = register.level(table.level)
        units = tuple(position for position in below if register.units.levels[position] == level)
        if level is None or level < top or not (units or level == top + 1):
            continue
        measures = sorted(form.measures_of(table), key=lambda m: order.get(m.section or "", len(order)))
        parents = {register.units.parents[position] for position in units}
        parented = bool(parents - {unit, register.units.parents[unit]})
        sheets.append(SheetLayout(form, register, table, name, tuple(measures), units, parented, words))
    return sheets


def _sheet_names(form: Form, wording: Wording) -> list[str]:
    """Return the name of each table's sheet: its title up to the colon, else its code."""
    from antq_stats.render.writing.workbook import sheet_names

    taken = [wording.phrase("blank.sheet")]
    wanted = [
        head if colon and 0 < len(head) <= 31 else table.code
        for table in form.tables
        for head, colon, _ in [wording.say(table.title).partition(":")]
    ]
    return sheet_names([*taken, *wanted], wording)[len(taken) :]


def paths_of(register: UnitRegister, units: list[int]) -> dict[int, str]:
    """Return the path of each unit's workbook, with a folder for each unit above it except the root.

    Names are in small letters without accents. Units with equal names in a folder have their codes appended.

    Parameters
    ----------
    register : the register.
    units : positions of the units.
    """
    slugs: dict[int, str] = {}

    def slug_of(position: int) -> str:
        if position not in slugs:
            known = register.units.children.get(register.units.parents[position], ())
            alike: dict[str, list[int]] = {}
            for member in known:
                alike.setdefault(_slug(register.units.names[member]), []).append(member)
            for slug, members in alike.items():
                for member in members:
                    bare = bool(slug) and len(members) == 1 and slug not in _DEVICES
                    slugs[member] = slug if bare else _with_code(register, member, slug)
        return slugs[position]

    paths: dict[int, str] = {}
    taken: set[str] = set()
    for unit in units:
        above = register.units.ancestors(unit)
        folders = [slug_of(position) for position in reversed(above[1:-1])]
        path = "/".join([*folders, slug_of(unit)])
        if path in taken:  # a name that equals another one with its code
            path = f"{path}-{unit + 1}"
        taken.add(path)
        paths[unit] = f"{path}.xlsx"
    return paths


def _slug(name: str) -> str:
    return _NOT_IN_NAMES.sub("-", ascii_key(name)).strip("-")[:60]


def _with_code(register: UnitRegister, position: int, slug: str) -> str:
    """Return a name with the code of the unit, and with its position if the code is no file name."""
    code = register.units.codes[position]
    bare = _slug(code)
    parts = [slug, bare if bare == code.casefold() else f"{bare}-{position + 1}".strip("-")]
    return "-".join(filter(None, parts))


def line_of(register: UnitRegister, unit: int, wording: Wording) -> str:
    """Return the name of a unit with those above it: ``Xã Mường Lai, huyện Lục Yên, tỉnh Yên Bái``."""
    above = (unit_within(register, position, wording) for position in register.units.ancestors(unit)[1:])
    return ", ".join([unit_name(register, unit), *above])

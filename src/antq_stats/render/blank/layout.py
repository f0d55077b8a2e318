"""Where everything of a blank return stands, before anything is written: sheets, columns, rows, codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from antq_stats.form import Form, Measure, Table
from antq_stats.reading.tables.provenance import TableLayout
from antq_stats.register.register import UnitRegister
from antq_stats.render.blank.words import MeasureWording
from antq_stats.render.words import unit_name
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import ascii_key, column_letter, text_key

HEADS_ROW = 6
"""Row, from 0, of the columns' own heads; above it stand the sections, below it the columns' numbers."""
FIRST_ROW = HEADS_ROW + 2

_PARENT_HEADS = {"commune": "blank.parent-commune", "district": "blank.parent-district"}
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names that Windows keeps for itself."""


@dataclass(frozen=True)
class SheetLayout:
    """One table of the form as it is asked of one unit: a row for each of ``units``."""

    form: Form
    register: UnitRegister
    table: Table
    name: str
    measures: tuple[Measure, ...]
    """In the order of their sections, as in the form within one."""
    units: tuple[int, ...]
    parented: bool
    """Whether a column names the unit above each row's: rows of several communes stand together."""
    words: MeasureWording
    """Texts on the measures, in the language of the sheet."""

    @property
    def first(self) -> int:
        """Column of the first measure."""
        return 4 if self.parented else 3

    @property
    def width(self) -> int:
        """Columns of the printed table; the column that says what to look at again stands right of them."""
        return self.first + len(self.measures)

    @property
    def last_row(self) -> int:
        """The last row that is to be filled in."""
        return FIRST_ROW + len(self.units) - 1

    @cached_property
    def columns(self) -> dict[str, int]:
        """Column of each measure, by its code."""
        return {measure.code: self.first + place for place, measure in enumerate(self.measures)}

    def sections(self) -> list[tuple[str, int, int]]:
        """Return each section's label, which may be empty, with its first column and its last."""
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
        """Return what the reader is told of the sheet."""
        codes = self.register.units.codes
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
            units=tuple((FIRST_ROW + place, codes[unit]) for place, unit in enumerate(self.units)),
        )


def sheets_of(form: Form, register: UnitRegister, unit: int, lang: Language = "vi") -> list[SheetLayout]:
    """Return the tables of the form that a unit answers: those of its level and of the levels below it."""
    words = MeasureWording(Wording(lang))
    own = register.units.levels[unit]
    below = register.under(unit).tolist()
    order = {section.code: place for place, section in enumerate(form.sections)}
    found: list[SheetLayout] = []
    for table, name in zip(form.tables, _sheet_names(form, words.wording), strict=True):
        level = register.level(table.level)
        units = tuple(position for position in below if register.units.levels[position] == level)
        if level is None or level < own or not units:
            continue
        measures = sorted(form.measures_of(table), key=lambda m: order.get(m.section or "", len(order)))
        parents = {register.units.parents[position] for position in units}
        parented = bool(parents - {unit, register.units.parents[unit]})
        found.append(SheetLayout(form, register, table, name, tuple(measures), units, parented, words))
    return found


def _sheet_names(form: Form, wording: Wording) -> list[str]:
    """Return a name for each table's sheet: the words of its title before the colon, else its code."""
    from antq_stats.render.writing.workbook import sheet_names

    taken = [wording.phrase("blank.sheet")]
    wanted = [
        head if colon and 0 < len(head) <= 31 else table.code
        for table in form.tables
        for head, colon, _ in [wording.say(table.title).partition(":")]
    ]
    return sheet_names([*taken, *wanted], wording)[len(taken) :]


def paths_of(register: UnitRegister, units: list[int]) -> dict[int, str]:
    """Return for each unit the path of its workbook: a folder for each unit above it but the root.

    Names are without accents, in small letters; of units with equal names in one folder each bears its code.
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
        if path in taken:  # named as another with its code
            path = f"{path}-{unit + 1}"
        taken.add(path)
        paths[unit] = f"{path}.xlsx"
    return paths


def _slug(name: str) -> str:
    return _NOT_IN_NAMES.sub("-", ascii_key(name)).strip("-")[:60]


def _with_code(register: UnitRegister, position: int, slug: str) -> str:
    """Return a name with the unit's code, and its place where the code cannot stand in a file's name."""
    code = register.units.codes[position]
    bare = _slug(code)
    parts = [slug, bare if bare == code.casefold() else f"{bare}-{position + 1}".strip("-")]
    return "-".join(filter(None, parts))


def line_of(register: UnitRegister, unit: int) -> str:
    """Return a unit with those above it: ``Xã Mường Lai, Huyện Lục Yên, Tỉnh Yên Bái``."""
    return ", ".join(unit_name(register, position) for position in register.units.ancestors(unit))

"""The unit a table is about, found from its titles, the sheet name, the file name and the folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import cast

from antq_stats.plan import HIGHER_TYPES, ReadingPlan
from antq_stats.reading.coerce import is_figure
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.reporter import Report
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.units.mentions import common_parent, title_key, unit_of_codes, unit_of_texts
from antq_stats.reading.units.names import NOWHERE, name_keys
from antq_stats.words.text import text_key

TITLE_ROWS = 40
"""Rows above a table in which its titles may stand."""
_TITLE_LENGTH = 400


def is_title(cell: object) -> bool:
    """Return whether a cell is a text of a title's length: longer than a mark, shorter than a letter."""
    return isinstance(cell, str) and 2 < len(cell) <= _TITLE_LENGTH


def titles_above(grid: Grid, located: LocatedTable, since: int) -> list[str]:
    """Return the texts above a table, which state its unit and its period.

    Parameters
    ----------
    grid, located : the sheet and its table.
    since : first row that may belong to the table's titles, counted from 0.
    """
    rows = grid.rows[max(since, located.top - TITLE_ROWS) : located.top]
    return [cast("str", cell) for row in rows for cell in row if is_title(cell)]


def _names_a_unit(text: str) -> bool:
    """Return whether a title line holds a unit's type word, whether or not the register has the unit."""
    padded = f" {title_key(text)} "
    return any(f" {word} " in padded for word in HIGHER_TYPES)


class TableUnit:
    """The unit a table is about, worked out when first needed.

    Parameters
    ----------
    plan : the reading plan.
    grid, located : the sheet and its table.
    titles : the texts above the table.
    file_unit : the unit that the folders and the file name state, or NOWHERE.
    previous : the unit of the table above on the same sheet. It also applies to this table unless a
        title names a unit, whether or not the register has that unit.
    is_ruled : whether ``file_unit`` was decided, so that titles and names count for nothing.
    """

    def __init__(
        self,
        plan: ReadingPlan,
        grid: Grid,
        located: LocatedTable,
        titles: list[str],
        file_unit: int,
        previous: TableUnit | None,
        *,
        is_ruled: bool = False,
    ) -> None:
        self.units = plan.units
        self.level = plan.tables[located.table].level
        self.grid = grid
        self.located = located
        self.titles = titles
        self.file_unit = file_unit
        self.previous = previous
        self.is_ruled = is_ruled

    @cached_property
    def unit(self) -> int:
        """Position of the unit: as stated, else by the rows' names, else the only root; or NOWHERE."""
        stated = self._stated
        if self.is_ruled or self._reaches(stated):
            return stated
        by_rows = NOWHERE
        if self.located.parent < 0:
            by_rows = common_parent(self.units, self.level, self._unit_names())
        if (
            by_rows != NOWHERE
            and (stated == NOWHERE or stated in self.units.ancestors(by_rows))
            and not self._has_foreign_headings(by_rows)
        ):
            return by_rows
        if stated != NOWHERE:
            return stated
        roots = self.units.children.get(NOWHERE, ())
        return roots[0] if len(roots) == 1 else NOWHERE

    @property
    def stated(self) -> int | None:
        """The unit that titles and names state; None if only the rows can show which unit it is."""
        return self._stated if self._reaches(self._stated) else None

    @cached_property
    def _stated(self) -> int:
        """The unit that the titles and the sheet name state, else the file's; or NOWHERE."""
        if self.is_ruled:
            return self.file_unit
        if self.previous is not None and not any(map(_names_a_unit, self.titles)):
            return self.previous._stated  # noqa: SLF001 - same class
        sheet = self.grid.sheet or ""
        stated = unit_of_codes(self.units, [*self.titles, *(("Mã:", sheet) if len(sheet) > 2 else ())])
        if stated == NOWHERE:
            stated = unit_of_texts(self.units, [*self.titles, sheet], self.file_unit)
            if stated == NOWHERE or (
                self.file_unit != NOWHERE and stated in self.units.ancestors(self.file_unit)
            ):
                stated = self.file_unit
        while self._has_one_child_above_level(stated):
            stated = self.units.children[stated][0]
        return stated

    def _has_one_child_above_level(self, unit: int) -> bool:
        """Return whether a unit has only one child, and that is above the table's level."""
        members = self.units.children.get(unit, ()) if unit != NOWHERE else ()
        return len(members) == 1 and self.units.levels[members[0]] < self.level

    def _reaches(self, unit: int) -> bool:
        """Return whether the unit, or a child of it, is of the table's level."""
        if unit == NOWHERE:
            return False
        members = (unit, *self.units.children.get(unit, ()))
        return any(self.units.levels[member] == self.level for member in members)

    def _unit_names(self) -> list[str]:
        """Return the unit names in the rows that hold figures, without those of total rows."""
        column, figures = self.located.name, [c for c in self.located.measures if c >= 0]
        if column < 0:
            return []
        names = [
            str(row[column])
            for row in self.grid.rows[self.located.body :]
            if column < len(row)
            and row[column] not in ("", None)
            and any(is_figure(row[c]) for c in figures if c < len(row))
        ]
        names += {self.units.names[unit] for unit in self.grid.runs.units}
        return [
            name
            for name in names
            if text_key(name).partition(" ")[0] not in {"tổng", "cộng", "toàn", "total"}
        ]

    def _has_foreign_headings(self, unit: int) -> bool:
        """Return whether a heading inside the table names a unit that is not related to ``unit``."""
        figures = self.located.columns
        headings = {
            cell
            for row in self.grid.rows[self.located.body :]
            if not any(is_figure(row[c]) for c in figures if c < len(row))
            for cell in row[: min(figures, default=0)]
            if isinstance(cell, str) and cell
        }
        above = self.units.by_name_above_leaves
        return any(
            not self.units.are_related(named, unit)
            for heading in headings
            for key in name_keys(heading)
            for named in above.get(key, ())
        )

    def check_made_for(self, body: Body, report: Report, made_for: int) -> list[int] | None:
        """Check a table of a return that carries the unit it was made for.

        A row outside that unit is reported as U203; none of its figures counts. F205 is reported if the
        name of the file states an unrelated unit, and if most rows are outside the unit.

        Parameters
        ----------
        body : the rows as read.
        report : called with each finding.
        made_for : position of the unit.

        Returns
        -------
        list of int or None
            The rows outside the unit, by their positions in the body. None if most are: the table must not be
            taken.
        """
        units, given = self.units, body.given
        if self.file_unit != NOWHERE and not self.units.are_related(self.file_unit, made_for):
            facts = {"expected": units.codes[self.file_unit], "found": units.codes[made_for]}
            report("F205", facts=facts, severity="hard")
        foreign = [at for at, unit in enumerate(given.units) if made_for not in units.ancestors(unit)]
        if 2 * len(foreign) > len(given.units):
            parent = units.parents[given.units[foreign[0]]]
            facts = {"expected": units.codes[made_for], "found": units.codes[parent]}
            report("F205", facts=facts, severity="hard")
            return None
        column = max(self.located.code, self.located.name)
        for at in foreign:
            report(
                "U203", row=given.rows[at] - 1, column=column, unit=given.units[at],
                facts={"other": units.codes[made_for]}, severity="hard",
            )  # fmt: skip
        return foreign

    def check(self, body: Body, report: Report) -> None:
        """Check that the rows belong to the unit stated.

        F205 is reported if the file's name or the sheet states another unit than most rows have, U203 for
        each of the few rows that belong to another unit than the rest.
        """
        given = body.given
        if not given.units:
            return
        units = self.units
        if self.is_ruled:
            self._check_ruled(body, report)
            return
        parents = Counter(map(units.parents.__getitem__, given.units))
        main, most = parents.most_common(1)[0]
        mostly = 2 * most > len(given.units)
        typical = next(unit for unit in given.units if units.parents[unit] == main)
        if mostly and self.file_unit != NOWHERE and not self.units.are_related(self.file_unit, typical):
            facts = {"expected": units.codes[self.file_unit], "found": units.codes[main]}
            # Without codes only the titles identify the unit, and the file's name contradicts them.
            report("F205", facts=facts, severity=None if self._has_codes() else "hard")
        if (
            not self._is_named(main)
            and self.unit != NOWHERE
            and not self.units.are_related(self.unit, typical)
            and mostly
        ):
            if self.unit != self.file_unit:
                report("F205", facts={"expected": units.codes[self.unit], "found": units.codes[main]})
        elif len(parents) > 1 and mostly and main in (self.file_unit, self._stated):
            column = max(self.located.code, self.located.name)
            for unit, row in zip(given.units, given.rows, strict=True):
                if main not in units.ancestors(unit):
                    report("U203", row=row - 1, column=column, unit=unit)

    def _check_ruled(self, body: Body, report: Report) -> None:
        """Check that rows are of the unit that was decided: F205 if most are not, else U203 for each."""
        units, given = self.units, body.given
        others = [
            at for at, unit in enumerate(given.units) if not self.units.are_related(self.file_unit, unit)
        ]
        if 2 * len(others) > len(given.units):
            parent = units.parents[given.units[others[0]]]
            report("F205", facts={"expected": units.codes[self.file_unit], "found": units.codes[parent]})
            return
        for at in others:
            column = max(self.located.code, self.located.name)
            report("U203", row=given.rows[at] - 1, column=column, unit=given.units[at])

    def may_differ(self, row_units: Sequence[int]) -> bool:
        """Return whether `check` could report anything for rows that all have codes.

        Parameters
        ----------
        row_units : positions of the rows' units; not empty.
        """
        parents = self.units.parents
        main, typical = parents[row_units[0]], row_units[0]
        if any(parents[unit] != main for unit in row_units):
            return True
        if self.file_unit not in (NOWHERE, main) and not self.units.are_related(self.file_unit, typical):
            return True
        if self._is_named(main):
            return False
        return self.stated is None or not self.units.are_related(self.stated, typical)

    def _has_codes(self) -> bool:
        column = self.located.code
        if self.grid.runs:
            return True
        rows = self.grid.rows[self.located.body :]
        return column >= 0 and any(column < len(row) and row[column] not in ("", None) for row in rows)

    def _is_named(self, unit: int) -> bool:
        """Return whether a title names a unit, or there are no titles; a cheap test most sheets pass."""
        name = self.units.names[unit].casefold()
        return any(name in title.casefold() for title in self.titles) or not self.titles

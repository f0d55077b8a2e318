"""The content of one file as read: flat arrays and findings, cheap to send from a worker."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING
from antq_stats.reading.files.enclosures import Enclosure


class UnlistedRow(NamedTuple):
    """A row whose unit the register does not have; it counts nowhere."""

    table: int
    """Position of the table in the plan."""
    sheet: str | None
    """Name of the sheet; None for a delimited file."""
    row: int
    """The row, from 1."""
    parent: int
    """Position of the unit that the row's unit is below."""
    code: str
    """As written; empty if there is none."""
    name: str
    """As written; empty if there is none."""
    values: tuple[int, ...]
    """Counts, one for each measure of the table; `plan.MISSING` for none."""

    @property
    def is_blank(self) -> bool:
        """Whether the row names a unit and gives no figure."""
        return all(value == MISSING for value in self.values)


class OwnFigure(NamedTuple):
    """A figure that a unit above the table's level reports of itself: no sum of what is below it."""

    unit: int
    """Position of the unit."""
    measure: int
    """Place of the measure in the table."""
    value: int
    row: int
    """The row, from 1."""


@dataclass(slots=True)
class TableReturn:
    """The unit rows of one table: n rows that name a unit of the table's level, and m measures."""

    table: int
    """Position of the table in the plan."""
    sheet: str | None
    """Name of the sheet; None for a delimited file."""
    columns: tuple[int, ...]
    """Column of each of the m measures, from 0; -1 for none."""
    units: array[int] = field(default_factory=lambda: array("i"))
    """Positions of the n units."""
    rows: array[int] = field(default_factory=lambda: array("i"))
    """The n rows, from 1."""
    values: array[int] = field(default_factory=lambda: array("q"))
    """n x m counts, row after row; `plan.MISSING` for none."""
    own: list[OwnFigure] = field(default_factory=list)
    """What units above the table's level report of themselves."""

    def value(self, row: int, place: int) -> int:
        """Return the count of a measure in one of the n rows, both counted from 0."""
        return self.values[row * len(self.columns) + place]


class TableByColumns(TableReturn):
    """A table of very many rows, whose values are held by column, each in the least width that holds them.

    Parameters
    ----------
    table : the table.
    by_column : for each of the m measures its n counts.
    """

    __slots__ = ("by_column",)

    def __init__(self, table: TableReturn, by_column: tuple[array[int], ...]) -> None:
        self.table, self.sheet, self.columns = table.table, table.sheet, table.columns
        self.units, self.rows, self.own = table.units, table.rows, table.own
        self.by_column = by_column

    @property
    def values(self) -> array[int]:  # type: ignore[override]
        """The n x m counts, row after row, made anew each time."""
        width = len(self.by_column)
        values = array("q", bytes(8 * width * len(self.units)))
        for place, column in enumerate(self.by_column):
            values[place::width] = array("q", column)
        return values

    def value(self, row: int, place: int) -> int:
        """Return the count of a measure in one of the n rows, both counted from 0."""
        return self.by_column[place][row]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TableReturn):
            return NotImplemented
        return all(getattr(self, field.name) == getattr(other, field.name) for field in fields(TableReturn))

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        table = TableReturn(self.table, self.sheet, self.columns, self.units, self.rows, own=self.own)
        return TableByColumns, (table, self.by_column)


@dataclass(slots=True)
class Return:
    """One file as read."""

    file: str
    """Its path relative to the folder, with ``/``."""
    sha256: str = ""
    """Hash of its bytes in hexadecimal; empty if it was not opened."""
    size: int = 0
    """Its size in bytes, if known."""
    tables: list[TableReturn] = field(default_factory=list)
    unlisted: list[UnlistedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    passed_over: bool = False
    """The tool itself wrote the file, so it holds no return."""
    fault: str | None = None
    """Traceback of an error of the program itself."""
    enclosed: list[Enclosure] = field(default_factory=list)
    """Files in this one, a zip or a message. They are returns of their own."""
    made_for: str = ""
    """Code of the unit that the tool made the blank return for; empty for any other file."""
    saved: str = ""
    """When the file was saved, by its own account: ``2025-12-05T02:30:00``, in UTC; empty if it does not say.
    A program writes it at each saving, so the later of two files need not be the right one."""
    ruled: tuple[tuple[int, str | None, str], ...] = ()
    """Decisions that concern its reading: number, sheet, and the problem if it could not be applied."""
    by_columns: bool = field(default=False, compare=False)
    """It was read by whole columns, which changes the speed, never the result."""

    def without_figures(self) -> Return:
        """Return what is known of the file, without its tables, unlisted rows and enclosed files."""
        return Return(
            self.file,
            self.sha256,
            self.size,
            findings=self.findings,
            passed_over=self.passed_over,
            fault=self.fault,
            made_for=self.made_for,
            saved=self.saved,
            ruled=self.ruled,
        )

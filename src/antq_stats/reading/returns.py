"""What one file gave: flat arrays and findings, small to send from a worker."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from antq_stats.findings.finding import Finding
from antq_stats.reading.files.enclosures import Enclosure


@dataclass(slots=True)
class TableReturn:
    """The rows of one located table that name a unit of the table's level.

    ``values`` holds len(units) x len(measures) counts, row after row, `plan.MISSING` where none was
    given; ``columns`` the sheet's column of each measure of the form's table, -1 where it has none.
    """

    table: int
    sheet: str | None
    columns: tuple[int, ...]
    units: array[int] = field(default_factory=lambda: array("i"))
    rows: array[int] = field(default_factory=lambda: array("i"))
    values: array[int] = field(default_factory=lambda: array("q"))


@dataclass(slots=True)
class Return:
    """One file as read. ``fault`` is the trace of an error of the program itself, if one happened."""

    file: str
    sha256: str = ""
    size: int = 0
    tables: list[TableReturn] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    passed_over: bool = False
    fault: str | None = None
    enclosed: list[Enclosure] = field(default_factory=list)
    """Files found in this one, a zip or a message, which are returns of their own."""
    by_columns: bool = field(default=False, compare=False)
    """Read as a long text, by whole columns: as quick as it is, it says the same."""

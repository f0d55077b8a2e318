"""The cells of a file: a `Workbook` of `Grid` objects, whatever the file's format.

A cell of a grid is called blank only when the file says so; what looks blank and is not stands in
``Grid.odd``. Positions are true addresses: row 0 is row 1 of the sheet, column 0 is A.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from antq_stats.findings.finding import Finding
from antq_stats.reading.files.cells.sheet_scan import Merge, OddCell, Remark
from antq_stats.reading.files.row_runs import RowRuns
from antq_stats.words.legacy import Encoding


@dataclass(slots=True)
class Grid:
    """The cells of one sheet, or of one delimited file."""

    sheet: str | None
    """Name of the sheet (NFC); None for a delimited file."""
    rows: list[list[object]]
    """Rows may be ragged; trailing blanks may be cut. A cell is text, a number, a truth value, a date,
    time or span; ``""`` is blank. Numbers stored as text stay text."""
    hidden: bool = False
    """The sheet is hidden, or very hidden."""
    merged: list[Merge] = field(default_factory=list)
    """First row, first column, last row, last column, each counted from 0, ends included."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    odd: dict[tuple[int, int], OddCell] = field(default_factory=dict)
    """Cells that scan blank in ``rows`` and are not: errors, and formulas without a stored value."""
    remarks: dict[tuple[int, int], Remark] = field(default_factory=dict)
    """Cells of which something is to be told where they are read as figures; blank where not taken."""
    legacy: Encoding | None = None
    """The legacy encoding that texts of this grid were converted from."""
    runs: RowRuns = RowRuns()  # noqa: RUF009 - immutable
    """Rows that were read already, as whole columns."""


@dataclass(slots=True)
class Workbook:
    """What a file holds."""

    grids: list[Grid]
    kind: str
    """By content: xlsx, xlsb, xls, ods or csv."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    findings: list[Finding] = field(default_factory=list)
    """Of the file as a whole, without its name: F109 suffix-disagrees, F110
    encoding-recognised, F206 quotes-unclosed."""
    encoding: str | None = None
    """Of a delimited file."""
    own_output: bool = False
    """The tool itself wrote it: it holds no return, and its cells were not read."""

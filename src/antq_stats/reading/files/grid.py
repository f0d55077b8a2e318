"""The cells of a file: a `Workbook` of `Grid` objects, for every format.

``""`` in `Grid.rows` is a blank cell unless the cell is in `Grid.odd` or `Grid.remarks`. Positions are
addresses: row 0 is row 1 of the sheet, column 0 is A.
"""

from __future__ import annotations

from collections.abc import Container
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
    """Rows may have different lengths. A cell is a str, number, bool, date, datetime, time or timedelta;
    ``""`` is blank. Numbers stored as text stay text."""
    hidden: bool = False
    """True if the sheet is hidden or very hidden."""
    merged: list[Merge] = field(default_factory=list)
    """Merged ranges: first row, first column, last row, last column, each from 0, ends included."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    odd: dict[tuple[int, int], OddCell] = field(default_factory=dict)
    """Cells that scan blank in ``rows`` and are not: errors, and formulas without a stored value."""
    remarks: dict[tuple[int, int], Remark] = field(default_factory=dict)
    """Findings about cells, reported if the cell is read as a figure; blank if the remark is not taken."""
    legacy: Encoding | None = None
    """The legacy encoding from which texts of this grid were converted."""
    said: set[str] | None = field(default=None, compare=False)
    """The different texts in the cells before any was converted; None if they were not collected."""
    runs: RowRuns = RowRuns()  # noqa: RUF009 - immutable
    """Rows that were already read as whole columns, and are blank in ``rows``."""

    def width(self, first: int, end: int) -> int:
        """Return the number of columns of the rows from ``first`` to above ``end``.

        A row ends with its last cell, and a cell that is merged with the one above has none of its own.
        """
        width = max(map(len, self.rows[first:end]))
        if any(top < end and bottom >= first and right >= width for top, _, bottom, right in self.merged):
            width = max(map(len, self.rows))
        return width

    def merged_above(self, end: int) -> frozenset[Merge]:
        """Return the merged ranges that begin above a row."""
        return frozenset(merge for merge in self.merged if merge[0] < end)

    def has_merged(self, first: int, end: int, columns: Container[int]) -> bool:
        """Return whether any cell of some columns is merged in the rows from ``first`` to above ``end``."""
        return any(
            top < end and bottom >= first and any(column in columns for column in range(left, right + 1))
            for top, left, bottom, right in self.merged
        )


@dataclass(slots=True)
class Workbook:
    """The content of a file."""

    grids: list[Grid]
    kind: str
    """The format by content: xlsx, xlsb, xls, ods or csv; also word or text for the tool's own output."""
    sha256: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    findings: list[Finding] = field(default_factory=list)
    """Findings about the file, without its name: F109 suffix-disagrees, F110 encoding-recognised,
    F206 quotes-unclosed, F211 an output saved since, T407 a cell far away."""
    encoding: str | None = None
    """Encoding of a delimited file."""
    saved: str = ""
    """When it was saved by its own account, as `Return.saved`."""
    in_one_pass: bool = False
    """True if a quick reader read it."""
    own_output: bool = False
    """True if the tool itself wrote the file: it is no return, and its cells were not read."""

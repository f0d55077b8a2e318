"""The rows below a header, as read: unit rows, total rows and others."""

from __future__ import annotations

from dataclasses import dataclass, field

from antq_stats.plan import MISSING
from antq_stats.reading.returns import TableReturn, UnlistedRow


@dataclass(slots=True)
class TotalRow:
    """A row of printed totals."""

    row: int
    """Grid row, counted from 0."""
    unit: int
    """Position of the unit it names, or NOWHERE."""
    above: int
    """Number of unit rows read above it."""
    is_named: bool = True
    """False for a row without a label whose figures are the sums of the rows above it."""


@dataclass(slots=True)
class Body:
    """The rows of a located table, as read."""

    given: TableReturn
    """Units and values of the unit rows."""
    raw: list[int] = field(default_factory=list)
    """Grid rows of the unit rows, counted from 0."""
    looked_at: list[int] = field(default_factory=list)
    """Those of them that were read cell by cell."""
    largest: int = MISSING
    """An upper bound of the values."""
    strays: list[tuple[int, list[int]]] = field(default_factory=list)
    """Rows with figures that belong to no known unit: the number of unit rows above, and the values."""
    unlisted: list[UnlistedRow] = field(default_factory=list)
    """The strays whose parent is known: villages, mostly, that the register lacks."""
    totals: list[TotalRow] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    """Grid rows of the strays, of column numbers and of repeated headers."""
    formulas: dict[int, tuple[int, str]] = field(default_factory=dict)
    """The row of column numbers: column -> its number and its formula."""
    end: int = 0
    """Grid row of the next header, or the number of rows."""
    last: int = 0
    """Last grid row that held figures of the table."""

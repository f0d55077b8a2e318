"""The rows below a header, as read: units, totals, and what is neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from antq_stats.plan import MISSING
from antq_stats.reading.returns import TableReturn

Report = Callable[..., None]
"""Called with a code and the place (row, column …) to report a finding in this sheet."""


@dataclass(slots=True)
class TotalRow:
    """A printed total: its row, the unit it names (or NOWHERE), and how many rows stood above it."""

    row: int
    unit: int
    above: int
    is_named: bool = True
    """False for a row that says nothing, and adds up the rows above it."""


@dataclass(slots=True)
class Body:
    """The rows of a located table, as read."""

    given: TableReturn
    raw: list[int] = field(default_factory=list)
    """Grid rows of the units' rows."""
    looked_at: list[int] = field(default_factory=list)
    """Those that were read one by one."""
    largest: int = MISSING
    """No value in them is greater."""
    strays: list[tuple[int, list[int]]] = field(default_factory=list)
    """Rows with figures that belong to no known unit: how many rows stood above, and their values."""
    totals: list[TotalRow] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    """Further rows that were understood: the strays, and what numbers or repeats the header."""
    formulas: dict[int, tuple[int, str]] = field(default_factory=dict)
    end: int = 0
    """Where the next header begins, or the sheet ends."""
    last: int = 0
    """The last row that held figures of the table."""

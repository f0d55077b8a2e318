"""The presentation table: what a table says, before any face lays it out.

The parts are those of a table on paper: title and subtitle, the stub (the column of names) with its
head, columns under section spanners, rows, a legend and source notes. Cells are typed, so that a
face cannot take text for a formula or a figure for text; no face does arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from antq_stats.words.language import Wording
from antq_stats.words.text import one_line

Align = Literal["left", "right", "center"]
RowKind = Literal["total", "group", "plain"]

_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_LONGEST = 16_000  # characters of one text; a cell of Excel takes 32,767 units of UTF-16


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number: a sum, or what one unit gave."""

    value: int
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Percent:
    """A ratio of two sums.

    Parameters
    ----------
    value : the quotient, numerator over denominator, exact and not yet multiplied by ``per``.
    decimals : places shown, rounded half up.
    per : what the quotient is shown per; 100 for per cent.
    """

    value: Fraction
    decimals: int
    per: int = 100
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many units gave a value, of how many that should."""

    given: int
    expected: int


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    value: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Asked, but given by no unit; never a zero."""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Not asked here, or without meaning here (a ratio over nothing); left blank."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Known, but not published, for it would tell of persons."""


Cell: TypeAlias = Count | Percent | Coverage | Text | Missing | NotApplicable | Suppressed


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its head.

    Parameters
    ----------
    code : the code of the measure or ratio; not shown.
    label : the words of the head.
    unit : unit of measure, shown in parentheses under the label; empty for none.
    section : label of the spanner; neighbours with the same one stand under one spanner.
    align : how its texts stand; figures always stand to the right.
    """

    code: str
    label: str
    unit: str = ""
    section: str | None = None
    align: Align = "right"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name in the stub, and a cell per column.

    Parameters
    ----------
    stub : the name.
    depth : how far the name is indented; the outermost is 0.
    cells : as many as the table has columns.
    kind : ``total`` stands out and is ruled off, ``group`` stands out.
    """

    stub: str
    depth: int
    cells: tuple[Cell, ...]
    kind: RowKind = "plain"


@dataclass(frozen=True, slots=True)
class PresentationTable:
    """A whole table.

    Parameters
    ----------
    title, subtitle : lines above; may be empty.
    stub_head : head of the column of names.
    columns, rows : the body.
    legend : footnotes below, besides those on the signs in the cells, which each face adds itself.
    source_notes : last lines below.
    filtered : whether a workbook offers to filter the rows by their columns.

    Raises
    ------
    ValueError
        If a row has not one cell per column.
    """

    title: str
    subtitle: str
    stub_head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    legend: tuple[str, ...] = field(default=())
    source_notes: tuple[str, ...] = field(default=())
    filtered: bool = False

    def __post_init__(self) -> None:
        """Refuse ragged rows: a figure under the wrong head is worse than none."""
        for position, row in enumerate(self.rows):
            if len(row.cells) != len(self.columns):
                raise ValueError(f"row {position}: {len(row.cells)} cells for {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands for things that are not figures, and what rules are drawn with."""

    provisional: str = "*"
    missing: str = "…"
    suppressed: str = "×"
    ellipsis: str = "…"
    rule: str = "─"
    heavy_rule: str = "━"
    between: str = " · "


UNICODE = Signs()
ASCII = Signs(missing="...", suppressed="x", ellipsis="...", rule="-", heavy_rule="=", between=" - ")
"""For streams that cannot carry the others."""


def clean(text: str) -> str:
    """Return text on one line, without control characters and what no file can hold; not shortened."""
    return _UNWRITABLE.sub("\ufffd", one_line(text, _LONGEST))


def is_provisional(cell: Cell) -> bool:
    """Tell whether a cell carries the provisional mark."""
    return isinstance(cell, Count | Percent) and cell.provisional


def cell_text(cell: Cell, wording: Wording, signs: Signs = UNICODE) -> str:
    """Return what a cell says, without the provisional mark."""
    match cell:
        case Count(value=value):
            return wording.number(value)
        case Percent(value=value, decimals=decimals, per=per):
            return wording.percent(value, decimals, per)
        case Coverage(given=given, expected=expected):
            return f"{wording.number(given)}/{wording.number(expected)}"
        case Text(value=value):
            return clean(value)
        case Missing():
            return signs.missing
        case Suppressed():
            return signs.suppressed
        case NotApplicable():
            return ""


def sign_legend(table: PresentationTable, wording: Wording, signs: Signs = UNICODE) -> tuple[str, ...]:
    """Return a line on each sign that occurs in the table, and on no other."""
    provisional = missing = suppressed = False
    for row in table.rows:
        for cell in row.cells:
            provisional = provisional or is_provisional(cell)
            missing = missing or isinstance(cell, Missing)
            suppressed = suppressed or isinstance(cell, Suppressed)
    lines = []
    if provisional:
        lines.append(f"{signs.provisional} {wording.phrase('sign.provisional')}")
    if missing:
        lines.append(f"{signs.missing} {wording.phrase('sign.missing')}")
    if suppressed:
        lines.append(f"{signs.suppressed} {wording.phrase('sign.suppressed')}")
    return tuple(lines)


def spans(columns: tuple[Column, ...]) -> Iterator[tuple[str | None, int, int]]:
    """Yield runs of neighbouring columns of one section: its label, first column, column after the last."""
    start = 0
    for position in range(1, len(columns) + 1):
        if position == len(columns) or columns[position].section != columns[start].section:
            yield columns[start].section, start, position
            start = position

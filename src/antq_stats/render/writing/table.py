"""The presentation table: the content of a table, before a writer lays it out.

The parts are those of a table on paper: title and subtitle, the stub (the column of names) with its
head, columns under section spanners, rows, a legend and source notes. Cells have types, so a writer
cannot take text for a formula or a figure for text. No writer does arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from antq_stats.words.amounts import Amount
from antq_stats.words.language import Wording, rounded
from antq_stats.words.text import one_line

Align = Literal["left", "right", "center"]
RowKind = Literal["total", "group", "plain"]

_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_LONGEST = 16_000  # characters of one text; a cell of Excel takes 32,767 units of UTF-16


@dataclass(frozen=True, slots=True)
class Count:
    """A number: a sum, or the figure of one unit.

    Parameters
    ----------
    value : the number: whole, or with the decimals of its measure.
    provisional : whether it can still change.
    decided : whether it rests on a decision.
    """

    value: Amount
    provisional: bool = False
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Percent:
    """A ratio of two sums.

    Parameters
    ----------
    value : the quotient, numerator over denominator, exact and not yet multiplied by ``per``.
    decimals : places shown, rounded half up.
    per : what the quotient is shown per; 100 for per cent.
    provisional : whether it can still change.
    decided : whether it rests on a decision.
    """

    value: Fraction
    decimals: int
    per: int = 100
    provisional: bool = False
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A change of a ratio, in percentage points.

    Parameters
    ----------
    value : the change, exact and already multiplied by 100.
    decimals : places shown, rounded half up.
    """

    value: Fraction
    decimals: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many units gave a value.

    Parameters
    ----------
    given : units that gave a value.
    expected : units that should give one.
    """

    given: int
    expected: int


@dataclass(frozen=True, slots=True)
class Text:
    """Words, or a figure in words, as its bounds.

    Parameters
    ----------
    value : the words.
    decided : whether the figure rests on a decision.
    """

    value: str
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that is asked for and that no unit gave; never a zero."""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A figure that is not asked for here, or has no meaning here (a ratio over 0); the cell stays blank."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A figure that is known but withheld, because it would disclose facts about persons."""


@dataclass(frozen=True, slots=True)
class NotSummed:
    """A figure that is asked at every level and that no level adds up; this unit did not report it."""


Cell: TypeAlias = (
    Count | Percent | Points | Coverage | Text | Missing | NotApplicable | Suppressed | NotSummed
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its head.

    Parameters
    ----------
    code : the code of the measure or ratio; not shown.
    label : the words of the head.
    unit : unit of measure, shown in parentheses under the label; empty for none.
    section : label of the spanner; neighbours with the same one stand under one spanner.
    align : alignment of its texts; figures are always aligned to the right.
    wraps : whether it may become narrow on paper, with long texts on many lines.
    """

    code: str
    label: str
    unit: str = ""
    section: str | None = None
    align: Align = "right"
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name in the stub, and a cell per column.

    Parameters
    ----------
    stub : the name.
    depth : how far the name is indented; the outermost is 0.
    cells : as many as the table has columns.
    kind : ``total`` is emphasised and set off by rules, ``group`` is emphasised, ``plain`` is neither.
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
    title, subtitle : lines above the table; may be empty.
    stub_head : head of the column of names.
    columns, rows : the body.
    legend : footnotes below the table. Each writer adds those on the signs in the cells itself.
    source_notes : last lines below the table.
    filtered : whether a workbook offers to filter the rows by their columns.
    decided : what the mark of decisions means, without the mark; empty where nothing was decided.

    Raises
    ------
    ValueError
        If the number of cells of a row differs from the number of columns.
    """

    title: str
    subtitle: str
    stub_head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    legend: tuple[str, ...] = field(default=())
    source_notes: tuple[str, ...] = field(default=())
    filtered: bool = False
    decided: str = ""

    def __post_init__(self) -> None:
        """Refuse ragged rows, whose figures would stand under wrong heads."""
        for position, row in enumerate(self.rows):
            if len(row.cells) != len(self.columns):
                raise ValueError(f"row {position}: {len(row.cells)} cells for {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs in place of figures, marks on figures, and the characters of rules.

    Parameters
    ----------
    provisional : mark behind a figure that can still change.
    decided : mark behind a figure that rests on a decision, and behind the name of a unit that one concerns.
    missing : sign of a figure that no unit gave.
    suppressed : sign of a figure that is withheld.
    not_summed : sign of a figure that is not added up from the level below.
    ellipsis : end of a text that is cut.
    rule : character of a horizontal rule.
    between : separator of parts of a line.
    """

    provisional: str = "*"
    decided: str = "†"
    missing: str = "…"
    suppressed: str = "×"
    not_summed: str = "(x)"
    ellipsis: str = "…"
    rule: str = "─"
    between: str = " · "


UNICODE = Signs()
ASCII = Signs(decided="#", missing="...", suppressed="x", ellipsis="...", rule="-", between=" - ")
"""Signs for streams whose encoding lacks the others."""


def clean(text: str) -> str:
    """Return text on one line, without control characters and characters that no file can hold.

    Only texts of more than 16,000 characters are shortened.
    """
    shown = one_line(text, _LONGEST)
    return shown if shown.isprintable() else _UNWRITABLE.sub("\ufffd", shown)


def is_provisional(cell: Cell) -> bool:
    """Return whether a cell carries the provisional mark."""
    return isinstance(cell, Count | Percent) and cell.provisional


def marks_of(cell: Cell, signs: Signs = UNICODE) -> str:
    """Return the marks behind a figure: that it can still change, that it rests on a decision, or both."""
    if isinstance(cell, Text):
        return signs.decided * cell.decided
    if not isinstance(cell, Count | Percent):
        return ""
    return signs.provisional * cell.provisional + signs.decided * cell.decided


def marks_among(cells: Iterable[Cell], signs: Signs = UNICODE) -> str:
    """Return the marks that any of some figures has."""
    found = {mark for cell in cells for mark in marks_of(cell, signs)}
    return "".join(mark for mark in (signs.provisional, signs.decided) if mark in found)


def cell_text(cell: Cell, wording: Wording, signs: Signs = UNICODE) -> str:
    """Return the text of a cell, without its marks.

    Parameters
    ----------
    cell : the cell.
    wording : the language of its figures.
    signs : the signs in place of figures.
    """
    match cell:
        case Count(value=value):
            return wording.number(value)
        case Percent(value=value, decimals=decimals, per=per):
            return wording.percent(value, decimals, per)
        case Points(value=value, decimals=decimals):
            shown = wording.decimal(value, decimals)
            return wording.phrase(
                "compare.points", value=f"+{shown}" if rounded(value, decimals) > 0 else shown
            )
        case Coverage(given=given, expected=expected):
            return f"{wording.number(given)}/{wording.number(expected)}"
        case Text(value=value):
            return clean(value)
        case Missing():
            return signs.missing
        case Suppressed():
            return signs.suppressed
        case NotSummed():
            return signs.not_summed
        case NotApplicable():
            return ""


def sign_legend(table: PresentationTable, wording: Wording, signs: Signs = UNICODE) -> tuple[str, ...]:
    """Return a line of the legend for each sign that occurs in a table.

    Parameters
    ----------
    table : the table.
    wording : the language.
    signs : the signs that the table is written with.
    """
    cells = [cell for row in table.rows for cell in row.cells]
    marks = marks_among(cells, signs)
    kinds = {type(cell) for cell in cells}
    occurring = (
        (signs.provisional, "sign.provisional", signs.provisional in marks),
        (signs.missing, "sign.missing", Missing in kinds),
        (signs.suppressed, "sign.suppressed", Suppressed in kinds),
        (signs.not_summed, "sign.not-summed", NotSummed in kinds),
    )
    lines = [f"{sign} {wording.phrase(key)}" for sign, key, occurs in occurring if occurs]
    if table.decided or signs.decided in marks:
        lines.append(f"{signs.decided} {table.decided or wording.phrase('sign.decided')}")
    return tuple(lines)


def spans(columns: tuple[Column, ...]) -> Iterator[tuple[str | None, int, int]]:
    """Yield the runs of neighbouring columns of one section: label, first column, column after the last."""
    start = 0
    for position in range(1, len(columns) + 1):
        if position == len(columns) or columns[position].section != columns[start].section:
            yield columns[start].section, start, position
            start = position

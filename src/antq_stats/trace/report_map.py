"""Which figure each cell of a printed workbook holds, as the workbook itself says on a hidden sheet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.register.register import UnitRegister
from antq_stats.words.text import column_letter

SHEET = "_antq_stats_trace"
"""Name of the hidden sheet."""
FIRST_COLUMN = 2
"""Column of the first figure on the sheet of a level, from 0."""
TRACED = ("total", "given", "expected", "note", "per-hundred")
"""The columns of the summary that hold what the period itself says."""
_ADDRESS = re.compile(
    r"(?:(?P<sheet>.+)!)?\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[1-9][0-9]{0,6})", re.DOTALL
)


class Target(NamedTuple):
    """The figure that a cell holds."""

    level: LevelMap | None
    """The sheet of a level; None for the summary, whose figures are those of the root."""
    row: int
    """From 1."""
    code: str
    """Code of the measure or ratio."""
    field: str
    """``total`` for the figure; ``given``, ``expected`` or ``note`` for its coverage."""


class Address(NamedTuple):
    """A cell of a workbook as a user names it."""

    sheet: str | None
    row: int
    """From 1."""
    column: int
    """From 0."""

    @property
    def cell(self) -> str:
        """The address on the sheet, as in ``F12``."""
        return f"{column_letter(self.column)}{self.row}"

    @classmethod
    def parsed(cls, text: str) -> Self | None:
        """Return the cell that a text names, as in ``F12`` or ``'By commune'!F12``; None if it names none."""
        found = _ADDRESS.fullmatch(text.strip())
        if found is None:
            return None
        column = 0
        for letter in found["column"].upper():
            column = 26 * column + ord(letter) - 64
        sheet = found["sheet"]
        if sheet is not None:
            sheet = sheet.strip().strip("'").replace("''", "'")
        return cls(sheet, int(found["row"]), column - 1)


@dataclass(frozen=True)
class SummaryMap:
    """The sheet of the totals: a row for each measure and ratio.

    Parameters
    ----------
    sheet : its name.
    columns : place of a column, from 0 -> what it holds, as ``total``.
    rows : row, from 1 -> code of the measure or ratio.
    ratios : row, from 1 -> code of the ratio that the column ``per-hundred`` holds.
    """

    sheet: str
    columns: Mapping[int, str]
    rows: Mapping[int, str]
    ratios: Mapping[int, str]

    def target(self, address: Address) -> Target | None:
        """Return the figure that a cell holds; None if it holds none of this period."""
        field, code = self.columns.get(address.column, ""), self.rows.get(address.row)
        if field == "per-hundred":
            field, code = "total", self.ratios.get(address.row)
        if field not in TRACED or code is None:
            return None
        return Target(None, address.row, code, field)

    @property
    def area(self) -> str:
        """The cells that hold figures, for a message."""
        columns = [column_letter(at) for at, field in self.columns.items() if field in TRACED]
        return f"{', '.join(columns)} · {min(self.rows, default=0)}–{max(self.rows, default=0)}"


@dataclass(frozen=True)
class LevelMap:
    """The sheet of a level: a row for each unit.

    Parameters
    ----------
    sheet : its name.
    level : name of the level.
    first : the first row of a unit, from 1.
    count : number of rows.
    total_first : whether the total is the first row or the last.
    digest : of the codes of the units, by which another register is recognised; see `digest_of`.
    codes : codes of the measures and ratios, from `FIRST_COLUMN` on.
    """

    sheet: str
    level: str
    first: int
    count: int
    total_first: bool
    digest: str
    codes: tuple[str, ...]

    def target(self, address: Address) -> Target | None:
        """Return the figure that a cell holds; None if it holds none."""
        place = address.column - FIRST_COLUMN
        if not (0 <= place < len(self.codes) and self.first <= address.row < self.first + self.count):
            return None
        return Target(self, address.row, self.codes[place], "total")

    @property
    def area(self) -> str:
        """The cells that hold figures, for a message."""
        last = column_letter(FIRST_COLUMN + len(self.codes) - 1)
        return f"{column_letter(FIRST_COLUMN)}{self.first}:{last}{self.first + self.count - 1}"


@dataclass(frozen=True)
class ReportMap:
    """What the hidden sheet says of a workbook.

    Parameters
    ----------
    period : name of the period.
    folder : name of the folder of the returns.
    root : code of the unit that the report is about.
    sources : the files that gave figures, each with its SHA-256, which may be empty.
    summary : the sheet of the totals.
    levels : the sheets of levels.
    """

    period: str
    folder: str
    root: str
    sources: tuple[tuple[str, str], ...]
    summary: SummaryMap
    levels: tuple[LevelMap, ...]

    @property
    def sheets(self) -> tuple[SummaryMap | LevelMap, ...]:
        """The sheets whose figures can be traced, in order."""
        return (self.summary, *self.levels)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows of the hidden sheet."""
        yield ("period", self.period)
        yield ("folder", self.folder)
        yield ("root", self.root)
        summary = self.summary
        yield ("summary", summary.sheet)
        yield from (("column", str(at), field) for at, field in summary.columns.items())
        for row, code in summary.rows.items():
            yield ("row", str(row), code, summary.ratios.get(row, ""))
        for level in self.levels:
            order = "first" if level.total_first else "last"
            yield ("level", level.sheet, level.level, str(level.first), str(level.count), order, level.digest)
            yield ("codes", *level.codes)
        yield from (("source", *source) for source in self.sources)

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[object]]) -> Self | None:
        """Return what the rows of a hidden sheet say; None if they are not what `rows` yields."""
        said: dict[str, list[list[str]]] = {}
        for row in rows:
            texts = [str(cell) for cell in row]
            said.setdefault(texts[0], []).append(texts[1:])
        try:
            summary = SummaryMap(
                said["summary"][0][0],
                {int(row[0]): row[1] for row in said["column"]},
                {int(row[0]): row[1] for row in said["row"]},
                {int(row[0]): row[2] for row in said["row"] if row[2]},
            )
            levels = tuple(
                LevelMap(
                    row[0], row[1], int(row[2]), int(row[3]), row[4] == "first", row[5],
                    tuple(filter(None, codes)),
                )
                for row, codes in zip(said.get("level", []), said.get("codes", []), strict=True)
            )  # fmt: skip
            sources = tuple((row[0], row[1]) for row in said.get("source", []))
            period, folder, root = (said[key][0][0] for key in ("period", "folder", "root"))
            return cls(period, folder, root, sources, summary, levels)
        except (LookupError, TypeError, ValueError):  # somebody edited it
            return None


def units_of_rows(register: UnitRegister, root: int, level: int, *, total_first: bool) -> Integers:
    """Return the positions of the units with a row in a level's sheet, in order; the root is the total.

    Parameters
    ----------
    register : the register.
    root : position of the root.
    level : the level.
    total_first : whether the total is the first row or the last.
    """
    under = register.under(root)[1:]
    body = under[register.expected(level)[under] > 0]
    total = np.array([root], dtype=np.int64)
    return np.concatenate([total, body] if total_first else [body, total])


def digest_of(register: UnitRegister, units: Integers) -> str:
    """Return a short digest of the codes of units, in their order."""
    codes = register.units.codes
    return hashlib.sha256("\n".join(codes[unit] for unit in units.tolist()).encode()).hexdigest()[:16]


def unit_at(target: Target, register: UnitRegister, root: str) -> int | None:
    """Return the position of the unit whose figure a cell holds; None if the register is another one.

    Parameters
    ----------
    target : the figure of the cell.
    register : the register of the period.
    root : code of the unit that the report is about.
    """
    top = register.units.by_code.get(root)
    if target.level is None or top is None:
        return top
    level = register.level(target.level.level)
    if level is None:
        return None
    units = units_of_rows(register, top, level, total_first=target.level.total_first)
    if len(units) != target.level.count or digest_of(register, units) != target.level.digest:
        return None
    return int(units[target.row - target.level.first])


class Report:
    """A printed workbook.

    Parameters
    ----------
    content : the bytes of the file.

    Raises
    ------
    ValueError
        It is no workbook, or none that says what its cells hold.
    """

    def __init__(self, content: Any) -> None:  # noqa: ANN401 - an open file
        import python_calamine

        try:
            self._book = python_calamine.CalamineWorkbook.from_filelike(content)
            said = self._book.get_sheet_by_name(SHEET).to_python()
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # a Rust panic is not an Exception
            raise ValueError(str(error)) from error
        found = ReportMap.of_rows(said)
        if found is None:
            raise ValueError(SHEET)
        self.map = found

    def value(self, sheet: str, address: Address) -> object:
        """Return what a cell holds: a number or a text, empty for a blank cell.

        Parameters
        ----------
        sheet : name of the sheet.
        address : the cell.
        """
        rows = self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        row = rows[address.row - 1] if address.row <= len(rows) else []
        return row[address.column] if address.column < len(row) else ""

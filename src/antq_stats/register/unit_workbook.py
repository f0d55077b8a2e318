"""The sheets of a workbook that the officer made: units.xlsx, units.ods, a list of villages.

Workbooks of strangers are read in a process of their own. These are the officer's, so openpyxl reads them
here, and calamine reads ods. Numbers and dates become the text that a delimited file would hold.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

SUFFIXES = (".xlsx", ".ods")
"""Suffixes of workbooks that are read like a delimited file."""

LARGEST_EXPANDED_MIB = 512
"""Size of all parts of a workbook, expanded; a register of the whole country takes about 100 MiB."""

_LONGEST_ROW = 256
"""Columns of a row that are read."""

_NO_FRACTIONS: Mapping[tuple[int, int], float] = MappingProxyType({})


class Sheet(NamedTuple):
    """A sheet."""

    name: str
    rows: list[list[str]]
    """Its cells as text; rows may have different lengths."""
    fractions: Mapping[tuple[int, int], float] = _NO_FRACTIONS
    """The cells that hold a number with decimals, by row and column: 1.691 is not the text of a thousand."""
    is_hidden: bool = False


class NoWorkbook(Exception):  # noqa: N818 - named like `delimited.NotText`
    """The file is no workbook that can be read.

    Parameters
    ----------
    problem : keyword of the catalogue: ``too-large``, ``no-workbook``.
    """

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


def sheets_of(path: Path) -> Iterator[list[list[str]]]:
    """Yield the rows of each visible sheet; parameters and errors as for `named_sheets`."""
    return (sheet.rows for sheet in named_sheets(path))


def named_sheets(path: Path, *, hidden: bool = False) -> Iterator[Sheet]:
    """Yield each visible sheet.

    Parameters
    ----------
    path : an ``.xlsx`` or ``.ods`` workbook.
    hidden : whether to yield hidden sheets, too.

    Raises
    ------
    NoWorkbook
        The file is damaged, encrypted, too large when expanded, or of another format.
    """
    try:
        _check_size(path)
        yield from _ods(path, hidden=hidden) if path.suffix.lower() == ".ods" else _xlsx(path, hidden=hidden)
    except (NoWorkbook, OSError):
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - errors of many kinds for a damaged file; a panic of calamine is no Exception
        raise NoWorkbook("no-workbook") from None


def merges_down(path: Path, sheet: str) -> list[tuple[int, int, int]]:
    """Return the column, the first and the last row of each merge of cells of one column, from 0.

    Parameters
    ----------
    path : a workbook that `named_sheets` has read; without its merges if it is no ``.xlsx``.
    sheet : name of the sheet.
    """
    from python_calamine import CalamineWorkbook

    if path.suffix.lower() != ".xlsx":
        return []  # calamine tells the merges of this format alone
    try:
        merged = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).merged_cell_ranges or []
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - see `named_sheets`; without merges the blank cells are faults
        return []
    return [(left, top, bottom) for (top, left), (bottom, right) in merged if left == right]


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        if sum(part.file_size for part in package.infolist()) > LARGEST_EXPANDED_MIB << 20:
            raise NoWorkbook("too-large")


def _xlsx(path: Path, *, hidden: bool) -> Iterator[Sheet]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            is_hidden = sheet.sheet_state != "visible"
            if hidden or not is_hidden:
                sheet.reset_dimensions()  # some programs state too small a range
                rows = sheet.iter_rows(values_only=True, max_col=_LONGEST_ROW)
                yield _sheet(sheet.title, rows, is_hidden=is_hidden)
    finally:
        book.close()


def _sheet(name: str, rows: Iterable[Sequence[object]], *, is_hidden: bool) -> Sheet:
    cells = list(rows)
    fractions = {
        (at, place): cell
        for at, row in enumerate(cells)
        for place, cell in enumerate(row)
        if isinstance(cell, float) and not cell.is_integer()
    }
    return Sheet(name, list(map(_texts, cells)), fractions, is_hidden)


def rows_of_sheet(sheet: Any) -> list[list[str]]:  # noqa: ANN401 - openpyxl has no types
    """Return the rows of a sheet of openpyxl as text."""
    return [_texts(row) for row in sheet.iter_rows(values_only=True, max_col=_LONGEST_ROW)]


def _ods(path: Path, *, hidden: bool) -> Iterator[Sheet]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_path(str(path))
    for about in book.sheets_metadata:
        is_hidden = about.visible != SheetVisibleEnum.Visible
        if hidden or not is_hidden:
            sheet = book.get_sheet_by_name(about.name)
            rows = sheet.to_python(skip_empty_area=False)
            yield _sheet(about.name, [row[:_LONGEST_ROW] for row in rows], is_hidden=is_hidden)


def _texts(cells: Iterable[object]) -> list[str]:
    """Return the cells of a row as text, without blank cells at its end."""
    texts = list(map(_text, cells))
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case float() if cell.is_integer():
            return str(int(cell))
        case dt.datetime():
            return cell.date().isoformat()
        case dt.date():
            return cell.isoformat()
        case _:
            return str(cell)

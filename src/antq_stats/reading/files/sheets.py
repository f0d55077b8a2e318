"""Building the grids of a workbook, from the fast reader or from scans that read the cells."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits
from antq_stats.reading.files.cells.calculated import check_formulas
from antq_stats.reading.files.cells.sheet_scan import Merge, SheetScan
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.grid import Grid, Workbook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_STRAYS = 20
"""Maximum number of cells far away that are left out of a sheet."""
_FAR = 10
"""Without those cells the sheet's rectangle must be smaller by this factor; else the sheet is too large."""


def build_workbook(data: bytes, kind: str, scans: list[SheetScan], limits: Limits) -> Workbook:
    """Return a workbook whose sheets the scans read cell by cell.

    Parameters
    ----------
    data : the bytes of the file.
    kind : xlsx, xlsb, xls or ods.
    scans : one scan a sheet, in order.
    limits : gives the maximum number of cells of a sheet.

    Raises
    ------
    FileProblem
        F102 two sheets of one name; F104 no worksheet; F106 a sheet that is too large.
    """
    strays = [stray for scan in scans for stray in _drop_strays(scan, limits)]
    _check_size(scans, limits)
    check_formulas(scans)
    names = [sheet_name(scan.name) for scan in scans]
    if len({scan.name for scan in scans}) != len(scans):
        raise FileProblem("F102", problem="sheets-unclear")
    grids: list[Grid] = []
    for name, scan in zip(names, scans, strict=True):
        if scan.is_table and scan.cells is not None:
            grids.append(_grid_from(scan.cells.table(), name, scan, scan.merged or []))
            grids[-1].hidden = scan.hidden
    if not grids:
        raise FileProblem("F104")
    return Workbook(grids, kind, hashlib.sha256(data).hexdigest(), strays)


def _drop_strays(scan: SheetScan, limits: Limits) -> Iterator[Finding]:
    """Remove cells that are so far away that the sheet would be too large; yield T407 for each."""
    # These do not extend the rectangle, so they are looked at by themselves.
    for row, column in [*scan.odd, *scan.remarks, *scan.replacements]:
        if (row + 1) * (column + 1) > limits.cells:
            if (row, column) in scan.odd:
                yield Finding(code="T407", sheet=sheet_name(scan.name), row=row + 1, column=column)
            for cells in (scan.odd, scan.remarks, scan.replacements):
                cells.pop((row, column), None)
    size, far = scan.rows * scan.columns, scan.far
    if scan.cells is None or size <= limits.cells:
        return
    for _ in range(_STRAYS):
        if not scan.cells.by_row or scan.rows * scan.columns <= limits.cells:
            break
        row, column = scan.cells.remove_farthest()
        yield Finding(code="T407", sheet=sheet_name(scan.name), row=row + 1, column=column)
        scan.reach_cells()
    if scan.rows * scan.columns * _FAR > size:  # the sheet itself is too large
        raise _too_large(scan.name, far, limits)


def _check_size(scans: list[SheetScan], limits: Limits) -> None:
    for scan in scans:
        if scan.rows * scan.columns > limits.cells:
            raise _too_large(scan.name, scan.far, limits)


def read_with_calamine(data: bytes, scans: list[SheetScan], limits: Limits) -> Workbook:
    """Return a workbook whose worksheets the fast reader (python-calamine) reads.

    Parameters
    ----------
    data : the bytes of an xlsx.
    scans : one scan a sheet, in order; their cells are not used.
    limits : gives the maximum number of cells of a sheet.

    Raises
    ------
    FileProblem
        F102 the reader failed, or the sheets do not match the scans; F103 encrypted; F104 no worksheet;
        F106 a sheet that is too large.
    """
    import python_calamine

    _check_size(scans, limits)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return _grids_of(data, workbook, scans, limits)
    except (FileProblem, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except python_calamine.PasswordError as error:
        raise FileProblem("F103") from error
    except BaseException as error:  # a Rust panic is not an Exception
        raise FileProblem("F102", problem="reader-failed") from error


def _grids_of(data: bytes, workbook: CalamineWorkbook, scans: list[SheetScan], limits: Limits) -> Workbook:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = workbook.sheets_metadata
    names = [sheet_name(sheet.name) for sheet in sheets]
    if not sheets:
        raise FileProblem("F104")
    if len(scans) != len(sheets) or len({sheet.name for sheet in sheets}) != len(sheets):
        # Sheets are read by name, so of two sheets with one name the same would be read twice.
        raise FileProblem("F102", problem="sheets-unclear")
    grids: list[Grid] = []
    for index, (meta, name, scan) in enumerate(zip(sheets, names, scans, strict=True)):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        grid = _grid_of(sheet, name, scan, limits)
        grid.hidden = meta.visible != SheetVisibleEnum.Visible
        grids.append(grid)
    if not grids:
        raise FileProblem("F104")
    return Workbook(grids, "xlsx", hashlib.sha256(data).hexdigest())


def sheet_name(name: str) -> str:
    """Return a sheet's name as grids have it."""
    return unicodedata.normalize("NFC", name)


def _too_large(sheet: str, far: tuple[int, int] | None, limits: Limits) -> FileProblem:
    return FileProblem("F106", sheet_name(sheet), far, problem="too-many-cells", limit=str(limits.cells))


def _grid_of(sheet: CalamineSheet, name: str, scan: SheetScan, limits: Limits) -> Grid:
    end = sheet.end
    if end is not None and (end[0] + 1) * (end[1] + 1) > limits.cells:
        raise _too_large(name, end, limits)
    rows = cast("list[list[object]]", sheet.to_python(skip_empty_area=False)) if end else []
    merged = scan.merged
    if merged is None:
        ranges = sheet.merged_cell_ranges or ()
        merged = [(first[0], first[1], last[0], last[1]) for first, last in ranges]
    return _grid_from(rows, name, scan, merged)


def _grid_from(rows: list[list[object]], name: str, scan: SheetScan, merged: list[Merge]) -> Grid:
    """Return a grid of rows, completed from a scan.

    Odd cells and cells with a remark that is not taken become blank, unless the scan has a text for them.
    """
    odd = scan.odd
    refused = (at for at, remark in scan.remarks.items() if not remark.taken)
    for row, column in (*odd, *refused):
        rows.extend([] for _ in range(row + 1 - len(rows)))
        cells = rows[row]
        cells.extend("" for _ in range(column + 1 - len(cells)))
        cells[column] = ""
    for (row, column), text in scan.replacements.items():
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend("" for _ in range(column + 1 - len(rows[row])))
        rows[row][column] = text
    width = max(map(len, rows), default=0)
    return Grid(
        sheet=name,
        rows=rows,
        merged=merged,
        hidden_rows=frozenset(row for row in scan.hidden_rows if row < len(rows)),
        hidden_columns=frozenset(column for column in scan.hidden_columns if column < width),
        odd=odd,
        remarks=scan.remarks,
    )

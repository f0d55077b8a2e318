"""Values as found: single cells read once more from their files."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import splitext

from antq_stats.collection.intake import Intake
from antq_stats.reading import coerce, privacy
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.opening import open_bytes
from antq_stats.trace.leaves import CellPlace


def found_texts(period: Intake, places: Iterable[CellPlace]) -> dict[CellPlace, str]:
    """Return what stands in cells, as text; a blank cell is the empty text.

    Each file is opened once. Left out are cells that hold personal data or a formula without a stored
    result, and the cells of a file that can no longer be read.

    Parameters
    ----------
    period : the period, after it was read.
    places : the cells.
    """
    of_file: dict[str, list[CellPlace]] = {}
    for place in dict.fromkeys(places):
        of_file.setdefault(place.file, []).append(place)
    paths = {source.file: source.path for source in period.discovered.sources}
    limits, found = period.plan.limits, {}
    for file, cells in of_file.items():
        try:
            book = open_bytes(read_bytes(paths[file], limits), splitext(file)[1].lower(), limits)
        except FileProblem:  # removed or replaced since
            continue
        grids = {grid.sheet: grid for grid in book.grids}
        for place in cells:
            grid = grids.get(place.sheet)
            text = None if grid is None else _text(grid, place.row - 1, place.column)
            if text is not None and not privacy.is_personal(text):
                found[place] = text
    return found


def _text(grid: Grid, row: int, column: int) -> str | None:
    """Return what stands in a cell; None for a formula without a stored result."""
    if (row, column) in grid.odd:
        return grid.odd[row, column][1] or None
    remark = grid.remarks.get((row, column))
    if remark is not None and remark.value is not None:
        return remark.value
    cells = grid.rows[row] if row < len(grid.rows) else []
    return coerce.shown(cells[column]) if column < len(cells) else ""

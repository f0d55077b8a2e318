"""An xlsx: read by the fast reader where all of it is written plainly, else cell by cell."""

from __future__ import annotations

from contextlib import suppress

from antq_stats.plan import Limits
from antq_stats.reading.files.cells import percentages
from antq_stats.reading.files.cells.sheet_scan import SheetScan
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.grid import Workbook
from antq_stats.reading.files.sheets import build_workbook, read_with_calamine
from antq_stats.reading.files.xlsx.book import XlsxBook, are_plain_styles, are_plain_texts, open_xlsx
from antq_stats.reading.files.xlsx.plain import scan_if_plain


def read_xlsx(package: Package, data: bytes, limits: Limits) -> Workbook:
    """Read the sheets of a package.

    Raises
    ------
    FileProblem
        F102 where a part is missing or damaged, F106 where a sheet is too large.
    """
    book = open_xlsx(package)
    scans = _plain_scans(package, book, limits)
    if scans is not None:
        with suppress(FileProblem):  # what the fast reader stumbles over may be one cell
            return read_with_calamine(data, scans, limits)
    from antq_stats.reading.files.xlsx.sheet import scan_xlsx

    return build_workbook(data, "xlsx", scan_xlsx(package, book), limits)


def _plain_scans(package: Package, book: XlsxBook, limits: Limits) -> list[SheetScan] | None:
    """Return how far the sheets reach; None where the fast reader could mistake anything in the workbook."""
    if not book.has_standard_layout:
        return None
    styles = package.read("xl/styles.xml") if "styles" in book.parts else b""
    if not are_plain_styles(styles) or not (
        "sharedStrings" not in book.parts or are_plain_texts(package.read("xl/sharedStrings.xml"))
    ):
        return None
    shares = percentages.styles_of(styles)
    scans: list[SheetScan] = []
    for sheet in book.sheets:
        part = package.read(sheet.part)
        scan = scan_if_plain(part)
        if scan is None:
            return None
        scan.name = sheet.name
        if shares:
            scan.shown.update(percentages.in_xlsx(part, shares))
        if scan.rows * scan.columns > limits.cells:
            return None
        scans.append(scan)
    return scans

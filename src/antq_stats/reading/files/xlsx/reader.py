"""Reading an xlsx: by the fast reader if all of it is plain XML, else cell by cell."""

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
    """Read the sheets of an xlsx.

    Parameters
    ----------
    package : the file's parts.
    data : the file's bytes.
    limits : gives the maximum number of cells of a sheet.

    Raises
    ------
    FileProblem
        F102 a part is missing or damaged; F104 no worksheet; F106 a sheet is too large.
    """
    book = open_xlsx(package)
    scans = _plain_scans(package, book, limits)
    if scans is not None:
        with suppress(FileProblem):  # the fast reader may fail on a single cell
            return read_with_calamine(data, scans, limits)
    from antq_stats.reading.files.xlsx.sheet import scan_xlsx

    return build_workbook(data, "xlsx", scan_xlsx(package, book), limits)


def _plain_scans(package: Package, book: XlsxBook, limits: Limits) -> list[SheetScan] | None:
    """Return the scans of the sheets; None if the fast reader could misread anything in the workbook."""
    if not book.has_standard_layout:
        return None
    styles = package.read("xl/styles.xml") if "styles" in book.parts else b""
    if not are_plain_styles(styles) or not (
        "sharedStrings" not in book.parts or are_plain_texts(package.read("xl/sharedStrings.xml"))
    ):
        return None
    percent_styles = percentages.styles_of(styles)
    scans: list[SheetScan] = []
    for sheet in book.sheets:
        part = package.read(sheet.part)
        scan = scan_if_plain(part)
        if scan is None:
            return None
        scan.name = sheet.name
        if percent_styles:
            scan.replacements.update(percentages.in_xlsx(part, percent_styles))
        if scan.rows * scan.columns > limits.cells:
            return None
        scans.append(scan)
    return scans

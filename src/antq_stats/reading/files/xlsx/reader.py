"""An xlsx: read by the fast reader where all of it is written plainly, else cell by cell."""

from __future__ import annotations

from contextlib import suppress

from antq_stats.plan import Limits
from antq_stats.reading.files.cells import percentages
from antq_stats.reading.files.cells.look import Look
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.grid import Workbook
from antq_stats.reading.files.sheets import as_book, read_plainly
from antq_stats.reading.files.xlsx.book import XlsxBook, are_plain_styles, are_plain_texts, open_xlsx
from antq_stats.reading.files.xlsx.plain import look_if_plain


def read_xlsx(package: Package, data: bytes, limits: Limits) -> Workbook:
    """Read the sheets of a package.

    Raises
    ------
    FileProblem
        F102 where a part is missing or damaged, F106 where a sheet is too large.
    """
    book = open_xlsx(package)
    looks = _plain_looks(package, book, limits)
    if looks is not None:
        with suppress(FileProblem):  # what the fast reader stumbles over may be one cell
            return read_plainly(data, looks, limits)
    from antq_stats.reading.files.xlsx.sheet import look_at_xlsx

    return as_book(data, "xlsx", look_at_xlsx(package, book), limits)


def _plain_looks(package: Package, book: XlsxBook, limits: Limits) -> list[Look] | None:
    """Return how far the sheets reach; None where the fast reader could mistake anything in the workbook."""
    if not book.is_usual:
        return None
    styles = package.read("xl/styles.xml") if "styles" in book.parts else b""
    if not are_plain_styles(styles) or not (
        "sharedStrings" not in book.parts or are_plain_texts(package.read("xl/sharedStrings.xml"))
    ):
        return None
    shares = percentages.styles_of(styles)
    looks: list[Look] = []
    for sheet in book.sheets:
        part = package.read(sheet.part)
        look = look_if_plain(part)
        if look is None:
            return None
        look.name = sheet.name
        if shares:
            look.shown.update(percentages.in_xlsx(part, shares))
        if look.rows * look.columns > limits.cells:
            return None
        looks.append(look)
    return looks

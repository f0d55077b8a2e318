"""The door: a file by the reader of its kind."""

from __future__ import annotations

from antq_stats.plan import Limits
from antq_stats.reading.files.grid import Workbook
from antq_stats.reading.files.quick.ods import read_ods
from antq_stats.reading.files.quick.xlsx import read_xlsx
from antq_stats.reading.steps import Steps

_MIMETYPE = b"mimetype"


def read_quickly(data: bytes, limits: Limits) -> Steps[Workbook | None]:
    """Read a zip package; the result is None unless it is a workbook and all of it is written as usual.

    Parameters
    ----------
    data : the bytes of a file.
    limits : gives the maximum expanded size and number of cells of a sheet.
    """
    is_ods = _MIMETYPE in data[:64]  # the name of the first part
    book = yield from read_ods(data, limits) if is_ods else read_xlsx(data, limits)
    if book is not None:
        book.in_one_pass = True
    return book

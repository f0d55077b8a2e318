"""How two files of one format differ: in their bytes, else cell by cell or line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice, zip_longest
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.text_check.documents.blocks import Paragraph
from antq_stats.text_check.documents.bounds import TooMuch
from antq_stats.text_check.documents.document import document_of

Agreement: TypeAlias = Literal["bytes", "content", "differs"]
"""Every byte is the same; every cell or line is, in other bytes; some are not."""
_MOST = 200
"""Most differences that are kept of a file."""
_NEAR = 30
"""How much of a long line is shown before its first difference."""
_SHOWN = 80
_LINES = 5000
"""Most lines or rows that are aligned with each other; those of longer files are compared in order."""
_Rows = Sequence[Sequence[object]]
_Row = TypeVar("_Row", bound=Hashable)


class Difference(NamedTuple):
    """A cell, a line or a paragraph with other content in two files."""

    sheet: str | None
    row: int | None
    """Row or line, from 1; None for a whole sheet."""
    column: int | None
    """From 0; None for a line."""
    stated: str | None
    """What the first file has; None for nothing."""
    computed: str | None
    """What the second file has; None for nothing."""
    unit: str | None = None
    measure: str | None = None


class Comparison(NamedTuple):
    """How two files compare."""

    agreement: Agreement
    differences: list[Difference]
    """At most `_MOST`."""
    number: int
    """Number of all differences; 0 if the content cannot be compared."""


def compared(stated: bytes, computed: bytes, suffix: str, limits: Limits) -> Comparison:
    """Return how two files differ.

    Parameters
    ----------
    stated, computed : their bytes; the first ones are not trusted.
    suffix : suffix of both, in lower case.
    limits : limits on the size of a workbook or document.
    """
    if stated == computed:
        return Comparison("bytes", [], 0)
    try:
        found = _differences(stated, computed, suffix, limits)
        kept = list(islice(found, _MOST))
        count = len(kept) + sum(1 for _ in found)
    except (FileProblem, TooMuch, ValueError, csv.Error):
        return Comparison("differs", [], 0)
    return Comparison("differs" if count else "content", kept, count)


def _differences(stated: bytes, computed: bytes, suffix: str, limits: Limits) -> Iterator[Difference]:
    if suffix == ".xlsx":
        return _of_workbooks(stated, computed, limits)
    if suffix == ".docx":
        return _of_lines(*(list(_paragraphs(each, limits)) for each in (stated, computed)))
    if suffix == ".csv":
        return _of_tables(*(list(csv.reader(io.StringIO(_text(each)))) for each in (stated, computed)))
    return _of_lines(*(_text(each).splitlines() for each in (stated, computed)))


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig")


def _paragraphs(content: bytes, limits: Limits) -> Iterator[str]:
    """Yield the paragraphs of a Word document, and the rows of its tables."""
    for block in document_of(content, "docx", limits).blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (" | ".join(row) for row in block.rows)


def _of_workbooks(stated: bytes, computed: bytes, limits: Limits) -> Iterator[Difference]:
    """Yield the cells with other values, else those with other formulas."""
    books = [_values(each, limits) for each in (stated, computed)]
    found = False
    for difference in _of_books(*books):
        found = True
        yield difference
    if not found:
        yield from _of_books(*(_formulas(each) for each in (stated, computed)))


def _of_books(first: dict[str, _Rows], second: dict[str, _Rows]) -> Iterator[Difference]:
    for sheet in dict.fromkeys((*first, *second)):
        if sheet not in first or sheet not in second:
            stated, computed = (sheet if sheet in book else None for book in (first, second))
            yield Difference(sheet, None, None, stated, computed)
            continue
        yield from _of_cells(sheet, first[sheet], second[sheet])


def _of_cells(sheet: str | None, first: _Rows, second: _Rows) -> Iterator[Difference]:
    """Yield the cells with other content; a row that only one of both has is one difference."""
    rows = _aligned([tuple(row) for row in first], [tuple(row) for row in second])
    for number, one, other in rows:
        if one is None or other is None:
            texts = [None if row is None else _row_text(row) for row in (one, other)]
            if any(texts):
                yield Difference(sheet, number, None, *texts)
            continue
        for column, (stated, computed) in enumerate(zip_longest(one, other, fillvalue="")):
            if stated != computed:
                yield Difference(sheet, number, column, _shown(stated), _shown(computed))


def _row_text(row: Sequence[object]) -> str:
    return " | ".join(filter(None, map(_shown, row)))[:_SHOWN]


def _aligned(first: Sequence[_Row], second: Sequence[_Row]) -> Iterator[tuple[int, _Row | None, _Row | None]]:
    """Yield the places at which two sequences differ: the number, from 1, and what either has there, or None.

    What was inserted into one of them is told as that, and does not set the others off.
    """
    if max(len(first), len(second)) > _LINES:
        steps = [(0, len(first), 0, len(second))]
    else:
        found = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
        steps = [step[1:] for step in found if step[0] != "equal"]
    for start, end, other, last in steps:
        for at, (stated, computed) in enumerate(zip_longest(first[start:end], second[other:last])):
            if stated != computed:
                yield min(start + at, end) + 1, stated, computed


def _shown(value: object) -> str | None:
    """Return a value as text; None for a blank cell."""
    if value is None or value == "":
        return None
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _values(content: bytes, limits: Limits) -> dict[str, _Rows]:
    """Return the values of a workbook, sheet by sheet, hidden ones too."""
    import python_calamine

    Package(content, limits)  # it raises where the file is not safe to open
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic is not an Exception
        raise ValueError(str(error)) from error


def _formulas(content: bytes) -> dict[str, _Rows]:
    """Return the formulas of a workbook, sheet by sheet; other cells are blank."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return {
            sheet.title: [[_formula(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            for sheet in book.worksheets
        }
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises many kinds of exceptions
        raise ValueError(str(error)) from error


def _formula(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    return value if isinstance(value, str) and value.startswith("=") else ""


def _of_tables(first: list[list[str]], second: list[list[str]]) -> Iterator[Difference]:
    """Yield the cells of a CSV of units with other content, each with its unit and measure."""
    heads = second[0] if second else []
    for difference in _of_cells(None, first, second):
        row, column = difference.row or 1, difference.column or 0
        unit = second[row - 1][0] if 1 < row <= len(second) else None
        measure = heads[column].partition(".")[0] if column < len(heads) else None
        yield difference._replace(unit=unit, measure=measure)


def _of_lines(first: Sequence[str], second: Sequence[str]) -> Iterator[Difference]:
    for number, stated, computed in _aligned(first, second):
        if stated or computed:
            yield Difference(None, number, None, *_around(stated or None, computed or None))


def _around(stated: str | None, computed: str | None) -> tuple[str | None, str | None]:
    """Return two lines, of long ones what is near their first difference."""
    at = next((at for at, (a, b) in enumerate(zip(stated or "", computed or "", strict=False)) if a != b), 0)
    is_short = max(len(stated or ""), len(computed or "")) <= _SHOWN
    start = 0 if is_short else max(0, at - _NEAR)
    near = [None if text is None else _near(text, start) for text in (stated, computed)]
    return near[0], near[1]


def _near(text: str, start: int) -> str:
    end = start + _SHOWN
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")

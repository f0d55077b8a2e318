"""One file, from its bytes to a return: choose the way to read it, and turn every failure into a finding."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from posixpath import splitext

from antq_stats.output_marks import BUNDLE_MARKS
from antq_stats.plan import ReadingPlan
from antq_stats.reading.book_reader import read_book
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.enclosures import Enclosed, open_container
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.reading.files.grid import Workbook
from antq_stats.reading.files.opening import is_spreadsheet, opening
from antq_stats.reading.files.remote import RemoteFile
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.long_text.reader import LONG, by_columns, open_long_text
from antq_stats.reading.reporter import Reporter
from antq_stats.reading.returns import Return
from antq_stats.reading.steps import ALONE, NEXT, Steps, result_of, together

Location = str | Path | RemoteFile | Enclosed
_TOGETHER = 24
"""So many files are read together: what they hold fits into the processor's cache."""
_LARGE = 1 << 16
"""Size in bytes from which a file is read alone: what it holds does not."""


def receive(
    plan: ReadingPlan,
    path: Location,
    file: str,
    layouts: LayoutCache | None = None,
    *,
    long_from: int | None = LONG,
) -> Return:
    """Read one file.

    Parameters
    ----------
    plan : the reading plan.
    path : where the file is.
    file : its path relative to the folder, with ``/``, as findings name it.
    layouts : layouts of workbooks read before. They change the speed of reading, never the result.
    long_from : size in bytes from which a delimited text is read by columns, None for never. It changes the
        speed of reading, never the result.

    Returns
    -------
    Return
        Always: everything wrong with the file is in its findings. If the program itself fails, ``fault``
        holds the traceback, and a finding says that the file was not read.
    """
    return result_of(_receive(plan, path, file, layouts, long_from))


def receive_all(
    plan: ReadingPlan, files: Iterable[tuple[Location, str]], layouts: LayoutCache
) -> list[Return]:
    """Read several files, those of known layouts together; returns are as of `receive`.

    Parameters
    ----------
    plan, layouts : as of `receive`.
    files : path and file of each, as of `receive`.
    """
    returns: list[Return] = []
    each = iter(files)
    # Of the first files none is of a known layout.
    while some := list(islice(each, _TOGETHER if layouts.recalled or layouts.by_sheets else 1)):
        returns += together([_receive(plan, path, file, layouts, LONG) for path, file in some])
    return returns


def _receive(
    plan: ReadingPlan, path: Location, file: str, layouts: LayoutCache | None, long_from: int | None
) -> Steps[Return]:
    return_ = Return(file)
    reporter = Reporter(plan, return_)
    if plan.ruled.concerns(file):
        layouts, long_from = None, None
        whole = plan.ruled.unit_of(file)
        return_.ruled = () if whole is None else ((whole.number, None, ""),)
    try:
        long_text = yield from _read(plan, path, reporter, layouts, long_from)
        if long_text is not None:
            return long_text
    except FileProblem as problem:
        row, column = problem.at or (None, None)
        reporter.report(problem.code, sheet=problem.sheet, row=row, column=column, facts=problem.facts)
    except MemoryError:
        _give_up(reporter, "memory")
    except RecursionError:
        _give_up(reporter, "too-deep")
    except Exception:  # noqa: BLE001 - a fault in one file must not stop the others
        return_.fault = traceback.format_exc()
        _give_up(reporter, "internal-error")
    reporter.finish()
    return return_


def _give_up(reporter: Reporter, problem: str) -> None:
    """Report F107 and drop the tables read so far."""
    reporter.return_.tables.clear()
    reporter.report("F107", facts={"problem": problem})


def _read(
    plan: ReadingPlan,
    path: Location,
    reporter: Reporter,
    layouts: LayoutCache | None,
    long_from: int | None,
) -> Steps[Return | None]:
    """Read a file into the reporter's return; a text read by columns comes back as a return of its own."""
    return_ = reporter.return_
    data, suffix = read_bytes(path, plan.limits), splitext(return_.file)[1].lower()
    if layouts is not None:
        yield NEXT if len(data) < _LARGE else ALONE
        lessons = layouts.lessons
        if (yield from layouts.recall(data, suffix, return_)):
            return None
        if layouts.recalled > layouts.by_sheets:  # the bytes of most are known; these are learned now
            yield ALONE
            if layouts.lessons > lessons and (yield from layouts.recall(data, suffix, return_)):
                return None
    if not is_spreadsheet(suffix) and (container := open_container(data)) is not None:
        inside = container.files()
        if {enclosure.name for enclosure in inside} >= BUNDLE_MARKS:
            return_.passed_over = True
            return None
        return_.enclosed = inside
        if container.is_truncated:
            reporter.report("F102", facts={"problem": "archive-damaged"})
        elif not return_.enclosed:
            reporter.report("F212")
        return None
    if long_from is not None and len(data) >= long_from:
        long_text = open_long_text(plan, data, suffix)
        if long_text is not None:
            del data  # it takes as much memory as its figures
            found = _read_by_columns(plan, long_text, return_.file)
            if found is not None:
                return found
            data = read_bytes(path, plan.limits)
    book = yield from opening(data, suffix, plan.limits)
    if layouts is not None:
        lessons = layouts.lessons
        if (yield from layouts.recall_sheets(book, return_)):
            return None
        was_unknown = not layouts.knows(book)
        if (yield ALONE) and layouts.lessons > lessons and was_unknown:
            if (yield from layouts.recall(data, suffix, return_)):
                return None
            if (yield from layouts.recall_sheets(book, return_)):
                return None
    tables = read_book(plan, book, reporter)
    if layouts is not None and not book.own_output:
        layouts.learn(data, book, return_, tables)
    return None


def _read_by_columns(plan: ReadingPlan, book: Workbook, file: str) -> Return | None:
    """Return a long text, of which nothing remains in ``book``; None if it must be read row by row."""
    return_ = Return(file, by_columns=True)
    reporter = Reporter(plan, return_)
    try:
        read_book(plan, book, reporter)
    except (NeedsFullReader, OverflowError):
        return None
    book.grids.clear()
    reporter.finish()
    return_.tables = [by_columns(table) for table in return_.tables]
    return return_

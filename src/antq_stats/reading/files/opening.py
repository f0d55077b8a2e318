"""Opening a file by its content, not by its name: from bytes to a `Workbook`."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

from antq_stats import delimited
from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits
from antq_stats.reading.files.cells.relations import kind_by_relations
from antq_stats.reading.files.compound_file import CompoundFile
from antq_stats.reading.files.container import OLE2, FileProblem, Package, magic_of
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.old_fonts import convert_rows
from antq_stats.reading.files.own_output import is_as_written, is_own_package, is_own_text, saved_at
from antq_stats.reading.files.quick.read import read_quickly
from antq_stats.reading.files.sheets import build_workbook
from antq_stats.reading.files.xlsx.reader import read_xlsx
from antq_stats.reading.steps import ALONE, NEXT, Steps, result_of

_KINDS = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xltx": "xlsx",
    ".xltm": "xlsx",
    ".xlsb": "xlsb",
    ".xls": "xls",
    ".xlt": "xls",
    ".ods": "ods",
    ".ots": "ods",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
}
_CORE = "docprops/core.xml"
_PERHAPS_TABLES = frozenset((".txt", ".dat", ".prn", ""))


def open_file(path: str | Path, limits: Limits) -> Workbook:
    """Read a file into grids.

    Parameters
    ----------
    path : a file of any format. Anything but a regular file is refused without being opened.
    limits : gives the maximum size of the file, its expanded size, and the number of cells of a sheet.

    Raises
    ------
    FileProblem
        F101 to F106, F108 or F204; see `FileProblem`. No other exception is raised but ``MemoryError``,
        ``KeyboardInterrupt`` and ``SystemExit``.
    """
    data = read_bytes(path, limits)
    return open_bytes(data, Path(path).suffix.lower(), limits)


def is_spreadsheet(suffix: str) -> bool:
    """Return whether a suffix in lower case, such as ``.xlsx``, is that of a spreadsheet."""
    return suffix in _KINDS


def open_bytes(data: bytes, suffix: str, limits: Limits) -> Workbook:
    """Read the bytes of a file into grids, as `opening` does, without a pause."""
    return result_of(opening(data, suffix, limits))


def opening(data: bytes, suffix: str, limits: Limits) -> Steps[Workbook]:
    """Read the bytes of a file into grids.

    Parameters
    ----------
    data : the bytes of the file.
    suffix : suffix of the file's name in lower case (``.xlsx``). F109 is reported if the content differs.
    limits : gives the maximum expanded size and number of cells of a sheet.

    Raises
    ------
    FileProblem
        F102 to F106, F108 or F204.
    """
    expected = _KINDS.get(suffix)
    if is_own_text(data, suffix):
        return Workbook([], "text", hashlib.sha256(data).hexdigest(), own_output=True)
    try:
        book = yield from _open_by_content(data, suffix, expected, limits)
    except (ArithmeticError, LookupError, struct.error, ValueError) as error:
        # Damage that no check covers must not stop the run: it makes this file unreadable.
        raise FileProblem("F102", problem="reader-failed") from error
    if expected != book.kind:
        facts = {"expected": expected or suffix or "-", "found": book.kind}
        book.findings.append(Finding(code="F109", facts=facts))
    yield NEXT
    for grid in book.grids:
        grid.legacy = convert_rows(grid.rows, grid.said)
    return book


def _open_by_content(data: bytes, suffix: str, expected: str | None, limits: Limits) -> Steps[Workbook]:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        book = yield from read_quickly(data, limits)
        if book is None:
            yield ALONE
            book = _open_package(data, expected, limits)
        return book
    if data.startswith(OLE2):
        return _open_compound(data, expected, limits)
    return _open_text(data, suffix, expected, limits)


def _not_a_return(expected: str | None, kind: str) -> FileProblem:
    """Return the problem of a file that is no spreadsheet: F105 if its name says it is one, else F204."""
    return FileProblem("F204" if expected is None else "F105", found=kind)


def _open_package(data: bytes, expected: str | None, limits: Limits) -> Workbook:
    try:
        package = Package(data, limits)
    except FileProblem as problem:
        if expected is None and problem.code == "F102":
            raise _not_a_return(None, "zip") from problem
        raise
    kind = package.kind
    if kind == "zip":
        kind = kind_by_relations(package) or kind
    if kind not in ("xlsx", "xlsb", "ods"):
        if kind == "word" and _is_own_document(package):
            return _own_output(package, kind, data)
        raise _not_a_return(expected, kind)
    if package.locked:
        raise FileProblem("F103")
    properties = package.read(_CORE) if _CORE in package else b""
    if is_own_package(properties):
        return _own_output(package, kind, data)
    book = _read_package(package, kind, data, limits)
    book.saved = saved_at(properties)
    return book


def _read_package(package: Package, kind: str, data: bytes, limits: Limits) -> Workbook:
    if kind == "xlsx":
        return read_xlsx(package, data, limits)
    if kind == "xlsb":
        from antq_stats.reading.files.binary.xlsb import scan_xlsb

        return build_workbook(data, kind, scan_xlsb(package), limits)
    from antq_stats.reading.files.ods.reader import scan_ods

    return build_workbook(data, kind, scan_ods(package), limits)


def _own_output(package: Package, kind: str, data: bytes) -> Workbook:
    """Return an empty workbook for an output of the tool, with F211 if it was saved since."""
    altered = [] if is_as_written(package.read(_CORE)) else [Finding(code="F211")]
    return Workbook([], kind, hashlib.sha256(data).hexdigest(), altered, own_output=True)


def _is_own_document(package: Package) -> bool:
    try:
        return _CORE in package and is_own_package(package.read(_CORE))
    except FileProblem:  # the document is not a return in either case
        return False


def _open_compound(data: bytes, expected: str | None, limits: Limits) -> Workbook:
    from antq_stats.reading.files.binary.xls import scan_xls

    try:
        file = CompoundFile(data)
    except FileProblem as problem:
        raise (problem if expected else _not_a_return(None, "binary")) from problem
    if file.kind == "locked" and expected is not None:
        raise FileProblem("F103")
    if file.kind != "xls":
        raise _not_a_return(expected, file.kind)
    return build_workbook(data, "xls", scan_xls(file.workbook()), limits)


# -- delimited text ------------------------------------------------------------------------------


def _open_text(data: bytes, suffix: str, expected: str | None, limits: Limits) -> Workbook:
    kind = magic_of(data)
    if kind is not None:
        raise _not_a_return(expected, kind)
    if expected is None and suffix not in _PERHAPS_TABLES:
        raise _not_a_return(None, suffix.lstrip(".") or "unknown")
    try:
        decoded = delimited.decode(data)
    except delimited.NotText as error:
        raise _not_a_return(expected, "binary") from error
    except delimited.UnknownEncoding as error:
        raise (FileProblem("F108") if expected else _not_a_return(None, "text")) from error
    if not decoded.text.strip():
        raise FileProblem("F104") if expected else _not_a_return(None, "text")
    if (markup := magic_of(decoded.text[:4096].encode("utf-8", "replace"))) is not None:
        raise _not_a_return(expected, markup)  # in UTF-16 it is visible only once decoded
    delimiter = delimited.delimiter_of(decoded.text)
    if decoded.text.count(delimiter) + decoded.text.count("\n") > limits.cells:
        raise FileProblem("F106", problem="too-many-cells", limit=str(limits.cells))
    records = delimited.rows_of(decoded.text, delimiter)
    if expected is None and not _looks_tabular(records.rows):
        raise _not_a_return(None, "text")
    findings: list[Finding] = []
    if not decoded.encoding.startswith("utf-8"):
        findings.append(Finding(code="F110", facts={"encoding": decoded.encoding}))
    if records.unclosed_quote:
        findings.append(Finding(code="F206"))
    rows: list[list[object]] = [list(row) for row in records.rows]
    digest = hashlib.sha256(data).hexdigest()
    return Workbook([Grid(None, rows)], "csv", digest, findings, decoded.encoding)


def _looks_tabular(rows: list[list[str]]) -> bool:
    """Return whether most lines have the same number of fields, three or more; else it is prose."""
    widths = [len(row) for row in rows if any(row)]
    usual = max(set(widths), key=widths.count)
    return usual >= 3 and len(widths) >= 2 and widths.count(usual) * 2 > len(widths)

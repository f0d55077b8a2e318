"""Bytes to cells: one file to its grids, whatever it is by content.

A cell of a grid is called blank only when the file says so; what looks blank and is not stands in
``Grid.odd``. Positions are true addresses: row 0 is row 1 of the sheet, column 0 is A.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from antq_stats import delimited
from antq_stats.findings import Finding
from antq_stats.legacy import Encoding
from antq_stats.plan import Limits
from antq_stats.reading import percentages
from antq_stats.reading.clean_rows import CleanRows
from antq_stats.reading.container import MIB, OLE2, CompoundFile, FileProblem, Package, magic_of
from antq_stats.reading.old_fonts import convert_rows
from antq_stats.reading.own_output import is_own_package, is_own_text
from antq_stats.reading.remote import RemoteFile, RemoteProblem
from antq_stats.reading.settle import (
    Look,
    Merge,
    OddCell,
    Remark,
    look_at_xlsx,
    with_known_errors,
    xlsx_parts,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["FileProblem", "Grid", "OddCell", "Workbook", "open_bytes", "open_file", "read_bytes"]

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


@dataclass(slots=True)
class Grid:
    """The cells of one sheet, or of one delimited file."""

    sheet: str | None
    """Name of the sheet (NFC); None for a delimited file."""
    rows: list[list[object]]
    """Rows may be ragged; trailing blanks may be cut. A cell is text, a number, a truth value, a date,
    time or span; ``""`` is blank. Numbers stored as text stay text."""
    hidden: bool = False
    """The sheet is hidden, or very hidden."""
    merged: list[Merge] = field(default_factory=list)
    """First row, first column, last row, last column, each counted from 0, ends included."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    odd: dict[tuple[int, int], OddCell] = field(default_factory=dict)
    """Cells that look blank in ``rows`` and are not: errors, and formulas without a stored value."""
    remarks: dict[tuple[int, int], Remark] = field(default_factory=dict)
    """Cells of which something is to be told where they are read as figures; blank where not taken."""
    legacy: Encoding | None = None
    """The legacy encoding that texts of this grid were converted from."""
    clean: CleanRows | None = None
    """Rows that were read already."""


@dataclass(slots=True)
class Workbook:
    """What a file holds."""

    grids: list[Grid]
    kind: str
    """By content: xlsx, xlsb, xls, ods or csv."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    findings: list[Finding] = field(default_factory=list)
    """Of the file as a whole, without its name: F109 suffix-disagrees, F110
    encoding-recognised, F206 quotes-unclosed."""
    encoding: str | None = None
    """Of a delimited file."""
    own_output: bool = False
    """The tool itself wrote it: it holds no return, and its cells were not read."""


def open_file(path: str | Path, limits: Limits) -> Workbook:
    """Read a file into grids.

    Parameters
    ----------
    path : a file of any kind. What is no regular file is refused without being opened.
    limits : how large it may be, on the disk, expanded, and in cells of one sheet.

    Raises
    ------
    FileProblem
        F101 to F106, F108, F204; see there. Never anything else but ``MemoryError`` and the exits.
    """
    data = read_bytes(path, limits)
    return open_bytes(data, Path(path).suffix.lower(), limits)


def read_bytes(path: str | Path | RemoteFile, limits: Limits) -> bytes:
    """Return the bytes of a regular file, at most ``limits.file_mib``; raise F101, F104 or F106."""
    limit = limits.file_mib * MIB
    if isinstance(path, RemoteFile):
        return _read_remote(path, limits)
    try:
        # Ask before opening: opening a pipe would wait for somebody to write into it.
        mode = os.stat(path).st_mode  # noqa: PTH116
        if not stat.S_ISREG(mode):
            found = "pipe" if stat.S_ISFIFO(mode) else "folder" if stat.S_ISDIR(mode) else "device"
            raise FileProblem("F101", problem="not-a-file", found=found)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        try:
            known = os.fstat(descriptor)
            if not stat.S_ISREG(known.st_mode):
                raise FileProblem("F101", problem="not-a-file")
            if known.st_size > limit:
                raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
            room = known.st_size + 1  # room for the limit itself would cost more than the file
            data = os.read(descriptor, room)
            while len(data) < known.st_size and (more := os.read(descriptor, room - len(data))):
                data += more
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise FileProblem("F101", problem="cannot-be-opened") from error
    if len(data) > limit:
        raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    if not data:
        raise FileProblem("F104")
    return data


def _read_remote(file: RemoteFile, limits: Limits) -> bytes:
    """Return the bytes of a file behind a URL; its size is asked before any of them travels."""
    limit = limits.file_mib * MIB
    too_large = FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    try:
        length = file.length()
        if length > limit:
            raise too_large
        data = file.read(limit + 1) if length else b""
    except RemoteProblem as problem:
        raise FileProblem("F101", None, None, **problem.facts) from None
    if len(data) > limit:
        raise too_large
    if not data:
        raise FileProblem("F104")
    return data


def open_bytes(data: bytes, suffix: str, limits: Limits) -> Workbook:
    """Read a file's bytes into grids; ``suffix`` says what the file claims to be (``.xlsx``)."""
    expected = _KINDS.get(suffix)
    if is_own_text(data, suffix):
        return Workbook([], "text", hashlib.sha256(data).hexdigest(), own_output=True)
    try:
        book = _open_by_content(data, suffix, expected, limits)
    except (ArithmeticError, LookupError, struct.error, ValueError) as error:
        # What no check foresaw of a hostile file is the file's fault, and costs that file alone.
        raise FileProblem("F102", problem="reader-failed") from error
    if expected != book.kind:
        facts = {"expected": expected or suffix or "-", "found": book.kind}
        book.findings.append(Finding(code="F109", facts=facts))
    for grid in book.grids:
        grid.legacy = convert_rows(grid.rows)
    return book


def _open_by_content(data: bytes, suffix: str, expected: str | None, limits: Limits) -> Workbook:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _open_package(data, expected, limits)
    if data.startswith(OLE2):
        return _open_compound(data, expected, limits)
    return _open_text(data, suffix, expected, limits)


def _no_return(expected: str | None, kind: str) -> FileProblem:
    """Say what content is no spreadsheet: a problem under a spreadsheet's name, else a note."""
    return FileProblem("F204" if expected is None else "F105", found=kind)


def _open_package(data: bytes, expected: str | None, limits: Limits) -> Workbook:
    try:
        package = Package(data, limits)
    except FileProblem as problem:
        if expected is None and problem.code == "F102":
            raise _no_return(None, "zip") from problem
        raise
    kind = package.kind
    if kind == "zip":
        from antq_stats.reading.relations import leads_to_xlsb

        kind = "xlsb" if leads_to_xlsb(package) else kind
    if kind not in ("xlsx", "xlsb", "ods"):
        if kind == "word" and _is_own_document(package):
            return Workbook([], kind, hashlib.sha256(data).hexdigest(), own_output=True)
        raise _no_return(expected, kind)
    if package.locked:
        raise FileProblem("F103")
    if _CORE in package and is_own_package(package.read(_CORE)):
        return Workbook([], kind, hashlib.sha256(data).hexdigest(), own_output=True)
    if kind == "xlsb":
        from antq_stats.reading.xlsb import look_at_xlsb

        return _as_book(data, kind, look_at_xlsb(package), limits)
    if kind == "ods":
        from antq_stats.reading.ods import look_at_ods

        return _as_book(data, kind, look_at_ods(package), limits)
    parts = xlsx_parts(package)
    looks = [look_at_xlsx(package.read(part), part) if _is_sheet(part) else Look() for _, part in parts]
    _name(looks, parts)
    _note_percentages(package, looks, parts)
    try:
        return _read_sheets(data, looks, limits)
    except FileProblem as problem:
        mended = package.rewritten(with_known_errors, "xl/worksheets/")
        if problem.code != "F102" or mended is None:
            raise
        book = _read_sheets(mended, looks, limits)
    book.sha256 = hashlib.sha256(data).hexdigest()
    return book


def _is_own_document(package: Package) -> bool:
    try:
        return _CORE in package and is_own_package(package.read(_CORE))
    except FileProblem:  # what cannot be read is no return either way
        return False


def _name(looks: list[Look], parts: list[tuple[str, str]]) -> None:
    for look, (name, _) in zip(looks, parts, strict=True):
        look.name = name


def _note_percentages(package: Package, looks: list[Look], parts: list[tuple[str, str]]) -> None:
    styles = percentages.styles_of(package.read("xl/styles.xml")) if "xl/styles.xml" in package else {}
    if styles:
        for look, (_, part) in zip(looks, parts, strict=True):
            if _is_sheet(part):
                look.shown.update(percentages.in_xlsx(package.read(part), styles))


def _is_sheet(part: str) -> bool:
    return bool(part) and "chartsheets/" not in part.lower()


def _open_compound(data: bytes, expected: str | None, limits: Limits) -> Workbook:
    from antq_stats.reading.xls import look_at_xls

    try:
        file = CompoundFile(data)
    except FileProblem as problem:
        raise (problem if expected else _no_return(None, "binary")) from problem
    if file.kind == "locked" and expected is not None:
        raise FileProblem("F103")
    if file.kind != "xls":
        raise _no_return(expected, file.kind)
    return _as_book(data, "xls", look_at_xls(file.workbook()), limits)


def _as_book(data: bytes, kind: str, looks: list[Look], limits: Limits) -> Workbook:
    """Return the sheets of a kind that the second look reads whole."""
    _check_reach(looks, limits)
    names = [unicodedata.normalize("NFC", look.name) for look in looks]
    if len({look.name for look in looks}) != len(looks):
        raise FileProblem("F102", problem="sheets-unclear")
    grids: list[Grid] = []
    for name, look in zip(names, looks, strict=True):
        if look.is_table and look.cells is not None:
            grids.append(_settled(look.cells.table(), name, look, look.merged or []))
            grids[-1].hidden = look.hidden
    if not grids:
        raise FileProblem("F104")
    return Workbook(grids, kind, hashlib.sha256(data).hexdigest())


def _check_reach(looks: list[Look], limits: Limits) -> None:
    for look in looks:
        if look.rows * look.columns > limits.cells:
            raise _too_far(look.name, look.far, limits)


# -- the fast reader -----------------------------------------------------------------------------


def _read_sheets(data: bytes, looks: list[Look], limits: Limits) -> Workbook:
    """Read all worksheets with the fast reader, which may fail in any way, a panic included."""
    import python_calamine

    _check_reach(looks, limits)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return _grids_of(data, workbook, looks, limits)
    except (FileProblem, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except python_calamine.PasswordError as error:
        raise FileProblem("F103") from error
    except BaseException as error:  # a Rust panic is no Exception
        raise FileProblem("F102", problem="reader-failed") from error


def _grids_of(data: bytes, workbook: CalamineWorkbook, looks: list[Look], limits: Limits) -> Workbook:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = workbook.sheets_metadata
    names = [unicodedata.normalize("NFC", sheet.name) for sheet in sheets]
    if not sheets:
        raise FileProblem("F104")
    if len(looks) != len(sheets) or len({sheet.name for sheet in sheets}) != len(sheets):
        # Sheets are found by name: two of one name would be one sheet counted twice.
        raise FileProblem("F102", problem="sheets-unclear")
    grids: list[Grid] = []
    for index, (meta, name, look) in enumerate(zip(sheets, names, looks, strict=True)):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        grid = _grid_of(sheet, name, look, limits)
        grid.hidden = meta.visible != SheetVisibleEnum.Visible
        grids.append(grid)
    if not grids:
        raise FileProblem("F104")
    return Workbook(grids, "xlsx", hashlib.sha256(data).hexdigest())


def _too_far(sheet: str, far: tuple[int, int] | None, limits: Limits) -> FileProblem:
    sheet = unicodedata.normalize("NFC", sheet)
    return FileProblem("F106", sheet, far, problem="too-many-cells", limit=str(limits.cells))


def _grid_of(sheet: CalamineSheet, name: str, look: Look, limits: Limits) -> Grid:
    end = sheet.end
    if end is not None and (end[0] + 1) * (end[1] + 1) > limits.cells:
        raise _too_far(name, end, limits)
    rows = cast("list[list[object]]", sheet.to_python(skip_empty_area=False)) if end else []
    merged = look.merged
    if merged is None:
        ranges = sheet.merged_cell_ranges or ()
        merged = [(first[0], first[1], last[0], last[1]) for first, last in ranges]
    return _settled(rows, name, look, merged)


def _settled(rows: list[list[object]], name: str, look: Look, merged: list[Merge]) -> Grid:
    """Return the grid of rows with what the second look knows of its cells."""
    odd = look.odd
    for (row, column), written in look.filled.items():
        if row >= len(rows) or column >= len(rows[row]) or rows[row][column] == "":
            odd[row, column] = ("error", written)
    refused = (at for at, remark in look.remarks.items() if not remark.taken)
    for row, column in (*odd, *refused):
        rows.extend([] for _ in range(row + 1 - len(rows)))  # errors alone do not make a row
        cells = rows[row]
        cells.extend("" for _ in range(column + 1 - len(cells)))
        cells[column] = ""
    for (row, column), text in look.shown.items():
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend("" for _ in range(column + 1 - len(rows[row])))
        rows[row][column] = text
    width = max(map(len, rows), default=0)
    return Grid(
        sheet=name,
        rows=rows,
        merged=merged,
        hidden_rows=frozenset(row for row in look.hidden_rows if row < len(rows)),
        hidden_columns=frozenset(column for column in look.hidden_columns if column < width),
        odd=odd,
        remarks=look.remarks,
    )


# -- delimited text ------------------------------------------------------------------------------


def _open_text(data: bytes, suffix: str, expected: str | None, limits: Limits) -> Workbook:
    kind = magic_of(data)
    if kind is not None:
        raise _no_return(expected, kind)
    if expected is None and suffix not in _PERHAPS_TABLES:
        raise _no_return(None, suffix.lstrip(".") or "unknown")
    try:
        decoded = delimited.decode(data)
    except delimited.NotText as error:
        raise _no_return(expected, "binary") from error
    except delimited.UnknownEncoding as error:
        raise (FileProblem("F108") if expected else _no_return(None, "text")) from error
    if not decoded.text.strip():
        raise FileProblem("F104") if expected else _no_return(None, "text")
    if (markup := magic_of(decoded.text[:4096].encode("utf-8", "replace"))) is not None:
        raise _no_return(expected, markup)  # UTF-16 hides it from the first look
    delimiter = delimited.delimiter_of(decoded.text)
    if decoded.text.count(delimiter) + decoded.text.count("\n") > limits.cells:
        raise FileProblem("F106", problem="too-many-cells", limit=str(limits.cells))
    records = delimited.rows_of(decoded.text, delimiter)
    if expected is None and not _looks_tabular(records.rows):
        raise _no_return(None, "text")
    findings: list[Finding] = []
    if not decoded.encoding.startswith("utf-8"):
        findings.append(Finding(code="F110", facts={"encoding": decoded.encoding}))
    if records.unclosed_quote:
        findings.append(Finding(code="F206"))
    rows: list[list[object]] = [list(row) for row in records.rows]
    digest = hashlib.sha256(data).hexdigest()
    return Workbook([Grid(None, rows)], "csv", digest, findings, decoded.encoding)


def _looks_tabular(rows: list[list[str]]) -> bool:
    """Tell a table from prose: most lines have the same three fields or more."""
    widths = [len(row) for row in rows if any(row)]
    usual = max(set(widths), key=widths.count)
    return usual >= 3 and len(widths) >= 2 and widths.count(usual) * 2 > len(widths)

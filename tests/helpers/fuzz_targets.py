"""Targets of the fuzzer: every parser of the program, with its first inputs and what must hold of it.

A target takes any bytes. It raises if the parser raises an error that it does not document, if a cell holds
what no reader may return, or if a fast path disagrees with the general reader.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from antq_stats import delimited
from antq_stats.expression import ExpressionError, parse
from antq_stats.findings.setup_error import SetupError
from antq_stats.form.load import read_form
from antq_stats.plan import COUNT_LIMIT, MISSING, Limits, MeasurePlan
from antq_stats.reading import coerce
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.files.binary.xls import scan_xls
from antq_stats.reading.files.cells.formulas import shifted
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.enclosures import open_container
from antq_stats.reading.files.opening import open_bytes
from antq_stats.register.register import load_register
from antq_stats.text_check.documents.bounds import TooMuch
from antq_stats.text_check.documents.document import document_of
from helpers import binary_workbooks as binary
from helpers import fast_paths, mutations, returns

LIMITS = Limits(seconds=5, file_mib=2, expanded_mib=8, cells=200_000)
_COUNT = MeasurePlan(
    "a", flag=False, required=True, blank_is_zero=False, minimum=0, maximum=None, unit_keys=frozenset()
)
_CELLS = (str, float, int, bool, date, datetime, time, timedelta, type(None))


class Target(NamedTuple):
    """A parser, and inputs that it can read."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]


# -- whole files ---------------------------------------------------------------------------------


def _open(data: bytes, suffix: str) -> None:
    try:
        book = open_bytes(data, suffix, LIMITS)
    except FileProblem:
        return
    for grid in book.grids:
        assert sum(map(len, grid.rows)) <= 2 * LIMITS.cells
        for row in grid.rows:
            for cell in row:
                assert isinstance(cell, _CELLS), type(cell)
                assert MISSING <= coerce.read(cell, _COUNT).value < COUNT_LIMIT


def _text(data: bytes) -> None:
    _open(data, ".csv")
    try:
        decoded = delimited.decode(data)
    except (delimited.NotText, delimited.UnknownEncoding):
        return
    delimited.rows_of(decoded.text)


def _containers(data: bytes) -> None:
    try:
        container = open_container(data)
        for one in () if container is None else container.files():
            assert "\\" not in one.name
            container.content(one.number, 1 << 20)  # type: ignore[union-attr]
    except FileProblem:
        return


# -- parts of a workbook -------------------------------------------------------------------------


@cache
def _parts() -> mutations.Parts:
    return mutations.parts_of(fast_paths.samples()[0].content)


@cache
def _names() -> list[str]:
    wanted = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml")
    return [
        name for name in (*wanted, "xl/_rels/workbook.xml.rels", "[Content_Types].xml") if name in _parts()
    ]


def _workbook(data: bytes) -> bytes:
    """Return the clean workbook with one part replaced; the first byte chooses the part."""
    name = _names()[data[0] % len(_names())] if data else _names()[0]
    return mutations.packed({**_parts(), name: data[1:]})


def _xlsx(data: bytes) -> None:
    _open(_workbook(data), ".xlsx")


@cache
def _layouts() -> tuple[LayoutCache, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return fast_paths.learn_layouts(fast_paths.samples(), Path(folder))


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="antq-fuzz-"))


def _fast_path(data: bytes) -> None:
    path = _folder() / "a.xlsx"
    path.write_bytes(_workbook(data))
    _agree(path, _layouts())


def _long_text(data: bytes) -> None:
    path = _folder() / "a.csv"
    path.write_bytes(data)
    _agree(path, ())


def _agree(path: Path, layouts: tuple[LayoutCache, ...]) -> None:
    tally = fast_paths.Tally()
    fast_paths.read_both_ways(path, fast_paths.samples()[0].name if layouts else path.name, layouts, tally)
    assert not tally.differing, tally.differing


def _seeds_of_parts() -> list[bytes]:
    return [bytes([at]) + _parts()[name] for at, name in enumerate(_names())]


def _xls(data: bytes) -> None:
    try:
        scan_xls(data)
    except (FileProblem, ArithmeticError, LookupError, ValueError):
        return  # not a workbook: `open_bytes` reports it


def _xlsb(data: bytes) -> None:
    _open(binary.xlsb(data), ".xlsb")


def _ods(data: bytes) -> None:
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": data}
    _open(mutations.packed(parts), ".ods")


def _package(data: bytes) -> None:
    try:
        package = Package(data, LIMITS)
        for name in package.parts:
            package.read(name)
    except FileProblem:
        return


# -- texts ---------------------------------------------------------------------------------------


def _formulas(data: bytes) -> None:
    shifted(data.decode("utf-8", "replace"), 1, 2)


def _rules(data: bytes) -> None:
    try:
        parse(data.decode("utf-8", "replace"))
    except ExpressionError:
        return


def _forms(data: bytes) -> None:
    try:
        read_form(data, "form.toml")
    except SetupError:
        return


def _registers(data: bytes) -> None:
    path = _folder() / "units.csv"
    path.write_bytes(data)
    try:
        load_register(path, date(2021, 12, 31))
    except SetupError:
        return


def _documents(data: bytes) -> None:
    try:
        document_of(data, "md", LIMITS)
        document_of(
            mutations.packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": data}), "docx", LIMITS
        )
    except (FileProblem, TooMuch):
        return


# -- first inputs -------------------------------------------------------------------------------


def _made(write: Callable[[Path, returns.Rows], object], suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        write(path, returns.commune((12, 5), (7, 1), (0, 3)))
        return path.read_bytes()


def _spreadsheets() -> list[bytes]:
    return [
        _made(returns.write_xlsx, ".xlsx"),
        _made(returns.write_xls, ".xls"),
        _made(returns.write_ods, ".ods"),
    ]


def _sheets_of_xlsb() -> list[bytes]:
    cells = [
        binary.brt_row(0),
        binary.brt(5, bytes(8) + bytes(8)),
        binary.brt(2, bytes(8) + b"\x06\x00\x00\x00"),
    ]
    return [binary.sheet_part(*cells), binary.sheet_part()]


def _streams_of_xls() -> list[bytes]:
    cells = [binary.number(row, column, row + column) for row in range(3) for column in range(3)]
    return [
        binary.workbook(*cells, binary.shared(3, 0, 0), texts=[binary.text8("Thôn 1")]),
        binary.workbook(binary.formula(0, 1, b"\x44\x00\x00\x00\x00\x1e\x02\x00\x03"), *cells),
    ]


def _contents_of_ods() -> list[bytes]:
    return [mutations.parts_of(_made(returns.write_ods, ".ods"))["content.xml"]]


def _messages() -> list[bytes]:
    head = b"From: a@vd.vn\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    part = b"--B\r\nContent-Disposition: attachment; filename=a.csv\r\n"
    part += b"Content-Transfer-Encoding: base64\r\n\r\nYSxi\r\n"
    return [head + part + b"--B--\r\n", mutations.packed({"a/b.csv": b"a,b"})]


def _texts() -> list[bytes]:
    rows = returns.csv_text(returns.commune((12, 5), (7, 1)))
    return [
        rows.encode(),
        rows.replace(",", ";").encode("utf-16"),
        rows.replace(",", "\t").encode("utf-8-sig"),
    ]


TARGETS: Mapping[str, Target] = {
    "file": Target(lambda data: _open(data, ".xlsx"), _spreadsheets),
    "package": Target(_package, _spreadsheets),
    "container": Target(_containers, _messages),
    "text": Target(_text, _texts),
    "long-text": Target(_long_text, lambda: [fast_paths.long_text().content[:6000]]),
    "xlsx": Target(_xlsx, _seeds_of_parts),
    "xlsx-fast-path": Target(_fast_path, _seeds_of_parts),
    "xlsb": Target(_xlsb, _sheets_of_xlsb),
    "xls": Target(_xls, _streams_of_xls),
    "ods": Target(_ods, _contents_of_ods),
    "formula": Target(_formulas, lambda: [b"SUM(A1:$B$2)+Sheet1!C3*2-1", b"IF(A1>0,\"x\",'B b'!A1%)"]),
    "rule": Target(_rules, lambda: [b"a <= b and not c > 0", b"a > 0 -> b + 2 * c = 1"]),
    "form": Target(
        _forms, lambda: [returns.FORM.encode(), (returns.FORM + returns.RATIO + returns.FLAG).encode()]
    ),
    "register": Target(_registers, lambda: [returns.UNITS.encode()]),
    "document": Target(_documents, lambda: [b"# A\n\n| a | 1.691 |\n|---|---|\n\nb 5", _word()]),
}


def _word() -> bytes:
    import docx

    stream = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Toàn tỉnh có 1.691 tổ")
    document.save(stream)
    return mutations.parts_of(stream.getvalue())["word/document.xml"]

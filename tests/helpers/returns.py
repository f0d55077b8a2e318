"""Write small forms, registers and returns as real files.

The form asks two counts of five villages in two communes. Most tests change one thing of it.
"""

# ruff: noqa: E501 - a case a line reads better than a case in ten
from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlwt

Rows = Sequence[Sequence[object]]

# -- forms and registers -------------------------------------------------------------------------

FORM = """
[form]
id = "giong"
version = "3"
title = { vi = "Gieo trồng", en = "Planting" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01: Gieo trồng theo thôn", en = "Table 01: planting by village" }

[[measure]]
code = "trau"
label = { vi = "Số trâu", en = "Buffaloes" }
unit = { vi = "con", en = "head" }
kind = "count"

[[measure]]
code = "bo"
label = { vi = "Số bò", en = "Cattle" }
unit = { vi = "con", en = "head" }
kind = "count"
max = 5000
"""
"""A form of one village table with two required counts. TOML of more measures or tables may follow it."""

FLAG = """
[[measure]]
code = "dien"
label = { vi = "Có điện", en = "Has power" }
unit = { vi = "thôn", en = "villages" }
kind = "flag"
"""

RATIO = """
[[ratio]]
code = "ty_le_bo"
label = { vi = "Tỷ lệ bò", en = "Share of cattle" }
numerator = "bo"
denominator = "trau"
decimals = 1
"""

UNITS = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0701,Nguyễn Thái Học,xã,commune,07
0702,Minh Quân,xã,commune,07
070101,Thôn 1,,village,0701
070102,Thôn 2,,village,0701
070103,Thôn Nguyễn Phúc,,village,0701
070201,Thôn 1,,village,0702
070202,Bản Lý,,village,0702
"""
"""A register of three levels: a province, two communes, five villages."""

HEAD = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò"]
"""Header row of a return of `FORM`."""
V1, V2, V3 = ("070101", "Thôn 1"), ("070102", "Thôn 2"), ("070103", "Thôn Nguyễn Phúc")
"""Code and name of the villages of the first commune."""
W1, W2 = ("070201", "Thôn 1"), ("070202", "Bản Lý")
"""Code and name of the villages of the second commune."""


def sheet(text: str) -> list[list[object]]:
    """Return the rows of a table that is written as text.

    Cells stand between ``|``. A number becomes a number, ``'12`` a text, ``~`` or nothing a blank cell.
    """
    return [
        [_cell(part.strip()) for part in line.strip().strip("|").split("|")]
        for line in text.strip().splitlines()
    ]


def _cell(text: str) -> object:
    if text.startswith("'"):
        return text[1:]
    if text in ("", "~"):
        return None
    try:
        return int(text) if not text.startswith("0") or text == "0" else text
    except ValueError:
        pass
    try:
        return float(text) if ("." in text and not text.startswith("0")) or text.startswith("0.") else text
    except ValueError:
        return text


def commune(
    *figures: Sequence[object],
    head: Sequence[object] = HEAD,
    villages: Iterable[tuple[str, str]] = (V1, V2, V3),
) -> list[list[object]]:
    """Return the rows of a commune's table: the header, then a row for each village; figures default to 10 and 1."""
    given = list(figures)
    rows: list[list[object]] = [list(head)]
    for place, (code, name) in enumerate(villages):
        rows.append([code, name, *(given[place] if place < len(given) else (10, 1))])
    return rows


def write_form(folder: Path, *more: str, base: str = FORM) -> Path:
    """Write ``form.toml``: a form, and TOML that is added to it."""
    return _text(folder / "form.toml", "\n".join((base, *more)))


def write_register(folder: Path, text: str = UNITS) -> Path:
    """Write ``units.csv``."""
    return _text(folder / "units.csv", text)


def setup(folder: Path, *more: str, form: str = FORM, units: str = UNITS) -> Path:
    """Write ``form.toml`` and ``units.csv`` into a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_form(folder, *more, base=form)
    write_register(folder, units)
    return folder


def _text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# -- returns -------------------------------------------------------------------------------------


def write_xlsx(
    path: Path, sheets: Rows | Mapping[str, Rows], merges: Iterable[str] = (), hidden: Iterable[str] = ()
) -> Path:
    """Write rows, or sheets of rows by name, as an xlsx workbook.

    ``merges`` are ranges of the first sheet, ``hidden`` are names of sheets.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in _named(sheets).items():
        page = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None and value != "":
                    page.cell(number, column, value)
    for merge in merges:
        book.worksheets[0].merge_cells(merge)
    for name in hidden:
        book[name].sheet_state = "hidden"
    book.save(path)
    book.close()
    return path


def _named(sheets: Rows | Mapping[str, Rows]) -> Mapping[str, Rows]:
    return sheets if isinstance(sheets, Mapping) else {"Biểu 01": sheets}


def write_xls(path: Path, sheets: Rows | Mapping[str, Rows]) -> Path:
    """Write rows, or sheets of rows by name, as an xls workbook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlwt.Workbook()
    for name, rows in _named(sheets).items():
        page = book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None and value != "":
                    page.write(number, column, value)
    book.save(str(path))
    return path


def csv_text(rows: Rows, delimiter: str = ",") -> str:
    """Return rows as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(
        [["" if c is None else c for c in row] for row in rows]
    )
    return out.getvalue()


def write_csv(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """Write rows as delimited text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_text(rows, delimiter).encode(encoding))
    return path


_ODS_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
)
Raw = type("Raw", (str,), {})
"""The XML of a cell, which `write_ods` copies without change."""


def _ods_cell(value: object) -> str:
    if isinstance(value, Raw):
        return str(value)
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"><text:p>{value}</text:p></table:table-cell>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def write_ods(path: Path, sheets: Rows | Mapping[str, Rows]) -> Path:
    """Write rows, or sheets of rows by name, as an ods spreadsheet. A cell may be `Raw` XML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in _named(sheets).items()
    )
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        )
    return path


def patch_xlsx(path: Path, cells: Mapping[str, str], part: str = "xl/worksheets/sheet1.xml") -> Path:
    """Replace cells of a part of an xlsx workbook by XML that no library would write."""
    source = zipfile.ZipFile(path)
    parts = {name: source.read(name) for name in source.namelist()}
    source.close()
    text = parts[part].decode("utf-8")
    for cell, xml in cells.items():
        text, times = re.subn(rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', lambda _, xml=xml: xml, text, count=1)
        assert times == 1, cell
    parts[part] = text.encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


# -- a folder with one costly file ---------------------------------------------------------------


def write_thirty_returns(folder: Path) -> None:
    """Write a register of 31 communes with one village each, and the returns of the first thirty."""
    communes = (f"2{n:02},Xã {n},commune,1\n3{n:02},Thôn {n},village,2{n:02}\n" for n in range(31))
    write_register(folder, "code,name,level,parent\n1,Tỉnh,province,\n" + "".join(communes))
    for number in range(30):
        write_csv(folder / f"{number:02}.csv", [HEAD, [f"3{number:02}", f"Thôn {number}", 1, 2]])


def write_costly_return(folder: Path) -> None:
    """Write the return of the 31st commune: 1.2 million rows, quoted so that they are read row by row."""
    rows = '330,"Thôn 30",1,2\n' * 1_200_000
    (folder / "30.csv").write_text(",".join(HEAD) + "\n" + rows, encoding="utf-8")

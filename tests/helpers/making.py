"""Forms, registers and returns made by tests: small, of their own, and real files on the disk."""

# ruff: noqa: E501 - a case a line reads better than a case in ten
from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt

import antq_stats
from antq_stats.collection.collection import Collection, collect
from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.figures.aggregation import Aggregate, aggregate
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits
from antq_stats.reading.discover import discover
from antq_stats.reading.receive import receive
from antq_stats.reading.returns import Return

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
"""Two required counts of one village table; more tables of TOML may be added below it."""

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
"""Three levels, two communes, five villages."""

HEAD = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò"]
V1, V2, V3 = ("070101", "Thôn 1"), ("070102", "Thôn 2"), ("070103", "Thôn Nguyễn Phúc")
W1, W2 = ("070201", "Thôn 1"), ("070202", "Bản Lý")


def sheet(text: str) -> list[list[object]]:
    """Rows of a text table: cells between ``|``; a plain number becomes one, ``'12`` stays text, ``~`` is blank."""
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
    """A plain table: header and one row per village; what is missing of figures is 10 and 1."""
    given = list(figures)
    rows: list[list[object]] = [list(head)]
    for place, (code, name) in enumerate(villages):
        rows.append([code, name, *(given[place] if place < len(given) else (10, 1))])
    return rows


def small_form(folder: Path, *more: str, base: str = FORM) -> Path:
    """Write form.toml into a folder."""
    return _text(folder / "form.toml", "\n".join((base, *more)))


def small_units(folder: Path, text: str = UNITS) -> Path:
    """Write units.csv into a folder."""
    return _text(folder / "units.csv", text)


def setup(folder: Path, *more: str, form: str = FORM, units: str = UNITS) -> Path:
    """Write form and register into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    small_form(folder, *more, base=form)
    small_units(folder, units)
    return folder


def _text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# -- returns -------------------------------------------------------------------------------------


def write_xlsx(
    path: Path, sheets: Rows | Mapping[str, Rows], merges: Iterable[str] = (), hidden: Iterable[str] = ()
) -> Path:
    """Write rows, or sheets of rows, as a workbook; merges are of the first sheet."""
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
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(
        [["" if c is None else c for c in row] for row in rows]
    )
    return out.getvalue()


def write_csv(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_text(rows, delimiter).encode(encoding))
    return path


_ODS_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
)
Raw = type("Raw", (str,), {})
"""A cell written as it is: the XML of an ods or xlsx cell."""


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
    """Write rows as an OpenDocument spreadsheet; a `Raw` cell is put in as it is."""
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
    """Replace cells of a workbook's part by XML of one's own: what no library would write."""
    import re

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


# -- reading them --------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What a folder gave, as the commands see it."""

    collection: Collection
    findings: tuple[Finding, ...]
    total: Aggregate
    passed_over: int = 0
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def status(self) -> int:
        if self.faults:
            return 70
        return int(any(catalogue.severity(f) == "hard" for f in self.findings))

    @property
    def codes(self) -> list[str]:
        """Codes of all findings but the coverage's (U301, U302), in order of file."""
        return [f.code for f in self.findings if f.code not in ("U301", "U302")]

    @property
    def hard(self) -> list[tuple[str, str | None]]:
        """Code and cell of the hard findings but the coverage's."""
        return [
            (f.code, f.cell)
            for f in self.findings
            if f.code not in ("U301", "U302") and catalogue.severity(f) == "hard"
        ]

    def at(self, code: str) -> list[tuple[str | None, str | None, str | None]]:
        """File, sheet and cell of the findings of a code."""
        return [(f.file, f.sheet, f.cell) for f in self.findings if f.code == code]

    def sum(self, measure: str, unit: str | None = None) -> int | None:
        return self.figure(measure, unit)[0]

    def figure(self, measure: str, unit: str | None = None) -> tuple[int | None, int, int, bool]:
        """Value, given, expected, provisional of a measure under a unit; the root if none is named."""
        register = self.total.register
        position = register.units.by_code[unit] if unit else register.units.parents.index(-1)
        return tuple(self.total.figure(position, measure))  # type: ignore[return-value]

    def everything_said(self) -> str:
        """All words and facts of the findings, in both languages."""
        words = [
            catalogue.message(f, lang) + catalogue.hint(f, lang)
            for f in self.findings
            for lang in ("vi", "en")
        ]
        facts = [f"{f.value} {f.file} {f.sheet} {dict(f.facts)}" for f in self.findings]
        return "\n".join(words + facts)


def read_folder(folder: Path, period: str = "2021", limits: Limits = Limits()) -> Outcome:  # noqa: B008
    """Read a folder in this process: what the commands do, without workers."""
    opened = Intake.open(folder, period=period, limits=limits)
    found = discover(folder)
    returns = [receive(opened.plan, source.path, source.file) for source in found.sources]
    collection = collect(opened.form, opened.register, opened.name, found, returns)
    findings = edit(collection)
    return Outcome(
        collection, findings, aggregate(collection, findings), collection.passed_over, collection.faults
    )


def read_file(path: Path, folder: Path, name: str | None = None, limits: Limits = Limits()) -> Return:  # noqa: B008
    """Read one file by the form and register of a folder."""
    opened = Intake.open(folder, period="2021", limits=limits)
    return receive(opened.plan, path, name or path.name)


@dataclass
class Ran:
    """A run of the command."""

    status: int
    stdout: str
    stderr: str
    data: Any = field(default=None)

    @property
    def said(self) -> str:
        return self.stdout + self.stderr


NET = 600.0
"""Seconds after which a test gives up: far more than anything takes on the busiest machine."""


def until(happened: Callable[[], object]) -> None:
    """Wait for something to happen; the time is a net, not a measure."""
    end = time.monotonic() + NET
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def run(*arguments: object, timeout: float = NET, env: Mapping[str, str] | None = None) -> Ran:
    """Run ``antq-stats`` as a process; JSON on stdout is loaded."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(antq_stats.__file__).parent.parent),
        "ANTQ_STATS_LANG": "en",
        "PYTHONUTF8": "1",
        **(env or {}),
    }
    done = subprocess.run(
        [sys.executable, "-m", "antq_stats", *map(str, arguments)],
        check=False,
        capture_output=True,
        timeout=timeout,
        env=environment,
    )
    stdout, stderr = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    data = None
    if stdout.lstrip().startswith(("{", "[")):
        data = json.loads(stdout)
    return Ran(done.returncode, stdout, stderr, data)

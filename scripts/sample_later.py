"""The sample of 2025: workbooks of some twenty communes in several layouts, and a CSV a table for the rest.

The layouts: the official one with letterhead, sections and totals; one that has a single header row and the
village's name without its code; the same in OpenDocument; and a workbook that several communes share.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from sample_figures import Unit
from sample_later_figures import PROVINCE_NAME, REFORM, Sample, asked, make_later, section_names
from sample_layout import Cell, Formula, percent, slug
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

YEAR = 2025
_OFFICIAL, _PLAIN, _OPEN, _SHARED = range(12), range(52, 56), range(56, 58), range(90, 93)
"""Places of the communes of each layout. The first half or so of the register is the former Lào Cai."""
_TITLES = {
    "01": "Biểu 01: Kết quả theo thôn, bản, tổ dân phố",
    "02": "Biểu 02: Kết quả của xã, phường, đặc khu",
    "03": "Biểu 03: Số liệu lưu hành nội bộ của xã, phường, đặc khu",
}
_IDENTITY = {
    "01": ("Mã thôn", "Tên thôn"),
    "02": ("Mã đơn vị", "Tên đơn vị"),
    "03": ("Mã đơn vị", "Tên đơn vị"),
}


def _measures(table: str) -> list[dict[str, Any]]:
    return [measure for measure in asked() if measure["table"] == table]


def _figures(unit: Unit, table: str) -> list[Cell]:
    return [unit.figures[measure["code"]] for measure in _measures(table)]


def _units(commune: Unit, table: str) -> list[Unit]:
    return commune.members if table == "01" else [commune]


def _name(unit: Unit) -> str:
    name = unit.name if unit.level == "village" else f"{unit.kind} {unit.name}"
    return name[:1].upper() + name[1:]


def _labels(table: str) -> list[str]:
    return [measure["label"]["vi"] for measure in _measures(table)]


def _register(sample: Sample) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["code", "name", "level", "parent", "type", "valid_from", "valid_to", "aliases"])
    for unit in (sample.province, *sample.communes, *sample.villages):
        since = REFORM.isoformat()
        lines.writerow([unit.code, unit.name, unit.level, unit.parent, unit.kind, since, "", unit.aliases])
    return text.getvalue().encode()


def _csv(communes: Iterable[Unit], table: str) -> bytes:
    """Return a table of some communes as a province keeps it: a header and a row for each unit."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([*_IDENTITY[table], *_labels(table)])
    for commune in communes:
        lines.writerows([unit.code, _name(unit), *_figures(unit, table)] for unit in _units(commune, table))
    return text.getvalue().encode("utf-8-sig")


class Book:
    """A workbook being written; the same content gives the same bytes."""

    def __init__(self, year: int) -> None:
        self.target = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.target, {"in_memory": True, "strings_to_urls": False})
        created = datetime(year, 12, 1, tzinfo=UTC)
        self.book.set_properties({"created": created, "title": f"Báo cáo năm {year}"})
        font = {"font_name": "Times New Roman", "font_size": 12}
        box = {**font, "border": 1}
        head = {**box, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
        self.centre = self.book.add_format({**font, "align": "center"})
        self.bold = self.book.add_format({**font, "align": "center", "bold": True})
        self.head = self.book.add_format(head)
        self.cell = self.book.add_format({**box, "num_format": "#,##0"})
        self.rate = self.book.add_format({**box, "num_format": "0.0"})

    def sheet(self, name: str, widths: Sequence[float]) -> Worksheet:
        """Add a landscape sheet of A4 with columns of these widths."""
        page = self.book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        for place, width in enumerate(widths):
            page.set_column(place, place, width)
        return page

    def merge(self, page: Worksheet, cells: tuple[int, int, int, int], text: str, style: Format) -> None:
        """Write text over a range (row, column, row, column), merged where it has more than one cell."""
        if cells[:2] == cells[2:]:
            page.write_string(*cells[:2], text, style)
        else:
            page.merge_range(*cells, text, style)

    def close(self) -> bytes:
        """Return the bytes of the workbook."""
        self.book.close()
        return self.target.getvalue()


def _official(commune: Unit) -> bytes:
    """Return a return with letterhead, two header rows, numbering, totals and the block for signatures."""
    book = Book(YEAR)
    for table, title in _TITLES.items():
        columns = _measures(table)
        last = len(columns) + 2 + (table == "01")
        page = book.sheet(f"Biểu {table}", [5, 11, 22, *[11] * (last - 2)])
        letterhead = (
            (f"ỦY BAN MTTQ VIỆT NAM TỈNH {PROVINCE_NAME.upper()}", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (f"ỦY BAN MTTQ VIỆT NAM {_name(commune).upper()}", "Độc lập - Tự do - Hạnh phúc"),
        )
        for row, (left, right) in enumerate(letterhead):
            book.merge(page, (row, 0, row, last // 2 - 1), left, book.centre if row == 0 else book.bold)
            book.merge(page, (row, last // 2 + 1, row, last), right, book.bold)
        book.merge(page, (3, 0, 3, last), title.upper(), book.bold)
        book.merge(page, (4, 0, 4, last), f"Năm {YEAR}", book.centre)
        below = _official_header(book, page, table)
        row = _official_rows(book, page, commune, table, below)
        if table == "01":
            _total(book, page, commune, below, row)
            row += 1
        place = f"{commune.name}, ngày 01 tháng 12 năm {YEAR}"
        book.merge(page, (row + 1, last - 4, row + 1, last), place, book.centre)
        book.merge(page, (row + 2, 0, row + 2, 3), "NGƯỜI LẬP BIỂU", book.bold)
        book.merge(page, (row + 2, last - 4, row + 2, last), "TM. BAN THƯỜNG TRỰC", book.bold)
        book.merge(page, (row + 3, last - 4, row + 3, last), "CHỦ TỊCH", book.bold)
    return book.close()


_RATE = "Tỷ lệ hộ gia đình văn hóa không có các tệ nạn (%)"


def _official_header(book: Book, page: Worksheet, table: str, top: int = 6) -> int:
    """Write the header; return the row below it."""
    for place, text in enumerate(("STT", *_IDENTITY[table])):
        book.merge(page, (top, place, top + 1, place), text, book.head)
    heads = [(section_names()[measure["section"]], measure["label"]["vi"]) for measure in _measures(table)]
    if table == "01":
        heads.append(("", _RATE))
    start = 0
    for place, (section, text) in enumerate(heads):
        if section:
            page.write_string(top + 1, place + 3, text, book.head)
        else:
            book.merge(page, (top, place + 3, top + 1, place + 3), text, book.head)
        if place + 1 == len(heads) or heads[place + 1][0] != section:
            if section:
                book.merge(page, (top, start + 3, top, place + 3), section, book.head)
            start = place + 1
    page.set_row(top + 1, 120)
    for place in range(len(heads) + 3):
        page.write_string(top + 2, place, "ABC"[place] if place < 3 else str(place - 2), book.head)
    return top + 3


def _share(units: Sequence[Unit]) -> float:
    achieved, households = (sum(unit.figures[code] for unit in units) for code in ("ho_dat_gdvh", "tong_ho"))
    return percent(achieved, households)


def _official_rows(book: Book, page: Worksheet, commune: Unit, table: str, row: int) -> int:
    for number, unit in enumerate(_units(commune, table), 1):
        cells = [number, unit.code, _name(unit), *_figures(unit, table)]
        for place, cell in enumerate(cells):
            page.write(row, place, cell, book.cell)
        if table == "01":
            page.write_number(row, len(cells), _share([unit]), book.rate)
        row += 1
    return row


def _total(book: Book, page: Worksheet, commune: Unit, first: int, row: int) -> None:
    """Write the total row, with formulas and their values."""
    book.merge(page, (row, 0, row, 2), "Tổng cộng", book.head)
    for place, measure in enumerate(_measures("01"), 3):
        letter = xlsxwriter.utility.xl_col_to_name(place)
        value = sum(village.figures[measure["code"]] for village in commune.members)
        formula = Formula(f"=SUM({letter}{first + 1}:{letter}{row})", value)
        page.write_formula(row, place, formula.text, book.cell, formula.value)
    page.write_number(row, len(_measures("01")) + 3, _share(commune.members), book.rate)


def _plain_rows(communes: Sequence[Unit], table: str) -> list[list[Cell]]:
    """Return a table without codes: the commune's name, the village's, and figures under full labels."""
    rows: list[list[Cell]] = [[_TITLES[table]], [f"Năm {YEAR}"]]
    rows.append(["Xã, phường", *(["Tên thôn"] if table == "01" else []), *_labels(table)])
    for commune in communes:
        for unit in _units(commune, table):
            own = [_name(unit)] if table == "01" else []
            rows.append([_name(commune), *own, *_figures(unit, table)])
    return rows


def _plain(communes: Sequence[Unit]) -> bytes:
    book = Book(YEAR)
    for table in _TITLES:
        page = book.sheet(f"B{table}", [22, 22])
        for place, cells in enumerate(_plain_rows(communes, table)):
            page.write_row(place, 0, cells)
    return book.close()


_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
)
_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"


def _ods_cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell}</text:p></table:table-cell>"
        )
    text = f"<text:p>{escape(str(cell))}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def _ods(commune: Unit) -> bytes:
    """Return the plain layout as an OpenDocument spreadsheet."""
    tables = "".join(
        f'<table:table table:name="B{table}">'
        + "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"
            for row in _plain_rows([commune], table)
        )
        + "</table:table>"
        for table in _TITLES
    )
    content = f'<office:document-content {_NAMESPACES} office:version="1.2">'
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", _MEDIA), ("content.xml", "text/xml"))
    )
    parts = {
        "mimetype": _MEDIA,
        "content.xml": f"{head}{content}{body}</office:document-content>",
        "META-INF/manifest.xml": f"{head}{manifest}{entries}</manifest:manifest>",
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (YEAR, 12, 1, 0, 0, 0)), content, kind)
    return target.getvalue()


def later_files(before: Sequence[Unit]) -> dict[str, bytes]:
    """Return the files of the sample, by path below its folder.

    Parameters
    ----------
    before : the communes of the sample of 2021, with their villages.
    """
    sample = make_later(before)
    communes = sample.communes
    files = {"units.csv": _register(sample)}

    def stem(commune: Unit) -> str:
        return f"{commune.code}-{slug(commune.name)}"

    files.update((f"{stem(communes[place])}.xlsx", _official(communes[place])) for place in _OFFICIAL)
    files.update((f"{stem(communes[place])}.xlsx", _plain([communes[place]])) for place in _PLAIN)
    files.update((f"{stem(communes[place])}.ods", _ods(communes[place])) for place in _OPEN)
    files["ba-xa-gui-chung.xlsx"] = _plain([communes[place] for place in _SHARED])
    own = {*_OFFICIAL, *_PLAIN, *_OPEN, *_SHARED}
    rest = [commune for place, commune in enumerate(communes) if place not in own]
    files.update((f"bieu-{table}.csv", _csv(rest, table)) for table in _TITLES)
    return files

"""A commune's workbook in the usual layout: letterhead, two-row header, total row, signature block.

It has two sheets: Biểu 01 with a row for each village, Biểu 02 with one row for the commune. The layout is
that of reports of the Front committees, without names of persons.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, NamedTuple

import xlsxwriter
from sample_figures import Unit

YEAR = 2021
CREATED = datetime(YEAR, 12, 1, tzinfo=UTC)
PROVINCE = "Yên Bái"


class Formula(NamedTuple):
    """A formula with its stored value; None for no stored value."""

    text: str
    value: float | str | None


Cell = int | float | str | Formula | None


class Column(NamedTuple):
    """A column of a table: section above it, header, mark in the numbering row, width."""

    code: str
    section: str
    header: str
    mark: str
    width: float


VILLAGE_COLUMNS = (
    Column("stt", "", "STT", "A", 5),
    Column("code", "", "Mã thôn", "B", 11),
    Column("name", "", "Tên thôn", "C", 18),
    Column("tong_ho", "", "Tổng số hộ", "1", 9),
    Column("to_tu_quan_antt", "Hoạt động tự quản", "Tổ tự quản về an ninh trật tự", "2", 11),
    Column("tv_to_tu_quan", "Hoạt động tự quản", "Thành viên tổ tự quản", "3", 11),
    Column("ho_dang_ky_gdvh", "Gia đình văn hóa", "Hộ đăng ký xây dựng gia đình văn hóa", "4", 12),
    Column("ho_dat_gdvh", "Gia đình văn hóa", "Hộ đạt gia đình văn hóa không có tội phạm, ma túy", "5", 14),
    Column(
        "ty_le_ho_dat", "Gia đình văn hóa", "Tỷ lệ hộ gia đình văn hóa không có các tệ nạn (%)", "6=5/1", 14
    ),
    Column(
        "thon_dang_ky_vh",
        "Thôn, bản, tổ dân phố văn hóa",
        "Thôn, bản, tổ dân phố đăng ký văn hóa không có tội phạm, ma túy",
        "7",
        15,
    ),
    Column(
        "thon_dat_vh",
        "Thôn, bản, tổ dân phố văn hóa",
        "Thôn, bản, tổ dân phố đạt tiêu chuẩn văn hóa, không có tội phạm, ma túy",
        "8",
        15,
    ),
    Column("gia_dinh_ky_cam_ket_antt", "", "Hộ ký cam kết bảo đảm an ninh trật tự", "9", 12),
)
COMMUNE_COLUMNS = (
    Column("stt", "", "STT", "A", 5),
    Column("code", "", "Mã đơn vị", "B", 11),
    Column("name", "", "Tên đơn vị", "C", 22),
    Column("tong_thon", "", "Tổng số thôn, bản, tổ dân phố", "1", 11),
    Column("clb_tn_pcmt", "Câu lạc bộ", 'CLB "Thanh niên phòng, chống ma túy"', "2", 13),
    Column("clb_ban_giup_ban", "Câu lạc bộ", 'CLB "Bạn giúp bạn cai nghiện"', "3", 13),
    Column("clb_pctp_tnxh", "Câu lạc bộ", 'CLB "Phòng chống tội phạm và các tệ nạn xã hội"', "4", 14),
    Column(
        "clb_pn_3_khong", "Câu lạc bộ", 'CLB phụ nữ "3 không" (mua bán, tàng trữ, sử dụng ma túy)', "5", 15
    ),
    Column("mh_2_khong_1_giam", "Mô hình của xã, phường, thị trấn", 'Mô hình "2 không, 1 giảm"', "6", 11),
    Column("mh_2_khong_1_co", "Mô hình của xã, phường, thị trấn", 'Mô hình "2 không, 1 có"', "7", 11),
    Column("buoi_tuyen_truyen", "Tuyên truyền, tập huấn", "Buổi tuyên truyền, phổ biến pháp luật", "8", 12),
    Column("luot_nguoi_tuyen_truyen", "Tuyên truyền, tập huấn", "Lượt người nghe tuyên truyền", "9", 12),
)
HEADER_ROW = 7
"""Row (from 0) where the header begins, below the letterhead and the title."""


@dataclass
class Table:
    """The rows of one sheet: a list of cells each, in column order."""

    sheet: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    totals: bool
    wrong_totals: dict[str, int] = field(default_factory=dict)
    group: str = ""
    """A third header row over all measures, if not empty."""
    hidden: bool = False

    def column(self, code: str) -> int:
        """Return the place of a column."""
        return [column.code for column in self.columns].index(code)


@dataclass
class Return:
    """The content of a commune's workbook."""

    commune: Unit
    district: Unit
    tables: list[Table]
    persons: list[list[Cell]] | None = None
    """Rows of a sheet that lists persons, which a return must not have."""


def slug(name: str) -> str:
    """Return a name as used in file names: ``muong-lai``."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "-".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def percent(numerator: int, denominator: int) -> float:
    """Return a rate in per cent with one decimal, half up, as the sheet shows it."""
    tenths = int(Fraction(numerator * 1000, denominator) + Fraction(1, 2))
    return tenths / 10


def villages_table(commune: Unit) -> Table:
    """Return Biểu 01 of a commune."""
    rows: list[list[Cell]] = []
    for number, village in enumerate(commune.members, start=1):
        figures = village.figures
        rate = percent(figures["ho_dat_gdvh"], figures["tong_ho"])
        cells: dict[str, Cell] = {
            **figures,
            "stt": number,
            "code": village.code,
            "name": village.name,
            "ty_le_ho_dat": rate,
        }
        rows.append([cells[column.code] for column in VILLAGE_COLUMNS])
    title = "Biểu 01: Kết quả theo thôn, bản, tổ dân phố"
    return Table("Biểu 01", title, list(VILLAGE_COLUMNS), rows, totals=True)


def commune_table(commune: Unit) -> Table:
    """Return Biểu 02 of a commune."""
    display = commune.display[:1].upper() + commune.display[1:]
    cells: dict[str, Cell] = {**commune.figures, "stt": 1, "code": commune.code, "name": display}
    row: list[Cell] = [cells[column.code] for column in COMMUNE_COLUMNS]
    title = "Biểu 02: Câu lạc bộ, mô hình và tuyên truyền của xã, phường, thị trấn"
    return Table("Biểu 02", title, list(COMMUNE_COLUMNS), [row], totals=False)


def commune_return(commune: Unit, district: Unit) -> Return:
    """Return the content of a commune's workbook, without faults."""
    return Return(commune, district, [villages_table(commune), commune_table(commune)])


_FORMATS: dict[str, dict[str, Any]] = {
    "plain": {},
    "centre": {"align": "center"},
    "bold": {"bold": True, "align": "center"},
    "title": {"bold": True, "align": "center", "font_size": 14},
    "italic": {"italic": True, "align": "center"},
    "header": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1},
    "mark": {"italic": True, "align": "center", "border": 1},
    "text": {"border": 1},
    "count": {"border": 1, "num_format": "#,##0"},
    "rate": {"border": 1, "num_format": "0.0"},
    "total text": {"border": 1, "bold": True, "align": "center"},
    "total": {"border": 1, "bold": True, "num_format": "#,##0"},
    "total rate": {"border": 1, "bold": True, "num_format": "0.0"},
}


class _Sheet:
    """One sheet being written."""

    def __init__(
        self, book: xlsxwriter.Workbook, formats: dict[str, Any], sent: Return, table: Table
    ) -> None:
        self.page = book.add_worksheet(table.sheet)
        self.formats = formats
        self.sent = sent
        self.table = table
        self.without_value: list[str] = []
        if table.hidden:
            self.page.hide()
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        for place, column in enumerate(table.columns):
            self.page.set_column(place, place, column.width)

    def merge(self, cells: tuple[int, int, int, int], text: str, style: str) -> None:
        """Write text over a range (row, column, row, column), merged where it has more than one cell."""
        if cells[:2] == cells[2:]:
            self.page.write_string(*cells[:2], text, self.formats[style])
        else:
            self.page.merge_range(*cells, text, self.formats[style])

    def write(self, row: int, column: int, cell: Cell, style: str) -> None:
        """Write a cell by its type; text stays text."""
        format_ = self.formats[style]
        if cell is None:
            self.page.write_blank(row, column, None, format_)
        elif isinstance(cell, Formula):
            if cell.value is None:
                self.without_value.append(cell.text)
            self.page.write_formula(
                row, column, f"={cell.text}", format_, 0 if cell.value is None else cell.value
            )
        elif isinstance(cell, str):
            self.page.write_string(row, column, cell, format_)
        else:
            self.page.write_number(row, column, cell, format_)

    def letterhead(self) -> None:
        """Write the committee on the left, the national motto on the right, and the title below."""
        last = len(self.table.columns) - 1
        middle = last // 2
        district, commune = self.sent.district.display.upper(), self.sent.commune.display.upper()
        lines = (
            (0, f"ỦY BAN MTTQ VIỆT NAM {district}", "centre", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "bold"),
            (1, f"ỦY BAN MTTQ VIỆT NAM {commune}", "bold", "Độc lập - Tự do - Hạnh phúc", "bold"),
        )
        for row, left, left_style, right, right_style in lines:
            self.merge((row, 0, row, middle - 1), left, left_style)
            self.merge((row, middle + 1, row, last), right, right_style)
        self.merge((3, 0, 3, last), self.table.title.upper(), "title")
        self.merge((4, 0, 4, last), f"Phong trào Toàn dân bảo vệ an ninh Tổ quốc, năm {YEAR}", "bold")
        place = f"Đơn vị: {self.sent.commune.display}, {self.sent.district.display}, tỉnh {PROVINCE}"
        self.merge((5, 0, 5, last), place, "italic")

    def header(self) -> int:
        """Write the header and its numbering row; return the row below them."""
        columns, row = self.table.columns, HEADER_ROW
        bottom = row + (2 if self.table.group else 1)
        top = bottom - 1
        if self.table.group:
            self.merge((row, 3, row, len(columns) - 1), self.table.group, "header")
        place = 0
        while place < len(columns):
            section = columns[place].section
            end = place
            while section and end + 1 < len(columns) and columns[end + 1].section == section:
                end += 1
            if section:
                self.merge((top, place, top, end), section, "header")
                for member in range(place, end + 1):
                    self.merge((bottom, member, bottom, member), columns[member].header, "header")
            else:
                self.merge((row if place < 3 else top, place, bottom, place), columns[place].header, "header")
            place = end + 1
        self.page.set_row(bottom, 96)
        for place, column in enumerate(columns):
            self.merge((bottom + 1, place, bottom + 1, place), column.mark, "mark")
        return bottom + 2

    def body(self, first: int) -> int:
        """Write the rows and the total row; return the row below them."""
        columns = self.table.columns
        row = first
        for cells in self.table.rows:
            for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                style = "rate" if column.code == "ty_le_ho_dat" else "text" if place < 3 else "count"
                self.write(row, place, cell, style)
            row += 1
        if not self.table.totals:
            return row
        self.merge((row, 0, row, 2), "Tổng cộng", "total text")
        sums = {column.code: self.total(place) for place, column in enumerate(columns)}
        sums.update(self.table.wrong_totals)
        for place in range(3, len(columns)):
            letter, code = chr(65 + place), columns[place].code
            if code == "ty_le_ho_dat":
                upper, lower = (chr(65 + self.table.column(part)) for part in ("ho_dat_gdvh", "tong_ho"))
                rate = percent(int(sums["ho_dat_gdvh"]), int(sums["tong_ho"]))
                formula = Formula(f"ROUND({upper}{row + 1}/{lower}{row + 1}*100,1)", rate)
                self.write(row, place, formula, "total rate")
            elif code in self.table.wrong_totals:
                self.write(row, place, self.table.wrong_totals[code], "total")
            elif columns[place].mark:
                formula = Formula(f"SUM({letter}{first + 1}:{letter}{row})", sums[code])
                self.write(row, place, formula, "total")
        return row + 1

    def total(self, place: int) -> float:
        """Add up a column as a spreadsheet does: text adds nothing, a formula the figure it replaced."""
        code, total = self.table.columns[place].code, 0.0
        for number, cells in enumerate(self.table.rows):
            cell = cells[place]
            if isinstance(cell, int | float):
                total += cell
            elif isinstance(cell, Formula) and number < len(self.sent.commune.members):
                total += self.sent.commune.members[number].figures.get(code, 0)
        return int(total) if total == int(total) else total

    def signatures(self, row: int) -> None:
        """Write place and date, and the block for signatures, unsigned."""
        last = len(self.table.columns) - 1
        right = last - 4
        date = f"{self.sent.commune.sent_as}, ngày 30 tháng 11 năm {YEAR}"
        self.merge((row + 1, right, row + 1, last), date, "italic")
        self.merge((row + 2, 0, row + 2, 3), "NGƯỜI LẬP BIỂU", "bold")
        self.merge((row + 2, right, row + 2, last), "TM. BAN THƯỜNG TRỰC", "bold")
        self.merge((row + 3, 0, row + 3, 3), "(Ký, ghi rõ họ tên)", "italic")
        self.merge((row + 3, right, row + 3, last), "CHỦ TỊCH", "bold")


def workbook(sent: Return) -> bytes:
    """Return the workbook of a commune; the same content gives the same bytes."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"created": CREATED, "title": f"Báo cáo năm {YEAR}"})
    formats = {
        name: book.add_format({"font_name": "Times New Roman", "font_size": 12, **properties})
        for name, properties in _FORMATS.items()
    }
    without_value: list[str] = []
    for table in sent.tables:
        sheet = _Sheet(book, formats, sent, table)
        sheet.letterhead()
        sheet.signatures(sheet.body(sheet.header()))
        without_value += sheet.without_value
    if sent.persons is not None:
        page = book.add_worksheet("Danh sách")
        for row, cells in enumerate(sent.persons):
            page.write_row(row, 0, cells)
    book.close()
    data = target.getvalue()
    for formula in without_value:
        stored, bare = (f"<f>{formula}</f><v>0</v>".encode(), f"<f>{formula}</f>".encode())
        data = rewritten(data, lambda part, stored=stored, bare=bare: part.replace(stored, bare))  # type: ignore[misc]
    return data


def rewritten(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook whose parts have been changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for part in source.infolist():
            copy.writestr(part, change(source.read(part)), compress_type=zipfile.ZIP_DEFLATED)
    return target.getvalue()

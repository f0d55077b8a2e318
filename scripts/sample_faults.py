"""The messy folder: communes of two districts, each with one or two common faults.

Each function changes one return, so that each finding has one cause.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable

from sample_figures import Unit
from sample_layout import Cell, Column, Formula, Return, Table, commune_return, percent, slug, workbook

Files = dict[str, bytes]

MISSING = "04573"
"""Hưng Thịnh sent nothing."""

_CODES = (
    "04303", "04324", "04327", "04336", "04342", "04348", "04363", "04372",
    "04498", "04510", "04516", "04519", "04531", "04537", "04561", "04567", MISSING, "04576",
)  # fmt: skip


def _set(table: Table, row: int, code: str, cell: Cell) -> None:
    table.rows[row][table.column(code)] = cell


def _count(table: Table, row: int, code: str) -> int:
    cell = table.rows[row][table.column(code)]
    if not isinstance(cell, int):
        raise TypeError(f"{code} is spoilt already")
    return cell


def _rate(table: Table, row: int) -> None:
    """Compute the printed rate of a row again, so that the row has only one fault."""
    rate = percent(_count(table, row, "ho_dat_gdvh"), _count(table, row, "tong_ho"))
    _set(table, row, "ty_le_ho_dat", rate)


def text_numbers(sent: Return) -> None:
    """Write the unit of measure into a cell, and a number as text with the thousands mark."""
    villages, commune = sent.tables
    _set(villages, 1, "ho_dang_ky_gdvh", f"{_count(villages, 1, 'ho_dang_ky_gdvh')} hộ")
    _set(commune, 0, "luot_nguoi_tuyen_truyen", "1.691")


def decimal_count(sent: Return) -> None:
    """Type 1.691 on a machine set to English: the cell holds a little more than one and a half."""
    _set(sent.tables[1], 0, "luot_nguoi_tuyen_truyen", 1.691)


def broken_formulas(sent: Return) -> None:
    """Leave an error, and a formula whose value was never stored."""
    _set(sent.tables[0], 0, "tv_to_tu_quan", Formula("#REF!+1", "#REF!"))
    households = sent.commune.members[2].figures["tong_ho"]
    _set(sent.tables[0], 2, "tong_ho", Formula(f"{households - 30}+30", None))


def blank_and_percent(sent: Return) -> None:
    """Leave a required cell blank, and write a rate where a count is asked."""
    _set(sent.tables[0], 0, "ho_dat_gdvh", None)
    _set(sent.tables[0], 3, "ho_dang_ky_gdvh", "95%")


def swapped_codes(sent: Return) -> None:
    """Exchange the codes of two villages; the names stay."""
    rows = sent.tables[0].rows
    rows[1][1], rows[2][1] = rows[2][1], rows[1][1]


def repeated_village(sent: Return) -> None:
    """Give the first village twice, with other figures the second time."""
    rows = sent.tables[0].rows
    rows.append([len(rows) + 1, *rows[0][1:]])
    _set(sent.tables[0], -1, "tong_ho", _count(sent.tables[0], 0, "tong_ho") + 7)
    _rate(sent.tables[0], -1)


def unknown_village(sent: Return) -> None:
    """Report a village that the register does not know."""
    row = sent.tables[0].rows[-1]
    row[1], row[2] = f"{sent.commune.code}099", "Thôn 99"


def wrong_total(sent: Return) -> None:
    """Type the total of households by hand, and wrongly."""
    table = sent.tables[0]
    table.wrong_totals["tong_ho"] = sum(_count(table, row, "tong_ho") for row in range(len(table.rows))) + 100


def more_achieved_than_registered(sent: Return) -> None:
    """Let more households achieve the title than registered for it."""
    table = sent.tables[0]
    _set(table, 0, "ho_dat_gdvh", _count(table, 0, "ho_dang_ky_gdvh") + 12)
    _rate(table, 0)


def hidden_sheet(sent: Return) -> None:
    """Keep last year's table in a hidden sheet."""
    first = sent.tables[0]
    rows = [[*row] for row in first.rows]
    sent.tables.append(Table("Năm trước", first.title, first.columns, rows, totals=True, hidden=True))


def telephones(sent: Return) -> None:
    """Add a column of the village heads' telephone numbers (all invented)."""
    table = sent.tables[0]
    table.columns.append(Column("phone", "", "Số điện thoại trưởng thôn", "", 16))
    for number, row in enumerate(table.rows, start=1):
        row.append(f"09000{number:05}")


def persons(sent: Return) -> None:
    """Add a sheet that lists persons (placeholders)."""
    names = ("Nguyễn Văn A", "Trần Thị B", "Lê Văn C", "Phạm Thị D", "Hoàng Văn E", "Vũ Thị G")
    heads: list[Cell] = ["STT", "Họ và tên", "Năm sinh", "Địa chỉ"]
    village = sent.commune.members[0].name
    lines: list[list[Cell]] = [[number, name, 1970 + number, village] for number, name in enumerate(names, 1)]
    sent.persons = [["Danh sách thành viên tổ tự quản"], heads, *lines]


def three_header_rows(sent: Return) -> None:
    """Span all measures by a third header row. Nothing is wrong with that."""
    sent.tables[0].group = "Kết quả thực hiện năm 2021"


def nothing(_: Return) -> None:
    """Leave the return as it is."""


_XLSX: dict[str, Callable[[Return], None]] = {
    "04324": text_numbers,
    "04327": decimal_count,
    "04336": broken_formulas,
    "04342": blank_and_percent,
    "04363": swapped_codes,
    "04372": repeated_village,
    "04303": unknown_village,
    "04498": wrong_total,
    "04519": more_achieved_than_registered,
    "04531": hidden_sheet,
    "04561": telephones,
    "04567": persons,
    "04516": three_header_rows,
}
"""The faults of each commune's workbook."""

TRUNCATED, RESUBMITTED, WRONG_SUFFIX = "04510", "04576", "04516"
AS_TCVN3, AS_CP1258 = "04348", "04537"

_TCVN3 = bytes.fromhex(
    "A1A2A3A4A5A6A7A8A9AAABACADAEB5B6B7B8B9BBBCBDBEC6C7C8C9CACBCCCECFD0D1D2D3D4D5D6D7D8DCDDDEDFE1E2E3E4E5E6E7E8E9EAEBECEDEEEFF1F2F3F4F5F6F7F8F9FAFBFCFDFE"
).decode("cp1252")
_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
"""The letters of the TCVN3 (ABC) fonts, in the order of their bytes above; it has no capitals with tones."""


def tcvn3(text: str) -> bytes:
    """Return text in TCVN3 (ABC fonts)."""
    return text.translate(str.maketrans(_LETTERS, _TCVN3)).encode("cp1252")


def cp1258(text: str) -> bytes:
    """Return text in Windows-1258, with tones as separate characters."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    apart = []
    for letter in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", letter)
        bare = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        apart.append(bare + "".join(mark for mark in marks if mark in tones))
    return "".join(apart).encode("cp1258")


def as_csv(tables: list[Table], delimiter: str) -> str:
    """Return tables of one kind as one CSV: the title, the header in one row, the rows of all."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    lines.writerow([tables[0].title])
    lines.writerow([column.header for column in tables[0].columns])
    for table in tables:
        lines.writerows(table.rows)
    return text.getvalue()


def register_rows(units: dict[str, Unit]) -> list[Unit]:
    """Return the units of the messy folder's register, in register order."""
    communes = [unit for unit in units.values() if unit.code in _CODES]
    above = [unit for unit in units.values() if unit.code in {"15", "135", "138"}]
    return [*above, *communes, *(village for commune in communes for village in commune.members)]


def messy_files(units: dict[str, Unit]) -> Files:
    """Return the files of the folder by path."""
    files: Files = {}
    in_text: list[Table] = []
    for code in _CODES:
        if code == MISSING:
            continue
        commune, district = units[code], units[units[code].parent]
        stem = slug(commune.name) if slug(commune.name) != "minh-quan" else f"minh-quan-{code}"
        path = f"{slug(district.name)}/{stem}"
        sent = commune_return(commune, district)
        if code in {AS_TCVN3, AS_CP1258}:
            in_text.append(sent.tables[1])
            table = sent.tables[:1]
            files[f"{path}.csv"] = (
                tcvn3(as_csv(table, ",")) if code == AS_TCVN3 else cp1258(as_csv(table, ";"))
            )
        elif code == TRUNCATED:
            data = workbook(sent)
            files[f"{path}.xlsx"] = data[: len(data) * 3 // 5]
        elif code == RESUBMITTED:
            files[f"{path}_v2.xlsx"] = workbook(sent)
            villages = sent.tables[0]
            _set(villages, 0, "tong_ho", _count(villages, 0, "tong_ho") + 5)
            _rate(villages, 0)
            files[f"{path}.xlsx"] = workbook(sent)
        else:
            _XLSX[code](sent)
            files[f"{path}.{'xls' if code == WRONG_SUFFIX else 'xlsx'}"] = workbook(sent)
    files["bieu-02-hai-xa.csv"] = as_csv(in_text, ",").encode("utf-8-sig")
    return files

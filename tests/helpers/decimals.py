"""A form whose measures have decimals, two periods of its returns in four file formats, and their sums.

Roads are in km with one decimal, money in million đồng with three, and hamlets are counted. A rule compares
measures of different decimals with each other, and two ratios divide them.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from helpers.returns import V1, V2, V3, W1, W2, setup, write_csv, write_ods, write_xls, write_xlsx

FORM = """
[form]
id = "duong"
version = "{period}"
period = "{period}"
title = {{ vi = "Đường giao thông nông thôn", en = "Rural roads" }}

[[table]]
code = "01"
level = "village"
title = {{ vi = "Biểu 01: Đường theo thôn", en = "Table 01: roads by village" }}

[[section]]
code = "S1"
label = {{ vi = "Đường", en = "Roads" }}

[[measure]]
code = "duong"
section = "S1"
label = {{ vi = "Chiều dài đường", en = "Length of roads" }}
unit = {{ vi = "km", en = "km" }}
decimals = {km}
min = 0.5
max = 2500
max_change = 0.5

[[measure]]
code = "cung_hoa"
section = "S1"
label = {{ vi = "Đường đã cứng hóa", en = "Paved roads" }}
unit = {{ vi = "km", en = "km" }}
decimals = 1

[[measure]]
code = "kinh_phi"
section = "S1"
label = {{ vi = "Kinh phí sửa đường", en = "Cost of repairs" }}
unit = {{ vi = "triệu đồng", en = "million đồng" }}
decimals = 3
time = "flow"

[[measure]]
code = "xom"
section = "S1"
label = {{ vi = "Số xóm", en = "Hamlets" }}
unit = {{ vi = "xóm", en = "hamlets" }}

[[ratio]]
code = "ty_le_cung_hoa"
section = "S1"
label = {{ vi = "Tỷ lệ đường cứng hóa", en = "Share of paved roads" }}
numerator = "cung_hoa"
denominator = "duong"
decimals = 1

[[ratio]]
code = "kinh_phi_moi_km"
section = "S1"
label = {{ vi = "Kinh phí mỗi km đường", en = "Cost per km" }}
numerator = "kinh_phi"
denominator = "duong"
per = 1
decimals = 2

[[rule]]
code = "E01"
check = "cung_hoa <= duong"
severity = "hard"
message = {{ vi = "Đường cứng hóa nhiều hơn đường", en = "More paved roads than roads" }}

[[rule]]
code = "E02"
check = "kinh_phi <= 100.125 * duong + 0.5 * xom"
severity = "soft"
message = {{ vi = "Kinh phí quá lớn", en = "The cost is very high" }}
"""

HEAD = ["Mã thôn", "Tên thôn", "Chiều dài đường", "Đường đã cứng hóa", "Kinh phí sửa đường", "Số xóm"]

FIGURES: dict[tuple[str, str], tuple[str, str, str, int]] = {
    V1: ("12.5", "0.3", "1691.125", 4),
    V2: ("1691.5", "1690.9", "0.001", 3),
    V3: ("7.0", "0.0", "250.000", 2),
    W1: ("0.5", "0.5", "12.345", 1),
    W2: ("33.3", "31.1", "1000.007", 5),
}
"""The figures of each village, in the digits of the published text."""


def total(place: int) -> Decimal:
    """Return the exact sum of a measure over all villages."""
    return sum((Decimal(figures[place]) for figures in FIGURES.values()), Decimal(0))


def write_period(folder: Path, period: str = "2021", km: int = 1) -> Path:
    """Write a period: returns as xlsx, xls, ods and csv, with figures as numbers and texts.

    Parameters
    ----------
    folder : receives form, register and returns.
    period : name of the period.
    km : number of decimals of the roads.
    """
    setup(folder, form=FORM.format(period=period, km=km))
    rows = {
        V1: (12.5, 0.1 + 0.2, 1691.125, 4),
        V2: ("1.691,5", "1690,9", "0,001", 3),
        V3: (7, "-", 250, "2"),
        W1: (0.5, "0,5", 12.345, 1),
        W2: ("33,3", "31,1", "1.000,007", 5),
    }
    total_of_first = [None, "Cộng", 1704, 1691.2, 1691.126, 7]
    write_xlsx(folder / "a.xlsx", [HEAD, *([*unit, *rows[unit]] for unit in (V1, V2)), total_of_first])
    write_xls(folder / "b.xls", [HEAD, [*V3, *rows[V3]]])
    write_ods(folder / "c.ods", [HEAD, [*W1, *rows[W1]]])
    write_csv(folder / "d.csv", [HEAD, [*W2, *rows[W2]]], delimiter=";")
    return folder

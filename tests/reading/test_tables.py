"""Where a table stands and what its columns are: headers, numbering, totals, ratios, signatures, periods."""

# ruff: noqa: E501 - a case is best read on one line

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from antq_stats.findings import catalogue
from antq_stats.render.words import names_of
from helpers.reading import Outcome, read_folder
from helpers.returns import Raw, setup, sheet, write_csv, write_ods, write_xlsx

FORM = """
[form]
id = "thu"
version = "1"
title = { vi = "Kết quả", en = "Results" }

[[table]]
code = "A1"
level = "thon"
title = { vi = "Biểu A1: theo thôn", en = "Table A1: by village" }

[[section]]
code = "dan"
label = { vi = "Dân cư", en = "Population" }

[[measure]]
code = "ho"
section = "dan"
label = { vi = "Số hộ dân", en = "Households" }
unit = { vi = "hộ", en = "households" }
kind = "count"

[[measure]]
code = "clb"
label = { vi = "Số câu lạc bộ", en = "Clubs" }
unit = { vi = "CLB", en = "clubs" }
kind = "count"

[[measure]]
code = "dk"
section = "dan"
label = { vi = "Hộ đăng ký", en = "Registered" }
unit = { vi = "hộ", en = "households" }
kind = "count"
required = false

[[measure]]
code = "vh"
label = { vi = "Thôn văn hóa", en = "Cultural village" }
kind = "flag"
required = false

[[ratio]]
code = "tl"
label = { vi = "Tỷ lệ đăng ký", en = "Share registered" }
numerator = "dk"
denominator = "ho"
decimals = 1
"""

UNITS = """\
code,name,level,parent
T,Tỉnh Sông Thao,tinh,
T1,Xã Minh Quân,xa,T
T101,Thôn 1,thon,T1
T102,Thôn Cộng Lực,thon,T1
T103,Tổng Pọng,thon,T1
"""
ROWS = """
Thôn 1 | 10 | 1 | 5
Thôn Cộng Lực | 20 | 2 | 6
Tổng Pọng | 30 | 3 | 7
"""
PLAIN = {"ho": 60, "clb": 6, "dk": 18}


class Case(NamedTuple):
    """A sheet, and what must come of it; merges are left out in the CSV."""

    text: str
    sums: dict[str, int | None] = PLAIN
    found: tuple[tuple[str, str | None], ...] = ()
    merges: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("xlsx", "csv")
    name: str = "Minh Quân"
    sheet: str = "Sheet1"


def outcome_of(folder: Path, case: Case, kind: str) -> Outcome:
    setup(folder, form=FORM, units=UNITS)
    rows = sheet(case.text)
    if kind == "csv":
        write_csv(folder / f"{case.name}.csv", rows)
    else:
        write_xlsx(folder / f"{case.name}.xlsx", {case.sheet: rows}, merges=case.merges)
    return read_folder(folder)


CASES = {
    "plain": Case("Tên thôn | Số hộ dân | Số câu lạc bộ | Hộ đăng ký" + ROWS),
    "other-order": Case(
        "Hộ đăng ký | Số câu lạc bộ | Tên thôn | Số hộ dân\n 5|1|Thôn 1|10\n 6|2|Thôn Cộng Lực|20\n 7|3|Tổng Pọng|30"
    ),
    "english": Case("Name | Households | Clubs | Registered" + ROWS),
    "codes-of-measures": Case("name | ho | clb | dk" + ROWS),
    "capitals-spaces-footnotes-units": Case("TÊN  THÔN | SỐ HỘ  DÂN (hộ) | Số câu lạc bộ (*) | Hộ đăng ký¹" + ROWS),
    "decomposed": Case("Te\u0302n tho\u0302n | So\u0302\u0301 ho\u0323\u0302 da\u0302n | So\u0302\u0301 ca\u0302u la\u0323c bo\u0323\u0302 | Ho\u0323\u0302 đăng ky\u0301" + ROWS),
    "old-tone-marks": Case(
        "Tên thôn | Số hộ dân | Số câu lạc bộ | Thôn văn hoá\nThôn 1|10|1|x\nThôn Cộng Lực|20|2|không\nTổng Pọng|30|3|X",
        {"ho": 60, "clb": 6, "vh": 2},
    ),
    "titles-and-signature": Case(
        """
        UBND XÃ MINH QUÂN | ~ | ~ | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
        ~ | ~ | ~ | Độc lập - Tự do - Hạnh phúc
        BÁO CÁO KẾT QUẢ NĂM 2021
        (Kèm theo Kế hoạch số 12 ngày 03 tháng 4 năm 2019)
        ~ | ~ | ~ | Đơn vị tính: hộ
        STT | Tên thôn | Số hộ dân | Số câu lạc bộ | Hộ đăng ký
        1 | Thôn 1 | 10 | 1 | 5
        2 | Thôn Cộng Lực | 20 | 2 | 6
        3 | Tổng Pọng | 30 | 3 | 7
        ~ | Tổng cộng | 60 | 6 | 18
        ~
        Ghi chú: 3 thôn, số liệu đến 30/11/2021
        NGƯỜI LẬP BIỂU | ~ | ~ | Minh Quân, ngày 05 tháng 01 năm 2022
        (Ký, ghi rõ họ tên) | ~ | ~ | TM. BAN THƯỜNG TRỰC
        """
    ),
    "a-blank-below-the-header-is-no-header-again": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\n~|~|~|(hộ)\nThôn 1|10|1|5\nThôn Cộng Lực|…|~|6\nTổng Pọng|30|3|7",
        {"ho": 40, "clb": 4, "dk": 18}, (("C102", "B4"), ("C101", "C4")), kinds=("xlsx",),
        merges=("A1:A2", "B1:B2", "C1:C2"),
    ),
    "first-row-does-not-part-a-double-column": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|Thôn văn hóa|Thôn văn hóa\nThôn 1|10|1|không|0\nThôn Cộng Lực|20|2|0|0\nTổng Pọng|30|3|0|0",
        {"ho": 60, "clb": 6, "vh": None}, (("T202", "E1"),),
    ),
    "double-column-below-a-section-left-of-it": Case(
        "Tên thôn|Dân cư|Số câu lạc bộ|Số hộ dân\n~|Số hộ dân|~|~\nThôn 1|11|1|10\nThôn Cộng Lực|21|2|20\nTổng Pọng|31|3|30",
        {"ho": None, "clb": 6}, (("T202", "D2"),), merges=("A1:A2", "C1:C2", "D1:D2"), kinds=("xlsx",),
    ),
    "total-above-that-looks-like-a-year": Case(
        "Mã đơn vị|Tên thôn|Số hộ dân|Số câu lạc bộ\nTổng cộng|~|2008|~\nT101|Thôn 1|1008|1\nT102|Thôn Cộng Lực|500|2\nT103|Tổng Pọng|500|3",
        {"ho": 2008, "clb": 6},
    ),
    "total-above-that-looks-like-a-year-under-the-ordinal": Case(
        "STT|Tên thôn|Số hộ dân|Số câu lạc bộ\nTổng cộng|~|2008|~\n1|Thôn 1|1008|1\n2|Thôn Cộng Lực|500|2\n3|Tổng Pọng|500|3",
        {"ho": 2008, "clb": 6},
    ),
    "total-in-the-column-of-the-commune": Case(
        "Xã|Mã thôn|Số hộ dân|Số câu lạc bộ\nMinh Quân|T101|…|1\nMinh Quân|T102|20|2\nMinh Quân|T103|30|3\nTổng cộng|~|50|6",
        {"ho": 50, "clb": 6}, (("C102", "C2"),),
    ),
    "total-by-the-register-s-word-for-a-level": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ\nThôn 1|…|1\nThôn Cộng Lực|20|2\nTổng Pọng|30|3\nToàn tinh|50|6",
        {"ho": 50, "clb": 6}, (("C102", "B2"),),
    ),
    "unit-of-measure-announced": Case("Tên thôn | Số hộ dân (ĐVT: hộ) | Số câu lạc bộ, đơn vị tính: CLB | Hộ đăng ký" + ROWS),
    "row-of-flags-alone-that-is-no-unit-s": Case(
        "Tên thôn|Thôn văn hóa|Số hộ dân|Số câu lạc bộ\nThôn 1|x|10|1\nThôn Lạ|có|~|~\nTổng Pọng|không|30|3",
        {"vh": 1, "ho": 40}, (("U101", "A3"),),
    ),
    "numbering-of-an-only-column": Case(
        "STT|Tên thôn|Số hộ dân\nA|B|1\n1|Thôn 1|10\n2|Thôn Cộng Lực|20\n3|Tổng Pọng|30",
        {"ho": 60}, (("T201", None),),
    ),
    "numbering-with-letters": Case("STT|Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nA|B|1|2|3\n1|Thôn 1|10|1|5\n2|Thôn Cộng Lực|20|2|6\n3|Tổng Pọng|30|3|7"),
    "numbering-in-brackets": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\n(1)|(2)|(3)|(4)" + ROWS),
    "numbering-roman": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nI|II|III|IV" + ROWS),
    "numbering-with-a-gap": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\n(1)|(2)|(3)|(5)" + ROWS),
    "numbering-with-words-in-a-formula": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký|Chung\nA|1|2|3|4=tổng\nThôn 1|10|1|5|9\nThôn Cộng Lực|20|2|6|9\nTổng Pọng|30|3|7|9", found=(("T203", "E1"),)),
    "header-arithmetic-right": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký|Tỷ lệ đăng ký\nA|1|2|3|4=3/1*100\nThôn 1|10|1|5|50\nThôn Cộng Lực|20|2|6|30\nTổng Pọng|30|3|7|'23,3"),
    "header-arithmetic-wrong": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký|Cả hai\nA|1|2|3|4=1+2\nThôn 1|10|1|5|11\nThôn Cộng Lực|20|2|6|23\nTổng Pọng|30|3|7|33",
        found=(("T203", "E1"), ("T304", "E4")),
    ),
    "header-at-row-60": Case("~\n" * 60 + "~|~|Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\n~|~|Thôn 1|10|1|5\n~|~|Thôn Cộng Lực|20|2|6\n~|~|Tổng Pọng|30|3|7"),
    "two-rows": Case(
        "STT|Tên thôn|Dân cư|~|Số câu lạc bộ\n~|~|Số hộ dân|Hộ đăng ký|~\n1|Thôn 1|10|5|1\n2|Thôn Cộng Lực|20|6|2\n3|Tổng Pọng|30|7|3",
        merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2"),
    ),
    "three-rows": Case(
        """
        STT | Tên thôn | Kết quả năm 2021 | ~ | ~ | ~
        ~ | ~ | Hộ gia đình | ~ | Câu lạc bộ | Thôn văn hóa
        ~ | ~ | Số hộ dân | Hộ đăng ký | Số câu lạc bộ | ~
        (1) | (2) | (3) | (4) | (5) | (6)
        1 | Thôn 1 | 10 | 5 | 1 | x
        2 | Thôn Cộng Lực | 20 | 6 | 2 | ~
        3 | Tổng Pọng | 30 | 7 | 3 | x
        """,
        {**PLAIN, "vh": 2},
        merges=("A1:A3", "B1:B3", "C1:F1", "C2:D2", "F2:F3"),
    ),
    "two-years-side-by-side": Case(
        "Tên thôn|Số hộ dân|~|Số câu lạc bộ|Hộ đăng ký\n~|Năm 2020|Năm 2021|~|~\nThôn 1|9|10|1|5\nThôn Cộng Lực|19|20|2|6\nTổng Pọng|29|30|3|7",
        found=(("T203", "B2"),),
        merges=("A1:A2", "B1:C1", "D1:D2", "E1:E2"),
    ),
    "two-years-above": Case(
        "Tên thôn|Năm 2020|~|Năm 2021|~|~\n~|Số hộ dân|Số câu lạc bộ|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nThôn 1|9|0|10|1|5\nThôn Cộng Lực|19|0|20|2|6\nTổng Pọng|29|0|30|3|7",
        found=(("T203", "B2"), ("T203", "C2")),
        merges=("A1:A2", "B1:C1", "D1:F1"),
    ),
    "year-behind-the-label": Case(
        "Tên thôn|Số hộ dân năm 2020|Số hộ dân năm 2021|Số câu lạc bộ (2021)|Hộ đăng ký\nThôn 1|9|10|1|5\nThôn Cộng Lực|19|20|2|6\nTổng Pọng|29|30|3|7",
        found=(("T203", "B1"),),
    ),
    "year-as-a-number": Case(
        "Tên thôn|Số hộ dân|~|Số câu lạc bộ|Hộ đăng ký\n~|2020|2021|~|~\nThôn 1|9|10|1|5\nThôn Cộng Lực|19|20|2|6\nTổng Pọng|29|30|3|7",
        found=(("T203", "B2"),),
    ),
    "only-another-year": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\n~|Năm 2020|~|~" + ROWS, {"ho": None, "clb": 6, "dk": 18}, (("T201", None), ("T203", "B2"))
    ),
    "another-year-over-two-columns": Case(
        "~|Năm 2020|~|~\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS, {"ho": None, "clb": None, "dk": None}, (("T103", "B2"),), merges=("B1:D1",)
    ),
    "plan-and-result": Case(
        "Tên thôn|Số hộ dân|~|Số câu lạc bộ|Hộ đăng ký\n~|Kế hoạch|Thực hiện|~|~\nThôn 1|9|10|1|5\nThôn Cộng Lực|19|20|2|6\nTổng Pọng|29|30|3|7",
        found=(("T203", "B2"),),
        merges=("A1:A2", "B1:C1", "D1:D2", "E1:E2"),
    ),
    "women-and-men": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|~|~|Hộ đăng ký\n~|~|Tổng số|Nam|Nữ|~\nThôn 1|10|1|0|1|5\nThôn Cộng Lực|20|2|1|1|6\nTổng Pọng|30|3|1|2|7",
        found=(("T203", "D2"), ("T203", "E2")),
        merges=("A1:A2", "B1:B2", "C1:E1", "F1:F2"),
    ),
    "women-and-men-without-total": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|~|Hộ đăng ký\n~|~|Nam|Nữ|~\nThôn 1|10|0|1|5\nThôn Cộng Lực|20|1|1|6\nTổng Pọng|30|1|2|7",
        {"ho": 60, "clb": None, "dk": 18},
        (("T201", None), ("T203", "C2"), ("T203", "D2")),
        merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2"),
    ),
    "share-beside-its-count": Case(
        "Tên thôn|Số hộ dân|Hộ đăng ký|~|Số câu lạc bộ\n~|~|SL|%|~\nThôn 1|10|5|50|1\nThôn Cộng Lực|20|6|30|2\nTổng Pọng|30|7|23|3",
        found=(("T203", "D2"),),
        merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2"),
    ),
    "count-in-its-unit-beside-a-share": Case(
        "Tên thôn|Số hộ dân|Hộ đăng ký|~|Số câu lạc bộ\n~|~|Số hộ|Tỷ lệ %|~\nThôn 1|10|5|50|1\nThôn Cộng Lực|20|6|30|2\nTổng Pọng|30|7|23|3",
        found=(("T203", "D2"),),
        merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2"),
    ),
    "of-which": Case(
        "Tên thôn|Số hộ dân|~|Số câu lạc bộ\n~|Tổng số|Trong đó: Hộ đăng ký|~\nThôn 1|10|5|1\nThôn Cộng Lực|20|6|2\nTổng Pọng|30|7|3",
        merges=("A1:A2", "B1:C1", "D1:D2"),
    ),
    "of-which-on-a-row-of-its-own": Case(
        "Tên thôn|Số hộ dân|~|~|Số câu lạc bộ\n~|Tổng số|Trong đó|~|~\n~|~|Hộ nghèo|Hộ đăng ký|~\nThôn 1|10|1|5|1\nThôn Cộng Lực|20|2|6|2\nTổng Pọng|30|3|7|3",
        found=(("T203", "C3"),),
        merges=("A1:A3", "B1:D1", "C2:D2", "E1:E3"),
    ),
    "one-header-over-two-columns": Case(
        "Tên thôn|Số hộ dân|~|Số câu lạc bộ|Hộ đăng ký\nThôn 1|10|~|1|5\nThôn Cộng Lực|20|~|2|6\nTổng Pọng|30|~|3|7",
        merges=("B1:C1", "B2:C2", "B3:C3", "B4:C4"),
    ),
    "column-twice": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký|Số hộ dân\nThôn 1|10|1|5|10\nThôn Cộng Lực|20|2|6|21\nTổng Pọng|30|3|7|30",
        {"ho": None, "clb": 6, "dk": 18},
        (("T202", "E1"),),
    ),
    "column-missing": Case("Tên thôn|Số hộ dân|Hộ đăng ký\nThôn 1|10|5\nThôn Cộng Lực|20|6\nTổng Pọng|30|7", {"ho": 60, "clb": None, "dk": 18}, (("T201", None),)),
    "column-nearly": Case("Tên thôn|Số hộ dânn|Số câu lạc bộ|Hộ đăng ký" + ROWS, {"ho": None, "clb": 6, "dk": 18}, (("T201", None), ("T204", "B1"))),
    "column-unknown": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký|Số trâu\nThôn 1|10|1|5|9\nThôn Cộng Lực|20|2|6|9\nTổng Pọng|30|3|7|9", found=(("T203", "E1"),)),
    "column-optional-not-there": Case("Tên thôn|Số hộ dân|Số câu lạc bộ\nThôn 1|10|1\nThôn Cộng Lực|20|2\nTổng Pọng|30|3", {"ho": 60, "clb": 6, "dk": None}),
    "total-first": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nToàn xã|60|6|18" + ROWS),
    "total-by-the-name-of-the-commune": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nXã Minh Quân|60|6|18" + ROWS),
    "total-under-the-ordinal": Case("STT|Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\n1|Thôn 1|10|1|5\n2|Thôn Cộng Lực|20|2|6\n3|Tổng Pọng|30|3|7\nTổng cộng (3 thôn)|~|60|6|18"),
    "total-without-a-label": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS + "~|60|6|18"),
    "total-wrong": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS + "Tổng cộng|60|7|18", found=(("T301", "C5"),)),
    "total-first-wrong": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nXã Minh Quân|61|6|18" + ROWS, found=(("T301", "B2"),)),
    "totals-of-pages": Case(
        """
        Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký
        Thôn 1|10|1|5
        Cộng trang|10|1|5
        Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký
        (1)|(2)|(3)|(4)
        Mang sang|10|1|5
        Thôn Cộng Lực|20|2|6
        Tổng Pọng|30|3|7
        Cộng|60|6|18
        """
    ),
    "header-of-two-rows-on-every-page": Case(
        """
        Tên thôn|Dân cư|~|Số câu lạc bộ
        ~|Số hộ dân|Hộ đăng ký|~
        1|2|3|4
        Thôn 1|10|5|1
        Thôn Cộng Lực|20|6|2
        Tên thôn|Dân cư|~|Số câu lạc bộ
        ~|Số hộ dân|Hộ đăng ký|~
        1|2|3|4
        Tổng Pọng|30|7|3
        """
    ),
    "row-without-unit": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS + "~|4|4|4", found=(("U106", "A5"),)),
    "row-of-an-unknown-village": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS + "Toàn Thắng|4|4|4", found=(("U101", "A5"),)),
    "remark-that-names-a-village": Case(
        "Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký|Ghi chú\nThôn 1|10|1|5|~\nThôn Cộng Lực|20|2|6|~\n~|30|3|7|Tổng Pọng", {"ho": 30, "clb": 3, "dk": 11}, (("U106", "A4"),)
    ),
    "no-header-for-the-names": Case("~|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS),
    "another-year-in-the-title": Case("BÁO CÁO NĂM 2020\n\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS, {"ho": None}, (("F203", "A1"),)),
    "last-year-beside-this-year-in-the-title": Case("NĂM 2021 SO VỚI NĂM 2020\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS),
    "signed-in-january": Case("Minh Quân, ngày 05 tháng 01 năm 2022\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS),
    "signed-in-january-for-another-year": Case(
        "Minh Quân, ngày 05 tháng 01 năm 2021\nKẾT QUẢ NĂM 2020\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS, {"ho": None}, (("F203", "A2"),)
    ),
    "plan-of-another-year-in-the-title": Case("Thực hiện Kế hoạch năm 2020, kết quả 2021\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS),
    "two-periods-on-one-sheet": Case(
        "NĂM 2020\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nThôn 1|1|1|1\nTổng|1|1|1\n~\nNĂM 2021\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký" + ROWS,
        found=(("F203", "A1"),),
    ),
    "another-year-goes-on-over-the-page": Case(
        "NĂM 2020\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nThôn 1|1|1|1\n(tiếp theo)\nTên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký\nThôn Cộng Lực|1|1|1",
        {"ho": None},
        (("F203", "A1"),),
    ),
    "no-table": Case("Danh mục | Trang\nMở đầu | 1\nKết luận | 2", {"ho": None}, (("T101", None),)),
    "header-alone": Case("Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký", {"ho": None, "clb": None}, (("T106", None),)),
}  # fmt: skip


def _each() -> list[object]:
    return [
        pytest.param(case, kind, id=f"{name}-{kind}") for name, case in CASES.items() for kind in case.kinds
    ]


SPANS = {(0, 0): (3, 1), (0, 1): (3, 1), (0, 2): (1, 4), (1, 2): (1, 2), (1, 5): (2, 1)}
"""What is merged in the header of ``three-rows``: row and column -> rows and columns."""


def test_a_label_merged_down_at_the_end_of_a_header_keeps_its_column(tmp_path: Path) -> None:
    """A cell merged with the one above is none of its row, which so ends before the label's column."""
    case = CASES["three-rows"]
    folder = setup(tmp_path / "2021", form=FORM, units=UNITS)
    rows = [row[: max(at for at, cell in enumerate(row) if cell) + 1] for row in sheet(case.text)]
    for (row, column), (down, across) in SPANS.items():
        rows[row][column] = Raw(
            f'<table:table-cell table:number-rows-spanned="{down}" table:number-columns-spanned="{across}" '
            f'office:value-type="string"><text:p>{rows[row][column]}</text:p></table:table-cell>'
        )
    write_ods(folder / "a.ods", rows)
    outcome = read_folder(folder)
    assert {code: outcome.sum(code) for code in case.sums} == case.sums


@pytest.mark.parametrize(("case", "kind"), _each())
def test_a_sheet_gives_the_true_sums_or_a_finding_at_the_cell(tmp_path: Path, case: Case, kind: str) -> None:
    outcome = outcome_of(tmp_path / "2021", case, kind)
    assert {code: outcome.sum(code) for code in case.sums} == case.sums
    found = [(f.code, f.cell) for f in outcome.findings if f.code not in ("U301", "U302", "R201")]
    assert sorted(found, key=str) == sorted(case.found, key=str)
    for finding in outcome.findings:
        if finding.cell and finding.value is not None:
            assert _cell(sheet(case.text), finding.cell) == finding.value, finding


def _cell(rows: list[list[object]], cell: str) -> str:
    column, row = ord(cell[0]) - ord("A"), int(cell[1:]) - 1
    return str(rows[row][column])


def test_measures_that_may_not_be_given_here_are_refused_alone(tmp_path: Path) -> None:
    higher = """
[[table]]
code = "A2"
level = "xa"
title = { vi = "Biểu A2: theo xã", en = "Table A2: by commune" }

[[measure]]
code = "nghien"
table = "A2"
label = { vi = "Số người nghiện", en = "Drug users" }
kind = "count"
sensitive = "yes"
required = false
"""
    form = FORM.replace('kind = "count"\n', 'kind = "count"\ntable = "A1"\n').replace(
        'kind = "flag"\n', 'kind = "flag"\ntable = "A1"\n'
    )
    folder = setup(tmp_path / "2021", higher, form=form, units=UNITS)
    write_csv(
        folder / "Minh Quân.csv", sheet("Tên thôn|Số hộ dân|Số câu lạc bộ|Số người nghiện\nThôn 1|10|1|3")
    )
    outcome = read_folder(folder)
    assert not outcome.faults
    assert outcome.hard == [("D201", "D1")]
    assert (outcome.sum("nghien"), outcome.sum("ho")) == (None, 10)


@pytest.mark.parametrize("order", ["A1|A2", "A2|A1"])
def test_a_title_tells_two_tables_with_the_same_header_apart(tmp_path: Path, order: str) -> None:
    form = """
[form]
id = "hai"
version = "1"
title = { vi = "Hai", en = "Two" }
[[table]]
code = "A1"
level = "thon"
title = { vi = "Biểu số 1: đầu năm", en = "Table 1: January" }
[[table]]
code = "A2"
level = "thon"
title = { vi = "Biểu số 2: cuối năm", en = "Table 2: December" }
[[measure]]
code = "dau"
table = "A1"
label = { vi = "Số hộ", en = "Households" }
kind = "count"
[[measure]]
code = "cuoi"
table = "A2"
label = { vi = "Số hộ", en = "Households" }
kind = "count"
"""
    folder = setup(tmp_path / "2021", form=form, units=UNITS)
    titles = {"A1": ("Biểu 01", 1), "A2": ("Biểu số 2: cuối năm", 5)}
    texts = [
        f"{title}\nTên thôn|Số hộ\nThôn 1|{value}"
        for title, value in (titles[code] for code in order.split("|"))
    ]
    write_csv(folder / "Minh Quân.csv", sheet("\n~\n".join(texts)))
    outcome = read_folder(folder)
    assert (outcome.sum("dau"), outcome.sum("cuoi"), outcome.codes) == (1, 5, [])
    write_csv(folder / "Minh Quân.csv", sheet("Tên thôn|Số hộ\nThôn 1|1"))
    assert read_folder(folder).hard == [("T102", None)]


MORE = """
[[measure]]
code = "dat"
label = { vi = "Hộ đạt", en = "Achieved" }
unit = { vi = "hộ", en = "households" }
kind = "count"

[[ratio]]
code = "tl_dat"
label = { vi = "Tỷ lệ đạt", en = "Share achieved" }
numerator = "dat"
denominator = "ho"
"""


@pytest.mark.parametrize(
    ("printed", "fits"),
    [
        ("'81,1", None),  # right: nothing is found
        ("'85,0", "dk"),  # over those registered
        ("'0,85", "dk"),
        ("'79,0", ""),  # over nothing the form knows
        ("'500,0", ""),  # 340 / 68, but clubs are no base for households
    ],
)
def test_a_ratio_over_another_base_names_that_base(tmp_path: Path, printed: str, fits: str | None) -> None:
    setup(tmp_path, MORE, form=FORM, units=UNITS)
    rows = sheet(f"""
        Tên thôn|Số hộ dân|Số câu lạc bộ|Hộ đăng ký|Hộ đạt|Tỷ lệ đạt
        Thôn 1|419|68|400|340|{printed}
        Thôn Cộng Lực|20|2|6|5|~
        Tổng Pọng|30|3|7|6|~
    """)
    write_xlsx(tmp_path / "Minh Quân.xlsx", rows)
    outcome = read_folder(tmp_path)
    found = [finding for finding in outcome.findings if finding.code == "T302"]
    assert [finding.cell for finding in found] == ([] if fits is None else ["F2"])
    assert [finding.facts.get("fits", "") for finding in found] == ([] if fits is None else [fits])
    form, register = outcome.collection.form, outcome.collection.register
    for finding in found:
        said = catalogue.message(finding, "vi", names_of(form, register, "vi"))
        assert ("tỷ lệ trên “Hộ đăng ký”, không phải trên “Số hộ dân”" in said) == (fits == "dk")
        assert "[" not in said + catalogue.hint(finding, "en")

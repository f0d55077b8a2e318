"""Which unit a row belongs to: codes, names, titles, folders; twice, foreign, unknown, no longer in force."""

# ruff: noqa: E501 - a case is best read on one line

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from antq_stats.plan import Limits, Units
from antq_stats.reading.units.mentions import unit_of_path
from antq_stats.reading.units.resolve import Identity, Resolver
from antq_stats.register.register import load_register
from antq_stats.words.name_index import loose_key
from helpers.reading import Outcome, read_folder
from helpers.returns import setup, sheet, write_csv, write_xlsx

FORM = """
[form]
id = "thu"
version = "1"
title = { vi = "Kết quả", en = "Results" }

[[table]]
code = "A1"
level = "thon"
title = { vi = "Biểu A1: theo thôn", en = "Table A1: by village" }

[[measure]]
code = "ho"
label = { vi = "Số hộ dân", en = "Households" }
unit = { vi = "hộ", en = "households" }
kind = "count"

[[measure]]
code = "clb"
label = { vi = "Số câu lạc bộ", en = "Clubs" }
kind = "count"
required = false
"""

UNITS = """\
code,name,level,parent,valid_from,valid_to
T,Tỉnh Sông Thao,tinh,,,
T1,Huyện Đông,huyen,T,,
T2,Huyện Tây,huyen,T,,
0101,Xã Minh Quán,xa,T1,,
0102,Xã Minh Quân,xa,T1,,
0201,Thị trấn Hòa Bình,xa,T2,,
0202,Xã Minh Quân,xa,T2,,
010101,Thôn 1,thon,0101,,
010102,Thôn 2,thon,0101,,
010110,Thôn 10,thon,0101,,
010201,Thôn 1,thon,0102,,
010202,Thôn Minh Quân,thon,0102,,
020101,Tổ dân phố số 1,thon,0201,,
020102,Tổ dân phố số 10,thon,0201,,
020103,Bản Mù,thon,0201,,
020201,Thôn Đông,thon,0202,,
020299,Thôn Cũ,thon,0202,,2019-12-31
"""
HEAD = "Tên thôn | Số hộ dân\n"
CODED = "Mã thôn | Tên thôn | Số hộ dân\n"
QUAN1 = {"010101": 10, "010102": 20, "010110": 30}


class Case(NamedTuple):
    """Files by name, and the households of each village that must come of them."""

    files: dict[str, str]
    given: dict[str, int]
    found: tuple[tuple[str, str | None], ...] = ()
    units: str = UNITS


def outcome_of(folder: Path, case: Case) -> Outcome:
    setup(folder, form=FORM, units=case.units)
    for name, text in case.files.items():
        write = write_csv if name.endswith(".csv") else write_xlsx
        write(folder / name, sheet(text))
    return read_folder(folder)


ALIKE = """\
code,name,type,level,parent
P,Sông Thao,tỉnh,tinh,
P1,1,phường,xa,P
P2,2,phường,xa,P
P3,Cộng Hòa,,xa,P
P101,1,thôn,thon,P1
P102,2,thôn,thon,P1
P201,1,thôn,thon,P2
P301,Đông,,thon,P3
P302,Tây,,thon,P3
"""
"""Wards and villages with numbers for names, and a commune called after the country."""

CASES = {
    "ward-heads-a-group-though-a-village-has-its-number": Case(
        {"x.csv": HEAD + "Phường 1|~\nThôn 1|10\nPhường 2|20\nThôn 1|20"}, {"P101": 10, "P201": 20}, units=ALIKE
    ),
    "letterhead-of-the-country-names-no-commune": Case(
        {"x.csv": "UBND | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n" + HEAD + "Thôn 2|5"}, {"P102": 5}, units=ALIKE
    ),
    "headings-tell-more-than-the-names-that-fit-one-commune": Case(
        {"x.csv": "Tỉnh Sông Thao\n" + HEAD + "Một|~\nThôn 1|10\nThôn 3|30\nHai|~\nThôn 2|20"},
        {"A1": 10, "A3": 30, "B2": 20},
        units="code,name,level,parent\nP,Tỉnh Sông Thao,tinh,\nA,Một,xa,P\nB,Hai,xa,P\nA1,Thôn 1,thon,A\n"
        "A2,Thôn 2,thon,A\nA3,Thôn 3,thon,A\nB1,Thôn 1,thon,B\nB2,Thôn 2,thon,B\n",
    ),
    "only-commune-of-the-district-whose-code-is-stated": Case(
        {"x.csv": "Mã đơn vị: D\n" + HEAD + "Thôn 1|10\nThôn 2|20"},
        {"A1": 10, "A2": 20},
        units="code,name,level,parent\nP,Tỉnh Sông Thao,tinh,\nD,Huyện Đông,huyen,P\nE,Huyện Tây,huyen,P\nA,Xã A,xa,D\nB,Xã B,xa,E\n"
        "A1,Thôn 1,thon,A\nA2,Thôn 2,thon,A\nB1,Thôn 1,thon,B\nB2,Thôn 2,thon,B\n",
    ),
    "numbers-of-the-columns-are-no-village": Case(
        {"0.csv": "Tỉnh Sông Thao\nXã|Tên thôn|Số hộ dân|Số câu lạc bộ\n1|2|3|4\nHai|Thôn 1|10|1"},
        {"B1": 10},
        units="code,name,level,parent\nP,Tỉnh Sông Thao,tinh,\nA,Số 1,xa,P\nB,Hai,xa,P\nA2,Số 2,thon,A\nB1,Thôn 1,thon,B\n",
    ),
    "by-code": Case({"x.csv": CODED + "010101|~|10\n010102|~|20\n010110|~|30"}, QUAN1),
    "code-without-its-zero": Case(
        {"x.xlsx": CODED + "10101|Thôn 1|10\n10102|Thôn 2|20\n10110|Thôn 10|30"}, QUAN1, (("U104", "A2"), ("U104", "A3"), ("U104", "A4"))
    ),
    "code-in-groups": Case({"x.csv": CODED + "01 01 01|Thôn 1|10\n'010102.0|~|20\n' 010110 |~|30"}, QUAN1),
    "code-of-the-commune-in-each-row": Case({"x.csv": CODED + "0101|Thôn 1|10\n0101|Thôn 2|20\n0101|Thôn 10|30\n0101|Cộng|60"}, QUAN1),
    "code-of-the-commune-and-an-unknown-name": Case({"x.csv": CODED + "0101|Thôn 1|10\n0101|Thôn 11|5"}, {"010101": 10}, (("U101", "B3"),)),
    "code-unknown": Case({"x.csv": CODED + "010101|~|10\n010199|~|20"}, {"010101": 10}, (("U101", "A3"),)),
    "code-no-longer-in-force": Case({"x.csv": CODED + "020201|~|10\n020299|~|20"}, {"020201": 10}, (("U105", "A3"),)),
    "code-and-name-exchanged": Case({"x.csv": CODED + "010101|Thôn 2|10\n010102|Thôn 1|20\n010110|Thôn 10|30"}, {"010110": 30}, (("U103", "B2"), ("U103", "B3"))),
    "code-and-another-name": Case({"x.csv": CODED + "010101|Thôn Một|10"}, {"010101": 10}, (("U107", "B2"),)),
    "name-in-the-commune-of-the-title": Case({"x.csv": "UBND XÃ MINH QUÁN\n" + HEAD + "Thôn 1|10\nThôn 2|20\nThôn 10|30"}, QUAN1),
    "name-in-the-commune-of-title-and-district": Case({"x.csv": "HUYỆN TÂY\nXã Minh Quân\n" + HEAD + "Thôn Đông|7"}, {"020201": 7}),
    "name-in-the-commune-of-the-file": Case({"Minh Quán.csv": HEAD + "Thôn 1|10\nThôn 2|20\nThôn 10|30"}, QUAN1),
    "name-in-the-commune-of-a-folder": Case({"dong/minh quán/bieu1.csv": HEAD + "Thôn 1|10\nThôn 2|20"}, {"010101": 10, "010102": 20}),
    "file-without-diacritics": Case({"hoa-binh.csv": HEAD + "TDP 1|1\nTDP 10|2"}, {"020101": 1, "020102": 2}),
    "file-that-fits-two-communes": Case({"minh-quan.csv": HEAD + "Thôn 1|10"}, {}, (("U102", "A2"),)),
    "file-that-fits-two-and-a-title": Case({"minh-quan.csv": "Huyện Đông, xã Minh Quân\n" + HEAD + "Thôn 1|10"}, {"010201": 10}),
    "code-in-the-file-name": Case({"bieu_0102.csv": HEAD + "Thôn 1|10"}, {"010201": 10}),
    "no-word-of-the-commune": Case({"x.csv": HEAD + "Thôn 1|10"}, {}, (("U102", "A2"),)),
    "names-that-fit-one-commune-alone": Case({"x.csv": HEAD + "Thôn 1|10\nThôn 2|20\nThôn 10|30"}, QUAN1),
    "number-one-is-not-number-ten": Case({"hoa-binh.csv": HEAD + "Tổ dân phố 1|1\nTổ số 10|10"}, {"020101": 1, "020102": 10}),
    "spelled-at-will": Case({"TT. Hoà Bình.csv": HEAD + "TDP số 01|1\ntdp10|10\nbản  mù|3"}, {"020101": 1, "020102": 10, "020103": 3}),
    "type-word-left-out": Case({"hoa-binh.csv": HEAD + "Mù|3"}, {"020103": 3}),
    "type-word-exchanged": Case({"hoa-binh.csv": HEAD + "Thôn Mù|3"}, {}, (("U101", "A2"),)),
    "ordinal-before-the-name": Case({"Minh Quán.csv": HEAD + "1. Thôn 1|10\n2/ Thôn 2|20\n- Thôn 10|30"}, QUAN1),
    "roman-number": Case({"Minh Quán.csv": HEAD + "Thôn II|10"}, {}, (("U101", "A2"),)),
    "near-miss": Case({"Minh Quán.csv": HEAD + "Thn 2|10"}, {}, (("U101", "A2"),)),
    "village-of-the-commune's-name": Case({"huyen dong.csv": "Xã Minh Quân\n" + HEAD + "Thôn 1|10\nMinh Quân|5\nXã Minh Quân|15"}, {"010201": 10, "010202": 5}),
    "groups": Case(
        {"x.csv": "STT|Tên thôn|Số hộ dân\nI|Xã Minh Quán|~\n1|Thôn 1|10\n2|Thôn 2|20\nII|Huyện Đông, Xã Minh Quân|~\n"}, {"010101": 10, "010102": 20}
    ),
    "groups-with-subtotals-above": Case(
        {
            "x.csv": """
            STT|Tên thôn|Số hộ dân
            ~|Toàn tỉnh|98
            A|Huyện Đông|81
            I|Xã Minh Quán|60
            1|Thôn 1|10
            2|Thôn 2|20
            3|Thôn 10|30
            II|Xã Minh Quân|21
            1|Thôn 1|11
            2|Thôn Minh Quân|10
            B|Huyện Tây|17
            III|TT Hòa Bình|10
            1|TDP 1|1
            2|TDP 10|9
            IV|Xã Minh Quân|7
            1|Thôn Đông|7
            """
        },
        {**QUAN1, "010201": 11, "010202": 10, "020101": 1, "020102": 9, "020201": 7},
    ),
    "groups-with-subtotals-below": Case(
        {"x.csv": HEAD + "Xã Minh Quán|~\nThôn 1|10\nThôn 2|20\nCộng xã Minh Quán|30\nThị trấn Hòa Bình|~\nTDP 1|1\nCộng|1\nTổng cộng|31"},
        {"010101": 10, "010102": 20, "020101": 1},
    ),
    "tables-one-below-the-other": Case(
        {
            "huyen dong.csv": """
            Xã Minh Quán
            Tên thôn|Số hộ dân
            Thôn 1|10
            Thôn 2|20
            Cộng|30
            ~
            Xã Minh Quân
            Tên thôn|Số hộ dân
            Thôn 1|11
            Cộng|11
            """
        },
        {"010101": 10, "010102": 20, "010201": 11},
    ),
    "parent-in-a-column": Case(
        {"x.csv": "Xã|Tên thôn|Số hộ dân\nXã Minh Quán|Thôn 1|10\nMinh Quán|Thôn 2|20\nTT Hòa Bình|TDP 1|1\n0102|Thôn 1|11"},
        {"010101": 10, "010102": 20, "020101": 1, "010201": 11},
    ),
    "parent-only-where-it-begins": Case(
        {"x.csv": "Xã|Tên thôn|Số hộ dân\nXã Minh Quán|Thôn 1|10\n~|Thôn 2|20\n~|Cộng|30\nTT Hòa Bình|TDP 1|1\n~|TDP 10|9"},
        {"010101": 10, "010102": 20, "020101": 1, "020102": 9},
    ),
    "parent-that-fits-two": Case({"x.csv": "Xã|Tên thôn|Số hộ dân\nXã Minh Quân|Thôn Đông|10"}, {"020201": 10}),
    "parent-unknown": Case({"x.csv": "Xã|Tên thôn|Số hộ dân\nXã Minh Quan|Thôn 1|10"}, {}, (("U102", "B2"),)),
    "district-and-commune-in-columns": Case(
        {"x.csv": "Huyện|Xã|Thôn|Số hộ dân\nHuyện Đông|Xã Minh Quân|Thôn 1|10\n~|~|Minh Quân|5\nTây|Minh Quân|Thôn Đông|7\n~|Hòa Bình|TDP 1|1"},
        {"010201": 10, "010202": 5, "020201": 7, "020101": 1},
    ),
    "district-in-a-column-is-not-enough": Case({"x.csv": "Huyện|Thôn|Số hộ dân\nHuyện Đông|Thôn 1|10"}, {}, (("U102", "B2"),)),
    "code-in-a-title": Case({"x.csv": "Mã đơn vị: 0102\n" + HEAD + "Thôn 1|10", "y.csv": "Mã xã|0101\n" + HEAD + "Thôn 1|11"}, {"010201": 10, "010101": 11}),
    "columns-named-by-the-levels-of-the-register": Case(
        {"x.csv": "Xóm|Thôn|Số hộ dân\nXóm 1|Thôn 1|1\nXóm 2|Thôn 1|2\nXóm 1|Thôn 2|4"},
        {"a": 1, "b": 2, "c": 4},
        units="code,name,level,parent\nT,Tỉnh T,tinh,\nP,Xã P,xa,T\nx,Xóm 1,xom,P\ny,Xóm 2,xom,P\na,Thôn 1,thon,x\nb,Thôn 1,thon,y\nc,Thôn 2,thon,x\n",
    ),
    "numbers-in-file-names-are-no-codes": Case(
        {"biểu 1 năm 2021 (2).csv": HEAD + "Thôn 1|1"},
        {},
        (("U102", "A2"),),
        units="code,name,level,parent\nP,Tỉnh,tinh,\n1,Xã A,xa,P\n2,Xã B,xa,P\n2021,Xã C,xa,P\n11,Thôn 1,thon,1\n21,Thôn 1,thon,2\n31,Thôn 1,thon,2021\n",
    ),
    "foreign-row": Case(
        {"Minh Quán.csv": CODED + "010101|~|10\n010102|~|20\n010201|~|5"}, {"010101": 10, "010102": 20, "010201": 5}, (("U203", "B4"),)
    ),
    "return-of-another-commune": Case({"hoa-binh.csv": CODED + "010101|~|10\n010102|~|20"}, {"010101": 10, "010102": 20}, (("F205", None),)),
    "twice-alike": Case({"x.csv": CODED + "010101|~|10\n010101|~|10"}, {"010101": 10}, (("U201", None),)),
    "twice-different": Case({"x.csv": CODED + "010101|~|10\n010101|~|11\n010102|~|1"}, {"010102": 1}, (("U202", "C2"), ("U202", "C3"))),
    "twice-alike-in-two-files": Case({"x.csv": CODED + "010101|~|10", "y.csv": CODED + "010101|~|10\n"}, {"010101": 10}, (("F201", None),)),
    "twice-different-in-two-files": Case({"x.csv": CODED + "010101|~|10", "y.csv": CODED + "010101|~|11"}, {}, (("U202", "C2"), ("U202", "C2"))),
    "twice-and-one-is-blank": Case({"x.csv": CODED + "010101|~|10\n010101|~|~"}, {"010101": 10}, (("C101", "C3"),)),
    "versions": Case(
        {"Minh Quán.csv": HEAD + "Thôn 1|1", "Minh Quán_v2.csv": HEAD + "Thôn 1|2", "Minh Quán lần 3.csv": HEAD + "Thôn 1|3"},
        {"010101": 3},
        (("F202", None), ("F202", None)),
    ),
    "numbered-files-of-other-units": Case({"bc (1).csv": CODED + "010101|~|10", "bc (2).csv": CODED + "010201|~|5"}, {"010101": 10, "010201": 5}),
    "codes-like-ordinals": Case(
        {"x.csv": "code|ho\n1|2\n2|3\n3|5"}, {"1": 2, "2": 3, "3": 5}, units="code,name,level,parent\nP,P,xa,\n1,A,thon,P\n2,B,thon,P\n3,C,thon,P\n"
    ),
    "numbering-above-codes-like-ordinals": Case(
        {"x.csv": "code|name|ho\n(1)|(2)|(3)\n1|A|2\n2|B|3"}, {"1": 2, "2": 3}, units="code,name,level,parent\nP,P,xa,\n1,A,thon,P\n2,B,thon,P\n"
    ),
    "names-like-ordinals": Case(
        {"x.csv": "name|ho|clb\n1|2|3\n2|3|4"}, {"x": 2, "y": 3}, units="code,name,level,parent\nP,P,xa,\nx,1,thon,P\ny,2,thon,P\n"
    ),
    "codes-of-every-level-alike": Case(
        {"x.csv": "Xã|name|ho\n1|V1|1\n1|V2|2\n2|V1|3"},
        {"0011": 1, "0012": 2, "0021": 3},
        units="code,name,level,parent\n1,P,tinh,\n01,D,huyen,1\n001,C1,xa,01\n002,C2,xa,01\n0011,V1,thon,001\n0012,V2,thon,001\n0021,V1,thon,002\n",
    ),
    "long-codes-as-numbers": Case(
        {"x.xlsx": "code|ho\n123456789012|1\n12345678901|2"},
        {"123456789012": 1, "012345678901": 2},
        (("U104", "A3"),),
        units="code,name,level,parent\nP,P,xa,\n123456789012,A,thon,P\n012345678901,B,thon,P\n",
    ),
    "letters-in-codes": Case(
        {"x.csv": "code|ho\nAB-1|1\nab-2|2"}, {"AB-1": 1}, (("U101", "A3"),), units="code,name,level,parent\nP,P,xa,\nAB-1,A,thon,P\nAB-2,B,thon,P\n"
    ),
    "names-without-types-in-the-register": Case(
        {"Xã Minh Quán.csv": HEAD + "Thôn Một|1\nHai|2"},
        {"a": 1, "b": 2},
        units="code,name,level,parent\nP,Sông Thao,tinh,\nQ,Minh Quán,xa,P\nR,Minh Quân,xa,P\na,Một,thon,Q\nb,Hai,thon,Q\nc,Một,thon,R\n",
    ),
    "types-in-a-column-of-the-register": Case(
        {"TT Minh Quán.csv": HEAD + "Thôn Một|1"},
        {"c": 1},
        units="code,name,type,level,parent\nP,Sông Thao,tỉnh,tinh,\nQ,Minh Quán,xã,xa,P\nR,Minh Quán,thị trấn,xa,P\na,Một,thôn,thon,Q\nc,Một,thôn,thon,R\n",
    ),
    "village-that-begins-like-a-total": Case(
        {"x.csv": HEAD + "Thôn Cộng Lực|1\nTổng Pọng|2\nToàn Thắng|3\nTổng cộng|6"},
        {"a": 1, "b": 2, "c": 3},
        units="code,name,level,parent\nP,Xã P,xa,\na,Thôn Cộng Lực,thon,P\nb,Tổng Pọng,thon,P\nc,Toàn Thắng,thon,P\n",
    ),
    "commune-named-like-a-village": Case(
        {"Bản Mù.csv": HEAD + "Bản Mù|1\nBản Công|2\nXã Bản Mù|3"},
        {"a": 1, "b": 2},
        units="code,name,level,parent\nP,Tỉnh P,tinh,\nM,Bản Mù,xa,P\nN,Bản Công,xa,P\na,Bản Mù,thon,M\nb,Bản Công,thon,M\nc,Bản Công,thon,N\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_row_counts_for_its_unit_or_is_found(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    outcome = outcome_of(tmp_path / "2021", case)
    (table,) = outcome.collection.tables
    codes = outcome.collection.register.units.codes
    column, given = table.column("ho")
    assert {
        codes[unit]: int(value)
        for unit, value, there in zip(table.units, column, given, strict=True)
        if there
    } == case.given
    found = [(f.code, f.cell) for f in outcome.findings if f.code not in ("U301", "U302", "R201")]
    assert sorted(found, key=str) == sorted(case.found, key=str)


def test_a_finding_suggests_what_was_meant(tmp_path: Path) -> None:
    files = {"Minh Quán.csv": HEAD + "Thn 2|10\nThôn II|20"}
    outcome = outcome_of(tmp_path / "2021", Case(files, {}))
    suggested = [f.facts["suggestion"] for f in outcome.findings if f.code == "U101"]
    assert suggested == ["010102", "010102"]


def test_sheets_of_communes_in_the_workbook_of_a_district(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", form=FORM, units=UNITS)
    sheets = {
        "Hướng dẫn": sheet("Cách điền biểu\nMỗi xã một trang"),
        "Minh Quán": sheet(HEAD + "Thôn 1|10\nThôn 2|20"),
        "0102": sheet(HEAD + "Thôn 1|11"),
        "Nháp": sheet(HEAD + "Thôn 1|99"),
    }
    write_xlsx(folder / "Huyện Đông.xlsx", sheets, hidden=["Nháp"])
    outcome = read_folder(folder)
    assert [outcome.sum("ho", unit) for unit in ("0101", "0102", "T")] == [30, 11, 41]
    assert outcome.codes == ["T401"]


def test_columns_of_a_table_on_two_sheets(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", form=FORM.replace("required = false\n", ""), units=UNITS)
    sheets = {
        "Hộ": sheet(HEAD + "Thôn 1|10\nThôn 2|20"),
        "CLB": sheet("Tên thôn | Số câu lạc bộ\nThôn 1|1\nThôn 2|2"),
    }
    write_xlsx(folder / "Minh Quán.xlsx", sheets)
    outcome = read_folder(folder)
    assert (outcome.sum("ho"), outcome.sum("clb"), outcome.codes) == (30, 3, [])


@pytest.fixture
def units(tmp_path: Path) -> Units:
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    from datetime import date

    return load_register(tmp_path / "units.csv", date(2021, 12, 31)).units


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Huyện Đông/Minh Quân.xlsx", "0102"),
        ("Huyện Tây/Minh Quân.xlsx", "0202"),
        ("Minh Quân.xlsx", None),
        ("huyen-tay/minh-quan.xlsx", "0202"),
        ("huyen-dong/minh-quan.xlsx", "T1"),
        ("huyen-dong/bieu 1.xlsx", "T1"),
        ("bieu.xlsx", None),
    ],
)
def test_the_unit_of_a_path(units: Units, path: str, code: str | None) -> None:
    found = unit_of_path(units, path.split("/"))
    assert (units.codes[found] if found >= 0 else None) == code


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("tdp số 03", "tdp 3"),
        ("tdp3", "tdp 3"),
        ("thôn 10", "thôn 10"),
        ("số 1", "1"),
        ("thôn số", "thôn số"),
        ("thôn 00", "thôn 0"),
    ],
)
def test_what_is_written_at_will(written: str, same: str) -> None:
    assert loose_key(written) == same


def test_a_name_is_exact_before_it_is_another_way_to_write_one(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(
        "code,name,level,parent\nP,Xã P,xa,\na,Tổ 1,thon,P\nb,Tổ dân phố 1,thon,P\n", encoding="utf-8"
    )
    units = load_register(tmp_path / "units.csv", None).units
    resolver = Resolver(units, 1, lambda: 0)
    named = [
        units.codes[resolver.resolve(Identity("", name, "")).unit]
        for name in ("Tổ 1", "TDP 1", "Tổ dân phố số 01")
    ]
    assert named == ["a", "b", "b"]
    assert Limits().cells  # the plan is not needed to resolve


def test_a_letterhead_of_another_commune_than_the_file_s_is_hard_where_only_names_tell(
    tmp_path: Path,
) -> None:
    by_name = "Xã Minh Quán\n" + HEAD + "Thôn 1 | 10\nThôn 2 | 20\nThôn 10 | 30"
    coded = "Xã Minh Quán\n" + CODED + "010101 | Thôn 1 | 10\n010102 | Thôn 2 | 20\n010110 | Thôn 10 | 30"
    for text, status in ((by_name, 1), (coded, 0)):
        outcome = outcome_of(tmp_path / str(status) / "2021", Case({"Thị trấn Hòa Bình.csv": text}, {}))
        severities = [finding.severity for finding in outcome.findings if finding.code == "F205"]
        assert severities == ["hard" if status else None]
        assert outcome.figure("ho", "0101")[:2] == (60, 3)


def test_the_country_s_name_and_motto_are_no_commune_though_one_is_called_so(tmp_path: Path) -> None:
    units = (
        "code,name,level,parent\nT,Tỉnh A,tinh,\nH,Huyện B,huyen,T\n01,Xã Cộng Hòa,xa,H\n02,Xã Độc Lập,xa,H\n"
    )
    units += "".join(f"0{x}0{n},Thôn {n},thon,0{x}\n" for x in (1, 2) for n in (1, 2))
    letterhead = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nXã Độc Lập\n"
    case = Case({"x.csv": letterhead + HEAD + "Thôn 1 | 10\nThôn 2 | 20"}, {}, units=units)
    outcome = outcome_of(tmp_path / "2021", case)
    assert outcome.figure("ho", "02")[:2] == (30, 2)
    assert outcome.figure("ho", "01")[:2] == (None, 0)

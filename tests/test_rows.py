"""What a row or a block of rows means: a unit's, a total, none of these; and what of it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import Outcome, read_folder, setup, sheet, write_csv, write_xlsx

FORM = """
[form]
id = "t"
version = "1"
title = { vi = "T" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01" }

[[measure]]
code = "m"
label = { vi = "Số hộ dùng nước" }
required = false

[[measure]]
code = "n"
label = { vi = "Số cây" }
required = false
"""
UNITS = """\
code,name,type,level,parent
15,Yên Bái,tỉnh,province,
11,Yên Ninh,phường,commune,15
12,An Lạc,xã,commune,15
11014,Tổ 14,tổ,village,11
11015,Tổ 15,tổ,village,11
11016,Tổ 16,tổ,village,11
12001,Thôn 1,thôn,village,12
"""
HEAD = "PHƯỜNG YÊN NINH NĂM 2021\nTên đơn vị | Số hộ dùng nước | Số cây\n"


def read(folder: Path, text: str, kind: str = "csv") -> Outcome:
    """Read a folder with one return of the ward."""
    setup(folder, form=FORM, units=UNITS)
    write = write_csv if kind == "csv" else write_xlsx
    write(folder / f"a.{kind}", sheet(text))
    return read_folder(folder)


KINDS = pytest.mark.parametrize("kind", ["csv", "xlsx"])

UNNAMED = {
    "the-row-above-again": ("Tổ 14|101|5\n~|101|5", [("U106", "A4")], 101),
    "one-row-above-has-a-figure": ("Tổ 14|101|~\nTổ 15|~|5\n~|101|5", [("U106", "A5")], 101),
    "one-row-above-is-not-nil": ("Tổ 14|101|5\nTổ 15|0|0\n~|101|5", [("U106", "A5")], 101),
    "the-sum-but-for-one-figure": ("Tổ 14|101|5\nTổ 15|9|5\n~|110|11", [("U106", "A5")], 110),
    "the-sum-of-two-rows": ("Tổ 14|101|5\nTổ 15|9|5\n~|110|10", [], 110),
    "the-sum-since-the-last-total": (
        "Tổ 14|101|5\nCộng|101|5\nTổ 15|9|5\nTổ 16|2|1\n~|11|6\nTổng cộng|112|11", [], 112,
    ),
    "nothing-but-noughts": ("Tổ 14|0|0\nTổ 15|0|0\n~|0|0", [("U106", "A5")], 0),
}  # fmt: skip


@KINDS
@pytest.mark.parametrize("case", UNNAMED.values(), ids=UNNAMED)
def test_a_row_without_a_name_is_a_total_only_if_it_adds_up_rows(
    tmp_path: Path, case: tuple[str, list[tuple[str, str]], int], kind: str
) -> None:
    rows, hard, total = case
    outcome = read(tmp_path, HEAD + rows, kind)
    assert (outcome.hard, outcome.sum("m")) == (hard, total)


@KINDS
def test_a_number_in_place_of_a_name_is_not_the_provinces_code(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, HEAD + "Tổ 14|101|~\n15|118|6", kind)
    assert (outcome.hard, outcome.codes, outcome.sum("m")) == ([("U101", "A4")], ["U101"], 101)
    assert next(f for f in outcome.findings if f.code == "U101").facts["suggestion"] == "11015"


@KINDS
def test_a_short_code_alone_heads_no_subtotal_that_adds_up_nothing(tmp_path: Path, kind: str) -> None:
    head = "Mã | Tên đơn vị | Số hộ dùng nước | Số cây\n"
    outcome = read(tmp_path, head + "11014|Tổ 14|101|~\n15|~|118|6", kind)
    assert (outcome.hard, outcome.sum("m")) == ([("U102", "A3")], 101)
    outcome = read(tmp_path, head + "11014|Tổ 14|101|1\n11015|Tổ 15|17|5\n15|~|118|6", kind)
    assert (outcome.codes, outcome.sum("m")) == ([], 118)

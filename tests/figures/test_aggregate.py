"""Sums over two tables, and the JSON and CSV that the command writes for other programs."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from helpers.command import run
from helpers.reading import Outcome, read_folder
from helpers.returns import setup, sheet, write_csv, write_xlsx

FORM = """
[form]
id = "hai-bieu"
version = "7"
title = { vi = "Hai biểu", en = "Two tables" }

[[table]]
code = "01"
level = "thon"
title = { vi = "Biểu 01: theo thôn", en = "Table 01: by village" }

[[table]]
code = "02"
level = "xa"
title = { vi = "Biểu 02: theo xã", en = "Table 02: by commune" }

[[measure]]
code = "ho"
table = "01"
label = { vi = "Số hộ", en = "Households" }
kind = "count"

[[measure]]
code = "dat"
table = "01"
label = { vi = "Hộ đạt", en = "Achieved" }
kind = "count"

[[measure]]
code = "vh"
table = "01"
label = { vi = "Thôn văn hóa", en = "Cultural" }
kind = "flag"
required = false

[[measure]]
code = "clb"
table = "02"
label = { vi = "Số câu lạc bộ", en = "Clubs" }
kind = "count"

[[ratio]]
code = "ty_le"
label = { vi = "Tỷ lệ đạt", en = "Share" }
numerator = "dat"
denominator = "ho"
decimals = 1

[[ratio]]
code = "ty_le_vh"
label = { vi = "Tỷ lệ thôn", en = "Share of villages" }
numerator = "vh"
denominator = "units"
decimals = 1

[[ratio]]
code = "clb_ho"
label = { vi = "CLB trên 1000 hộ", en = "Clubs per 1000 households" }
numerator = "clb"
denominator = "ho"
per = 1000
decimals = 2

[[rule]]
code = "dat-ho"
check = "dat <= ho"
severity = "hard"
message = { vi = "Đạt không quá số hộ", en = "Achieved within households" }

[[rule]]
code = "clb-vh"
check = "clb >= vh"
severity = "soft"
message = { vi = "Thôn văn hóa có câu lạc bộ", en = "Cultural villages have clubs" }
"""

UNITS = """\
code,name,level,parent
9,Tỉnh Z,tinh,
91,Huyện B,huyen,9
90,Huyện A,huyen,9
911,Xã B1,xa,91
901,Xã A1,xa,90
902,Xã A2,xa,90
9111,Thôn 1,thon,911
9112,Thôn 2,thon,911
9011,Thôn 1,thon,901
9021,Thôn 1,thon,902
"""

GOOD = "code|ho|dat|vh\n9111|100|80|x\n9112|50|50|không\n9011|200|150|x\n9021|10|0|0"
CLUBS = "Biểu 02\ncode|Số câu lạc bộ\n911|3\n901|2\n902|0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = setup(tmp_path / "2021", form=FORM, units=UNITS)
    write_csv(made / "thon.csv", sheet(GOOD))
    write_csv(made / "xa.csv", sheet(CLUBS))
    return made


def test_a_good_folder_has_no_finding_and_exact_sums(folder: Path) -> None:
    outcome = read_folder(folder)
    assert (outcome.findings, outcome.status) == ((), 0)
    assert [outcome.figure(code) for code in ("ho", "dat", "vh", "clb")] == [
        (360, 4, 4, False, 0, False),
        (280, 4, 4, False, 0, False),
        (2, 4, 4, False, 0, False),
        (5, 3, 3, False, 0, False),
    ]


def test_json_is_as_the_contract_says(folder: Path) -> None:
    ran = run("aggregate", folder, "--format", "json")
    assert ran.status == 0, ran.stderr
    assert [record["unit"] for record in ran.data] == ["9", "91", "90"]  # the register's order
    province, *_ = ran.data
    assert list(province)[:6] == ["unit", "name", "level", "parent", "measures", "ratios"]
    assert (province["name"], province["level"], province["parent"]) == ("Tỉnh Z", "tinh", None)
    assert province["measures"] == {
        "ho": {"value": 360, "given": 4, "expected": 4},
        "dat": {"value": 280, "given": 4, "expected": 4},
        "vh": {"value": 2, "given": 4, "expected": 4},
        "clb": {"value": 5, "given": 3, "expected": 3},
    }
    assert {code: (r["numerator"], r["denominator"]) for code, r in province["ratios"].items()} == {
        "ty_le": (280, 360), "ty_le_vh": (2, 4), "clb_ho": (5, 360),
    }  # fmt: skip
    assert province["ratios"]["ty_le"]["value"] == pytest.approx(100 * 280 / 360, abs=0.05)
    assert province["ratios"]["clb_ho"]["value"] == pytest.approx(5000 / 360, abs=0.005)


def test_csv_has_a_row_per_unit_and_the_form_s_columns(folder: Path) -> None:
    ran = run("aggregate", folder, "--format", "csv", "--by", "thon", "--under", "91")
    rows = list(csv.reader(io.StringIO(ran.stdout.removeprefix("\ufeff"))))
    assert rows[0] == [
        "unit",
        "name",
        "level",
        "parent",
        "ho",
        "dat",
        "vh",
        "clb",
        "ty_le",
        "ty_le_vh",
        "clb_ho",
        "provisional",
    ]
    assert [row[0] for row in rows[1:]] == ["91", "911", "9111", "9112"]
    assert rows[1][4:8] == ["150", "130", "1", "3"]
    assert rows[3][7] == ""  # a village is not asked for clubs: nothing, and not nought


def test_measures_and_levels_are_chosen(folder: Path) -> None:
    ran = run("aggregate", folder, "--format", "json", "--by", "xa", "--measure", "dat", "--measure", "ty_le")
    assert [record["unit"] for record in ran.data] == ["9", "91", "911", "90", "901", "902"]
    assert {(tuple(r["measures"]), tuple(r["ratios"])) for r in ran.data} == {(("dat",), ("ty_le",))}


@pytest.mark.parametrize(
    "arguments", [["--by", "làngg"], ["--under", "77"], ["--measure", "xx"], ["--format", "xyz"]]
)
def test_what_is_not_there_is_a_misuse(folder: Path, arguments: list[str]) -> None:
    assert run("aggregate", folder, *arguments).status == 2


VALIDATE_KEYS = ["antq_stats", "period", "form", "summary", "findings"]
SUMMARY_KEYS = [
    "files",
    "returns",
    "units_expected",
    "units_read",
    "values",
    "hard",
    "soft",
    "notes",
    "passed_over",
]


def test_validate_tells_all_in_json(folder: Path) -> None:
    write_csv(folder / "thon.csv", sheet(GOOD.replace("|80|", "|120|").replace("9021|10", "9021|mười")))
    (folder / "~$thon.xlsx").write_bytes(b"")
    ran = run("validate", folder, "--format", "json")
    assert (ran.status, list(ran.data), list(ran.data["summary"])) == (1, VALIDATE_KEYS, SUMMARY_KEYS)
    assert ran.data["period"] == "2021"
    assert ran.data["form"] == {"id": "hai-bieu", "version": "7"}
    summary = ran.data["summary"]
    assert (summary["files"], summary["returns"], summary["units_expected"], summary["units_read"]) == (
        2,
        2,
        7,
        7,
    )
    assert (summary["values"], summary["passed_over"]) == (14, summary["passed_over"])
    found: list[dict[str, Any]] = [f for f in ran.data["findings"] if f["severity"] == "hard"]
    assert [(f["code"], f["rule"], f["cell"], f["unit"], f["value"]) for f in found] == [
        ("C302", None, "B5", "9021", "mười"),
        ("R101", "dat-ho", "C2", "9111", None),
    ]
    assert summary["hard"] == 2
    for key in (
        "code",
        "name",
        "severity",
        "rule",
        "file",
        "sheet",
        "cell",
        "row",
        "unit",
        "measure",
        "value",
        "message",
        "hint",
    ):
        assert all(key in finding for finding in ran.data["findings"]), key


def _without(folder: Path, text: str) -> Outcome:
    write_csv(folder / "thon.csv", sheet(text))
    return read_folder(folder)


def test_a_ratio_is_over_the_units_that_gave_both(folder: Path) -> None:
    outcome = _without(folder, GOOD.replace("9111|100|80", "9111|100|…"))
    ratio = outcome.total.ratio(outcome.collection.register.units.by_code["91"], "ty_le")
    assert (ratio.numerator, ratio.denominator, ratio.given, ratio.expected, ratio.provisional) == (
        50,
        50,
        1,
        2,
        True,
    )
    assert outcome.figure("ho", "91") == (150, 2, 2, False, 0, False)
    assert outcome.figure("dat", "91") == (50, 1, 2, True, 0, False)


def test_a_ratio_over_two_tables_is_over_the_communes_that_gave_both_whole(folder: Path) -> None:
    outcome = _without(folder, GOOD.replace("9112|50|50", "9112|…|50"))
    ratio = outcome.total.ratio(outcome.collection.register.units.by_code["9"], "clb_ho")
    assert (ratio.numerator, ratio.denominator, ratio.given, ratio.expected) == (
        2,
        210,
        2,
        3,
    )  # not Xã B1, whose households are not all known


def test_a_rule_over_two_tables_is_judged_where_both_are_known(folder: Path) -> None:
    write_csv(folder / "xa.csv", sheet(CLUBS.replace("911|3", "911|0")))
    outcome = read_folder(folder)
    assert [(f.rule, f.unit, f.file, f.cell) for f in outcome.findings] == [("clb-vh", "911", "xa.csv", "B3")]
    assert outcome.status == 0


def test_a_hard_finding_makes_what_stands_above_it_provisional_and_nothing_else(folder: Path) -> None:
    outcome = _without(folder, GOOD.replace("|80|", "|120|"))
    marks = {unit: outcome.figure("dat", unit)[3] for unit in ("9", "91", "911", "9111", "9112", "90", "901")}
    assert marks == {
        "9": True,
        "91": True,
        "911": True,
        "9111": True,
        "9112": False,
        "90": False,
        "901": False,
    }
    assert not outcome.figure("clb", "9")[3]


def test_nothing_given_is_missing_and_not_zero(folder: Path) -> None:
    (folder / "xa.csv").unlink()
    outcome = read_folder(folder)
    assert outcome.figure("clb") == (None, 0, 3, True, 0, False)
    ran = run("aggregate", folder, "--format", "json", "--measure", "clb")
    assert (ran.status, ran.data[0]["measures"]["clb"]) == (1, {"value": None, "given": 0, "expected": 3})


def test_sums_are_exact_at_the_limit_of_a_count(folder: Path) -> None:
    largest = 10**12 - 1
    outcome = _without(
        folder,
        GOOD.replace("|100|80|", f"|{largest}|{largest}|").replace("|200|150|", f"|{largest}|{largest - 1}|"),
    )
    assert (outcome.sum("ho"), outcome.sum("dat")) == (2 * largest + 60, 2 * largest - 1 + 50)


def test_both_tables_on_one_sheet_and_in_one_workbook(tmp_path: Path) -> None:
    made = setup(tmp_path / "2021", form=FORM, units=UNITS)
    write_xlsx(made / "mot.xlsx", {"Sheet1": sheet("Biểu 01\n" + GOOD + "\nTổng|360|280|2\n~\n" + CLUBS)})
    outcome = read_folder(made)
    assert (outcome.codes, outcome.sum("ho"), outcome.sum("clb"), outcome.status) == ([], 360, 5, 0)


@pytest.mark.parametrize(
    ("spoil", "status"),
    [("", 0), ("thon.csv", 1), ("form.toml", 2), ("units.csv", 2)],
)
def test_exit_status(folder: Path, spoil: str, status: int) -> None:
    if spoil:
        (folder / spoil).write_text("[", encoding="utf-8")
    assert run("aggregate", folder, "--format", "json").status == status
    assert run("validate", folder, "--format", "json").status == status

"""Records of a delimited text that do not fit their header, and all ways to write values in CSV."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_stats.findings import catalogue
from antq_stats.findings.columns import counts
from helpers.reading import read_folder
from helpers.returns import setup

HEADER = "Mã thôn,Tên thôn,Số trâu,Số bò"
ROWS = ["070101,Thôn 1,10,1", "070102,Thôn 2,20,2", "070103,Thôn Nguyễn Phúc,30,3"]


def read(folder: Path, *lines: str):  # noqa: ANN201 - an Outcome
    (setup(folder) / "xa.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_folder(folder)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (HEADER, [ROWS[0], "070102,Thôn 2,1,691,2", ROWS[2]]),
        (HEADER, [ROWS[0], "070102,Thôn 2,1,691,2,", ROWS[2]]),
        (HEADER, [ROWS[0], "070102,Thôn 2,20,2,đã kiểm tra", ROWS[2]]),
        (HEADER + ",Ghi chú", [ROWS[0] + ",", "070102,Thôn 2,1,691,2,", ROWS[2] + ","]),
        (HEADER + ",Ghi chú", [ROWS[0], "070102,Thôn 2,1,691,2", ROWS[2]]),
        (HEADER + ",Ghi chú", [ROWS[0], "070102,Thôn 2,20,1,002", ROWS[2]]),
        (HEADER + ",,", [ROWS[0] + ",,", "070102,Thôn 2,1,691,2,", ROWS[2] + ",,"]),
    ],
)
def test_a_figure_cut_in_two_shifts_nothing(header: str, rows: list[str], tmp_path: Path) -> None:
    outcome = read(tmp_path, header, *rows)
    assert [(f.code, f.row, f.unit) for f in outcome.findings if f.code == "T406"] == [("T406", 3, "070102")]
    assert (outcome.sum("trau"), outcome.sum("bo")) == (40, 4)
    assert outcome.figure("trau")[3]
    assert outcome.status == 1


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (HEADER, ROWS),
        (HEADER, [ROWS[0] + ",", ROWS[1], ROWS[2] + ",,,"]),
        (HEADER + ",Ghi chú", [ROWS[0] + ",", ROWS[1] + ",đã kiểm tra", ROWS[2] + ","]),
        (HEADER + ",Ghi chú", [ROWS[0], ROWS[1] + ",đã kiểm tra", ROWS[2]]),
        (HEADER, [*ROWS, "Ghi chú: số liệu, tính đến 30/11, chưa gồm thôn mới, 2 hộ, đã báo"]),
    ],
)
def test_records_that_fit_are_read(header: str, rows: list[str], tmp_path: Path) -> None:
    outcome = read(tmp_path, header, *rows)
    assert outcome.at("T406") == []
    assert (outcome.sum("trau"), outcome.sum("bo")) == (60, 6)


@pytest.mark.parametrize(
    "rows",
    [
        [
            '"070101", "Thôn 1", "10", "1"',
            '"070102", "Thôn 2", "20", "2"',
            '"070103", "Thôn Nguyễn Phúc", "30", "3"',
        ],
        ['"070101" ,"Thôn 1" ,"10" ,"1"', *ROWS[1:]],
        ['="070101","Thôn 1",="10",="1"', *ROWS[1:]],
        ['"=""070101""","=""Thôn 1""","=""10""","=""1"""', *ROWS[1:]],
        ['070101,Thôn 1,"10,00","1,0"', *ROWS[1:]],
        ["070101,Thôn 1,10.00,1.0", *ROWS[1:]],
    ],
)
def test_other_ways_to_write_a_value(rows: list[str], tmp_path: Path) -> None:
    outcome = read(tmp_path, HEADER, *rows)
    assert (outcome.sum("trau"), outcome.sum("bo")) == (60, 6)
    assert outcome.codes == []


@pytest.mark.parametrize(
    ("said", "value", "code"),
    [
        ('"1.022,00"', 1022, None),
        ('"1,022.00"', 1022, "C201"),
        ('"1,022"', 1022, "C201"),
        ("không có", 0, None),
        ("Không phát sinh", 0, None),
        ("0 con", 0, None),
        ("chưa có", None, "C302"),
        ("=5+5", None, "C302"),
        ("(12)", None, "C302"),
        ("−12", None, "C304"),
        ('"1.69.1"', None, "C303"),
        ("1.5E+3", None, "C302"),
        ('"12,5"', None, "C301"),
    ],
)
def test_what_a_count_may_say(said: str, value: int | None, code: str | None, tmp_path: Path) -> None:
    outcome = read(tmp_path, HEADER, f"070101,Thôn 1,{said},1", *ROWS[1:])
    assert outcome.sum("trau") == 50 + (value or 0)
    assert outcome.codes == ([code] if code else [])


def test_the_findings_of_a_file_wrong_in_every_row_are_bounded(tmp_path: Path) -> None:
    wrong = [f"07010{n % 3 + 4},Thôn {n},abc,{n}" for n in range(6500)]
    outcome = read(tmp_path, HEADER, *ROWS, *wrong)
    (more,) = [finding for finding in outcome.findings if finding.code == "F120"]
    assert (more.facts["found"], int(more.facts["count"])) == ("U101", 1500)
    assert outcome.codes.count("U101") == 5000
    assert (outcome.sum("trau"), outcome.status) == (60, 1)


def test_what_is_not_listed_weighs_what_it_weighs(tmp_path: Path) -> None:
    """Soft findings by the thousand stay soft, and are counted."""
    units = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n0701,Yên,xã,commune,07\n"
    units += "".join(f"0701{n:04d},Thôn {n},,village,0701\n" for n in range(5200))
    folder = setup(tmp_path, units=units)
    rows = [f'0701{n:04d},Thôn {n},"1,691",1' for n in range(5200)]
    (folder / "xa.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    outcome = read_folder(folder)
    (more,) = [finding for finding in outcome.findings if finding.code == "F120"]
    assert (more.facts["found"], more.facts["count"]) == ("C201", "200")
    assert (catalogue.severity(more), outcome.status, outcome.sum("trau")) == ("soft", 0, 5200 * 1691)
    assert counts(outcome.findings)["soft"] >= 5200

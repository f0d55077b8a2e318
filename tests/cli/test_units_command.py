"""`antq-stats units`: the built-in register on the screen and in files that are read back as a register."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from antq_stats.register.register import load_register
from helpers.command import run

HEADER = ["code", "name", "level", "parent", "type", "valid_from", "valid_to"]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_units_of_a_province_are_printed_as_units_csv() -> None:
    done = run("units", "--province", "15", "--on", "2025-12-01")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:3] == [
        ",".join(HEADER),
        "15,Lào Cai,province,,tỉnh,2025-07-01,",
        "02647,Lào Cai,commune,15,phường,2025-07-01,",
    ]
    assert Counter(row["level"] for row in rows(done.stdout)) == {"province": 1, "commune": 99}


def test_the_same_code_is_another_province_before_the_reform() -> None:
    done = run("units", "--province", "15", "--on", "31/12/2021")
    assert (done.status, done.stderr) == (0, "")
    assert rows(done.stdout)[0]["name"] == "Yên Bái"
    assert Counter(row["level"] for row in rows(done.stdout)) == {
        "province": 1,
        "district": 9,
        "commune": 173,
    }


def test_without_a_province_and_a_day_the_latest_list_of_the_country_is_printed() -> None:
    done = run("units")
    assert Counter(row["level"] for row in rows(done.stdout)) == {"province": 34, "commune": 3321}


@pytest.mark.parametrize("on", ["2021-12-31", "2025-12-31"])
def test_a_written_list_is_read_back_as_a_register(tmp_path: Path, on: str) -> None:
    target = tmp_path / "units.csv"
    done = run("units", "--province", "15", "--on", on, "-o", target)
    assert (done.status, done.stdout) == (0, "")
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    register = load_register(target, date.fromisoformat(on))
    assert register.units.codes.count("15") == 1
    assert [register.units.levels.count(0), len(register)] == ([1, 183] if on < "2025" else [1, 100])


def test_the_list_is_written_as_a_workbook_with_codes_as_text(tmp_path: Path) -> None:
    target = tmp_path / "units.xlsx"
    assert run("units", "--province", "Hà Nội", "-o", target).status == 0
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    found = list(sheet.iter_rows(values_only=True))
    assert list(found[0]) == HEADER
    assert found[1][:3] == ("01", "Hà Nội", "province")
    assert len(found) == 1 + 127


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--province", "Lao Cay"], "không có tỉnh, thành phố “Lao Cay”; có phải Lào Cai hoặc Lai Châu?"),
        (["--province", "lao cai"], "không có tỉnh, thành phố “lao cai”; có phải Lào Cai?"),
        (["--province", "?"], "không có tỉnh, thành phố “?”\n"),
        (["--province", "Yên Bái"], "là tỉnh Yên Bái đến hết ngày 30/06/2025; nay thuộc tỉnh Lào Cai (15)"),
        (["--on", "2025"], "“2025” không phải là ngày"),
        (["-o", "danh-muc.ods"], "không ghi được dạng .ods"),
    ],
)  # fmt: skip
def test_misuse_is_told_with_near_misses(arguments: list[str], message: str) -> None:
    done = run("units", *arguments, "--lang", "vi")
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_day_before_the_earliest_list_is_told() -> None:
    done = run("units", "--province", "Huế", "--on", "2024-12-15")
    assert done.status == 0
    assert "The earliest built-in list of Huế is that of 30 June 2025" in done.stderr
    whole = run("units", "--on", "31/12/2021", "--lang", "vi").stderr
    assert "của 62 tỉnh, thành phố sớm nhất là của ngày 30/06/2025" in whole
    assert len(whole.splitlines()) == 1
    assert "31 January 2020" in run("units", "--province", "Yên Bái", "--on", "2018-12-31").stderr
    assert run("units", "--province", "Huế", "--on", "2024-12-15", "--quiet").stderr == ""

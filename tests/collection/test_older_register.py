"""A return made for the units of before the reform is told once, with the day and what became of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.command import run
from helpers.returns import write_csv

VILLAGES = ["TT", "Mã thôn", "Tên thôn", "Tổng số hộ", "Số hộ đăng ký gia đình văn hóa"]
COMMUNES = ["TT", "Tên xã", "Số mô hình", "Buổi tuyên truyền, phổ biến pháp luật"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    villages = tmp_path / "thon.csv"
    write_csv(villages, [["xã", "thôn"], *(["Mậu A", f"Thôn {number}"] for number in range(1, 4))])
    started = run("init", tmp_path / "2025", "--province", "Lào Cai", "--villages", villages)
    assert started.status == 0, started.output
    return tmp_path / "2025"


def _found(folder: Path, lang: str = "vi") -> list[dict[str, str]]:
    found = run("validate", folder, "--format", "json", "--lang", lang).data["findings"]
    return [each for each in found if each["file"] and each["code"] != "T201"]


def test_a_return_with_the_codes_of_2021_is_one_finding(folder: Path) -> None:
    rows = [[number, f"0441700{number}", f"Thôn {number}", 100, 90] for number in range(1, 6)]
    write_csv(folder / "an-thinh.csv", [VILLAGES, *rows])
    (finding,) = _found(folder)
    assert (finding["code"], finding["severity"], finding["cell"]) == ("U111", "hard", "B2")
    assert "trước ngày 01/07/2025: xã An Thịnh, nay thuộc Xã Mậu A; 5 dòng" in finding["message"]
    assert "before 1 July 2025" in _found(folder, "en")[0]["message"]


def test_a_table_of_the_communes_of_a_district_is_one_finding(folder: Path) -> None:
    names = ["Phù Nham", "Sơn A", "Thanh Lương", "Hạnh Sơn"]
    rows = [[number, name, 3, 10] for number, name in enumerate(names, 1)]
    write_csv(folder / "nghia-lo.csv", [COMMUNES, *rows])
    (finding,) = [each for each in _found(folder) if each["code"] == "U111"]
    assert "xã Phù Nham" in finding["message"]
    assert not [each for each in _found(folder) if each["code"] in ("U101", "U102")]


def test_a_return_with_names_that_nobody_ever_had_stays_as_it_was(folder: Path) -> None:
    rows = [[number, f"9941700{number}", f"Thôn {number}", 100, 90] for number in range(1, 6)]
    write_csv(folder / "la.csv", [VILLAGES, *rows])
    assert {each["code"] for each in _found(folder)} == {"U101"}


def test_one_old_row_among_new_ones_is_its_own_finding(folder: Path) -> None:
    write_csv(
        folder / "mau-a.csv", [VILLAGES, [1, "", "Thôn 1", 100, 90], [2, "04417001", "Thôn 2", 100, 90]]
    )
    assert "U111" not in {each["code"] for each in _found(folder)}

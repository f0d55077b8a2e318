"""The samples, read by openpyxl, hold what their README says."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import openpyxl
import pytest

from helpers.places import ROOT, SAMPLES

pytestmark = pytest.mark.slow

CLEAN = SAMPLES / "2021"

VILLAGE = (
    "tong_ho", "to", "thanh_vien", "dang_ky", "dat", "ty_le", "thon_dang_ky", "thon_dat", "cam_ket",
)  # fmt: skip


@cache
def units() -> dict[str, dict[str, str]]:
    with (CLEAN / "units.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


@cache
def workbooks() -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    found = {}
    for path in sorted(CLEAN.rglob("*.xlsx")):
        book = openpyxl.load_workbook(path, data_only=True)
        found[path.relative_to(CLEAN).as_posix()] = {
            sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book
        }
        book.close()
    return found


def village_rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for sheets in workbooks().values():
        for row in sheets["Biểu 01"]:
            if isinstance(row[0], int):
                yield str(row[1]), {"name": row[2], **dict(zip(VILLAGE, row[3:], strict=True))}


def total(code: str) -> int:
    return sum(row[code] for _, row in village_rows())


def test_the_published_figures() -> None:
    assert total("to") == 1691
    assert 46_900 <= total("thanh_vien") < 47_000  # just under 47.000
    assert 206_000 < total("dang_ky") < 207_000
    assert 176_000 < total("dat") < 177_000
    assert total("thon_dat") == 928
    assert 216_000 <= total("tong_ho") <= 219_900
    assert round(100 * total("dat") / total("tong_ho")) == 81
    assert 0.81 <= total("dat") / total("tong_ho") < 0.8145
    assert round(100 * total("thon_dat") / len(list(village_rows()))) == 68


def test_every_village_of_the_register_reports_once() -> None:
    reported = [code for code, _ in village_rows()]
    assert reported == list(dict.fromkeys(reported))
    assert set(reported) == {code for code, unit in units().items() if unit["level"] == "village"}
    assert len(reported) == 1365
    assert all(units()[code]["name"] == row["name"] for code, row in village_rows())


def test_the_register_is_that_of_2021() -> None:
    levels = Counter(unit["level"] for unit in units().values())
    assert levels == {"province": 1, "district": 9, "commune": 173, "village": 1365}
    assert Counter(unit["type"] for unit in units().values() if unit["level"] == "commune") == {
        "xã": 150, "phường": 13, "thị trấn": 10,
    }  # fmt: skip
    assert units()["04516"]["name"] == "Minh Quán"
    assert units()["04567"]["name"] == "Minh Quân"
    sizes = Counter(unit["parent"] for unit in units().values() if unit["level"] == "village")
    assert len(sizes) == 173
    assert min(sizes.values()) >= 4


def test_a_workbook_for_each_commune() -> None:
    assert len(workbooks()) == 173
    assert len({path.split("/")[0] for path in workbooks()}) == 9
    told = []
    for sheets in workbooks().values():
        assert list(sheets) == ["Biểu 01", "Biểu 02"]
        (row,) = [row for row in sheets["Biểu 02"] if isinstance(row[0], int)]
        villages = [row[1] for row in sheets["Biểu 01"] if isinstance(row[0], int)]
        assert all(str(code).startswith(str(row[1])) for code in villages)
        assert row[3] == len(villages)
        assert all(isinstance(cell, int) and cell >= 0 for cell in row[3:])
        told.append(row[1])
    assert sorted(told) == sorted(code for code, unit in units().items() if unit["level"] == "commune")


def test_total_rows_and_rates_are_right() -> None:
    for path, sheets in workbooks().items():
        rows = [row for row in sheets["Biểu 01"] if isinstance(row[0], int)]
        (printed,) = [row for row in sheets["Biểu 01"] if row[0] == "Tổng cộng"]
        for place, code in enumerate(VILLAGE, start=3):
            if code != "ty_le":
                assert printed[place] == sum(row[place] for row in rows), (path, code)
        for row in [*rows, printed]:
            rate = dict(zip(VILLAGE, row[3:], strict=True))
            assert abs(rate["ty_le"] - 100 * rate["dat"] / rate["tong_ho"]) <= 0.0500001, path


def test_no_village_breaks_an_edit_rule() -> None:
    for code, row in village_rows():
        assert 20 <= row["tong_ho"] <= 600, code
        assert 0 < row["dat"] <= row["dang_ky"] <= row["tong_ho"], code
        assert row["cam_ket"] <= row["tong_ho"], code
        assert row["thon_dat"] <= row["thon_dang_ky"] <= 1, code
        assert 3 * row["to"] <= row["thanh_vien"] <= 60 * row["to"], code
        assert row["to"] >= 1, code
        assert row["thanh_vien"] <= 5 * row["tong_ho"], code


def test_no_column_repeats_one_figure() -> None:
    by_commune: dict[str, list[dict[str, Any]]] = {}
    for code, row in village_rows():
        by_commune.setdefault(units()[code]["parent"], []).append(row)
    assert by_commune
    for commune, rows in by_commune.items():
        for code in ("tong_ho", "to", "thanh_vien", "dang_ky", "dat", "cam_ket"):
            assert len({row[code] for row in rows}) > 1, (commune, code)
        assert any(row["dat"] < row["tong_ho"] for row in rows), commune


def test_nobody_is_named() -> None:
    assert workbooks()
    for path, sheets in workbooks().items():
        for rows in sheets.values():
            blocks = [place for place, row in enumerate(rows) if "CHỦ TỊCH" in row]
            assert len(blocks) == 1, path
            assert not any(cell for row in rows[blocks[0] + 1 :] for cell in row), path


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in CLEAN.rglob("*") if path.is_file()) < 2_000_000


@pytest.mark.parametrize(("argument", "status"), [("--check", 0), ("--elsewhere", 2)])
def test_the_script_makes_them_again(argument: str, status: int) -> None:
    script = ROOT / "scripts" / "make_samples.py"
    done = subprocess.run([sys.executable, str(script), argument], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (status, b""), done.stdout.decode()


def test_the_readme_names_every_messy_file() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    folder = SAMPLES / "2021-messy"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert names
    assert [name for name in names if f"`{name}`" not in readme] == []

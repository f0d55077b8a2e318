"""The first screen of `status`: who has sent, who is missing, who must correct, and whom to call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_stats.reading.files.own_output import is_own_text
from helpers import places
from helpers.command import run
from helpers.returns import RATIO, commune, setup, write_xlsx

MESSY = places.SAMPLES / "2021-messy"


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A folder with the return of one of two communes, which must correct a cell."""
    folder = setup(tmp_path / "2021", RATIO)
    write_xlsx(folder / "nguyen-thai-hoc.xlsx", commune((10, "hai"), (20, 2), (30, 3)))
    return folder


def test_the_first_line_counts_senders_and_the_second_villages() -> None:
    lines = run("status", MESSY, "--lang", "vi").stdout.splitlines()
    assert lines[0] == "16/18 xã đã gửi; 2 còn thiếu; 9 cần sửa."
    assert lines[1] == "Số liệu: đã có 140/163 thôn, tổ dân phố."
    titles = [lines.index(title) for title in ("Còn thiếu (2)", "Cần sửa (9)", "Tình hình báo cáo")]
    assert titles == sorted(titles)


def test_who_is_missing_is_told_with_the_file_that_could_not_be_read() -> None:
    text = run("status", MESSY, "--lang", "vi").stdout
    line = next(line for line in text.splitlines() if line.startswith("Xã Việt Thành, huyện Trấn Yên"))
    assert "đã nhận, chưa đọc được: tran-yen/viet-thanh.xlsx" in line
    line = next(line for line in text.splitlines() if line.startswith("Xã Phúc Lợi, huyện Lục Yên"))
    assert line.split()[6] == "4"
    assert line.endswith("thôn 2, thôn 3")


def test_one_district_has_its_own_first_line() -> None:
    lines = run("status", MESSY, "--under", "135", "--lang", "vi").stdout.splitlines()
    assert lines[0] == "8/8 xã đã gửi; 0 còn thiếu; 6 cần sửa."


def test_missing_is_one_line_per_sender_for_a_pipe() -> None:
    done = run("status", MESSY, "--missing", "--lang", "vi")
    assert done.status == 1
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()] == [
        ["04510", "Xã Việt Thành, huyện Trấn Yên"],
        ["04573", "Xã Hưng Thịnh, huyện Trấn Yên"],
    ]
    records = json.loads(run("status", MESSY, "--missing", "--format", "json").stdout)
    assert [record["unit"] for record in records] == ["04510", "04573"]


def test_the_first_day_is_a_normal_answer(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RATIO)
    done = run("status", folder, "--lang", "vi")
    assert done.status == 0
    assert done.stdout.startswith("0/2 xã đã gửi; 2 còn thiếu; 0 cần sửa.\n")
    assert "Còn thiếu (2)" not in done.stdout
    assert f"antq-stats template {folder} -o bieu-trong" in done.stderr
    assert len(run("status", folder, "--missing").stdout.splitlines()) == 2
    assert run("validate", folder).status == 2


def test_a_blank_return_that_came_back_is_not_filled_in(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RATIO)
    assert run("template", folder, "-o", tmp_path / "blank").status == 0
    blank = next((tmp_path / "blank").rglob("*.xlsx"))
    (folder / blank.name).write_bytes(blank.read_bytes())
    text = run("status", folder, "--lang", "vi").stdout
    assert text.startswith("0/2 xã đã gửi; 2 còn thiếu")
    assert "đã nhận, chưa điền" in text


def test_numbers_are_on_the_screen_and_in_no_output(half: Path, tmp_path: Path) -> None:
    (half / "contacts.csv").write_text("unit,phone\n0702,0216 385 1234\n0799,0216 1\n", encoding="utf-8")
    screen = run("status", half, "--lang", "vi")
    assert "0216 385 1234" in screen.stdout
    assert screen.stdout.count("[ ]") == 2  # to tick off
    assert "0799" in screen.stderr
    assert "0216 385 1234" in run("status", half, "--missing").stdout
    out = tmp_path / "out"
    out.mkdir()
    for name in ("status.txt", "status.csv", "status.json"):
        run("status", half, "-o", out / name)
    run("status", half, "--missing", "-o", out / "missing.txt")
    run("validate", half, "--format", "xlsx", "-o", out / "copies")
    run("report", half, "-o", out / "report.md")
    for path in out.rglob("*"):
        assert path.is_dir() or b"0216 385" not in path.read_bytes()


def test_the_list_of_numbers_is_no_return_and_no_personal_data(half: Path) -> None:
    before = json.loads(run("validate", half, "--format", "json").stdout)
    (half / "contacts.csv").write_text("unit,phone\n0702,0912345678\n", encoding="utf-8")
    after = json.loads(run("validate", half, "--format", "json").stdout)
    assert after["findings"] == before["findings"]
    assert after["summary"]["files"] == before["summary"]["files"]


def test_a_list_that_cannot_be_read_is_told_and_changes_nothing(half: Path) -> None:
    before = run("status", half)
    (half / "contacts.csv").write_text("a\n", encoding="utf-8")
    after = run("status", half)
    assert (after.status, after.stdout) == (before.status, before.stdout)
    assert "contacts.csv" in after.stderr


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_saved_status_is_known_as_an_output(lang: str, half: Path, tmp_path: Path) -> None:
    run("status", half, "--lang", lang, "-o", tmp_path / "status.txt")
    assert is_own_text((tmp_path / "status.txt").read_bytes(), ".txt")

"""The sample of 2025: three levels, several layouts, the published rates, and no word of a district."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from helpers.command import run
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

FOLDER = SAMPLES / "2025"
_DISTRICT = re.compile(r"(?i)huyện|district|thị trấn")


def test_it_has_the_published_rates_and_every_measure_of_every_unit() -> None:
    (province,) = run("aggregate", FOLDER, "--by", "province", "--format", "json").data
    assert province["ratios"]["ty_le_ho_dat"]["value"] == 85.5
    assert province["ratios"]["ty_le_thon_dat"]["value"] == 77.5
    assert province["measures"]["tong_ho"]["value"] == 423_800
    for code, figure in province["measures"].items():
        assert figure["given"] == figure["expected"], code
        assert (figure["value"] is None) == (code == "mo_hinh_antq"), code


def test_it_has_no_finding() -> None:
    found = run("validate", FOLDER, "--format", "json")
    assert (found.status, found.data["findings"]) == (0, [])
    assert found.data["form"] == {"id": "antq", "version": "2025"}


def test_its_register_has_99_communes_below_the_province() -> None:
    with (FOLDER / "units.csv").open(encoding="utf-8", newline="") as lines:
        units = list(csv.DictReader(lines))
    assert Counter(unit["level"] for unit in units) == {"province": 1, "commune": 99, "village": 2400}
    communes = {unit["code"] for unit in units if unit["level"] == "commune"}
    assert {unit["parent"] for unit in units if unit["level"] == "village"} == communes
    names = [(unit["parent"], unit["name"]) for unit in units]
    assert len(names) == len(set(names))


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_000_000


@pytest.mark.parametrize("suffix", [".xlsx", ".html", ".docx", ".md"])
def test_no_report_has_a_word_of_a_district(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"report{suffix}"
    made = run("report", FOLDER, "-o", target, "--lang", "vi")
    assert made.status == 0, made.output
    _has_none(target)


def test_every_number_of_its_report_is_found_right(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    assert run("report", FOLDER, "-o", report, "--lang", "vi").status == 0
    checked = run("check-text", report, FOLDER, "--lang", "vi")
    assert checked.status == 0, checked.output


def test_no_blank_return_has_a_word_of_a_district(tmp_path: Path) -> None:
    assert run("template", FOLDER, "-o", tmp_path / "blank", "--lang", "vi").status == 0
    blanks = sorted((tmp_path / "blank").rglob("*.xlsx"))
    assert len(blanks) == 99
    for blank in blanks[::20]:
        _has_none(blank)


def test_no_screen_has_a_word_of_a_district() -> None:
    for command in (("aggregate", FOLDER), ("aggregate", FOLDER, "--by", "xã"), ("status", FOLDER)):
        ran = run(*command, "--lang", "vi")
        assert (ran.status, _DISTRICT.findall(ran.output)) == (0, []), command


def _has_none(path: Path) -> None:
    parts = {path.name: path.read_bytes()}
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    for name, content in parts.items():
        text = content.decode("utf-8", "replace")
        found = [text[max(0, at.start() - 60) : at.end() + 20] for at in _DISTRICT.finditer(text)]
        assert not found, (path.name, name, found[:3])

"""A change of definition between two periods: no change is computed across it, and every output says why."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from antq_stats.form import edition_bytes
from helpers.command import run
from helpers.edition import village, write_edition

REASON = "the definition changed on 30 January 2024 by Decree 86/2023/NĐ-CP"
ACHIEVED, REGISTERED = "Households that achieved it, free of crime and drugs", "Households registered for the"


def two_periods(place: Path, earlier: str, later: str = "2025") -> tuple[Path, Path]:
    """Write two periods: households that achieved and registered went up from 40 and 60 to 100 and 110."""
    paths = place / earlier, place / later
    low = {(village(1), "ho_dat_gdvh"): 40, (village(1), "ho_dang_ky_gdvh"): 60}
    write_edition(paths[0], 2, low, year=2025)
    write_edition(paths[1], 2, {}, year=2025)
    for path in paths:
        (path / "form.toml").write_bytes(edition_bytes("2025"))
    return paths


def large_changes(before: Path, now: Path) -> tuple[set[str], str]:
    done = run("validate", now, "--with", before, "--format", "json")
    return {f["measure"] for f in done.data["findings"] if f["code"] == "P101"}, done.stderr


def test_no_large_change_is_reported_across_it_and_the_reason_is(tmp_path: Path) -> None:
    measures, said = large_changes(*two_periods(tmp_path, "2023"))
    assert measures == {"ho_dang_ky_gdvh"}
    assert REASON in said
    assert said.count("not compared with 2023") == 1


@pytest.mark.parametrize(
    ("earlier", "later", "crossed"),
    [
        ("2023", "2025", True),
        ("2023-12", "2024-01-30", True),  # its first day
        ("2023-12", "2024-01-29", False),
        ("2024-01-29", "2024-12", True),
        ("2024-01-30", "2024-12", False),
        ("2024", "2025", False),
    ],
)
def test_it_lies_between_two_cut_off_days_or_it_does_not(
    tmp_path: Path, earlier: str, later: str, crossed: bool
) -> None:
    measures, said = large_changes(*two_periods(tmp_path, earlier, later))
    assert ("ho_dat_gdvh" not in measures, REASON in said) == (crossed, crossed)
    assert "ho_dang_ky_gdvh" in measures


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report in every format, beside a period before the change."""
    place = tmp_path_factory.mktemp("breaks")
    before, now = two_periods(place, "2023")
    targets = {suffix: place / f"report.{suffix}" for suffix in ("md", "xlsx", "html", "docx")}
    for target in targets.values():
        assert run("report", now, "--with", before, "-o", target).status == 0
    return targets


def test_the_report_in_words_compares_nothing_across_it(reports: dict[str, Path]) -> None:
    text = reports["md"].read_text(encoding="utf-8")
    (achieved,) = re.findall(rf"^\|\s+{ACHIEVED}.*$", text, re.MULTILINE)
    assert achieved.endswith("| 600 | 540 | not compared |")
    (registered,) = re.findall(rf"^\|\s+{REGISTERED}.*$", text, re.MULTILINE)
    assert registered.endswith("| 660 | 610 | 50 |")
    assert REASON in text
    for line in text.splitlines():
        if not line.startswith("|") and "achieved" in line and REASON not in line:
            assert "than in 2023" not in line


def test_the_workbook_compares_nothing_across_it(reports: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(reports["xlsx"])
    rows = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    achieved = next(row for row in rows if ACHIEVED in row)
    assert "not compared" in achieved
    assert 540 in achieved
    assert any(REASON in str(cell) for row in rows for cell in row)


@pytest.mark.parametrize("suffix", ["html", "docx"])
def test_page_and_letter_say_why_nothing_is_compared(reports: dict[str, Path], suffix: str) -> None:
    if suffix == "html":
        text = reports["html"].read_text(encoding="utf-8")
    else:
        with zipfile.ZipFile(reports["docx"]) as archive:
            text = archive.read("word/document.xml").decode()
    assert REASON in text
    assert text.count("not compared") >= 4  # the measures and the ratios made of them


def test_a_blank_return_does_not_show_the_earlier_figure(tmp_path: Path) -> None:
    before, now = two_periods(tmp_path, "2023")
    assert run("template", now, "--with", before, "-o", tmp_path / "blank").status == 0
    book = openpyxl.load_workbook(min((tmp_path / "blank").rglob("*.xlsx")))
    told = {}
    for sheet in book:
        for check in sheet.data_validations.dataValidation:
            if check.prompt and "2023" in check.prompt:
                told[check.promptTitle] = check.prompt
    assert any("registered" in title for title in told)
    assert not any("achieved" in title for title in told)


def test_check_text_finds_no_change_across_it(tmp_path: Path) -> None:
    before, now = two_periods(tmp_path, "2023")
    text = tmp_path / "bao-cao.md"
    text.write_text(
        "# Báo cáo\n\nSố hộ đạt gia đình văn hóa tăng 60 hộ so với năm 2023.\n\n"
        "Số hộ đăng ký gia đình văn hóa tăng 50 hộ so với năm 2023.\n",
        encoding="utf-8",
    )
    numbers = run("check-text", text, now, "--with", before, "--format", "json").data["numbers"]
    verdicts = {number["measure"]: number["verdict"] for number in numbers if number["change"]}
    assert verdicts.get("ho_dang_ky_gdvh") == "right"
    assert verdicts.get("ho_dat_gdvh") != "right"

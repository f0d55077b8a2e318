"""A whole December by the command line: blank returns, faults, marked copies, the final report."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from helpers.blank_returns import figures_of, fill, fill_all
from helpers.command import run
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

COMMUNES = ("04327", "04330")  # two of Lục Yên


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district's year: a register of two communes and their blank returns."""
    folder = tmp_path_factory.mktemp("december")
    rows = (SAMPLES / "2021" / "units.csv").read_text("utf-8").splitlines()
    kept = [row for row in rows[1:] if row.split(",")[0][:5] in (*COMMUNES, "15", "135")]
    for name in ("2020", "2021"):
        (folder / name).mkdir()
        (folder / name / "units.csv").write_text("\n".join([rows[0], *kept]) + "\n", "utf-8")
    for name in ("bieu-01.csv", "bieu-02.csv"):
        lines = (SAMPLES / "2020" / name).read_text("utf-8-sig").splitlines()
        own = [line for line in lines[1:] if line[:5] in COMMUNES]
        (folder / "2020" / name).write_text("\n".join([lines[0], *own]) + "\n", "utf-8")
    return folder


def test_december(year: Path) -> None:
    returns, blank = year / "2021", year / "blank"
    made = run("template", returns, "-o", blank, "--with", year / "2020")
    assert made.status == 0, made.output
    files = sorted(blank.rglob("*.xlsx"))
    assert len(files) == 2

    # Filled in, one with more households achieved than registered; the other commune is late.
    figures = {
        place: value for place, value in figures_of(SAMPLES / "2021").items() if place[0][:5] in COMMUNES
    }
    village = min(unit for unit, measure in figures if unit[:5] == COMMUNES[0] and measure == "ho_dat_gdvh")
    wrong = {**figures, (village, "ho_dat_gdvh"): int(str(figures[village, "ho_dang_ky_gdvh"])) + 7}
    first, second = files
    fill(first, returns / first.relative_to(blank), wrong)

    refused = run("report", returns, "--final", "-o", year / "final.xlsx", "--lang", "en")
    assert refused.status == 1
    assert not (year / "final.xlsx").exists()
    assert "R101" in refused.stdout
    assert "U302" in refused.stdout

    found = run("validate", returns, "--format", "json", "--with", year / "2020")
    assert found.status == 1
    hard = {(f["code"], f["unit"]) for f in found.data["findings"] if f["severity"] == "hard"}
    assert ("R101", village) in hard
    assert {code for code, _ in hard} == {"R101", "U302"}

    back = run("validate", returns, "--format", "xlsx", "-o", year / "back", "--lang", "vi")
    assert back.status == 1, back.output
    marked = openpyxl.load_workbook(year / "back" / first.relative_to(blank))
    notes = [cell.comment.text for sheet in marked for row in sheet for cell in row if cell.comment]
    assert any("không được lớn hơn số hộ đăng ký" in note for note in notes)

    calls = run("validate", returns, "--by-sender", "--lang", "vi")
    late = calls.stdout.index("Minh Xuân"), calls.stdout.index("An Lạc")
    assert late[0] < late[1], "a commune that is missing can move the figures more than one cell"

    provisional = run("report", returns, "-o", year / "now.xlsx", "--lang", "vi")
    assert provisional.status == 1
    assert "SỐ LIỆU TẠM TÍNH" in _texts(year / "now.xlsx")

    # The commune mends the marked copy itself and sends it again; the late one sends its own.
    mended = returns / first.relative_to(blank).with_stem(f"{first.stem}_v2")
    fill(first, mended, figures)
    fill(second, returns / second.relative_to(blank), figures)
    final = run(
        "report", returns, "--final", "--with", year / "2020", "-o", year / "final.xlsx", "--lang", "vi"
    )
    assert final.status == 0, final.output
    texts = _texts(year / "final.xlsx")
    assert "TẠM TÍNH" not in texts

    sums = run("aggregate", returns, "--by", "province", "--format", "json").data[0]["measures"]
    for measure in ("tong_ho", "ho_dat_gdvh", "thon_dat_vh"):
        told = sum(_count(value) for (_, code), value in figures.items() if code == measure)
        assert sums[measure]["value"] == told, measure

    for suffix in (".docx", ".md", ".html"):
        assert run("report", returns, "--final", "-o", year / f"final{suffix}").status == 0
    for suffix in (".docx", ".md"):
        checked = run("check-text", year / f"final{suffix}", returns, "--format", "json")
        assert checked.status == 0, checked.output


def test_a_template_of_another_year_is_refused(year: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank"
    assert run("template", year / "2020", "-o", blank).status == 0
    shutil.copytree(year / "2021", tmp_path / "2021", ignore=shutil.ignore_patterns("*.xlsx"))
    fill_all(blank, tmp_path / "2021", {})
    found = run("validate", tmp_path / "2021", "--format", "json").data
    assert [f["code"] for f in found["findings"]].count("F203") == 2
    assert found["summary"]["values"] == 0


def _count(value: object) -> int:
    return {"có": 1, "không": 0}.get(value, value) if isinstance(value, str) else int(str(value))  # type: ignore[return-value]


def _texts(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
    return b"\n".join(parts).decode("utf-8")


def test_december_by_one_command_run_again_and_again(year: Path, tmp_path: Path) -> None:
    returns, blank, results = tmp_path / "2021", tmp_path / "2021-blank", tmp_path / "2021-ket-qua"
    shutil.copytree(year / "2021", returns, ignore=shutil.ignore_patterns("*.xlsx"))

    def day() -> tuple[int, str]:
        ran = run(returns, "--with", year / "2020", "--lang", "vi")
        assert "Traceback" not in ran.output
        return ran.status, ran.stdout

    status, screen = day()
    assert (status, "0/2 xã đã gửi" in screen) == (1, True)
    assert run("template", returns, "-o", blank).status == 0

    figures = {
        place: value for place, value in figures_of(SAMPLES / "2021").items() if place[0][:5] in COMMUNES
    }
    village = min(unit for unit, measure in figures if unit[:5] == COMMUNES[0] and measure == "ho_dat_gdvh")
    wrong = {**figures, (village, "ho_dat_gdvh"): int(str(figures[village, "ho_dang_ky_gdvh"])) + 7}
    first, second = (path.relative_to(blank) for path in sorted(blank.rglob("*.xlsx")))
    fill(blank / first, returns / first, wrong)
    status, screen = day()
    told = "1/2 xã đã gửi (1 còn thiếu: xã Minh Xuân); 1 xã cần sửa (xã An Lạc); báo cáo tạm tính."
    assert (status, told in " ".join(screen.split())) == (1, True), screen
    assert (results / "3-gui-lai" / first).is_file()
    assert "SỐ LIỆU TẠM TÍNH" in _texts(results / "6-bao-cao-2021.xlsx")

    fill(blank / second, returns / second, figures)
    fill(blank / first, returns / first.with_stem(f"{first.stem}_v2"), figures)
    status, screen = day()
    assert (status, "2/2 xã đã gửi; 0 xã cần sửa; báo cáo chính thức." in screen) == (0, True), screen
    assert not (results / "3-gui-lai").exists() or not list((results / "3-gui-lai").rglob(first.name))
    assert "TẠM TÍNH" not in _texts(results / "6-bao-cao-2021.xlsx")
    checked = run("check-text", results / "6-bao-cao-2021.docx", returns, "--with", year / "2020")
    assert checked.status == 0, checked.output

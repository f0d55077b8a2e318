"""From nothing to the report of Lào Cai 2025 by the command line, each next command taken from the screen."""

from __future__ import annotations

import csv
import re
import shlex
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from helpers.blank_returns import figures_of, provenance_of
from helpers.command import CommandResult, run
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

LATE = ("02647", "02671", "02680")
WRONG = "04342"  # Khánh Hòa
_KEPT = 5
"""Villages of a commune that the journey keeps, for speed."""
_NEXT = re.compile(r"antq-stats (template .+)")


@dataclass
class Journey:
    """An officer's place of work, and what is to be typed into the blank returns."""

    place: Path
    figures: dict[tuple[str, str], object]

    @property
    def year(self) -> Path:
        """The year's folder."""
        return self.place / "2025"

    def result(self, name: str) -> Path:
        """Return a file of the results."""
        return self.place / "2025-ket-qua" / name

    def year_end(self) -> CommandResult:
        """Run the command of December in Vietnamese."""
        ran = run("year-end", self.year, "--lang", "vi")
        assert "Traceback" not in ran.output
        assert not re.search(r"(?i)huyện|\bDIR\b", ran.output), ran.output
        return ran


@cache
def _register() -> tuple[dict[str, str], ...]:
    with (SAMPLES / "2025" / "units.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def _villages() -> Iterator[tuple[str, str, str]]:
    """Yield commune, code and name of the villages kept, as the list of a statistical office has them."""
    names = {unit["code"]: f"{unit['type']} {unit['name']}" for unit in _register()}
    for unit in _register():
        if unit["level"] == "village" and int(unit["code"][-3:]) <= 100 + _KEPT:
            yield names[unit["parent"]], unit["code"], unit["name"]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Start with a list of villages in a workbook, and nothing else."""
    place = tmp_path_factory.mktemp("journey")
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Xã, phường", "Mã thôn", "Tên thôn"])
    for row in _villages():
        book.active.append(row)
    book.save(place / "danh-sach-thon.xlsx")
    figures = figures_of(SAMPLES / "2025", "2025")
    # The commune's own figures were drawn for all its villages; here there are a few.
    kept = dict.fromkeys((unit["code"] for unit in _register() if unit["level"] == "commune"), 0)
    for _, code, _ in _villages():
        kept[code[:5]] += 1
    figures.update(((commune, "tong_thon"), count) for commune, count in kept.items())
    figures.update(((commune, "nguoi_nghien"), 0) for commune in kept)
    return Journey(place, figures)


def _fill(blank: Path, target: Path, figures: dict[tuple[str, str], object]) -> None:
    """Type figures into a workbook's open cells and save it, as a spreadsheet program does."""
    book = openpyxl.load_workbook(blank)
    for layout in provenance_of(blank).tables:
        sheet = book[layout.sheet]
        for row, unit in layout.units:
            for measure, column, _ in layout.measures:
                sheet.cell(row + 1, column + 1).value = figures[unit, measure]  # type: ignore[union-attr]
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)


def _unit_of(blank: Path) -> str:
    return next(layout.units[0][1] for layout in provenance_of(blank).tables)[:5]


def _texts(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
    return b"\n".join(parts).decode("utf-8")


def test_from_nothing_to_a_report_that_can_be_signed(journey: Journey) -> None:
    # A folder to start from; the screen ends with the next command.
    started = run(
        "init", journey.year, "--province", "Lào Cai", "--villages", journey.place / "danh-sach-thon.xlsx",
        "--deadline", "05/12/2025", "--lang", "vi",
    )  # fmt: skip
    assert started.status == 0, started.output
    count = len(list(_villages()))
    assert f"99 đơn vị cấp xã, {count} thôn" in started.output
    following = _NEXT.search(started.stdout)
    assert following, started.output

    # Blank returns, by that command as it stands.
    made = run(*shlex.split(following[1]), "--lang", "vi")
    assert (made.status, "99 biểu trống" in made.output) == (0, True), made.output
    blanks = {_unit_of(path): path for path in journey.place.glob("2025-bieu-trong/**/*.xlsx")}
    assert len(blanks) == 99

    # Before anything came.
    first_day = journey.year_end()
    assert first_day.status == 1
    assert "0/99 xã đã gửi" in first_day.stdout
    assert "VIỆC TIẾP THEO" in first_day.stdout

    # Most have come: three are late, and in one more households achieved the title than registered.
    village = min(unit for unit, _ in journey.figures if unit[:5] == WRONG and len(unit) > len(WRONG))
    right = journey.figures[village, "ho_dat_gdvh"]
    journey.figures[village, "ho_dat_gdvh"] = int(str(journey.figures[village, "ho_dang_ky_gdvh"])) + 3
    for unit, blank in blanks.items():
        if unit not in LATE:
            _fill(blank, journey.year / blank.name, journey.figures)
    most = journey.year_end()
    assert most.status == 1
    assert "96/99 xã đã gửi (3 còn thiếu: " in most.stdout, most.output
    assert "Lào Cai" in most.stdout
    assert re.search(r"; 1 xã cần sửa \([^()]+\); báo cáo tạm tính", " ".join(most.stdout.split()))
    marked = journey.result("3-gui-lai") / blanks[WRONG].name
    assert marked.is_file()
    assert [path.name for path in marked.parent.rglob("*.xlsx")] == [marked.name]
    assert "SỐ LIỆU TẠM TÍNH" in _texts(journey.result("6-bao-cao-2025.xlsx"))

    # The commune mends its marked copy, the late ones send theirs.
    journey.figures[village, "ho_dat_gdvh"] = right
    _fill(marked, journey.year / f"{marked.stem}_v2.xlsx", journey.figures)
    for unit in LATE:
        _fill(blanks[unit], journey.year / blanks[unit].name, journey.figures)
    final = journey.year_end()
    assert final.status == 0, final.output
    assert "99/99 xã đã gửi; 0 xã cần sửa; báo cáo chính thức" in final.stdout

    # The report has its letterhead, place and signature, and the figures that were typed.
    document = journey.result("6-bao-cao-2025.docx")
    words = re.sub(r"<[^>]+>", " ", _texts(document))
    for part in ("LÀO CAI", "CHỦ TỊCH", "Lưu: VT"):
        assert part in words, part
    for report in (document, journey.result("6-bao-cao-2025.xlsx")):
        assert not re.search(r"(?i)tạm tính|huyện", _texts(report)), report.name
    (province,) = run("aggregate", journey.year, "--by", "province", "--format", "json").data
    kept = {code for _, code, _ in _villages()}
    for measure in ("tong_ho", "ho_dat_gdvh", "nhan_khau"):
        told = sum(int(str(journey.figures[code, measure])) for code in kept)
        assert province["measures"][measure] == {"value": told, "given": count, "expected": count}, measure

    # Every number of the document is a figure of the returns.
    checked = run("check-text", document, journey.year, "--lang", "vi")
    assert checked.status == 0, checked.output

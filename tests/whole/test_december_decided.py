"""A December with decisions: from blank returns to a bundle that verifies in another place.

A district's communes fill in blank returns. One agrees a figure by telephone, one has nothing to report, two
send a second time, one doubt is right. The report is final; each figure leads back to its cell.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from helpers.blank_returns import figures_of, fill, provenance_of
from helpers.command import run
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

DISTRICT = "Trạm Tấu"
ACHIEVED = "ho_dat_gdvh"
REASON, OFFICE = "xã báo lại qua điện thoại", "VP"


@dataclass
class December:
    """The officer's folders, and what the communes type."""

    place: Path
    figures: dict[tuple[str, str], object]
    blanks: dict[str, Path]

    @property
    def year(self) -> Path:
        """The folder of the period."""
        return self.place / "2021"

    def send(self, commune: str, name: str | None = None) -> Path:
        """Let a commune fill in its blank return and send it."""
        blank = self.blanks[commune]
        return fill(blank, self.year / (name or blank.name), self.figures)

    def villages(self, commune: str) -> list[str]:
        """Return the codes of a commune's villages, in the order of its return."""
        layouts = provenance_of(self.blanks[commune]).tables
        return [unit for layout in layouts for _, unit in layout.units if len(unit) > len(commune)]


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> December:
    """Write the register of a district and make the blank returns of its communes."""
    place = tmp_path_factory.mktemp("december")
    with (SAMPLES / "2021" / "units.csv").open(encoding="utf-8", newline="") as lines:
        units = list(csv.DictReader(lines))
    district = next(unit for unit in units if unit["level"] == "district" and DISTRICT in unit["name"])
    kept = {district["code"], district["parent"]}
    for unit in units:
        if unit["parent"] in kept - {district["parent"]}:
            kept.add(unit["code"])
    (place / "2021").mkdir()
    with (place / "2021" / "units.csv").open("w", encoding="utf-8", newline="") as lines:
        rows = csv.DictWriter(lines, units[0])
        rows.writeheader()
        rows.writerows(unit for unit in units if unit["code"] in kept)
    made = run("template", place / "2021", "-o", place / "bieu")
    assert made.status == 0, made.output
    blanks = {}
    for path in sorted((place / "bieu").rglob("*.xlsx")):
        units_in = [unit for layout in provenance_of(path).tables for _, unit in layout.units]
        blanks[min(units_in, key=len)] = path
    return December(place, figures_of(SAMPLES / "2021"), blanks)


def _answer(path: Path, answers: dict[str, tuple[str, int | None]]) -> None:
    """Fill in rows of a list, by the unit's code: choose a decision by how it begins, type, save."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if row[0].value == "STT")
    columns = {str(cell.value): place for place, cell in enumerate(rows[head])}
    for row in rows[head + 1 :]:
        answer = answers.pop(str(row[columns["Mã đơn vị"]].value), None)
        if answer is not None:
            offered = [str(cell.value) for cell in row[columns["Danh sách của"] + 1 :]]
            begins, value = answer
            row[columns["Quyết định"]].value = next(text for text in offered if text.startswith(begins))
            row[columns["Số đúng"]].value = value
            row[columns["Lý do"]].value, row[columns["Bộ phận xử lý"]].value = REASON, OFFICE
    assert not answers
    book.save(path)


def _cell_of(report: Path, value: int) -> str:
    """Return the address of the first cell that holds a number: ``sheet!cell``."""
    for sheet in openpyxl.load_workbook(report, data_only=True).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == value:
                    return f"{sheet.title}!{cell.coordinate}"
    raise AssertionError(f"{report.name} does not have {value}")


def _number(december: December, unit: str, measure: str) -> int:
    return int(str(december.figures[unit, measure]))


def test_a_december_with_decisions_ends_in_a_bundle_that_verifies(december: December) -> None:
    d = december
    phone, doubt, silent, again, unasked, *rest = d.blanks
    first = {commune: d.villages(commune)[0] for commune in d.blanks}
    right = {commune: _number(d, first[commune], ACHIEVED) for commune in d.blanks}

    # In three returns more households achieved the title than registered; one village is very large.
    d.figures[first[doubt], "tong_ho"] = 700
    for commune in (phone, again, unasked):
        d.figures[first[commune], ACHIEVED] = _number(d, first[commune], "ho_dang_ky_gdvh") + 3
    wrong = _number(d, first[phone], ACHIEVED)
    for commune in (phone, doubt, again, unasked, *rest):
        d.send(commune)

    # What is clear by telephone is filled in; the two others are asked to send again.
    path = d.place / "can-sua.xlsx"
    asked = run("validate", d.year, "-o", path, "--lang", "vi")
    assert (asked.status, "4 lỗi phải sửa; 1 điểm cần kiểm tra" in asked.output) == (1, True), asked.output
    _answer(
        path,
        {
            first[phone]: ("sửa ô N9", right[phone]),
            first[doubt]: ("chấp nhận", None),
            silent: ("không phát sinh", None),
        },
    )
    taken = run("decide", d.year, path, "--yes", "--lang", "vi")
    assert taken.status == 0, taken.output
    assert run("validate", d.year, "--format", "json").data["summary"]["hard"] == 2

    # Both send again; one changes a figure that nobody asked about.
    village = d.villages(unasked)[1]
    d.figures[village, "gia_dinh_ky_cam_ket_antt"] = _number(d, village, "gia_dinh_ky_cam_ket_antt") - 1
    sent = {}
    for commune in (again, unasked):
        d.figures[first[commune], ACHIEVED] = right[commune]
        sent[commune] = d.send(commune, f"{d.blanks[commune].stem}_v2.xlsx")
    told = {
        commune: run("compare", d.year / d.blanks[commune].name, path, "--lang", "vi")
        for commune, path in sent.items()
    }
    for commune, compared in told.items():
        assert compared.status in (0, 1), compared.output
        assert f"trong đó {int(commune == unasked)} chỗ không ai yêu cầu sửa" in compared.output
    checked = run("validate", d.year, "--format", "json", "-v")
    assert checked.status == 0, checked.output
    assert [found["code"] for found in checked.data["findings"]].count("F202") == 2

    # The report is final, says what was decided, and every sum is what the communes said in the end.
    d.figures[first[phone], ACHIEVED] = right[phone]
    reports = [d.place / f"bao-cao.{kind}" for kind in ("xlsx", "docx", "html", "md")]
    for report in reports:
        made = run("report", d.year, "-o", report, "--lang", "vi")
        assert made.status == 0, made.output
        assert "số liệu đã sửa" in made.output
    (province,) = run("aggregate", d.year, "--by", "province", "--format", "json").data
    counted = [village for commune in d.blanks if commune != silent for village in d.villages(commune)]
    for measure in (ACHIEVED, "tong_ho", "gia_dinh_ky_cam_ket_antt"):
        figure = province["measures"][measure]
        assert figure["value"] == sum(_number(d, village, measure) for village in counted), measure
        # nothing to report is a zero in what all are asked, and no figure where one may be left out
        zeros = 0 if measure == "gia_dinh_ky_cam_ket_antt" else len(d.villages(silent))
        assert figure["given"] == len(counted) + zeros, measure
        assert figure.get("decided", False) is (measure == ACHIEVED or zeros > 0), measure

    # The corrected figure leads to its cell, what stood there, and the decision.
    traced = run("trace", d.year, first[phone], ACHIEVED, "--format", "json", "--found")
    (leaf,) = traced.data["leaves"]
    assert (traced.data["adds_up"], leaf["found"], leaf["value"]) == (True, str(wrong), right[phone])
    assert leaf["cell"] == "N9"
    (corrected,) = leaf["findings"]
    assert corrected["code"] == "C401"
    assert REASON in corrected["message"]
    told_total = province["measures"][ACHIEVED]["value"]
    back = run("trace", reports[0], _cell_of(reports[0], told_total), d.year, "--format", "json")
    assert (back.data["figure"]["value"], back.data["adds_up"]) == (told_total, True), back.output
    assert len(back.data["leaves"]) == len(counted) + len(d.villages(silent))

    # Elsewhere, without the folder, the bundle gives the same reports.
    bundle = d.place / "minh-chung.zip"
    packed = run(
        "bundle", d.year, "-o", bundle, *(f"--report={report}" for report in reports), "--lang", "vi"
    )
    assert packed.status == 0, packed.output
    elsewhere = d.place / "noi khác" / "gửi.zip"
    elsewhere.parent.mkdir()
    shutil.move(bundle, elsewhere)
    shutil.rmtree(d.year)
    verified = run("verify", elsewhere, "--lang", "vi")
    assert verified.status == 0, verified.output

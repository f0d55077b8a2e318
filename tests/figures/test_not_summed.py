"""A measure with up = none: asked at every level, shown, and summed at none; checked by the command line."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.figures.status import Status
from antq_stats.form import edition_bytes
from helpers.command import run
from helpers.edition import commune, village, write_edition
from helpers.reading import read_folder
from helpers.returns import FORM, csv_text, setup
from helpers.returns import HEAD as RETURN_HEAD

CODE = "mo_hinh_antq"
LABEL = "Kinds of models of the movement"
KINDS = {commune(1): 4, commune(2): 6, commune(3): 5}
CHANGES = {(unit, CODE): value for unit, value in KINDS.items()}


def figure_of(folder: Path, unit: str, code: str = CODE) -> dict[str, object]:
    done = run("aggregate", folder, "--format", "json")
    (found,) = [each for each in done.data if each["unit"] == unit]
    return {**found["measures"][code], "provisional": code in found["provisional"]}


def add_row(folder: Path, *rows: list[object], name: str = "tinh.csv") -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_edition(tmp_path / "2025", 3, CHANGES)
    return tmp_path / "2025"


def rows_of(folder: Path) -> list[list[str]]:
    """Return the rows of the communes' return."""
    with (folder / "bieu-02.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def codes_of(folder: Path) -> set[str]:
    return {finding["code"] for finding in run("validate", folder, "--format", "json").data["findings"]}


# --- figures


def test_no_sum_is_made_above_the_table_and_the_coverage_is_told(folder: Path) -> None:
    none = {"value": None, "given": 3, "expected": 3, "up": "none", "provisional": False}
    assert figure_of(folder, "15") == none
    assert figure_of(folder, commune(2)) == {
        **none, "value": 6, "given": 1, "expected": 1,
    }  # fmt: skip
    assert figure_of(folder, "15", "diem_mo_hinh_antq") == {
        "value": 27, "given": 3, "expected": 3, "provisional": False,
    }  # fmt: skip


def test_a_missing_unit_below_makes_no_provisional_figure_of_what_is_not_summed(tmp_path: Path) -> None:
    write_edition(tmp_path / "2025", 3, CHANGES | {(commune(3), CODE): ""})
    assert figure_of(tmp_path / "2025", "15") == {
        "value": None, "given": 2, "expected": 3, "up": "none", "provisional": False,
    }  # fmt: skip
    assert figure_of(tmp_path / "2025", commune(3))["value"] is None


HEAD = ["Mã đơn vị", "Tên đơn vị", "Mô hình", "Điểm mô hình"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("15", "Tỉnh Lào Cai"),
        ("15", "Lào Cai"),
        ("15", "Tổng số tỉnh Lào Cai"),
        ("", "Tỉnh Lào Cai"),
        ("", "Lào Cai"),
    ],
)
def test_the_row_of_the_unit_above_is_its_own_figure(folder: Path, code: str, name: str) -> None:
    add_row(folder, HEAD, [code, name, 7, ""])
    assert figure_of(folder, "15") == {
        "value": 7, "given": 1, "expected": 1, "up": "none", "provisional": False,
    }  # fmt: skip
    assert not codes_of(folder) & {"T301", "U101", "U108", "U202", "T106", "T201"}


def test_a_total_row_that_names_the_unit_gives_its_figure_and_is_not_compared(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 3, CHANGES)
    rows = rows_of(folder)
    kinds, places = rows[0].index(CODE), rows[0].index("diem_mo_hinh_antq")
    total = ["15", *[""] * (len(rows[0]) - 1)]
    total[kinds], total[places] = "9", "26"
    rows = [[row[0], f"Xã Mường {at}" if at else "Tên đơn vị", *row[1:]] for at, row in enumerate(rows)]
    rows.append(["15", "Tỉnh Lào Cai", *total[1:]])
    add_row(folder, *rows, name="bieu-02.csv")
    assert figure_of(folder, "15")["value"] == 9
    told = [f for f in run("validate", folder, "--format", "json").data["findings"] if f["code"] == "T301"]
    assert [finding["measure"] for finding in told] == ["diem_mo_hinh_antq"]  # 26 is not 27


def test_a_total_row_that_names_nobody_is_neither_compared_nor_taken(folder: Path) -> None:
    rows = rows_of(folder)
    kinds = rows[0].index(CODE)
    total = ["Tổng cộng", *[""] * (len(rows[0]) - 1)]
    total[kinds] = "15"
    add_row(folder, *rows, total, name="bieu-02.csv")
    assert figure_of(folder, "15")["value"] is None
    assert "T301" not in codes_of(folder)


def test_two_own_figures_that_differ_are_told_and_neither_counts(folder: Path) -> None:
    add_row(folder, HEAD, ["15", "Tỉnh Lào Cai", 7, ""], name="a.csv")
    add_row(folder, HEAD, ["15", "Tỉnh Lào Cai", 8, ""], name="b.csv")
    findings = run("validate", folder, "--format", "json").data["findings"]
    told = [(f["file"], f["cell"], f["unit"], f["value"]) for f in findings if f["code"] == "U202"]
    assert told == [("a.csv", "C2", "15", "7"), ("b.csv", "C2", "15", "8")]
    assert figure_of(folder, "15")["value"] is None
    add_row(folder, HEAD, ["15", "Tỉnh Lào Cai", 7, ""], name="b.csv")
    assert figure_of(folder, "15")["value"] == 7


def test_a_cell_of_an_own_figure_that_is_no_number_is_told(folder: Path) -> None:
    add_row(folder, HEAD, ["15", "Tỉnh Lào Cai", "bảy", 3])
    findings = run("validate", folder, "--format", "json").data["findings"]
    assert ("C302", "C2", "15") in [(f["code"], f["cell"], f["unit"]) for f in findings]
    assert figure_of(folder, "15")["value"] is None


SMALL = (
    FORM
    + """
[[measure]]
code = "loai"
label = { vi = "Số loại", en = "Kinds" }
kind = "count"
required = false
up = "none"
"""
)
NAMES = {
    "070101": "Thôn 1",
    "070102": "Thôn 2",
    "070201": "Thôn 1",
    "0701": "Xã Nguyễn Thái Học",
    "07": "Tỉnh Hà Trung",
}
cells = st.one_of(st.none(), st.integers(0, 999))


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(NAMES, cells)))
def test_a_column_says_what_its_figures_say(given_values: dict[str, int | None]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "2025"
        setup(folder, form=SMALL)
        rows = [[code, NAMES[code], 1, 1, value] for code, value in given_values.items() if len(code) == 6]
        rows += [[code, NAMES[code], "", "", value] for code, value in given_values.items() if len(code) < 6]
        (folder / "a.csv").write_text(csv_text([[*RETURN_HEAD, "Số loại"], *rows]), "utf-8")
        aggregate = read_folder(folder).total
    units = aggregate.register.units
    sums, given_counts, expected, provisional = aggregate.column("loai")
    for unit, code in enumerate(units.codes):
        figure = aggregate.figure(unit, "loai")
        assert figure[1:4] == (given_counts[unit], expected[unit], provisional[unit])
        assert (figure.value or 0) == sums[unit]
        if code in given_values:
            assert figure.value == given_values[code]
        elif units.levels[unit] < 2:
            assert figure.value is None
        is_sign = figure.value is None and figure.given > 0
        assert (figure.status == Status.NOT_SUMMED) == is_sign == bool(aggregate.not_summed("loai")[unit])


# --- rules


RULE = """
[[rule]]
code = "phu-nu-va-thon"
check = "pn_ky_cam_ket <= tong_thon"
severity = "hard"
message = { vi = "Không quá số thôn", en = "Not more than villages" }

[[rule]]
code = "loai-va-diem"
check = "mo_hinh_antq < diem_mo_hinh_antq"
severity = "hard"
message = { vi = "Ít hơn số điểm", en = "Fewer than places" }
"""


def test_a_rule_at_a_higher_level_that_names_it_is_not_judged_there(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 3, CHANGES | {(commune(2), "diem_mo_hinh_antq"): 6})
    text = edition_bytes("2025").decode() + RULE
    text = text.replace('code = "pn_ky_cam_ket"\n', 'code = "pn_ky_cam_ket"\nup = "none"\n', 1)
    (folder / "form.toml").write_text(text, encoding="utf-8")
    raised = {
        (f["unit"], f["rule"])
        for f in run("validate", folder, "--format", "json").data["findings"]
        if f["code"] in ("R101", "R201")
    }
    # the sum over villages would exceed the villages of every commune; it is never made
    assert raised == {(commune(2), "loai-va-diem")}


# --- what each output shows


def test_the_table_on_the_terminal_shows_a_sign_and_what_it_means(folder: Path) -> None:
    for width in ("80", "140"):
        shown = run("aggregate", folder, "--measure", CODE, env={"COLUMNS": width}).stdout
        (row,) = [line for line in shown.splitlines() if line.startswith("Tỉnh Lào Cai")]
        assert row.split()[-1] == "(x)"
        assert "(x) not added up from the level below" in shown


def test_csv_leaves_the_cell_empty_and_markdown_shows_the_sign(folder: Path) -> None:
    text = run("aggregate", folder, "--measure", CODE, "--format", "csv").stdout
    rows = {row["unit"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["15"][CODE], rows["15"]["provisional"]) == ("", "")
    assert rows[commune(1)][CODE] == "4"
    shown = run("aggregate", folder, "--measure", CODE, "--format", "md").stdout
    assert "**(x)**" in shown
    assert "(x) not added up" in shown


def test_the_report_in_words_states_no_total_of_it(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.md"
    assert run("report", folder, "-o", target).status == 0
    text = target.read_text(encoding="utf-8")
    sentences = [line for line in text.splitlines() if not line.startswith("|")]
    assert not [line for line in sentences if LABEL.lower() in line.lower()]
    assert re.search(rf"\|\s+{LABEL} \| models \| \(x\) \|", text)
    assert "(x) not added up" in text
    add_row(folder, HEAD, ["15", "Tỉnh Lào Cai", 7, ""])
    assert run("report", folder, "-o", target).status == 0
    assert re.search(rf"\|\s+{LABEL} \| models \| 7 \|", target.read_text(encoding="utf-8"))


def test_a_workbook_shows_the_sign_and_never_a_formula(folder: Path, tmp_path: Path) -> None:
    add_row(folder, HEAD, ["15", "Tỉnh Lào Cai", sum(KINDS.values()), ""])
    cells = _workbook_row(folder, tmp_path / "a.xlsx")
    assert 15 in cells  # the own figure happens to be the sum; it is written as a number all the same
    (folder / "tinh.csv").unlink()
    cells = _workbook_row(folder, tmp_path / "b.xlsx")
    assert "(x)" in cells
    assert not [cell for cell in cells if str(cell).startswith("=") and "SUM" in str(cell)]


def _workbook_row(folder: Path, target: Path) -> list[object]:
    """Return the cells on the measure in the summary of a report."""
    assert run("report", folder, "-o", target).status == 0
    book = openpyxl.load_workbook(target)
    rows = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    (row,) = [row for row in rows if LABEL in row]
    return row


def test_page_and_letter_show_the_sign_with_its_meaning(folder: Path, tmp_path: Path) -> None:
    page, letter = tmp_path / "r.html", tmp_path / "r.docx"
    for target in (page, letter):
        assert run("report", folder, "-o", target).status == 0
    html = page.read_text(encoding="utf-8")
    data = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    (column,) = [c for s in data["sections"] for c in s["columns"] if c["label"] == LABEL]
    assert column["values"][0] == "n"
    assert data["signs"]["notSummed"] == "(x)"
    assert "not added up from the level below" in html
    with zipfile.ZipFile(letter) as archive:
        words = archive.read("word/document.xml").decode()
    assert "(x)" in words
    assert "not added up from the level below" in words


def test_check_text_has_no_total_to_look_a_number_up_in(folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "bao-cao.md"
    report.write_text(f"# Report\n\nThe province has 15 {LABEL.lower()}.\n", encoding="utf-8")
    done = run("check-text", report, folder, "--format", "json")
    (number,) = done.data["numbers"]
    assert (number["measure"], number["verdict"], number["expected"]) == (CODE, "orphan", None)


def test_a_small_own_figure_of_a_protected_measure_is_withheld_alone(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 4, {(commune(n), CODE): value for n, value in ((1, 3), (2, 60), (3, 70), (4, 80))})
    text = edition_bytes("2025").decode()
    text = text.replace('up = "none"\n', 'up = "none"\nprotect = { below = 5 }\n', 1)
    (folder / "form.toml").write_text(text, encoding="utf-8")
    target = tmp_path / "r.html"
    run("report", folder, "-o", target)
    html = target.read_text(encoding="utf-8")
    data = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    (column,) = [c for s in data["sections"] for c in s["columns"] if c["label"] == LABEL]
    communes = [
        value for value, level in zip(column["values"], data["unitLevels"], strict=True) if level == 1
    ]
    assert communes == ["x", 60, 70, 80]  # no total shows the withheld one, so no other is withheld with it


def test_a_blank_return_asks_for_it_and_adds_up_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 1, {})
    text = edition_bytes("2025").decode()
    text = text.replace('code = "pn_ky_cam_ket"\n', 'code = "pn_ky_cam_ket"\nup = "none"\n', 1)
    (folder / "form.toml").write_text(text, encoding="utf-8")
    assert run("template", folder, "-o", tmp_path / "blank").status == 0
    (made,) = (tmp_path / "blank").rglob("*.xlsx")
    book = openpyxl.load_workbook(made)
    (sheet,) = [
        s for s in book if any(str(c.value).startswith("Women who signed") for c in s[7] + s[6] + s[8])
    ]
    (head,) = [
        c for row in sheet.iter_rows(max_row=12) for c in row if str(c.value).startswith("Women who signed")
    ]
    column = [sheet.cell(row, head.column).value for row in range(head.row + 2, head.row + 8)]
    assert not [value for value in column if value is not None and "SUM" in str(value)]
    assert "each is counted once" in head.comment.text
    assert village(1) in {str(c.value) for row in sheet.iter_rows() for c in row}

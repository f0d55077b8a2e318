"""Blank returns: what is written for each unit, how it is read back, what is refused."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq_stats.collection.intake import Intake
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.provenance import Provenance, TableLayout, find_provenance, table_at
from helpers.blank_returns import figures_of, fill, fill_all, provenance_of
from helpers.command import run
from helpers.places import ROOT
from helpers.reading import read_folder
from helpers.returns import FLAG, FORM, UNITS, V1, V2, commune, setup, write_form, write_xlsx

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "data" / "samples" / "2021"

COMMUNE_TABLE = """
[[table]]
code = "02"
level = "commune"
title = { vi = "Biểu 02: Hợp tác xã", en = "Table 02: cooperatives" }

[[section]]
code = "htx"
label = { vi = "Hợp tác xã", en = "Cooperatives" }

[[measure]]
code = "htx_moi"
table = "02"
section = "htx"
label = { vi = "Hợp tác xã mới", en = "New cooperatives" }
unit = { vi = "hợp tác xã", en = "cooperatives" }
time = "flow"
required = false

[[rule]]
code = "bo-trau"
check = "bo <= trau"
severity = "hard"
message = { vi = "Số bò không lớn hơn số trâu", en = "No more cattle than buffaloes" }
"""
FORM_2 = FORM.replace('code = "trau"', 'code = "trau"\ntable = "01"').replace(
    'code = "bo"', 'code = "bo"\ntable = "01"'
)
FLAG_2 = FLAG.replace('code = "dien"', 'code = "dien"\ntable = "01"')

FIGURES: dict[tuple[str, str], object] = {
    ("070101", "trau"): 1691, ("070101", "bo"): 12, ("070101", "dien"): "có",
    ("070102", "trau"): 20, ("070102", "bo"): 0, ("070102", "dien"): "không",
    ("070103", "trau"): 30, ("070103", "bo"): 3, ("070103", "dien"): "có",
    ("070201", "trau"): 40, ("070201", "bo"): 4, ("070201", "dien"): "có",
    ("070202", "trau"): 50, ("070202", "bo"): 5, ("070202", "dien"): "không",
    ("0701", "htx_moi"): 2, ("0702", "htx_moi"): 1,
}  # fmt: skip
ONE, TWO = "nguyen-thai-hoc.xlsx", "minh-quan.xlsx"


@pytest.fixture
def period(tmp_path: Path) -> Path:
    """A folder with a form of two tables and a register, and nothing else."""
    return setup(tmp_path / "2021", FLAG_2, COMMUNE_TABLE, form=FORM_2)


@pytest.fixture
def blanks(period: Path, tmp_path: Path) -> Path:
    """The blank returns of that folder."""
    ran = run("template", period, "-o", tmp_path / "out")
    assert (ran.status, ran.stdout) == (0, ""), ran.output
    return tmp_path / "out"


def sent(period: Path, blank: Path, figures: dict[tuple[str, str], object] = FIGURES) -> Path:
    """Fill a blank return in and put it into the folder."""
    units = {code for layout in provenance_of(blank).tables for _, code in layout.units}
    return fill(blank, period / blank.name, {key: v for key, v in figures.items() if key[0] in units})


# -- what is written -----------------------------------------------------------------------------


def test_a_workbook_for_each_commune_with_a_sheet_for_each_table(blanks: Path) -> None:
    assert sorted(path.name for path in blanks.rglob("*")) == [TWO, ONE]
    book = openpyxl.load_workbook(blanks / ONE)
    assert book.sheetnames == ["Instructions", "Table 01", "Table 02", "_antq_stats"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "visible", "veryHidden"]
    village, commune_table = book.worksheets[1], book.worksheets[2]
    rows = [[cell.value for cell in row[:3]] for row in village.iter_rows(min_row=9, max_row=11)]
    assert rows == [[1, "070101", "Thôn 1"], [2, "070102", "Thôn 2"], [3, "070103", "Thôn Nguyễn Phúc"]]
    assert commune_table["B9"].value == "0701"
    assert village["B9"].data_type == "s"
    assert village["D12"].value == '=IF(COUNT(D9:D11)=0,"",SUM(D9:D11))'
    assert "COUNTIF" in village["F12"].value
    assert village.freeze_panes == "D9"
    assert (village.page_setup.orientation, village.page_setup.paperSize) == ("landscape", 9)


def test_only_the_cells_to_be_filled_in_are_open(blanks: Path) -> None:
    book = openpyxl.load_workbook(blanks / ONE)
    for sheet in book.worksheets[:3]:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    open_cells = {
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets[1:3]
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    columns = {("Table 01", f"{c}{r}") for c in "DEF" for r in (9, 10, 11)} | {("Table 02", "D9")}
    assert open_cells == columns


def test_cells_say_what_they_take_and_turn_red_by_the_rules(blanks: Path) -> None:
    sheet = openpyxl.load_workbook(blanks / ONE).worksheets[1]
    found = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
    assert (found["E9:E11"].type, found["E9:E11"].formula1, found["E9:E11"].formula2) == (
        "whole",
        "0",
        "5000",
    )
    assert found["E9:E11"].errorStyle in (None, "stop")
    assert found["E9:E11"].prompt
    assert found["E9:E11"].error
    assert found["F9:F11"].formula1 == '"yes,no"'
    formulas = [rule.formula[0] for ranges in sheet.conditional_formatting for rule in ranges.rules]
    assert any("$E9<=$D9" in formula for formula in formulas)
    assert any('AND($D9="",COUNTA($D9:$F9)>0)' in formula for formula in formulas)
    assert "No more cattle than buffaloes" in sheet["G9"].value
    note = sheet["E7"].comment.text
    assert "from 0 to 5,000" in note
    assert "No more cattle" in note


def test_vietnamese_is_the_default_language(period: Path, tmp_path: Path) -> None:
    run("template", period, "-o", tmp_path / "vi", "--lang", "vi")
    book = openpyxl.load_workbook(tmp_path / "vi" / ONE)
    assert book.sheetnames[0] == "Hướng dẫn"
    found = {str(v.sqref): v for v in book["Biểu 01"].data_validations.dataValidation}
    assert "số nguyên từ 0 đến 5.000" in found["E9:E11"].error
    assert found["F9:F11"].formula1 == '"có,không"'
    assert book["Biểu 01"]["D7"].value == "Số trâu\n(con)"


def test_the_same_input_gives_the_same_bytes(period: Path, blanks: Path, tmp_path: Path) -> None:
    run("template", period, "-o", tmp_path / "again")
    first, again = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in (blanks, tmp_path / "again")
    )
    assert first
    assert again == first


def test_names_that_begin_like_formulas_stay_text(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", units=UNITS.replace("Bản Lý", "=HYPERLINK(1)"))
    run("template", folder, "-o", tmp_path / "out", "--under", "0702")
    sheet = openpyxl.load_workbook(tmp_path / "out" / TWO)["Table 01"]
    assert (sheet["C10"].value, sheet["C10"].data_type) == ("=HYPERLINK(1)", "s")


def test_communes_of_one_name_bear_their_codes(tmp_path: Path) -> None:
    units = (
        UNITS.replace("0702,Minh Quân", "0702,Nguyễn Thái Hộc")
        + "0703,Con,xã,commune,07\n070301,Thôn 1,,village,0703\n"
    )
    folder = setup(tmp_path / "2021", units=units)
    run("template", folder, "-o", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["con-0703.xlsx", "nguyen-thai-hoc-0701.xlsx", "nguyen-thai-hoc-0702.xlsx"]


def test_another_level_has_the_rows_of_all_below_it(period: Path, tmp_path: Path) -> None:
    ran = run("template", period, "-o", tmp_path / "out", "--level", "province")
    assert ran.status == 0
    path = tmp_path / "out" / "ha-trung.xlsx"
    provenance = provenance_of(path)
    assert (provenance.unit, provenance.level) == ("07", "province")
    assert [len(table.units) for table in provenance.tables] == [5, 2]
    sent(period, path)
    outcome = read_folder(period)
    assert outcome.codes == []
    assert outcome.sum("trau") == 1831


# -- read again ----------------------------------------------------------------------------------


def test_what_is_filled_in_is_read_whole_and_without_a_finding(period: Path, blanks: Path) -> None:
    for path in blanks.iterdir():
        sent(period, path)
    outcome = read_folder(period)
    assert outcome.findings == ()
    assert (outcome.sum("trau"), outcome.sum("bo"), outcome.sum("dien"), outcome.sum("htx_moi")) == (
        1831,
        24,
        3,
        3,
    )
    assert outcome.status == 0


def test_a_blank_return_that_was_not_filled_in_is_no_answer(period: Path, blanks: Path) -> None:
    shutil.copy(blanks / ONE, period)
    sent(period, blanks / TWO)
    outcome = read_folder(period)
    assert not any(given.passed_over for given in outcome.collection.files)
    assert set(outcome.codes) == {"F209", "R201"}
    assert outcome.at("F209") == [(ONE, None, None)]
    assert not any(f.unit == "0701" and "other" not in f.facts for f in outcome.findings if f.code == "U302")
    assert outcome.figure("trau", "0701")[:2] == (None, 0)


def test_the_edit_rules_still_judge_what_came_in(period: Path, blanks: Path) -> None:
    sent(period, blanks / ONE, {**FIGURES, ("070102", "bo"): 21})
    outcome = read_folder(period)
    assert ("R101", None) in [(code, None) for code, _ in outcome.hard]


def test_one_for_another_period_is_refused_whole(period: Path, blanks: Path, tmp_path: Path) -> None:
    sent(period, blanks / ONE)
    later = setup(tmp_path / "2022", FLAG_2, COMMUNE_TABLE, form=FORM_2)
    shutil.copy(period / ONE, later)
    outcome = read_folder(later, "2022")
    assert [(f.code, dict(f.facts)) for f in outcome.findings if f.code[0] == "F"] == [
        ("F203", {"found": "2021", "period": "2022"})
    ]
    assert outcome.sum("trau") is None


def test_one_for_another_edition_is_refused_whole(period: Path, blanks: Path) -> None:
    sent(period, blanks / ONE)
    write_form(period, FLAG_2, COMMUNE_TABLE, base=FORM_2.replace('version = "3"', 'version = "4"'))
    outcome = read_folder(period)
    assert [f.facts["expected"] for f in outcome.findings if f.code == "F207"] == ["giong 4"]
    assert outcome.sum("trau") is None
    assert outcome.status == 1


@pytest.mark.parametrize(
    "units",
    [
        pytest.param(UNITS.replace("0701", "0709"), id="its code is gone"),
        pytest.param(UNITS.replace("Nguyễn Thái Học", "Yên Ninh"), id="its code is another unit's now"),
    ],
)
def test_one_for_a_unit_not_in_force_is_refused_whole(period: Path, blanks: Path, units: str) -> None:
    sent(period, blanks / ONE)
    (period / "units.csv").write_text(units, encoding="utf-8")
    outcome = read_folder(period)
    assert [f.facts["found"] for f in outcome.findings if f.code == "F208"] == [
        "0701"
    ]  # named like a person, so by its code alone
    assert outcome.sum("trau") is None


def test_a_renamed_sheet_is_found_by_its_codes_and_heads(period: Path, blanks: Path) -> None:
    path = sent(period, blanks / ONE)
    book = openpyxl.load_workbook(path)
    book["Table 01"].title = "Của xã"
    book.save(path)
    outcome = read_folder(period)
    assert set(outcome.codes) <= {"R201"}
    assert outcome.sum("trau", "0701") == 1741


def test_an_inserted_row_is_reported_and_the_figures_are_read(period: Path, blanks: Path) -> None:
    path = sent(period, blanks / ONE)
    book = openpyxl.load_workbook(path)
    sheet = book["Table 01"]
    sheet.move_range("A10:G11", rows=1)
    book.save(path)
    outcome = read_folder(period)
    assert outcome.hard == []
    assert outcome.at("T105") == [(ONE, "Table 01", None)]
    assert (outcome.sum("trau", "0701"), outcome.sum("dien", "0701")) == (1741, 2)


def test_exchanged_heads_are_not_read_by_place(period: Path, blanks: Path) -> None:
    path = sent(period, blanks / ONE)
    book = openpyxl.load_workbook(path)
    sheet = book["Table 01"]
    sheet["D7"].value, sheet["E7"].value = sheet["E7"].value, sheet["D7"].value
    book.save(path)
    outcome = read_folder(period)
    assert outcome.at("T105") == [(ONE, "Table 01", None)]
    assert outcome.sum("bo", "0701") == 1741


def test_a_list_of_persons_added_to_it_is_still_reported(period: Path, blanks: Path) -> None:
    path = sent(period, blanks / ONE)
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("Danh sách")
    for row in (["Họ và tên", "Năm sinh"], ["Nguyễn Văn An", 1970], ["Trần Thị Bình", 1981]):
        page.append(row)
    book.save(path)
    assert "D101" in read_folder(period).codes


def test_its_titles_may_name_other_years(tmp_path: Path) -> None:
    """The workbook of a period is of this period, even if the form's title names other years."""
    form = FORM.replace('vi = "Gieo trồng"', 'vi = "Gieo trồng theo Quyết định năm 2019"')
    folder = setup(tmp_path / "2021", form=form)
    run("template", folder, "-o", tmp_path / "out", "--under", "0702", "--period", "2021", "--lang", "vi")
    sent(folder, tmp_path / "out" / TWO, {key: v for key, v in FIGURES.items() if key[1] in ("trau", "bo")})
    assert read_folder(folder).codes == []


def test_december_by_the_samples(tmp_path: Path) -> None:
    """template, filled in with the samples' figures, validate, aggregate: the published totals."""
    ran = run("template", SAMPLE, "-o", tmp_path / "out", "--lang", "vi")
    assert ran.status == 0
    assert len(list((tmp_path / "out").rglob("*.xlsx"))) == 173
    assert (tmp_path / "out" / "luc-yen" / "muong-lai.xlsx").is_file()
    folder = tmp_path / "2021"
    fill_all(tmp_path / "out", folder, figures_of(SAMPLE))
    shutil.copy(SAMPLE / "units.csv", folder)
    checked = run("validate", folder, "--format", "json")
    assert checked.status == 0
    assert checked.data["findings"] == []
    assert checked.data["summary"]["units_read"] == checked.data["summary"]["units_expected"]
    assert (
        run("aggregate", folder, "--by", "commune", "--format", "csv").stdout
        == run("aggregate", SAMPLE, "--by", "commune", "--format", "csv").stdout
    )


# -- an earlier period ---------------------------------------------------------------------------


def test_last_years_figures_and_findings_stand_beside_the_cells(period: Path, tmp_path: Path) -> None:
    before = setup(tmp_path / "2020", FLAG_2, form=FORM_2.replace('version = "3"', 'version = "2"'))
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Có điện"]
    write_xlsx(before / "a.xlsx", commune((77, "l2", "x"), (1234, 3, "không"), head=head, villages=(V1, V2)))
    ran = run("template", period, "-o", tmp_path / "out", "--with", before, "--lang", "vi")
    assert ran.status == 0, ran.output
    book = openpyxl.load_workbook(tmp_path / "out" / ONE)
    sheet = book["Biểu 01"]
    prompts = {str(v.sqref): v.prompt for v in sheet.data_validations.dataValidation}
    assert prompts["D9"].startswith("Năm 2020: 77 con")
    assert prompts["D10"].startswith("Năm 2020: 1.234 con")
    assert prompts["F10"].startswith("Năm 2020: không")
    assert "2020" not in prompts["D11"]
    assert "2020" not in prompts["E9"]  # what was not a count is no figure
    assert "2020" in sheet["E9"].comment.text
    lines = [str(row[0]) for row in book.worksheets[0].iter_rows(values_only=True) if row[0]]
    assert any("năm 2020" in line for line in lines)
    assert any(line.startswith("– Thôn 1: Số bò: ") for line in lines)
    assert sheet["D9"].value is None
    assert not any(
        "Thôn 1: Số bò" in str(cell)
        for row in openpyxl.load_workbook(tmp_path / "out" / TWO).worksheets[0].iter_rows(values_only=True)
        for cell in row
    )


def test_the_earlier_figures_are_never_read_as_this_years(period: Path, tmp_path: Path) -> None:
    before = setup(tmp_path / "2020", FLAG_2, COMMUNE_TABLE, form=FORM_2)
    run("template", before, "-o", tmp_path / "old")
    for path in (tmp_path / "old").iterdir():
        sent(before, path)
    run("template", period, "-o", tmp_path / "out", "--with", before)
    shutil.copy(tmp_path / "out" / ONE, period)
    shutil.copy(tmp_path / "out" / TWO, period)
    outcome = read_folder(period)
    assert outcome.codes == ["F209", "F209"]
    assert outcome.sum("trau") is None


# -- what is refused -----------------------------------------------------------------------------


def test_a_blank_return_may_be_written_again_but_nothing_filled_in(period: Path, blanks: Path) -> None:
    assert run("template", period, "-o", blanks).status == 0
    filled = fill(blanks / ONE, blanks / ONE, {("070101", "bo"): 1})
    content, other = filled.read_bytes(), (blanks / TWO).stat().st_mtime_ns
    ran = run("template", period, "-o", blanks)
    assert (ran.status, filled.read_bytes(), (blanks / TWO).stat().st_mtime_ns) == (3, content, other)
    assert ONE in ran.stderr


def test_no_other_file_is_written_over(period: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    other = tmp_path / "out" / ONE
    write_xlsx(other, commune())
    content = other.read_bytes()
    assert run("template", period, "-o", tmp_path / "out").status == 3
    assert other.read_bytes() == content
    assert [path.name for path in (tmp_path / "out").iterdir()] == [ONE]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "-o"),
        (("-o", "OUT", "--level", "vùng"), "vùng"),
        (("-o", "OUT", "--under", "0999"), "0999"),
        (("-o", "OUT", "--level", "province", "--under", "0701"), "province"),
    ],
)
def test_misuse_is_reported(period: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    given = [str(tmp_path / "out") if word == "OUT" else word for word in arguments]
    ran = run("template", period, *given)
    assert ran.status == 2
    assert said in ran.stderr
    assert not (tmp_path / "out").exists()


def test_where_no_folder_can_be_made_the_output_is_at_fault(period: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    assert run("template", period, "-o", tmp_path / "out").status == 3


def test_a_spoilt_carrier_is_no_traceback(period: Path, blanks: Path) -> None:
    path = sent(period, blanks / ONE)
    book = openpyxl.load_workbook(path)
    sheet = book["_antq_stats"]
    for row in sheet.iter_rows(min_row=9):
        for cell in row[1:]:
            cell.value = "99999999999999999999"
    book.save(path)
    outcome = read_folder(period)
    assert outcome.faults == ()
    assert outcome.sum("trau", "0701") == 1741
    assert "T105" in outcome.codes


_CELL = st.one_of(
    st.sampled_from(["table", "measure", "row", "unit", "01", "02", "trau", "bo", "0", "1", "3", "8", ""]),
    st.floats(allow_nan=False), st.none(), st.booleans(), st.text(max_size=5),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(1, 30), st.integers(0, 8), _CELL), max_size=12))
def test_whatever_the_carrier_says_no_column_is_taken_for_another(
    period: Path, changes: list[tuple[int, int, object]]
) -> None:
    """However somebody spoils that sheet, a table is read from its true columns or looked for."""
    plan = Intake.open(period).plan
    heads = ["STT", "Mã", "Tên", "Số trâu\n(con)", "Số bò\n(con)", "Có điện"]
    body = [[float(n), code, "x", 1.0, 2.0, "có"] for n, code in enumerate(("070101", "070102"))]
    rows: list[list[object]] = [[""] * 6 for _ in range(6)]
    grid = Grid("Biểu 01", [*rows, [*heads], [""] * 6, *body])
    places = tuple((code, at, heads[at]) for code, at in (("trau", 3), ("bo", 4), ("dien", 5)))
    layout = TableLayout("01", "Biểu 01", 5, 6, 1, 2, -1, 6, places, ((8, "070101"), (9, "070102")))
    records: list[list[object]] = [
        [*record] for record in Provenance("a", "1", "2021", "0701", "n", "l", "t", (layout,)).records()
    ]
    for row, column, cell in changes:
        if row < len(records):
            records[row].extend([""] * 9)
            records[row][column] = cell
    found = find_provenance([Grid("_", records)])
    assert found is not None
    for table in found[0].tables:
        located = table_at(plan, grid, table)
        if located is not None and located.table == 0:
            assert all(column in (-1, true) for column, true in zip(located.measures, (3, 4, 5), strict=True))


def test_it_is_a_workbook_without_the_marks_of_an_output(blanks: Path) -> None:
    with zipfile.ZipFile(blanks / ONE) as book:
        core = book.read("docProps/core.xml").decode()
    assert "category" not in core
    assert "2000-01-01" in core

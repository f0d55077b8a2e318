"""Figures that rest on decisions are marked in every face, and the decisions are listed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import openpyxl
import pytest

from antq_stats.run import open_period
from helpers.browser import browser, opened, violations
from helpers.command import run
from helpers.decisions import HEADS
from helpers.places import GOLDEN
from helpers.report_text import text_of
from helpers.restricted import HEAD, KIN, outcome_of
from helpers.returns import RATIO, UNITS, V1, V2, V3, W1, W2, commune, setup, write_csv, write_xlsx

RULE = """
[[rule]]
code = "E02"
check = "trau <= 50"
severity = "soft"
message = { vi = "trâu nhiều", en = "many buffaloes" }
"""
HOSTILE = '=HYPERLINK("http://x";"<script>alert(1)</script>")'
LONG = "told by telephone; " * 20
QUOTED = '"' + HOSTILE.replace('"', '""') + '"'
LINES = (
    f"2021-12-01,correct,070101,trau,,,12,21,{QUOTED},VP",
    "2021-12-02,accept,070103,,E02,,60,,asked again,VP",
    f"2021-12-03,nil,0703,,,,,,{LONG.strip()},office",
    "2021-12-04,set-aside,,,,old.xlsx,,,an older return,VP",
)
SUFFIXES = ("xlsx", "html", "docx", "md")


def write_decisions(folder: Path, *lines: str) -> None:
    (folder / "decisions.csv").write_text("\n".join([HEADS, *lines, ""]), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    units = UNITS + "0703,Tân Lĩnh,xã,commune,07\n070301,Thôn Một,,village,0703\n"
    folder = setup(tmp_path / "2021", RATIO, RULE, units=units)
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 2)))
    write_xlsx(folder / "b.xlsx", commune((4, 1), (5, 2), villages=(W1, W2)))
    write_xlsx(folder / "old.xlsx", commune((40, 1), (5, 2), villages=(W1, W2)))
    write_decisions(folder, *LINES)
    return folder


def report(folder: Path, suffix: str, *more: str, lang: str = "en") -> Path:
    target = folder.parent / f"report-{lang}.{suffix}"
    done = run("report", folder, "-o", target, "--lang", lang, *more)
    assert done.status == 0, done.stderr
    return target


# -- the mark -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_table_marks_figures_that_rest_on_decisions(folder: Path, lang: str) -> None:
    """Set ANTQ_UPDATE_GOLDEN=1 to write the pictures anew, then read the difference with git."""
    done = run("aggregate", folder, "--by", "village", "--lang", lang, env={"COLUMNS": "80"})
    golden = GOLDEN / f"table-decided-{lang}.txt"
    if os.environ.get("ANTQ_UPDATE_GOLDEN") == "1":
        golden.write_text(done.stdout, encoding="utf-8", newline="\n")
    assert done.stdout == golden.read_text("utf-8")


def test_both_marks_stand_together(folder: Path) -> None:
    (folder / "b.xlsx").unlink()
    write_decisions(folder, LINES[0], LINES[3])
    drawn = run("aggregate", folder, "--lang", "en").stdout
    total = next(line for line in drawn.splitlines() if "Hà Trung" in line)
    assert "84*†" in total
    assert re.search(r" 8\* ", total)
    assert "* provisional" in drawn
    assert "† decided by this office: 1 figure corrected; 1 file or sheet left out" in drawn


@pytest.mark.parametrize("suffix", ["md", "html", "docx"])
def test_texts_and_page_mark_the_figures_and_the_units(folder: Path, suffix: str) -> None:
    text = text_of(report(folder, suffix))
    assert "93†" in text
    assert "9.5%†" in text
    assert "Minh Quân †" in text
    assert "33.3%†" not in text
    assert "decided by this office: 1 figure corrected; 1 doubt accepted;" in text


def test_the_workbook_marks_by_number_format_so_that_values_stay_numbers(folder: Path) -> None:
    book = openpyxl.load_workbook(report(folder, "xlsx"), data_only=True)
    found: dict[object, tuple[object, str]] = {}
    names: dict[object, str] = {}
    for row in book["By village"].iter_rows(min_row=5):
        names[row[1].value] = row[1].number_format
        found.setdefault(row[1].value, (row[2].value, row[2].number_format))
    assert found["Xã Nguyễn Thái Học"] == (84, '#,##0"†"')
    assert found["Thôn 2"] == (3, "#,##0_†")
    assert found["Thôn Một"] == (0, '#,##0"†"')
    assert names["Thôn Nguyễn Phúc"] == names["Xã Minh Quân"] == '@"†"'
    assert names["Thôn 2"] == "General"
    total = book.worksheets[0]
    figures = {row[1].value: row[3] for row in total.iter_rows(min_row=5)}
    assert (figures["Buffaloes"].value, figures["Buffaloes"].number_format) == (93, '#,##0"†"')
    assert figures["Share of cattle"].number_format == '#,##0.0%"†"'


def test_aggregate_as_a_workbook_marks_by_number_format(folder: Path) -> None:
    target = folder.parent / "sums.xlsx"
    assert run("aggregate", folder, "-o", target).status == 0
    cells = [cell for row in openpyxl.load_workbook(target).active.iter_rows() for cell in row]
    assert [cell.number_format for cell in cells if cell.value == 93] == ['#,##0"†"']
    assert [cell.number_format for cell in cells if cell.value == 9] == ["#,##0_†"]


@pytest.mark.browser
def test_the_table_that_opens_marks_them_too(folder: Path) -> None:
    with browser() as running, opened(running, report(folder, "html")) as page:
        grid = page.locator("#grid").inner_text()
        assert "84†" in grid
        assert "Minh Quân †" in grid
        assert "33.3%†" not in grid
        assert violations(page) == []


# -- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_report_lists_every_decision_with_reason_and_author(folder: Path, suffix: str, lang: str) -> None:
    text = text_of(report(folder, suffix, lang=lang))
    kinds = {
        "vi": ("Sửa số", "Chấp nhận (E02)", "Không phát sinh", "Không tính"),
        "en": ("Correct", "Accept (E02)", "Nothing to report", "Leave out"),
    }[lang]
    for words in (*kinds, "070101", "070103", "Tân Lĩnh (0703)", "(0702)", "asked again", "office", "a.xlsx"):
        assert words in text, words
    assert text.count(LONG.strip()) == 1
    assert HOSTILE in text
    days = ("01/12/2021", "04/12/2021") if lang == "vi" else ("1 December 2021", "4 December 2021")
    assert all(day in text for day in days)


def test_a_hostile_reason_is_text(folder: Path) -> None:
    assert "<script>alert(1)" not in report(folder, "html").read_text("utf-8")
    book = openpyxl.load_workbook(report(folder, "xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == HOSTILE]
    assert [cell.data_type for cell in cells] == ["s"]
    assert "\\<script\\>" in report(folder, "md").read_text("utf-8")


def test_a_final_report_says_how_many_figures_were_corrected(folder: Path) -> None:
    for suffix in SUFFIXES:
        target = folder.parent / f"final.{suffix}"
        done = run("report", folder, "-o", target, "--final", "--lang", "vi")
        assert done.status == 0
        assert "Báo cáo chính thức có 1 số liệu đã sửa." in done.stderr
        assert "Báo cáo chính thức có 1 số liệu đã sửa." in text_of(target)


def test_a_provisional_report_does_not_call_itself_final(folder: Path) -> None:
    (folder / "b.xlsx").unlink()
    done = run("report", folder, "-o", folder.parent / "x.md", "--lang", "en")
    assert "final report" not in done.stderr + (folder.parent / "x.md").read_text("utf-8")
    assert "Decisions on the figures: 1 figure corrected" in done.stderr


def test_status_and_year_end_say_what_was_decided(folder: Path) -> None:
    counted = "1 figure corrected; 1 doubt accepted; 1 unit with nothing to report; 1 file or sheet left out"
    assert f"Decided by this office: {counted}" in run("status", folder, "--lang", "en").stdout
    done = run("year-end", folder, "-o", folder.parent / "out", "--lang", "en")
    assert "This final report contains 1 corrected figure." in " ".join(done.stdout.split())
    written = " ".join(path.read_text("utf-8") for path in (folder.parent / "out").glob("*.txt"))
    assert counted in written


def test_the_report_checks_against_its_own_figures(folder: Path) -> None:
    for suffix in ("docx", "md"):
        for lang in ("vi", "en"):
            target = report(folder, suffix, lang=lang)
            done = run("check-text", target, folder, "--format", "json", "--lang", lang)
            assert '"verdict": "right"' in done.stdout
            assert '"verdict": "wrong"' not in done.stdout
            assert "wrongly" not in done.stdout


# -- programs ---------------------------------------------------------------------------------------


def test_json_says_which_figures_rest_on_decisions(folder: Path) -> None:
    records = {
        each["unit"]: each for each in run("aggregate", folder, "--by", "village", "--format", "json").data
    }
    province, second = records["07"], records["0702"]
    assert province["measures"]["trau"] == {"value": 93, "given": 6, "expected": 6, "decided": True}
    assert province["ratios"]["ty_le_bo"]["decided"] is True
    assert second["measures"]["trau"] == {"value": 9, "given": 2, "expected": 2}
    assert "decided" not in records["0701"]["measures"]["bo"]
    assert records["070301"]["measures"]["bo"]["decided"] is True


def test_the_json_of_validate_has_the_decisions(folder: Path) -> None:
    found = run("validate", folder, "--format", "json").data["decided"]
    assert found["counts"] == {
        "correct": 1, "accept": 1, "nil": 1, "set-aside": 1, "unit": 0, "column": 0,
    }  # fmt: skip
    assert found["decisions"][0] == {
        "number": 1, "date": "2021-12-01", "decision": "correct", "unit": "070101", "measure": "trau",
        "code": None, "file": "a.xlsx", "was": "12", "value": "21", "reason": HOSTILE, "by": "VP",
    }  # fmt: skip
    assert [each["unit"] for each in found["decisions"]] == ["070101", "070103", "0703", "0702"]


def test_the_json_of_status_has_the_decisions_at_each_unit(folder: Path) -> None:
    records = {each["unit"]: each["decided"] for each in run("status", folder, "--format", "json").data}
    assert records == {"07": [1, 2, 3, 4], "0701": [1, 2], "0702": [4], "0703": [3]}


def test_a_decision_that_no_longer_fits_is_neither_marked_nor_listed(folder: Path) -> None:
    write_decisions(folder, LINES[0].replace(",12,21,", ",13,21,"), LINES[1].replace(",60,", ",61,"))
    (folder / "old.xlsx").unlink()
    assert "decided" not in run("validate", folder, "--format", "json").data
    assert "†" not in run("aggregate", folder).stdout


def test_without_decisions_nothing_is_marked(folder: Path) -> None:
    (folder / "decisions.csv").unlink()
    (folder / "old.xlsx").unlink()
    write_csv(folder / "c.csv", commune((1, 1), villages=(("070301", "Thôn Một"),)))
    for record in run("aggregate", folder, "--format", "json").data:
        assert "decided" not in json.dumps(record)
    assert "decided" not in run("status", folder, "--format", "json").stdout
    for suffix in ("md", "docx", "xlsx"):
        text = text_of(report(folder, suffix))
        assert "†" not in text
        assert "Decisions on the figures" not in text


def test_a_revoked_decision_leaves_no_mark(folder: Path) -> None:
    write_decisions(folder, *LINES, "2021-12-05,undo,,,,,,1,,VP")
    first = run("aggregate", folder, "--format", "json").data[0]["measures"]
    assert first["trau"]["value"] == 84
    assert run("validate", folder, "--format", "json").data["decided"]["counts"]["correct"] == 0


def test_the_library_has_the_decisions(folder: Path) -> None:
    result = open_period(folder).run()
    assert [each.decision.kind for each in result.decided] == ["correct", "accept", "nil", "set-aside"]
    assert result.aggregate.figure("0701", "trau").decided
    assert not result.aggregate.figure("0702", "trau").decided
    assert result.aggregate.ratio("0701", "ty_le_bo").decided
    marks = result.aggregate.decided("trau")
    units = result.register.units.codes
    marked = {units[at] for at in marks.nonzero()[0]}
    assert marked == {"07", "0701", "070101", "0703", "070301"}


# -- what is withheld -----------------------------------------------------------------------------

DAN = """
[[measure]]
code = "dan"
label = { vi = "Số dan" }
"""
TABLE = [[(10, 3), (20, 2), (30, 8), (40, 7)], [(50, 30), (60, 40), (70, "")]]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_list_tells_no_value_of_a_restricted_measure(suffix: str, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, TABLE, HEAD + DAN + KIN, ("dan", "kin"))
    write_decisions(
        folder,
        "2021-12-01,correct,0710000,kin,,,3,4,it is 4, VP",
        "2021-12-02,correct,0710000,dan,,,10,11,eleven,VP",
    )
    text = text_of(report(folder, suffix, lang="vi"))
    assert "it is 4" not in text
    assert "eleven" in text
    assert text.count("không công bố") >= 3
    assert run("validate", folder, "--format", "json").data["decided"]["counts"]["correct"] == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_nil_return_is_not_named_where_its_zeros_are_withheld(suffix: str, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    required = KIN.replace("required = false", "required = true")
    outcome_of(folder, [[(10, 3), (20, 2)], [(50, 30), (60, 40)]], HEAD + DAN + required, ("dan", "kin"))
    rows = (folder / "a.csv").read_text("utf-8").splitlines()
    (folder / "a.csv").write_text("\n".join(row for row in rows if not row.startswith("0710001")), "utf-8")
    write_decisions(folder, "2021-12-02,nil,0710001,,,,,,nobody at all,VP")
    publication = open_period(folder).run().publication
    unit = publication.register.units.by_code["0710001"]
    assert publication.is_withheld(unit, "kin")
    text = text_of(report(folder, suffix, lang="vi"))
    assert "nobody at all" not in text
    assert "(0710001)" not in text
    assert "1 đơn vị không phát sinh" in text
    assert not publication.decided("dan")[unit]
    assert publication.decided("dan")[publication.root]


# -- what a nil return says, and the trace ---------------------------------------------------------


def test_a_nil_return_says_nothing_of_what_nobody_must_give(tmp_path: Path) -> None:
    more = """
[[measure]]
code = "lon"
label = { vi = "Số lợn" }
required = false

[[measure]]
code = "ga"
label = { vi = "Số gà" }
required = false
blank = "zero"
"""
    folder = setup(tmp_path / "2021", more)
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 2)))
    write_decisions(folder, "2021-12-01,nil,0702,,,,,,nothing,VP")
    figures = run("aggregate", folder, "--format", "json").data[2]["measures"]
    assert figures["trau"] == {"value": 0, "given": 2, "expected": 2, "decided": True}
    assert figures["lon"] == {"value": None, "given": 0, "expected": 2}
    assert figures["ga"] == {"value": 0, "given": 2, "expected": 2, "decided": True}


def test_a_trace_shows_what_was_set_aside_and_what_is_nil(folder: Path) -> None:
    told = run("trace", folder, "07", "trau", "--lang", "en", "--depth", "3").stdout
    assert "Set aside by decision 4: old.xlsx · Biểu 01 · C2 has 40." in told
    assert "Nothing to report, by decision 3" in told
    record = run("trace", folder, "07", "trau", "--format", "json").data
    leaves = {leaf["unit"]: leaf for leaf in record["leaves"]}
    assert leaves["070201"]["other_rows"][0] == {
        "kind": "set-aside", "file": "old.xlsx", "sheet": "Biểu 01", "cell": "C2", "value": 40, "by": None,
        "decision": 4,
    }  # fmt: skip
    assert [leaves[unit]["decision"] for unit in (V1[0], V2[0], V3[0], "070301")] == [1, None, None, 3]
    assert record["figure"]["decided"] is True


def test_a_sheet_that_was_set_aside_is_shown_too(folder: Path) -> None:
    sheets = {"Biểu 01": commune((12, 5), (3, 1), (60, 2)), "cũ": commune((13, 5), (3, 1), (60, 2))}
    write_xlsx(folder / "a.xlsx", sheets)
    write_decisions(folder, "2021-12-01,set-aside,,,,a.xlsx#cũ,,,old,VP", LINES[3], LINES[2])
    told = run("trace", folder, "070101", "trau", "--lang", "en").stdout
    assert "Set aside by decision 1: a.xlsx · cũ · C2 has 13." in told


def test_a_faulty_line_is_mended_in_the_file(folder: Path) -> None:
    write_decisions(folder, LINES[0], "2021-12-02,correct,070101,trau,,,12,21,told,")
    done = run("validate", folder, "--lang", "en")
    assert done.status == 2
    assert "decisions.csv · J3" in done.output
    assert "correct line 3 (cell J3)" in done.output
    assert "--undo" not in done.output


# -- the CSV of one row per unit ------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--coverage",), ("--measure", "trau"), ("--by", "village")])
def test_the_plain_csv_tells_how_many_figures_rest_on_decisions(folder: Path, more: tuple[str, ...]) -> None:
    done = run("aggregate", folder, "--format", "csv", "--lang", "en", *more)
    shown = json.loads(
        run("aggregate", folder, "--format", "json", *(m for m in more if m != "--coverage")).stdout
    )
    marked = sum(
        "decided" in figure
        for unit in shown
        for kind in ("measures", "ratios")
        for figure in unit[kind].values()
    )
    assert marked > 1
    assert f"{marked} figures of this CSV rest on decisions" in done.stderr
    assert "decided" not in done.stdout
    assert "rest on" not in run("aggregate", folder, "--format", "csv", "--lang", "en", "-q").stderr
    (folder / "decisions.csv").unlink()
    assert "decisions" not in run("aggregate", folder, "--format", "csv", "--lang", "en", *more).stderr


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "1 figure of this CSV rests on a decision"), ("vi", "1 số liệu trong bảng CSV này")],
)
def test_one_figure_that_rests_on_a_decision_is_told(folder: Path, lang: str, told: str) -> None:
    write_decisions(folder, LINES[0])
    words = ("--format", "csv", "--measure", "trau", "--under", "070101")
    assert told in run("aggregate", folder, *words, "--lang", lang).stderr

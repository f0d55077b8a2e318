"""Decisions are applied while the returns still say what they said, and told as findings when they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.command import run
from helpers.decisions import HEADS, decide
from helpers.returns import FLAG, W1, W2, commune, setup, write_csv, write_xlsx

RULE = """
[[rule]]
code = "E01"
check = "bo <= trau"
severity = "hard"
message = { vi = "bò không quá trâu", en = "no more cattle than buffaloes" }

[[rule]]
code = "E02"
check = "trau <= 50"
severity = "soft"
message = { vi = "trâu nhiều", en = "many buffaloes" }

[[rule]]
code = "E03"
check = "trau >= 1"
severity = "soft"
message = { vi = "thôn nào cũng có trâu", en = "every village has buffaloes" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = setup(tmp_path / "2021", RULE)
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 2)))
    write_xlsx(folder / "b.xlsx", commune((4, 1), (5, 2), villages=(W1, W2)))
    return folder


def findings(folder: Path, *more: str) -> dict[str, dict[str, object]]:
    found = run("validate", folder, "--format", "json", *more).data["findings"]
    assert len({(each["code"], each["unit"], each["rule"]) for each in found}) == len(found)
    return {each["rule"] or each["code"]: each for each in found}


def province(folder: Path) -> dict[str, int]:
    figures = run("aggregate", folder, "--format", "json").data[0]["measures"]
    return {code: figure["value"] for code, figure in figures.items()}


def test_a_corrected_value_counts_in_every_sum(folder: Path) -> None:
    assert province(folder) == {"trau": 84, "bo": 11}
    decide(folder, "correct,070101,trau,,,12,21")
    assert province(folder) == {"trau": 93, "bo": 11}
    told = findings(folder)["C401"]
    assert (told["severity"], told["file"], told["cell"], told["unit"]) == ("note", "a.xlsx", "C2", "070101")
    assert "office" in str(told["message"])
    assert "12" in str(told["message"])
    assert "21" in str(told["message"])


def test_the_rules_judge_the_corrected_value(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", commune((12, 15), (3, 1), (40, 2)))
    assert findings(folder)["E01"]["severity"] == "hard"
    decide(folder, "correct,070101,bo,,,15,5")
    assert "E01" not in findings(folder)


def test_a_correction_ends_when_the_return_changes(folder: Path) -> None:
    decide(folder, "correct,070101,trau,,,12,21")
    write_xlsx(folder / "a.xlsx", commune((15, 5), (3, 1), (60, 2)))
    assert province(folder)["trau"] == 87
    told = findings(folder)["C402"]
    assert told["severity"] == "soft"
    assert told["value"] == "15"


def test_a_correction_that_the_return_has_taken_up_is_a_note(folder: Path) -> None:
    decide(folder, "correct,070101,trau,,,12,21")
    write_xlsx(folder / "a.xlsx", commune((21, 5), (3, 1), (60, 2)))
    assert province(folder)["trau"] == 93
    assert findings(folder).keys() & {"C401", "C402", "C403"} == {"C403"}


def test_a_blank_and_a_text_can_be_corrected_and_their_findings_become_notes(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", commune((None, "năm con"), (3, 1), (40, 2)))
    before = run("validate", folder, "--format", "json")
    assert before.status == 1
    decide(folder, "correct,070101,trau,,,,21", "correct,070101,bo,,,năm con,5")
    after = run("validate", folder, "--format", "json")
    assert after.status == 0, after.output
    assert {each["severity"] for each in after.data["findings"]} == {"note"}
    assert province(folder) == {"trau": 73, "bo": 11}


def test_a_text_that_became_another_text_is_not_corrected(folder: Path) -> None:
    decide(folder, "correct,070101,bo,,,năm con,5")
    write_xlsx(folder / "a.xlsx", commune((1, "sáu con"), (3, 1), (40, 2)))
    assert findings(folder).keys() >= {"C302", "C402"}


def test_a_value_that_is_none_is_refused(folder: Path) -> None:
    decide(folder, "correct,070101,trau,,,12,nhiều", "correct,0701,trau,,,75,80", "correct,999,trau,,,1,2")
    told = run("validate", folder, "--format", "json").data["findings"]
    assert [each["code"] for each in told if each["code"][0] == "C"] == ["C402"] * 3
    assert province(folder)["trau"] == 84


def test_a_unit_with_nothing_to_report_counts_as_zero_and_is_told(folder: Path) -> None:
    (folder / "b.xlsx").unlink()
    assert run("validate", folder).status == 1
    decide(folder, "nil,0702,,,,,")
    assert run("validate", folder).status == 0
    told = findings(folder)
    assert told["U401"]["unit"] == "0702"
    assert "E03" not in told  # its zeros are not doubted
    figure = run("aggregate", folder, "--format", "json").data[0]["measures"]["trau"]
    assert (figure["value"], figure["given"], figure["expected"]) == (75, 5, 5)


def test_a_nil_return_of_a_unit_that_has_answered_changes_nothing(folder: Path) -> None:
    decide(folder, "nil,0702,,,,,")
    assert province(folder) == {"trau": 84, "bo": 11}
    assert (findings(folder)["U402"]["severity"], findings(folder)["U402"]["file"]) == ("soft", "b.xlsx")


@pytest.mark.parametrize("units", [("070201", "0702"), ("0702", "070201")])
def test_a_commune_and_a_village_of_it_may_both_have_nothing_to_report(
    folder: Path, units: tuple[str, ...]
) -> None:
    (folder / "b.xlsx").unlink()
    decide(folder, *(f"nil,{unit},,,,," for unit in units))
    found = run("validate", folder, "--format", "json")
    assert found.status == 0
    assert [each["code"] for each in found.data["findings"] if each["code"][:2] == "U4"] == ["U401", "U401"]


def test_a_correction_under_a_nil_return_names_that_decision(folder: Path) -> None:
    (folder / "b.xlsx").unlink()
    decide(folder, "nil,0702,,,,,", "correct,070201,trau,,,,7")
    told = findings(folder, "--lang", "en")["C402"]
    assert "an earlier decision says that the unit has nothing to report" in str(told["message"])


def test_codes_that_lost_their_zeros_in_excel_are_known_again(folder: Path) -> None:
    (folder / "b.xlsx").unlink()
    decide(folder, "correct,70101,trau,,,12,21", "nil,702,,,,,", "accept,701,,E02,,*,", "nil,9,,,,,")
    assert province(folder)["trau"] == 84
    told = findings(folder)["S208"]
    assert (told["severity"], told["file"]) == ("note", "decisions.csv")
    assert "70101" in str(told["message"])
    assert "070101" in str(told["message"])
    assert "no such unit" in str(findings(folder, "--lang", "en")["U402"]["message"])


def test_an_accepted_finding_is_a_note_until_its_figures_change(folder: Path) -> None:
    assert findings(folder)["E02"]["severity"] == "soft"
    decide(folder, "accept,070103,,E02,,60,")
    told = findings(folder)["E02"]
    assert told["severity"] == "note"
    assert "office" in str(told["message"])
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (70, 2)))
    told = findings(folder)
    assert (told["E02"]["severity"], told["R301"]["severity"]) == ("soft", "note")


def test_an_acceptance_to_the_end_of_the_period_outlives_a_new_value(folder: Path) -> None:
    decide(folder, "accept,070103,,E02,,*,")
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (70, 2)))
    assert findings(folder)["E02"]["severity"] == "note"


def test_a_finding_that_must_be_mended_cannot_be_accepted(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", commune((12, 15), (3, 1), (40, 2)))
    decide(folder, "accept,070101,,E01,,*,")
    assert findings(folder)["E01"]["severity"] == "hard"
    assert "R301" in findings(folder)


def test_a_file_that_was_set_aside_gives_nothing_and_faults_nothing(folder: Path) -> None:
    write_csv(folder / "cu.csv", commune((99, 5), (3, 1), (60, 2)))
    assert run("validate", folder).status == 1
    decide(folder, "set-aside,,,,cu.csv,,")
    assert run("validate", folder).status == 0
    assert province(folder)["trau"] == 84
    assert findings(folder)["F301"]["file"] == "cu.csv"


def test_a_sheet_can_be_set_aside(folder: Path) -> None:
    rows = commune((12, 5), (3, 1), (60, 2))
    write_xlsx(folder / "a.xlsx", {"moi": rows, "cu": commune((1, 1), (1, 1), (1, 1))})
    decide(folder, "set-aside,,,,a.xlsx#cu,,")
    assert province(folder)["trau"] == 84


def test_a_decision_on_a_file_that_is_gone_is_told(folder: Path) -> None:
    decide(folder, "set-aside,,,,cu.csv,,")
    assert findings(folder)["F302"]["severity"] == "soft"


@pytest.mark.parametrize(
    ("lang", "place"), [("en", "decisions.csv, line 7"), ("vi", "decisions.csv, dòng 7")]
)
@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("C402", "correct,070101,trau,,,13,21"),
        ("C402", "correct,999,trau,,,13,21"),
        ("U402", "nil,0702,,,,,"),
        ("U402", "nil,999,,,,,"),
        ("F302", "set-aside,,,,cu.csv,,"),
        ("F302", "unit,0702,,,cu.csv,,"),
        ("R301", "accept,070101,,E02,,60,"),
    ],
)
def test_a_decision_that_no_longer_fits_is_named_by_file_and_line(
    folder: Path, code: str, line: str, lang: str, place: str
) -> None:
    decide(folder, "correct,070102,trau,,,3,4", "undo,,,,,,1", line)
    path = folder / "decisions.csv"
    path.write_text("\nnotes,,,,,,,,,\n\n" + path.read_text("utf-8"), encoding="utf-8")  # above the heads
    assert place in str(findings(folder, "--lang", lang)[code]["message"])


def test_the_later_decision_holds_and_a_revoked_one_does_not(folder: Path) -> None:
    decide(folder, "correct,070101,trau,,,12,21", "correct,070101,trau,,,12,22")
    assert province(folder)["trau"] == 94
    decide(folder, "correct,070101,trau,,,12,21", "correct,070101,trau,,,12,22", "undo,,,,,,2")
    assert province(folder)["trau"] == 93
    decide(folder, "correct,070101,trau,,,12,21", "undo,,,,,,1", "undo,,,,,,2")
    assert province(folder)["trau"] == 93


def test_a_flag_is_corrected_by_a_word(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", FLAG)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Có điện"]
    write_xlsx(folder / "a.xlsx", commune((1, 1, "x"), (1, 1, "không"), (1, 1, "x"), head=head))
    decide(folder, "correct,070102,dien,,,không,có")
    commune_row = next(
        row for row in run("aggregate", folder, "--format", "json").data if row["unit"] == "0701"
    )
    assert commune_row["measures"]["dien"]["value"] == 3


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2021-12-01,corect,070101,trau,,,12,21,why,office", "correct, accept"),
        ("2021-13-01,correct,070101,trau,,,12,21,why,office", "date"),
        ("2021-12-01,correct,070101,trau,,,12,21,,office", "reason"),
        ("2021-12-01,correct,070101,trau,,,12,21,why,Nguyễn Văn An", "person"),
        ("2021-12-01,correct,070101,trau,,,12,21,gọi 0912345678,office", "person"),
        ("2021-12-01,undo,,,,,,two,,office", "number of a decision"),
        ("2021-12-01,undo,,,,,,1,,office", "no line above"),
        ("2021-12-01,undo,,,,,,0,,office", "no line above"),
        ("2021-12-01,undo,,,,,,2,,office", "no line above"),
        ("2021-12-01,correct,070101,trau,,,12,1,691,why,office", "more cells than the header row"),
    ],
)
def test_a_line_that_is_wrong_is_told_with_its_row_and_nothing_runs(
    folder: Path, line: str, problem: str
) -> None:
    (folder / "decisions.csv").write_text(f"{HEADS}\n{line}\n", encoding="utf-8")
    refused = run("validate", folder, "--lang", "en")
    assert refused.status == 2
    cell = next(
        cell for cell in ("A2", "B2", "H2", "I2", "J2", "K2") if f"decisions.csv · {cell}" in refused.stderr
    )
    assert f"correct line 2 (cell {cell})" in " ".join(refused.stderr.split())
    assert problem in " ".join(refused.stderr.split())
    assert "Nguyễn" not in refused.output
    assert "0912" not in refused.output


def test_decisions_may_have_vietnamese_heads_and_words(folder: Path) -> None:
    (folder / "decisions.csv").write_text(
        "ngày;quyết định;đơn vị;chỉ tiêu;đang ghi;giá trị đúng;lý do;người xử lý\n"
        "01/12/2021;sửa số;070101;trau;12;21;xã báo lại;VP\n",
        encoding="utf-8-sig",
    )
    assert province(folder)["trau"] == 93

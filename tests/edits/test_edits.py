"""The edits of a collection: rules, missing senders, implausible values."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_stats.findings import catalogue
from helpers.command import run
from helpers.reading import read_folder
from helpers.returns import FORM, RATIO, V1, V2, V3, W1, W2, commune, setup, write_csv, write_xlsx

RULES = """
[[rule]]
code = "bo-trau"
check = "bo <= trau"
severity = "{severity}"
message = {{ vi = "Bò không quá trâu", en = "No more cattle than buffaloes" }}
"""


@pytest.mark.parametrize(("severity", "status"), [("hard", 1), ("soft", 0)])
def test_a_rule_weighs_what_the_form_says(tmp_path: Path, severity: str, status: int) -> None:
    folder = setup(tmp_path / "2021", RULES.format(severity=severity))
    write_csv(folder / "a.csv", commune((5, 1), (5, 6), (5, 5)))
    write_csv(folder / "b.csv", commune((5, 1), (5, 1), villages=(W1, W2)))
    outcome = read_folder(folder)
    (finding,) = outcome.findings
    assert (finding.code, finding.rule, finding.unit, finding.file, finding.cell) == (
        "R101",
        "bo-trau",
        "070102",
        "a.csv",
        "D3",
    )
    assert (catalogue.severity(finding), outcome.status) == (severity, status)


def test_the_hint_of_a_rule_over_two_tables_names_them_and_no_row(tmp_path: Path) -> None:
    table = """
[[table]]
code = "02"
level = "commune"
title = { vi = "Biểu 02: Chợ", en = "Table 02: markets" }

[[measure]]
code = "cho"
table = "02"
label = { vi = "Số chợ", en = "Markets" }
unit = { vi = "chợ", en = "markets" }
kind = "count"

[[rule]]
code = "e1"
check = "bo >= 100 -> cho >= 1"
severity = "soft"
message = { vi = "Nhiều bò mà không có chợ", en = "Many cattle and no market" }

[[rule]]
code = "e2"
check = "bo <= trau"
severity = "hard"
message = { vi = "Bò nhiều hơn trâu", en = "More cattle than buffaloes" }
"""
    form = FORM.replace('code = "trau"\n', 'code = "trau"\ntable = "01"\n')
    folder = setup(tmp_path, form=form.replace('code = "bo"\n', 'code = "bo"\ntable = "01"\n') + table)
    write_xlsx(folder / "a.xlsx", commune((100, 50), (100, 50), (100, 101)))
    write_xlsx(folder / "b.xlsx", [["Mã xã", "Tên xã", "Số chợ"], ["0701", "Nguyễn Thái Học", 0]])
    found = run("validate", folder, "--format", "json", "--lang", "en").data["findings"]
    hints = {finding["rule"]: finding["hint"] for finding in found if finding["code"] == "R101"}
    assert "in the tables 01, 02, including those of the units below" in hints["e1"]
    assert hints["e2"].startswith("Check the figures of this rule. A wrong one")


def test_a_row_in_which_a_named_value_is_missing_is_not_judged(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RULES.format(severity="hard"))
    write_csv(folder / "a.csv", commune((5, 1), ("…", 6), (5, 5)))
    outcome = read_folder(folder)
    assert "R101" not in outcome.codes
    (note,) = [f for f in outcome.findings if f.code == "R201"]
    assert note.facts["count"] == "3"  # the row, and the two villages of which nothing came


def test_a_missing_sender_is_reported_once(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_csv(folder / "a.csv", commune((5, 1), villages=(V1,)))
    missing = [(f.code, f.unit, f.file) for f in read_folder(folder).findings]
    assert missing == [("U301", "070102", "a.csv"), ("U301", "070103", "a.csv"), ("U302", "0702", None)]


def test_a_figure_filled_down_and_shares_that_are_all_whole(tmp_path: Path) -> None:
    units = "code,name,level,parent\nP,P,commune,\n" + "".join(f"P{n},Thôn {n},village,P\n" for n in range(6))
    folder = setup(tmp_path / "2021", RATIO, units=units)
    write_csv(folder / "a.csv", commune(*[(40, 40)] * 6, villages=[(f"P{n}", f"Thôn {n}") for n in range(6)]))
    outcome = read_folder(folder)
    assert sorted(outcome.codes) == ["P103", "P103", "P105"]
    assert outcome.status == 0


def test_figures_that_differ_are_plausible(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", RATIO)
    write_csv(folder / "a.csv", commune((40, 40), (41, 41), (42, 42), villages=(V1, V2, V3)))
    write_csv(folder / "b.csv", commune((40, 40), (40, 40), villages=(W1, W2)))
    assert read_folder(folder).findings == ()

"""The edits of a collection: rules, missing senders, implausible values."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_stats.findings import catalogue
from helpers.reading import read_folder
from helpers.returns import RATIO, V1, V2, V3, W1, W2, commune, setup, write_csv

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

"""A report withholds what the proof says, and the command tells how much."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from antq_stats.run import open_period
from helpers.command import run
from helpers.restricted import HEAD, KIN, measure, outcome_of, rule
from helpers.returns import write_csv

pytest.importorskip("highspy")

FORM = HEAD + KIN + measure("giup") + rule("giup <= kin")
TABLE = [[(3, 2), (9, 5), (8, 8), (7, 0)], [(30, 3), (40, 1), (50, 6)], [(60, 0), (20, 1)]]


@pytest.mark.parametrize("suffix", ["xlsx", "html", "md", "docx"])
def test_the_command_tells_what_is_withheld(suffix: str, tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, TABLE, FORM, ("kin", "giup"))
    done = run("report", folder, "-o", tmp_path / f"x.{suffix}", "--lang", "en")
    assert done.status == 0
    assert "Withheld: 8 of 26 protected figures, of which 7 only to protect others" in done.stderr
    assert "HiGHS" not in done.stdout + done.stderr


def test_what_a_rule_ties_to_a_withheld_figure_is_withheld(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, TABLE, FORM, ("kin", "giup"))
    publication = open_period(folder).run().publication
    units = publication.register.units.by_code
    for unit in ("0710000", "0710001", "0710002", "0710003"):
        assert publication.figure(units[unit], "giup") is None
        assert publication.figure(units[unit], "kin") is None
    assert publication.figure(units["0711000"], "giup") is not None
    assert publication.span(publication.root, "giup") is None


def test_the_solver_is_not_loaded_where_nothing_is_protected(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    outcome_of(folder, [[1, 2], [3]], HEAD + measure("dan"), ("dan",))
    write_csv(folder / "a.csv", [["Mã", "Số dan"], ["0710000", 5]])
    code = (
        "import sys; from antq_stats import open_period\n"
        f"open_period({str(folder)!r}, jobs=1).run().publication\n"
        "assert 'highspy' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

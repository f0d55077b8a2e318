"""Fast paths give the same return as the general reader, and other libraries the same figures.

``python scripts/compare_lanes.py`` does the same with many more files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from antq_stats.reading.checks.table_checks import CheckedTable, TableCheck
from helpers import fast_paths
from helpers.inside import add_table_check

pytestmark = pytest.mark.slow

COUNT, SEED = 12, 20261128
Many = Callable[[int, int, Path], Iterator[tuple[str, fast_paths.Tally]]]


@pytest.mark.parametrize(
    "many", [fast_paths.workbooks, fast_paths.binary_workbooks, fast_paths.texts, fast_paths.amounts]
)
def test_changed_files_are_read_alike(many: Many, tmp_path: Path) -> None:
    whole = fast_paths.Tally()
    wrong = []
    count = COUNT if many in (fast_paths.workbooks, fast_paths.amounts) else 10 * COUNT
    for name, tally in many(count, SEED, tmp_path):
        wrong += [f"{name}: {text}" for text in tally.differing]
        whole.add(tally)
    assert wrong == []
    assert whole.read > whole.refused  # not all files are refused
    if many is not fast_paths.texts:
        assert whole.figures > 1_000
    if many is fast_paths.amounts:
        assert whole.by_fast_path == 0
    elif many is not fast_paths.binary_workbooks:
        assert whole.by_fast_path > 0


@pytest.mark.parametrize("name", ["2021-messy", "2020"])
def test_samples_are_read_alike_by_every_path(name: str) -> None:
    tally = fast_paths.files(fast_paths.SAMPLES / name)
    assert tally.read
    assert tally.differing == []


@pytest.mark.parametrize("name", ["workbook", "text"])
def test_a_check_that_does_not_say_when_it_applies_runs_on_every_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new check without `may_find` costs speed, and never a finding."""

    def report_always(table: CheckedTable) -> None:
        table.report("T203", row=0, column=0, facts={"found": "A"})

    clean = fast_paths.samples()[-1] if name == "workbook" else fast_paths.long_text()
    layouts = fast_paths.learn_layouts(fast_paths.samples(), tmp_path) if name == "workbook" else ()
    path = tmp_path / clean.name.rpartition("/")[2]
    path.write_bytes(clean.content)
    before = fast_paths.Tally()
    fast_paths.read_both_ways(path, clean.name, layouts, before)
    assert (before.by_fast_path, before.differing) == (1, [])
    add_table_check(monkeypatch, TableCheck(report_always))
    after = fast_paths.Tally()
    given = fast_paths.read_both_ways(path, clean.name, layouts, after)
    assert (after.by_fast_path, after.differing) == (0, [])
    assert "T203" in {finding.code for finding in given.findings}


def test_a_difference_of_figures_is_reported(tmp_path: Path) -> None:
    """The comparison itself can fail: it is given the figures of another file."""
    one, other, *_ = fast_paths.samples()
    path = tmp_path / "one.xlsx"
    path.write_bytes(one.content)
    tally = fast_paths.Tally()
    given = fast_paths.read_both_ways(path, one.name, (), tally)
    fast_paths.compare_figures(given, other.content, fast_paths.openpyxl_cells, tally)
    assert tally.differing

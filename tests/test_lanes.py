"""Quick lanes and other libraries read what the general reader reads, whatever was done to a file.

``python scripts/compare_lanes.py`` does the same with many more files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import lanes
import pytest

COUNT, SEED = 12, 20261128
Many = Callable[[int, int, Path], Iterator[tuple[str, lanes.Tally]]]


@pytest.mark.parametrize("many", [lanes.workbooks, lanes.binary_workbooks, lanes.texts])
def test_mutants_are_read_alike(many: Many, tmp_path: Path) -> None:
    whole = lanes.Tally()
    wrong = []
    count = COUNT if many is lanes.workbooks else 10 * COUNT
    for name, tally in many(count, SEED, tmp_path):
        wrong += [f"{name}: {text}" for text in tally.differing]
        whole.add(tally)
    assert wrong == []
    assert whole.read > whole.refused  # what is compared is there
    if many is not lanes.texts:
        assert whole.figures > 1_000
    if many is not lanes.binary_workbooks:
        assert whole.quickly > 0


@pytest.mark.parametrize("name", ["2021-messy", "2020"])
def test_samples_are_read_alike_by_every_lane(name: str) -> None:
    tally = lanes.files(lanes.SAMPLES / name)
    assert tally.read
    assert tally.differing == []


def test_a_difference_is_seen(tmp_path: Path) -> None:
    """The comparison itself can fail: figures of one file held against another's."""
    one, other, *_ = lanes.samples()
    path = tmp_path / "one.xlsx"
    path.write_bytes(one.content)
    tally = lanes.Tally()
    given = lanes.both_ways(path, one.name, None, tally)
    lanes.against_another(given, other.content, lanes.openpyxl_cells, tally)
    assert tally.differing

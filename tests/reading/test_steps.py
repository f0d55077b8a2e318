"""Files read together, step by step: each gives what it gives alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from antq_stats.collection.intake import Intake
from antq_stats.reading.discover import discover
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive, receive_all
from antq_stats.reading.steps import ALONE, NEXT, Steps, result_of, together
from helpers.fast_paths import plan
from helpers.places import SAMPLES
from helpers.sender_sheets import KINDS, SENDERS, clean


def reading(name: str, pauses: Sequence[bool], said: list[str]) -> Steps[str]:
    """Return a reading that says when it runs."""
    others = None
    for number, pause in enumerate(pauses):
        said.append(f"{name}{number}")
        others = yield pause
        if pause is ALONE:
            said.append(f"{name}{'!' if others else '.'}")
    said.append(f"{name}*")
    return name.upper()


def test_steps_run_in_turn_and_long_ones_after_all_others() -> None:
    said: list[str] = []
    every = [
        reading("a", [NEXT, ALONE, NEXT], said),
        reading("b", [], said),
        reading("c", [NEXT, NEXT, NEXT], said),
        reading("d", [ALONE], said),
    ]
    assert together(every) == ["A", "B", "C", "D"]
    assert said == ["a0", "b*", "c0", "d0", "a1", "c1", "c2", "c*", "a!", "a2", "a*", "d!", "d*"]


def test_nothing_is_read_meanwhile_where_a_reading_is_alone() -> None:
    said: list[str] = []
    assert together([reading("a", [ALONE], said)]) == ["A"]
    assert result_of(reading("b", [NEXT, ALONE], said)) == "B"
    assert said == ["a0", "a.", "a*", "b0", "b1", "b.", "b*"]


@pytest.mark.parametrize("year", ["2021", "2021-messy", "2025"])
def test_a_folder_read_together_gives_what_each_file_gives_alone(year: str) -> None:
    folder = SAMPLES / year
    opened = Intake.open(folder)
    files = [(source.path, source.file) for source in discover(folder).sources]
    random.Random(7).shuffle(files)  # noqa: S311
    alone = [receive(opened.plan, path, file) for path, file in files]
    for layouts in (LayoutCache(opened.plan), LayoutCache(opened.plan, after=0)):
        assert receive_all(opened.plan, files, layouts) == alone
        assert receive_all(opened.plan, files, layouts) == alone
        assert not layouts.faults


@pytest.mark.parametrize("kind", KINDS)
def test_returns_of_several_senders_read_together_learn_once_what_they_have_in_common(
    kind: str, tmp_path: Path
) -> None:
    files = []
    for number, sample in enumerate(clean(kind, SENDERS[0]) + clean(kind, SENDERS[2])):
        path = tmp_path / f"{number}.{kind}"
        path.write_bytes(sample.content)
        files.append((path, sample.name))
    layouts = LayoutCache(plan())
    assert receive_all(plan(), files, layouts) == [receive(plan(), path, file) for path, file in files]
    assert layouts.by_sheets == len(files) - 2

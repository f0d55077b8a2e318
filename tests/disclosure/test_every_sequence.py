"""Whatever is published one after the other, nothing that is withheld can be worked out: by enumeration.

Communes answer one after the other, or their answers are set aside. Each stage is published beside what the
records say of the stages before. The reader tries all tables.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antq_stats.disclosure.proof import prove, published_release
from antq_stats.disclosure.record import record_of, releases_in
from antq_stats.disclosure.release import Release
from antq_stats.run import open_period
from helpers.decisions import decide
from helpers.restricted import HEAD, measure, outcome_of

pytest.importorskip("highspy")
pytestmark = pytest.mark.slow

BELOW = 3
FORM = HEAD + measure("kin", 'sensitive = "yes"', f"protect = {{ below = {BELOW} }}")
HIGHEST = 16
"""Most that a commune may have in the tables that the reader tries: more than all communes have together."""
values = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 5)), min_size=3, max_size=4).filter(
    lambda found: sum(found) < HIGHEST
)


@st.composite
def sequences(draw: st.DrawFn) -> tuple[list[int], int, list[list[bool]]]:
    """Values of the communes, how many are in the first district, and who has answered at each stage."""
    table = draw(values)
    stage = st.lists(st.booleans(), min_size=len(table), max_size=len(table))
    return table, draw(st.integers(1, len(table))), draw(st.lists(stage, min_size=2, max_size=4))


def possible(releases: Sequence[Release], codes: Sequence[str]) -> np.ndarray:
    """All tables that agree with everything that was shown: communes x tables."""
    grids = np.indices((HIGHEST,) * len(codes)).reshape(len(codes), -1)
    for release in releases:
        shown = release.measures.get("kin")
        for at in () if shown is None else np.flatnonzero(shown.shown).tolist():
            grids = grids[:, figures(release, at, codes, grids) == shown.values[at]]
    return grids


def figures(release: Release, at: int, codes: Sequence[str], grids: np.ndarray) -> np.ndarray:
    """A unit's figure in each table: the sum of the communes under it that had answered."""
    shown, total = release.measures["kin"], np.zeros(grids.shape[1], dtype=np.int64)
    for leaf in shown.leaves:
        above = leaf.at
        while above not in (at, -1):
            above = release.parents[above]
        if above == at:
            total += grids[codes.index(leaf.unit)]
    return total


@settings(max_examples=60, deadline=None)
@example(
    ([0, 3, 2, 3], 4, [[True, True, True, False], [False, True, False, True], [True, False, True, True]])
)
@example(  # the district still knows what it had of the commune whose answer was set aside: its own returns
    ([2, 0, 0, 2], 4, [[False] * 4, [True, True, False, True], [False] * 4, [True, False, False, True]])
)
@given(sequences())
def test_a_reader_of_all_releases_must_think_every_small_value_possible(
    drawn: tuple[list[int], int, list[list[bool]]],
) -> None:
    table, split, stages = drawn
    codes = [f"07{10 + (at >= split)}{at - split * (at >= split):03}" for at in range(len(table))]
    earlier: list[Release] = []
    for answered in stages:
        now = [value if is_in else None for value, is_in in zip(table, answered, strict=True)]
        with tempfile.TemporaryDirectory() as folder:
            outcome = outcome_of(Path(folder), [now[:split], now[split:]], FORM)
        proof = prove(outcome.collection, outcome.total, earlier)
        # Where answers are taken back, what would come next may give an earlier report away, whatever is
        # withheld: this is told, and it is not published.
        assert earlier or not proof.remaining
        if proof.remaining:
            break
        release = published_release(outcome.collection, proof.disclosure)
        earlier += releases_in(record_of([release]))
    grids = possible(earlier, codes)
    for release in earlier:
        shown = release.measures.get("kin")
        for at in () if shown is None else np.flatnonzero(shown.withheld).tolist():
            found = set(figures(release, at, codes, grids).tolist())
            assert found >= set(range(1, BELOW)) or min(found) >= BELOW or found == {0}, release.codes[at]


# -- corrections between two releases ------------------------------------------------------------


@st.composite
def corrected_sequences(draw: st.DrawFn) -> tuple[list[int], int, tuple[int, int, int], list[list[bool]]]:
    """Values of three communes, the size of the first district, who has answered at each stage.

    And a correction: the stage from which on it is in force, the commune, and the right value.
    """
    small = st.one_of(st.integers(0, 3), st.integers(0, 5))
    table = draw(st.lists(small, min_size=3, max_size=3))
    commune = draw(st.integers(0, 2))
    value = draw(small.filter(lambda found: found != table[commune]))
    more = draw(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=2, max_size=3))
    answered = [[is_in or (at == commune and stage > 0) for at, is_in in enumerate(each)]
                for stage, each in enumerate(more)]  # fmt: skip
    first = draw(st.integers(1, len(more) - 1))
    return table, draw(st.integers(1, 3)), (first, commune, value), answered


@settings(max_examples=15, deadline=None)
@example(([5, 5, 5], 3, (1, 0, 1), [[True] * 3, [True] * 3]))
@example(([1, 5, 5], 3, (1, 0, 5), [[True] * 3, [True] * 3]))
@example(([2, 2, 5], 2, (2, 1, 4), [[True, True, False], [True] * 3, [True] * 3]))
@given(corrected_sequences())
def test_a_correction_between_two_releases_tells_nothing(
    drawn: tuple[list[int], int, tuple[int, int, int], list[list[bool]]],
) -> None:
    """The reader knows which figure was corrected and when, and not from what to what.

    Of what was published with the value that was wrong, only figures without it are looked at. To a reader
    who knows the unit, the right figures may tell by their difference what the wrong one was.
    """
    table, split, (since, commune, right), stages = drawn
    codes = [f"07{10 + (at >= split)}{at - split * (at >= split):03}" for at in range(3)]
    earlier: list[Release] = []
    for stage, answered in enumerate(stages):
        now = [value if is_in else None for value, is_in in zip(table, answered, strict=True)]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "2021"
            outcome_of(folder, [now[:split], now[split:]], FORM)
            if stage >= since:
                decide(folder, f"correct,{codes[commune]},kin,,,{table[commune]},{right}")
            result = open_period(folder, jobs=1).run()
        if stage >= since:
            assert [each.decision.kind for each in result.decided] == ["correct"]
        proof = prove(result.collection, result.aggregate, earlier)
        assert earlier or not proof.remaining
        if proof.remaining:
            break
        earlier += releases_in(record_of([published_release(result.collection, proof.disclosure)]))
    # the corrected commune has two values: the one that it had, and the right one
    grids = np.indices((HIGHEST,) * 4).reshape(4, -1)
    before, after = grids[:3], np.array([grids[3 if at == commune else at] for at in range(3)])
    seen = [after if stage >= since else before for stage in range(len(earlier))]
    kept = np.ones(grids.shape[1], dtype=np.bool_)
    for release, values_then in zip(earlier, seen, strict=True):
        shown = release.measures.get("kin")
        for at in () if shown is None else np.flatnonzero(shown.shown).tolist():
            kept &= figures(release, at, codes, values_then) == shown.values[at]
    assert kept.any()
    corrected = np.array([[int(at == commune)] for at in range(3)])
    for stage, (release, values_then) in enumerate(zip(earlier, seen, strict=True)):
        shown = release.measures.get("kin")
        for at in () if shown is None else np.flatnonzero(shown.withheld).tolist():
            if stage < since <= len(earlier) - 1 and figures(release, at, codes, corrected).any():
                continue
            found = set(figures(release, at, codes, values_then[:, kept]).tolist())
            assert found >= set(range(1, BELOW)) or min(found) >= BELOW or found == {0}, release.codes[at]

"""Over all small tables, and random ones, what is published discloses nothing: by enumeration.

A reader who knows the method takes all tables for possible that give the same release. The test makes all.
"""

from __future__ import annotations

import itertools
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.disclosure.attack import attack
from antq_stats.disclosure.knowledge import Knowledge
from antq_stats.disclosure.release import Release
from helpers.restricted import HEAD, KIN, hidden, measure, outcome_of, proof_of, rule

pytest.importorskip("highspy")

BELOW = 3
Shape = Sequence[int]
"""Number of communes of each district."""


def tables_of(shape: Shape, most: int) -> list[tuple[int, ...]]:
    return [*itertools.product(range(most + 1), repeat=sum(shape))]


def sums_of(shape: Shape, table: Sequence[int]) -> list[int]:
    """Sums of province, districts and communes, in tree order."""
    left, found = iter(table), [sum(table)]
    for count in shape:
        own = [next(left) for _ in range(count)]
        found += [sum(own), *own]
    return found


def releases(folder: Path, shape: Shape, tables: list[tuple[int, ...]]) -> list[tuple[object, ...]]:
    """What is shown of each table, in tree order; each table is one measure of one form."""
    codes = [f"b{at}" for at in range(len(tables))]
    form = HEAD + "".join(
        measure(code, 'sensitive = "yes"', f"protect = {{ below = {BELOW} }}") for code in codes
    )
    columns = iter(zip(*tables, strict=True))
    outcome = outcome_of(folder, [[next(columns) for _ in range(count)] for count in shape], form, codes)
    proof = proof_of(outcome, insiders=True)
    assert not proof.remaining
    assert proof.rounds == 1  # the pattern was enough, so that nothing depended on what the attack found
    register = outcome.total.register
    order = [unit for unit in register.tree_order.tolist() if len(register.units.codes[unit]) < 8]
    return [
        tuple(
            "x" if proof.disclosure.withheld[unit, at] else value
            for unit, value in zip(order, sums_of(shape, table), strict=True)
        )
        for at, table in enumerate(tables)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "most"), [((3,), 8), ((4,), 4), ((1, 1, 1), 8), ((2, 2), 4)])
def test_a_reader_who_knows_the_method_must_think_every_small_value_possible(
    shape: Shape, most: int, tmp_path: Path
) -> None:
    tables = tables_of(shape, most)
    alike: dict[tuple[object, ...], list[list[int]]] = defaultdict(list)
    for table, seen in zip(tables, releases(tmp_path / "2021", shape, tables), strict=True):
        alike[seen].append(sums_of(shape, table))
    looked = 0
    for seen, possible in alike.items():
        if isinstance(seen[0], int) and seen[0] > most:
            continue  # tables with greater values were not made: not all of these are here
        for place, shown in enumerate(seen):
            if shown == "x":
                looked += 1
                assert {sums[place] for sums in possible} >= set(range(1, BELOW)), (seen, place)
            else:
                assert {sums[place] for sums in possible} == {shown}
    assert looked > 5


def enumerated(release: Release) -> dict[str, set[int]]:
    """Unit -> all values of its withheld figures, over all fillings that agree with what is shown."""
    system = Knowledge([release]).system
    found: dict[str, set[int]] = defaultdict(set)
    # what is withheld under a sum that is shown is no more than the sum
    highs = [min(high, 9) for high in system.high]
    fixed = {at for at, low in enumerate(system.low) if low == system.high[at]}
    free = [at for at in range(len(highs)) if at not in fixed]
    for values in itertools.product(*(range(system.low[at], highs[at] + 1) for at in free)):
        filling = list(system.low)
        for at, value in zip(free, values, strict=True):
            filling[at] = value
        if all(row.keeps(filling) for row in system.rows) and all(
            any(row.keeps(filling) for row in choice) for choice in system.choices
        ):
            for cell in system.cells:
                found["-".join(cell.name[1:])].add(cell.offset + sum(filling[at] for at in cell.unknowns))
    return found


pairs = st.tuples(st.integers(0, 5), st.integers(0, 5))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(pairs, min_size=2, max_size=3),
    st.sampled_from(
        ["giup <= kin", "kin <= giup", "giup + kin <= 9", "kin == 0 or giup > 0", "giup == 2 -> kin <= 3"]
    ),
    st.booleans(),
)
def test_beside_a_rule_nothing_can_be_worked_out_that_enumeration_finds(
    communes: list[tuple[int, int]], check: str, insiders: bool
) -> None:
    form = (
        HEAD
        + KIN.replace('"yes"', '"yes"\nprotect = { below = 3 }')
        + measure("giup", "max = 5")
        + rule(check)
    )
    form = form.replace("required = false", "required = false\nmax = 9", 1)
    with tempfile.TemporaryDirectory() as folder:
        outcome = outcome_of(Path(folder), [communes], form, ("kin", "giup"))
    proof = proof_of(outcome, insiders=insiders)
    assert not proof.remaining
    assert attack([proof.release], insiders=insiders).safe
    for name, values in enumerated(proof.release).items():
        assert values >= {1, 2}, name


SMALL = st.lists(
    st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=1, max_size=5), min_size=1, max_size=4
)


def test_what_was_withheld_of_a_province_is_not_what_one_commune_adds_to_it(tmp_path: Path) -> None:
    first = proof_of(outcome_of(tmp_path / "1", [[None], [3], [3]]), insiders=True)
    assert hidden(first) >= {"07"}
    final = proof_of(outcome_of(tmp_path / "2", [[2], [3], [3]]), first.release, insiders=True)
    assert not final.remaining
    assert attack([first.release, final.release], insiders=True).safe


@settings(max_examples=25, deadline=None)
@given(SMALL, st.data())
def test_what_is_published_twice_tells_no_more_than_once(shape: list[list[int]], data: st.DataObject) -> None:
    late = [
        [None if data.draw(st.integers(0, 3)) == 0 else value for value in communes] for communes in shape
    ]
    with tempfile.TemporaryDirectory() as folder:
        first = proof_of(outcome_of(Path(folder) / "1", late), insiders=True)
        then = outcome_of(Path(folder) / "2", shape)
    final = proof_of(then, first.release, insiders=True)
    assert not first.remaining
    assert not final.remaining
    for breach in attack([first.release, final.release]).breaches:
        assert breach.low >= 5 or breach.high == 0, breach

"""The programs find exactly the values that enumeration of all fillings finds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.disclosure.programs import Breach, breaches
from antq_stats.disclosure.system import OPEN, Cell, System

pytest.importorskip("highspy")


def excluded(system: System, *, insiders: bool = False) -> set[tuple[tuple[str, str, str], tuple[int, ...]]]:
    found: list[Breach] = []
    system.settle()
    for component in system.components():
        found += breaches(component, insiders=insiders)
    return {(breach.name, breach.excluded) for breach in found}


def by_enumeration(system: System) -> set[tuple[tuple[str, str, str], tuple[int, ...]]]:
    ranges = [range(low, high + 1) for low, high in zip(system.low, system.high, strict=True)]
    seen: list[set[int]] = [set() for _ in system.cells]
    for values in itertools.product(*ranges):
        if all(row.keeps(values) for row in system.rows) and all(
            any(row.keeps(values) for row in choice) for choice in system.choices
        ):
            for cell, own in zip(system.cells, seen, strict=True):
                own.add(sum(values[at] for at in cell.unknowns) + cell.offset)
    found = set()
    for cell, own in zip(system.cells, seen, strict=True):
        missing = tuple(value for value in cell.kept if value not in own)
        if missing and (not own or min(own) < cell.free_from):
            found.add((cell.name, missing))
    return found


@st.composite
def systems(draw: st.DrawFn) -> System:
    """Systems that the drawn truth satisfies, so that some filling exists."""
    count = draw(st.integers(1, 5))
    system, truth = System(), []
    for _ in range(count):
        high = draw(st.integers(0, 5))
        truth.append(draw(st.integers(0, high)))
        system.unknown(0, high)
    places = st.integers(0, count - 1)
    factors = st.integers(-3, 3).filter(bool)
    for _ in range(draw(st.integers(0, 4))):
        terms = draw(st.dictionaries(places, factors, min_size=1, max_size=4))
        if draw(st.booleans()):
            terms = dict.fromkeys(terms, 1)
        true = sum(factor * truth[at] for at, factor in terms.items())
        low = draw(st.sampled_from([true, true - 1, -OPEN]))
        system.state(terms.items(), low, draw(st.sampled_from([true, true + 2, OPEN])))
    if draw(st.booleans()):
        from antq_stats.disclosure.system import row_of

        first, second = draw(places), draw(places)
        system.choices.append(
            (
                row_of([(first, 1)], -OPEN, truth[first]),
                row_of([(second, draw(factors))], draw(st.integers(0, 3)), OPEN),
            )
        )
    for number in range(draw(st.integers(1, 3))):
        unknowns = tuple(draw(st.sets(places, min_size=1, max_size=3)))
        below = draw(st.integers(2, 5))
        offset = draw(st.integers(0, 1))
        kept = tuple(range(1, below))
        system.cells.append(Cell(("2021", "m", str(number)), unknowns, offset, kept, below))
    return system


@settings(max_examples=250, deadline=None)
@given(systems())
def test_the_programs_agree_with_enumeration(system: System) -> None:
    expected = by_enumeration(system)
    assert excluded(system) == expected


@st.composite
def families(draw: st.DrawFn) -> System:
    """A sum that is shown over withheld figures, some known to be small flags."""
    count = draw(st.integers(1, 5))
    below = draw(st.integers(2, 4))
    system, truth = System(), []
    for _ in range(count):
        high = draw(st.integers(1, 6))
        system.unknown(0, high)
        truth.append(draw(st.integers(0, high)))
    total = sum(truth)
    system.state([(at, 1) for at in range(count)], total, total)
    for at in range(count):
        system.cells.append(Cell(("2021", "m", str(at)), (at,), 0, tuple(range(1, below)), below, truth[at]))
    return system


@settings(max_examples=200, deadline=None)
@given(families())
def test_a_unit_that_knows_its_own_figure_finds_what_enumeration_finds(system: System) -> None:
    expected = by_enumeration(system)
    if not expected:
        for cell in system.cells:
            inner = System(list(system.low), list(system.high), list(system.rows), [], [])
            inner.state([(at, 1) for at in cell.unknowns], cell.value or 0, cell.value or 0)
            inner.cells = [other for other in system.cells if other.name != cell.name]
            expected |= by_enumeration(inner)
    twice = System(list(system.low), list(system.high), list(system.rows), [], list(system.cells))
    found = excluded(system, insiders=True)
    assert {name for name, _ in found} == {name for name, _ in expected}
    # the same through the programs: a row that tells nothing makes the part more than one sum
    if twice.rows:
        twice.rows.append(twice.rows[0]._replace(low=-OPEN))
        assert {name for name, _ in excluded(twice, insiders=True)} == {name for name, _ in found}

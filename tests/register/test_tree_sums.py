"""Sums over subtrees, against adding up one by one."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.plan import Units
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import TreeSums, units_at

LEAST, GREATEST = -(2**63), 2**63 - 1


def register_of(parents: list[int], levels: list[int]) -> UnitRegister:
    """Return a register of units whose names are of no account."""
    names = tuple(f"u{position}" for position in range(len(parents)))
    return UnitRegister(
        Units(
            level_names=tuple(f"l{level}" for level in range(max(levels) + 1)),
            codes=names,
            names=names,
            kinds=("",) * len(parents),
            aliases=((),) * len(parents),
            levels=array("i", levels),
            parents=array("i", parents),
            former=frozenset(),
        )
    )


@st.composite
def registers(draw: st.DrawFn) -> UnitRegister:
    """Trees of any shape in any order of rows, branches that skip a level among them."""
    parents, levels = [-1], [0]
    for _ in range(draw(st.integers(0, 60))):
        parent = draw(st.integers(0, len(parents) - 1))
        parents.append(parent)
        levels.append(levels[parent] + draw(st.integers(1, 2)))
    order = draw(st.permutations(range(len(parents))))
    place_of = {unit: place for place, unit in enumerate(order)}
    shuffled = [place_of.get(parents[unit], -1) for unit in order]
    return register_of(shuffled, [levels[unit] for unit in order])


def added_up(register: UnitRegister, units: list[int], numbers: list[int]) -> list[int]:
    """Add every number to its unit and to each unit above it."""
    sums = [0] * len(register)
    for unit, number in zip(units, numbers, strict=True):
        above = unit
        while above >= 0:
            sums[above] += number
            above = register.units.parents[above]
    return sums


@given(registers(), st.data())
def test_sums_are_exact_wherever_the_numbers_are_given(register: UnitRegister, data: st.DataObject) -> None:
    """Numbers may be given at units under one another, and be so large that running totals overflow."""
    chosen = data.draw(st.sets(st.integers(0, len(register) - 1)))
    units = [unit for unit in register.tree_order.tolist() if unit in chosen]
    numbers = data.draw(st.lists(st.integers(-(2**62), 2**62), min_size=len(units), max_size=len(units)))
    tree = TreeSums(register, np.array(units, dtype=np.int64))
    column = np.array(numbers, dtype=np.int64)
    sums = tree.everywhere(column).tolist()
    expected = added_up(register, units, numbers)
    for unit, right in enumerate(expected):
        assert sums[unit] == right or not LEAST <= right <= GREATEST
    assert tree.counts.tolist() == added_up(register, units, [1] * len(units))
    above = tree.sums(column).tolist()
    for unit in range(len(register)):
        own, place = tree.place(unit)
        assert own is None or place is None
        found = column[own] if own is not None else above[place] if place is not None else 0
        assert found == sums[unit]


@given(registers(), st.data())
def test_columns_are_added_up_together_as_one_by_one(register: UnitRegister, data: st.DataObject) -> None:
    level = data.draw(st.integers(0, len(register.levels) - 1))
    tree = TreeSums(register, units_at(register, level))
    assert tree.counts.tolist() == register.expected(level).tolist()
    shape = (len(tree.units), data.draw(st.integers(0, 4)))
    cells = data.draw(
        st.lists(st.integers(0, 2**56), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    )
    matrix = np.array(cells, dtype=np.int64).reshape(shape)
    for numbers in (matrix, np.asfortranarray(matrix), matrix > 2**53):
        together = tree.everywhere(numbers)
        assert together.shape == (len(register), shape[1])
        for column in range(shape[1]):
            alone = tree.everywhere(numbers[:, column])
            assert together[:, column].tolist() == alone.tolist()
            expected = added_up(register, tree.units.tolist(), list(map(int, numbers[:, column])))
            assert alone.tolist() == expected


def test_sums_beyond_what_a_float_holds() -> None:
    register = register_of([-1, 0, 0, 0], [0, 1, 1, 1])
    tree = TreeSums(register, units_at(register, 1))
    assert tree.everywhere(np.array([2**53, 1, 2**61])).tolist() == [2**61 + 2**53 + 1, 2**53, 1, 2**61]


def test_a_running_total_may_overflow() -> None:
    register = register_of([-1, 0, 0, 0], [0, 1, 1, 1])
    tree = TreeSums(register, units_at(register, 1))
    numbers = np.array([2**62, 2**62, -(2**62)])
    assert tree.everywhere(numbers).tolist() == [2**62, 2**62, 2**62, -(2**62)]

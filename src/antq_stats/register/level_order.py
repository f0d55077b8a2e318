"""The order of a register's levels, from the steps between the levels of parents and children."""

from __future__ import annotations

import heapq
from collections.abc import Iterable


def in_order(levels: list[str], steps: set[tuple[str, str]]) -> list[str] | None:
    """Return levels sorted so that every step leads down; None if there is no such order."""
    return None if any(upper == lower for upper, lower in steps) else _topological(levels, steps)


def sorted_levels(
    levels: list[str], steps: dict[tuple[str, str], list[int]]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Sort levels so that steps lead down, and return with them the steps that contradict the order.

    Parameters
    ----------
    levels : keys of the levels, in order of appearance.
    steps : for each pair of levels of a parent and a child, the places of the rows that have it.
    """
    kept = {step for step in steps if step[0] != step[1]}
    order = _topological(levels, kept)
    if order is None and len(levels) <= 100:
        # steps of many rows are kept; those of few rows contradict them
        by_weight = sorted(kept, key=lambda step: (-len(steps[step]), steps[step][0]))
        kept = set()
        for step in by_weight:
            if _topological(levels, kept | {step}) is not None:
                kept.add(step)
        order = _topological(levels, kept)
    elif order is None:
        kept = set()
    return order or levels, [step for step in steps if step not in kept]


def _topological(levels: list[str], steps: Iterable[tuple[str, str]]) -> list[str] | None:
    """Return levels in an order that agrees with all steps, else by appearance; None if there is none."""
    below: dict[str, list[str]] = {}
    above = dict.fromkeys(levels, 0)
    for upper, lower in steps:
        below.setdefault(upper, []).append(lower)
        above[lower] += 1
    rank = {level: place for place, level in enumerate(levels)}
    ready = [rank[level] for level in levels if not above[level]]  # ascending, so a heap
    order: list[str] = []
    while ready:
        order.append(levels[heapq.heappop(ready)])
        for lower in below.get(order[-1], ()):
            above[lower] -= 1
            if not above[lower]:
                heapq.heappush(ready, rank[lower])
    return order if len(order) == len(levels) else None

"""The order of a register's levels, from the steps that its rows take from parent to child."""

from __future__ import annotations

import heapq
from collections.abc import Iterable


def in_order(levels: list[str], steps: set[tuple[str, str]]) -> list[str] | None:
    """Return levels sorted so that every step leads down; None where no order does that."""
    return None if any(upper == lower for upper, lower in steps) else _topological(levels, steps)


def sorted_levels(
    levels: list[str], steps: dict[tuple[str, str], list[int]]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Sort levels so that every step leads down; return with them the steps that cannot."""
    kept = {step for step in steps if step[0] != step[1]}
    order = _topological(levels, kept)
    if order is None and len(levels) <= 100:
        # What most rows say stands; the steps of fewest rows are those that contradict.
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
    """Return levels in an order that all steps agree with, first come first; None where none does."""
    below: dict[str, list[str]] = {}
    above = dict.fromkeys(levels, 0)
    for upper, lower in steps:
        below.setdefault(upper, []).append(lower)
        above[lower] += 1
    rank = {level: place for place, level in enumerate(levels)}
    ready = [rank[level] for level in levels if not above[level]]  # ascending, and so a heap
    order: list[str] = []
    while ready:
        order.append(levels[heapq.heappop(ready)])
        for lower in below.get(order[-1], ()):
            above[lower] -= 1
            if not above[lower]:
                heapq.heappush(ready, rank[lower])
    return order if len(order) == len(levels) else None

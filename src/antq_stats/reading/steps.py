"""Reading several files step by step together.

While a step runs for one file after the other, its code stays in the processor's caches. A workbook of a
known layout takes a quarter less time than if all its steps ran before those of the next one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from operator import itemgetter
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[bool, bool | None, T]
"""A reading that pauses between its steps and returns a result.

It yields `NEXT`, or `ALONE` before a step that takes long. After that it is sent True if others were read to
their end meanwhile.
"""
NEXT, ALONE = False, True


def result_of(steps: Steps[T]) -> T:
    """Return the result of a reading whose steps run one after the other."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        result: T = end.value
        return result


def together(every: Iterable[Steps[T]]) -> list[T]:
    """Return the results of several readings that run step by step together.

    Those that need a long step wait for all others. Then they run to their ends, one after the other.

    Parameters
    ----------
    every : the readings. An exception of one ends all.
    """
    results: dict[int, T] = {}
    running = list(enumerate(every))
    count = len(running)
    waiting: list[tuple[int, Steps[T]]] = []
    while running:
        still: list[tuple[int, Steps[T]]] = []
        for at, steps in running:
            try:
                is_long = next(steps)
            except StopIteration as end:
                results[at] = end.value
            else:
                (waiting if is_long else still).append((at, steps))
        running = still
    for at, steps in sorted(waiting, key=itemgetter(0)):
        try:
            steps.send(count > 1)
        except StopIteration as end:
            results[at] = end.value
        else:
            results[at] = result_of(steps)
    return [results[at] for at in range(count)]

"""Two pieces of work at a time, in one process: numpy and hashes release the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Run a function beside the body of the statement; call what is given for its result.

    Where no thread can be started, as at the limit of memory, it runs when the result is asked for.

    Parameters
    ----------
    work : the function.
    """
    with ThreadPoolExecutor(1) as pool:
        result: Callable[[], T]
        try:
            result = pool.submit(work).result
        except RuntimeError:
            result = work
        yield result

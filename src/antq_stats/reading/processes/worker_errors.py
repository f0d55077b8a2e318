"""What goes wrong with worker processes."""

from __future__ import annotations

import errno
from typing import Literal


class WorkerLostError(Exception):
    """The worker that had the call is lost.

    Parameters
    ----------
    problem : ``time`` if the call exceeded its time, ``crash`` if the process ended.
    """

    def __init__(self, problem: Literal["time", "crash"]) -> None:
        self.problem = problem
        super().__init__(problem)


class NoWorkerError(Exception):
    """No worker can be had: the system starts no process, or every process is lost at its start."""


def named(error: BaseException | None) -> str:
    """Return the name of an error, which holds no path of the machine."""
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, "?")
    return "" if error is None else type(error).__name__

"""The fork server from which the workers of one machine start, with what they need already imported."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

_PRELOADED = (
    "python_calamine",
    "antq_stats.reading.receive",
    "antq_stats.reading.files.xlsx.sheet",
    "antq_stats.reading.processes.reader_process",
)
"""Modules that the fork server imports once for all workers."""


def start_method() -> str:
    """Return how worker processes start: from a fork server if the system has one, else by spawning."""
    has_server = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    return "forkserver" if has_server else "spawn"


def start_server() -> None:
    """Start the fork server if the system has one and it is not running; it goes on in the background.

    If it cannot be started, that is tried again, and reported, when there is a file to read.
    """
    if start_method() == "forkserver":
        from multiprocessing import forkserver

        _no_tracker()
        forkserver.set_forkserver_preload(list(_PRELOADED))
        with _silent_stderr(), suppress(OSError):
            forkserver.ensure_running()


def _no_tracker() -> None:
    """Start no resource tracker: a process more, for semaphores and shared memory, of which we have none.

    As in every process that a fork server starts, the tracker's descriptor is set and its process unknown.
    """
    from multiprocessing import resource_tracker

    tracker: Any = resource_tracker._resource_tracker  # noqa: SLF001
    if getattr(tracker, "_fd", 0) is None:
        with suppress(OSError):
            tracker._fd = os.open(os.devnull, os.O_WRONLY)  # noqa: SLF001


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Silence stderr for a process started meanwhile, which an interrupt would end with a traceback."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

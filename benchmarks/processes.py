"""Measures a command with all its descendants: wall time, CPU time, peak memory of all processes together.

Linux only. This process inherits orphans (PR_SET_CHILD_SUBREAPER). So it waits for every descendant, killed
workers and those of a fork server included, and RUSAGE_CHILDREN has the exact CPU time of all. Memory is
sampled about every 25 ms as the sum of the proportional set sizes (PSS, which counts shared pages once) of
all descendants; a peak between two samples is missed. Sampling takes at most a twentieth of one processor and
is not in the figures.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Self

_SUBREAPER = 36
_EVERY = 0.025
_SHARE = 20
"""One sample may take this part of the time to the next."""
_ORPHANS = 20.0
"""Seconds that what a command left behind has to end by itself."""


@dataclass(frozen=True)
class Usage:
    """Seconds of a run, and peak MiB of all its processes together."""

    wall: float
    cpu: float
    memory: float
    status: int


def become_reaper() -> None:
    """Make orphaned descendants children of this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SUBREAPER, 1, 0, 0, 0):
        raise SystemExit("this needs Linux (PR_SET_CHILD_SUBREAPER)")


def _descendants() -> list[int]:
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        one = waiting.pop()
        with suppress(OSError):
            for thread in Path(f"/proc/{one}/task").iterdir():
                children = [int(number) for number in (thread / "children").read_text("ascii").split()]
                waiting += children
                found += children
    return found


def _memory(process: int) -> int:
    with suppress(OSError), Path(f"/proc/{process}/smaps_rollup").open("rb") as file:
        for line in file:
            if line.startswith(b"Pss:"):
                return int(line.split()[1])
    return 0


@dataclass
class _Sampler:
    """Samples the memory of all descendants in a thread."""

    most: int = 0
    _over: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()

    def _sample(self) -> None:
        wait = _EVERY
        while not self._over.wait(wait):
            start = time.thread_time()
            self.most = max(self.most, sum(map(_memory, _descendants())))
            wait = max(_EVERY, (time.thread_time() - start) * _SHARE)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _wait_for(process: int) -> int:
    """Wait for a child and for those that end before it; return its exit status."""
    while True:
        ended, status = os.wait()
        if ended == process:
            return os.waitstatus_to_exitcode(status)


def _wait_for_orphans() -> None:
    until = time.monotonic() + _ORPHANS
    while True:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            if time.monotonic() > until:
                for process in _descendants():
                    with suppress(OSError):
                        os.kill(process, signal.SIGKILL)
            time.sleep(0.002)


def run(command: Sequence[str], environment: Mapping[str, str], stdout: Path, stderr: Path) -> Usage:
    """Run a command until its last descendant has ended; `become_reaper` must be called before.

    Parameters
    ----------
    command : the command line.
    environment : its environment variables.
    stdout, stderr : files for its output.

    Returns
    -------
    Usage
        ``wall`` ends with the command itself; ``cpu`` and ``memory`` are of all its descendants.
    """
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(stdout), write, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, str(stderr), write, 0o644),
    ]
    before = _children_cpu()
    with _Sampler() as sampler:
        start = time.perf_counter()
        process = os.posix_spawnp(command[0], list(command), dict(environment), file_actions=actions)
        status = _wait_for(process)
        wall = time.perf_counter() - start
    _wait_for_orphans()
    return Usage(wall, _children_cpu() - before, sampler.most / 1024, status)

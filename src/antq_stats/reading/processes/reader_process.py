"""What runs in a process that reads: made ready once with the plan, then one batch after the other."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from antq_stats.reading.files.enclosures import Container, Enclosed
from antq_stats.reading.files.remote import RemoteFile
from antq_stats.reading.processes.isolation import IsolatedExecutor

if TYPE_CHECKING:
    from antq_stats.plan import ReadingPlan
    from antq_stats.reading.express.layout_cache import LayoutCache
    from antq_stats.reading.returns import Return

Batch = Sequence[tuple[str | RemoteFile | Enclosed, str]]
"""Files to be read: where each is, and its path relative to the folder as findings name it."""

_plan: ReadingPlan | None = None
_layouts: LayoutCache | None = None
_open: list[Container] = []
"""The container that stays open, if there is one."""


def packed(plan: ReadingPlan) -> bytes:
    """Return a plan as it travels: made once, however many processes get it."""
    return pickle.dumps(plan, protocol=pickle.HIGHEST_PROTOCOL)


def pool_of_readers(workers: int, seconds: float, plan: bytes) -> IsolatedExecutor:
    """Return a pool of processes that read.

    Parameters
    ----------
    workers : processes at most.
    seconds : that a batch may take before its process is stopped.
    plan : as `packed`.
    """
    return IsolatedExecutor(workers, seconds, multiprocessing.get_context(start_method()), begin, (plan,))


def start_method() -> str:
    """Return how workers begin: from a clean server process where there is one, else each anew."""
    has_server = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    return "forkserver" if has_server else "spawn"


def begin(plan: bytes) -> None:
    """Make a worker ready: plan, bounds, a silent stderr; the terminal's interrupt is the parent's."""
    from antq_stats.reading.express.layout_cache import LayoutCache

    global _plan, _layouts
    loaded: ReadingPlan = pickle.loads(plan)  # noqa: S301 - from the parent, which made it
    _plan, _layouts = loaded, LayoutCache(loaded)
    restrain(loaded.limits.memory_mib)
    gc.freeze()
    gc.set_threshold(50_000)  # rows come and go by the thousand, without cycles


def restrain(memory_mib: int) -> None:
    """Bound the memory of the process that calls, and keep it from saying anything by itself.

    Where the system knows no such bound (Windows), memory is not bounded.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RUST_BACKTRACE"] = "0"  # where memory has run out, gathering one never ends
    with suppress(
        OSError
    ):  # a reader that panics says so at length, with paths of the machine it was built on
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(ImportError, ValueError, OSError):
        import resource

        most = memory_mib << 20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(batch: Batch) -> list[Return]:
    """Read the files of a batch, in a process that `begin` made ready."""
    from antq_stats.reading.receive import receive  # the parent never needs it

    assert _plan is not None  # noqa: S101 - the initializer ran
    returns = []
    for path, file in batch:
        if isinstance(path, Enclosed):
            _keep_open(path.container)
        returns.append(receive(_plan, path, file, _layouts))
    return returns


def _keep_open(container: Container) -> None:
    """Have a container stay open for the next of its files, in this batch and in those that follow.

    It is the only one that is open: opening it again for every batch would take longer than reading.
    """
    for known in _open:
        if known.is_same(container):
            container.held = known.held
    container.keeps = True
    _open[:] = [container]

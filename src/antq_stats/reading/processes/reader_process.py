"""The code of a worker process: it is prepared once with the plan, then reads batch after batch."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

from antq_stats.reading.files.enclosures import Container, Enclosed
from antq_stats.reading.files.remote import RemoteFile
from antq_stats.reading.processes.isolation import IsolatedExecutor
from antq_stats.reading.processes.server import start_method

if TYPE_CHECKING:
    from antq_stats.plan import ReadingPlan
    from antq_stats.reading.express.layout_cache import LayoutCache
    from antq_stats.reading.processes.worker_process import Starting
    from antq_stats.reading.returns import Return

Location = str | RemoteFile | Enclosed


class Batch(NamedTuple):
    """Files to be read, in few bytes: only a short message can be sent to a worker ahead of its turn."""

    folder: str
    """Start of the location of most files."""
    files: tuple[tuple[Location | None, str], ...]
    """The location of each, None if it is the folder and the path, and its path as findings name it."""

    @classmethod
    def of(cls, files: Iterable[tuple[Location, str]]) -> Self:
        """Return the batch of some files.

        Parameters
        ----------
        files : the location of each, and its path relative to the folder, as findings name it.
        """
        files = tuple(files)
        starts = (path.removesuffix(file) for path, file in files if isinstance(path, str))
        folder = next(starts, "")
        return cls(folder, tuple((None if path == folder + file else path, file) for path, file in files))

    def located(self) -> list[tuple[Location, str]]:
        """Return the files as `of` takes them."""
        return [(self.folder + file if path is None else path, file) for path, file in self.files]


_plan: ReadingPlan | None = None
_layouts: LayoutCache | None = None
_open: list[Container] = []
"""The container that is kept open, if any."""


def packed(plan: ReadingPlan) -> bytes:
    """Return the pickled plan, which is the same for all workers."""
    return pickle.dumps(plan, protocol=pickle.HIGHEST_PROTOCOL)


def pool_of_readers(
    workers: int, seconds: float, plan: bytes, patience: float = 0.0, ahead: Starting | None = None
) -> IsolatedExecutor:
    """Return a pool of worker processes.

    Parameters
    ----------
    workers : maximum number of processes.
    seconds : time that a batch may take before its process is stopped.
    plan : the reading plan as returned by `packed`.
    patience, ahead : as of `IsolatedExecutor`.

    Raises
    ------
    NoWorkerError
        The system cannot start a pool.
    """
    context = multiprocessing.get_context(start_method())
    return IsolatedExecutor(workers, seconds, context, begin, (plan,), patience, ahead)


def begin(plan: bytes) -> LayoutCache:
    """Prepare this worker process: load the plan, bound the memory, silence stderr and ignore interrupts.

    Returns
    -------
    LayoutCache
        What it will learn of the files.
    """
    from antq_stats.reading.express.layout_cache import LayoutCache

    global _plan, _layouts
    loaded: ReadingPlan = pickle.loads(plan)  # noqa: S301 - from the parent, which made it
    _plan, _layouts = loaded, LayoutCache(loaded)
    restrain(loaded.limits.memory_mib)
    gc.freeze()
    gc.set_threshold(50_000)  # rows are created by the thousand, and hold no cycles
    return _layouts


def restrain(memory_mib: int) -> None:
    """Bound the memory of this process, silence its stderr and ignore interrupts, which the parent handles.

    Memory is not bounded on Windows, which has no such limit.

    Parameters
    ----------
    memory_mib : maximum address space in MiB.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RUST_BACKTRACE"] = "0"  # collecting a backtrace never ends once memory has run out
    with suppress(OSError):  # a panic of the Excel reader prints paths of the machine it was built on
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(ImportError, ValueError, OSError):
        import resource

        most = memory_mib << 20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def prepare() -> None:
    """Build what every file needs of the units; `begin` must have run in this process."""
    assert _plan is not None  # noqa: S101 - the initializer ran
    _ = _plan.units.by_code, _plan.units.by_name_above_leaves


def read(batch: Batch) -> list[Return]:
    """Return the returns of a batch, in its order; `begin` must have run in this process."""
    from antq_stats.reading.receive import receive, receive_all  # not needed in the parent process

    assert _plan is not None and _layouts is not None  # noqa: S101, PT018 - the initializer ran
    files = batch.located()
    if not any(isinstance(path, Enclosed) for path, _ in files):
        return receive_all(_plan, files, _layouts)
    returns = []
    for path, file in files:
        if isinstance(path, Enclosed):
            _keep_open(path.container)
        returns.append(receive(_plan, path, file, _layouts))
    return returns


def _keep_open(container: Container) -> None:
    """Keep a container open for the next of its files, in this batch and the following ones.

    Only one container is kept open. Opening it again for each batch would take longer than reading.
    """
    for known in _open:
        if known.is_same(container):
            container.held = known.held
    container.keeps = True
    _open[:] = [container]

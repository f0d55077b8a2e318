"""The code of a Dask worker: it keeps the plan of a run and the processes that read within its limits."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from distributed import Worker, WorkerPlugin, get_worker

from antq_stats.reading.processes.isolation import IsolatedExecutor
from antq_stats.reading.processes.reader_process import Batch, pool_of_readers, read
from antq_stats.reading.processes.worker_errors import WorkerLostError
from antq_stats.version import __version__

if TYPE_CHECKING:
    from antq_stats.reading.returns import Return

_IDLE_SECONDS = 60.0
"""Idle time after which the reading processes end, in case the client has crashed."""


def _fingerprint() -> str:
    """Return a hash of the installed code, because one version number may cover different states of it."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[2]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:8]


IDENTITY = (
    f"antq-stats {__version__}",
    f"Python {sys.version_info[0]}.{sys.version_info[1]}",
    _fingerprint(),
)
"""What must be equal on client and worker for equal results."""


class _Readers:
    """The reading processes of one run on one Dask worker, started with the first batch.

    Parameters
    ----------
    workers : maximum number of processes.
    seconds : time that a batch may take.
    plan : the reading plan as returned by `packed`.
    """

    def __init__(self, workers: int, seconds: float, plan: bytes) -> None:
        self._workers = workers
        self._seconds = seconds
        self._plan = plan
        self._lock = threading.Lock()
        self._pool: IsolatedExecutor | None = None
        self._timer: threading.Timer | None = None
        self._reading = 0

    def read(self, batch: Batch) -> list[Return]:
        with self._lock:
            self._stop_timer()
            if self._pool is None:
                self._pool = pool_of_readers(self._workers, self._seconds, self._plan)
            pool = self._pool
            self._reading += 1
        try:
            returns: list[Return] = pool.submit(read, batch).result()
        finally:
            with self._lock:
                self._reading -= 1
                if not self._reading and self._pool is pool:
                    self._timer = threading.Timer(_IDLE_SECONDS, self.close, (True,))
                    self._timer.daemon = True
                    self._timer.start()
        return returns

    def close(self, if_idle: bool = False) -> None:
        with self._lock:
            if if_idle and self._reading:
                return
            self._stop_timer()
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class PlanPlugin(WorkerPlugin):  # type: ignore[misc,unused-ignore]  # Dask's classes have no types
    """Keeps the plan and the reading processes of a run on each Dask worker, including those that join later.

    Parameters
    ----------
    name : name of the run.
    plan : the reading plan as returned by `packed`.
    seconds : time that a batch may take.
    """

    def __init__(self, name: str, plan: bytes, seconds: float) -> None:
        self.name = name
        self.plan = plan
        self.seconds = seconds
        self.readers: _Readers | None = None

    def setup(self, worker: Worker) -> None:
        """Prepare a Dask worker."""
        with suppress(AssertionError):
            multiprocessing.current_process().daemon = False  # a daemon process may not have child processes
        self.readers = _Readers(max(1, worker.state.nthreads), self.seconds, self.plan)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """End the reading processes of a Dask worker."""
        if self.readers is not None:
            self.readers.close()


def read_there(run: str, identity: tuple[str, ...], batch: Batch) -> list[Return] | str:
    """Read a batch on a Dask worker. A problem is returned as a keyword, so the Dask task does not fail.

    Parameters
    ----------
    run : name of the run's `PlanPlugin`.
    identity : `IDENTITY` of the client.
    batch : the files.

    Returns
    -------
    list of Return, or str
        ``time`` or ``crash`` as in `WorkerLostError`; ``versions-differ``; ``plan-lost`` after the run.
    """
    if identity != IDENTITY:
        return "versions-differ"
    plugin = get_worker().plugins.get(run)
    if plugin is None or plugin.readers is None:
        return "plan-lost"
    try:
        returns: list[Return] = plugin.readers.read(batch)
    except WorkerLostError as error:
        return error.problem
    return returns


def sees(path: str, size: int) -> bool:
    """Return whether this Dask worker sees a file of the given size in bytes at a path of the client."""
    try:
        return os.stat(path).st_size == size  # noqa: PTH116 - the path is another machine's
    except OSError:
        return False

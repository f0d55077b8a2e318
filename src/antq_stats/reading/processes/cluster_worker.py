"""What runs on the workers of a Dask cluster: a run's plan, and processes of ours that read within limits."""

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

from antq_stats.reading.processes.isolation import IsolatedExecutor, WorkerLostError
from antq_stats.reading.processes.reader_process import Batch, pool_of_readers, read
from antq_stats.version import __version__

if TYPE_CHECKING:
    from antq_stats.reading.returns import Return

_IDLE_SECONDS = 60.0
"""After which the reading processes end; a run whose client died would leave them for ever."""


def _fingerprint() -> str:
    """Return what the reading code here hashes to: one version number may stand for two states."""
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
"""What must be the same on both sides, or the results might not be."""


class _Readers:
    """The reading processes of one run on one Dask worker; begun when the first batch comes."""

    def __init__(self, plan: bytes, seconds: float) -> None:
        self._plan = plan
        self._seconds = seconds
        self._lock = threading.Lock()
        self._pool: IsolatedExecutor | None = None
        self._timer: threading.Timer | None = None
        self._reading = 0

    def read(self, batch: Batch, threads: int) -> list[Return]:
        with self._lock:
            self._stop_timer()
            if self._pool is None:
                self._pool = pool_of_readers(threads, self._seconds, self._plan)
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
    """Keeps a run's plan and its reading processes on each Dask worker, on those too that join later."""

    def __init__(self, name: str, plan: bytes, seconds: float) -> None:
        self.name = name
        self.plan = plan
        self.seconds = seconds
        self.readers: _Readers | None = None

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """Begin on a worker."""
        with suppress(AssertionError):
            multiprocessing.current_process().daemon = False  # such a process may not have others below it
        self.readers = _Readers(self.plan, self.seconds)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """End on a worker."""
        if self.readers is not None:
            self.readers.close()


def read_there(run: str, identity: tuple[str, ...], batch: Batch) -> list[Return] | str:
    """Read a batch on a Dask worker; what went wrong comes back as a keyword, not as a failed task.

    Parameters
    ----------
    run : name of the run's `PlanPlugin`.
    identity : of the client, `IDENTITY` there.
    batch : the files.

    Returns
    -------
    list of Return, or str
        ``time`` or ``crash`` as in `WorkerLostError`; ``versions-differ``; ``plan-lost`` once it is over.
    """
    if identity != IDENTITY:
        return "versions-differ"
    worker = get_worker()
    plugin = worker.plugins.get(run)
    if plugin is None or plugin.readers is None:
        return "plan-lost"
    try:
        returns: list[Return] = plugin.readers.read(batch, max(1, worker.state.nthreads))
    except WorkerLostError as error:
        return error.problem
    return returns


def sees(path: str, size: int) -> bool:
    """Tell whether a Dask worker finds a file of the folder where the client does."""
    try:
        return os.stat(path).st_size == size  # noqa: PTH116 - a name from another machine
    except OSError:
        return False

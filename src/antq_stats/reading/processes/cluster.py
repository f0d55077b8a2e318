"""Batches read on an existing Dask cluster, through the same seam as on this machine.

The plan goes to each Dask worker once. There the files are read by processes of our own, within the same
limits: a file that hangs, crashes or outgrows its memory never takes a worker of the cluster along, and costs
what it costs at home. A Dask worker that is lost costs time alone: others get its batches.
"""

from __future__ import annotations

import logging
import os
import pkgutil
import time
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures import wait as wait_for
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from antq_stats.reading.files.remote import RemoteProblem
from antq_stats.reading.processes.isolation import WorkerLostError
from antq_stats.reading.processes.reader_process import Batch, packed, read

if TYPE_CHECKING:
    from antq_stats.plan import ReadingPlan
    from antq_stats.reading.returns import Return

SCHEMES = ("tcp://", "tls://")
_THERE = "antq_stats.reading.processes.cluster_worker"
_CONNECT_SECONDS = 5
_GONE_SECONDS = 60.0
"""How long a run waits for a cluster that has lost all its workers."""
_LOSSES = 100
"""Dask workers that one batch may outlive, which no batch of ours kills."""


class ClusterProblem(RemoteProblem):
    """The cluster cannot be used."""


class ClusterExecutor(Executor):
    """Reads batches on a Dask cluster.

    Parameters
    ----------
    address : of the scheduler, ``tcp://host:port`` or ``tls://host:port``.
    plan : what is asked, and of whom.

    Raises
    ------
    ClusterProblem
        The extra is not installed; there is no such scheduler; it has no workers, or of another version.
    """

    def __init__(self, address: str, plan: ReadingPlan) -> None:
        try:
            from distributed import Client

            from antq_stats.reading.processes.cluster_worker import IDENTITY, PlanPlugin, read_there
        except ImportError:
            raise ClusterProblem("cluster-extra-missing", "distributed") from None
        for name in list(logging.root.manager.loggerDict):  # their words are for administrators
            if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            with warnings.catch_warnings(action="ignore"):
                self._client = Client(
                    address, timeout=_CONNECT_SECONDS, set_as_default=False, name="antq-stats"
                )
        except Exception as error:  # noqa: BLE001 - a name that is none, a refusal, a time-out, a certificate
            raise ClusterProblem("no-scheduler", type(error).__name__) from None
        self._run = f"antq-stats-{uuid.uuid4().hex}"
        self._read_there = partial(read_there, self._run, IDENTITY)
        self._waiting: set[Future[list[Return]]] = set()
        self._seen = time.monotonic()
        self._closed = False
        self._numbers = count()
        try:
            self._require_workers(IDENTITY)
            self._client.register_plugin(PlanPlugin(self._run, packed(plan), plan.limits.seconds), self._run)
            self.workers = self._threads()
        except ClusterProblem:
            self._client.close()
            raise

    def _require_workers(self, identity: tuple[str, ...]) -> None:
        """Check that there are workers, and that they are of our version."""
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except Exception:  # noqa: BLE001 - no class of errors is promised
            raise ClusterProblem("no-workers") from None
        for answer in self._ask(pkgutil.resolve_name, f"{_THERE}:IDENTITY"):
            if isinstance(answer, BaseException):  # none there, or one that has no such module yet
                raise ClusterProblem("versions-differ", "antq-stats ?")
            if answer != identity:
                raise ClusterProblem("versions-differ", " · ".join(answer))

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _ask(self, function: Callable[..., object], *arguments: object) -> list[Any]:
        """Call a function on every worker; errors are among the answers."""
        try:
            return list(self._client.run(function, *arguments, on_error="return").values())
        except Exception:  # noqa: BLE001 - no class of errors is promised
            raise ClusterProblem("scheduler-lost") from None

    def require_shared(self, path: Path, size: int) -> None:
        """Check that the workers see a file of a local folder.

        Raises
        ------
        ClusterProblem
            They do not: the folder is this machine's own.
        """
        from antq_stats.reading.processes.cluster_worker import sees

        if not all(answer is True for answer in self._ask(sees, os.path.abspath(path), size)):  # noqa: PTH100
            raise ClusterProblem("folder-not-shared")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Have a batch read; ``fn`` is `reader_process.read`, the only thing that the workers do for us."""
        if kwargs or fn is not read or len(args) != 1:
            raise TypeError("only batches of files are read here")
        future: Future[list[Return]] = Future()
        future.set_running_or_notify_cancel()
        self._waiting.add(future)
        self._send(future, _from_root(args[0]), _LOSSES)
        return future

    def _send(self, future: Future[list[Return]], batch: Batch, lives: int) -> None:
        from distributed import KilledWorker

        there = self._client.submit(
            self._read_there, batch, pure=False, key=f"{self._run}-{next(self._numbers)}"
        )

        def arrived(done: Any) -> None:  # noqa: ANN401 - a future of Dask's
            try:
                problem = done.exception(timeout=_CONNECT_SECONDS)
                answer = done.result(timeout=_CONNECT_SECONDS) if problem is None else None
            except BaseException as error:  # noqa: BLE001 - cancelled, or the connection is gone
                problem, answer = error, None
            if isinstance(problem, KilledWorker) and lives and not self._closed:
                self._send(future, batch, lives - 1)
                return
            self._waiting.discard(future)
            self._seen = time.monotonic()
            if problem is not None:
                future.set_exception(ClusterProblem("scheduler-lost", type(problem).__name__))
            elif answer in ("time", "crash"):
                future.set_exception(WorkerLostError(answer))
            elif isinstance(answer, str):
                future.set_exception(ClusterProblem(answer))
            else:
                future.set_result(answer or [])

        there.add_done_callback(arrived)

    def watch(self) -> None:
        """Look whether the cluster is still there, while nothing comes from it.

        Raises
        ------
        ClusterProblem
            The scheduler is gone, or all workers have been for a minute.
        """
        if self._client.status not in ("running", "connecting"):
            raise ClusterProblem("scheduler-lost")
        try:
            workers = self._threads()
        except Exception:  # noqa: BLE001 - no class of errors is promised
            raise ClusterProblem("scheduler-lost") from None
        if workers:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _GONE_SECONDS:
            raise ClusterProblem("no-workers")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the run on the cluster: its plan and its processes go, the cluster goes on."""
        if self._closed:
            return
        if wait and not cancel_futures:
            wait_for(set(self._waiting))
        self._closed = True
        with suppress(Exception):
            self._client.unregister_worker_plugin(self._run)
        with suppress(Exception):
            self._client.close(timeout=_CONNECT_SECONDS)


def _from_root(batch: Batch) -> Batch:
    """Return a batch with local paths from the root: workers stand in other folders."""
    return [(os.path.abspath(path) if isinstance(path, str) else path, file) for path, file in batch]  # noqa: PTH100

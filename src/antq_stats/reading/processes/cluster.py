"""Reading on an existing Dask cluster, through the same `Executor` interface as on this machine.

The plan is sent to each Dask worker once. There, worker processes like those of this machine read the files
within the same limits, so a file that hangs, crashes or exceeds its memory never harms the Dask worker. If a
Dask worker is lost, other workers read its batches.
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
from antq_stats.reading.processes.reader_process import Batch, Location, packed, read
from antq_stats.reading.processes.worker_errors import WorkerLostError

if TYPE_CHECKING:
    from antq_stats.plan import ReadingPlan
    from antq_stats.reading.returns import Return

SCHEMES = ("tcp://", "tls://")
_THERE = "antq_stats.reading.processes.cluster_worker"
_CONNECT_SECONDS = 5
_GONE_SECONDS = 60.0
"""How long a run waits for a cluster without workers."""
_LOSSES = 100
"""How many lost Dask workers one batch may have had. No batch can kill a Dask worker."""


class ClusterProblem(RemoteProblem):
    """The cluster cannot be used."""


class ClusterExecutor(Executor):
    """Reads batches on a Dask cluster.

    Parameters
    ----------
    address : address of the scheduler, ``tcp://host:port`` or ``tls://host:port``.
    plan : the reading plan.

    Raises
    ------
    ClusterProblem
        The extra is not installed, the scheduler cannot be reached, or it has no workers, or workers of
        another version.
    """

    def __init__(self, address: str, plan: ReadingPlan) -> None:
        try:
            from distributed import Client

            from antq_stats.reading.processes.cluster_worker import IDENTITY, PlanPlugin, read_there
        except ImportError:
            raise ClusterProblem("cluster-extra-missing", "distributed") from None
        for name in list(logging.root.manager.loggerDict):  # their messages are for administrators
            if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            with warnings.catch_warnings(action="ignore"):
                self._client = Client(
                    address, timeout=_CONNECT_SECONDS, set_as_default=False, name="antq-stats"
                )
        except Exception as error:  # noqa: BLE001 - an unknown name, a refusal, a time-out, a certificate
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
        """Check that there are workers, and that they have the version of this machine."""
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except Exception:  # noqa: BLE001 - no class of errors is promised
            raise ClusterProblem("no-workers") from None
        for answer in self._ask(pkgutil.resolve_name, f"{_THERE}:IDENTITY"):
            if isinstance(answer, BaseException):  # not installed there, or an older version
                raise ClusterProblem("versions-differ", "antq-stats ?")
            if answer != identity:
                raise ClusterProblem("versions-differ", " · ".join(answer))

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _ask(self, function: Callable[..., object], *arguments: object) -> list[Any]:
        """Call a function on every Dask worker; return the answers, errors among them."""
        try:
            return list(self._client.run(function, *arguments, on_error="return").values())
        except Exception:  # noqa: BLE001 - no class of errors is promised
            raise ClusterProblem("scheduler-lost") from None

    def require_shared(self, path: Path, size: int) -> None:
        """Check that all Dask workers see a file of a local folder.

        Parameters
        ----------
        path : the file.
        size : its size in bytes.

        Raises
        ------
        ClusterProblem
            A worker does not see it: the folder is not shared. Or the scheduler is lost.
        """
        from antq_stats.reading.processes.cluster_worker import sees

        if not all(answer is True for answer in self._ask(sees, os.path.abspath(path), size)):  # noqa: PTH100
            raise ClusterProblem("folder-not-shared")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Submit a batch.

        Parameters
        ----------
        fn : `reader_process.read`; the cluster executes nothing else.
        args : the batch.
        kwargs : none.

        Raises
        ------
        TypeError
            For any other call.
        """
        if kwargs or fn is not read or len(args) != 1:
            raise TypeError("only batches of files can be submitted")
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
        """Check that the cluster is still there; to be called while no answer comes from it.

        Raises
        ------
        ClusterProblem
            The scheduler is lost, or there has been no worker for a minute.
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
        """Remove the plan and the worker processes of this run from the cluster.

        Parameters
        ----------
        wait : wait for the batches submitted, unless they are cancelled.
        cancel_futures : do not wait. The batches are lost with the processes in either case.
        """
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
    """Return a batch with absolute local paths: workers have other working directories."""
    return Batch.of((_absolute(path), file) for path, file in batch.located())


def _absolute(path: Location) -> Location:
    return os.path.abspath(path) if isinstance(path, str) else path  # noqa: PTH100

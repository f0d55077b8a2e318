"""Many files at once, in worker processes that can crash or be stopped without harm to the run.

Files are read in batches. If the worker of a batch crashes, hangs or exceeds its memory, the files of the
batch are read one by one. So only the file at fault is lost, and it is reported.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from pathlib import Path
from posixpath import splitext
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from antq_stats.findings.finding import Finding
from antq_stats.plan import ReadingPlan
from antq_stats.reading.discover import Discovered, SourceFile
from antq_stats.reading.files.container import MIB, ZIP_MEMBERS
from antq_stats.reading.files.enclosures import DEEPEST, Enclosed
from antq_stats.reading.processes.reader_process import (
    Batch,
    packed,
    pool_of_readers,
    prepare,
    read,
)
from antq_stats.reading.processes.server import start_method, start_server
from antq_stats.reading.processes.worker_errors import WorkerLostError
from antq_stats.reading.processes.worker_process import Starting
from antq_stats.reading.returns import Return

if TYPE_CHECKING:
    from antq_stats.reading.processes.cluster import ClusterExecutor
    from antq_stats.reading.processes.isolation import IsolatedExecutor

_BATCH_BYTES = 2_000_000
_BATCH_FILES = 48
_WATCH_SECONDS = 5.0
_SLIGHT = 100
"""A file so many times smaller than those before it costs less than another worker for it."""
_FEW = 400
"""Number of files up to which one worker may do."""
_PATIENCE = 0.15
"""Seconds that it may take for them: another worker's start, and what it must learn, cost as much."""
_PER_WORKER = 4
"""Minimum number of batches per worker, so that all workers end at about the same time."""
_ahead: list[Starting] = []
"""The first process of a run, if it was started before it has anything to read."""


def _batches(sources: Sequence[SourceFile], workers: int) -> Iterator[list[SourceFile]]:
    """Yield batches of about equal cost, small enough that every worker gets several."""
    most = max(1, min(_BATCH_FILES, len(sources) // (workers * _PER_WORKER) or 1))
    batch: list[SourceFile] = []
    size = 0
    for source in sources:
        is_slight = 0 < source.size * _SLIGHT < size and len(batch) < _BATCH_FILES
        if batch and not is_slight and (len(batch) >= most or size + source.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += source.size
    if batch:
        yield batch


def _stopped(plan: ReadingPlan, source: SourceFile, error: WorkerLostError) -> Return:
    """Return an empty return for a file whose worker was stopped or crashed, with F107."""
    if error.problem == "time":
        facts = {"problem": "time", "limit": f"{plan.limits.seconds:g}"}
    else:
        facts = {"problem": "crash"}
    return _unread(plan, source, "F107", facts)


def _unread(plan: ReadingPlan, source: SourceFile, code: str, facts: dict[str, str]) -> Return:
    """Return an empty return for a file that is not read, with one finding."""
    from antq_stats.reading.units.mentions import unit_of_path
    from antq_stats.reading.units.names import NOWHERE

    unit = unit_of_path(plan.units, source.file.split("/"))
    about = None if unit == NOWHERE else plan.units.codes[unit]
    return Return(
        source.file,
        size=source.size,
        findings=[Finding(code=code, file=source.file, facts=facts, about=about)],
    )


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cluster(scheduler: str, plan: ReadingPlan, sources: Sequence[SourceFile]) -> ClusterExecutor:
    from antq_stats.reading.processes.cluster import ClusterExecutor

    cluster = ClusterExecutor(scheduler, plan)
    for source in sources:
        if isinstance(source.path, str) and source.size:
            cluster.require_shared(Path(source.path), source.size)
            break
    return cluster


class Reading:
    """Files that are read in the background.

    Parameters
    ----------
    plan : the reading plan; sent once to every worker.
    jobs : maximum number of worker processes on this machine; None for one per processor.
    scheduler : address of a Dask cluster (``tcp://host:port``) that reads instead of this machine.

    Raises
    ------
    ValueError
        Both ``jobs`` and ``scheduler`` are given; a cluster has a number of workers of its own.
    NoWorkerError
        The system cannot start a process.
    """

    discovered: Discovered

    def __init__(self, plan: ReadingPlan, jobs: int | None = None, scheduler: str | None = None) -> None:
        if jobs is not None and scheduler is not None:
            raise ValueError("jobs and scheduler exclude each other")
        self.plan = plan
        self.workers = jobs or _processors()  # a worker starts only when there is a batch for it
        self._opened: Counter[str] = Counter()
        self._size_opened: Counter[str] = Counter()
        """Number and stated size in bytes of the files found so far in each outermost container."""
        self._scheduler = scheduler
        self._cluster: ClusterExecutor | None = None
        self._local: IsolatedExecutor | None = None
        if scheduler is None:
            ahead = _ahead.pop() if _ahead else None
            self._local = pool_of_readers(self.workers, plan.limits.seconds, packed(plan), _PATIENCE, ahead)
            self._local.submit(prepare)  # the first worker gets ready while the files are listed
        self._waiting: dict[Future[list[Return]], list[SourceFile]] = {}
        self._done: SimpleQueue[Future[list[Return]]] = SimpleQueue()

    def begin(self, discovered: Discovered) -> None:
        """Read some files in the background.

        Parameters
        ----------
        discovered : the files; those found inside others are added to it.

        Raises
        ------
        ClusterProblem
            The cluster cannot be used.
        """
        self.discovered = discovered
        # A layout is of one kind of file, so files of a kind that stand together go to the same worker.
        sources = sorted(discovered.sources, key=lambda source: splitext(source.file)[1].lower())
        if self._scheduler is not None:
            self._cluster = _cluster(self._scheduler, self.plan, sources)
            self.workers = self._cluster.workers
        elif self._local is not None and len(sources) > _FEW:
            self._local.hurry()
        for batch in _batches(sources, self.workers):
            self._submit(batch)

    @property
    def _pool(self) -> Executor:
        pool = self._cluster or self._local
        assert pool is not None  # noqa: S101 - one of them was made
        return pool

    def give_up(self) -> None:
        """End the processes; what is not read yet will not be."""
        if self._cluster is not None or self._local is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, batch: list[SourceFile]) -> None:
        future = self._pool.submit(read, Batch.of((source.path, source.file) for source in batch))
        self._waiting[future] = batch
        future.add_done_callback(self._done.put)

    def returns(self, on_return: Callable[[Return], None] | None = None) -> Iterator[Return]:
        """Yield the return of every file once, in the order in which they are read.

        The files enclosed in a zip or a message follow it, each with a return of its own.

        Parameters
        ----------
        on_return : called with each return before it is yielded.

        Raises
        ------
        ClusterProblem
            The cluster is lost.
        NoWorkerError
            No worker process could be started.
        """
        try:
            while self._waiting:
                try:
                    future = self._done.get(timeout=None if self._cluster is None else _WATCH_SECONDS)
                except Empty:
                    if self._cluster is not None:
                        self._cluster.watch()
                    continue
                for return_ in self._result(future):
                    if on_return is not None:
                        on_return(return_)
                    yield return_
        except BaseException:
            self.give_up()
            raise
        self._pool.shutdown(wait=False)

    def _result(self, future: Future[list[Return]]) -> list[Return]:
        batch = self._waiting.pop(future)
        try:
            returns = future.result()
        except WorkerLostError as error:
            if len(batch) > 1:
                for source in batch:
                    self._submit([source])
                return []
            return [_stopped(self.plan, batch[0], error)]
        if any(return_.enclosed for return_ in returns):
            pairs = zip(batch, returns, strict=True)
            returns = [
                self._open(source, return_) if return_.enclosed else return_ for source, return_ in pairs
            ]
        return returns

    def _open(self, source: SourceFile, return_: Return) -> Return:
        """Submit the files enclosed in a file, within limits that apply to the outermost container."""
        limits, inside = self.plan.limits, return_.enclosed
        depth, outermost = 1, source.path
        while isinstance(outermost, Enclosed):
            depth, outermost = depth + 1, outermost.container.path
        place = outermost if isinstance(outermost, str) else outermost.url
        size = self._size_opened[place] + sum(enclosure.size for enclosure in inside)
        count = self._opened[place] + len(inside)
        if depth > DEEPEST:
            return _unread(self.plan, source, "F106", {"problem": "too-deep"})
        if count > ZIP_MEMBERS:
            facts = {"problem": "too-many-parts", "limit": str(ZIP_MEMBERS)}
            return _unread(self.plan, source, "F106", facts)
        if size > limits.expanded_mib * MIB:
            facts = {"problem": "expands-too-far", "limit": f"{limits.expanded_mib} MiB"}
            return _unread(self.plan, source, "F106", facts)
        self._opened[place], self._size_opened[place] = count, size
        sources = self.discovered.open(source, inside)
        for batch in _batches(sources, self.workers):
            self._submit(batch)
        return return_ if sources else _unread(self.plan, source, "F212", {})


@contextmanager
def warmed_up() -> Iterator[None]:
    """Start the fork server and a first process while form and register are still being read.

    The process is given up at the end if nothing was read.
    """
    start_server()
    if start_method() == "forkserver":
        with suppress(OSError, RuntimeError):
            _ahead.append(Starting(multiprocessing.get_context("forkserver"), 0).ahead())
    try:
        yield
    finally:
        while _ahead:
            _ahead.pop().give_up()

"""Many files at once: worker processes that can die or be stopped without costing the run.

Files go out in batches. A batch whose worker dies, hangs or outgrows its memory is taken apart and
its files are read one by one, so that only the file at fault is lost, and that with a finding.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from antq_stats.findings.finding import Finding
from antq_stats.plan import ReadingPlan
from antq_stats.reading.discover import Discovered, SourceFile
from antq_stats.reading.files.container import MIB, ZIP_MEMBERS
from antq_stats.reading.files.enclosures import DEEPEST, Enclosed
from antq_stats.reading.processes.isolation import WorkerLostError
from antq_stats.reading.processes.reader_process import packed, pool_of_readers, read, start_method
from antq_stats.reading.returns import Return

if TYPE_CHECKING:
    from antq_stats.reading.processes.cluster import ClusterExecutor

_BATCH_BYTES = 2_000_000
_BATCH_FILES = 48
_PRELOADED = ("python_calamine", "antq_stats.reading.receive", "antq_stats.reading.processes.reader_process")
"""What the process that workers are forked from imports for all of them."""
_WATCH_SECONDS = 5.0
_PER_WORKER = 10
"""Batches per worker at least, so that the last worker ends soon after the first."""


def _batches(sources: Sequence[SourceFile], workers: int) -> Iterator[list[SourceFile]]:
    """Yield batches of about equal cost, small enough that every worker gets several."""
    most = max(1, min(_BATCH_FILES, len(sources) // (workers * _PER_WORKER) or 1))
    batch: list[SourceFile] = []
    size = 0
    for source in sources:
        if batch and (len(batch) >= most or size + source.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += source.size
    if batch:
        yield batch


def _stopped(plan: ReadingPlan, source: SourceFile, error: WorkerLostError) -> Return:
    """Return what stands for a file whose reading was stopped, or broke its worker."""
    if error.problem == "time":
        facts = {"problem": "time", "limit": f"{plan.limits.seconds:g}"}
    else:
        facts = {"problem": "crash"}
    return _unread(plan, source, "F107", facts)


def _unread(plan: ReadingPlan, source: SourceFile, code: str, facts: dict[str, str]) -> Return:
    """Return what stands for a file that nobody reads any further, and why."""
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
    """Files being read in the background, from the moment it is made.

    Parameters
    ----------
    plan : sent once to every worker.
    discovered : the files; those found inside others are added to them.
    jobs : worker processes at most; as many as the machine has processors where None.
    scheduler : address of a Dask cluster (``tcp://host:port``) that reads instead of this machine.

    Raises
    ------
    ClusterProblem
        The cluster cannot be used.
    NoWorkerError
        This machine has nothing left to start a process with.
    """

    def __init__(
        self,
        plan: ReadingPlan,
        discovered: Discovered,
        jobs: int | None = None,
        scheduler: str | None = None,
    ) -> None:
        self.plan = plan
        self.discovered = discovered
        sources = discovered.sources[:]
        self._opened: Counter[str] = Counter()
        self._size_opened: Counter[str] = Counter()
        """How many files came out of each outermost container, and how many bytes they say they are."""
        self._cluster = None if scheduler is None else _cluster(scheduler, plan, sources)
        self._pool: Executor
        if self._cluster is not None:
            self.workers, self._pool = self._cluster.workers, self._cluster
        else:
            self.workers = jobs or _processors()  # each begins when there is something for it to do
            self._pool = pool_of_readers(self.workers, plan.limits.seconds, packed(plan))
        self._waiting: dict[Future[list[Return]], list[SourceFile]] = {}
        self._done: SimpleQueue[Future[list[Return]]] = SimpleQueue()
        for batch in _batches(sources, self.workers):
            self._submit(batch)

    def _submit(self, batch: list[SourceFile]) -> None:
        future = self._pool.submit(read, [(source.path, source.file) for source in batch])
        self._waiting[future] = batch
        future.add_done_callback(self._done.put)

    def returns(self, heard: Callable[[Return], None] | None = None) -> Iterator[Return]:
        """Yield a return for every file, in the order they are done; each file exactly once.

        Of a zip or a message, `Return.enclosed`, the files in it follow, each with a return of its own.

        Raises
        ------
        ClusterProblem
            The cluster that reads has gone away.
        NoWorkerError
            No process that reads could be started.
        """
        try:
            while self._waiting:
                try:
                    future = self._done.get(timeout=None if self._cluster is None else _WATCH_SECONDS)
                except Empty:
                    if self._cluster is not None:
                        self._cluster.watch()
                    continue
                for given in self._result(future):
                    if heard is not None:
                        heard(given)
                    yield given
        except BaseException:
            self._pool.shutdown(wait=False, cancel_futures=True)
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
        if any(given.enclosed for given in returns):
            pairs = zip(batch, returns, strict=True)
            returns = [self._open(source, given) if given.enclosed else given for source, given in pairs]
        return returns

    def _open(self, source: SourceFile, given: Return) -> Return:
        """Have the files inside another read, within bounds that hold for all that one file brings."""
        limits, inside = self.plan.limits, given.enclosed
        depth, outermost = 1, source.path
        while isinstance(outermost, Enclosed):
            depth, outermost = depth + 1, outermost.container.path
        place = outermost if isinstance(outermost, str) else outermost.url
        size = self._size_opened[place] + sum(one.size for one in inside)
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
        return given if sources else _unread(self.plan, source, "F212", {})


def warm_up() -> None:
    """Start the process that workers are forked from, while form and register are still being read."""
    if start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(list(_PRELOADED))
        with _silent_stderr(), suppress(OSError):  # tried again, and told, when there is something to read
            forkserver.ensure_running()


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Let a process started meanwhile say nothing on stderr: an interrupt ends it with a trace."""
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

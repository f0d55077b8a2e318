"""Many files at once: worker processes that can die or be stopped without costing the run.

Files go out in batches. A batch whose worker dies, hangs or outgrows its memory is taken apart and
its files are read one by one, so that only the file at fault is lost, and that with a finding.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from antq_stats.findings import Finding
from antq_stats.plan import ReadingPlan
from antq_stats.reading.discover import SourceFile
from antq_stats.reading.isolation import IsolatedExecutor, WorkerLostError
from antq_stats.reading.returns import Return

if TYPE_CHECKING:
    from antq_stats.reading.layouts import Layouts

_BATCH_BYTES = 2_000_000
_BATCH_FILES = 24
_PER_WORKER = 10
"""Batches per worker at least, so that the last worker ends soon after the first."""

_plan: ReadingPlan | None = None
_layouts: Layouts | None = None


def _begin(plan: ReadingPlan) -> None:
    """Make a worker ready: plan, bounds, a silent stderr; the terminal's interrupt is the parent's."""
    from antq_stats.reading.layouts import Layouts

    global _plan, _layouts
    _plan, _layouts = plan, Layouts(plan)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RUST_BACKTRACE"] = "0"  # where memory has run out, gathering one never ends
    with suppress(
        OSError
    ):  # a reader that panics says so at length, with paths of the machine it was built on
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    gc.freeze()
    gc.set_threshold(50_000)  # rows come and go by the thousand, without cycles
    with suppress(ImportError, ValueError, OSError):
        import resource

        most = plan.limits.memory_mib << 20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(batch: Sequence[SourceFile]) -> list[Return]:
    from antq_stats.reading.receive import receive  # the parent never needs it

    assert _plan is not None  # noqa: S101 - the initializer ran
    return [receive(_plan, source.path, source.file, _layouts) for source in batch]


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
    from antq_stats.reading.mentions import unit_of_path
    from antq_stats.reading.names import NOWHERE

    unit = unit_of_path(plan.units, source.file.split("/"))
    about = None if unit == NOWHERE else plan.units.codes[unit]
    return Return(
        source.file,
        size=source.size,
        findings=[Finding(code="F107", file=source.file, facts=facts, about=about)],
    )


class Reading:
    """Files being read in the background, from the moment it is made.

    Parameters
    ----------
    plan : sent once to every worker.
    sources : the files.
    jobs : worker processes at most; as many as the machine has processors where None.
    """

    def __init__(self, plan: ReadingPlan, sources: Sequence[SourceFile], jobs: int | None = None) -> None:
        self.plan = plan
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.workers = max(1, min(jobs or processors, len(sources)))
        context = multiprocessing.get_context(_start_method())
        self._pool = IsolatedExecutor(self.workers, plan.limits.seconds, context, _begin, (plan,))
        self._waiting: dict[Future[list[Return]], list[SourceFile]] = {}
        for batch in _batches(sources, self.workers):
            self._submit(batch)

    def _submit(self, batch: list[SourceFile]) -> None:
        future = self._pool.submit(_read, batch)
        self._waiting[future] = batch

    def returns(self, heard: Callable[[Return], None] | None = None) -> Iterator[Return]:
        """Yield a return for every file, in the order they are done; each file exactly once."""
        try:
            while self._waiting:
                done, _ = wait(self._waiting, return_when=FIRST_COMPLETED)
                for future in done:
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
            return future.result()
        except WorkerLostError as error:
            if len(batch) > 1:
                for source in batch:
                    self._submit([source])
                return []
            return [_stopped(self.plan, batch[0], error)]


def _start_method() -> str:
    """Return how workers begin: from a clean server process where there is one, else each anew."""
    has_server = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    return "forkserver" if has_server else "spawn"


def warm_up() -> None:
    """Start the process that workers are forked from, while form and register are still being read."""
    if _start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(["python_calamine", "antq_stats.reading.receive", __name__])
        with _silent_stderr():
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

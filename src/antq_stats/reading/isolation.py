"""A pool of processes that outlives its workers.

One that dies, or overruns its time, takes only its own call along: the standard library's pool
would lose every call that waits, and cannot stop a worker that hangs. (Pebble can; its start and its
end cost a third of a whole run over a province, which is why these lines stand here.)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

_END_SECONDS = 2.0
"""How long a killed process is waited for."""
_AHEAD = 2
"""Calls a worker is given at once while there are many: it need not wait until its answer is unpacked."""
_SMALL = 4096
"""Bytes of a call that surely lie in any system's pipe: of a longer one, who writes might wait for a worker
that waits for its own answer to be read."""


class WorkerLostError(Exception):
    """The worker that had the call is gone: it ran out of time, or it died."""

    def __init__(self, problem: Literal["time", "crash"]) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(slots=True)
class _Call:
    future: Future[Any]
    message: bytes
    """Function and arguments as they travel."""
    is_out: bool = False
    """It was given to a worker before."""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    calls: deque[_Call] = field(default_factory=deque)
    """The one it works on, and perhaps the next, which lies in its pipe."""
    deadline: float = field(default=0.0)


def _serve(connection: Connection, initializer: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Answer calls until the other side closes; runs in the worker."""
    initializer(*arguments)
    while True:
        try:
            function, given = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[bool, object] = (True, function(*given))
        except Exception as error:  # noqa: BLE001 - it belongs to the caller
            answer = (False, error)
        connection.send(answer)


class IsolatedExecutor(Executor):
    """Runs calls in worker processes, each of which can be lost without the others.

    Parameters
    ----------
    workers : how many run at once.
    seconds : time a call may take before its worker is stopped.
    context : how processes are started.
    initializer, arguments : called in each worker before its first call.
    """

    def __init__(
        self,
        workers: int,
        seconds: float,
        context: BaseContext,
        initializer: Callable[..., None],
        arguments: tuple[Any, ...],
    ) -> None:
        self._most = workers
        self._seconds = seconds
        self._context = context
        self._start = (initializer, arguments)
        self._waiting: deque[_Call] = deque()
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()
        self._closed = False
        self._stopped = False
        """Closed, and what is under way is given up."""
        self._fault: BaseException | None = None
        self._heard, self._bell = context.Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, name="antq-stats-reading", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Give a call to the pool; its future raises `WorkerLostError` if its worker is lost."""
        if kwargs:
            raise TypeError("keyword arguments are not taken")
        future: Future[Any] = Future()
        try:
            message = bytes(ForkingPickler.dumps((fn, args)))
        except Exception as error:  # noqa: BLE001 - whatever the arguments make of it
            future.set_exception(error)
            return future
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed") from self._fault
            self._waiting.append(_Call(future, message))
        self._ring()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; workers end when what waits is done, or at once where it is cancelled."""
        with self._lock:
            self._closed = True
            if cancel_futures:
                self._stopped = True
                while self._waiting:
                    self._waiting.popleft().future.cancel()
                for worker in self._workers:
                    worker.process.kill()
        self._ring()
        if wait:
            self._thread.join()

    def _ring(self) -> None:
        with suppress(OSError, ValueError):
            self._bell.send_bytes(b"!")

    def _run(self) -> None:
        """Work until closed and done; if no worker can be started at all, every call is told so."""
        try:
            self._loop()
        except BaseException as error:  # noqa: BLE001 - whoever waits for an answer must get one
            with self._lock:
                self._closed, self._fault = True, error
                calls = [
                    *self._waiting,
                    *(call for worker in self._workers for call in worker.calls),
                ]
                self._waiting.clear()
            for call in calls:
                if not call.future.done():
                    call.future.set_exception(error)
        self._end()

    def _loop(self) -> None:
        """Hand out calls and take answers; the only thread that touches workers."""
        while True:
            self._hand_out()
            busy = [worker for worker in self._workers if worker.calls]
            with self._lock:
                if self._closed and not busy and not self._waiting:
                    break
            soonest = min((worker.deadline for worker in busy), default=None)
            patience = None if soonest is None else max(0.0, soonest - time.monotonic())
            ready = wait([self._heard, *(worker.connection for worker in busy)], patience)
            if self._heard in ready:
                self._heard.recv_bytes()
            for worker in busy:
                if worker.connection in ready:
                    self._take(worker)
                elif time.monotonic() >= worker.deadline:
                    self._lose(worker, "time")

    def _hand_out(self) -> None:
        while True:
            worker = min(self._workers, key=lambda worker: len(worker.calls), default=None)
            with self._lock:
                if not self._waiting:
                    return
                ahead = len(self._waiting) > self._most and len(self._waiting[0].message) <= _SMALL
                has_room = worker is not None and len(worker.calls) < (_AHEAD if ahead else 1)
                if not has_room and len(self._workers) >= self._most:
                    return
                call = self._waiting.popleft()
            if not call.is_out and not call.future.set_running_or_notify_cancel():
                continue
            call.is_out = True
            try:
                if worker is None or (worker.calls and len(self._workers) < self._most):
                    worker = self._new_worker()
            except BaseException as error:
                call.future.set_exception(error)
                raise
            if not worker.calls:
                worker.deadline = time.monotonic() + self._seconds
            worker.calls.append(call)
            try:
                worker.connection.send_bytes(call.message)
            except OSError:
                self._lose(worker, "crash")

    def _new_worker(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, *self._start), daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()  # so that its death is heard as the end of the pipe
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _take(self, worker: _Worker) -> None:
        try:
            fine, answer = worker.connection.recv()
        except Exception:  # noqa: BLE001 - an answer cut off in the middle may fail in any way
            self._lose(worker, "crash")
            return
        call = worker.calls.popleft()
        worker.deadline = time.monotonic() + self._seconds
        if fine:
            call.future.set_result(answer)
        else:
            call.future.set_exception(answer)

    def _lose(self, worker: _Worker, problem: Literal["time", "crash"]) -> None:
        """Let a worker go: the call it worked on is lost, one that lay in its pipe is another's."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.connection.close()
        worker.process.join(_END_SECONDS)
        if worker.calls:
            worker.calls.popleft().future.set_exception(WorkerLostError(problem))
        with self._lock:
            if not self._stopped:
                self._waiting.extendleft(reversed(worker.calls))
                return
        for call in worker.calls:
            call.future.set_exception(WorkerLostError(problem))

    def _end(self) -> None:
        """Stop the workers, which are idle and hold nothing; waiting for them to tidy up would be waste."""
        for worker in self._workers:
            worker.process.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(_END_SECONDS)
        self._workers.clear()

"""A pool of processes that outlives its workers.

One that dies, or overruns its time, takes only its own call along: the standard library's pool
would lose every call that waits, and cannot stop a worker that hangs. (Pebble can; its start and its
end cost a third of a whole run over a province, which is why these lines stand here.)
"""

from __future__ import annotations

import errno
import os
import signal
import sys
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
_START_SECONDS = 20.0
"""How long a process may take to get ready at least, however short the time for a call is."""
_STARTS = 3
"""How often a call is given to a process that does not get ready."""
_LATE = 1.0
"""Seconds past its time at which whoever waits knows that it was held up itself: suspended, as by Ctrl-Z."""
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


class NoWorkerError(Exception):
    """No process gets ready to work: the system starts none, or each is lost at its start."""


@dataclass(slots=True)
class _Call:
    future: Future[Any]
    message: bytes
    """Function and arguments as they travel."""
    is_out: bool = False
    """It was given to a worker before."""
    starts: int = 0
    """How many workers were lost at their start while it waited for them."""


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    deadline: float
    """When it is given up: while it starts, or with the call it works on."""
    calls: deque[_Call] = field(default_factory=deque)
    """The one it works on, and perhaps the next, which lies in its pipe."""
    is_ready: bool = False
    """It has said that it is; until then its calls wait on this side."""
    is_lost: bool = False
    fault: BaseException | None = None
    """Why its process could not be started."""

    def kill(self) -> None:
        """End the process, if there is one yet; one that starts meanwhile is ended by who starts it."""
        self.is_lost = True
        if self.process.pid is not None:
            self.process.kill()

    def let_go(self) -> None:
        """Wait for the end of a killed process."""
        if self.process.pid is not None:
            self.process.join(_END_SECONDS)


def _named(error: BaseException | None) -> str:
    """Return the name of what the system said, which holds no path of the machine."""
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, "?")
    return "" if error is None else type(error).__name__


def _serve(connection: Connection) -> None:
    """Make ready, say so, then answer calls until the other side closes; runs in the worker."""
    try:
        initializer, arguments = connection.recv()
        initializer(*arguments)
        connection.send(None)
    except (EOFError, OSError):
        return
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


def end_server() -> None:
    """End the process that workers are forked from, if there is one; the next start makes another."""
    module = sys.modules.get("multiprocessing.forkserver")
    server = getattr(getattr(module, "_forkserver", None), "_forkserver_pid", None)
    if server is not None:
        with suppress(OSError):
            os.kill(server, signal.SIGKILL)


class IsolatedExecutor(Executor):
    """Runs calls in worker processes, each of which can be lost without the others.

    Parameters
    ----------
    workers : how many run at once.
    seconds : time a call may take before its worker is stopped.
    context : how processes are started.
    initializer, arguments : called in each worker before its first call.

    Raises
    ------
    NoWorkerError
        The system has nothing left to work with.
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
        self._beginning = bytes(ForkingPickler.dumps((initializer, arguments)))
        self._has_served = False
        """Some worker got ready."""
        self._starting = threading.Lock()
        self._waiting: deque[_Call] = deque()
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()
        self._closed = False
        self._stopped = False
        """Closed, and what is under way is given up."""
        self._fault: BaseException | None = None
        try:
            self._heard, self._bell = context.Pipe(duplex=False)
            self._thread = threading.Thread(target=self._run, name="antq-stats-reading", daemon=True)
            self._thread.start()
        except (OSError, RuntimeError) as error:  # no descriptor, no thread is left
            raise NoWorkerError(_named(error)) from error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Give a call to the pool; its future raises `WorkerLostError` if its worker is lost.

        Where no worker can be had at all, every future raises `NoWorkerError`.
        """
        if kwargs:
            raise TypeError("keyword arguments are not taken")
        future: Future[Any] = Future()
        try:
            message = bytes(ForkingPickler.dumps((fn, args)))
        except Exception as error:  # noqa: BLE001 - whatever the arguments make of it
            future.set_exception(error)
            return future
        with self._lock:
            if self._fault is not None:
                future.set_exception(self._fault)
                return future
            if self._closed:
                raise RuntimeError("the pool is closed")
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
                    worker.kill()
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
            until = None if soonest is None else max(time.monotonic(), soonest)
            patience = None if until is None else until - time.monotonic()
            ready = wait([self._heard, *(worker.connection for worker in busy)], patience)
            if until is not None and (late := time.monotonic() - until) > _LATE:
                for worker in busy:  # they were suspended as well
                    worker.deadline += late
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
            if worker is None or (worker.calls and len(self._workers) < self._most):
                worker = self._new_worker(call)
            if not worker.calls and worker.is_ready:
                worker.deadline = time.monotonic() + self._seconds
            worker.calls.append(call)
            if worker.is_ready:
                self._send(worker, call)

    def _send(self, worker: _Worker, call: _Call) -> None:
        try:
            worker.connection.send_bytes(call.message)
        except OSError:
            self._lose(worker, "crash")

    def _new_worker(self, call: _Call) -> _Worker:
        """Start a worker for a call, in a thread: whatever holds up its start must not hold up the others."""
        from antq_stats.reading.processes.without_script import NAME  # it imports what starts processes

        try:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(  # type: ignore[attr-defined]
                target=_serve, args=(theirs,), daemon=True, name=f"{NAME}-{len(self._workers)}"
            )
            worker = _Worker(process, ours, time.monotonic() + max(self._seconds, _START_SECONDS))
            threading.Thread(target=self._bring_up, args=(worker, theirs), daemon=True).start()
        except (OSError, RuntimeError) as error:  # no descriptor, no thread is left
            call.future.set_exception(problem := NoWorkerError(_named(error)))
            raise problem from error
        self._workers.append(worker)
        return worker

    def _bring_up(self, worker: _Worker, theirs: Connection) -> None:
        """Start a process and send it what it begins with; runs in a thread of its own."""
        try:
            with self._starting:
                worker.process.start()
            if worker.is_lost:  # given up meanwhile
                worker.process.kill()
            theirs.close()  # so that its death is heard as the end of the pipe
            worker.connection.send_bytes(self._beginning)
        except Exception as error:  # noqa: BLE001 - whatever the system says
            worker.fault = error
            theirs.close()

    def _take(self, worker: _Worker) -> None:
        try:
            answer = worker.connection.recv()
        except Exception:  # noqa: BLE001 - an answer cut off in the middle may fail in any way
            self._lose(worker, "crash")
            return
        worker.deadline = time.monotonic() + self._seconds
        if not worker.is_ready:
            worker.is_ready = self._has_served = True
            for call in [*worker.calls]:
                self._send(worker, call)
            return
        call = worker.calls.popleft()
        if answer[0]:
            call.future.set_result(answer[1])
        else:
            call.future.set_exception(answer[1])

    def _lose(self, worker: _Worker, problem: Literal["time", "crash"]) -> None:
        """Let a worker go: the call it worked on is lost, one that lay in its pipe is another's."""
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        worker.kill()
        if worker.process.pid is None and problem == "time":
            end_server()  # it starts nothing any more; the next start begins with a new one
        worker.let_go()
        worker.connection.close()  # only now: nobody writes to it any more
        if worker.calls and (worker.is_ready or not self._may_start_again(worker)):
            worker.calls.popleft().future.set_exception(WorkerLostError(problem))
        with self._lock:
            if not self._stopped:
                self._waiting.extendleft(reversed(worker.calls))
                return
        for call in worker.calls:
            call.future.set_exception(WorkerLostError(problem))

    def _may_start_again(self, worker: _Worker) -> bool:
        """Tell of a worker lost at its start, which has seen no call, whether another is to try.

        Raises
        ------
        NoWorkerError
            No worker ever got ready, and this was not the first to be lost.
        """
        call = worker.calls[0]
        call.starts += 1
        if call.starts < _STARTS:
            return True
        if any(other.is_ready for other in self._workers):
            self._most = len(self._workers)  # those that are there do the rest
            return True
        if self._has_served or self._stopped:
            return False
        with self._lock:
            self._waiting.extendleft(reversed(worker.calls))
        raise NoWorkerError(_named(worker.fault)) from worker.fault

    def _end(self) -> None:
        """Stop the workers, which are idle and hold nothing; waiting for them to tidy up would be waste."""
        for worker in self._workers:
            worker.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.let_go()
        self._workers.clear()

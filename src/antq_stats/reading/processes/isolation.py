"""A process pool that survives the loss of its workers.

If a worker crashes or exceeds its time, only the call it was working on fails. The pool of the standard
library would fail every waiting call, and cannot stop a worker that hangs. Pebble can, but its start and
shutdown take a third of the time of a run over a whole province.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from itertools import count
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Literal

from antq_stats.reading.processes.worker_errors import NoWorkerError, WorkerLostError, named
from antq_stats.reading.processes.worker_process import (
    Call,
    Knowledge,
    Starting,
    Worker,
    end_server,
    middle_of_longest,
)

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

_START_SECONDS = 20.0
"""Minimum time a process is given to start, even if calls have less time."""
_STARTS = 3
"""How many workers may be lost at their start with the same call waiting for them."""
_SLOW = 1.0
"""Seconds from the start of the first worker, after which others are started in any case if calls wait."""
_FIRST_CALLS = 2
"""Calls that take a worker longer than others, for it gets ready and learns."""
_LATE = 1.0
"""If the pool's thread wakes so many seconds late, the whole program was suspended, as by Ctrl-Z."""
_AHEAD = 2
"""Calls a worker is given at a time while many wait: it must not idle while its answer is unpickled."""


class IsolatedExecutor(Executor):
    """Runs calls in worker processes, and survives the loss of any of them.

    Parameters
    ----------
    workers : maximum number of processes.
    seconds : time a call may take before its worker is stopped.
    context : start method of the processes.
    initializer, arguments : called in each worker before its first call. What it returns is asked after each
        call for what was learned, which the other workers are told before their next calls.
    patience : others are started beside the first worker if the calls would take it longer, in seconds.
    ahead : the process of the first worker, if it was started before.

    Raises
    ------
    NoWorkerError
        The system has no descriptor or thread left.
    """

    def __init__(
        self,
        workers: int,
        seconds: float,
        context: BaseContext,
        initializer: Callable[..., Knowledge | None],
        arguments: tuple[Any, ...],
        patience: float = 0.0,
        ahead: Starting | None = None,
    ) -> None:
        self._most = workers
        self._ahead = ahead
        self._patience = patience
        self._grows_at = math.inf if patience else 0.0
        """Time from which further workers are started, if calls wait."""
        self._paced_from = 0.0
        self._answers = 0
        self._seconds = seconds
        self._context = context
        self._beginning = bytes(ForkingPickler.dumps((initializer, arguments)))
        self._has_served = False
        """At least one worker got ready."""
        self._starting = threading.Lock()
        self._waiting: dict[int, Call] = {}
        self._numbers = count()
        self._lost: list[int] = []
        """Numbers of calls that were with a worker that was lost; those that wait again go first."""
        self._workers: list[Worker] = []
        self._learned: list[bytes] = []
        """All that workers have learned, for those that start later."""
        self._lock = threading.Lock()
        self._closed = False
        self._stopped = False
        """Closed, and the calls in progress are given up."""
        self._fault: BaseException | None = None
        try:
            self._wake_reader, self._wake_writer = context.Pipe(duplex=False)
            self._thread = threading.Thread(target=self._run, name="antq-stats-reading", daemon=True)
            self._thread.start()
        except (OSError, RuntimeError) as error:  # no descriptor, no thread is left
            raise NoWorkerError(named(error)) from error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Submit a call.

        Parameters
        ----------
        fn : a function that can be pickled.
        args : its arguments.
        kwargs : none.

        Returns
        -------
        Future
            It raises `WorkerLostError` if the worker is lost, `NoWorkerError` if no worker can be had, or the
            error of a call that cannot be pickled.

        Raises
        ------
        TypeError
            There are keyword arguments.
        RuntimeError
            The pool is closed.
        """
        if kwargs:
            raise TypeError("keyword arguments are not supported")
        future: Future[Any] = Future()
        try:
            message = bytes(ForkingPickler.dumps((fn, args)))
        except Exception as error:  # noqa: BLE001 - pickling may raise anything
            future.set_exception(error)
            return future
        with self._lock:
            if self._fault is not None:
                future.set_exception(self._fault)
                return future
            if self._closed:
                raise RuntimeError("the pool is closed")
            call = Call(future, message, next(self._numbers))
            self._waiting[call.number] = call
        self._wake()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the pool.

        Parameters
        ----------
        wait : wait until the workers have ended.
        cancel_futures : cancel waiting calls and kill the workers, instead of finishing all calls.
        """
        with self._lock:
            self._closed = True
            if cancel_futures:
                self._stopped = True
                while self._waiting:
                    self._waiting.popitem()[1].future.cancel()
                for worker in self._workers:
                    worker.kill()
        self._wake()
        if wait:
            self._thread.join()

    def _wake(self) -> None:
        with suppress(OSError, ValueError):
            self._wake_writer.send_bytes(b"!")

    def _run(self) -> None:
        """Run the pool's thread. If it fails, every call fails with the same error."""
        try:
            self._loop()
        except BaseException as error:  # noqa: BLE001 - every future must be resolved
            with self._lock:
                self._closed, self._fault = True, error
                calls = [
                    *self._waiting.values(),
                    *(call for worker in self._workers for call in worker.calls),
                ]
                self._waiting.clear()
            for call in calls:
                if not call.future.done():
                    call.future.set_exception(error)
        self._end()

    def _loop(self) -> None:
        """Hand out calls and receive answers until the pool is closed; only this thread changes workers."""
        while True:
            self._hand_out()
            busy = [worker for worker in self._workers if worker.calls]
            with self._lock:
                if self._closed and not busy and not self._waiting:
                    break
                grows_at = self._grows_at if self._waiting and len(self._workers) < self._most else math.inf
            soonest = min((grows_at, *(worker.deadline for worker in busy)))
            until = None if soonest == math.inf else max(time.monotonic(), soonest)
            patience = None if until is None else until - time.monotonic()
            ready = wait([self._wake_reader, *(worker.connection for worker in busy)], patience)
            if until is not None and (late := time.monotonic() - until) > _LATE:
                for worker in busy:  # the workers were suspended too
                    worker.deadline += late
            if self._wake_reader in ready:
                self._wake_reader.recv_bytes()
            for worker in busy:
                if worker.connection in ready:
                    self._take(worker)
                elif time.monotonic() >= worker.deadline:
                    self._lose(worker, "time")

    def _hand_out(self) -> None:
        while True:
            worker = min(self._workers, key=lambda worker: len(worker.calls), default=None)
            is_new = worker is None or (bool(worker.calls) and self._may_grow())
            with self._lock:
                if not self._waiting:
                    return
                call = self._waiting[self._next_for(None if is_new else worker)]
                ahead = len(self._waiting) > self._most and worker is not None and worker.has_room_ahead(call)
                has_room = worker is not None and len(worker.calls) < (_AHEAD if ahead else 1)
                if not has_room and not is_new:
                    return
                del self._waiting[call.number]
            if not call.is_out and not call.future.set_running_or_notify_cancel():
                continue
            call.is_out = True
            if worker is None or is_new:
                worker = self._new_worker(call)
            worker.last = call.number
            if not worker.calls and worker.is_ready:
                worker.deadline = time.monotonic() + self._seconds
            worker.calls.append(call)
            if worker.is_ready:
                self._send(worker, call)

    def hurry(self) -> None:
        """Start as many workers as there is work for, without patience."""
        with self._lock:
            self._grows_at = 0.0
        self._wake()

    def _may_grow(self) -> bool:
        return len(self._workers) < self._most and time.monotonic() >= self._grows_at

    def _foresee(self) -> None:
        """Let other workers start if what waits would take the first one long, at its pace so far."""
        self._answers += 1
        if self._answers <= _FIRST_CALLS:
            self._paced_from = time.monotonic()
            return
        pace = (time.monotonic() - self._paced_from) / (self._answers - _FIRST_CALLS)
        if pace * len(self._waiting) > self._patience:
            self._grows_at = 0.0

    def _next_for(self, worker: Worker | None) -> int:
        """Return the number of the next call for a worker, None for a new one; the caller holds the lock.

        Calls submitted one after the other are alike, and a worker knows what it has read. So each worker
        works its way through a stretch of them, and then begins in the middle of the longest that is left.
        """
        for number in self._lost:
            if number in self._waiting:
                return number
        if worker is not None and worker.last + 1 in self._waiting:
            return worker.last + 1
        numbers = sorted(self._waiting)
        if not self._workers:
            return numbers[0]
        return middle_of_longest(numbers)

    def _send(self, worker: Worker, call: Call) -> None:
        try:
            worker.send(call)
        except OSError:
            self._lose(worker, "crash")

    def _new_worker(self, call: Call) -> Worker:
        """Start a worker for a call in a thread of its own: a slow start must not delay other workers."""
        try:
            starting = self._ahead or Starting(self._context, len(self._workers))
            self._ahead = None
            deadline = time.monotonic() + max(self._seconds, _START_SECONDS)
            worker = Worker(starting.process, starting.connection, deadline, news=self._learned.copy())
            threading.Thread(target=self._bring_up, args=(worker, starting), daemon=True).start()
        except (OSError, RuntimeError) as error:  # no descriptor, no thread is left
            call.future.set_exception(problem := NoWorkerError(named(error)))
            raise problem from error
        if not self._workers:
            with self._lock:  # `hurry` may be called meanwhile
                self._grows_at = min(self._grows_at, time.monotonic() + _SLOW)
        self._workers.append(worker)
        return worker

    def _bring_up(self, worker: Worker, starting: Starting) -> None:
        """Start a process and send it the initializer; runs in a thread of its own."""
        try:
            with self._starting:
                starting.begin()
            if worker.is_lost:  # given up meanwhile
                worker.process.kill()
            worker.connection.send_bytes(self._beginning)
        except Exception as error:  # noqa: BLE001 - any error of the system
            worker.fault = error

    def _take(self, worker: Worker) -> None:
        try:
            answer = worker.connection.recv()
        except Exception:  # noqa: BLE001 - a truncated answer may fail in any way
            self._lose(worker, "crash")
            return
        worker.deadline = time.monotonic() + self._seconds
        if not worker.is_ready:
            worker.is_ready = self._has_served = True
            for call in [*worker.calls]:
                self._send(worker, call)
            return
        call = worker.calls.popleft()
        self._foresee()
        succeeded, result, learned = answer
        if learned:
            self._learned.append(learned)
            for other in self._workers:
                if other is not worker:
                    other.news.append(learned)
        if succeeded:
            call.future.set_result(result)
        else:
            call.future.set_exception(result)

    def _lose(self, worker: Worker, problem: Literal["time", "crash"]) -> None:
        """Remove a worker: the call it worked on fails, a call in its pipe goes to another worker."""
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        worker.kill()
        if worker.process.pid is None and problem == "time":
            end_server()  # it starts no process any more; the next start begins a new server
        worker.join()
        worker.connection.close()  # only now, as no thread writes to it any more
        if worker.calls and (worker.is_ready or not self._may_start_again(worker)):
            worker.calls.popleft().future.set_exception(WorkerLostError(problem))
        with self._lock:
            if not self._stopped:
                self._wait_again(worker)
                return
        for call in worker.calls:
            call.future.set_exception(WorkerLostError(problem))

    def _wait_again(self, worker: Worker) -> None:
        """Let the calls of a lost worker wait again; the caller holds the lock."""
        self._waiting.update((call.number, call) for call in worker.calls)
        self._lost += [call.number for call in worker.calls]

    def _may_start_again(self, worker: Worker) -> bool:
        """Return whether another worker is to take the call of one lost at its start.

        Raises
        ------
        NoWorkerError
            No worker ever got ready, and the call has used up its `_STARTS`.
        """
        call = worker.calls[0]
        call.starts += 1
        if call.starts < _STARTS:
            return True
        if any(other.is_ready for other in self._workers):
            self._most = len(self._workers)  # the workers that are ready do the rest
            return True
        if self._has_served or self._stopped:
            return False
        with self._lock:
            self._wait_again(worker)
        raise NoWorkerError(named(worker.fault)) from worker.fault

    def _end(self) -> None:
        """Kill the workers, which are idle and have nothing to clean up."""
        for worker in self._workers:
            worker.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.join()
        self._workers.clear()

"""One worker process of the pool: the calls it has, its side of the connection, and its end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, groupby
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

_END_SECONDS = 2.0
"""Time to wait for the end of a killed process."""


SMALL = 4096
"""Size in bytes of a message that fits into the pipe of any system. A longer one sent ahead may deadlock: the
pool waits to write it while the worker waits for its answer to be read."""


class Knowledge(Protocol):
    """What a worker has learned, and can use if another one has learned it.

    It saves time only, so an error of either method costs no call.
    """

    def learned(self) -> bytes:
        """Return what was learned since the last call; empty for nothing."""

    def take(self, learned: bytes) -> None:
        """Take what another worker has learned."""


@dataclass(slots=True)
class Call:
    """A function call that waits or runs, and the future of its result."""

    future: Future[Any]
    message: bytes
    """Function and arguments, pickled."""
    number: int = 0
    """In the order in which calls were submitted."""
    is_out: bool = False
    """It has been given to a worker before."""
    starts: int = 0
    """How many workers were lost at their start with this call waiting for them."""


class Starting:
    """The process of a worker, which starts once, whoever first calls for it.

    Parameters
    ----------
    context : start method of the process.
    number : part of its name.

    Raises
    ------
    OSError
        The system has no descriptor left.
    """

    def __init__(self, context: BaseContext, number: int) -> None:
        from antq_stats.reading.processes.without_script import NAME  # it imports what starts processes

        self.connection, self._theirs = context.Pipe()
        self.process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=serve, args=(self._theirs,), daemon=True, name=f"{NAME}-{number}"
        )
        self._lock = threading.Lock()
        self._is_begun = self._is_given_up = False
        self._fault: Exception | None = None

    def begin(self) -> None:
        """Start the process, or wait until it has started; raise whatever its start raised."""
        with self._lock:
            if not self._is_begun:
                self._is_begun = True
                try:
                    self.process.start()
                except Exception as error:  # noqa: BLE001 - any error of the system
                    self._fault = error
                self._theirs.close()  # so that the end of the process closes the pipe
            if self._is_given_up and self._fault is None:
                self.process.kill()
            if self._fault is not None:
                raise self._fault

    def ahead(self) -> Starting:
        """Begin in a thread of its own."""

        def begin() -> None:
            with suppress(Exception):  # raised again where the process is wanted
                self.begin()

        threading.Thread(target=begin, daemon=True).start()
        return self

    def give_up(self) -> None:
        """Kill the process, also one that is only starting."""
        self._is_given_up = True
        if self.process.pid is not None:
            self.process.kill()


@dataclass(slots=True, eq=False)
class Worker:
    """A worker as the pool sees it."""

    process: BaseProcess
    connection: Connection
    deadline: float
    """Time at which it is given up, during its start or with its present call."""
    calls: deque[Call] = field(default_factory=deque)
    """The call it works on, and perhaps the next one, which is in its pipe."""
    last: int = -1
    """Number of the call that it was given last."""
    is_ready: bool = False
    """It has reported that it is ready. Until then its calls are not sent."""
    is_lost: bool = False
    news: list[bytes] = field(default_factory=list)
    """What other workers have learned, which is sent before the next call."""
    fault: BaseException | None = None
    """The error of its process's start."""

    def has_room_ahead(self, call: Call) -> bool:
        """Return whether a call can be sent while the worker is at another one."""
        return len(call.message) + sum(map(len, self.news)) <= SMALL

    def send(self, call: Call) -> None:
        """Send a call, and before it what is new."""
        if self.news:
            self.connection.send_bytes(ForkingPickler.dumps(self.news))
            self.news = []
        self.connection.send_bytes(call.message)

    def kill(self) -> None:
        """Kill the process if it has started; otherwise `_bring_up` kills it."""
        self.is_lost = True
        if self.process.pid is not None:
            self.process.kill()

    def join(self) -> None:
        """Wait for the end of a killed process."""
        if self.process.pid is not None:
            self.process.join(_END_SECONDS)


def serve(connection: Connection) -> None:
    """Run the worker: initialize, report ready, then answer calls until the connection is closed.

    An answer is whether the call succeeded, its result or error, and what the worker has learned.
    """
    try:
        initializer, arguments = connection.recv()
        knowledge: Knowledge | None = initializer(*arguments)
        connection.send(None)
    except (EOFError, OSError):
        return
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            return
        if isinstance(message, list):
            for learned in message:
                with suppress(Exception):
                    knowledge.take(learned)  # type: ignore[union-attr]  # it was learned by another
            continue
        function, positional = message
        try:
            answer: tuple[bool, object] = (True, function(*positional))
        except Exception as error:  # noqa: BLE001 - it belongs to the caller
            answer = (False, error)
        learned = b""
        with suppress(Exception):
            learned = knowledge.learned() if knowledge is not None else b""
        connection.send((*answer, learned))


def middle_of_longest(numbers: Sequence[int]) -> int:
    """Return the number in the middle of the longest run of numbers without a gap, of several the first.

    Parameters
    ----------
    numbers : the numbers in ascending order, at least one.
    """
    places = count()
    runs = [list(run) for _, run in groupby(numbers, lambda number: number - next(places))]
    longest = max(runs, key=len)
    return longest[len(longest) // 2]


def end_server() -> None:
    """Kill the fork server, if there is one; the next process start begins a new one."""
    module = sys.modules.get("multiprocessing.forkserver")
    server = getattr(getattr(module, "_forkserver", None), "_forkserver_pid", None)
    if server is not None:
        with suppress(OSError):
            os.kill(server, signal.SIGKILL)

"""One worker process of the pool: the calls it has, its side of the connection, and its end."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_END_SECONDS = 2.0
"""Time to wait for the end of a killed process."""


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
    fault: BaseException | None = None
    """The error of its process's start."""

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
    """Run the worker: initialize, report ready, then answer calls until the connection is closed."""
    try:
        initializer, arguments = connection.recv()
        initializer(*arguments)
        connection.send(None)
    except (EOFError, OSError):
        return
    while True:
        try:
            function, positional = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[bool, object] = (True, function(*positional))
        except Exception as error:  # noqa: BLE001 - it belongs to the caller
            answer = (False, error)
        connection.send(answer)


def end_server() -> None:
    """Kill the fork server, if there is one; the next process start begins a new one."""
    module = sys.modules.get("multiprocessing.forkserver")
    server = getattr(getattr(module, "_forkserver", None), "_forkserver_pid", None)
    if server is not None:
        with suppress(OSError):
            os.kill(server, signal.SIGKILL)

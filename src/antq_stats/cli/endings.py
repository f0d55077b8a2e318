"""Signals that end a run. Each raises an interrupt, so that the run cleans up, and has its own exit status.

This module is imported first, so that the handlers are set as early as possible.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED = 128 + signal.SIGINT

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, a system shutdown, a closed terminal; on Windows also Ctrl-Break and a closed window."""
_DELAY = 0.01
"""Seconds until a lost interrupt is raised again."""


class _Ended(KeyboardInterrupt):
    """The interrupt that the handlers raise, a subclass of KeyboardInterrupt.

    If KeyboardInterrupt itself leaves an `exec`, Python marks it as unhandled and ends the process by SIGINT.
    """


class Endings:
    """The handlers of the signals that end the run, and what they received."""

    def __init__(self) -> None:
        self.status = INTERRUPTED
        """Exit status for the signal received."""
        self.is_received = False
        """Whether a signal was received."""
        self._is_raised = False
        """Whether the interrupt was raised; then further signals do not interrupt the cleaning up."""
        self._is_over = False

    def listen(self) -> None:
        """Set the handlers. Signals that the parent process ignores stay ignored, as under `nohup`."""
        sys.unraisablehook = self._raise_lost_interrupt
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._end)

    def _end(self, number: int, _frame: object) -> None:
        if not self._is_raised and not self._is_over:
            self.is_received = self._is_raised = True
            self.status = 128 + number
            raise _Ended

    def _raise_lost_interrupt(self, lost: UnraisableHookArgs) -> None:
        """Raise an interrupt again that Python could not propagate, as one in a callback of Python itself."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(lost)
            return
        import _thread
        import threading

        self._is_raised = False
        again = threading.Timer(_DELAY, _thread.interrupt_main, (self.status - 128,))
        again.daemon = True
        again.start()

    def ignore(self) -> None:
        """Ignore the signals from now on, because the run is over."""
        self._is_over = True
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, signal.SIG_IGN)


endings = Endings()
"""The handlers of this process, which makes one run."""

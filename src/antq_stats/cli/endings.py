"""Signals that end a run: each is an interrupt, so that all is tidied up, and has an exit status of its own.

Imported before all else, so that hardly a moment is left in which a signal meets nobody.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED = 128 + signal.SIGINT

_ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, the system going down, a closed terminal, and of Windows Ctrl-Break or a closed window."""
_MOMENT = 0.01


class _Ended(KeyboardInterrupt):
    """The interrupt raised here, which is none of exactly that class.

    Of one that passes an `exec` Python notes that nobody has handled it, and ends the process by SIGINT.
    """


class Endings:
    """What has been heard of signals that end the run."""

    def __init__(self) -> None:
        self.status = INTERRUPTED
        self.is_heard = False
        self._is_raised = False
        """What is being tidied up is not to be interrupted again."""
        self._is_over = False

    def listen(self) -> None:
        """Turn each into KeyboardInterrupt; what whoever started the run had ignored stays so.

        (`nohup`, a job in the background of a script.)
        """
        sys.unraisablehook = self._unheard
        for name in _ENDINGS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._end)

    def _end(self, number: int, _frame: object) -> None:
        if not self._is_raised and not self._is_over:
            self.is_heard = self._is_raised = True
            self.status = 128 + number
            raise _Ended

    def _unheard(self, lost: UnraisableHookArgs) -> None:
        """Raise an interrupt once more that came where Python lets none out, as in a callback of its own."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(lost)
            return
        import _thread
        import threading

        self._is_raised = False
        again = threading.Timer(_MOMENT, _thread.interrupt_main, (self.status - 128,))
        again.daemon = True
        again.start()

    def ignore(self) -> None:
        """Listen no more: the run is over."""
        self._is_over = True
        for name in _ENDINGS:
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, signal.SIG_IGN)


endings = Endings()
"""Of this process, which makes one run."""

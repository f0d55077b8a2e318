"""The entry point: streams, signals and language first, then the command; no exception leaves here.

Kept thin, for worker processes import what the entry point imports.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings

from antq_stats.cli.endings import INTERRUPTED, endings


def main() -> int:
    """Run the command line; return its exit status."""
    try:
        try:
            endings.listen()
            status = _run()
        finally:
            endings.ignore()
    except KeyboardInterrupt:  # while still importing: there are no words yet
        status = INTERRUPTED
    _end_processes()
    gc.freeze()  # nor need all that was made be looked through at the end
    return endings.status if status == INTERRUPTED else status


def _run() -> int:
    _open_streams()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries warn programmers; users are told in findings
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here multiplies matrices: no threads for it
    gc.disable()  # imports make many objects that stay: looking through them is a tenth of a run
    from antq_stats.cli.dispatch import run

    return run(sys.argv[1:])


def _open_streams() -> None:
    """Open nothing in the place of a standard stream that is closed.

    Else the next file opened takes its number, and whoever complains on stderr writes into that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _end_processes() -> None:
    """End what still runs for us at once: the standard library would ask, and wait for an answer."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None:
        for process in multiprocessing.active_children():
            process.kill()


if __name__ == "__main__":
    sys.exit(main())

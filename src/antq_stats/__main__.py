"""The entry point: set up signals and streams, then run the command. No exception leaves it.

It imports little, because worker processes import what the entry point imports.
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
    except KeyboardInterrupt:  # during the imports, before any message can be shown
        status = INTERRUPTED
    _end_processes()
    gc.freeze()  # saves the collection of all objects at exit
    return endings.status if status == INTERRUPTED else status


def _run() -> int:
    _open_streams()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # warnings of libraries are for programmers; users get findings
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrices are multiplied, so no threads are needed
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")  # dear to get; most arrays are gone through once
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # not looked for in every package
    gc.disable()  # imports create many lasting objects; scanning them takes a tenth of a run
    from antq_stats.cli.ahead import reads

    if reads(sys.argv[1:]):
        from antq_stats.reading.processes.server import start_server

        start_server()  # it takes as long to get ready as the command line, form and register together
    from antq_stats.cli.dispatch import run

    return run(sys.argv[1:])


def _open_streams() -> None:
    """Open the null device in place of each closed standard stream.

    Otherwise the next file opened gets the stream's number, and messages to stderr are written into that
    file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _end_processes() -> None:
    """Kill child processes that still run; the standard library would terminate them and wait."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None:
        for process in multiprocessing.active_children():
            process.kill()


if __name__ == "__main__":
    sys.exit(main())

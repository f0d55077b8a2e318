"""Rendering of a user's template in a separate process, which is stopped at its limits.

A template is a program: it may run for ever, and allocate all memory in a single step.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Callable
from typing import TypeVar

from antq_stats.plan import Limits
from antq_stats.reading.files.container import MIB
from antq_stats.reading.processes.isolation import IsolatedExecutor
from antq_stats.reading.processes.reader_process import restrain
from antq_stats.reading.processes.server import start_method
from antq_stats.reading.processes.worker_errors import WorkerLostError
from antq_stats.render.template_fault import TemplateFault

Text = TypeVar("Text", str, bytes)

_ROOM = 512
"""MiB for the program and its libraries, on top of the limit of memory."""
_GROWTH = 4
"""Factor by which pickled figures grow in memory."""


def render_in_process(
    work: Callable[..., Text], arguments: tuple[object, ...], file: str, limits: Limits
) -> Text:
    """Return the result of a function that renders a template, called in a separate process.

    Parameters
    ----------
    work : a function of a module, which the process can import.
    arguments : its arguments.
    file : name of the template, for messages.
    limits : limits of time, memory and size of the output.

    Raises
    ------
    TemplateFault
        If the function raises it, or is stopped at a limit.
    """
    packed = pickle.dumps((work, arguments), protocol=pickle.HIGHEST_PROTOCOL)
    memory = limits.memory_mib + _ROOM + _GROWTH * len(packed) // MIB
    context = multiprocessing.get_context(start_method())
    pool = IsolatedExecutor(1, limits.seconds, context, restrain, (memory,))
    try:
        output: Text = pool.submit(_work, packed, file, limits).result()
    except WorkerLostError as lost:
        if lost.problem == "time":
            raise TemplateFault("prose.fault-too-slow", file=file, limit=f"{limits.seconds:g}") from lost
        raise _too_much_memory(file, limits) from lost
    except MemoryError as error:
        raise _too_much_memory(file, limits) from error
    finally:
        pool.shutdown(cancel_futures=True)
    return output


def _work(packed: bytes, file: str, limits: Limits) -> str | bytes:
    """Call the function in the separate process; an output that is too large is not sent back."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # threads would take memory, and none is used
    work, arguments = pickle.loads(packed)  # noqa: S301 - from the parent, which output it
    output: str | bytes = work(*arguments)
    if len(output) > limits.file_mib * MIB:
        raise TemplateFault("prose.fault-too-long", file=file, limit=str(limits.file_mib))
    return output


def _too_much_memory(file: str, limits: Limits) -> TemplateFault:
    return TemplateFault("prose.fault-too-much-memory", file=file, limit=str(limits.memory_mib))

"""A template of the user's rendered in a process of its own, which is stopped at its limits.

A template is a program: it may run for ever, and take all memory there is in a single step.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Callable
from typing import TypeVar

from antq_stats.plan import Limits
from antq_stats.reading.files.container import MIB
from antq_stats.reading.processes.isolation import IsolatedExecutor, WorkerLostError
from antq_stats.reading.processes.reader_process import restrain, start_method
from antq_stats.render.template_fault import TemplateFault

Text = TypeVar("Text", str, bytes)

_ROOM = 512
"""MiB for the program itself and its libraries, which a template is not charged for."""
_GROWTH = 4
"""How much larger figures are in memory than packed."""


def rendered_apart(work: Callable[..., Text], given: tuple[object, ...], file: str, limits: Limits) -> Text:
    """Return what a function makes of a template, done in a process of its own.

    Parameters
    ----------
    work : a function of a module, which a process can import.
    given : its arguments.
    file : name of the template.
    limits : of a file that is read: time, memory, size of the output.

    Raises
    ------
    TemplateFault
        By the function itself, or because it was stopped.
    """
    packed = pickle.dumps((work, given), protocol=pickle.HIGHEST_PROTOCOL)
    memory = limits.memory_mib + _ROOM + _GROWTH * len(packed) // MIB
    context = multiprocessing.get_context(start_method())
    pool = IsolatedExecutor(1, limits.seconds, context, restrain, (memory,))
    try:
        made: Text = pool.submit(_work, packed, file, limits).result()
    except WorkerLostError as lost:
        if lost.problem == "time":
            raise TemplateFault("prose.fault-too-slow", file=file, limit=f"{limits.seconds:g}") from lost
        raise _too_much_memory(file, limits) from lost
    except MemoryError as error:
        raise _too_much_memory(file, limits) from error
    finally:
        pool.shutdown(cancel_futures=True)
    return made


def _work(packed: bytes, file: str, limits: Limits) -> str | bytes:
    """Do the work, in the process of its own; an output that is too large never leaves it."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread would take memory, and none is used
    work, given = pickle.loads(packed)  # noqa: S301 - from the parent, which made it
    made: str | bytes = work(*given)
    if len(made) > limits.file_mib * MIB:
        raise TemplateFault("prose.fault-too-long", file=file, limit=str(limits.file_mib))
    return made


def _too_much_memory(file: str, limits: Limits) -> TemplateFault:
    return TemplateFault("prose.fault-too-much-memory", file=file, limit=str(limits.memory_mib))

"""The bytes of a file, wherever it lies: on this machine, behind a URL, inside another file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from antq_stats.plan import Limits
from antq_stats.reading.files.container import MIB, FileProblem
from antq_stats.reading.files.enclosures import Enclosed, open_container
from antq_stats.reading.files.remote import RemoteFile, RemoteProblem


def read_bytes(path: str | Path | RemoteFile | Enclosed, limits: Limits) -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    path : where it lies. What is no regular file is refused without being opened.
    limits : how large it may be.

    Raises
    ------
    FileProblem
        F101 it cannot be opened, F104 it is empty, F106 it is too large; inside a container also F102, F103.
    """
    limit = limits.file_mib * MIB
    if isinstance(path, RemoteFile):
        return _read_remote(path, limits)
    if isinstance(path, Enclosed):
        return _read_enclosed(path, limits)
    try:
        # Ask before opening: opening a pipe would wait for somebody to write into it.
        mode = os.stat(path).st_mode  # noqa: PTH116
        if not stat.S_ISREG(mode):
            found = "pipe" if stat.S_ISFIFO(mode) else "folder" if stat.S_ISDIR(mode) else "device"
            raise FileProblem("F101", problem="not-a-file", found=found)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        try:
            known = os.fstat(descriptor)
            if not stat.S_ISREG(known.st_mode):
                raise FileProblem("F101", problem="not-a-file")
            if known.st_size > limit:
                raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
            room = known.st_size + 1  # room for the limit itself would cost more than the file
            data = os.read(descriptor, room)
            while len(data) < known.st_size and (more := os.read(descriptor, room - len(data))):
                data += more
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise FileProblem("F101", problem="cannot-be-opened") from error
    if len(data) > limit:
        raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    if not data:
        raise FileProblem("F104")
    return data


def _read_remote(file: RemoteFile, limits: Limits) -> bytes:
    """Return the bytes of a file behind a URL; its size is asked before any of them travels."""
    limit = limits.file_mib * MIB
    too_large = FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    try:
        length = file.length()
        if length > limit:
            raise too_large
        data = file.read(limit + 1) if length else b""
    except RemoteProblem as problem:
        raise FileProblem("F101", None, None, **problem.facts) from None
    if len(data) > limit:
        raise too_large
    if not data:
        raise FileProblem("F104")
    return data


def _read_enclosed(file: Enclosed, limits: Limits) -> bytes:
    container, limit = file.container, limits.file_mib * MIB
    holding = container.held or open_container(read_bytes(container.path, limits))
    if holding is None:
        raise FileProblem("F101", problem="cannot-be-opened")
    if container.keeps:
        container.held = holding
    data = holding.content(file.number, limit)
    if len(data) > limit:
        raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    if not data:
        raise FileProblem("F104")
    return data

"""Reading the bytes of a file: a local one, one given by a URL, or one inside a container."""

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
    path : the file. Anything but a regular file is refused without being opened.
    limits : gives the maximum size.

    Raises
    ------
    FileProblem
        F101 cannot be opened; F104 empty; F106 too large. For a file in a container also F102 and F103.
    """
    limit = limits.file_mib * MIB
    if isinstance(path, RemoteFile):
        return _read_remote(path, limits)
    if isinstance(path, Enclosed):
        return _read_enclosed(path, limits)
    try:
        # Check before opening: opening a pipe would wait for a writer.
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
            room = known.st_size + 1  # a buffer of the limit's size would take longer than reading the file
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
    """Return the bytes of a file given by a URL; its size is checked before the download."""
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
    opened = container.held or open_container(read_bytes(container.path, limits))
    if opened is None:
        raise FileProblem("F101", problem="cannot-be-opened")
    if container.keeps:
        container.held = opened
    data = opened.content(file.number, limit)
    if len(data) > limit:
        raise FileProblem("F106", problem="too-large", limit=f"{limits.file_mib} MiB")
    if not data:
        raise FileProblem("F104")
    return data

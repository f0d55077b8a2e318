"""Adding lines to decisions.csv: by one run at a time, and never by changing a line that is there."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from antq_stats.decisions.decision import COLUMNS, Decision, Decisions
from antq_stats.decisions.decision_file import HEADS, REQUIRED, read_decisions
from antq_stats.delimited import decode
from antq_stats.office_file import list_table
from antq_stats.reading.discover import DECISIONS_FILE
from antq_stats.render.writing.delimited import BOM, csv_text
from antq_stats.render.writing.output import as_output_error, write_bytes

LOCK = f".{DECISIONS_FILE}.lock"
"""Name of the file that stands beside decisions.csv while a run writes it: process and machine."""
_PATIENCE = 30.0
"""Seconds in which another run must be done. Writing takes milliseconds."""


class Locked(Exception):  # noqa: N818 - a state, which the user ends
    """Another run holds the lock, or one that was killed has left it.

    Parameters
    ----------
    is_stale : whether the run that made it is known to be gone.
    """

    def __init__(self, *, is_stale: bool) -> None:
        self.is_stale = is_stale
        super().__init__("stale" if is_stale else "busy")


def append(folder: Path, lines: Callable[[Decisions], Sequence[Decision]]) -> Sequence[Decision]:
    """Add decisions to the file of a folder, and return them as they were added.

    Parameters
    ----------
    folder : the folder.
    lines : takes what the file holds by then, and returns the decisions to add.

    Raises
    ------
    Locked
        Another run writes, or was killed while it wrote.
    SetupError
        The file cannot be read.
    OutputError
        The file cannot be written.
    """
    path = folder / DECISIONS_FILE
    with _lock(folder / LOCK):
        added = lines(read_decisions(path) if path.exists() else Decisions())
        if added:
            with as_output_error(path):
                old = path.read_bytes() if path.exists() else b""
            write_bytes(path, _longer(old, added))
        return added


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold a lock file, which only one process can create."""
    end = time.monotonic() + _PATIENCE
    while not _create(path):
        if _is_stale(path):
            raise Locked(is_stale=True)
        if time.monotonic() > end:
            raise Locked(is_stale=False)
        time.sleep(0.02)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


def _create(path: Path) -> bool:
    """Create a lock file, and return False if it is there already."""
    with as_output_error(path.with_name(DECISIONS_FILE)):
        try:
            stream = path.open("x", encoding="utf-8")
        except FileExistsError:
            return False
        with stream:
            stream.write(f"{os.getpid()} {socket.gethostname()}")
        return True


def _is_stale(path: Path) -> bool:
    """Return whether the process that made a lock ran on this machine and is gone."""
    try:
        number, _, machine = path.read_text("utf-8").partition(" ")
    except (OSError, ValueError):
        return False  # it is being written, or is gone by now
    if machine != socket.gethostname() or not number.isdecimal():
        return False
    return not _runs(int(number))


def _runs(process: int) -> bool:
    """Return whether a process of this machine runs."""
    if os.name == "nt":  # a signal would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _longer(old: bytes, lines: Sequence[Decision]) -> bytes:
    """Return the bytes of the file with decisions at its end, in its columns and with its delimiter.

    It is written as UTF-8 with a byte order mark, so that Excel shows it well.
    """
    if not old:
        return BOM + _text([COLUMNS, *map(_cells, lines)], ",").encode("utf-8")
    text = decode(old).text
    found = list_table(text, HEADS, REQUIRED)
    columns = dict(found.columns)
    lacking = [name for name in COLUMNS if name not in columns]
    if lacking:
        rows = [list(row) for row in found.rows]
        width = max(len(rows[found.top]), *columns.values())
        rows[found.top] += [""] * (width - len(rows[found.top])) + lacking
        columns |= {name: place for place, name in enumerate(lacking, start=width)}
        text = _text(rows, found.delimiter)
    width = max(columns.values()) + 1
    added = []
    for line in lines:
        row = [""] * width
        for name, cell in zip(COLUMNS, _cells(line), strict=True):
            row[columns[name]] = cell
        added.append(row)
    ending = "\r\n" if "\r\n" in text else "\n"
    text = text if text.endswith(("\n", "\r")) else text + ending
    return BOM + (text + _text(added, found.delimiter, ending)).encode("utf-8")


def _cells(line: Decision) -> tuple[str, ...]:
    """Return the cells of a line; only free text can look like a formula, the rest must stay as it is."""
    cells = {name: str(cell) for name, cell in zip(COLUMNS, line[1:], strict=True)}
    cells |= {name: csv_text(cells[name]) for name in ("reason", "by")}
    return tuple(cells[name] for name in COLUMNS)


def _text(rows: Sequence[Sequence[str]], delimiter: str, ending: str = "\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return stream.getvalue()

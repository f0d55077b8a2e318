"""Adding lines to a list that an office keeps: by one run at a time, and changing no line that is there.

The lists are decisions.csv and published.csv.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from antq_stats.delimited import decode
from antq_stats.office_file import list_table
from antq_stats.render.writing.delimited import BOM
from antq_stats.render.writing.output import OutputError, as_output_error, lock_beside, write_bytes

_PATIENCE = 30.0
"""Seconds in which another run must be done. Writing takes milliseconds."""


@dataclass(frozen=True)
class OfficeList:
    """A list in a folder.

    Parameters
    ----------
    path : the file; it need not exist.
    columns : names of its columns, in the order in which a new file has them.
    heads, required : as for `antq_stats.office_file.list_header`.
    """

    path: Path
    columns: Sequence[str]
    heads: Mapping[str, tuple[str, ...]]
    required: Sequence[str]

    @property
    def lock(self) -> Path:
        """The file that stands beside the list while a run writes it: process and machine."""
        return self.path.with_name(f".{self.path.name}.lock")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock, which only one process can create.

        Raises
        ------
        OutputError
            Another run writes (``busy``), or was killed while it wrote (``lock-left``), or the lock cannot be
            made; or the list is open in Excel or LibreOffice (``open-now``), which would write its own state
            over the new lines.
        """
        if (opened := lock_beside(self.path)) is not None:
            raise OutputError("open-now", str(self.path), opened.name)
        end = time.monotonic() + _PATIENCE
        while not self._create():
            if _is_stale(self.lock):
                raise OutputError("lock-left", str(self.lock))
            if time.monotonic() > end:
                raise OutputError("busy", str(self.lock))
            time.sleep(0.02)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                self.lock.unlink()

    def _create(self) -> bool:
        """Create the lock, and return False if it is there already."""
        with as_output_error(self.path):
            try:
                stream = self.lock.open("x", encoding="utf-8")
            except FileExistsError:
                return False
            with stream:
                stream.write(f"{os.getpid()} {socket.gethostname()}")
            return True

    def add(self, lines: Sequence[Sequence[str]]) -> None:
        """Write lines at the end, by a file beside it. The lock must be held.

        Parameters
        ----------
        lines : the lines, each with the cells of all columns.

        Raises
        ------
        ListProblem
            The file that is there has no header row.
        OutputError
            The file cannot be written.
        """
        with as_output_error(self.path):
            old = self.path.read_bytes() if self.path.exists() else b""
        write_bytes(self.path, self._longer(old, lines))

    def _longer(self, old: bytes, lines: Sequence[Sequence[str]]) -> bytes:
        """Return the bytes of the file with lines at its end, in its columns and with its delimiter.

        It is written as UTF-8 with a byte order mark, so that Excel shows it well.
        """
        if not old:
            return BOM + _text([self.columns, *lines], ",").encode("utf-8")
        text = decode(old).text
        found = list_table(text, self.heads, self.required)
        columns = dict(found.columns)
        lacking = [name for name in self.columns if name not in columns]
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
            for name, cell in zip(self.columns, line, strict=True):
                row[columns[name]] = cell
            added.append(row)
        ending = "\r\n" if "\r\n" in text else "\n"
        text = text if text.endswith(("\n", "\r")) else text + ending
        return BOM + (text + _text(added, found.delimiter, ending)).encode("utf-8")


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


def _text(rows: Sequence[Sequence[str]], delimiter: str, ending: str = "\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return stream.getvalue()

"""A folder of results that later runs write into again, without asking and without losing anybody's work.

A hidden file in the folder lists what was written into it, with hashes (`output_marks.RESULT_FOLDER`). So a
later run knows its own files. One that is as it was written is replaced, or deleted if it is no longer due.
One that somebody has changed since, as a report with a sentence added, is set aside. All other files are left
alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self

from antq_stats.output_marks import JSON_KEY, RESULT_FOLDER
from antq_stats.render.writing import output
from antq_stats.version import __version__

_FILES = "files"


class ResultFolder:
    """The folder, for one run. A file that cannot be written is noted in ``problems``, and the run goes on.

    Parameters
    ----------
    target : the folder, which is created if it does not exist.
    aside : name of the sub-folder for files that somebody has changed.
    reads : folders that are read. The target must not lie in one of them, nor one of them in the target.

    Raises
    ------
    OutputError
        The folder cannot be created, or nothing can be written into it, or it is too near to a folder that is
        read.
    """

    def __init__(self, target: Path, aside: str, reads: Iterable[Path] = ()) -> None:
        self.target = target
        self._aside = aside
        self._reads = tuple(reads)
        self._refuse_inputs(target)
        if any(output.is_among(folder, target) for folder in self._reads):
            raise output.OutputError("is-an-input", str(target))
        with _about_the_folder(target):
            output.make_folder(target)
        self._known = _listed(target / RESULT_FOLDER)
        """Path -> hashes of what this run and the one before wrote there."""
        self._due: set[str] = set()
        self.written: list[str] = []
        """Paths of the files written, in order."""
        self.problems: list[output.OutputError] = []
        """Why files could not be written."""
        self.set_aside: list[str] = []
        """Where files that somebody had changed are now."""
        with _about_the_folder(target):
            self._save()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Record what was written, also when the run is interrupted."""
        if kind is None:
            self._save()
            return
        with contextlib.suppress(output.OutputError):
            self._save()

    def put(self, place: str, write: Callable[[Path], object]) -> None:
        """Write a file.

        Parameters
        ----------
        place : its path in the folder, with ``/``.
        write : writes the file at the path that it is called with, whole or not at all.
        """
        self._due.add(place)
        try:
            self._put(place, write)
        except output.OutputError as error:
            if error.reason == "name-too-long" and "/" in place:
                self.put(output.short_place(place), write)
            else:
                self.problems.append(error)

    def put_by(self, place: str, writer: Callable[[BinaryIO], object]) -> None:
        """Write a file by a writer of its content; see `put`."""
        self.put(place, lambda path: output.write_beside(path, writer))

    def put_text(self, place: str, text: str) -> None:
        """Write a text file; see `put`."""
        self.put(place, lambda path: output.write_bytes(path, text.encode("utf-8")))

    def remove_rest(self) -> None:
        """Remove the files of earlier runs that this run has not written."""
        for place in sorted(self._known.keys() - self._due):
            path = self.target / place
            try:
                if self._is_unchanged(path, place):
                    with output.as_output_error(path):
                        path.unlink()
                elif output.kind_of(path) == "file":
                    self._set_aside(path, place)
            except output.OutputError as error:
                self.problems.append(error)
                continue
            del self._known[place]
            for folder in PurePosixPath(place).parents[:-1]:
                with contextlib.suppress(OSError):  # it holds other files
                    (self.target / folder).rmdir()

    def others(self, folder: str, suffixes: frozenset[str]) -> list[str]:
        """Return the paths of the files under a sub-folder that the tool did not write.

        Parameters
        ----------
        folder : name of the sub-folder.
        suffixes : suffixes of the files, in lower case.
        """
        found = (self.target / folder).rglob("*")
        places = (path.relative_to(self.target).as_posix() for path in found if path.is_file())
        return sorted(
            place
            for place in places
            if place not in self._known
            and PurePosixPath(place).suffix.lower() in suffixes
            and not PurePosixPath(place).name.startswith((".", "~$"))
        )

    def _put(self, place: str, write: Callable[[Path], object]) -> None:
        path = self.target / place
        output.make_folder(path.parent)
        self._refuse_inputs(path.parent)
        if output.kind_of(path) == "file" and not self._is_unchanged(path, place):
            self._set_aside(path, place)
        write(path)
        self._known.setdefault(place, set()).add(_hash(path))
        self.written.append(place)

    def _refuse_inputs(self, folder: Path) -> None:
        """Refuse to write into a folder that is read, also by a link."""
        if any(output.is_among(folder, read) for read in self._reads):
            raise output.OutputError("is-an-input", str(folder))

    def _is_unchanged(self, path: Path, place: str) -> bool:
        with output.as_output_error(path):
            return path.is_file() and _hash(path) in self._known.get(place, ())

    def _set_aside(self, path: Path, place: str) -> None:
        """Move a file that somebody has changed into the sub-folder for such files, under a free name."""
        wanted = self.target / self._aside / place
        output.make_folder(wanted.parent)
        free, number = wanted, 2
        while output.kind_of(free) is not None:
            name = output.fitting_name(f"{wanted.stem}-{number}", wanted.suffix)
            free, number = wanted.with_name(name), number + 1
        with output.as_output_error(path):
            path.rename(free)
        self.set_aside.append(free.relative_to(self.target).as_posix())

    def _save(self) -> None:
        files = {place: sorted(hashes) for place, hashes in sorted(self._known.items())}
        text = json.dumps({JSON_KEY: __version__, _FILES: files}, indent=1) + "\n"
        output.write_bytes(self.target / RESULT_FOLDER, text.encode("ascii"))


@contextlib.contextmanager
def _about_the_folder(folder: Path) -> Iterator[None]:
    """Raise that the folder cannot be written into, rather than the hidden file in it."""
    try:
        yield
    except output.OutputError as error:
        if error.reason != "permission":
            raise
        raise output.OutputError("folder-permission", str(folder)) from error


def _listed(path: Path) -> dict[str, set[str]]:
    """Return the files that an earlier run wrote, with their hashes; none if there was no run."""
    try:
        files = json.loads(path.read_bytes())[_FILES]
        return {place: set(map(str, hashes)) for place, hashes in files.items() if _is_inside(place)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _is_inside(place: str) -> bool:
    path = PurePosixPath(place)
    return not path.is_absolute() and ".." not in path.parts


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

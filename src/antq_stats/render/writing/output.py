"""How results leave the program: whole files or none, and a stdout that never breaks.

A file is written beside its target under another name and then renamed, so a failed or killed run
leaves the old file whole. A stream takes any text whatever its encoding, and a reader that has gone
(``| head``) is no fault.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from antq_stats.words.language import Language, phrase
from antq_stats.words.text import one_line

Reason = Literal[
    "disk-full",
    "failed",
    "folder-missing",
    "holds-figures",
    "is-a-directory",
    "is-an-input",
    "name-not-allowed",
    "name-too-long",
    "not-a-folder",
    "open-elsewhere",
    "permission",
    "sheet-full",
]

_REASONS: dict[int, Reason] = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EFBIG: "disk-full",
    errno.ENOENT: "folder-missing",
    errno.ENOTDIR: "not-a-folder",
    errno.EISDIR: "is-a-directory",
    errno.ENAMETOOLONG: "name-too-long",
    errno.EINVAL: "name-not-allowed",
    errno.EILSEQ: "name-not-allowed",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.EROFS: "permission",
}
_DESCRIPTORS = ("/dev/fd/", "/dev/stdout", "/dev/stderr", "/proc/")
"""Names of what is open already, though it may be a file: to be renamed over would be to miss it."""
_LONGEST_NAME = 210
"""Bytes of a file's name that is made here: most systems take 255, and a number may have to follow."""
_EFFECTIVE = os.access in os.supports_effective_ids


class OutputError(Exception):
    """The output could not be written (exit status 3).

    Parameters
    ----------
    reason : a keyword; the phrase ``output.<reason>`` words it.
    name : the target as the user named it.
    detail : the name of the system's error code, where no keyword fits.
    """

    def __init__(self, reason: Reason, name: str, detail: str = "") -> None:
        self.reason: Reason = reason
        self.name = one_line(name, 1000)
        self.detail = detail
        super().__init__(f"{reason}: {name}")

    def message(self, lang: Language) -> str:
        """Return what to tell the user."""
        return phrase(f"output.{self.reason}", lang, name=self.name, detail=self.detail)


def _fault(error: OSError, path: Path) -> OutputError:
    """Return the output error for what the system said."""
    number = error.errno or 0
    reason = _REASONS.get(number, "failed")
    if reason == "permission" and _is_open_elsewhere(path):
        reason = "open-elsewhere"
    return OutputError(reason, str(path), errno.errorcode.get(number, "?"))


def _is_open_elsewhere(path: Path) -> bool:
    """Tell whether Excel or LibreOffice has left its lock file beside the target."""
    locks = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return any(os.path.lexists(path.with_name(lock)) for lock in locks)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the system says into an output error."""
    try:
        yield
    except OSError as error:
        raise _fault(error, path) from error


def write_beside(path: Path, writer: Callable[[BinaryIO], object]) -> None:
    """Write a file by a writer, whole or not at all.

    The writer gets an open binary file in the target's folder, which is synchronised, given the
    permissions of the file it replaces, and renamed. A link is followed: what it points to is
    replaced, not the link. A device or a pipe is written to directly.

    Raises
    ------
    OutputError
        If the file cannot be written. What stood there before stands untouched, with no trace left.
    """
    if not _is_nameable(path):
        raise OutputError("name-not-allowed", str(path))
    with _told(path):
        status = _status(path)
    INPUTS.refuse(path)
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise OutputError("is-a-directory", str(path))
    regular = status is None or stat.S_ISREG(status.st_mode)
    if not regular or str(path.absolute()).startswith(_DESCRIPTORS):
        _write_to_device(path, writer)
        return
    with _told(path):
        if status is not None and not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
            raise PermissionError(errno.EACCES, "")
        _write_and_rename(path.resolve(), status, writer)


def _is_nameable(path: Path) -> bool:
    """Tell whether the system can be asked for a path at all: no NUL, no broken character."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def kind_of(path: Path) -> Literal["file", "folder", "other"] | None:
    """Return what stands at a target, None where nothing does.

    Raises
    ------
    OutputError
        If the system does not say: a folder above it may not be entered, a disk does not answer.
    """
    if not _is_nameable(path):
        raise OutputError("name-not-allowed", str(path))
    with _told(path):
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def is_among(path: Path, folder: Path) -> bool:
    """Tell whether a path lies in a folder, links followed as far as they lead anywhere."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _status(path: Path) -> os.stat_result | None:
    """Return the status of the target, or None where there is nothing yet but a folder for it."""
    try:
        return path.stat()
    except FileNotFoundError:
        if stat.S_ISDIR(Path(os.path.realpath(path)).parent.stat().st_mode):
            return None
        raise


def _write_and_rename(
    target: Path, status: os.stat_result | None, writer: Callable[[BinaryIO], object]
) -> None:
    beside = target.with_name(f".antq-{os.urandom(8).hex()}.tmp")
    try:
        with beside.open("x+b") as stream:
            writer(stream)
            stream.flush()
            os.fsync(stream.fileno())
        if status is not None:
            beside.chmod(stat.S_IMODE(status.st_mode))
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself safe against a power cut, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_to_device(path: Path, writer: Callable[[BinaryIO], object]) -> None:
    """Write to what cannot be renamed over; the writer may need to go back, so it writes to memory."""
    stream = io.BytesIO()
    writer(stream)
    with _told(path), contextlib.suppress(BrokenPipeError), path.open("wb") as device:
        device.write(stream.getbuffer())


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are not there yet.

    Raises
    ------
    OutputError
        If it cannot be made, or a file stands in its place.
    """
    if not _is_nameable(path):
        raise OutputError("name-not-allowed", str(path))
    with _told(path):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise OutputError("not-a-folder", str(path)) from error


def fitting_name(stem: str, suffix: str, longest: int = _LONGEST_NAME) -> str:
    """Return a name for a file that any system takes; of a long one the end gives way to a hash."""
    if len(f"{stem}{suffix}".encode("utf-8", "replace")) <= longest:
        return f"{stem}{suffix}"
    whole = stem.encode("utf-8", "surrogateescape")
    tail = f"-{hashlib.sha256(whole).hexdigest()[:8]}{suffix}"
    return whole[: longest - len(tail.encode())].decode("utf-8", "ignore").rstrip() + tail


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; see `write_beside`."""
    write_beside(path, lambda stream: stream.write(content))


class Inputs:
    """The files that a run reads: `write_beside` writes over none of them, whoever asks it to.

    A file is known by what it is, not by its name: a link to it is the same file.
    """

    def __init__(self) -> None:
        self._paths: list[Path] = []
        self._known: set[tuple[int, int]] | None = None

    def add(self, paths: Iterable[Path]) -> None:
        """Take files in; what is not there, or cannot be asked, is none."""
        self._paths += paths
        self._known = None

    def refuse(self, path: Path) -> None:
        """Refuse to write over one of the files.

        Raises
        ------
        OutputError
            With the reason ``is-an-input``.
        """
        target = _identity(path)
        if target is None:
            return  # what is not there yet is no input
        if self._known is None:  # asked late: most runs write nothing over anything
            self._known = {known for source in self._paths if (known := _identity(source)) is not None}
        if target in self._known:
            raise OutputError("is-an-input", str(path))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


INPUTS = Inputs()
"""Of this process, which makes one run."""


def can_carry(text: str, stream: TextIO) -> bool:
    """Tell whether a stream's encoding has all characters of a text."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def prepare(stream: TextIO) -> None:
    """Let a stream carry Vietnamese: UTF-8 where its encoding cannot (C locale, cp1252, cp1258).

    Python cannot write Vietnamese in Windows-1258 at all; a console of Windows is UTF-8 already.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and not can_carry("Tổng cộng …×─", stream):
        with contextlib.suppress(OSError, ValueError):
            reconfigure(encoding="utf-8", errors="replace")


def emit(text: str, stream: TextIO | None, name: str = "stdout") -> bool:
    """Write text to a stream; return False where nobody reads it any more.

    Characters that the stream cannot carry, even after `prepare`, are replaced by ``?``.

    Raises
    ------
    OutputError
        If the stream cannot take it: stdout is a file on a full disk.
    """
    if stream is None:
        return False
    if not can_carry(text, stream):
        prepare(stream)
        if not can_carry(text, stream):
            encoding = getattr(stream, "encoding", None) or "ascii"
            text = text.encode(encoding, "replace").decode(encoding)
    try:
        stream.write(text)
        stream.flush()
    except ValueError:  # closed
        return False
    except OSError as error:
        _let_go(stream)
        # Windows says EINVAL of a pipe whose reader has gone.
        if isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL):
            return False
        raise _fault(error, Path(name)) from error
    return True


def _let_go(stream: TextIO) -> None:
    """Send what is still buffered to nowhere, so that the interpreter ends without a complaint."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)

"""Writing of files, whole or not at all, and of text to a stream of any encoding.

A file is written beside its target under another name and then renamed, so a run that fails or is killed
leaves the old file intact. A stream takes any text, whatever its encoding. A reader that stops early
(``| head``) is not an error.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, TextIO

from antq_stats.reading.files.own_output import is_own_text
from antq_stats.words.language import Language, phrase
from antq_stats.words.text import one_line

Reason = Literal[
    "busy",
    "disk-full",
    "failed",
    "folder-missing",
    "folder-permission",
    "holds-figures",
    "is-a-directory",
    "is-an-input",
    "lock-left",
    "name-not-allowed",
    "name-too-long",
    "not-a-folder",
    "not-own",
    "open-elsewhere",
    "open-now",
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
"""Names of streams that are open already. They are written to directly: renaming would bypass them."""
_HEAD = 4096
"""Bytes by which the tool's own files are recognised."""
_LONGEST_NAME = 210
"""Most bytes of a generated file name: most systems take 255, and a number may have to be appended."""
_SHORT_NAME = 60
"""Most bytes of a file name that replaces a path that is too long."""
_EFFECTIVE = os.access in os.supports_effective_ids


class OutputError(Exception):
    """The output could not be written (exit status 3).

    Parameters
    ----------
    reason : a keyword, which ends the key of a phrase ``output.<reason>``.
    name : the target as the user named it.
    detail : the name of the system's error code, for the reason ``failed``.
    """

    def __init__(self, reason: Reason, name: str, detail: str = "") -> None:
        self.reason: Reason = reason
        self.name = one_line(name, 1000)
        self.detail = detail
        super().__init__(f"{reason}: {name}")

    def message(self, lang: Language) -> str:
        """Return the message for the user in a language."""
        return phrase(f"output.{self.reason}", lang, name=self.name, detail=self.detail)


def _fault(error: OSError, path: Path) -> OutputError:
    """Return the output error for an error of the system."""
    number = error.errno or 0
    reason = _REASONS.get(number, "failed")
    if reason == "permission" and lock_beside(path):
        reason = "open-elsewhere"
    return OutputError(reason, str(path), errno.errorcode.get(number, "?"))


def lock_beside(path: Path) -> Path | None:
    """Return the lock file that Excel or LibreOffice put beside a file that is open there, or None."""
    names = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return next((lock for name in names if os.path.lexists(lock := path.with_name(name))), None)


@contextlib.contextmanager
def as_output_error(path: Path) -> Iterator[None]:
    """Raise an error of the system as an output error."""
    try:
        yield
    except OSError as error:
        raise _fault(error, path) from error


def write_beside(path: Path, writer: Callable[[BinaryIO], object]) -> None:
    """Write a file by a writer, whole or not at all.

    The writer gets an open binary file in the folder of the target. That file is synchronised to disk, given
    the permissions of the file it replaces, and renamed. A link is followed: the file it points to is
    replaced, not the link. A device or a pipe is written to directly.

    Parameters
    ----------
    path : the target.
    writer : writes the content to the open file it is called with; its result is ignored.

    Raises
    ------
    OutputError
        If the file cannot be written, or is one of `INPUTS`. The old file is then unchanged, and no other
        file is left behind.
    """
    if not _is_nameable(path):
        raise OutputError("name-not-allowed", str(path))
    with as_output_error(path):
        status = _status(path)
    INPUTS.refuse(path)
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise OutputError("is-a-directory", str(path))
    if is_stream(path):
        _write_to_device(path, writer)
        return
    with as_output_error(path):
        if status is not None and not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
            raise PermissionError(errno.EACCES, "")
        _write_and_rename(path.resolve(), status, writer)


def is_stream(path: Path) -> bool:
    """Return whether a target is a device, a pipe or an open stream, which is written to directly."""
    return kind_of(path) == "other" or str(path.absolute()).startswith(_DESCRIPTORS)


def refuse_others_file(path: Path) -> None:
    """Refuse a target whose name the user did not choose, if a file that is not the tool's own has it.

    Raises
    ------
    OutputError
        With the reason ``not-own``, if one has.
    """
    if kind_of(path) is None:
        return
    with as_output_error(path), path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not is_own_text(head, path.suffix.lower()):
        raise OutputError("not-own", str(path))


def _is_nameable(path: Path) -> bool:
    """Return whether a path can be passed to the system: no NUL, no character it cannot encode."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def kind_of(path: Path) -> Literal["file", "folder", "other"] | None:
    """Return the kind of a target; None if it does not exist.

    Raises
    ------
    OutputError
        If the system cannot tell: no permission for a folder above it, a disk that does not respond.
    """
    if not _is_nameable(path):
        raise OutputError("name-not-allowed", str(path))
    with as_output_error(path):
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def is_among(path: Path, folder: Path) -> bool:
    """Return whether a path lies in a folder, with links resolved as far as they exist."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _status(path: Path) -> os.stat_result | None:
    """Return the status of the target; None if it does not exist but its folder does."""
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
    """Synchronise a folder to disk, so that a renaming survives a power cut; not all systems can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_to_device(path: Path, writer: Callable[[BinaryIO], object]) -> None:
    """Write to a device or pipe, by way of memory, because the writer may seek."""
    stream = io.BytesIO()
    writer(stream)
    with as_output_error(path), contextlib.suppress(BrokenPipeError), path.open("wb") as device:
        device.write(stream.getbuffer())


def make_folder(path: Path) -> None:
    """Create a folder and those above it, unless they exist.

    Raises
    ------
    OutputError
        If it cannot be created, or a file has its name.
    """
    if not _is_nameable(path):
        raise OutputError("name-not-allowed", str(path))
    with as_output_error(path):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise OutputError("not-a-folder", str(path)) from error


def fitting_name(stem: str, suffix: str, longest: int = _LONGEST_NAME) -> str:
    """Return a file name that is short enough for any system; a hash replaces the end of a long one.

    Parameters
    ----------
    stem, suffix : the parts of the name.
    longest : most bytes of the name.
    """
    if len(f"{stem}{suffix}".encode("utf-8", "replace")) <= longest:
        return f"{stem}{suffix}"
    encoded = stem.encode("utf-8", "surrogateescape")
    tail = f"-{hashlib.sha256(encoded).hexdigest()[:8]}{suffix}"
    return encoded[: longest - len(tail.encode())].decode("utf-8", "ignore").rstrip() + tail


def short_place(place: str) -> str:
    """Return a short name for a file whose path in a folder, with ``/``, is too long for the system."""
    path = PurePosixPath(place)
    return fitting_name(str(path.with_suffix("")).replace("/", "--"), path.suffix, _SHORT_NAME)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes to a file, whole or not at all; see `write_beside`."""
    write_beside(path, lambda stream: stream.write(content))


class Inputs:
    """The files that a run reads, which `write_beside` refuses to overwrite.

    Files are compared by device and inode, so a link to a file is the same file.
    """

    def __init__(self) -> None:
        self._paths: list[str | Path] = []
        self._known: set[tuple[int, int]] | None = None

    def add(self, paths: Iterable[str | Path]) -> None:
        """Add files; those that do not exist or cannot be examined are ignored."""
        self._paths += paths
        self._known = None

    def refuse(self, path: Path) -> None:
        """Raise an error if a target is one of the files.

        Raises
        ------
        OutputError
            With the reason ``is-an-input``, if it is one.
        """
        target = _identity(path)
        if target is None:
            return  # it does not exist yet
        if self._known is None:  # only now: most runs overwrite no file
            self._known = {known for source in self._paths if (known := _identity(source)) is not None}
        if target in self._known:
            raise OutputError("is-an-input", str(path))


def _identity(path: str | Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path for each return takes longer than all else here
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


INPUTS = Inputs()
"""The files that this process reads; a process makes one run."""


def can_carry(text: str, stream: TextIO) -> bool:
    """Return whether the encoding of a stream has all characters of a text."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def prepare(stream: TextIO) -> None:
    """Set a stream to UTF-8 if its encoding cannot carry Vietnamese (C locale, cp1252, cp1258).

    Python's codec for Windows-1258 lacks composed Vietnamese letters. A console of Windows is UTF-8 already.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and not can_carry("Tổng cộng …×─", stream):
        with contextlib.suppress(OSError, ValueError):
            reconfigure(encoding="utf-8", errors="replace")


def emit(text: str, stream: TextIO | None, name: str = "stdout") -> bool:
    """Write text to a stream, and return False if its reader is gone.

    Characters that the stream cannot encode, even after `prepare`, are replaced by ``?``.

    Parameters
    ----------
    text : the text.
    stream : the stream; None, as for a program without a console, is one without a reader.
    name : name of the stream in the error.

    Raises
    ------
    OutputError
        If the stream cannot be written to, such as a stdout that is a file on a full disk.
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
        _discard(stream)
        # Windows reports a pipe without a reader as EINVAL.
        if isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL):
            return False
        raise _fault(error, Path(name)) from error
    return True


def _discard(stream: TextIO) -> None:
    """Redirect a stream to the null device, so that flushing its buffer at exit raises no error."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, stream.fileno())
        finally:
            os.close(null)

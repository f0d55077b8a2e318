"""The zip of a bundle: writing it, and unpacking one that is not trusted."""

from __future__ import annotations

import errno
import hashlib
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, TypeAlias

from antq_stats.bundle.names import MANIFEST, is_safe
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.reading.files.container import MIB

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time of a zip."""
_UNIX = 3
_MODE = 0o100644 << 16
SEAL = "antq-stats bundle, manifest SHA-256 "
"""Beginning of the comment of the zip, which the hash of the manifest follows."""

Content = Path | bytes
Digest: TypeAlias = tuple[int, str]
"""The size of a file and its SHA-256."""
_BLOCK = 1 << 20
_MOST_FILES = 200_000
_MOST_MIB = 8192
_RATIO = 200
"""How far files may expand together. A bundle is not compressed, but somebody may have packed it again."""
_MANIFEST_MIB = 64
_ENCRYPTED = 1
_DEEPEST = 100
"""Most folders that a file lies in, one in the other; more of them no system makes or removes reliably."""


def content_of(content: Content) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    OSError
        It cannot be read.
    """
    return b"".join(_blocks(content))


def digest_of(content: Content) -> Digest:
    """Return size and SHA-256 of a file, which is read in blocks.

    Raises
    ------
    OSError
        It cannot be read.
    """
    return _copied(_blocks(content))


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _blocks(content: Content) -> Iterator[bytes]:
    """Yield the bytes of a file in blocks."""
    if isinstance(content, bytes):
        yield content
        return
    if not content.is_file():  # reading a pipe would wait for a writer
        raise FileNotFoundError(content)
    with content.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _copied(blocks: Iterable[bytes], target: IO[bytes] | None = None) -> Digest:
    """Write blocks to a stream, if one is given, and return their size and SHA-256."""
    size, digest = 0, hashlib.sha256()
    for block in blocks:
        size += len(block)
        digest.update(block)
        if target is not None:
            target.write(block)
    return size, digest.hexdigest()


def pack(
    stream: BinaryIO,
    first: Mapping[str, bytes],
    files: Mapping[str, Content],
    hashes: Mapping[str, Digest],
    seal: str,
) -> list[str]:
    """Write files as a zip, and return those that are no longer as they were when they were hashed.

    They are stored as they are: what a compression makes of them depends on its version, and workbooks are
    compressed already.

    Parameters
    ----------
    stream : an open binary file.
    first : files that come first, in this order: path -> bytes.
    files : the others, in any order.
    hashes : size and SHA-256 of the others.
    seal : hash of the manifest.

    Raises
    ------
    OSError
        A file cannot be read, or the zip cannot be written.
    """
    changed = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = f"{SEAL}{seal}".encode("ascii")
        for name, content in (*first.items(), *sorted(files.items())):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            entry.file_size = len(content) if isinstance(content, bytes) else hashes[name][0]
            with archive.open(entry, "w") as target:
                written = _copied(_blocks(content), target)
            if name in hashes and written != hashes[name]:
                changed.append(name)
    return changed


@dataclass(frozen=True)
class Unpacked:
    """A bundle on disk."""

    folder: Path
    files: frozenset[str]
    """Paths of its files, with ``/``."""
    digests: Mapping[str, Digest]
    """Path of each file that was unpacked -> its size and its SHA-256."""
    damaged: frozenset[str]
    """Those whose bytes are not as they were when it was packed; they were not unpacked."""
    unwritable: frozenset[str]
    """Those that this system cannot hold, for their names."""
    seal: str | None
    """Hash of the manifest as the zip states it; None if it states none, as when it was packed again."""

    def content(self, name: str) -> bytes | None:
        """Return the bytes of a file; None if it was not unpacked."""
        return (self.folder / name).read_bytes() if name in self.digests else None


def unusable(name: str, problem: str, found: str | None = None) -> SetupError:
    """Return the error for a file that is no bundle, or none that can be unpacked.

    Parameters
    ----------
    name : name of the file.
    problem : a keyword of the catalogue.
    found : path of the file in it that is at fault.
    """
    facts = {"problem": problem} | ({} if found is None else {"found": found})
    return SetupError([Finding(code="B101", file=name, facts=facts)])


def unpack(stream: BinaryIO, name: str, folder: Path) -> Unpacked:
    """Unpack a bundle into a folder. Nothing is written outside of it, and no link.

    Parameters
    ----------
    stream : the open file.
    name : its name, for errors.
    folder : an empty folder.

    Raises
    ------
    SetupError
        B101: it is no bundle, or one that is not safe to unpack.
    """
    try:
        archive = zipfile.ZipFile(stream)
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        stored = sum(member.compress_size for member in members)
        first = min(member.header_offset for member in archive.infolist())
        if first:  # the zip was cut off, and this is one inside of it
            raise ValueError(name)  # noqa: TRY301 - it ends as any other damage
    except Exception as error:  # zipfile raises many kinds of exceptions on hostile bytes
        raise unusable(name, "not-a-zip") from error
    _check(members, stored, name)
    digests: dict[str, Digest] = {}
    damaged, unwritable, folders = set(), set(), {folder}
    for member in members:
        place = folder / member.filename
        if len(PurePosixPath(member.filename).parts) > _DEEPEST:
            unwritable.add(member.filename)
            continue
        try:
            if place.parent not in folders:
                place.parent.mkdir(parents=True, exist_ok=True)
                folders.add(place.parent)
            with place.open("xb") as file:
                digests[member.filename] = _copied(_expanded(archive, member), file)
        except _DamagedError:
            place.unlink()
            damaged.add(member.filename)
        except (FileExistsError, NotADirectoryError, ValueError):
            unwritable.add(member.filename)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG or (place.parent.is_dir() and _is_name_refused(error)):
                unwritable.add(member.filename)
                continue
            raise
    seal = None
    with suppress(UnicodeDecodeError):
        comment = archive.comment.decode("ascii")
        seal = comment.removeprefix(SEAL) if comment.startswith(SEAL) else None
    names = frozenset(member.filename for member in members)
    return Unpacked(folder, names, digests, frozenset(damaged), frozenset(unwritable), seal)


def _is_name_refused(error: OSError) -> bool:
    """Return whether the system refused a name for a sign in it."""
    return error.errno in (errno.EINVAL, errno.EILSEQ, errno.ENOENT)


def _check(members: list[zipfile.ZipInfo], stored: int, name: str) -> None:
    """Refuse a zip that is not safe to unpack, or is no bundle."""
    known: set[str] = set()
    for member in members:
        if not is_safe(member.filename):
            raise unusable(name, "unsafe-name", member.filename)
        if member.filename in known:
            raise unusable(name, "name-twice", member.filename)
        if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            raise unusable(name, "not-a-file", member.filename)
        if member.flag_bits & _ENCRYPTED:
            raise unusable(name, "locked", member.filename)
        known.add(member.filename)
    if MANIFEST not in known:
        raise unusable(name, "no-manifest")
    expanded = sum(member.file_size for member in members)
    if len(members) > _MOST_FILES or expanded > min(_MOST_MIB * MIB, _RATIO * stored + MIB):
        raise unusable(name, "expands-too-far")
    if next(member for member in members if member.filename == MANIFEST).file_size > _MANIFEST_MIB * MIB:
        raise unusable(name, "expands-too-far", MANIFEST)


class _DamagedError(Exception):
    """The bytes of a member are not as they were when it was packed."""


def _expanded(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a member in blocks; never more than it states.

    Raises
    ------
    _DamagedError
        It is damaged, or longer or shorter than it states.
    """
    left = member.file_size
    try:
        with archive.open(member) as stream:
            while left >= 0 and (block := stream.read(_BLOCK)):
                left -= len(block)
                yield block
    except MemoryError:
        raise
    except Exception as error:  # zipfile raises many kinds on hostile bytes: the other files are whole
        raise _DamagedError(member.filename) from error
    if left:
        raise _DamagedError(member.filename)

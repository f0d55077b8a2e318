"""The files of a period's folder: which to read, which are passed over, which are versions of one.

Nothing is skipped in silence: what is passed over is counted, what cannot be a return is left to
the reader, which says so.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from antq_stats.findings import Finding

SETUP_FILES = frozenset({"form.toml", "units.csv"})
_READ_ME = re.compile(r"read[ _-]?me(\.[a-z]{2})?(\.\w+)?|đọc trước(\.\w+)?", re.IGNORECASE)
_VERSION = re.compile(
    r"[\s_.-]*(?:\(\s*(?P<a>\d{1,3})\s*\)|(?<![^\W_])v(?:er)?[\s._-]*(?P<b>\d{1,3})|(?<![^\W_])l[aầ]n[\s._-]*(?P<c>\d{1,3}))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read.

    ``file`` is its path relative to the folder, with ``/``, in NFC; ``group`` is the same without
    suffix and version mark, and ``version`` the number of that mark (0 where there is none).
    """

    path: Path
    file: str
    size: int
    group: str
    version: int


@dataclass(slots=True)
class Discovered:
    """What a folder holds: files to read in order of their paths, findings, and how many were passed over."""

    sources: list[SourceFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    passed_over: int = 0
    names: set[str] = field(default_factory=set)


def version_of(stem: str) -> tuple[str, int]:
    """Return a file name's stem without its version mark, and the version.

    ``muong-lai_v2``, ``muong-lai (2)``, ``muong-lai lần 2`` are all version 2 of ``muong-lai``.
    """
    found = _VERSION.search(stem)
    if found is None or found.start() == 0:
        return stem, 0
    return stem[: found.start()], int(found["a"] or found["b"] or found["c"])


def _is_passed_over(name: str) -> bool:
    return (
        name.startswith((".", "~$")) or name.casefold() in SETUP_FILES or _READ_ME.fullmatch(name) is not None
    )


def _shown(path: str) -> str:
    r"""Return a path as findings show it: NFC, bytes that are no UTF-8 as ``\xff``."""
    return unicodedata.normalize("NFC", os.fsencode(path).decode("utf-8", "backslashreplace"))


def discover(folder: Path) -> Discovered:
    """List the files of a folder and its sub-folders, without following links to folders.

    Raises
    ------
    OSError
        If the folder itself cannot be listed.
    """
    found = Discovered()
    waiting: list[tuple[str, str]] = [(os.fspath(folder), "")]
    with os.scandir(folder):
        pass
    while waiting:
        place, prefix = waiting.pop()
        try:
            with os.scandir(place) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            found.findings.append(
                Finding(code="F101", file=_shown(prefix.rstrip("/")), facts={"problem": _problem(error)})
            )
            continue
        for entry in listed:
            file = prefix + entry.name
            if _is_passed_over(unicodedata.normalize("NFC", entry.name)):
                found.passed_over += 1
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, file + "/"))
            elif entry.is_symlink() and _is_folder(entry):
                found.findings.append(Finding(code="F111", file=_shown(file)))
            else:
                _add(found, entry, file)
    found.sources.sort(key=lambda source: source.file)
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return True


def _add(found: Discovered, entry: os.DirEntry[str], file: str) -> None:
    try:
        status = entry.stat()
    except OSError as error:
        found.findings.append(Finding(code="F101", file=_shown(file), facts={"problem": _problem(error)}))
        return
    shown = _shown(file)
    if shown in found.names:  # the same name, composed and decomposed: two files, told apart
        shown = unicodedata.normalize("NFD", shown)
    found.names.add(shown)
    stem, version = version_of(str(PurePosixPath(shown).with_suffix("")))
    size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    found.sources.append(SourceFile(Path(entry.path), shown, size, stem.casefold(), version))


def _problem(error: OSError) -> str:
    """Return the keyword of the catalogue for what the system said."""
    if isinstance(error, FileNotFoundError):
        return "not-there"
    return "no-permission" if isinstance(error, PermissionError) else "system-error"

"""Finding the files of a period's folder: those to read, those passed over, and versions of one file.

Files passed over are counted. Whether a file can be a return is decided, and reported, by the reader.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from antq_stats.findings.finding import Finding
from antq_stats.output_marks import RESULT_FOLDER
from antq_stats.reading.files.enclosures import Container, Enclosed, Enclosure
from antq_stats.reading.files.remote import RemoteFile, RemoteFolder

FORM_FILE = "form.toml"
UNITS_FILES = ("units.csv", "units.xlsx", "units.ods")
CHANGES_FILE = "changes.csv"
CONTACTS_FILE = "contacts.csv"
DECISIONS_FILE = "decisions.csv"
PUBLISHED_FILE = "published.csv"
"""Names of the form, of the register and of the lists that an office keeps, which are no returns."""
_SETUP_FILES = frozenset(
    (FORM_FILE, *UNITS_FILES, CHANGES_FILE, CONTACTS_FILE, DECISIONS_FILE, PUBLISHED_FILE)
)

_READ_ME = re.compile(r"read[ _-]?me(\.[a-z]{2})?(\.\w+)?|đọc trước(\.\w+)?", re.IGNORECASE)
_VERSION = re.compile(
    r"[\s_.-]*(?:\(\s*(?P<a>\d{1,3})\s*\)|(?<![^\W_])v(?:er)?[\s._-]*(?P<b>\d{1,3})|(?<![^\W_])l[aầ]n[\s._-]*(?P<c>\d{1,3}))$",
    re.IGNORECASE,
)

_COPY = r"(?:(?:another |\d{1,2}(?:st|nd|rd|th) )?copy|b[aả]n[ _-]?sao|sao[ _-]ch[eé]p)"
_NUMBERED = r"\s*\(\s*\d{1,3}\s*\)"
_COPIES = (
    re.compile(
        rf"(?:[\s_-]*-|[\s_]*\(|[\s_]+)[\s_-]*{_COPY}(?:(?: th[uứ])? \d{{1,3}})?\s*\)?(?:{_NUMBERED})?$",
        re.IGNORECASE,
    ),
    re.compile(rf"^{_COPY}(?:{_NUMBERED}\s*)?[ _](?:of|c[uủ]a)[\s_]+", re.IGNORECASE),
)
"""How Windows, Excel, Drive and others mark a copy, in both languages. A number in the mark is no version."""


class SourceFile(NamedTuple):
    """A file to be read."""

    path: str | RemoteFile | Enclosed
    """Where the file is."""
    file: str
    """Its path relative to the folder, with ``/``, as findings show it: unique, and usually in NFC."""
    size: int
    """Size in bytes; 0 if unknown."""


class Version(NamedTuple):
    """What a file's name says about its version."""

    group: str
    """The file's path without suffix, version marks and copy marks; equal for versions of one file."""
    number: tuple[int, ...] = ()
    """Numbers of the version marks, empty without any; ``_v2 (1)`` is (2, 1)."""
    is_copy: bool = False
    """True if the name has a copy mark. The copy is of the version with the same number."""
    is_stated: bool = False
    """True if a person wrote a version mark (``_v2``, ``lần 2``); programs write numbers in brackets."""


@dataclass
class Discovered:
    """The content of a folder."""

    sources: list[SourceFile] = field(default_factory=list)
    """Files to read, in the order of their paths; files of opened containers come last."""
    findings: list[Finding] = field(default_factory=list)
    """Files and folders that cannot be listed."""
    passed_over: int = 0
    """Number of files and folders passed over.

    They are hidden ones, lock files, form, register, telephone list, read-me files, and folders of results.
    """
    names: set[str] = field(default_factory=set)
    """`SourceFile.file` of all sources."""
    folder: str = ""
    """Name of the folder."""

    @cached_property
    def versions(self) -> dict[str, Version]:
        """The versions of the files with a stated version or of which there are several, by their names."""
        versions = [_version(source.path, source.file) for source in self.sources]
        counts = Counter(version.group for version in versions)
        several = {group for group, count in counts.items() if count > 1}
        pairs = zip(self.sources, versions, strict=True)
        return {
            source.file: version for source, version in pairs if version.group in several or version.is_stated
        }

    def open(self, source: SourceFile, enclosed: Iterable[Enclosure]) -> list[SourceFile]:
        """Add the files of a container to the sources, and return them.

        Parameters
        ----------
        source : the container, one of the sources.
        enclosed : the files in it.
        """
        container = Container(source.path, source.file)
        before = len(self.sources)
        passed_over: set[str] = set()
        members = [
            (number, [part for part in map(_allowed, name.split("/")) if part not in ("", ".", "..")], size)
            for number, name, size in enclosed
        ]
        results = {"/".join(parts[:-1]) for _, parts, _ in members if parts[-1:] == [RESULT_FOLDER]}
        for number, parts, size in members:
            if "" in results:
                passed_over.add("")
                continue
            at = _first_passed_over(parts, results)
            if at is not None:
                passed_over.add("/".join(parts[: at + 1]))
                continue
            shown = "/".join((source.file, *(parts or [str(number + 1)])))
            if shown in self.names:  # two members with one name are both read
                shown = "/".join((source.file, str(number + 1), *parts))
            _take(self, Enclosed(container, number), shown, size)
        self.passed_over += len(passed_over)
        self.__dict__.pop("versions", None)  # the cached property
        return self.sources[before:]


def _version(path: str | RemoteFile | Enclosed, file: str) -> Version:
    """Return the version of a file, which begins with that of the zip or message it is in."""
    stem = posixpath.splitext(file)[0]
    if not isinstance(path, Enclosed):
        return version_of(stem)
    container = path.container
    outer, inner = _version(container.path, container.file), version_of(stem[len(container.file) + 1 :])
    number = outer.number + inner.number if outer.number or not inner.number else (0, *inner.number)
    return Version(
        f"{outer.group}:{inner.group}", number, outer.is_copy or inner.is_copy,
        outer.is_stated or inner.is_stated,
    )  # fmt: skip


def version_of(stem: str) -> Version:
    """Return the version of a file by its path.

    ``muong-lai_v2``, ``muong-lai (2)``, ``muong-lai lần 2`` are all version 2 of ``muong-lai``, of which
    ``muong-lai - Copy (2)`` and ``Bản sao của muong-lai`` are copies.

    Parameters
    ----------
    stem : the path without its suffix.
    """
    folder, slash, name = stem.rpartition("/")
    number: tuple[int, ...] = ()
    is_copy = is_bracketed = is_stated = False
    while True:
        unmarked = name
        for mark in _COPIES:
            unmarked = mark.sub("", unmarked) or unmarked
        if unmarked != name:
            is_copy, name = True, unmarked
            continue
        found = _VERSION.search(name)
        # Two marks are allowed only if the last is in brackets, as a browser adds when it saves a file again.
        if found is None or found.start() == 0 or (number and not (is_bracketed and found["a"] is None)):
            return Version(f"{folder}{slash}{name}".casefold(), number, is_copy, is_stated)
        is_bracketed = found["a"] is not None and not number
        is_stated = is_stated or found["a"] is None
        number = (int(found["a"] or found["b"] or found["c"]), *number)
        name = name[: found.start()]


_NOT_ALLOWED = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def _allowed(name: str) -> str:
    """Return a name from inside a container, made valid as a file name on all systems."""
    return unicodedata.normalize("NFC", _NOT_ALLOWED.sub("_", name)).strip()


def _is_passed_over(name: str) -> bool:
    return (
        name.startswith((".", "~$", "__MACOSX"))
        or name.casefold() in _SETUP_FILES
        or _READ_ME.fullmatch(name) is not None
    )


def _first_passed_over(parts: list[str], results: set[str]) -> int | None:
    """Return the place of the first part of a path that is passed over; None if the file is read.

    Parameters
    ----------
    parts : the parts of the path.
    results : paths of the folders of results.
    """
    for at, part in enumerate(parts):
        if _is_passed_over(unicodedata.normalize("NFC", part)) or "/".join(parts[: at + 1]) in results:
            return at
    return None


def _shown(path: str) -> str:
    r"""Return a path as findings show it: in NFC, with bytes that are not UTF-8 as ``\xff``."""
    if path.isascii():
        return path
    return unicodedata.normalize("NFC", os.fsencode(path).decode("utf-8", "backslashreplace"))


def discover(folder: Path | RemoteFolder) -> Discovered:
    """List the files of a folder and its sub-folders. Links to folders are not followed.

    A sub-folder that the tool wrote its results into is passed over (`output_marks.RESULT_FOLDER`).

    Raises
    ------
    OSError
        The folder cannot be listed.
    RemoteProblem
        The same for a folder given by a URL.
    """
    found = Discovered()
    if isinstance(folder, RemoteFolder):
        _list_remote(found, folder)
    else:
        _list_local(found, folder)
    found.sources.sort(key=lambda source: source.file)
    return found


def discover_files(folder: Path, files: Iterable[Path]) -> Discovered:
    """Return the content of a folder as if it held only some files, whatever their names.

    Parameters
    ----------
    folder : the folder.
    files : the files. Those outside the folder are shown by their names.
    """
    found, here = Discovered(), folder.resolve()
    for file in dict.fromkeys(path.resolve() for path in files):
        shown = file.relative_to(here).as_posix() if file.is_relative_to(here) else file.name
        try:
            status = file.stat()
        except OSError as error:
            found.findings.append(
                Finding(code="F101", file=_shown(shown), facts={"problem": _problem(error)})
            )
            continue
        _take(found, str(file), _shown(shown), status.st_size if stat.S_ISREG(status.st_mode) else 0)
    found.sources.sort(key=lambda source: source.file)
    return found


def _list_remote(found: Discovered, folder: RemoteFolder) -> None:
    """List a folder given by a URL, in one request."""
    passed_over: set[str] = set()
    files = sorted(folder.files())
    results = {file.rpartition("/")[0] for file, _ in files if file.rpartition("/")[2] == RESULT_FOLDER}
    for file, place in files:
        parts = file.split("/")
        at = _first_passed_over(parts, results)
        if at is None:
            _take(found, place, _shown(file), place.size or 0)
        else:  # a folder that is passed over counts once
            passed_over.add("/".join(parts[: at + 1]))
    found.passed_over = len(passed_over)


def _list_local(found: Discovered, folder: Path) -> None:
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
                Finding(code="F101", file=prefix.rstrip("/"), facts={"problem": _problem(error)})
            )
            continue
        if prefix and any(entry.name == RESULT_FOLDER for entry in listed):
            found.passed_over += 1
            continue
        for entry in listed:
            file = prefix + _shown(entry.name)
            if _is_passed_over(unicodedata.normalize("NFC", entry.name)):
                found.passed_over += 1
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, file + "/"))
            elif entry.is_symlink() and _is_folder(entry):
                found.findings.append(Finding(code="F111", file=file))
            else:
                _add(found, entry, file)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return True


def _add(found: Discovered, entry: os.DirEntry[str], file: str) -> None:
    try:
        status = entry.stat()
    except OSError as error:
        found.findings.append(Finding(code="F101", file=file, facts={"problem": _problem(error)}))
        return
    _take(found, entry.path, file, status.st_size if stat.S_ISREG(status.st_mode) else 0)


def _take(found: Discovered, path: str | RemoteFile | Enclosed, shown: str, size: int) -> None:
    """Add a file to the sources, under a unique path as findings show it."""
    if shown in found.names:  # two files whose names differ in normalisation only
        shown = unicodedata.normalize("NFD", shown)
    folder, _, name = shown.rpartition("/")
    number = 2
    while shown in found.names:
        shown, number = f"{folder}/{number}/{name}", number + 1
    found.names.add(shown)
    found.sources.append(SourceFile(path, shown, size))


def _problem(error: OSError) -> str:
    """Return the keyword of the catalogue for an error of the operating system."""
    if isinstance(error, FileNotFoundError):
        return "not-there"
    return "no-permission" if isinstance(error, PermissionError) else "system-error"

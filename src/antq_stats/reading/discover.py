"""The files of a period's folder: which to read, which are passed over, which are versions of one.

Nothing is skipped in silence: what is passed over is counted, what cannot be a return is left to
the reader, which says so.
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
from antq_stats.reading.files.enclosures import Container, Enclosed, Enclosure
from antq_stats.reading.files.remote import RemoteFile, RemoteFolder

SETUP_FILES = frozenset({"form.toml", "units.csv"})
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
"""How Windows, Excel, Drive and others mark a copy, in both languages; a number there is the copy's own."""


class SourceFile(NamedTuple):
    """A file to be read; ``file`` is its path relative to the folder, with ``/``, in NFC."""

    path: str | RemoteFile | Enclosed
    file: str
    size: int


class Version(NamedTuple):
    """A file that may be a version of another."""

    group: str
    """The file's path without suffix, version mark and the marks of a copy."""
    number: tuple[int, ...] = ()
    """Of the version mark, empty where there is none; ``_v2 (1)`` is (2, 1)."""
    is_copy: bool = False
    """Its name says that it is a copy: of the version it is named after."""


@dataclass
class Discovered:
    """What a folder holds: files to read in order of their paths, findings, and how many were passed over."""

    sources: list[SourceFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    passed_over: int = 0
    names: set[str] = field(default_factory=set)

    @cached_property
    def versions(self) -> dict[str, Version]:
        """The files of which there may be several versions, by their path."""
        stems = [_version(source.path, source.file) for source in self.sources]
        several = {group for group, count in Counter(stem.group for stem in stems).items() if count > 1}
        found = zip(self.sources, stems, strict=True)
        return {source.file: stem for source, stem in found if stem.group in several}

    def open(self, source: SourceFile, enclosed: Iterable[Enclosure]) -> list[SourceFile]:
        """Add the files of a container, one of the sources, to those that are read, and return them."""
        container = Container(source.path, source.file)
        before = len(self.sources)
        over: set[str] = set()
        for number, name, size in enclosed:
            parts = [part for part in map(_allowed, name.split("/")) if part not in ("", ".", "..")]
            at = next((at for at, part in enumerate(parts) if _is_passed_over(part)), None)
            if at is not None:
                over.add("/".join(parts[: at + 1]))
                continue
            shown = "/".join((source.file, *(parts or [str(number + 1)])))
            if shown in self.names:  # what stands twice in a container is read twice, and told apart
                shown = "/".join((source.file, str(number + 1), *parts))
            _take(self, Enclosed(container, number), shown, size)
        self.passed_over += len(over)
        self.__dict__.pop("versions", None)
        return self.sources[before:]


def _version(path: str | RemoteFile | Enclosed, file: str) -> Version:
    """Return what a file's name says of its version, before it that of the zip or message it came in."""
    stem = posixpath.splitext(file)[0]
    if not isinstance(path, Enclosed):
        return version_of(stem)
    container = path.container
    outer, inner = _version(container.path, container.file), version_of(stem[len(container.file) + 1 :])
    number = outer.number + inner.number if outer.number or not inner.number else (0, *inner.number)
    return Version(f"{outer.group}:{inner.group}", number, outer.is_copy or inner.is_copy)


def version_of(stem: str) -> Version:
    """Return what a path without its suffix says of the file's version.

    ``muong-lai_v2``, ``muong-lai (2)``, ``muong-lai lần 2`` are all version 2 of ``muong-lai``, of which
    ``muong-lai - Copy (2)`` and ``Bản sao của muong-lai`` are copies.
    """
    folder, slash, name = stem.rpartition("/")
    number: tuple[int, ...] = ()
    is_copy = is_bracketed = False
    while True:
        plain = name
        for mark in _COPIES:
            plain = mark.sub("", plain) or plain
        if plain != name:
            is_copy, name = True, plain
            continue
        found = _VERSION.search(name)
        # a number in brackets may stand behind a mark in words, as a browser saves a file a second time
        if found is None or found.start() == 0 or (number and not (is_bracketed and found["a"] is None)):
            return Version(f"{folder}{slash}{name}".casefold(), number, is_copy)
        is_bracketed = found["a"] is not None and not number
        number = (int(found["a"] or found["b"] or found["c"]), *number)
        name = name[: found.start()]


_NOT_ALLOWED = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def _allowed(name: str) -> str:
    """Return a name from inside a container as a file on any system may bear it."""
    return unicodedata.normalize("NFC", _NOT_ALLOWED.sub("_", name)).strip()


def _is_passed_over(name: str) -> bool:
    return (
        name.startswith((".", "~$", "__MACOSX"))
        or name.casefold() in SETUP_FILES
        or _READ_ME.fullmatch(name) is not None
    )


def _shown(path: str) -> str:
    r"""Return a path as findings show it: NFC, bytes that are no UTF-8 as ``\xff``."""
    if path.isascii():
        return path
    return unicodedata.normalize("NFC", os.fsencode(path).decode("utf-8", "backslashreplace"))


def discover(folder: Path | RemoteFolder) -> Discovered:
    """List the files of a folder and its sub-folders, without following links to folders.

    Raises
    ------
    OSError
        If the folder itself cannot be listed.
    RemoteProblem
        If that folder is a URL.
    """
    found = Discovered()
    if isinstance(folder, RemoteFolder):
        _list_remote(found, folder)
    else:
        _list_local(found, folder)
    found.sources.sort(key=lambda source: source.file)
    return found


def _list_remote(found: Discovered, folder: RemoteFolder) -> None:
    """List a folder that is a URL: all at once, for each question costs a journey."""
    over: set[str] = set()
    for file, place in sorted(folder.files()):
        parts = file.split("/")
        names = enumerate(unicodedata.normalize("NFC", part) for part in parts)
        at = next((at for at, name in names if _is_passed_over(name)), None)
        if at is None:
            _take(found, place, _shown(file), place.size or 0)
        else:  # a folder that is passed over counts once
            over.add("/".join(parts[: at + 1]))
    found.passed_over = len(over)


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
    except OSError:  # a link that leads round in a circle
        return True


def _add(found: Discovered, entry: os.DirEntry[str], file: str) -> None:
    try:
        status = entry.stat()
    except OSError as error:
        found.findings.append(Finding(code="F101", file=file, facts={"problem": _problem(error)}))
        return
    _take(found, entry.path, file, status.st_size if stat.S_ISREG(status.st_mode) else 0)


def _take(found: Discovered, path: str | RemoteFile | Enclosed, shown: str, size: int) -> None:
    """Add a file to those that are read, under the path as findings show it."""
    if shown in found.names:  # the same name, composed and decomposed: two files, told apart
        shown = unicodedata.normalize("NFD", shown)
    folder, _, name = shown.rpartition("/")
    number = 2
    while shown in found.names:
        shown, number = f"{folder}/{number}/{name}", number + 1
    found.names.add(shown)
    found.sources.append(SourceFile(path, shown, size))


def _problem(error: OSError) -> str:
    """Return the keyword of the catalogue for what the system said."""
    if isinstance(error, FileNotFoundError):
        return "not-there"
    return "no-permission" if isinstance(error, PermissionError) else "system-error"

"""The folder of files for the senders: a marked copy or a list per file with findings, and a list of all.

A return that is not filled in is not sent back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from antq_stats.collection.collection import Collection
from antq_stats.collection.unread import WITHOUT_FIGURES
from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import Names
from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits
from antq_stats.reading.discover import SourceFile
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.render.annotated.alone import list_alone
from antq_stats.render.annotated.copy import SUFFIXES, annotated_copy
from antq_stats.render.annotated.notice import Notice, entries_of
from antq_stats.render.annotated.package import NotAnnotatable
from antq_stats.render.words import FindingWording, resent_lines, senders_of, unit_line
from antq_stats.render.writing import output
from antq_stats.words.language import Language, Wording

_NOT_READ = frozenset(f"F10{number}" for number in range(1, 9))


@dataclass(frozen=True, slots=True)
class Returned:
    """What was written into the folder.

    Parameters
    ----------
    copies : the files with a marked copy.
    lists : the files with a list only.
    withheld : those of them that have no copy because they contain personal data.
    index : name of the list of all findings; empty if there is none.
    """

    copies: tuple[str, ...]
    lists: tuple[str, ...]
    withheld: tuple[str, ...]
    index: str


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A file with findings, the notice on it, and the hash of its content as it was read."""

    source: SourceFile
    notice: Notice
    sha256: str


def send_back(
    write: Callable[[str, Callable[[BinaryIO], object]], None],
    collection: Collection,
    findings: Sequence[Finding],
    *,
    sources: Iterable[SourceFile],
    limits: Limits,
    names: Names,
    lang: Language,
    index: Callable[[BinaryIO], object] | None = None,
) -> Returned:
    """Write the folder of files for the senders.

    Parameters
    ----------
    write : writes a file of the folder; takes its path in the folder, with ``/``, and the writer of its
        content.
    collection, findings : the returns of the period, and their findings.
    sources : the files that were read.
    limits : limits of a file that is read.
    names : the names of codes.
    lang : the language.
    index : writes the list of all findings as a workbook; None for no such list.

    Returns
    -------
    Returned
        The files that were written.

    Raises
    ------
    OutputError
        If ``write`` raises it.
    """
    wording = Wording(lang)
    source_of = {source.file: source for source in sources}
    parcels = _parcels(collection, findings, source_of, FindingWording(wording, names))
    taken: set[str] = set()
    placed = [
        (parcel, _place(parcel, taken))
        for parcel in sorted(parcels, key=lambda parcel: not _may_be_marked(parcel))
    ]
    listed = _free(wording.phrase("annotated.list-name"), ".xlsx", taken) if index is not None else ""
    copies: list[str] = []
    lists: list[str] = []
    for parcel, wanted in sorted(placed, key=lambda pair: pair[0].source.file):
        content, place = _content(parcel, wanted, taken, limits)
        (copies if parcel.notice.reason is None else lists).append(parcel.source.file)
        write(place, lambda stream, content=content: stream.write(content))  # type: ignore[misc]
    if index is not None:
        write(listed, index)
    withheld = tuple(parcel.source.file for parcel, _ in placed if parcel.notice.reason == "personal")
    return Returned(tuple(copies), tuple(lists), withheld, listed)


def _parcels(
    collection: Collection,
    findings: Iterable[Finding],
    sources: Mapping[str, SourceFile],
    words: FindingWording,
) -> list[_Parcel]:
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.file is not None and finding.file in sources:
            by_file.setdefault(finding.file, []).append(finding)
    senders = senders_of(collection.register, findings)
    # Findings of each file by itself: `findings` states of a duplicate file only that it is one.
    files = {file_read.file: file_read for file_read in collection.files}
    blank = {unread.file for unread in collection.unread if unread.is_blank}
    resent = resent_lines(collection.findings, words.wording)
    parcels = []
    for file, found in by_file.items():
        codes = {finding.code for finding in found if catalogue.severity(finding) != "note"}
        if not codes or (file in blank and codes <= WITHOUT_FIGURES):
            continue  # in a return that is not filled in there is nothing to mark
        alone = files[file].findings if file in files else []
        notice = Notice(
            file=file,
            period=collection.period,
            sender=""
            if file not in senders
            else unit_line(collection.register, senders[file], words.wording),
            wording=words.wording,
            entries=entries_of(found, words),
            reason=_reason(sources[file], [*found, *alone]),
            resent=resent.get(file, ""),
        )
        parcels.append(_Parcel(sources[file], notice, files[file].sha256 if file in files else ""))
    return parcels


def _reason(source: SourceFile, findings: Iterable[Finding]) -> str | None:
    """Return why a file cannot have a copy, by its findings and its name; None if it may have one."""
    codes = {finding.code for finding in findings}
    if any(code.startswith("D") for code in codes):
        return "personal"
    if codes & _NOT_READ:
        return "not-read"
    return None if PurePosixPath(source.file).suffix.lower() in SUFFIXES else "format"


def _may_be_marked(parcel: _Parcel) -> bool:
    return parcel.notice.reason is None


def _place(parcel: _Parcel, taken: set[str]) -> str:
    """Return the path for a file in the folder: its own, or with the suffix ``.xlsx`` for a list."""
    path = PurePosixPath(parcel.source.file)
    if _may_be_marked(parcel):
        return _free(str(path.with_suffix("")), path.suffix, taken)
    return _free(str(path.with_suffix("")), ".xlsx", taken, path.suffix.lstrip("."))


def _free(stem: str, suffix: str, taken: set[str], kind: str = "") -> str:
    """Return a free path, compared without letter case and in NFC, and add it to those taken.

    Parameters
    ----------
    stem, suffix : the path that is wanted.
    taken : the keys of the paths in use.
    kind : is appended to the stem if the wanted path is taken.
    """
    folder, slash, stem = stem.rpartition("/")
    name, number = output.fitting_name(stem, suffix), 2
    if _key(folder + slash + name) in taken and kind:
        stem = f"{stem}-{kind}"
        name = output.fitting_name(stem, suffix)
    while _key(folder + slash + name) in taken:
        name, number = output.fitting_name(f"{stem}-{number}", suffix), number + 1
    name = folder + slash + name
    taken.add(_key(name))
    return name


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _content(parcel: _Parcel, place: str, taken: set[str], limits: Limits) -> tuple[bytes, str]:
    """Return the content of a file for a sender and its path: a marked copy, or else a list."""
    notice = parcel.notice
    if notice.reason is None:
        try:
            data = _as_read(parcel, limits)
            suffix = PurePosixPath(parcel.source.file).suffix.lower()
            return annotated_copy(data, suffix, notice, limits), place
        except FileProblem:
            notice.reason = "replaced"
        except NotAnnotatable as problem:
            notice.reason = problem.reason
        if PurePosixPath(place).suffix.lower() != ".xlsx":  # a list has no macros or template
            place = _free(str(PurePosixPath(place).with_suffix("")), ".xlsx", taken)
    return list_alone(notice, limits), place


def _as_read(parcel: _Parcel, limits: Limits) -> bytes:
    """Return the bytes of a file; raise `NotAnnotatable` if they changed since it was read."""
    data = read_bytes(parcel.source.path, limits)
    if hashlib.sha256(data).hexdigest() != parcel.sha256:
        raise NotAnnotatable("replaced")
    return data


class FolderWriter:
    """Writes files into a folder, but not into one that is read.

    Parameters
    ----------
    target : the folder, which is created if it does not exist.
    folder : the folder that was read; None for a URL.
    """

    def __init__(self, target: Path, folder: Path | None) -> None:
        self.target = target
        self.folder = folder
        self.written: set[Path] = set()

    def write(self, place: str, writer: Callable[[BinaryIO], object]) -> None:
        """Write a file at its path, or at the top of the folder if its path is too long for the system.

        Parameters
        ----------
        place : path in the folder, with ``/``.
        writer : writes the content to the open file it is called with.

        Raises
        ------
        OutputError
            If the file cannot be written, or would overwrite a file that is read, or lie in a folder that is
            read.
        """
        try:
            self._write(self.target / place, writer)
        except output.OutputError as error:
            if error.reason != "name-too-long" or "/" not in place:
                raise
            self._write(self.target / output.short_place(place), writer)

    def _write(self, path: Path, writer: Callable[[BinaryIO], object]) -> None:
        output.make_folder(path.parent)
        if self.folder is not None and output.is_among(path.parent, self.folder):
            raise output.OutputError("is-an-input", str(path))
        output.write_beside(path, writer)
        self.written.add(path)

    def others(self) -> int:
        """Return the number of workbooks in the folders that this run did not write."""
        folders = {path.parent for path in self.written}
        count = 0
        for place in folders:
            with contextlib.suppress(OSError):
                count += sum(
                    Path(entry.path) not in self.written and Path(entry.name).suffix.lower() in SUFFIXES
                    for entry in os.scandir(place)
                )
        return count

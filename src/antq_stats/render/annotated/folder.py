"""A folder to send back from: for each file with findings a marked copy or a list, and a list of all."""

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
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits
from antq_stats.reading.discover import SourceFile
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.render.annotated.alone import list_alone
from antq_stats.render.annotated.copy import SUFFIXES, annotated_copy
from antq_stats.render.annotated.notice import Notice, entries_of
from antq_stats.render.annotated.package import NotAnnotatable
from antq_stats.render.words import FindingWording, Names, senders_of, unit_name
from antq_stats.render.writing import output
from antq_stats.words.language import Language, Wording

_SHORT_NAME = 60
"""Bytes of a name that takes the place of a path too long."""
_NOT_READ = frozenset(f"F10{number}" for number in range(1, 9))


@dataclass(frozen=True, slots=True)
class Returned:
    """What was written.

    ``copies`` and ``lists`` are the files that got a marked copy or only a list; ``withheld`` those of the
    latter that hold personal data; ``index`` is the name of the list of all findings; ``others`` counts the
    workbooks in the folder that were there before and are not of this run.
    """

    copies: tuple[str, ...]
    lists: tuple[str, ...]
    withheld: tuple[str, ...]
    index: str
    others: int


@dataclass(frozen=True, slots=True)
class _Parcel:
    """One file to be sent back: where it is, and under which names it may go."""

    source: SourceFile
    notice: Notice
    sha256: str


def send_back(
    target: Path,
    collection: Collection,
    findings: Sequence[Finding],
    *,
    folder: Path | None,
    sources: Iterable[SourceFile],
    limits: Limits,
    names: Names,
    lang: Language,
    index: Callable[[BinaryIO], object],
) -> Returned:
    """Write the folder.

    Parameters
    ----------
    target : the folder, made where it is not there.
    collection, findings : the period as read and checked.
    folder, sources : the folder that was read, None where it is a URL, and its files.
    limits : as for reading.
    index : writes the list of all findings as a workbook.

    Raises
    ------
    OutputError
        If something cannot be written, or would be written over or among what is being read.
    """
    wording = Wording(lang)
    given = {source.file: source for source in sources}
    parcels = _parcels(collection, findings, given, FindingWording(wording, names))
    taken: set[str] = set()
    placed = [
        (parcel, _place(parcel, taken))
        for parcel in sorted(parcels, key=lambda parcel: not _may_be_marked(parcel))
    ]
    listed = _free(wording.phrase("annotated.list-name"), ".xlsx", taken)
    writer = _Writer(target, folder)
    copies: list[str] = []
    lists: list[str] = []
    for parcel, wanted in sorted(placed, key=lambda pair: pair[0].source.file):
        content, place = _content(parcel, wanted, taken, limits)
        (copies if parcel.notice.reason is None else lists).append(parcel.source.file)
        writer.write(place, lambda stream, content=content: stream.write(content))  # type: ignore[misc]
    writer.write(listed, index)
    withheld = tuple(parcel.source.file for parcel, _ in placed if parcel.notice.reason == "personal")
    return Returned(tuple(copies), tuple(lists), withheld, listed, writer.others())


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
    # As each file was read alone: a second copy of a file is told as that only, whatever it holds.
    read = {given.file: given for given in collection.files}
    parcels = []
    for file, found in by_file.items():
        if not any(catalogue.severity(finding) != "note" for finding in found):
            continue
        alone = read[file].findings if file in read else []
        notice = Notice(
            file=file,
            period=collection.period,
            sender=_sender(collection, senders.get(file)),
            wording=words.wording,
            entries=entries_of(found, words),
            reason=_reason(sources[file], [*found, *alone]),
        )
        parcels.append(_Parcel(sources[file], notice, read[file].sha256 if file in read else ""))
    return parcels


def _reason(source: SourceFile, findings: Iterable[Finding]) -> str | None:
    """Return why a file cannot go back as a copy, as far as its findings and its name tell."""
    codes = {finding.code for finding in findings}
    if any(code.startswith("D") for code in codes):
        return "personal"
    if codes & _NOT_READ:
        return "not-read"
    return None if PurePosixPath(source.file).suffix.lower() in SUFFIXES else "format"


def _may_be_marked(parcel: _Parcel) -> bool:
    return parcel.notice.reason is None


def _sender(collection: Collection, unit: int | None) -> str:
    """Return a sender's name with the units above it but the root, ``Xã Mường Lai, Huyện Lục Yên``."""
    if unit is None:
        return ""
    register = collection.register
    line = list(register.units.ancestors(unit))
    above = [position for position in line if register.units.parents[position] >= 0]
    return ", ".join(unit_name(register, position) for position in above or line[:1])


def _place(parcel: _Parcel, taken: set[str]) -> str:
    """Return the path a file goes back under: its own, or for a list alone its own with ``.xlsx``."""
    path = PurePosixPath(parcel.source.file)
    if _may_be_marked(parcel):
        return _free(str(path.with_suffix("")), path.suffix, taken)
    return _free(str(path.with_suffix("")), ".xlsx", taken, path.suffix.lstrip("."))


def _free(stem: str, suffix: str, taken: set[str], kind: str = "") -> str:
    """Return a path that is no other's, letter case and form of Unicode aside, and take it."""
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
    """Return what goes back, and where: a marked copy, or where none can be made the list alone."""
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
        if PurePosixPath(place).suffix.lower() != ".xlsx":  # a list is no workbook with macros
            place = _free(str(PurePosixPath(place).with_suffix("")), ".xlsx", taken)
    return list_alone(notice, limits), place


def _as_read(parcel: _Parcel, limits: Limits) -> bytes:
    """Return the bytes of a file, if they are still those that were read."""
    data = read_bytes(parcel.source.path, limits)
    if hashlib.sha256(data).hexdigest() != parcel.sha256:
        raise NotAnnotatable("replaced")
    return data


class _Writer:
    """Writes files into the folder, never over or among what is being read."""

    def __init__(self, target: Path, folder: Path | None) -> None:
        self.target = target
        self.folder = folder
        self.written: set[Path] = set()

    def write(self, place: str, writer: Callable[[BinaryIO], object]) -> None:
        """Write a file at its place, or where its path is too long for the system beside the list of all."""
        try:
            self._write(self.target / place, writer)
        except output.OutputError as error:
            if error.reason != "name-too-long" or "/" not in place:
                raise
            path = PurePosixPath(place)
            short = output.fitting_name(
                str(path.with_suffix("")).replace("/", "--"), path.suffix, _SHORT_NAME
            )
            self._write(self.target / short, writer)

    def _write(self, path: Path, writer: Callable[[BinaryIO], object]) -> None:
        output.make_folder(path.parent)
        if self.folder is not None and output.is_among(path.parent, self.folder):
            raise output.OutputError("is-an-input", str(path))
        output.write_beside(path, writer)
        self.written.add(path)

    def others(self) -> int:
        """Count the workbooks beside those written that an earlier run, or somebody, has left."""
        folders = {path.parent for path in self.written}
        found = 0
        for place in folders:
            with contextlib.suppress(OSError):
                found += sum(
                    Path(entry.path) not in self.written and Path(entry.name).suffix.lower() in SUFFIXES
                    for entry in os.scandir(place)
                )
        return found

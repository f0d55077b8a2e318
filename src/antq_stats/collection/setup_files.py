"""Form, register and telephone list of a folder: the nearest ones, in the folder or above it.

Decisions and releases are those of the folder itself.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from antq_stats.decisions.decision import Decisions
from antq_stats.decisions.decision_file import read_decisions
from antq_stats.decisions.person_names import PlaceNames
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.output_marks import BUNDLE_MARKS
from antq_stats.reading.discover import (
    CHANGES_FILE,
    CONTACTS_FILE,
    DECISIONS_FILE,
    FORM_FILE,
    PUBLISHED_FILE,
    UNITS_FILES,
)
from antq_stats.reading.files.remote import RemoteFolder, RemoteProblem
from antq_stats.release_list import RECORDS, PublishedReport, read_published

_SETUP_BYTES = 64 << 20
"""Maximum size of a remote form or register; the functions that read them refuse larger ones."""


def nearest_form(folder: Path | RemoteFolder) -> Path | None:
    """Return the form in the folder or in the nearest folder above it; None if there is none.

    Behind a URL it is a copy, which is deleted when the program ends.

    Raises
    ------
    SetupError
        S101: in its place there is ``form.toml.txt``, whose suffix Windows does not show, or no file. S303:
        behind a URL there is or may be a form, and it cannot be read.
    """
    return _nearest(folder, (FORM_FILE,), "S101")


def nearest_register(folder: Path | RemoteFolder) -> Path | None:
    """Return the register in the folder or in the nearest folder above it; None if there is none.

    Behind a URL it is a copy, which is deleted when the program ends.

    Raises
    ------
    SetupError
        S201: one folder has registers of two formats, or one with the suffix ``.txt``, which Windows does
        not show. S303: behind a URL there is or may be a register, and it cannot be read.
    """
    return _nearest(folder, UNITS_FILES, "S201")


def nearest_changes(folder: Path | RemoteFolder) -> Path | None:
    """Return the changes of units in the folder or in the nearest folder above it; None if there are none.

    Raises
    ------
    SetupError
        S211: in its place there is ``changes.csv.txt``, whose suffix Windows does not show, or no file. S303:
        behind a URL there is or may be a file of changes, and it cannot be read.
    """
    return _nearest(folder, (CHANGES_FILE,), "S211")


def nearest_contacts(folder: Path | RemoteFolder) -> Path | None:
    """Return the telephone list of offices in the folder or in the nearest folder above it.

    It is None if there is no list, or if the list cannot be reached: nothing depends on it.
    """
    try:
        return _nearest(folder, (CONTACTS_FILE,), "S201")
    except SetupError:
        return None


def own_decisions(folder: Path | RemoteFolder, places: PlaceNames) -> Decisions:
    """Return what was decided on the returns of a folder: decisions.csv in the folder itself.

    Parameters
    ----------
    folder : the folder.
    places : names of units, which are no names of persons.

    Raises
    ------
    SetupError
        S221, S222: the file has faults (`read_decisions`). S303: behind a URL there is or may be one, and it
        cannot be read.
    """
    path = _own(folder, DECISIONS_FILE)
    return Decisions() if path is None else read_decisions(path, places)


def own_releases(folder: Path | RemoteFolder) -> tuple[PublishedReport, ...]:
    """Read what was published of the returns of a folder: published.csv in the folder itself.

    Raises
    ------
    SetupError
        S231, S232: the file has faults (`read_published`). S303: behind a URL there is or may be one, and it
        cannot be read.
    """
    path = _own(folder, PUBLISHED_FILE)
    return () if path is None else read_published(path)


def release_record(folder: Path | RemoteFolder, published: PublishedReport) -> bytes | None:
    """Return the record of what a report showed; None if it is not there or cannot be read.

    Parameters
    ----------
    folder : the folder of published.csv.
    published : the line.
    """
    try:
        path = _own(folder, published.record)
        return None if path is None or path.stat().st_size > _SETUP_BYTES else path.read_bytes()
    except (OSError, SetupError):
        return None


def _own(folder: Path | RemoteFolder, name: str) -> Path | None:
    """Return a file of the folder itself, or a copy of it; None if it is not there."""
    if isinstance(folder, RemoteFolder):
        found = next(_remote(folder, (name,)))
        return found[0] if found else None
    path = folder / name
    return path if os.path.lexists(path) else None  # a link to nothing is told by its reader


def _nearest(folder: Path | RemoteFolder, names: Sequence[str], code: str) -> Path | None:
    for found in _remote(folder, names) if isinstance(folder, RemoteFolder) else _local(folder, names, code):
        if len(found) > 1:
            facts = {"problem": "two-registers", "first": found[0].name, "second": found[1].name}
            raise SetupError([Finding(code=code, file=found[1].name, facts=facts)])
        if found:
            return found[0]
    return None


def _local(folder: Path, names: Sequence[str], code: str) -> Iterator[list[Path]]:
    """Yield the files with one of the names in the folder, in the folder above it, and so on.

    The last folder is that of an unpacked bundle, or the root.
    """
    here = folder.resolve()
    for place in (here, *here.parents):
        try:
            there = [place / name for name in names if os.path.lexists(place / name)]
            found = [path for path in there if path.is_file()]
            hidden = [f"{name}.txt" for name in names if (place / f"{name}.txt").is_file()]
        except OSError:
            continue
        if len(found) < len(there):
            odd = next(path.name for path in there if path not in found)
            raise SetupError([Finding(code=code, file=odd, facts={"problem": "not-a-file"})])
        if hidden and not found:
            raise SetupError([Finding(code=code, file=hidden[0], facts={"problem": "hidden-suffix"})])
        yield found
        if all((place / mark).is_file() for mark in BUNDLE_MARKS):
            return


def _remote(folder: RemoteFolder, names: Sequence[str]) -> Iterator[list[Path]]:
    """Yield copies of the files with one of the names, as `_local` does."""
    copies = Path(tempfile.mkdtemp(prefix="antq-stats-"))
    (copies / RECORDS).mkdir()
    atexit.register(shutil.rmtree, copies, ignore_errors=True)
    for place in (folder, *folder.parents()):
        found = []
        for name in names:
            try:
                copy = place.fetch(name, copies, _SETUP_BYTES)
            except RemoteProblem as problem:
                if place is folder or problem.problem != "no-permission":  # folders above may be of others
                    raise SetupError([Finding(code="S303", file=name, facts=problem.facts)]) from None
                continue
            if copy is not None:
                found.append(copy)
        yield found

"""The manifest of a bundle: what it holds, what it was made with, and the hash of every file.

It is a small text that an office can sign by its own means. All of it but the hashes and the versions is
computed again when a bundle is verified.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import metadata, resources
from typing import Any, NamedTuple

from antq_stats.bundle.archive import Digest, sha256
from antq_stats.bundle.layout import Layout, PeriodPlace
from antq_stats.form.editions import edition_bytes, file_of
from antq_stats.output_marks import JSON_KEY
from antq_stats.reading.discover import CHANGES_FILE
from antq_stats.version import __version__

VERSION = 1
_LIBRARIES = (
    "Babel", "Jinja2", "XlsxWriter", "docxtpl", "highspy", "isal", "lxml", "numpy", "openpyxl", "pandas",
    "pydantic", "python-calamine", "python-docx",
)  # fmt: skip
"""The libraries that read the returns, add them up and write the reports."""

Entry = dict[str, Any]


class ManifestError(ValueError):
    """A text is no manifest of a bundle.

    Parameters
    ----------
    problem : a keyword of the catalogue.
    """

    def __init__(self, problem: str = "bad-manifest") -> None:
        self.problem = problem
        super().__init__(problem)


class Output(NamedTuple):
    """A report or a table of figures in a bundle."""

    file: str
    command: str
    """The command line that makes it, for the unpacked bundle."""
    stated: str
    """What a report says of itself (`antq_stats.render.writing.statement`); empty for a table of figures."""


class Manifest(NamedTuple):
    """A manifest."""

    made_with: dict[str, str]
    """The program, Python and the libraries, each with its version."""
    period: str
    periods: list[Entry]
    """For each period its folder, form, register and changes; the one of the reports first."""
    outputs: list[Output]
    left_out: list[Entry]
    """Files that are not in the bundle, each with the reason."""
    files: dict[str, Digest]
    """Path of each file but the manifest -> its size and its SHA-256."""

    def text(self) -> str:
        """Return the manifest as JSON, with a line for each file."""
        made_with = dict(self.made_with)
        head: Entry = {
            JSON_KEY: made_with.pop(JSON_KEY),
            "bundle": VERSION,
            "period": self.period,
            "made_with": made_with,
        }
        lists = {
            "periods": self.periods,
            "outputs": [output._asdict() for output in self.outputs],
            "left_out": self.left_out,
            "files": [
                {"file": name, "bytes": size, "sha256": digest} for name, (size, digest) in self.files.items()
            ],
        }
        lines = [f" {_json(key)}: {_json(value)}" for key, value in head.items()]
        for key, entries in lists.items():
            rows = ",\n".join(f"  {_json(entry)}" for entry in entries)
            lines.append(f" {_json(key)}: [\n{rows}\n ]" if rows else f" {_json(key)}: []")
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def parsed(cls, content: bytes) -> Manifest:
        """Return what a manifest says.

        Raises
        ------
        ManifestError
            It is none, or one of a later version.
        """
        try:
            raw = json.loads(content)
            _check_version(raw["bundle"])
            made_with = {JSON_KEY: raw[JSON_KEY], **raw["made_with"]}
            manifest = cls(
                {str(name): str(version) for name, version in made_with.items()},
                str(raw["period"]),
                [dict(entry) for entry in raw["periods"]],
                [Output(**{key: str(entry[key]) for key in Output._fields}) for entry in raw["outputs"]],
                [dict(entry) for entry in raw["left_out"]],
                {str(e["file"]): (int(e["bytes"]), str(e["sha256"])) for e in raw["files"]},
            )
            _check_folders([entry["folder"] for entry in manifest.periods])
        except ManifestError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise ManifestError from error
        return manifest


def _check_version(version: float) -> None:
    if version != VERSION:
        raise ManifestError("later-bundle" if version > VERSION else "bad-manifest")


def _check_folders(folders: Sequence[object]) -> None:
    """Refuse periods of which there is none, or which do not have a folder each."""
    if not folders or len(set(folders)) < len(folders) or {*map(type, folders)} != {str}:
        raise ManifestError


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def versions() -> dict[str, str]:
    """Return the versions of the program, of Python and of the libraries that are installed."""
    found = {JSON_KEY: __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[library] = metadata.version(library)
    return found


def periods_of(layout: Layout, hashes: Mapping[str, Digest]) -> list[Entry]:
    """Return what the manifest says of the periods.

    Parameters
    ----------
    layout : the periods and their files.
    hashes : size and SHA-256 of the files.
    """
    return [_period(place, inputs, hashes) for place, inputs in layout.inputs]


def _period(place: PeriodPlace, inputs: Sequence[str], hashes: Mapping[str, Digest]) -> Entry:
    period = place.result.period
    form = period.form
    form_file = place.form or _nearest(
        place, inputs, None if period.form_file is None else period.form_file.name
    )
    units = place.units or _nearest(place, inputs, period.units_file.name)
    entry: Entry = {
        "period": period.name,
        "folder": place.folder,
        "form": {"id": form.id, "version": form.version}
        | (_built_in(file_of(form.version), edition_bytes(form.version)) if form_file is None
           else _hashed(form_file, hashes)),
        "register": {"units": len(period.register)}
        | ({} if units is None else _hashed(units, hashes)),
        "changes": _changes(_nearest(place, inputs, CHANGES_FILE), hashes),
    }  # fmt: skip
    named = {"form": place.form, "units": place.units, "period": place.period}
    return entry | {"named": {key: value for key, value in named.items() if value is not None}}


def _nearest(place: PeriodPlace, inputs: Sequence[str], name: str | None) -> str | None:
    """Return the place of a file in the folder of a period or above it; None if there is none."""
    folder = place.folder
    while name is not None and folder:
        if f"{folder}/{name}" in inputs:
            return f"{folder}/{name}"
        folder = folder.rpartition("/")[0]
    return None


def _changes(file: str | None, hashes: Mapping[str, Digest]) -> Entry:
    if file is not None:
        return _hashed(file, hashes)
    from antq_stats.country.packed import PACKED

    return _built_in(PACKED, resources.files("antq_stats.country").joinpath(PACKED).read_bytes())


def _hashed(file: str, hashes: Mapping[str, Digest]) -> Entry:
    """Return what is said of a file. It has no hash if a manifest that was forged keeps it elsewhere."""
    return {"file": file, "sha256": hashes[file][1] if file in hashes else None}


def _built_in(name: str, content: bytes) -> Entry:
    return {"built_in": name, "sha256": sha256(content)}


def left_out_of(layout: Layout) -> list[Entry]:
    """Return what the manifest says of files that are not in the bundle: they hold data of persons."""
    return [{"file": name, "reason": reason} for name, reason in sorted(layout.left_out.items())]


def differences(stated: Manifest, computed: Manifest) -> Iterator[tuple[str, str, str]]:
    """Yield what two manifests say differently of periods and outputs: the place, and both values.

    Parameters
    ----------
    stated : the manifest of the bundle.
    computed : the one made of the files of the bundle.
    """
    one, other = (
        {"period": each.period, "periods": each.periods, "outputs": [o._asdict() for o in each.outputs]}
        for each in (stated, computed)
    )
    first, second = dict(_flat("", one)), dict(_flat("", other))
    for place in sorted({*first, *second}):
        if first.get(place) != second.get(place):
            yield place, first.get(place, ""), second.get(place, "")


def _flat(place: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flat(f"{place}.{key}" if place else str(key), each)
    elif isinstance(value, list):
        for at, each in enumerate(value, 1):
            yield from _flat(f"{place}[{at}]", each)
    else:
        yield place, str(value)

"""Make bundles, change what is in them, and verify them by the command line."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from helpers.command import CommandResult, run

Change = bytes | Callable[[bytes], bytes] | None
"""New bytes of a file, what makes them of the old ones, or None to remove it."""


def report(folder: Path, name: str, *options: object) -> Path:
    """Make a report of a folder, beside it."""
    path = folder.parent / name
    done = run("report", folder, "-o", path, *options)
    assert path.exists(), done.output
    return path


def bundle(folder: Path, target: Path, *reports: Path, options: Iterable[object] = ()) -> CommandResult:
    """Make a bundle of a folder with reports."""
    given = [word for path in reports for word in ("--report", path)]
    return run("bundle", folder, "-o", target, *given, *options)


def packed(folder: Path, target: Path, *reports: Path, options: Iterable[object] = ()) -> Path:
    """Make a bundle that must succeed, and return its path."""
    done = bundle(folder, target, *reports, options=options)
    assert target.exists(), done.output
    return target


def verified(path: Path, *options: object) -> dict[str, Any]:
    """Return the JSON of verifying a bundle; its status is that of the findings."""
    done = run("verify", path, "--format", "json", *options)
    assert done.data is not None, done.output
    assert done.status == (0 if done.data["agrees"] else 1)
    return dict(done.data)


def codes(data: Mapping[str, Any]) -> set[str]:
    """Return the codes of the findings."""
    return {finding["code"] for finding in data["findings"]}


def finding(data: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the only finding of a code."""
    (found,) = (each for each in data["findings"] if each["code"] == code)
    return dict(found)


def manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of a bundle."""
    with zipfile.ZipFile(path) as archive:
        return dict(json.loads(archive.read("manifest.json")))


def changed(path: Path, changes: Mapping[str, Change], *, forged: bool = False) -> Path:
    """Return a copy of a bundle in which some files are changed, removed or added.

    Parameters
    ----------
    path : the bundle.
    changes : path in the bundle -> the change.
    forged : whether manifest and comment are made to fit, as by somebody who knows the format.
    """
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        comment = archive.comment
    for name, change in changes.items():
        if change is None:
            del files[name]
        else:
            files[name] = change(files[name]) if callable(change) else change
    if forged:
        said = json.loads(files["manifest.json"])
        for entry in said["files"]:
            content = files[entry["file"]]
            entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        files["manifest.json"] = json.dumps(said, ensure_ascii=False).encode()
        comment = comment[:-64] + hashlib.sha256(files["manifest.json"]).hexdigest().encode()
    copy = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(copy, "w") as archive:
        archive.comment = comment
        for name, content in files.items():
            archive.writestr(name, content)
    return copy

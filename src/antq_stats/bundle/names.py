"""Names of files and folders in a bundle."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import PurePosixPath, PureWindowsPath

from antq_stats.output_marks import BUNDLE_MANIFEST, RESULT_FOLDER

MANIFEST = BUNDLE_MANIFEST
PROVENANCE = "prov.json"
DATA, FIGURES, REPORTS, SETUP = "data", "figures", "reports", "setup"
"""Folders of the returns, of the figures, of the reports, and of files named on the command line."""
MARK = RESULT_FOLDER
"""By this file a bundle among returns is passed over, as an archive and when it is unpacked."""

_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def file_name(text: str) -> str:
    """Return a text as the name of a file."""
    return _NOT_IN_A_NAME.sub("-", encodable(text)).strip(" .") or "-"


def encodable(name: str) -> str:
    """Return a name of this system with bytes that are no UTF-8 replaced."""
    return name.encode("utf-8", "replace").decode("utf-8")


def free_name(folder: str, name: str, taken: Container[str]) -> str:
    """Return the path of a file in a folder, with a numbered folder between them if that path is taken.

    Parameters
    ----------
    folder : the folder.
    name : the name of the file.
    taken : paths in lower case.
    """
    place, number = f"{folder}/{name}", 1
    while place.lower() in taken:
        number += 1
        place = f"{folder}/{number}/{name}"
    return place


def is_safe(name: str) -> bool:
    """Return whether a name leads to a file below the folder that it is unpacked into, on any system."""
    plain, windows = PurePosixPath(name), PureWindowsPath(name)
    parts = {*plain.parts, *windows.parts, *name.split("/")}
    return bool(
        name and not plain.is_absolute() and not windows.anchor and parts.isdisjoint(("..", ".", ""))
        and "\0" not in name
    )  # fmt: skip

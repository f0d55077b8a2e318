"""Relationships between the parts of a package (Open Packaging Conventions).

Parts are found by relationships, whatever their names are.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from antq_stats.reading.files.cells.xml_parts import local, parse
from antq_stats.reading.files.container import Package

_XLSB = b"\x83\x01"
"""First bytes of the workbook part of an xlsb: the record BrtBeginBook."""
_XLSX = re.compile(rb"<(?:\w+:)?workbook[\s>]")


class Relation(NamedTuple):
    """A relationship of a part."""

    kind: str
    """Last segment of the relationship's type: ``worksheet``, ``styles``."""
    target: str
    """Name of the target part from the root of the package; an external target as written."""


def relations_of(package: Package, part: str) -> dict[str, Relation]:
    """Return the relationships of a part by their id.

    Parameters
    ----------
    package : the package.
    part : name of the part; ``""`` for the package itself.
    """
    folder, _, name = part.rpartition("/")
    relations_part = f"{folder}/_rels/{name}.rels".lstrip("/")
    found: dict[str, Relation] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            target = attributes.get("Target", "")
            inside = attributes.get("TargetMode") != "External"
            kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
            found[attributes.get("Id", "")] = Relation(kind, _resolved(folder, target) if inside else target)

    if relations_part in package:
        parse(package.read(relations_part), relations_part, relation)
    return found


def workbook_part(package: Package, usual: str) -> str:
    """Return the name of the workbook part: by the package's relationships, else ``usual``."""
    relations = relations_of(package, "").values()
    return next((r.target for r in relations if r.kind == "officeDocument" and r.target in package), usual)


def kind_by_relations(package: Package) -> str | None:
    """Return the kind of a workbook whose parts have unusual names: xlsx, xlsb, or None for no workbook."""
    part = workbook_part(package, "")
    if part not in package:
        return None
    content = package.read(part)
    if content.startswith(_XLSB):
        return "xlsb"
    return "xlsx" if _XLSX.search(content.replace(b"\0", b"")[:4096]) else None


def _resolved(folder: str, target: str) -> str:
    """Return a target as a part name from the root. Some programs write backslashes."""
    target = unquote(target.replace("\\", "/"))
    steps: list[str] = []
    for step in (target if target.startswith("/") else f"{folder}/{target}").split("/"):
        if step == "..":
            steps[-1:] = []
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def file_named(path: str) -> str:
    """Return the file name in the path of an external link, without folders and sheet.

    Parameters
    ----------
    path : as written. BIFF separates folders with control characters; ``[book.xls]Sheet`` names a sheet too.
    """
    path = unquote("".join("/" if letter < " " else letter for letter in path)).replace("\\", "/")
    name = path.rstrip("/").rpartition("/")[2]
    before, bracket, after = name.partition("[")
    return (after.partition("]")[0] if bracket and not before else name) or path

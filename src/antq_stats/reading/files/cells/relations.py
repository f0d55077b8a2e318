"""How the parts of a package lead to one another (OPC): by relations, whatever the parts are called."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from antq_stats.reading.files.cells.xml_parts import local, parse
from antq_stats.reading.files.container import Package

_XLSB = b"\x83\x01"
"""How the workbook of an xlsb begins."""
_XLSX = re.compile(rb"<(?:\w+:)?workbook[\s>]")


class Relation(NamedTuple):
    """What a part leads to."""

    kind: str
    """Last word of the relation's type: ``worksheet``, ``styles``."""
    target: str
    """Name of the part, from the root of the package; as written where it is outside."""


def relations_of(package: Package, part: str) -> dict[str, Relation]:
    """Return the relations of a part by their id; those of the package itself for ``""``."""
    folder, _, name = part.rpartition("/")
    place = f"{folder}/_rels/{name}.rels".lstrip("/")
    found: dict[str, Relation] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            target = attributes.get("Target", "")
            inside = attributes.get("TargetMode") != "External"
            kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
            found[attributes.get("Id", "")] = Relation(kind, _resolved(folder, target) if inside else target)

    if place in package:
        parse(package.read(place), place, relation)
    return found


def workbook_part(package: Package, usual: str) -> str:
    """Return the part that holds the workbook: the one the package leads to, else the usual one."""
    leads = relations_of(package, "").values()
    return next((r.target for r in leads if r.kind == "officeDocument" and r.target in package), usual)


def kind_by_relations(package: Package) -> str | None:
    """Return the kind of a workbook that has none of the usual names: xlsx, xlsb, or None for no workbook."""
    part = workbook_part(package, "")
    if part not in package:
        return None
    content = package.read(part)
    if content.startswith(_XLSB):
        return "xlsb"
    return "xlsx" if _XLSX.search(content.replace(b"\0", b"")[:4096]) else None


def _resolved(folder: str, target: str) -> str:
    """Return a target as a name from the root; backslashes are some writers' strokes."""
    target = unquote(target.replace("\\", "/"))
    steps: list[str] = []
    for step in (target if target.startswith("/") else f"{folder}/{target}").split("/"):
        if step == "..":
            steps[-1:] = []
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def file_named(path: str) -> str:
    """Return the name of the file in the path of a link, without the folders it stands in."""
    path = unquote("".join("/" if letter < " " else letter for letter in path)).replace("\\", "/")
    name = path.rstrip("/").rpartition("/")[2]
    before, bracket, after = name.partition("[")
    return (after.partition("]")[0] if bracket and not before else name) or path

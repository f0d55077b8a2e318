"""The parts of a workbook that is patched; an unchanged part is written back as it was read."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator

from lxml import etree

from antq_stats.plan import Limits
from antq_stats.reading.files.container import MIB, FileProblem, Package

TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"

_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_PACKAGE_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_EMPTY_RELATIONS = f'<Relationships xmlns="{_PACKAGE_RELATIONS}"/>'.encode()
_LARGEST = 48  # MiB of one part; its tree takes about ten times that
_SIGNATURES = "_xmlsignatures/"


class NotAnnotatable(Exception):  # noqa: N818 - no error: the sender gets a list only
    """A file that cannot be patched.

    Parameters
    ----------
    reason : the end of the key of a phrase ``annotated.why-…``.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Parts:
    """The parts of an OOXML workbook, by name without regard to case; each is parsed once, when needed.

    Parameters
    ----------
    data : the bytes of the file.
    limits : limits of a file that is read.

    Raises
    ------
    NotAnnotatable
        ``unreadable`` for a file that is no package or exceeds the limits, ``format`` for another format,
        ``signed`` for one with a digital signature, which a change would break.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._package = Package(data, limits)
            kind = "locked" if self._package.locked else self._package.kind
        except FileProblem as problem:
            raise NotAnnotatable("unreadable") from problem
        if kind != "xlsx":
            raise NotAnnotatable("format")
        if any(name.startswith(_SIGNATURES) for name in self._package.parts):
            raise NotAnnotatable("signed")
        self._trees: dict[str, etree._Element] = {}
        self._edited: set[str] = set()
        self._put: dict[str, tuple[str, bytes]] = {}
        self.is_strict = self.tree(WORKBOOK).tag == f"{{{STRICT_MAIN}}}workbook"
        self.main = STRICT_MAIN if self.is_strict else MAIN
        self.relations = STRICT_RELATIONS if self.is_strict else RELATIONS
        if self.tree(WORKBOOK).tag != f"{{{self.main}}}workbook":
            raise NotAnnotatable("unreadable")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._put or name in self._package

    def read(self, name: str) -> bytes:
        """Return the bytes of a part, without changes made in its tree."""
        if name.lower() in self._put:
            return self._put[name.lower()][1]
        try:
            return self._package.read(name)
        except FileProblem as problem:
            raise NotAnnotatable("unreadable") from problem

    def tree(self, name: str) -> etree._Element:
        """Return the root of a part, for reading."""
        key = name.lower()
        if key not in self._trees:
            self._trees[key] = _parsed(self.read(name))
        return self._trees[key]

    def edit(self, name: str) -> etree._Element:
        """Return the root of a part, for changes: the part is then written from its tree."""
        root = self.tree(name)
        self._edited.add(name.lower())
        return root

    def put(self, name: str, content: bytes) -> None:
        """Add a part, or replace the bytes of a part."""
        self._put[name.lower()] = (name, content)
        self._trees.pop(name.lower(), None)
        self._edited.discard(name.lower())

    def free_name(self, pattern: str) -> str:
        """Return the first free name of a pattern such as ``xl/comments{}.xml``."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def names(self) -> Iterator[str]:
        """Yield the names of all parts in lower case."""
        yield from self._package.parts
        yield from (name for name in self._put if name not in self._package.parts)

    def declare(self, name: str, content_type: str) -> None:
        """Add a new part to the content types."""
        override = etree.SubElement(self.edit(TYPES), f"{{{_PACKAGE_TYPES}}}Override")
        override.set("PartName", f"/{name}")
        override.set("ContentType", content_type)

    def related(self, part: str) -> list[tuple[str, str, str]]:
        """Return id, kind (the last word of the type) and target part of each relation of a part.

        The target is empty for a relation to a resource outside the package.
        """
        name = _relations_of(part)
        if name not in self:
            return []
        return [
            (
                relation.get("Id", ""),
                relation.get("Type", "").rpartition("/")[2],
                "" if relation.get("TargetMode") == "External" else _target(part, relation.get("Target", "")),
            )
            for relation in self.tree(name).iterchildren(f"{{{_PACKAGE_RELATIONS}}}Relationship")
        ]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation from one part to another; return its id.

        Parameters
        ----------
        part, target : names of the parts.
        kind : the last word of the type of the relation.
        """
        name = _relations_of(part)
        if name not in self:
            self.put(name, _EMPTY_RELATIONS)
        root = self.edit(name)
        taken = {relation.get("Id") for relation in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        relation = etree.SubElement(root, f"{{{_PACKAGE_RELATIONS}}}Relationship")
        relation.set("Id", f"rId{number}")
        relation.set("Type", f"{self.relations}/{kind}")
        relation.set("Target", f"/{target}")
        return f"rId{number}"

    def save(self) -> bytes:
        """Return the workbook, with the parts in their old order and the new ones at the end."""
        for key in sorted(self._edited):
            member = self._package.parts.get(key)
            name = self._put[key][0] if key in self._put else member.filename if member else key
            tree = self._trees[key].getroottree()
            self._put[key] = (
                name,
                etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True),
            )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for key, member in self._package.parts.items():
                content = self._put[key][1] if key in self._put else self.read(key)
                archive.writestr(_entry(member.filename, member), content)
            for key, (name, content) in self._put.items():
                if key not in self._package.parts:
                    archive.writestr(_entry(name), content)
        return out.getvalue()


def _entry(name: str, like: zipfile.ZipInfo | None = None) -> zipfile.ZipInfo:
    """Return the zip entry of a part, with the metadata of an old one; a new part has a fixed date."""
    entry = zipfile.ZipInfo(name, like.date_time if like else (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED if like is None else like.compress_type
    entry.external_attr = 0o600 << 16 if like is None else like.external_attr
    entry.create_system = 0 if like is None else like.create_system
    return entry


def _parsed(content: bytes) -> etree._Element:
    if len(content) > _LARGEST * MIB:
        raise NotAnnotatable("too-large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotAnnotatable("unreadable") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotAnnotatable("unreadable")
    return root


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _target(part: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))

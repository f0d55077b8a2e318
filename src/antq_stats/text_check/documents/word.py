"""The text of a Word document (ECMA-376, part 1, 17): body, headers, footers, notes and text boxes.

A docx is a zip file of unknown origin, so the same limits and refusals apply as to returns. Not read are text
that is struck out, hidden, raised or deleted in tracked changes, fallback content for older versions of Word,
and the results of fields such as page numbers.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sized
from typing import NamedTuple

from antq_stats.plan import Limits
from antq_stats.reading.files.cells.xml_parts import local, parse
from antq_stats.reading.files.container import OLE2, FileProblem, Package, magic_of
from antq_stats.text_check.documents.blocks import DocumentBuilder

_BODY = "word/document.xml"
_BESIDE = re.compile(r"(?:header|footer|footnotes|endnotes)\d*\.xml")
_UNREAD = (
    ("chart", re.compile(r"charts/chart[^/]*\.xml")),
    ("diagram", re.compile(r"diagrams/data[^/]*\.xml")),
    ("object", re.compile(r"embeddings/[^/]+")),
    ("picture", re.compile(r"media/[^/]+")),
)
"""Parts that may show figures and are not read."""

_IGNORED_ELEMENTS = frozenset(
    {"Fallback", "del", "moveFrom", "pPrChange", "rPrChange", "tblPrChange", "trPrChange", "tcPrChange",
     "sectPrChange"}
)  # fmt: skip
_SPACES = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " "}
_IGNORED_FIELDS = frozenset(
    {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "TOC", "DATE", "TIME", "CREATEDATE",
     "SAVEDATE", "PRINTDATE", "NOTEREF", "SEQ", "REVNUM", "LISTNUM", "AUTONUM", "FILENAME", "INDEX"}
)  # fmt: skip
"""Fields whose results are pages, dates or numbering."""
_OFF = frozenset({"0", "false", "off", "none", "baseline"})
_MARKS = {"vanish": "hidden", "strike": "struck", "dstrike": "struck", "vertAlign": "raised"}
"""Properties of a run whose text is not read, by the kind of unread text."""
_DEEPEST = 100  # most fields nested in one another
_WIDEST = 200  # most columns that a cell can span


def read_word(data: bytes, limits: Limits, builder: DocumentBuilder) -> None:
    """Read a docx into a document builder.

    Parameters
    ----------
    data : the bytes of the file.
    limits : limits on the size of the file and its parts.
    builder : takes the paragraphs and tables.

    Raises
    ------
    FileProblem
        F102, F103, F105 or F106.
    TooMuch
        The text is longer than a report can be.
    """
    if data.startswith(OLE2):
        raise FileProblem("F105", found="word")
    if not data.startswith(b"PK"):
        raise FileProblem("F105", found=magic_of(data) or "binary")
    package = Package(data, limits)
    if package.locked:
        raise FileProblem("F103")
    body = _main_part(package)
    if body is None:
        raise FileProblem("F105", found=package.kind)
    folder = posixpath.dirname(body)
    marked = _marked_styles(package, posixpath.join(folder, "styles.xml"))
    beside = [name for name in package.parts if posixpath.dirname(name) == folder]
    for part in (body, *sorted(name for name in beside if _BESIDE.fullmatch(posixpath.basename(name)))):
        story = _Story(part, builder, marked)
        parse(package.read(part), part, story.start, story.end, story.data)
        builder.unread["field"] += story.has_open_field
    for name in package.parts:
        inner = posixpath.relpath(name, folder) if folder else name
        for kind, pattern in _UNREAD:
            builder.unread[kind] += bool(pattern.fullmatch(inner))
        if inner == "comments.xml":
            builder.unread["comment"] += len(re.findall(rb"<(?:\w+:)?comment\s", package.read(name)))


def _main_part(package: Package) -> str | None:
    """Return the main document part by its relationship, else by its usual name, in lower case."""
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(posixpath.normpath(attributes.get("Target", "")).lstrip("/").lower())

    if "_rels/.rels" in package:
        parse(package.read("_rels/.rels"), "_rels/.rels", start)
    known = (name for name in (*found, _BODY) if name in package and name.endswith(".xml"))
    return next((name for name in known if not name.startswith(("xl/", "ppt/"))), None)


def _value(attributes: dict[str, str]) -> str | None:
    return next((text for key, text in attributes.items() if local(key) == "val"), None)


def _mark(tag: str, attributes: dict[str, str]) -> tuple[str, bool]:
    """Return the mark of a property, and whether the property sets or clears it."""
    return _MARKS[tag], (_value(attributes) or "on").lower() not in _OFF


def _marked_styles(package: Package, part: str) -> dict[str, dict[str, bool]]:
    """Return the marks that styles set or clear, inherited ones included; only styles that set any."""
    own_marks: dict[str, dict[str, bool]] = {}
    based: dict[str, str] = {}
    style = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal style
        tag = local(name)
        if tag == "style":
            style = next((text for key, text in attributes.items() if local(key) == "styleId"), "")
            own_marks[style] = {}
        elif tag == "basedOn":
            based[style] = _value(attributes) or ""
        elif style and tag in _MARKS:
            mark, is_set = _mark(tag, attributes)
            own_marks[style][mark] = is_set

    if part in package:
        parse(package.read(part), part, start)

    def resolved(name: str) -> dict[str, bool]:
        chain: list[str] = []
        while name in own_marks and name not in chain:
            chain.append(name)
            name = based.get(name, "")
        marks: dict[str, bool] = {}
        for style_name in reversed(chain):
            marks |= own_marks[style_name]
        return marks

    return (
        {name: marks for name in own_marks if any((marks := resolved(name)).values())}
        if any(own_marks.values())
        else {}
    )


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.cell: list[str] = []
        self.span = 1


class _Field(NamedTuple):
    """An open complex field: its instruction, and whether its result has begun."""

    instruction: list[str]
    has_result: bool = False

    @property
    def is_ignored(self) -> bool:
        return self.has_result and _is_ignored("".join(self.instruction))


def _is_ignored(instruction: str) -> bool:
    return (instruction.split() or [""])[0].upper() in _IGNORED_FIELDS


class _Story:
    """Parser target for a WordprocessingML part: passes paragraphs and tables to the builder."""

    def __init__(self, part: str, builder: DocumentBuilder, styles: dict[str, dict[str, bool]]) -> None:
        self._part = part
        self._builder = builder
        self._styles = styles
        self._tables: list[_Table] = []
        self._texts: list[list[str]] = []
        self._fields: list[_Field] = []
        self._paragraphs: list[dict[str, bool]] = []
        """Marks of the open paragraphs, from their styles."""
        self._runs: list[dict[str, bool]] = []
        self._simple: list[bool] = []
        self._properties = 0
        """Open elements within the properties of a paragraph, which format its mark and not its text."""
        self._text_element: str | None = None
        self._skipping = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if self._skipping or tag in _IGNORED_ELEMENTS:
            self._skipping += 1
            return
        if tag == "pPr" or self._properties:
            self._properties += 1
            if tag == "pStyle" and self._paragraphs:
                self._paragraphs[-1].update(self._styles.get(_value(attributes) or "", {}))
        elif tag == "p":
            self._texts.append([])
            self._paragraphs.append({})
        elif tag == "r":
            self._runs.append(dict(self._paragraphs[-1]) if self._paragraphs else {})
        elif self._runs and tag == "rStyle":
            self._runs[-1].update(self._styles.get(_value(attributes) or "", {}))
        elif self._runs and tag in _MARKS:
            mark, is_set = _mark(tag, attributes)
            self._runs[-1][mark] = is_set
        elif tag in ("t", "instrText"):
            self._text_element = tag
        elif tag in _SPACES and self._texts:
            self._texts[-1].append(_SPACES[tag])
        else:
            self._start_other(tag, attributes)

    def _start_other(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "fldChar":
            kind = next((text for key, text in attributes.items() if local(key) == "fldCharType"), "")
            if kind == "begin":
                self._fields.append(_Field([]))
                self._check_depth(self._fields)
            elif kind == "separate" and self._fields:
                self._fields[-1] = self._fields[-1]._replace(has_result=True)
            elif kind == "end" and self._fields:
                self._fields.pop()
        elif tag == "fldSimple":
            instruction = next((text for key, text in attributes.items() if local(key) == "instr"), "")
            self._simple.append(_is_ignored(instruction))
            self._check_depth(self._simple)
        elif tag == "tbl":
            self._tables.append(_Table())
        elif self._tables and tag == "tr":
            self._tables[-1].rows.append([])
        elif self._tables and tag == "tc":
            self._tables[-1].cell, self._tables[-1].span = [], 1
        elif self._tables and tag == "gridSpan":
            value = _value(attributes) or "1"
            self._tables[-1].span = min(int(value), _WIDEST) if value.isdecimal() and len(value) < 9 else 1

    def _check_depth(self, fields: Sized) -> None:
        if len(fields) > _DEEPEST:
            raise FileProblem("F102", problem="xml-malformed", place=self._part)

    def end(self, name: str) -> None:
        tag = local(name)
        if self._skipping:
            self._skipping -= 1
        elif self._properties:
            self._properties -= 1
        elif tag in ("t", "instrText"):
            self._text_element = None
        elif tag == "r" and self._runs:
            self._runs.pop()
        elif tag == "fldSimple" and self._simple:
            self._simple.pop()
        elif tag == "p" and self._texts:
            self._paragraphs.pop()
            self._paragraph("".join(self._texts.pop()))
        elif tag == "tc" and self._tables and self._tables[-1].rows:
            table = self._tables[-1]
            text = "\n".join(table.cell)
            again = "" if any(map(str.isdigit, text)) else text  # a figure is not repeated
            self._builder.count_characters(again * (table.span - 1))
            table.rows[-1] += [text, *[again] * (table.span - 1)]
        elif tag == "tbl" and self._tables:
            self._builder.table(self._tables.pop().rows)

    def data(self, text: str) -> None:
        if self._skipping or self._text_element is None:
            return
        if self._text_element == "instrText":
            if self._fields and not self._fields[-1].has_result:
                self._fields[-1].instruction.append(text)
            return
        if not self._texts or any(self._simple) or any(field.is_ignored for field in self._fields):
            return
        marks = self._runs[-1] if self._runs else {}
        if (kind := next((mark for mark, is_set in marks.items() if is_set), None)) is not None:
            self._builder.unread[kind] += any(map(str.isdigit, text))
            return
        self._builder.count_characters(text)
        self._texts[-1].append(text)

    @property
    def has_open_field(self) -> bool:
        """Whether an ignored field is still open, so that the text behind it was ignored too."""
        return any(field.is_ignored for field in self._fields)

    def _paragraph(self, text: str) -> None:
        if self._tables:
            self._tables[-1].cell.append(text)
        else:
            self._builder.paragraph(text)

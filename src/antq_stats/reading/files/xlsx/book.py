"""The workbook of an xlsx: its sheets, shared texts, styles and external links."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from antq_stats.reading.files.cells.book import Book
from antq_stats.reading.files.cells.relations import Relation, file_named, relations_of, workbook_part
from antq_stats.reading.files.cells.text_parts import RAISED, STRUCK, Part
from antq_stats.reading.files.cells.xml_parts import local, parse
from antq_stats.reading.files.container import FileProblem, Package

STANDARD_PART = "xl/workbook.xml"
_RELATIONS = re.compile(r"http://(?:schemas\.openxmlformats|purl\.oclc)\.org/.*relationships")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(rb'formatCode="[^"]*[dmyhsDMYHS\[]')
_FIRST_STYLE = re.compile(rb'<cellXfs[^<>]*>\s*<xf [^<>]*?numFmtId="(\d+)"')


class SheetEntry(NamedTuple):
    """A sheet as the workbook names it."""

    name: str
    part: str
    """Name of its part; ``""`` if it has none."""
    is_hidden: bool
    is_table: bool
    """True for a worksheet with a part; False for a chart or macro sheet and an empty entry."""


class XlsxBook(NamedTuple):
    """The workbook of a package."""

    sheets: list[SheetEntry]
    parts: dict[str, str]
    """Names of the workbook's parts by the kind of relationship: ``styles``, ``sharedStrings``."""
    has_standard_layout: bool
    """True if all parts have their standard names, so that every reader finds the same ones."""
    recalculates_on_load: bool
    """True if the workbook asks for its formulas to be calculated when it is opened."""
    since_1904: bool
    """True if serial dates count from 1904."""
    links: list[str]
    """Names of the files that formulas refer to as [1], [2] …; ``?`` if unknown."""


def is_on(value: str | None) -> bool:
    """Return whether an XML boolean is true; None is False."""
    return value is not None and value.strip().lower() in ("1", "true", "on")


class _WorkbookHandler:
    """The XML handler of the workbook part."""

    def __init__(self) -> None:
        self.spaces: dict[str, str] = {}
        self.entries: list[tuple[str, str, bool]] = []
        self.links: list[str] = []
        self.recalculates_on_load = self.since_1904 = False
        self.has_standard_layout = True

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                known = self.spaces.setdefault(key[6:], value)
                self.has_standard_layout = self.has_standard_layout and known == value
        if tag == "sheet":
            sheet = (
                attributes.get("name", ""),
                self._relation(attributes),
                attributes.get("state", "visible").strip().lower() != "visible",
            )
            self.entries.append(sheet)
            self.has_standard_layout = self.has_standard_layout and bool(sheet[1])
        elif tag == "externalReference":
            self.links.append(self._relation(attributes))
        elif tag == "calcPr":
            self.recalculates_on_load = is_on(attributes.get("fullCalcOnLoad"))
        elif tag == "workbookPr":
            self.since_1904 = is_on(attributes.get("date1904"))
        if ":" in name:
            self.has_standard_layout = self.has_standard_layout and tag not in ("sheet", "sheets", "workbook")

    def _relation(self, attributes: dict[str, str]) -> str:
        """Return the relationship id of an element: its attribute ``id`` in the relationships namespace."""
        ids = {key.rpartition(":")[0]: value for key, value in attributes.items() if key.endswith(":id")}
        of_relations = [v for k, v in ids.items() if _RELATIONS.match(self.spaces.get(k, ""))]
        self.has_standard_layout = self.has_standard_layout and set(ids) == {"r"}
        if len(set(of_relations)) > 1:
            raise FileProblem("F102", problem="sheets-unclear")
        return next(iter(of_relations), ids.get("r", ""))


def open_xlsx(package: Package) -> XlsxBook:
    """Read the workbook part of a package and its relationships.

    Raises
    ------
    FileProblem
        F102 if a part is missing or damaged, or two sheets have the same name or part.
    """
    part = workbook_part(package, STANDARD_PART)
    relations = relations_of(package, part)
    book = _WorkbookHandler()
    parse(package.read(part), part, book.start)
    sheets: list[SheetEntry] = []
    for name, number, is_hidden in book.entries:
        relation = relations.get(number, Relation("", ""))
        if number and (not relation.target or relation.target not in package):
            raise FileProblem("F102", problem="part-missing", place=name)
        is_table = relation.kind == "worksheet"
        sheets.append(SheetEntry(name, relation.target, is_hidden, is_table))
    targets = [sheet.part.lower() for sheet in sheets if sheet.part]
    if len(set(targets)) != len(targets) or len({sheet.name for sheet in sheets}) != len(sheets):
        raise FileProblem("F102", problem="sheets-unclear")
    parts = {relation.kind: relation.target for relation in relations.values() if relation.target in package}
    standard = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
    has_standard_layout = (
        book.has_standard_layout
        and part == STANDARD_PART
        and all(sheet.part.startswith("xl/worksheets/") for sheet in sheets if sheet.is_table)
        and all(sheet.part for sheet in sheets)
        and all((place in package) == (parts.get(kind) == place) for kind, place in standard.items())
        and all(name.isascii() for name in package.parts)
        and package.is_plainly_named
    )
    links = [
        _file_of(package, relations[number].target) if number in relations else "?" for number in book.links
    ]
    return XlsxBook(sheets, parts, has_standard_layout, book.recalculates_on_load, book.since_1904, links)


def _file_of(package: Package, link: str) -> str:
    """Return the name of the file, or the topic of DDE, that an external link part refers to."""
    if link not in package:
        return "?"
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "ddeLink":
            found.append(file_named(attributes.get("ddeTopic", "?")))

    parse(package.read(link), link, start)
    targets = [relation.target for relation in relations_of(package, link).values()]
    return next((file_named(target) for target in (*found, *targets)), "?")


# -- texts ---------------------------------------------------------------------------------------


class TextParts:
    """Collects the parts of a text with their flags while its XML is parsed."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.flags = 0
        self.in_text = False
        self.in_phonetic = False
        """Inside a phonetic text (``rPh``), which is not part of the cell's text."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Process the start of an element inside a text."""
        if tag == "rPh":
            self.in_phonetic = True
        elif tag == "r":
            self.flags = 0
        elif tag == "vertAlign" and attributes.get("val") in ("superscript", "subscript"):
            self.flags |= RAISED
        elif tag == "strike" and is_on(attributes.get("val", "1")):
            self.flags |= STRUCK
        elif tag == "t" and not self.in_phonetic:
            self.in_text = True
            self.parts.append(("", self.flags))

    def data(self, text: str) -> None:
        """Process character data."""
        if self.in_text:
            before, flags = self.parts[-1]
            self.parts[-1] = (before + text, flags)

    def end(self, tag: str) -> None:
        """Process the end of an element inside a text."""
        if tag == "t":
            self.in_text = False
        elif tag == "rPh":
            self.in_phonetic = False
        elif tag == "r":
            self.flags = 0

    def finish(self) -> tuple[Part, ...]:
        """Return the parts of the text, and begin a new text."""
        parts = tuple((unescaped(text), flags) for text, flags in self.parts)
        self.parts, self.flags, self.in_text, self.in_phonetic = [], 0, False, False
        return parts


def unescaped(text: str) -> str:
    """Return a text with escaped characters (``_x000D_``) decoded."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def read_texts(package: Package, book: XlsxBook) -> list[tuple[Part, ...]]:
    """Return the shared texts of a workbook, each as parts with flags."""
    part = book.parts.get("sharedStrings", "")
    found: list[tuple[Part, ...]] = []
    if not part:
        return found
    text = TextParts()
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        tag = local(name)
        if tag == "si":
            inside = True
        elif inside:
            text.start(tag, attributes)

    def end(name: str) -> None:
        nonlocal inside
        tag = local(name)
        if tag == "si":
            inside = False
            found.append(text.finish())
        else:
            text.end(tag)

    parse(package.read(part), part, start, end, text.data)
    return found


# -- styles --------------------------------------------------------------------------------------


class _StylesHandler:
    """The XML handler of the styles part."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.inside = ""
        self.font: int | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag in ("fonts", "cellXfs", "numFmts", "cellStyleXfs", "dxfs"):
            self.inside = tag
        elif self.inside == "numFmts" and tag == "numFmt":
            self.book.formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif self.inside == "fonts" and tag == "font":
            self.font = 0
        elif self.font is not None and tag == "strike" and is_on(attributes.get("val", "1")):
            self.font |= STRUCK
        elif (
            self.font is not None
            and tag == "vertAlign"
            and attributes.get("val") in ("superscript", "subscript")
        ):
            self.font |= RAISED
        elif self.inside == "cellXfs" and tag == "xf":
            self.book.styles.append((_number(attributes.get("fontId")), _number(attributes.get("numFmtId"))))

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "font" and self.font is not None:
            self.book.fonts.append(self.font)
            self.font = None
        elif tag == self.inside:
            self.inside = ""


def _number(text: str | None) -> int:
    return int(text[:9]) if text is not None and text.isdecimal() else 0


def read_styles(package: Package, book: XlsxBook) -> Book:
    """Return the fonts, number formats and cell styles of a workbook."""
    found = Book(since_1904=book.since_1904, recalculates_on_load=book.recalculates_on_load)
    part = book.parts.get("styles", "")
    if part:
        styles = _StylesHandler(found)
        parse(package.read(part), part, styles.start, styles.end)
        found.find_unusual_styles()
    return found


@lru_cache(maxsize=64)  # the workbooks of one sender, or of one template, have the same styles
def are_plain_styles(part: bytes) -> bool:
    """Return whether the fast reader handles every style in ``styles.xml`` correctly.

    Parameters
    ----------
    part : the bytes of ``styles.xml``; empty if there is none.
    """
    first = _FIRST_STYLE.search(part)  # the style of cells without one
    if first is None or first[1] != b"0":
        return not part
    if b"strike" in part or b"vertAlign" in part or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    for written in re.findall(rb"<(?:\w+:)?numFmt\s[^<>]*", part):
        number = re.search(rb'numFmtId="(\d{1,5})"', written)
        if number is None or int(number[1]) < 164:
            return False
        if _LETTERS.search(written):
            return False
    return True


def are_plain_texts(part: bytes) -> bool:
    """Return whether the fast reader reads every text in ``sharedStrings.xml`` correctly.

    Parameters
    ----------
    part : the bytes of ``sharedStrings.xml``.
    """
    return not (
        any(sign in part for sign in (b"<rPr", b"<rPh", b"<!", b"&#", b"_x", b"<x:", b":si"))
        or part.count(b"<?") > 1
        or part[:2] in (b"\xff\xfe", b"\xfe\xff")
        or not _is_utf8(part)
    )


def _is_utf8(part: bytes) -> bool:
    found = re.match(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)""", part.removeprefix(b"\xef\xbb\xbf"))
    return found is None or found[1].lower() in (b"utf-8", b"utf8")

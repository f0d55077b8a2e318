"""The report as a Word document, made from a template; the same input gives the same bytes.

docxtpl passes the tags of the template to Jinja. Tables are inserted as XML of Word.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from lxml import etree

from antq_stats.output_marks import CATEGORY, CREATED
from antq_stats.plan import Limits
from antq_stats.reading.files.container import MIB, FileProblem, Package
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.render.letterhead import Letterhead
from antq_stats.render.prose.account import Account
from antq_stats.render.prose.styles import WIDTH, built_in
from antq_stats.render.prose.tables import tables, tables_over_years
from antq_stats.render.prose.templates import environment, names, raising_faults
from antq_stats.render.prose.word_table import WordTable, fits, word_table
from antq_stats.render.template_fault import TemplateFault
from antq_stats.words.language import Wording
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import Section
    from jinja2 import Environment

    from antq_stats.figures.publication import Publication
    from antq_stats.render.prose.templates import Part
    from antq_stats.render.writing.table import PresentationTable
    from antq_stats.series.over_time import Series

_AFTER_FIGURE = re.compile(r"(?<=\d) (?=%|‰|[^\W\d])")
_NO_BREAK = "\N{NO-BREAK SPACE}"
_DATE = (1980, 1, 1, 0, 0, 0)
_MARKUP_MIB = 16  # of a template's text; filling it in takes some fifty times as much memory
_NARROWEST = 80.0  # millimetres of paper for a table
_PARAGRAPH = 60  # characters of a paragraph in the message on a fault


class _Template(DocxTemplate):  # type: ignore[misc]
    """A template of docxtpl that can name the paragraph of a fault, and checks that its output is XML."""

    lines: tuple[str, ...] = ()
    """The last text that was passed to Jinja, one paragraph per line."""

    def render_xml_part(
        self, src_xml: str, part: object, context: dict[str, Any], jinja_env: Environment | None = None
    ) -> str:
        """Return a part with its tags replaced; raise `TemplateFault` if it is no XML any more."""
        self.lines = tuple(re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml).split("\n"))
        xml: str = super().render_xml_part(src_xml, part, context, jinja_env)
        try:
            etree.fromstring(xml.encode("utf-8"))
        except etree.XMLSyntaxError as error:
            raise TemplateFault("prose.fault-misplaced", detail=one_line(str(error), 120)) from error
        return xml

    def paragraph(self, line: int) -> str:
        """Return the words of a line of that text, counted from 1."""
        xml = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return one_line(re.sub(r"<[^>]+>", "", xml), _PARAGRAPH)


def rendered(
    publication: Publication,
    head: Letterhead,
    wording: Wording,
    series: Series | None = None,
    file: str = "",
    content: bytes | None = None,
    command: str = "",
) -> bytes:
    """Return the document's bytes.

    Parameters
    ----------
    publication : the figures.
    head : the words of the letterhead.
    wording : the language.
    series : the period beside earlier ones; None without an earlier one.
    file, content : name and bytes of a template; by default the built-in one.
    command : the command line that the document states it was made by; empty for none.

    Raises
    ------
    TemplateFault
        If the template cannot be read, or fails.
    """
    account = Account(publication, wording, str, series)
    document = _Template(
        io.BytesIO(built_in_bytes(appendix=not account.nothing) if content is None else content)
    )
    try:
        document.init_docx()
    except Exception as error:
        raise TemplateFault("prose.fault-not-docx", file=file) from error
    first, last = _rooms(document.docx)
    made = () if account.nothing else tables(publication, wording, last, series)
    shown = [word_table(table, wording, last if place else first) for place, table in enumerate(made)]
    over_years = () if series is None or account.nothing else tables_over_years(series, wording)
    fitted = list(_fitted(over_years, wording, first, last))
    known = names(account, head, shown, fitted)
    for part in cast("tuple[Part, ...]", known["parts"]):
        part.paragraphs = [_AFTER_FIGURE.sub(_NO_BREAK, text) for text in part.paragraphs]

    def fill() -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the reader, on parts of the template
            document.render(known, environment(xml=True))
        return ""

    def place(line: int) -> str:
        return wording.phrase("prose.fault-paragraph", text=document.paragraph(line))

    try:
        raising_faults(file, place, fill)
    except TemplateFault as fault:
        raise TemplateFault(fault.key, **{**fault.facts, "file": file}) from fault
    _mark(document.docx.core_properties, command)
    written = io.BytesIO()
    document.docx.save(written)
    return _fixed(written.getvalue())


def _fitted(
    made: Sequence[PresentationTable], wording: Wording, first: float, last: float
) -> Iterator[WordTable]:
    """Yield tables in the width of the first page of tables; from a wide one on, in that of the last."""
    is_wide = False
    for table in made:
        is_wide = is_wide or not fits(table, wording, first)(range(len(table.columns)), 1.0)
        yield word_table(table, wording, last if is_wide else first, is_wide=is_wide)


def _rooms(document: WordDocument) -> tuple[float, float]:
    """Return the widths between the margins, in millimetres, where a template has its first and last table.

    The places of tables are found by their tag, ``table.body``; without one, the last section tells.
    """
    places, section = [], 0
    for block in document.element.body:
        if "table.body" in "".join(block.itertext()):
            places.append(section)
        section += len(block.findall(f"{qn('w:pPr')}/{qn('w:sectPr')}"))
    rooms = [_room(section) for section in document.sections] or [float(WIDTH)]
    return (rooms[places[0]], rooms[places[-1]]) if places else (rooms[-1], rooms[-1])


def _room(section: Section) -> float:
    """Return the width between the margins of a section, in millimetres; that of A4 if it is not known."""
    width, left, right = section.page_width, section.left_margin, section.right_margin
    if width is None or left is None or right is None:
        return WIDTH
    return max(_NARROWEST, float(width.mm - left.mm - right.mm))


def built_in_bytes(*, appendix: bool = True) -> bytes:
    """Return the built-in template as a file.

    Parameters
    ----------
    appendix : whether it has the pages for tables.
    """
    document, stream = built_in(appendix=appendix), io.BytesIO()
    _mark(document.core_properties)
    document.save(stream)
    return _fixed(stream.getvalue())


def template_bytes(template: Path, limits: Limits) -> bytes:
    """Return the bytes of a template.

    Parameters
    ----------
    template : the file.
    limits : limits of a file that is read.

    Raises
    ------
    TemplateFault
        If the file cannot be read, is no zip within the limits, or has more than 16 MiB of XML.
    """
    file = one_line(template.name)
    try:
        content = read_bytes(template, limits)
        package = Package(content, limits)
    except (OSError, ValueError, FileProblem) as error:
        raise TemplateFault("prose.fault-not-docx", file=file) from error
    markup = (part.file_size for name, part in package.parts.items() if name.endswith((".xml", ".rels")))
    if sum(markup) > _MARKUP_MIB * MIB:
        raise TemplateFault("prose.fault-too-much-markup", file=file, limit=str(_MARKUP_MIB))
    return content


def _mark(properties: Any, command: str = "") -> None:  # noqa: ANN401 - python-docx brings no types
    """Mark a document as output of the tool, and remove the author and the dates of the template."""
    properties.comments = command
    properties.category = CATEGORY
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = CREATED
    properties.revision = 1


def _fixed(content: bytes) -> bytes:
    """Return the zip of a document with its entries sorted by name and all of one date."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        order = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in order:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, old.read(name))
    return stream.getvalue()

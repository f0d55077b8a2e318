"""The built-in Word template: the layout of Decree 30/2020/NĐ-CP, appendix I.

It is a template for docxtpl: all its texts are tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
WIDTH = 160
"""Width between the margins of a page in portrait, in millimetres."""

_TOP, _BOTTOM, _LEFT, _RIGHT = 20, 20, 30, 20
_LEFT_HALF = 68  # the issuing body's part of the letterhead, in millimetres
_BODY = 14
_LEFT_ALIGNED, _CENTRED, _RIGHT_ALIGNED, _JUSTIFIED = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def built_in(*, appendix: bool) -> WordDocument:
    """Return the built-in template: letterhead, title, prose, signature, and the tables as an appendix.

    Parameters
    ----------
    appendix : whether it has the appendix; without figures there is none.
    """
    document: WordDocument = Document()
    body = document.element.body
    for paragraph in list(document.paragraphs):
        body.remove(paragraph._element)  # noqa: SLF001 - python-docx has no other way
    _set_page(document)
    _set_styles(document)
    _letterhead(document)
    _title(document)
    _prose(document)
    _signature(document)
    if appendix:
        _tables(document)
    return document


def _set_page(document: WordDocument) -> None:
    """Set A4 in portrait, the margins of the decree, and page numbers except on the first page."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
    section.left_margin, section.right_margin = Mm(_LEFT), Mm(_RIGHT)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    header = section.header
    header.is_linked_to_previous = False
    section.first_page_header.is_linked_to_previous = False
    paragraph = header.paragraphs[0]
    paragraph.alignment = _CENTRED
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("", "2"), ("end", "")):
        run._element.append(_field(kind, text))  # noqa: SLF001


def _field(kind: str, text: str) -> Any:  # noqa: ANN401 - an element of lxml
    if kind:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        return mark
    element = OxmlElement("w:instrText" if text.strip() == "PAGE" else "w:t")
    element.set(qn("xml:space"), "preserve")
    element.text = text
    return element


def _set_styles(document: WordDocument) -> None:
    styles = document.styles
    for name, size in (("Normal", _BODY), ("Header", 13), ("Heading 1", _BODY), ("Heading 2", 13)):
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for part in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{part}"), FONT)
    for name in ("Heading 1", "Heading 2"):
        style = styles[name]
        style.font.bold = True
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(6)
        style.paragraph_format.keep_with_next = True
    language = OxmlElement("w:lang")
    for part in ("val", "eastAsia"):
        language.set(qn(f"w:{part}"), "vi-VN")
    properties = styles["Normal"].element.get_or_add_rPr()
    properties.append(language)
    spacing = styles["Normal"].paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.SINGLE, 1.0


def put(
    where: Any,  # noqa: ANN401 - a document or a cell of one
    text: str,
    *,
    size: int = _BODY,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = _LEFT_ALIGNED,
    after: int = 0,
    before: int = 0,
    style: str | None = None,
) -> Paragraph:
    """Add a paragraph to a document or a cell.

    Parameters
    ----------
    where : the document or the cell.
    text : the text.
    size : font size in points.
    bold, italic : the style of the text.
    align : the alignment.
    after, before : space below and above, in points.
    style : name of a paragraph style; such a paragraph stays with the next.
    """
    known = where.paragraphs
    is_fresh_cell = not hasattr(where, "sections") and len(known) == 1 and not known[0].text
    paragraph: Paragraph = known[0] if is_fresh_cell else where.add_paragraph()
    if style is not None:
        paragraph.style = style
        paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None
    paragraph.alignment = align
    paragraph.paragraph_format.space_after, paragraph.paragraph_format.space_before = Pt(after), Pt(before)
    return paragraph


def _put_if(where: Any, name: str, **look: Any) -> None:  # noqa: ANN401 - as in `put`
    """Add a paragraph with a text that may be empty, and is then left out; ``look`` is as in `put`."""
    put(where, f"{{%p if {name} %}}")
    put(where, f"{{{{ {name} }}}}", **look)
    put(where, "{%p endif %}")


def _rule(where: Any, side: float) -> None:  # noqa: ANN401 - a document or a cell of one
    """Add a rule, indented by ``side`` millimetres at both ends: a low, empty paragraph with a border."""
    paragraph = where.add_paragraph()
    spacing = paragraph.paragraph_format
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    spacing.space_after = Pt(6)
    borders = OxmlElement("w:pBdr")
    rule = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        rule.set(qn(f"w:{key}"), value)
    borders.append(rule)
    paragraph._element.get_or_add_pPr().append(borders)  # noqa: SLF001
    spacing.left_indent = spacing.right_indent = Mm(side)


def _pair(document: WordDocument, left: float) -> tuple[Any, Any]:
    """Add a table of two cells without rules; ``left`` is the width of the left one in millimetres."""
    table = document.add_table(rows=1, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    cells = table.rows[0].cells
    for column, cell, width in zip(table.columns, cells, (left, WIDTH + 10 - left), strict=True):
        column.width = cell.width = Mm(width)
    return cells[0], cells[1]


def _letterhead(document: WordDocument) -> None:
    left, right = _pair(document, _LEFT_HALF)
    _put_if(left, "head.parent", size=12, align=_CENTRED)
    put(left, "{{ head.issuer }}", size=12, bold=True, align=_CENTRED)
    _rule(left, 20)
    put(left, "{{ number }}", size=13, align=_CENTRED)
    put(right, "{{ head.country }}", size=12, bold=True, align=_CENTRED)
    put(right, "{{ head.motto }}", size=13, bold=True, align=_CENTRED)
    _rule(right, 21)
    put(right, "{{ head.place_and_date }}", size=13, italic=True, align=_CENTRED)


def _title(document: WordDocument) -> None:
    put(document, "{{ kind }}", bold=True, align=_CENTRED, before=18)
    put(document, "{{ title }}", bold=True, align=_CENTRED)
    put(document, "{{ head.period }}", bold=True, align=_CENTRED)
    _rule(document, 60)
    put(document, "{%p if head.provisional %}")
    put(document, "{{ head.provisional }}", bold=True, align=_CENTRED, after=6)
    put(document, "{%p endif %}")


def _prose(document: WordDocument) -> None:
    put(document, "{%p for part in parts %}")
    put(document, "{%p if part.heading %}")
    put(document, "{{ part.heading }}", style="Heading 1", bold=True, before=10, after=4)
    put(document, "{%p endif %}")
    put(document, "{%p for paragraph in part.paragraphs %}")
    paragraph = put(document, "{{ paragraph }}", align=_JUSTIFIED, after=6)
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.line_spacing = 1.15
    put(document, "{%p endfor %}")
    put(document, "{%p endfor %}")


def _tables(document: WordDocument) -> None:
    """Add the appendix under the head that the decree prescribes.

    The table of the whole is long and narrow, and stands on the paper of the prose. The tables of the units
    are wide, and follow in landscape.
    """
    heading = put(document, "{{ tables_title | upper }}", style="Heading 1", bold=True)
    heading.alignment = _CENTRED
    heading.paragraph_format.page_break_before = True
    put(document, "{{ tables_of }}", italic=True, align=_CENTRED)
    _rule(document, 60)
    _tables_of(document, "tables[:1]")
    _over_years(document, "rejectattr")
    _turn(document)
    _over_years(document, "selectattr")
    _tables_of(document, "tables[1:]")


def _over_years(document: WordDocument, chosen: str) -> None:
    """Add the tables over several periods that are wide, or are not; the notes stand below the last table."""
    put(document, "{%p if series %}")
    _tables_of(document, f'series.tables | {chosen}("wide")')
    ends_here = "" if chosen == "selectattr" else "not "
    put(document, f'{{%p if {ends_here}series.tables | selectattr("wide") | list %}}')
    put(document, "{%p for note in series.notes %}")
    put(document, "{{ note }}", size=11, italic=True, before=4)
    put(document, "{%p endfor %}")
    put(document, "{%p endif %}")
    put(document, "{%p endif %}")


def _tables_of(document: WordDocument, tables: str) -> None:
    put(document, f"{{%p for table in {tables} %}}")
    put(document, "{{ table.title }}", style="Heading 2", size=13, bold=True, before=12, after=4)
    put(document, "{{p table.body }}")
    put(document, "{%p for note in table.notes %}")
    put(document, "{{ note }}", size=11, italic=True)
    put(document, "{%p endfor %}")
    put(document, "{%p endfor %}")


def _turn(document: WordDocument) -> None:
    """Begin a section in landscape on a new page; its pages are numbered like those before."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.different_first_page_header_footer = False
    spacing = document.paragraphs[-1].paragraph_format  # fits below any table
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)


def _signature(document: WordDocument) -> None:
    put(document, "", before=12)
    left, right = _pair(document, (WIDTH + 10) / 2)
    put(left, "{{ recipients }}", size=12, bold=True, italic=True)
    put(left, "{%p for line in recipients_list %}")
    put(left, "{{ line }}", size=11)
    put(left, "{%p endfor %}")
    _put_if(right, "head.signed_for", bold=True, align=_CENTRED)
    put(right, "{{ head.signed_as }}", bold=True, align=_CENTRED)

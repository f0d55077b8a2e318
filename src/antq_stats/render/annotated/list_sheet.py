"""The sheet with the list of findings: the first sheet of a copy, or the only one of a list."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Sequence

from lxml import etree

from antq_stats.findings import catalogue
from antq_stats.output_marks import SHEET
from antq_stats.render.annotated.cells import Position, reference_of
from antq_stats.render.annotated.notice import Entry, Notice
from antq_stats.render.annotated.package import WORKBOOK, NotAnnotatable, Parts
from antq_stats.render.annotated.styles import Look, Styles
from antq_stats.render.annotated.texts import text_element
from antq_stats.render.words import tally_words
from antq_stats.render.writing.text_lines import points, row_height
from antq_stats.render.writing.workbook import sheet_names
from antq_stats.words.language import Wording

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_HEADS = ("number", "sheet", "cell", "unit", "severity", "message", "hint", "value", "code")
_WIDTHS = (6.0, 14.0, 9.0, 18.0, 15.0, 42.0, 42.0, 17.0, 8.0)
_LAST = "I"
ORIGINAL = len(_HEADS)
"""The hidden column whose cells keep the styles that marked cells had before."""
_SIZE = {"small": 9, "title": 14}
"""Sizes of fonts; that of all others is 12."""
_MARGINS = {"left": "0.5", "right": "0.4", "top": "0.5", "bottom": "0.6", "header": "0.3", "footer": "0.3"}
_AFTER_NAMES = ("calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes",
                "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst")  # fmt: skip
"""What follows the defined names in the part of a workbook."""
_LOOKS: dict[str, Look] = {"number": "centre", "sheet": "cell", "code": "centre"}
_ON = frozenset(("1", "true", "on"))


def add_list(
    parts: Parts, styles: Styles, notice: Notice, originals: dict[tuple[str, Position], int],
    own: str | None = None, touched: Container[str] = (),
) -> None:  # fmt: skip
    """Add the list to a workbook as its first sheet, or replace the list of an earlier copy.

    Parameters
    ----------
    parts : the parts of the workbook.
    styles : the styles of the workbook.
    notice : the findings.
    originals : the style of each marked cell before it was marked, by sheet and position.
    own : the part of the list of an earlier copy, if there is one.
    touched : the parts of the sheets with marks. The workbook opens at the list only if all selected sheets
        are among them.
    """
    selected = _selected(parts)
    in_front = own is None and all(part in touched for part in selected)
    writer = _Writer(parts, styles, notice, originals)
    content = writer.write(in_front=in_front)
    if own is not None:
        relations = f"{own.rpartition('/')[0]}/_rels/{own.rpartition('/')[2]}.rels"
        if relations in parts:
            parts.put(
                relations,
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
            )
        parts.put(own, content)
        _repeat_heads(parts, own, writer.head)
        return
    part = parts.free_name("xl/worksheets/sheet{}.xml")
    parts.put(part, content)
    parts.declare(part, _TYPE)
    _insert_first(parts, part, notice.wording)
    _repeat_heads(parts, part, writer.head)
    _show(parts, selected, in_front=in_front)


def _selected(parts: Parts) -> list[str]:
    """Return the parts of the selected sheets, into all of which Excel enters what is typed."""
    sheets = [part for _, kind, part in parts.related(WORKBOOK) if kind.endswith("sheet") and part in parts]
    return [part for part in sheets if any(map(_is_selected, _views(parts, part)))]


def _views(parts: Parts, part: str) -> list[etree._Element]:
    if b"tabSelected" not in parts.read(part):
        return []
    return list(parts.tree(part).iter(f"{{{parts.main}}}sheetView"))


def _is_selected(view: etree._Element) -> bool:
    return view.get("tabSelected") in _ON


def _show(parts: Parts, selected: Sequence[str], *, in_front: bool) -> None:
    """Let the workbook open at the list, or else at the same sheet as before."""
    root = parts.edit(WORKBOOK)
    views = root.find(f"{{{parts.main}}}bookViews")
    if views is None:
        views = etree.Element(f"{{{parts.main}}}bookViews")
        root.find(f"{{{parts.main}}}sheets").addprevious(views)  # type: ignore[union-attr]
        etree.SubElement(views, f"{{{parts.main}}}workbookView")
    for view in views:
        for name in ("activeTab", "firstSheet"):
            if in_front:
                view.attrib.pop(name, "")
            elif name == "activeTab" or name in view.attrib:
                view.set(name, str(int(view.get(name, "0")) + 1))
    if in_front:
        for part in selected:
            parts.edit(part)
            for sheet_view in _views(parts, part):
                sheet_view.attrib.pop("tabSelected", "")


def _insert_first(parts: Parts, part: str, wording: Wording) -> None:
    """Insert a part as the first sheet of the workbook, and shift the sheet numbers of defined names."""
    root = parts.edit(WORKBOOK)
    sheets = root.find(f"{{{parts.main}}}sheets")
    if sheets is None:
        raise NotAnnotatable("unreadable")
    there = [unicodedata.normalize("NFC", sheet.get("name", "")) for sheet in sheets]
    name = sheet_names([*there, wording.phrase("annotated.sheet")], wording)[-1]
    numbers = [int(sheet.get("sheetId", "0")) for sheet in sheets]
    relation = parts.relate(WORKBOOK, "worksheet", part)
    sheet = etree.Element(f"{{{parts.main}}}sheet", nsmap={"r": parts.relations})
    sheet.set("name", name)
    sheet.set("sheetId", str(max(numbers, default=0) + 1))
    sheet.set(f"{{{parts.relations}}}id", relation)
    sheets.insert(0, sheet)
    for defined in root.iter(f"{{{parts.main}}}definedName"):
        if (local := defined.get("localSheetId")) is not None:
            defined.set("localSheetId", str(int(local) + 1))


def _repeat_heads(parts: Parts, part: str, row: int) -> None:
    """Let the row of the heads be printed on each page of the list."""
    root = parts.edit(WORKBOOK)
    targets = {ident: target for ident, _, target in parts.related(WORKBOOK)}
    sheets = list(root.iter(f"{{{parts.main}}}sheet"))
    of_parts = [targets.get(sheet.get(f"{{{parts.relations}}}id", "")) for sheet in sheets]
    place = str(of_parts.index(part))
    names = root.find(f"{{{parts.main}}}definedNames")
    if names is None:
        names = etree.Element(f"{{{parts.main}}}definedNames")
        after = [child for child in root.iterchildren("*") if etree.QName(child).localname in _AFTER_NAMES]
        root.insert(root.index(after[0]) if after else len(root), names)
    for defined in list(names):
        if defined.get("name") == "_xlnm.Print_Titles" and defined.get("localSheetId") == place:
            names.remove(defined)
    quoted = sheets[int(place)].get("name", "").replace("'", "''")
    defined = etree.SubElement(
        names, f"{{{parts.main}}}definedName", {"name": "_xlnm.Print_Titles", "localSheetId": place}
    )
    defined.text = f"'{quoted}'!${row}:${row}"


class _Writer:
    """Writes the part of the sheet with the list."""

    def __init__(
        self, parts: Parts, styles: Styles, notice: Notice, originals: dict[tuple[str, Position], int]
    ) -> None:  # fmt: skip
        self.main = parts.main
        self.styles = styles
        self.notice = notice
        self.originals = originals
        self.wording = notice.wording
        self.root = etree.Element(f"{{{self.main}}}worksheet", nsmap={None: self.main})  # type: ignore[dict-item]
        self.merged: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.rooms = [points(width, styles.digit) for width in _WIDTHS]
        self.head = 0
        """Row of the heads, once they are written."""

    def write(self, *, in_front: bool) -> bytes:
        """Return the part; in front, the sheet is the selected one."""
        setup = self._sub(self.root, "sheetPr")
        self._sub(setup, "tabColor", rgb="FFC00000")
        self._sub(setup, "pageSetUpPr", fitToPage="1")
        views = self._sub(self.root, "sheetViews")
        view = self._sub(views, "sheetView", showGridLines="0", workbookViewId="0")
        if in_front:
            view.set("tabSelected", "1")
        self._sub(self.root, "sheetFormatPr", defaultRowHeight="15.75")
        columns = self._sub(self.root, "cols")
        for place, width in enumerate(_WIDTHS, start=1):
            self._sub(columns, "col", min=str(place), max=str(place), width=str(width), customWidth="1")
        kept = str(ORIGINAL + 1)
        self._sub(columns, "col", min=kept, max=kept, width="2", hidden="1", customWidth="1")
        self.data = self._sub(self.root, "sheetData")
        head = self.head = self._above()
        self._sub(
            view,
            "pane",
            ySplit=str(head),
            topLeftCell=f"A{head + 1}",
            activePane="bottomLeft",
            state="frozen",
        )
        for number, entry in enumerate(self.notice.entries, start=1):
            self._entry(head + number, number, entry)
        merges = self._sub(self.root, "mergeCells", count=str(len(self.merged)))
        for merge in self.merged:
            self._sub(merges, "mergeCell", ref=merge)
        if self.links:
            links = self._sub(self.root, "hyperlinks")
            for cell, target in self.links:
                self._sub(links, "hyperlink", ref=cell, location=target, display=target)
        self._sub(self.root, "pageMargins", **_MARGINS)
        self._sub(
            self.root, "pageSetup", paperSize="9", orientation="landscape", fitToWidth="1", fitToHeight="0"
        )
        footer = self._sub(self._sub(self.root, "headerFooter"), "oddFooter")
        page = self.wording.phrase("findings.page", page="&P", pages="&N")
        footer.text = f'&R&"Times New Roman,Regular"&10{page}'
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _sub(self, parent: etree._Element, name: str, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{self.main}}}{name}", attributes)

    def _above(self) -> int:
        """Write the lines above the list and the heads; return the row of the heads."""
        notice, wording = self.notice, self.wording
        hard = sum(entry.severity == "hard" for entry in notice.entries)
        about = [
            wording.period(notice.period, heading=True),
            notice.sender,
            notice.file.rpartition("/")[2],
        ]
        copied = notice.reason is None
        lines: list[tuple[str, Look]] = [
            (SHEET + wording.phrase("annotated.added" if copied else "annotated.added-alone"), "small"),
            (wording.phrase("annotated.title"), "title"),
            (" · ".join(part for part in about if part), "strong"),
            (tally_words(wording, {"hard": hard, "soft": len(notice.entries) - hard}), "strong"),
        ]
        if notice.resent:
            lines.append((notice.resent, "text"))
        if notice.reason is not None:
            lines.append((wording.phrase(f"annotated.why-{notice.reason}"), "text"))
            lines.append((wording.phrase("annotated.send-alone"), "text"))
        else:
            if any(entry.marked for entry in notice.entries):
                lines.append((wording.phrase("annotated.marks"), "text"))
                if not any(entry.noted for entry in notice.entries):
                    lines.append((wording.phrase("annotated.no-notes"), "text"))
            lines.append((wording.phrase("annotated.send"), "text"))
        for row, (text, look) in enumerate(lines, start=1):
            self._line(row, text, look)
        head = len(lines) + 1
        cells = [(wording.phrase(f"annotated.head-{name}"), self.styles.for_list("head")) for name in _HEADS]
        labels = [text for text, _ in cells]
        # bold letters are wider
        self._high(self._row(head, cells), row_height(zip(labels, self.rooms, strict=True), 13))
        return head

    def _line(self, row: int, text: str, look: Look) -> None:
        height = row_height([(text, sum(self.rooms))], _SIZE.get(look, 12))
        self._high(self._row(row, [(text, self.styles.for_list(look))]), height)
        self.merged.append(f"A{row}:{_LAST}{row}")

    def _entry(self, row: int, number: int, entry: Entry) -> None:
        finding = entry.finding
        place = entry.place()
        if entry.marked is not None and finding.sheet is not None:
            sheet = finding.sheet.replace("'", "''")
            self.links.append((f"C{row}", f"'{sheet}'!{place}"))
        texts = {
            "number": str(number),
            "sheet": finding.sheet or "",
            "cell": place,
            "unit": entry.unit,
            "severity": catalogue.severity_label(entry.severity, self.wording.lang).capitalize(),
            "message": entry.message,
            "hint": entry.hint,
            "value": finding.value or "",
            "code": finding.code,
        }
        looks: dict[str, Look] = {
            **_LOOKS, "severity": entry.severity if entry.severity != "note" else "cell",
            "cell": "link" if entry.marked is not None else "centre",
        }  # fmt: skip
        cells = [(texts[name], self.styles.for_list(looks.get(name, "cell"))) for name in _HEADS]
        element = self._row(row, cells)
        shown = [text for text, _ in cells]
        self._high(element, row_height(zip(shown, self.rooms, strict=True), 12))
        if entry.marked is not None:
            style = self.originals.get((finding.sheet or "", entry.marked))
            if style is not None:
                self._sub(element, "c", r=reference_of((row, ORIGINAL)), s=str(style))

    @staticmethod
    def _high(row: etree._Element, height: float) -> None:
        row.set("ht", f"{height:g}")
        row.set("customHeight", "1")

    def _row(self, number: int, cells: Sequence[tuple[str, int]]) -> etree._Element:
        row = self._sub(self.data, "row", r=str(number))
        for column, (text, style) in enumerate(cells):
            cell = self._sub(row, "c", r=reference_of((number, column)), s=str(style))
            if text:
                cell.set("t", "inlineStr")
                self._sub(cell, "is").append(text_element(self.main, text))
        return row

"""Cell notes of a worksheet that is patched: the comments part, and the drawing of their boxes.

Excel shows a note only if the sheet has a legacy drawing (VML) with a box for it. Existing notes and boxes
are kept. New ones are appended, or added to the text of an existing note at the same cell. The drawing is
patched as bytes, because Excel does not always write it as well-formed XML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from antq_stats.render.annotated.cells import (
    BEFORE_LEGACY_DRAWING,
    Position,
    Sheet,
    position_of,
    reference_of,
)
from antq_stats.render.annotated.package import Parts
from antq_stats.render.annotated.texts import text_element

AUTHOR = "antq-stats"

Words = Sequence[tuple[str, bool]]
"""Runs of a note, each with whether it is bold."""

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NAMES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_BOX_TYPE = (
    f'<v:shapetype {_NAMES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_END = re.compile(rb"</(?:\w+:)?xml>\s*$")
_BLOCKS = re.compile(rb"(<(?:\w+:)?idmap\b[^>]*?\bdata\s*=\s*)([\"'])([0-9, ]*)\2")
_SHAPE = re.compile(rb"<v:shape\b(?:[^>]*/>|.*?</v:shape>)", re.DOTALL)
_AT = re.compile(rb"<x:(Row|Column)>\s*([0-9]+)\s*</x:\1>")
_BLOCK = 1024  # shape ids of one block of a drawing's id map
_WIDTH, _LINE, _MOST_LINES = 330, 18, 22  # pixels, pixels, lines
_PER_LINE = 46  # characters of 10 points
_BETWEEN = "\n————\n"
_HEAD = re.compile(r"[^\n]+ \([A-Z][0-9]{3}\)\n")
_LAST_COLUMN, _LAST_ROW = 16_383, 1_048_575


class Notes:
    """Adds notes to the sheets of a workbook.

    Parameters
    ----------
    parts : the parts of the workbook.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._highest_block: int | None = None

    def clear(self, part: str) -> None:
        """Remove the notes of an earlier copy from a sheet."""
        comments, drawing = self._parts_of(part)
        if comments is None:
            return
        main = self.parts.main
        root = self.parts.edit(comments)
        held = root.find(f"{{{main}}}commentList")
        authors = enumerate(root.iter(f"{{{main}}}author"))
        own_authors = {str(place) for place, author in authors if author.text == AUTHOR}
        places: set[Position | None] = set()
        for comment in [] if held is None else list(held):
            runs = list(comment.iter(f"{{{main}}}t"))
            # Some programs drop the author of a note.
            if comment.get("authorId") in own_authors or _HEAD.match("".join(run.text or "" for run in runs)):
                places.add(position_of(comment.get("ref", "")))
                comment.getparent().remove(comment)  # type: ignore[union-attr]
            else:
                _cut(runs)
        if drawing is not None and places:
            content = self.parts.read(drawing)
            self.parts.put(drawing, _SHAPE.sub(lambda m: b"" if _place(m[0]) in places else m[0], content))

    def add(self, part: str, notes: Mapping[Position, Words]) -> set[Position]:
        """Add notes to a sheet.

        Parameters
        ----------
        part : the part of the sheet.
        notes : the runs of each note, by cell.

        Returns
        -------
        set of Position
            The cells with a new note. A strict workbook gets none, because that format has no boxes for
            notes. A cell with a threaded comment gets none either.
        """
        if self.parts.is_strict:
            return set()
        comments, drawing = self._parts_of(part)
        if drawing is not None and not _END.search(self.parts.read(drawing)):
            return set()
        if comments is None:
            comments = self._new_comments(part)
        root = self.parts.edit(comments)
        author = self._author(root)
        held = root.find(f"{{{self.parts.main}}}commentList")
        if held is None:
            held = etree.SubElement(root, f"{{{self.parts.main}}}commentList")
        threaded = {
            str(place)
            for place, name in enumerate(root.iter(f"{{{self.parts.main}}}author"))
            if (name.text or "").startswith("tc=")
        }
        there = {position_of(comment.get("ref", "")): comment for comment in held}
        boxes: list[tuple[Position, int]] = []
        noted: set[Position] = set()
        for position in sorted(notes):
            known = there.get(position)
            if known is not None and known.get("authorId") in threaded:
                continue
            noted.add(position)
            if known is not None:
                self._append(known, notes[position])
                continue
            comment = etree.SubElement(held, f"{{{self.parts.main}}}comment", ref=reference_of(position))
            comment.set("authorId", str(author))
            self._append(comment, notes[position])
            boxes.append((position, _lines("".join(text for text, _ in notes[position]))))
        if boxes:
            self._draw(part, drawing, boxes)
        return noted

    def _parts_of(self, part: str) -> tuple[str | None, str | None]:
        """Return the comments part and the legacy drawing of a sheet; None for one that it lacks."""
        related = {kind: (ident, target) for ident, kind, target in self.parts.related(part)}
        comments = related.get("comments", ("", ""))[1]
        root = self.parts.tree(part)
        legacy = root.find(f"{{{self.parts.main}}}legacyDrawing")
        drawing = None
        if legacy is not None:
            wanted = legacy.get(f"{{{self.parts.relations}}}id")
            drawing = next((target for ident, _, target in self.parts.related(part) if ident == wanted), None)
        return comments or None, drawing

    def _new_comments(self, part: str) -> str:
        name = self.parts.free_name("xl/comments{}.xml")
        content = f'<comments xmlns="{self.parts.main}"><authors/><commentList/></comments>'
        self.parts.put(name, content.encode())
        self.parts.declare(name, f"{_SPREADSHEET}.comments+xml")
        self.parts.relate(part, "comments", name)
        return name

    def _author(self, root: etree._Element) -> int:
        main = self.parts.main
        authors = root.find(f"{{{main}}}authors")
        if authors is None:
            authors = etree.Element(f"{{{main}}}authors")
            root.insert(0, authors)
        names = [author.text for author in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, f"{{{main}}}author").text = AUTHOR
            return len(names)
        return names.index(AUTHOR)

    def _append(self, comment: etree._Element, words: Words) -> None:
        """Add runs to the text of a note."""
        main = self.parts.main
        text = comment.find(f"{{{main}}}text")
        if text is None:
            text = etree.SubElement(comment, f"{{{main}}}text")
        plain = text.find(f"{{{main}}}t")
        if plain is not None:  # a text is either plain or made of runs
            run = etree.Element(f"{{{main}}}r")
            plain.addprevious(run)
            run.append(plain)
        runs = list(words) if not len(text) else [(_BETWEEN, False), *words]
        place = sum(child.tag == f"{{{main}}}r" for child in text)
        for offset, (content, bold) in enumerate(runs):
            run = etree.Element(f"{{{main}}}r")
            look = etree.SubElement(run, f"{{{main}}}rPr")
            if bold:
                etree.SubElement(look, f"{{{main}}}b")
            etree.SubElement(look, f"{{{main}}}sz", val="10")
            etree.SubElement(look, f"{{{main}}}rFont", val="Times New Roman")
            etree.SubElement(look, f"{{{main}}}family", val="1")
            run.append(text_element(main, content))
            text.insert(place + offset, run)

    def _draw(self, part: str, drawing: str | None, boxes: Sequence[tuple[Position, int]]) -> None:
        """Add boxes to the drawing of a sheet, which is created if there is none."""
        count = -(-len(boxes) // (_BLOCK - 1))
        blocks = [self._blocks() + 1 + extra for extra in range(count)]
        self._highest_block = blocks[-1]
        measure = _Ruler(Sheet(self.parts.tree(part)))
        shapes = "".join(
            _box(
                blocks[at // (_BLOCK - 1)] * _BLOCK + 1 + at % (_BLOCK - 1), at + 1, position, lines, measure
            )
            for at, (position, lines) in enumerate(boxes)
        )
        numbers = ",".join(map(str, blocks))
        if drawing is None:
            drawing = self.parts.free_name("xl/drawings/vmlDrawing{}.vml")
            layout = f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{numbers}"/></o:shapelayout>'
            self.parts.put(drawing, f"<xml {_NAMES}>{layout}{_BOX_TYPE}{shapes}</xml>".encode())
            self.parts.declare(drawing, _VML)
            ident = self.parts.relate(part, "vmlDrawing", drawing)
            legacy = etree.Element(f"{{{self.parts.main}}}legacyDrawing", nsmap={"r": self.parts.relations})
            legacy.set(f"{{{self.parts.relations}}}id", ident)
            Sheet(self.parts.edit(part)).insert(legacy, BEFORE_LEGACY_DRAWING)
            return
        content = self.parts.read(drawing)
        content = _BLOCKS.sub(
            lambda m: b"%s%s%s,%s%s" % (m[1], m[2], m[3], numbers.encode(), m[2]), content, count=1
        )
        added = shapes if b"_x0000_t202" in content else _BOX_TYPE + shapes
        end = _END.search(content)
        assert end is not None  # noqa: S101 - `add` checked it
        self.parts.put(drawing, content[: end.start()] + added.encode() + content[end.start() :])

    def _blocks(self) -> int:
        """Return the highest block of shape ids in the drawings of the workbook."""
        if self._highest_block is None:
            numbers = [0]
            for name in self.parts.names():
                if name.endswith(".vml"):
                    content = self.parts.read(name)
                    numbers += [
                        int(n)
                        for match in _BLOCKS.finditer(content)
                        for n in match[3].split(b",")
                        if n.strip()
                    ]
                    numbers += [int(n) // _BLOCK for n in re.findall(rb"_x0000_s([0-9]{1,9})\b", content)]
            self._highest_block = max(numbers)
        return self._highest_block


def _cut(runs: Sequence[etree._Element]) -> None:
    """Remove the text that an earlier copy added to the end of an existing note."""
    text_of_note = "".join(run.text or "" for run in runs)
    cut = text_of_note.find(_BETWEEN)
    if cut < 0 or not _HEAD.match(text_of_note, cut + len(_BETWEEN)):
        return
    for run in runs:
        text = run.text or ""
        run.text = text[: max(cut, 0)]
        cut -= len(text)


def _place(box: bytes) -> Position | None:
    """Return the cell of a box of a drawing."""
    found: dict[bytes, int] = {at[1]: int(at[2]) for at in _AT.finditer(box)}
    return (found[b"Row"] + 1, found[b"Column"]) if len(found) == 2 else None


def _lines(text: str) -> int:
    """Return the number of lines of a note in its box."""
    return min(sum(-(-max(1, len(line)) // _PER_LINE) for line in text.split("\n")) + 1, _MOST_LINES)


class _Ruler:
    """The widths of the columns and the heights of the rows of a sheet, in pixels."""

    def __init__(self, sheet: Sheet) -> None:
        usual = sheet.child("sheetFormatPr")
        given: dict[str, str] = {} if usual is None else {str(k): str(v) for k, v in usual.attrib.items()}
        self.width = _width_of(given.get("defaultColWidth", "9.14"))
        self.height = round(float(given.get("defaultRowHeight", "15")) * 4 / 3)
        self.widths: list[tuple[int, int, int]] = []
        columns = sheet.child("cols")
        for entry in () if columns is None else columns:
            wide = 0 if entry.get("hidden") in ("1", "true") else _width_of(entry.get("width", "9.14"))
            self.widths.append((int(entry.get("min", "0")) - 1, int(entry.get("max", "0")) - 1, wide))
        self.heights = {
            number - 1: 0 if row.get("hidden") in ("1", "true") else round(float(row.get("ht", "15")) * 4 / 3)
            for number, row in sheet.rows()
            if row.get("ht") or row.get("hidden")
        }

    def column(self, column: int) -> int:
        """Return the width of a column."""
        return next((wide for first, last, wide in self.widths if first <= column <= last), self.width)

    def row(self, row: int) -> int:
        """Return the height of a row."""
        return self.heights.get(row, self.height)

    def across(self, column: int, pixels: int) -> tuple[int, int]:
        """Return the column, and the offset in it, at a distance in pixels from the left of a column."""
        while column < _LAST_COLUMN and pixels >= self.column(column):
            pixels -= self.column(column)
            column += 1
        return column, min(pixels, self.column(column))

    def down(self, row: int, pixels: int) -> tuple[int, int]:
        """Return the row, and the offset in it, at a distance in pixels from the top of a row."""
        while row < _LAST_ROW and pixels >= self.row(row):
            pixels -= self.row(row)
            row += 1
        return row, min(pixels, self.row(row))


def _width_of(characters: str) -> int:
    return round(float(characters) * 7)


def _box(number: int, order: int, position: Position, lines: int, ruler: _Ruler) -> str:
    """Return the box of a note, to the right of its cell and slightly above.

    Parameters
    ----------
    number : id of the shape.
    order : order of the shape.
    position : the cell.
    lines : number of lines of the note.
    ruler : the sizes of columns and rows.
    """
    row, column = position[0] - 1, position[1]
    left = min(column + 1, _LAST_COLUMN)
    top = max(row - 1, 0)
    high = lines * _LINE + 12
    right, right_rest = ruler.across(left, 15 + _WIDTH)
    bottom, bottom_rest = ruler.down(top, 10 + high)
    anchor = f"{left}, 15, {top}, 10, {right}, {right_rest}, {bottom}, {bottom_rest}"
    return (
        f'<v:shape {_NAMES} id="_x0000_s{number}" type="#_x0000_t202" '
        f'style="position:absolute;width:{_WIDTH * 3 // 4}pt;height:{high * 3 // 4}pt;z-index:{order};'
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )

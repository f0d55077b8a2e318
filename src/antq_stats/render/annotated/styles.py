"""The styles of a workbook that is patched: new ones are appended, existing ones are not changed."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from typing import Literal

from lxml import etree

from antq_stats.findings.finding import Severity
from antq_stats.render.annotated.package import MAIN, WORKBOOK, NotAnnotatable, Parts
from antq_stats.render.findings.table import FILLS as FILLS_OF_LIST

Look = Literal["small", "title", "text", "strong", "head", "cell", "centre", "link", "hard", "soft"]
"""Names for the formats of the cells of the list."""

_MOST = 64_000  # Excel takes 65,490 cell formats
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MINIMAL = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
FILLS: dict[Severity, str] = {severity: f"FF{FILLS_OF_LIST[severity]}" for severity in ("hard", "soft")}
"""Fill colours of marked cells, by which the marks of an earlier copy are recognised."""
_EDGES: dict[Severity, tuple[str, str]] = {
    "hard": ("medium", "FFC00000"),
    "soft": ("mediumDashed", "FF9C5700"),
}
_SIDES = ("left", "right", "top", "bottom")
_ORDER = ("start", "end", *_SIDES, "diagonal", "vertical", "horizontal")
_FONT = '<name val="Times New Roman"/><family val="1"/>'
_FONTS = {
    "small": f'<i/><sz val="9"/><color rgb="FF595959"/>{_FONT}',
    "title": f'<b/><sz val="14"/>{_FONT}',
    "strong": f'<b/><sz val="12"/>{_FONT}',
    "head": f'<b/><sz val="12"/>{_FONT}',
    "link": f'<u/><sz val="12"/><color rgb="FF0563C1"/>{_FONT}',
    "hard": f'<b/><sz val="12"/><color rgb="FF9C0006"/>{_FONT}',
}
_PLAIN = f'<sz val="12"/>{_FONT}'
_GRID = frozenset(("head", "cell", "centre", "link", "hard", "soft"))
_MIDDLE = frozenset(("head", "centre", "link"))


class Styles:
    """Adds cell formats to ``styles.xml``, each once.

    Parameters
    ----------
    parts : the parts of the workbook.

    Raises
    ------
    NotAnnotatable
        If the workbook has a file ``styles.xml`` that it does not refer to.
    """

    def __init__(self, parts: Parts) -> None:
        self.main = parts.main
        name = next((t for _, kind, t in parts.related(WORKBOOK) if kind == "styles" and t in parts), None)
        if name is None:
            name = "xl/styles.xml"  # some readers look for this name only
            if name in parts:
                raise NotAnnotatable("unreadable")
            parts.put(name, _MINIMAL.replace(MAIN, parts.main).encode())
            parts.declare(name, _TYPE)
            parts.relate(WORKBOOK, "styles", name)
        self.root = parts.edit(name)
        self._made: dict[tuple[str, object], int] = {}
        self._fills: dict[int, str] = {}

    @cached_property
    def digit(self) -> int:
        """Pixels of a digit of the workbook's usual font, the unit of the widths of its columns."""
        fonts, formats = self.root.find(f"{{{self.main}}}fonts"), self.root.find(f"{{{self.main}}}cellXfs")
        size = None
        if fonts is not None and formats is not None and len(formats):
            usual = int(formats[0].get("fontId", "0"))
            size = fonts[usual].find(f"{{{self.main}}}sz") if usual < len(fonts) else None
        points = 11.0 if size is None else float(size.get("val", "11"))
        return max(4, int(points * 96 / 72 / 2))

    def _list(self, name: str) -> etree._Element:
        held = self.root.find(f"{{{self.main}}}{name}")
        if held is None:
            raise NotAnnotatable("unreadable")
        return held

    def _add(self, name: str, element: etree._Element) -> int:
        """Append an element to one of the lists; return its index."""
        held = self._list(name)
        place = len(list(held.iterchildren("*")))
        held.append(element)
        held.set("count", str(place + 1))
        return place

    def _element(self, xml: str) -> etree._Element:
        return etree.fromstring(f'<x xmlns="{self.main}">{xml}</x>')[0]

    def _once(self, name: str, key: object, xml: str) -> int:
        place = self._made.get((name, key))
        if place is None:
            place = self._made[name, key] = self._add(name, self._element(xml))
        return place

    def _formats(self) -> etree._Element:
        formats = self._list("cellXfs")
        if len(formats) >= _MOST:
            raise NotAnnotatable("too-large")
        return formats

    def marked(self, style: int, severity: Severity) -> int:
        """Return the index of a format like a given one, with the fill and the border of a mark."""
        key = ("marked", (style, severity))
        if key not in self._made:
            formats = self._formats()
            copy = deepcopy(formats[style]) if style < len(formats) else self._element("<xf/>")
            fill = self._fill(FILLS[severity])
            edge = self._edge(int(copy.get("borderId", "0")), severity)
            for name, place in (("fillId", fill), ("borderId", edge)):
                copy.set(name, str(place))
            for name in ("applyFill", "applyBorder"):
                copy.set(name, "1")
            self._made[key] = self._add("cellXfs", copy)
        return self._made[key]

    def _fill(self, rgb: str) -> int:
        pattern = (
            f'<patternFill patternType="solid"><fgColor rgb="{rgb}"/><bgColor indexed="64"/></patternFill>'
        )
        return self._once("fills", rgb, f"<fill>{pattern}</fill>")

    def _edge(self, border: int, severity: Severity) -> int:
        key = ("borders", (border, severity))
        if key not in self._made:
            borders = self._list("borders")
            copy = deepcopy(borders[border]) if border < len(borders) else self._element("<border/>")
            sides = {etree.QName(side).localname: side for side in copy.iterchildren("*")}
            for name in ("start", "end", *_SIDES):  # a strict workbook's start and end are left and right
                sides.pop(name, None)
            style, rgb = _EDGES[severity]
            for name in _SIDES:
                sides[name] = self._element(f'<{name} style="{style}"><color rgb="{rgb}"/></{name}>')
            copy[:] = [sides[name] for name in _ORDER if name in sides]
            self._made[key] = self._add("borders", copy)
        return self._made[key]

    def for_list(self, look: Look) -> int:
        """Return the index of a format for cells of the list."""
        key = ("own", look)
        if key not in self._made:
            font = self._once("fonts", look, f"<font>{_FONTS.get(look, _PLAIN)}</font>")
            edge = 0
            if look in _GRID:
                sides = "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in _SIDES)
                edge = self._once("borders", "grid", f"<border>{sides}<diagonal/></border>")
            rgb = {"head": "FFD9E2F3", "hard": FILLS["hard"], "soft": FILLS["soft"]}.get(look)
            fill = self._fill(rgb) if rgb else 0
            across = ' horizontal="center"' if look in _MIDDLE else ""
            down = "center" if look == "head" else "top"
            self._formats()
            self._made[key] = self._add(
                "cellXfs",
                self._element(
                    f'<xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="{edge}" xfId="0" '
                    'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
                    f'<alignment{across} vertical="{down}" wrapText="1"/></xf>'
                ),
            )
        return self._made[key]

    def is_marked(self, style: int) -> bool:
        """Return whether a format has the fill of a mark."""
        if not self._fills:
            tag = f"{{{self.main}}}fgColor"
            self._fills = {
                place: (colour.get("rgb") or "").upper()
                for place, fill in enumerate(self._list("fills"))
                for colour in fill.iter(tag)
            }
        formats = self._list("cellXfs")
        return (
            style < len(formats) and self._fills.get(int(formats[style].get("fillId", "0"))) in FILLS.values()
        )

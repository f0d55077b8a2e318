"""The styles of an OpenDocument spreadsheet, as far as they change what a cell says or what is seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from antq_stats.reading.files.cells.text_parts import RAISED, STRUCK
from antq_stats.reading.files.cells.xml_parts import local

_NOTHING = re.compile(r"-?(?:0+\.?0*|\.0+)[a-z%]*")
_DEEPEST = 20


class Style(NamedTuple):
    """What one style says itself; None where it says nothing."""

    parent: str = ""
    raised: bool | None = None
    """Raised or lowered."""
    struck: bool | None = None
    unseen: bool | None = None
    """A row of no height, a column of no width, a sheet that is not displayed."""


class Styles:
    """The styles of a document, by family and name."""

    def __init__(self) -> None:
        self._styles: dict[tuple[str, str], Style] = {}
        self._now: tuple[str, str] | None = None
        self._marked = False
        """Any style raises or strikes letters: else none need be asked."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element of ``styles.xml``, or of the styles in ``content.xml``."""
        tag = local(name)
        if tag == "style":
            said = {local(key): value for key, value in attributes.items()}
            self._now = (said.get("family", ""), said.get("name", ""))
            self._styles[self._now] = Style(said.get("parent-style-name", ""))
        elif tag.endswith("-properties") and self._now is not None:
            self._add(self._now, {local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if local(name) == "style":
            self._now = None

    def _add(self, key: tuple[str, str], said: Mapping[str, str]) -> None:
        style = self._styles[key]
        if (position := said.get("text-position")) is not None:
            height = position.split()[:1]  # before the size of the letters
            style = style._replace(raised=bool(height) and _NOTHING.fullmatch(height[0]) is None)
        lines = [said[name] for name in _LINES if name in said]
        if lines:
            style = style._replace(struck=any(line not in ("none", "") for line in lines))
        self._marked = self._marked or bool(style.raised or style.struck)
        sizes = [said[name] for name in _SIZES if name in said]
        if any(_NOTHING.fullmatch(size) for size in sizes) or said.get("display") == "false":
            style = style._replace(unseen=True)
        self._styles[key] = style

    def flags(self, family: str, name: str, base: int = 0) -> int:
        """Return RAISED and STRUCK of a style as it or its parents have them, else as the base has."""
        if not self._marked:
            return base
        raised, struck = None, None
        for style in self._line(family, name):
            raised = style.raised if raised is None else raised
            struck = style.struck if struck is None else struck
        raised = bool(base & RAISED) if raised is None else raised
        struck = bool(base & STRUCK) if struck is None else struck
        return (RAISED if raised else 0) | (STRUCK if struck else 0)

    def is_unseen(self, family: str, name: str) -> bool:
        """Tell whether what has a style takes no room, or is not displayed."""
        return any(style.unseen for style in self._line(family, name))

    def _line(self, family: str, name: str) -> list[Style]:
        """Return a style and its parents, the nearest first."""
        found: list[Style] = []
        while name and len(found) < _DEEPEST and (style := self._styles.get((family, name))) is not None:
            found.append(style)
            name = style.parent
        return found


_LINES = ("text-line-through-style", "text-line-through-type", "text-crossing-out")
_SIZES = ("row-height", "column-width")

"""The styles of an OpenDocument spreadsheet that change a cell's text or hide rows, columns and sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from antq_stats.reading.files.cells.text_parts import RAISED, STRUCK
from antq_stats.reading.files.cells.xml_parts import local

_NOTHING = re.compile(r"-?(?:0+\.?0*|\.0+)[a-z%]*")
_DEEPEST = 20


class Style(NamedTuple):
    """The properties that a style sets itself; None if it does not set them."""

    parent: str = ""
    """Name of the parent style of the same family."""
    raised: bool | None = None
    """True for superscript or subscript."""
    struck: bool | None = None
    """True for strikethrough."""
    unseen: bool | None = None
    """True for a row of height 0, a column of width 0, or a sheet that is not displayed."""


class Styles:
    """The styles of a document, by family and name."""

    def __init__(self) -> None:
        self._styles: dict[tuple[str, str], Style] = {}
        self._current: tuple[str, str] | None = None
        self.is_marked = False
        """True if any style raises or strikes characters; if not, `flags` needs no look-up."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Process the start of an element of ``styles.xml``, or of the styles in ``content.xml``."""
        tag = local(name)
        if tag == "style":
            values = {local(key): value for key, value in attributes.items()}
            self._current = (values.get("family", ""), values.get("name", ""))
            self._styles[self._current] = Style(values.get("parent-style-name", ""))
        elif tag.endswith("-properties") and self._current is not None:
            self._add(self._current, {local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        """Process the end of an element."""
        if local(name) == "style":
            self._current = None

    def _add(self, key: tuple[str, str], values: Mapping[str, str]) -> None:
        style = self._styles[key]
        if (position := values.get("text-position")) is not None:
            height = position.split()[:1]  # the font size comes second
            style = style._replace(raised=bool(height) and _NOTHING.fullmatch(height[0]) is None)
        lines = [values[name] for name in _LINES if name in values]
        if lines:
            style = style._replace(struck=any(line not in ("none", "") for line in lines))
        self.is_marked = self.is_marked or bool(style.raised or style.struck)
        sizes = [values[name] for name in _SIZES if name in values]
        if any(_NOTHING.fullmatch(size) for size in sizes) or values.get("display") == "false":
            style = style._replace(unseen=True)
        self._styles[key] = style

    def flags(self, family: str, name: str, base: int = 0) -> int:
        """Return the flags RAISED and STRUCK of a style.

        Parameters
        ----------
        family, name : the style.
        base : flags for what neither the style nor its parents set.
        """
        if not self.is_marked:
            return base
        raised, struck = None, None
        for style in self._with_parents(family, name):
            raised = style.raised if raised is None else raised
            struck = style.struck if struck is None else struck
        raised = bool(base & RAISED) if raised is None else raised
        struck = bool(base & STRUCK) if struck is None else struck
        return (RAISED if raised else 0) | (STRUCK if struck else 0)

    def is_unseen(self, family: str, name: str) -> bool:
        """Return whether a style hides its row, column or sheet."""
        return any(style.unseen for style in self._with_parents(family, name))

    def unseen(self, family: str) -> frozenset[str]:
        """Return the names of the styles of a family that hide what has them."""
        return frozenset(name for of, name in self._styles if of == family and self.is_unseen(family, name))

    def _with_parents(self, family: str, name: str) -> list[Style]:
        """Return a style and its parents, the nearest first."""
        found: list[Style] = []
        while name and len(found) < _DEEPEST and (style := self._styles.get((family, name))) is not None:
            found.append(style)
            name = style.parent
        return found


_LINES = ("text-line-through-style", "text-line-through-type", "text-crossing-out")
_SIZES = ("row-height", "column-width")

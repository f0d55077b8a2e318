"""Text as a workbook holds it: never a formula, never a control character, line breaks kept."""

from __future__ import annotations

import re

from lxml import etree

from antq_stats.render.writing.table import clean

_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def text_element(main: str, text: str) -> etree._Element:
    """Return the element ``t`` of a text; what looks like an escape of OOXML (``_x0041_``) stays as it is."""
    element = etree.Element(f"{{{main}}}t")
    element.set(_SPACE, "preserve")
    element.text = _ESCAPED.sub("_x005F_", "\n".join(map(_line, text.split("\n"))))
    return element


def _line(text: str) -> str:
    """Clean a line, its outer spaces kept."""
    inner = clean(text)
    if not inner:
        return " " if text else ""
    before = " " if text[:1] == " " else ""
    return before + inner + (" " if text[-1:] == " " else "")

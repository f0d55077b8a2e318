"""Text elements of a workbook, without control characters and with line breaks."""

from __future__ import annotations

import re

from lxml import etree

from antq_stats.render.writing.table import clean

_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def text_element(main: str, text: str) -> etree._Element:
    """Return the element ``t`` of a text; what looks like an escape of OOXML (``_x0041_``) is kept as text.

    Parameters
    ----------
    main : the namespace of the workbook.
    text : the text.
    """
    element = etree.Element(f"{{{main}}}t")
    element.set(_SPACE, "preserve")
    element.text = _ESCAPED.sub("_x005F_", "\n".join(map(_line, text.split("\n"))))
    return element


def _line(text: str) -> str:
    """Return a line without control characters, with one outer space kept at either end."""
    inner = clean(text)
    if not inner:
        return " " if text else ""
    before = " " if text[:1] == " " else ""
    return before + inner + (" " if text[-1:] == " " else "")

"""Converting formulas of OpenDocument (OpenFormula and older syntax) to A1 notation."""

from __future__ import annotations

import re

from antq_stats.reading.files.cells.relations import file_named

_TOKEN = re.compile(
    r"""\s*(?:
        \[(?P<reference>(?:'(?:[^']|'')*'|[^\]'"])*)\]
        | (?P<number>[0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-z.!:$])
        | (?P<sum>SUM)\s*(?=\()
        | (?P<sign>[-+*/();,])
        | (?P<plain>\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)(?![0-9A-Za-z.!:$(])
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?P<sheet>\$?(?:'(?:[^']|'')*'|[^.'#!]*))\.(?P<first>\$?[A-Z]{1,3}\$?[0-9]+)"
    r"(?::(?:\.)?(?P<last>\$?[A-Z]{1,3}\$?[0-9]+))?",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"(?:[A-Za-z][A-Za-z0-9.-]*:)?=")
_OTHER_FILE = re.compile(r"'((?:[^']|'')+)'#")
_DDE = re.compile(r"""DDE\s*\(\s*"[^"]*"\s*[;,]\s*"([^"]*)""", re.IGNORECASE)
_LONGEST = 8192


def as_a1(formula: str) -> str | None:
    """Return a formula in A1 notation without ``=``; None if it has other parts than the reader evaluates.

    Those are numbers, cells, + - * / and SUM.

    Parameters
    ----------
    formula : as written in the file, ``of:=SUM([.B2:.B5])``.
    """
    prefix = _PREFIX.match(formula)
    if prefix is None or len(formula) > _LONGEST:
        return None
    at, text = prefix.end(), ""
    while at < len(formula):
        token = _TOKEN.match(formula, at)
        if token is None:
            return None
        if token["reference"] is not None:
            cells = _cells(token["reference"])
            if cells is None:
                return None
            text += cells
        elif token["plain"] is not None:
            text += token["plain"].replace("$", "").upper()
        else:
            text += (token["number"] or token["sum"] or token["sign"]).upper().replace(";", ",")
        at = token.end()
    return text or None


def _cells(reference: str) -> str | None:
    found = _REFERENCE.fullmatch(reference.strip())
    if found is None:
        return None
    sheet = found["sheet"].removeprefix("$")
    if sheet and not sheet.startswith("'"):
        sheet = f"'{sheet}'"
    cells = found["first"] + (f":{found['last']}" if found["last"] else "")
    return f"{sheet}{'!' if sheet else ''}{cells.replace('$', '').upper()}"


def other_file(formula: str) -> str | None:
    """Return the name of the other file, or the topic of DDE, that a formula refers to; None if neither."""
    formula = formula[:_LONGEST]
    found = _OTHER_FILE.search(formula) or _DDE.search(formula)
    return file_named(found[1]) if found else None

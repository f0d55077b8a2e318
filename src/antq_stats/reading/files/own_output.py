"""Recognising files that the tool itself wrote: they are never returns, wherever they are saved.

A workbook or Word document is recognised by its core properties, a page by its generator, and a text by
its first lines. So the summary of a year may be kept in the year's folder, and is never added up. The marks
themselves are in `output_marks`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from contextlib import suppress

from antq_stats import output_marks as marks

_CATEGORY = re.compile(rf"<(?:\w+:)?category>\s*{marks.CATEGORY}\s*</".encode())
_SAVED = re.compile(rb"<dcterms:(?:created|modified)[^<>]*>([^<]*)</")
_MODIFIED = re.compile(rb"<dcterms:modified[^<>]*>\s*(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)Z\s*</")
_CSV = tuple(
    ",".join(columns) + ","
    for columns in (marks.UNIT_COLUMNS, marks.FINDING_COLUMNS, marks.LONG_COLUMNS, marks.SDMX_COLUMNS)
)
_JSON = re.compile(
    rf'\{{\s*"{marks.JSON_KEY}": "'
    rf'|\[\s*\{{\s*"id": "{marks.REPORT_ID}'
    r'|\[\s*\{\s*"unit": (?:"[^"\n]*"|null),\s*"name": [^\n]*,\s*"level": ["n]'
)
_GENERATOR = f'<meta name="generator" content="{marks.GENERATOR} '
_FINDING = re.compile(r"\S [A-Z][0-9]{3} ")
_TABLE = re.compile(r"^\| :?--|^(?:─|-){3}", re.MULTILINE)
_TEXTS = frozenset((".txt", ".md", ".json", ".csv", ""))
_PAGES = frozenset((".html", ".htm"))
_YEAR = re.compile(rf"{marks.BEGINNINGS['period.head-year'][0]}[0-9]{{4}}")
_STATUS = re.compile(rf"[\d.,]+/[\d.,]+ \S.*(?:{'|'.join(marks.HEADLINES)})")
_HEAD = 4096
_NOTHING_WRONG = frozenset(marks.BEGINNINGS["findings.none"] + marks.BEGINNINGS["calls.none"])
_CALLS = marks.BEGINNINGS["calls.title"] + marks.BEGINNINGS["calls.unplaced-intro"]
_FIRST_LINES = marks.BEGINNINGS["receipt.title"] + marks.BEGINNINGS["year-end.title"]
_CALL = marks.BEGINNINGS["calls.received"] + marks.BEGINNINGS["calls.nothing"]


def is_own_package(properties: bytes) -> bool:
    """Return whether the core properties of a workbook or document mark it as the tool's own output."""
    return b"category>" in properties and _CATEGORY.search(properties) is not None


def is_as_written(properties: bytes) -> bool:
    """Return whether the tool's own workbook was not saved by another program since it was written."""
    return set(_SAVED.findall(properties)) == {marks.CREATED_TEXT.encode()}


def saved_at(properties: bytes) -> str:
    """Return when a workbook was saved by its core properties, as `Return.saved`; empty if they lack it."""
    at = properties.find(b"<dcterms:modified")
    found = _MODIFIED.search(properties, at) if at >= 0 else None
    with suppress(ValueError):  # a date that no calendar has
        return dt.datetime.fromisoformat(found[1].decode()).isoformat() if found else ""
    return ""


def is_own_sheet(rows: Sequence[Sequence[object]]) -> bool:
    """Return whether a sheet is the list of findings that the tool added to a return: it has no numbers."""
    first = rows[0][0] if rows and rows[0] else None
    if not isinstance(first, str) or not first.startswith(marks.SHEET):
        return False
    return not any(isinstance(cell, int | float) for row in rows for cell in row)


def is_own_text(data: bytes, suffix: str) -> bool:
    """Return whether a text file begins like an output of the tool.

    Outputs are reports, summaries, findings, statuses, receipts and call lists.

    Parameters
    ----------
    data : the file's bytes; only the first 4 KiB are looked at.
    suffix : suffix of the file's name, in lower case.
    """
    if suffix not in _TEXTS | _PAGES or b"\x00" in data[:_HEAD]:
        return False
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "ignore")
    if suffix in _PAGES:
        return _GENERATOR in head
    if head.startswith(_CSV) or _JSON.match(head):
        return True
    return suffix in (".txt", ".md") and _is_own_prose(head)


def _is_own_prose(head: str) -> bool:
    lines = [line.strip() for line in head.splitlines() if line.strip()][:2]
    if not lines:
        return False
    if lines[0] == marks.MARKDOWN_REPORT:
        return True
    first, second = lines[0], lines[1] if len(lines) > 1 else ""
    title = first.removeprefix("# ")
    if not second and title in _NOTHING_WRONG:
        return True
    if _STATUS.match(first) or title.startswith(_CALLS) or first.startswith(_FIRST_LINES):
        return True
    if first.startswith(marks.BEGINNINGS["calls.greeting"]) and second.startswith(_CALL):
        return True
    if _YEAR.fullmatch(second) or second.startswith(marks.BEGINNINGS["period.head-other"]):
        return _TABLE.search(head) is not None
    return second in marks.BEGINNINGS["findings.by-kind"] or _FINDING.match(second) is not None

"""Recognising files that the tool itself wrote: they are never returns, wherever they are saved.

A workbook or Word document is recognised by its core properties, a page by its generator, and a text by
its first lines. So the summary of a year may be kept in the year's folder, and is never added up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

OWN_SHEET = "antq-stats · "
"""Beginning of the first cell of a sheet that the tool added to a sender's workbook."""

_CATEGORY = re.compile(rb"<(?:\w+:)?category>\s*antq-stats\s*</")
_SAVED = re.compile(rb"<dcterms:(?:created|modified)[^<>]*>([^<]*)</")
_WRITTEN = b"2000-01-01T00:00:00Z"
"""Creation time in all workbooks of the tool, fixed so that the same content gives the same bytes."""
_CSV = ("unit,name,level,parent,", "code,name,severity,rule,file,sheet,cell,")
_JSON = re.compile(
    r'\{\s*"antq_stats": "|\[\s*\{\s*"unit": (?:"[^"\n]*"|null),\s*"name": [^\n]*,\s*"level": ["n]'
)
_FINDING = re.compile(r"\S [A-Z][0-9]{3} ")
_TABLE = re.compile(r"^\| :?--|^(?:─|-){3}", re.MULTILINE)
_TEXTS = frozenset((".txt", ".md", ".json", ".csv", ""))
_PAGES = frozenset((".html", ".htm"))
_GENERATOR = '<meta name="generator" content="antq-stats '
_REPORT = "<!-- antq-stats report -->"
_HEAD = 4096
# First words of these outputs in both languages. They are repeated here because readers import no phrases.
# The tests write every output into a folder and check that it is recognised.
_PERIOD = ("Kỳ ", "Period ")
_RECEIPT = ("Đã nhận báo cáo kỳ ", "Your return for ")
_NOTHING_WRONG = frozenset(
    (
        "Không có lỗi nào.", "Nothing was found wrong.",
        "Không có đơn vị nào phải sửa báo cáo.", "No unit has anything to mend.",
    )
)  # fmt: skip
_CALLS = (
    "Danh sách cần gọi, kỳ ", "Call list, period ", "Những điểm sau chưa rõ của đơn vị nào",
    "It is not known whose the following are",
)  # fmt: skip
_CALL = re.compile(
    r"Kính gửi .+,\n(?:Chúng tôi đã nhận được báo cáo kỳ|Đến nay chúng tôi chưa có số liệu kỳ) "
    r"|To .+,\n(?:We have received your return for the period|So far we have no figures of yours for the) "
)


def is_own_package(properties: bytes) -> bool:
    """Return whether the core properties of a workbook or document mark it as the tool's own output."""
    return _CATEGORY.search(properties) is not None


def is_as_written(properties: bytes) -> bool:
    """Return whether the tool's own workbook was not saved by another program since it was written."""
    return set(_SAVED.findall(properties)) == {_WRITTEN}


def is_own_sheet(rows: Sequence[Sequence[object]]) -> bool:
    """Return whether a sheet is the list of findings that the tool added to a return: it has no numbers."""
    first = rows[0][0] if rows and rows[0] else None
    if not isinstance(first, str) or not first.startswith(OWN_SHEET):
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
    if lines[0] == _REPORT:
        return True
    summary = len(lines) > 1 and lines[1].startswith(_PERIOD) and _TABLE.search(head) is not None
    findings = len(lines) > 1 and _FINDING.match(lines[1]) is not None
    return (
        summary
        or findings
        or lines[0].startswith(_RECEIPT)
        or lines[0].removeprefix("# ").startswith(_CALLS)
        or _CALL.match("\n".join(lines)) is not None
        or (len(lines) == 1 and lines[0].removeprefix("# ") in _NOTHING_WRONG)
    )

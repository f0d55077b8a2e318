"""What the tool itself has written: never a return, wherever it was saved.

A workbook says so in its properties; a text is known by how it begins. So the summary of a year may be
kept in the year's folder and is never added to itself.
"""

from __future__ import annotations

import re

_CATEGORY = re.compile(rb"<(?:\w+:)?category>\s*antq-stats\s*</")
_CSV = ("unit,name,level,parent,", "code,name,severity,rule,file,sheet,cell,")
_JSON = re.compile(r'\{\s*"antq_stats": "|\[\s*\{\s*"unit": "[^"\n]*",\s*"name": "[^\n]*",\s*"level": "')
_FINDING = re.compile(r"\S [A-Z][0-9]{3} ")
_TABLE = re.compile(r"^\| :?--|^(?:─|-){3}", re.MULTILINE)
_TEXTS = frozenset((".txt", ".md", ".json", ".csv", ""))
_HEAD = 4096
# How phrases.toml begins these outputs, in both languages. A reader imports no words for people; the
# tests write every output into the folder and see that it is known again.
_PERIOD = ("Kỳ ", "Period ")
_RECEIPT = ("Đã nhận báo cáo kỳ ", "Your return for ")
_NOTHING_WRONG = frozenset(("Không có lỗi nào.", "Nothing was found wrong."))


def is_own_workbook(properties: bytes) -> bool:
    """Tell whether the core properties of a workbook mark it as the tool's own output."""
    return _CATEGORY.search(properties) is not None


def is_own_text(data: bytes, suffix: str) -> bool:
    """Tell whether a text file begins like an output: a summary, findings, who answered, a receipt.

    Parameters
    ----------
    data : the file's bytes; only the first are looked at.
    suffix : of the file's name, in lower case.
    """
    if suffix not in _TEXTS or b"\x00" in data[:_HEAD]:
        return False
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "ignore")
    if head.startswith(_CSV) or _JSON.match(head):
        return True
    return suffix in (".txt", ".md") and _is_own_prose(head)


def _is_own_prose(head: str) -> bool:
    lines = [line.strip() for line in head.splitlines() if line.strip()][:2]
    if not lines:
        return False
    summary = len(lines) > 1 and lines[1].startswith(_PERIOD) and _TABLE.search(head) is not None
    findings = len(lines) > 1 and _FINDING.match(lines[1]) is not None
    return (
        summary
        or findings
        or lines[0].startswith(_RECEIPT)
        or (len(lines) == 1 and lines[0] in _NOTHING_WRONG)
    )

"""The marks by which the tool's own outputs are recognised, wherever they are saved.

An output that lies in the folder of a period must not be read as a return, or a summary would be added to
itself. The writers put these marks into the outputs and `reading.files.own_output` looks for them. A mark is
never removed, only added: outputs of earlier versions are in users' folders.
"""

from __future__ import annotations

import datetime as dt

CATEGORY = "antq-stats"
"""Category in the core properties of a workbook or Word document."""

CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Office writers take a time without a zone and store it as UTC
"""Creation time in the core properties: always the same, so that equal figures give equal bytes."""

CREATED_TEXT = f"{CREATED.isoformat()}Z"
"""`CREATED` as the core properties store it. Another time means that the file was saved since."""

SHEET = "antq-stats · "
"""Beginning of the first cell of a sheet that the tool adds to a sender's own workbook."""

GENERATOR = "antq-stats"
"""Generator that a page names; a space and the version follow."""

MARKDOWN_REPORT = "<!-- antq-stats report -->"
"""First line of a report in Markdown, whatever its template."""

JSON_KEY = "antq_stats"
"""First key of a JSON object; its value is the version."""

WORKBOOK = {"category": CATEGORY}
"""Core properties that mark a workbook as the tool's own output."""

RESULT_FOLDER = ".antq-stats-ket-qua"
"""File that marks a folder of results of the command ``year-end``, and lists the files written into it.

Marked copies are returns by themselves, so such a folder is passed over as a whole.
"""

BUNDLE_MANIFEST = "manifest.json"
"""Manifest of a bundle."""

BUNDLE_MARKS = frozenset((BUNDLE_MANIFEST, RESULT_FOLDER))
"""Files at the top of a bundle, which is no return. Nothing above an unpacked one belongs to it."""

UNIT_COLUMNS = ("unit", "name", "level", "parent")
"""First columns of a CSV of units: figures or status."""

LONG_COLUMNS = ("unit", "period", "measure", "value", "status", "given", "expected")
"""First columns of the long table."""

SDMX_COLUMNS = ("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ")
"""First columns of an SDMX-CSV. No return has them, whoever wrote the file."""

REPORT_ID = "antq-stats-"
"""Beginning of the identifiers in a validation report in JSON."""

FINDING_COLUMNS = ("code", "name", "severity", "rule", "file", "sheet", "cell")
"""First columns of a CSV of findings."""

HEADLINES = (" đã gửi; ", " returns received; ")
"""What the first line of a status has after its numbers, in Vietnamese and in English."""

BEGINNINGS: dict[str, tuple[str, ...]] = {
    "period.head-year": ("Năm ", "Period "),
    "period.head-other": ("Kỳ ", "Period "),
    "year-end.title": ("Tình hình báo cáo ", "Standing of the returns for "),
    "receipt.title": ("Đã nhận báo cáo ", "Your return for "),
    "findings.by-kind": ("Theo loại", "By kind"),
    "findings.none": ("Không có lỗi nào.", "No problems were found.", "Nothing was found wrong."),
    "calls.none": (
        "Không có đơn vị nào phải sửa báo cáo.",
        "No unit needs to correct its return.",
        "No unit has anything to mend.",
    ),
    "calls.title": ("Danh sách cần gọi điện, ", "Call list, ", "Danh sách cần gọi, kỳ "),
    "calls.unplaced-intro": (
        "Những nội dung sau chưa xác định được đơn vị",
        "The unit is not known for the following points",
        "Những điểm sau chưa rõ của đơn vị nào",
        "It is not known whose the following are",
    ),
    "calls.greeting": ("Kính gửi: ", "To ", "Kính gửi "),
    "calls.received": (
        "Chúng tôi đã nhận được báo cáo ",
        "We have received your return for ",
    ),
    "calls.received-all": (
        "Chúng tôi đã nhận được báo cáo ",
        "We have received your return for ",
    ),
    "calls.nothing": (
        "Đến nay chúng tôi chưa nhận được số liệu ",
        "We do not yet have your figures for ",
        "Đến nay chúng tôi chưa có số liệu kỳ ",
        "So far we have no figures of yours for the period ",
    ),
}
"""Phrase -> how it begins in Vietnamese, in English, and in earlier versions.

Text outputs are for people and carry no mark, so they are recognised by their first lines. The reader does
not load the phrases; a test compares them with this table.
"""

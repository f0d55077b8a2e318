"""The list of findings as a workbook of its own, for a file that cannot be returned as a marked copy."""

from __future__ import annotations

import io
import zipfile

from antq_stats.output_marks import CATEGORY, CREATED_TEXT
from antq_stats.plan import Limits
from antq_stats.render.annotated.list_sheet import add_list
from antq_stats.render.annotated.notice import Notice
from antq_stats.render.annotated.package import MAIN, RELATIONS, TYPES, WORKBOOK, Parts
from antq_stats.render.annotated.styles import Styles

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def list_alone(notice: Notice, limits: Limits) -> bytes:
    """Return a workbook with the list of findings as its only sheet.

    Parameters
    ----------
    notice : the findings; no cell is marked in its entries afterwards.
    limits : limits of a file that is read.
    """
    for entry in notice.entries:
        entry.marked, entry.noted = None, False
    parts = Parts(_blank_workbook(), limits)
    add_list(parts, Styles(parts), notice, {})
    return parts.save()


def _blank_workbook() -> bytes:
    """Return a workbook without sheets, marked as an output of the tool."""
    office = "application/vnd.openxmlformats"
    sheets = f"{office}-officedocument.spreadsheetml"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        TYPES: f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        f'ContentType="{office}-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheets}.sheet.main+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{office}-package.core-properties+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" '
        f'Type="{package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        WORKBOOK: f'<workbook xmlns="{MAIN}"><sheets/></workbook>',
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{CREATED_TEXT}</dcterms:created>'
        f"<cp:category>{CATEGORY}</cp:category></cp:coreProperties>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _DECLARATION + text)
    return out.getvalue()

"""The workbook of proposals: a row for each village, with a drop-down for the officer's decision."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import BinaryIO, Literal, get_args

from antq_stats.adoption.proposals import Place, Proposal
from antq_stats.output_marks import CREATED, WORKBOOK
from antq_stats.register.register import UnitRegister
from antq_stats.render.writing.workbook import Formats, sheet_names
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line, text_key

Column = Literal[
    "code",
    "commune",
    "reported",
    "name",
    "households",
    "proposal",
    "evidence",
    "old",
    "decision",
    "since",
    "place",
    "key",
]
COLUMNS: tuple[Column, ...] = get_args(Column)
"""The columns of the workbook; their heads are the phrases ``adopt.head-…``."""

DECISIONS = ("new", "renamed", "merged", "skip")
"""The decisions, as the phrases ``adopt.decision-…``."""

_WIDTHS: Mapping[Column, float] = {
    "code": 8, "commune": 18, "reported": 20, "name": 20, "households": 9, "proposal": 12, "evidence": 38,
    "old": 18, "decision": 12, "since": 11, "place": 36, "key": 11,
}  # fmt: skip
_FILLED_IN = ("name", "old", "decision", "since")
"""Columns that the officer writes in."""
_HIDDEN = ("key",)
_GUIDES = 3
_HEAD = {"bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#DDEBF7"}
_LINE = 15.0  # points
_INPUT = "#FFF9DB"


def row_key(commune: str, reported: str, place: str) -> str:
    """Return the key of a row, by which cells of several rows are told from those of one.

    Parameters
    ----------
    commune : code of the commune.
    reported : name of the village in the return.
    place : where the return names it, as the workbook says.
    """
    parts = (commune, one_line(reported, 200), one_line(place, 200))
    return sha256("\n".join(map(text_key, parts)).encode()).hexdigest()[:10]


def write_proposals(
    proposals: Sequence[Proposal],
    register: UnitRegister,
    period: str,
    lang: Language,
    stream: BinaryIO,
    command: str,
) -> None:
    """Write the workbook.

    Parameters
    ----------
    proposals : the villages that the register lacks.
    register : the register of the period.
    period : name of the period.
    lang : language of heads, decisions and evidence.
    stream : takes the workbook.
    command : the command that reads the workbook back.
    """
    import xlsxwriter

    wording = Wording(lang)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({**WORKBOOK, "created": CREATED})
        formats = Formats(book)
        (name,) = sheet_names([wording.phrase("adopt.sheet")], wording)
        sheet = book.add_worksheet(name)
        title = wording.phrase("adopt.title", period=wording.period(period))
        sheet.write_string(0, 0, title, formats(bold=True, font_size=14))
        for guide in range(1, _GUIDES + 1):
            sheet.write_string(guide, 0, wording.phrase(f"adopt.guide-{guide}", command=command), formats())
        head = _GUIDES + 2
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, _WIDTHS[column], formats(), {"hidden": column in _HIDDEN})
            sheet.write_string(head, place, wording.phrase(f"adopt.head-{column}"), formats(**_HEAD))
        for row, proposal in enumerate(proposals, start=head + 1):
            _write_row(sheet, row, _cells(proposal, register, wording), formats)
        last = head + max(len(proposals), 1)
        words = [wording.phrase(f"adopt.decision-{decision}") for decision in DECISIONS]
        decision = COLUMNS.index("decision")
        sheet.data_validation(head + 1, decision, last, decision, {"validate": "list", "source": words})
        sheet.autofilter(head, 0, last, len(COLUMNS) - 1)
        sheet.freeze_panes(head + 1, COLUMNS.index("households"))
        sheet.repeat_rows(head)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    stream.write(content.getbuffer())


def _write_row(sheet: object, row: int, cells: Mapping[Column, str | int], formats: Formats) -> None:
    for place, column in enumerate(COLUMNS):
        look: dict[str, object] = {"border": 1, "valign": "top", "text_wrap": True}
        if column in _FILLED_IN:
            look |= {"bg_color": _INPUT, "num_format": "@"}
        value = cells[column]
        write = sheet.write_number if isinstance(value, int) else sheet.write_string  # type: ignore[attr-defined]
        write(row, place, value, formats(**look))
    longest = max(len(str(cells[column])) / (1.1 * _WIDTHS[column]) for column in ("evidence", "place"))
    if longest > 1:
        sheet.set_row(row, _LINE * (int(longest) + 1))  # type: ignore[attr-defined]


def _cells(proposal: Proposal, register: UnitRegister, wording: Wording) -> dict[Column, str | int]:
    """Return the cells of a row; the decision and the date are left to the officer."""
    codes = register.units.codes
    place = "; ".join(_place(place, wording) for place in proposal.places)
    return {
        "code": codes[proposal.commune],
        "commune": register.at(proposal.commune).display,
        "reported": proposal.name,
        "name": proposal.name,
        "households": "" if proposal.households is None else proposal.households,
        "proposal": wording.phrase(f"adopt.decision-{proposal.kind}"),
        "evidence": _evidence(proposal, register, wording),
        "old": ", ".join(codes[unit] for unit in proposal.old),
        "decision": "",
        "since": "",
        "place": place,
        "key": row_key(codes[proposal.commune], proposal.name, place),
    }


def _evidence(proposal: Proposal, register: UnitRegister, wording: Wording) -> str:
    units = register.units
    old = ", ".join(f"{units.names[unit]} ({units.codes[unit]})" for unit in proposal.old)
    parts = []
    if not proposal.old:
        parts.append("none")
    elif proposal.by_name:
        parts.append("names" if len(proposal.old) > 1 else "name")
    if proposal.old_households is not None:
        parts.append("sum" if len(proposal.old) > 1 else "households")
    facts = {"old": old, "households": proposal.households, "count": proposal.old_households}
    text = "; ".join(wording.phrase(f"adopt.evidence-{part}", **facts) for part in parts)
    return text[:1].upper() + text[1:]


def _place(place: Place, wording: Wording) -> str:
    key = "adopt.place" if place.sheet is not None else "adopt.place-text"
    return wording.phrase(key, file=place.file, sheet=place.sheet, row=str(place.row))

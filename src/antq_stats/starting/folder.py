"""The texts of the files of a new year's folder."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources

from antq_stats.country import COLUMNS, CountryUnit, register_row
from antq_stats.form.editions import edition_bytes, edition_of
from antq_stats.starting.villages import Village
from antq_stats.words.language import date as date_text

UNITS, FORM, READ_ME = "units.csv", "form.toml", "Đọc trước.txt"
"""The files that a folder starts with."""

_OPTIONAL = ("households", "aliases")
_TABLE = re.compile(r"^\[", re.MULTILINE)
_LETTERHEAD = re.compile(r"^\[letterhead\].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
_FORM_TABLE = re.compile(r"^\[form\][^\n]*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Head:
    """What ``[letterhead]`` of a new form says; see `antq_stats.form.entries.Letterhead`."""

    issuer: str
    place: str
    deadline: date
    recipients: tuple[str, ...]
    signer: str


def usual_head(province: CountryUnit, year: int) -> Head:
    """Return the letterhead that a provincial committee of the Front usually has."""
    committee = "Thành ủy" if province.kind == "thành phố" else "Tỉnh ủy"
    return Head(
        issuer=f"Ủy ban Mặt trận Tổ quốc Việt Nam {province.full_name}",
        place="Thành phố Hồ Chí Minh"
        if province.name == "Hồ Chí Minh"
        else province.name,  # Decree 30/2020/NĐ-CP
        deadline=date(year, 12, 5),
        recipients=(
            "Ban Thường trực Ủy ban Trung ương Mặt trận Tổ quốc Việt Nam",
            f"Thường trực {committee} {province.name}",
            "Lưu: VT",
        ),
        signer="Chủ tịch",
    )


def edition_text(year: int) -> str:
    """Return the text of the edition of the built-in form that asks for a year."""
    return edition_bytes(edition_of(year)).decode()


def unit_rows(
    units: Sequence[CountryUnit], villages: Iterable[Village]
) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows of units.csv, each commune before its villages, and its columns.

    The columns of households and other names are there only if they hold something.

    Parameters
    ----------
    units : the province and the units below it.
    villages : villages of its communes.
    """
    below: dict[str, list[Village]] = defaultdict(list)
    for village in villages:
        below[village.parent].append(village)
    rows = []
    for unit in units:
        rows.append(register_row(unit))
        rows += map(_village_row, below[unit.code])
    optional = [column for column in _OPTIONAL if any(row.get(column) for row in rows)]
    return rows, [*COLUMNS, *optional]


def _village_row(village: Village) -> dict[str, str]:
    return {
        "code": village.code,
        "name": village.name,
        "level": "village",
        "parent": village.parent,
        "type": village.kind,
        "valid_from": village.valid_from,
        "valid_to": village.valid_to,
        "households": village.households,
        "aliases": "|".join(village.aliases),
    }


def form_text(edition: str, head: Head, period: str | None) -> str:
    """Return an edition of the built-in form with a letterhead; its comments are kept.

    Parameters
    ----------
    edition : the text of the edition.
    head : the letterhead.
    period : name of the period, if the form has to state it; else None.
    """
    edition = _LETTERHEAD.sub("", edition)
    if period is not None:
        edition = _FORM_TABLE.sub(lambda found: f"{found[0]}period = {_toml(period)}\n", edition, count=1)
    form = _FORM_TABLE.search(edition)
    following = _TABLE.search(edition, form.end() if form else 0)
    at = following.start() if following else len(edition)
    return edition[:at] + _letterhead(head) + edition[at:]


def _letterhead(head: Head) -> str:
    recipients = ", ".join(map(_toml, head.recipients))
    return (
        "[letterhead]\n"
        "# Cơ quan lập báo cáo, nơi lập, hạn gửi của các xã (năm-tháng-ngày), nơi nhận, chức danh người ký.\n"
        f"issuer = {_toml(head.issuer)}\n"
        f"place = {_toml(head.place)}\n"
        f"deadline = {head.deadline.isoformat()}\n"
        f"recipients = [{recipients}]\n"
        f"signer = {_toml(head.signer)}\n\n"
    )


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read_me_text(
    province: CountryUnit, year: str, folder: str, blanks: str, deadline: date, notes: Sequence[str] = ()
) -> str:
    """Return the text of the read-me, in Vietnamese: what the files are, and what to do next.

    Parameters
    ----------
    province : the province.
    year : the year of the returns.
    folder : the folder as commands name it.
    blanks : the folder for blank returns as commands name it.
    deadline : day by which returns are due.
    notes : what has to be completed by hand, a line each.
    """
    template = resources.files("antq_stats.starting").joinpath("read-me.txt").read_text("utf-8")
    listed = "".join(f"  - {note}\n" for note in notes)
    return template.format(
        province=province.full_name[:1].upper() + province.full_name[1:],
        year=year,
        folder=folder,
        blanks=blanks,
        deadline=date_text(deadline, "vi"),
        notes=f"\nCÒN PHẢI BỔ SUNG\n\n{listed}" if notes else "",
    )

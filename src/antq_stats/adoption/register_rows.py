"""New rows of the register: confirmed villages are added, and old ones end the day before."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from antq_stats.adoption.decisions import Adopted
from antq_stats.delimited import decode, rows_of
from antq_stats.findings.setup_error import SetupError
from antq_stats.register.register import UnitRegister
from antq_stats.register.unit_columns import HEADER_ROWS
from antq_stats.register.unit_file import InForce
from antq_stats.register.unit_source import HEADERS, header_of
from antq_stats.register.unit_workbook import rows_of_sheet
from antq_stats.render.writing.delimited import csv_text
from antq_stats.starting.villages import VillageCodes, in_full, kind_of

SOURCE = "source"
"""Column of the register that says where a row comes from; no other room reads it."""

_COLUMNS = (*HEADERS, SOURCE)


@dataclass(frozen=True, slots=True)
class Edits:
    """Changes to the rows of a register's file."""

    ends: Mapping[int, date]
    """The last day of an old village, by its row from 1."""
    rows: Sequence[Mapping[str, str]]
    """The new rows, by the columns of units.csv."""


def edits_of(adopted: Sequence[Adopted], register: UnitRegister, rows_now: Mapping[str, InForce]) -> Edits:
    """Return what confirmed villages change in the register.

    A renamed village keeps its code; other villages get the commune's code and three digits that no unit of
    the file has or had.

    Parameters
    ----------
    adopted : the villages.
    register : the register of the period.
    rows_now : the rows of its file that are in force, by code.
    """
    codes = VillageCodes({*register.units.codes, *register.units.former})
    level = register.levels[-1]
    ends: dict[int, date] = {}
    rows: list[dict[str, str]] = []
    for village in adopted:
        for code in village.old:
            ends[rows_now[code].row] = village.since - timedelta(days=1)
        others = [village.reported] if village.reported != village.name else []
        if village.keeps_code:
            others.append(register.units.names[register.units.by_code[village.old[0]]])
        rows.append(
            {
                "code": village.old[0] if village.keeps_code else codes.new(village.commune),
                "name": in_full(village.name),
                "level": level,
                "parent": village.commune,
                "kind": kind_of(village.name),
                "valid_from": village.since.isoformat(),
                "households": village.households,
                "aliases": "|".join(dict.fromkeys(others)),
                SOURCE: village.source,
            }
        )
    return Edits(ends, rows)


def write_register(path: Path, edits: Edits, stream: BinaryIO) -> None:
    """Write a register's file with its changes.

    Text keeps its delimiter and is written as UTF-8 with a byte order mark, so that Excel shows it well. A
    workbook keeps its other sheets and its formats. Columns that the file lacks are added behind the others.

    Parameters
    ----------
    path : units.csv or units.xlsx; it is only read.
    edits : the changes.
    stream : takes the new content.
    """
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, edits, stream)
    else:
        _write_text(path, edits, stream)


def _placed(header: Mapping[str, int], edits: Edits) -> dict[str, int]:
    """Return the column of each field, with new columns behind the last for fields that are needed."""
    places = dict(header)
    needed = [column for column in _COLUMNS if any(row.get(column) for row in edits.rows)]
    needed += ["valid_to"] if edits.ends else []
    for column in needed:
        if column not in places:
            places[column] = max(places.values()) + 1
    return places


def _write_text(path: Path, edits: Edits, stream: BinaryIO) -> None:
    records = rows_of(decode(path.read_bytes()).text)
    rows = [list(row) for row in records.rows]
    while rows and not any(rows[-1]):
        rows.pop()
    at, header = header_of(rows[:HEADER_ROWS], path.name)
    places = _placed(header, edits)
    width = max(places.values()) + 1

    def put(row: list[str], column: str, text: str) -> None:
        row.extend([""] * (width - len(row)))
        row[places[column]] = text

    for column in places.keys() - header.keys():
        put(rows[at], column, _title(column))
    for number, last in edits.ends.items():
        put(rows[number - 1], "valid_to", last.isoformat())
    for fields in edits.rows:
        row: list[str] = [""] * width
        for column, text in fields.items():
            if column in places:
                row[places[column]] = csv_text(text)
        rows.append(row)
    content = io.StringIO(newline="")
    csv.writer(content, delimiter=records.delimiter, lineterminator="\r\n").writerows(rows)
    stream.write(content.getvalue().encode("utf-8-sig"))


def _write_workbook(path: Path, edits: Edits, stream: BinaryIO) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        rows = rows_of_sheet(sheet)
        try:
            at, header = header_of(rows[:HEADER_ROWS], path.name)
        except SetupError:
            continue
        if sheet.sheet_state != "visible":
            continue
        places = _placed(header, edits)
        texts = {(at + 1, column): _title(column) for column in places.keys() - header.keys()}
        texts |= {(number, "valid_to"): last.isoformat() for number, last in edits.ends.items()}
        for number, fields in enumerate(edits.rows, start=len(rows) + 1):
            texts |= {(number, column): text for column, text in fields.items() if column in places and text}
        for (number, column), text in texts.items():
            cell = sheet.cell(number, places[column] + 1, text)
            cell.number_format = "@"  # text: codes keep their zeros
            cell.data_type = "s"  # also if it begins like a formula
        break
    content = io.BytesIO()
    book.save(content)
    stream.write(content.getbuffer())


def _title(column: str) -> str:
    """Return the head of a column of units.csv."""
    return "type" if column == "kind" else column

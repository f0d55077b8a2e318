"""The file of a register: delimited text or a workbook, and its header."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from antq_stats.delimited import NotText, UnknownEncoding, decode
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.register.unit_columns import Header, HeaderOf, UnitColumns, columns_of, columns_of_rows
from antq_stats.register.unit_workbook import LARGEST_EXPANDED_MIB, SUFFIXES, NoWorkbook, sheets_of
from antq_stats.words.text import ascii_key, one_line

LARGEST_MIB = 64
"""A register of every village of the country takes about 6 MiB."""

HEADERS: dict[str, tuple[str, ...]] = {
    "code": ("code", "unit code", "ma", "ma don vi", "ma so", "ma don vi hanh chinh"),
    "name": ("name", "unit name", "ten", "ten don vi", "ten don vi hanh chinh"),
    "level": ("level", "cap", "cap don vi", "cap hanh chinh"),
    "parent": ("parent", "parent code", "cap tren", "ma cap tren", "ma don vi cap tren", "don vi cap tren"),
    "kind": ("type", "kind", "loai", "loai hinh", "loai don vi"),
    "valid_from": ("valid from", "from", "tu ngay", "hieu luc tu", "hieu luc tu ngay"),
    "valid_to": ("valid to", "to", "den ngay", "hieu luc den", "hieu luc den ngay", "het hieu luc"),
    "households": ("households", "so ho", "tong so ho", "so ho dan"),
    "aliases": ("aliases", "alias", "ten khac", "ten goi khac"),
}
"""Headers of units.csv (keys without diacritics) by column."""

REQUIRED = ("code", "name", "level", "parent")


def unreadable(file: str, problem: str, **facts: str) -> SetupError:
    """Return S201 for a file.

    Parameters
    ----------
    file : its name.
    problem : keyword of the catalogue.
    **facts : further facts of the finding.
    """
    return SetupError([Finding(code="S201", file=file, facts={"problem": problem, **facts})])


def read_columns(path: Path) -> UnitColumns:
    """Return the columns of a register.

    Parameters
    ----------
    path : units.csv, in any encoding and with any delimiter Excel writes, units.xlsx or units.ods.

    Raises
    ------
    SetupError
        S201, with the reason why the file cannot be read.
    """
    header = partial(header_of, file=path.name)
    try:
        if not path.is_file():  # a pipe or a device would never end
            raise unreadable(path.name, "not-a-file" if path.exists() else "not-there")
        if path.stat().st_size > LARGEST_MIB << 20:
            raise unreadable(path.name, "too-large", limit=f"{LARGEST_MIB} MiB")
        if path.suffix.lower() in SUFFIXES:
            return _columns_of_workbook(path, header)
        data = path.read_bytes()
    except (OSError, ValueError):
        raise unreadable(path.name, "cannot-be-opened") from None
    return columns_of(_text(data, path), header)


def _columns_of_workbook(path: Path, header: HeaderOf) -> UnitColumns:
    """Return the columns of the first sheet that has the header of a register."""
    refused: SetupError | None = None
    try:
        for rows in sheets_of(path):
            try:
                return columns_of_rows(rows, header)
            except SetupError as error:
                refused = refused or error
    except NoWorkbook as error:
        raise unreadable(path.name, error.problem, limit=f"{LARGEST_EXPANDED_MIB} MiB") from None
    raise refused or unreadable(path.name, "empty")


def _text(data: bytes, path: Path) -> str:
    """Return the text of a delimited file, or raise S201 with the reason why it cannot be read."""
    if not data.strip():
        raise unreadable(path.name, "empty")
    try:
        return decode(data).text
    except NotText:
        raise unreadable(path.name, "not-text") from None
    except UnknownEncoding:
        raise unreadable(path.name, "encoding-unknown") from None


_COLUMN_OF = {key: column for column, keys in HEADERS.items() for key in keys}


def header_of(rows: Sequence[Sequence[str]], file: str) -> Header:
    """Return the place of the header row, and of each known column in it.

    Parameters
    ----------
    rows : the first rows of a register.
    file : name of its file.

    Raises
    ------
    SetupError
        S201: none of the rows has all columns of `REQUIRED`.
    """
    best: tuple[int, dict[str, int]] = (0, {})
    for place, row in enumerate(rows):
        columns: dict[str, int] = {}
        for position, header in enumerate(row):
            column = _COLUMN_OF.get(ascii_key(header))
            if column in columns:
                first = one_line(row[columns[column]])
                raise unreadable(file, "column-twice", first=first, second=one_line(header))
            if column is not None:
                columns[column] = position
        if len(columns) > len(best[1]):
            best = (place, columns)
        if all(column in columns for column in REQUIRED):
            return place, columns
    if not best[1]:
        raise unreadable(file, "no-header", expected=", ".join(REQUIRED))
    missing = [column for column in REQUIRED if column not in best[1]]
    raise unreadable(file, "column-missing", expected=", ".join(missing))

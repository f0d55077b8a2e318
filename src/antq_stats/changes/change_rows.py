"""Reads changes.csv into events, and reports all faults in its rows together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from antq_stats.changes.events import KINDS, Event, Kind, Part
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.office_file import ListProblem, list_table, list_text
from antq_stats.register.unit_file import day_of_text
from antq_stats.words.text import ascii_key

HEADS: Mapping[str, tuple[str, ...]] = {
    "event": ("event", "su kien", "dot", "ma su kien"),
    "date": ("date", "ngay", "ngay hieu luc", "hieu luc tu"),
    "kind": ("kind", "loai", "hinh thuc", "loai thay doi"),
    "from": ("from", "tu", "ma cu", "don vi cu"),
    "to": ("to", "den", "ma moi", "don vi moi", "thanh"),
    "share": ("share", "ty le", "phan"),
    "act": ("act", "can cu", "van ban", "nghi quyet"),
    "source": ("source", "nguon"),
}
"""Headers of changes.csv (keys without diacritics) by column."""
REQUIRED = ("event", "date", "kind", "from", "to")

_KIND_WORDS: Mapping[str, Kind] = {
    "doi ten": "rename", "doi ma": "recode", "sap nhap": "merge", "nhap": "merge", "hop nhat": "merge",
    "chia": "split", "tach": "split", "chia tach": "split", "chuyen": "transfer", "dieu chuyen": "transfer",
    "bo cap": "abolish-level", "bai bo cap": "abolish-level",
}  # fmt: skip
_ALL = Fraction(1)
_LONGEST = 240
_PLAIN = re.compile(r"[0-9./]{1,60}%?")


class ChangeRow(NamedTuple):
    """A sound row of the file."""

    row: int
    """Its number, from 1."""
    event: str
    day: date
    kind: Kind
    old: str
    new: str
    share: Fraction | None
    act: str
    source: str


def read_rows(path: Path) -> tuple[list[ChangeRow], list[Finding]]:
    """Return the sound rows of changes.csv, and S212 for each of the others.

    Parameters
    ----------
    path : a text file with a header row, with any delimiter and in any encoding that Excel writes.

    Raises
    ------
    SetupError
        S211: the file cannot be read.
    """
    try:
        table = list_table(list_text(path), HEADS, REQUIRED)
    except ListProblem as error:
        raise SetupError([Finding(code="S211", file=path.name, facts=error.facts)]) from None
    found: list[ChangeRow] = []
    faults: list[Finding] = []
    beyond = table.beyond_heads()
    for number, texts in table.lines(_LONGEST):
        row = [("longer-than-heads", beyond[number][1])] if number in beyond else _row(number, texts)
        if isinstance(row, ChangeRow):
            found.append(row)
        else:
            faults += [
                Finding(code="S212", file=path.name, row=number, value=value or None, facts={"problem": why})
                for why, value in row
            ]
    return found, faults


def _row(number: int, texts: Mapping[str, str]) -> ChangeRow | list[tuple[str, str]]:
    """Return a row, or what is wrong with it: pairs of a keyword and the text."""
    faults: list[tuple[str, str]] = []
    event, day, kind = texts["event"], day_of_text(texts["date"]), _kind(texts["kind"])
    share = _share(texts.get("share", ""))
    if not event:
        faults.append(("blank-event", ""))
    if day is None:
        faults.append(("not-a-date", texts["date"]))
    if kind is None:
        faults.append(("unknown-kind", texts["kind"]))
    if share is not None and not 0 < share <= _ALL:
        faults.append(("not-a-share", texts["share"]))
    if not texts["from"]:
        faults.append(("blank-from", texts["to"]))
    if not texts["to"] and kind != "abolish-level":
        faults.append(("blank-to", texts["from"]))
    if faults or day is None or kind is None:
        return faults
    act, source = texts.get("act", ""), texts.get("source", "")
    return ChangeRow(number, event, day, kind, texts["from"], texts["to"], share, act, source)


def _kind(text: str) -> Kind | None:
    key = text.strip().lower().replace(" ", "-")
    return next((kind for kind in KINDS if kind == key), _KIND_WORDS.get(ascii_key(text)))


def _share(text: str) -> Fraction | None:
    """Return a share (``0.4``, ``0,4``, ``40%``, ``2/5``) exactly; None if there is none, 0 if it is none."""
    bare = text.replace(" ", "").replace(",", ".")
    if not bare:
        return None
    if not _PLAIN.fullmatch(bare):  # Fraction also takes exponents, which may have millions of digits
        return Fraction(0)
    try:
        return Fraction(bare[:-1]) / 100 if bare.endswith("%") else Fraction(bare)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def events_of(rows: Sequence[ChangeRow]) -> Iterator[Event]:
    """Yield the events of sound rows, in the order of the file; those that abolish a level have no parts.

    Parameters
    ----------
    rows : the rows; those of one event have its day and kind.
    """
    groups: dict[str, list[ChangeRow]] = defaultdict(list)
    for row in rows:
        groups[row.event].append(row)
    for name, members in groups.items():
        first = members[0]
        parts = tuple(Part(row.old, row.new, row.share, row.row) for row in members if row.new)
        yield Event(
            name, first.day, first.kind, parts,
            next((row.act for row in members if row.act), ""),
            next((row.source for row in members if row.source), ""),
        )  # fmt: skip

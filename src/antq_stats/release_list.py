"""What was published of a period: published.csv, to which each published report adds a line.

A line names the file and its SHA-256, so that anybody can tell whether a copy is the one that was published.
What the report showed of protected measures is kept beside the list, in a file that the line names by its own
SHA-256. It holds no figure that was withheld.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.office_file import ListProblem, list_table, list_text
from antq_stats.register.unit_file import day_of_text
from antq_stats.words.text import ascii_key

RECORDS = "published"
"""Folder beside published.csv with what the reports showed."""

Kind = Literal["provisional", "final"]
KINDS: tuple[Kind, ...] = get_args(Kind)
COLUMNS = ("date", "file", "sha256", "period", "boundaries", "kind", "with", "figures")
"""The columns of published.csv."""
HEADS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "ngay"),
    "file": ("file", "tep"),
    "sha256": ("sha256", "sha 256", "hash", "ma bam"),
    "period": ("period", "ky"),
    "boundaries": ("boundaries", "dia gioi"),
    "kind": ("kind", "loai"),
    "with": ("with", "so voi"),
    "figures": ("figures", "so lieu"),
}
"""Headers of published.csv (keys without diacritics) by column."""
REQUIRED = ("date", "file", "sha256", "period", "kind", "figures")
"""Columns without which it is no list of releases."""
_KIND_WORDS: Mapping[str, Kind] = {"tam tinh": "provisional", "chinh thuc": "final"}
_HASH = re.compile(r"[0-9a-f]{64}")
_LONGEST = 400


class PublishedReport(NamedTuple):
    """A line of published.csv."""

    date: dt.date
    """The day on which it was published."""
    file: str
    """Name of the file."""
    sha256: str
    period: str
    boundaries: dt.date | None
    """The day whose units count; None for a period without a day."""
    kind: Kind
    earlier: str
    """Names of the earlier periods whose figures it shows, with semicolons."""
    figures: str
    """SHA-256 of the record of what it showed; empty if the form protected no measure."""

    @property
    def record(self) -> str:
        """Path of the record, relative to the folder of the list."""
        return f"{RECORDS}/{self.figures[:16]}.json"

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the line, in the order of `COLUMNS`."""
        day = "" if self.boundaries is None else self.boundaries.isoformat()
        return (self.date.isoformat(), *self[1:4], day, *self[5:])


def read_published(path: Path) -> tuple[PublishedReport, ...]:
    """Read published.csv.

    Parameters
    ----------
    path : a text file with a header row, with any delimiter and in any encoding that Excel writes.

    Raises
    ------
    SetupError
        With every fault: S231 the file cannot be read; S232 a cell is wrong.
    """
    try:
        table = list_table(list_text(path), HEADS, REQUIRED)
    except ListProblem as error:
        raise SetupError([Finding(code="S231", file=path.name, facts=error.facts)]) from None
    lines: list[PublishedReport] = []
    faults: list[Finding] = []
    beyond = table.beyond_heads()
    for number, texts in table.lines(_LONGEST):
        if number in beyond:
            at, text = beyond[number]
            facts = {"problem": "longer-than-heads"}
            faults.append(
                Finding(code="S232", file=path.name, row=number, column=at, value=text, facts=facts)
            )
            continue
        wrong = list(_faults(texts))
        faults += [
            Finding(
                code="S232", file=path.name, row=number, column=table.columns.get(name),
                value=texts[name] or None, facts={"problem": problem},
            )
            for name, problem in wrong
        ]  # fmt: skip
        if not wrong:
            lines.append(_line(texts))
    if faults:
        raise SetupError(faults)
    return tuple(lines)


def _faults(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the cells of a line: pairs of a column and a keyword of the catalogue."""
    if day_of_text(texts["date"]) is None:
        yield "date", "not-a-date"
    for name in ("file", "period"):
        if not texts[name]:
            yield name, f"blank-{name}"
    if not _HASH.fullmatch(texts["sha256"].lower()):
        yield "sha256", "not-a-hash"
    if texts["figures"] and not _HASH.fullmatch(texts["figures"].lower()):
        yield "figures", "not-a-hash"
    if texts.get("boundaries") and day_of_text(texts["boundaries"]) is None:
        yield "boundaries", "not-a-date"
    if _kind_of(texts["kind"]) is None:
        yield "kind", "unknown-release"


def _line(texts: Mapping[str, str]) -> PublishedReport:
    day, kind = day_of_text(texts["date"]), _kind_of(texts["kind"])
    assert day is not None  # noqa: S101 - checked by the caller
    assert kind is not None  # noqa: S101 - likewise
    return PublishedReport(
        day, texts["file"], texts["sha256"].lower(), texts["period"],
        day_of_text(texts.get("boundaries", "")), kind, texts.get("with", ""), texts["figures"].lower(),
    )  # fmt: skip


def _kind_of(text: str) -> Kind | None:
    key = text.strip().lower()
    return next((kind for kind in KINDS if kind == key), _KIND_WORDS.get(ascii_key(text)))

"""The rows of a list of findings in which decisions were filled in, wherever its columns and rows are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from antq_stats.findings.finding import Finding
from antq_stats.office_file import ListProblem, list_rows
from antq_stats.register.unit_workbook import NoWorkbook, Sheet, named_sheets
from antq_stats.render.findings.decision_columns import FILLED, KEYS
from antq_stats.words.language import LANGUAGES, phrase
from antq_stats.words.text import one_line, text_key

HEADER_ROWS = 20
"""First rows in which the heads are looked for."""
NEEDED = ("decision", "reason", "by", "key", "list")
"""Columns without whose heads a sheet is no list."""
_COLUMN_PHRASES = {
    **{name: f"decide.head-{name}" for name in (*FILLED, *KEYS)},
    "unit-code": "column.unit-code", "measure-code": "column.measure-code", "rule": "column.rule",
    "code": "column.code", "file": "column.file", "sheet": "column.sheet", "unit": "column.unit",
    "measure": "column.measure",
}  # fmt: skip
"""The phrases of the heads of the columns that are read."""
LONGEST = 400
"""Most characters of a cell that are read."""


class NoList(Exception):  # noqa: N818 - named like `unit_workbook.NoWorkbook`
    """The file is no list with decisions.

    Parameters
    ----------
    problem : keyword of the catalogue: ``no-workbook``, ``too-large``, ``no-header``, ``not-there``,
        ``other-list`` …
    **facts : further facts of the finding.
    """

    def __init__(self, problem: str, **facts: str) -> None:
        self.facts = {"problem": problem, **facts}
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row in which something was filled in."""

    file: str
    """Name of the list, with the sheet if several are filled in."""
    number: int
    """From 1, as in the sheet."""
    cells: dict[str, str]
    """The texts by column; a column that the sheet does not have is missing."""
    places: dict[str, int]
    """The place of each column, from 0."""

    def __getitem__(self, column: str) -> str:
        """Return the text of a column; empty if there is none."""
        return self.cells.get(column, "")

    def refusal(self, column: str, problem: str, *, shows: bool = True, **facts: str) -> Finding:
        """Return the finding that a decision cannot be taken.

        Parameters
        ----------
        column : the column at fault.
        problem : keyword of the catalogue.
        shows : whether the text of the cell may be shown; not if it may name a person.
        **facts : further facts.
        """
        return Finding(
            code="S223", file=self.file, row=self.number, column=self.places.get(column),
            value=(self[column] or None) if shows else None, facts={"problem": problem, **facts},
        )  # fmt: skip


def filled_rows(path: Path) -> list[FilledRow]:
    """Return the rows of a list in which something was filled in.

    Parameters
    ----------
    path : an ``.xlsx`` or ``.ods`` workbook, or delimited text saved from one.

    Raises
    ------
    NoList
        The file cannot be read, or no sheet has the heads of the list.
    """
    found: list[FilledRow] = []
    is_list = False
    for sheet in _sheets(path):
        for at, row in enumerate(sheet.rows[:HEADER_ROWS]):
            places = _heads(row)
            if all(column in places for column in NEEDED):
                is_list = True
                name = path.name if not found else f"{path.name} · {sheet.name}"
                found += _rows(name, sheet.rows[at + 1 :], at + 2, places)
                break
    if not is_list:
        heads = (phrase(f"decide.head-{name}", lang) for lang in LANGUAGES for name in ("decision", "key"))
        raise NoList("no-header", expected=", ".join(heads))
    return found


def _sheets(path: Path) -> Iterator[Sheet]:
    if not path.is_file():
        raise NoList("not-a-file" if path.exists() else "not-there")
    try:
        if path.suffix.lower() in (".csv", ".txt", ".tsv"):
            yield Sheet(path.stem, list_rows(path))
        else:
            yield from named_sheets(path)
    except ListProblem as error:
        raise NoList(**error.facts) from None
    except NoWorkbook as error:
        raise NoList(error.problem) from None
    except OSError:
        raise NoList("cannot-be-opened") from None


def _heads(row: Sequence[str]) -> dict[str, int]:
    """Return the columns whose heads, in either language, are in a row."""
    keys = list(map(text_key, row))
    words = (
        (column, text_key(phrase(key, lang))) for column, key in _COLUMN_PHRASES.items() for lang in LANGUAGES
    )
    return {column: keys.index(word) for column, word in words if word in keys}


def _rows(
    name: str, rows: Sequence[Sequence[str]], first: int, places: dict[str, int]
) -> Iterator[FilledRow]:
    for number, row in enumerate(rows, start=first):
        cells = {
            column: one_line(row[place].strip(), LONGEST)
            for column, place in places.items()
            if place < len(row)
        }
        if any(cells.get(column) for column in FILLED):
            yield FilledRow(name, number, cells, places)

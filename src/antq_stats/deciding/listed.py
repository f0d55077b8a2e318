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
_WORKBOOKS = (".xlsx", ".xlsm", ".ods")
_TEXTS = (".csv", ".txt", ".tsv")


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
    number_with_decimals: float | None = None
    """The right value, if its cell holds a number with decimals and no text."""
    cut: str = ""
    """The column, of those that are filled in, whose text is longer than `LONGEST`."""

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
    is_list, hidden, best = False, "", set[str]()
    for sheet in _sheets(path):
        for at, row in enumerate(sheet.rows[:HEADER_ROWS]):
            places = _heads(row)
            if all(column in places for column in NEEDED):
                name = path.name if not found else f"{path.name} · {sheet.name}"
                rows = list(_rows(name, sheet, at + 1, places))
                if sheet.is_hidden:
                    if rows:
                        raise NoList("list-hidden", found=sheet.name)
                    hidden = sheet.name
                    break
                is_list = True
                found += rows
                break
            best = max(best, set(places), key=len)
    if not is_list and hidden:
        raise NoList("list-hidden", found=hidden)
    if not is_list:
        lacking = [name for name in NEEDED if name not in best]
        heads = (" / ".join(phrase(f"decide.head-{name}", lang) for lang in LANGUAGES) for name in lacking)
        is_text = path.suffix.lower() in _TEXTS
        raise NoList("no-header-in-text" if is_text else "no-header", expected=", ".join(heads))
    return found


def _sheets(path: Path) -> Iterator[Sheet]:
    if not path.is_file():
        raise NoList("not-a-file" if path.exists() else "not-there")
    try:
        if path.suffix.lower() in _TEXTS:
            yield Sheet(path.stem, list_rows(path))
        elif path.suffix.lower() not in _WORKBOOKS:
            raise NoList("list-format")
        else:
            yield from named_sheets(path, hidden=True)
    except ListProblem as error:
        is_lost = error.facts["problem"] == "encoding-unknown"
        raise NoList(**error.facts | ({"problem": "letters-lost"} if is_lost else {})) from None
    except NoWorkbook as error:
        raise NoList(error.problem) from None
    except OSError:
        raise NoList("cannot-be-opened") from None


def _heads(row: Sequence[str]) -> dict[str, int]:
    """Return the columns whose heads, in either language, are in a row.

    Raises
    ------
    NoList
        It is the row of heads, and two columns have the same one.
    """
    keys = [text_key(head) for head in row]
    found: dict[str, list[int]] = {}
    for column, key in _COLUMN_PHRASES.items():
        words = {text_key(phrase(key, lang)) for lang in LANGUAGES}
        if places := [place for place, word in enumerate(keys) if word in words]:
            found[column] = places
    named = (*FILLED, "was", "key", "list")  # the codes of units and measures may stand in sight too
    twice = [row[places[0]] for column, places in found.items() if column in named and len(places) > 1]
    if twice and all(column in found for column in NEEDED):
        raise NoList("column-twice", found=twice[0])
    return {column: places[0] for column, places in found.items()}


def _rows(name: str, sheet: Sheet, first: int, places: dict[str, int]) -> Iterator[FilledRow]:
    for at, row in enumerate(sheet.rows[first:], start=first):
        cells = {
            column: one_line(row[place].strip(), LONGEST)
            for column, place in places.items()
            if place < len(row)
        }
        if any(cells.get(column) for column in FILLED):
            value = sheet.fractions.get((at, places.get("value", -1)))
            long = (each for each in FILLED if each in cells and len(row[places[each]].strip()) > LONGEST)
            yield FilledRow(name, at + 1, cells, places, value, next(long, ""))

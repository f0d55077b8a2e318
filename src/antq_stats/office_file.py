"""Lists that an office keeps beside the returns as text: changes.csv, decisions.csv, published.csv.

They have a header row, in Vietnamese or English, with any delimiter and in any encoding that Excel writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from antq_stats.delimited import DELIMITERS, NotText, UnknownEncoding, decode, rows_of
from antq_stats.words.text import ascii_key, one_line

_LARGEST = 64 << 20  # bytes
_HEADER_ROWS = 20


class ListProblem(Exception):  # noqa: N818 - a problem becomes a finding
    """A list that cannot be read.

    Parameters
    ----------
    problem : keyword of the catalogue.
    **facts : further facts of the finding.
    """

    def __init__(self, problem: str, **facts: str) -> None:
        self.facts = {"problem": problem, **facts}
        super().__init__(problem)


class ListTable(NamedTuple):
    """A list with its header row."""

    rows: list[list[str]]
    top: int
    """Place of the header row."""
    columns: dict[str, int]
    """Place of each known column."""
    delimiter: str

    def beyond_heads(self) -> dict[int, tuple[int, str]]:
        """Return for each line that is longer than the header row the cell behind it: its place and text.

        Such a line has a delimiter inside a cell, as in a figure ``1,691`` without quotes: the cells behind
        it stand under the heads of others.
        """
        heads = self.rows[self.top]
        width = max((at + 1 for at, head in enumerate(heads) if head.strip()), default=0)
        return {
            row: next((at, cell.strip()) for at, cell in enumerate(cells) if at >= width and cell.strip())
            for row, cells in enumerate(self.rows[self.top + 1 :], start=self.top + 2)
            if any(cell.strip() for cell in cells[width:])
        }

    def lines(self, longest: int) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield each line below the header that is not blank: its row, from 1, and the texts of its columns.

        Parameters
        ----------
        longest : number of characters that are kept of a cell.
        """
        for row, cells in enumerate(self.rows[self.top + 1 :], start=self.top + 2):
            if any(cell.strip() for cell in cells):
                places = self.columns.items()
                yield (
                    row,
                    {name: one_line(cells[at], longest) if at < len(cells) else "" for name, at in places},
                )


def list_rows(path: Path) -> list[list[str]]:
    """Return the rows of a list; parameters and errors as for `list_text`."""
    return rows_of(list_text(path)).rows


def list_text(path: Path) -> str:
    """Return the text of a list.

    Parameters
    ----------
    path : the file.

    Raises
    ------
    ListProblem
        The file cannot be read.
    """
    try:
        if not path.is_file():
            raise ListProblem("not-a-file" if path.exists() else "not-there")
        if path.stat().st_size > _LARGEST:
            raise ListProblem("too-large", limit=f"{_LARGEST >> 20} MiB")
        return decode(path.read_bytes()).text
    except OSError:
        raise ListProblem("cannot-be-opened") from None
    except NotText:
        raise ListProblem("not-text") from None
    except UnknownEncoding:
        raise ListProblem("encoding-unknown") from None


def list_table(text: str, heads: Mapping[str, tuple[str, ...]], required: Sequence[str]) -> ListTable:
    """Return the rows of a list by the delimiter that its header has.

    The lines below may have another one more often, such as a semicolon in each reason.

    Parameters
    ----------
    text : text of the list.
    heads, required : as for `list_header`.

    Raises
    ------
    ListProblem
        No row has the required columns.
    """
    first = rows_of(text)
    for records in (first, *(rows_of(text, each) for each in DELIMITERS if each != first.delimiter)):
        with suppress(ListProblem):
            return ListTable(records.rows, *list_header(records.rows, heads, required), records.delimiter)
    return ListTable(first.rows, *list_header(first.rows, heads, required), first.delimiter)


def list_header(
    rows: Sequence[Sequence[str]], heads: Mapping[str, tuple[str, ...]], required: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """Return the place of the header row, and of each known column in it.

    Parameters
    ----------
    rows : the rows of the list.
    heads : headers (keys without diacritics) by column.
    required : columns that the list must have.

    Raises
    ------
    ListProblem
        No row has the required columns.
    """
    column_of = {key: column for column, keys in heads.items() for key in keys}
    best: set[str] = set()
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        columns: dict[str, int] = {}
        for at, head in enumerate(row):
            if (column := column_of.get(ascii_key(head))) is not None:
                columns.setdefault(column, at)
        if all(column in columns for column in required):
            return place, columns
        best = max(best, set(columns), key=len)
    if not best:
        raise ListProblem("no-header", expected=", ".join(required))
    raise ListProblem("column-missing", expected=", ".join(c for c in required if c not in best))

"""Receipts: what was read from each file, for its sender to confirm."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import TableValues
from antq_stats.plan import MISSING
from antq_stats.render.words import unit_name
from antq_stats.render.writing.output import fitting_name
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line, text_key


def receipts(collection: Collection, lang: Language) -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of a receipt for each file that figures were read from.

    A receipt states what was read, for the sender to confirm: the file with the start of its hash, the number
    of units of those expected, and the sums of the measures.

    Parameters
    ----------
    collection : the returns.
    lang : the language.
    """
    wording = Wording(lang)
    hashes = {file_read.file: file_read.sha256 for file_read in collection.files}
    given = [_Given(collection, table) for table in collection.tables]
    taken: set[str] = set()
    for file in sorted(collection.used):
        lines = [wording.phrase("receipt.title", period=wording.period(collection.period)), ""]
        lines += [wording.phrase("receipt.file", file=one_line(file, 500), hash=hashes[file][:12]), ""]
        for each in given:
            if file in each.rows:
                lines += [*_receipt_lines(collection, each, file, wording), ""]
        lines.append(wording.phrase("receipt.ask"))
        yield _receipt_name(file, taken), "\n".join(lines) + "\n"


class _Given:
    """What each file gave of a table: n x m values.

    Parameters
    ----------
    collection : the returns.
    table : one of its tables.
    """

    def __init__(self, collection: Collection, table: TableValues) -> None:
        self.table = table
        self._numbers = {part.file: number for number, part in enumerate(table.origins.parts)}
        of_part = np.array([*(self._numbers[part.file] for part in table.origins.parts), -1], dtype=np.int32)
        self._files = of_part[table.origins.parts_of(table.source)]
        """Number of the file that each value is from, n x m; -1 where none was given."""
        row, place = np.nonzero(self._files >= 0)
        count = len(self._files)
        pairs = np.unique(self._files[row, place].astype(np.int64) * count + row)
        numbers, rows = np.divmod(pairs, count)
        numbers, starts = np.unique(numbers, return_index=True)
        files = [table.origins.parts[number].file for number in numbers.tolist()]
        self.rows: dict[str, Integers] = dict(zip(files, np.split(rows, starts[1:]), strict=False))
        """The rows of the matrix that have a value from a file, by the file."""
        self.absent: dict[int, list[int]] = {}
        """The units without a row, by the unit above them."""
        for unit in table.units[~table.read].tolist():
            self.absent.setdefault(collection.register.units.parents[unit], []).append(unit)

    def is_from(self, file: str) -> Truths:
        """Return whether each value of the file's k rows is from it, k x m."""
        own: Truths = self._files[self.rows[file]] == self._numbers[file]
        return own


def _receipt_lines(collection: Collection, given: _Given, file: str, wording: Wording) -> Iterator[str]:
    register, table, rows = collection.register, given.table, given.rows[file]
    parents = {register.units.parents[unit] for unit in table.units[rows].tolist()}
    only = parents.pop() if len(parents) == 1 else -1
    title = wording.say(table.table.title)
    yield f"{title} · {unit_name(register, only)}" if only >= 0 and len(rows) > 1 else title
    if only >= 0 and len(rows) > 1:
        expected = int(register.expected(table.level)[only])
        facts = {"given": wording.number(len(rows)), "expected": wording.number(expected)}
        yield "  " + wording.phrase("receipt.units", **facts)
        if only in given.absent:
            names = ", ".join(unit_name(register, unit) for unit in given.absent[only])
            yield "  " + wording.phrase("receipt.missing", names=names)
    is_from, figures = given.is_from(file), table.values[rows]
    for place, measure in enumerate(table.measures):
        if not (table.source[rows, place] >= 0).any():
            continue
        own = figures[is_from[:, place], place]
        values = own[own != MISSING]
        total = int(values.sum(dtype=np.int64))
        value = wording.number(measure.amount(total)) if len(values) else wording.phrase("sign.missing")
        unit = f" {wording.say(measure.unit)}" if measure.unit and len(values) else ""
        partly = 0 < len(values) < len(own)
        coverage = f" ({wording.number(len(values))}/{wording.number(len(own))})" if partly else ""
        yield f"  {wording.say(measure.label)}: {value}{unit}{coverage}"


def _receipt_name(file: str, taken: set[str]) -> str:
    """Return a unique file name for a receipt: the path of the return with dashes for slashes."""
    stem = one_line(file.replace("/", "--"), 2 * len(file) + 1)
    name, number_ = fitting_name(stem, ".txt"), 2
    while text_key(name) in taken:
        name, number_ = fitting_name(f"{stem} ({number_})", ".txt"), number_ + 1
    taken.add(text_key(name))
    return name

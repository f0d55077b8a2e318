"""Receipts: what was read from each file, for its sender to confirm."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection.collection import Collection
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
    rows = [_rows_by_file(table) for table in collection.tables]
    taken: set[str] = set()
    for file in sorted(collection.used):
        lines = [wording.phrase("receipt.title", period=wording.period(collection.period)), ""]
        lines += [wording.phrase("receipt.file", file=one_line(file, 500), hash=hashes[file][:12]), ""]
        for table, by_file in zip(collection.tables, rows, strict=True):
            if file in by_file:
                lines += [*_receipt_lines(collection, table, file, by_file[file], wording), ""]
        lines.append(wording.phrase("receipt.ask"))
        yield _receipt_name(file, taken), "\n".join(lines) + "\n"


def _rows_by_file(table: TableValues) -> dict[str, list[int]]:
    """Return, by file, the rows of a table's matrix that have a value from it."""
    rows_by_file: dict[str, dict[int, None]] = {}
    row, place = np.nonzero(table.source >= 0)
    for position, source in zip(row.tolist(), table.source[row, place].tolist(), strict=True):
        rows_by_file.setdefault(table.origins[source].file, {})[position] = None
    return {file: list(rows) for file, rows in rows_by_file.items()}


def _receipt_lines(
    collection: Collection, table: TableValues, file: str, rows: list[int], wording: Wording
) -> Iterator[str]:
    register = collection.register
    parents = {register.units.parents[unit] for unit in table.units[rows].tolist()}
    only = parents.pop() if len(parents) == 1 else -1
    title = wording.say(table.table.title)
    yield f"{title} · {unit_name(register, only)}" if only >= 0 and len(rows) > 1 else title
    if only >= 0 and len(rows) > 1:
        expected = int(register.expected(table.level)[only])
        facts = {"given": wording.number(len(rows)), "expected": wording.number(expected)}
        yield "  " + wording.phrase("receipt.units", **facts)
        absent = [unit for unit in table.units[~table.read].tolist() if register.units.parents[unit] == only]
        if absent:
            names = ", ".join(unit_name(register, unit) for unit in absent)
            yield "  " + wording.phrase("receipt.missing", names=names)
    for place, measure in enumerate(table.measures):
        if not (table.source[rows, place] >= 0).any():
            continue
        own_rows = [
            row
            for row in rows
            if table.source[row, place] >= 0 and table.origins[table.source[row, place]].file == file
        ]
        values = [int(value) for value in table.values[own_rows, place] if value != MISSING]
        value = wording.number(measure.amount(sum(values))) if values else wording.phrase("sign.missing")
        unit = f" {wording.say(measure.unit)}" if measure.unit and values else ""
        partly = 0 < len(values) < len(own_rows)
        coverage = f" ({wording.number(len(values))}/{wording.number(len(own_rows))})" if partly else ""
        yield f"  {wording.say(measure.label)}: {value}{unit}{coverage}"


def _receipt_name(file: str, taken: set[str]) -> str:
    """Return a unique file name for a receipt: the path of the return with dashes for slashes."""
    stem = one_line(file.replace("/", "--"), 2 * len(file) + 1)
    name, number_ = fitting_name(stem, ".txt"), 2
    while text_key(name) in taken:
        name, number_ = fitting_name(f"{stem} ({number_})", ".txt"), number_ + 1
    taken.add(text_key(name))
    return name

"""Coverage of the returns: as a table, as records, and as receipts for the senders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from antq_stats.collection.collection import Collection, TableValues
from antq_stats.figures.coverage import UnitCoverage
from antq_stats.plan import MISSING
from antq_stats.render.words import unit_name
from antq_stats.render.writing.output import fitting_name
from antq_stats.render.writing.table import Column, Count, Coverage, PresentationTable, Row, Text
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line, text_key


def answers_table(
    collection: Collection, answers: UnitCoverage, units: Sequence[int], lang: Language
) -> PresentationTable:
    """Return coverage and counts of findings of units as a table for people.

    Parameters
    ----------
    collection : the returns.
    answers : coverage and counts by unit.
    units : positions of the units, in the order of the rows; the first is the total.
    lang : the language.
    """
    wording, register = Wording(lang), collection.register
    base = register.units.levels[units[0]]
    rows = [
        Row(
            unit_name(register, unit),
            register.units.levels[unit] - base,
            (
                Coverage(int(answers.read[unit]), int(answers.expected[unit])),
                Count(int(answers.hard[unit])),
                Count(int(answers.soft[unit])),
                Text(wording.phrase(f"state.{answers.state(unit)}")),
            ),
            "total" if unit == units[0] and len(units) > 1 else "plain",
        )
        for unit in units
    ]
    heads = (
        Column("coverage", wording.phrase("column.coverage")),
        Column("hard", wording.phrase("column.hard")),
        Column("soft", wording.phrase("column.soft")),
        Column("state", wording.phrase("column.status"), align="left"),
    )
    legend = []
    if answers.unplaced["hard"] or answers.unplaced["soft"]:
        legend.append(
            wording.phrase("status.unplaced", **{key: answers.unplaced[key] for key in ("hard", "soft")})
        )
    return PresentationTable(
        wording.phrase("status.title"), wording.period(collection.period, heading=True),
        wording.phrase("column.unit"), heads, tuple(rows), tuple(legend),
    )  # fmt: skip


def missing_names(collection: Collection, unit: int) -> list[str]:
    """Return the missing units at or under a unit, one text per sender: ``Xã Mường Lai: Thôn 1, Thôn 4``.

    A sender that is itself missing from an expected table is named alone.

    Parameters
    ----------
    collection : the returns.
    unit : position of the unit.
    """
    register = collection.register
    under = set(register.under(unit).tolist())
    missing = {
        int(position)
        for table in collection.tables
        if table.is_expected
        for position in table.units[~table.read]
        if int(position) in under
    }
    parents = register.units.parents
    senders: dict[int, list[str]] = {}
    for position in register.tree_order.tolist():
        if position in missing and (position in senders or position in register.units.children):
            senders.setdefault(position, [])
        elif position in missing and parents[position] not in missing:
            senders.setdefault(parents[position], []).append(unit_name(register, position))
    return [
        f"{unit_name(register, sender)}: {', '.join(names)}" if names else unit_name(register, sender)
        for sender, names in senders.items()
    ]


def answers_records(
    collection: Collection, answers: UnitCoverage, units: Sequence[int]
) -> list[dict[str, object]]:
    """Return the records of ``status --format json``: units with their coverage.

    Parameters
    ----------
    collection : the returns.
    answers : coverage and counts by unit.
    units : positions of the units, in order.
    """
    register = collection.register
    files, unread = _files_by_unit(collection), _unread_by_unit(collection)
    result: list[dict[str, object]] = []
    for unit in units:
        known = register.at(unit)
        result.append(
            {
                "unit": known.code,
                "name": known.display,
                "level": known.level,
                "parent": known.parent,
                "expected": int(answers.expected[unit]),
                "read": int(answers.read[unit]),
                "hard": int(answers.hard[unit]),
                "soft": int(answers.soft[unit]),
                "state": answers.state(unit),
                "files": files.get(unit, []),
                "unread": unread.get(unit, []),
            }
        )
    return result


def _files_by_unit(collection: Collection) -> dict[int, list[str]]:
    """Return the files that rows were read from, by the units of the rows and the units above those."""
    parents = collection.register.units.parents
    files: dict[int, dict[str, None]] = {}
    for table in collection.tables:
        for unit, source in zip(table.units.tolist(), table.sources.of_rows().tolist(), strict=True):
            if source >= 0:
                for holder in {unit, parents[unit]}:
                    files.setdefault(holder, {})[table.origins[source].file] = None
    return {unit: list(names) for unit, names in files.items()}


def _unread_by_unit(collection: Collection) -> dict[int, list[str]]:
    """Return the files that nothing was read from, by the units they are of."""
    codes = collection.register.units.by_code
    files: dict[int, list[str]] = {}
    for file in collection.unread:
        if file.about in codes:
            files.setdefault(codes[file.about], []).append(file.file)
    return files


def unread_names(collection: Collection, answers: UnitCoverage, unit: int) -> list[str]:
    """Return the unread files of units at or under a unit that have not fully answered.

    There is one text per unit: ``Xã Mường Lai: muong-lai.pdf``. Files of unknown senders are listed without a
    unit if any unit under this one has not answered.

    Parameters
    ----------
    collection : the returns.
    answers : coverage by unit.
    unit : position of the unit.
    """
    register = collection.register
    under = set(register.under(unit).tolist())
    texts = [
        f"{unit_name(register, sender)}: {', '.join(one_line(file, 200) for file in files)}"
        for sender, files in _unread_by_unit(collection).items()
        if sender in under and answers.read[sender] < answers.expected[sender]
    ]
    if answers.read[unit] < answers.expected[unit]:
        texts += [
            one_line(file.file, 200)
            for file in collection.unread
            if file.about not in register.units.by_code and file.may_hold_figures
        ]
    return texts


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

"""Coverage of the returns: as a table, as records, and as names of what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from antq_stats.collection.collection import Collection
from antq_stats.figures.coverage import UnitCoverage, missing_by_sender, unlisted_rows
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import Column, Count, Coverage, PresentationTable, Row, Text
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line


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
    unlisted = unlisted_rows(collection)

    def state(unit: int) -> str:
        if rows := unlisted[unit]:
            return wording.phrase("state.unlisted", count=rows)
        return wording.phrase(f"state.{answers.state(unit)}")

    rows = [
        Row(
            unit_name(register, unit),
            register.units.levels[unit] - base,
            (
                Coverage(int(answers.read[unit]), int(answers.expected[unit])),
                Count(int(answers.hard[unit])),
                Count(int(answers.soft[unit])),
                Text(state(unit)),
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
    senders = missing_by_sender(collection, frozenset(register.under(unit).tolist()))
    texts = []
    for sender, units in senders.items():
        names = ", ".join(unit_name(register, position) for position in units)
        texts.append(f"{unit_name(register, sender)}: {names}" if names else unit_name(register, sender))
    return texts


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
        if (unit := codes.get(file.about or "")) is not None:
            files.setdefault(unit, []).append(file.file)
    return files


def unplaced_files(collection: Collection, answers: UnitCoverage, unit: int) -> list[str]:
    """Return files of unknown senders that may hold figures, unless every unit under a unit has answered.

    Parameters
    ----------
    collection : the returns.
    answers : coverage by unit.
    unit : position of the unit.
    """
    if answers.read[unit] >= answers.expected[unit]:
        return []
    codes = collection.register.units.by_code
    unread = (file for file in collection.unread if file.about not in codes and file.may_hold_figures)
    return [one_line(file.file, 200) for file in unread]

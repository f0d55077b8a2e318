"""Two sendings of one return, compared: as tables for people, and as records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure
from antq_stats.register.register import UnitRegister
from antq_stats.render.findings.records import record
from antq_stats.render.words import FindingWording, names_of, unit_name
from antq_stats.render.writing.table import Cell, Column, Count, PresentationTable, Text
from antq_stats.render.writing.table import Row as TableRow
from antq_stats.sendings.difference import CellChange, Difference, RowChange
from antq_stats.sendings.rows import UNLISTED, Row
from antq_stats.words.amounts import Amount
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

FLAT = (
    "change", "asked", "unit", "name", "measure", "old", "new", "sheet", "cell", "row", "codes", "message",
)  # fmt: skip
"""The columns of ``compare --format csv`` of two returns."""
_LONGEST = 200


@dataclass(frozen=True)
class ComparedSendings:
    """What changed from one sending to the next, in words.

    Parameters
    ----------
    difference : what changed.
    form, register : form and units of the period.
    lang : the language.
    """

    difference: Difference
    form: Form
    register: UnitRegister
    lang: Language

    @cached_property
    def _wording(self) -> Wording:
        return Wording(self.lang)

    @cached_property
    def _words(self) -> FindingWording:
        return FindingWording(self._wording, names_of(self.form, self.register, self.lang))

    def _say(self, key: str, **facts: object) -> str:
        return self._wording.phrase(f"compare.{key}", **facts)

    def headline(self) -> str:
        """Return in one line what changed."""
        changed = self.difference
        if changed.is_unchanged:
            return self._say("sending-unchanged", new=changed.new, old=changed.old)
        return self._say(
            "sending-headline", cells=len(changed.cells), unasked=changed.unasked, cured=len(changed.cured),
            appeared=len(changed.appeared), added=changed.added, removed=changed.removed,
        )  # fmt: skip

    def tables(self) -> Iterator[PresentationTable]:
        """Yield the changes of cells and rows, those nobody asked for first, then the findings."""
        changed = self.difference
        subtitle = self._say("sending-files", old=changed.old, new=changed.new)
        rows = [
            *((bool(change.asked), self._cell_row(change)) for change in changed.cells),
            *((bool(change.asked), self._row_row(change)) for change in changed.rows),
        ]
        unasked = [row for is_asked, row in rows if not is_asked]
        asked = [row for is_asked, row in rows if is_asked]
        heads = tuple(
            Column(key, self._say(f"sending-{key}"), align="right" if key in ("old", "new") else "left")
            for key in ("measure", "old", "new", "place", "codes")
        )
        stub = self._wording.phrase("column.unit")
        titles = ((unasked, "sending-unasked"), (asked, "sending-asked"))
        shown = [(part, self._say(title, count=len(part)), stub, heads) for part, title in titles if part]
        of_findings = ((changed.cured, "cured", "place-old"), (changed.appeared, "appeared", "place"))
        for findings, key, place in of_findings:
            places = (
                Column("place", self._say(f"sending-{place}"), align="left"),
                Column("message", self._say("sending-message"), align="left"),
            )
            title = f"sending-{key}"
            if findings:
                lines = [self._finding_row(finding) for finding in findings]
                shown.append((lines, self._say(title, count=len(lines)), self._say("sending-codes"), places))
        headline = self.headline()
        if not shown:
            yield PresentationTable(headline, subtitle, stub, heads, (), ())
        for at, (lines, title, stub_head, columns) in enumerate(shown):
            legend = () if at else (headline,)
            yield PresentationTable(title, "" if at else subtitle, stub_head, columns, tuple(lines), legend)

    def _name(self, row: Row) -> str:
        if row.unit == UNLISTED:
            return one_line(row.name, _LONGEST)
        return unit_name(self.register, row.unit)

    def _measure(self, change: CellChange) -> Measure:
        return self.form.measures_of(self.form.tables[change.row.table])[change.place]

    def _cell_row(self, change: CellChange) -> TableRow:
        measure = self._measure(change)
        return TableRow(
            self._name(change.row), 0,
            (
                Text(self._wording.say(measure.label)), self._shown(change.old, measure),
                self._shown(change.new, measure), Text(self._place(change.row, change.cell)),
                Text(", ".join(change.asked) or self._say("sending-nobody")),
            ),
        )  # fmt: skip

    def _shown(self, said: str | None, measure: Measure) -> Cell:
        """Return a cell for what a return says: a number, a text that is none, or that it is blank."""
        if said is None:
            return Text(self._say("sending-blank"))
        value = _amount(said, measure)
        return Text(one_line(said, _LONGEST)) if value is None else Count(value)

    def _row_row(self, change: RowChange) -> TableRow:
        words = self._say("sending-row-added" if change.is_new else "sending-row-removed")
        return TableRow(
            self._name(change.row), 0,
            (
                Text(words), Text(""), Text(""), Text(self._place(change.row, None)),
                Text(", ".join(change.asked) or self._say("sending-nobody")),
            ),
        )  # fmt: skip

    def _place(self, row: Row, cell: str | None) -> str:
        where = cell or self._wording.phrase("findings.row", row=str(row.row))
        return f"{one_line(row.sheet, 60)} · {where}" if row.sheet else where

    def _finding_row(self, finding: Finding) -> TableRow:
        place, message = self._words.place(finding), self._words.message(finding)
        return TableRow(finding.code, 0, (Text(place), Text(message)))

    def record(self) -> dict[str, object]:
        """Return the JSON of ``compare`` of two returns."""
        changed = self.difference
        return {
            "old": changed.old,
            "new": changed.new,
            "unchanged": changed.is_unchanged,
            "summary": {
                "cells": len(changed.cells),
                "rows_added": changed.added,
                "rows_removed": changed.removed,
                "unasked": changed.unasked,
                "cured": len(changed.cured),
                "new_findings": len(changed.appeared),
            },
            "cells": [
                {
                    **self._about(change.row),
                    "measure": self._measure(change).code,
                    "old": change.old,
                    "new": change.new,
                    "cell": change.cell,
                    "asked": list(change.asked),
                }
                for change in changed.cells
            ],
            "rows": [
                {
                    **self._about(change.row),
                    "change": "added" if change.is_new else "removed",
                    "asked": list(change.asked),
                }
                for change in changed.rows
            ],
            "cured": [record(each, self.lang, self._words.names) for each in changed.cured],
            "new_findings": [record(each, self.lang, self._words.names) for each in changed.appeared],
        }

    def _about(self, row: Row) -> dict[str, object]:
        code = None if row.unit == UNLISTED else self.register.units.codes[row.unit]
        return {"unit": code, "name": self._name(row), "sheet": row.sheet, "row": row.row}

    def flat_records(self) -> Iterator[dict[str, object]]:
        """Yield the records of ``compare --format csv`` of two returns, what nobody asked for first."""
        changed = self.difference
        blank = dict.fromkeys(FLAT)
        cells = [
            blank
            | self._about(change.row)
            | {
                "change": "cell", "measure": self._measure(change).code, "old": change.old,
                "new": change.new, "cell": change.cell,
            }
            | _asked(change)
            for change in changed.cells
        ]  # fmt: skip
        rows = [
            blank
            | self._about(change.row)
            | {"change": "row-added" if change.is_new else "row-removed"}
            | _asked(change)
            for change in changed.rows
        ]
        yield from sorted((*cells, *rows), key=lambda each: each["asked"] == "yes")
        for kind, findings in (("cured", changed.cured), ("new-finding", changed.appeared)):
            for finding in findings:
                position = self.register.units.by_code.get(finding.unit or "")
                yield blank | {
                    "change": kind,
                    "unit": finding.unit,
                    "name": None if position is None else unit_name(self.register, position),
                    "measure": finding.measure,
                    "sheet": finding.sheet,
                    "cell": finding.cell,
                    "row": finding.row,
                    "codes": finding.code,
                    "message": catalogue.message(finding, self.lang, self._words.names),
                }


def _asked(change: CellChange | RowChange) -> dict[str, object]:
    return {"asked": "yes" if change.asked else "no", "codes": "; ".join(change.asked)}


def _amount(said: str, measure: Measure) -> Amount | None:
    """Return a value in digits as a number; None for a text that is no value of the measure."""
    whole, _, decimals = said.partition(".")
    if not (said.isascii() and whole.isdecimal()) or len(decimals) != measure.decimals:
        return None
    digits = whole + decimals
    return measure.amount(int(digits)) if digits.isdecimal() and said != f"{whole}." else None

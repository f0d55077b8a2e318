"""A trace as records: one for JSON, and a row for each leaf for CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.figures.figure import Figure, RatioFigure
from antq_stats.findings.finding import Finding
from antq_stats.form import Measure
from antq_stats.form.entries import UNITS
from antq_stats.output_marks import JSON_KEY, UNIT_COLUMNS
from antq_stats.plan import MISSING
from antq_stats.register.register import display_name
from antq_stats.render.findings.records import record as finding_record
from antq_stats.render.over_years.restated import figure_record, plain_value
from antq_stats.render.traced.words import figure_text, sum_text
from antq_stats.render.words import names_of
from antq_stats.render.writing.delimited import RecordColumns
from antq_stats.trace.figure_trace import Trace
from antq_stats.trace.leaves import CellPlace, Leaves
from antq_stats.trace.other_rows import OtherRow
from antq_stats.version import __version__
from antq_stats.words.amounts import Amount
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import column_letter

LEAF_COLUMNS = (
    *UNIT_COLUMNS, "measure", "counts_under", "state", "reason", "value", "low", "high",
    "file", "sheet", "cell", "found", "sha256", "findings", "other_rows", "notes",
)  # fmt: skip
"""The heads of ``trace --format csv``."""
_SHOWN = ("code", "severity", "rule", "file", "sheet", "cell", "unit", "measure", "value", "message", "hint")


class TraceRecords:
    """Makes the records of a trace.

    Parameters
    ----------
    trace : the trace.
    found : what stands in the cells, as far as they were read again.
    lang : the language of messages and of printed figures.
    report : the record of the report's cell that the trace starts from; None without a report.
    """

    def __init__(
        self,
        trace: Trace,
        found: Mapping[CellPlace, str],
        lang: Language,
        report: Mapping[str, object] | None = None,
    ) -> None:
        self.trace, self.found, self.lang, self.report = trace, found, lang, report
        self.hashes = {return_.file: return_.sha256 for return_ in trace.collection.files}
        collection = trace.collection
        self.units = collection.register.units
        self.names = names_of(collection.form, collection.register, lang)

    def record(self) -> dict[str, object]:
        """Return the record of ``trace --format json``."""
        trace, wording = self.trace, Wording(self.lang)
        known, boundaries = trace.register.at(trace.unit), trace.boundaries
        day = None if boundaries is None or boundaries.day is None else boundaries.day.isoformat()
        return {
            JSON_KEY: __version__,
            "period": trace.collection.period,
            "boundaries": None if boundaries is None else {"period": boundaries.period, "day": day},
            "unit": known.code,
            "name": known.display,
            "level": known.level,
            "parent": known.parent,
            "measure": trace.column.code,
            "label": trace.column.label.say(self.lang),
            "internal": trace.is_protected,
            "report": self.report,
            "figure": self._figure(),
            "printed": figure_text(trace, wording),
            "sum": sum_text(trace, wording),
            "adds_up": trace.adds_up,
            "sides": list(self._sides()),
            "causes": [self._finding(finding) for finding in trace.causes],
            "leaves": self._joined(self._whole),
        }

    def columns(self) -> RecordColumns:
        """Return the columns of ``trace --format csv``, by their heads."""
        return self._joined(self._flat)

    def _joined(self, columns_of: Callable[[Leaves], Mapping[str, Sequence[Any]]]) -> RecordColumns:
        """Return columns of the leaves of all sides."""
        sides = [columns_of(side) for side in self.trace.sides]
        return RecordColumns({key: [*chain(*(side[key] for side in sides))] for key in sides[0]})

    def _figure(self) -> dict[str, object]:
        figure, column = self.trace.figure, self.trace.column
        if isinstance(figure, Figure | RatioFigure):
            sides = (
                {"numerator": figure.numerator, "denominator": figure.denominator}
                if isinstance(figure, RatioFigure)
                else {}
            )
            return {
                "value": plain_value(figure.value, column),
                **sides,
                "given": figure.given,
                "expected": figure.expected,
                "unlisted": figure.unlisted,
                "provisional": figure.provisional,
                "decided": figure.decided,
            }
        return figure_record(figure, column) | {"basis": figure.basis.code, "reason": figure.reason}

    def _sides(self) -> Iterator[dict[str, object]]:
        for side in self.trace.sides:
            low, high = side.sum()
            yield {
                "measure": side.measure.code,
                "low": low,
                "high": high,
                "counted": int(side.counted.sum()),
                "missing": int(side.missing.sum()),
                "files": len(side.files()),
            }
        if getattr(self.trace.column, "denominator", None) == UNITS:
            count = int(self.trace.sides[0].counted.sum())
            yield {"measure": UNITS, "low": count, "high": count, "counted": count, "missing": 0, "files": 0}

    def _findings(self, side: Leaves) -> list[list[Finding]]:
        """Return for each leaf the findings at its unit that are on its measure."""
        on, none, code = self.trace.findings, list[Finding](), side.measure.code
        return [
            [finding for finding in on.of(unit) if on.is_on(finding, code)] if unit in on.units else none
            for unit in side.units.tolist()
        ]

    def _others(self, side: Leaves) -> list[list[OtherRow]]:
        """Return for each leaf the rows of its unit that do not count."""
        others, none = self.trace.others, list[OtherRow]()
        concerned = others.units(side.measure)
        return [others.of(unit, side.measure) if unit in concerned else none for unit in side.units.tolist()]

    def _finding(self, finding: Finding) -> dict[str, object]:
        record = finding_record(finding, self.lang, self.names)
        return {key: record[key] for key in _SHOWN}

    def _whole(self, side: Leaves) -> dict[str, Sequence[Any]]:
        """Return the columns of leaves with all that is known of their values."""
        decided, code = self.trace.decisions, side.measure.code
        decisions = [decided.get((unit, code)) for unit in side.units.tolist()]
        return {
            **self._columns(side),
            "findings": [[self._finding(finding) for finding in each] for each in self._findings(side)],
            "other_rows": [[self._other(row) for row in each] for each in self._others(side)],
            "decision": [decision and decision.number for decision in decisions],
            "notes": [[]] * len(side),
        }

    def _flat(self, side: Leaves) -> dict[str, Sequence[Any]]:
        """Return the columns of leaves for CSV."""
        told = {
            **self._columns(side),
            "findings": [" ".join(finding.code for finding in each) for each in self._findings(side)],
            "other_rows": [
                "; ".join(f"{row.kind} {row.place.file} {row.place.cell}" for row in each)
                for each in self._others(side)
            ],
            "notes": [""] * len(side),
        }
        return {head: told[head] for head in LEAF_COLUMNS}

    def _columns(self, side: Leaves) -> dict[str, Sequence[Any]]:
        units, codes, at = self.units, self.units.codes, side.units.tolist()
        stated, levels, parents = self.trace.register.units.codes, units.level_names, units.parents
        states, reasons = side.states()
        return {
            "unit": [codes[unit] for unit in at],
            "name": [display_name(units.kinds[unit], units.names[unit]) for unit in at],
            "level": [levels[units.levels[unit]] for unit in at],
            "parent": [codes[parents[unit]] if parents[unit] >= 0 else None for unit in at],
            "measure": [side.measure.code] * len(at),
            "counts_under": [stated[home] for home in side.homes.tolist()],
            "state": states,
            "reason": reasons,
            "value": _amounts(side.values, side.measure),
            "low": _amounts(side.low, side.measure),
            "high": _amounts(side.high, side.measure),
            **self._cells(side),
        }

    def _cells(self, side: Leaves) -> dict[str, Sequence[Any]]:
        """Return the columns on the cells of leaves."""
        sheets, sheet, row, column = side.cells
        at = sheet.tolist()
        files, names = [*(file for file, _ in sheets), None], [*(name for _, name in sheets), None]
        hashes = [self.hashes.get(file or "") for file in files]
        letters = {across: column_letter(across) for across in np.unique(column[column >= 0]).tolist()}
        cells = zip(column.tolist(), row.tolist(), strict=True)
        found = (self.found.get(place) if place else None for place in side.places()) if self.found else ()
        return {
            "file": [files[place] for place in at],
            "sheet": [names[place] for place in at],
            "cell": [f"{letters[across]}{down}" if down else None for across, down in cells],
            "found": [*found] or [None] * len(at),
            "sha256": [hashes[place] for place in at],
        }

    @staticmethod
    def _other(row: OtherRow) -> dict[str, object]:
        place = row.place
        where = {"file": place.file, "sheet": place.sheet, "cell": place.cell}
        decision = {} if row.decision is None else {"decision": row.decision}
        return {"kind": row.kind, **where, "value": row.value, "by": row.by, **decision}


def _amounts(steps: Integers, measure: Measure) -> list[Amount | None]:
    """Return values in steps as amounts; None where there is none."""
    if not measure.decimals:
        return [None if value == MISSING else value for value in steps.tolist()]
    return [None if value == MISSING else measure.amount(value) for value in steps.tolist()]

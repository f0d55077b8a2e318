"""A trace as records: one for JSON, and a row for each leaf for CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from antq_stats.figures.figure import Figure, RatioFigure
from antq_stats.findings.finding import Finding
from antq_stats.form.entries import UNITS
from antq_stats.output_marks import JSON_KEY, UNIT_COLUMNS
from antq_stats.register.register import display_name
from antq_stats.render.findings import record as finding_record
from antq_stats.render.over_years.restated import figure_record, plain_value
from antq_stats.render.traced.words import figure_text, sum_text
from antq_stats.render.words import names_of
from antq_stats.trace.figure_trace import Trace
from antq_stats.trace.leaves import CellPlace, Leaf, Leaves
from antq_stats.trace.other_rows import OtherRow
from antq_stats.version import __version__
from antq_stats.words.language import Language, Wording

LEAF_COLUMNS = (
    *UNIT_COLUMNS, "measure", "counts_under", "state", "reason", "value", "low", "high",
    "file", "sheet", "cell", "found", "sha256", "findings", "other_rows", "notes",
)  # fmt: skip
"""The heads of ``trace --format csv``."""
LEAVES = "leaves"
"""The key of the leaves in the JSON, each of which stands on a line."""
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
            LEAVES: [self._whole(side, leaf) for side in trace.sides for leaf in side.each()],
        }

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield the rows of ``trace --format csv``."""
        for side in self.trace.sides:
            for leaf in side.each():
                record = self._leaf(side, leaf)
                record["findings"] = " ".join(finding.code for finding in self._findings(side, leaf))
                record["other_rows"] = "; ".join(
                    f"{row.kind} {row.place.file} {row.place.cell}"
                    for row in self.trace.others.of(leaf.unit, side.measure)
                )
                record["notes"] = "; ".join(leaf.notes)
                yield record

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

    def _findings(self, side: Leaves, leaf: Leaf) -> list[Finding]:
        """Return the findings at the unit of a leaf that are on its measure."""
        on = self.trace.findings
        return [finding for finding in on.of(leaf.unit) if on.is_on(finding, side.measure.code)]

    def _finding(self, finding: Finding) -> dict[str, object]:
        record = finding_record(finding, self.lang, self.names)
        return {key: record[key] for key in _SHOWN}

    def _whole(self, side: Leaves, leaf: Leaf) -> dict[str, object]:
        """Return the record of a leaf with all that is known of its value."""
        decision = self.trace.decision_on(leaf.unit, side.measure.code)
        return {
            **self._leaf(side, leaf),
            "findings": [self._finding(finding) for finding in self._findings(side, leaf)],
            "other_rows": [self._other(row) for row in self.trace.others.of(leaf.unit, side.measure)],
            "decision": decision and decision.number,
            "notes": list(leaf.notes),
        }

    def _leaf(self, side: Leaves, leaf: Leaf) -> dict[str, object]:
        units, parent, place = self.units, self.units.parents[leaf.unit], leaf.place
        return {
            "unit": units.codes[leaf.unit],
            "name": display_name(units.kinds[leaf.unit], units.names[leaf.unit]),
            "level": units.level_names[units.levels[leaf.unit]],
            "parent": units.codes[parent] if parent >= 0 else None,
            "measure": side.measure.code,
            "counts_under": self.trace.register.units.codes[leaf.home],
            "state": leaf.state,
            "reason": leaf.reason,
            "value": leaf.value,
            "low": leaf.low,
            "high": leaf.high,
            "file": place and place.file,
            "sheet": place and place.sheet,
            "cell": place and place.cell,
            "found": self.found.get(place) if place else None,
            "sha256": self.hashes.get(place.file) if place else None,
        }

    @staticmethod
    def _other(row: OtherRow) -> dict[str, object]:
        place = row.place
        where = {"file": place.file, "sheet": place.sheet, "cell": place.cell}
        decision = {} if row.decision is None else {"decision": row.decision}
        return {"kind": row.kind, **where, "value": row.value, "by": row.by, **decision}

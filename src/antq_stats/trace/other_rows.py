"""Rows of a unit that do not count: in superseded versions, copies, files set aside, and repeated ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

from antq_stats.collection.collection import Collection
from antq_stats.form import Measure
from antq_stats.plan import MISSING
from antq_stats.reading.returns import Return, TableReturn
from antq_stats.trace.leaves import CellPlace, cell_of, place_at
from antq_stats.words.amounts import Amount

OtherKind: TypeAlias = Literal["superseded", "copy", "set-aside", "repeated", "contradicts"]
"""Why a row does not count: a later version of its file does; the same file does; its file or sheet was set
aside; an equal row does; it differs from another row, and neither counts."""
_KINDS: dict[str, OtherKind] = {"F202": "superseded", "F201": "copy", "F301": "set-aside"}
_OTHER_FILE = {"F202": "other", "F201": "first"}


class OtherRow(NamedTuple):
    """A value of a unit that does not count."""

    kind: OtherKind
    place: CellPlace
    value: Amount | None
    """As read; None if there is none."""
    by: str | None
    """The file that counts instead; None if none does."""
    decision: int | None = None
    """Number of the decision by which it was set aside; None for any other row."""


@dataclass(frozen=True, eq=False)
class OtherRows:
    """Looks up the rows of units that do not count.

    Parameters
    ----------
    collection : the values of the period.
    """

    collection: Collection

    def of(self, unit: int, measure: Measure) -> list[OtherRow]:
        """Return the values of a unit that do not count.

        Parameters
        ----------
        unit : position of the unit.
        measure : the measure.
        """
        return [*self._in_replaced(unit, measure), *self._repeated(unit, measure)]

    def units(self, measure: Measure) -> frozenset[int]:
        """Return the positions of the units that may have values of a measure that do not count."""
        place_of = self.collection.place_of
        table, _ = place_of[measure.code]
        repeated = (each.unit for each in self.collection.repeats if place_of[each.measure.code][0] == table)
        return frozenset([*(unit for of, unit in self._replaced_rows if of == table), *repeated])

    @cached_property
    def _replaced_rows(self) -> dict[tuple[int, int], list[tuple[Return, TableReturn, int]]]:
        """Number of a table and position of a unit -> its rows in files that do not count."""
        found: dict[tuple[int, int], list[tuple[Return, TableReturn, int]]] = {}
        for return_ in self.collection.replaced:
            for part in return_.tables:
                for at, unit in enumerate(part.units):
                    found.setdefault((part.table, unit), []).append((return_, part, at))
        return found

    @cached_property
    def _instead(self) -> dict[str, tuple[OtherKind, str | None, int | None]]:
        """Name of a file that does not count -> why, the file that counts instead, and the decision."""
        found: dict[str, tuple[OtherKind, str | None, int | None]] = {}
        for finding in self.collection.findings:
            if finding.code in _KINDS and finding.file:
                kind, other = _KINDS[finding.code], finding.facts.get(_OTHER_FILE.get(finding.code, ""))
                number = int(finding.facts["count"]) if kind == "set-aside" else None
                found[finding.file] = kind, other, number
        return found

    def _in_replaced(self, unit: int, measure: Measure) -> Iterator[OtherRow]:
        table, place = self.collection.place_of[measure.code]
        for return_, part, at in self._replaced_rows.get((table, unit), ()):
            column = part.columns[place]
            kind, by, number = self._instead.get(return_.file, ("superseded", None, None))
            if column >= 0:
                value = part.value(at, place)
                where = CellPlace(return_.file, part.sheet, int(part.rows[at]), column)
                shown = None if value == MISSING else measure.amount(value)
                yield OtherRow(kind, where, shown, by, number)

    def _repeated(self, unit: int, measure: Measure) -> Iterator[OtherRow]:
        repeat = self.collection.repeat_of(measure.code, unit)
        if repeat is None:
            return
        _, place = self.collection.place_of[measure.code]
        counts = None if repeat.differing else cell_of(self.collection, unit, measure.code)
        for row in repeat.rows:
            where = place_at(row.origin, place)
            if where is None or where == counts:
                continue
            value = None if row.values[place] == MISSING else measure.amount(row.values[place])
            if counts is None:
                yield OtherRow("contradicts", where, value, None)
            else:
                yield OtherRow("repeated", where, value, counts.file)

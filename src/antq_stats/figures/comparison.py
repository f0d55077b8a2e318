"""A period beside an earlier one: the figures that the same units gave for the same measures.

A code is not an identity. A unit of then is a unit of now where code, name and type agree and the units
above it do too; a measure is the same by its code, or by a code that the form says it had (``was``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.figures.aggregation import Aggregate, Figure, RatioFigure
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister
from antq_stats.words.text import text_key

_TINY = 5
"""Differences up to this are no change to ask about."""


@dataclass(frozen=True, eq=False, repr=False)
class Prior:
    """An earlier period, asked by the units and measures of this one."""

    _aggregate: Aggregate
    _now: UnitRegister
    _units: dict[int, int]
    """Position now -> position then."""
    _codes: dict[str, str]
    """Code of a measure or ratio now -> its code then."""
    _withholds: Callable[[str], Truths] | None = None
    """A measure or ratio then -> for which units then it may not be shown; None where all may be."""

    def __repr__(self) -> str:
        return f"<Prior {self.period}: {len(self._units)} units, {len(self._codes)} measures and ratios>"

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self._aggregate.period

    @property
    def protected(self) -> frozenset[str]:
        """Measures of now that were protected then, and ratios made of such."""
        then = self._aggregate.form.protected
        return frozenset(now for now, code in self._codes.items() if code in then)

    def place(self, unit: int) -> int | None:
        """Return a unit's position in the earlier register; None where it was none, or another unit."""
        return self._units.get(unit)

    def figure(self, unit: int, measure: str) -> Figure | None:
        """Return a measure's sum then; None where the unit or the measure is new, or it is withheld."""
        then, code = self._units.get(unit), self._codes.get(measure)
        if then is None or code is None or self._is_withheld(then, code):
            return None
        return self._aggregate.figure(then, code)

    def ratio(self, unit: int, code: str) -> RatioFigure | None:
        """Return a ratio then; None where the unit or the ratio is new, or a side of it is withheld."""
        then, known = self._units.get(unit), self._codes.get(code)
        if then is None or known is None:
            return None
        return None if self._is_withheld(then, known) else self._aggregate.ratio(then, known)

    def _is_withheld(self, then: int, code: str) -> bool:
        return self._withholds is not None and bool(self._withholds(code)[then])

    def column(self, measure: str) -> tuple[Integers, Truths]:
        """Return a measure's sums then for every unit of now, and for which of them all under it gave one.

        A sum is 0 where it is not known: the unit or the measure is new, something was missing under
        it then, or it is withheld.
        """
        count = len(self._now)
        values, known = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
        code = self._codes.get(measure)
        if code is None or not self._units:
            return values, known
        sums, given, expected, _ = self._aggregate.column(code)
        whole = (given == expected) & (expected > 0)
        if self._withholds is not None:
            whole &= ~self._withholds(code)
        pairs = np.array(list(self._units.items()), dtype=np.int64)
        known[pairs[:, 0]] = whole[pairs[:, 1]]
        values[pairs[:, 0]] = np.where(known[pairs[:, 0]], sums[pairs[:, 1]], 0)
        return values, known


def prior(
    form: Form,
    register: UnitRegister,
    earlier: Aggregate,
    withholds: Callable[[str], Truths] | None = None,
) -> Prior:
    """Return an earlier period's figures under the units and measures of this one.

    Parameters
    ----------
    form, register : of this period.
    earlier : the earlier period's figures.
    withholds : for which units of then a measure or ratio of then may not be shown (`Disclosure.withholds`).
    """
    units = _same_units(register, earlier.register)
    return Prior(earlier, register, units, _same_columns(form, earlier.form), withholds)


def _same_units(now: UnitRegister, then: UnitRegister) -> dict[int, int]:
    found: dict[int, int] = {}
    for position in now.tree_order.tolist():
        other = then.units.by_code.get(now.units.codes[position])
        if other is None or _name(now, position) != _name(then, other):
            continue
        parent, parent_then = now.units.parents[position], then.units.parents[other]
        if found.get(parent, -1) == parent_then:
            found[position] = other
    return found


def _name(register: UnitRegister, position: int) -> str:
    return text_key(register.at(position).display)


def _same_columns(now: Form, then: Form) -> dict[str, str]:
    measures = {measure.code for measure in then.measures}
    found = {
        measure.code: code
        for measure in now.measures
        for code in reversed((measure.code, *measure.was))
        if code in measures
    }
    ratios = {ratio.code: ratio for ratio in then.ratios}
    for ratio in now.ratios:
        before = ratios.get(ratio.code)
        sides = (found.get(ratio.numerator), found.get(ratio.denominator, ratio.denominator))
        if before is not None and sides == (before.numerator, before.denominator) and ratio.per == before.per:
            found[ratio.code] = ratio.code
    return found


def changes(collection: Collection, before: Prior) -> Iterator[Finding]:
    """Yield P101 where a unit's value changed by more than its measure's ``max_change`` allows.

    Compared are values of the units that were the same then, exactly; differences up to 5 are let be, for in
    small figures they say nothing.
    """
    codes = collection.register.units.codes
    for table in collection.tables:
        for place, measure in enumerate(table.measures):
            if measure.max_change is None:
                continue
            then, known = (column[table.units] for column in before.column(measure.code))
            now, given = table.column(measure.code)
            over, under = measure.max_change.as_integer_ratio()
            moved = np.abs(now - then)
            wide = given & known & (moved > _TINY)
            # Python's own integers: a share may have more digits than 64 bits take times a count
            far = (at for at in np.flatnonzero(wide) if int(moved[at]) * under > over * int(then[at]))
            for at in far:
                source = table.sources.at(int(at), place)
                origin = table.origins[source] if source >= 0 else None
                yield Finding(
                    code="P101",
                    file=origin.file if origin else None,
                    sheet=origin.sheet if origin else None,
                    row=origin.row if origin else None,
                    column=origin.columns[place] if origin else None,
                    unit=codes[int(table.units[at])],
                    measure=measure.code,
                    value=str(int(now[at])),
                    facts={
                        "expected": str(int(then[at])),
                        "period": before.period,
                        "limit": f"{(measure.max_change * 100).normalize():f}",
                    },
                )

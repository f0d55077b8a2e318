"""How much of a ratio's change is real, how much is who answered, and how much is the area.

With R the ratio of a unit in a period, K that over the part of it that both periods have, and C that over the
units of this part that answered in full in both,

    R2 - R1 = (C2 - C1) + [(K2 - C2) - (K1 - C1)] + [(R2 - K2) - (R1 - K1)]

which is an identity: the three terms always add up to the change, and no model is assumed. Productivity is
split in the same way into what continuing, entering and leaving units contribute (Foster, Haltiwanger and
Krizan, "Aggregate productivity growth", in *New developments in productivity analysis*, 2001).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from antq_stats.figures.figure import Basis, RestatedFigure
from antq_stats.series.comparing import Comparison


class Decomposition(NamedTuple):
    """The change of a ratio, times ``per``, in three parts that add up to it."""

    first: Fraction
    """The ratio of the earlier period on its own area."""
    last: Fraction
    real: Fraction
    """The change among the units that answered in full in both periods."""
    answered: Fraction
    """What other units answered in one period than in the other."""
    area: Fraction
    """What belongs to the unit in one period only."""

    @property
    def turned(self) -> Decomposition:
        """The change the other way round: from the period that stands last to the one that stands first."""
        return Decomposition(self.last, self.first, -self.real, -self.answered, -self.area)


def decompose(comparison: Comparison, top: int, code: str) -> Decomposition | None:
    """Split the change of a ratio of a unit.

    The earlier ratio is that of the unit itself; for the root, that of the whole earlier period, whatever its
    area was.

    Parameters
    ----------
    comparison : the two periods.
    top : position of the unit in the boundaries' register.
    code : the ratio's code in the later form.

    Returns
    -------
    Decomposition or None
        None if a definition changed between the periods, if one of the ratios does not exist, or if one is
        not exact.
    """
    then = comparison.codes.get(code)
    common = comparison.common_units(top)
    if then is None or code in comparison.breaks or not common:
        return None
    last = _exact(comparison.last.ratio(top, code))
    is_root = comparison.register.units.parents[top] < 0
    first = _own(comparison, then) if is_root else _exact(comparison.first.ratio(top, then))
    shared = [_exact(comparison.first.ratio(common, then)), _exact(comparison.last.ratio(common, code))]
    matched = tuple(_matched(comparison, common, then, code))
    if not matched:
        return None
    same = [_exact(comparison.first.ratio(matched, then)), _exact(comparison.last.ratio(matched, code))]
    found = [first if first is not None else shared[0], last, *shared, *same]
    values = [value for value in found if value is not None]
    if len(values) < len(found):
        return None
    one, two, shared_one, shared_two, same_one, same_two = values
    real = same_two - same_one
    answered = (shared_two - same_two) - (shared_one - same_one)
    area = (two - shared_two) - (one - shared_one)
    return Decomposition(one, two, real, answered, area)


def _own(comparison: Comparison, code: str) -> Fraction | None:
    """Return a ratio of the whole earlier period on its own boundaries."""
    aggregate = comparison.first.aggregate
    root = aggregate.register.units.children[-1][0]
    return aggregate.ratio(root, code).value


def _exact(figure: RestatedFigure) -> Fraction | None:
    if figure.basis != Basis.EXACT or figure.value is None:
        return None
    return Fraction(figure.value)


def _matched(comparison: Comparison, common: tuple[int, ...], then: str, code: str) -> Iterator[int]:
    """Yield the traced units of the common part that answered in full in both periods."""
    children = comparison.register.units.children
    for unit in common:
        first, last = comparison.first.ratio(unit, then), comparison.last.ratio(unit, code)
        if first.given == first.expected > 0 and last.given == last.expected > 0:
            yield unit
        elif comparison.is_traced_above(unit):
            yield from _matched(comparison, tuple(children.get(unit, ())), then, code)

"""A release: what one published table shows of measures whose figures are partly withheld.

A release holds no withheld value. It says where the values lie that a sum is made of, and how many units
gave them, because coverage is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.disclosure.system import OPEN
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.disclosure import Disclosure
from antq_stats.form import Measure


class Leaf(NamedTuple):
    """What lies directly at a unit: its own value, or the sum of the units of the finest level under it."""

    at: int
    """Position of the unit in the release."""
    unit: str
    """Code of the unit, on the boundaries on which the period was observed."""
    size: int
    """Number of units that gave it."""


@dataclass(frozen=True, eq=False)
class ShownMeasure:
    """A measure in a release; each array has an element for each of the n units of the release."""

    code: str
    kind: str
    """``count`` or ``flag``."""
    below: int
    """Values from 1 up to below this must stay possible of what is withheld; 0 if none must."""
    least: int
    greatest: int
    """Limits of the form for one value; `OPEN` without a limit."""
    values: Integers
    """0 where nothing is shown."""
    shown: Truths
    withheld: Truths
    """Whether there is a figure at a published level that is not shown."""
    given: Integers
    """Number of units behind each figure."""
    leaves: tuple[Leaf, ...]
    summed: bool = True
    """Whether a unit's figure is the sum of the leaves at and under it; else each leaf is a figure."""
    blocks: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """Units that have units of the finest level under them beside further cells -> the leaves of the former:
    together one more cell, which is never shown."""


class Ratio(NamedTuple):
    """A ratio that is shown of a unit: between two limits, because it is rounded."""

    at: int
    numerator: str
    denominator: str
    low: Fraction
    """Limits of the quotient of the sums of both measures under the unit, in their steps."""
    high: Fraction


class Part(NamedTuple):
    """A measure of a unit in a statement, with its factor."""

    measure: str
    at: int
    factor: int


class Bound(NamedTuple):
    """A limit of a weighted sum of figures of units."""

    parts: tuple[Part, ...]
    low: int
    high: int


Statement = tuple[Bound, ...]
"""What a rule of the form says of a unit beside all that is shown: at least one of the limits holds."""


@dataclass(frozen=True, eq=False)
class Release:
    """What a published table shows.

    Parameters
    ----------
    period : the period of the figures: releases of one period are about the same values.
    codes : the n units.
    parents : position of the unit above each, n; -1 for none.
    measures : by code.
    ratios : those shown of units of which a side is not shown.
    statements : what the rules of the form say of the withheld values.
    truth : the values of the leaves that are not shown, in the order of the leaves, of each measure; each is
        known to its own unit. Empty for a release that is only known by what it showed.
    """

    period: str
    codes: Sequence[str]
    parents: Sequence[int]
    measures: Mapping[str, ShownMeasure]
    ratios: tuple[Ratio, ...] = ()
    statements: tuple[Statement, ...] = ()
    truth: Mapping[str, Integers] = field(default_factory=dict)


def release_of(
    aggregate: Aggregate,
    disclosure: Disclosure,
    codes: Iterable[str],
    statements: tuple[Statement, ...] = (),
    single: frozenset[str] = frozenset(),
) -> Release:
    """Return what a report of an aggregate shows of some measures.

    Parameters
    ----------
    aggregate : the figures.
    disclosure : which of them are withheld.
    codes : the measures to look at: those of which something is withheld.
    statements : what the rules of the form say.
    single : the measures of the finest level whose values the rules name, unit by unit.
    """
    units = aggregate.register.units
    parents = np.array(units.parents, dtype=np.int64)
    levels = np.array(units.levels, dtype=np.int64)
    finest = levels == len(aggregate.register.levels) - 1
    places = {measure.code: place for place, measure in enumerate(aggregate.form.measures)}
    measures, truth = {}, {}
    for code in codes:
        measure = aggregate.form.measures[places[code]]
        hides = disclosure.withheld[:, places[code]]
        shown, values = _shown_measure(aggregate, measure, hides, finest, parents, code in single)
        measures[code], truth[code] = shown, values
    whole = Release(aggregate.period, units.codes, units.parents, measures, (), statements, truth)
    is_needed = ~finest
    for shown in measures.values():
        is_needed |= shown.shown
        is_needed[[leaf.at for leaf in shown.leaves]] = True
    return _only(whole, np.flatnonzero(is_needed))


def _only(release: Release, kept: Integers) -> Release:
    """Return a release of some of its units, with those above them."""
    place = np.full(len(release.codes), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    to = place.tolist()

    def moved(shown: ShownMeasure) -> ShownMeasure:
        return replace(
            shown, values=shown.values[kept], shown=shown.shown[kept], withheld=shown.withheld[kept],
            given=shown.given[kept], leaves=tuple(leaf._replace(at=to[leaf.at]) for leaf in shown.leaves),
            blocks={to[unit]: leaves for unit, leaves in shown.blocks.items()},
        )  # fmt: skip

    statements = tuple(
        tuple(
            bound._replace(parts=tuple(part._replace(at=to[part.at]) for part in bound.parts))
            for bound in one
        )
        for one in release.statements
    )
    parents = [to[release.parents[unit]] if release.parents[unit] >= 0 else -1 for unit in kept.tolist()]
    return replace(
        release, codes=[release.codes[unit] for unit in kept.tolist()], parents=parents,
        measures={code: moved(shown) for code, shown in release.measures.items()},
        ratios=tuple(ratio._replace(at=to[ratio.at]) for ratio in release.ratios), statements=statements,
    )  # fmt: skip


def _shown_measure(
    aggregate: Aggregate, measure: Measure, hides: Truths, finest: Truths, parents: Integers, single: bool
) -> tuple[ShownMeasure, Integers]:
    """Return a measure as it is shown, and the values of its leaves."""
    sums, given, _, _ = aggregate.column(measure.code)
    is_summed = measure.up != "none"
    has = (given > 0) & ~aggregate.not_summed(measure.code)
    shown = has & ~hides
    own_size, own = np.where(has, given, 0), np.where(has, sums, 0)
    cells = np.zeros(len(sums), dtype=np.bool_)
    if is_summed:
        below = np.flatnonzero(has & (parents >= 0))
        apart = below[~(finest & hides)[below] | single]
        size, value = own_size.copy(), own.copy()
        np.subtract.at(size, parents[apart], own_size[apart])
        np.subtract.at(value, parents[apart], own[apart])
        if not single:
            size[finest & hides] = 0
        own_size, own = size, value
        cells[parents[below[~finest[below]]]] = True
    at = np.flatnonzero(own_size)
    blocks: dict[int, tuple[int, ...]] = {}
    for place, unit in enumerate(at.tolist()):
        head = int(parents[unit]) if finest[unit] and hides[unit] else unit
        if head >= 0 and cells[head]:
            blocks[head] = (*blocks.get(head, ()), place)
    codes = aggregate.register.units.codes
    leaves = tuple(
        Leaf(unit, codes[unit], count) for unit, count in zip(at.tolist(), own_size[at].tolist(), strict=True)
    )
    return (
        ShownMeasure(
            measure.code, measure.kind, measure.below, measure.least,
            1 if measure.kind == "flag" else OPEN if measure.greatest is None else measure.greatest,
            np.where(shown, sums, 0), shown, has & hides & ~finest, given, leaves, is_summed,
            blocks,
        ),
        own[at],
    )  # fmt: skip

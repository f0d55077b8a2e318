"""Observations: the figures of a period that may be published, one for each unit and measure or ratio.

The codes of their status are those of SDMX (code list CL_OBS_STATUS 2.2), so that they need no translation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from antq_stats.figures.aggregation import aggregate
from antq_stats.figures.comparison import Prior, prior
from antq_stats.figures.disclosure import Disclosure, disclosure
from antq_stats.figures.figure import Basis, MeasureColumn, RatioColumn
from antq_stats.figures.publication import Publication
from antq_stats.figures.restated import Restated
from antq_stats.figures.status import Status
from antq_stats.form import Form, Measure, Ratio
from antq_stats.register.register import UnitRegister
from antq_stats.render.over_years.restated import plain_value
from antq_stats.series.boundaries import Boundaries

Column = Measure | Ratio


class ObservationStatus(StrEnum):
    """Status of an observation, by its code in SDMX."""

    NORMAL = "A"
    ESTIMATED = "E"
    PROVISIONAL = "P"
    MISSING = "O"
    """It was not given, or only bounds of it are known."""
    CANNOT_EXIST = "M"
    """Nothing is asked there, or no level adds it up."""
    SUPPRESSED = "Q"
    """It is not published."""


_OF_STATUS = {
    Status.NOT_ASKED: ObservationStatus.CANNOT_EXIST,
    Status.MISSING: ObservationStatus.MISSING,
    Status.WITHHELD: ObservationStatus.SUPPRESSED,
    Status.NOT_SUMMED: ObservationStatus.CANNOT_EXIST,
}
_OF_REASON = {
    "definition": ObservationStatus.CANNOT_EXIST,
    "not-asked": ObservationStatus.CANNOT_EXIST,
    "not-summed": ObservationStatus.CANNOT_EXIST,
    "units-merged": ObservationStatus.CANNOT_EXIST,
    "withheld": ObservationStatus.SUPPRESSED,
}
"""Reasons for which a restated figure is missing for good, or withheld; for all others it is just missing."""
_REASONS = {Status.WITHHELD: "withheld", Status.NOT_SUMMED: "not-summed"}


class Observation(NamedTuple):
    """A figure of one unit; without a value, the status says why."""

    unit: int
    """Position of the unit in the register."""
    column: Column
    value: int | Decimal | None
    """Exact; a ratio is rounded to the decimals of the form."""
    status: ObservationStatus
    given: int
    """Number of units that gave it."""
    expected: int
    """Number of units that should have given it."""
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    """Bounds of a figure that has no value; None where a side has none."""
    reason: str = ""
    """Why there is no value, by the words of `figures.restated.Reason`; empty where the status says all."""
    is_decided: bool | None = None
    """Whether the value rests on a decision; None where there is no value."""


@dataclass(frozen=True, eq=False)
class Observations:
    """The observations of a period."""

    form: Form
    register: UnitRegister
    """The units that the figures are stated for."""
    period: str
    boundaries: str
    """The period, or the day in ISO format, whose units these are."""
    units: Sequence[int]
    """Positions of the units, in the order of the rows."""
    columns: Sequence[Column]
    rows: tuple[Observation, ...]
    """Unit by unit, the measures and ratios in the order of the form."""


def own_observations(
    publication: Publication, units: Sequence[int], columns: Sequence[Column]
) -> Observations:
    """Return what may be published of a period, on its own boundaries.

    Parameters
    ----------
    publication : the figures.
    units : positions of the units, in order.
    columns : the measures and ratios.
    """
    found = {column.code: _published(publication, column) for column in columns}
    decided = {column.code: publication.decided(column.code) for column in columns}
    rows = tuple(
        _observation(
            publication.form, unit, column, found[column.code], is_decided=bool(decided[column.code][unit])
        )
        for unit in units
        for column in columns
    )
    period = publication.period
    return Observations(publication.form, publication.register, period, period, units, columns, rows)


def _published(publication: Publication, column: Column) -> MeasureColumn | RatioColumn:
    if isinstance(column, Ratio):
        return publication.ratio_column(column.code)
    return publication.column(column.code)


def _observation(
    form: Form, unit: int, column: Column, published: MeasureColumn | RatioColumn, *, is_decided: bool
) -> Observation:
    status = Status(int(published.status[unit]))
    coverage = int(published.given[unit]), int(published.expected[unit])
    if status != Status.FIGURE:
        return Observation(unit, column, None, _OF_STATUS[status], *coverage, reason=_REASONS.get(status, ""))
    mark = ObservationStatus.PROVISIONAL if published.provisional[unit] else ObservationStatus.NORMAL
    value: int | Decimal | Fraction
    if isinstance(published, RatioColumn):
        assert isinstance(column, Ratio)  # noqa: S101 - as `_published` returns it
        sides = Fraction(int(published.numerators[unit]), int(published.denominators[unit]))
        value = sides * form.ratio_scale(column.code) * column.per
    else:
        assert isinstance(column, Measure)  # noqa: S101 - as `_published` returns it
        value = column.amount(int(published.values[unit]))
    return Observation(unit, column, plain_value(value, column), mark, *coverage, is_decided=is_decided)


def stated_observations(
    publication: Publication,
    disclosed: Disclosure | None,
    boundaries: Boundaries,
    restated: Restated,
    units: Sequence[int],
    columns: Sequence[Column],
) -> Observations:
    """Return what may be published of a period, on the boundaries of another day.

    A figure that a withheld one has become a part of is withheld.

    Parameters
    ----------
    publication : the figures on their own boundaries.
    disclosed : what is withheld of them; None for what `disclosure` withholds.
    boundaries : the other boundaries.
    restated : all figures of the period on these boundaries.
    units : positions of the units in their register, in order.
    columns : the measures and ratios.
    """
    form, register = publication.form, boundaries.register
    withholds = (disclosure(restated.aggregate) if disclosed is None else disclosed).withholds
    figures = aggregate(publication.collection, publication.findings)
    shown = prior(
        form, register, figures, withholds, placement=restated.placement, decided=publication.decided
    )
    doubted = frozenset(column.code for column in columns if _is_all_doubted(publication, column))
    rows = tuple(
        _stated(shown, restated, unit, column, doubted if publication.is_provisional else None)
        for unit in units
        for column in columns
    )
    day = boundaries.period or ("" if boundaries.day is None else boundaries.day.isoformat())
    return Observations(form, register, publication.period, day, units, columns, rows)


def _is_all_doubted(publication: Publication, column: Column) -> bool:
    """Return whether a measure or ratio is provisional for every unit, so that no unit is pointed out."""
    published = _published(publication, column)
    return bool(published.provisional[published.expected > 0].all())


def _stated(
    shown: Prior, restated: Restated, unit: int, column: Column, doubted: frozenset[str] | None
) -> Observation:
    """Return an observation; ``doubted`` is None if no figure can change any more."""
    figure, whole = shown.restated(unit, column.code), restated.of(unit, column.code)
    coverage = whole.given, whole.expected  # that of a withheld figure, too
    if figure.value is None:
        low, high = (plain_value(bound, column) for bound in (figure.low, figure.high))
        status = _OF_REASON.get(figure.reason or "", ObservationStatus.MISSING)
        return Observation(unit, column, None, status, *coverage, low, high, figure.reason or "")
    value = plain_value(figure.value, column)
    if figure.basis == Basis.ESTIMATED:
        mark = ObservationStatus.ESTIMATED
        return Observation(unit, column, value, mark, *coverage, is_decided=figure.decided)
    is_provisional = doubted is not None and (figure.provisional or column.code in doubted)
    mark = ObservationStatus.PROVISIONAL if is_provisional else ObservationStatus.NORMAL
    return Observation(unit, column, value, mark, *coverage, is_decided=figure.decided)


def statuses_used() -> Iterator[tuple[str, str]]:
    """Yield each code of a status with the key of the phrase that says what it means."""
    for status in ObservationStatus:
        yield status.value, f"exchange.status-{status.name.lower().replace('_', '-')}"

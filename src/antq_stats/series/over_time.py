"""The figures of several periods that may be published, beside each other on the boundaries of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, zip_longest
from typing import NamedTuple, TypeVar

from antq_stats.changes.placement import Placement
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.comparison import Prior, breaks_between, prior, same_columns
from antq_stats.figures.disclosure import Disclosure, disclosure
from antq_stats.figures.figure import Basis, MeasureColumn, RatioColumn, RestatedFigure, Value, no_figure
from antq_stats.figures.publication import Publication
from antq_stats.figures.status import Status
from antq_stats.form import Form, SeriesBreak
from antq_stats.series.boundaries import Boundaries
from antq_stats.series.comparing import Change, Comparison, change, common_units, compare
from antq_stats.series.decomposition import Decomposition, decompose

_Item = TypeVar("_Item")


class Point(NamedTuple):
    """A figure of one period in a series."""

    period: str
    figure: RestatedFigure
    step: Change | None
    """The change from the period before, or why there is none; None for the first period."""

    @property
    def is_joined(self) -> bool:
        """Whether a line may lead here from the period before; if not, the line has a gap."""
        return self.step is not None and self.step.change is not None


@dataclass(frozen=True, eq=False, repr=False)
class Series:
    """Several periods on the boundaries of one of them. No figure that a period withholds is shown.

    A total over several units is shown only of measures that are protected in no period.
    """

    publication: Publication
    """The period that the others stand beside: the latest one, unless a later one was asked for."""
    priors: tuple[Prior, ...]
    """The other periods, in the order of their days; never empty."""
    comparisons: tuple[Comparison, ...]
    """The period beside each of the others. Their figures are not checked for disclosure."""
    place: int
    """The place of the period among all: the number of the others that are earlier."""
    _breaks: tuple[Mapping[str, SeriesBreak], ...]
    """For each period but the last the definitions that changed between it and the next, by current codes."""

    def __repr__(self) -> str:
        return f"<Series {', '.join(self.periods)}>"

    @property
    def periods(self) -> tuple[str, ...]:
        """Names of all periods, in the order of their days."""
        return tuple(self._in_order([each.period for each in self.priors], self.publication.period))

    @property
    def previous(self) -> int:
        """Which of the others is the period before: the first one if all are later."""
        return max(self.place - 1, 0)

    def breaks(self, code: str) -> tuple[SeriesBreak | None, ...]:
        """Return for each period but the last the change of a definition between it and the next.

        Parameters
        ----------
        code : code of a measure or ratio in the latest form.
        """
        return tuple(changed.get(code) for changed in self._breaks)

    def line(self, units: int | Sequence[int], code: str) -> tuple[Point, ...]:
        """Return a figure of all periods.

        Parameters
        ----------
        units : position of a unit of the latest register; or of several (`common`), of which none is under
            another.
        code : code of a measure or ratio in the latest form.
        """
        figures = self._in_order(*self._figures(units, code))
        steps = [
            change(first, last, is_ratio=self._is_ratio(code), has_break=code in changed)
            for (first, last), changed in zip(pairwise(figures), self._breaks, strict=True)
        ]
        rows = zip(self.periods, figures, (None, *steps), strict=True)
        return tuple(Point(period, figure, step) for period, figure, step in rows)

    def changes(self, units: int | Sequence[int], code: str) -> tuple[Change, ...]:
        """Return for each of the other periods the change of a figure since then, or why there is none.

        Parameters
        ----------
        units, code : as for `line`.
        """
        before, now = self._figures(units, code)
        return tuple(
            change(then, now, is_ratio=self._is_ratio(code), has_break=each.series_break(code) is not None)
            for then, each in zip(before, self.priors, strict=True)
        )

    @cached_property
    def common(self) -> tuple[int, ...]:
        """The units that all periods have in full: the highest ones; only the root if all have all of it."""
        placements = [each.placement for each in self.priors]
        return common_units(self.publication.register, placements, self.publication.root)

    @property
    def is_whole(self) -> bool:
        """Whether all periods have the whole area."""
        return self.common == (self.publication.root,)

    @property
    def neighbours(self) -> range:
        """Which of the others are next to the period in time: the one before, and the one after."""
        return range(max(self.place - 1, 0), min(self.place + 1, len(self.priors)))

    def is_later(self, period: int) -> bool:
        """Return whether one of the other periods is later than the period itself."""
        return period >= self.place

    def decomposition(self, code: str, period: int) -> Decomposition | None:
        """Return the change of the root's ratio between the period and another one, in its three parts.

        It is the change in the order of time: until a period that is later, and since one that is earlier.

        Parameters
        ----------
        code : the ratio's code in the form of the period.
        period : which of the other periods.

        Returns
        -------
        Decomposition or None
            None also if the ratio is protected in either period.
        """
        if code in self.publication.form.protected | self.priors[period].protected:
            return None
        split = decompose(self.comparisons[period], self.publication.root, code)
        return split.turned if split is not None and self.is_later(period) else split

    def _in_order(self, others: Sequence[_Item], own: _Item) -> list[_Item]:
        """Return what the other periods have, with that of the period itself at its place."""
        return [*others[: self.place], own, *others[self.place :]]

    def _figures(self, units: int | Sequence[int], code: str) -> tuple[list[RestatedFigure], RestatedFigure]:
        """Return a figure of the other periods, and of the period itself."""
        several = [units] if isinstance(units, int) else list(units)
        if len(several) > 1 and code in self._protected:
            return [no_figure("withheld")] * len(self.priors), no_figure("withheld")
        return [each.restated(units, code) for each in self.priors], self._own(several, code)

    @cached_property
    def _protected(self) -> frozenset[str]:
        return self.publication.form.protected.union(*(each.protected for each in self.priors))

    def _is_ratio(self, code: str) -> bool:
        return any(ratio.code == code for ratio in self.publication.form.ratios)

    def _own(self, units: list[int], code: str) -> RestatedFigure:
        """Return a figure of the latest period."""
        publication = self.publication
        status = publication.status(code)[units]
        if (status == Status.WITHHELD).any():
            return no_figure("withheld")
        if (status == Status.NOT_SUMMED).any():
            return no_figure("not-summed")
        value: Value | None
        column: MeasureColumn | RatioColumn
        if self._is_ratio(code):
            ratio, column = publication.form.ratio(code), publication.ratio_column(code)
            over, under = int(column.numerators[units].sum()), int(column.denominators[units].sum())
            value = Fraction(over, under) * publication.form.ratio_scale(code) * ratio.per if under else None
        else:
            if publication.form.measure(code).up == "none" and len(units) > 1:
                return no_figure("not-summed")
            column = publication.column(code)
            value = publication.form.measure(code).amount(int(column.values[units].sum()))
        given, expected = int(column.given[units].sum()), int(column.expected[units].sum())
        shown = value if given else None
        marks = given, expected, bool(column.provisional[units].any())
        decided = bool(given and publication.decided(code)[units].any())
        return RestatedFigure(shown, shown, shown, *marks, Basis.EXACT, decided=decided)


def series(
    publication: Publication,
    current: Aggregate,
    boundaries: Boundaries,
    earlier: Sequence[Aggregate],
    placements: Sequence[Placement],
    disclosures: Sequence[Disclosure | None] = (),
) -> Series | None:
    """Return a period beside others; None if there is no other one.

    Parameters
    ----------
    publication, current : the period: what may be published of it, and its figures.
    boundaries : its own boundaries.
    earlier : figures of the other periods, in the order of their days.
    placements : where their units belong in the register of the period.
    disclosures : what is withheld of each other period; None or nothing for what `disclosure` withholds.
    """
    if not earlier:
        return None
    hidden = [
        disclosure(aggregate) if found is None else found
        for aggregate, found in zip_longest(earlier, disclosures)
    ]
    form, register = publication.form, publication.register
    decided = {each.period: each.decided for each in publication.others}
    before = tuple(
        prior(
            form, register, aggregate, found.withholds, period=publication.period, placement=placement,
            decided=decided.get(aggregate.period),
        )
        for aggregate, placement, found in zip(earlier, placements, hidden, strict=True)
    )  # fmt: skip
    own = boundaries.itself()
    comparisons = tuple(
        compare(aggregate, current, boundaries, [placement, own])
        for aggregate, placement in zip(earlier, placements, strict=True)
    )
    placed = sum(not comparison.is_turned for comparison in comparisons)
    ordered = [*earlier[:placed], current, *earlier[placed:]]
    breaks = tuple(_breaks_by_current_code(ordered, form))
    return Series(publication, before, comparisons, placed, breaks)


def _breaks_by_current_code(periods: Sequence[Aggregate], form: Form) -> Iterator[dict[str, SeriesBreak]]:
    """Yield the definitions that changed between each period and the next, by the codes of a form."""
    for first, second in pairwise(periods):
        codes = same_columns(second.form, first.form)
        found = breaks_between(second.form, second.period, first, codes)
        names = same_columns(form, second.form)
        yield {now: found[code] for now, code in names.items() if code in found}

"""Areas of a text that are no unit of the report: the part that all periods have, and a unit as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from antq_stats.figures.figure import Basis, RestatedFigure
from antq_stats.form.entries import UNITS
from antq_stats.series.balance import balance_lines
from antq_stats.series.comparing import Comparison
from antq_stats.series.obstacle import Obstacle, obstacle
from antq_stats.series.over_time import Series
from antq_stats.text_check.places import UnitMention
from antq_stats.words.language import LANGUAGES, Wording

COMMON, FORMER, ANSWERED = -1, -2, -3
"""Areas that are no unit of the register, in the place of a unit's position: the part that all periods have;
the unit of an earlier period as it was then; what a period has of the root, whatever its area was."""

_COMMON_WORDS = re.compile(
    r"\b(?:phần (?:địa bàn )?(?:có số liệu (?:ở|của|trong) (?:tất cả các kỳ|cả hai kỳ|các kỳ)|chung)|"
    r"(?:phần )?địa bàn chung|(?:the )?part that (?:all|both) (?:the )?periods have|"
    r"(?:the )?(?:common part|part in common))\b",
    re.IGNORECASE,
)
_REFORM = r"(?:khi\s+)?(?:sắp xếp|sáp nhập|hợp nhất)"
_OLD = rf"(?:cũ|trước đây|trước\s+{_REFORM})"
_OLD_UNIT = (
    rf"(?:{{kind}}\s+)?{{name}}\s*(?:\(\s*{_OLD}[^)]*\)|\s{_OLD}\b)|"
    r"(?:the\s+)?(?:former|old)\s+(?:province\s+of\s+|{kind}\s+)?{name}(?:\s+province)?|"
    r"{name}(?:\s+province)?\s+before\s+the\s+(?:merger|reform)"
)


class Areas:
    """Finds mentions of areas that are no unit of the register: the common part, and the old unit.

    Parameters
    ----------
    series : the periods; None if there is no earlier one.
    """

    def __init__(self, series: Series | None) -> None:
        self._patterns: list[tuple[re.Pattern[str], int]] = []
        if series is None:
            return
        if not series.is_whole and series.common:
            self._patterns.append((_COMMON_WORDS, COMMON))
        units = series.publication.register.units
        known = {(kind.casefold(), name) for kind, name in zip(units.kinds, units.names, strict=True)}
        words: list[str] = []
        for comparison in series.comparisons:
            placement = comparison.first.placement
            old = placement.source.units
            root = old.children[-1][0]
            if not placement.same[root]:
                name, kind = re.escape(old.names[root]), re.escape(old.kinds[root]) or "(?!)"
                words.append(_OLD_UNIT.format(kind=kind, name=name))
                if (old.kinds[root].casefold(), old.names[root]) not in known:
                    words.append(rf"{kind}\s+{name}\b")
        if words:
            either = "|".join(dict.fromkeys(words))
            self._patterns.append((re.compile(rf"(?<!\w)(?:{either})", re.IGNORECASE), FORMER))

    def among(self, mentions: list[UnitMention], sentence: str) -> list[UnitMention]:
        """Return mentions of units with those of areas, which take the place of units in the same words.

        Parameters
        ----------
        mentions : the mentions of units in a sentence.
        sentence : its text.
        """
        found = [
            UnitMention(*match.span(), (area,))
            for pattern, area in self._patterns
            for match in pattern.finditer(sentence)
        ]
        kept = [m for m in mentions if not any(m.start < one.end and one.start < m.end for one in found)]
        return sorted((*kept, *found))


class AreaFigures:
    """Figures of the areas that are no unit of the register.

    Parameters
    ----------
    series : the periods.
    """

    def __init__(self, series: Series) -> None:
        self._series = series
        self._places: Mapping[str, int] = {prior.period: place for place, prior in enumerate(series.priors)}
        self._ratios = {ratio.code for ratio in series.publication.form.ratios}

    def value(self, area: int, code: str, period: str) -> Fraction | None:
        """Return a figure of an area that may be published, or None.

        Parameters
        ----------
        area : `COMMON`, `FORMER` or `ANSWERED`.
        code : code of a measure or ratio in the form of the report.
        period : name of an earlier period; empty for that of the report.
        """
        if area == ANSWERED:
            return self._answered(code, period)
        if area == COMMON:
            figure = self._common(code, period)
            return (
                Fraction(figure.value) if figure.basis == Basis.EXACT and figure.value is not None else None
            )
        return self._former(code, period) if period else self._former_now(code)

    def _answered(self, code: str, period: str) -> Fraction | None:
        """Return a ratio that stands beside the parts of its change."""
        series = self._series
        for place in [self._places[period]] if period else series.neighbours:
            is_first = series.is_later(place) != bool(period)
            found = self.part(code, series.priors[place].period, "first" if is_first else "last")
            if found is not None:
                return found
        return None

    def is_later(self, period: str) -> bool:
        """Return whether another period is later than that of the report."""
        return self._series.is_later(self._places[period])

    def _common(self, code: str, period: str) -> RestatedFigure:
        at = self._series.periods.index(period) if period else self._series.place
        return self._series.line(self._series.common, code)[at].figure

    def _former(self, code: str, period: str) -> Fraction | None:
        comparison = self._series.comparisons[self._places[period]]
        aggregate, then = comparison.first.aggregate, comparison.codes.get(code)
        root = _root(comparison)
        if then is None or self._withheld(period, then):
            return None
        found = aggregate.ratio(root, then) if code in self._ratios else aggregate.figure(root, then)
        return None if found.value is None else Fraction(found.value)

    def _withheld(self, period: str, code: str) -> bool:
        at = self._places[period]
        return self._series.priors[at].withheld_then(_root(self._series.comparisons[at]), code)

    def _former_now(self, code: str) -> Fraction | None:
        """Return the figure of the area of the old unit now: if it is the part that all periods have."""
        for comparison in self._series.comparisons:
            form, then = comparison.first.form, comparison.codes.get(code)
            period = comparison.first.aggregate.period
            if then is None or self._former(code, period) != self.value(COMMON, code, period):
                return None
            measures: tuple[str, ...] = (then,)
            if code in self._ratios:
                ratio = form.ratio(then)
                measures = tuple(side for side in (ratio.numerator, ratio.denominator) if side != UNITS)
            if any(found.inside != found.before for found in map(comparison.first.balance, measures)):
                return None
        return self.value(COMMON, code, "")

    def obstacle(self, area: int, code: str, period: str, *, is_change: bool) -> Obstacle | None:
        """Return why an earlier figure of an area, or the change since then, cannot be stated.

        Parameters
        ----------
        area, code, period : as for `value`; the period is an earlier one.
        is_change : whether it is the change until the period of the report.
        """
        prior = self._series.priors[self._places[period]]
        broken = prior.series_break(code)
        if is_change and area == COMMON:
            found = self._series.changes(self._series.common, code)[self._places[period]]
            return obstacle(found, period, self._series.publication.period, broken)
        if is_change and broken is not None:
            return Obstacle("definition", period, broken)
        if area == COMMON and (reason := self._common(code, period).reason):
            return Obstacle(reason, period)
        return None

    def is_broken(self, code: str, first: str, last: str) -> bool:
        """Return whether a definition changed between two periods.

        Parameters
        ----------
        code : code of a measure or ratio in the form of the report.
        first, last : names of the periods.
        """
        start, end = sorted(map(self._series.periods.index, (first, last)))
        return any(self._series.breaks(code)[start:end])

    def part(self, code: str, period: str, part: str) -> Fraction | None:
        """Return a part of the change of a ratio since a period; until it, if it is later.

        Parameters
        ----------
        code : the ratio's code.
        period : name of the other period.
        part : name of the part, as `Decomposition` has it.
        """
        if code not in self._ratios:
            return None
        split = self._series.decomposition(code, self._places[period])
        return None if split is None else getattr(split, part)

    def counts(self, area: int, level: int) -> tuple[int, ...]:
        """Return how many units of a level an area has, and how many the unit of the report has.

        Parameters
        ----------
        area : the area; of the common part alone the units are counted.
        level : the level.
        """
        if area != COMMON:
            return ()
        register, root = self._series.publication.register, self._series.publication.root
        expected = register.expected(level)
        return sum(int(expected[unit]) for unit in self._series.common), int(expected[root])


def _root(comparison: Comparison) -> int:
    """Return the position of the highest unit of the earlier period in its own register."""
    return comparison.first.placement.source.units.children[-1][0]


def balance_sentences(series: Series | None) -> frozenset[str]:
    """Return what a report says, in either language, of the sums of earlier periods on its boundaries.

    Parameters
    ----------
    series : the period beside earlier ones; None if there are none.
    """
    return frozenset(
        line
        for comparison in (() if series is None else series.comparisons)
        for lang in LANGUAGES
        for line in balance_lines(comparison.first, Wording(lang), without=comparison.first.form.protected)
    )

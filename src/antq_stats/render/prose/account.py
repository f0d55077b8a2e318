"""The texts of the prose: coverage, figures by section, highest and lowest units, certainty, findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from antq_stats.figures.coverage import State
from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.prose.figures import (
    Figures,
    FigureText,
    Gap,
    SectionText,
)
from antq_stats.render.prose.periods import Escape, NotCompared, joined, not_compared
from antq_stats.render.words import level_word, section_label, unit_within, whole_of
from antq_stats.render.writing.table import clean
from antq_stats.series.over_time import Series
from antq_stats.words.language import Wording

_NAMED = 20  # units named one by one; more are counted
_TIED = 3  # most units that may share the highest or lowest place


@dataclass(frozen=True, slots=True)
class Standing:
    """The highest and the lowest units on a ratio, among those with final figures."""

    label: str
    within: str
    highest: str
    """Names of the units, joined."""
    highest_value: str
    lowest: str
    lowest_value: str
    among: str
    """Compared units of all, ``7/9``; empty if all were compared."""


@dataclass(frozen=True, slots=True)
class UnitAccount:
    """A unit directly below the one that the report is on, with its figures."""

    code: str
    name: str
    figures: Figures


class Account:
    """The texts for a template, each made when it is first used.

    Parameters
    ----------
    publication : the figures.
    wording : the language.
    escape : escapes the texts for the output.
    series : the period beside earlier ones; None without an earlier one.
    """

    def __init__(
        self, publication: Publication, wording: Wording, escape: Escape, series: Series | None = None
    ) -> None:
        self.publication = publication
        self.wording = wording
        self.escape = escape
        self.series = series
        self.figures = self._figures_of(publication.root)

    # -- names -------------------------------------------------------------------------------

    def name(self, unit: int) -> str:
        """Return the type and name of a unit as written within a sentence: ``huyện Lục Yên``."""
        return self.escape(clean(unit_within(self.publication.register, unit, self.wording)))

    @property
    def whole(self) -> str:
        """The unit that the report is on, as the first words of a sentence: ``Toàn tỉnh``."""
        return self.escape(clean(whole_of(self.publication.register, self.publication.root, self.wording)))

    def _names(self, units: Sequence[int]) -> str:
        return self._listed([self.name(unit) for unit in units[:_NAMED]], len(units))

    def _listed(self, names: list[str], count: int) -> str:
        more = count - len(names)
        if more:
            names = [*names, self.wording.phrase("prose.more-units", count=more)]
        return joined(names, self.wording)

    def units_word(self, level: int) -> str:
        """Return the words for the units of a level: ``xã, phường, thị trấn``."""
        word = level_word(self.publication.register, level, self.wording)
        if word == self.publication.register.levels[level]:  # no types of units: the code of the level
            word = self.wording.phrase("prose.level", level=word)
        return self.escape(clean(word))

    # -- coverage ----------------------------------------------------------------------------

    @property
    def answered(self) -> str:
        """Units that answered, of those expected, by level: ``173/173 xã và 1.365/1.365 thôn``."""
        return joined(self._answered, self.wording)

    @cached_property
    def _answered(self) -> list[str]:
        read: dict[int, tuple[int, int]] = {}
        for table in self.publication.collection.tables:
            if table.is_expected:
                answered = (int(table.read.sum()), len(table.units))
                read[table.level] = max(read.get(table.level, answered), answered)
        return [self._share(*read[level], level) for level in sorted(read)]

    @cached_property
    def nothing(self) -> bool:
        """Whether no unit below the one that the report is on, nor itself, gave any figure."""
        figures = (figure for section in self.sections for figure in section.figures)
        return (
            not any(figure.known for figure in figures)
            and not self.publication.coverage.read[self.publication.root]
        )

    def _share(self, given: int, expected: int, level: int) -> str:
        register, root = self.publication.register, self.publication.root
        if register.unlisted(level)[root]:
            number = self.wording.number(given)
            return self.wording.phrase("prose.share-unlisted", given=number, units=self.units_word(level))
        share = f"{self.wording.number(given)}/{self.wording.number(expected)}"
        return self.wording.phrase("prose.share", share=share, units=self.units_word(level))

    @cached_property
    def absent(self) -> str:
        """Names of the units that nothing came from, the higher levels first.

        Units below one that is named are not named themselves.
        """
        return self._names_of("missing")

    @cached_property
    def unread(self) -> str:
        """Names of the units whose files could not be read or were not filled in."""
        return self._names_of("unread", "blank")

    def _names_of(self, *states: State) -> str:
        levels, state = self.publication.register.units.levels, self.publication.coverage.state
        units = [unit for unit in self._absent() if state(unit) in states]
        units.sort(key=lambda unit: levels[unit])
        return self._listed([self._placed(unit) for unit in units[:_NAMED]], len(units))

    def _placed(self, unit: int) -> str:
        """Return the name of a unit with that of the unit above it, unless the report is on that one."""
        parent = self.publication.register.units.parents[unit]
        above = "" if parent in (-1, self.publication.root) else f" ({self.name(parent)})"
        return self.name(unit) + above

    def _absent(self) -> Iterator[int]:
        """Yield the highest units that nothing was read of, and of which all units below are in one state."""
        publication, mixed = self.publication, self._mixed
        answers, parents = publication.coverage, publication.register.units.parents
        for unit in publication.register.tree_order.tolist():
            parent = parents[unit]
            is_absent = answers.expected[unit] and not answers.read[unit] and unit not in mixed
            if is_absent and (parent < 0 or answers.read[parent] or parent in mixed):
                yield unit

    @cached_property
    def _mixed(self) -> set[int]:
        """The units without a row that was read that have units below in different states."""
        publication, mixed = self.publication, set[int]()
        answers, register = publication.coverage, publication.register
        for unit in register.tree_order[::-1].tolist():  # units below come first
            if answers.expected[unit] and not answers.read[unit] and answers.state(unit) != "missing":
                below = [child for child in register.units.children.get(unit, ()) if answers.expected[child]]
                if len(set(map(answers.state, below))) > 1 or not mixed.isdisjoint(below):
                    mixed.add(unit)
        return mixed

    # -- the figures -------------------------------------------------------------------------

    @cached_property
    def sections(self) -> tuple[SectionText, ...]:
        """The sections of the publication, without figures that are withheld for the whole."""
        sections = []
        for section in self.publication.sections:
            figures = [self.figures[column.code] for column in section.columns]
            figures = [figure for figure in figures if not (figure.withheld or figure.not_summed)]
            if figures:
                label = self.escape(clean(section_label(section, self.wording)))
                sections.append(
                    SectionText(
                        section.code,
                        label,
                        tuple(figures),
                        self._shared_coverage(figures),
                        self._gaps(figures),
                        self._not_compared(figures),
                    )
                )
        return tuple(sections)

    def _not_compared(self, figures: Sequence[FigureText]) -> str:
        found = [NotCompared(figure.within, figure.not_compared) for figure in figures if figure.known]
        return not_compared(found, self.last_period, self.wording)

    def _shared_coverage(self, figures: Sequence[FigureText]) -> str:
        """Return the coverage of the sums of a section; empty if it is complete, or differs between them."""
        known = [figure for figure in figures if figure.code in self._measures and figure.known]
        coverages = {self._given(self._measures[figure.code]) for figure in known}
        if len(coverages) != 1 or any(figure.complete for figure in known):
            return ""
        level, given, expected = coverages.pop()
        return self._share(given, expected, level)

    def _gaps(self, figures: Sequence[FigureText]) -> tuple[Gap, ...]:
        """Return the incomplete figures, grouped by coverage; those that no unit gave form one group."""
        found: dict[str, list[str]] = {}
        for figure in figures:
            column = self._measures.get(figure.code)
            if column is not None and not figure.complete:
                level, given, expected = self._given(column)
                coverage = self._share(given, expected, level) if figure.known else ""
                found.setdefault(coverage, []).append(figure.within)
        return tuple(Gap(coverage, joined(labels, self.wording)) for coverage, labels in found.items())

    @cached_property
    def _measures(self) -> dict[str, Measure]:
        return {measure.code: measure for measure in self.publication.form.measures}

    def _given(self, measure: Measure) -> tuple[int, int, int]:
        """Return the level of a measure, and how many units gave it and should give it."""
        collection = self.publication.collection
        figure = self.publication.figure(self.publication.root, measure.code)
        assert figure is not None  # noqa: S101 - called only for figures that are shown
        return collection.tables[collection.place_of[measure.code][0]].level, figure.given, figure.expected

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """The incomplete figures, grouped by coverage; those that no unit gave form one group."""
        return self._gaps([figure for section in self.sections for figure in section.figures])

    @cached_property
    def partial(self) -> tuple[Gap, ...]:
        """The figures that units gave, but fewer than those that answered, grouped by coverage."""
        return tuple(gap for gap in self.gaps if gap.coverage and gap.coverage not in self._answered)

    # -- comparison of units ----------------------------------------------------------------------

    @cached_property
    def below(self) -> tuple[int, ...]:
        """Positions of the units directly below the one that the report is on."""
        publication = self.publication
        return tuple(publication.register.units.children.get(publication.root, ()))

    @cached_property
    def units(self) -> tuple[UnitAccount, ...]:
        """The units directly below, each with its figures."""
        codes = self.publication.register.units.codes
        return tuple(
            UnitAccount(self.escape(codes[unit]), self.name(unit), self._figures_of(unit))
            for unit in self.below
        )

    def _figures_of(self, unit: int) -> Figures:
        return Figures(self.publication, unit, self.wording, self.escape, self.series)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """The highest and lowest units on each ratio on which units differ and all are complete."""
        shown = (column for column in self.publication.columns if isinstance(column, Ratio))
        standings = (self._standing(ratio) for ratio in shown)
        return tuple(standing for standing in standings if standing is not None)

    def _standing(self, ratio: Ratio) -> Standing | None:
        """Return the highest and lowest units on a ratio; None unless the figure of every unit is final."""
        values: dict[int, Fraction] = {}
        for unit in self.below:
            figure = self.publication.ratio(unit, ratio.code)
            if figure is None or figure.provisional:
                return None
            if figure.value is not None:
                values[unit] = figure.value
        if len(values) < 2:
            return None
        high, low = max(values.values()), min(values.values())
        highest = [unit for unit, value in values.items() if value == high]
        lowest = [unit for unit, value in values.items() if value == low]
        if high == low or max(len(highest), len(lowest)) > _TIED:
            return None
        text = self.figures[ratio.code]
        compared = f"{self.wording.number(len(values))}/{self.wording.number(len(self.below))}"
        return Standing(
            label=text.label,
            within=text.within,
            highest=self._names(highest),
            highest_value=self._percent(high, ratio),
            lowest=self._names(lowest),
            lowest_value=self._percent(low, ratio),
            among=compared if len(values) < len(self.below) else "",
        )

    def _percent(self, value: Fraction, ratio: Ratio) -> str:
        return self.wording.percent(value / ratio.per, ratio.decimals, ratio.per)

    # -- certainty ------------------------------------------------------------------------

    @cached_property
    def certain(self) -> tuple[FigureText, ...]:
        """Provisional figures whose words stay true whatever the missing units give."""
        return tuple(figure for figure in self._open if self._is_certain(figure))

    @cached_property
    def uncertain(self) -> tuple[FigureText, ...]:
        """Provisional figures whose words may still become false."""
        return tuple(figure for figure in self._open if not self._is_certain(figure))

    @property
    def _open(self) -> tuple[FigureText, ...]:
        every = (figure for section in self.sections for figure in section.figures)
        return tuple(figure for figure in every if figure.known and figure.provisional)

    def _is_certain(self, figure: FigureText) -> bool:
        """Return whether the words of a figure stay true for every value that it can still take."""
        publication, root = self.publication, self.publication.root
        is_measure = figure.code in self._measures
        span = (
            publication.span(root, figure.code) if is_measure else publication.ratio_span(root, figure.code)
        )
        return (
            figure.interval is not None and span is not None and figure.interval.covers(span.low, span.high)
        )

    @property
    def findings(self) -> str:
        """Counts of open findings: ``19 lỗi phải sửa và 4 điểm cần kiểm tra``; empty if none is hard."""
        hard, soft = self.publication.tally
        counts = [self.wording.phrase("findings.hard", count=hard)]
        counts += [self.wording.phrase("findings.soft", count=soft)] if soft else []
        return joined(counts, self.wording) if hard else ""

    @property
    def last_period(self) -> str:
        """Name of the earlier period within a sentence; empty if there is none."""
        prior = self.publication.prior
        return "" if prior is None else self.escape(self.wording.period(clean(prior.period)))

    @property
    def this_period(self) -> str:
        """Name of the period within a sentence: ``năm 2021``."""
        return self.escape(self.wording.period(clean(self.publication.period)))

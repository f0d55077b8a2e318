"""Figures as texts for the prose: in rounded words, in digits, and with the change from the earlier period.

A template has no other figures. All it writes comes from the publication, is rounded by the one rule, and
needs no arithmetic. A figure that is withheld, or that no unit gave, has words that say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from antq_stats.figures.publication import Publication
from antq_stats.figures.status import Status
from antq_stats.form import Measure, Ratio
from antq_stats.render.over_years.reasons import why_not
from antq_stats.render.prose.periods import (
    Escape,
    Step,
    beside,
    step_of,
    steps_text,
    within_sentence,
)
from antq_stats.render.writing.table import UNICODE, clean
from antq_stats.words.amounts import Amount, difference, distance
from antq_stats.words.approximation import Interval, WordedFigure, in_words, percent_in_words, qualifiers
from antq_stats.words.language import Wording
from antq_stats.words.text import text_key

if TYPE_CHECKING:
    from antq_stats.figures.figure import Figure, RatioFigure
    from antq_stats.series.comparing import Change
    from antq_stats.series.over_time import Series


@dataclass(frozen=True, slots=True)
class FigureText:
    """A figure of one unit as texts. A text that does not apply is empty."""

    code: str
    label: str
    within: str
    """The label as written within a sentence: ``hộ đăng ký``, ``CLB …``."""
    unit: str
    """Unit of measure; empty for a ratio, whose words contain its sign."""
    words: str
    """The figure rounded by the rule: ``gần 47.000``, ``81%``; for an unknown figure, words that say so."""
    exact: str
    """The figure in digits: ``46.953``, ``81,0%``."""
    said: str
    """Words with the unit of measure: ``gần 47.000 người``."""
    counts: str
    """Words with the label, if the label begins with the unit of measure: ``1.691 tổ tự quản``."""
    known: bool
    """Whether there is a figure: a unit gave it, and it is not withheld."""
    withheld: bool
    not_summed: bool
    """Whether no level adds the measure up and the unit reported none of itself: no sentence states it."""
    complete: bool
    """Whether all expected units gave it."""
    provisional: bool
    coverage: str
    """Units that gave it, of those expected: ``138/163``."""
    last: str
    """The figure of the earlier period in digits."""
    change: str
    """The change, if both figures are final: ``tăng 43 tổ so với năm 2020``."""
    moved: bool
    """Whether the text ``change`` states a difference."""
    since: str
    """The change since the previous period and since the oldest comparable one, if there is a difference."""
    not_compared: str
    """Why it is not compared with the previous period: ``năm 2021 chỉ có số liệu của một phần địa bàn``."""
    interval: Interval | None
    """The values that the words may stand for; None for an unknown figure."""


class Figures:
    """The figures of a unit by their codes: ``figures.tong_ho`` or ``figures["tong_ho"]`` in a template.

    Parameters
    ----------
    publication : the figures.
    unit : position of the unit in the register.
    wording : the language.
    escape : escapes the texts for the output.
    series : the period beside earlier ones; None to know only the previous one.
    """

    def __init__(
        self,
        publication: Publication,
        unit: int,
        wording: Wording,
        escape: Escape,
        series: Series | None = None,
    ) -> None:
        self._publication = publication
        self._unit = unit
        self._wording = wording
        self._escape = escape
        self._series = series

    @cached_property
    def _by_code(self) -> dict[str, FigureText]:
        return {text.code: text for text in self._all()}

    def __getitem__(self, code: str) -> FigureText:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[FigureText]:
        return iter(self._by_code.values())

    def _all(self) -> Iterator[FigureText]:
        """Yield all figures of the form; within a section, "hơn" and "trên" alternate."""
        words = qualifiers("above", self._wording.lang)
        above: dict[str | None, int] = {}
        for column in self._publication.form.columns:
            times = above.get(column.section, 0)
            text = self._measure(column, times) if isinstance(column, Measure) else self._ratio(column)
            above[column.section] = times + text.words.startswith(words)
            yield text

    def _measure(self, column: Measure, times: int) -> FigureText:
        unit = self._publication.form.unit(column.code, self._wording.lang)
        figure = self._publication.figure(self._unit, column.code)
        if figure is None or figure.value is None:
            return self._unknown(column, unit, figure)
        words = in_words(figure.value, self._wording.lang, varied=times % 2 == 1)
        return self._known(
            column, unit, figure, words, self._wording.number(figure.value), *self._earlier(column)
        )

    def _ratio(self, column: Ratio) -> FigureText:
        figure = self._publication.ratio(self._unit, column.code)
        if figure is None or figure.value is None:
            return self._unknown(column, "", figure)
        share = figure.quotient
        words = percent_in_words(share, self._wording.lang, column.per)
        exact = self._wording.percent(share, column.decimals, column.per)
        return self._known(column, "", figure, words, exact, *self._earlier_ratio(column))

    def _known(
        self,
        column: Measure | Ratio,
        unit: str,
        figure: Figure | RatioFigure,
        words: WordedFigure,
        exact: str,
        last: str,
        change: str,
    ) -> FigureText:
        label = self._label(column)
        within = within_sentence(label)
        counted = unit and self._begins_with_unit(column, unit)
        moved = bool(change) and not change.startswith(self._still)
        since, not_compared = self._over_years(column, change if moved else "")
        return FigureText(
            code=column.code,
            label=label,
            within=within,
            unit=self._escape(unit),
            words=words.text,
            exact=exact,
            said=self._with_unit(words.text, unit),
            counts=f"{words.text} {within}" if counted else "",
            known=True,
            withheld=False,
            not_summed=False,
            complete=figure.complete,
            provisional=figure.provisional,
            coverage=self._coverage(figure),
            last=last,
            change=change,
            moved=moved,
            since=since,
            not_compared=not_compared,
            interval=words.interval,
        )

    def _unknown(self, column: Measure | Ratio, unit: str, figure: Figure | RatioFigure | None) -> FigureText:
        """Return the texts of a figure that is missing, or, if it is None, withheld."""
        label = self._label(column)
        not_summed = figure is not None and figure.status == Status.NOT_SUMMED
        words = UNICODE.suppressed if figure is None else self._wording.phrase("prose.unknown")
        if not_summed:
            words = UNICODE.not_summed
        return FigureText(
            code=column.code,
            label=label,
            within=within_sentence(label),
            unit=self._escape(unit),
            words=words,
            exact=words,
            said=words,
            counts="",
            known=False,
            withheld=figure is None,
            not_summed=not_summed,
            complete=not_summed,
            provisional=not not_summed,
            coverage="" if figure is None else self._coverage(figure),
            last="",
            change="",
            moved=False,
            since="",
            not_compared="",
            interval=None,
        )

    def _label(self, column: Measure | Ratio) -> str:
        return self._escape(clean(self._wording.say(column.label)))

    def _coverage(self, figure: Figure | RatioFigure) -> str:
        expected = UNICODE.missing if figure.unlisted else self._wording.number(figure.expected)
        return f"{self._wording.number(figure.given)}/{expected}"

    def _with_unit(self, words: str, unit: str) -> str:
        return self._wording.phrase("prose.with-unit", number=words, unit=self._escape(unit)).strip()

    def _begins_with_unit(self, column: Measure | Ratio, unit: str) -> bool:
        """Return whether the label can follow a number directly: ``1.691 tổ tự quản``, ``21 youth clubs``."""
        label, key = f" {text_key(self._wording.say(column.label))} ", f" {text_key(unit)} "
        if self._wording.lang == "en" and column.label.en != column.label.vi:
            return key in label
        return label.startswith(key)

    # -- the earlier period -----------------------------------------------------------------------

    def _earlier(self, column: Measure) -> tuple[str, str]:
        """Return the sum of the earlier period, and the change if both sums are final."""
        now = self._publication.figure(self._unit, column.code)
        prior = self._publication.prior
        then = None if prior is None else prior.figure(self._unit, column.code)
        if then is None or then.value is None or now is None or now.value is None:
            return "", ""
        last = self._wording.number(then.value)
        if now.provisional or then.provisional or self._is_broken(column):
            return last, ""
        unit = self._publication.form.unit(column.code, self._wording.lang)
        words = in_words(distance(now.value, then.value), self._wording.lang).text
        change = difference(now.value, then.value)
        return last, self._change(change, self._with_unit(words, unit))

    def _is_broken(self, column: Measure | Ratio) -> bool:
        """Return whether the definition changed between the periods, so that no change is stated."""
        prior = self._publication.prior
        return prior is not None and prior.series_break(column.code) is not None

    def _earlier_ratio(self, column: Ratio) -> tuple[str, str]:
        now = self._publication.ratio(self._unit, column.code)
        prior = self._publication.prior
        then = None if prior is None else prior.ratio(self._unit, column.code)
        if then is None or then.value is None or now is None or now.value is None:
            return "", ""
        last = self._wording.percent(then.quotient, column.decimals, column.per)
        if now.provisional or then.provisional or self._is_broken(column):
            return last, ""
        points = self._wording.decimal(abs(now.value - then.value), column.decimals)
        amount = self._wording.phrase("prose.points", points=points)
        is_nil = not points.strip("0.,")
        return last, self._change(now.value - then.value, amount, hardly=is_nil)

    def _over_years(self, column: Measure | Ratio, change: str) -> tuple[str, str]:
        """Return the change since the earlier periods, and why there is none since the previous one.

        Without a series it is the change since the previous period, if there is a difference.
        """
        if self._series is None:
            return change, ""
        found = beside(self._series, self._unit, column.code)
        steps = [self._step(column, period, each) for period, each in found.chosen]
        why = "" if found.obstacle is None else self._escape(clean(why_not(found.obstacle, self._wording)))
        return steps_text(steps, self._wording), why

    def _step(self, column: Measure | Ratio, period: str, change: Change) -> Step:
        name = self._escape(self._wording.period(clean(period)))
        first, last = change.first.value, change.last.value
        assert first is not None and last is not None  # noqa: PT018, S101 - only what can be compared is told
        if isinstance(column, Ratio):
            points = self._wording.decimal(abs(Fraction(last) - Fraction(first)), column.decimals)
            amount = self._wording.phrase("prose.points", points=points)
            return step_of(change, amount, name, is_nil=not points.strip("0.,"))
        assert not isinstance(first, Fraction) and not isinstance(last, Fraction)  # noqa: PT018, S101 - no ratios
        words = in_words(distance(last, first), self._wording.lang).text
        unit = self._publication.form.unit(column.code, self._wording.lang)
        return step_of(change, self._with_unit(words, unit), name)

    @cached_property
    def _still(self) -> tuple[str, ...]:
        """The beginnings of texts on a change that state no difference."""
        texts = (self._wording.phrase(f"prose.{way}", period="\0") for way in ("same", "hardly"))
        return tuple(text.partition("\0")[0] for text in texts)

    def _change(self, change: Amount | Fraction, amount: str, *, hardly: bool = False) -> str:
        assert self._publication.prior is not None  # noqa: S101 - there is a difference from it
        period = self._wording.period(clean(self._publication.prior.period))
        way = "same" if not change else "hardly" if hardly else "up" if change > 0 else "down"
        return self._wording.phrase(f"prose.{way}", amount=amount, period=self._escape(period))


@dataclass(frozen=True, slots=True)
class Gap:
    """Incomplete figures with the same coverage."""

    coverage: str
    """``138/163 thôn, bản``; empty for figures that no unit gave."""
    labels: str


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section of the form with the figures of the unit that the report is on."""

    code: str
    label: str
    figures: tuple[FigureText, ...]
    coverage: str
    """Coverage of its sums, ``138/163 thôn``; empty if it is complete or differs between them."""
    gaps: tuple[Gap, ...]
    """Its incomplete figures."""
    not_compared: str
    """A sentence: which of its figures are not compared with the previous period, and why; may be empty."""

    def has(self, *codes: str) -> bool:
        """Return whether the section has all of these figures, and they are known."""
        known = {figure.code for figure in self.figures if figure.known}
        return known.issuperset(codes)

    def without(self, *codes: str) -> tuple[FigureText, ...]:
        """Return the figures of the section except these."""
        return tuple(figure for figure in self.figures if figure.code not in codes)

"""Several periods as texts for the prose: changes, why there are none, the part that all periods have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from antq_stats.form import Measure, Ratio
from antq_stats.render.over_years.reasons import why_not
from antq_stats.render.over_years.restated import figure_cell
from antq_stats.render.over_years.series_table import boundary_lines
from antq_stats.render.over_years.words import common_words
from antq_stats.render.writing.table import cell_text, clean
from antq_stats.series.comparing import Change
from antq_stats.series.obstacle import Obstacle, obstacle
from antq_stats.series.over_time import Series
from antq_stats.words.language import Wording

Escape = Callable[[str], str]
"""Escapes a text for the output: the signs of Markdown; nothing for Word, where the document escapes XML."""

Way = Literal["up", "down", "same", "hardly"]

_STILL = ("same", "hardly")
_ABSENT = ("not-asked", "withheld", "no-data")
_REST = 3
"""Figures that a sentence on what is not compared names; of more it says "the others"."""


class Step(NamedTuple):
    """The change of a figure since a period."""

    period: str
    """Name of the period within a sentence."""
    way: Way
    amount: str


def step_of(change: Change, amount: str, period: str, *, is_nil: bool = False) -> Step:
    """Return a change as a step.

    Parameters
    ----------
    change : the change; there is one.
    amount : its amount in words.
    period : name of the earlier period within a sentence.
    is_nil : whether the amount is rounded to nothing.
    """
    way: Way = "same" if not change.change else "hardly" if is_nil else "up" if change.change > 0 else "down"
    return Step(period, way, amount)


def steps_text(steps: Sequence[Step], wording: Wording) -> str:
    """Return changes in a clause: ``tăng 95 tổ so với năm 2021 và 120 tổ so với năm 2015``.

    The text is empty if nothing changed.

    Parameters
    ----------
    steps : the changes, that since the previous period first.
    wording : the language.
    """
    if all(step.way in _STILL for step in steps):
        return ""

    def clause(step: Step) -> str:
        return wording.phrase(f"prose.{step.way}", amount=step.amount, period=step.period)

    text = clause(steps[0])
    for before, step in pairwise(steps):
        if step.way == before.way and step.way not in _STILL:
            more = wording.phrase("series.prose-further", amount=step.amount, period=step.period)
            text = wording.phrase("prose.and", first=text, last=more)
        else:
            text = f"{text}, {clause(step)}"
    return text


class Beside(NamedTuple):
    """A figure beside those of the earlier periods."""

    chosen: tuple[tuple[str, Change], ...]
    """The changes to tell, with the names of the periods: since the previous one and the oldest."""
    obstacle: Obstacle | None
    """Why it is not compared with the previous period; None also if it is itself still provisional."""


def beside(series: Series, units: int | Sequence[int], code: str) -> Beside:
    """Return a figure beside those of the earlier periods that it can be compared with.

    Parameters
    ----------
    series : the periods.
    units, code : the figure, as for `Series.changes`.
    """
    found: list[tuple[str, Change, Obstacle | None]] = []
    for prior, change in zip(series.priors, series.changes(units, code), strict=True):
        names = prior.period, series.publication.period
        why = obstacle(change, *names, prior.series_break(code))
        if why is None and (change.first.provisional or change.last.provisional):
            why = Obstacle("provisional", names[0] if change.first.provisional else names[1])
        found.append((prior.period, change, why))
    own = series.publication.prior
    previous = next(
        (each for each in found if own is not None and each[0] == own.period), found[series.previous]
    )
    compared = [each for each in found if each[2] is None]
    oldest = [each for each in compared[:1] if each is not previous]
    chosen = [each for each in (previous,) if each[2] is None] + oldest
    why = previous[2]
    if why is not None and why.period == series.publication.period and why.reason != "definition":
        why = None  # the report says elsewhere what of its own figures is missing
    return Beside(tuple((period, change) for period, change, _ in chosen), why)


class NotCompared(NamedTuple):
    """A figure of a paragraph, and why it is not compared with the previous period."""

    within: str
    """Its label within a sentence."""
    why: str
    """The reason; empty if it is compared."""


def not_compared(figures: Sequence[NotCompared], period: str, wording: Wording) -> str:
    """Return the sentence that says which figures of a paragraph are not compared, and each reason once.

    Figures are named unless they are all in the paragraph, or all but a few that are named.

    Parameters
    ----------
    figures : the figures.
    period : name of the previous period within a sentence.
    wording : the language.

    Returns
    -------
    str
        Empty if all are compared.
    """
    reasons: dict[str, list[str]] = {}
    for figure in figures:
        if figure.why:
            reasons.setdefault(figure.why, []).append(figure.within)
    if not reasons:
        return ""
    none_compared = all(figure.why for figure in figures)
    if none_compared and len(reasons) == 1:
        return wording.phrase("series.prose-all", period=period, why=next(iter(reasons)))
    ordered = sorted(reasons.items(), key=lambda reason: len(reason[1]))
    named = [(joined(labels, wording), why) for why, labels in ordered]
    if none_compared and len(ordered[-1][1]) > _REST:
        named[-1] = wording.phrase("series.prose-rest"), ordered[-1][0]
    parts = (wording.phrase("series.prose-because", labels=labels, why=why) for labels, why in named)
    return wording.phrase("series.prose-named", period=period, reasons="; ".join(parts))


@dataclass(frozen=True, slots=True)
class PointText:
    """A figure of one period as texts. A text that does not apply is empty."""

    period: str
    """Name of the period within a sentence: ``năm 2021``."""
    exact: str
    """The figure in digits: ``1.691``; ``từ 1.691 trở lên`` where a part of the area is missing."""
    is_joined: bool
    """Whether it is compared with the figure of the period before."""


@dataclass(frozen=True, slots=True)
class LineText:
    """A figure of all periods as texts, on the boundaries of the report; what does not apply is empty."""

    code: str
    label: str
    within: str
    """The label as written within a sentence."""
    said: str
    """The figure of the report in digits with its unit of measure: ``214.302 hộ``."""
    points: tuple[PointText, ...]
    """The figures of all periods, the oldest first."""
    since: str
    """The change since the previous period and the oldest: ``tăng 3,9% so với năm 2021``."""
    not_compared: str
    """Why it is not compared with the previous period."""
    reason: str
    """Code of that reason: ``part-missing``."""


class Lines:
    """The figures of all periods by their codes: ``series.figures.tong_ho`` in a template.

    Parameters
    ----------
    series : the periods.
    units : positions of the units that the figures are of.
    wording : the language.
    escape : escapes the texts for the output.
    """

    def __init__(self, series: Series, units: Sequence[int], wording: Wording, escape: Escape) -> None:
        self._series = series
        self._units = units
        self._wording = wording
        self._escape = escape

    @cached_property
    def _by_code(self) -> Mapping[str, LineText]:
        return {column.code: self._line(column) for column in self._series.publication.columns}

    def __getitem__(self, code: str) -> LineText:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[LineText]:
        return iter(self._by_code.values())

    def _line(self, column: Measure | Ratio) -> LineText:
        wording, escape, units = self._wording, self._escape, self._units
        line = self._series.line(units, column.code)
        texts = [cell_text(figure_cell(point.figure, column, wording), wording) for point in line]
        points = (
            PointText(escape(wording.period(clean(point.period))), escape(text), point.is_joined)
            for point, text in zip(line, texts, strict=True)
        )
        found = beside(self._series, units, column.code)
        steps = [self._step(column, period, change) for period, change in found.chosen]
        said = texts[self._series.place]
        unit = self._series.publication.form.unit(column.code, wording.lang) if said else ""
        if isinstance(column, Measure):
            said = wording.phrase("prose.with-unit", number=said, unit=unit).strip()
        label = escape(clean(wording.say(column.label)))
        return LineText(
            code=column.code,
            label=label,
            within=within_sentence(label),
            said=escape(said),
            points=tuple(points),
            since=steps_text(steps, wording),
            not_compared=escape(why_not(found.obstacle, wording)) if found.obstacle else "",
            reason=found.obstacle.reason if found.obstacle else "",
        )

    def _step(self, column: Measure | Ratio, period: str, change: Change) -> Step:
        """Return a change in per cent, or in percentage points; a count that was 0 changes by a count."""
        wording, places = self._wording, 1
        assert change.change is not None  # noqa: S101 - only what can be compared is chosen
        size = abs(Fraction(change.change))
        if isinstance(column, Ratio):
            shown = wording.decimal(size, column.decimals)
            amount = wording.phrase("prose.points", points=shown)
        elif change.percent is None:
            shown = wording.number(abs(change.change))  # type: ignore[arg-type] # a count's
            amount = shown
        else:
            shown = wording.percent(abs(change.percent) / 100, places)
            amount = shown
        name = self._escape(wording.period(clean(period)))
        return step_of(change, amount, name, is_nil=not shown.strip("0.,% \u00a0"))


class SeriesText:
    """Several periods as texts.

    Parameters
    ----------
    series : the periods.
    wording : the language.
    escape : escapes the texts for the output.
    tables : the tables over the periods in the format of the output.
    """

    def __init__(self, series: Series, wording: Wording, escape: Escape, tables: object) -> None:
        self._series = series
        self._wording = wording
        self._escape = escape
        self.tables = tables

    @property
    def periods(self) -> tuple[str, ...]:
        """Names of the periods within a sentence, the oldest first."""
        return tuple(self._escape(self._wording.period(clean(each))) for each in self._series.periods)

    @property
    def whole(self) -> bool:
        """Whether all periods have the whole area."""
        return self._series.is_whole

    @property
    def area(self) -> str:
        """The part that all periods have: ``phần địa bàn có số liệu ở tất cả các kỳ (51/99 xã, phường)``.

        Empty if all have the whole area, or if there is no such part.
        """
        if self.whole or not self._series.common:
            return ""
        return self._escape(clean(common_words(self._series, self._wording)))

    @cached_property
    def figures(self) -> Lines:
        """The figures of the unit that the report is on."""
        return Lines(self._series, (self._series.publication.root,), self._wording, self._escape)

    @cached_property
    def common(self) -> Lines:
        """The figures of the part that all periods have."""
        return Lines(self._series, self._series.common, self._wording, self._escape)

    @cached_property
    def told(self) -> tuple[LineText, ...]:
        """The required measures of the common part that can be compared, for a paragraph."""
        return tuple(line for line in self._required if line.since)

    @property
    def _required(self) -> list[LineText]:
        if not self.area:
            return []
        required = [measure.code for measure in self._series.publication.form.measures if measure.required]
        return [self.common[code] for code in required if code in self.common]

    @cached_property
    def not_compared(self) -> str:
        """A sentence: which required measures of the common part are not compared either, and why.

        What no earlier period has, and what is not compared for the same reason as the whole, is left out.
        """
        lines = [
            NotCompared(line.within, line.not_compared)
            for line in self._required
            if line.since or line.reason not in (*_ABSENT, self.figures[line.code].reason)
        ]
        previous = self._series.publication.prior or self._series.priors[self._series.previous]
        name = self._escape(self._wording.period(clean(previous.period)))
        return not_compared(lines, name, self._wording)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What became of units since the earlier periods, and of sums."""
        return tuple(self._escape(clean(line)) for line in boundary_lines(self._series, self._wording))


def within_sentence(label: str) -> str:
    """Return a label as written within a sentence: the first letter small, unless it is an abbreviation."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] in ("", " ", ",") else label


def joined(parts: Iterable[str], wording: Wording) -> str:
    """Return parts as an enumeration: ``a, b và c``."""
    *first, last = list(parts) or [""]
    return wording.phrase("prose.and", first=", ".join(first), last=last) if first else last

"""Figures as prose gives them: in words, exactly, with last year's beside.

A template gets these and nothing else: whatever it writes comes from the publication, is rounded by the one
rule, and needs no arithmetic. A figure that is withheld, or that nobody gave, has words that say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.writing.table import UNICODE, clean
from antq_stats.words.approximation import Interval, WordedFigure, in_words, percent_in_words, qualifiers
from antq_stats.words.language import Wording
from antq_stats.words.text import text_key

if TYPE_CHECKING:
    from antq_stats.figures.aggregation import Figure, RatioFigure

Escape = Callable[[str], str]
"""Makes a text fit for where it goes: Markdown's signs are escaped, XML's are the document's business."""


@dataclass(frozen=True, slots=True)
class FigureText:
    """A figure of one unit in words. All texts are as they are printed; what does not apply is empty."""

    code: str
    label: str
    within: str
    """The label as it stands within a sentence: ``hộ đăng ký``, ``CLB …``."""
    unit: str
    """Unit of measure; empty for a ratio, whose sign is part of its words."""
    words: str
    """Rounded by the rule: ``gần 47.000``, ``81 %``; for a figure that is not known, words that say so."""
    exact: str
    """``46.953``, ``81,0 %``."""
    said: str
    """Words with the unit: ``gần 47.000 người``."""
    counts: str
    """Words with the label where the label begins with the unit: ``1.691 tổ tự quản``; else empty."""
    known: bool
    """Whether there is a figure to print: somebody gave it, and it is not withheld."""
    withheld: bool
    complete: bool
    """Whether all units that should gave it."""
    provisional: bool
    coverage: str
    """Units that gave it, of those that should: ``138/163``."""
    last: str
    """The exact figure of the earlier period."""
    change: str
    """``tăng 43 tổ so với năm 2020``; only where both figures are final."""
    moved: bool
    """Whether it differs from the earlier figure, as far as the words of ``change`` tell."""
    interval: Interval | None
    """What the words claim."""


class Figures:
    """The figures of a unit by their codes: ``figures.tong_ho`` or ``figures["tong_ho"]`` in a template."""

    def __init__(self, publication: Publication, unit: int, wording: Wording, escape: Escape) -> None:
        self._publication = publication
        self._unit = unit
        self._wording = wording
        self._escape = escape

    @cached_property
    def _said(self) -> dict[str, FigureText]:
        return {said.code: said for said in self._all()}

    def __getitem__(self, code: str) -> FigureText:
        return self._said[code]

    def __contains__(self, code: object) -> bool:
        return code in self._said

    def __iter__(self) -> Iterator[FigureText]:
        return iter(self._said.values())

    def _all(self) -> Iterator[FigureText]:
        """Yield all figures of the form; within a section every second "hơn" is a "trên"."""
        words = qualifiers("above", self._wording.lang)
        above: dict[str | None, int] = {}
        for column in self._publication.form.columns:
            times = above.get(column.section, 0)
            said = self._measure(column, times) if isinstance(column, Measure) else self._ratio(column)
            above[column.section] = times + said.words.startswith(words)
            yield said

    def _measure(self, column: Measure, times: int) -> FigureText:
        unit = self._publication.form.unit(column.code, self._wording.lang)
        figure = self._publication.figure(self._unit, column.code)
        if figure is None or figure.value is None:
            return self._unknown(column, unit, figure)
        words = in_words(figure.value, self._wording.lang, varied=times % 2 == 1)
        return self._known(
            column, unit, figure, words, self._wording.number(figure.value), *self._then(column)
        )

    def _ratio(self, column: Ratio) -> FigureText:
        figure = self._publication.ratio(self._unit, column.code)
        if figure is None or figure.value is None:
            return self._unknown(column, "", figure)
        share = Fraction(figure.numerator, figure.denominator)
        words = percent_in_words(share, self._wording.lang, column.per)
        exact = self._wording.percent(share, column.decimals, column.per)
        return self._known(column, "", figure, words, exact, *self._then_ratio(column))

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
            complete=figure.given == figure.expected,
            provisional=figure.provisional,
            coverage=self._coverage(figure),
            last=last,
            change=change,
            moved=bool(change) and not change.startswith(self._still),
            interval=words.interval,
        )

    def _unknown(self, column: Measure | Ratio, unit: str, figure: Figure | RatioFigure | None) -> FigureText:
        """Say that a figure is missing, or, where it is None, that it is withheld."""
        label = self._label(column)
        words = UNICODE.suppressed if figure is None else self._wording.phrase("prose.unknown")
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
            complete=False,
            provisional=True,
            coverage="" if figure is None else self._coverage(figure),
            last="",
            change="",
            moved=False,
            interval=None,
        )

    def _label(self, column: Measure | Ratio) -> str:
        return self._escape(clean(self._wording.say(column.label)))

    def _coverage(self, figure: Figure | RatioFigure) -> str:
        return f"{self._wording.number(figure.given)}/{self._wording.number(figure.expected)}"

    def _with_unit(self, words: str, unit: str) -> str:
        return self._wording.phrase("prose.with-unit", number=words, unit=self._escape(unit)).strip()

    def _begins_with_unit(self, column: Measure | Ratio, unit: str) -> bool:
        """Tell whether a number before the label makes a phrase: ``1.691 tổ tự quản``, ``21 youth clubs``."""
        label, key = f" {text_key(self._wording.say(column.label))} ", f" {text_key(unit)} "
        if self._wording.lang == "en" and column.label.en != column.label.vi:
            return key in label
        return label.startswith(key)

    # -- last year ---------------------------------------------------------------------------

    def _then(self, column: Measure) -> tuple[str, str]:
        """Return last year's sum, and the change on it where neither can still move."""
        now = self._publication.figure(self._unit, column.code)
        prior = self._publication.prior
        then = None if prior is None else prior.figure(self._unit, column.code)
        if then is None or then.value is None or now is None or now.value is None:
            return "", ""
        last = self._wording.number(then.value)
        if now.provisional or then.provisional:
            return last, ""
        unit = self._publication.form.unit(column.code, self._wording.lang)
        amount = self._with_unit(in_words(abs(now.value - then.value), self._wording.lang).text, unit)
        return last, self._change(now.value - then.value, amount)

    def _then_ratio(self, column: Ratio) -> tuple[str, str]:
        now = self._publication.ratio(self._unit, column.code)
        prior = self._publication.prior
        then = None if prior is None else prior.ratio(self._unit, column.code)
        if then is None or then.value is None or now is None or now.value is None:
            return "", ""
        last = self._wording.percent(Fraction(then.numerator, then.denominator), column.decimals, column.per)
        if now.provisional or then.provisional:
            return last, ""
        points = self._wording.decimal(abs(now.value - then.value), column.decimals)
        amount = self._wording.phrase("prose.points", points=points)
        is_nil = not points.strip("0.,")
        return last, self._change(now.value - then.value, amount, hardly=is_nil)

    @cached_property
    def _still(self) -> tuple[str, ...]:
        """How a change begins that is none."""
        whole = (self._wording.phrase(f"prose.{way}", period="\0") for way in ("same", "hardly"))
        return tuple(text.partition("\0")[0] for text in whole)

    def _change(self, difference: int | Fraction, amount: str, *, hardly: bool = False) -> str:
        assert self._publication.prior is not None  # noqa: S101 - there is a difference to it
        period = in_period(self._publication.prior.period, self._wording)
        way = "same" if not difference else "hardly" if hardly else "up" if difference > 0 else "down"
        return self._wording.phrase(f"prose.{way}", amount=amount, period=self._escape(period))


def in_period(period: str, wording: Wording) -> str:
    """Return a period as it is named in a sentence: ``năm 2021``, ``kỳ 2021-quý-1``."""
    is_year = len(period) == 4 and period.isdigit()
    return wording.phrase("prose.year" if is_year else "prose.period", period=clean(period))


def within_sentence(label: str) -> str:
    """Return a label as it stands within a sentence: a first capital goes, an abbreviation keeps its own."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] in ("", " ", ",") else label


@dataclass(frozen=True, slots=True)
class Gap:
    """Figures that are short of the same units."""

    coverage: str
    """``138/163 thôn, bản``; empty for figures that nobody gave."""
    labels: str


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section of the form and its figures, those of the unit that the report is on."""

    code: str
    label: str
    figures: tuple[FigureText, ...]
    coverage: str
    """How much there is of all its figures, ``138/163 thôn``; empty where that is not the same of all."""
    gaps: tuple[Gap, ...]
    """Its figures that are short."""

    def has(self, *codes: str) -> bool:
        """Tell whether all of these figures stand in the section and are known."""
        known = {said.code for said in self.figures if said.known}
        return known.issuperset(codes)

    def without(self, *codes: str) -> tuple[FigureText, ...]:
        """Return the section's figures but these."""
        return tuple(said for said in self.figures if said.code not in codes)


def joined(parts: Iterable[str], wording: Wording) -> str:
    """Return parts as a list in a sentence: ``a, b và c``."""
    *first, last = list(parts) or [""]
    return wording.phrase("prose.and", first=", ".join(first), last=last) if first else last

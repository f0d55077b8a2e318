"""How certain a figure is, in words: the range of its final value, and the weighted coverage."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.words.language import Wording


def span_words(publication: Publication, unit: int, column: Measure | Ratio, wording: Wording) -> str:
    """Return the range of the final value of a figure: ``còn có thể từ 46.953 đến 47.210``.

    The ends of a ratio's range are rounded outwards. The text is empty if the figure is withheld or can have
    no value.

    Parameters
    ----------
    publication : the figures.
    unit : position of the unit in the register.
    column : the measure or ratio.
    wording : the language.
    """
    if isinstance(column, Measure):
        counts = publication.span(unit, column.code)
        if counts is None:
            return ""
        low, high = wording.number(counts.low), None if counts.high is None else wording.number(counts.high)
    else:
        span = publication.ratio_span(unit, column.code)
        if span is None:
            return ""
        step = 10**column.decimals

        def shown(scaled: int) -> str:
            return wording.percent(Fraction(scaled, step * column.per), column.decimals, column.per)

        low = shown(floor(span.low * step))
        high = None if span.high is None else shown(ceil(span.high * step))
    if high is None:
        return wording.phrase("page.span-open", low=low)
    return wording.phrase("page.span", low=low, high=high)


def weight_share(publication: Publication, unit: int, wording: Wording) -> str:
    """Return the coverage of a unit, weighted by the weighing measure: ``98,2 %``.

    The text is empty if a weight is not known.

    Parameters
    ----------
    publication : the figures.
    unit : position of the unit in the register.
    wording : the language.
    """
    weight = publication.weighted.at(unit) if publication.weighted else None
    return wording.percent(Fraction(weight.given, weight.expected), 1) if weight and weight.expected else ""

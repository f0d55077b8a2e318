"""What is still open of a figure, in words: between what values it can end, how much has come by weight."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.words.language import Wording


def span_words(publication: Publication, unit: int, column: Measure | Ratio, wording: Wording) -> str:
    """Return between what values a figure can still end; a ratio's are rounded away from each other.

    Empty where it is withheld, or can have no value.
    """
    if isinstance(column, Measure):
        counts = publication.span(unit, column.code)
        if counts is None:
            return ""
        low, high = wording.number(counts.low), None if counts.high is None else wording.number(counts.high)
    else:
        found = publication.ratio_span(unit, column.code)
        if found is None:
            return ""
        step = 10**column.decimals

        def shown(scaled: int) -> str:
            return wording.percent(Fraction(scaled, step * column.per), column.decimals, column.per)

        low = shown(floor(found.low * step))
        high = None if found.high is None else shown(ceil(found.high * step))
    if high is None:
        return wording.phrase("page.span-open", low=low)
    return wording.phrase("page.span", low=low, high=high)


def weight_share(publication: Publication, unit: int, wording: Wording) -> str:
    """Return how much has come in the weighing measure, ``98,2 %``; empty where a weight is not known."""
    weight = publication.weighted.at(unit) if publication.weighted else None
    return wording.percent(Fraction(weight.given, weight.expected), 1) if weight and weight.expected else ""

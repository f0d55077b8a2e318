"""How far a figure can be relied on, in words: its range, its coverage, what it is not compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from antq_stats.figures.comparison import Prior
from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio, SeriesBreak
from antq_stats.words.amounts import Amount
from antq_stats.words.language import Wording

_WIDEST = 2
"""Times its lower end that the upper end of a range may be; a wider range says little."""


def span_words(
    publication: Publication, unit: int, column: Measure | Ratio, wording: Wording, *, wide: bool = True
) -> str:
    """Return the range of the final value of a figure: ``còn có thể từ 46.953 đến 47.210``.

    The ends of a ratio's range are rounded outwards. The text is empty if the figure is withheld or can have
    no value.

    Parameters
    ----------
    publication : the figures.
    unit : position of the unit in the register.
    column : the measure or ratio.
    wording : the language.
    wide : whether a range that says little is returned; else the text is empty.
    """
    if isinstance(column, Measure):
        counts = publication.span(unit, column.code)
        if counts is None or not (wide or _is_narrow(counts.low, counts.high)):
            return ""
        low, high = wording.number(counts.low), None if counts.high is None else wording.number(counts.high)
    else:
        span = publication.ratio_span(unit, column.code)
        if span is None or not (wide or _is_narrow(span.low, span.high)):
            return ""
        step = 10**column.decimals

        def shown(scaled: int) -> str:
            return wording.percent(Fraction(scaled, step * column.per), column.decimals, column.per)

        low = shown(floor(span.low * step))
        high = None if span.high is None else shown(ceil(span.high * step))
    if high is None:
        return wording.phrase("page.span-open", low=low)
    return wording.phrase("page.span", low=low, high=high)


def _is_narrow(low: Amount | Fraction, high: Amount | Fraction | None) -> bool:
    return high is None or high <= _WIDEST * low


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


def break_notes(prior: Prior | None, columns: Iterable[Measure | Ratio], wording: Wording) -> Iterator[str]:
    """Yield a line for each change of a definition: the measures and ratios it concerns, and the act.

    Parameters
    ----------
    prior : the earlier period; None if there is none.
    columns : the measures and ratios that are shown.
    wording : the language.
    """
    if prior is None:
        return
    for changed, concerned in _concerned(prior, columns).items():
        yield wording.phrase(
            "break.note",
            period=prior.period,
            date=wording.date(changed.date),
            act=wording.say(changed.act),
            measures="; ".join(wording.say(column.label) for column in concerned),
        )


def breaks_told(
    priors: Iterable[Prior], columns: Sequence[Measure | Ratio], wording: Wording
) -> Iterator[str]:
    """Yield a short line for each change of a definition: the periods, how many measures, and the act.

    Parameters
    ----------
    priors : the earlier periods.
    columns : the measures and ratios that are shown.
    wording : the language.
    """
    told: dict[tuple[SeriesBreak, int], list[str]] = {}
    for prior in priors:
        for changed, concerned in _concerned(prior, columns).items():
            told.setdefault((changed, len(concerned)), []).append(prior.period)
    for (changed, count), periods in told.items():
        yield wording.phrase(
            "break.told",
            periods=", ".join(periods),
            count=count,
            date=wording.date(changed.date),
            act=wording.say(changed.act),
        )


def _concerned(prior: Prior, columns: Iterable[Measure | Ratio]) -> dict[SeriesBreak, list[Measure | Ratio]]:
    """Return each change of a definition since a period with the measures and ratios that it concerns."""
    found: dict[SeriesBreak, list[Measure | Ratio]] = {}
    for column in columns:
        changed = prior.series_break(column.code)
        if changed is not None:
            found.setdefault(changed, []).append(column)
    return found

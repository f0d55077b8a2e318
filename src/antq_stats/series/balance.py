"""The balance of sums: what became of the sums of a period when it is stated on other boundaries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antq_stats.figures.restated import Restated
    from antq_stats.words.language import Wording


def balance_lines(
    restated: Restated, wording: Wording, without: Collection[str] = frozenset()
) -> Iterator[str]:
    """Yield what became of the sums of a period: the same as before, or how much lies elsewhere.

    Nothing is said of units that nobody knows the whereabouts of, if they gave nothing.

    Parameters
    ----------
    restated : the period on its new boundaries.
    wording : the language.
    without : codes of measures whose sums are not told: those that are protected, in what is published.
    """
    form, period = restated.form, restated.aggregate.period
    measures = [
        measure
        for measure in form.measures
        if measure.up != "none" and measure.code not in without and restated.aggregate.has_values(measure)
    ]
    for measure in measures:
        balance = restated.balance(measure.code)
        if balance.inside != balance.before:  # one measure shows it
            sums = balance._asdict().items()
            amounts = {name: wording.number(measure.amount(value)) for name, value in sums}
            key = "compare.balance-unknown" if balance.unknown else "compare.balance-outside"
            yield wording.phrase(key, measure=wording.say(measure.label), period=period, **amounts)
            return
    if restated.placement.astray.any():
        return
    if len(measures) == 1:
        yield wording.phrase("compare.balance-one", measure=wording.say(measures[0].label), period=period)
    elif measures:
        yield wording.phrase("compare.balance", count=len(measures), period=period)

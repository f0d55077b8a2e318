"""Returns that are last year's, sent again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection.collection import Truths
from antq_stats.form.plausibility import Copy
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_senders
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.surprise import Reals, Senders, highest_of_draws, is_first_in_row
from antq_stats.plausibility.years import Case, TableYears

_ROUNDS = 5
"""How often what is usual is taken anew from the senders that are no copies: one copy hides another."""


@check("like_last_year", needs_last_year=True)
def like_last_year(case: Case) -> Iterator[Hits]:
    """Report P112 where a sender's figures are so often last year's that they seem not to be counted anew.

    A village may truly have as many households and groups as last year, and the form's word for a measure,
    stock or flow, does not tell how fast it moves. So the other senders do: an equal figure is as surprising
    as figures of that measure are seldom unchanged there, -log of the share of unchanged ones. A stock that
    hardly moves anywhere counts for nothing; a flow, or a stock that moves almost everywhere, counts for
    much. Where everything is as last year in all of the province, nothing is found.
    """
    for years, sheets in case.both_years:
        yield _of_table(case, years, sheets)


def _of_table(case: Case, years: TableYears, sheets: Sheets) -> Hits:
    limits = case.limits.like_last_year
    senders = Senders(years.table, case.collection.register)
    judged: Truths = years.both & years.is_count & (years.now > limits.above * years.scales)
    judged = is_first_in_row(years.now, judged)
    equal: Truths = judged & (years.now == years.then)
    given, same = senders.sums(judged), senders.sums(equal)
    is_copy, usual = np.zeros(len(senders), dtype=np.bool_), np.zeros(given.shape)
    for _ in range(_ROUNDS):
        # of the other senders, as if each measure had one more unchanged figure and one more changed
        honest = ~is_copy[:, None]
        known, kept = (given * honest, same * honest)
        usual = (kept.sum(axis=0) - kept + 1) / (known.sum(axis=0) - known + 2)
        more = _surprising(senders, equal, judged, -np.log(usual), is_copy, limits)
        if not more:
            break
        is_copy[more] = True
    chosen = np.flatnonzero(is_copy).tolist()

    def tell(at: int) -> Told:
        sender = chosen[at]
        facts = {
            "count": str(int(same[sender].sum())),
            "given": str(int(given[sender].sum())),
            "expected": str(round(float((usual * given)[sender].sum()))),
            "period": case.period,
        }
        return Told(None, facts)

    rows = [senders.rows(sender) for sender in chosen]
    count = int((given.sum(axis=1) > 0).sum())
    return of_senders("P112", sheets, rows, senders.units[chosen], count, tell)


def _surprising(
    senders: Senders, equal: Truths, judged: Truths, weights: Reals, is_copy: Truths, limits: Copy
) -> list[int]:
    """Return the senders whose equal figures are more surprising than any drawn from senders around.

    Senders that are copies already are neither returned nor drawn.
    """
    scores = (senders.sums(equal) * weights).sum(axis=1)
    is_compared = judged.any(axis=1) & ~is_copy[senders.of_rows]
    chosen: set[int] = set()
    for members in senders.around.values():
        likely = members[(scores[members] > limits.surprise) & ~is_copy[members]]
        if not len(likely):
            continue
        rows = np.concatenate([senders.rows(sender) for sender in members.tolist()])
        rows = rows[is_compared[rows]]
        for sender in likely.tolist():
            own = senders.of_rows[rows] == sender
            pool = equal[rows[~own]] @ weights[sender]
            highest = highest_of_draws(pool, np.array([int(own.sum())]))
            if scores[sender] > highest[0] + limits.surprise:
                chosen.add(sender)
    return sorted(chosen)

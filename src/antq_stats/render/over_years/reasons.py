"""Why figures of two periods are not compared, in words that prose and the check of a text share."""

from __future__ import annotations

from antq_stats.series.obstacle import Obstacle
from antq_stats.words.language import Wording


def why_not(found: Obstacle, wording: Wording) -> str:
    """Return why two figures are not compared, as a clause after "because".

    Parameters
    ----------
    found : the reason.
    wording : the language.
    """
    facts = {"period": wording.period(found.period)}
    if found.changed is not None:
        facts |= {"date": wording.date(found.changed.date), "act": wording.say(found.changed.act)}
    return wording.phrase(f"series.prose-why-{found.reason}", **facts)

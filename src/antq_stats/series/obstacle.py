"""Why two periods' figures of the same units are not compared: the reason, with the period it is about."""

from __future__ import annotations

from typing import NamedTuple

from antq_stats.figures.figure import Basis
from antq_stats.form import SeriesBreak
from antq_stats.series.comparing import Change


class Obstacle(NamedTuple):
    """Why a figure is not compared with that of another period."""

    reason: str
    """A `Reason`, or the code of the `Basis` of a figure that is no exact number."""
    period: str
    """The period that it is about."""
    changed: SeriesBreak | None = None
    """The change of a definition, if that is the reason."""


def obstacle(found: Change, first: str, last: str, changed: SeriesBreak | None) -> Obstacle | None:
    """Return why the figures of two periods are not compared; None if they are, exactly.

    Parameters
    ----------
    found : the figures and their change.
    first, last : names of the periods.
    changed : the change of a definition between them; None if there is none.
    """
    if found.reason is not None:
        is_of_last = found.lacks == "last" or (found.lacks is None and not found.first.reason)
        period = last if is_of_last else first
        return Obstacle(found.reason, period, changed if found.reason == "definition" else None)
    if found.change is None or found.basis != Basis.EXACT:
        return Obstacle(found.basis.code, first)
    return None

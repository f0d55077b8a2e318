"""Fates: which units of one day the units of another day belong to, through all events between.

A fate says for each unit of the other day how much of the unit belongs to it at least and at most. A unit
that was divided without shares belongs to each part by 0 to 1; if all parts come together again, by exactly
1. Backward in time a merger is what a division is forward: each of the old units had a part of the new one
that is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from antq_stats.changes.events import Event, Exact, Part
from antq_stats.findings.finding import Finding

_NONE, _ALL = 0, 1


class Belonging(NamedTuple):
    """How much of a unit belongs to a unit of the other day."""

    code: str
    """Code of that unit on the other day."""
    low: Exact
    """The least share, 0 to 1."""
    high: Exact
    """The greatest share, 0 to 1; equal to ``low`` if the share is known."""
    is_estimated: bool = False
    """Whether the share rests on a share that changes.csv states."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What a unit of one day is on another day.

    Parameters
    ----------
    parts : the units of the other day that it belongs to, one if it belongs to that unit as a whole.
    events : the events it went through, in the order of its way.
    """

    parts: tuple[Belonging, ...]
    events: tuple[Event, ...] = ()

    @property
    def whole(self) -> str | None:
        """Code of the one unit that the whole unit belongs to; None if it is divided."""
        return self.parts[0].code if len(self.parts) == 1 else None


class _Step(NamedTuple):
    """One event in the direction of the way: to which units a unit's parts go."""

    event: Event
    parts: tuple[Part, ...]
    """Turned round on the way back."""


class History:
    """The events of a set of units, by day.

    Parameters
    ----------
    events : the events, in any order.
    notes : what was found in their file, and mended.
    """

    def __init__(self, events: Iterable[Event], notes: Iterable[Finding] = ()) -> None:
        self.events = tuple(sorted(events, key=lambda event: event.day))
        self.notes = tuple(notes)

    def __repr__(self) -> str:
        return f"<History: {len(self.events)} events on {len({event.day for event in self.events})} days>"

    def between(self, start: date, end: date) -> tuple[Event, ...]:
        """Return the events that lie between two days, whatever their order, the earliest first."""
        first, last = sorted((start, end))
        return tuple(event for event in self.events if first < event.day <= last)

    def fates(self, codes: Iterable[str], start: date, end: date) -> dict[str, Fate]:
        """Return the fates of units between two days.

        Parameters
        ----------
        codes : codes of units in force on the first day.
        start, end : the two days; ``end`` may be the earlier one.

        Returns
        -------
        dict of str to Fate
            For every code. A unit without events is the unit of the same code.
        """
        every = list(codes)
        return {code: _unchanged(code) for code in every} | self.changed(every, start, end)

    def changed(self, codes: Iterable[str], start: date, end: date) -> dict[str, Fate]:
        """Return the fates of the units that went through an event between two days.

        Parameters
        ----------
        codes, start, end : as for `fates`.
        """
        days = self._days(start, end)
        leaving = frozenset[str]().union(*days)
        found = {code: _unchanged(code) for code in filter(leaving.__contains__, codes)}
        holders: dict[str, dict[str, None]] = defaultdict(dict)  # who has a part in each unit of the day
        holders |= {code: {code: None} for code in found}
        for steps in days:
            for code in {holder: None for left in steps for holder in holders.pop(left, ())}:
                found[code] = fate = _moved(found[code], steps)
                for part in fate.parts:
                    holders[part.code][code] = None
        return {code: fate for code, fate in found.items() if fate.events}

    def _days(self, start: date, end: date) -> list[dict[str, _Step]]:
        """Return for each day of events on the way the steps of the units that it changed."""
        days: dict[date, list[tuple[Event, Part]]] = {}
        for event in self.between(start, end):
            days.setdefault(event.day, []).extend((event, part) for part in event.parts)
        is_forward = start <= end
        steps = [_steps(pairs if is_forward else _turned(pairs)) for pairs in days.values()]
        return steps if is_forward else steps[::-1]


def _steps(pairs: Iterable[tuple[Event, Part]]) -> dict[str, _Step]:
    """Return the steps of one day: a unit may be in several events, such as a merger and a new name."""
    events: dict[str, Event] = {}
    leaving: dict[str, dict[str, Part]] = defaultdict(dict)
    for event, part in pairs:
        events.setdefault(part.old, event)
        leaving[part.old].setdefault(part.new, part)
    return {code: _Step(events[code], tuple(parts.values())) for code, parts in leaving.items()}


def _unchanged(code: str) -> Fate:
    return Fate((Belonging(code, _ALL, _ALL),))


def _turned(pairs: Sequence[tuple[Event, Part]]) -> Iterator[tuple[Event, Part]]:
    """Yield the parts on the way back; what came from each of several merged units is not known."""
    sources: dict[str, set[str]] = defaultdict(set)
    for _, part in pairs:
        sources[part.new].add(part.old)
    for event, part in pairs:
        yield event, Part(part.new, part.old, None if len(sources[part.new]) > 1 else _ALL, part.row)


def _moved(fate: Fate, steps: Mapping[str, _Step]) -> Fate:
    """Return a fate after the events of one day, which all take effect at once."""
    if fate.whole is not None and len(steps[fate.whole].parts) == 1:  # nothing is divided
        event, (part,) = steps[fate.whole]
        return Fate(_unchanged(part.new).parts, tuple(dict.fromkeys((*fate.events, event))))
    lows: dict[str, Exact] = defaultdict(int)
    highs: dict[str, Exact] = defaultdict(int)
    estimated: set[str] = set()
    events = dict.fromkeys(fate.events)
    for belonging in fate.parts:
        step = steps.get(belonging.code)
        if step is None:
            parts: Sequence[Part] = (Part(belonging.code, belonging.code, _ALL),)
        else:
            parts = step.parts
            events[step.event] = None
        for part in parts:
            share = _ALL if len(parts) == 1 else part.share
            lows[part.new] += belonging.low * (share or _NONE)
            highs[part.new] += belonging.high * (_ALL if share is None else share)
            if belonging.is_estimated or (len(parts) > 1 and share is not None):
                estimated.add(part.new)
    return Fate(_tightened(lows, highs, estimated), tuple(events))


def _tightened(
    lows: Mapping[str, Exact], highs: Mapping[str, Exact], estimated: set[str]
) -> tuple[Belonging, ...]:
    """Return the shares, which add up to 1: what the others cannot have, this one has."""
    if len(lows) == 1:
        (code,) = lows
        return (Belonging(code, _ALL, _ALL),)
    all_lows, all_highs = sum(lows.values()), sum(highs.values())
    return tuple(
        Belonging(
            code,
            max(low, _ALL - (all_highs - highs[code])),
            min(highs[code], _ALL - (all_lows - low)),
            code in estimated,
        )
        for code, low in lows.items()
    )

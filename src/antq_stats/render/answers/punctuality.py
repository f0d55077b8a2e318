"""Who has sent by a day: the late ones after it, those not yet in before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from antq_stats.render.answers.senders import SenderLists
from antq_stats.render.words import unit_line
from antq_stats.render.writing.table import Column, Count, NotApplicable, PresentationTable, Row, Text

_TO_TICK = "[ ]"


@dataclass(frozen=True)
class Punctuality:
    """Which senders have sent by a day, and which are late.

    Parameters
    ----------
    lists : the senders.
    arrivals : the day on which each sender's return arrived.
    due : the day by which returns are due.
    today : today.
    """

    lists: SenderLists
    arrivals: Mapping[int, dt.date]
    due: dt.date
    today: dt.date

    @property
    def is_past(self) -> bool:
        """Whether the day is past."""
        return self.today > self.due

    def received(self, unit: int) -> dt.date | None:
        """Return the day on which a sender's return arrived; None if it has not, or that is not known."""
        return self.arrivals.get(unit)

    def is_late(self, unit: int) -> bool:
        """Return whether a sender's return came after the day, or has not come though the day is past."""
        day = self.received(unit)
        if day is None:
            return self.is_past and unit in self._absent
        return day > self.due

    @cached_property
    def not_in(self) -> tuple[int, ...]:
        """The senders of whom nothing usable has arrived."""
        return tuple(unit for unit in self.lists.absent if unit not in self.arrivals)

    @cached_property
    def _absent(self) -> frozenset[int]:
        return frozenset(self.not_in)

    @cached_property
    def _expected(self) -> frozenset[int]:
        return frozenset(self.lists.expected)

    @cached_property
    def late(self) -> tuple[int, ...]:
        """The late senders: those not in first, then by the day of arrival, the latest first."""
        late = [unit for unit in self.lists.expected if self.is_late(unit)]
        return tuple(sorted(late, key=lambda unit: self.arrivals.get(unit, dt.date.max), reverse=True))

    def headline(self) -> str:
        """Return in one line how many have sent in time, how many late, and how many not at all."""
        wording, expected = self.lists.wording, len(self.lists.expected)
        facts = {
            "date": wording.date(self.due), "expected": expected, "kind": self.lists.kind,
            "absent": len(self.not_in),
        }  # fmt: skip
        if self.is_past:
            late = sum(unit in self.arrivals for unit in self.late)
            in_time = expected - len(self.late)
            return wording.phrase("status.due-past", in_time=in_time, late=late, **facts)
        days = (self.due - self.today).days
        key = "status.due-ahead" if days else "status.due-today"
        return wording.phrase(key, count=days, sent=expected - len(self.not_in), **facts)

    def table(self) -> PresentationTable:
        """Return the late senders as a table for people."""
        lists, wording = self.lists, self.lists.wording
        heads = [
            Column("received", wording.phrase("status.received"), align="left"),
            Column("days", wording.phrase("status.days-late")),
        ]
        if lists.phones:
            phrases = ("status.phone", "status.called")
            heads += [Column(key, wording.phrase(key), align="left") for key in phrases]
        rows = []
        for unit in self.late:
            day = self.received(unit)
            called = (Text(lists.phones.get(unit, "")), Text(_TO_TICK)) if lists.phones else ()
            shown = wording.phrase("status.not-in") if day is None else wording.date(day)
            days = NotApplicable() if day is None else Count((day - self.due).days)
            name = unit_line(lists.collection.register, unit, wording)
            rows.append(Row(name, 0, (Text(shown), days, *called)))
        return PresentationTable(
            wording.phrase("status.late-title", count=len(rows)), "", wording.phrase("column.unit"),
            tuple(heads), tuple(rows), (wording.phrase("status.late-note"),),
        )  # fmt: skip

    def fields(self, unit: int) -> dict[str, object]:
        """Return what the record of a unit says of its arrival; None for a unit that sends no return."""
        if unit not in self._expected:
            return {"received": None, "late": None}
        day = self.received(unit)
        return {"received": None if day is None else day.isoformat(), "late": self.is_late(unit)}

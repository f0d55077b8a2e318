"""The first screen of `status`: how many returns came, who is missing, and who must correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from antq_stats.collection.collection import Collection
from antq_stats.figures.coverage import UnitCoverage, missing_by_sender
from antq_stats.render.words import level_word, unit_line, unit_within
from antq_stats.render.writing.table import Column, Count, PresentationTable, Row, Text
from antq_stats.words.language import Wording
from antq_stats.words.text import one_line

_SHOWN = 40
"""Most missing senders that the screen lists."""
_NAMED = 12
"""Most missing units of a sender that are named."""
_TO_TICK = "[ ]"


@dataclass(frozen=True)
class SenderLists:
    """Who has sent, who has not, and who must correct, under one unit.

    Parameters
    ----------
    collection : the values of the period.
    coverage : coverage and counts of findings by unit.
    top : position of the unit.
    senders, missing : positions of all senders and of those that gave no figures, in tree order.
    to_mend : hard findings of the senders that gave figures and must correct them.
    level : the lowest level with expected rows.
    wording : the language.
    phones : telephone numbers by unit, for the screen only; with any, there is a column to tick off calls.
    """

    collection: Collection
    coverage: UnitCoverage
    top: int
    senders: Sequence[int]
    missing: Sequence[int]
    to_mend: Mapping[int, int]
    level: int
    wording: Wording
    phones: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def _under(self) -> frozenset[int]:
        return frozenset(self.collection.register.under(self.top).tolist())

    @cached_property
    def expected(self) -> tuple[int, ...]:
        """All senders under the unit."""
        return tuple(unit for unit in self.senders if unit in self._under)

    @cached_property
    def absent(self) -> tuple[int, ...]:
        """The missing senders under the unit."""
        return tuple(unit for unit in self.missing if unit in self._under)

    @cached_property
    def mending(self) -> tuple[int, ...]:
        """The senders under the unit that must correct."""
        return tuple(unit for unit in self.senders if unit in self._under and unit in self.to_mend)

    @cached_property
    def kind(self) -> str:
        """What most senders are called: ``xã``."""
        register = self.collection.register
        levels = [register.units.levels[unit] for unit in self.senders]
        level = max(set(levels), key=levels.count, default=max(self.level - 1, 0))
        return level_word(register, level, self.wording, most=1)

    def headline(self) -> str:
        """Return ``167/173 xã đã gửi; 6 còn thiếu; 14 cần sửa.``."""
        expected = len(self.expected)
        return self.wording.phrase(
            "status.headline",
            sent=expected - len(self.absent),
            expected=expected,
            kind=self.kind,
            missing=len(self.absent),
            mend=len(self.mending),
        )

    def rows(self) -> str:
        """Return how many units of the lowest level have figures, of those expected."""
        collection = self.collection
        tables = [table for table in collection.tables if table.is_expected and table.level == self.level]
        expected = {unit for table in tables for unit in table.units.tolist()} & self._under
        read = {unit for table in tables for unit in table.units[table.read].tolist()} & self._under
        kind = level_word(self.collection.register, self.level, self.wording)
        if not expected:
            return self.wording.phrase("status.no-rows", kind=kind)
        return self.wording.phrase("status.rows", read=len(read), expected=len(expected), kind=kind)

    def tables(self) -> Iterator[PresentationTable]:
        """Yield the lists of the missing senders and of those that must correct, unless they are empty.

        Nobody is listed as missing while nobody has sent.
        """
        shown = [] if len(self.absent) == len(self.senders) else self.absent[:_SHOWN]
        if shown:
            more = len(self.absent) - len(shown)
            legend = (self.wording.phrase("status.more", count=more, kind=self.kind),) if more else ()
            heads: tuple[Column, ...] = (Column("state", self.wording.phrase("column.status"), align="left"),)
            cells = {unit: (Text(self._state(unit)),) for unit in shown}
            yield self._table("missing-title", len(self.absent), heads, cells, legend)
        if self.mending:
            heads = (
                Column("hard", self.wording.phrase("column.hard")),
                Column("soft", self.wording.phrase("column.soft")),
                Column("lacking", self.wording.phrase("column.missing"), align="left"),
            )
            yield self._table(
                "mend-title",
                len(self.mending),
                heads,
                {
                    unit: (
                        Count(self.to_mend[unit]),
                        Count(int(self.coverage.soft[unit])),
                        Text(self._lacking(unit)),
                    )
                    for unit in self.mending
                },
            )

    def _table(
        self,
        title: str,
        count: int,
        heads: tuple[Column, ...],
        cells: Mapping[int, tuple[Count | Text, ...]],
        legend: tuple[str, ...] = (),
    ) -> PresentationTable:
        if self.phones:
            phrases = ("status.phone", "status.called")
            heads += tuple(Column(key, self.wording.phrase(key), align="left") for key in phrases)
        called = {unit: (Text(self.phones.get(unit, "")), Text(_TO_TICK)) for unit in cells if self.phones}
        return PresentationTable(
            title=self.wording.phrase(f"status.{title}", count=count),
            subtitle="",
            stub_head=self.wording.phrase("column.unit"),
            columns=heads,
            rows=tuple(
                Row(
                    unit_line(self.collection.register, unit, self.wording),
                    0,
                    (*texts, *called.get(unit, ())),
                )
                for unit, texts in cells.items()
            ),
            legend=legend,
        )

    def _state(self, unit: int) -> str:
        """Return how far a missing sender is, with the files of it that could not be read."""
        code = self.collection.register.units.codes[unit]
        files = [one_line(file.file, 200) for file in self.collection.unread if file.about == code]
        state = self.wording.phrase(f"state.{self.coverage.state(unit)}")
        return f"{state}: {', '.join(files)}" if files else state

    @cached_property
    def _lacking_of(self) -> dict[int, list[int]]:
        return missing_by_sender(self.collection, self._under)

    def _lacking(self, unit: int) -> str:
        register, lacking = self.collection.register, self._lacking_of.get(unit, [])
        names = [unit_within(register, other, self.wording) for other in lacking[:_NAMED]]
        return ", ".join(names) + (" …" if len(lacking) > _NAMED else "")

    def missing_lines(self) -> str:
        """Return the missing senders, one per line: code, name, state, telephone, separated by tabs."""
        codes = self.collection.register.units.codes
        return "".join(
            "\t".join(
                (
                    codes[unit],
                    unit_line(self.collection.register, unit, self.wording),
                    self._state(unit),
                    *([self.phones.get(unit, "")] if self.phones else ()),
                )
            )
            + "\n"
            for unit in self.absent
        )

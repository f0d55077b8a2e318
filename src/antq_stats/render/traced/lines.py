"""A trace as lines for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from antq_stats.figures.figure import RestatedFigure
from antq_stats.findings.catalogue import severity
from antq_stats.form import Ratio
from antq_stats.form.entries import UNITS
from antq_stats.render.over_years.restated import boundaries_line
from antq_stats.render.traced.tree import Bounds, FoldRow, LeafRow, Row, TraceTree, UnitRow
from antq_stats.render.traced.words import (
    amount_text,
    decision_text,
    figure_text,
    other_text,
    state_text,
    sum_text,
)
from antq_stats.render.words import FindingWording, level_word, names_of, tally_words, unit_line
from antq_stats.render.writing.terminal import Line
from antq_stats.trace.figure_trace import Trace
from antq_stats.trace.leaves import CellPlace, Leaf, Leaves
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

Find = Callable[[Iterable[CellPlace]], Mapping[CellPlace, str]]
_LONGEST_NAME = 44
_STYLE = {"hard": "red", "soft": "yellow", "note": "dim"}
_CAUSES = 5
"""Most findings at units without a row that are told."""
_HASH = 12
"""Digits of a hash that are shown."""


def trace_lines(trace: Trace, find: Find, lang: Language, depth: int, width: int | None) -> list[Line]:
    """Return a trace as lines.

    Parameters
    ----------
    trace : the trace.
    find : returns what stands in some cells; it is called once, with the cells that are shown.
    lang : the language.
    depth : number of levels below the unit that are shown.
    width : columns of the terminal; None where lines need not wrap.
    """
    return list(_TraceLines(trace, find, lang, depth, width).lines())


class _TraceLines:
    def __init__(self, trace: Trace, find: Find, lang: Language, depth: int, width: int | None) -> None:
        self.trace, self.wording, self.width = trace, Wording(lang), width
        self.collection, self.register = trace.collection, trace.register
        self.form = trace.collection.form
        self.tree = TraceTree(trace, depth)
        self.rows = list(self.tree.rows())
        leaves = [leaf for row in self.rows if isinstance(row, LeafRow) for leaf in row.leaves]
        self.found = find(leaf.place for leaf in leaves if leaf is not None and leaf.place is not None)
        self.words = FindingWording(self.wording, names_of(self.form, self.collection.register, lang))
        self.hashes = {return_.file: return_.sha256 for return_ in self.collection.files}

    def lines(self) -> Iterator[Line]:
        """Yield all lines."""
        for text in self._head():
            yield from self._prose(text, "bold" if text is self._title else "")
        yield []
        yield from self._body()
        told = list(self._foot())
        if told:
            yield []
            for text in told:
                yield from self._prose(text, "dim")

    def _prose(self, text: str, style: str = "", indent: int = 0) -> Iterator[Line]:
        room = None if self.width is None else max(self.width - indent, 30)
        parts = [text] if room is None else textwrap.wrap(text, room, break_on_hyphens=False)
        yield from ([(" " * indent, ""), (part, style)] for part in parts)

    # -- the figure ------------------------------------------------------------------------------

    @property
    def _title(self) -> str:
        unit = unit_line(self.register, self.trace.unit, self.wording)
        label = one_line(self.wording.say(self.trace.column.label), 200)
        return self.wording.phrase("trace.title", measure=label, unit=unit)

    def _head(self) -> Iterator[str]:
        trace, wording = self.trace, self.wording
        yield self._title
        yield wording.period(self.collection.period, heading=True)
        if trace.boundaries is not None:
            yield boundaries_line(trace.boundaries, wording) + "."
        yield self._sum()
        if isinstance(trace.column, Ratio) and trace.is_added:
            yield from self._sides()
        yield from self._coverage()
        if trace.is_protected:
            yield wording.phrase("trace.internal")

    def _sum(self) -> str:
        """Return what the figure is the sum of, and whether it agrees."""
        trace, wording = self.trace, self.wording
        if not trace.is_added:
            return wording.phrase("trace.not-summed")
        found, printed = sum_text(trace, wording), figure_text(trace, wording)
        if not found or not printed:
            reason = trace.figure.reason if isinstance(trace.figure, RestatedFigure) else None
            key = f"compare.reason-{reason}" if reason else "trace.nothing"
            return wording.phrase(key, **({"period": self.collection.period} if reason else {}))
        unit = self.form.unit(trace.column.code, wording.lang)
        figure = printed if isinstance(trace.column, Ratio) or not unit else f"{printed} {unit}"
        ending = "agrees" if trace.adds_up and found == printed else "differs"
        if isinstance(trace.column, Ratio):
            sides = self._both_sums()
            return wording.phrase(f"trace.ratio-{ending}", figure=figure, sum=found, sides=sides)
        return wording.phrase(f"trace.sum-{ending}", figure=figure, sum=found, **self._counts(trace.sides[0]))

    def _both_sums(self) -> str:
        """Return the sums of the sides of a ratio as a division."""
        texts = [amount_text(*side.sum(), self.wording) for side in self.trace.sides]
        if len(texts) == 1:
            texts.append(self.wording.number(int(self.trace.sides[0].counted.sum())))
        return " : ".join(texts)

    def _counts(self, side: Leaves) -> dict[str, str]:
        """Return how many cells of how many files count on a side."""
        counts = {"cells": int(side.counted.sum()), "files": len(side.files())}
        return {key: self.wording.phrase(f"trace.{key}", count=count) for key, count in counts.items()}

    def _sides(self) -> Iterator[str]:
        """Yield what the sides of a ratio come to, numbered as the columns below."""
        wording, column = self.wording, self.trace.column
        for number, side in enumerate(self.trace.sides, start=1):
            counts = self._counts(side)
            label, value = wording.say(side.measure.label), amount_text(*side.sum(), wording)
            yield wording.phrase("trace.side", number=number, measure=label, sum=value, **counts)
        if isinstance(column, Ratio) and column.denominator == UNITS:
            count = int(self.trace.sides[0].counted.sum())
            yield wording.phrase("trace.side-units", number=2, count=count, kind=self._kind)

    @cached_property
    def _kind(self) -> str:
        """Return what the units are called that give the values."""
        side = self.trace.sides[0]
        return level_word(self.collection.register, side.table.level, self.wording, most=1)

    def _coverage(self) -> Iterator[str]:
        trace, wording = self.trace, self.wording
        figure = trace.figure
        if not trace.is_added:
            return
        key = "trace.given-both" if isinstance(trace.column, Ratio) else "trace.given"
        if figure.expected:
            yield wording.phrase(key, given=figure.given, expected=figure.expected, kind=self._kind)
        unlisted = 0 if isinstance(figure, RestatedFigure) else figure.unlisted
        if unlisted:
            yield wording.phrase("trace.unlisted", count=unlisted)
        if figure.provisional:
            why = []
            if figure.given < figure.expected:
                why.append(wording.phrase("trace.lacking", count=figure.expected - figure.given))
            if trace.causes:
                why.append(tally_words(wording, {"hard": len(trace.causes)}))
            if why:
                yield wording.phrase("trace.provisional", why="; ".join(why))

    # -- the tree --------------------------------------------------------------------------------

    def _body(self) -> Iterator[Line]:
        texts = [[*self._figures(row)] for row in self.rows]
        names = [self._name(row) for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        most = _LONGEST_NAME if self.width is None else max(16, min(_LONGEST_NAME, self.width * 2 // 5))
        stub = min(max(2 * row.depth + len(name) for row, name in zip(self.rows, names, strict=True)), most)
        file: tuple[str, str | None] | None = None
        if len(widths) > 1 or isinstance(self.trace.column, Ratio):
            heads = (f"({number})".rjust(width) for number, width in enumerate(widths, start=1))
            yield [(" " * stub + "  " + "  ".join(heads), "dim")]
        yield [("  ".join("─" * width for width in (stub, *widths)), "dim")]
        for row, name, figures in zip(self.rows, names, texts, strict=True):
            here = self._file(row)
            if here is not None and here != file:
                yield from self._prose(self._file_text(*here), "dim", 2 * row.depth)
            file = here or (file if isinstance(row, LeafRow) else None)
            yield from self._row(row, name, figures, stub, widths)

    def _row(
        self, row: Row, name: str, figures: Sequence[str], stub: int, widths: Sequence[int]
    ) -> Iterator[Line]:
        indent = 2 * row.depth
        cut = one_line(name, max(stub - indent, 8))
        values = "  ".join(text.rjust(width) for text, width in zip(figures, widths, strict=True))
        style = (
            "bold"
            if isinstance(row, UnitRow) and not row.depth
            else "dim"
            if isinstance(row, FoldRow)
            else ""
        )
        start = f"{' ' * indent}{cut}".ljust(stub) + f"  {values}"
        tail, tail_style = self._tail(row)
        room = None if self.width is None else max(self.width - len(start) - 2, 16)
        first, *others = [tail] if room is None else textwrap.wrap(tail, room) or [""]
        yield [(start, style), (f"  {first}" if first else "", tail_style)]
        yield from ([(" " * (len(start) + 2) + other, tail_style)] for other in others)
        if isinstance(row, LeafRow):
            yield from self._notes(row)

    def _name(self, row: Row) -> str:
        if not isinstance(row, FoldRow):
            return self.tree.name(row)
        kind = (
            self.wording.phrase("trace.units")
            if row.level is None
            else level_word(self.register, row.level, self.wording, most=1)
        )
        return self.wording.phrase("trace.fold", count=row.count, kind=kind)

    def _figures(self, row: Row) -> Iterator[str]:
        """Yield the figures of a row, one for each side."""
        if not isinstance(row, LeafRow):
            for bounds in row.sums:
                yield self._bounds(bounds)
            return
        for leaf in row.leaves:
            if leaf is None:
                yield ""
            elif leaf.state == "counted":
                yield self._bounds((leaf.low, leaf.high))
            elif leaf.value is None:
                yield "…"
            else:
                yield f"({self.wording.number(leaf.value)})"

    def _bounds(self, bounds: Bounds | None) -> str:
        return "…" if bounds is None else amount_text(*bounds, self.wording)

    def _tail(self, row: Row) -> tuple[str, str]:
        """Return the end of a row and its style: the cells of a leaf, or what is wrong under a unit."""
        wording = self.wording
        if isinstance(row, LeafRow):
            leaves = [leaf for leaf in row.leaves if leaf is not None]
            why = [leaf for leaf in leaves if leaf.state == "missing"] or leaves
            states = dict.fromkeys(filter(None, (state_text(leaf, wording) for leaf in why)))
            cells = " : ".join(filter(None, map(self._cell, leaves)))
            return "; ".join(filter(None, [cells, *states])), "yellow" if states else ""
        parts = []
        if row.missing:
            parts.append(wording.phrase("trace.missing", count=row.missing))
        if row.hard:
            parts.append(tally_words(wording, {"hard": row.hard}))
        return "; ".join(parts), "yellow"

    def _cell(self, leaf: Leaf) -> str:
        place = leaf.place
        if place is None:
            return ""
        text = self.found.get(place)
        if text is None:
            return place.cell
        key = "trace.cell" if text else "trace.cell-blank"
        return self.wording.phrase(key, cell=place.cell, found=one_line(text, 60))

    def _file(self, row: Row) -> tuple[str, str | None] | None:
        """Return file and sheet of a leaf's first cell."""
        leaves = row.leaves if isinstance(row, LeafRow) else ()
        places = (leaf.place for leaf in leaves if leaf is not None and leaf.place is not None)
        place = next(places, None)
        return None if place is None else (place.file, place.sheet)

    def _file_text(self, file: str, sheet: str | None) -> str:
        digest = self.hashes.get(file, "")
        parts = (one_line(file, 200), sheet and one_line(sheet, 60), digest and f"SHA-256 {digest[:_HASH]}…")
        return " · ".join(filter(None, parts))

    def _notes(self, row: LeafRow) -> Iterator[Line]:
        """Yield the lines below a leaf: findings on it, rows that do not count, and notes."""
        on = self.trace.findings
        codes = [side.measure.code for side in self.trace.sides]
        indent = 2 * row.depth + 4
        for finding in on.of(row.unit):
            if any(on.is_on(finding, code) for code in codes):
                text = f"{finding.code} {self.words.message(finding)}"
                yield from self._prose(text, _STYLE[severity(finding)], indent)
        for side, leaf in zip(self.trace.sides, row.leaves, strict=True):
            others = () if leaf is None else self.trace.others.of(leaf.unit, side.measure)
            for other in others:
                yield from self._prose(other_text(other, self.wording), "", indent)
            decision = None if leaf is None else self.trace.decision_on(leaf.unit, side.measure.code)
            if decision is not None and decision.kind == "nil":  # a correction is told by its finding
                yield from self._prose(decision_text(decision, self.wording), "", indent)
            for note in () if leaf is None else leaf.notes:
                yield from self._prose(note, "", indent)

    # -- below the tree --------------------------------------------------------------------------

    def _foot(self) -> Iterator[str]:
        """Yield the hard findings at units without a row, and how to see more."""
        shown = {row.unit for row in self.rows if isinstance(row, LeafRow)}
        by_code = self.collection.register.units.by_code
        hidden = [
            finding for finding in self.trace.causes if by_code.get(finding.unit or "", -1) not in shown
        ]
        for finding in hidden[:_CAUSES]:
            where = " · ".join(filter(None, (finding.file, self.words.place(finding))))
            yield (
                f"{finding.code} {where}: {self.words.message(finding)}"
                if where
                else (f"{finding.code} {self.words.message(finding)}")
            )
        if len(hidden) > _CAUSES:
            yield self.wording.phrase("trace.more-causes", count=len(hidden) - _CAUSES)
        if self.tree.is_cut:
            yield self.wording.phrase("trace.deeper", depth=self.tree.depth + 1)

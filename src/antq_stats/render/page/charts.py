"""Charts of the page as geometry for the template: bars with their texts, and the same figures as a table.

Lengths are in units of the drawing, which is as wide as the screen of a phone, so that its text is legible
there. On a wide screen, several drawings stand side by side.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from antq_stats.figures.publication import Publication
from antq_stats.form import Measure, Ratio
from antq_stats.render.cells import cell_of, is_of_one
from antq_stats.render.page.context import PageContext
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import Count, Percent, clean, is_provisional
from antq_stats.words.language import rounded

WIDTH = 340
_LINE = 17
_BAR = 9
_GAP = 12
_TOP = 4
_LABEL_WIDTH = 38
"""Characters of a label beside its figure; longer labels are wrapped into two lines."""
_MOST_BARS = 24
_ENDS = 10
"""Bars at either end of a ranking with more than `_MOST_BARS`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: the text above it, its length, and whether it is hatched (a provisional figure)."""

    words: tuple[str, ...]
    value: str
    length: str
    hatched: bool
    top: int
    bar_top: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its texts, and its figures as a table."""

    key: str
    title: str
    description: str
    height: int
    bars: tuple[Bar, ...]
    mark: str
    """Position of the line for the unit that the report is on; empty for none."""
    mark_words: str
    track: bool
    """Whether the length of a complete bar is drawn behind each bar."""
    note: str
    heads: tuple[str, str]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChartsView:
    """The charts of the page."""

    width: int
    line: int
    bar: int
    rankings: tuple[Chart, ...]
    compositions: tuple[Chart, ...]
    coverage: Chart | None


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    cell: str
    share: Fraction
    hatched: bool = False


def view(context: PageContext) -> ChartsView:
    """Return the charts: a ranking of units on each ratio, compositions of counts, and the coverage."""
    publication = context.publication
    levels = publication.register.levels
    ranked = {levels[publication.register.units.levels[unit]] for unit in branches(publication)}
    ratios = [
        column
        for column in publication.columns
        if isinstance(column, Ratio) and not is_of_one(publication.form, column, ranked)
    ]
    rankings = [_ranking(context, ratio, place) for place, ratio in enumerate(ratios)]
    return ChartsView(
        WIDTH,
        _LINE,
        _BAR,
        tuple(chart for chart in rankings if chart is not None),
        tuple(_compositions(context)),
        _coverage(context),
    )


def branches(publication: Publication) -> Sequence[int]:
    """Return the units directly below the first unit, from the root down, that has several."""
    children = publication.register.units.children
    unit = publication.root
    while len(children.get(unit, ())) == 1:
        unit = children[unit][0]
    return children.get(unit, ())


def _ranking(context: PageContext, ratio: Ratio, place: int) -> Chart | None:
    publication, wording = context.publication, context.wording
    units = [(unit, cell_of(publication, unit, ratio)) for unit in branches(publication)]
    shown = [(unit, cell) for unit, cell in units if isinstance(cell, Percent)]
    if len(shown) < 2:
        return None
    total = cell_of(publication, publication.root, ratio)
    shown.sort(key=lambda pair: -pair[1].value)  # units that are level stay in the register's order
    values = [cell.value for _, cell in shown] + ([total.value] if isinstance(total, Percent) else [])
    # a share of a hundred is drawn on a scale to a hundred, not to the best unit's
    longest = max(*values, Fraction(1)) if ratio.per == 100 else max(values)
    register = publication.register
    names = {unit: clean(unit_name(register, unit)) for unit, _ in units}
    entries = [
        _Entry(names[unit], context.marked(cell), _share(cell.value, longest), is_provisional(cell))
        for unit, cell in shown
    ]
    left_out = len(entries) - 2 * _ENDS if len(entries) > _MOST_BARS else 0
    drawn = entries if not left_out else [*entries[:_ENDS], *entries[-_ENDS:]]
    without = [
        f"{names[unit]}: {context.marked(cell) or '–'}"
        for unit, cell in units
        if not isinstance(cell, Percent)
    ]
    label = wording.say(ratio.label)
    notes = [wording.phrase("page.chart-ends", count=left_out, ends=_ENDS)] if left_out else []
    notes += [wording.phrase("page.chart-without", names="; ".join(without))] if without else []
    described = wording.phrase(
        "page.chart-ranking",
        label=label,
        highest=_label_and_figure(entries[0]),
        lowest=_label_and_figure(entries[-1]),
    )
    whole_words = ""
    if isinstance(total, Percent):
        name = unit_name(register, publication.root)
        whole_words = wording.phrase("page.chart-whole", unit=name, value=context.marked(total))
    rows = [(entry.label, entry.cell) for entry in entries]
    rows += [(names[unit], context.marked(cell)) for unit, cell in units if not isinstance(cell, Percent)]
    return _chart(
        f"ranking-{place + 1}", label, described, drawn, (wording.phrase("column.unit"), label), rows,
        mark=_share(total.value, longest) if isinstance(total, Percent) else None,
        mark_words=whole_words, note=" ".join(notes),
    )  # fmt: skip


def _compositions(context: PageContext) -> Iterator[Chart]:
    """Yield a chart of the stocks of one section and unit of measure, from tables above the finest.

    The stocks are compared and not added up, because they may overlap.
    """
    publication, wording = context.publication, context.wording
    form = publication.form
    levels = [publication.register.levels.index(table.level) for table in form.tables]
    finest = max(levels)
    place = 0
    for label, columns in context.sections:
        alike: dict[str, list[tuple[Measure, Count]]] = defaultdict(list)
        for column in columns:
            if isinstance(column, Measure) and column.kind == "count" and column.time == "stock":
                level = publication.register.levels.index(form.table_of(column).level)
                cell = cell_of(publication, publication.root, column)
                if isinstance(cell, Count) and level < finest:
                    alike[form.unit(column.code, wording.lang)].append((column, cell))
        for unit, members in alike.items():
            longest = max(cell.value for _, cell in members)
            if len(members) < 2 or not longest:
                continue
            place += 1
            entries = [
                _Entry(
                    clean(wording.say(measure.label)),
                    context.marked(cell),
                    Fraction(cell.value) / Fraction(longest),
                    cell.provisional,
                )
                for measure, cell in members
            ]
            title = f"{label} ({unit})" if unit else label
            values = "; ".join(map(_label_and_figure, entries))
            rows = [(entry.label, entry.cell) for entry in entries]
            heads = (wording.phrase("column.measure"), unit or wording.phrase("column.value"))
            described = wording.phrase("page.chart-composition", label=label, values=values)
            yield _chart(f"composition-{place}", title, described, entries, heads, rows)


def _coverage(context: PageContext) -> Chart | None:
    publication, wording = context.publication, context.wording
    answers = publication.coverage
    register = publication.register
    entries = []
    for unit in branches(publication):
        read, expected = int(answers.read[unit]), int(answers.expected[unit])
        if expected:
            value = f"{wording.number(read)}/{wording.number(expected)}"
            entries.append(_Entry(clean(unit_name(register, unit)), value, Fraction(read, expected)))
    if not entries:
        return None
    if len(entries) > _MOST_BARS:
        entries = [entry for entry in entries if entry.share < 1][:_MOST_BARS]
        if not entries:
            return None
    root = publication.root
    read, expected = int(answers.read[root]), int(answers.expected[root])
    title = wording.phrase("page.chart-coverage-title")
    share = wording.percent(Fraction(read, expected), 1)
    described = wording.phrase("page.chart-coverage", read=read, expected=expected, share=share)
    heads = (wording.phrase("column.unit"), wording.phrase("column.coverage"))
    rows = [(entry.label, entry.cell) for entry in entries]
    return _chart("coverage", title, described, entries, heads, rows, track=True)


def _label_and_figure(entry: _Entry) -> str:
    return f"{entry.label} {entry.cell}"


def _share(value: Fraction, longest: Fraction) -> Fraction:
    return value / longest if longest else Fraction(0)


def _length(share: Fraction) -> str:
    return format(rounded(share * WIDTH, 1), "f")


def _chart(
    key: str,
    title: str,
    description: str,
    entries: Sequence[_Entry],
    heads: tuple[str, str],
    rows: Sequence[tuple[str, str]],
    *,
    mark: Fraction | None = None,
    mark_words: str = "",
    track: bool = False,
    note: str = "",
) -> Chart:
    """Return a chart with its bars one below the other."""
    bars = []
    at = _TOP
    for entry in entries:
        words = tuple(textwrap.wrap(entry.label, _LABEL_WIDTH, max_lines=2, placeholder=" …")) or ("",)
        bar_top = at + _LINE * len(words)
        bars.append(Bar(words, entry.cell, _length(entry.share), entry.hatched, at + _LINE - 5, bar_top))
        at = bar_top + _BAR + _GAP
    return Chart(
        key, title, description, at, tuple(bars), "" if mark is None else _length(mark), mark_words, track,
        note, heads, tuple(rows),
    )  # fmt: skip

"""Sums and ratios of an aggregate: as a presentation table, and as records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.decided import Applied
from antq_stats.figures.aggregation import Aggregate
from antq_stats.form import Measure, Ratio
from antq_stats.output_marks import UNIT_COLUMNS
from antq_stats.register.register import display_name
from antq_stats.render.cells import coverage_cell, measure_cell, ratio_cell
from antq_stats.render.findings.decided import concerned_by, legend, marked_name
from antq_stats.render.writing.delimited import RecordColumns
from antq_stats.render.writing.table import (
    Cell,
    PresentationTable,
    Row,
)
from antq_stats.render.writing.table import Column as Head
from antq_stats.words.language import Language, Wording, rounded, rounded_quotients

Column = Measure | Ratio


def rows_of(aggregate: Aggregate, top: int, level: int) -> list[int]:
    """Return a unit and the units under it down to a level, in tree order.

    Parameters
    ----------
    aggregate : the sums, which have the register.
    top : position of the unit.
    level : the lowest level.
    """
    under = aggregate.register.under(top)
    levels = np.asarray(aggregate.register.units.levels)
    rows: list[int] = under[levels[under] <= max(level, levels[top])].tolist()
    return rows


def by_section(aggregate: Aggregate, columns: Sequence[Column]) -> list[Column]:
    """Return measures and ratios ordered by section, in the order of the form."""
    order = {section.code: place for place, section in enumerate(aggregate.form.sections)}
    return sorted(columns, key=lambda column: order.get(column.section or "", len(order)))


def summary(
    aggregate: Aggregate,
    units: Sequence[int],
    columns: Sequence[Column],
    lang: Language,
    applied: Sequence[Applied] = (),
) -> PresentationTable:
    """Return sums and ratios of units as a table for people.

    Parameters
    ----------
    aggregate : the sums.
    units : positions of the units, in the order of the rows; the first is the total.
    columns : measures and ratios, in any order; they are shown by section.
    lang : the language.
    applied : the decisions in force.
    """
    form, register, wording = aggregate.form, aggregate.register, Wording(lang)
    columns = by_section(aggregate, columns)
    base = register.units.levels[units[0]]
    lead = _lead(aggregate, columns)
    sections = {section.code: wording.say(section.label) for section in form.sections}
    heads = [Head("coverage", wording.phrase("column.given"))]
    heads += [
        Head(
            column.code,
            wording.say(column.label),
            form.unit(column.code, lang),
            sections.get(column.section or ""),
        )
        for column in columns
    ]
    concerned = concerned_by(applied)
    rows = [
        Row(
            marked_name(register, unit, concerned),
            register.units.levels[unit] - base,
            (
                coverage_cell(aggregate.figure(unit, lead)),
                *(_cell(aggregate, unit, column) for column in columns),
            ),
            "total" if unit == units[0] and len(units) > 1 else "plain",
        )
        for unit in units
    ]
    return PresentationTable(
        title=wording.say(form.about.title),
        subtitle=wording.period(aggregate.period, heading=True),
        stub_head=wording.phrase("column.unit"),
        columns=tuple(heads),
        rows=tuple(rows),
        legend=tuple(_incomplete(aggregate, units[0], columns, wording)),
        decided=legend((each.decision for each in applied), wording),
    )


def _lead(aggregate: Aggregate, columns: Sequence[Column]) -> str:
    """Return the measure whose coverage is shown: the least covered one that the most units must give."""
    form = aggregate.form
    codes = [c.code if isinstance(c, Measure) else c.numerator for c in columns]
    measures = [form.measure(code) for code in codes]
    required = [measure for measure in measures if measure.required] or measures
    root = aggregate.register.units.parents.index(-1)
    finest = max(aggregate.figure(root, measure.code).expected for measure in required)
    candidates = [m.code for m in required if aggregate.figure(root, m.code).expected == finest]
    return min(candidates, key=lambda code: aggregate.figure(root, code).given)


def _cell(aggregate: Aggregate, unit: int, column: Column) -> Cell:
    if isinstance(column, Measure):
        return measure_cell(aggregate.figure(unit, column.code))
    return ratio_cell(aggregate.ratio(unit, column.code), column)


def _incomplete(aggregate: Aggregate, top: int, columns: Sequence[Column], wording: Wording) -> Iterator[str]:
    """Yield a line on each incomplete measure: how many units gave it."""
    for column in columns:
        if isinstance(column, Measure):
            figure = aggregate.figure(top, column.code)
            if figure.unlisted and figure.expected:
                yield wording.phrase("summary.unlisted", measure=wording.say(column.label),
                    given=wording.number(figure.given), count=wording.number(figure.unlisted),
                )  # fmt: skip
            elif figure.given < figure.expected:
                yield wording.phrase("summary.incomplete", measure=wording.say(column.label),
                    given=wording.number(figure.given), expected=wording.number(figure.expected),
                )  # fmt: skip


def records(aggregate: Aggregate, units: Sequence[int], columns: Sequence[Column]) -> list[dict[str, object]]:
    """Return the records of ``aggregate --format json``: units with their measures and ratios.

    Parameters
    ----------
    aggregate : the sums.
    units : positions of the units, in order.
    columns : the measures and ratios.
    """
    result: list[dict[str, object]] = []
    for unit in units:
        known = aggregate.register.at(unit)
        measures: dict[str, object] = {}
        ratios: dict[str, object] = {}
        provisional: list[str] = []
        for column in columns:
            if isinstance(column, Measure):
                figure = aggregate.figure(unit, column.code)
                measures[column.code] = {
                    "value": figure.value,
                    "given": figure.given,
                    "expected": figure.expected,
                    **({"up": column.up} if column.up == "none" else {}),
                    **({"decided": True} if figure.decided else {}),
                }
                uncertain = figure.provisional and figure.expected > 0
            else:
                ratio = aggregate.ratio(unit, column.code)
                value = None if ratio.value is None else rounded(ratio.value, column.decimals)
                given = ratio.given > 0
                ratios[column.code] = {
                    "value": value,
                    "numerator": ratio.numerator if given else None,
                    "denominator": ratio.denominator if given else None,
                    **({"decided": True} if ratio.decided else {}),
                }
                uncertain = ratio.provisional and ratio.expected > 0
            provisional += [column.code] * uncertain
        result.append(
            {
                "unit": known.code,
                "name": known.display,
                "level": known.level,
                "parent": known.parent,
                "measures": measures,
                "ratios": ratios,
                "provisional": provisional,
            }
        )
    return result


def decided_count(aggregate: Aggregate, units: Sequence[int], columns: Sequence[Column]) -> int:
    """Return how many figures rest on decisions: a value was corrected, or is the zero of a nil return.

    Parameters
    ----------
    aggregate : the sums.
    units : positions of the units.
    columns : the measures and ratios.
    """
    count, at = 0, np.asarray(units, dtype=np.int64)
    for column in columns:
        figure_of = aggregate.figure if isinstance(column, Measure) else aggregate.ratio
        marked = at[aggregate.decided(column.code)[at]]
        count += sum(figure_of(unit, column.code).decided for unit in marked.tolist())
    return count


def flat_columns(
    aggregate: Aggregate, units: Sequence[int], columns: Sequence[Column], *, coverage: bool
) -> RecordColumns:
    """Return the columns of ``aggregate --format csv``: a row per unit, a column per measure and ratio.

    ``provisional`` has the codes of the figures that can still change, separated by blanks;
    ``CODE.given`` and ``CODE.expected`` have the coverage.

    Parameters
    ----------
    aggregate : the sums.
    units : positions of the units, in order.
    columns : the measures and ratios.
    coverage : whether to add two columns of coverage for each, behind all others.
    """
    register, at = aggregate.register.units, np.asarray(units, dtype=np.int64)
    parents = [register.parents[unit] for unit in units]
    values, covered = dict[str, Sequence[object]](), dict[str, Sequence[object]]()
    marks = np.zeros((len(units), len(columns)), dtype=np.bool_)
    for place, column in enumerate(columns):
        if isinstance(column, Measure):
            values[column.code], *covers, marked = _measure_values(aggregate, at, column)
        else:
            values[column.code], *covers, marked = _ratio_values(aggregate, at, column)
        for what, counts in zip(("given", "expected"), covers, strict=True):
            covered[f"{column.code}.{what}"] = counts[at].tolist()
        marks[:, place] = marked[at]
    codes = [column.code for column in columns]
    told = cache(lambda row: " ".join(compress(codes, row)))
    heads: tuple[Sequence[object], ...] = (
        [register.codes[unit] for unit in units],
        [display_name(register.kinds[unit], register.names[unit]) for unit in units],
        [register.level_names[register.levels[unit]] for unit in units],
        [register.codes[parent] if parent >= 0 else None for parent in parents],
    )
    return RecordColumns(
        dict(zip(UNIT_COLUMNS, heads, strict=True))
        | values
        | {"provisional": [told(row.tobytes()) for row in marks]}
        | (covered if coverage else {})
    )


_Values = tuple[Sequence[object], Integers, Integers, Truths]
"""Values of some units; for all units how many gave one, of how many, and whether it may change."""


def _measure_values(aggregate: Aggregate, at: Integers, measure: Measure) -> _Values:
    sums, given, expected, provisional = aggregate.column(measure.code)
    is_absent = ((given == 0) | aggregate.not_summed(measure.code))[at].tolist()
    steps: list[int] = sums[at].tolist()
    amounts = steps if measure.scale == 1 else map(measure.amount, steps)
    values = [None if absent else amount for absent, amount in zip(is_absent, amounts, strict=True)]
    return values, given, expected, provisional


def _ratio_values(aggregate: Aggregate, at: Integers, ratio: Ratio) -> _Values:
    above, below, given, expected, provisional = aggregate.ratio_column(ratio.code)
    scale = aggregate.form.ratio_scale(ratio.code)
    numerators = (steps * scale.numerator * ratio.per for steps in above[at].tolist())
    denominators = (steps * scale.denominator for steps in below[at].tolist())
    return rounded_quotients(numerators, denominators, ratio.decimals), given, expected, provisional

"""Compiles a form and a register into the reading plan."""

from __future__ import annotations

import difflib
import re

from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.form.entries import Measure, Ratio, Table
from antq_stats.form.headers import ambiguous_keys, header_keys, identity_plan, stated_keys, unit_keys
from antq_stats.form.model import Form
from antq_stats.plan import Limits, MeasurePlan, RatioPlan, ReadingPlan, TablePlan, Units
from antq_stats.words.level_names import LEVELS, usual_level
from antq_stats.words.text import opening, text_key

_NUMBERED = re.compile(r"(.*\D|)0*(\d+)")


def reading_plan(form: Form, units: Units, period: str, limits: Limits) -> ReadingPlan:
    """Compile a form and a register into the plan that the workers get.

    Parameters
    ----------
    form : the form.
    units : the units in force.
    period : name of the period.
    limits : limits on one file.

    Raises
    ------
    SetupError
        S106: the register does not have the level of a table.
    """
    levels = _levels(form, units)
    tables = tuple(_table_plan(form, table, levels) for table in form.tables)
    openings = {opening(key) for table in tables for key in (*table.keys, *table.forbidden, *table.ambiguous)}
    return ReadingPlan(
        form=form.id,
        version=form.version,
        period=period,
        tables=tables,
        identity=identity_plan(form.about.identity, form.columns),
        units=units,
        limits=limits,
        openings=frozenset(openings | {opening(words, 1) for words in openings}),
    )


def levels_below(form: Form, units: Units) -> tuple[str, ...]:
    """Return the levels of the form's tables that are below all levels of the register, from the top down.

    A register begins with the communes; which villages they have, their first returns say.
    """
    lowest = usual_level(units.level_names[-1])
    if not lowest:
        return ()
    asked = {usual_level(table.level): table.level for table in form.tables}
    return tuple(asked[level] for level in LEVELS[LEVELS.index(lowest) + 1 :] if level in asked)


def _levels(form: Form, units: Units) -> dict[str, int]:
    """Return the level of each table, by its code."""
    levels: dict[str, int] = {}
    faults: list[Finding] = []
    for position, table in enumerate(form.tables, start=1):
        level = units.level(table.level)
        if level is not None:
            levels[table.code] = level
            continue
        known = {text_key(name): name for name in units.level_names}
        facts = {
            "place": f'[[table]] {position} "{table.code}" / level',
            "level": table.level,
            "found": table.level,
            "expected": "one-of: " + ", ".join(units.level_names),
        }
        near = difflib.get_close_matches(text_key(table.level), known, n=1)
        if near:
            facts["suggestion"] = known[near[0]]
        faults.append(Finding(code="S106", facts=facts))
    if faults:
        raise SetupError(faults)
    return levels


def _table_plan(form: Form, table: Table, levels: dict[str, int]) -> TablePlan:
    measures, ratios = form.measures_of(table), form.ratios_of(table)
    position = {measure.code: index for index, measure in enumerate(measures)}
    address = position | {ratio.code: ~index for index, ratio in enumerate(ratios)}
    keys = {key: address[code] for key, code in header_keys((*measures, *ratios)).items()}
    level = levels[table.code]
    higher = [
        measure
        for measure in form.measures
        if measure.sensitive == "yes" and levels[form.table_of(measure).code] < level
    ]
    forbidden = header_keys(higher) | {
        key: measure.code for measure in higher for key in stated_keys(measure)
    }
    return TablePlan(
        code=table.code,
        level=level,
        measures=tuple(_measure_plan(measure) for measure in measures),
        ratios=tuple(_ratio_plan(ratio, position) for ratio in ratios),
        keys=keys,
        sections=frozenset(
            filter(
                None,
                (
                    text_key(word)
                    for section in form.sections
                    for word in (section.label.vi, section.label.en)
                ),
            )
        ),
        titles=_titles(table),
        forbidden={key: code for key, code in forbidden.items() if key not in keys},
        ambiguous=_ambiguous(form, table, keys),
    )


def _ambiguous(form: Form, table: Table, keys: dict[str, int]) -> dict[str, tuple[str, ...]]:
    """Return the headers that may mean a measure of the table and another one, with their codes."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in form.ambiguities:
        measures = [form.measure(code) for code in entry.measures]
        if any(form.table_of(measure).code == table.code for measure in measures):
            found |= dict.fromkeys(ambiguous_keys(entry, measures), entry.measures)
    return {key: codes for key, codes in found.items() if key not in keys}


def _measure_plan(measure: Measure) -> MeasurePlan:
    flag = measure.kind == "flag"
    return MeasurePlan(
        code=measure.code,
        flag=flag,
        required=measure.required,
        blank_is_zero=measure.blank == "zero",
        minimum=measure.least,
        maximum=1 if flag and measure.max is None else measure.greatest,
        unit_keys=unit_keys(measure),
        decimals=measure.decimals,
        summed=measure.up == "sum",
    )


def _ratio_plan(ratio: Ratio, position: dict[str, int]) -> RatioPlan:
    return RatioPlan(
        code=ratio.code,
        numerator=position[ratio.numerator],
        denominator=position.get(ratio.denominator, -1),
        per=ratio.per,
        decimals=ratio.decimals,
    )


def _titles(table: Table) -> frozenset[str]:
    """Return the keys that name a table: its code, its titles, and the words before their colon.

    ``Biểu 01`` is also written ``Biểu 1`` and ``Biểu số 01``. A number alone has no short form, because
    sheets are often just numbered.
    """
    titles = {text_key(table.code)}
    for title in (table.title.vi, table.title.en):
        titles.add(text_key(title))
        head, colon, _ = title.partition(":")
        if colon:
            titles |= _written(text_key(head))
    titles.discard("")
    return frozenset(titles)


def _written(head: str) -> set[str]:
    numbered = _NUMBERED.fullmatch(head)
    if numbered is None or not numbered[1].strip():
        return {head}
    word, number = numbered[1].strip().removesuffix(" số"), numbered[2]
    ends = {head[len(numbered[1]) :], number, number.zfill(2)}
    return {f"{word} {middle}{end}".strip() for middle in ("", "số ") for end in ends}

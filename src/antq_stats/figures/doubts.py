"""Marks on figures: which values, and which sums above them, hard findings make uncertain or are decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.findings.catalogue import severity
from antq_stats.findings.columns import FindingColumns, blocks_of
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister


class Doubt(NamedTuple):
    """The units and measures that hard findings concern."""

    units: Integers
    """Positions of the units; empty if the findings name no unit of the register."""
    measures: tuple[int, ...] | None
    """Places in the form of the measures; None if the findings name none."""
    is_of_sender: bool
    """Whether only the file is known: then the units are those that the file is from."""


def doubts(form: Form, register: UnitRegister, findings: Iterable[Finding]) -> Iterator[Doubt]:
    """Yield the units and measures that hard findings concern.

    The measures of a finding are those of its edit rule, else the ones it names itself.

    Parameters
    ----------
    form, register : of the period.
    findings : all findings; those that are not hard are skipped.
    """
    codes = register.units.by_code
    measures = {measure.code: place for place, measure in enumerate(form.measures)}
    names = {rule.code: rule.expression.names for rule in form.rules}

    def places(rule: str | None, measure_codes: Iterable[str | None]) -> tuple[int, ...] | None:
        concerned = names.get(rule or "", measure_codes)
        return tuple(measures[name] for name in concerned if name in measures) or None

    units_of: dict[tuple[tuple[int, ...] | None, bool], set[int]] = {}
    nowhere: set[tuple[int, ...] | None] = set()
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns):
            if block.severity == "hard" and len(block):
                yield Doubt(block.units, places(block.rule, block.measures), is_of_sender=False)
            continue
        for finding in block:
            if severity(finding) != "hard":
                continue
            units = [
                codes[code] for code in (finding.unit, finding.about) if code is not None and code in codes
            ]
            concerned = places(finding.rule, finding.measures)
            if units:
                units_of.setdefault((concerned, finding.unit not in codes), set()).add(units[0])
            else:
                nowhere.add(concerned)
    for (concerned, is_of_sender), positions in units_of.items():
        yield Doubt(np.array(sorted(positions), dtype=np.int64), concerned, is_of_sender)
    for concerned in nowhere:
        yield Doubt(np.zeros(0, dtype=np.int64), concerned, is_of_sender=True)


def doubted_values(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return which of the units' own values a hard finding makes uncertain, units x measures.

    A finding that names a measure makes it uncertain at the finding's unit and at all units below. One that
    names a unit but no measure makes the unit's own row uncertain. One whose sender alone is known (a row of
    an unknown village, a damaged file), or not even that, makes no given value uncertain: what it kept from
    being read is missing.

    Parameters
    ----------
    collection : the values of the period.
    findings : all findings, those of the edit rules included.
    """
    register = collection.register
    marks = np.zeros((len(register), len(collection.form.measures)), dtype=np.bool_)
    parents = np.array(register.units.parents, dtype=np.int64)
    has_children = np.zeros(len(register), dtype=np.bool_)
    has_children[parents[parents >= 0]] = True
    for doubt in doubts(collection.form, register, findings):
        if doubt.measures is None:
            marks[doubt.units] |= not doubt.is_of_sender
            continue
        places = np.array(doubt.measures)
        marks[np.ix_(doubt.units, places)] = True
        for unit in doubt.units[has_children[doubt.units]].tolist():
            marks[np.ix_(register.under(unit), places)] = True
    return marks


def doubted_figures(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return which figures have a hard finding at their unit or below it, units x measures.

    A finding without a known unit counts for the root; one that names no measure counts for all.

    Parameters
    ----------
    collection : the values of the period.
    findings : all findings, those of the edit rules included.
    """
    form, register = collection.form, collection.register
    marks = np.zeros((len(register), len(form.measures)), dtype=np.bool_, order="F")
    parents = np.array(register.units.parents, dtype=np.int64)
    for doubt in doubts(form, register, findings):
        units = doubt.units if len(doubt.units) else np.flatnonzero(parents < 0)
        places = np.array(doubt.measures or range(marks.shape[1]))
        while len(units):
            marks[np.ix_(units, places)] = True
            units = np.unique(parents[units])
            units = units[units >= 0]
    return marks


def decided_figures(collection: Collection) -> Truths | None:
    """Return which figures rest on a decision at their unit or below it, units x measures.

    They are those with a value that was corrected, and those with the zeros of a unit with nothing to report.
    None if there are none.

    Parameters
    ----------
    collection : the values of the period, with what the decisions changed.
    """
    changes = [applied for applied in collection.decided if applied.measures]
    if not changes:
        return None
    form, register = collection.form, collection.register
    marks = np.zeros((len(register), len(form.measures)), dtype=np.bool_, order="F")
    places = {measure.code: place for place, measure in enumerate(form.measures)}
    for applied in changes:
        is_nil = applied.decision.kind == "nil"
        units = register.under(applied.unit) if is_nil else np.array([applied.unit])
        marks[np.ix_(units, np.array([places[code] for code in applied.measures]))] = True
        summed = [places[code] for code in applied.measures if form.measure(code).up != "none"]
        for unit in register.units.ancestors(applied.unit):
            marks[unit, summed] = True
    return marks

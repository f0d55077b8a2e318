"""What hard findings make uncertain: the values of units, and the sums above them."""

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
    """What hard findings bear on."""

    units: Integers
    """Positions of units; none where the findings know none."""
    measures: tuple[int, ...] | None
    """Places of the measures they name in the form; None where they name none."""
    is_of_sender: bool
    """Whether the units are only those that the findings' files are of."""


def doubts(form: Form, register: UnitRegister, findings: Iterable[Finding]) -> Iterator[Doubt]:
    """Yield what hard findings bear on: their units, and their measure or those of their edit rule."""
    codes = register.units.by_code
    measures = {measure.code: place for place, measure in enumerate(form.measures)}
    names = {rule.code: rule.expression.names for rule in form.rules}

    def places(rule: str | None, own: Iterable[str | None]) -> tuple[int, ...] | None:
        named = names.get(rule or "", own)
        return tuple(measures[name] for name in named if name in measures) or None

    alone: dict[tuple[tuple[int, ...] | None, bool], set[int]] = {}
    nowhere: set[tuple[int, ...] | None] = set()
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns):
            if block.weight == "hard" and len(block):
                yield Doubt(block.units, places(block.rule, block.measures), is_of_sender=False)
            continue
        for finding in block:
            if severity(finding) != "hard":
                continue
            where = [codes[code] for code in (finding.unit, finding.about) if code in codes]
            what = places(finding.rule, finding.measures)
            if where:
                alone.setdefault((what, finding.unit not in codes), set()).add(where[0])
            else:
                nowhere.add(what)
    for (what, of_sender), units in alone.items():
        yield Doubt(np.array(sorted(units), dtype=np.int64), what, of_sender)
    for what in nowhere:
        yield Doubt(np.zeros(0, dtype=np.int64), what, is_of_sender=True)


def doubted(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return units x measures: the units' own values that a hard finding makes uncertain.

    A finding that names a measure doubts it at its unit and at all below; one that names a unit alone
    doubts the unit's own row. One that knows only whose file it is in (a row of an unknown village, a
    damaged file), or not even that, doubts nothing that was given: what it kept from being read is missing.
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


def doubtful(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return units x measures: whether a hard finding lies at or below."""
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

"""Decisions that concern reading, compiled into the reading plan, and what became of them in the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from antq_stats.decisions.decision import Decision, Decisions
from antq_stats.plan import ReadingPlan, TablePlan
from antq_stats.reading.returns import Return
from antq_stats.ruled_reading import FileUnit, HeaderMeaning, RuledReading, is_in
from antq_stats.words.text import opening, text_key


def with_decisions(plan: ReadingPlan, decisions: Decisions) -> ReadingPlan:
    """Return the plan with the decisions that concern reading; the plan itself if there are none.

    Parameters
    ----------
    plan : form and register, compiled.
    decisions : the decisions.
    """
    units: list[FileUnit] = []
    headers: list[HeaderMeaning] = []
    refused: list[tuple[int, str]] = []
    for decision in decisions.of_kind("unit", "column"):
        unit = plan.units.by_code.get(decision.unit, -1)
        if unit < 0 and (decision.kind == "unit" or not decision.file):
            refused.append((decision.number, "unit-unknown"))
        elif decision.kind == "unit":
            units.append(FileUnit(decision.number, decision.file, unit))
        else:
            found = _meaning(plan, decision, unit)
            if isinstance(found, str):
                refused.append((decision.number, found))
            else:
                headers.append(found)
    unclear = {one.number for one in headers for other in headers if _is_rival(one, other)}
    refused += [(number, "two-decisions") for number in sorted(unclear)]
    headers = [each for each in headers if each.number not in unclear]
    if not (units or headers or refused):
        return plan
    openings = {opening(each.key, words) for each in headers for words in (1, 2)}
    ruled = RuledReading(tuple(units), tuple(headers), tuple(refused))
    return replace(plan, ruled=ruled, openings=plan.openings | openings)


def _meaning(plan: ReadingPlan, decision: Decision, unit: int) -> HeaderMeaning | str:
    """Return what a header means by a decision, or the problem that the decision has with the form."""
    key = text_key(decision.value)
    for number, table in enumerate(plan.tables):
        position = _position(table, decision.measure)
        if position is None:
            continue
        if key in table.keys:
            return "means-it-already" if table.keys[key] == position else "means-another"
        if key in table.forbidden:
            return "means-forbidden"
        if key in table.ambiguous and decision.measure not in table.ambiguous[key]:
            return "means-others"
        place = decision.file
        return HeaderMeaning(decision.number, place, -1 if place else unit, key, number, position)
    return "measure-unknown"


def _position(table: TablePlan, code: str) -> int | None:
    """Return the position of a measure, or ``~position`` of a ratio; None if the table has neither."""
    for position, measure in enumerate(table.measures):
        if measure.code == code:
            return position
    return next((~position for position, ratio in enumerate(table.ratios) if ratio.code == code), None)


def _is_rival(one: HeaderMeaning, other: HeaderMeaning) -> bool:
    """Return whether two decisions give one header two meanings at the same place, or for the same unit."""
    same = (one.place, one.unit, one.key) == (other.place, other.unit, other.key)
    return same and (one.table, one.position) != (other.table, other.position)


def outcomes(
    decision: Decision, plan: ReadingPlan, returns: Sequence[Return]
) -> Iterator[tuple[str | None, str | None, str]]:
    """Yield what became of a decision that concerns reading: file, sheet, and problem or an empty text.

    Parameters
    ----------
    decision : of kind ``unit`` or ``column``.
    plan : the plan that the files were read by.
    returns : all files.
    """
    problem = dict(plan.ruled.refused).get(decision.number, "")
    if problem:
        yield None, None, problem
        return
    found = [
        (each.file, sheet, problem)
        for each in returns
        for number, sheet, problem in each.ruled
        if number == decision.number
    ]
    if found:
        yield from found
    elif decision.file and not any(is_in(each.file, decision.file) for each in returns):
        yield None, None, "file-not-there"
    else:
        yield None, None, "sheet-not-there" if decision.kind == "unit" else "header-not-there"

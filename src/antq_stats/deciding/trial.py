"""What decisions would change: the period is combined with them and without, from returns read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from antq_stats.collection.collection import Collection
from antq_stats.decisions.decision import Decision, Decisions, numbered
from antq_stats.edits.decidable import MISFITS
from antq_stats.run import Result, checked

_TAKEN_UP = "C403"
"""Code of the note on a correction that changes nothing."""


@dataclass(frozen=True)
class Trial:
    """A period before and after decisions that all fit.

    Parameters
    ----------
    before, after : the period without them, and with them.
    lines : the decisions, with the numbers that they would have.
    """

    before: Result
    after: Result
    lines: tuple[Decision, ...]


def as_sent(result: Result) -> Collection:
    """Return what the returns that count say, with no value corrected; the returns must have been kept."""
    kept = Decisions(tuple(result.period.decisions.of_kind("set-aside", "unit", "column")))
    return replace(result.period, decisions=kept).combine(result.period.returns)


def with_decisions(result: Result, decisions: Decisions) -> Result:
    """Return a period with other decisions, beside the same periods; its returns must have been kept."""
    period = result.period.under(decisions)
    found = checked(period, period.combine(period.returns), result.language)
    return found.beside(*result.earlier) if result.earlier else found


def misfits(result: Result) -> dict[int, str]:
    """Return why decisions of a period have no effect: keywords of the catalogue, by number."""
    found = dict.fromkeys(taken_up(result), "value-same")
    for code in sorted(MISFITS):
        for finding in result.findings.of_code(code):
            found[int(finding.facts["count"])] = finding.facts.get("problem", "")
    return found


def taken_up(result: Result) -> Iterator[int]:
    """Yield the numbers of the corrections whose value the returns have by now."""
    for finding in result.findings.of_code(_TAKEN_UP):
        yield int(finding.facts["count"])


def try_out(result: Result, wanted: Sequence[Decision]) -> tuple[Trial, dict[int, str]]:
    """Try decisions out.

    Parameters
    ----------
    result : the period with the decisions that it has now.
    wanted : further decisions.

    Returns
    -------
    Trial
        What those that fit change.
    dict
        Why the others do not fit: keywords of the catalogue, by place among those wanted.
    """
    known = result.period.decisions
    refused = {
        place: problem
        for place, decision in enumerate(wanted)
        if decision.kind == "undo" and (problem := _cannot_be_undone(int(decision.value), known))
    }
    while True:
        kept = [place for place in range(len(wanted)) if place not in refused]
        lines = numbered((wanted[place] for place in kept), len(known.lines) + 1)
        after = with_decisions(result, replace(known, lines=(*known.lines, *lines))) if lines else result
        found = misfits(after)
        new = {
            place: found[line.number] for place, line in zip(kept, lines, strict=True) if line.number in found
        }
        if not new:
            return Trial(result, after, tuple(lines)), refused
        refused |= new


def _cannot_be_undone(number: int, known: Decisions) -> str:
    """Return why a decision cannot be revoked; empty if it can."""
    if not 1 <= number <= len(known.lines):
        return "no-such-decision"
    return "undone-already" if number in known.undone else ""

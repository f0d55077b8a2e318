"""One decision, as it is typed on a command line: its fields, completed by what the returns say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from antq_stats.collection.collection import Collection
from antq_stats.deciding.fields import (
    Fields,
    acceptance_fields,
    correction_fields,
    measure_plan,
    value_fields,
)
from antq_stats.decisions.decision import Decision, Kind
from antq_stats.decisions.decision_file import decision_of
from antq_stats.decisions.person_names import PlaceNames
from antq_stats.edits.decidable import is_typed
from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.run import Result
from antq_stats.words.text import one_line

_LONGEST = 400


class Refused(Exception):  # noqa: N818 - becomes a finding
    """A decision that cannot be taken.

    Parameters
    ----------
    problem : keyword of the catalogue.
    **facts : further facts of the finding.
    """

    def __init__(self, problem: str, **facts: str) -> None:
        self.finding = Finding(code="S223", facts={"problem": problem, **facts})
        super().__init__(problem)


def correction(result: Result, sent: Collection, unit: str, measure: str, value: str) -> Fields:
    """Return the fields of a correction.

    Parameters
    ----------
    result : the period.
    sent : what its returns say, with no value corrected.
    unit, measure : codes.
    value : the right value, as it is typed.

    Raises
    ------
    Refused
        The unit's figure is a sum, or the value is none of the measure's.
    """
    plan = measure_plan(result.period.plan, measure)
    position = result.register.units.by_code[unit]
    if plan is None or (plan.summed and not is_typed(sent, position, measure)):
        raise Refused("is-a-sum")
    right = value_fields(value, plan)
    if right is None:
        raise Refused("no-value", found=value)
    return right | correction_fields(sent, unit, measure)


def acceptance(result: Result, code: str, unit: str, measure: str | None, *, until_end: bool) -> Fields:
    """Return the fields of an acceptance.

    Parameters
    ----------
    result : the period.
    code : code of the finding, or of the edit rule.
    unit : code of the unit.
    measure : code of the measure; None if the finding is the only one of its code on the unit.
    until_end : whether it is accepted whatever the figures are later.

    Raises
    ------
    Refused
        There is no such finding, it is hard, or there are several.
    """
    found = [
        finding
        for finding in result.findings
        if code in (finding.code, finding.rule)
        and unit in (finding.unit, finding.about)
        and measure in (None, *finding.measures)
        and severity(finding) != "note"
    ]
    if not found:
        is_compared = code[:1] != "P" or bool(result.earlier)
        raise Refused("finding-gone" if is_compared else "finding-needs-with")
    if any(severity(finding) == "hard" for finding in found):
        raise Refused("hard")
    each = [acceptance_fields(result.collection, finding, until_end=until_end) for finding in found]
    if any(fields != each[0] for fields in each):
        measures = dict.fromkeys(fields["measure"] for fields in each if fields["measure"])
        raise Refused("several-findings", expected=", ".join(measures))
    return each[0]


def decision(kind: Kind, fields: Mapping[str, str], today: date, places: PlaceNames) -> Decision:
    """Return a decision from its fields, without its final number.

    Parameters
    ----------
    kind : what is decided.
    fields : its fields, except the day.
    today : the day.
    places : names of units, which are no names of persons.

    Raises
    ------
    Refused
        A field is missing or too long, or names a person.
    """
    if any(len(text.strip()) > _LONGEST for text in fields.values()):
        raise Refused("longer-than-400")
    texts = {name: one_line(text, _LONGEST) for name, text in fields.items()}
    found, wrong = decision_of({**texts, "date": today.isoformat(), "decision": kind}, 0, places)
    if found is None:
        raise Refused(wrong[0][0])
    return found

"""The returns of a period that were sent again, each compared with the sending before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from antq_stats.collection.collection import Collection, collect
from antq_stats.edits import edit
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.plan import ReadingPlan
from antq_stats.reading.discover import Discovered
from antq_stats.reading.returns import Return
from antq_stats.register.register import UnitRegister
from antq_stats.sendings.difference import Difference, Sending, difference

UNCHANGED = "came-back-unchanged"
"""Problem of F202: the later version has the same figures and findings."""
_OF_OTHERS = ("F201", "F202", "F213", "F214", "U302")
"""Codes of findings that depend on which other files there are."""


def sendings(
    form: Form, register: UnitRegister, period: str, returns: Sequence[Return]
) -> dict[str, Sending]:
    """Return each of some returns with the findings on it, as if it were its sender's only one.

    Parameters
    ----------
    form, register, period : form, units and name of the period.
    returns : the returns.
    """
    found: dict[str, Sending] = {}
    for batch in _batches(returns):
        collection = collect(form, register, period, Discovered(), batch)
        of_file: dict[str | None, list[Finding]] = {}
        sender_of = {}
        for return_ in batch:
            for unit in _units_of(return_):
                sender_of[int(register.senders[unit])] = return_.file
        for finding in edit(collection):
            if finding.code in _OF_OTHERS:
                continue
            about = register.units.by_code.get(finding.unit or "")
            file = finding.file or (None if about is None else sender_of.get(int(register.senders[about])))
            of_file.setdefault(file, []).append(finding)
        found |= {each.file: Sending(each, of_file.get(each.file, ())) for each in batch}
    return found


def _batches(returns: Iterable[Return]) -> list[list[Return]]:
    """Return the returns in groups of which no two have a sender in common."""
    batches: list[tuple[set[int], list[Return]]] = []
    for return_ in returns:
        units = _units_of(return_)
        for taken, members in batches:
            if taken.isdisjoint(units):
                taken.update(units)
                members.append(return_)
                break
        else:
            batches.append((set(units), [return_]))
    return [members for _, members in batches]


def _units_of(return_: Return) -> set[int]:
    return {
        unit for table in return_.tables for unit in (*table.units, *(figure.unit for figure in table.own))
    }


def differences(collection: Collection, plan: ReadingPlan) -> dict[str, Difference]:
    """Return what changed in each return that was sent again, by the path of the sending before it.

    Parameters
    ----------
    collection : the returns.
    plan : the plan that they were read by.
    """
    pairs = collection.resent
    about = collection.form, collection.register, collection.period
    before = sendings(*about, [old for old, _ in pairs])
    after = sendings(*about, [new for _, new in pairs])
    return {
        old.file: difference(collection.form, plan, before[old.file], after[new.file]) for old, new in pairs
    }


def with_changes(collection: Collection, plan: ReadingPlan) -> Collection:
    """Return a collection whose findings on superseded versions tell what changed in the next one.

    Parameters
    ----------
    collection : the returns.
    plan : the plan that they were read by.
    """
    if not collection.resent:
        return collection
    found = differences(collection, plan)

    def told(finding: Finding) -> Finding:
        changed = found.get(finding.file or "") if finding.code == "F202" else None
        return finding if changed is None else replace(finding, facts={**finding.facts, **_facts(changed)})

    return replace(collection, findings=tuple(map(told, collection.findings)))


def _facts(changed: Difference) -> dict[str, str]:
    if changed.is_unchanged:
        return {"problem": UNCHANGED}
    counts = {"count": len(changed.cells), "given": len(changed.cured), "found": changed.unasked}
    rows = {"first": changed.added, "second": changed.removed}
    counts |= {name: count for name, count in rows.items() if count}
    if changed.appeared:
        counts["expected"] = len(changed.appeared)
    return {name: str(count) for name, count in counts.items()}

"""Findings that an officer has accepted: they become notes while the figures are the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.decided import Applied
from antq_stats.decisions.decision import UNTIL_END, Decision
from antq_stats.findings.catalogue import ACCEPTANCE, ACCEPTED, severity
from antq_stats.findings.columns import FindingColumns, Findings
from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING


def accept(collection: Collection, findings: Findings, *, is_compared: bool) -> Findings:
    """Return the findings with the accepted ones as notes, and R301 for each acceptance that no longer fits.

    Zeros of units with nothing to report are not doubted: what is soft in the edit rules and in the checks of
    plausibility does not apply to them.

    Parameters
    ----------
    collection : the values, with the decisions.
    findings : all findings.
    is_compared : whether an earlier period is compared with: only then are acceptances of family P missed.
    """
    wanted = list(collection.decisions.of_kind("accept"))
    silent = _nil_units(collection)
    if not wanted and not silent.any():
        return findings
    accepting = _Accepting(collection, wanted)
    kept = (_without_nil(block, collection, silent) for block in findings.blocks())
    blocks = [part for block in kept for part in accepting.parts(block)]
    return Findings([*blocks, list(accepting.misfits(is_compared=is_compared))])


def _nil_units(collection: Collection) -> Truths:
    """Return for each unit whether its zeros are those of a decision that it has nothing to report."""
    marks = np.zeros(len(collection.register), dtype=np.bool_)
    for applied in collection.decided:
        if applied.decision.kind == "nil":
            marks[collection.register.under(applied.unit)] = True
    return marks


def _without_nil(block: Sequence[Finding], collection: Collection, silent: Truths) -> Sequence[Finding]:
    """Return a block without doubts about the zeros of units with nothing to report."""
    if isinstance(block, FindingColumns):
        is_doubt = block.severity == "soft" and block.code[0] in "RP"
        return _part(block, np.flatnonzero(~silent[block.units])) if is_doubt else block
    by_code = collection.register.units.by_code

    def is_doubt_of_nil(finding: Finding) -> bool:
        unit = by_code.get(finding.unit or "")
        is_doubt = severity(finding) == "soft" and finding.code[0] in "RP"
        return is_doubt and unit is not None and bool(silent[unit])

    return [finding for finding in block if not is_doubt_of_nil(finding)]


def _part(block: FindingColumns, places: Integers) -> FindingColumns:
    """Return some of the findings of a block."""
    return replace(
        block, units=block.units[places], file_of=block.file_of[places],
        make=lambda at: block[int(places[at])],
    )  # fmt: skip


def accepted_by(findings: Findings) -> frozenset[int]:
    """Return the numbers of the decisions by which findings are accepted."""
    numbers = (
        finding.facts.get(ACCEPTANCE)
        for block in findings.blocks()
        if not isinstance(block, FindingColumns)
        for finding in block
    )
    return frozenset(int(number) for number in numbers if number)


def in_force(collection: Collection, findings: Findings) -> tuple[Applied, ...]:
    """Return the decisions that changed something, acceptances included, in file order.

    A correction has the file of its value, and a file that was set aside its unit, if decisions.csv does not
    say.

    Parameters
    ----------
    collection : the values, with what the decisions changed.
    findings : all findings, the accepted ones among them.
    """
    wanted = list(collection.decisions.of_kind("accept"))
    numbers = accepted_by(findings) if wanted else frozenset()
    place = collection.register.units.by_code
    accepted = (Applied(each, place.get(each.unit, -1), ()) for each in wanted if each.number in numbers)
    ordered = sorted((*collection.decided, *accepted), key=lambda each: each.decision.number)
    return tuple(_complete(each, collection.register.units.codes) for each in ordered)


def _complete(applied: Applied, codes: Sequence[str]) -> Applied:
    decision = applied.decision
    unit = decision.unit or (codes[applied.unit] if applied.unit >= 0 else "")
    return applied._replace(decision=decision._replace(unit=unit, file=decision.file or applied.file))


def fingerprint(collection: Collection, finding: Finding) -> str:
    """Return what an acceptance of a finding depends on: the figures that it is about.

    They are those of the rule's measures at the unit, else those of the finding's own measures; of a finding
    on no figure, the value found.

    Parameters
    ----------
    collection : the values.
    finding : the finding.
    """
    unit = collection.register.units.by_code.get(finding.unit or "")
    rule = next((rule for rule in collection.form.rules if rule.code == finding.rule), None)
    codes: Iterable[str] = finding.measures if rule is None else rule.expression.names
    known = [code for code in collection.place_of if code in set(codes)]
    if unit is None or not known:
        return finding.value or ""
    return "; ".join(_text(collection, unit, code) for code in known)


def _text(collection: Collection, unit: int, code: str) -> str:
    """Return a unit's own value of a measure, or the sum under it, in digits; ``…`` for none."""
    at, place = collection.place_of[code]
    table = collection.tables[at]
    row = table.row_of(unit)
    if row >= 0:
        value = int(table.values[row, place])
    else:
        sums, given = collection.sums(code)
        value = int(sums[unit]) if given[unit] else MISSING
    measure = table.measures[place]
    return "…" if value == MISSING else str(measure.amount(value))


class _Accepting:
    def __init__(self, collection: Collection, decisions: Sequence[Decision]) -> None:
        self.collection = collection
        self.decisions = decisions
        self.by_code: dict[str, list[Decision]] = defaultdict(list)
        for decision in decisions:
            self.by_code[decision.code].append(decision)
        self.met: dict[int, str] = {}
        """Number of each decision whose finding is there -> what is wrong with it; empty if it holds."""

    def parts(self, block: Sequence[Finding]) -> Iterator[Sequence[Finding]]:
        """Yield a block of findings, the accepted ones of them as notes."""
        if not isinstance(block, FindingColumns):
            yield [self._judged(finding) for finding in block]
            return
        if not {block.code, block.rule} & self.by_code.keys():
            yield block
            return
        judged = {at: self._judged(block[at]) for at in self._candidates(block)}
        changed = [at for at, finding in judged.items() if severity(finding) != block.severity]
        if changed:
            yield _part(block, np.setdiff1d(np.arange(len(block)), changed))
            yield [judged[at] for at in changed]
        else:
            yield block

    def _candidates(self, block: FindingColumns) -> list[int]:
        """Return the places of the findings in a block that a decision may be on."""
        decisions = [*self.by_code[block.code], *self.by_code.get(block.rule or "", ())]
        by_code = self.collection.register.units.by_code
        units = [by_code[decision.unit] for decision in decisions if decision.unit in by_code]
        return [int(at) for at in np.flatnonzero(np.isin(block.units, units))]

    def _judged(self, finding: Finding) -> Finding:
        decision = self._decision_on(finding)
        if decision is None:
            return finding
        if severity(finding) == "hard":
            self.met[decision.number] = "hard"
            return finding
        if decision.was not in (UNTIL_END, fingerprint(self.collection, finding)):
            self.met.setdefault(decision.number, "value-changed")
            return finding
        self.met[decision.number] = ""
        facts = {**finding.facts, ACCEPTED: decision.by, ACCEPTANCE: str(decision.number)}
        return replace(finding, severity="note", facts=facts)

    def _decision_on(self, finding: Finding) -> Decision | None:
        decisions: tuple[Decision, ...] = (
            *self.by_code.get(finding.code, ()),
            *self.by_code.get(finding.rule or "", ()),
        )
        units, measures = ("", finding.unit, finding.about), ("", *finding.measures)
        on = [
            decision
            for decision in decisions
            if decision.unit in units and decision.measure in measures and decision.file in ("", finding.file)
        ]
        if len(on) > 1:  # as several headers of one file
            now = fingerprint(self.collection, finding)
            on.sort(key=lambda decision: decision.was not in (UNTIL_END, now))
        return on[0] if on else None

    def misfits(self, *, is_compared: bool) -> Iterator[Finding]:
        """Yield R301 for each acceptance that no longer fits."""
        for decision in self.decisions:
            problem = self.met.get(decision.number, "finding-gone")
            if problem == "" or (problem == "finding-gone" and decision.code[0] == "P" and not is_compared):
                continue
            facts = {
                "problem": problem,
                "given": decision.code,
                "name": decision.by,
                "line": str(decision.row or ""),
            }
            yield Finding(
                code="R301", unit=decision.unit or None, measure=decision.measure or None,
                file=decision.file or None,
                facts={key: text for key, text in facts.items() if text} | {"count": str(decision.number)},
            )  # fmt: skip

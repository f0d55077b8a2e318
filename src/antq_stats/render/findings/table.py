"""Findings as a list by sender, from which to telephone the senders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import Names
from antq_stats.findings.finding import Finding, Severity
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import FindingWording, level_word, sender_of, senders_of, unit_name
from antq_stats.render.writing.table import Column, PresentationTable, Row, Text
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import capital

WEIGHTS: tuple[Severity, ...] = ("hard", "soft", "note")
"""Severities, in the order in which findings are told."""
FILLS: dict[Severity, str] = {"hard": "FFC9C9", "soft": "FFF0A6", "note": "E3EAF3"}
"""Colours of the cells that name a severity: red, amber and blue-grey. The words stand in them."""
INKS: dict[Severity, str] = {"hard": "9C0006", "soft": "663C00", "note": "44546A"}
"""Colours of the words."""
HEADS = ("code", "severity", "sheet", "cell", "file", "unit", "measure", "value", "message", "hint")
NOT_JUDGED = "R201"
"""Code of the note on an edit rule that could not be judged in some units, once for each rule."""
_CELLS = 3
"""Most cells of one finding that the list names."""


class Listed(NamedTuple):
    """A row of the list: a finding, or like notes that are told at once."""

    finding: Finding
    severity: Severity
    sender: str
    """Name of the sender; without a known one, what the finding is about."""
    sender_at: int | None
    """Position of the sender in the register; None if it is not known."""
    above: tuple[str, ...]
    """Names of the units between the root and the senders' level, the highest first."""
    texts: dict[str, str]
    """The texts of `HEADS`."""
    told: int = 1
    """Number of findings that are told in the row."""


class FindingList:
    """The list of findings by sender, one row each, in words.

    Senders have the order of the register; findings without a sender come last. Those of one sender are in
    the order of their severity. The notes on edit rules that could not be judged for want of figures are one
    row.

    Parameters
    ----------
    findings : the findings.
    lang : the language.
    names : the names of codes.
    register : the register.
    """

    def __init__(
        self, findings: Sequence[Finding], lang: Language, names: Names, register: UnitRegister
    ) -> None:
        self.words = FindingWording(Wording(lang), names)
        self.wording = self.words.wording
        self.register = register
        self.last = max(register.units.levels, default=0) - 1
        """The level of the senders."""
        self._senders = senders_of(register, findings)
        self.rows = tuple(self._rows(findings))

    def heads_above(self) -> list[tuple[str, str]]:
        """Return code and head of the column for each level between the root and the senders."""
        return [
            (f"level-{level}", capital(level_word(self.register, level, self.wording)))
            for level in range(1, self.last)
        ]

    def sender_head(self) -> str:
        """Return the head of the column of senders."""
        if self.last < 0:
            return self.wording.phrase("column.file")
        return capital(level_word(self.register, self.last, self.wording))

    def _rows(self, findings: Sequence[Finding]) -> Iterator[Listed]:
        places = {unit: place for place, unit in enumerate(self.register.tree_order.tolist())}

        def order(pair: tuple[Finding, int | None]) -> tuple[int, int, int]:
            finding, sender = pair
            place = len(places) if sender is None else places[sender]
            is_of_all = sender is None and finding.file is None
            return place, is_of_all, WEIGHTS.index(catalogue.severity(finding))

        not_judged: list[Finding] = []
        for finding, sender in sorted(((f, self._sender(f)) for f in findings), key=order):
            if finding.code == NOT_JUDGED:
                not_judged.append(finding)
            else:
                yield self._listed(finding, sender)
        if not_judged:
            yield self._not_judged(not_judged)

    def _sender(self, finding: Finding) -> int | None:
        named = sender_of(self.register, finding.unit or finding.about)
        return self._senders.get(finding.file or "") if named is None else named

    def _listed(self, finding: Finding, sender: int | None) -> Listed:
        register, words = self.register, self.words
        line = () if sender is None else register.units.ancestors(sender)
        known = {register.units.levels[position]: unit_name(register, position) for position in line}
        unknown = "findings.whole" if finding.file is None else "findings.unplaced"
        named = finding.unit and capital(words.names("unit", finding.unit) or finding.unit)
        texts = {
            "code": finding.code,
            "file": finding.file,
            "severity": capital(words.severity(finding)),
            "sheet": finding.sheet,
            "cell": self._cell(finding),
            "unit": f"{named} ({finding.unit})" if named and named != finding.unit else named,
            "measure": finding.measure and (words.names("measure", finding.measure) or finding.measure),
            "value": finding.value,
            "message": words.message(finding),
            "hint": words.hint(finding),
        }
        return Listed(
            finding,
            catalogue.severity(finding),
            self.wording.phrase(unknown) if sender is None else unit_name(register, sender),
            sender,
            tuple(known.get(level, "") for level in range(1, self.last)),
            {head: text or "" for head, text in texts.items()},
        )

    def _cell(self, finding: Finding) -> str | None:
        """Return the address of a finding's cell, of a few more cells that it is on, or its row."""
        cells = [cell for cell in (each.cell for each in finding.each()) if cell]
        if not cells:
            return None if finding.row is None else str(finding.row)
        more = len(cells) - _CELLS
        return ", ".join(cells[:_CELLS]) + (f" +{more}" if more > 0 else "")

    def _not_judged(self, findings: Sequence[Finding]) -> Listed:
        """Return the row on the rules that could not be judged."""
        row = self._listed(findings[0], None)
        if len(findings) == 1:
            return row
        message = not_judged_words(findings, self.wording)
        return row._replace(texts=row.texts | {"message": message}, told=len(findings))


def not_judged_words(findings: Sequence[Finding], wording: Wording) -> str:
    """Return what is said at once of several edit rules that could not be judged for want of figures."""
    most = max(int(finding.facts.get("count", "0")) for finding in findings)
    return wording.phrase("findings.not-judged", count=len(findings), most=wording.number(most))


def findings_table(
    findings: Sequence[Finding], period: str, lang: Language, names: Names, register: UnitRegister
) -> PresentationTable:
    """Return the list of findings as a table; see `FindingList`.

    The stub names the sender, a unit of the level above the lowest; one column per higher level names the
    units above it.

    Parameters
    ----------
    findings : the findings.
    period : name of the period.
    lang : the language.
    names : the names of codes.
    register : the register.
    """
    listed = FindingList(findings, lang, names, register)
    wording = listed.wording
    heads = [*listed.heads_above(), *((head, wording.phrase(f"column.{head}")) for head in HEADS)]
    rows = [
        Row(row.sender, 0, tuple(map(Text, (*row.above, *(row.texts[head] for head in HEADS)))))
        for row in listed.rows
    ]
    return PresentationTable(
        title=wording.phrase("findings.title"),
        subtitle=wording.period(period, heading=True),
        stub_head=listed.sender_head(),
        columns=tuple(Column(code, label, align="left") for code, label in heads),
        rows=tuple(rows),
    )

"""Findings as a text to work from, as records, and as a table."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from antq_stats.findings import catalogue
from antq_stats.findings.columns import counts
from antq_stats.findings.finding import Finding, Severity
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import FindingWording, Names, level_word, sender_of, senders_of, unit_name
from antq_stats.render.writing.table import Column, PresentationTable, Row, Text
from antq_stats.render.writing.terminal import Line
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import column_letter, one_line

_SHOWN = 3
"""Places shown of one fault in one file before the rest is folded."""
_FILES_SHOWN = 5
"""Files in which one note is shown before the rest is folded."""
_WEIGHTS: tuple[Severity, ...] = ("hard", "soft", "note")
_STYLE = {"hard": "bold", "soft": "", "note": "dim"}
_INDENT = " " * 6
_SIGN = {"hard": "✗", "soft": "!", "note": "·"}
_ASCII_SIGN = {"hard": "x", "soft": "!", "note": "-"}


def record(finding: Finding, lang: Language, names: Names) -> dict[str, object]:
    """Return one finding as ``validate --format json`` has it; a key that does not apply is None."""
    words = FindingWording(Wording(lang), names)
    return {
        "code": finding.code,
        "name": catalogue.entry(finding.code).name,
        "severity": catalogue.severity(finding),
        "rule": finding.rule,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "row": finding.row,
        "column": None if finding.column is None else column_letter(finding.column),
        "unit": finding.unit,
        "measure": finding.measure,
        "value": finding.value,
        "message": words.message(finding),
        "hint": words.hint(finding),
        "also": [
            {"cell": one.cell, "column": column_letter(one.column or 0), "measure": one.measure}
            for one in [*finding.each()][1:]
        ]
        or None,
    }


RECORD_KEYS = (
    "code", "name", "severity", "rule", "file", "sheet", "cell", "row", "column", "unit", "measure", "value",
    "message", "hint",
)  # fmt: skip


def findings_table(
    findings: Sequence[Finding], period: str, lang: Language, names: Names, register: UnitRegister
) -> PresentationTable:
    """Return all findings as a table, a row each, by sender: a workbook to telephone from.

    The stub names the sender, which is the unit above the lowest, and a column each the units above it.
    Senders stand in the order of the register; what is of none stands last.
    """
    words = FindingWording(Wording(lang), names)
    wording = words.wording
    heads = ("code", "severity", "sheet", "cell", "file", "unit", "measure", "value", "message", "hint")
    last = max(register.units.levels, default=0) - 1
    above = range(1, last)
    senders = senders_of(register, findings)
    places = {unit: place for place, unit in enumerate(register.tree_order.tolist())}

    def sent(finding: Finding) -> int | None:
        own = sender_of(register, finding.unit or finding.about)
        return senders.get(finding.file or "") if own is None else own

    by_sender = [(sent(finding), finding) for finding in findings]
    by_sender.sort(key=lambda pair: len(places) if pair[0] is None else places[pair[0]])
    rows = []
    for sender, finding in by_sender:
        line = () if sender is None else register.units.ancestors(sender)
        known = {register.units.levels[position]: unit_name(register, position) for position in line}
        unit = finding.unit and (names("unit", finding.unit) or finding.unit)
        cells = {
            "code": finding.code,
            "file": finding.file,
            "severity": words.severity(finding),
            "sheet": finding.sheet,
            "cell": finding.cell or (None if finding.row is None else str(finding.row)),
            "unit": f"{unit} ({finding.unit})" if unit and unit != finding.unit else unit,
            "measure": finding.measure and (names("measure", finding.measure) or finding.measure),
            "value": finding.value,
            "message": words.message(finding),
            "hint": words.hint(finding),
        }
        stub = known.get(last) or ("" if known else wording.phrase("findings.whole"))
        texts = [*(known.get(level, "") for level in above), *(cells[head] for head in heads)]
        rows.append(Row(stub, 0, tuple(Text(str(text or "")) for text in texts)))
    return PresentationTable(
        title=wording.phrase("findings.title"),
        subtitle=wording.phrase("summary.period", period=period),
        stub_head=_capital(level_word(register, last, wording))
        if last >= 0
        else wording.phrase("column.file"),
        columns=(
            *(
                Column(f"level-{at}", _capital(level_word(register, at, wording)), align="left")
                for at in above
            ),
            *(Column(head, wording.phrase(f"column.{head}"), align="left") for head in heads),
        ),
        rows=tuple(rows),
        filtered=True,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_NOTES_WITH_HINT = frozenset({"F204"})
"""Notes that ask for something: a file that is no spreadsheet may hold a return."""


class _Lines:
    def __init__(self, words: FindingWording, width: int | None, *, ascii_only: bool) -> None:
        self.width = None if width is None else max(width - len(_INDENT), 20)
        self.words = words
        self.signs = _ASCII_SIGN if ascii_only else _SIGN
        self.folded = 0

    def finding(self, finding: Finding, others: Sequence[Finding]) -> Iterator[Line]:
        weight = catalogue.severity(finding)
        label = f"{self.signs[weight]} {finding.code} {self.words.severity(finding)}"
        where = self.words.place(finding)
        yield [("  ", ""), (label, _STYLE[weight]), (f"  {where}" if where else "", "")]
        yield from self._told(self.words.message(finding))
        if others:
            shown = [self.words.place(other) for other in others[: _SHOWN * 2]]
            more = len(others) - len(shown)
            self.folded += len(others)
            text = self.words.wording.phrase("findings.also", places="; ".join(shown))
            yield from self._told(
                text + (" " + self.words.wording.phrase("findings.more", count=more) if more > 0 else "")
            )
        if weight != "note" or finding.code in _NOTES_WITH_HINT:
            hint = self.words.hint(finding)
            yield from self._told(self.words.wording.phrase("findings.mend", hint=hint), "dim")

    def _told(self, text: str, style: str = "") -> Iterator[Line]:
        """Yield a sentence under its finding, folded with its indentation kept."""
        folded = [text] if self.width is None else textwrap.wrap(text, self.width, break_on_hyphens=False)
        yield from ([(_INDENT, ""), (line, style)] for line in folded)


def folded(findings: Sequence[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """Group the findings of one file: a few of a kind stand alone, more are folded under the first."""
    kinds: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.code, finding.sheet, finding.measure, finding.rule)
        kinds.setdefault(key, []).append(finding)
    for members in kinds.values():
        if len(members) <= _SHOWN:
            yield from ((member, []) for member in members)
        else:
            yield members[0], members[1:]


def findings_lines(
    findings: Sequence[Finding],
    lang: Language,
    names: Names,
    *,
    width: int | None = None,
    ascii_only: bool = False,
    notes: bool = True,
) -> list[Line]:
    """Return all findings as lines for a terminal, by file; repeats are folded and counted.

    Parameters
    ----------
    width : columns of the terminal; None folds no line.
    notes : whether all notes are told one by one; else those on files, and how many more there are.
    """
    wording = Wording(lang)
    write = _Lines(FindingWording(wording, names), width, ascii_only=ascii_only)
    lines: list[Line] = []
    told = [f for f in findings if notes or catalogue.severity(f) != "note" or f.code.startswith("F")]
    often = _often(told)
    for file, members in groupby(told, key=lambda finding: finding.file):
        group = [finding for finding in members if (finding.code, finding.facts.get("found")) not in often]
        if not group:
            continue
        group.sort(key=lambda finding: _WEIGHTS.index(catalogue.severity(finding)))
        tally = counts(group)
        heading = one_line(file, 200) if file else wording.phrase("findings.whole")
        told_counts = ", ".join(
            f"{tally[weight]} {catalogue.severity_label(weight, lang)}"
            for weight in _WEIGHTS
            if tally[weight]
        )
        lines.append([(heading, "bold"), (f"  ({told_counts})", "dim")])
        for finding, others in folded(group):
            lines.extend(write.finding(finding, others))
        lines.append([])
    for (code, _), alike in often.items():
        files = len({finding.file for finding in alike})
        lines.append([(wording.phrase("findings.in-many", code=code, count=files), "bold")])
        lines.extend(write.finding(alike[0], []))
        lines.append([])
        write.folded += len(alike) - 1
    hidden = len(findings) - len(told)
    if hidden:
        lines.append([(wording.phrase("findings.hidden-notes", count=hidden), "dim")])
    if write.folded:
        lines.append([(wording.phrase("findings.folded", count=write.folded), "dim")])
    return lines


def _often(findings: Sequence[Finding]) -> dict[tuple[str, str | None], list[Finding]]:
    """Return the notes and the findings about columns that many files share, by code and what was found."""
    alike: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        if catalogue.severity(finding) == "note":
            alike.setdefault((finding.code, finding.facts.get("found")), []).append(finding)
    return {key: members for key, members in alike.items() if len({m.file for m in members}) > _FILES_SHOWN}

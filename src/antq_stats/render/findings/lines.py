"""Findings as lines for the terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import Names
from antq_stats.findings.columns import counts
from antq_stats.findings.finding import Finding, Severity
from antq_stats.register.register import UnitRegister
from antq_stats.render.findings.table import NOT_JUDGED, WEIGHTS, not_judged_words
from antq_stats.render.words import (
    FindingWording,
    is_silence,
    level_word,
    sender_of,
    senders_of,
    tally_words,
    unit_line,
)
from antq_stats.render.writing.terminal import Line
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

_SHOWN = 3
"""Most findings of one kind in one file that are listed in full."""
_FILES_SHOWN = 5
"""Most files in which the same note is listed file by file."""
_STYLE = {"hard": "bold red", "soft": "yellow", "note": "dim"}
_SUMMED_UP = 3
"""Most hard and soft findings that need no summary before them."""
_SENDERS_SHOWN = 15
_FILES_NAMED = 8
_INDENT = " " * 6
_SIGN = {"hard": "✗", "soft": "!", "note": "·"}
_ASCII_SIGN = {"hard": "x", "soft": "!", "note": "-"}


_NOTES_WITH_HINT = frozenset({"F204"})
"""Notes that ask for something: a file that is no spreadsheet may hold a return."""


class _LineWriter:
    """Writes findings as lines for the terminal, and counts those that are not listed in full."""

    def __init__(self, words: FindingWording, width: int | None, *, ascii_only: bool) -> None:
        self.width = None if width is None else max(width - len(_INDENT), 20)
        self.words = words
        self.signs = _ASCII_SIGN if ascii_only else _SIGN
        self.summarised = 0

    def finding(self, finding: Finding, others: Sequence[Finding]) -> Iterator[Line]:
        """Yield the lines on a finding, with the places of those that are summarised under it."""
        weight = catalogue.severity(finding)
        label = f"{self.signs[weight]} {finding.code} {self.words.severity(finding)}"
        where = self.words.place(finding)
        yield [("  ", ""), (label, _STYLE[weight]), (f"  {where}" if where else "", "")]
        if others and finding.code == NOT_JUDGED:
            self.summarised += len(others)
            yield from self._sentence(not_judged_words([finding, *others], self.words.wording))
            return
        yield from self._sentence(self.words.message(finding))
        if others:
            shown = [self.words.place(other) for other in others[: _SHOWN * 2]]
            more = len(others) - len(shown)
            self.summarised += len(others)
            text = self.words.wording.phrase("findings.also", places="; ".join(shown))
            yield from self._sentence(
                text + (" " + self.words.wording.phrase("findings.more", count=more) if more > 0 else "")
            )
        if weight != "note" or finding.code in _NOTES_WITH_HINT:
            hint = self.words.hint(finding)
            yield from self._sentence(self.words.wording.phrase("findings.mend", hint=hint), "dim")

    def files(self, files: Sequence[str]) -> Iterator[Line]:
        """Yield the names of the files that share a finding."""
        names = "; ".join(files[:_FILES_NAMED]) + (" …" if len(files) > _FILES_NAMED else "")
        wording = self.words.wording
        yield from self._sentence(wording.phrase("findings.in-files", count=len(files), names=names))

    def _sentence(self, text: str, style: str = "") -> Iterator[Line]:
        """Yield a sentence under its finding, wrapped and indented."""
        lines = [text] if self.width is None else textwrap.wrap(text, self.width, break_on_hyphens=False)
        yield from ([(_INDENT, ""), (line, style)] for line in lines)


def grouped(findings: Sequence[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """Yield the findings of one file, each with those that are summarised under it.

    Up to three findings of a kind (code, sheet, measure and rule) are separate; more are summarised under the
    first of them. The notes on rules that could not be judged are one kind.
    """
    kinds: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        rule = None if finding.code == NOT_JUDGED else finding.rule
        key = (finding.code, finding.sheet, finding.measure, rule)
        kinds.setdefault(key, []).append(finding)
    for members in kinds.values():
        if len(members) <= _SHOWN:
            yield from ((member, []) for member in members)
        else:
            yield members[0], members[1:]


def summary_lines(
    findings: Sequence[Finding],
    lang: Language,
    names: Names,
    register: UnitRegister,
    *,
    width: int | None = None,
    ascii_only: bool = False,
) -> list[Line]:
    """Return the hard and soft findings counted by kind and by sender; nothing if they are few.

    Parameters
    ----------
    findings : the findings.
    lang : the language.
    names : the names of codes.
    register : the register.
    width : columns of the terminal; None wraps no line.
    ascii_only : whether to use signs of ASCII only.
    """
    wording, signs = Wording(lang), _ASCII_SIGN if ascii_only else _SIGN
    weighed = [(catalogue.severity(finding), finding) for finding in findings]
    counted = [(weight, finding) for weight, finding in weighed if weight != "note"]
    if len(counted) <= _SUMMED_UP:
        return []
    lines: list[Line] = [[(tally_words(wording, _tally(weight for weight, _ in counted)), "bold")], []]
    lines.append([(wording.phrase("findings.by-kind"), "bold")])
    kinds = Counter((WEIGHTS.index(weight), finding.code, finding.rule) for weight, finding in counted)
    room = None if width is None else max(width - 16, 20)
    for (place, code, rule), count in sorted(kinds.items(), key=lambda kind: (kind[0][0], -kind[1])):
        label = (names("rule", rule) if rule else None) or catalogue.kind_label(code, lang)
        weight = WEIGHTS[place]
        head = f"{signs[weight]} {wording.number(count):>5}  {code}"
        first, *more = [label] if room is None else textwrap.wrap(label, room, break_on_hyphens=False)
        lines.append([("  ", ""), (head, _STYLE[weight]), (f"  {first}", "")])
        lines.extend([(" " * 16, ""), (line, "")] for line in more)
    lines += [[], [(wording.phrase("findings.by-sender"), "bold")]]
    return [*lines, *_by_sender(counted, register, wording), []]


def _tally(weights: Iterable[Severity]) -> dict[Severity, int]:
    tally = Counter(weights)
    return {weight: tally[weight] for weight in WEIGHTS}


def _by_sender(
    counted: Sequence[tuple[Severity, Finding]], register: UnitRegister, wording: Wording
) -> Iterator[Line]:
    """Yield the senders with their counts, most hard findings first; those that sent nothing are one line."""
    files = senders_of(register, (finding for _, finding in counted))
    by_sender: dict[int | None, list[Severity]] = {}
    answered: set[int | None] = set()
    for weight, finding in counted:
        named = sender_of(register, finding.unit or finding.about)
        sender = files.get(finding.file or "") if named is None else named
        by_sender.setdefault(sender, []).append(weight)
        if not is_silence(finding):
            answered.add(sender)
    tallies = {sender: _tally(weights) for sender, weights in by_sender.items()}
    unplaced = tallies.pop(None, None)
    silent = [unit for unit in tallies if unit not in answered and unit is not None]
    ranked = [unit for unit in register.tree_order.tolist() if unit in tallies and unit in answered]
    ranked.sort(key=lambda unit: (-tallies[unit]["hard"], -tallies[unit]["soft"]))
    rows = [(unit_line(register, unit, wording), tallies[unit]) for unit in ranked]
    for name, tally in rows[:_SENDERS_SHOWN]:
        told = wording.phrase("findings.by-sender-row", unit=name, tally=tally_words(wording, tally))
        yield [("  ", ""), (told, "")]
    if len(rows) > _SENDERS_SHOWN:
        more = wording.phrase("findings.other-senders", count=len(rows) - _SENDERS_SHOWN)
        yield [("  ", ""), (more, "dim")]
    if silent:
        levels = {register.units.levels[unit] for unit in silent}
        kind = level_word(register, max(levels), wording, most=1)
        yield [("  ", ""), (wording.phrase("findings.silent-senders", count=len(silent), kind=kind), "")]
    if unplaced is not None:
        facts = {"unit": wording.phrase("findings.unplaced"), "tally": tally_words(wording, unplaced)}
        yield [("  ", ""), (wording.phrase("findings.by-sender-row", **facts), "")]


def next_lines(findings: Sequence[Finding], folder: str, lang: Language) -> list[Line]:
    """Return what to do next about the findings, with the commands for it; nothing without any.

    Parameters
    ----------
    findings : the findings.
    folder : the folder or the files as the command line names them.
    lang : the language.
    """
    open_findings = [finding for finding in findings if catalogue.severity(finding) != "note"]
    if not open_findings:
        return []
    has_hard = any(catalogue.severity(finding) == "hard" for finding in open_findings)
    keys = ["copies", "calls", "explain"] if has_hard else ["calls", "explain", "report"]
    wording = Wording(lang)
    facts = {"folder": folder, "code": open_findings[0].code}
    steps = [wording.phrase(f"findings.next-{key}", **facts) for key in keys]
    return [
        [(f"{wording.phrase('findings.next')}:", "bold")],
        *([(f"{number}. {step}", "")] for number, step in enumerate(steps, 1)),
    ]


def findings_lines(
    findings: Sequence[Finding],
    lang: Language,
    names: Names,
    *,
    width: int | None = None,
    ascii_only: bool = False,
    notes: bool = True,
) -> list[Line]:
    """Return findings as lines for a terminal, by file; repeats are summarised and counted.

    Parameters
    ----------
    findings : the findings.
    lang : the language.
    names : the names of codes.
    width : columns of the terminal; None wraps no line.
    ascii_only : whether to use signs of ASCII only.
    notes : whether to list all notes; otherwise only notes on files are listed, and the others are counted.
    """
    wording = Wording(lang)
    writer = _LineWriter(FindingWording(wording, names), width, ascii_only=ascii_only)
    lines: list[Line] = []
    listed = [f for f in findings if notes or catalogue.severity(f) != "note" or f.code.startswith("F")]
    often = _often(listed)
    for file, members in groupby(listed, key=lambda finding: finding.file):
        group = [finding for finding in members if _likeness(finding) not in often]
        if not group:
            continue
        group.sort(key=lambda finding: WEIGHTS.index(catalogue.severity(finding)))
        tally = counts(group)
        heading = one_line(file, 200) if file else wording.phrase("findings.whole")
        counted = tally_words(wording, {weight: tally[weight] for weight in WEIGHTS})
        lines.append([(heading, "bold"), (f"  ({counted})", "dim")])
        for finding, others in grouped(group):
            lines.extend(writer.finding(finding, others))
        lines.append([])
    for (code, *_), alike in often.items():
        files = list(dict.fromkeys(one_line(finding.file or "", 200) for finding in alike))
        lines.append([(wording.phrase("findings.in-many", code=code, count=len(files)), "bold")])
        lines.extend(writer.finding(alike[0], []))
        if catalogue.severity(alike[0]) != "note":
            lines.extend(writer.files(files))
        lines.append([])
        writer.summarised += len(alike) - 1
    hidden = len(findings) - len(listed)
    if hidden:
        lines.append([(wording.phrase("findings.hidden-notes", count=hidden), "dim")])
    if writer.summarised:
        lines.append([(wording.phrase("findings.folded", count=writer.summarised), "dim")])
    return lines


_Likeness = tuple[str, ...]


def _likeness(finding: Finding) -> _Likeness:
    """Return what findings of several files have in common that may be told once."""
    found = finding.facts.get("found", "")
    if catalogue.severity(finding) == "note":
        return finding.code, found
    facts = (f"{name}={text}" for name, text in sorted(finding.facts.items()))
    return finding.code, found, finding.measure or "", finding.value or "", *facts


def _often(findings: Sequence[Finding]) -> dict[_Likeness, list[Finding]]:
    """Return what more than five files share: notes, and the same fault of files or tables, not of units."""
    alike: dict[_Likeness, list[Finding]] = {}
    for finding in findings:
        is_of_files = finding.code[0] in "FT" and finding.unit is None and finding.file is not None
        if catalogue.severity(finding) == "note" or is_of_files:
            alike.setdefault(_likeness(finding), []).append(finding)
    return {key: members for key, members in alike.items() if len({m.file for m in members}) > _FILES_SHOWN}

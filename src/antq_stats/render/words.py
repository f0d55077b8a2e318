"""Names of units, measures, rules, sections and levels, and the words for findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import Names
from antq_stats.findings.finding import Finding, Severity
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister, display_name
from antq_stats.words.language import Language, Wording
from antq_stats.words.level_names import usual_level
from antq_stats.words.text import capital, one_line, text_key

if TYPE_CHECKING:
    from antq_stats.figures.priorities import Sender
    from antq_stats.figures.publication import PublishedSection


def unit_name(register: UnitRegister, position: int) -> str:
    """Return the type and name of a unit: ``Xã Mường Lai``."""
    return display_name(register.units.kinds[position], register.units.names[position])


def unit_names(register: UnitRegister, positions: Iterable[int]) -> list[str]:
    """Return the types and names of many units; see `unit_name`."""
    kinds, names = register.units.kinds, register.units.names
    return [display_name(kinds[position], names[position]) for position in positions]


def unit_within(register: UnitRegister, position: int, wording: Wording) -> str:
    """Return the type and name of a unit as written within a sentence.

    Vietnamese writes the type in lower case (``huyện Lục Yên``); English keeps the name as it is shown.
    """
    name, kind = unit_name(register, position), register.units.kinds[position]
    if wording.lang == "en" or not kind:
        return name
    return name[:1].lower() + name[1:] if text_key(name).startswith(text_key(kind)) else name


def unit_line(register: UnitRegister, position: int, wording: Wording) -> str:
    """Return the name of a unit with those of the units above it, without the root.

    ``Xã Mường Lai, huyện Lục Yên``.
    """
    parents = register.units.parents
    above = [other for other in register.units.ancestors(position)[1:] if parents[other] >= 0]
    within = (unit_within(register, other, wording) for other in above)
    return ", ".join([unit_name(register, position), *within])


def whole_of(register: UnitRegister, unit: int, wording: Wording) -> str:
    """Return a unit as the first words of a sentence on all of it: ``Toàn tỉnh``."""
    kind = register.units.kinds[unit] if wording.lang == "vi" else ""
    return wording.phrase("prose.whole", unit=kind or unit_within(register, unit, wording))


def sender_of(register: UnitRegister, code: str | None) -> int | None:
    """Return the position of the unit that sends the return of a unit; None for an unknown code."""
    position = None if code is None else register.units.by_code.get(code)
    if position is None:
        return None
    return int(register.senders[position])


def senders_of(register: UnitRegister, findings: Iterable[Finding]) -> dict[str, int]:
    """Return the sender of each file, as far as findings tell; see `_likely_sender`.

    Parameters
    ----------
    register : the register.
    findings : findings on units of the files. A file without any is left out.
    """
    counts: dict[str, Counter[int]] = {}
    for finding in findings:
        sender = sender_of(register, finding.unit or finding.about)
        if finding.file is not None and sender is not None:
            counts.setdefault(finding.file, Counter())[sender] += 1
    return {file: _likely_sender(register, counted) for file, counted in counts.items()}


def _likely_sender(register: UnitRegister, counts: Counter[int]) -> int:
    """Return the sender of more than half of a file's findings, else the lowest unit above all senders."""
    first, times = counts.most_common(1)[0]
    if 2 * times > counts.total():
        return first
    lines = [register.units.ancestors(unit) for unit in counts]
    return next((unit for unit in lines[0] if all(unit in line for line in lines)), first)


def is_silence(finding: Finding) -> bool:
    """Return whether a finding says that nothing came from a unit, not even a file that cannot be used."""
    return finding.code == "U302" and not finding.file and "other" not in finding.facts


def is_silent(sender: Sender) -> bool:
    """Return whether nothing at all came from a sender, not even a file that cannot be used."""
    came = sender.read or sender.files or sender.unread
    return not came and all(is_silence(finding) for finding in sender.findings)


def resent_lines(findings: Iterable[Finding], wording: Wording) -> dict[str, str]:
    """Return, for each file that replaces an earlier version, a line to its sender on what was changed.

    Parameters
    ----------
    findings : the findings, among them those on superseded versions (F202).
    wording : the language.
    """
    lines: dict[str, str] = {}
    for finding in findings:
        facts = finding.facts
        if finding.code != "F202" or not {"problem", "found"} & facts.keys():
            continue
        facts_of = {name: int(facts.get(name, 0)) for name in ("count", "given", "found")}
        key = "unchanged" if "problem" in facts else "unasked" if facts_of["found"] else "changed"
        counts = {"cells": facts_of["count"], "cured": facts_of["given"], "unasked": facts_of["found"]}
        lines[facts["other"]] = wording.phrase(f"calls.resent-{key}", **counts)
    return lines


def names_of(form: Form, register: UnitRegister, lang: Language) -> Names:
    """Return the names of codes in a language, as the catalogue needs them for the words of a finding.

    Parameters
    ----------
    form : gives the labels of measures and ratios, and the messages of rules.
    register : gives the names of units.
    lang : the language.
    """
    wording = Wording(lang)
    labels = {column.code: wording.say(column.label) for column in form.columns}
    rules = {rule.code: wording.say(rule.message) for rule in form.rules}
    flags = {m.code: register.level(form.table_of(m).level) for m in form.measures if m.kind == "flag"}
    answers = {str(value): wording.phrase(f"blank.{answer}") for value, answer in enumerate(("no", "yes"))}

    def name(kind: str, code: str) -> str | None:
        if kind == "unit":
            position = register.units.by_code.get(code)
            return None if position is None else unit_within(register, position, wording)
        if kind == "answer":
            measure, _, rest = code.partition("=")
            value, _, unit = rest.partition("@")
            position = register.units.by_code.get(unit)
            if measure not in flags or position is None or flags[measure] != register.units.levels[position]:
                return None
            return answers.get(value)
        return (rules if kind == "rule" else labels).get(code)

    return name


@dataclass(frozen=True, slots=True)
class FindingWording:
    """What is said of findings: the catalogue's texts in one language, with the names of codes.

    Parameters
    ----------
    wording : the language.
    names : what units, measures and rules are called; see `names_of`.
    """

    wording: Wording
    names: Names

    def message(self, finding: Finding) -> str:
        """Return what was found, in one line."""
        return catalogue.message(finding, self.wording.lang, self.names)

    def hint(self, finding: Finding) -> str:
        """Return how to correct what was found, in one line."""
        return catalogue.hint(finding, self.wording.lang, self.names)

    def severity(self, finding: Finding) -> str:
        """Return the label of a finding's severity."""
        return catalogue.severity_label(catalogue.severity(finding), self.wording.lang)

    def place(self, finding: Finding) -> str:
        """Return where a finding is, without its file: sheet, cell or row, unit."""
        parts = [finding.sheet or ""]
        if finding.cell:
            parts.append(finding.cell)
        elif finding.row is not None:
            parts.append(self.wording.phrase("findings.row", row=str(finding.row)))
        if finding.unit:
            name = self.names("unit", finding.unit)
            parts.append(f"{capital(name)} ({finding.unit})" if name else finding.unit)
        return " · ".join(one_line(part, 120) for part in parts if part)


def tally_words(wording: Wording, tally: Mapping[Severity, int]) -> str:
    """Return counts of findings by severity: ``1 lỗi phải sửa; 2 điểm cần kiểm tra``.

    A severity without findings is left out; if there are none at all, that is said.

    Parameters
    ----------
    wording : the language.
    tally : the numbers of findings, in the order in which they are told.
    """
    told = [wording.phrase(f"findings.{weight}", count=count) for weight, count in tally.items() if count]
    return "; ".join(told) or wording.phrase("findings.nothing")


def section_label(section: PublishedSection, wording: Wording) -> str:
    """Return the heading of a section; the measures of no section have a heading of their own."""
    return wording.phrase("report.no-section") if section.label is None else wording.say(section.label)


def level_word(register: UnitRegister, level: int, wording: Wording, *, most: int = 3) -> str:
    """Return the types of the units of a level, the most frequent first: ``xã, phường, thị trấn``.

    In English, or if no unit has a type, return the usual name of the level, or else the register's own.

    Parameters
    ----------
    register : the register.
    level : the level, 0 for the highest.
    wording : the language.
    most : the most types that are named.
    """
    kinds = register.kinds_at[level]
    if wording.lang == "en" or not kinds:
        name = register.levels[level]
        usual = usual_level(name)
        return wording.phrase(f"level.{usual}") if usual else name
    return ", ".join(kind for kind, _ in kinds.most_common(most))

"""What codes are called: units, measures and rules in the language of the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from antq_stats.figures.publication import PublishedSection
from antq_stats.findings import catalogue
from antq_stats.findings.finding import Finding
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister, display_name
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

Names = Callable[[str, str], str | None]
"""Returns the name for a kind (``unit``, ``measure`` or ``rule``) and a code; None where it knows none."""


def unit_name(register: UnitRegister, position: int) -> str:
    """Return a unit's type and name, ``Xã Mường Lai``."""
    return display_name(register.units.kinds[position], register.units.names[position])


def sender_of(register: UnitRegister, code: str | None) -> int | None:
    """Return the position of the unit that answers for a code, None for an unknown one."""
    position = None if code is None else register.units.by_code.get(code)
    if position is None:
        return None
    return int(register.senders[position])


def senders_of(register: UnitRegister, findings: Iterable[Finding]) -> dict[str, int]:
    """Return for each file the unit that sent it: the one most findings tell of, else the one above all.

    A file that nothing tells of is not there.
    """
    heard: dict[str, Counter[int]] = {}
    for finding in findings:
        sender = sender_of(register, finding.unit or finding.about)
        if finding.file is not None and sender is not None:
            heard.setdefault(finding.file, Counter())[sender] += 1
    return {file: _sender(register, counted) for file, counted in heard.items()}


def _sender(register: UnitRegister, heard: Counter[int]) -> int:
    """Return the unit told of by more than half, else the lowest that all of them stand under."""
    first, times = heard.most_common(1)[0]
    if 2 * times > heard.total():
        return first
    lines = [register.units.ancestors(unit) for unit in heard]
    return next((unit for unit in lines[0] if all(unit in line for line in lines)), first)


def names_of(form: Form, register: UnitRegister, lang: Language) -> Names:
    """Return what the catalogue asks when it words a finding: a unit, measure or rule by its code."""
    wording = Wording(lang)
    labels = {column.code: wording.say(column.label) for column in form.columns}
    rules = {rule.code: wording.say(rule.message) for rule in form.rules}

    def name(kind: str, code: str) -> str | None:
        if kind == "unit":
            position = register.units.by_code.get(code)
            return None if position is None else unit_name(register, position)
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
            parts.append(f"{name} ({finding.unit})" if name else finding.unit)
        return " · ".join(one_line(part, 120) for part in parts if part)


def section_label(section: PublishedSection, wording: Wording) -> str:
    """Return the heading of a section; what belongs to none has one too."""
    return wording.phrase("report.no-section") if section.label is None else wording.say(section.label)


def level_word(register: UnitRegister, level: int, wording: Wording, *, most: int = 3) -> str:
    """Return what the units of a level are called: their kinds, the most frequent first, or the level's word.

    Parameters
    ----------
    most : of more kinds than these only the first so many are named.
    """
    kinds = Counter(
        kind for kind, at in zip(register.units.kinds, register.units.levels, strict=True) if at == level
    )
    kinds.pop("", None)
    if wording.lang == "en" or not kinds:
        return register.levels[level]
    return ", ".join(kind for kind, _ in kinds.most_common(most))

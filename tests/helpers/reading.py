"""Read folders and files with the library, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from antq_stats.collection.collection import Collection, collect
from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.figures.aggregation import Aggregate, aggregate
from antq_stats.findings import catalogue
from antq_stats.findings.columns import Findings
from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits
from antq_stats.plausibility import implausible
from antq_stats.reading.discover import discover
from antq_stats.reading.receive import receive
from antq_stats.reading.returns import Return


@dataclass
class Outcome:
    """What came of reading a folder: its values, its findings, its sums."""

    collection: Collection
    findings: tuple[Finding, ...]
    total: Aggregate
    passed_over: int = 0
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def status(self) -> int:
        """Exit status that a command would end with."""
        if self.faults:
            return 70
        return int(any(catalogue.severity(f) == "hard" for f in self.findings))

    @property
    def codes(self) -> list[str]:
        """Codes of the findings in order of file, without those of coverage (U301, U302)."""
        return [f.code for f in self.findings if f.code not in ("U301", "U302")]

    @property
    def hard(self) -> list[tuple[str, str | None]]:
        """Code and cell of the hard findings, without those of coverage (U301, U302)."""
        return [
            (f.code, f.cell)
            for f in self.findings
            if f.code not in ("U301", "U302") and catalogue.severity(f) == "hard"
        ]

    def at(self, code: str) -> list[tuple[str | None, str | None, str | None]]:
        """Return file, sheet and cell of the findings with a code."""
        return [(f.file, f.sheet, f.cell) for f in self.findings if f.code == code]

    def sum(self, measure: str, unit: str | None = None) -> int | None:
        """Return the value of a measure under a unit, by default the root."""
        return self.figure(measure, unit)[0]

    def figure(self, measure: str, unit: str | None = None) -> tuple[int | None, int, int, bool, int]:
        """Return value, given, expected, provisional and unlisted of a measure under a unit, or the root."""
        register = self.total.register
        position = register.units.by_code[unit] if unit else register.units.parents.index(-1)
        return tuple(self.total.figure(position, measure))  # type: ignore[return-value]

    def all_text(self) -> str:
        """Return the words of all findings in both languages, and their facts."""
        words = [
            catalogue.message(f, lang) + catalogue.hint(f, lang)
            for f in self.findings
            for lang in ("vi", "en")
        ]
        facts = [f"{f.value} {f.file} {f.sheet} {dict(f.facts)}" for f in self.findings]
        return "\n".join(words + facts)


def read_folder(folder: Path, period: str = "2021", limits: Limits = Limits()) -> Outcome:  # noqa: B008
    """Read a folder as the commands do, in this process and without workers."""
    opened = Intake.open(folder, period=period, limits=limits)
    found = discover(folder)
    returns = [receive(opened.plan, source.path, source.file) for source in found.sources]
    collection = collect(opened.form, opened.register, opened.name, found, returns)
    findings = Findings([edit(collection), implausible(collection)])
    return Outcome(
        collection, findings, aggregate(collection, findings), collection.passed_over, collection.faults
    )


def read_file(path: Path, folder: Path, name: str | None = None, limits: Limits = Limits()) -> Return:  # noqa: B008
    """Read one file with the form and register of a folder."""
    opened = Intake.open(folder, period="2021", limits=limits)
    return receive(opened.plan, path, name or path.name)

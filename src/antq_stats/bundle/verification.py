"""What verifying a bundle finds, as findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from antq_stats.bundle.differences import Agreement, Comparison, Difference
from antq_stats.bundle.manifest import Manifest, Output, differences, versions
from antq_stats.bundle.names import MANIFEST
from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.run import Result

Outcome: TypeAlias = Agreement | Literal["missing", "not-computed"]
"""How a report or a table agrees with what was computed; or it is missing, or cannot be computed."""
_TOLD = 200
"""Most differences of one file that are told one by one."""


class OutputCheck(NamedTuple):
    """A report or a table of figures, compared with what was computed."""

    output: Output
    outcome: Outcome
    differing: int = 0
    """Number of differences, if they could be counted."""


@dataclass
class Verification:
    """What verifying a bundle found."""

    manifest: Manifest
    manifest_sha256: str
    made_with: dict[str, str] = field(default_factory=versions)
    """The versions that it was computed again with."""
    agreeing: int = 0
    """Number of files that are as the manifest says."""
    outputs: list[OutputCheck] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    result: Result | None = None
    """The period, read from the bundle; None if it could not be opened."""

    @property
    def obstacles(self) -> list[Finding]:
        """The hard findings."""
        return [finding for finding in self.findings if severity(finding) == "hard"]

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return not self.obstacles


def difference_findings(file: str, comparison: Comparison) -> Iterator[Finding]:
    """Yield the findings on how a file differs from what was computed.

    Parameters
    ----------
    file : place of the file.
    comparison : how both compare.
    """
    if comparison.agreement == "content":
        yield Finding(code="B303", file=file)
    elif comparison.agreement == "differs" and not comparison.number:
        yield Finding(code="B302", file=file, facts={"problem": "cannot-be-compared"})
    for difference in comparison.differences[:_TOLD]:
        yield _difference(file, difference)
    if comparison.number > _TOLD:
        yield Finding(code="B304", file=file, facts={"count": str(comparison.number - _TOLD)})


def _difference(file: str, difference: Difference) -> Finding:
    facts = {} if difference.computed is None else {"expected": difference.computed}
    if difference.stated is None or difference.computed is None:
        facts["problem"] = "nothing-stated" if difference.stated is None else "nothing-computed"
    return Finding(
        code="B301", file=file, sheet=difference.sheet, row=difference.row, column=difference.column,
        unit=difference.unit, measure=difference.measure, value=difference.stated, facts=facts,
    )  # fmt: skip


def manifest_findings(stated: Manifest, made: Manifest, changed: frozenset[str]) -> Iterator[Finding]:
    """Yield the findings on what a manifest says of periods and outputs.

    Parameters
    ----------
    stated : the manifest of the bundle.
    made : the one made of the files of the bundle.
    changed : files on which there is a finding already.
    """
    found = list(differences(stated, made))
    built_in = {place for place, *_ in found if _sibling(stated, place, "built_in")}
    for place, value, expected in found:
        file = _sibling(stated, place, "file")
        if place.endswith(".sha256") and file in changed:
            continue
        if place in built_in:
            facts = {
                "name": _sibling(stated, place, "built_in"),
                "found": value[:12],
                "expected": expected[:12],
            }
            yield Finding(code="B401", file=MANIFEST, facts=facts)
            continue
        facts = {"place": place, "found": value, "expected": expected}
        yield Finding(code="B204", file=MANIFEST, facts={key: each for key, each in facts.items() if each})


def _sibling(manifest: Manifest, place: str, key: str) -> str:
    """Return what a manifest says of the file that a hash is of; empty for any other place."""
    parts = place.split(".")
    if len(parts) != 3 or parts[2] != "sha256" or not parts[0].startswith("periods["):
        return ""
    number = int(parts[0].removeprefix("periods[").rstrip("]"))
    entry: Mapping[str, object] = manifest.periods[number - 1] if number <= len(manifest.periods) else {}
    file = entry.get(parts[1], {})
    return str(file.get(key, "")) if isinstance(file, dict) else ""


def version_findings(found: Verification) -> Iterator[Finding]:
    """Yield a note on each program and library of another version than where the bundle was made."""
    stated = found.manifest.made_with
    for name in dict.fromkeys((*stated, *found.made_with)):
        then, now = stated.get(name, "–"), found.made_with.get(name, "–")
        if then != now:
            shown = name.replace("_", "-")
            facts = {"name": shown, "found": then, "expected": now}
            yield Finding(code="B401", file=MANIFEST, facts=facts)

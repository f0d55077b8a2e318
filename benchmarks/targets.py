"""The targets: ratios of measurements, with the required value and the goal of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Results = Mapping[str, Any]
"""Stored results of a group: ``sides`` with their ``rounds``, each with ``wall``, ``cpu`` and ``memory``."""


def rounds_of(group: Results, side: str, what: str = "wall") -> list[float]:
    """Return the figures of a side by round; empty if it was left out."""
    return [one[what] for one in group["sides"].get(side, {}).get("rounds", [])]


def ratios(group: Results, one: str, other: str) -> list[float]:
    """Return the ratios of the rounds in which both sides took part."""
    pairs = zip(rounds_of(group, one), rounds_of(group, other), strict=False)
    return [first / second for first, second in pairs]


@dataclass(frozen=True)
class Target:
    """A ratio of the table; ``of`` gives it round by round from the group's results."""

    one: str
    other: str
    group: str
    of: Callable[[Results], list[float]]
    must: float | None
    """None where a figure is shown beside another that must reach something."""
    aim: float | None

    def met(self, found: Sequence[float]) -> str:
        """Return whether the median reaches the value."""
        if self.must is None or self.aim is None:
            return "shown"
        middle = median(found)
        return "aim" if middle <= self.aim else "must" if middle <= self.must else "MISSED"


def _wall(one: str, other: str) -> Callable[[Results], list[float]]:
    return lambda group: ratios(group, one, other)


def _memory(group: Results) -> list[float]:
    return [one / 400 for one in rounds_of(group, "aggregate", "memory")]


def _per_village(group: Results) -> list[float]:
    sides = [f"aggregate, {name}" for name in ("village", "province", "nation")]
    counts = [group["sides"].get(side, {}).get("villages", 0) for side in sides]
    start, province, nation = (rounds_of(group, side) for side in sides)
    if not (start and province and nation):
        return []
    # A province takes a tenth of a second longer than one village, noise included: its rounds are many,
    # and only their median is divided by.
    alone = median(start)
    small = (median(province) - alone) / (counts[1] - counts[0])
    return [(one - alone) / (counts[2] - counts[0]) / small for one in nation]


_FLOOR, _PANDAS = "bare calamine, 2 threads", "pandas + calamine"
_CHECKED = "pandas + calamine, with checks"
TARGETS: Sequence[Target] = (
    Target("`aggregate` nation to xlsx", _FLOOR, "nation", _wall("aggregate", _FLOOR), 2, 1.25),
    Target("`report` nation, every village written", "the same", "nation", _wall("report", _FLOOR),
           None, None),
    Target("`aggregate` nation saved by Excel", "the same, of these files", "makers",
           _wall("aggregate, Excel", "bare calamine, Excel"), 2, 1.25),
    Target("`aggregate` nation saved by LibreOffice", "the same, of these files", "makers",
           _wall("aggregate, LibreOffice", "bare calamine, LibreOffice"), 2, 1.25),
    Target("`aggregate` nation", "pandas + calamine, no checks", "nation",
           _wall("aggregate", _PANDAS), 1 / 12, 1 / 25),
    Target("`aggregate` nation", "pandas + openpyxl, no checks", "nation",
           _wall("aggregate", "pandas + openpyxl"), 1 / 30, 1 / 60),
    Target("`aggregate` sample province", "`import pandas`", "province",
           _wall("aggregate", "import pandas"), 1.5, 1.25),
    Target("`aggregate` sample province", _CHECKED, "province", _wall("aggregate", _CHECKED), 0.6, 0.5),
    Target("nation, all checks and lineage", "without", "lineage",
           _wall("aggregate", "without checks and lineage"), 1.1, 1.05),
    Target("million rows of CSV, all checks, xlsx", "pandas, no checks, CSV", "million",
           _wall("aggregate", "pandas"), 2, 1),
    Target("`validate` nation (xlsx)", "frictionless, one clean CSV", "validate",
           _wall("validate", "frictionless, on one CSV"), 1 / 5, 1 / 10),
    Target("`validate` nation (xlsx)", "frictionless without the form's rules", "validate",
           _wall("validate", "frictionless without the rules"), None, None),
    Target("nation, a rule broken in every file", "nation, clean", "faults",
           _wall("a rule broken in every file", "clean"), 2, 1.3),
    Target("nation, an odd cell in every file", "nation, clean", "faults",
           _wall("an odd cell in every file", "clean"), 2, 1.3),
    Target("`--help`", "bare Typer + rich", "help", _wall("--help", "bare Typer + rich"), 1.3, 1.1),
    Target("writing 11,367 formatted rows", "XlsxWriter, same formats", "writing",
           _wall("rows from templates", "XlsxWriter"), 1, 0.3),
    Target("all figures on other boundaries, ten days of changes", "reading the returns", "restating",
           _wall("restating", "reading"), 0.5, 0.25),
    Target("peak memory, nation, all processes", "400 MiB", "nation", _memory, 1, 0.65),
    Target("wall per village, nation", "per village, province", "sizes", _per_village, 1, 0.5),
)  # fmt: skip

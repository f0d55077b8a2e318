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


def _memory(side: str, mebibytes: int) -> Callable[[Results], list[float]]:
    return lambda group: [one / mebibytes for one in rounds_of(group, side, "memory")]


def _wall_of_fastest(one: str, others: Sequence[str]) -> Callable[[Results], list[float]]:
    """Return the ratios to the fastest of some sides, round by round."""

    def of(group: Results) -> list[float]:
        every = zip(*(found for other in others if (found := ratios(group, one, other))), strict=False)
        return [max(found) for found in every]

    return of


_FLOOR, _PANDAS = "bare calamine, 2 threads", "pandas + calamine"
_CHECKED = "pandas + calamine, with checks"
_SAME = "the same, of these files"
TARGETS: Sequence[Target] = (
    Target("`aggregate` nation, one layout, to xlsx", _FLOOR, "nation", _wall("aggregate", _FLOOR),
           1.55, 1),
    Target("`aggregate` nation, our own blank returns, Excel", _SAME, "blanks",
           _wall("aggregate, Excel", "bare calamine, Excel"), 2, 1.25),
    Target("`aggregate` nation, our own blank returns, LibreOffice", _SAME, "blanks",
           _wall("aggregate, LibreOffice", "bare calamine, LibreOffice"), 2, 1.25),
    Target("`aggregate` nation, 500 layouts, mixed kinds", _SAME, "senders", _wall("aggregate", _FLOOR),
           3, 1.6),
    Target("`aggregate` nation, a layout in each workbook", _SAME, "senders",
           _wall("aggregate, a layout in each workbook", "bare calamine, a layout in each workbook"),
           None, None),
    Target("`aggregate` nation, every tenth file three times", _SAME, "senders",
           _wall("aggregate, every tenth file three times", "bare calamine, every tenth file three times"),
           None, None),
    Target("`report` nation to xlsx, every village", _FLOOR, "nation", _wall("report", _FLOOR), 3.5, 2.5),
    Target("`aggregate` nation saved by Excel", _SAME, "makers",
           _wall("aggregate, Excel", "bare calamine, Excel"), 2, 1.25),
    Target("`aggregate` nation saved by LibreOffice", _SAME, "makers",
           _wall("aggregate, LibreOffice", "bare calamine, LibreOffice"), 2, 1.25),
    Target("`aggregate` nation", "pandas + calamine, no checks", "nation",
           _wall("aggregate", _PANDAS), 1 / 12, 1 / 25),
    Target("`aggregate` nation", "pandas + openpyxl, no checks", "nation",
           _wall("aggregate", "pandas + openpyxl"), 1 / 30, 1 / 60),
    Target("`aggregate` sample province", "`import pandas`", "province",
           _wall("aggregate", "import pandas"), 1.3, 1),
    Target("`aggregate` sample province", _CHECKED, "province", _wall("aggregate", _CHECKED), 0.6, 0.5),
    Target("`year-end` sample province, all outputs", "`aggregate` of it", "province",
           _wall("year-end", "aggregate"), 8, 4),
    Target("nation, all checks and lineage", "without", "lineage",
           _wall("aggregate", "without checks and lineage"), 1.1, 1.05),
    Target("million rows of CSV, all checks, xlsx", "pandas, no checks, CSV", "million",
           _wall("aggregate", "pandas"), 1, 0.6),
    Target("million rows of CSV, all checks, xlsx", "DuckDB or polars with checks, the faster", "million",
           _wall_of_fastest("aggregate", ("polars, with checks", "DuckDB, with checks")), 3, 1.5),
    Target("peak memory, million rows of CSV, all processes", "700 MiB", "million", _memory("aggregate", 700),
           1, 0.7),
    Target("`validate` nation (xlsx)", "frictionless, one clean CSV", "validate",
           _wall("validate", "frictionless, on one CSV"), 1 / 5, 1 / 10),
    Target("`validate` nation (xlsx)", "frictionless without the form's rules", "validate",
           _wall("validate", "frictionless without the rules"), None, None),
    Target("nation, a rule broken in every file", "nation, clean", "faults",
           _wall("a rule broken in every file", "clean"), 2, 1.3),
    Target("nation, an odd cell in every file", "nation, clean", "faults",
           _wall("an odd cell in every file", "clean"), 1.3, 1.15),
    Target("`--help`", "bare Typer + rich", "help", _wall("--help", "bare Typer + rich"), 1.3, 1.1),
    Target("writing 11,367 formatted rows", "XlsxWriter, same formats", "writing",
           _wall("rows by column", "XlsxWriter"), 1, 0.3),
    Target("all figures on other boundaries, ten days of changes", "reading the returns", "restating",
           _wall("restating", "reading"), 0.5, 0.25),
    Target("peak memory, nation, all processes", "400 MiB", "nation", _memory("aggregate", 400), 0.6, 0.5),
)  # fmt: skip

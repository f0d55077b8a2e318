"""What is wrong with a file, noted in its return as it is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from antq_stats.findings.finding import Finding, Severity
from antq_stats.plan import ReadingPlan
from antq_stats.reading.returns import Return
from antq_stats.reading.units.mentions import unit_of_path
from antq_stats.reading.units.names import NOWHERE

MOST_OF_A_CODE = 5_000
"""Findings of one code in one file that are listed; how many more there are is told in one."""


class Reporter:
    """Notes findings of one file.

    Parameters
    ----------
    plan : what is asked, and of whom.
    given : the file's return, which takes the findings.
    """

    def __init__(self, plan: ReadingPlan, given: Return) -> None:
        self.plan = plan
        self.given = given
        self._met: Counter[str] = Counter()
        self._last: dict[str, Severity | None] = {}

    @cached_property
    def file_unit(self) -> int:
        """The unit that folders and file name speak of."""
        return unit_of_path(self.plan.units, self.given.file.split("/"))

    def report(
        self,
        code: str,
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: int | None = None,
        unit: int | None = None,
        measure: str | None = None,
        value: str | None = None,
        facts: Mapping[str, str] | None = None,
        about: int | None = None,
        severity: Severity | None = None,
        also: tuple[tuple[int, str], ...] = (),
    ) -> None:
        """Note a finding; rows and columns counted from 0 as in the grid, units by position."""
        self._met[code] += 1
        if self._met[code] > MOST_OF_A_CODE:
            if self._last.get(code) != "hard":
                self._last[code] = severity
            return
        codes = self.plan.units.codes
        if unit is None and about is None:
            about = self.file_unit
        self.given.findings.append(
            Finding(
                code=code,
                file=self.given.file,
                sheet=sheet,
                row=None if row is None else row + 1,
                column=None if column is None or column < 0 else column,
                unit=None if unit is None else codes[unit],
                measure=measure,
                value=value,
                facts=facts or {},
                severity=severity,
                about=None if unit is not None or about in (None, NOWHERE) else codes[about],
                also=also,
            )
        )

    def finish(self) -> None:
        """Tell how many findings were not listed; call it when the file has been read."""
        for code, severity in self._last.items():
            count = str(self._met[code] - MOST_OF_A_CODE)
            self.given.findings.append(
                Finding(
                    code="F120",
                    file=self.given.file,
                    facts={"found": code, "count": count},
                    severity=severity,
                    about=None if self.file_unit == NOWHERE else self.plan.units.codes[self.file_unit],
                )
            )
        self._last.clear()

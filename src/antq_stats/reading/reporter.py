"""Reporting: findings of one file are added to its return as they are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Protocol

from antq_stats.findings.finding import Finding, Severity
from antq_stats.plan import ReadingPlan
from antq_stats.reading.returns import Return
from antq_stats.reading.units.mentions import unit_of_path
from antq_stats.reading.units.names import NOWHERE

MOST_OF_A_CODE = 5_000
"""Findings of one code listed for one file. One F120 gives the number of the others."""


class Report(Protocol):
    """Reports a finding of one sheet; the arguments are those of `Reporter.report`."""

    def __call__(
        self,
        code: str,
        /,
        *,
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
        """Report a finding."""


def no_report(_code: str, /, **_place: object) -> None:
    """Drop a finding: a `Report` for tables that are skipped."""


class Reporter:
    """Adds findings to the return of one file.

    Parameters
    ----------
    plan : the reading plan.
    return_ : the file's return.
    """

    def __init__(self, plan: ReadingPlan, return_: Return) -> None:
        self.plan = plan
        self.return_ = return_
        self._counts: dict[str, int] = {}
        self._not_listed: dict[str, Severity | None] = {}
        """Code with more findings than are listed -> severity of the last one, "hard" if any is hard."""

    @cached_property
    def file_unit(self) -> int:
        """Position of the unit that the file was decided to be of, or else its path mentions; or NOWHERE."""
        ruled = self.plan.ruled.unit_of(self.return_.file)
        if ruled is not None:
            return ruled.unit
        return unit_of_path(self.plan.units, self.return_.file.split("/"))

    def report(
        self,
        code: str,
        /,
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
        """Add a finding to the return.

        Parameters
        ----------
        code : of the catalogue.
        sheet : name of the sheet; None for the file as a whole and for a delimited file.
        row, column : grid row and column, from 0; a column below 0 counts as None.
        unit : position of the unit that the finding is of.
        measure : code of the measure or ratio.
        value : the value as found; never a personal one.
        facts : what else the message names.
        about : position of the unit that a finding without ``unit`` bears on, or NOWHERE; the unit of the
            file's path where None.
        severity : where it is not the catalogue's own.
        also : further cells of the same row, each by its column and measure.
        """
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count > MOST_OF_A_CODE:
            if self._not_listed.get(code) != "hard":
                self._not_listed[code] = severity
            return
        codes = self.plan.units.codes
        if unit is None and about is None:
            about = self.file_unit
        self.return_.findings.append(
            Finding(
                code=code,
                file=self.return_.file,
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

    def of_sheet(self, sheet: str | None, unit_of_sheet: Callable[[], int] | None = None) -> Report:
        """Return a `Report` for one sheet.

        Parameters
        ----------
        sheet : its name; None for a delimited file.
        unit_of_sheet : returns the unit that findings without a unit bear on, or NOWHERE. Called only when
            there is such a finding; without it that unit is the file's.
        """

        def report(
            code: str,
            /,
            *,
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
            if unit is None and about is None and unit_of_sheet is not None:
                about = unit_of_sheet()
            self.report(
                code,
                sheet=sheet,
                row=row,
                column=column,
                unit=unit,
                measure=measure,
                value=value,
                facts=facts,
                about=about,
                severity=severity,
                also=also,
            )

        return report

    def finish(self) -> None:
        """Report how many findings were not listed (F120); call it once the file is read."""
        for code, severity in self._not_listed.items():
            count = str(self._counts[code] - MOST_OF_A_CODE)
            self.return_.findings.append(
                Finding(
                    code="F120",
                    file=self.return_.file,
                    facts={"found": code, "count": count},
                    severity=severity,
                    about=None if self.file_unit == NOWHERE else self.plan.units.codes[self.file_unit],
                )
            )
        self._not_listed.clear()

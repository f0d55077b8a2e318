"""A printed report on the command line: the cell that is asked for, and the folder of its returns."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.wording import alternatives
from antq_stats.reading.files.remote import folder_at
from antq_stats.words.text import one_line, text_key

if TYPE_CHECKING:
    from antq_stats.reading.files.remote import RemoteFolder
    from antq_stats.trace.figure_trace import Trace
    from antq_stats.trace.report_map import LevelMap, ReportMap, SummaryMap, Target

_FILES_NAMED = 5


@dataclass(frozen=True)
class PrintedCell:
    """A cell of a printed report.

    Parameters
    ----------
    report : name of the file.
    said : what the report says of itself.
    sheet : name of the cell's sheet.
    cell : its address, as in ``F12``.
    target : the figure that it holds.
    value : what it holds, a number or a text.
    """

    report: str
    said: ReportMap
    sheet: str
    cell: str
    target: Target
    value: object

    def compared(self, trace: Trace) -> tuple[dict[str, object], bool]:
        """Report how the report differs from the returns; return the record of that, and whether it agrees.

        Parameters
        ----------
        trace : the figure of the cell, from the returns.
        """
        from antq_stats.trace.report_check import is_as_printed, source_changes

        changes = source_changes(self.said, trace.collection)
        agrees = is_as_printed(trace, self.target, self.value)
        for what, files in changes._asdict().items():
            if files:
                names = "; ".join(files[:_FILES_NAMED]) + (" …" if len(files) > _FILES_NAMED else "")
                console.note(f"trace.sources-{what}", count=len(files), names=names)
        key = {True: "agrees", False: "differs", None: "blank"}[agrees]
        console.note(
            f"trace.printed-{key}", report=self.report, sheet=self.sheet, cell=self.cell, value=self._text()
        )
        place = {"file": self.report, "sheet": self.sheet, "cell": self.cell}
        sources = {what: list(files) for what, files in changes._asdict().items()}
        record = {**place, "value": self.value, "field": self.target.field, "agrees": agrees, **sources}
        return record, bool(agrees)

    def _text(self) -> str:
        return f"{self.value:.15g}" if isinstance(self.value, float) else str(self.value)


def cell_named(path: Path, named: str) -> PrintedCell:
    """Return the cell of a report that a text names, as in ``F12`` or ``'By commune'!F12``.

    Without a sheet it is one of the first sheet.

    Raises
    ------
    UsageProblem
        The file is no report of the program, or the cell holds no figure of the period.
    """
    from antq_stats.trace.report_map import Address, Report

    try:
        report = Report(io.BytesIO(path.read_bytes()))
    except (OSError, ValueError):
        raise UsageProblem("usage.not-a-report", found=one_line(path.name, 200)) from None
    address = Address.parsed(named)
    if address is None:
        raise UsageProblem("usage.bad-cell", found=one_line(named))
    sheet = _sheet_named(report.map, address.sheet)
    target = sheet.target(address)
    if target is None:
        areas = "; ".join(f"{each.sheet}: {each.area}" for each in report.map.sheets)
        raise UsageProblem("usage.no-figure-there", found=one_line(named), sheet=sheet.sheet, choices=areas)
    return PrintedCell(
        path.name, report.map, sheet.sheet, address.cell, target, report.value(sheet.sheet, address)
    )


def _sheet_named(said: ReportMap, named: str | None) -> SummaryMap | LevelMap:
    if named is None:
        return said.summary
    for sheet in said.sheets:
        if text_key(sheet.sheet) == text_key(named):
            return sheet
    names = [sheet.sheet for sheet in said.sheets]
    raise UsageProblem("usage.no-sheet", found=one_line(named), choices=alternatives(names))


def folder_of(path: Path, said: ReportMap, named: str | None) -> Path | RemoteFolder:
    """Return the folder of a report's returns: the one named, else the one beside the report or around it.

    Parameters
    ----------
    path : the report.
    said : what it says of itself.
    named : the folder on the command line; None to look for it.

    Raises
    ------
    UsageProblem
        It is not there, and none is named.
    """
    if named is not None:
        return folder_at(named)
    above = path.resolve().parent
    for place in (above / said.folder, above, above.parent / said.folder):
        if said.folder and place.name == said.folder and place.is_dir():
            return place
    raise UsageProblem("usage.report-needs-folder", folder=one_line(said.folder or said.period))

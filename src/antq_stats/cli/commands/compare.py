"""`antq-stats compare`: two periods on the boundaries of one day, or two sendings of one return."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import boundaries_named, columns_of, level_of, unit_of
from antq_stats.cli.commands.aggregate import By, MeasureCodes
from antq_stats.cli.console import HARD_FINDINGS, UsageProblem, console
from antq_stats.cli.options import (
    FolderOptions,
    Output,
    Under,
    format_of,
    format_option,
    reads_folder,
)
from antq_stats.cli.wording import help_text
from antq_stats.reading.files.remote import folder_at
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from antq_stats.cli.session import Session
    from antq_stats.render.over_years.compared import Both
    from antq_stats.series.comparing import Comparison

_FORMATS = ("table", "csv", "json", "md", "xlsx")
_SUFFIXES = {".csv": "csv", ".json": "json", ".md": "md", ".xlsx": "xlsx"}

Earlier = Annotated[
    Path,
    typer.Argument(parser=folder_at, metavar="A", help=help_text("argument.earlier"), show_default=False),
]
On = Annotated[str | None, typer.Option("--on", metavar="A|B|DATE", help=help_text("option.on"))]


@reads_folder
def compare(
    options: FolderOptions,
    earlier: Earlier,
    on: On = None,
    by: By = None,
    under: Under = None,
    measure: MeasureCodes = None,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
) -> int:
    """Compare two periods or two returns, write the comparison, and return the exit status."""
    chosen = format_of(format_, output, _FORMATS, _SUFFIXES)
    if chosen == "xlsx" and output is None:
        raise UsageProblem("usage.needs-output", found="xlsx")
    places = [place for place in (earlier, options.folder) if isinstance(place, Path)]
    files = [place.is_file() for place in places]
    for place in places:
        if (any(files) or place.suffix) and not place.exists():
            raise UsageProblem("usage.compare-no-file", found=one_line(str(place), 200))
    if len(files) == 2 and all(files):
        if on or by or under or measure:
            raise UsageProblem("usage.compare-files")
        return _sendings(options, earlier, chosen, output)
    if any(files):
        raise UsageProblem("usage.compare-file-and-folder")
    from antq_stats.cli.session import Session, open_folder, read_period

    last = open_folder(options)
    first = last.earlier(earlier)
    boundaries = boundaries_named(on, [first, last])
    results = [read_period(period, "antq_stats.render.over_years.compared") for period in (first, last)]
    from antq_stats.series.boundaries import order_of
    from antq_stats.series.comparing import compare as compared

    if order_of(first) > order_of(last):
        console.note("compare.turned", first=first.name, last=last.name)

    comparison = compared(
        results[0].aggregate, results[1].aggregate, boundaries,
        [boundaries.placement(period) for period in (first, last)],
    )  # fmt: skip
    session = Session(results[1])
    _write(session, comparison, (results[0].decided, results[1].decided), by, under, measure, chosen, output)
    if any(result.tally["hard"] for result in results):
        console.note("run.provisional")
    return max(session.status(), HARD_FINDINGS if results[0].tally["hard"] else 0)


def _sendings(options: FolderOptions, old: Path, chosen: str, output: Path | None) -> int:
    """Compare two sendings of one return, write what changed, and return the exit status."""
    from antq_stats.cli.session import deliver, deliver_tables, note_period, open_folder
    from antq_stats.findings.catalogue import severity
    from antq_stats.render.writing.output import INPUTS

    assert isinstance(options.folder, Path)  # noqa: S101 - checked by the command
    new = options.folder
    opened = open_folder(replace(options, folder=new.resolve().parent, only=(new,)))
    note_period(opened)
    INPUTS.add([old, new])
    from antq_stats.render.two_sendings import FLAT, ComparedSendings
    from antq_stats.sendings.two_files import compare_files

    changed, last = compare_files(opened, old, new)
    faces = ComparedSendings(changed, opened.form, opened.register, console.language)
    if chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        deliver(to_json(faces.record()), output)
    elif chosen == "csv":
        from antq_stats.render.writing.delimited import to_csv

        deliver(to_csv(list(faces.flat_records()), FLAT), output, bom=True)
    else:
        deliver_tables(list(faces.tables()), chosen, output)
    return HARD_FINDINGS if any(severity(each) == "hard" for each in last.findings) else 0


def _write(
    session: Session,
    comparison: Comparison,
    decided: Both,
    by: str | None,
    under: str | None,
    measure: list[str] | None,
    chosen: str,
    output: Path | None,
) -> None:
    from antq_stats.figures.coverage import weighing_measure
    from antq_stats.render.over_years.compared import FLAT, flat_records, measures_table, record, units_table

    register = comparison.register
    top = unit_of(register, under)
    columns = columns_of(comparison.form, measure) if measure else list(comparison.columns)
    level = level_of(register, by, default=register.units.levels[top] + 1)
    rows = [int(unit) for unit in register.under(top) if register.units.levels[unit] <= level]
    if chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        session.deliver(to_json(record(comparison, rows, columns)), output)
        return
    if chosen == "csv":
        from antq_stats.render.writing.delimited import to_csv

        flat = list(flat_records(comparison, rows, columns))
        heads = (*FLAT, "decided") if any(row["decided"] for row in flat) else FLAT
        session.deliver(to_csv(flat, heads), output, bom=True)
        return
    if measure or by:
        if not measure:
            weighing = weighing_measure(comparison.form) or columns[0]
            columns = [weighing]
            console.note("compare.default-measure", measure=one_line(weighing.label.say(console.language)))
        tables = [units_table(comparison, rows, column, console.language, decided) for column in columns]
    else:
        tables = [measures_table(comparison, top, console.language, decided)]
    session.deliver_tables(tables, chosen, output)

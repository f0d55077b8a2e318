"""`antq-stats aggregate`: sums up the tree, ratios of sums, and coverage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.choices import boundaries_named, columns_of, level_of, unit_of
from antq_stats.cli.console import HARD_FINDINGS, UsageProblem, console
from antq_stats.cli.options import FolderOptions, Output, Under, format_of, format_option, reads_folder
from antq_stats.cli.publishing import PublishTable, refused, require_local, tell_withheld
from antq_stats.cli.publishing import publish as add_published
from antq_stats.cli.wording import help_text
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    import datetime as dt

    from antq_stats.cli.session import Session
    from antq_stats.figures.aggregation import Aggregate
    from antq_stats.form import Measure, Ratio
    from antq_stats.render.exchange.observations import Observations

_WRITERS = {
    "table": "terminal",
    "csv": "delimited",
    "json": "delimited",
    "md": "delimited",
    "xlsx": "workbook",
}
"""Maps each format to the module of `render.writing` that writes it."""
_LIBRARIES = {"table": ("rich.cells",), "xlsx": ("xlsxwriter",)}
"""What these modules import only when they write."""
_EXCHANGE = ("long", "sdmx-csv")
"""Formats for other programs, in which nothing is that may not be published."""
_SUFFIXES = {".csv": "csv", ".json": "json", ".md": "md", ".xlsx": "xlsx"}

By = Annotated[str | None, typer.Option("--by", metavar="LEVEL", help=help_text("option.by"))]
MeasureCodes = Annotated[
    list[str] | None, typer.Option("--measure", metavar="CODE", help=help_text("option.measure"))
]

On = Annotated[str | None, typer.Option("--on", metavar="DATE", help=help_text("option.on-date"))]
WithCoverage = Annotated[bool, typer.Option("--coverage", help=help_text("option.coverage"))]


@reads_folder
def aggregate(
    options: FolderOptions,
    by: By = None,
    under: Under = None,
    measure: MeasureCodes = None,
    coverage: WithCoverage = False,
    on: On = None,
    publish: PublishTable = False,
    format_: Annotated[str | None, format_option(*_WRITERS, *_EXCHANGE)] = None,
    output: Output = None,
) -> int:
    """Add the figures up, write them, and return the exit status."""
    chosen = format_of(format_, output, (*_WRITERS, *_EXCHANGE), _SUFFIXES)
    if chosen == "xlsx" and output is None:
        raise UsageProblem("usage.needs-output", found="xlsx")
    if publish:
        _check_publishable(options, chosen, output)
    from antq_stats.cli.session import run_session

    if on is not None:
        return _stated(options, on, by, under, measure, chosen, output, publish=publish)
    is_exchange = chosen in _EXCHANGE
    writer = "exchange.data_package" if is_exchange else f"writing.{_WRITERS[chosen]}"
    needed = ("antq_stats.render.summary", f"antq_stats.render.{writer}", *_LIBRARIES.get(chosen, ()))
    session = run_session(options, *needed)
    if publish and refused(session.result):
        return HARD_FINDINGS
    from antq_stats.render.summary import rows_of

    register = session.result.register
    top = unit_of(register, under)
    level = level_of(register, by, default=register.units.levels[top] + 1)
    columns = columns_of(session.result.form, measure)
    result = session.result.aggregate
    rows = rows_of(result, top, level)
    if is_exchange:
        from antq_stats.render.exchange.observations import own_observations

        observations = own_observations(session.result.publication, rows, columns)
        _write_observations(session, observations, chosen, output, publish=publish)
    elif chosen in ("json", "csv"):
        _write_data(session, result, rows, columns, chosen, output, coverage=coverage)
    else:
        _write_table(session, result, rows, columns, chosen, output, named=bool(measure))
    if session.result.tally["hard"]:
        console.note("run.provisional")
    return session.status()


def _stated(
    options: FolderOptions,
    on: str,
    by: str | None,
    under: str | None,
    measure: list[str] | None,
    chosen: str,
    output: Path | None,
    *,
    publish: bool,
) -> int:
    """Write the figures stated on the boundaries of another day, and return the exit status."""
    from antq_stats.cli.session import Session, open_folder, read_period

    opened = open_folder(options)
    boundaries = boundaries_named(on, [opened])
    session = Session(read_period(opened, "antq_stats.render.over_years.restated"))
    if publish and refused(session.result):
        return HARD_FINDINGS
    from antq_stats.figures.restated import Restated
    from antq_stats.render.over_years.restated import flat_stated, stated_records, stated_table

    result, register = session.result.aggregate, boundaries.register
    top = unit_of(register, under)
    level = level_of(register, by, default=register.units.levels[top] + 1)
    rows = [int(unit) for unit in register.under(top) if register.units.levels[unit] <= level]
    columns = columns_of(session.result.form, measure)
    restated = Restated(result, boundaries.placement(opened))
    if chosen in _EXCHANGE:
        from antq_stats.render.exchange.observations import stated_observations

        figures = session.result.publication, session.result.disclosed
        observations = stated_observations(*figures, boundaries, restated, rows, columns)
        _write_observations(session, observations, chosen, output, boundaries.day, publish=publish)
    elif chosen in ("json", "csv"):
        from antq_stats.render.writing.delimited import to_csv, to_json

        records = stated_records(restated, rows, columns)
        if chosen == "json":
            session.deliver(to_json(records), output)
        else:
            flat, header = flat_stated(records)
            session.deliver(to_csv(flat, header), output, bom=True)
    else:
        shown = columns if measure else [column for column in columns if result.has_values(column)] or columns
        table = stated_table(restated, boundaries, rows, shown, console.language, session.result.decided)
        session.deliver_tables([table], chosen, output)
    if session.result.tally["hard"]:
        console.note("run.provisional")
    return session.status()


def _write_data(
    session: Session,
    result: Aggregate,
    rows: list[int],
    columns: list[Measure | Ratio],
    chosen: str,
    output: Path | None,
    *,
    coverage: bool,
) -> None:
    from antq_stats.render.summary import decided_count, flat_columns, records
    from antq_stats.render.writing.delimited import columns_to_csv, to_json

    if chosen == "json":
        session.deliver(to_json(records(result, rows, columns)), output)
    else:
        told = flat_columns(result, rows, columns, coverage=coverage)
        session.deliver(columns_to_csv(told), output, bom=True)
        if session.result.decided and (count := decided_count(result, rows, columns)):
            console.note("run.decided-unmarked", count=count)


def _check_publishable(options: FolderOptions, chosen: str, output: Path | None) -> None:
    """Refuse to publish a table in which nothing is withheld, or of which no file is left."""
    from antq_stats.render.writing.output import is_stream

    require_local(options)
    if chosen not in _EXCHANGE:
        raise UsageProblem("usage.publish-table", choices=", ".join(_EXCHANGE))
    if output is None or is_stream(output):
        raise UsageProblem("usage.publish-needs-output")


def _write_observations(
    session: Session,
    observations: Observations,
    chosen: str,
    output: Path | None,
    day: dt.date | None = None,
    *,
    publish: bool,
) -> None:
    """Write observations, stated on the boundaries of a day, and enter them in the list if asked to."""
    _deliver_observations(session, observations, chosen, output)
    tell_withheld(session.result)
    if publish:
        assert output is not None  # noqa: S101 - checked by the command
        add_published(session.result, [output], day)


def _deliver_observations(
    session: Session, observations: Observations, chosen: str, target: Path | None
) -> None:
    """Write observations to a file or to stdout; the data package of a long table goes beside its file.

    Raises
    ------
    UsageProblem
        SDMX has no way to write the period.
    OutputError
        A file cannot be written, or the package would replace a file that is not the tool's own.
    """
    from antq_stats.render.exchange.data_package import data_package, package_name
    from antq_stats.render.exchange.long_table import long_csv
    from antq_stats.render.exchange.sdmx_csv import NoTimePeriodError, sdmx_csv
    from antq_stats.render.writing import output
    from antq_stats.render.writing.delimited import encode

    if chosen == "sdmx-csv":
        try:
            text = sdmx_csv(observations)
        except NoTimePeriodError as error:
            raise UsageProblem("usage.no-time-period", period=one_line(error.period)) from None
        session.deliver(text, target)
        return
    text = long_csv(observations)
    if target is None or output.is_stream(target):
        session.deliver(text, target)
        return
    package = target.with_name(package_name(target.name))
    output.refuse_others_file(package)
    session.deliver(text, target)
    sources = session.result.publication.sources
    session.deliver(data_package(observations, encode(text), target.name, sources), package)


def _write_table(
    session: Session,
    result: Aggregate,
    rows: list[int],
    columns: list[Measure | Ratio],
    chosen: str,
    output: Path | None,
    *,
    named: bool,
) -> None:
    from antq_stats.cli.session import show_table
    from antq_stats.render.summary import summary

    shown = columns if named else [column for column in columns if result.has_values(column)] or columns
    table = summary(result, rows, shown, console.language, session.result.decided)
    if chosen == "xlsx":
        assert output is not None  # noqa: S101 - checked by the command
        session.write_workbook(output, table)
    elif chosen == "md":
        from antq_stats.render.writing.delimited import to_markdown

        session.deliver(to_markdown(table, console.language), output)
    elif output is None:
        console.result(show_table(table))
    else:
        from antq_stats.render.writing.terminal import render_table

        session.deliver(render_table(table, console.language, width=None), output)
    if len(shown) < len(columns):
        console.note("summary.nothing-given", count=len(columns) - len(shown))

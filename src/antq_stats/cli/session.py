"""A run of a command over a folder: read it with a progress bar, deliver results, report how it ended."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from antq_stats.cli.ahead import taken
from antq_stats.cli.console import HARD_FINDINGS, INTERNAL, UsageProblem, console
from antq_stats.output_marks import WORKBOOK
from antq_stats.render.writing import output
from antq_stats.words.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from antq_stats.cli.options import FolderOptions
    from antq_stats.collection.intake import Intake
    from antq_stats.findings.finding import Finding
    from antq_stats.reading.files.remote import RemoteFolder
    from antq_stats.reading.returns import Return
    from antq_stats.render.writing.table import PresentationTable
    from antq_stats.run import Result

_FAULTS_SHOWN = 3
_VERSIONS_SHOWN = 10
_MANY = 1000
"""Number of files whose reading takes longer than whatever can be made ready meanwhile."""


@dataclass
class Session:
    """The result of a command's run, and its delivery to the screen or to files."""

    result: Result

    def status(self, ending: str | None = None, **facts: object) -> int:
        """Report how the run ended, and return its exit status.

        Parameters
        ----------
        ending : key of a phrase to end with, for a run that is not about the returns; hard findings on them
            are still counted. None to end with the numbers of findings.
        **facts : values for the phrase's placeholders.
        """
        result, tally = self.result, self.result.tally
        for finding in result.findings.of_code("F202")[:_VERSIONS_SHOWN]:
            _note_superseded(finding)
        if ending is None or tally["hard"]:
            console.note("run.findings", hard=tally["hard"], soft=tally["soft"], notes=tally["note"])
        for file, trace in result.collection.faults[: None if console.verbose else _FAULTS_SHOWN]:
            console.problem(phrase("run.internal", console.language, file=file, detail=_fault_line(trace)))
            if console.verbose:
                console.problem(trace)
        if ending is not None:
            console.note(ending, **facts)
        if result.collection.faults:
            return INTERNAL
        return HARD_FINDINGS if tally["hard"] else 0

    def write(self, target: Path, writer: Callable[[BinaryIO], object]) -> None:
        """Write a result to a file; see `write`."""
        write(target, writer)

    def deliver(self, text: str, target: Path | None, *, bom: bool = False) -> None:
        """Write a text result to a file or to stdout; see `deliver`."""
        deliver(text, target, bom=bom)

    def write_workbook(self, target: Path, table: PresentationTable) -> None:
        """Write a table as a workbook, marked as the tool's own."""
        from antq_stats.render.writing.workbook import to_xlsx

        name = self.result.period.name
        self.write(target, lambda file: to_xlsx([(name, table)], file, console.language, WORKBOOK))

    def deliver_tables(self, tables: Sequence[PresentationTable], chosen: str, target: Path | None) -> None:
        """Write presentation tables; see `deliver_tables`."""
        deliver_tables(tables, chosen, target)


def write(target: Path, writer: Callable[[BinaryIO], object]) -> None:
    """Write a result to a file, by a temporary file beside it.

    Parameters
    ----------
    target : file to write.
    writer : takes the open file and writes the result into it.
    """
    output.write_beside(target, writer)
    console.note("run.written", name=target.name)


def deliver(text: str, target: Path | None, *, bom: bool = False) -> None:
    """Write a text result to a file or to stdout.

    Parameters
    ----------
    text : the result.
    target : file to write; None for stdout.
    bom : whether a file begins with a byte order mark, as a CSV for Excel does.
    """
    if target is None:
        console.result(text)
        return
    from antq_stats.render.writing.delimited import encode

    content = encode(text, bom=bom)
    write(target, lambda handle: handle.write(content))


def deliver_tables(tables: Sequence[PresentationTable], chosen: str, target: Path | None) -> None:
    """Write presentation tables: to the screen, or to a file in the chosen format.

    Parameters
    ----------
    tables : the tables, in order.
    chosen : ``table``, ``md`` or ``xlsx``; a workbook needs a file.
    target : file to write; None for stdout.
    """
    if chosen == "xlsx":
        from antq_stats.render.writing.workbook import to_xlsx

        assert target is not None  # noqa: S101 - checked by the command
        named = [(table.title, table) for table in tables]
        write(target, lambda file: to_xlsx(named, file, console.language, WORKBOOK))
    elif chosen == "md":
        from antq_stats.render.writing.delimited import to_markdown

        deliver("\n".join(to_markdown(table, console.language) for table in tables), target)
    elif target is None:
        console.result("\n".join(map(show_table, tables)))
    else:
        from antq_stats.render.writing.terminal import render_table

        texts = (render_table(table, console.language, width=None) for table in tables)
        deliver("\n".join(texts), target)


def _note_superseded(finding: Finding) -> None:
    """Report which version was used instead of a file, and what changed in it if that is known."""
    facts = {"file": finding.file or "", "other": finding.facts.get("other", "")}
    if "problem" in finding.facts:
        console.note("run.superseded-unchanged", **facts)
    elif "found" in finding.facts:
        names = {"count": "cells", "given": "cured", "found": "unasked"}
        counts = {word: int(finding.facts[name]) for name, word in names.items()}
        console.note("run.superseded-changed", **facts, **counts)
    else:
        console.note("run.superseded", **facts)


def _fault_line(trace: str) -> str:
    """Return the error type and the place in the program from a traceback: the parts without data."""
    lines = [line.strip() for line in trace.strip().splitlines()]
    place = next((line for line in reversed(lines) if line.startswith("File ")), "")
    module = place.rpartition("antq_stats")[2].partition('"')[0]
    line = place.partition("line ")[2].partition(",")[0]
    return f"{lines[-1].partition(':')[0]} · {module}:{line}"


def run_session(
    options: FolderOptions,
    *modules: str,
    with_: Sequence[Path | RemoteFolder] | None = None,
    may_be_empty: bool = False,
    keeps_returns: bool = False,
) -> Session:
    """Open a folder, read all its returns and run every check.

    Parameters
    ----------
    options : the folder and the options for reading it.
    modules : names of modules that the command needs later; they are imported while the files are read.
    with_ : folders of earlier periods to compare with; their own findings are not reported.
    may_be_empty : whether the folder may hold no returns, as on the first day.
    keeps_returns : whether what was read is kept, to be combined with other decisions.

    Raises
    ------
    SetupError
        A folder, its form or its register cannot be used.
    UsageProblem
        A period is given twice.
    """
    opened = open_folder(options)
    opened.may_be_empty, opened.keeps_returns = may_be_empty, keeps_returns
    result = read_period(opened, *modules)
    if with_:
        periods = [opened.earlier(folder) for folder in with_]
        _check_periods([opened, *periods])
        result = result.beside(*(read_period(period, *modules) for period in periods))
        _note_breaks(result)
        _note_unlike(result)
    return Session(result)


def read_several(
    options: FolderOptions, others: Sequence[Path | RemoteFolder], *modules: str
) -> list[Result]:
    """Read a folder and those of other periods, each by itself; what was read is kept.

    Parameters
    ----------
    options : the folder and the options for reading it.
    others : folders of other periods.
    modules : names of modules that the command needs later.

    Returns
    -------
    list of Result
        The folder first, then the others in the order of their days.

    Raises
    ------
    SetupError
        A folder, its form or its register cannot be used.
    UsageProblem
        A period is given twice.
    """
    opened = open_folder(options)
    periods = [opened, *(opened.earlier(folder) for folder in others)]
    _check_periods(periods)
    for period in periods:
        period.keeps_returns = True
    from antq_stats.series.boundaries import order_of

    return [read_period(each, *modules) for each in (opened, *sorted(periods[1:], key=order_of))]


def _note_breaks(result: Result) -> None:
    """Tell how many measures are not compared, because their definition changed between the periods."""
    from antq_stats.render.certainty import breaks_told
    from antq_stats.words.language import Wording

    columns = [column for column in result.form.columns if result.aggregate.has_values(column)]
    for line in breaks_told(map(result.compare, result.earlier), columns, Wording(console.language)):
        console.remark(line)


def _note_unlike(result: Result) -> None:
    """Tell of each period of which no figure can be compared, and of those that have hard findings."""
    from antq_stats.series.comparing import nothing_common

    for other in result.earlier:
        placement = result.boundaries.placement(other.period)
        lacking = nothing_common(result.aggregate, other.aggregate, placement)
        if lacking:
            console.note(f"run.unlike-{lacking}", other=other.period.name, period=result.period.name)
        if lacking != "figures" and (count := other.tally["hard"]):
            console.note("run.unlike-faults", other=other.period.name, count=count)


def _check_periods(periods: Sequence[Intake]) -> None:
    """Refuse a period given twice, and tell of those that are later than the first."""
    from antq_stats.series.boundaries import order_of

    names = [period.name for period in periods]
    for name in names:
        if names.count(name) > 1:
            raise UsageProblem("usage.period-twice", period=name)
    for period in periods[1:]:
        if order_of(period) > order_of(periods[0]):
            console.note("run.later-period", other=period.name, period=names[0])


def open_folder(options: FolderOptions) -> Intake:
    """Open the folder that the command line names.

    Raises
    ------
    SetupError
        The folder, the form or the register cannot be used.
    """
    if (begun := taken(options)) is not None:
        return begun
    # form and register are read while the workers start
    from antq_stats.collection.intake import Intake, period_folder

    folder = options.folder
    if options.only and isinstance(folder, Path):
        folder = period_folder(folder)
    opened = Intake.open(
        folder, form=options.form, units=options.units, period=options.period, limits=options.limits,
        jobs=options.jobs, scheduler=options.scheduler,
    )  # fmt: skip
    opened.only = options.only
    return opened


def read_period(opened: Intake, *modules: str) -> Result:
    """Read an opened period, with a progress bar on a terminal.

    Parameters
    ----------
    opened : the period.
    modules : names of modules that the command needs later; they are imported while the files are read.
    """
    note_period(opened)
    opened.begin()
    if console.verbose:
        console.note(
            "run.setup",
            form=opened.form.id,
            version=opened.form.version,
            form_file=opened.form_file.name if opened.form_file else phrase("run.built-in", console.language),
            units_file=opened.units_file.name,
            units=len(opened.register),
            period=opened.name,
            files=len(opened.discovered.sources),
        )
    _prepare(opened, modules)
    with _progress(len(opened.discovered.sources)) as on_return:
        from antq_stats.run import read

        return read(opened, console.language, on_return)


def note_period(opened: Intake) -> None:
    """Report how the period got its name and its edition of the form, where that is not as plain as day."""
    from antq_stats.form import EDITIONS

    if opened.taken_from is not None:
        console.note("run.period-taken", period=opened.name, name=opened.taken_from)
    version, year, serves = opened.form.version, opened.year, opened.form.about.serves
    if year is None and opened.form_file is None:
        console.note("run.edition-assumed", period=opened.name, version=version, newest=EDITIONS[-1])
    if year is not None and serves is not None and year not in serves:
        console.note("run.edition-of-other-years", version=version, year=str(year))


def _prepare(opened: Intake, modules: Iterable[str]) -> None:
    """Import modules and fill caches for the later steps while the workers read."""
    from antq_stats import edits, plausibility
    from antq_stats.findings import catalogue

    for module in ("antq_stats.run", *modules):
        import_module(module)
    edits.load()
    plausibility.load()
    if len(opened.discovered.sources) >= _MANY:
        catalogue.entries()  # if there are few files, it is read only for a finding
    _ = opened.register.tree_order, opened.discovered.versions
    gc.freeze()  # these objects live until the end
    gc.set_threshold(50_000)  # what is read from now on lives as long, and holds no cycles
    gc.enable()


@contextmanager
def _progress(files: int) -> Iterator[Callable[[Return], None] | None]:
    """Show a progress bar on stderr while files are read, if stderr is a terminal."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    if console.quiet or files < 20 or not is_terminal or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console as Rich
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Rich(stderr=True), transient=True) as bar:
        task = bar.add_task(phrase("run.reading", console.language), total=files)
        total = files

        def advance(return_: Return) -> None:
            nonlocal total
            total += len(return_.enclosed)
            bar.update(task, total=total, advance=1)

        yield advance


def show_table(table: PresentationTable) -> str:
    """Return a presentation table as text for stdout, a terminal or not."""
    from antq_stats.render.writing import terminal

    return terminal.render_table(
        table,
        console.language,
        width=terminal.terminal_width(sys.stdout, os.environ),
        colour=terminal.colour_wanted(sys.stdout, os.environ),
        signs=terminal.signs_for(sys.stdout),
    )

"""One run of a command over a folder: read it with a progress bar, deliver results, and say how it ended."""

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

from antq_stats.cli.console import HARD_FINDINGS, INTERNAL, console
from antq_stats.output_marks import CATEGORY
from antq_stats.render.writing import output, terminal
from antq_stats.words.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antq_stats.cli.options import Asked
    from antq_stats.collection.intake import Intake
    from antq_stats.reading.files.remote import RemoteFolder
    from antq_stats.reading.returns import Return
    from antq_stats.render.writing.table import PresentationTable
    from antq_stats.run import Result

_FAULTS_TOLD = 3
_VERSIONS_TOLD = 10

OWN = {"category": CATEGORY}
"""What marks a workbook as the tool's own output, so that it is not taken for a return."""


@dataclass
class Session:
    """The result of a command's run, and how it is delivered."""

    result: Result

    def status(self, ending: str | None = None, **facts: object) -> int:
        """Say how the run ended, and return its exit status.

        Parameters
        ----------
        ending, facts : a phrase to end with where the run is not about the returns, of which hard findings
            are still told.
        """
        result, tally = self.result, self.result.tally
        for finding in result.findings.of_code("F202")[:_VERSIONS_TOLD]:
            console.note("run.superseded", file=finding.file or "", other=finding.facts.get("other", ""))
        if ending is None or tally["hard"]:
            console.note("run.findings", hard=tally["hard"], soft=tally["soft"], notes=tally["note"])
        for file, trace in result.collection.faults[: None if console.verbose else _FAULTS_TOLD]:
            console.problem(phrase("run.internal", console.language, file=file, detail=_fault_line(trace)))
            if console.verbose:
                console.problem(trace)
        if ending is not None:
            console.note(ending, **facts)
        if result.collection.faults:
            return INTERNAL
        return HARD_FINDINGS if tally["hard"] else 0

    def write(self, target: Path, writer: Callable[[BinaryIO], object]) -> None:
        """Write a result beside its target and rename it."""
        output.write_beside(target, writer)
        console.note("run.written", name=target.name)

    def deliver(self, text: str, target: Path | None, *, bom: bool = False) -> None:
        """Give a text result to the target, or to stdout.

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
        self.write(target, lambda handle: handle.write(content))

    def write_workbook(self, target: Path, table: PresentationTable) -> None:
        """Write a table as a workbook, marked as the tool's own."""
        from antq_stats.render.writing.workbook import to_xlsx

        name = self.result.period.name
        self.write(target, lambda file: to_xlsx([(name, table)], file, console.language, OWN))


def _fault_line(trace: str) -> str:
    """Return of a trace what may be reported: the kind of error and where in the program, no data."""
    lines = [line.strip() for line in trace.strip().splitlines()]
    place = next((line for line in reversed(lines) if line.startswith("File ")), "")
    module = place.rpartition("antq_stats")[2].partition('"')[0]
    line = place.partition("line ")[2].partition(",")[0]
    return f"{lines[-1].partition(':')[0]} · {module}:{line}"


def run_session(asked: Asked, *modules: str, with_: Path | RemoteFolder | None = None) -> Session:
    """Open a folder, read all its returns, run every check.

    Parameters
    ----------
    asked : what the user asked for.
    modules : what the command needs afterwards, imported while the files are read.
    with_ : folder of an earlier period to compare with; what is wrong there is not reported again.

    Raises
    ------
    SetupError
        A folder, its form or its register cannot be used.
    """
    opened = open_asked(asked)
    result = read_opened(opened, *modules)
    if with_ is not None:
        result = result.beside(read_opened(opened.earlier(with_), *modules))
    return Session(result)


def open_asked(asked: Asked) -> Intake:
    """Open the folder that the user named.

    Raises
    ------
    SetupError
        The folder, the form or the register cannot be used.
    """
    from antq_stats.collection.intake import Intake  # form and register are read while the workers start

    return Intake.open(
        asked.folder, form=asked.form, units=asked.units, period=asked.period, limits=asked.limits,
        jobs=asked.jobs, scheduler=asked.scheduler,
    )  # fmt: skip


def read_opened(opened: Intake, *modules: str) -> Result:
    """Read an opened period, with a progress bar on a terminal.

    Parameters
    ----------
    opened : the period.
    modules : what the command needs afterwards, imported while the files are read.
    """
    tell_period(opened)
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


def tell_period(opened: Intake) -> None:
    """Say which period was taken where the folder's name says more than that."""
    if opened.taken_from is not None:
        console.note("run.period-taken", period=opened.name, name=opened.taken_from)


def _prepare(opened: Intake, modules: Iterable[str]) -> None:
    """Make what comes after reading ready while the workers read."""
    from antq_stats import edits
    from antq_stats.findings import catalogue
    from antq_stats.words.language import number

    for module in ("antq_stats.run", *modules):
        import_module(module)
    edits.load()
    catalogue.entries()
    number(1000, console.language)
    _ = opened.register.tree_order, opened.discovered.versions
    gc.freeze()  # all this stays
    gc.enable()


@contextmanager
def _progress(files: int) -> Iterator[Callable[[Return], None] | None]:
    """Show a bar on stderr while files are read, on a terminal only."""
    is_seen = sys.stderr is not None and sys.stderr.isatty()
    if console.quiet or files < 20 or not is_seen or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console as Rich
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Rich(stderr=True), transient=True) as bar:
        task = bar.add_task(phrase("run.reading", console.language), total=files)
        total = files

        def heard(given: Return) -> None:
            nonlocal total
            total += len(given.enclosed)
            bar.update(task, total=total, advance=1)

        yield heard


def show_table(table: PresentationTable) -> str:
    """Return a presentation table laid out for the terminal, or for a pipe."""
    return terminal.render_table(
        table,
        console.language,
        width=terminal.terminal_width(sys.stdout, os.environ),
        colour=terminal.colour_wanted(sys.stdout, os.environ),
        signs=terminal.signs_for(sys.stdout),
    )

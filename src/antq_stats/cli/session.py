"""One run over a folder: open it, read it with a progress bar, run the checks, and say how it ended."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from antq_stats.cli.console import HARD_FINDINGS, INTERNAL, console
from antq_stats.render.writing import output, terminal
from antq_stats.words.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antq_stats.cli.options import Asked
    from antq_stats.collection.collection import Collection
    from antq_stats.collection.intake import Period
    from antq_stats.figures.aggregation import Aggregate
    from antq_stats.figures.comparison import Prior
    from antq_stats.findings.columns import Findings
    from antq_stats.findings.finding import Finding
    from antq_stats.reading.files.remote import RemoteFolder
    from antq_stats.reading.returns import Return
    from antq_stats.render.words import Names
    from antq_stats.render.writing.table import PresentationTable

_FAULTS_TOLD = 3
_VERSIONS_TOLD = 10

OWN = {"category": "antq-stats"}
"""What marks a workbook as the tool's own output, so that it is not taken for a return."""


@dataclass
class Session:
    """A period read and checked."""

    period: Period
    collection: Collection
    findings: Findings
    tally: dict[str, int] = field(default_factory=dict)

    @cached_property
    def names(self) -> Names:
        """What codes are called, in the run's language."""
        from antq_stats.render.words import names_of

        return names_of(self.period.form, self.period.register, console.language)

    @cached_property
    def aggregate(self) -> Aggregate:
        """The figures added up."""
        from antq_stats.figures.aggregation import aggregate

        return aggregate(self.collection, self.findings)

    def status(self, ending: str | None = None, **facts: object) -> int:
        """Say how the run ended, and return its exit status.

        Parameters
        ----------
        ending, facts : a phrase to end with where the run is not about the returns, of which hard findings
            are still told.
        """
        tally = {key: self.tally.get(key, 0) for key in ("hard", "soft", "note")}
        for finding in self.findings.of_code("F202")[:_VERSIONS_TOLD]:
            console.note("run.superseded", file=finding.file or "", other=finding.facts.get("other", ""))
        if ending is None or tally["hard"]:
            console.note("run.findings", hard=tally["hard"], soft=tally["soft"], notes=tally["note"])
        for file, trace in self.collection.faults[: None if console.verbose else _FAULTS_TOLD]:
            console.problem(phrase("run.internal", console.language, file=file, detail=_fault_line(trace)))
            if console.verbose:
                console.problem(trace)
        if ending is not None:
            console.note(ending, **facts)
        if self.collection.faults:
            return INTERNAL
        return HARD_FINDINGS if tally["hard"] else 0

    def compare(self, earlier: Aggregate) -> Prior:
        """Set an earlier period beside this one: add what changed too much, and return its figures."""
        from antq_stats.figures.comparison import changes, prior

        before = prior(self.period.form, self.period.register, earlier)
        self.add(changes(self.collection, before))
        return before

    def add(self, findings: Iterable[Finding]) -> None:
        """Put further findings beside those of the run, in their files' places."""
        from antq_stats.findings.columns import Findings, counts

        self.findings = Findings([self.findings, findings])
        self.tally = dict(counts(self.findings))

    def write(self, target: Path, writer: Callable[[BinaryIO], object]) -> None:
        """Write a result beside its target and rename it."""
        output.write_beside(target, writer)
        console.note("run.written", name=target.name)

    def deliver(self, text: str, target: Path | None, *, bom: bool = False) -> None:
        """Give a text result to the target, or to stdout."""
        if target is None:
            console.result(text)
        else:
            content = encoded(text, bom=bom)
            self.write(target, lambda handle: handle.write(content))

    def write_workbook(self, target: Path, table: PresentationTable) -> None:
        """Write a table as a workbook, marked as the tool's own."""
        from antq_stats.render.writing.workbook import to_xlsx

        self.write(target, lambda file: to_xlsx([(self.period.name, table)], file, console.language, OWN))


def _fault_line(trace: str) -> str:
    """Return of a trace what may be reported: the kind of error and where in the program, no data."""
    lines = [line.strip() for line in trace.strip().splitlines()]
    place = next((line for line in reversed(lines) if line.startswith("File ")), "")
    module = place.rpartition("antq_stats")[2].partition('"')[0]
    line = place.partition("line ")[2].partition(",")[0]
    return f"{lines[-1].partition(':')[0]} · {module}:{line}"


def encoded(text: str, *, bom: bool) -> bytes:
    """Return a text for a file; a CSV for Excel begins with a byte order mark."""
    from antq_stats.render.writing.delimited import encode

    return encode(text, bom=bom)


def run_session(asked: Asked, *modules: str) -> Session:
    """Open a folder, read all its returns, run every check.

    Parameters
    ----------
    asked : what the user asked for.
    modules : what the command needs afterwards, imported while the files are read.

    Raises
    ------
    SetupError
        The folder, the form or the register cannot be used.
    """
    from antq_stats.collection.intake import open_period  # form and register are read while the workers start

    opened = open_period(
        asked.folder, form=asked.form, units=asked.units, period=asked.period, limits=asked.limits
    )
    tell_period(opened)
    opened.begin(asked.jobs, asked.scheduler)
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
    with _progress(len(opened.discovered.sources)) as heard:
        collection = opened.collect(heard)
    from antq_stats.edits import edit
    from antq_stats.findings.columns import counts

    findings = edit(collection)
    output.INPUTS.add(_inputs(opened, collection))
    return Session(opened, collection, findings, dict(counts(findings)))


def _inputs(period: Period, collection: Collection) -> Iterator[Path]:
    """Yield the files of this machine that a run reads: returns, form and register.

    What an earlier run has written into the folder is no input: it may be written again.
    """
    passed = {given.file for given in collection.files if given.passed_over}
    for source in period.discovered.sources:
        if source.file not in passed and isinstance(source.path, str):
            yield Path(source.path)
    yield from (path for path in (period.form_file, period.units_file) if path is not None)


def tell_period(opened: Period) -> None:
    """Say which period was taken where the folder's name says more than that."""
    if opened.taken_from is not None:
        console.note("run.period-taken", period=opened.name, name=opened.taken_from)


def earlier_session(asked: Asked, folder: Path | RemoteFolder) -> Session:
    """Read an earlier period's folder, by its own form and register; what is wrong there is not told again.

    Raises
    ------
    SetupError
        The folder, its form or its register cannot be used.
    """
    from antq_stats.collection.intake import nearest

    units = None if nearest(folder, "units.csv") else asked.units or nearest(asked.folder, "units.csv")
    return run_session(replace(asked, folder=folder, form=None, units=units, period=None))


def _prepare(opened: Period, modules: Iterable[str]) -> None:
    """Make what comes after reading ready while the workers read."""
    from antq_stats import edits
    from antq_stats.findings import catalogue
    from antq_stats.words.language import number

    for module in ("antq_stats.figures.aggregation", *modules):
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


def show_table(table: object) -> str:
    """Return a presentation table laid out for the terminal, or for a pipe."""
    return terminal.render_table(
        table,  # type: ignore[arg-type]
        console.language,
        width=terminal.terminal_width(sys.stdout, os.environ),
        colour=terminal.colour_wanted(sys.stdout, os.environ),
        signs=terminal.signs_for(sys.stdout),
    )

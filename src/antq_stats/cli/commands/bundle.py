"""`antq-stats bundle` and `antq-stats verify`: a report with all it was made of, and the check of that."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from antq_stats.cli.console import HARD_FINDINGS, UsageProblem, console
from antq_stats.cli.options import (
    EarlierPeriods,
    FolderOptions,
    Jobs,
    Lang,
    Limit,
    Output,
    Quiet,
    Verbose,
    format_of,
    format_option,
    limits_of,
    reads_folder,
    require_suffix,
    set_console,
)
from antq_stats.cli.wording import help_text
from antq_stats.words.language import phrase
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antq_stats.bundle.making import Bundle, NotBundledError
    from antq_stats.findings.finding import Finding
    from antq_stats.reading.files.remote import RemoteFolder
    from antq_stats.run import Result

_FORMATS = ("text", "json")
_SUFFIX = ".zip"

Reports = Annotated[
    list[Path] | None, typer.Option("--report", metavar="FILE", help=help_text("option.report"))
]
Template = Annotated[
    Path | None, typer.Option("--template", metavar="FILE", help=help_text("option.bundle-template"))
]
BundleFile = Annotated[
    Path, typer.Argument(metavar="FILE", help=help_text("argument.bundle"), show_default=False)
]


@reads_folder
def bundle(
    options: FolderOptions,
    output: Output = None,
    report: Reports = None,
    earlier: EarlierPeriods = None,
    template: Template = None,
) -> int:
    """Write a bundle, verified, and return the exit status."""
    if output is None:
        raise UsageProblem("usage.bundle-needs-output")
    require_suffix(output, [_SUFFIX])
    _refuse_remote((options.folder, *(earlier or ())))
    for path in (*(report or ()), *([template] if template else ())):
        if not path.is_file():
            raise UsageProblem("usage.no-file", found=one_line(str(path), 200))
    from antq_stats.cli.session import Session, read_several

    runs = read_several(options, earlier or (), "antq_stats.bundle.making", "antq_stats.render.report")
    from antq_stats.bundle.layout import Named
    from antq_stats.bundle.making import NotBundledError, make_bundle
    from antq_stats.render.writing.output import INPUTS, write_beside

    named = Named(options.form, options.units, options.period, template)
    INPUTS.add([*(report or ()), *([template] if template else ())])
    made: list[Bundle] = []

    def writer(stream: BinaryIO) -> None:
        made.append(make_bundle(runs, report or (), named, stream, output.name))

    try:
        write_beside(output, writer)
    except NotBundledError as error:
        _refuse(error, runs[0])
        return HARD_FINDINGS
    _tell(made[-1], runs, output, len(report or ()))
    return Session(runs[0]).status()


def _refuse_remote(folders: Sequence[Path | RemoteFolder]) -> None:
    if not all(isinstance(folder, Path) for folder in folders):
        raise UsageProblem("usage.bundle-local")


def _tell(made: Bundle, runs: Sequence[Result], output: Path, reports: int) -> None:
    """Tell what was written, what was left out, and whether the bundle is for internal use."""
    console.note("bundle.written", name=output.name, count=made.files, reports=reports)
    console.note("bundle.manifest", digest=made.manifest_sha256)
    if made.left_out:
        _show(made.left_out, runs[0])
    if any(run.form.protected for run in runs):
        console.note("bundle.internal")


def _refuse(error: NotBundledError, result: Result) -> None:
    """Report why no bundle was written."""
    _show(error.findings, result)
    console.problem(phrase("bundle.refused", console.language, count=len(error.findings)))


def _show(findings: Sequence[Finding], result: Result) -> None:
    from antq_stats.bundle.account import finding_lines
    from antq_stats.render.writing import terminal
    from antq_stats.render.writing.table import UNICODE

    width = terminal.terminal_width(sys.stdout, os.environ)
    plain = terminal.signs_for(sys.stdout) is not UNICODE
    colour = terminal.colour_wanted(sys.stdout, os.environ)
    lines = finding_lines(findings, console.language, result.names, width, ascii_only=plain)
    console.result(terminal.paint(lines, colour=colour))


def verify(
    file: BundleFile,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
    jobs: Jobs = None,
    limit: Limit = None,
    lang: Lang = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Verify a bundle, and return the exit status."""
    set_console(lang, quiet=quiet, verbose=verbose)
    chosen = format_of(format_, output, _FORMATS, {".json": "json"})
    if jobs is not None and jobs < 1:
        raise UsageProblem("usage.bad-jobs")
    if file.is_dir():
        raise UsageProblem("usage.verify-folder", found=one_line(str(file), 200))
    if not file.is_file():
        raise UsageProblem("usage.no-file", found=one_line(str(file), 200))
    from antq_stats.bundle.account import lines_of, record_of
    from antq_stats.bundle.checking import verify as verified
    from antq_stats.cli.session import deliver
    from antq_stats.render.writing import terminal
    from antq_stats.render.writing.output import INPUTS, as_output_error
    from antq_stats.render.writing.table import UNICODE

    INPUTS.add([file])
    with as_output_error(file), file.open("rb") as stream:
        found = verified(stream, file.name, limits=limits_of(limit), jobs=jobs, language=console.language)
    if chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        deliver(to_json(record_of(found, file.name, console.language)), output)
    else:
        width = None if output is not None else terminal.terminal_width(sys.stdout, os.environ)
        colour = output is None and terminal.colour_wanted(sys.stdout, os.environ)
        ascii_only = output is None and terminal.signs_for(sys.stdout) is not UNICODE
        lines = lines_of(found, console.language, width, ascii_only=ascii_only)
        deliver(terminal.paint(lines, colour=colour), output)
    if found.agrees:
        console.note("bundle.agrees")
        return 0
    console.note("bundle.disagrees", count=len(found.obstacles))
    return HARD_FINDINGS

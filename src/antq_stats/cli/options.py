"""Options that several commands have, and the options of all commands that read a folder."""

from __future__ import annotations

import functools
import inspect
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.wording import help_text
from antq_stats.plan import Limits
from antq_stats.reading.files.remote import RemoteFolder, folder_at
from antq_stats.words.text import as_typed, one_line

# Typer does not support unions; for a URL the parser returns a RemoteFolder.
Folder = Annotated[
    Path,
    typer.Argument(parser=folder_at, metavar="DIR", help=help_text("argument.folder"), show_default=False),
]
FolderOrFiles = Annotated[
    list[Path],
    typer.Argument(
        parser=folder_at,
        metavar="DIR|FILE",
        help=help_text("argument.folder-or-files"),
        show_default=False,
    ),
]
FormFile = Annotated[Path | None, typer.Option("--form", metavar="FILE", help=help_text("option.form"))]
UnitsFile = Annotated[Path | None, typer.Option("--units", metavar="FILE", help=help_text("option.units"))]
PeriodName = Annotated[str | None, typer.Option("--period", metavar="TEXT", help=help_text("option.period"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="vi|en", help=help_text("option.lang"))]
Jobs = Annotated[int | None, typer.Option("--jobs", metavar="N", help=help_text("option.jobs"))]
Limit = Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N", help=help_text("option.limit"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=help_text("option.quiet"))]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help=help_text("option.verbose"))]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("option.output"))
]
Under = Annotated[str | None, typer.Option("--under", metavar="UNIT", help=help_text("option.under"))]
EarlierPeriods = Annotated[
    list[Path] | None,
    typer.Option("--with", parser=folder_at, metavar="DIR", help=help_text("option.with")),
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="tcp://HOST:PORT", help=help_text("option.scheduler"))
]

Signed = Annotated[str | None, typer.Option("--date", metavar="DATE", help=help_text("option.date"))]
OutFolder = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="OUT", help=help_text("option.out-folder"))
]

_SCHEDULER = re.compile(r"(?:tcp|tls)://[^\s/@]+:[0-9]{1,5}/?")

_LIMITS = {
    "seconds": "seconds",
    "memory": "memory_mib",
    "file": "file_mib",
    "expanded": "expanded_mib",
    "cells": "cells",
}


_OTHERS = frozenset({
    ".csv", ".docx", ".htm", ".html", ".json", ".md", ".ods", ".odt", ".pdf", ".rtf",
    ".tsv", ".xls", ".xlsb", ".xlsm", ".xlsx", ".xml", ".zip",
})  # fmt: skip
"""Suffixes of formats other than plain text; programs could not open a text under such a name."""


def set_console(lang: str | None, *, quiet: bool = False, verbose: bool = False) -> None:
    """Apply the options of language and verbosity to the console.

    Raises
    ------
    UsageProblem
        There is no such language.
    """
    if lang is not None and lang not in ("vi", "en"):
        raise UsageProblem("language.unknown", found=lang)
    console.quiet = quiet
    console.verbose = verbose


@dataclass(frozen=True, slots=True)
class FolderOptions:
    """The options of every command that reads a period's folder; see `open_period`."""

    folder: Path | RemoteFolder
    form: Path | None
    units: Path | None
    period: str | None
    jobs: int | None
    scheduler: str | None
    limits: Limits
    only: tuple[Path, ...] = ()
    """Files that alone are read, which lie in the folder or below it; empty for all of the folder."""


def _folder_options(
    folder: Folder,
    form: FormFile = None,
    units: UnitsFile = None,
    period: PeriodName = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    limit: Limit = None,
    lang: Lang = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> FolderOptions:
    set_console(lang, quiet=quiet, verbose=verbose)
    if jobs is not None and jobs < 1:
        raise UsageProblem("usage.bad-jobs")
    if scheduler is not None:
        if not _SCHEDULER.fullmatch(scheduler):
            raise UsageProblem("usage.bad-scheduler", found=one_line(scheduler))
        if jobs is not None:
            raise UsageProblem("usage.jobs-and-scheduler")
    return FolderOptions(folder, form, units, period, jobs, scheduler, limits_of(limit))


def reads_files(command: Callable[..., int]) -> Callable[..., int]:
    """Decorate a command that reads a folder or some files of one; else as `reads_folder`."""
    return reads_folder(command, or_files=True)


def reads_folder(command: Callable[..., int], *, or_files: bool = False) -> Callable[..., int]:
    """Decorate a command that reads a folder: add the shared options, passed as its first argument.

    The order on the command line is: the command's own arguments, the folder, its own options, the shared
    options.

    Parameters
    ----------
    command : the command.
    or_files : whether files may be given instead of a folder.
    """
    shared = inspect.signature(_folder_options, eval_str=True).parameters
    specific = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    required = [parameter for parameter in specific if parameter.default is parameter.empty]
    optional = [parameter for parameter in specific if parameter not in required]
    folder, *others = shared.values()
    if or_files:
        folder = folder.replace(annotation=FolderOrFiles)
    parameters = [*required, folder, *optional, *others]

    @functools.wraps(command)
    def run(**arguments: Any) -> int:  # noqa: ANN401 - values of any option
        given = {name: arguments.pop(name) for name in shared}
        only: tuple[Path, ...] = ()
        if or_files:
            given["folder"], only = _folder_and_files(given["folder"])
        return command(replace(_folder_options(**given), only=only), **arguments)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    del run.__wrapped__
    return run


def _folder_and_files(
    places: Sequence[Path | RemoteFolder],
) -> tuple[Path | RemoteFolder, tuple[Path, ...]]:
    """Return the folder that the command line names, or the folder of the files that it names, and these.

    Raises
    ------
    UsageProblem
        There are several folders, or a file does not exist.
    """
    if len(places) == 1 and not (isinstance(places[0], Path) and places[0].is_file()):
        return places[0], ()
    files = tuple(place for place in places if isinstance(place, Path) and not place.is_dir())
    if len(files) < len(places):
        raise UsageProblem("usage.one-folder")
    for file in files:
        if not file.is_file():
            raise UsageProblem("usage.no-file", found=one_line(str(file), 200))
    return Path(os.path.commonpath([file.resolve().parent for file in files])), files


def format_option(*choices: str) -> Any:  # noqa: ANN401 - Typer's own class is not public
    """Return the option ``--format`` with its choices; the first is the default."""
    return typer.Option(
        "--format", metavar="|".join(choices), help=help_text("option.format", choices=", ".join(choices))
    )


def limits_of(settings: list[str] | None) -> Limits:
    """Return the default limits changed by settings, as in ``seconds=60``.

    Raises
    ------
    UsageProblem
        A setting names no limit, or its value is not a number from above 0 to 1e12.
    """
    limits = Limits()
    for text in settings or ():
        name, _, number = text.partition("=")
        field = _LIMITS.get(name.strip())
        try:
            value = float(number)
        except ValueError:
            value = 0.0
        if field is None or not 0 < value < 1e12:
            raise UsageProblem("usage.bad-limit", found=text, choices=", ".join(_LIMITS))
        if field == "seconds":
            limits = limits._replace(seconds=value)
        else:
            limits = limits._replace(**{field: max(1, int(value))})
    return limits


def require_suffix(output: Path, suffixes: Iterable[str]) -> str:
    """Return the suffix of an output in lower case.

    Parameters
    ----------
    output : the file to write.
    suffixes : the suffixes that it may have.

    Raises
    ------
    UsageProblem
        It has none of them.
    """
    suffix, choices = output.suffix.lower(), tuple(suffixes)
    if suffix in choices:
        return suffix
    example = as_typed(output.parent / ((output.stem or "report") + choices[0]))
    raise UsageProblem(
        "usage.name-suffix", found=one_line(str(output), 200), choices=", ".join(choices), example=example
    )


def format_of(
    wanted: str | None, output: Path | None, choices: tuple[str, ...], suffixes: dict[str, str]
) -> str:
    """Return the format of the output.

    Parameters
    ----------
    wanted : value of ``--format``; None to choose by the suffix of the output, else the first choice.
    output : the file to write; None for the screen.
    choices : formats of the command.
    suffixes : maps suffixes of files to formats.

    Raises
    ------
    UsageProblem
        The command has no such format, or the suffix is that of another format.
    """
    if wanted is None:
        suffix = output.suffix.lower() if output is not None else ""
        if suffix in _OTHERS and suffix not in suffixes:
            raise UsageProblem("usage.bad-suffix", found=one_line(suffix), choices=", ".join(choices))
        return suffixes.get(suffix, choices[0])
    if wanted not in choices:
        raise UsageProblem("usage.bad-format", found=wanted, choices=", ".join(choices))
    return wanted

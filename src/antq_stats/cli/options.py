"""Options that commands share, each defined once, and the options of every command that reads a folder."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.wording import words
from antq_stats.plan import Limits
from antq_stats.reading.files.remote import RemoteFolder, folder_at
from antq_stats.words.text import one_line

# Typer knows no unions: behind a URL the parser gives a RemoteFolder.
Folder = Annotated[
    Path,
    typer.Argument(parser=folder_at, metavar="DIR", help=words("argument.folder"), show_default=False),
]
FormFile = Annotated[Path | None, typer.Option("--form", metavar="FILE", help=words("option.form"))]
UnitsFile = Annotated[Path | None, typer.Option("--units", metavar="FILE", help=words("option.units"))]
PeriodName = Annotated[str | None, typer.Option("--period", metavar="TEXT", help=words("option.period"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="vi|en", help=words("option.lang"))]
Jobs = Annotated[int | None, typer.Option("--jobs", metavar="N", help=words("option.jobs"))]
Limit = Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N", help=words("option.limit"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=words("option.quiet"))]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help=words("option.verbose"))]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help=words("option.output"))]
Under = Annotated[str | None, typer.Option("--under", metavar="UNIT", help=words("option.under"))]
Last = Annotated[
    Path | None,
    typer.Option("--with", parser=folder_at, metavar="DIR", help=words("option.with")),
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="tcp://HOST:PORT", help=words("option.scheduler"))
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
"""Suffixes that promise another format than text: a text under such a name would not open."""


def set_console(lang: str | None, *, quiet: bool = False, verbose: bool = False) -> None:
    """Take over what the command line says of language and loudness."""
    if lang is not None and lang not in ("vi", "en"):
        raise UsageProblem("language.unknown", found=lang)
    console.quiet = quiet
    console.verbose = verbose


@dataclass(frozen=True, slots=True)
class Asked:
    """What every command that reads a period's folder is asked."""

    folder: Path | RemoteFolder
    form: Path | None
    units: Path | None
    period: str | None
    jobs: int | None
    scheduler: str | None
    limits: Limits


def _asked(
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
) -> Asked:
    set_console(lang, quiet=quiet, verbose=verbose)
    if jobs is not None and jobs < 1:
        raise UsageProblem("usage.bad-jobs")
    if scheduler is not None:
        if not _SCHEDULER.fullmatch(scheduler):
            raise UsageProblem("usage.bad-scheduler", found=one_line(scheduler))
        if jobs is not None:
            raise UsageProblem("usage.jobs-and-scheduler")
    return Asked(folder, form, units, period, jobs, scheduler, limits_of(limit))


def reads_folder(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of all that read a folder; it gets them as its first argument, an `Asked`.

    On the command line stand its own arguments, the folder, its own options, then the shared ones.
    """
    shared = inspect.signature(_asked, eval_str=True).parameters
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    needed = [parameter for parameter in own if parameter.default is parameter.empty]
    folder, *others = shared.values()
    parameters = [*needed, folder, *(parameter for parameter in own if parameter not in needed), *others]

    @functools.wraps(command)
    def run(**given: Any) -> int:  # noqa: ANN401 - what the command line gave
        asked = _asked(**{name: given.pop(name) for name in shared})
        return command(asked, **given)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    del run.__wrapped__
    return run


def format_option(*choices: str) -> Any:  # noqa: ANN401 - Typer's own class is not public
    """Return the option ``--format`` with its choices, the default first."""
    return typer.Option(
        "--format", metavar="|".join(choices), help=words("option.format", choices=", ".join(choices))
    )


def limits_of(given: list[str] | None) -> Limits:
    """Return the limits with those the user set, as in ``seconds=60``."""
    limits = Limits()
    for text in given or ():
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


def format_of(
    wanted: str | None, output: Path | None, choices: tuple[str, ...], suffixes: dict[str, str]
) -> str:
    """Return the format: as asked, else by the suffix of the output, else the first."""
    if wanted is None:
        suffix = output.suffix.lower() if output is not None else ""
        if suffix in _OTHERS and suffix not in suffixes:
            raise UsageProblem("usage.bad-suffix", found=one_line(suffix), choices=", ".join(choices))
        return suffixes.get(suffix, choices[0])
    if wanted not in choices:
        raise UsageProblem("usage.bad-format", found=wanted, choices=", ".join(choices))
    return wanted

"""Options that commands share, each defined once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.wording import words
from antq_stats.plan import Limits
from antq_stats.text import one_line

Folder = Annotated[Path, typer.Argument(metavar="DIR", help=words("argument.folder"), show_default=False)]
FormFile = Annotated[Path | None, typer.Option("--form", metavar="FILE", help=words("option.form"))]
UnitsFile = Annotated[Path | None, typer.Option("--units", metavar="FILE", help=words("option.units"))]
PeriodName = Annotated[str | None, typer.Option("--period", metavar="TEXT", help=words("option.period"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="vi|en", help=words("option.lang"))]
Jobs = Annotated[int | None, typer.Option("--jobs", metavar="N", help=words("option.jobs"))]
Limit = Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N", help=words("option.limit"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=words("option.quiet"))]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help=words("option.verbose"))]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help=words("option.output"))]

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

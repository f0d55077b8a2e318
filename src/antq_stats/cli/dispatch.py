"""Running a command line, from its arguments to its exit status, in every way in which a run can end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from antq_stats.cli.ahead import begun, reads
from antq_stats.cli.console import INTERNAL, MISUSE, NOT_WRITTEN, UsageProblem, console
from antq_stats.cli.endings import INTERRUPTED, endings
from antq_stats.findings.setup_error import SetupError
from antq_stats.render.writing.output import OutputError, prepare
from antq_stats.words.language import Language, choose, phrase

_COMMAND = "antq-stats"


def _language_of(arguments: Sequence[str]) -> Language:
    """Return the language that the arguments, else the environment, set.

    An unknown language among the arguments is reported later, when they are parsed.
    """
    option = None
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            option = arguments[position + 1]
        elif argument.startswith("--lang="):
            option = argument.removeprefix("--lang=")
    try:
        return choose(option, os.environ)
    except ValueError as error:
        if option is None:
            console.problem(phrase("language.unknown", "vi", found=str(error)))
        return choose(None, {})


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status; never raises."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            prepare(stream)
    console.language = _language_of(arguments)
    try:
        return _dispatch(_with_command(list(arguments)))
    except SetupError as error:
        _report_setup_error(error)
        return MISUSE
    except UsageProblem as problem:
        _misused(phrase(problem.key, console.language, **problem.facts))
        return MISUSE
    except OutputError as error:
        console.problem(error.message(console.language))
        return NOT_WRITTEN
    except KeyboardInterrupt:
        console.problem(phrase("run.interrupted", console.language))
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - users never see a traceback
        if endings.is_received:  # a library turned the interrupt into another exception
            console.problem(phrase("run.interrupted", console.language))
            return INTERRUPTED
        _report_internal_error(error)
        return INTERNAL


def _misused(problem: str, command: str = _COMMAND) -> None:
    console.problem(phrase("usage.failed", console.language, problem=problem))
    console.problem(phrase("usage.help", console.language, command=command))


def _with_command(arguments: list[str]) -> list[str]:
    """Return the arguments with the command ``year-end`` where they name a folder in place of a command."""
    leading = _before_command(arguments)
    options, rest = arguments[:leading], arguments[leading:]
    if not rest or rest[0].startswith("-") or not Path(rest[0]).is_dir():
        return arguments
    from antq_stats.cli.app import COMMAND_NAMES

    return arguments if rest[0] in COMMAND_NAMES else ["year-end", *rest, *options]


def _before_command(arguments: Sequence[str]) -> int:
    """Return how many arguments stand before the command: those of ``--lang``."""
    first = arguments[0] if arguments else ""
    return 2 if first == "--lang" else int(first.startswith("--lang="))


def _dispatch(arguments: list[str]) -> int:
    if not reads(arguments):
        return _command(arguments)
    from antq_stats.reading.processes.workers import warmed_up

    with warmed_up(), begun(arguments):
        return _command(arguments)


def _command(arguments: list[str]) -> int:
    import typer

    from antq_stats.cli.app import application

    # The common base of the parser's errors; Typer does not export it.
    usage_error: type[Exception] = typer.BadParameter.__mro__[1]
    try:
        app = application(next(iter(arguments[_before_command(arguments) :]), None))
        status = app(arguments or ["--help"], prog_name=_COMMAND, standalone_mode=False)
    except typer.Exit as error:
        return error.exit_code
    except typer.Abort:
        console.problem(phrase("run.interrupted", console.language))
        return INTERRUPTED
    except usage_error as error:
        from antq_stats.cli.wording import misuse

        context = getattr(error, "ctx", None)
        _misused(misuse(error), context.command_path if context is not None else _COMMAND)
        return MISUSE
    if status == INTERRUPTED:  # the option parser has already caught it
        raise KeyboardInterrupt
    return status if isinstance(status, int) else 0


def _report_setup_error(error: SetupError) -> None:
    for line in error.lines(console.language):
        console.problem(line)


def _report_internal_error(error: BaseException) -> None:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    module = last.tb_frame.f_globals.get("__name__", "?") if last else "?"
    detail = f"{type(error).__name__} · {module}:{last.tb_lineno if last else 0}"
    console.problem(phrase("run.internal", console.language, file=_COMMAND, detail=detail))
    if console.verbose:
        import traceback

        console.problem("".join(traceback.format_tb(error.__traceback__)))

"""What is said where: results to stdout, everything else to stderr; and every way a run can end.

Exit status: 0 nothing wrong, 1 hard findings, 2 misuse or an unusable form, register or folder,
3 the output could not be written, 70 an internal error, 130 interrupted (143 by SIGTERM, 129 by SIGHUP).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from antq_stats.cli.endings import INTERRUPTED, endings
from antq_stats.findings.finding import SetupError
from antq_stats.render.writing.output import OutputError, emit, prepare
from antq_stats.words.language import Language, choose, phrase

HARD_FINDINGS, MISUSE, NOT_WRITTEN, INTERNAL = 1, 2, 3, 70

_COMMAND = "antq-stats"
_READERS = frozenset({"validate", "status", "aggregate", "report", "check-text"})


class UsageProblem(Exception):  # noqa: N818 - it is the user's problem to solve, not the program's error
    """The command was misused; carries a phrase and its facts."""

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(key)


@dataclass
class Console:
    """The run's language and how much it says on stderr."""

    language: Language = "vi"
    quiet: bool = False
    verbose: bool = False

    def result(self, text: str) -> None:
        """Write a result to stdout."""
        emit(text, sys.stdout)

    def note(self, key: str, **facts: object) -> None:
        """Say something on stderr, unless --quiet."""
        if not self.quiet:
            self.problem(phrase(key, self.language, **facts))

    def problem(self, text: str) -> None:
        """Write a line to stderr, --quiet or not; where stderr takes none, there is nobody to tell."""
        with suppress(OutputError):
            emit(text + "\n", sys.stderr)


console = Console()
"""The one console of the run; its language is set before the commands' help texts are made."""


def _language_of(arguments: Sequence[str]) -> Language:
    """Return the language that arguments or environment ask for; misuse is told when they are parsed."""
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
        return _dispatch(list(arguments))
    except SetupError as error:
        _tell_setup(error)
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
    except Exception as error:  # noqa: BLE001 - a user never meets a traceback
        if endings.is_heard:  # a library has made something else of the interrupt
            console.problem(phrase("run.interrupted", console.language))
            return INTERRUPTED
        _tell_internal(error)
        return INTERNAL


def _misused(problem: str, command: str = _COMMAND) -> None:
    console.problem(phrase("usage.failed", console.language, problem=problem))
    console.problem(phrase("usage.help", console.language, command=command))


def _dispatch(arguments: list[str]) -> int:
    if arguments and arguments[0] in _READERS and not {"-h", "--help"}.intersection(arguments):
        from antq_stats.reading.processes.workers import warm_up

        warm_up()  # what reads gets ready while the options are still being parsed
    import typer

    from antq_stats.cli.app import app

    # The common base of all that the parser finds wrong; Typer does not export it.
    usage_error: type[Exception] = typer.BadParameter.__mro__[1]
    try:
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
    if status == INTERRUPTED:  # the parser of options has caught it already
        raise KeyboardInterrupt
    return status if isinstance(status, int) else 0


def _tell_setup(error: SetupError) -> None:
    from antq_stats.findings import catalogue

    lang = console.language
    for finding in error.findings:
        where = " · ".join(part for part in (finding.file, finding.row and str(finding.row)) if part)
        label = f"{finding.code} {catalogue.severity_label(catalogue.severity(finding), lang)}"
        console.problem(f"{label}  {where}" if where else label)
        console.problem("    " + catalogue.message(finding, lang))
        console.problem("    " + phrase("findings.mend", lang, hint=catalogue.hint(finding, lang)))


def _tell_internal(error: BaseException) -> None:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    module = last.tb_frame.f_globals.get("__name__", "?") if last else "?"
    detail = f"{type(error).__name__} · {module}:{last.tb_lineno if last else 0}"
    console.problem(phrase("run.internal", console.language, file=_COMMAND, detail=detail))
    if console.verbose:
        import traceback

        console.problem("".join(traceback.format_tb(error.__traceback__)))

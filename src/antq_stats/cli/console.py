"""The console: results go to stdout, everything else to stderr.

Exit status: 0 nothing wrong, 1 hard findings, 2 misuse or an unusable form, register or folder,
3 the output could not be written, 70 an internal error, 130 interrupted (143 by SIGTERM, 129 by SIGHUP).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from antq_stats.findings.finding import Finding
from antq_stats.render.writing.output import OutputError, emit
from antq_stats.words.language import Language, phrase

HARD_FINDINGS, MISUSE, NOT_WRITTEN, INTERNAL = 1, 2, 3, 70


class UsageProblem(Exception):  # noqa: N818 - a problem for the user to solve, not an error of the program
    """The command line is wrong.

    Parameters
    ----------
    key : key of the phrase that says how.
    facts : values for the phrase's placeholders.
    """

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(key)


@dataclass
class Console:
    """The language of the run, and its two output streams."""

    language: Language = "vi"
    quiet: bool = False
    """Whether notes are suppressed."""
    verbose: bool = False
    """Whether more is shown: findings that are notes, the form and register used, tracebacks."""

    def result(self, text: str) -> None:
        """Write a result to stdout."""
        emit(text, sys.stdout)

    def note(self, key: str, **facts: object) -> None:
        """Write a phrase to stderr, unless ``--quiet`` is set."""
        self.remark(phrase(key, self.language, **facts))

    def remark(self, text: str) -> None:
        """Write a line to stderr, unless ``--quiet`` is set."""
        if not self.quiet:
            self.problem(text)

    def problem(self, text: str) -> None:
        """Write a line to stderr, even with ``--quiet``; if stderr cannot be written, do nothing."""
        with suppress(OutputError):
            emit(text + "\n", sys.stderr)


console = Console()
"""The console of this process. Its language is set before the help texts of the commands are created."""


def note_findings(findings: Sequence[Finding]) -> None:
    """Write the messages of findings to stderr, unless ``--quiet`` is set.

    Parameters
    ----------
    findings : notes on a file that was mended while it was read.
    """
    if findings:
        from antq_stats.findings import catalogue

        for finding in findings:
            console.remark(f"{finding.file}: {catalogue.message(finding, console.language)}")

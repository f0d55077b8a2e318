"""What is said where: results to stdout, everything else to stderr.

Exit status: 0 nothing wrong, 1 hard findings, 2 misuse or an unusable form, register or folder,
3 the output could not be written, 70 an internal error, 130 interrupted (143 by SIGTERM, 129 by SIGHUP).
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass

from antq_stats.render.writing.output import OutputError, emit
from antq_stats.words.language import Language, phrase

HARD_FINDINGS, MISUSE, NOT_WRITTEN, INTERNAL = 1, 2, 3, 70


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

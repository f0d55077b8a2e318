"""Reading that begins while the command line is still being parsed.

Where the arguments name one folder, and nothing that changes how it is read, it is opened at once. The parser
takes as long to load as form and register do, and workers read meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antq_stats.cli.options import FolderOptions
    from antq_stats.collection.intake import Intake

_READERS = frozenset(
    {"validate", "decide", "status", "aggregate", "report", "check-text", "trace", "year-end", "bundle"}
)
OF_A_FOLDER = frozenset({"validate", "status", "aggregate", "report", "year-end"})
"""Commands whose only argument is the folder that they read."""
FLAGS = frozenset({
    "--by-sender", "--coverage", "--final", "--missing", "--open", "--publish", "--quiet", "--verbose",
    "-q", "-v",
})  # fmt: skip
SETTINGS = frozenset({
    "--by", "--date", "--due", "--format", "--lang", "--measure", "--on", "--output", "--receipts",
    "--template", "--total", "--under", "--with", "-o",
})  # fmt: skip
"""Options of these commands that do not change how the folder is read: without and with a value."""

_begun: list[Intake] = []


def reads(arguments: Sequence[str]) -> bool:
    """Return whether the arguments are of a command that reads returns."""
    return bool(arguments) and arguments[0] in _READERS and not {"-h", "--help"}.intersection(arguments)


@contextmanager
def begun(arguments: Sequence[str]) -> Iterator[None]:
    """Begin to read the folder that the arguments of a command name, if that is plain.

    Whatever goes wrong is left to the command, which reports it. What no command has taken is given up at
    the end.
    """
    with suppress(Exception):
        folder = _only_folder(arguments)
        if folder is not None:
            from antq_stats.collection.intake import Intake

            opened = Intake.open(folder)
            opened.begin()
            _begun.append(opened)
    try:
        yield
    finally:
        while _begun:
            _begun.pop().give_up()


def taken(options: FolderOptions) -> Intake | None:
    """Return the folder that is being read already; None unless it is read by these options."""
    if not _begun:
        return None
    from antq_stats.cli.options import FolderOptions
    from antq_stats.plan import Limits

    opened = _begun.pop()
    if options == FolderOptions(opened.folder, None, None, None, None, None, Limits()):
        return opened
    opened.give_up()
    return None


def _only_folder(arguments: Sequence[str]) -> Path | None:
    """Return the folder that the arguments name beside options that do not matter; None for any others."""
    command, *others = arguments
    if command not in OF_A_FOLDER:
        return None
    places: list[str] = []
    rest = iter(others)
    for argument in rest:
        name, _, _ = argument.partition("=")
        if not argument.startswith("-"):
            places.append(argument)
        elif name in SETTINGS:
            if name == argument:
                next(rest, None)
        elif argument not in FLAGS:
            return None
    if len(places) != 1 or not Path(places[0]).is_dir():
        return None
    return Path(places[0])

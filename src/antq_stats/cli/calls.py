"""Output of the call list (`antq-stats validate --by-sender`) to the screen, a file, or a file per sender."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.options import format_of
from antq_stats.render.writing import output, terminal
from antq_stats.render.writing.table import UNICODE

if TYPE_CHECKING:
    from antq_stats.cli.session import Session
    from antq_stats.render.calls import CallList

_FORMATS = ("text", "json", "md")
_SUFFIXES = {".json": "json", ".md": "md", ".txt": "text"}


def calls_format(wanted: str | None, target: Path | None) -> str:
    """Return the format of the call list: ``text``, ``json``, ``md``, or ``folder`` for a file per sender.

    Parameters
    ----------
    wanted : value of ``--format``; None if it is not set.
    target : value of ``--output``; None for the screen.

    Raises
    ------
    UsageProblem
        A call list has no such format, or the target is a folder and the format is not text.
    """
    if target is not None and (not target.suffix or output.kind_of(target) == "folder"):
        if wanted not in (None, "text"):
            raise UsageProblem("usage.bad-format", found=wanted, choices="text")
        return "folder"
    return format_of(wanted, target, _FORMATS, _SUFFIXES)


def deliver_calls(session: Session, target: Path | None, chosen: str) -> None:
    """Write the call list.

    Parameters
    ----------
    session : the run.
    target : file or folder to write; None for the screen.
    chosen : format, as `calls_format` returns it.
    """
    from antq_stats.figures.priorities import priorities
    from antq_stats.render.calls import CallList
    from antq_stats.year_end.standing import for_senders

    result = session.result
    earlier = result.compare(result.previous).column if result.previous else None
    ranked = priorities(result.collection, for_senders(result.findings), earlier)
    listed = CallList(ranked, result.collection, console.language)
    if chosen == "folder" and target is not None:
        _write_pages(listed, target)
    elif chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        session.deliver(to_json(listed.records()), target)
    elif chosen == "md":
        session.deliver(listed.markdown(), target)
    else:
        session.deliver(calls_text(listed, to_file=target is not None), target)


def calls_text(listed: CallList, *, to_file: bool) -> str:
    """Return a call list as text.

    Parameters
    ----------
    listed : the list.
    to_file : whether it is written to a file, where lines are not wrapped.
    """
    plain = not to_file and terminal.signs_for(sys.stdout) is not UNICODE
    width = None if to_file else terminal.terminal_width(sys.stdout, os.environ)
    colour = not to_file and terminal.colour_wanted(sys.stdout, os.environ)
    return terminal.paint(listed.lines(width, ascii_only=plain), colour=colour)


def _write_pages(listed: CallList, target: Path) -> None:
    """Write a text file per sender, to paste into a message, and a file with the order of the calls."""
    output.make_folder(target)
    for name, text in listed.files():
        output.write_bytes(target / name, text.encode("utf-8"))
    console.note("run.written", name=target.name)

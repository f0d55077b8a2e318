"""The call list of `antq-stats validate --by-sender`: to the screen, to one file, or to a file per sender."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.options import format_of
from antq_stats.render.writing import output, terminal
from antq_stats.render.writing.table import UNICODE
from antq_stats.words.language import phrase

if TYPE_CHECKING:
    from antq_stats.cli.session import Session
    from antq_stats.render.calls import CallList

_FORMATS = ("text", "json", "md")
_SUFFIXES = {".json": "json", ".md": "md", ".txt": "text"}


def calls_format(wanted: str | None, target: Path | None) -> str:
    """Return the format of the list: ``text``, ``json``, ``md``, or ``folder`` for a file per sender.

    Raises
    ------
    UsageProblem
        There is no such format of a call list.
    """
    if target is not None and (not target.suffix or output.kind_of(target) == "folder"):
        if wanted not in (None, "text"):
            raise UsageProblem("usage.bad-format", found=wanted, choices="text")
        return "folder"
    return format_of(wanted, target, _FORMATS, _SUFFIXES)


def deliver_calls(session: Session, target: Path | None, chosen: str) -> None:
    """Write the call list in a format that `calls_format` gave."""
    from antq_stats.figures.priorities import priorities
    from antq_stats.render.calls import CallList

    result = session.result
    earlier = result.compare(result.earlier).column if result.earlier else None
    found = priorities(result.collection, result.findings, earlier)
    listed = CallList(found, result.collection, console.language)
    if chosen == "folder" and target is not None:
        _write_pages(listed, target)
    elif chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        session.deliver(to_json(listed.records()), target)
    elif chosen == "md":
        session.deliver(listed.markdown(), target)
    else:
        session.deliver(_text(listed, to_file=target is not None), target)


def _text(listed: CallList, *, to_file: bool) -> str:
    plain = not to_file and terminal.signs_for(sys.stdout) is not UNICODE
    width = None if to_file else terminal.terminal_width(sys.stdout, os.environ)
    colour = not to_file and terminal.colour_wanted(sys.stdout, os.environ)
    return terminal.paint(listed.lines(width, ascii_only=plain), colour=colour)


def _write_pages(listed: CallList, target: Path) -> None:
    """Write a text file per sender, ready to be pasted, and the order of them all."""
    output.make_folder(target)
    pages = {f"{page.stem}.txt": page.message + "\n" for page in listed.pages}
    for name, text in {phrase("calls.order-file", console.language): listed.overview(), **pages}.items():
        output.write_bytes(target / name, text.encode("utf-8"))
    console.note("run.written", name=target.name)

"""`antq-stats check-text`: check every number of a report's text against the published figures."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.console import HARD_FINDINGS, INTERNAL, UsageProblem, console
from antq_stats.cli.options import (
    EarlierPeriods,
    FolderOptions,
    Output,
    format_of,
    format_option,
    reads_folder,
)
from antq_stats.cli.wording import help_text
from antq_stats.words.text import one_line

if TYPE_CHECKING:
    from antq_stats.plan import Limits
    from antq_stats.text_check.documents.blocks import Document

_FORMATS = ("text", "json")
_SUFFIXES = {".json": "json"}

Report = Annotated[
    Path, typer.Argument(metavar="FILE", help=help_text("argument.report-text"), show_default=False)
]


@reads_folder
def check_text(
    options: FolderOptions,
    report: Report,
    earlier: EarlierPeriods = None,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
) -> int:
    """Check the numbers of a report, and return the exit status.

    It is 1 if a number is wrong, or if no figure explains it.
    """
    chosen = format_of(format_, output, _FORMATS, _SUFFIXES)
    document = _document(report, options.limits)
    from antq_stats.cli.session import run_session

    session = run_session(options, with_=earlier)
    from antq_stats.render.text_check import check_lines, check_records
    from antq_stats.render.writing.output import INPUTS
    from antq_stats.render.writing.terminal import colour_wanted, paint, signs_for, terminal_width
    from antq_stats.text_check.check import check
    from antq_stats.text_check.documents.bounds import TooMuch

    publication, series = session.result.publication, session.result.series
    try:
        result = check(document.blocks, publication, options.limits.seconds, series)
    except TooMuch as error:
        raise UsageProblem(error.key, name=one_line(report.name), limit=error.limit) from error
    INPUTS.add([report])
    if chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        records = check_records(result, publication, report.name, console.language, document.unread, series)
        text = to_json(records)
    else:
        shown = output is None
        lines = check_lines(
            result, publication, report.name, console.language,
            width=terminal_width(sys.stdout, os.environ) if shown else None,
            signs=signs_for(sys.stdout) if shown else None, everything=console.verbose,
            unread=document.unread, series=series,
        )  # fmt: skip
        text = paint(lines, colour=shown and colour_wanted(sys.stdout, os.environ))
    session.deliver(text, output)
    wrong = sum(checked.judged.verdict != "right" for checked in result.checked)
    ending = "check-text.ending" if wrong else "check-text.ending-clean"
    status = session.status(ending, name=one_line(report.name), count=wrong)
    return status if status == INTERNAL or result.is_clean else HARD_FINDINGS


def _document(report: Path, limits: Limits) -> Document:
    """Read the report.

    Raises
    ------
    UsageProblem
        There is no such file, or it cannot be read.
    """
    from antq_stats.findings import catalogue
    from antq_stats.reading.files.container import FileProblem
    from antq_stats.reading.files.file_bytes import read_bytes
    from antq_stats.text_check.documents.bounds import TooMuch
    from antq_stats.text_check.documents.document import KINDS, document_of

    name = one_line(report.name)
    kind = next((kind for kind in KINDS if report.suffix.lower() == f".{kind}"), None)
    if kind is None:
        raise UsageProblem("check-text.different-kind", name=name, choices=", ".join(f".{k}" for k in KINDS))
    try:
        if not report.exists():
            raise UsageProblem("check-text.missing-file", name=name)
        return document_of(read_bytes(report, limits), kind, limits)
    except (OSError, ValueError):  # the name of the file is not valid
        problem = FileProblem("F101", problem="cannot-be-opened").finding()
    except TooMuch as error:
        raise UsageProblem(error.key, name=name, limit=error.limit) from error
    except FileProblem as error:
        problem = error.finding()
    raise UsageProblem(
        "check-text.unreadable", name=name, problem=catalogue.message(problem, console.language)
    )

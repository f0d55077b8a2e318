"""`antq-stats validate`: every fault of every return, with its cell and how to correct it."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from antq_stats.cli.console import UsageProblem, console
from antq_stats.cli.options import (
    EarlierPeriods,
    FolderOptions,
    Output,
    format_of,
    format_option,
    reads_files,
)
from antq_stats.cli.wording import help_text
from antq_stats.words.text import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from antq_stats.cli.session import Session
    from antq_stats.findings.finding import Finding
    from antq_stats.reading.files.remote import RemoteFolder
    from antq_stats.run import Result

_FORMATS = ("text", "json", "csv", "xlsx", "ess")
BySender = Annotated[bool, typer.Option("--by-sender", help=help_text("option.by-sender"))]
_SUFFIXES = {".json": "json", ".csv": "csv", ".xlsx": "xlsx"}


@reads_files
def validate(
    options: FolderOptions,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    output: Output = None,
    by_sender: BySender = False,
    earlier: EarlierPeriods = None,
) -> int:
    """Write the findings, and return the exit status."""
    from antq_stats.cli.calls import calls_format, deliver_calls

    chosen = calls_format(format_, output) if by_sender else format_of(format_, output, _FORMATS, _SUFFIXES)
    if chosen == "xlsx" and output is None:
        raise UsageProblem("usage.needs-output", found="xlsx")
    if chosen == "xlsx" and output is not None:
        format_of(
            None, output, ("xlsx",), {".xlsx": "xlsx"}
        )  # a folder must not have the suffix of another format
        if _is_among((options.folder, *(earlier or ())), output) and not _is_one_workbook(output):
            raise UsageProblem("annotated.among-inputs", name=output.name)
    from antq_stats.cli.session import run_session

    session = run_session(options, with_=earlier)
    if options.only:
        session.result = _of_the_files(session.result)
    if by_sender:
        deliver_calls(session, output, chosen)
    elif chosen == "xlsx" and output is not None:
        _xlsx(session, output)
    else:
        text = _text(session.result, chosen, _as_named(options), to_file=output is not None)
        session.deliver(text, output, bom=chosen == "csv")
    return session.status()


def _of_the_files(result: Result) -> Result:
    """Return a result of single files without the findings on units that these files are not of."""
    from antq_stats.findings.columns import Findings

    register = result.register
    senders = {
        int(sender)
        for table in result.collection.tables
        for sender in register.senders[table.units[table.read]].tolist()
    }

    def is_theirs(finding: Finding) -> bool:
        if finding.file is not None or "other" in finding.facts:
            return True
        unit = register.units.by_code.get(finding.unit or "")
        return unit is not None and finding.code != "U302" and int(register.senders[unit]) in senders

    return replace(result, findings=Findings([[found for found in result.findings if is_theirs(found)]]))


def _as_named(options: FolderOptions) -> str:
    """Return the folder or the files as the command line may name them again."""
    return " ".join(map(as_typed, options.only or (options.folder,)))


def _is_among(folders: Iterable[Path | RemoteFolder | None], output: Path) -> bool:
    """Return whether an output is in one of the folders read, where copies would be read as returns."""
    from antq_stats.render.writing.output import is_among

    return any(is_among(output, folder) for folder in folders if isinstance(folder, Path))


def _is_one_workbook(output: Path) -> bool:
    return output.suffix.lower() == ".xlsx"


def _xlsx(session: Session, output: Path) -> None:
    """Write a workbook with all findings; into a folder, also a marked copy of each file with findings."""
    from antq_stats.render.findings.decision_columns import decide_command
    from antq_stats.render.findings.workbook import write_list
    from antq_stats.words.language import Wording, phrase

    lang, result = console.language, session.result
    period, earlier = result.period, [run.period.local_folder for run in result.earlier]
    command = decide_command(period.local_folder, earlier, Wording(lang))

    def write(stream: BinaryIO) -> None:
        write_list(result.findings, result.collection, stream, lang=lang, names=result.names, command=command)

    listed = output if _is_one_workbook(output) else output / f"{phrase('annotated.list-name', lang)}.xlsx"
    _refuse_begun(listed, result)
    if _is_one_workbook(output):
        session.write(output, write)
        if command is not None:
            console.note("decide.next", name=output.name, command=_decide(result, output))
        return
    from antq_stats.render.annotated import FolderWriter, send_back

    writer = FolderWriter(output, period.local_folder)
    sent = send_back(
        writer.write, result.collection, result.findings, sources=period.discovered.sources,
        limits=period.plan.limits, names=result.names, lang=lang, index=write,
    )  # fmt: skip
    counts = {"copies": len(sent.copies), "lists": len(sent.lists)}
    console.note("annotated.run", name=output.name, list=sent.index, **counts)
    if sent.withheld:
        console.note("annotated.run-withheld", count=len(sent.withheld), names=", ".join(sent.withheld))
    if others := writer.others():
        console.note("annotated.leftover", name=output.name, count=others)


def _decide(result: Result, listed: Path) -> str:
    """Return the command that takes the decisions of a list, as it may be typed."""
    from antq_stats.render.findings.decision_columns import decide_command
    from antq_stats.words.language import Wording

    earlier = [run.period.local_folder for run in result.earlier]
    return decide_command(result.period.local_folder, earlier, Wording(console.language), listed) or ""


def _refuse_begun(listed: Path, result: Result) -> None:
    """Refuse to write over a list with decisions that were not taken yet.

    Raises
    ------
    UsageProblem
        It has some.
    """
    from antq_stats.deciding.taking import is_begun

    if listed.is_file() and is_begun(listed, result):
        raise UsageProblem("decide.begun", name=listed.name, command=_decide(result, listed))


def _text(result: Result, chosen: str, named: str, *, to_file: bool) -> str:
    """Return the findings as JSON, CSV, ESS report or text; on the screen, what to do next follows.

    Parameters
    ----------
    result : the result.
    chosen : the format.
    named : the folder or the files as the command line names them.
    to_file : whether the text is written to a file.
    """
    if chosen == "json":
        from antq_stats.render.writing.delimited import to_json

        return to_json(result.validation())
    if chosen == "csv":
        from antq_stats.render.findings.records import RECORD_KEYS
        from antq_stats.render.writing.delimited import to_csv

        return to_csv(result.records(), RECORD_KEYS)
    if chosen == "ess":
        return _ess_report(result)
    from antq_stats.render.findings.lines import findings_lines, next_lines, summary_lines
    from antq_stats.render.writing import terminal
    from antq_stats.render.writing.table import UNICODE
    from antq_stats.words.language import phrase

    if not result.findings:
        return phrase("findings.none", console.language) + "\n"
    plain = not to_file and terminal.signs_for(sys.stdout) is not UNICODE
    lang, names, findings = console.language, result.names, result.findings
    width = None if to_file else terminal.terminal_width(sys.stdout, os.environ)
    lines = [
        *summary_lines(findings, lang, names, result.register, width=width, ascii_only=plain),
        *findings_lines(findings, lang, names, width=width, ascii_only=plain, notes=console.verbose),
    ]
    if not to_file and (steps := next_lines(findings, named, lang)):
        lines += [*([] if lines and not lines[-1] else [[]]), *steps]
    return terminal.paint(lines, colour=not to_file and terminal.colour_wanted(sys.stdout, os.environ)) + "\n"


def _ess_report(result: Result) -> str:
    """Return the validation report of the ESS as JSON.

    Its time is that of the last change of any file read, so that the same files give the same report.
    """
    from antq_stats.output_marks import CREATED
    from antq_stats.render.exchange.validation_report import validation_report
    from antq_stats.render.findings.records import validation
    from antq_stats.render.writing.delimited import to_json
    from antq_stats.sendings.arrivals import last_change
    from antq_stats.words.today import given_time

    summary = validation(result.collection, result.tally, ())["summary"]
    assert isinstance(summary, dict)  # noqa: S101 - made by `validation`
    time = given_time() or last_change(result.period.discovered.sources) or CREATED.replace(tzinfo=dt.UTC)
    report = validation_report(
        result.collection, result.findings, summary, result.names, result.language, time
    )
    return to_json(report)

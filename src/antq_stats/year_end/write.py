"""Writing all outputs of December into one folder, each by itself: what cannot be written costs no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from antq_stats.figures.coverage import coverage_of
from antq_stats.render.writing.output import OutputError
from antq_stats.render.writing.result_folder import ResultFolder
from antq_stats.run import Result
from antq_stats.year_end.account import REPORTS, Account
from antq_stats.year_end.standing import for_senders, standing_of


@dataclass(frozen=True)
class YearEnd:
    """What was written, and what the returns are like.

    Parameters
    ----------
    folder : the folder of results.
    account : the standing of the returns, in words.
    written : paths of the files written, relative to the folder.
    problems : why other files could not be written.
    set_aside : where files of earlier runs are now that somebody had changed.
    withheld : returns that are not sent back, because they contain personal data.
    others : workbooks among the marked copies that the tool did not write: perhaps returns.
    reports : the report in each format that was written.
    page : the report as a page; None if it was not written.
    """

    folder: Path
    account: Account
    written: tuple[str, ...]
    problems: tuple[OutputError, ...]
    set_aside: tuple[str, ...]
    withheld: tuple[str, ...]
    others: tuple[str, ...]
    reports: tuple[Path, ...]
    page: Path | None


def write_year_end(result: Result, folder: Path | str, *, signed: dt.date | None = None) -> YearEnd:
    """Write the account of the returns, the findings, marked copies, messages, receipts and the report.

    The folder may hold the results of earlier runs. They are replaced, and what is not due any more is
    removed; files that somebody has changed since are set aside. As long as the folder of returns is empty,
    only the account is written, and nothing is removed.

    Parameters
    ----------
    result : the period, read and checked.
    folder : the folder of results; it is created if it does not exist.
    signed : date of the report; None to leave a blank for it.

    Raises
    ------
    OutputError
        The folder cannot be created or written into, or lies among the returns, or these in it. That a single
        file cannot be written is not raised: it is among the problems of what is returned.
    """
    folder = Path(folder)
    coverage = coverage_of(result.collection, result.findings)
    account = Account(result, coverage, standing_of(result, coverage))
    withheld: tuple[str, ...] = ()
    others: list[str] = []
    runs = (result, *result.earlier)
    reads = [run.period.local_folder for run in runs if run.period.local_folder is not None]
    with ResultFolder(folder, account.say("file-aside"), reads) as results:
        outputs: list[str] = []
        has_files = bool(result.period.discovered.sources)
        if has_files:
            withheld = _outputs(result, account, results, outputs, signed)
        results.put_text(account.place("standing"), account.text(outputs))
        if has_files:
            results.remove_rest()
            from antq_stats.render.annotated import SUFFIXES

            others = results.others(account.place("copies"), SUFFIXES)
    report = account.place("report")
    reports = [folder / f"{report}{suffix}" for suffix in REPORTS if f"{report}{suffix}" in results.written]
    return YearEnd(
        folder, account, tuple(results.written), tuple(results.problems), tuple(results.set_aside), withheld,
        tuple(others), tuple(reports), next((path for path in reports if path.suffix == ".html"), None),
    )  # fmt: skip


def _outputs(
    result: Result, account: Account, results: ResultFolder, outputs: list[str], signed: dt.date | None
) -> tuple[str, ...]:
    """Write all outputs but the account; return the files that are not sent back.

    Parameters
    ----------
    outputs : is given the names of the outputs that were written.
    """
    withheld: list[str] = []
    steps: dict[str, Callable[[], object]] = {
        "findings": lambda: _findings(result, account, results),
        "copies": lambda: withheld.extend(_copies(result, account, results)),
        "calls": lambda: _calls(result, account, results),
        "receipts": lambda: _receipts(result, account, results),
    }
    if account.standing.sent:
        steps["report"] = lambda: _report(result, account, results, signed)
    for name, write in steps.items():
        before = len(results.written)
        write()
        if len(results.written) > before:
            outputs.append(name)
    return tuple(withheld)


def _findings(result: Result, account: Account, results: ResultFolder) -> None:
    from antq_stats.render.findings.decision_columns import decide_command
    from antq_stats.render.findings.workbook import write_list

    earlier = [run.period.local_folder for run in result.earlier]
    command = decide_command(result.period.local_folder, earlier, account.wording)
    results.put_by(
        account.place("findings"),
        lambda stream: write_list(
            result.findings, result.collection, stream, lang=result.language, names=result.names,
            command=command,
        ),
    )  # fmt: skip


def _copies(result: Result, account: Account, results: ResultFolder) -> tuple[str, ...]:
    from antq_stats.render.annotated import send_back

    period, folder = result.period, account.place("copies")
    sent = send_back(
        lambda place, writer: results.put_by(f"{folder}/{place}", writer),
        result.collection,
        for_senders(result.findings),
        sources=period.discovered.sources,
        limits=period.plan.limits,
        names=result.names,
        lang=result.language,
    )
    return sent.withheld


def _calls(result: Result, account: Account, results: ResultFolder) -> None:
    from antq_stats.figures.priorities import priorities
    from antq_stats.render.calls import CallList

    earlier = result.compare(result.previous).column if result.previous else None
    ranked = priorities(result.collection, for_senders(result.findings), earlier)
    if not ranked.senders and not ranked.unplaced:
        return
    for name, text in CallList(ranked, result.collection, result.language).files():
        results.put_text(f"{account.place('calls')}/{name}", text)


def _receipts(result: Result, account: Account, results: ResultFolder) -> None:
    from antq_stats.render.answers import receipts

    for name, text in receipts(result.collection, result.language):
        results.put_text(f"{account.place('receipts')}/{name}", text)


def _report(result: Result, account: Account, results: ResultFolder, signed: dt.date | None) -> None:
    for suffix in REPORTS:
        results.put(account.place("report") + suffix, lambda path: result.report(path, signed=signed))

"""`antq-stats adopt`: villages that returns name and the register lacks enter it, once confirmed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.console import HARD_FINDINGS, UsageProblem, console
from antq_stats.cli.options import EarlierPeriods, FolderOptions, reads_folder, require_suffix
from antq_stats.cli.wording import help_text
from antq_stats.words.text import as_typed, one_line

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from typing import BinaryIO

    from antq_stats.adoption.decisions import Decisions
    from antq_stats.adoption.proposals import Proposal
    from antq_stats.collection.intake import Intake
    from antq_stats.findings.finding import Finding
    from antq_stats.register.unit_file import InForce

_SUFFIX = "-thon-can-xac-nhan.xlsx"
"""What is added to the folder's name to name the workbook of proposals, in both languages."""
_COMMAND = "antq-stats adopt"

Proposals = Annotated[
    Path | None, typer.Argument(metavar="[LIST]", help=help_text("argument.adopt-list"), show_default=False)
]
Target = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("option.adopt-output"))
]


@reads_folder
def adopt(
    options: FolderOptions, listed: Proposals = None, output: Target = None, earlier: EarlierPeriods = None
) -> int:
    """Write the workbook of proposals, or enter the decisions of one in the register; return the exit status.

    With decisions, no return is read. The status is 1 if a decision cannot be carried out; the others are.
    """
    if listed is not None:
        if output is not None:
            raise UsageProblem("usage.adopt-list-and-output")
        return _enter(options, listed)
    folder = options.folder
    if output is None:
        if not isinstance(folder, Path) or not folder.resolve().name:
            raise UsageProblem("usage.adopt-needs-output")
        output = _beside(folder)
    require_suffix(output, [".xlsx"])
    return _propose(options, output, earlier)


def _beside(folder: Path) -> Path:
    """Return the workbook's place beside the folder; it is relative if the folder is."""
    name = folder.resolve().name + _SUFFIX
    return folder / ".." / name if folder.name in ("", "..") else folder.with_name(name)


def _propose(options: FolderOptions, target: Path, earlier: EarlierPeriods) -> int:
    """Write the proposals of the returns."""
    from antq_stats.cli.session import run_session

    session = run_session(options, with_=earlier)
    from antq_stats.adoption.proposals import propose

    result = session.result
    before = result.compare(result.previous).column if result.previous else None
    proposals = propose(result.collection, before)
    if not proposals:
        console.note("adopt.no-proposals")
        return session.status()
    folder = options.folder if isinstance(options.folder, Path) else Path()
    command = f"{_COMMAND} {as_typed(folder)} {as_typed(target)}"
    _refuse_begun(target, result.period, command)

    def write(stream: BinaryIO) -> None:
        from antq_stats.adoption.workbook import write_proposals

        write_proposals(proposals, result.register, result.period.name, console.language, stream, command)

    session.write(target, write)
    console.note("adopt.proposed", **_tally(proposals))
    console.note("adopt.next", name=one_line(target.name), command=command)
    return session.status()


def _tally(proposals: list[Proposal]) -> dict[str, int]:
    kinds = [proposal.kind for proposal in proposals]
    return {
        "count": len(proposals),
        "communes": len({proposal.commune for proposal in proposals}),
        **{kind: kinds.count(kind) for kind in ("new", "renamed", "merged")},
    }


def _refuse_begun(target: Path, period: Intake, command: str) -> None:
    """Refuse to write over a workbook that holds decisions.

    Raises
    ------
    UsageProblem
        The target holds decisions.
    """
    from antq_stats.adoption.decisions import Days, NoProposals, read_decisions
    from antq_stats.collection.period_name import day_of
    from antq_stats.register.unit_file import in_force

    rows = in_force(period.units_file, day_of(period.name, period.form))
    try:
        found = read_decisions(target, period.register, rows, Days(None, None), console.language)
    except NoProposals:
        return
    if found.adopted or found.faults or found.known or found.skipped:
        raise UsageProblem("adopt.begun", name=one_line(target.name), command=command)


def _enter(options: FolderOptions, listed: Path) -> int:
    """Enter the decisions of a workbook in the register."""
    from antq_stats.cli.session import note_period, open_folder

    period = open_folder(options)
    note_period(period)
    from antq_stats.adoption.decisions import Days, NoProposals, read_decisions
    from antq_stats.collection.period_name import day_of
    from antq_stats.findings.setup_error import SetupError
    from antq_stats.register.unit_file import coming_after, in_force

    if options.units is None and period.local_folder is None:
        raise UsageProblem("usage.adopt-remote")
    if period.units_file.suffix.lower() == ".ods":
        raise UsageProblem("usage.adopt-ods", name=period.units_file.name)
    day = day_of(period.name, period.form)
    try:
        days = Days(_first_day(period, day), day)
        rows = in_force(period.units_file, day)
        coming = () if day is None else coming_after(period.units_file, day)
        decisions = read_decisions(listed, period.register, rows, days, console.language, coming)
    except NoProposals as error:
        raise SetupError([_unreadable(listed, error.problem)]) from None
    if decisions.adopted:
        _write(period, decisions, rows, day)
    elif not (decisions.known or decisions.skipped or decisions.faults):
        console.note("adopt.nothing-decided")
    for key in ("skipped", "known", "undecided"):
        if count := getattr(decisions, key):
            console.note(f"adopt.{key}", count=count)
    for line in SetupError(decisions.faults).lines(console.language) if decisions.faults else ():
        console.problem(line)
    if isinstance(options.folder, Path):
        folder = as_typed(options.folder)
        if decisions.faults:
            command = f"{_COMMAND} {folder} {as_typed(listed)}"
            console.note("adopt.next-mend", name=one_line(listed.name), command=command)
        else:
            console.note("adopt.next-validate", command=f"antq-stats validate {folder}")
    return HARD_FINDINGS if decisions.faults else 0


def _unreadable(listed: Path, problem: str) -> Finding:
    from antq_stats.adoption.decisions import NEEDED
    from antq_stats.findings.finding import Finding
    from antq_stats.words.language import phrase

    facts = {"problem": problem}
    if problem == "no-header":
        facts["expected"] = ", ".join(phrase(f"adopt.head-{column}", console.language) for column in NEEDED)
    return Finding(code="S210", file=listed.name, facts=facts)


def _first_day(period: Intake, cut_off: dt.date | None) -> dt.date | None:
    """Return the day from which confirmed villages are in force: the first of the period; None if unknown."""
    stated = period.form.about.covers_from
    return stated or (None if cut_off is None else cut_off.replace(month=1, day=1))


def _write(period: Intake, decisions: Decisions, rows: Mapping[str, InForce], day: dt.date | None) -> None:
    """Write the register with the confirmed villages, once it has been read back without a fault."""
    import io

    from antq_stats.adoption.register_rows import edits_of, write_register
    from antq_stats.register.register import load_register
    from antq_stats.render.writing.output import write_bytes

    path, adopted = period.units_file, decisions.adopted
    content = io.BytesIO()
    write_register(path, edits_of(adopted, period.register, rows), content)
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, path.name)
        copy.write_bytes(content.getvalue())
        load_register(copy, day)
    write_bytes(path, content.getvalue())
    console.note(
        "adopt.applied",
        name=path.name,
        new=sum(not village.old for village in adopted),
        renamed=sum(village.keeps_code for village in adopted),
        merged=sum(len(village.old) > 1 for village in adopted),
        ended=sum(len(village.old) for village in adopted if not village.keeps_code),
    )

"""`antq-stats decide`: the officer's decisions enter decisions.csv, which stands beside the returns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antq_stats.cli.console import HARD_FINDINGS, MISUSE, UsageProblem, console
from antq_stats.cli.options import EarlierPeriods, FolderOptions, format_option, reads_folder
from antq_stats.cli.wording import help_text
from antq_stats.words.language import Wording
from antq_stats.words.text import as_typed, one_line

if TYPE_CHECKING:
    from antq_stats.cli.session import Session
    from antq_stats.decisions.decision import Decision, Decisions
    from antq_stats.findings.finding import Finding
    from antq_stats.reading.files.remote import RemoteFolder

_FORMATS = ("table", "csv", "json")
_COMMAND = "antq-stats decide"

Filled = Annotated[
    Path | None,
    typer.Argument(
        metavar="LIST",
        help=help_text("argument.decide-list"),
        show_default=False,
        readable=False,  # the command says better than Typer why a file will not open
    ),
]
OfUnit = Annotated[str | None, typer.Option("--unit", metavar="UNIT", help=help_text("option.decide-unit"))]
OfMeasure = Annotated[
    str | None, typer.Option("--measure", metavar="CODE", help=help_text("option.decide-measure"))
]
Value = Annotated[str | None, typer.Option("--value", metavar="N", help=help_text("option.decide-value"))]
Accepted = Annotated[
    str | None, typer.Option("--accept", metavar="CODE", help=help_text("option.decide-accept"))
]
UntilEnd = Annotated[bool, typer.Option("--until-end", help=help_text("option.decide-until-end"))]
Nil = Annotated[str | None, typer.Option("--nil", metavar="UNIT", help=help_text("option.decide-nil"))]
SetAside = Annotated[
    str | None, typer.Option("--set-aside", metavar="FILE", help=help_text("option.decide-set-aside"))
]
Undo = Annotated[int | None, typer.Option("--undo", metavar="N", help=help_text("option.decide-undo"))]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help=help_text("option.decide-reason"))
]
By = Annotated[str | None, typer.Option("--by", metavar="TEXT", help=help_text("option.decide-by"))]
Listed = Annotated[bool, typer.Option("--list", help=help_text("option.decide-list"))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=help_text("option.decide-yes"))]


@dataclass(frozen=True)
class _Typed:
    """A decision on the command line."""

    unit: str | None
    measure: str | None
    value: str | None
    accept: str | None
    until_end: bool
    nil: str | None
    set_aside: str | None
    undo: int | None
    reason: str | None
    by: str | None

    @property
    def options(self) -> frozenset[str]:
        """Names of the options that are given."""
        return frozenset(
            f"--{name.replace('_', '-')}"
            for name, value in vars(self).items()
            if value is not None and value is not False
        )


_WAYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "--value": (frozenset({"--unit", "--measure"}), frozenset()),
    "--accept": (frozenset({"--unit"}), frozenset({"--measure", "--until-end"})),
    "--nil": (frozenset(), frozenset()),
    "--set-aside": (frozenset(), frozenset()),
    "--undo": (frozenset(), frozenset()),
}
"""The option that tells the kind of decision -> the options that it needs, and those that it may have.

All of them need a reason and an author besides.
"""
_WHY = frozenset({"--reason", "--by"})
_STALE = frozenset({"changed-since-list", "finding-gone"})
"""Why a row of an older list is refused: only a new list helps."""


@reads_folder
def decide(
    options: FolderOptions,
    filled: Filled = None,
    unit: OfUnit = None,
    measure: OfMeasure = None,
    value: Value = None,
    accept: Accepted = None,
    until_end: UntilEnd = False,
    nil: Nil = None,
    set_aside: SetAside = None,
    undo: Undo = None,
    reason: Reason = None,
    by: By = None,
    listed: Listed = False,
    yes: Yes = False,
    format_: Annotated[str | None, format_option(*_FORMATS)] = None,
    earlier: EarlierPeriods = None,
) -> int:
    """Take decisions, or list them; return the exit status.

    It is 1 if a decision cannot be taken; the others are.
    """
    typed = _Typed(unit, measure, value, accept, until_end, nil, set_aside, undo, reason, by)
    _check(typed, filled, listed=listed, chosen=format_)
    if listed:
        return _list(options, format_ or "table", earlier)
    if not isinstance(options.folder, Path):
        raise UsageProblem("usage.decide-remote")
    if filled is not None:
        return _take(options, filled, earlier, yes=yes)
    return _take_one(options, typed, earlier, yes=yes)


def _check(typed: _Typed, filled: Path | None, *, listed: bool, chosen: str | None) -> None:
    """Refuse options that do not belong together.

    Raises
    ------
    UsageProblem
        They do not.
    """
    if chosen is not None and chosen not in _FORMATS:
        raise UsageProblem("usage.bad-format", found=one_line(chosen), choices=", ".join(_FORMATS))
    given = typed.options
    if listed or filled is not None:
        if given or (listed and filled is not None):
            raise UsageProblem("usage.decide-one-way", found=", ".join(sorted(given)) or "--list")
        if chosen is not None and not listed:
            raise UsageProblem("usage.decide-format")
        return
    if chosen is not None:
        raise UsageProblem("usage.decide-format")
    ways = [way for way in _WAYS if way in given]
    if len(ways) > 1:
        raise UsageProblem("usage.decide-one-way", found=", ".join(ways))
    if not ways:
        raise UsageProblem("usage.decide-nothing")
    needed, may = _WAYS[ways[0]]
    if lacking := sorted((needed | _WHY) - given):
        raise UsageProblem("usage.decide-lacks", way=ways[0], found=", ".join(lacking))
    if others := sorted(given - needed - may - _WHY - {ways[0]}):
        raise UsageProblem("usage.decide-not-with", way=ways[0], found=", ".join(others))


def _open(options: FolderOptions, earlier: EarlierPeriods) -> Session:
    from antq_stats.cli.session import run_session

    return run_session(
        options, "antq_stats.deciding.trial", with_=earlier, may_be_empty=True, keeps_returns=True
    )


def _list(options: FolderOptions, chosen: str, earlier: EarlierPeriods) -> int:
    """Write the decisions of the folder, with what became of them."""
    from antq_stats.cli.session import show_table

    session = _open(options, earlier)
    from antq_stats.deciding.account import RECORD_KEYS, decisions_table, records, states
    from antq_stats.render.writing.delimited import to_csv, to_json

    result = session.result
    if chosen == "json":
        console.result(to_json(records(result)))
    elif chosen == "csv":
        console.result(to_csv(records(result), RECORD_KEYS))
    elif not result.period.decisions.lines:
        console.note("decide.none")
    else:
        lines = result.period.decisions.lines
        console.result(show_table(decisions_table(lines, result, Wording(console.language), states(result))))
    return 0


def _take(options: FolderOptions, filled: Path, earlier: EarlierPeriods, *, yes: bool) -> int:
    """Take the decisions of a filled-in list."""
    from antq_stats.deciding.listed import NoList, filled_rows
    from antq_stats.findings.finding import Finding
    from antq_stats.findings.setup_error import SetupError
    from antq_stats.render.writing.output import lock_beside

    new_list = {"suggestion": f"antq-stats validate {as_typed(options.folder)} -o LIST.xlsx"}
    try:
        if (lock := lock_beside(filled)) is not None:
            console.note("decide.list-open", name=one_line(filled.name), lock=one_line(lock.name))
        rows = filled_rows(filled)
        if not rows:
            console.note("decide.nothing-filled")
            return 0
        session = _open(options, earlier)
        from antq_stats.deciding.taking import Taking
        from antq_stats.deciding.trial import as_sent
        from antq_stats.words.today import today

        result = session.result
        taken = Taking(result, as_sent(result), today(), console.language).take(rows)
    except NoList as error:
        facts = error.facts | new_list
        raise SetupError([Finding(code="S223", file=filled.name, facts=facts)]) from None
    if taken.known:
        console.note("decide.known", count=taken.known)

    def refusal(place: int, problem: str) -> Finding:
        return taken.wanted[place].row.refusal("decision", problem)

    refused = [
        replace(each, facts={**each.facts, **new_list}) if each.facts["problem"] in _STALE else each
        for each in taken.refused
    ]
    wanted = [each.decision for each in taken.wanted]
    command = _again(options.folder, filled, earlier)
    status = _offer(session, wanted, refused, refusal, f"{command} --yes", yes=yes)
    if status == HARD_FINDINGS:
        console.note("decide.next-mend", name=one_line(filled.name), command=command)
    return status


def _again(folder: Path | RemoteFolder, filled: Path, earlier: EarlierPeriods) -> str:
    """Return the command that takes a list, as it may be typed again."""
    return " ".join(
        [_COMMAND, *map(as_typed, (folder, filled)), *(f"--with {as_typed(e)}" for e in earlier or ())]
    )


def _take_one(options: FolderOptions, typed: _Typed, earlier: EarlierPeriods, *, yes: bool) -> int:
    """Take the decision on the command line."""
    session = _open(options, earlier)
    from antq_stats.deciding.single import Refused

    def refusal(_place: int, problem: str) -> Finding:
        return Refused(problem).finding

    try:
        wanted = [_decision(session, options.folder, typed)]
        refused = []
    except Refused as error:
        wanted, refused = [], [error.finding]
    command = f"{as_typed(options.folder)} … --yes"
    return _offer(session, wanted, refused, refusal, f"{_COMMAND} {command}", yes=yes)


def _decision(session: Session, folder: Path | RemoteFolder, typed: _Typed) -> Decision:
    """Return the decision on the command line, completed by what the returns say."""
    from antq_stats.cli.choices import columns_of, unit_of
    from antq_stats.deciding.fields import file_fields
    from antq_stats.deciding.single import acceptance, correction, decision
    from antq_stats.deciding.trial import as_sent
    from antq_stats.decisions.person_names import PlaceNames
    from antq_stats.form import Measure
    from antq_stats.words.today import today

    result = session.result
    codes = result.register.units.codes
    measure = None
    if typed.measure is not None:
        column = columns_of(result.form, [typed.measure])[0]
        if not isinstance(column, Measure):
            raise UsageProblem("usage.decide-ratio", found=column.code)
        measure = column.code
    unit = "" if typed.unit is None else codes[unit_of(result.register, typed.unit)]
    if typed.value is not None:
        assert measure is not None  # noqa: S101 - checked with the options
        kind, fields = "correct", correction(result, as_sent(result), unit, measure, typed.value)
    elif typed.accept is not None:
        kind, fields = "accept", acceptance(result, typed.accept, unit, measure, until_end=typed.until_end)
    elif typed.nil is not None:
        kind, fields = "nil", {"unit": codes[unit_of(result.register, typed.nil)]}
    elif typed.set_aside is not None:
        kind, fields = "set-aside", file_fields(_in_folder(folder, typed.set_aside))
    else:
        kind, fields = "undo", {"value": str(typed.undo)}
    fields |= {"reason": typed.reason or "", "by": typed.by or ""}
    return decision(kind, fields, today(), PlaceNames(result.register.units.names))  # type: ignore[arg-type]


def _in_folder(folder: Path | RemoteFolder, named: str) -> str:
    """Return the path of a file in the folder, also if it is given with the folder before it."""
    path, given = Path(named), folder
    if isinstance(given, Path) and path.exists() and path.resolve().is_relative_to(given.resolve()):
        return path.resolve().relative_to(given.resolve()).as_posix()
    return path.as_posix()


def _offer(
    session: Session,
    wanted: Sequence[Decision],
    refused: Sequence[Finding],
    refusal: Callable[[int, str], Finding],
    command: str,
    *,
    yes: bool,
) -> int:
    """Show what decisions change, ask, and add them to the file; name those that cannot be taken.

    Parameters
    ----------
    session : the run.
    wanted : the decisions.
    refused : findings on others, which cannot be taken.
    refusal : returns the finding on a decision that does not fit, by its place and a keyword.
    command : the command that adds them without a question.
    yes : whether not to ask.
    """
    from antq_stats.cli.session import show_table
    from antq_stats.deciding.account import changes_table, decisions_table
    from antq_stats.deciding.trial import try_out
    from antq_stats.findings.setup_error import SetupError

    trial, misfit = try_out(session.result, wanted)
    refused = [*refused, *(refusal(place, problem) for place, problem in misfit.items())]
    if refused:
        refused.sort(key=lambda finding: (finding.file or "", finding.row or 0))
        console.problem(Wording(console.language).phrase("decide.refused", count=len(refused)))
        for line in SetupError(refused).lines(console.language):
            console.problem(line)
    status = HARD_FINDINGS if refused else 0
    if not trial.lines:
        return status
    wording = Wording(console.language)
    console.result(show_table(decisions_table(trial.lines, trial.after, wording)) + "\n")
    console.result(show_table(changes_table(trial, wording)))
    if not yes and (sys.stdin is None or not sys.stdin.isatty()):
        console.problem(wording.phrase("decide.needs-yes", command=command))
        return MISUSE
    if not yes and not _agreed(len(trial.lines), wording):
        console.note("decide.not-written")
        return status
    _write(session, trial.lines)
    return status


def _agreed(count: int, wording: Wording) -> bool:
    """Ask whether decisions are to be added."""
    from antq_stats.reading.discover import DECISIONS_FILE
    from antq_stats.render.writing.output import emit

    emit(wording.phrase("decide.question", count=count, name=DECISIONS_FILE) + " ", sys.stderr)
    try:
        answer = sys.stdin.readline()
    except UnicodeDecodeError:
        return False
    return answer.strip().casefold() in wording.phrase("decide.yes").split(", ")


def _write(session: Session, lines: Sequence[Decision]) -> None:
    """Add decisions to the file of the folder."""
    from antq_stats.deciding.appending import append
    from antq_stats.decisions.decision import numbered
    from antq_stats.decisions.person_names import PlaceNames
    from antq_stats.reading.discover import DECISIONS_FILE

    folder = session.result.period.local_folder
    assert folder is not None  # noqa: S101 - checked by the command

    def new(known: Decisions) -> Sequence[Decision]:
        undoing = (each for each in known.lines if each.kind == "undo" and each.number not in known.undone)
        taken = {line.fields for line in (*known.in_force, *undoing)}
        return numbered((line for line in lines if line.fields not in taken), len(known.lines) + 1)

    added = append(folder, new, PlaceNames(session.result.register.units.names))
    if len(added) < len(lines):  # another run has added them in the meantime
        console.note("decide.known", count=len(lines) - len(added))
    if not added:
        return
    numbers = "–".join(dict.fromkeys((str(added[0].number), str(added[-1].number))))
    console.note("decide.done", count=len(added), name=DECISIONS_FILE, numbers=numbers)
    console.note("decide.next-validate", command=f"antq-stats validate {as_typed(folder)}")

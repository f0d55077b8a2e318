"""Decisions in words: what they change in the totals, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from antq_stats.deciding.trial import Trial, misfits, taken_up
from antq_stats.decisions.decision import COLUMNS, UNTIL_END, Decision
from antq_stats.form import Measure
from antq_stats.render.cells import cell_of
from antq_stats.render.words import unit_name, unit_within
from antq_stats.render.writing.table import (
    Cell,
    Column,
    Count,
    Coverage,
    Percent,
    PresentationTable,
    Row,
    Text,
)
from antq_stats.ruled_reading import SHEET_MARK
from antq_stats.run import Result
from antq_stats.words.language import Wording
from antq_stats.words.text import capital

State = Literal["in-force", "revoked", "replaced", "in-return", "no-longer-fits"]
RECORD_KEYS = ("number", *COLUMNS, "state", "problem")
"""Keys of a record of a decision."""


def states(result: Result) -> dict[int, State]:
    """Return what became of each decision of a period, by number."""
    decisions = result.period.decisions
    in_force = {line.number for line in decisions.in_force}
    failed, said = misfits(result), set(taken_up(result))
    found: dict[int, State] = {}
    for line in decisions.lines:
        if line.number in decisions.undone:
            found[line.number] = "revoked"
        elif line.kind != "undo" and line.number not in in_force:
            found[line.number] = "replaced"
        elif line.number in said:
            found[line.number] = "in-return"
        else:
            found[line.number] = "no-longer-fits" if line.number in failed else "in-force"
    return found


def records(result: Result) -> list[dict[str, object]]:
    """Return the decisions of a period as records, with what became of them; see `RECORD_KEYS`."""
    became, failed = states(result), misfits(result)
    return [
        {
            "number": line.number,
            **dict(zip(COLUMNS, line.fields, strict=True)),
            "state": became[line.number],
            "problem": failed.get(line.number) if became[line.number] == "no-longer-fits" else None,
        }
        for line in result.period.decisions.lines
    ]


def changes_table(trial: Trial, wording: Wording) -> PresentationTable:
    """Return what decisions change at the root: figures before and after, and the findings that remain.

    Parameters
    ----------
    trial : the decisions tried out.
    wording : the language.
    """
    before, after = trial.before, trial.after
    root = before.publication.root
    figures = _figures(before, after, root, wording)
    rows = [
        Row(label, 0, (first, second)) for label, first, second in figures if _plain(first) != _plain(second)
    ]
    rows += [
        Row(wording.phrase(f"column.{weight}"), 0, (Count(before.tally[weight]), Count(after.tally[weight])))
        for weight in ("hard", "soft")
    ]
    return PresentationTable(
        title=wording.phrase("decide.changes", unit=unit_within(before.register, root, wording)),
        subtitle=wording.period(before.period.name, heading=True),
        stub_head=wording.phrase("column.label"),
        columns=tuple(Column(name, wording.phrase(f"decide.{name}")) for name in ("before", "after")),
        rows=tuple(rows),
    )


def _plain(cell: Cell) -> Cell:
    """Return a cell without its marks."""
    return replace(cell, provisional=False, decided=False) if isinstance(cell, Count | Percent) else cell


def _figures(before: Result, after: Result, root: int, wording: Wording) -> Iterator[tuple[str, Cell, Cell]]:
    """Yield the figures of the root: its coverage, then measures and ratios."""
    covered = (result.publication.coverage for result in (before, after))
    first, second = (Coverage(int(each.read[root]), int(each.expected[root])) for each in covered)
    yield wording.phrase("column.given"), first, second
    for column in before.form.columns:
        unit = before.form.unit(column.code, wording.lang) if isinstance(column, Measure) else ""
        label = wording.say(column.label) + (f" ({unit})" if unit else "")
        yield (
            label, cell_of(before.publication, root, column), cell_of(after.publication, root, column),
        )  # fmt: skip


def decisions_table(
    lines: Iterable[Decision], result: Result, wording: Wording, became: Mapping[int, State] | None = None
) -> PresentationTable:
    """Return decisions as a table.

    Parameters
    ----------
    lines : the decisions.
    result : the period, which has the names.
    wording : the language.
    became : what became of each; None to leave that out.
    """
    heads = ["figure", *(["state"] if became is not None else []), "reason"]
    rows = []
    for line in lines:
        state = [] if became is None else [wording.phrase(f"decide.state-{became[line.number]}")]
        texts = (_figure(line, wording), *state, f"{line.reason} – {line.by}" if line.reason else line.by)
        rows.append(Row(f"{line.number}. {subject(line, result, wording)}", 0, tuple(map(Text, texts))))
    return PresentationTable(
        title=wording.phrase("decide.decisions"),
        subtitle=wording.period(result.period.name, heading=True),
        stub_head=wording.phrase("decide.head-decision"),
        columns=tuple(Column(name, wording.phrase(f"decide.head-{name}"), align="left") for name in heads),
        rows=tuple(rows),
    )


def _figure(line: Decision, wording: Wording) -> str:
    """Return the figure that a decision is on, as in ``12 → 21``."""
    if line.kind == "correct":
        return f"{line.was or wording.phrase('decide.blank')} → {line.value}"
    if line.kind == "nil":
        return "0"
    return wording.phrase("decide.until-end") if line.was == UNTIL_END else line.was


def _unit(code: str, result: Result, wording: Wording) -> str:
    """Return a unit with its sender and its code: ``Thôn 1, xã Tân Lĩnh (04336001)``."""
    register = result.register
    position = register.units.by_code.get(code)
    if position is None:
        return code
    sender = int(register.senders[position])
    name = unit_name(register, position)
    if sender not in (position, -1):
        name += f", {unit_within(register, sender, wording)}"
    return f"{name} ({code})"


def subject(line: Decision, result: Result, wording: Wording) -> str:
    """Return what is decided on what, as in ``Sửa số: Thôn 1, xã Yên (070101), Số trâu``."""
    kind = wording.phrase(f"decide.kind-{line.kind}")
    if line.kind == "undo":
        return capital(f"{kind} {line.value}")
    on = [line.code] if line.code else []
    if line.unit:
        on.append(_unit(line.unit, result, wording))
    if line.measure:
        on.append(result.names("measure", line.measure) or line.measure)
    if line.file:
        on.append(line.file.replace(SHEET_MARK, " · ") if line.kind == "set-aside" else line.file)
    return capital(f"{kind}: {', '.join(on)}")

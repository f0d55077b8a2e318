"""The decisions that are in force: what their mark means, the list of them, and records for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from antq_stats.collection.decided import Applied
from antq_stats.decisions.decision import UNTIL_END, Decision, Kind
from antq_stats.form import Form
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import unit_name, unit_within
from antq_stats.render.writing.table import UNICODE, Column, PresentationTable, Row, Text
from antq_stats.words.language import Wording
from antq_stats.words.text import capital

if TYPE_CHECKING:
    from antq_stats.figures.disclosure import PublishedDecision
    from antq_stats.figures.publication import Publication

COUNTED: tuple[Kind, ...] = ("correct", "accept", "nil", "set-aside", "unit", "column")
"""The kinds of decisions that have an effect, in the order in which they are told."""
_HEADS: Mapping[str, str] = {
    "decision": "decide.head-decision", "unit": "column.unit", "measure": "column.measure",
    "was": "decided.was", "value": "decided.value", "reason": "decide.head-reason", "by": "decide.head-by",
    "file": "column.file",
}  # fmt: skip
"""The columns of the list behind the date: the field of a decision, and the key of the head."""


def counts(decisions: Iterable[Decision]) -> dict[str, int]:
    """Return the number of decisions of each kind, those of `COUNTED`."""
    found = Counter(decision.kind for decision in decisions)
    return {kind: found[kind] for kind in COUNTED}


def counts_words(decisions: Iterable[Decision], wording: Wording) -> str:
    """Return how many decisions of each kind are in force: ``sửa 2 số liệu; không tính 1 tệp``.

    The text is empty if there are none.

    Parameters
    ----------
    decisions : the decisions in force.
    wording : the language.
    """
    found = counts(decisions).items()
    return "; ".join(wording.phrase(f"decided.count-{kind}", count=count) for kind, count in found if count)


def legend(decisions: Iterable[Decision], wording: Wording) -> str:
    """Return what the mark of decisions means, without the mark; empty where nothing was decided.

    Parameters
    ----------
    decisions : the decisions in force.
    wording : the language.
    """
    counted = counts_words(decisions, wording)
    return wording.phrase("decided.legend", counts=counted) if counted else ""


def over_periods(found: Iterable[tuple[str, Iterable[Decision]]], wording: Wording) -> str:
    """Return how many decisions of each kind are in force in each of several periods; empty if none are.

    Parameters
    ----------
    found : names of the periods, with the decisions in force.
    wording : the language.
    """
    counted = ((period, counts_words(decisions, wording)) for period, decisions in found)
    return ". ".join(
        wording.phrase("decided.of-period", period=capital(wording.period(period)), counts=told)
        for period, told in counted
        if told
    )


def over_periods_legend(found: Iterable[tuple[str, Iterable[Decision]]], wording: Wording) -> str:
    """Return what the mark of decisions means in a table of several periods; see `over_periods`, `legend`."""
    counted = over_periods(found, wording)
    return wording.phrase("decided.legend", counts=counted) if counted else ""


def published(publication: Publication) -> Iterator[Decision]:
    """Yield the decisions in force as they may be published."""
    yield from (each.decision for each in publication.decisions)


def _counted(publication: Publication, wording: Wording) -> str:
    """Return how many decisions a report rests on; those of other periods in it are told by period."""
    if not publication.others:
        return counts_words(published(publication), wording)
    every = [*publication.others, publication]
    return over_periods(((each.period, published(each)) for each in every), wording)


def published_legend(publication: Publication, wording: Wording) -> str:
    """Return what the mark of decisions means in a report; empty where nothing was decided.

    Parameters
    ----------
    publication : the figures.
    wording : the language.
    """
    counted = _counted(publication, wording)
    return wording.phrase("decided.legend", counts=counted) if counted else ""


def summary_words(publication: Publication, wording: Wording) -> str:
    """Return the sentences of a report on its decisions; empty where nothing was decided.

    Parameters
    ----------
    publication : the figures.
    wording : the language.
    """
    counted = _counted(publication, wording)
    if not counted:
        return ""
    told = wording.phrase("decided.summary", counts=counted)
    corrected = counts(published(publication))["correct"]
    if publication.is_provisional or not corrected:
        return told
    return f"{wording.phrase('decided.final', count=corrected)} {told}"


def marked_name(register: UnitRegister, unit: int, concerned: Container[int]) -> str:
    """Return the type and name of a unit, with the mark of decisions if one concerns it.

    Parameters
    ----------
    register : the register.
    unit : position of the unit.
    concerned : the units of which a doubt was accepted or a file was set aside.
    """
    name = unit_name(register, unit)
    return f"{name} {UNICODE.decided}" if unit in concerned else name


def concerned_by(applied: Iterable[Applied]) -> frozenset[int]:
    """Return the units of which a doubt was accepted or a file was set aside.

    Parameters
    ----------
    applied : the decisions in force.
    """
    return frozenset(each.unit for each in applied if each.decision.kind in ("accept", "set-aside"))


def decisions_table(publication: Publication, wording: Wording) -> PresentationTable | None:
    """Return the list of decisions, one a row, with their period if others are shown too; else None.

    Parameters
    ----------
    publication : the figures; what it withholds is withheld here too.
    wording : the language.
    """
    others = [each for each in publication.others if each.decisions]
    every = [each for each in (*others, publication) if each.decisions]
    if not every:
        return None
    heads = [Column(name, wording.phrase(key), align="left", wraps=True) for name, key in _HEADS.items()]
    if others:
        heads.insert(0, Column("period", wording.phrase("decided.period"), align="left", wraps=True))
    return PresentationTable(
        title=wording.phrase("decided.title"),
        subtitle="",
        stub_head=wording.phrase("decided.date"),
        columns=tuple(heads),
        rows=tuple(
            Row(
                wording.date(told.decision.date),
                0,
                tuple(map(Text, [*([each.period] if others else []), *_texts(told, each, wording)])),
            )
            for each in every
            for told in each.decisions
        ),
    )


def _texts(told: PublishedDecision, publication: Publication, wording: Wording) -> Iterator[str]:
    """Yield the texts of a row, in the order of the heads."""
    decision = told.decision
    for name in _HEADS:
        if name in told.withheld:
            yield wording.phrase("decided.withheld")
        elif name == "decision":
            kind = capital(wording.phrase(f"decide.kind-{decision.kind}"))
            yield f"{kind} ({decision.code})" if decision.code else kind
        elif name == "unit":
            yield _unit(publication.register, decision.unit, told.unit, wording)
        elif name == "measure":
            yield _label(publication.form, decision.measure, wording)
        elif name == "was":
            yield _was(decision, wording)
        elif name == "value":
            yield "0" if decision.kind == "nil" else decision.value
        else:
            yield str(getattr(decision, name))


def _was(decision: Decision, wording: Wording) -> str:
    if decision.kind == "correct" and not decision.was:
        return wording.phrase("decide.blank")
    return wording.phrase("decide.until-end") if decision.was == UNTIL_END else decision.was


def _unit(register: UnitRegister, code: str, position: int, wording: Wording) -> str:
    """Return a unit with its sender and its code; the sender of a file that was set aside."""
    if position < 0:
        return code
    sender, name = int(register.senders[position]), unit_name(register, position)
    if sender not in (position, -1):
        name += f", {unit_within(register, sender, wording)}"
    return f"{name} ({register.units.codes[position]})"


def _label(form: Form, code: str, wording: Wording) -> str:
    known = any(column.code == code for column in form.columns)
    return form.label(code, wording.lang) if known else code


def record(decision: Decision) -> dict[str, object]:
    """Return the record of a decision for programs; a field that does not apply is None."""
    fields = decision._asdict()
    del fields["row"]  # of the file, not of the decision
    named = {name: fields[name] or None for name in fields if name not in ("number", "date", "kind")}
    return {
        "number": decision.number, "date": decision.date.isoformat(), "decision": decision.kind, **named,
    }  # fmt: skip


def records(applied: Iterable[Applied]) -> dict[str, object]:
    """Return what JSON says of decisions: their number by kind, and each of them.

    Parameters
    ----------
    applied : the decisions in force.
    """
    decisions = [each.decision for each in applied]
    return {"counts": counts(decisions), "decisions": list(map(record, decisions))}


def numbers_at(applied: Iterable[Applied], register: UnitRegister, unit: int) -> list[int]:
    """Return the numbers of the decisions on a unit and on those under it.

    Parameters
    ----------
    applied : the decisions in force.
    register : the register.
    unit : position of the unit.
    """
    below = set(register.under(unit).tolist())
    return [each.decision.number for each in applied if each.unit in below]

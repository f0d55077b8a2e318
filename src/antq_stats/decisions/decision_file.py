"""Reads decisions.csv. Lines are only ever added: nothing that was decided is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from antq_stats.decisions.decision import COLUMNS, KINDS, Decision, Decisions, Kind
from antq_stats.decisions.person_names import NO_PLACES, PlaceNames, names_a_person
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.office_file import ListProblem, list_table, list_text
from antq_stats.register.unit_file import day_of_text
from antq_stats.words.text import ascii_key

HEADS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "ngay"),
    "decision": ("decision", "quyet dinh", "xu ly"),
    "unit": ("unit", "don vi", "ma don vi"),
    "measure": ("measure", "chi tieu", "ma chi tieu"),
    "code": ("code", "ma loi", "ma"),
    "file": ("file", "tep"),
    "was": ("was", "gia tri cu", "dang ghi"),
    "value": ("value", "gia tri", "gia tri dung"),
    "reason": ("reason", "ly do"),
    "by": ("by", "nguoi xu ly", "don vi xu ly"),
}
"""Headers of decisions.csv (keys without diacritics) by column."""
REQUIRED = ("date", "decision")
"""Columns without which it is no file of decisions."""
KIND_WORDS: Mapping[str, Kind] = {
    "sua": "correct", "sua so": "correct", "chap nhan": "accept", "dung nhu vay": "accept",
    "khong phat sinh": "nil", "khong tinh": "set-aside", "bo qua": "set-aside", "don vi": "unit",
    "cot": "column", "huy": "undo",
}  # fmt: skip
_NEEDS: Mapping[Kind, tuple[str, ...]] = {
    "correct": ("unit", "measure", "value", "reason", "by"),
    "accept": ("code", "reason", "by"),
    "nil": ("unit", "reason", "by"),
    "set-aside": ("file", "reason", "by"),
    "unit": ("file", "unit", "by"),
    "column": ("measure", "value", "by"),
    "undo": ("value", "by"),
}
"""Columns that a decision of a kind must fill in."""
_LONGEST = 400


def read_decisions(path: Path, places: PlaceNames = NO_PLACES) -> Decisions:
    """Read decisions.csv.

    Parameters
    ----------
    path : a text file with a header row, with any delimiter and in any encoding that Excel writes.
    places : names of units, which are no names of persons.

    Raises
    ------
    SetupError
        With every fault: S221 the file cannot be read; S222 a line is incomplete or wrong.
    """
    try:
        table = list_table(list_text(path), HEADS, REQUIRED)
    except ListProblem as error:
        raise SetupError([Finding(code="S221", file=path.name, facts=error.facts)]) from None
    lines: list[Decision] = []
    faults: list[Finding] = []
    beyond = table.beyond_heads()
    for number, texts in table.lines(_LONGEST):
        if number in beyond:  # its cells may stand under the heads of others, so none is shown
            at, facts = beyond[number][0], {"problem": "longer-than-heads"}
            faults.append(Finding(code="S222", file=path.name, row=number, column=at, facts=facts))
            continue
        line, wrong = decision_of(texts, len(lines) + len(faults) + 1, places)
        faults += [
            Finding(
                code="S222",
                file=path.name,
                row=number,
                column=table.columns.get(_field(problem)),
                value=text or None,
                facts={"problem": problem},
            )
            for problem, text in wrong
        ]
        if line is not None:
            lines.append(line._replace(row=number))
    if faults:
        raise SetupError(faults)
    return Decisions(tuple(lines))


def decision_of(
    texts: Mapping[str, str], number: int, places: PlaceNames = NO_PLACES
) -> tuple[Decision | None, list[tuple[str, str]]]:
    """Return a decision from the texts of its fields, or what is wrong: pairs of a keyword and the text.

    Parameters
    ----------
    texts : the fields, by the names of `COLUMNS`; a field that is not there is empty.
    number : the decision's number; 0 if it is not known yet. Only an earlier one can be revoked.
    places : as for `read_decisions`.
    """
    kind, day = kind_of(texts.get("decision", "")), day_of_text(texts.get("date", ""))
    wrong = list(_faults(texts, kind, number, places))
    if day is None:
        wrong.insert(0, ("not-a-date", texts.get("date", "")))
    if wrong or kind is None or day is None:
        return None, wrong
    return Decision._make((number, day, kind, *(texts.get(name, "") for name in COLUMNS[2:]), 0)), []


def _faults(
    texts: Mapping[str, str], kind: Kind | None, number: int, places: PlaceNames
) -> Iterator[tuple[str, str]]:
    if kind is None:
        yield "unknown-decision", texts.get("decision", "")
        return
    for name in _NEEDS[kind]:
        if not texts.get(name, ""):
            yield f"blank-{name}", ""
    if kind == "accept" and not texts.get("unit") and not texts.get("file"):
        yield "blank-unit", ""
    if kind == "column" and not texts.get("unit") and not texts.get("file"):
        yield "blank-unit", ""
    if kind == "undo" and not texts.get("value", "").isdecimal():
        yield "not-a-number", texts.get("value", "")
    elif kind == "undo" and number and not 0 < int(texts["value"]) < number:
        yield "no-earlier-decision", texts["value"]
    for name in ("reason", "by"):
        if names_a_person(texts.get(name, ""), places):  # not shown: it may be a person's name or number
            yield f"person-in-{name}", ""


def _field(problem: str) -> str:
    """Return the column that a problem is in."""
    by_problem = {
        "not-a-date": "date", "unknown-decision": "decision", "not-a-number": "value",
        "no-earlier-decision": "value",
    }  # fmt: skip
    return by_problem.get(problem, problem.rpartition("-")[2])


def kind_of(text: str) -> Kind | None:
    """Return the kind of decision that a word names, in either language; None if none does."""
    key = text.strip().lower()
    return next((kind for kind in KINDS if kind == key), KIND_WORDS.get(ascii_key(text)))

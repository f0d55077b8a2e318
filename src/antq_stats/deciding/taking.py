"""The decisions in a filled-in list, each checked against the findings as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from antq_stats.collection.collection import Collection
from antq_stats.deciding.fields import (
    Fields,
    acceptance_fields,
    correction_fields,
    file_fields,
    measure_plan,
    value_fields,
)
from antq_stats.deciding.listed import LONGEST, FilledRow, NoList, filled_rows
from antq_stats.decisions.decision import Decision, Kind
from antq_stats.decisions.decision_file import decision_of, kind_of
from antq_stats.decisions.person_names import PlaceNames
from antq_stats.edits.decidable import Choice, as_it_stands, choices, decision_number, row_key
from antq_stats.edits.unknown_headers import place_of_header
from antq_stats.findings.catalogue import severity
from antq_stats.findings.finding import Finding
from antq_stats.render.findings.decision_columns import choice_words, period_key
from antq_stats.render.words import unit_name
from antq_stats.render.writing.table import clean
from antq_stats.run import Result
from antq_stats.words.language import LANGUAGES, Language, Wording, phrase
from antq_stats.words.text import one_line, text_key
from antq_stats.words.today import today

_WORDS: dict[str, tuple[Kind, bool]] = {
    "correct": ("correct", False), "accept": ("accept", False), "nil": ("nil", False),
    "set-aside": ("set-aside", False), "set-aside-sheet": ("set-aside", True), "unit": ("unit", False),
    "unit-sheet": ("unit", True), "column": ("column", False), "undo": ("undo", False),
}  # fmt: skip
"""Phrases ``decide.word-…`` -> the decision, and whether it is on a sheet."""
_FEW = 8
"""Most units that are named where several have the name."""
_COMPARED = ("unit", "measure", "code", "file", "value", "reason", "by")
"""Fields by which a decision is known to have been taken before."""


class Wanted(NamedTuple):
    """A decision of a row, without its final number."""

    row: FilledRow
    decision: Decision


@dataclass
class Taken:
    """What a filled-in list holds."""

    wanted: list[Wanted] = field(default_factory=list)
    """The decisions that may be taken."""
    refused: list[Finding] = field(default_factory=list)
    """S223 for each of the other rows, at the cell at fault."""
    known: int = 0
    """Number of rows whose decision is in decisions.csv already."""


class _Refused(Exception):  # noqa: N818
    """A row cannot be taken: the column at fault, the keyword of the catalogue, and facts."""

    def __init__(self, column: str, problem: str, *, shows: bool = True, **facts: str) -> None:
        self.column, self.problem, self.shows, self.facts = column, problem, shows, facts
        super().__init__(problem)


class _Known(Exception):  # noqa: N818
    """The decision of a row has been taken before."""


def is_begun(path: Path, result: Result) -> bool:
    """Return whether a file is a list with decisions that decisions.csv does not have yet.

    Parameters
    ----------
    path : the file, which need not exist.
    result : the period.
    """
    try:
        rows = filled_rows(path)
    except NoList:
        return False
    try:
        taken = Taking(result, result.collection, today(), result.language).take(rows)
    except NoList:  # of another period
        return bool(rows)
    return bool(taken.wanted or taken.refused)


class _Repeated(Exception):  # noqa: N818
    """Another row has the same decision, as where two findings are on one cell."""


class Taking:
    """Takes decisions out of the rows of a list.

    Parameters
    ----------
    result : the period with the decisions that it has now.
    sent : what the returns say, with no value corrected.
    today : date of the decisions.
    lang : language of the words that a refusal offers; those of the list may be in either.
    """

    def __init__(self, result: Result, sent: Collection, today: date, lang: Language) -> None:
        self.result = result
        self.collection = result.collection
        self.sent = sent
        self.today = today
        self.lang = lang
        self._places = PlaceNames(result.register.units.names)
        self._by_key: defaultdict[str, list[Finding]] = defaultdict(list)
        self._seen: dict[tuple[str, ...], Wanted] = {}
        self._contested: dict[tuple[str, ...], FilledRow] = {}

    def take(self, rows: Sequence[FilledRow]) -> Taken:
        """Return the decisions of the rows.

        Raises
        ------
        NoList
            The list is of another period or of another province.
        """
        here = period_key(self.collection)
        if others := [row["list"] for row in rows if row["list"] not in ("", here)]:
            raise NoList("other-list", found=others[0])
        keys = {row["key"] for row in rows}
        for finding in self.result.findings:
            if (key := row_key(finding)) in keys:
                self._by_key[key].append(finding)
        taken = Taken()
        for row in rows:
            try:
                taken.wanted.append(self._wanted(row))
            except _Known:
                taken.known += 1
            except _Repeated:
                continue
            except _Refused as problem:
                refusal = row.refusal(problem.column, problem.problem, shows=problem.shows, **problem.facts)
                taken.refused.append(refusal)
        self._refuse_contested(taken)
        return taken

    def _refuse_contested(self, taken: Taken) -> None:
        """Refuse a decision that another row contradicts: which one is right is not known."""
        for wanted in list(taken.wanted):
            if (other := self._contested.get(wanted.decision.subject)) is not None:
                taken.wanted.remove(wanted)
                first = str(other.number)
                taken.refused.append(wanted.row.refusal("decision", "decided-twice", first=first))

    def _wanted(self, row: FilledRow) -> Wanted:
        if row.cut:
            raise _Refused(row.cut, "longer-than-400", shows=False)
        kind, of_sheet = self._kind(row)
        if kind in ("correct", "unit"):
            self._check_head(row, "value")
        if not row["key"]:
            raise _Refused("decision", "row-without-key")
        found = self._by_key.get(row["key"], [])
        standing = [each for each in found if self._stands(each) == row["was"]]
        about = (standing or found or [_as_written(row)])[0]
        if found:
            _check_whole(row, about, self.collection)
        offered = choices(self.collection, about) if found else ()
        measure = self._measure(row, about, offered, kind) if kind in ("correct", "column") else ""
        fields = self._fields(row, kind, measure, about, of_sheet=of_sheet)
        self._check_known(kind, fields)
        if not standing:
            if found:
                self._check_head(row, "was")
            is_compared = row["code"][:1] != "P" or bool(self.result.earlier)
            gone = "finding-gone" if is_compared else "finding-needs-with"
            raise _Refused("decision", "changed-since-list" if found else gone)
        if not any(
            each.kind == kind and each.of_sheet == of_sheet and each.measure in ("", measure)
            for each in offered
        ):
            raise self._not_offered(about, kind)
        if row["value"] and kind not in ("correct", "unit"):
            raise _Refused("value", "value-not-asked")
        if kind == "correct":
            fields |= correction_fields(self.sent, fields["unit"], measure)
        wanted = Wanted(row, self._decision(kind, fields))
        first = self._seen.setdefault(wanted.decision.subject, wanted)
        if first is not wanted:
            if first.decision == wanted.decision:
                raise _Repeated
            self._contested.setdefault(wanted.decision.subject, row)
            raise _Refused("decision", "decided-twice", first=str(first.row.number))
        return wanted

    def _check_head(self, row: FilledRow, column: str) -> None:
        """Refuse a row of a sheet that has no column of this name any more."""
        if column not in row.places:
            head = phrase(f"decide.head-{column}", self.lang)
            raise _Refused("decision", "no-header", shows=False, expected=head)

    def _kind(self, row: FilledRow) -> tuple[Kind, bool]:
        """Return the kind of decision that a row names, and whether it is on a sheet."""
        text = row["decision"]
        if not text:
            raise _Refused("decision", "blank-decision")
        key = text_key(text.partition(":")[0])
        for lang in LANGUAGES:
            for word, meant in _WORDS.items():
                if key == text_key(_opening(word, lang)):
                    return meant
            if key.startswith(f"{text_key(_opening('correct-cell', lang))} "):
                return "correct", False
        kind = kind_of(text)
        if kind is None or kind == "column":
            words = (_opening(word, self.lang) for word in _WORDS)
            raise _Refused("decision", "one-of-words", expected=", ".join(words))
        return kind, False

    def _stands(self, finding: Finding) -> str:
        """Return how a finding stands as the cell of a list holds it."""
        return one_line(clean(as_it_stands(self.collection, finding)), LONGEST)

    def _measure(self, row: FilledRow, about: Finding, offered: Sequence[Choice], kind: Kind) -> str:
        """Return the code of the measure that a row corrects, or that a header means."""
        form = self.collection.form
        codes = [each.measure for each in offered if each.kind == kind]
        label = text_key(row["decision"].partition(":")[2])
        if label:
            for code in (*codes, *(measure.code for measure in form.measures)):
                if label in {text_key(code), *(text_key(form.label(code, lang)) for lang in LANGUAGES)}:
                    return code
            raise _Refused("decision", "measure-unknown")
        if len(codes) > 1 or kind == "column":
            words = choice_words(self.collection, about, Wording(self.lang))
            keyword = "means-what" if kind == "column" else "which-measure"
            raise _Refused("decision", keyword, expected=", ".join(words[: len(codes)]))
        return codes[0] if codes else about.measure or ""

    def _fields(self, row: FilledRow, kind: Kind, measure: str, about: Finding, *, of_sheet: bool) -> Fields:
        """Return the fields of the decision of a row, except what a correction depends on."""
        fields = {"reason": row["reason"], "by": row["by"]}
        if kind == "correct":
            plan = measure_plan(self.result.period.plan, measure)
            typed = row.number_with_decimals or row["value"]
            value = value_fields(typed, plan) if plan is not None and typed else {}
            if value is None:
                raise _Refused("value", "no-value")
            return fields | value | {"unit": about.unit or "", "measure": measure}
        if kind == "accept":
            return fields | acceptance_fields(self.collection, about)
        if kind == "nil":
            return fields | {"unit": about.unit or about.about or ""}
        if kind == "column":
            where = place_of_header(self.collection, about)
            return fields | where | {"measure": measure, "value": row["was"]}
        if kind == "undo":
            return fields | {"value": decision_number(row["was"])}
        place = file_fields(about.file or "", about.sheet if of_sheet else None)
        return fields | place | ({"unit": self._unit(row["value"])} if kind == "unit" else {})

    def _unit(self, text: str) -> str:
        """Return the code of the unit that a cell names, by its code or by its whole name."""
        units = self.collection.register.units
        if not text:
            raise _Refused("value", "blank-unit")
        if text in units.by_code:
            return text
        key = text_key(text)
        named = [code for at, code in enumerate(units.codes) if key == text_key(self._name(at))]
        named = named or [code for at, code in enumerate(units.codes) if key in units.name_keys(at)]
        if len(named) > 1:
            raise _Refused("value", "one-of-words", expected=", ".join(named[:_FEW]))
        if not named:
            raise _Refused("value", "unit-unknown")
        return named[0]

    def _name(self, unit: int) -> str:
        return unit_name(self.collection.register, unit)

    def _check_known(self, kind: Kind, fields: Fields) -> None:
        """Stop at a decision that is in force already."""
        decisions = self.result.period.decisions
        if kind == "undo" and fields["value"].isdecimal() and int(fields["value"]) in decisions.undone:
            raise _Known
        for line in decisions.of_kind(kind):
            if all(getattr(line, name) == fields.get(name, "") for name in _COMPARED):
                raise _Known

    def _not_offered(self, about: Finding, kind: Kind) -> _Refused:
        if kind == "accept" and severity(about) == "hard":
            return _Refused("decision", "hard")
        words = choice_words(self.collection, about, Wording(self.lang))
        if not words:
            return _Refused("decision", "nothing-to-decide")
        return _Refused("decision", "one-of-words", expected=", ".join(words))

    def _decision(self, kind: Kind, fields: Fields) -> Decision:
        """Return the decision of a row, or raise what is wrong with its fields."""
        decision, wrong = decision_of(
            {**fields, "date": self.today.isoformat(), "decision": kind}, 0, self._places
        )
        if decision is not None:
            return decision
        keyword = wrong[0][0]
        column = keyword.rpartition("-")[2]
        column = column if column in ("value", "reason", "by") else "decision"
        raise _Refused(column, keyword, shows=not keyword.startswith("person-"))


def _opening(word: str, lang: Language) -> str:
    """Return the word that stands for a decision, without the measure that follows it."""
    return phrase(f"decide.word-{word}", lang, cell="", measure="").partition(":")[0].strip()


def _as_written(row: FilledRow) -> Finding:
    """Return the finding that a row was written for, as far as its cells say."""
    return Finding(
        code=row["code"], unit=row["unit-code"] or None, measure=row["measure-code"] or None,
        rule=row["rule"] or None, about=row["about"] or None, file=row["file"] or None,
        sheet=row["sheet"] or None,
    )  # fmt: skip


def _check_whole(row: FilledRow, about: Finding, collection: Collection) -> None:
    """Refuse a row whose cells come from several rows, as after sorting some columns alone."""
    seen = {"code": about.code, "file": about.file or ""}
    for column, text in seen.items():
        if row[column] and text_key(row[column]) != text_key(text):
            raise _Refused(column, "cells-of-several-rows")
    if row["unit"] and not row["unit"].endswith(f"({about.unit})") and row["unit"] != about.unit:
        raise _Refused("unit", "cells-of-several-rows")
    if row["measure"] and about.measure in collection.place_of:
        labels = {text_key(collection.form.label(about.measure, lang)) for lang in LANGUAGES}
        if text_key(row["measure"]) not in labels:
            raise _Refused("measure", "cells-of-several-rows")

"""Checks between the entries of a form.

They work on all entries that are valid by themselves, so that the faults of one entry do not hide those of
others. Of invalid entries only the codes are known.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from antq_stats.expression import Expression, ExpressionError, parse
from antq_stats.expression.normal import Sign, required_signs
from antq_stats.findings.finding import Finding
from antq_stats.form.entries import UNITS, Ambiguity, EditRule, Identity, Measure, Ratio, Section, Table
from antq_stats.form.headers import own_identity_keys, stated_keys
from antq_stats.words.text import text_key

AnyEntry = Table | Section | Measure | Ratio | Ambiguity | EditRule


class PlacedEntry(NamedTuple):
    """An entry and its place in the file."""

    place: str
    item: AnyEntry


def place_of(kind: str, position: int, code: object) -> str:
    """Return the place of an entry as findings name it: ``[[measure]] 3 "tong_ho"``.

    Parameters
    ----------
    kind : key of the entry in the file.
    position : its number among the entries of its kind, from 1.
    code : its code, if it has one.
    """
    named = f' "{code}"' if isinstance(code, str) and code else ""
    return f"[[{kind}]] {position}{named}"


@dataclass
class FormEntries:
    """The entries of a form, valid and invalid."""

    identity: Identity = field(default_factory=Identity)
    valid: dict[str, list[PlacedEntry]] = field(default_factory=dict)
    """Valid entries by kind: table, section, measure, ratio, rule."""
    invalid: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Place and code of invalid entries, by kind."""

    @classmethod
    def of_entries(cls, identity: Identity, entries: Mapping[str, Sequence[AnyEntry]]) -> FormEntries:
        """Return valid entries, which are given by kind."""
        parts = cls(identity=identity)
        for kind, items in entries.items():
            parts.valid[kind] = [
                PlacedEntry(place_of(kind, position, item.code), item)
                for position, item in enumerate(items, start=1)
            ]
        return parts

    def codes(self, *kinds: str) -> dict[str, str]:
        """Return the codes of some kinds, in order, with the first place of each."""
        found: dict[str, str] = {}
        for code, place in self.all_codes(*kinds):
            found.setdefault(code, place)
        return found

    def all_codes(self, *kinds: str) -> Iterator[tuple[str, str]]:
        """Yield the codes of some kinds with their places, repeated codes included."""
        for kind in kinds:
            yield from ((part.item.code, part.place) for part in self.valid.get(kind, ()))
            yield from ((code, place) for place, code in self.invalid.get(kind, ()))

    def of_type(self, kind: type[AnyEntry]) -> Iterator[tuple[str, AnyEntry]]:
        """Yield the valid entries of a type with their places."""
        for parts in self.valid.values():
            yield from ((place, item) for place, item in parts if isinstance(item, kind))


def faults(parts: FormEntries) -> list[Finding]:
    """Return all faults between the entries of a form."""
    return [
        *_codes_twice(parts),
        *_references(parts),
        *_ratios(parts),
        *_collisions(parts),
        *_ambiguities(parts),
        *_rules(parts),
    ]


def near(word: str, known: Iterable[str]) -> dict[str, str]:
    """Return the fact ``suggestion`` if a known word is similar, else no fact."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1)
    return {"suggestion": found[0]} if found else {}


def _codes_twice(parts: FormEntries) -> Iterator[Finding]:
    for kinds in (("table",), ("section",), ("measure", "ratio"), ("rule",)):
        first: dict[str, str] = {}
        for code, place in parts.all_codes(*kinds):
            if code in first:
                facts = {"name": code, "place": place, "first": first[code], "second": place}
                yield Finding(code="S107", facts=facts)
            first.setdefault(code, place)
    former: dict[str, str] = {}
    for place, measure in parts.of_type(Measure):
        for code in measure.was if isinstance(measure, Measure) else ():
            here = f"{place} / was"
            if code in former:  # the figure of last year would be counted twice
                yield Finding(
                    code="S107", facts={"name": code, "place": here, "first": former[code], "second": here}
                )
            former.setdefault(code, here)


def _references(parts: FormEntries) -> Iterator[Finding]:
    tables, sections = parts.codes("table"), parts.codes("section")
    for place, item in (*parts.of_type(Measure), *parts.of_type(Ratio)):
        if isinstance(item, Measure):
            if item.table and item.table not in tables:
                yield _not_one_of(f"{place} / table", item.table, tables)
            elif not item.table and len(tables) > 1:
                yield Finding(code="S102", facts={"place": f"{place} / table", "expected": "key-missing"})
        if isinstance(item, Measure | Ratio) and item.section is not None and item.section not in sections:
            yield _not_one_of(f"{place} / section", item.section, sections)


def _not_one_of(place: str, found: str, known: Iterable[str]) -> Finding:
    facts = {"place": place, "expected": "one-of: " + ", ".join(known), "found": found}
    return Finding(code="S102", facts=facts | near(found, known))


def _ratios(parts: FormEntries) -> Iterator[Finding]:
    measures, ratios = parts.codes("measure"), parts.codes("ratio")
    names = {
        item.code: (item.numerator, item.denominator)
        for _, item in parts.of_type(Ratio)
        if isinstance(item, Ratio)
    }
    not_summed = {
        item.code for _, item in parts.of_type(Measure) if isinstance(item, Measure) and item.up == "none"
    }
    for place, ratio in parts.of_type(Ratio):
        if not isinstance(ratio, Ratio):
            continue
        for key, code in (("numerator", ratio.numerator), ("denominator", ratio.denominator)):
            facts = {"place": f"{place} / {key}", "name": code}
            if code in not_summed:
                facts["problem"] = "ratio-not-summed"
                yield Finding(code="S104", measure=ratio.code, facts=facts)
            elif code in measures or (code == UNITS and key == "denominator"):
                continue
            elif code not in ratios:
                yield Finding(code="S105", measure=ratio.code, facts=facts | near(code, measures))
            elif _leads_to(code, ratio.code, names):
                facts["problem"] = "ratio-over-itself"
                yield Finding(code="S104", measure=ratio.code, facts=facts)
            else:
                yield Finding(code="S105", measure=ratio.code, facts=facts | {"problem": "ratio-not-measure"})
        if ratio.numerator == ratio.denominator and ratio.numerator in measures:
            facts = {"place": place, "name": ratio.numerator, "problem": "ratio-constant"}
            yield Finding(code="S104", measure=ratio.code, facts=facts)


def _leads_to(start: str, goal: str, names: Mapping[str, tuple[str, str]]) -> bool:
    waiting, seen = [start], set[str]()
    while waiting:
        code = waiting.pop()
        if code == goal:
            return True
        if code not in seen:
            seen.add(code)
            waiting += names.get(code, ())
    return False


def _collisions(parts: FormEntries) -> Iterator[Finding]:
    tables = parts.codes("table")
    only = next(iter(tables), "")
    at: dict[str, str] = {}
    owners: dict[tuple[str, str], str] = {}
    anywhere: dict[str, str] = {}
    for place, item in (*parts.of_type(Measure), *parts.of_type(Ratio)):
        if isinstance(item, Measure):
            table = at[item.code] = item.table or only
        elif isinstance(item, Ratio):
            sides = {at.get(side) for side in (item.numerator, item.denominator) if side != UNITS}
            if len(sides) > 1 or None in sides:
                continue  # its sides are in two tables, so no return has it
            table = str(sides.pop()) if sides else only
        else:
            continue
        for key, wording in stated_keys(item).items():
            first = owners.setdefault((table, key), item.code)
            anywhere.setdefault(key, item.code)
            if first != item.code:
                yield Finding(
                    code="S108", facts={"place": place, "alias": wording, "first": first, "second": item.code}
                )
    kinds: dict[str, str] = {}
    for kind, words in own_identity_keys(parts.identity).items():
        place = f"[form] / identity / {kind}"
        for key, wording in words.items():
            first = anywhere.get(key) or kinds.get(key, "")
            kinds.setdefault(key, f"identity.{kind}")
            if first:
                facts = {"place": place, "alias": wording, "first": first, "second": f"identity.{kind}"}
                yield Finding(code="S108", facts=facts)


def _ambiguities(parts: FormEntries) -> Iterator[Finding]:
    """Yield S105 for unknown measures, and S108 for headers that a measure of the same table states."""
    measures = {item.code: item for _, item in parts.of_type(Measure) if isinstance(item, Measure)}
    known = parts.codes("measure")
    for place, entry in parts.of_type(Ambiguity):
        if not isinstance(entry, Ambiguity):
            continue
        for code in entry.measures:
            if code not in known:
                facts = {"place": f"{place} / measures", "name": code}
                yield Finding(code="S105", measure=code, facts=facts | near(code, known))
        tables = {measures[code].table for code in entry.measures if code in measures}
        stated = {
            key: measure.code
            for measure in measures.values()
            if measure.table in tables
            for key in stated_keys(measure)
        }
        for word in entry.words:
            if text_key(word) in stated:
                facts = {"place": f"{place} / words", "alias": word}
                yield Finding(
                    code="S108",
                    facts=facts | {"first": stated[text_key(word)], "second": " / ".join(entry.measures)},
                )


def _rules(parts: FormEntries) -> Iterator[Finding]:
    measures, ratios = parts.codes("measure"), parts.codes("ratio")
    valid: list[tuple[str, EditRule, Expression]] = []
    for entry_place, rule in parts.of_type(EditRule):
        if not isinstance(rule, EditRule):
            continue
        place = f"{entry_place} / check"
        try:
            expression = parse(rule.check)
        except ExpressionError as error:
            facts = {
                "place": place,
                "problem": error.problem,
                "column": str(error.position + 1),
                "found": error.found,
            }
            yield Finding(
                code="S103", rule=rule.code, facts={key: value for key, value in facts.items() if value}
            )
            continue
        unknown = [name for name in expression.names if name not in measures]
        for name in unknown:
            more = {"problem": "ratio-not-measure"} if name in ratios else near(name, measures)
            yield Finding(code="S105", rule=rule.code, facts={"place": place, "name": name} | more)
        if expression.always is not None:
            problem = "always-true" if expression.always else "always-false"
            yield Finding(code="S104", rule=rule.code, facts={"place": place, "problem": problem})
        elif not unknown:
            valid.append((place, rule, expression))
    yield from _contradictions(valid)


def _contradictions(rules: Iterable[tuple[str, EditRule, Expression]]) -> Iterator[Finding]:
    """Yield S104 for rules of the same meaning and for rules that cannot both hold."""
    rule_with: dict[object, str] = {}
    demanded: dict[object, list[tuple[Sign, str]]] = {}
    for place, rule, expression in rules:
        if expression.normal is None:
            continue
        first = rule_with.setdefault(expression.normal, rule.code)
        if first != rule.code:
            facts = {"place": place, "problem": "same-rule", "first": first, "second": rule.code}
            yield Finding(code="S104", rule=rule.code, facts=facts)
            continue
        for sign in required_signs(expression.normal):
            others = demanded.setdefault(sign.quotient, [])
            contradicted = next((code for other, code in others if not other.signs & sign.signs), None)
            if contradicted is not None:
                facts = {
                    "place": place,
                    "problem": "rules-exclude",
                    "first": contradicted,
                    "second": rule.code,
                }
                yield Finding(code="S104", rule=rule.code, facts=facts)
            others.append((sign, rule.code))

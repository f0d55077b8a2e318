"""The catalogue of findings: what each code means, in both languages.

The words stand in ``catalogue.toml``, one table per code; this module reads them once, when they are first
asked for, and fills the facts of a finding into them. A template names facts in braces, ``{value}``, and may
hold segments in square brackets, ``[ (gợi ý: {suggestion})]``, that drop out when a fact in them is absent;
a fact outside a segment shows as ``…`` when it is. ``{found:n}`` writes a plain number with the marks of the
language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from antq_stats.findings.finding import Finding, Severity
from antq_stats.words.language import LANGUAGES, Language
from antq_stats.words.text import column_letter, one_line

Words = Mapping[Language, str]
"""The same words in both languages."""

Names = Callable[[str, str], str | None]
"""Resolves a kind (``unit``, ``measure`` or ``rule``) and a code to what people call it; None if unknown."""

MORE = "F120"
"""The code that stands for findings that were not listed; it weighs what they weigh."""

PLACEHOLDERS = (
    "file", "sheet", "cell", "row", "column", "unit", "measure", "rule", "value",
    "expected", "found", "given", "limit", "suggestion", "place", "problem", "alias", "first", "second",
    "count", "form", "version", "period", "encoding", "level", "other", "title", "name", "base", "fits",
)  # fmt: skip
"""All a template may name. The first nine are a finding's own fields, the others its facts."""

_KEYWORD_FACTS = ("problem", "expected", "found")
_CODE = re.compile(r"[A-Z]\d{3}")
_SEGMENT = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{([a-z]+)(:n)?\}")
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?", re.ASCII)
_VALUES = re.compile(r"([a-z_][a-z0-9_]*) = (-?\d+)", re.ASCII)
_ABSENT = "…"
_VALUE_LIMIT = 80
_FACT_LIMIT = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code of the catalogue; templates as they stand in ``catalogue.toml``.

    Parameters
    ----------
    code : letter of the family and three digits; never used again once given.
    name : kebab-case, names the fault.
    since : the version that first raised it.
    status : ``retired`` codes are explained but never raised.
    now : the code that took the place of a retired one.
    codes : facts that are codes of the register or the form, and of which kind: ``suggestion`` -> ``unit``;
        of kind ``measures`` where they are measures with their values, ``tong_ho = 120``.
    source : where the rule comes from, if it is not our own.
    """

    code: str
    name: str
    severity: Severity
    since: str
    status: Literal["active", "retired"]
    now: str | None
    codes: Mapping[str, str]
    message: Words
    hint: Words
    why: Words
    before: Words
    after: Words
    source: str | None

    @property
    def family(self) -> str:
        """The letter of the code."""
        return self.code[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An entry in one language, in parts for a page or a terminal; placeholders are told in words."""

    code: str
    name: str
    family: str
    severity: Severity
    severity_label: str
    since: str
    retired: bool
    now: str | None
    message: str
    hint: str
    why: str
    before: str
    after: str
    source: str | None


class _Catalogue(NamedTuple):
    entries: Mapping[str, Entry]
    families: Mapping[str, Words]
    severities: Mapping[str, Words]
    placeholders: Mapping[str, Words]
    keywords: Mapping[str, Mapping[str, Words]]


@lru_cache(maxsize=1)
def _catalogue() -> _Catalogue:
    # by path, not importlib.resources: that costs more to import than this file to read
    text = Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    codes = sorted(key for key in data if _CODE.fullmatch(key))
    return _Catalogue(
        entries={code: _entry(code, data[code]) for code in codes},
        families=data["family"],
        severities=data["severity"],
        placeholders=data["placeholder"],
        keywords=data["keyword"],
    )


def _entry(code: str, table: Mapping[str, Any]) -> Entry:
    example = table["example"]
    return Entry(
        code=code,
        name=table["name"],
        severity=table["severity"],
        since=table["since"],
        status=table["status"],
        now=table.get("now"),
        codes=MappingProxyType(table.get("codes", {})),
        message=_both(table["message"]),
        hint=_both(table["hint"]),
        why=_both(table["why"]),
        before=_both(example["before"]),
        after=_both(example["after"]),
        source=table.get("source"),
    )


def _both(words: str | Mapping[Language, str]) -> Words:
    """Return words by language; one text alone (a cell's content) serves both."""
    if isinstance(words, str):
        return MappingProxyType(dict.fromkeys(LANGUAGES, words))
    return MappingProxyType({language: words[language] for language in LANGUAGES})


def entries() -> tuple[Entry, ...]:
    """Return every entry, retired ones too, sorted by code."""
    return tuple(_catalogue().entries.values())


def entry(code: str) -> Entry:
    """Return the entry of a code; KeyError if there is none."""
    return _catalogue().entries[code]


def families() -> Mapping[str, Words]:
    """Return the words for each family's letter, in the order in which families are listed."""
    return _catalogue().families


def severity(finding: Finding) -> Severity:
    """Return how much a finding weighs: its own severity where it brings one, else its code's."""
    if finding.severity is None and finding.code == MORE:
        return entry(finding.facts.get("found", MORE)).severity
    return finding.severity or entry(finding.code).severity


def severity_label(weight: Severity, lang: Language) -> str:
    """Return the words for a severity."""
    return _catalogue().severities[weight][lang]


def message(finding: Finding, lang: Language, names: Names | None = None) -> str:
    """Return what was found, in one line without control characters.

    Parameters
    ----------
    names : tells what a unit's or measure's code is called, and what a rule of the form says; without it,
        or where it knows no better, the code itself is shown.

    Raises
    ------
    KeyError : the finding's code is not in the catalogue.
    """
    return _fill(entry(finding.code).message[lang], _facts(finding, lang, names), lang)


def hint(finding: Finding, lang: Language, names: Names | None = None) -> str:
    """Return how to mend what was found; parameters and errors as for `message`."""
    return _fill(entry(finding.code).hint[lang], _facts(finding, lang, names), lang)


def explain(code: str, lang: Language) -> Explanation:
    """Return all there is to say about a code; KeyError if there is no such code."""
    found = entry(code)
    return Explanation(
        code=found.code,
        name=found.name,
        family=families()[found.family][lang],
        severity=found.severity,
        severity_label=severity_label(found.severity, lang),
        since=found.since,
        retired=found.status == "retired",
        now=found.now,
        message=_in_words(found.message[lang], lang),
        hint=_in_words(found.hint[lang], lang),
        why=found.why[lang],
        before=found.before[lang],
        after=found.after[lang],
        source=found.source,
    )


def find(word: str) -> Entry | None:
    """Return the entry that a person means by a code in either case or by a name; None if there is none."""
    word = word.strip()
    known = _catalogue().entries
    if word.upper() in known:
        return known[word.upper()]
    return next((item for item in known.values() if item.name == word.lower()), None)


def _facts(finding: Finding, lang: Language, names: Names | None) -> dict[str, str]:
    """Return the words for each placeholder that the finding has a fact for."""

    def called(kind: str, code: str | None) -> str | None:
        return ((names(kind, code) if names else None) or code) if code else None

    known: dict[str, str | None] = {
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "row": None if finding.row is None else str(finding.row),
        "column": None if finding.column is None else column_letter(finding.column),
        "rule": finding.rule,
        "value": finding.value,
        "title": called("rule", finding.rule),
        **finding.facts,
    }
    known["unit"] = called("unit", finding.facts.get("unit") or finding.unit)
    known["measure"] = called("measure", finding.facts.get("measure") or finding.measure)
    if finding.code.startswith("D"):
        known["value"] = None  # personal data is told by place and kind only
    for fact, kind in entry(finding.code).codes.items():
        code = known.get(fact)
        if kind == "measures" and code:
            known[fact] = _VALUES.sub(
                lambda one: f"{called('measure', one[1])} = {_marked(one[2], lang)}", code
            )
            continue
        name = called(kind, code)
        known[fact] = name if name == code or kind == "measure" else f"{name} ({code})"
    for fact in _KEYWORD_FACTS:
        known[fact] = _keyword(fact, known.get(fact), lang)
    lines = {
        key: one_line(text, _VALUE_LIMIT if key == "value" else _FACT_LIMIT)
        for key, text in known.items()
        if text
    }
    return {key: text for key, text in lines.items() if text}


def _keyword(fact: str, text: str | None, lang: Language) -> str | None:
    """Return the words for a keyword, alone or before a colon (``one-of: a, b``); else the text itself."""
    if not text:
        return None
    words = _catalogue().keywords.get(fact, {})
    head, colon, rest = text.partition(":")
    if text in words:
        return words[text][lang]
    if colon and head in words:
        return f"{words[head][lang]}: {rest.strip()}"
    return text


def _fill(template: str, facts: Mapping[str, str], lang: Language) -> str:
    """Return a template with its facts; segments that lack one drop out.

    Text outside brackets and text inside take turns in what `re.split` gives. Facts are put in last and never
    looked at again, so braces or brackets in a cell mean nothing.
    """

    def put(found: re.Match[str]) -> str:
        text = facts.get(found[1], _ABSENT)
        return _marked(text, lang) if found[2] else text

    parts = _SEGMENT.split(template)
    for turn, part in enumerate(parts):
        optional = turn % 2 == 1
        if optional and not all(found[1] in facts for found in _PLACEHOLDER.finditer(part)):
            parts[turn] = ""
        else:
            parts[turn] = _PLACEHOLDER.sub(put, part)
    return "".join(parts)


def _marked(text: str, lang: Language) -> str:
    """Return a plain number with the language's marks (1.691 · 81,2); anything else as it is."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    thousands, decimal = (".", ",") if lang == "vi" else (",", ".")
    digits = found[2]
    first = len(digits) % 3 or 3
    whole = thousands.join([digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))])
    return found[1] + whole + (decimal + found[3] if found[3] else "")


def _in_words(template: str, lang: Language) -> str:
    """Return a template for a reader: placeholders in words, every segment shown."""
    words = _catalogue().placeholders
    plain = _SEGMENT.sub(r"\1", template)
    return _PLACEHOLDER.sub(lambda found: f"‹{words[found[1]][lang]}›", plain)

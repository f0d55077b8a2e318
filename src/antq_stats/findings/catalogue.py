"""The catalogue of findings: the meaning of each code, in both languages.

``catalogue.toml`` has a table for each code. This module reads it once, on first use, and fills the facts of
a finding into the templates. A template names facts in braces, as in ``{value}``. It may have optional
segments in square brackets, as in ``[ (gợi ý: {suggestion})]``: a segment is left out if a fact in it is
missing. A missing fact outside a segment is shown as ``…``. ``{found:n}`` formats a plain number for the
language.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from antq_stats.findings.finding import Finding, Severity
from antq_stats.words.language import LANGUAGES, Language, date, moment, period, phrase
from antq_stats.words.text import capital, column_letter, one_line

Words = Mapping[Language, str]
"""A text in both languages."""

Names = Callable[[str, str], str | None]
"""Takes a kind (``unit``, ``measure`` or ``rule``) and a code; returns the name, or None if it is unknown.

Of the kind ``answer`` a code is a measure with its value and unit (``kdc_dat=1@0701``). It has a name, yes or
no, if the value is that of a flag and no sum of several units.
"""

MORE = "F120"
"""Code of the finding that stands for others of one code that are not listed; it has their severity."""

ACCEPTED = "accepted"
"""Fact of a finding that was accepted: by whom."""
ACCEPTANCE = "acceptance"
"""Fact of a finding that was accepted: the number of the decision."""
PLACEHOLDERS = (
    "file", "sheet", "cell", "row", "column", "unit", "measure", "rule", "value",
    "expected", "found", "given", "limit", "suggestion", "place", "problem", "alias", "first", "second",
    "count", "form", "version", "period", "encoding", "level", "other", "title", "name", "base", "fits",
    "saved", "earlier", "line",
)  # fmt: skip
"""All placeholders of templates. The first nine are fields of the finding, the others its facts."""

_KEYWORD_FACTS = ("problem", "expected", "found")
_CODE = re.compile(r"[A-Z]\d{3}")
_SEGMENT = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{([a-z]+)(:n)?\}")
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?", re.ASCII)
_VALUES = re.compile(r"([a-z_][a-z0-9_]*) = (-?\d+(?:\.\d+)?)", re.ASCII)
_WITH_DECIMALS = re.compile(r"\d+\.\d+", re.ASCII)
_MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_DAY = re.compile(r"[12]\d\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_ABSENT = "…"
_VALUE_LIMIT = 80
_FACT_LIMIT = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The entry of one code, with the templates of ``catalogue.toml``.

    Parameters
    ----------
    code : letter of the family and three digits; a code is never used again.
    name : name of the fault, in kebab-case.
    severity : severity of its findings, unless a finding has its own.
    since : version of the program that first raised it.
    status : ``active``, or ``retired`` for codes that are explained but no longer raised.
    now : code that replaced a retired one; else None.
    codes : maps facts that are codes to their kind, as in ``suggestion`` -> ``unit``. The kind ``measures``
        stands for measures with their values, as in ``tong_ho = 120``, ``period`` for the name of a period,
        ``kind`` for the code of a finding, and ``amounts`` for amounts, of which those with decimals are
        written in the notation of the language.
    message, hint : templates of what is wrong, and of how to correct it.
    why : why it matters.
    before, after : an example of a faulty cell, and of the corrected one.
    source : the act or the publication that the rule comes from; None if it is the program's own.
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
    source: Words | None

    @property
    def family(self) -> str:
        """The letter of the code, which names its family."""
        return self.code[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An entry in one language. Placeholders are replaced by descriptions; fields as in `Entry`."""

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
    kinds: Mapping[str, Words]
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
        kinds=data["kind"],
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
        source=_both(table["source"]) if "source" in table else None,
    )


def _both(words: str | Mapping[Language, str]) -> Words:
    """Return a text in both languages; a plain string, as the content of a cell, is the same in both."""
    if isinstance(words, str):
        return MappingProxyType(dict.fromkeys(LANGUAGES, words))
    return MappingProxyType({language: words[language] for language in LANGUAGES})


def entries() -> tuple[Entry, ...]:
    """Return all entries, those of retired codes included, sorted by code."""
    return tuple(_catalogue().entries.values())


def entry(code: str) -> Entry:
    """Return the entry of a code.

    Raises
    ------
    KeyError
        There is no such code.
    """
    return _catalogue().entries[code]


def families() -> Mapping[str, Words]:
    """Return the name of each family by its letter, in the order of the catalogue."""
    return _catalogue().families


def severity(finding: Finding) -> Severity:
    """Return the severity of a finding: its own if it has one, else that of its code."""
    if finding.severity is None and finding.code == MORE:
        return entry(finding.facts.get("found", MORE)).severity
    return finding.severity or entry(finding.code).severity


def severity_label(level: Severity, lang: Language) -> str:
    """Return the name of a severity in a language."""
    return _catalogue().severities[level][lang]


def kind_label(code: str, lang: Language) -> str:
    """Return what the findings of a code are called together: ``Thiếu cột``; the name of a setup fault."""
    words = _catalogue().kinds.get(code)
    return entry(code).name if words is None else words[lang]


def message(finding: Finding, lang: Language, names: Names | None = None) -> str:
    """Return the message of a finding, in one line without control characters.

    Parameters
    ----------
    finding : the finding.
    lang : language of the message.
    names : returns the name of a unit or measure, and the text of a rule, by its code. Without it, or if it
        returns None, the code is shown.

    Raises
    ------
    KeyError
        The finding's code is not in the catalogue.
    """
    template = entry(finding.code).message[lang]
    text = _fill(template, _facts(finding, lang, names), lang)
    if (by := finding.facts.get(ACCEPTED)) is not None:
        text = phrase("findings.accepted", lang, text=text, by=by)
    return capital(text) if template.startswith("{unit}") else text


def hint(finding: Finding, lang: Language, names: Names | None = None) -> str:
    """Return how to correct the fault; parameters and errors as for `message`."""
    return _fill(entry(finding.code).hint[lang], _facts(finding, lang, names), lang)


def explain(code: str, lang: Language) -> Explanation:
    """Return the explanation of a code.

    Raises
    ------
    KeyError
        There is no such code.
    """
    explained = entry(code)
    return Explanation(
        code=explained.code,
        name=explained.name,
        family=families()[explained.family][lang],
        severity=explained.severity,
        severity_label=severity_label(explained.severity, lang),
        since=explained.since,
        retired=explained.status == "retired",
        now=explained.now,
        message=_in_words(explained.message[lang], lang),
        hint=_in_words(explained.hint[lang], lang),
        why=explained.why[lang],
        before=explained.before[lang],
        after=explained.after[lang],
        source=None if explained.source is None else explained.source[lang],
    )


def find(word: str) -> Entry | None:
    """Return the entry of a code, in upper or lower case, or of a name; None if there is none."""
    word = word.strip()
    known = _catalogue().entries
    if word.upper() in known:
        return known[word.upper()]
    return next((item for item in known.values() if item.name == word.lower()), None)


def _facts(finding: Finding, lang: Language, names: Names | None) -> dict[str, str]:
    """Return the text for each placeholder that the finding has a value for."""

    def name_of(kind: str, code: str | None) -> str | None:
        return ((names(kind, code) if names else None) or code) if code else None

    def value_of(measure: str, value: str) -> str:
        answer = names("answer", f"{measure}={value}@{finding.unit}") if names else None
        return answer or _marked(value, lang)

    known: dict[str, str | None] = {
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "row": None if finding.row is None else str(finding.row),
        "column": None if finding.column is None else column_letter(finding.column),
        "rule": finding.rule,
        "value": finding.value,
        "title": name_of("rule", finding.rule),
        **finding.facts,
    }
    known["unit"] = name_of("unit", finding.facts.get("unit") or finding.unit)
    known["measure"] = name_of("measure", finding.facts.get("measure") or finding.measure)
    if finding.code.startswith("D"):
        known["value"] = None  # of personal data only the place and the kind are shown
    for fact, kind in entry(finding.code).codes.items():
        code = known.get(fact)
        if kind == "measures" and code:
            known[fact] = _VALUES.sub(
                lambda match: f"{name_of('measure', match[1])} = {value_of(match[1], match[2])}", code
            )
            continue
        if kind == "kind" and code and code in _catalogue().kinds:
            known[fact] = f"{_catalogue().kinds[code][lang]} ({code})"
            continue
        if kind == "period" and code:
            known[fact] = period(code, lang)
            continue
        if kind == "day" and code:
            known[fact] = _DAY.sub(lambda match: _day(match[0], lang), code)
            continue
        if kind == "moment" and code:
            known[fact] = _MOMENT.sub(lambda match: moment(dt.datetime.fromisoformat(match[0]), lang), code)
            continue
        if kind == "amounts" and code:
            known[fact] = _WITH_DECIMALS.sub(lambda match: _marked(match[0], lang), code)
            continue
        name = name_of(kind, code)
        known[fact] = name if name == code or kind == "measure" else f"{name} ({code})"
    for fact in _KEYWORD_FACTS:
        known[fact] = _keyword(fact, known.get(fact), lang)
    lines = {
        key: one_line(text, _VALUE_LIMIT if key == "value" else _FACT_LIMIT)
        for key, text in known.items()
        if text
    }
    return {key: text for key, text in lines.items() if text}


def _day(text: str, lang: Language) -> str:
    """Return a day in words; a text that is no day, such as 2025-02-30, as it is."""
    try:
        return date(dt.date.fromisoformat(text), lang)
    except ValueError:
        return text


def _keyword(fact: str, text: str | None, lang: Language) -> str | None:
    """Return the text for a keyword, alone or before a colon (``one-of: a, b``); other text as it is."""
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
    """Return a template with the facts filled in, without the segments that lack one.

    `re.split` returns the texts outside and inside brackets in turn. The facts are filled in last and not
    parsed again, so braces or brackets in a cell have no effect.
    """

    def put(match: re.Match[str]) -> str:
        text = facts.get(match[1], _ABSENT)
        return _marked(text, lang) if match[2] else text

    parts = _SEGMENT.split(template)
    for turn, part in enumerate(parts):
        optional = turn % 2 == 1
        if optional and not all(match[1] in facts for match in _PLACEHOLDER.finditer(part)):
            parts[turn] = ""
        else:
            parts[turn] = _PLACEHOLDER.sub(put, part)
    return "".join(parts)


def _marked(text: str, lang: Language) -> str:
    """Return a plain number with the separators of the language (1.691 · 81,2); other text as it is."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    thousands, decimal = (".", ",") if lang == "vi" else (",", ".")
    digits = match[2]
    first = len(digits) % 3 or 3
    grouped = thousands.join([digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))])
    return match[1] + grouped + (decimal + match[3] if match[3] else "")


def _in_words(template: str, lang: Language) -> str:
    """Return a template with descriptions for placeholders, and with all its segments."""
    words = _catalogue().placeholders
    plain = _SEGMENT.sub(r"\1", template)
    return _PLACEHOLDER.sub(lambda match: f"‹{words[match[1]][lang]}›", plain)

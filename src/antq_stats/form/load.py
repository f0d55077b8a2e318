"""Reads ``form.toml`` and reports all faults in it together."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.form.check import AnyEntry, FormEntries, PlacedEntry, faults, near, place_of
from antq_stats.form.editions import edition_bytes, edition_of, file_of
from antq_stats.form.entries import About, Ambiguity, EditRule, Letterhead, Measure, Ratio, Section, Table
from antq_stats.form.model import CHECKED, Form
from antq_stats.form.plausibility import Plausibility
from antq_stats.words.text import one_line

LIMIT_BYTES = 4 * 1024 * 1024

_KINDS: dict[str, type[AnyEntry]] = {
    "table": Table,
    "section": Section,
    "measure": Measure,
    "ratio": Ratio,
    "ambiguous": Ambiguity,
    "rule": EditRule,
}
_NEEDED = ("table", "measure")

_EXPECTED = {
    "missing": "key-missing",
    "extra_forbidden": "key-unknown",
    "string_type": "text",
    "empty_text": "text-not-empty",
    "string_too_long": "shorter-text",
    "string_pattern_mismatch": "identifier",
    "reserved_word": "not-reserved",
    "int_type": "whole-number",
    "bool_type": "true-or-false",
    "date_type": "date",
    "tuple_type": "list",
    "too_short": "list-of-more",
    "too_long": "list-of-fewer",
    "decimal_type": "number",
    "float_type": "number",
    "is_instance_of": "number",
    "finite_number": "number",
    "model_type": "table",
    "model_attributes_type": "table",
    "dict_type": "table",
}
"""Keyword of the catalogue for each error type of pydantic, whose own messages are not shown."""

_Single = TypeVar("_Single", bound=BaseModel)
"""An entry that a form has once."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
"""A text in straight quotation marks, or a comment."""
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
_LINE = re.compile(r"at line (\d+), column (\d+)")


def load_form(path: Path | None, year: int | None = None) -> Form:
    """Read and check a form.

    Parameters
    ----------
    path : a ``form.toml``; None for the built-in form.
    year : year of the period, which picks the edition of the built-in form; None for the oldest edition.

    Raises
    ------
    SetupError
        The file cannot be read (S101), or has faults (S102 to S105, S107, S108): all of them.
    """
    if path is None:
        edition = edition_of(year)
        return read_form(edition_bytes(edition), file_of(edition))
    try:
        if path.exists() and not path.is_file():
            raise _unreadable(path.name, "not-a-file")
        with path.open("rb") as file:
            data = file.read(LIMIT_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(path.name, "not-there") from None
    except (OSError, ValueError):
        raise _unreadable(path.name, "cannot-open") from None
    return read_form(data, path.name)


def read_form(data: bytes, name: str) -> Form:
    """Check the text of a form.

    Parameters
    ----------
    data : the bytes of a ``form.toml``.
    name : name of the file, for findings.

    Raises
    ------
    SetupError
        As `load_form`.
    """
    entries = _parsed(data, name)
    found: list[Finding] = [*_top_level(entries)]
    about, about_findings = _single("[form]", About, entries.get("form"))
    head, head_findings = _single("[letterhead]", Letterhead, entries.get("letterhead", {}))
    checks, check_findings = _single("[plausibility]", Plausibility, entries.get("plausibility", {}))
    found += [*about_findings, *head_findings, *check_findings, *_two_deadlines(about, head)]
    parts = FormEntries()
    if about is not None:
        parts.identity = about.identity
    for kind, model in _KINDS.items():
        found += _entries(kind, model, entries.get(kind), parts)
    found += faults(parts)
    if found or about is None:
        raise SetupError(replace(finding, file=name) for finding in found)
    items = {kind: tuple(part.item for part in parts.valid[kind]) for kind in _KINDS}
    whole = {"form": about, "letterhead": head, "plausibility": checks, **items}
    return Form.model_validate(whole, context=CHECKED)


def _unreadable(name: str, problem: str, row: int | None = None, **facts: str) -> SetupError:
    return SetupError([Finding(code="S101", file=name, row=row, facts={"problem": problem, **facts})])


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > LIMIT_BYTES:
        raise _unreadable(name, "too-large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(name, "not-utf-8") from None
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        message = str(error)
        at = _LINE.search(message)
        row = int(at[1]) if at else None
        column = {"column": at[2]} if at else {}
        problem = "not-toml"
        if message.startswith(("Cannot overwrite", "Cannot declare", "Duplicate")):
            problem = "key-twice"
        elif curly := _curly_quotes(text, row):
            problem, (row, found) = "curly-quotes", curly
            column = {"column": str(found)}
        raise _unreadable(name, problem, row, **column) from None


def _curly_quotes(text: str, row: int | None) -> tuple[int, int] | None:
    """Return line and character of the first typographic quotation mark that encloses no text, or None.

    Parameters
    ----------
    text : the file.
    row : number of the only line to look at; None for all lines.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if row in (None, number):
            outside = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), line)
            if found := _CURLY.search(outside):
                return number, found.start() + 1
    return None


def _top_level(entries: dict[str, Any]) -> Iterator[Finding]:
    known = ("form", "letterhead", "plausibility", *_KINDS)
    for key in entries:
        if key not in known:
            facts = {"place": one_line(key), "expected": "key-unknown", "found": one_line(key)}
            yield Finding(code="S102", facts=facts | near(key, known))
    if "form" not in entries:
        yield Finding(code="S102", facts={"place": "[form]", "expected": "key-missing"})


def _single(place: str, model: type[_Single], entry: object) -> tuple[_Single | None, list[Finding]]:
    """Return an entry that a form has once, or None, and its faults."""
    if entry is None:
        return None, []
    try:
        return model.model_validate(entry), []
    except ValidationError as error:
        return None, [*_findings_of(place, error, model)]


def _two_deadlines(about: About | None, head: Letterhead | None) -> Iterator[Finding]:
    """Yield S102 if the form states two days by which returns are due."""
    if about and head and about.due and head.deadline and about.due != head.deadline:
        facts = {"expected": f"one-of: {about.due.isoformat()}", "found": head.deadline.isoformat()}
        yield Finding(code="S102", facts={"place": "[letterhead] / deadline", **facts})


def _entries(kind: str, model: type[BaseModel], value: object, parts: FormEntries) -> Iterator[Finding]:
    """Check each entry of one kind and add it to ``parts``."""
    valid = parts.valid.setdefault(kind, [])
    invalid = parts.invalid.setdefault(kind, [])
    if value is None or value == []:
        if kind in _NEEDED:
            yield Finding(code="S102", facts={"place": f"[[{kind}]]", "expected": "key-missing"})
        return
    if not isinstance(value, list):
        facts = {"place": f"[{kind}]", "expected": "list-of-tables", "found": _as_written(value)}
        yield Finding(code="S102", facts=facts)
        return
    for position, entry in enumerate(value, start=1):
        code = entry.get("code") if isinstance(entry, dict) else None
        place = place_of(kind, position, one_line(code) if isinstance(code, str) else None)
        try:
            item: Any = model.model_validate(entry)
        except ValidationError as error:
            yield from _findings_of(place, error, model)
            item = _valid_rest(entry, error, model)
        if item is not None:
            valid.append(PlacedEntry(place, item))
        elif isinstance(code, str):
            invalid.append((place, code))


def _valid_rest(entry: object, error: ValidationError, model: type[BaseModel]) -> object:
    """Return an entry without its faulty keys, so that faults between entries are found too, or None."""
    if not isinstance(entry, dict) or not isinstance(entry.get("code"), str):
        return None
    faulty = {str(detail["loc"][0]) for detail in error.errors(include_url=False) if detail["loc"]}
    whole = not faulty or any(not detail["loc"] for detail in error.errors(include_url=False))
    if whole:  # the fault is between keys
        faulty |= {"min", "max", "protect", "decimals"}
    stand_in = {"label": {"vi": entry["code"]}, "kind": "count", "title": {"vi": "-"}, "message": {"vi": "-"}}
    stand_in |= {"severity": "soft"}
    rest = {key: value for key, value in entry.items() if key not in faulty}
    rest |= {key: value for key, value in stand_in.items() if key in faulty and key in model.model_fields}
    try:
        return model.model_validate(rest)
    except ValidationError:
        return None


def _findings_of(place: str, error: ValidationError, model: type[BaseModel]) -> Iterator[Finding]:
    for detail in error.errors(include_url=False):
        context = detail.get("ctx", {})
        path = [str(step + 1) if isinstance(step, int) else one_line(step) for step in detail["loc"]]
        path += [context["at"]] if "at" in context else []
        facts = {"place": " / ".join((place, *path)), "expected": _expected(detail, context)}
        if detail["type"] == "extra_forbidden":
            key = str(detail["loc"][-1])
            facts["found"] = one_line(key)
            facts |= near(key, _keys(model, detail["loc"][:-1]))
        elif detail["type"] != "missing":
            facts["found"] = _as_written(context.get("found", detail["input"]))
        yield Finding(code="S102", facts=facts)


def _expected(detail: ErrorDetails, context: dict[str, Any]) -> str:
    if detail["type"] == "literal_error":
        return "one-of: " + ", ".join(re.findall(r"'([^']*)'", str(context["expected"])))
    if "expects" in context:
        return str(context["expects"])
    if "ge" in context:
        return f"at-least: {context['ge']}"
    if "le" in context:
        return f"at-most: {context['le']}"
    if "lt" in context:
        return f"at-most: {context['lt'] - 1}"
    if "since" in context:
        return f"not-before: {context['since']}"
    return _EXPECTED.get(detail["type"], "valid-value")


def _keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed at a path within an entry."""
    at: Any = model
    for step in path:
        field = next((f for name, f in at.model_fields.items() if step in (name, f.alias)), None)
        kinds = getattr(field.annotation, "__args__", (field.annotation,)) if field else ()
        kinds = tuple(getattr(kind, "__origin__", kind) for kind in kinds)  # without what annotates it
        at = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        if at is None:
            return []
    return [field.alias or name for name, field in at.model_fields.items()]


def _as_written(value: object) -> str:
    """Return a value as the file has it, or the keyword for its type."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return one_line(value)
        case int() if abs(value) >= 10**20:
            return "number"
        case int() | Decimal():
            return one_line(str(value))
        case dt.date() | dt.time():
            return value.isoformat()
        case dict():
            return "table"
        case list() | tuple():
            return "list"
        case _:
            return "valid-value"

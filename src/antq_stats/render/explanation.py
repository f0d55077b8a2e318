"""The catalogue on the terminal: one code in full, or all in a list."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from antq_stats.findings import catalogue
from antq_stats.words.language import Language, Wording

_WIDTH = 80
_INDENT = "    "


def one_code(code: str, lang: Language) -> str:
    """Return all there is to say about a code, at 80 columns; KeyError if there is no such code."""
    wording = Wording(lang)
    told = catalogue.explain(code, lang)
    lines = [
        wording.phrase("explain.title", code=told.code, name=told.name, severity=told.severity_label),
        told.family,
        "",
    ]
    if told.retired:
        lines += [wording.phrase("explain.retired", now=f": {told.now}" if told.now else ""), ""]
    parts = [
        ("explain.what", told.message),
        ("explain.why", told.why),
        ("explain.mend", told.hint),
        ("explain.example", f"{told.before}  →  {told.after}"),
        ("explain.source", told.source or ""),
    ]
    for key, text in parts:
        if text:
            lines += [wording.phrase(key), *_wrapped(text), ""]
    return "\n".join(lines)


def _wrapped(text: str) -> Iterator[str]:
    for paragraph in text.splitlines():
        yield from textwrap.wrap(
            paragraph, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False
        )


def all_codes(lang: Language) -> str:
    """Return every active code with its severity and name, by family."""
    wording = Wording(lang)
    lines: list[str] = []
    family = ""
    for entry in catalogue.entries():
        if entry.status != "active":
            continue
        if entry.family != family:
            family = entry.family
            lines += ["", f"{family}  {catalogue.families()[family][lang]}"]
        what = catalogue.explain(entry.code, lang).message
        weight = wording.phrase(f"severity.{entry.severity}")
        head = f"  {entry.code}  {weight:<12} "
        lines.append(head + textwrap.shorten(what, _WIDTH - len(head), placeholder="…"))
    return "\n".join([*lines[1:], "", wording.phrase("explain.list")]) + "\n"

"""The catalogue of findings as text for the terminal: one code in full, or a list of all."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from antq_stats.findings import catalogue
from antq_stats.words.language import Language, Wording

_WIDTH = 80
_INDENT = "    "


def one_code(code: str, lang: Language) -> str:
    """Return the explanation of a code, wrapped at 80 columns.

    Parameters
    ----------
    code : the code.
    lang : the language.

    Raises
    ------
    KeyError
        If there is no such code.
    """
    wording = Wording(lang)
    entry = catalogue.explain(code, lang)
    lines = [
        wording.phrase("explain.title", code=entry.code, name=entry.name, severity=entry.severity_label),
        entry.family,
        "",
    ]
    if entry.retired:
        lines += [wording.phrase("explain.retired", now=f": {entry.now}" if entry.now else ""), ""]
    parts = [
        ("explain.what", entry.message),
        ("explain.why", entry.why),
        ("explain.mend", entry.hint),
        ("explain.example", f"{entry.before}  →  {entry.after}"),
        ("explain.source", entry.source or ""),
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
    """Return a list of all active codes, by family, with severity and message."""
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

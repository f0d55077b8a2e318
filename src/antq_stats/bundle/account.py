"""What verifying a bundle found, in words and as a record."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from antq_stats.bundle.layout import PLAIN_REASONS
from antq_stats.bundle.verification import Outcome, OutputCheck, Verification
from antq_stats.findings.catalogue import Names
from antq_stats.findings.finding import Finding
from antq_stats.output_marks import JSON_KEY
from antq_stats.render.findings.lines import findings_lines
from antq_stats.render.findings.records import record
from antq_stats.render.words import FindingWording
from antq_stats.render.writing.terminal import Line
from antq_stats.version import __version__
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

_AGREEING: frozenset[Outcome] = frozenset(("bytes", "content"))
_LONGEST = 200
_DIFFERS, _MORE = "B301", "B304"
_SHOWN = 8
"""Most differences of one file that the terminal shows."""


def lines_of(found: Verification, lang: Language, width: int | None, *, ascii_only: bool) -> Iterator[Line]:
    """Yield the lines for the terminal.

    Parameters
    ----------
    found : what was found.
    lang : the language.
    width : columns of the terminal; None wraps no line.
    ascii_only : whether to use signs of ASCII only.
    """
    wording = Wording(lang)
    good, bad = ("+", "x") if ascii_only else ("✓", "✗")
    made = found.manifest.made_with.get(JSON_KEY, "–")
    period = one_line(wording.period(found.manifest.period, heading=True))
    yield [(wording.phrase("bundle.made-of", period=period, version=one_line(made)), "bold")]
    yield [(wording.phrase("bundle.manifest", digest=found.manifest_sha256), "")]
    total = len(found.manifest.files)
    agree = found.agreeing == total
    text = wording.phrase("bundle.files", count=found.agreeing, total=wording.number(total))
    yield _checked(text, good if agree else bad, agree=agree)
    for check in found.outputs:
        agree = check.outcome in _AGREEING
        is_compared = check.outcome != "differs" or check.differing
        key = check.outcome if is_compared else "not-compared"
        outcome = wording.phrase(f"bundle.{key}", count=check.differing)
        yield _checked(
            f"{one_line(check.output.file, _LONGEST)}: {outcome}", good if agree else bad, agree=agree
        )
    for entry in found.manifest.left_out:
        yield [
            ("  ", ""),
            (wording.phrase("bundle.left-out", file=_file(entry), why=_why(entry, wording)), "dim"),
        ]
    if found.findings:
        yield []
        yield from finding_lines(found.findings, lang, _names(found), width, ascii_only=ascii_only)


def finding_lines(
    findings: Sequence[Finding], lang: Language, names: Names, width: int | None, *, ascii_only: bool
) -> Iterator[Line]:
    """Yield the lines on findings: differences with both values below their file, others in full.

    Parameters
    ----------
    findings : the findings.
    lang, width, ascii_only : as for `lines_of`.
    names : the names of codes.
    """
    others = [finding for finding in findings if finding.code not in (_DIFFERS, _MORE)]
    if others:
        yield from findings_lines(others, lang, names, width=width, ascii_only=ascii_only)
    differing = [finding for finding in findings if finding.code in (_DIFFERS, _MORE)]
    words = FindingWording(Wording(lang), names)
    for file, members in groupby(differing, key=lambda finding: finding.file):
        yield from _differences(one_line(file or "", _LONGEST), list(members), words, names)
    if differing:
        hint = words.wording.phrase("findings.mend", hint=words.hint(differing[0]))
        lines = [hint] if width is None else textwrap.wrap(hint, width, break_on_hyphens=False)
        yield from ([(line, "dim")] for line in lines)


def _differences(
    file: str, findings: Sequence[Finding], words: FindingWording, names: Names
) -> Iterator[Line]:
    """Yield the lines on what differs in a file."""
    wording = words.wording
    yield [(wording.phrase("bundle.both-values", file=file), "bold")]
    told = [finding for finding in findings if finding.code == _DIFFERS]
    for finding in told[:_SHOWN]:
        measure = names("measure", finding.measure) if finding.measure else None
        place = " · ".join(filter(None, (words.place(finding), measure)))
        yield [
            (f"  {place}: ", ""),
            (_value(finding.value, wording), "red"),
            (" → ", ""),
            (_value(finding.facts.get("expected"), wording), "green"),
        ]
    untold = sum(int(finding.facts["count"]) for finding in findings if finding.code == _MORE)
    more = len(told) - _SHOWN + untold
    if more > 0:
        yield [(f"  {wording.phrase('bundle.more', count=more)}", "dim")]
    yield []


def _value(text: str | None, wording: Wording) -> str:
    return wording.phrase("bundle.nothing") if text is None else one_line(text)


def _checked(text: str, sign: str, *, agree: bool) -> Line:
    return [("  ", ""), (sign, "green" if agree else "bold red"), (f" {text}", "")]


def _file(entry: dict[str, object]) -> str:
    return one_line(str(entry.get("file", "")), _LONGEST)


def _why(entry: dict[str, object], wording: Wording) -> str:
    reason = entry.get("reason")
    reason = reason if reason in PLAIN_REASONS else "persons"
    return wording.phrase(f"bundle.reason-{reason}")


def _names(found: Verification) -> Names:
    """Return the names of codes; none are known where the period could not be opened."""
    return (lambda _kind, _code: None) if found.result is None else found.result.names


def record_of(found: Verification, name: str, lang: Language) -> dict[str, object]:
    """Return the JSON of ``antq-stats verify``.

    Parameters
    ----------
    found : what was found.
    name : name of the bundle's file.
    lang : the language of the messages.
    """
    names = _names(found)
    return {
        JSON_KEY: __version__,
        "bundle": name,
        "period": found.manifest.period,
        "agrees": found.agrees,
        "manifest_sha256": found.manifest_sha256,
        "made_with": found.manifest.made_with,
        "computed_with": found.made_with,
        "files": {"stated": len(found.manifest.files), "agreeing": found.agreeing},
        "left_out": found.manifest.left_out,
        "outputs": [_output(check) for check in found.outputs],
        "findings": [record(finding, lang, names) for finding in found.findings],
    }


def _output(check: OutputCheck) -> dict[str, object]:
    return {
        "file": check.output.file,
        "command": check.output.command,
        "agrees": check.outcome,
        "differences": check.differing,
    }

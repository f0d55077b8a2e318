"""What verifying a bundle found, in words and as a record."""

from __future__ import annotations

from collections.abc import Iterator

from antq_stats.bundle.verification import Outcome, OutputCheck, Verification
from antq_stats.findings.catalogue import Names
from antq_stats.output_marks import JSON_KEY
from antq_stats.render.findings import findings_lines, record
from antq_stats.render.writing.terminal import Line
from antq_stats.version import __version__
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

_AGREEING: frozenset[Outcome] = frozenset(("bytes", "content"))
_LONGEST = 200


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
    period = one_line(wording.period(found.manifest.period))
    yield [(wording.phrase("bundle.made-of", period=period, version=one_line(made)), "bold")]
    yield [(wording.phrase("bundle.manifest", digest=found.manifest_sha256), "")]
    total = len(found.manifest.files)
    agree = found.agreeing == total
    text = wording.phrase("bundle.files", count=found.agreeing, total=wording.number(total))
    yield _checked(text, good if agree else bad, agree=agree)
    for check in found.outputs:
        agree = check.outcome in _AGREEING
        outcome = wording.phrase(f"bundle.{check.outcome}", count=check.differing)
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
        yield from findings_lines(found.findings, lang, _names(found), width=width, ascii_only=ascii_only)


def _checked(text: str, sign: str, *, agree: bool) -> Line:
    return [("  ", ""), (sign, "green" if agree else "bold red"), (f" {text}", "")]


def _file(entry: dict[str, object]) -> str:
    return one_line(str(entry.get("file", "")), _LONGEST)


def _why(entry: dict[str, object], wording: Wording) -> str:
    reason = "contacts" if entry.get("reason") == "contacts" else "persons"
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

"""A checked report as lines for the terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping

from antq_stats.figures.publication import Publication
from antq_stats.render.text_check.readings import ReadingWords
from antq_stats.render.text_check.records import tally
from antq_stats.render.writing.table import UNICODE, Signs
from antq_stats.render.writing.terminal import Line
from antq_stats.series.over_time import Series
from antq_stats.text_check.results import Checked, TextCheck
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

_INDENT = "   "
_LONGEST = 600  # characters of a sentence that is shown whole
_SIGN = {"right": "✓", "orphan": "?"}
_ASCII_SIGN = {"right": "+", "orphan": "?"}


def check_lines(
    result: TextCheck,
    publication: Publication,
    name: str,
    lang: Language,
    *,
    width: int | None = None,
    signs: Signs | None = None,
    everything: bool = False,
    unread: Mapping[str, int] | None = None,
    series: Series | None = None,
) -> list[Line]:
    """Return a check as lines: each wrong number in its sentence, what it should be, and the counts.

    Parameters
    ----------
    result : the check.
    publication : the figures that the report was checked against.
    name : name of the report.
    lang : the language.
    width : columns of the terminal; None wraps no line.
    signs : the signs that the stream can encode; None for all.
    everything : whether to list the right numbers too.
    unread : counts of the parts of the report that were not read, by kind.
    series : the period beside all earlier ones; None to know only the previous one.
    """
    wording = Wording(lang)
    words = ReadingWords(publication, wording, series)
    marks = _SIGN if signs in (None, UNICODE) else _ASCII_SIGN
    cross = "✗" if marks is _SIGN else "x"
    lines: list[Line] = []
    for checked in result.checked:
        verdict = checked.judged.verdict
        is_rounded = checked.number.qualifier is not None or not checked.number.is_exact
        worth_telling = checked.judged.can_change and is_rounded and not checked.in_table
        if verdict == "right" and not everything and not worth_telling:
            continue
        style = "" if verdict == "right" else "bold"
        label = wording.phrase(f"check-text.verdict.{verdict}")
        written = one_line(
            checked.sentence[checked.number.start : checked.number.digits] + checked.number.text
        )
        lines.append([(f"{marks.get(verdict, cross)} {label}: ", style), (written, style)])
        lines += [[(_INDENT, ""), (line, "")] for line in _wrapped(_in_sentence(checked), width)]
        lines += [
            [(_INDENT, ""), (line, "dim" if verdict == "right" else "")]
            for line in _wrapped(
                "→ " + words.message(checked) if marks is _SIGN else "-> " + words.message(checked), width
            )
        ]
        lines.append([])
    return [*lines, *([(line, "")] for line in _ending(result, name, wording, width, unread or {}))]


def _ending(
    result: TextCheck, name: str, wording: Wording, width: int | None, unread: Mapping[str, int]
) -> Iterator[str]:
    if not result.checked:
        yield from _wrapped(wording.phrase("check-text.none"), width, indent=0)
    else:
        told = "; ".join(
            wording.phrase(
                "check-text.tally", count=count, verdict=wording.phrase(f"check-text.verdict.{verdict}")
            )
            for verdict, count in tally(result).items()
            if count
        )
        count = len(result.checked)
        yield from _wrapped(
            wording.phrase("check-text.summary", name=one_line(name), count=count, tally=told),
            width,
            indent=0,
        )
        open_ = sum(
            checked.judged.verdict == "right" and checked.judged.can_change for checked in result.checked
        )
        if open_:
            yield from _wrapped(wording.phrase("check-text.open", count=open_), width, indent=0)
        if result.is_clean:
            yield from _wrapped(wording.phrase("check-text.clean"), width, indent=0)
    if result.skipped:
        passed = Counter(skipped.passed.reason for skipped in result.skipped)
        reasons = ", ".join(
            f"{wording.phrase(f'check-text.reason.{reason}')} ({count})"
            for reason, count in passed.most_common()
        )
        yield from _wrapped(
            wording.phrase("check-text.passed", count=len(result.skipped), reasons=reasons), width, indent=0
        )
    if unread:
        kinds = ", ".join(
            wording.phrase(f"check-text.unread-{kind}", count=count) for kind, count in sorted(unread.items())
        )
        yield from _wrapped(wording.phrase("check-text.unread", kinds=kinds), width, indent=0)


def _in_sentence(checked: Checked) -> str:
    """Return the sentence with the number in brackets; a long sentence is cut at both ends."""
    sentence, number = checked.sentence, checked.number
    head, tail = sentence[: number.start], sentence[number.end :]
    if len(sentence) > _LONGEST:
        half = _LONGEST // 2
        head = head if len(head) <= half else "…" + head[-half:]
        tail = tail if len(tail) <= half else tail[:half] + "…"
    return one_line(f"{head}[{sentence[number.start : number.end]}]{tail}", _LONGEST * 2)


def _wrapped(text: str, width: int | None, indent: int = len(_INDENT)) -> list[str]:
    room = None if width is None else max(width - indent, 20)
    return [text] if room is None else textwrap.wrap(text, room, break_on_hyphens=False) or [""]

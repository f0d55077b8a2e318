"""The numbers of a report with their verdicts: a list to work from, and records."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from antq_stats.figures.publication import Publication
from antq_stats.findings.catalogue import severity_label
from antq_stats.form import Ratio
from antq_stats.form.entries import UNITS
from antq_stats.render.words import level_word, unit_name
from antq_stats.render.writing.table import UNICODE, Signs
from antq_stats.render.writing.terminal import Line
from antq_stats.text_check.check import TextCheck
from antq_stats.text_check.judge import VERDICTS
from antq_stats.text_check.published import DIFFERENCES, Reading
from antq_stats.text_check.report_checker import Checked
from antq_stats.words.approximation import in_words, percent_in_words
from antq_stats.words.language import Language, Wording, rounded
from antq_stats.words.text import one_line

_OTHER_MARKS = str.maketrans(".,", ",.")
_INDENT = "   "
_LONGEST = 600  # signs of a sentence shown
_SIGN = {"right": "✓", "orphan": "?"}
_ASCII_SIGN = {"right": "+", "orphan": "?"}


class _Speaker:
    """Words readings and values in a language."""

    def __init__(self, publication: Publication, wording: Wording) -> None:
        self.publication = publication
        self.wording = wording
        self.form = publication.form
        self.ratios = {ratio.code: ratio for ratio in self.form.ratios}

    def label(self, reading: Reading) -> str:
        """Return what a reading is called: measure and unit, the year where it is not this one."""
        code = reading.topic.code
        if code == UNITS:
            level = level_word(self.publication.register, reading.topic.level, self.wording)
            name = self.wording.phrase("check-text.units", level=level)
        elif reading.topic.weight is not None:
            name = severity_label(reading.topic.weight, self.wording.lang)
        else:
            codes = (code, *reading.topic.plus)
            name = " + ".join(self.form.label(code, self.wording.lang) for code in codes)
            if reading.topic.over:
                level = level_word(self.publication.register, reading.topic.level, self.wording)
                over = (
                    level
                    if reading.topic.over == UNITS
                    else self.form.label(reading.topic.over, self.wording.lang)
                )
                name += f" / {over}"
        what = f"“{name}” · {unit_name(self.publication.register, reading.unit)}"
        if reading.change != "none":
            return self.wording.phrase("check-text.change", what=what, period=self.last)
        if reading.time == "last":
            return self.wording.phrase("check-text.of-period", what=what, period=self.last)
        return what

    def counted(self, reading: Reading) -> str:
        """Return what a reading counts: a unit of measure, or the units of a level."""
        code = reading.topic.code
        if code == UNITS:
            return level_word(self.publication.register, reading.topic.level, self.wording)
        unit = (
            self.form.measure(code).unit if code not in self.ratios and reading.topic.weight is None else None
        )
        return self.label(reading) if unit is None else self.wording.say(unit)

    @property
    def last(self) -> str:
        return self.publication.prior.period if self.publication.prior else "…"

    def period(self, reading: Reading) -> str | None:
        """Return the name of a reading's period."""
        if reading.time == "last" and reading.change == "none":
            return self.publication.prior.period if self.publication.prior else None
        return self.publication.period if reading.time == "now" else None

    def value(self, reading: Reading, value: Fraction, decimals: int) -> str:
        """Return a figure as the language writes it."""
        ratio = self.ratios.get(reading.topic.code)
        signed = "+" if reading.change in DIFFERENCES and value > 0 else ""
        if reading.change in ("times", "fewer"):
            return self.wording.phrase(
                "check-text.times", value=self.wording.decimal(value, max(1, decimals))
            )
        if reading.change == "of":
            return self.wording.percent(value / 100, max(1, decimals))
        if reading.change == "points" or (ratio is not None and reading.change != "none"):
            return self.wording.phrase(
                "check-text.points", value=signed + self.wording.decimal(value, max(1, decimals))
            )
        if reading.change == "percent":
            return signed + self.wording.percent(value / 100, max(1, decimals))
        if ratio is not None:
            return self.wording.percent(value / ratio.per, max(ratio.decimals, decimals), ratio.per)
        if value.denominator != 1:
            return signed + self.wording.decimal(value, max(1, decimals))
        return signed + self.wording.number(int(value))

    def rightly(self, reading: Reading, value: Fraction, decimals: int, *, plain: bool) -> str:
        """Return a figure rounded in the manner of prose."""
        ratio: Ratio | None = self.ratios.get(reading.topic.code)
        if ratio is not None:
            if decimals:
                return self.wording.percent(value / ratio.per, decimals, ratio.per)
            return percent_in_words(value / ratio.per, self.wording.lang, ratio.per).text
        if value.denominator != 1:
            return self.wording.decimal(value, decimals)
        return self.wording.number(int(value)) if plain else in_words(int(value), self.wording.lang).text

    def message(self, one: Checked) -> str:
        """Return what is said of a number."""
        judged, wording = one.judged, self.wording
        if judged.reason == "pair" and judged.expected is not None:
            share = wording.percent(
                judged.expected / one.number.per, max(1, one.number.decimals), one.number.per
            )
            return wording.phrase("check-text.pair", expected=share)
        if judged.reading is None or judged.expected is None:
            what = self.label(judged.reading) if judged.reading is not None else ""
            return _capital(wording.phrase(f"check-text.{judged.reason or 'unknown'}", what=what))
        places = one.number.decimals if one.number.sort != "count" else 0
        facts = {
            "what": self.label(judged.reading),
            "expected": self.value(judged.reading, judged.expected, places),
            "other": self.label(judged.fits) if judged.fits is not None else "",
        }
        if judged.verdict == "foreign":
            facts["right"] = one.number.text.translate(_OTHER_MARKS)
        if judged.verdict == "noun":
            facts["unit"] = self.counted(judged.reading)
        if judged.verdict == "misrounded":
            facts["right"] = self.rightly(
                judged.reading,
                judged.expected,
                places,
                plain=one.number.qualifier is None and one.number.step == 1,
            )
        said = [_capital(wording.phrase(f"check-text.said.{judged.verdict}", **facts))]
        if judged.is_provisional:
            firm = judged.verdict == "right" and not judged.can_change
            said.append(wording.phrase("check-text.firm" if firm else "check-text.may-change"))
        return " ".join(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def check_records(
    result: TextCheck,
    publication: Publication,
    name: str,
    lang: Language,
    unread: Mapping[str, int] | None = None,
) -> dict[str, object]:
    """Return a check as ``check-text --format json`` has it; a key that does not apply is None.

    Parameters
    ----------
    unread : what of the report was not read, by kind.
    """
    from antq_stats.version import __version__

    speaker = _Speaker(publication, Wording(lang))
    passed = Counter(skipped.passed.reason for skipped in result.skipped)
    return {
        "antq_stats": __version__,
        "period": publication.period,
        "with": publication.prior.period if publication.prior else None,
        "report": name,
        "summary": {**_tally(result), "passed_over": dict(sorted(passed.items()))},
        "numbers": [_record(one, speaker) for one in result.checked],
        "passed_over": [
            {"sentence": one.sentence, "text": one.passed.text, "reason": one.passed.reason}
            for one in result.skipped
        ],
        "unread": dict(unread or {}),
    }


def _tally(result: TextCheck) -> dict[str, int]:
    found = Counter(one.judged.verdict for one in result.checked)
    return {verdict: found[verdict] for verdict in VERDICTS}


def _record(one: Checked, speaker: _Speaker) -> dict[str, object]:
    judged, given = one.judged, one.number
    reading = judged.reading
    units = speaker.publication.register.units
    places = given.decimals
    if reading is not None and (ratio := speaker.ratios.get(reading.topic.code)) is not None:
        places = max(places, ratio.decimals)
    return {
        "sentence": one.sentence,
        "number": given.text,
        "qualifier": given.qualifier,
        "value": _plain(given.value, given.decimals),
        "verdict": judged.verdict,
        "measure": None if reading is None else reading.topic.code,
        "unit": None if reading is None else units.codes[reading.unit],
        "expected": None if judged.expected is None else _plain(judged.expected, max(1, places)),
        "period": None if reading is None else speaker.period(reading),
        "change": reading is not None and reading.change != "none",
        "fits": None
        if judged.fits is None
        else {
            "measure": judged.fits.topic.code,
            "unit": units.codes[judged.fits.unit],
            "period": speaker.period(judged.fits),
        },
        "provisional": judged.is_provisional,
        "message": speaker.message(one),
    }


def _plain(value: Fraction, places: int) -> int | Decimal:
    return value.numerator if value.denominator == 1 else rounded(value, max(1, min(places, 6)))


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
) -> list[Line]:
    """Return a check as lines: each number that is not right in its sentence, what it should be, the counts.

    Parameters
    ----------
    width : columns of the terminal; None folds no line.
    signs : the signs the stream can carry; None for all.
    everything : whether the right ones are told too.
    unread : what of the report was not read, by kind.
    """
    wording = Wording(lang)
    speaker = _Speaker(publication, wording)
    marks = _SIGN if signs in (None, UNICODE) else _ASCII_SIGN
    cross = "✗" if marks is _SIGN else "x"
    lines: list[Line] = []
    for one in result.checked:
        verdict = one.judged.verdict
        rounded_words = one.number.qualifier is not None or not one.number.is_exact
        worth_telling = one.judged.can_change and rounded_words and not one.in_table
        if verdict == "right" and not everything and not worth_telling:
            continue
        style = "" if verdict == "right" else "bold"
        label = wording.phrase(f"check-text.verdict.{verdict}")
        written = one_line(one.sentence[one.number.start : one.number.digits] + one.number.text)
        lines.append([(f"{marks.get(verdict, cross)} {label}: ", style), (written, style)])
        lines += [[(_INDENT, ""), (line, "")] for line in _folded(_in_sentence(one), width)]
        lines += [
            [(_INDENT, ""), (line, "dim" if verdict == "right" else "")]
            for line in _folded(
                "→ " + speaker.message(one) if marks is _SIGN else "-> " + speaker.message(one), width
            )
        ]
        lines.append([])
    return [*lines, *([(line, "")] for line in _ending(result, name, wording, width, unread or {}))]


def _ending(
    result: TextCheck, name: str, wording: Wording, width: int | None, unread: Mapping[str, int]
) -> Iterator[str]:
    if not result.checked:
        yield from _folded(wording.phrase("check-text.none"), width, indent=0)
    else:
        tally = "; ".join(
            wording.phrase(
                "check-text.tally", count=count, verdict=wording.phrase(f"check-text.verdict.{verdict}")
            )
            for verdict, count in _tally(result).items()
            if count
        )
        count = len(result.checked)
        yield from _folded(
            wording.phrase("check-text.summary", name=one_line(name), count=count, tally=tally),
            width,
            indent=0,
        )
        open_ = sum(one.judged.verdict == "right" and one.judged.can_change for one in result.checked)
        if open_:
            yield from _folded(wording.phrase("check-text.open", count=open_), width, indent=0)
        if result.is_clean:
            yield from _folded(wording.phrase("check-text.clean"), width, indent=0)
    if result.skipped:
        passed = Counter(one.passed.reason for one in result.skipped)
        reasons = ", ".join(
            f"{wording.phrase(f'check-text.reason.{reason}')} ({count})"
            for reason, count in passed.most_common()
        )
        yield from _folded(
            wording.phrase("check-text.passed", count=len(result.skipped), reasons=reasons), width, indent=0
        )
    if unread:
        kinds = ", ".join(
            wording.phrase(f"check-text.unread-{kind}", count=count) for kind, count in sorted(unread.items())
        )
        yield from _folded(wording.phrase("check-text.unread", kinds=kinds), width, indent=0)


def _in_sentence(one: Checked) -> str:
    """Return the sentence with the number in brackets, cut about it where it is long."""
    sentence, given = one.sentence, one.number
    head, tail = sentence[: given.start], sentence[given.end :]
    if len(sentence) > _LONGEST:
        half = _LONGEST // 2
        head = head if len(head) <= half else "…" + head[-half:]
        tail = tail if len(tail) <= half else tail[:half] + "…"
    return one_line(f"{head}[{sentence[given.start : given.end]}]{tail}", _LONGEST * 2)


def _folded(text: str, width: int | None, indent: int = len(_INDENT)) -> list[str]:
    room = None if width is None else max(width - indent, 20)
    return [text] if room is None else textwrap.wrap(text, room, break_on_hyphens=False) or [""]

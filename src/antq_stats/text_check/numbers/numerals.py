"""Values of numbers in digits and of numbers in Vietnamese words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from antq_stats.text_check.numbers.lexicon import DIGITS, HALF, MAGNITUDES, NOUGHTS, POINT, TENS
from antq_stats.words.approximation import EXACT_BELOW, written_step
from antq_stats.words.language import Language

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_OWN_MARK = {"vi": ".", "en": ","}
_WORD = re.compile(r"[^\W\d_]+")
_KNOWN = frozenset({*DIGITS, *MAGNITUDES, *TENS, *NOUGHTS, HALF, POINT})
_BIG = frozenset({*MAGNITUDES, *TENS})
_LONGEST = 30  # most words of a number


class SpelledNumber(NamedTuple):
    """A number in words, with its place in the sentence."""

    start: int
    end: int
    value: Fraction
    step: Fraction
    decimals: int
    is_exact: bool
    """Whether it is exact to the unit: ``hai trăm linh năm`` is, ``bốn mươi bảy nghìn`` is not."""
    first: str
    words: int
    """Number of its words."""


def parse_digits(digits: str, lang: Language, *, is_count: bool) -> tuple[Fraction, int]:
    """Return the value of digits with thousands and decimal marks, and the number of decimals.

    A count has no decimals, so ``46,953`` and ``46.953`` are both 46953; otherwise the language decides.

    Parameters
    ----------
    digits : digits with their marks.
    lang : language of the text.
    is_count : whether the number is a count.
    """
    text = _SPACES.sub("", digits)
    marks = [char for char in text if char in ".,"]
    if not marks:
        return Fraction(int(text)), 0
    last = marks[-1]
    head, _, tail = text.rpartition(last)
    grouped = len(tail) == 3 and 0 < len(head.split(marks[0])[0]) <= 3 and not text.startswith("0")
    if len(set(marks)) > 1:
        is_decimal = True
    elif len(marks) > 1:
        is_decimal = False
    else:
        is_decimal = not grouped or (not is_count and last != _OWN_MARK[lang])
    if not is_decimal:
        return Fraction(int(re.sub(r"[.,]", "", text))), 0
    whole = re.sub(r"[.,]", "", head) or "0"
    return Fraction(int(whole + tail), 10 ** len(tail)), len(tail)


def is_foreign(digits: str, decimals: int, lang: Language) -> bool:
    """Return whether digits have the thousands marks of another language: ``1,691`` in Vietnamese.

    Parameters
    ----------
    digits : digits with their marks.
    decimals : number of decimals.
    lang : language of the text.
    """
    marks = {char for char in digits if char in ".,"}
    return not decimals and len(marks) == 1 and _OWN_MARK[lang] not in marks


def spelled_numbers(sentence: str) -> Iterator[SpelledNumber]:
    """Yield the numbers in words, in order: ``một nghìn sáu trăm chín mươi mốt``.

    A number must have a word from ten upwards: ``một`` is also an article, ``năm`` a year.
    """
    run: list[re.Match[str]] = []
    for found in _WORD.finditer(sentence):
        joined = run and not sentence[run[-1].end() : found.start()].strip(" \u00a0")
        if run and not (joined and found[0].casefold() in _KNOWN):
            yield from _of_run(run)
            run = []
        if found[0].casefold() in _KNOWN:
            run.append(found)
    yield from _of_run(run)


def _of_run(run: list[re.Match[str]]) -> Iterator[SpelledNumber]:
    words = [found[0].casefold() for found in run]
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _LONGEST), at, -1):
            piece = words[at:end]
            if not _BIG.isdisjoint(piece) and (read := _value(piece)) is not None:
                value, decimals = read
                exact = not decimals and (value < EXACT_BELOW or bool(value % 1000))
                step = written_step(value, decimals)
                yield SpelledNumber(
                    run[at].start(), run[end - 1].end(), value, step, decimals, exact, piece[0], len(piece)
                )
                at = end
                break
        else:
            at += 1


def _value(words: list[str]) -> tuple[Fraction, int] | None:
    """Return the value of number words and the number of decimals; None if they are no number."""
    if POINT in words:
        at = words.index(POINT)
        whole, tail = _whole(words[:at], single=True), words[at + 1 :]
        if whole is None or not tail or any(word not in DIGITS for word in tail):
            return None
        digits = "".join(str(DIGITS[word]) for word in tail)
        return whole + Fraction(int(digits), 10 ** len(digits)), len(digits)
    found = _whole(words)
    return None if found is None else (found, 0)


def _whole(words: list[str], *, single: bool = False) -> Fraction | None:
    """Return the value of a whole number in words: groups of up to 999, each followed by its magnitude."""
    total, group, last, unit = 0, 0, 10**12, 1
    waiting: int | None = None
    for place, word in enumerate(words):
        if place and words[place - 1] in NOUGHTS and word not in DIGITS:
            return None
        if word in DIGITS:
            if waiting is not None:
                return None
            waiting = DIGITS[word]
        elif word == "mười" or word in NOUGHTS:
            if waiting is not None or group % 100 or not (word == "mười" or group or total):
                return None
            group += 10 if word == "mười" else 0
        elif word in ("mươi", "chục", "trăm"):
            unit = 100 if word == "trăm" else 10
            if waiting is None or group % (unit * 10):
                return None
            group, waiting = group + waiting * unit, None
        elif word == HALF:
            is_last = place + 1 == len(words)
            return (
                Fraction(total + group + unit // 2) if is_last and waiting is None and unit >= 100 else None
            )
        else:
            unit = MAGNITUDES[word]
            ones = (waiting or 0) if not group else _ones(words[:place], waiting)
            if unit >= last or ones is None or not (group or ones):
                return None
            total, group, waiting, last = total + (group + ones) * unit, 0, None, unit
    ones = _ones(words, waiting)
    if ones is None or words[-1] in NOUGHTS or (len(words) == 1 and not single and words[0] in DIGITS):
        return None
    return Fraction(total + group + ones)


def _ones(words: list[str], waiting: int | None) -> int | None:
    """Return what the last digit adds: ones, or tens in ``hai trăm tư``; None if it is ambiguous."""
    if waiting is None:
        return 0
    before = words[-2] if len(words) > 1 else ""
    if before in ("", *TENS, *NOUGHTS):
        return waiting
    if before in MAGNITUDES and words[-1] in ("mốt", "tư"):
        return waiting * MAGNITUDES[before] // 10
    return None

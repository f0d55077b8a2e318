"""Numbers of a sentence in Vietnamese or English.

``1.691``, ``46,953``, ``81,2 %``, ``1,7 triệu``, ``47 nghìn``, ``164/220``. Dates, years, numbers of
documents, references, telephones, times, ordinals and list numbers are no figures; each has its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from antq_stats.text_check.numbers.lexicon import DOWN, MAGNITUDES, PER, TIMES, UP, YEARS
from antq_stats.text_check.numbers.non_figures import NonFigure, non_figures
from antq_stats.text_check.numbers.number import Change, Number, Sort
from antq_stats.text_check.numbers.numerals import SpelledNumber, is_foreign, parse_digits, spelled_numbers
from antq_stats.text_check.numbers.relations import with_relations
from antq_stats.words.approximation import known_qualifiers, written_step
from antq_stats.words.language import Language

_DATE_BEFORE = re.compile(
    r"\b(?:ngày|đến|từ|trước|sau|dịp|hội|hạn|trong|vào|on|by|until|since|before|after)\s*$", re.IGNORECASE
)
_GROUPS = (
    r"\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+|(?:[\u00a0\u202f\u2009]\d{3})+|(?: \d{3})+)"
    r"(?:[.,]\d{1,6})?(?![.,]?\d)"
)
_NUMBER = re.compile(
    rf"(?<![\w])(?<!\d[.,])(?P<digits>{_GROUPS}|\d+(?:[.,]\d+)?)"
    r"(?P<pair>\s?/\s?(?P<whole>\d{1,3}(?:[.,]\d{3})+|\d+)(?![\d/]))?"
    rf"(?:\s*(?P<magnitude>{'|'.join(MAGNITUDES)})\b(?!\s+lệ)(?P<half>\s+rưỡi\b)?)?",
    re.IGNORECASE,
)
_SORT = re.compile(
    r"(?P<points>\s*(?:điểm\s*(?:%|phần trăm)|(?:percentage|per cent|%)[ -]points?))|"
    r"\s*(?P<per>%|‰|phần trăm|phần nghìn|percent\b|per cent\b)|(?P<times>\s+(?:lần|times)\b)",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN})|(?P<than>hơn))"
    rf"(?P<year>\s+(?:hơn\s+)?(?:so\s+(?:với\s+)?)?{YEARS})?(?:\s+(?:là|tới|khoảng))?\s*$",
    re.IGNORECASE,
)
_MOVED = re.compile(r"\b(?:(?P<up>tăng)|giảm)\b(?! (?:lên|xuống|còn|cường))[^\d.;:()]{1,60}?$", re.IGNORECASE)
_SIGNED = re.compile(r"(?:(?<=\s)|(?<=\()|^)(?P<sign>\+|(?<=\()[-−–])\s?$")
_TIMES = re.compile(
    r"\b(?:gấp|bằng|tăng|giảm|by|to|is|was)(?:\s+(?:hơn|gần|khoảng|tới|đến|gấp))*\s*$", re.IGNORECASE
)
_MULTIPLE = re.compile(rf"\b(?P<up>tăng\s+)?gấp\s+(?:{'|'.join(TIMES)})\b", re.IGNORECASE)
_LIKE = re.compile(r"\b(?:bằng|đạt|tương đương|được|equal to|equals)\s*$", re.IGNORECASE)
_THAN_LAST = re.compile(rf"\bso\s+(?:với\s+)?{YEARS}|\bcompared (?:with|to) {YEARS}", re.IGNORECASE)
_OF_LAST = re.compile(rf"\s*(?:so\s+với\s+|của\s+|mức\s+|of\s+)*{YEARS}", re.IGNORECASE)
_GROUP = 3
"""Digits between two thousands marks."""
_NO_AMOUNTS: Mapping[str, int] = MappingProxyType({})
_BEFORE = 100
"""Characters before a number in which a word of change or a qualifier may stand."""


_CHANGED = re.compile(rf"\b(?:{UP}|{DOWN})(?:\s+(?:hơn|so|với|là|tới))*[·\s]*$", re.IGNORECASE)


def without_change(before: str) -> str:
    """Return the words before a number without a word of change at their end."""
    return _CHANGED.sub("", before)


def language_of(text: str) -> Language:
    """Return the language of a text, by the letters that only Vietnamese has."""
    letters = sum(map(str.isalpha, text))
    own = sum(char in "ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụ" or "ạ" <= char <= "ỹ" for char in text.lower())
    return "vi" if own * 10 >= letters else "en"


def numbers_of(
    sentence: str,
    lang: Language,
    names: Iterable[tuple[int, int]] = (),
    nouns: frozenset[str] = frozenset(),
    amounts: Mapping[str, int] = _NO_AMOUNTS,
) -> tuple[list[Number], list[NonFigure]]:
    """Return the numbers of a sentence and the digits that are no figures, each in order.

    Parameters
    ----------
    sentence : composed text.
    lang : decides what ``1.691`` and ``1,691`` mean if both a count and a decimal are possible.
    names : spans of names that have digits (``Thôn 3``, ``"2 không, 1 giảm"``).
    nouns : first words of units of measure; a number such as 2021 before one is no year.
    amounts : units of the measures with decimals, in lower case (``triệu đồng``), and their decimals. A
        number before one is in that unit: in ``12,345 triệu đồng`` it is 12.345.
    """
    ignored = non_figures(sentence, names)
    raw: list[_RawNumber] = []
    for found in _NUMBER.finditer(sentence):
        if any(one.start < found.end("digits") and found.start() < one.end for one in ignored):
            continue
        if _is_year(found, sentence, nouns):
            ignored.append(NonFigure(*found.span("digits"), found["digits"], "year"))
        elif found["pair"] and _is_date(found, sentence):
            ignored.append(NonFigure(*found.span(), found[0], "date"))
        else:
            raw.append(_from_digits(found, sentence, lang, amounts))
    for spelled in spelled_numbers(sentence):
        taken = [(one.start, one.end) for one in ignored] + [(one.start, one.end) for one in raw]
        if any(start < spelled.end and spelled.start < end for start, end in taken):
            continue
        if (reason := _not_a_figure(spelled, sentence, nouns)) is None:
            raw.append(_from_words(spelled, sentence))
        elif reason:
            ignored.append(
                NonFigure(spelled.start, spelled.end, sentence[spelled.start : spelled.end], reason)
            )
    raw += _multiples(sentence)
    numbers = [number for one in sorted(raw) for number in _numbers(one, sentence, lang)]
    kept = [one for one in ignored if any(map(str.isdigit, one.text)) or " " in one.text]
    return with_relations(numbers, sentence), sorted(kept)


def _next_word(sentence: str, at: int) -> str:
    found = re.match(r"\s*([^\W\d_]+)", sentence[at:])
    return found[1].casefold() if found else ""


def _is_year(found: re.Match[str], sentence: str, nouns: frozenset[str]) -> bool:
    bare = re.fullmatch(r"(?:19|20)\d\d", found["digits"]) and found.end() == found.end("digits")
    return bool(bare) and _next_word(sentence, found.end()) not in nouns


def _is_date(found: re.Match[str], sentence: str) -> bool:
    """Return whether ``15/11`` is a date: it can be one, and no noun follows."""
    day, month = found["digits"], found["whole"]
    if not (day.isdecimal() and month.isdecimal() and 1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return False
    if _DATE_BEFORE.search(sentence[: found.start()]):
        return True
    return not _next_word(sentence, found.end())


class _RawNumber(NamedTuple):
    """A number as written, before the words around it are considered."""

    start: int
    end: int
    value: Fraction
    step: Fraction
    decimals: int
    is_exact: bool
    sort: Sort
    per: int
    is_foreign: bool = False
    whole: tuple[int, int, str] | None = None
    """Start, end and digits of the second side of a pair."""
    change: Change | None = None
    as_decimal: Fraction | None = None
    """Its value if its only mark is the decimal mark of the language; None if that is not possible."""


def _sort(sentence: str, start: int, at: int) -> tuple[Sort, int, int]:
    """Return the sort of a number, its ``per``, and the offset behind its sign."""
    found = _SORT.match(sentence, at)
    if found is None or (found["times"] and not _TIMES.search(sentence[max(0, start - _BEFORE) : start])):
        return "count", 1, at
    if found["times"]:
        return "times", 1, found.end()
    per = 100 if found["points"] else PER[found["per"].casefold()]
    return "points" if found["points"] else "percent", per, found.end()


def _is_amount(sentence: str, at: int, amounts: Mapping[str, int]) -> bool:
    """Return whether a unit of a measure with decimals follows."""
    following = sentence[at:].lstrip().casefold()
    return any(
        following.startswith(unit) and not following[len(unit) : len(unit) + 1].isalpha() for unit in amounts
    )


def _from_digits(
    found: re.Match[str], sentence: str, lang: Language, amounts: Mapping[str, int]
) -> _RawNumber:
    at = found.end("digits")
    is_decimal = max(amounts.values(), default=0) >= _GROUP
    value, decimals = parse_digits(found["digits"], lang, is_count=False) if amounts else (Fraction(0), 0)
    if amounts and not found["pair"] and _is_amount(sentence, at, amounts):
        step = written_step(value, decimals)
        return _RawNumber(found.start("digits"), at, value, step, decimals, not decimals, "count", 1)
    as_decimal = value if is_decimal and decimals == _GROUP else None
    sort, per, end = _sort(sentence, found.start(), found.end())
    magnitude = MAGNITUDES.get((found["magnitude"] or "").casefold(), 1)
    is_count = sort == "count" and magnitude == 1
    value, decimals = parse_digits(found["digits"], lang, is_count=is_count)
    half = Fraction(magnitude, 2) if found["half"] else 0
    return _RawNumber(
        start=found.start("digits"), end=end, value=value * magnitude + half,
        step=written_step(value, decimals) * magnitude, decimals=decimals,
        is_exact=is_count and not decimals, sort=sort, per=per,
        is_foreign=is_count and is_foreign(found["digits"], decimals, lang),
        whole=(*found.span("whole"), found["whole"]) if found["pair"] else None,
        as_decimal=as_decimal if is_count and not decimals else None,
    )  # fmt: skip


def _from_words(spelled: SpelledNumber, sentence: str) -> _RawNumber:
    sort, per, end = _sort(sentence, spelled.start, spelled.end)
    exact = spelled.is_exact and sort == "count"
    return _RawNumber(spelled.start, end, spelled.value, spelled.step, spelled.decimals, exact, sort, per)


def _multiples(sentence: str) -> Iterator[_RawNumber]:
    """Yield the multiples ``gấp đôi`` and ``gấp rưỡi``."""
    for found in _MULTIPLE.finditer(sentence):
        word = found[0].split()[-1].casefold()
        value = Fraction(TIMES[word])
        yield _RawNumber(
            found.end() - len(word), found.end(), value, Fraction(1, 2), 0, False, "times", 1, change="of"
        )


def _not_a_figure(spelled: SpelledNumber, sentence: str, nouns: frozenset[str]) -> str | None:
    """Return why number words are no figure: a reason, "" to drop them silently, None if they are one."""
    before = sentence[max(0, spelled.start - 20) : spelled.start]
    if found := re.search(r"\b(ngày|mùng|tháng|năm|quý|kỳ|thế kỷ|giai đoạn)\s*$", before, re.IGNORECASE):
        return "year" if found[1].casefold() == "năm" else "date"
    if re.search(r"\b(?:thứ|lần|khóa|khoá|số|điều|khoản|mục|hạng|đợt)\s*$", before, re.IGNORECASE):
        return "ordinal"
    following = _next_word(sentence, spelled.end)
    if following in ("năm", "tháng", "tuần", "ngày", "giờ", "phút", "tuổi", "lần"):
        return "time"
    return "" if spelled.words == 1 and following not in nouns else None


def _numbers(raw: _RawNumber, sentence: str, lang: Language) -> list[Number]:
    """Return a number with its qualifier and change, or the two numbers of a pair."""
    left = max(0, raw.start - _BEFORE)
    before = sentence[left : raw.start]
    changed = _change(before)
    qualifier = None if changed else _qualifier(before)
    start = left + qualifier[0] if qualifier else raw.start
    if qualifier and not changed:
        changed = _change(sentence[left:start])
    change: Change | None = raw.change or changed
    others: list[Change | None] = []
    if raw.sort == "times":
        change = change or "of"
    elif raw.sort == "percent" and change is None and _LIKE.search(sentence[left:start]):
        if _OF_LAST.match(sentence, raw.end):
            change = "of"
        elif _THAN_LAST.search(sentence):
            others.append("of")
    # "80 %" is rounded to whole per cent, "hơn 80 %" to tens
    step = raw.step if raw.sort == "count" or qualifier else Fraction(1, 10**raw.decimals)
    if raw.sort == "times" and step == 1:
        step = Fraction(1, 2)  # "gấp 2 lần" is rounded to halves: one and a half is "gấp rưỡi"
    number = Number(
        start=start, digits=raw.start, end=raw.end, text=sentence[raw.start : raw.end].strip(),
        value=raw.value, step=step, decimals=raw.decimals, sort=raw.sort, per=raw.per,
        is_exact=raw.is_exact, qualifier=qualifier[1] if qualifier else None, change=change, part=None,
        is_foreign=raw.is_foreign,
    )  # fmt: skip
    if change is None and (moved := _MOVED.search(before)):  # "tăng nhiều nhất với 27 tổ"
        others.append("up" if moved["up"] else "down")
    number = number._replace(others=tuple(number._replace(change=other) for other in others))
    if raw.as_decimal is not None:  # 12,345 without a unit, as in a table: of a measure with three decimals
        decimal = number._replace(
            value=raw.as_decimal, step=Fraction(1, 10**_GROUP), decimals=_GROUP, is_exact=False,
            is_foreign=False, others=(),
        )  # fmt: skip
        number = number._replace(others=(*number.others, decimal))
    if raw.whole is None:
        return [number]
    at, _, digits = raw.whole
    value, places = parse_digits(digits, lang, is_count=True)
    text = sentence[raw.start : at].rstrip(" /")
    first = number._replace(end=raw.start + len(text), text=text, part="of")
    second = Number(
        at, at, raw.end, digits, value, written_step(value, places), places, "count", 1, True, None, None,
        "whole",
        is_foreign=is_foreign(digits, places, lang),
    )  # fmt: skip
    return [first, second]


def _change(before: str) -> Change | None:
    if sign := _SIGNED.search(before):
        return "up" if sign["sign"] == "+" else "down"
    found = _CHANGE.search(before)
    if found is None or (found["than"] and not found["year"]):
        return None
    return "down" if found["down"] else "up"


def _qualifier(before: str) -> tuple[int, str] | None:
    """Return the word that qualifies the number behind a text, and where it begins."""
    lowered = before.casefold().rstrip()
    if len(lowered) != len(before.rstrip()):  # casefolding made it longer: no offset can be trusted
        lowered = before.lower().rstrip()
    for word in _qualifiers():
        if lowered.endswith(word) and not lowered[: -len(word)][-1:].isalpha():
            return len(lowered) - len(word), word
    return None


@lru_cache(maxsize=1)
def _qualifiers() -> list[str]:
    return sorted(known_qualifiers(), key=len, reverse=True)

"""The numbers of a sentence, as Vietnamese and English write them, and the digits that are none.

``1.691``, ``46,953``, ``81,2 %``, ``1,7 triệu``, ``47 nghìn``, ``164/220``. Dates, years, numbers of
documents, references, telephones, times, ordinals and list numbers are passed over, each with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from antq_stats.approximation import known_qualifiers, written_step
from antq_stats.language import Language

Change = Literal["up", "down"]
Sort = Literal["count", "percent", "points"]


class Number(NamedTuple):
    """A number that a sentence states."""

    start: int
    """Where it begins in the sentence, its qualifier included."""
    digits: int
    """Where its digits begin."""
    end: int
    text: str
    """As written, with the sign or the word of magnitude behind it."""
    value: Fraction
    """Percentages not divided: 81,2 % is 81.2."""
    step: Fraction
    """Unit of its last significant digit."""
    decimals: int
    sort: Sort
    per: int
    """100 for a percentage, 1000 for ‰, 1 for a count."""
    is_exact: bool
    """Whether it is a count written out, which without a qualifier is meant exactly."""
    qualifier: str | None
    change: Change | None
    """Whether it is said to be gained or lost."""
    part: Literal["of", "whole"] | None
    """Which side of a pair ``164/220`` it is."""
    is_origin: bool = False
    """Whether it is what something rose or fell from."""


class PassedOver(NamedTuple):
    """Digits that are no figure: where they stand, and why."""

    start: int
    end: int
    text: str
    reason: str


_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_YEAR = r"(?:19|20)\d\d(?![.,]?\d)"
_LAW = (
    "nghị quyết|nghị định|quyết định|thông tư|thông tri|chỉ thị|luật|công văn|kết luận|"
    "decree|decision|resolution|circular|law"
)
_PAPER = f"{_LAW}|kế hoạch|chương trình|hướng dẫn|báo cáo|đề án|văn bản|quy chế|quy định"
_SMALL = r"\d{1,3}(?!\d|[.,]\d)"

_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE if reason != "document" else 0))
    for reason, pattern in (
        ("numbering", r"^\s*(?:[-–•*+]\s*)?\(?\d{1,2}(?:\.\d{1,2})*(?:[.)]+|\s*[-–/:])(?=\s)"),
        ("numbering", r"^\s*\d{1,2}(?:\.\d{1,2})+\s+(?=[^\W\d_])"),
        ("document", r"\b\d+(?:/\d{4})?/(?:[A-ZĐ][A-ZĐa-zđ]*)(?:[-/&.][A-ZĐ][A-ZĐa-zđ]*)*"),
        ("document", r"\b\d+-[A-ZĐ]{2,}[A-ZĐa-zđ]*(?:[-/&.][A-ZĐ][A-ZĐa-zđ]*)*"),
        ("document", rf"(?i:\b(?:{_PAPER})\s+(?:liên tịch\s+)?số\s*:?\s*\d+[\w/-]*)"),
        ("document", rf"(?i:\b(?:{_LAW})\s+(?:no\.?\s*)?\d+(?:/[\w/-]+|(?![.,]?\d)))"),
        ("document", r"(?<!\w)(?:Số|No\.?)\s*:?\s*\d+\s*/[\w/-]*"),
        (
            "date",
            (r"\b(?:ngày|mùng|hôm)\s+\d{1,2}"
            rf"(?:\s*[/.-]\s*\d{{1,2}}(?:\s*[/.-]\s*{_YEAR})?|\s+tháng\s+\d{{1,2}}(?:\s+năm\s+{_YEAR})?)?(?!\d)"),
        ),
        ("date", rf"(?<![\d/])\d{{1,2}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?{_YEAR}"),
        ("date", rf"(?<![\d/]){_YEAR}-\d{{2}}-\d{{2}}"),
        ("date", rf"\b(?:tháng|quý|kỳ)\s+\d{{1,2}}(?:\s*[/-]\s*{_YEAR}|\s+năm\s+{_YEAR})?(?![.,]?\d)"),
        ("date", rf"(?<![\d/.,])(?:0?[1-9]|1[0-2])\s?/\s?{_YEAR}"),
        ("date", rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\b(?:,?\s+{_YEAR})?"),
        ("date", rf"\b(?:{_MONTH})\s+\d{{1,2}}\b(?![.,]\d)(?:,?\s+{_YEAR})?"),
        ("date", rf"\b(?:{_MONTH})\s+{_YEAR}"),
        (
            "year",
            (r"\b(?:năm|nhiệm kỳ|nhiệm kì|giai đoạn|niên độ|year|in|for|of|by)\s+"
            rf"{_YEAR}(?:\s*[-–—]\s*(?:{_YEAR}|\d\d\b))?"),
        ),
        ("year", rf"(?<![\d.,/]){_YEAR}\s*[-–—]\s*{_YEAR}"),
        (
            "reference",
            (r"\b(?:điều|khoản|điểm|chương|mục|phần|phụ lục|biểu|bảng|hình|trang|mẫu|quyển|"
            r"article|section|table|appendix|page|figure|chapter|part|form)\s+"
            rf"(?:số\s+)?{_SMALL}(?:\.\d+)*"),
        ),
        ("telephone", r"(?<![\d.,])(?:\+84|0)[\d .()-]{8,14}\d(?![\d%])"),
        ("time", r"(?<![\d.,])\d{1,2}\s*(?:giờ|h)(?:\s*\d{1,2}(?:\s*phút)?)?(?![^\W\d_])"),
        ("time", r"(?<![\d.,])\d{1,2}:\d\d(?!\d)"),
        (
            "time",
            (r"(?<![\d.,/])\d{1,3}\s+"
            r"(?:năm|tháng|tuần|ngày|phút|giây|years?|months?|weeks?|days?|hours?|minutes?)\b(?!\s+\d)"),
        ),
        (
            "ordinal",
            (r"\b(?:lần thứ|thứ|lần|khóa|khoá|đợt|hạng|tập|(?<!tổng )(?<!trong )(?<!tổng)số)\s+"
            rf"{_SMALL}(?!\s*%)"),
        ),
        ("ordinal", r"(?<![\d.,])\d+(?:st|nd|rd|th)\b"),
        ("word", r"\b\d*[^\W\d_]+[-–]?\d+\w*|(?<![\d.,])\d+[^\W\d_]\w*"),
    )
)  # fmt: skip
"""What has digits and is no figure, by reason; the first pattern that meets a place has it."""

_DATE_BEFORE = re.compile(
    r"\b(?:ngày|đến|từ|trước|sau|dịp|hội|hạn|trong|vào|on|by|until|since|before|after)\s*$", re.IGNORECASE
)
_GROUPS = (
    r"\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+|(?:[\u00a0\u202f\u2009]\d{3})+|(?: \d{3})+)"
    r"(?:[.,]\d{1,6})?(?![.,]?\d)"
)
_MAGNITUDES = {
    "trăm": 100,
    "nghìn": 10**3, "ngàn": 10**3, "thousand": 10**3,
    "triệu": 10**6, "million": 10**6,
    "tỷ": 10**9, "tỉ": 10**9, "billion": 10**9,
}  # fmt: skip
_PER = {"%": 100, "phần trăm": 100, "percent": 100, "per cent": 100, "‰": 1000, "phần nghìn": 1000}
_NUMBER = re.compile(
    rf"(?<![\w])(?<!\d[.,])(?P<digits>{_GROUPS}|\d+(?:[.,]\d+)?)"
    r"(?P<pair>\s?/\s?(?P<whole>\d{1,3}(?:[.,]\d{3})+|\d+)(?![\d/]))?"
    rf"(?:\s*(?P<magnitude>{'|'.join(_MAGNITUDES)})\b(?!\s+lệ))?"
    r"(?P<points>\s*(?:điểm\s*(?:%|phần trăm)|(?:percentage|per cent|%)[ -]points?))?"
    r"(?:\s*(?P<per>%|‰|phần trăm|phần nghìn|percent\b|per cent\b))?",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:(?P<up>tăng(?:\s+(?:thêm|được))?|nhiều hơn|cao hơn|"
    r"(?:an? )?(?:increase|rise)d?(?:\s+(?:of|by))|up(?:\s+by)?|"
    r"(?:rose|grew|increased|gained)(?:\s+by)?)|"
    r"(?P<down>giảm(?:\s+(?:đi|được|mất))?|ít hơn|thấp hơn|(?:an? )?(?:decrease|fall|drop)d?(?:\s+(?:of|by))|"
    r"down(?:\s+by)?|(?:fell|dropped|decreased|lost)(?:\s+by)?))\s*$",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"\b(?:tăng|giảm|rose|fell|up|down|increased|decreased)\s+(?:từ|from)\s*$", re.IGNORECASE
)
_RESULT = re.compile(
    r"\b(?:từ|from)\s+[\d.,]+(?:\s*[^\d.,;:]{0,40})?\s+(?:lên|đến|xuống|còn|to)\s*$", re.IGNORECASE
)
_BEFORE = 100
"""Signs before a number that can say that it was gained or lost, or qualify it."""
_OUT_OF = re.compile(r"^\s*(?:trên|trong|out of|of)\s*$", re.IGNORECASE)


def without_change(before: str) -> str:
    """Return the words before a number without those that say it was gained or lost."""
    return _CHANGE.sub("", before)


def language_of(text: str) -> Language:
    """Return the language a text is written in, by the letters only Vietnamese has."""
    letters = sum(map(str.isalpha, text))
    own = sum(char in "ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụ" or "ạ" <= char <= "ỹ" for char in text.lower())
    return "vi" if own * 10 >= letters else "en"


def numbers_of(
    sentence: str, lang: Language, names: Iterable[tuple[int, int]] = (), nouns: frozenset[str] = frozenset()
) -> tuple[list[Number], list[PassedOver]]:
    """Return the numbers of a sentence, and the digits that were passed over, in order.

    Parameters
    ----------
    sentence : composed text.
    lang : decides what ``1.691`` and ``1,691`` mean where both readings are possible.
    names : places of names that hold digits (``Thôn 3``, ``"2 không, 1 giảm"``).
    nouns : first words of what is counted; a number such as 2021 before one is no year.
    """
    passed = [PassedOver(start, end, sentence[start:end], "name") for start, end in names]
    for reason, pattern in _REASONS:
        for found in pattern.finditer(sentence):
            _pass_over(passed, *found.span(), found[0], reason)
    numbers: list[Number] = []
    for found in _NUMBER.finditer(sentence):
        if any(one.start < found.end("digits") and found.start() < one.end for one in passed):
            continue
        if _is_year(found, sentence, nouns):
            passed.append(PassedOver(*found.span("digits"), found["digits"], "year"))
        elif found["pair"] and _is_date(found, sentence):
            passed.append(PassedOver(*found.span(), found[0], "date"))
        else:
            numbers += _numbers(found, sentence, lang)
    kept = [one for one in passed if any(map(str.isdigit, one.text))]
    return _as_pairs(numbers, sentence), sorted(kept)


def _pass_over(passed: list[PassedOver], start: int, end: int, text: str, reason: str) -> None:
    if not any(one.start < end and start < one.end for one in passed):
        passed.append(PassedOver(start, end, text, reason))


def _next_word(sentence: str, at: int) -> str:
    found = re.match(r"\s*([^\W\d_]+)", sentence[at:])
    return found[1].casefold() if found else ""


def _is_year(found: re.Match[str], sentence: str, nouns: frozenset[str]) -> bool:
    bare = re.fullmatch(r"(?:19|20)\d\d", found["digits"]) and found.end() == found.end("digits")
    return bool(bare) and _next_word(sentence, found.end()) not in nouns


def _is_date(found: re.Match[str], sentence: str) -> bool:
    """Tell whether ``15/11`` is a day: it could be one, and nothing counted follows."""
    day, month = found["digits"], found["whole"]
    if not (day.isdecimal() and month.isdecimal() and 1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return False
    if _DATE_BEFORE.search(sentence[: found.start()]):
        return True
    return not _next_word(sentence, found.end())


def _numbers(found: re.Match[str], sentence: str, lang: Language) -> list[Number]:
    """Return the number that was found, or the two of a pair."""
    left = max(0, found.start() - _BEFORE)
    before = sentence[left : found.start()]
    changed = _CHANGE.search(before)
    qualifier = None if changed else _qualifier(before)
    start = left + qualifier[0] if qualifier else found.start()
    if qualifier and not changed:
        changed = _CHANGE.search(sentence[left:start])
    is_origin = bool(_ORIGIN.search(before))
    if is_origin or _RESULT.search(before):
        changed, qualifier, start = None, None, found.start()
    per = _PER.get((found["per"] or "").casefold(), 1)
    sort: Sort = "points" if found["points"] else "count" if per == 1 else "percent"
    magnitude = _MAGNITUDES.get((found["magnitude"] or "").casefold(), 1)
    value, decimals = numeral(found["digits"], lang, is_count=sort == "count" and magnitude == 1)
    # 80 % is in whole per cent, though "hơn 80 %" says less
    step = written_step(value, decimals) if sort == "count" or qualifier else Fraction(1, 10**decimals)
    one = Number(
        start=start, digits=found.start("digits"), end=found.end(), text=found[0].strip(),
        value=value * magnitude, step=step * magnitude, decimals=decimals,
        sort=sort, per=100 if sort == "points" else per,
        is_exact=sort == "count" and magnitude == 1 and not decimals,
        qualifier=qualifier[1] if qualifier else None,
        change=None if changed is None else "up" if changed["up"] else "down", part=None,
        is_origin=is_origin,
    )  # fmt: skip
    if not found["pair"]:
        return [one]
    whole, places = numeral(found["whole"], lang, is_count=True)
    first = one._replace(end=found.end("digits"), text=found["digits"], part="of")
    second = Number(
        found.start("whole"), found.start("whole"), found.end(), found["whole"], whole,
        written_step(whole, places), places, "count", 1, True, None, None, "whole",
    )  # fmt: skip
    return [first, second]


def _as_pairs(numbers: list[Number], sentence: str) -> list[Number]:
    """Take ``928 trên 1.365 thôn`` for a pair: the first number stands without a noun of its own."""
    for place, (one, other) in enumerate(pairwise(tuple(numbers))):
        if one.sort == other.sort == "count" and _OUT_OF.match(sentence[one.end : other.digits]):
            numbers[place] = one._replace(part="of")
            numbers[place + 1] = other._replace(part="whole", qualifier=None, start=other.digits)
    return numbers


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


def numeral(digits: str, lang: Language, *, is_count: bool) -> tuple[Fraction, int]:
    """Return the value of digits with their marks, and how many decimals they have.

    A count has no decimals, so that ``46,953`` and ``46.953`` are both 46953; else the language decides.
    """
    text = re.sub(r"[\s\u00a0\u202f\u2009]", "", digits)
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
        is_decimal = not grouped or (not is_count and last == {"vi": ",", "en": "."}[lang])
    if not is_decimal:
        return Fraction(int(re.sub(r"[.,]", "", text))), 0
    whole = re.sub(r"[.,]", "", head) or "0"
    return Fraction(int(whole + tail), 10 ** len(tail)), len(tail)

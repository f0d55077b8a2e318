"""Digits that are no figures: dates, years, numbers of documents, references, telephones, times, ordinals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from antq_stats.text_check.numbers.lexicon import PLACES


class NonFigure(NamedTuple):
    """Digits that are no figure, with their place in the sentence and the reason."""

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
        (
            "decision",
            (r"^\s*(?:†\s*)?(?:có quyết định xử lý số liệu:|số liệu có quyết định xử lý:|"
            r"báo cáo chính thức có \d+\s+số liệu đã sửa|decided by this office:|decisions on the figures:|"
            r"this final report contains \d+\s+corrected figures?\b).*"),
        ),
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
        ("reference", rf"\b(?:{PLACES})\s+(?:số\s+)?\d{{1,4}}[A-Za-z]?(?!\d|[.,/]\d|\s*%)\b"),
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
        ("listing", r"\b(?:và|and)\s+\d[\d.,]*\s+(?:đơn vị khác|others?)\b"),
        ("listing", r"^\s*\d[\d.,]*\s+(?:chỉ tiêu và tỷ lệ khác|other measures and ratios)\b"),
        (
            "listing",
            (r"\b(?:so sánh\s+\d[\d.]*/\d[\d.]*\s+đơn vị đã|"
            r"among the\s+\d[\d,]*/\d[\d,]*\s+units whose)\b"),
        ),
        ("listing", r"\b(?:cả\s+\d+\s+chỉ tiêu đều có tổng|for all\s+\d+\s+measures the sum)\b"),
        ("word", r"\b\d*[^\W\d_]+[-–]?\d+\w*|(?<![\d.,])\d+[^\W\d_]\w*"),
    )
)  # fmt: skip
"""Patterns of digits that are no figures, by reason; the first that matches at a place decides."""


def non_figures(sentence: str, names: Iterable[tuple[int, int]]) -> list[NonFigure]:
    """Return the digits of a sentence that are no figures.

    Parameters
    ----------
    sentence : composed text.
    names : spans of names that have digits; they are returned too.
    """
    passed = [NonFigure(start, end, sentence[start:end], "name") for start, end in names]
    for reason, pattern in _REASONS:
        for found in pattern.finditer(sentence):
            start, end = found.span()
            if not any(one.start < end and start < one.end for one in passed):
                passed.append(NonFigure(start, end, found[0], reason))
    return passed

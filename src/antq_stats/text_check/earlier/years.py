"""Years in a sentence: the period that each number is of, and the period that each change is since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from antq_stats.text_check.numbers.number import Number


class Time(NamedTuple):
    """The period that a number is of."""

    kind: Literal["now", "earlier", "absent", "other"]
    """The period of the report; one of the earlier periods; an earlier one of which there are no figures;
    a year that may only be mentioned."""
    period: str = ""
    """Name of the earlier period, or the year; empty for "last year" if there is no earlier period."""

    @property
    def is_past(self) -> bool:
        """Whether it is a period before that of the report, with figures or without."""
        return self.kind in ("earlier", "absent")


NOW = Time("now")

_LAST = re.compile(
    r"\b(?:năm trước|năm ngoái|năm liền trước|cùng kỳ(?!\s+(?:năm\s+)?(?:19|20)\d\d(?!\d))|kỳ trước|"
    r"last year|(?:the )?previous (?:year|period)|(?:the )?year before|a year (?:earlier|ago))\b",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"(?:\b(?:so với|compared (?:with|to)|than(?: in)?)\s+)?(?:\b(?:cùng kỳ|cuối)\s+)?"
    rf"(?:{_LAST.pattern}|\bnăm\s+\d{{4}}\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?![.,]?\d)(?!\s*[-–/])")
_BEFORE_YEAR = r"(?:cùng kỳ\s+)?(?:cuối\s+)?(?:the\s+)?(?:in\s+)?(?:năm\s+)?"
_SINCE = re.compile(
    r"\b(?:so với|so sánh với|so|hơn|kém|từ|kể từ|compared (?:with|to)|than|since|from|against|on)\s+"
    rf"{_BEFORE_YEAR}$",
    re.IGNORECASE,
)
"""Words before a year that a change is since."""
_THAN = re.compile(
    r"(?:\b(?:so với|so sánh với|so|hơn|từ|kể từ|đến|trước|của kế hoạch|nghị quyết|kế hoạch|"
    rf"compared (?:with|to)|than|since|from|against|on)\s+{_BEFORE_YEAR})$",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:đến|tới|by)\s+(?:cuối\s+|hết\s+|the end of\s+)?(?:năm\s+)?$", re.IGNORECASE)
_POINTS_AT = re.compile(r"^\s*(?:là|có|đạt|:|\(|,|was|were|had|it was|số)?\s*(?:là|:|\()?\s*$", re.IGNORECASE)
_OF = re.compile(
    r"(?:\b(?:của|trong|vào|ở|in|for|of)\s+(?:the\s+)?(?:cùng kỳ\s+)?(?:năm\s+)?|\(\s*(?:năm\s+)?)$",
    re.IGNORECASE,
)
_NOUN_ONLY = re.compile(r"(?:\s+[^\W\d_]+){1,5}?(?:\s+(?:cùng kỳ\s+)?năm)?\s+", re.IGNORECASE)
_YEAR_WORD = re.compile(r"\s*(?:so với\s+|của\s+|mức\s+|cùng kỳ\s+|năm\s+)*", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:là|có|đạt|:|was|were|had)(?!\w)", re.IGNORECASE)
_THEN_TOO = re.compile(r"\b(?:khi đó|lúc đó|khi ấy|lúc ấy|năm đó|at that time)\b", re.IGNORECASE)


class _Mark(NamedTuple):
    """An expression of a year in a sentence."""

    start: int
    end: int
    time: Time


class YearResolver:
    """Resolves expressions of years to periods.

    Parameters
    ----------
    period : name of the period of the report.
    earlier : names of the earlier periods, in the order of their days.
    last : name of the previous one, which "last year" means; None without an earlier period.
    """

    def __init__(self, period: str, earlier: Sequence[str], last: str | None) -> None:
        found = _YEAR.search(period)
        self._now = found[0] if found else ""
        self.last = Time("earlier", last) if last is not None else Time("absent")
        self._years: dict[str, Time] = {self._now: NOW} if found else {}
        for name in (*filter(None, (last,)), *reversed(earlier)):
            if year := _YEAR.search(name):
                self._years.setdefault(year[0], Time("earlier", name))
        if last is None and found:
            self._years.setdefault(str(int(self._now) - 1), self.last)

    def time_of(self, label: str) -> Time | None:
        """Return the period that a label of a table names, or None."""
        if _LAST.search(label):
            return self.last
        found = _YEAR.search(label)
        return _stated(self._of_year(found[0])) if found else None

    def _of_year(self, year: str) -> Time:
        return self._years.get(year) or Time("other", year if year < self._now else "")

    def times(self, sentence: str, numbers: list[Number]) -> list[Time]:
        """Return the period of each number; `NOW` by default."""
        marks = self._marks(sentence, numbers)
        past = [mark for mark in marks if mark.time.is_past]
        for found in _THEN_TOO.finditer(sentence, past[0].start if past else len(sentence)):
            then = next(mark.time for mark in reversed(past) if mark.start <= found.start())
            marks.append(_Mark(*found.span(), then))
        marks.sort()
        resolved: list[Time] = []
        carried = NOW
        left = 0
        multiples = {number.end for number in numbers if number.change == "of"}
        marks = [mark for mark in marks if not _follows(sentence, multiples, mark.start, mark.end)]
        for place, number in enumerate(numbers):
            right = numbers[place + 1].start if place + 1 < len(numbers) else len(sentence)
            here: Time | None = None
            for start, end, time in marks:
                if left <= start and end <= number.start:
                    points = time != NOW and bool(_POINTS_AT.match(sentence[end : number.start]))
                    until = time == NOW and _UNTIL.search(sentence[:start])  # "đến năm 2021 đã có"
                    if until or not _THAN.search(sentence[:start]):
                        carried = here = _stated(time) if points else time
                    elif points and _stated(time).is_past:
                        here = _stated(time)
                elif number.end <= start and end <= right and _of(sentence, number.end, start, end):
                    here = _stated(time)
            resolved.append(here or carried)
            if re.search(r"[;)]", sentence[number.end : right]):
                carried = NOW if place + 1 < len(numbers) and here is not None else carried
            left = number.end
        return resolved

    def bases(self, sentence: str, numbers: list[Number]) -> list[Time]:
        """Return for each number the period that it is a change since, if it is one.

        It is the year behind the number (``tăng 95 tổ so với năm 2020``), else the one before it (``so với
        năm 2020, số tổ tăng 95``), else one further behind; the previous period by default.
        """
        marks = self._marks(sentence, numbers)
        resolved: list[Time] = []
        carried: Time | None = None
        left = 0
        taken = -1
        for place, number in enumerate(numbers):
            right = numbers[place + 1].start if place + 1 < len(numbers) else len(sentence)
            since = [mark for mark in marks if _is_base(sentence, number, mark)]
            for mark in since:
                if left <= mark.start < number.start and mark.start > taken:
                    carried = mark.time
            behind = next((mark for mark in since if number.end <= mark.start < right), None)
            if behind and number.change and not re.search(r"[,;:]", sentence[number.end : behind.start]):
                carried, taken = behind.time, behind.start
            further = (
                mark.time
                for mark in since
                if mark.start >= number.end and ";" not in sentence[number.end : mark.start]
            )
            resolved.append(_stated(carried or next(further, self.last)))
            left = number.end
        return resolved

    def _marks(self, sentence: str, numbers: list[Number]) -> list[_Mark]:
        marks = [_Mark(*found.span(), self.last) for found in _LAST.finditer(sentence)]
        marks += [
            _Mark(*found.span(), self._of_year(found[0]))
            for found in _YEAR.finditer(sentence)
            if not any(number.digits <= found.start() < number.end for number in numbers)
        ]
        return sorted(marks)


def _stated(time: Time) -> Time:
    """Return the time of a number that is said to be of a year, not only near to the mention of one."""
    return Time("absent", time.period) if time.kind == "other" and time.period else time


def _is_base(sentence: str, number: Number, mark: _Mark) -> bool:
    """Return whether a year may be what a change is since."""
    if mark.time.kind == "now" or (mark.time.kind == "other" and not mark.time.period):
        return False
    if _SINCE.search(sentence[: mark.start]):
        return True
    return number.change == "of" and _follows(sentence, {number.end}, mark.start, mark.end)


def _follows(sentence: str, ends: set[int], start: int, end_of_year: int) -> bool:
    """Return whether a year belongs to a multiple only: ``gấp 1,2 lần năm 2020``.

    A year before a bracket does not: the figure in the bracket is of that year.
    """
    if sentence[end_of_year:].lstrip().startswith("("):
        return False
    return any(end <= start and _YEAR_WORD.fullmatch(sentence, end, start) for end in ends)


def _of(sentence: str, number: int, start: int, end: int) -> bool:
    """Return whether a number is of the year behind it: ``1.571 tổ của năm 2020``, ``37 bản năm 2021``."""
    between = sentence[number:start]
    if _GOES_ON.match(sentence, end):  # 1.691 tổ (năm 2020 là 1.596 tổ)
        return False
    if _NOUN_ONLY.fullmatch(between) and not _THAN.search(between):
        return True
    return bool(_OF.search(between)) and not _THAN.search(between) and not re.search(r"[,;]", between)


def without_years(sentence: str) -> str:
    """Return a sentence with expressions of years masked, at the same length."""
    return _THEN.sub(lambda found: "·" * len(found[0]), sentence)

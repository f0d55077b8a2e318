"""Sentences, and the words about each number in them: before it, behind it, the year it is of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.places import Place
from antq_stats.text_check.vocabulary import Vocabulary

Time = Literal["now", "last", "other"]

_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“‘(\[]?(?P<next>\w))|\n+")
_NO_END = re.compile(
    r"(?:\b(?:TP|TX|TT|P|H|T|Q|X|tp|tx|tt|No|St|Mr|Dr|PGS|TS|ThS|v\.v|vs|e\.g|i\.e|cf)\.|\b[A-ZĐ]\.)[\"”’)]*\s*$"
)
_NUMBERING = re.compile(r"\s*\(?[\dIVXivx]{1,4}(?:\.\d{1,2})*[.)]+")
_STOP = re.compile(
    r"[;:()\[\]\n]|\s[–—-]\s|[.](?=\s|$)"
    r"|,?\s*\b(?:trong đó|trong khi|(?<!so )với|thu hút|gồm|bao gồm|còn|"
    r"of whom|of which|among them|while|whereas)\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:năm trước|năm ngoái|năm liền trước|cùng kỳ|kỳ trước|"
    r"last year|(?:the )?previous year|(?:the )?year before|a year (?:earlier|ago))\b",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"(?:\b(?:so với|compared (?:with|to)|than(?: in)?)\s+)?(?:\b(?:cùng kỳ|cuối)\s+)?"
    rf"(?:{_LAST.pattern}|\bnăm\s+\d{{4}}\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?![.,]?\d)(?!\s*[-–/])")
_THAN = re.compile(
    r"(?:\b(?:so với|so sánh với|so|hơn|từ|kể từ|đến|trước|của kế hoạch|nghị quyết|kế hoạch|"
    r"compared (?:with|to)|than|since|from|against|on)\s+"
    r"(?:cùng kỳ\s+)?(?:cuối\s+)?(?:the\s+)?(?:in\s+)?(?:năm\s+)?)$",
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
_JOINS = re.compile(r"(?:\b(?:tại|ở|của|thuộc|trên địa bàn|in|of|at|là)\s+(?:the\s+)?|\(\s*)$", re.IGNORECASE)
_BRACKET_ENDS = re.compile(r"\s*[),;]")
_EACH = re.compile(r"\b(?:mỗi|từng|each|every)\s+\w", re.IGNORECASE)
_THEN_TOO = re.compile(r"\b(?:khi đó|lúc đó|khi ấy|lúc ấy|năm đó|at that time)\b", re.IGNORECASE)
_WITHIN = re.compile(r"\b(?:trong đó|riêng|nhất là|of which|among them)\b", re.IGNORECASE)
_AVERAGE = re.compile(r"\b(?:bình quân|trung bình|on average|an average of)\b", re.IGNORECASE)
_LONGEST = 1500
"""Signs a sentence may have."""

_OPENED = re.compile(r"\s*\(\s*(?:đạt|chiếm|bằng|tức)?\s*")
_CLOSED = re.compile(r"\s*\)")
_TAIL = 40
"""Signs before the end of a sentence that tell whether it is one."""

_LENGTH = 18
"""Words behind or before a number that can be about it."""


class Words(NamedTuple):
    """What stands about a number."""

    before: str
    """The phrase it ends, empty where that belongs to the number before it."""
    after: str
    """The phrase it begins."""
    is_attached: bool
    """Whether a word follows at once, as in ``1.691 tổ``."""
    head: str = ""
    """What the sentence begins with, up to a colon or its first number: its subject."""
    kind: str | None = None
    """What the noun behind it says of what is counted."""


def sentences_of(text: str) -> Iterator[str]:
    """Cut a paragraph into sentences; points of abbreviations and of numbers end none.

    What goes on without a full stop is cut as well, at a semicolon or between words: no sentence is so long.
    """
    for at, end in _sentences(text):
        start = at
        while end - start > _LONGEST:
            within = start + _LONGEST // 2, start + _LONGEST
            cut = text.rfind(";", *within) + 1 or text.rfind(" ", *within)
            cut = cut if cut > start else start + _LONGEST
            yield text[start:cut].strip()
            start = cut
        yield text[start:end].strip()


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _END.finditer(text):
        if found["next"] and found["next"].islower():
            continue
        tail = text[max(start, found.start() - _TAIL) : found.start()]
        is_numbering = found.start() - start <= _TAIL and _NUMBERING.fullmatch(tail)
        if "\n" not in found[0] and (is_numbering or _NO_END.search(tail)):
            continue
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def is_average(before: str) -> bool:
    """Tell whether the words before a number make it so many for each of something."""
    return bool(_AVERAGE.search(before))


def is_each(before: str) -> bool:
    """Tell whether the words before a number may make it so many for each of something: ``mỗi buổi``."""
    return bool(_EACH.search(before))


def without_years(sentence: str) -> str:
    """Return a sentence of the same length in which no words speak of a year."""
    return _THEN.sub(lambda found: "·" * len(found[0]), sentence)


def about(sentence: str, numbers: list[Number], place: int, vocabulary: Vocabulary) -> Words:
    """Return the words about the number at a place of a sentence."""
    one = numbers[place]
    left = numbers[place - 1].end if place else 0
    begin = _past_share(sentence, numbers, place)
    right = min(
        (other.start for other in numbers[place + 1 :] if other.start >= begin), default=len(sentence)
    )
    after = _cut(sentence[begin:right], vocabulary)
    attached = bool(re.match(r"\s*[^\W\d_]", sentence[begin : begin + 40]))
    between = sentence[left : one.start].rstrip(" \u00a0:(–—-")
    stops = [*_STOP.finditer(between), *_outer_commas(between, vocabulary)]
    cut = max((found.end() for found in stops), default=0)
    free = cut > 0 or place == 0 or not re.match(r"\s*[^\W\d_]", sentence[left:])
    before = between[cut:] if free else ""
    head = sentence[: numbers[0].start].partition(":")[0]
    return Words(
        " ".join(before.split()[-_LENGTH:]),
        " ".join(after.split()[:_LENGTH]),
        attached,
        " ".join(head.split()[:_LENGTH]),
    )


def _past_share(sentence: str, numbers: list[Number], place: int) -> int:
    """Return where the words behind a number begin: behind ``(79,2%)``, if that comes first."""
    end = numbers[place].end
    if place + 1 < len(numbers) and (share := numbers[place + 1]).sort != "count":
        closed = _CLOSED.match(sentence, share.end)
        if closed and _OPENED.fullmatch(sentence[end : share.start]):
            return closed.end()
    return end


def _cut(text: str, vocabulary: Vocabulary) -> str:
    ends = [found.start() for found in (*_STOP.finditer(text), *_outer_commas(text, vocabulary))]
    return text[: min(ends, default=len(text))]


def _outer_commas(text: str, vocabulary: Vocabulary) -> Iterator[re.Match[str]]:
    """Return the commas that end a phrase: not those of ``thôn, bản`` or ``tội phạm, ma túy``."""
    for found in re.finditer(",", text):
        left = re.search(r"([^\W_]+)\W*$", text[: found.start()])
        right = re.match(r"\W*([^\W_]+)", text[found.end() :])
        pair = (left[1].casefold() if left else "", right[1].casefold() if right else "")
        if pair not in vocabulary.inner_commas:
            yield found


class Clock:
    """Tells which year a number of a sentence is of."""

    def __init__(self, period: str, last: str | None) -> None:
        self._now = _YEAR.search(period)
        year = self._now[0] if self._now else ""
        self._years: dict[str, Time] = {year: "now"} if year else {}
        earlier = _YEAR.search(last) if last else None
        before = earlier[0] if earlier else str(int(year) - 1) if year else ""
        if before and before != year:
            self._years[before] = "last"

    def time_of(self, label: str) -> Time | None:
        """Return the year that a label of a table names."""
        if _LAST.search(label):
            return "last"
        found = _YEAR.search(label)
        return self._years.get(found[0], "other") if found else None

    def times(self, sentence: str, numbers: list[Number]) -> list[Time]:
        """Return the year of each number; ``now`` where nothing says otherwise."""
        marks: list[tuple[int, int, Time]] = [(*found.span(), "last") for found in _LAST.finditer(sentence)]
        marks += [
            (*found.span(), self._years.get(found[0], "other"))
            for found in _YEAR.finditer(sentence)
            if not any(one.digits <= found.start() < one.end for one in numbers)
        ]
        last = min((start for start, _, time in marks if time == "last"), default=len(sentence))
        marks += [(*found.span(), "last") for found in _THEN_TOO.finditer(sentence, last)]
        marks.sort()
        told: list[Time] = []
        carried: Time = "now"
        left = 0
        multiples = {one.end for one in numbers if one.change == "of"}
        marks = [mark for mark in marks if not _follows(sentence, multiples, *mark[:2])]
        for place, one in enumerate(numbers):
            right = numbers[place + 1].start if place + 1 < len(numbers) else len(sentence)
            here: Time | None = None
            for start, end, time in marks:
                if left <= start and end <= one.start:
                    points = time == "last" and bool(_POINTS_AT.match(sentence[end : one.start]))
                    until = time == "now" and _UNTIL.search(sentence[:start])  # "đến năm 2021 đã có"
                    if until or not _THAN.search(sentence[:start]):
                        carried = here = time
                    elif points:
                        here = time
                elif one.end <= start and end <= right and _of(sentence, one.end, start, end):
                    here = time
            told.append(here or carried)
            if re.search(r"[;)]", sentence[one.end : right]):
                carried = "now" if place + 1 < len(numbers) and here is not None else carried
            left = one.end
        return told


def _follows(sentence: str, ends: set[int], start: int, end_of_year: int) -> bool:
    """Tell whether a year is only what a number is a multiple of: ``gấp 1,2 lần năm 2020``.

    A figure in brackets behind it is of that year all the same.
    """
    if sentence[end_of_year:].lstrip().startswith("("):
        return False
    return any(end <= start and _YEAR_WORD.fullmatch(sentence, end, start) for end in ends)


def _of(sentence: str, number: int, start: int, end: int) -> bool:
    """Tell whether a year behind a number is its own: ``1.571 tổ của năm 2020``, ``37 bản năm 2021``."""
    between = sentence[number:start]
    if _GOES_ON.match(sentence, end):  # 1.691 tổ (năm 2020 là 1.596 tổ)
        return False
    if _NOUN_ONLY.fullmatch(between) and not _THAN.search(between):
        return True
    return bool(_OF.search(between)) and not _THAN.search(between) and not re.search(r"[,;]", between)


def is_in_turn(sentence: str) -> bool:
    """Tell whether a sentence gives figures in the order of the units named before."""
    return bool(re.search(r"\b(?:lần lượt|tương ứng|respectively)\b", sentence, re.IGNORECASE))


def units_at(
    sentence: str, numbers: list[Number], places: list[Place], vocabulary: Vocabulary
) -> list[tuple[tuple[int, ...], bool]]:
    """Return for each number the units it may be of, and whether the sentence names them.

    The unit behind it where ``tại`` or ``của`` joins them, or in brackets; else the last one named before it.
    """
    told: list[tuple[tuple[int, ...], bool]] = []
    carried: list[Place] = []
    outside: list[Place] | None = None
    """What was carried when a bracket was opened that names units of its own."""
    around: list[Place] | None = None
    """What was carried before ``trong đó huyện Văn Yên``; behind a semicolon it may be meant again."""
    in_turn = is_in_turn(sentence)
    since = 0
    for place, one in enumerate(numbers):
        left = numbers[place - 1].end if place else 0
        group = [found for found in places if left <= found.start < one.start]
        if outside is not None and ")" in sentence[left : one.start]:
            carried, outside = outside, None
        if around is not None and ";" in sentence[left : one.start]:
            carried, around = [*carried, *around], None
        if group:
            if sentence.rfind("(", left, group[0].start) > sentence.rfind(")", left, group[0].start):
                outside = carried if outside is None else outside
            elif around is None and _WITHIN.search(sentence, left, group[0].start):
                around = carried
            carried, since = _group(sentence, group), place
        ends = numbers[place + 1] if one.part == "of" and place + 1 < len(numbers) else one
        behind = _behind(sentence, ends, numbers, places, vocabulary)
        if behind is not None:
            told.append((behind.units, True))
        elif in_turn and len(carried) > 1 and place - since < len(carried):
            told.append((carried[place - since].units, True))
        else:
            told.append((tuple(unit for found in carried for unit in found.units), bool(carried)))
    return told


def _behind(
    sentence: str, one: Number, numbers: list[Number], places: list[Place], vocabulary: Vocabulary
) -> Place | None:
    """Return the unit that stands behind a number and is joined to it."""
    right = min((other.start for other in numbers if other.start >= one.end), default=len(sentence))
    found = next((found for found in places if one.end <= found.start < right), None)
    if found is None:
        return None
    between = sentence[one.end : found.start]
    phrase = re.sub(r"\(\s*$", "", between)
    if len(_cut(phrase, vocabulary)) < len(phrase.rstrip()):
        return None
    if phrase != between and not _BRACKET_ENDS.match(sentence, found.end):
        return None  # what follows within the bracket is the unit's, not this number
    whole = re.match(r"toàn|cả|the whole|the entire|province", sentence[found.start :], re.IGNORECASE)
    return found if whole or _JOINS.search(between) else None


def _group(sentence: str, places: list[Place]) -> list[Place]:
    """Return the last units named together: joined by commas and ``và`` only."""
    kept = [places[-1]]
    for found in reversed(places[:-1]):
        if not re.fullmatch(
            r"\s*(?:,|và|,\s*và|and|,\s*and)\s*(?:the\s+)?", sentence[found.end : kept[0].start]
        ):
            break
        kept.insert(0, found)
    return kept

"""Sentences, and for each number of one its local context, its year and its units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.places import UnitMention
from antq_stats.text_check.vocabulary import Vocabulary

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
_JOINS = re.compile(r"(?:\b(?:tại|ở|của|thuộc|trên địa bàn|in|of|at|là)\s+(?:the\s+)?|\(\s*)$", re.IGNORECASE)
_BRACKET_ENDS = re.compile(r"\s*[),;]")
_EACH = re.compile(r"\b(?:mỗi|từng|each|every)\s+\w", re.IGNORECASE)
_WITHIN = re.compile(r"\b(?:trong đó|riêng|nhất là|of which|among them)\b", re.IGNORECASE)
_AVERAGE = re.compile(r"\b(?:bình quân|trung bình|on average|an average of)\b", re.IGNORECASE)
_LONGEST = 1500
"""Characters a sentence may have."""

_OPENED = re.compile(r"\s*\(\s*(?:đạt|chiếm|bằng|tức)?\s*")
_CLOSED = re.compile(r"\s*\)")
_TAIL = 40
"""Characters before a full stop that decide whether it ends the sentence."""

_LENGTH = 18
"""Words kept before and behind a number."""


class LocalContext(NamedTuple):
    """Words around a number."""

    before: str
    """The phrase that ends with the number; empty if it belongs to the number before."""
    after: str
    """The phrase that begins behind the number."""
    is_attached: bool
    """Whether a word follows the number immediately, as in ``1.691 tổ``."""
    head: str = ""
    """Beginning of the sentence up to its first colon or number: its subject."""
    kind: str | None = None
    """What the noun of the number counts, as a key of `lexicon.NOUNS` or a unit of measure."""


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; points of abbreviations and numbering do not end one.

    A sentence of more than 1,500 characters is cut at a semicolon or between words.
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
    """Return whether the words before a number make it an average."""
    return bool(_AVERAGE.search(before))


def is_each(before: str) -> bool:
    """Return whether the words before a number may make it an average: ``mỗi buổi``."""
    return bool(_EACH.search(before))


def local_context(sentence: str, numbers: list[Number], place: int, vocabulary: Vocabulary) -> LocalContext:
    """Return the local context of a number.

    Parameters
    ----------
    sentence : text of the sentence, with mentions of units and years masked.
    numbers : its numbers.
    place : index of the number.
    vocabulary : decides which commas end a phrase.
    """
    number = numbers[place]
    left = numbers[place - 1].end if place else 0
    begin = _past_share(sentence, numbers, place)
    right = min(
        (other.start for other in numbers[place + 1 :] if other.start >= begin), default=len(sentence)
    )
    after = _cut(sentence[begin:right], vocabulary)
    attached = bool(re.match(r"\s*[^\W\d_]", sentence[begin : begin + 40]))
    between = sentence[left : number.start].rstrip(" \u00a0:(–—-")
    stops = [*_STOP.finditer(between), *_outer_commas(between, vocabulary)]
    cut = max((found.end() for found in stops), default=0)
    free = cut > 0 or place == 0 or not re.match(r"\s*[^\W\d_]", sentence[left:])
    before = between[cut:] if free else ""
    head = sentence[: numbers[0].start].partition(":")[0]
    return LocalContext(
        " ".join(before.split()[-_LENGTH:]),
        " ".join(after.split()[:_LENGTH]),
        attached,
        " ".join(head.split()[:_LENGTH]),
    )


def _past_share(sentence: str, numbers: list[Number], place: int) -> int:
    """Return where the words behind a number begin: after ``(79,2%)`` if that follows the number."""
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
    """Yield the commas that end a phrase, unlike those of ``thôn, bản`` and ``tội phạm, ma túy``."""
    for found in re.finditer(",", text):
        left = re.search(r"([^\W_]+)\W*$", text[: found.start()])
        right = re.match(r"\W*([^\W_]+)", text[found.end() :])
        pair = (left[1].casefold() if left else "", right[1].casefold() if right else "")
        if pair not in vocabulary.inner_commas:
            yield found


def is_respective(sentence: str) -> bool:
    """Return whether a sentence lists figures in the order of units (``lần lượt``, ``respectively``)."""
    return bool(re.search(r"\b(?:lần lượt|tương ứng|respectively)\b", sentence, re.IGNORECASE))


def units_of_numbers(
    sentence: str, numbers: list[Number], mentions: list[UnitMention], vocabulary: Vocabulary
) -> list[tuple[tuple[int, ...], bool]]:
    """Return for each number the units it may be of, and whether the sentence names them.

    These are the unit behind the number if ``tại``, ``của`` or a bracket joins it, else the unit named last.

    Parameters
    ----------
    sentence : text of the sentence.
    numbers : its numbers.
    mentions : the units it mentions.
    vocabulary : decides which commas end a phrase.
    """
    resolved: list[tuple[tuple[int, ...], bool]] = []
    carried: list[UnitMention] = []
    outside: list[UnitMention] | None = None
    """Mentions that hold again after a bracket that names units."""
    around: list[UnitMention] | None = None
    """Mentions before ``trong đó huyện Văn Yên``, which may hold again after a semicolon."""
    in_turn = is_respective(sentence)
    since = 0
    for place, number in enumerate(numbers):
        left = numbers[place - 1].end if place else 0
        group = [found for found in mentions if left <= found.start < number.start]
        if outside is not None and ")" in sentence[left : number.start]:
            carried, outside = outside, None
        if around is not None and ";" in sentence[left : number.start]:
            carried, around = [*carried, *around], None
        if group:
            if sentence.rfind("(", left, group[0].start) > sentence.rfind(")", left, group[0].start):
                outside = carried if outside is None else outside
            elif around is None and _WITHIN.search(sentence, left, group[0].start):
                around = carried
            carried, since = _group(sentence, group), place
        ends = numbers[place + 1] if number.part == "of" and place + 1 < len(numbers) else number
        behind = _behind(sentence, ends, numbers, mentions, vocabulary)
        if behind is not None:
            resolved.append((behind.units, True))
        elif in_turn and len(carried) > 1 and place - since < len(carried):
            resolved.append((carried[place - since].units, True))
        else:
            resolved.append((tuple(unit for found in carried for unit in found.units), bool(carried)))
    return resolved


def _behind(
    sentence: str, number: Number, numbers: list[Number], mentions: list[UnitMention], vocabulary: Vocabulary
) -> UnitMention | None:
    """Return the mention behind a number that is joined to it, or None."""
    right = min((other.start for other in numbers if other.start >= number.end), default=len(sentence))
    found = next((found for found in mentions if number.end <= found.start < right), None)
    if found is None:
        return None
    between = sentence[number.end : found.start]
    phrase = re.sub(r"\(\s*$", "", between)
    if len(_cut(phrase, vocabulary)) < len(phrase.rstrip()):
        return None
    if phrase != between and not _BRACKET_ENDS.match(sentence, found.end):
        return None  # the bracket goes on with the unit, not with this number
    whole = re.match(r"toàn|cả|the whole|the entire|province", sentence[found.start :], re.IGNORECASE)
    return found if whole or _JOINS.search(between) else None


def _group(sentence: str, mentions: list[UnitMention]) -> list[UnitMention]:
    """Return the last group of mentions that only commas and ``và`` separate."""
    kept = [mentions[-1]]
    for found in reversed(mentions[:-1]):
        if not re.fullmatch(
            r"\s*(?:,|và|,\s*và|and|,\s*and)\s*(?:the\s+)?", sentence[found.end : kept[0].start]
        ):
            break
        kept.insert(0, found)
    return kept

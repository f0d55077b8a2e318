"""Relations between the numbers of a sentence: parts of a total, from–to pairs, changes that continue."""

from __future__ import annotations

import re

from antq_stats.text_check.numbers.lexicon import LIKENS, NOUNS, RESULTS
from antq_stats.text_check.numbers.number import Number

_NOUNS = frozenset({"", *(noun for nouns in NOUNS.values() for noun in nouns)})
_BEFORE = 40
"""Characters before a number in which ``từ`` or ``from`` may stand."""
_FROM = re.compile(r"\b(?:từ|from)(?:\s+(?:mức|con số|chỗ|hơn|gần|khoảng))*\s*$", re.IGNORECASE)
_INTO = re.compile(
    rf"(?P<noun>[^.;:()]{{0,50}}?)(?:\([^()]{{0,40}}\)\s*)?[^.;:()]{{0,30}}?\b(?:{RESULTS})"
    r"(?:\s+(?:mức|con số))?\s*$",
    re.IGNORECASE,
)
_AND = re.compile(r"[^.;:()%]{1,40}?(?:,\s*và|,|\bvà|\bcùng|\band)\s*$", re.IGNORECASE)
_AGAIN = re.compile(
    rf"[^.;:()]{{0,40}}?(?:,\s*|\()?\s*(?:\(|\b(?:{LIKENS}))(?:\s+(?:với|là|tăng|giảm|mức|tỷ lệ))*\s*$",
    re.IGNORECASE,
)
_SINCE = r"(?:so với|so sánh với|compared (?:with|to)|than(?: in)?|since|from|on)\s"
_SINCE_AND = re.compile(
    rf"[^.;:()]{{0,60}}?\b{_SINCE}[^.;:()]{{1,40}}?(?:,\s*và|,|\bvà|\band)\s*$", re.IGNORECASE
)
_ALSO_SINCE = re.compile(rf"[^.;:()\d]{{0,60}}?\b{_SINCE}", re.IGNORECASE)
_OUT_OF = re.compile(
    r"(?P<noun>[^.;:()]{0,60}?)\b(?P<link>trên|trong|out of|of)\s+(?P<all>tổng\s+)?(?P<number>số\s+)?$",
    re.IGNORECASE,
)


def with_relations(numbers: list[Number], sentence: str) -> list[Number]:
    """Return the numbers with their relations: pairs, from–to pairs, changes that continue.

    Parameters
    ----------
    numbers : the numbers of the sentence, in order; the list is changed.
    sentence : text of the sentence.
    """
    for place in range(len(numbers) - 1):
        first, second = numbers[place], numbers[place + 1]
        between = sentence[first.end : second.digits]
        if first.part is not None and second.part == "whole":
            continue
        if (
            first.sort == second.sort
            and _FROM.search(sentence[max(0, first.digits - _BEFORE) : first.digits])
            and _INTO.match(between)
        ):
            numbers[place] = _without_change(first)._replace(is_origin=True)
            numbers[place + 1] = _without_change(second)
        elif first.sort == second.sort == "count" and (out_of := _OUT_OF.match(between)):
            numbers[place : place + 2] = _as_pair(first, second, out_of)
        else:
            numbers[place + 1] = _continued(first, second, sentence)
    return numbers


def _without_change(first: Number) -> Number:
    """Return a number without change, qualifier and alternatives."""
    return first._replace(start=first.digits, change=None, qualifier=None, others=())


def _as_pair(first: Number, second: Number, found: re.Match[str]) -> list[Number]:
    """Return a part and its total: ``928 trên 1.365 thôn``, ``7.932 hộ đạt trong số 12.572 hộ``."""
    whole = second._replace(part="whole", qualifier=None, start=second.digits, others=())
    if all(noun.strip().casefold() in _NOUNS for noun in re.split(r",|\bvà\b", found["noun"])):
        return [first._replace(part="of"), whole]
    if found["all"] or found["number"]:
        return [first, whole]
    return [first, second._replace(others=(*second.others, whole))]


def _continued(first: Number, second: Number, sentence: str) -> Number:
    """Return the second number with the change of the first: ``tăng 10 tổ và 395 thành viên``.

    It is an alternative, unless the words behind say what it is a change since.
    """
    before = next((o.change for o in (first, *first.others) if o.change in ("up", "down")), None)
    if before is None or second.change not in (None, "of") or second.sort == "times":
        return second
    between = sentence[first.end : second.start]
    if _SINCE_AND.match(between) and _ALSO_SINCE.match(sentence, second.end):
        return second._replace(change=before)  # tăng 3,2% so với năm 2020 và 10,1% so với năm 2015
    goes_on = (_AND if second.sort == "count" else _AGAIN).match(between)
    return second._replace(others=(*second.others, second._replace(change=before))) if goes_on else second

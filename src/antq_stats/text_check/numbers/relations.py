"""What numbers are by those before them: a part and its whole, what rose to what, changes that go on."""

from __future__ import annotations

import re

from antq_stats.text_check.numbers.lexicon import LIKENS, NOUNS, RESULTS
from antq_stats.text_check.numbers.number import Number

_NOUNS = frozenset({"", *(noun for nouns in NOUNS.values() for noun in nouns)})
_BEFORE = 40
"""Signs before a number that can say that something rose or fell from it."""
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
_OUT_OF = re.compile(
    r"(?P<noun>[^.;:()]{0,60}?)\b(?P<link>trên|trong|out of|of)\s+(?P<all>tổng\s+)?(?P<number>số\s+)?$",
    re.IGNORECASE,
)


def related(numbers: list[Number], sentence: str) -> list[Number]:
    """Tell what numbers are by those before them: pairs, what rose to what, changes that go on."""
    for place in range(len(numbers) - 1):
        one, other = numbers[place], numbers[place + 1]
        between = sentence[one.end : other.digits]
        if one.part is not None and other.part == "whole":
            continue
        if (
            one.sort == other.sort
            and _FROM.search(sentence[max(0, one.digits - _BEFORE) : one.digits])
            and _INTO.match(between)
        ):
            numbers[place] = _plain(one)._replace(is_origin=True)
            numbers[place + 1] = _plain(other)
        elif one.sort == other.sort == "count" and (out_of := _OUT_OF.match(between)):
            numbers[place : place + 2] = _as_pair(one, other, out_of)
        else:
            numbers[place + 1] = _going_on(one, other, sentence)
    return numbers


def _plain(one: Number) -> Number:
    """Return a number that neither gains nor loses, and that no word before it qualifies."""
    return one._replace(start=one.digits, change=None, qualifier=None, others=())


def _as_pair(one: Number, other: Number, found: re.Match[str]) -> list[Number]:
    """Take ``928 trên 1.365 thôn``, ``7.932 hộ đạt trong số 12.572 hộ`` for a part and its whole."""
    whole = other._replace(part="whole", qualifier=None, start=other.digits, others=())
    if all(noun.strip().casefold() in _NOUNS for noun in re.split(r",|\bvà\b", found["noun"])):
        return [one._replace(part="of"), whole]
    if found["all"] or found["number"]:
        return [one, whole]
    return [one, other._replace(others=(*other.others, whole))]


def _going_on(one: Number, other: Number, sentence: str) -> Number:
    """Take ``tăng 10 tổ và 395 thành viên``, ``tăng 27 tổ (13,4%)`` for changes too, if they are right so."""
    before = next((o.change for o in (one, *one.others) if o.change in ("up", "down")), None)
    if before is None or other.change not in (None, "of") or other.sort == "times":
        return other
    between = sentence[one.end : other.start]
    goes_on = (_AND if other.sort == "count" else _AGAIN).match(between)
    return other._replace(others=(*other.others, other._replace(change=before))) if goes_on else other

"""Names of persons in what an officer writes: with diacritics or without, and told from names of places.

Free text has more names of places than cells have, and is often typed without diacritics. So a name counts
only by its shape: a common family name and one to three capitalised syllables behind it; and what the
register calls a unit is no person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import takewhile

from antq_stats.reading.privacy import holds_a_person
from antq_stats.words.text import ascii_key

_FAMILY_NAMES = frozenset(
    """
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly lo ha sung giang vang lu mua thao
    luong trieu dinh doan trinh trang cam quang
    """.split()  # noqa: SIM905
)
"""Common family names, those of the Thái and Hmông of the north-west among them, without diacritics."""
_ADDRESSES = frozenset("ong ba anh chi co chu bac thay em".split())  # noqa: SIM905
"""Words by which a person is addressed, before the name."""
_KINDS_OF_PLACE = frozenset(
    """
    thon ban to dan pho khu xom lang ap xa phuong thi huyen tinh so tdp kdc kp tt tp tx doi cum duong truong
    cho cau ubnd mttq
    """.split()  # noqa: SIM905
)
"""Words before the name of a place, an office or a school. ``Tran`` is a family name in the first place."""
_ORDINARY_SECOND = frozenset(
    """
    mat uy hoi dang cong truong can bi chu van phong xa thon ban to huyen tinh phuong khu so cac don nha doan
    chi pho xom not it the this
    """.split()  # noqa: SIM905
)
"""Words that make no name of two words with a family name before them: ``Do Mat trận``, ``Do Not``."""
_PHRASES = frozenset(
    (
        "dang bo", "dang ky", "dang uy", "dang vien", "do thi", "do thi hoa", "duong day", "ha tang",
        "ho chi minh", "ho dan", "ho dat", "ho gia", "ho khau", "ho ngheo", "ho so", "ho tro", "ho van hoa",
        "le hoi", "le phi", "lu lut", "lu quet", "ly do", "mua ban", "mua sam", "phan anh", "phan mem",
        "phan tram", "pham vi", "thao luan", "tran dau", "vang mat", "vo chong", "vu viec",
        "ha giang", "ha long", "ha nam", "ha noi", "ha tinh",
    )
)  # fmt: skip
"""Phrases and provinces that begin like a name."""
_MIDDLE_NAMES = frozenset(("van", "thi"))
"""Middle names by which a name is known also among further capitals."""
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_LONGEST_NAME = 4
"""Most words of a name."""
_MOST_WORDS = 16
"""Most words that are compared with names of units."""


class PlaceNames:
    """The names of the units of a register, which are no persons.

    Parameters
    ----------
    names : the names.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = names

    @cached_property
    def _keys(self) -> frozenset[str]:
        keys = map(ascii_key, self._names)
        return frozenset(part for key in keys for part in (key, key.partition(" ")[2]) if " " in part)

    def cover(self, words: Sequence[str]) -> bool:
        """Return whether words are names of units, one behind the other; one word alone is none.

        Parameters
        ----------
        words : the words, as keys without diacritics.
        """
        if not words:
            return True
        return len(words) <= _MOST_WORDS and any(
            " ".join(words[:end]) in self._keys and self.cover(words[end:])
            for end in range(2, len(words) + 1)
        )


NO_PLACES = PlaceNames()


def names_a_person(text: str, places: PlaceNames = NO_PLACES) -> bool:
    """Return whether a text holds a personal number or a person's name, also one without diacritics.

    Parameters
    ----------
    text : the text.
    places : names of units, which may be those of persons, such as *Nguyễn Thái Học*.
    """
    if not holds_a_person(text) and not any(_names(text)):
        return False
    text = _without(text, places)  # only now: the keys of a register take time
    return holds_a_person(text) or any(_names(text))


def _runs(text: str) -> Iterator[tuple[str, list[re.Match[str]]]]:
    """Yield each run of capitalised words, with the word before it; empty where there is none."""
    run: list[re.Match[str]] = []
    before = last = ""
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word[0].isupper():
            before = before if run else last
            run.append(token)
        elif run:
            yield before, run
            run = []
        last = word
    if run:
        yield before, run


def _without(text: str, places: PlaceNames) -> str:
    """Return a text in which names of units have small letters."""
    for before, run in _runs(text):
        words = [ascii_key(token[0]) for token in run]
        is_reason = words[0] == "do" and not before  # because
        kinds = takewhile(lambda word: word in _KINDS_OF_PLACE, words[is_reason:])
        for start in range(is_reason + len(list(kinds)) + 1):
            if words[start:] and places.cover(words[start:]):
                first, end = run[start].start(), run[-1].end()
                text = text[:first] + text[first:end].lower() + text[end:]
                break
    return text


def _names(text: str) -> Iterator[str]:
    """Yield the family names of persons: those without diacritics, and those behind a form of address."""
    is_shouted = text.isupper()
    for before, run in _runs(text):
        words = [token[0] for token in run]
        keys = [ascii_key(word) for word in words]
        if ascii_key(before) in _KINDS_OF_PLACE or (keys[0] in _KINDS_OF_PLACE - _FAMILY_NAMES):
            continue
        addressed = int(keys[0] in _ADDRESSES)
        if addressed and holds_a_person(" ".join(words[1:])):
            yield words[1]
        for at, word in enumerate(words[:-1]):
            if keys[at] in _FAMILY_NAMES and word.isascii():
                name = _name(words[at:], keys[at:])
                is_first = at == addressed and not is_shouted
                if _is_name(name, is_first=is_first, is_all=len(name) == len(words) == len(text.split())):
                    yield word


def _name(words: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return the syllables at the beginning of words, written alike: ``Do UBND`` is one of one word."""
    shouted = words[0].isupper() and len(words[0]) > 1
    found = []
    for word, key in zip(words, keys, strict=True):
        is_alike = len(word) == 1 or word.isupper() == shouted
        if not is_alike or not _SYLLABLE.fullmatch(key):
            break
        found.append(key)
    return found


def _is_name(name: Sequence[str], *, is_first: bool, is_all: bool) -> bool:
    """Return whether syllables behind a family name make a person's name.

    Parameters
    ----------
    name : the syllables, the family name first.
    is_first : whether the name begins its run of capitals, in a text that is not all in capitals.
    is_all : whether the text has nothing else.
    """
    if not _PHRASES.isdisjoint((" ".join(name), " ".join(name[:3]))):
        return False
    if len(name) > 2 and name[1] in _MIDDLE_NAMES:
        return True
    if " ".join(name[:2]) in _PHRASES:
        return False
    if not (is_first or is_all) or len(name) > _LONGEST_NAME:
        return False
    return len(name) > 2 or (len(name) == 2 and name[1] not in _ORDINARY_SECOND)

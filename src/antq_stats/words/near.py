"""Known words near a wrong one, by what was meant before how it is spelt: ``ho_dat`` is ``ho_dat_gdvh``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from antq_stats.words.text import ascii_key

_SPELT_ALIKE = 0.6
"""Least similarity of two words one of which may be misspelt, as difflib measures it."""


def near(
    word: str, known: Iterable[str], labels: Mapping[str, Sequence[str]] | None = None, most: int = 3
) -> list[str]:
    """Return the known words nearest to a wrong one: the first of these groups that is not empty.

    They are words that differ by case, diacritics or signs only, words that begin with it, words that contain
    all its parts, words whose labels contain all its parts, and words that are spelt alike.

    Parameters
    ----------
    word : the wrong word.
    known : the known words.
    labels : what a known word is called, by the word.
    most : the most words to return.
    """
    keys = {one: _key(one) for one in known}
    wrong = _key(word)
    if not wrong:
        return []
    names = {one: " ".join(map(_key, said)) for one, said in (labels or {}).items() if one in keys}
    for group in _groups(wrong, keys, names):
        found = sorted(group, key=lambda one: len(keys[one]))[:most]
        if found:
            return found
    by_key = {key: one for one, key in reversed(keys.items())}
    return [by_key[key] for key in get_close_matches(wrong, list(by_key), 1, _SPELT_ALIKE)]


def _key(word: str) -> str:
    return ascii_key(word.replace("_", " ").replace("-", " "))


def _groups(wrong: str, keys: Mapping[str, str], names: Mapping[str, str]) -> Iterator[list[str]]:
    parts = wrong.split()

    def has_all(key: str) -> bool:
        words = key.split()
        return all(any(word.startswith(part) for word in words) for part in parts)

    tests: tuple[tuple[Mapping[str, str], Callable[[str], bool]], ...] = (
        (keys, lambda key: key == wrong),
        (keys, lambda key: len(wrong) > 1 and key.startswith(wrong)),
        (keys, lambda key: len(wrong) > 2 and has_all(key)),
        (names, lambda key: len(wrong) > 2 and has_all(key)),
    )
    for texts, is_meant in tests:
        yield [one for one, key in texts.items() if is_meant(key)]

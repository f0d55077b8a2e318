"""The unit that titles, a sheet's name or a path state, and the unit whose children have given names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from antq_stats.plan import HIGHER_TYPES, Mentions, Units
from antq_stats.reading.units.names import NOWHERE, name_keys, names_with_type
from antq_stats.words.name_index import NameIndex
from antq_stats.words.text import ascii_key, text_key

_MOTTO = re.compile(
    "|".join(map(text_key, ("Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc")))
)
"""The country's name and motto on every official paper. Some communes are called Cộng Hòa or Độc Lập."""
_LONGEST_NAME = 9
"""Maximum number of words of a unit's name."""
_LONGEST_TEXT = 60
"""Number of words of a title that are searched."""
_CACHED_TITLES = 1024
"""Maximum number of titles and names of files whose units are cached."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_SUFFIX = re.compile(r"\.(?:xls[xmb]?|xlt[xm]?|o[dt]s|csv|tsv|tab|txt|zip|eml)$", re.IGNORECASE)
_NAME_IN_FILE = re.compile(r"[_\W]+")


def title_key(text: str) -> str:
    """Return the text key of a title line without the country's name and motto."""
    return _MOTTO.sub(" ", text_key(text))


def common_parent(units: Units, level: int, names: Iterable[str]) -> int:
    """Return the only unit whose children have all these names; NOWHERE if there is none or several.

    Parameters
    ----------
    units : the units in force.
    level : level of the children.
    names : names as written.
    """
    wanted = [name_keys(name) for name in names]
    if not wanted:
        return NOWHERE
    fits = [
        parent
        for parent, members in units.children.items()
        if parent != NOWHERE
        and units.levels[members[0]] == level
        and all(any(units.children_named(parent, key) for key in keys) for keys in wanted)
    ]
    return fits[0] if len(fits) == 1 else NOWHERE


def _windows(key: str, names: NameIndex) -> Iterable[tuple[int, int, str]]:
    """Yield the word sequences of a text that end as a name does, the longest first.

    Each is its first word's place, the place after its last word, and its text.
    """
    words = key.split()[:_LONGEST_TEXT]
    ends = [end for end, word in enumerate(words, 1) if names.may_end_in(word)]
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for end in ends:
            if end >= length:
                yield end - length, end, " ".join(words[end - length : end])


def _mentioned(units: Units, key: str) -> Mentions:
    """Return the units a text names with and without their type, longest names first; cached."""
    found = units.mentions.get(key)
    if found is None:
        found = _find_mentions(units, key)
        if len(units.mentions) >= _CACHED_TITLES:
            units.mentions.clear()  # a title mostly recurs in its own file
        units.mentions[key] = found
    return found


def _find_mentions(units: Units, key: str) -> Mentions:
    typed: list[set[int]] = []
    bare: list[set[int]] = []
    taken: set[int] = set()
    words = key.split()[:_LONGEST_TEXT]
    names = units.by_name_above_leaves
    for start, end, window in _windows(key, names):
        named = names.get(window)
        if named is None or taken.intersection(range(start, end)):
            continue
        taken.update(range(start, end))
        before = " ".join(words[max(0, start - 2) : start])
        introduced = any(f" {before}".endswith(f" {word}") for word in HIGHER_TYPES)
        full = {
            p
            for p in named
            if names_with_type(units, p, window, introduced=introduced) or end - start == len(words)
        }
        if full:
            typed.append(full)
        elif end - start > 1:  # a single syllable may be any word
            bare.append(set(named))
    return typed, bare


def _agree(units: Units, mentions: list[set[int]], within: int) -> int:
    """Return the lowest unit that fits all mentions; NOWHERE if there is not exactly one.

    A unit fits a mention if the mention holds the unit itself, an ancestor or a descendant of it.

    Parameters
    ----------
    units : the units in force.
    mentions : for each name in the text, the units it may mean.
    within : units below this one are preferred; NOWHERE for no preference.
    """
    candidates = {p for mention in mentions for p in mention}
    if within != NOWHERE:
        candidates = {p for p in candidates if within in units.ancestors(p)} or candidates
    lines = {p: set(units.ancestors(p)) for p in candidates}
    named = [mention & candidates for mention in mentions if mention & candidates]
    fitting = {
        p for p in candidates
        if all(any(q in lines[p] or p in lines[q] for q in mention) for mention in named)
    }  # fmt: skip
    lowest = {p for p in fitting if not any(p != q and p in lines[q] for q in fitting)}
    return lowest.pop() if len(lowest) == 1 else NOWHERE


def unit_of_texts(units: Units, texts: Iterable[str], within: int = NOWHERE) -> int:
    """Return the unit that texts name, the lowest one if they name a unit and units above it.

    Names with a type word count first. Names without one count only if there are no others.

    Parameters
    ----------
    units : the units in force.
    texts : title lines, names of sheets or files.
    within : units below this one are preferred; NOWHERE for no preference.

    Returns
    -------
    int
        Position of the unit; NOWHERE if the texts name none, or several that contradict each other.
    """
    typed: list[set[int]] = []
    bare: list[set[int]] = []
    for text in texts:
        with_type, without_type = _mentioned(units, title_key(text))
        typed += with_type
        bare += without_type
    found = _agree(units, typed, within) if typed else NOWHERE
    return found if found != NOWHERE or typed else _agree(units, bare, within) if bare else NOWHERE


def unit_of_codes(units: Units, texts: Iterable[str]) -> int:
    """Return the unit whose code a title states: ``Mã đơn vị: 04342``, or the code in the next cell.

    Parameters
    ----------
    units : the units in force. Only units with children are returned.
    texts : the title cells, in order.

    Returns
    -------
    int
        Position of the unit; NOWHERE if no code is stated.
    """
    follows_label = False
    for text in texts:
        key = f"{text_key(text)} "
        is_label = key.startswith(("mã ", "unit code ", "code "))
        if follows_label or is_label:
            position = units.by_code.get(text.rpartition(":")[2].strip(), NOWHERE)
            if position != NOWHERE and units.is_above_leaves(position):
                return position
        follows_label = is_label and len(key.split()) < 6
    return NOWHERE


def _may_be_code(word: str) -> bool:
    """Return whether a word of a file's name can be a code: not a short number such as ``1``, nor a year."""
    return len(word) > 2 and not _YEAR.fullmatch(word)


def unit_of_path(units: Units, parts: Iterable[str], context: int = NOWHERE) -> int:
    """Return the unit that folders and the file name state.

    A name without diacritics counts only if it fits exactly one unit below that of the folders above it.

    Parameters
    ----------
    units : the units in force.
    parts : names of the folders from the top down, then the file's name.
    context : the unit that the folders above the first part state, or NOWHERE.

    Returns
    -------
    int
        Position of the lowest unit stated; ``context`` if no part states one.
    """
    for part in parts:
        words = [word for word in _NAME_IN_FILE.split(_SUFFIX.sub("", part)) if word]
        text = " ".join(words)
        found = unit_of_texts(units, (text,), context)
        if found == NOWHERE:
            codes = {units.by_code[word] for word in words if word in units.by_code and _may_be_code(word)}
            within = {p for p in codes if context == NOWHERE or context in units.ancestors(p)}
            parents = [p for p in within if units.is_above_leaves(p)]
            found = parents[0] if len(parents) == 1 else NOWHERE
        if found == NOWHERE:
            found = _by_slug(units, ascii_key(text), context)
        if found != NOWHERE and (context == NOWHERE or context in units.ancestors(found)):
            context = found
    return context


def _by_slug(units: Units, slug: str, within: int) -> int:
    for _, _, window in _windows(slug, units.by_slug):
        if " " not in window and window != slug:
            continue  # without diacritics one syllable stands for many words: dong is Đông, động, đồng
        named: set[int] = set(units.by_slug.get(window, ()))
        if within != NOWHERE:
            named = {p for p in named if within in units.ancestors(p) and p != within}
        if len(named) == 1:
            return named.pop()
        if named:
            return NOWHERE
    return NOWHERE

"""The levels of a register, as its tree orders them; what contradicts the tree is told."""

from __future__ import annotations

from collections import Counter

from antq_stats.findings.finding import Finding
from antq_stats.register.level_order import in_order, sorted_levels
from antq_stats.register.unit_columns import Entry, UnitColumns
from antq_stats.words.text import ascii_key, one_line, text_key


def shown(entry: Entry) -> str:
    """Return an entry as findings name it: its code and name on one line."""
    return one_line(f"{entry.code} {entry.name}")


def fault(code: str, entry: Entry, file: str, value: str | None = None, **facts: str) -> Finding:
    """Return the finding `code` on the row of `entry`, which it names."""
    facts["name"] = entry.name
    return Finding(code=code, file=file, row=entry.row, unit=entry.code or None, value=value, facts=facts)


def levels_of(
    columns: UnitColumns, parents: list[int], looped: set[int], file: str, faults: list[Finding]
) -> tuple[tuple[str, ...], list[int]]:
    """Return the levels from the top down, as the tree orders them, and each row's; contradictions are S205.

    A branch may skip a level. Levels that the tree does not order stand as they first appear.
    """
    level = columns["level"]
    keys = list(map(text_key, level.values))
    names: dict[str, str] = {}
    for number in dict.fromkeys(level.ids):
        names.setdefault(keys[number], level.values[number])
    _twins(columns, keys, names, file, faults)
    above = [*level.ids, -1, -1]  # what stands at the end is for parents that are none or lost
    pairs = set(zip(map(above.__getitem__, parents), level.ids, strict=True))
    steps = {
        (keys[upper], keys[lower]) for upper, lower in pairs if upper >= 0 and keys[upper] and keys[lower]
    }
    order = None if looped else in_order(list(names), steps)
    if order is None:
        order = _contradicting(columns, parents, looped, keys, list(names), file, faults)
    ranks = {key: rank for rank, key in enumerate(order)}
    rank_of = [ranks.get(key, 0) for key in keys]
    return tuple(names[key] for key in order), list(map(rank_of.__getitem__, level.ids))


def _contradicting(
    columns: UnitColumns,
    parents: list[int],
    looped: set[int],
    keys: list[str],
    levels: list[str],
    file: str,
    faults: list[Finding],
) -> list[str]:
    """Return the levels in the order that most rows speak for; the others are S205."""
    ids = columns["level"].ids
    steps: dict[tuple[str, str], list[int]] = {}
    for place, parent in enumerate(parents):
        if parent >= 0 and place not in looped and keys[ids[parent]] and keys[ids[place]]:
            steps.setdefault((keys[ids[parent]], keys[ids[place]]), []).append(place)
    order, wrong = sorted_levels(levels, steps)
    for step in wrong:
        for place in steps[step]:
            entry, upper = columns.entry(place), columns.entry(parents[place])
            above = {"other": upper.level, "found": shown(upper)}
            faults.append(fault("S205", entry, file, level=entry.level, **above))
    return order


def _twins(
    columns: UnitColumns, keys: list[str], names: dict[str, str], file: str, faults: list[Finding]
) -> None:
    """Report levels that differ by accents only (``thon`` beside ``thôn``): the rarer is a slip."""
    if len(set(map(ascii_key, names))) == len(names):
        return
    own = [keys[number] for number in columns["level"].ids]
    often = Counter(own)
    kept: dict[str, str] = {}
    for key in sorted(names, key=lambda key: -often[key]):
        usual = kept.setdefault(ascii_key(key), key)
        if usual != key:
            for place in (place for place, other in enumerate(own) if other == key):
                entry = columns.entry(place)
                faults.append(fault("S205", entry, file, level=entry.level, suggestion=names[usual]))

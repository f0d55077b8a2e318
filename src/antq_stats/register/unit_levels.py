"""The levels of a register in the order of its tree, and findings on rows that contradict the order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from antq_stats.findings.finding import Finding
from antq_stats.register.level_order import in_order, sorted_levels
from antq_stats.register.unit_columns import Coded, Entry, UnitColumns
from antq_stats.words.level_names import usual_level
from antq_stats.words.text import ascii_key, one_line, text_key


def code_and_name(entry: Entry) -> str:
    """Return the code and name of an entry on one line, for findings."""
    return one_line(f"{entry.code} {entry.name}")


def fault(code: str, entry: Entry, file: str, value: str | None = None, **facts: str) -> Finding:
    """Return a finding on a row.

    Parameters
    ----------
    code : code of the finding.
    entry : the row.
    file : name of the file.
    value : the value as found.
    **facts : facts of the finding; the name of the unit is added.
    """
    facts["name"] = entry.name
    return Finding(code=code, file=file, row=entry.row, unit=entry.code or None, value=value, facts=facts)


def with_types_as_levels_merged(columns: UnitColumns, parents: list[int]) -> UnitColumns:
    """Return the rows with one name for each level, where units have their type in the column of the level.

    Lists typed by hand have ``xã``, ``phường`` and ``thị trấn`` there, or ``thôn`` and ``tổ dân phố``, which
    are types of one level. It is called by the most frequent of them. The type of a unit is kept as its
    type if it has no other. Names between which there is a step of the tree are different levels.

    Parameters
    ----------
    columns : the rows.
    parents : place of each row's parent; negative for none.
    """
    level, kind = columns["level"], columns["kind"]
    groups = _of_one_level(level.values)
    if not groups:
        return columns
    steps = {(level.ids[parent], level.ids[place]) for place, parent in enumerate(parents) if parent >= 0}
    rows_with = Counter(level.ids)
    name_of = dict(enumerate(level.values))
    merged: set[int] = set()
    for numbers in groups:
        if not any((upper, lower) in steps for upper in numbers for lower in numbers):
            name = level.values[max(numbers, key=rows_with.__getitem__)]
            name_of |= dict.fromkeys(numbers, name)
            merged.update(numbers)
    types = [
        kind[place] or (level.values[number] if number in merged else "")
        for place, number in enumerate(level.ids)
    ]
    coded = columns.coded | {
        "level": Coded(tuple(name_of.values()), level.ids),
        "kind": Coded(tuple(types), range(len(types))),
    }
    return replace(columns, coded=coded)


def _of_one_level(values: Sequence[str]) -> list[list[int]]:
    """Return the numbers of the different names that each usual level has, if it has several."""
    of_level: dict[str, list[int]] = {}
    for number, text in enumerate(values):
        of_level.setdefault(usual_level(text), []).append(number)
    return [
        numbers
        for usual, numbers in of_level.items()
        if usual and len({ascii_key(values[number]) for number in numbers}) > 1
    ]


def plain_levels(
    values: Sequence[str], pairs: set[tuple[int, int]]
) -> tuple[tuple[str, ...], list[int]] | None:
    """Return what `levels_of` does where there is nothing to merge and nothing to report; else None.

    Parameters
    ----------
    values : the distinct texts of the column, in order of appearance; none is blank.
    pairs : the pairs of the numbers of a parent's text and its child's that rows have.

    Returns
    -------
    tuple or None
        The levels from the top down, and the level of each of the texts.
    """
    keys = list(map(text_key, values))
    names = dict(zip(reversed(keys), reversed(values), strict=True))
    in_sight = list(dict.fromkeys(keys))
    if _of_one_level(values) or len(set(map(ascii_key, names))) < len(names):
        return None
    order = in_order(in_sight, _steps(keys, pairs))
    return None if order is None else (tuple(names[key] for key in order), list(map(order.index, keys)))


def _steps(keys: Sequence[str], pairs: Iterable[tuple[int, int]]) -> set[tuple[str, str]]:
    """Return the steps between levels; a negative number is no parent."""
    return {
        (keys[upper], keys[lower]) for upper, lower in pairs if upper >= 0 and keys[upper] and keys[lower]
    }


def levels_of(
    columns: UnitColumns, parents: list[int], looped: set[int], file: str, faults: list[Finding]
) -> tuple[tuple[str, ...], list[int]]:
    """Return the levels from the top down in the order of the tree, and the level of each row.

    A branch may skip a level. Levels that the tree does not order keep the order of appearance. Rows that
    contradict the order are S205.

    Parameters
    ----------
    columns : the rows.
    parents : place of each row's parent; negative for none.
    looped : places of rows in a cycle.
    file : name of the file.
    faults : takes the findings.
    """
    level = columns["level"]
    keys = list(map(text_key, level.values))
    names: dict[str, str] = {}
    for number in dict.fromkeys(level.ids):
        names.setdefault(keys[number], level.values[number])
    _spelling_variants(columns, keys, names, file, faults)
    above = [*level.ids, -1, -1]  # the last two are for parents -1 and -2
    pairs = set(zip(map(above.__getitem__, parents), level.ids, strict=True))
    order = None if looped else in_order(list(names), _steps(keys, pairs))
    if order is None:
        order = _majority_order(columns, parents, looped, keys, list(names), file, faults)
    ranks = {key: rank for rank, key in enumerate(order)}
    rank_of = [ranks.get(key, 0) for key in keys]
    return tuple(names[key] for key in order), list(map(rank_of.__getitem__, level.ids))


def _majority_order(
    columns: UnitColumns,
    parents: list[int],
    looped: set[int],
    keys: list[str],
    levels: list[str],
    file: str,
    faults: list[Finding],
) -> list[str]:
    """Return the levels in the order of most rows; the rows that contradict it are S205."""
    ids = columns["level"].ids
    steps: dict[tuple[str, str], list[int]] = {}
    for place, parent in enumerate(parents):
        if parent >= 0 and place not in looped and keys[ids[parent]] and keys[ids[place]]:
            steps.setdefault((keys[ids[parent]], keys[ids[place]]), []).append(place)
    order, wrong = sorted_levels(levels, steps)
    for step in wrong:
        for place in steps[step]:
            entry, upper = columns.entry(place), columns.entry(parents[place])
            above = {"other": upper.level, "found": code_and_name(upper)}
            faults.append(fault("S205", entry, file, level=entry.level, **above))
    return order


def _spelling_variants(
    columns: UnitColumns, keys: list[str], names: dict[str, str], file: str, faults: list[Finding]
) -> None:
    """Report levels that differ only by diacritics (``thon``, ``thôn``): the rarer is a misspelling, S205."""
    if len(set(map(ascii_key, names))) == len(names):
        return
    row_keys = [keys[number] for number in columns["level"].ids]
    rows_with = Counter(row_keys)
    usual_of: dict[str, str] = {}
    for key in sorted(names, key=lambda key: -rows_with[key]):
        usual = usual_of.setdefault(ascii_key(key), key)
        if usual != key:
            for place in (place for place, other in enumerate(row_keys) if other == key):
                entry = columns.entry(place)
                faults.append(fault("S205", entry, file, level=entry.level, suggestion=names[usual]))

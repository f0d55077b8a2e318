"""Restores the leading zeros that codes of units.csv and changes.csv lost in Excel.

Official codes have fixed lengths: two digits for a province, three for a district, five for a commune; the
code of a village is that of its commune and three more. A register with other lengths, or whose commune codes
all begin with the code of a province, has codes of its own and is not changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from antq_stats.findings.finding import Finding
from antq_stats.register.unit_columns import UnitColumns
from antq_stats.words.level_names import usual_level

_LENGTHS = {"province": 2, "district": 3, "commune": 5, "village": 8}
_ABOVE = {"district": ("province",), "commune": ("district", "province"), "village": ("commune",)}
_NEARLY = 4
"""Least number of digits of the longest commune code: if all are shorter, they are no official codes."""


class RestoredCodes(NamedTuple):
    """Columns with restored codes, the number of restored codes, and the first of them before and after."""

    columns: UnitColumns
    lost: int
    found: str = ""
    expected: str = ""


def restore_zeros(columns: UnitColumns) -> RestoredCodes:
    """Return the columns of a register with the lost zeros of its codes."""
    level = columns["level"]
    if not short_codes(level.values, set(zip(level.ids, map(len, columns.codes), strict=True))):
        return RestoredCodes(columns, 0)
    kind_of = list(map(usual_level, level.values))
    places: dict[str, list[int]] = {kind: [] for kind in _LENGTHS}
    for place, number in enumerate(level.ids):
        if kind_of[number]:
            places[kind_of[number]].append(place)
    if not _is_official(columns, places):
        return RestoredCodes(columns, 0)
    codes, parents = list(columns.codes), list(columns.parents)
    first: tuple[str, str] | None = None
    count = 0
    known: dict[str, set[str]] = {}
    for kind, own in places.items():
        for place in own:
            code = codes[place]
            full = code.zfill(_LENGTHS[kind])
            if full != code:
                codes[place] = full
                count += 1
                first = first or (code, full)
            parents[place] = _parent(parents[place], kind, known)
        known[kind] = {codes[place] for place in own}
    found, expected = first or ("", "")
    return RestoredCodes(replace(columns, codes=codes, parents=parents), count, found, expected)


def short_codes(levels: Sequence[str], lengths: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return which codes are shorter than official ones of their level.

    If one of them begins with a zero, the codes are not official ones, and none has lost anything.

    Parameters
    ----------
    levels : the names of levels.
    lengths : the pairs of a level's number and the length of a code that rows have.
    """
    official = [_LENGTHS.get(usual_level(level), 0) for level in levels]
    return {(number, length) for number, length in lengths if length < official[number]}


def known_codes(codes: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return the codes that lost their zeros, with the code that each of them is.

    Parameters
    ----------
    codes : the codes of a list.
    known : the codes of the registers at hand. A code of the list that is among them has lost nothing; one
        that fits several of them is left as it is. If all that are found are as long as each other, and no
        code of the list is longer, those that no register knows are as long, too.

    Returns
    -------
    dict of str to str
        Empty if a code of the list begins with a zero: Excel would have taken it, too. A code that is shorter
        is then that of a unit of its own.
    """
    every = tuple(dict.fromkeys(codes))
    if any(code.startswith("0") for code in every):
        return {}
    fitting = _fitting(every, known)
    found = {code: full[0] for code, full in fitting.items() if len(full) == 1}
    lengths = set(map(len, found.values()))
    if len(lengths) == 1 and max(map(len, every)) <= (length := lengths.pop()):
        short = (code for code, full in fitting.items() if not full and len(code) < length)
        found |= {code: code.zfill(length) for code in short}
    return found


def meant_codes(codes: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return the codes that lost their zeros, with the one known code that each can be.

    Parameters
    ----------
    codes, known : as for `known_codes`.
    """
    return {code: full[0] for code, full in _fitting(codes, known).items() if len(full) == 1}


def _fitting(codes: Iterable[str], known: Iterable[str]) -> dict[str, list[str]]:
    """Return for each code that is unknown and may have lost zeros the known codes that it may be."""
    short = [code for code in codes if _is_number(code) and code[0] != "0"]
    if not short:
        return {}  # there may be a million codes, and nothing to compare with them
    own = set(known)
    found: dict[str, list[str]] = {code: [] for code in short if code not in own}
    for code in own if found else ():
        if code.startswith("0") and (bare := code.lstrip("0")) in found:
            found[bare].append(code)
    return found


def zeros_note(file: str, count: int, found: str, expected: str) -> tuple[Finding, ...]:
    """Return S208 if zeros of codes were restored.

    Parameters
    ----------
    file : name of the list.
    count : number of codes.
    found, expected : the first of them before and after.
    """
    facts = {"count": str(count), "found": found, "expected": expected}
    return (Finding(code="S208", file=file, facts=facts),) if count else ()


def _parent(code: str, kind: str, known: dict[str, set[str]]) -> str:
    """Return a parent's code with its zeros, if a unit of a level above has it."""
    for above in _ABOVE.get(kind, ()) if _is_number(code) else ():
        full = code.zfill(_LENGTHS[above])
        if full in known[above]:
            return full
    return code


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _is_official(columns: UnitColumns, places: dict[str, list[int]]) -> bool:
    """Return whether the codes are official ones, apart from lost zeros."""
    codes, parents = columns.codes, columns.parents
    if not places["province"] or not places["commune"]:
        return False
    for kind, own in places.items():
        if not _fit((codes[place] for place in own), _LENGTHS[kind]):
            return False
    communes = [codes[place] for place in places["commune"]]
    provinces = {codes[place].lstrip("0") for place in places["province"]}
    if max(map(len, communes)) < _NEARLY or all(code.startswith(tuple(provinces)) for code in communes):
        return False
    length = _LENGTHS["commune"]
    return all(
        codes[place].zfill(_LENGTHS["village"])[:length] == parents[place].zfill(length)
        for place in places["village"]
    )


def _fit(codes: Iterable[str], length: int) -> bool:
    """Return whether codes are digits of a length, or shorter without a leading zero."""
    return all(
        _is_number(code) and (len(code) == length or (len(code) < length and code[0] != "0"))
        for code in codes
    )

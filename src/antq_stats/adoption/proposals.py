"""What the returns name and the register lacks: new villages, renamed ones, and perhaps merged ones.

Evidence is of two kinds: a name near that of a village of the commune from which no row came, and households
close to those of one such village, or to the sum of several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations
from typing import Literal

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.figures.coverage import weighing_measure
from antq_stats.plan import MISSING, VILLAGE_TYPES
from antq_stats.reading.returns import UnlistedRow
from antq_stats.words.text import ascii_key, text_key

Kind = Literal["new", "renamed", "merged"]

_NEAR_NAME = 0.75
"""Similarity of two names from which they may be one, as in suggestions of units."""
_NEAR_COUNT = 0.03
"""Share of the households by which two counts of one village may differ."""
_MOST_GONE = 24
"""Villages of a commune without a row, up to which sums of two are tried; of three, half as many."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a return that names the village."""

    file: str
    sheet: str | None
    row: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A village that a commune's return names and the register lacks."""

    commune: int
    """Position of its commune in the register."""
    name: str
    """As the return has it."""
    households: int | None
    places: tuple[Place, ...]
    kind: Kind = "new"
    old: tuple[int, ...] = ()
    """Positions of the villages that it may be, or may be merged from."""
    by_name: bool = False
    """Whether the name is evidence for that."""
    old_households: int | None = None
    """Households of the old villages together, if they are evidence."""


def propose(
    collection: Collection, earlier: Callable[[str], tuple[Integers, Truths]] | None = None
) -> list[Proposal]:
    """Return the villages that the register lacks, in the order of the register and of the returns.

    Parameters
    ----------
    collection : the values of the period.
    earlier : takes the code of a measure and returns, for every unit, last year's sum and whether it is known
        (`comparison.Prior.column`); None without an earlier period.
    """
    found = list(_named(collection))
    gone = _Gone(collection, earlier)
    of_commune: dict[int, list[Proposal]] = defaultdict(list)
    for proposal in found:
        of_commune[proposal.commune].append(proposal)
    order = collection.register.tree_order.tolist()
    return [proposal for commune in order for proposal in gone.matched(of_commune.get(commune, ()))]


def _named(collection: Collection) -> Iterator[Proposal]:
    """Yield a proposal for each name of each commune that is no village of it."""
    units = collection.register.units
    level = len(units.level_names) - 2
    size = _size_of(collection)
    rows: dict[tuple[int, str], list[tuple[str, UnlistedRow]]] = defaultdict(list)
    for file, row in collection.unlisted:
        key = text_key(row.name)
        if key and units.levels[row.parent] == level and not units.children_named(row.parent, key):
            rows[row.parent, key].append((file, row))
    for (commune, _), same in rows.items():
        sizes = [count for _, row in same if (count := size(row)) is not None]
        places = tuple(Place(file, row.sheet, row.row) for file, row in same)
        yield Proposal(commune, same[0][1].name, sizes[0] if sizes else None, places)


def _size_of(collection: Collection) -> Callable[[UnlistedRow], int | None]:
    """Return a function from a row to its households; None where it gives none."""
    measure = weighing_measure(collection.form)
    table, place = (-1, -1) if measure is None or measure.decimals else collection.place_of[measure.code]

    def size(row: UnlistedRow) -> int | None:
        count = row.values[place] if row.table == table else MISSING
        return None if count == MISSING else count

    return size


class _Gone:
    """The villages from which no row came, and which of them a new name may stand for."""

    def __init__(
        self, collection: Collection, earlier: Callable[[str], tuple[Integers, Truths]] | None
    ) -> None:
        self.register = collection.register
        self.units = collection.register.units
        self.read = {int(unit) for table in collection.tables for unit in table.units[table.read]}
        self.households = self._households(collection, earlier)

    def _households(
        self, collection: Collection, earlier: Callable[[str], tuple[Integers, Truths]] | None
    ) -> dict[int, int]:
        """Return the households of villages in the year before, or else as the register states them."""
        stated = {
            unit: count for unit, count in enumerate(self.register.households) if count not in (MISSING, 0)
        }
        measure = weighing_measure(collection.form)
        if earlier is not None and measure is not None:
            values, known = earlier(measure.code)
            stated |= {unit: int(values[unit]) for unit in np.flatnonzero(known).tolist() if values[unit] > 0}
        return stated

    def matched(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        """Return the proposals of one commune with the old villages that each may stand for.

        An old village stands behind one proposal: that with the strongest evidence.
        """
        if not proposals:
            return []
        left = [unit for unit in self.units.children.get(proposals[0].commune, ()) if unit not in self.read]
        found = dict(enumerate(proposals))
        for evidence in (self._by_both, self._by_names, self._by_name, self._by_sum, self._by_households):
            for at, proposal in found.items():
                if not proposal.old and (better := evidence(proposal, left)) is not None:
                    found[at] = better
                    left = [unit for unit in left if unit not in better.old]
        return list(found.values())

    def _by_both(self, proposal: Proposal, left: Sequence[int]) -> Proposal | None:
        """Return a renaming that both the name and the households speak for."""
        near = [unit for unit in left if self._is_near(proposal.name, unit)]
        return self._by_households(replace(proposal, by_name=True), near)

    def _by_names(self, proposal: Proposal, left: Sequence[int]) -> Proposal | None:
        """Return a merger of villages whose names the new name joins: ``Nà Kèn - Năm Trọ``."""
        own = f" {_bare(proposal.name)} "
        parts = [unit for unit in left if f" {_bare(self.units.names[unit])} " in own]
        return replace(proposal, kind="merged", old=tuple(parts), by_name=True) if len(parts) > 1 else None

    def _by_name(self, proposal: Proposal, left: Sequence[int]) -> Proposal | None:
        near = [unit for unit in left if self._is_near(proposal.name, unit)]
        if not near:
            return None
        best = max(near, key=lambda unit: _similarity(proposal.name, self.units.names[unit]))
        return replace(proposal, kind="renamed", old=(best,), by_name=True)

    def _by_sum(self, proposal: Proposal, left: Sequence[int]) -> Proposal | None:
        """Return a merger of two or three villages whose households add up to about the new ones."""
        sized = [unit for unit in left if unit in self.households]
        if proposal.households is None or len(sized) > _MOST_GONE:
            return None
        groups = [*combinations(sized, 2), *(combinations(sized, 3) if 2 * len(sized) <= _MOST_GONE else ())]
        return self._closest(proposal, "merged", groups)

    def _by_households(self, proposal: Proposal, left: Sequence[int]) -> Proposal | None:
        return self._closest(proposal, "renamed", [(unit,) for unit in left if unit in self.households])

    def _closest(self, proposal: Proposal, kind: Kind, groups: Iterable[tuple[int, ...]]) -> Proposal | None:
        """Return the proposal for the group whose households are closest; None if none is close enough."""
        if proposal.households is None:
            return None
        sums = {group: sum(self.households[unit] for unit in group) for group in groups}
        if not sums:
            return None
        best = min(sums, key=lambda group: abs(sums[group] - proposal.households))  # type: ignore[operator]
        if abs(sums[best] - proposal.households) > max(1, round(_NEAR_COUNT * sums[best])):
            return None
        return replace(proposal, kind=kind, old=best, old_households=sums[best])

    def _is_near(self, name: str, unit: int) -> bool:
        return _similarity(name, self.units.names[unit]) >= _NEAR_NAME


def _bare(name: str) -> str:
    """Return the key of a village's name without its type word and without diacritics."""
    key = text_key(name)
    word = next((word for word in VILLAGE_TYPES if key.startswith(f"{word} ")), "")
    return ascii_key(key.removeprefix(word))


def _similarity(first: str, second: str) -> float:
    """Return how alike two names are, from 0 to 1; 0 if they have different numbers."""
    one, other = _bare(first), _bare(second)
    numbers = ["".join(filter(str.isdigit, key)) for key in (one, other)]
    return SequenceMatcher(None, one, other).ratio() if numbers[0] == numbers[1] else 0.0

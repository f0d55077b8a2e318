"""The attack: what a reader of all releases can work out of the figures that are withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from antq_stats.disclosure.knowledge import Knowledge
from antq_stats.disclosure.programs import Breach, breaches, is_possible
from antq_stats.disclosure.release import Release
from antq_stats.disclosure.system import Component


@dataclass(frozen=True)
class Attack:
    """What came of an attack."""

    breaches: tuple[Breach, ...]
    """The figures that are bounded more tightly than the form allows; empty if nothing is disclosed."""
    cells: int
    """Number of the withheld figures that were looked at."""
    corrected: frozenset[tuple[str, str, str]]
    """Periods, measures and units whose figures of several releases contradict each other: values were
    corrected between them, so that one release says nothing of the other there."""

    @property
    def safe(self) -> bool:
        """Whether nothing is disclosed."""
        return not self.breaches


def attack(releases: Sequence[Release], *, insiders: bool = False) -> Attack:
    """Work out all that releases tell of withheld figures.

    Parameters
    ----------
    releases : what is and what was published; of one period the one that is about to be published comes last.
    insiders : whether each unit of the last release uses its own figures too.
    """
    corrected = _seen_corrected(releases)
    while True:
        knowledge = Knowledge(releases, corrected)
        system = knowledge.system
        system.settle()
        against = set(system.contradicted())
        found: list[Breach] = []
        for component in () if against else system.components():
            inside = breaches(component, insiders=insiders)
            if inside and len(releases) > 1 and not is_possible(component):
                against |= _shared(knowledge, component)
            found += inside
        more = frozenset(knowledge.owners[at] for at in against) - corrected
        if not more:
            return Attack(tuple(found), len(system.cells), corrected)
        corrected |= more


def _seen_corrected(releases: Sequence[Release]) -> frozenset[tuple[str, str, str]]:
    """Return the units that an earlier release shows with another value than they have now.

    A reader may know which they are, and nothing of their new values.
    """
    found: set[tuple[str, str, str]] = set()
    if not releases:
        return frozenset(found)
    last = releases[-1]
    for code, truth in last.truth.items():
        now = {
            (leaf.unit, leaf.size): int(value)
            for leaf, value in zip(last.measures[code].leaves, truth, strict=True)
        }
        for release in releases[:-1]:
            shown = release.measures.get(code) if release.period == last.period else None
            for leaf in shown.leaves if shown is not None else ():
                value = now.get((leaf.unit, leaf.size))
                is_whole = shown is not None and shown.shown[leaf.at] and shown.given[leaf.at] == leaf.size
                if value is not None and is_whole and shown is not None and shown.values[leaf.at] != value:
                    found.add((release.period, code, leaf.unit))
    return frozenset(found)


def _shared(knowledge: Knowledge, component: Component) -> set[int]:
    return {at for at in component.members if at in knowledge.owners}

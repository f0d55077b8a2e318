"""Events: what became of units on a day, and which of them cannot be undone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias, get_args

Exact: TypeAlias = Fraction | int
"""A share; nothing and the whole are integers, with which Python reckons ten times faster."""

Kind = Literal["rename", "recode", "merge", "split", "transfer", "abolish-level"]

KINDS: tuple[Kind, ...] = get_args(Kind)

Loss = Literal["merged", "divided", "divided-and-merged"]
"""Why an event cannot be undone, or its figures not be carried forward."""


class Part(NamedTuple):
    """What one unit gave to another: a row of changes.csv."""

    old: str
    """Code of the unit on the day before the event."""
    new: str
    """Code of the unit from the day of the event on; the two may be equal."""
    share: Exact | None = None
    """The share of the old unit that went to the new one, above 0 and at most 1; None if it is not known."""
    row: int | None = None
    """The row in the file, from 1; None for the built-in changes."""


@dataclass(frozen=True, slots=True)
class Event:
    """A change of one or several units on a day.

    Parameters
    ----------
    code : the event's name in its file.
    day : first day of the new state.
    kind : what happened.
    parts : the old and new units, one pair for each part.
    act : the legal act; may be empty.
    source : where the rows come from; may be empty.
    """

    code: str
    day: date
    kind: Kind
    parts: tuple[Part, ...]
    act: str = ""
    source: str = ""

    @property
    def divided(self) -> tuple[str, ...]:
        """Codes of the old units that went to several new ones."""
        return _repeated(part.old for part in self.parts)

    @property
    def merged(self) -> tuple[str, ...]:
        """Codes of the new units that several old ones went to."""
        return _repeated(part.new for part in self.parts)

    @property
    def has_shares(self) -> bool:
        """Whether the share of every part of a divided unit is known."""
        divided = frozenset(self.divided)
        return all(part.share is not None for part in self.parts if part.old in divided)

    @property
    def loss(self) -> Loss | None:
        """Why figures cannot be carried both ways; None if each old unit is one new unit and the reverse.

        After a merger no one can tell what each of the old units would have; after a division without shares
        no one can tell what each of the new ones had.
        """
        if self.divided and self.merged:
            return "divided-and-merged"
        if self.divided:
            return "divided"
        return "merged" if self.merged else None


def _repeated(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for code, times in Counter(codes).items() if times > 1)


def joined(parts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """Yield the parts of one day by event: parts that share an old or a new unit belong together.

    Parameters
    ----------
    parts : all parts of the day.
    """
    of_unit: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, part in enumerate(parts):
        of_unit["old", part.old].append(place)
        of_unit["new", part.new].append(place)
    seen: set[int] = set()
    for start in range(len(parts)):
        if start in seen:
            continue
        group, waiting = [], [start]
        seen.add(start)
        while waiting:
            place = waiting.pop()
            group.append(place)
            part = parts[place]
            for other in (*of_unit["old", part.old], *of_unit["new", part.new]):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        yield tuple(parts[place] for place in sorted(group))


def kind_of(parts: Sequence[Part]) -> Kind:
    """Return the kind of an event by its parts: ``recode`` for one unit with a new code, else ``rename``."""
    event = Event("", date.min, "merge", tuple(parts))
    if event.divided:
        return "split"
    if event.merged:
        return "merge"
    return "rename" if parts[0].old == parts[0].new else "recode"

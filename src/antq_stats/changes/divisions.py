"""Divisions: what each unit of a target register has of the units that belong to several of them.

All units are computed at once, in whole steps, and exactly: a share is a fraction of two integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from antq_stats.changes.events import Exact

if TYPE_CHECKING:
    import numpy.typing as npt

    from antq_stats.plan import Units

    Integers = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]

NOWHERE = -1

_SAFE = 1 << 31
"""Products of two integers below this fit into 64 bits."""


class Share(NamedTuple):
    """How much of a divided unit belongs to a unit of the other register."""

    unit: int
    """Position of that unit; NOWHERE if the other register does not have it."""
    low: Exact
    high: Exact


@dataclass(frozen=True, slots=True)
class Divided:
    """A unit that belongs to several units of the other register.

    Parameters
    ----------
    unit : its position.
    shares : how much of it belongs to each of them.
    is_estimated : whether the shares are stated; else they are only bounds.
    """

    unit: int
    shares: tuple[Share, ...]
    is_estimated: bool


@dataclass(frozen=True, eq=False, repr=False)
class Crossings:
    """For each divided unit the units of the target register that have a part of it, and those above them.

    A crossing is a divided unit and a target; NOWHERE is a target, too.
    """

    unit: Integers
    """Position of the divided unit, for each crossing."""
    target: Integers
    is_whole: Truths
    """Whether the target has all parts of the unit."""
    is_estimated: Truths
    _row: Integers
    """Row of the divided unit in ``_shares``."""
    _inside: Truths
    """For each part whether it is at or under the target."""
    _shares: _Table
    _low: _Ratios
    _high: _Ratios

    def among(self, units: Integers) -> Crossings:
        """Return the crossings of the divided ones among some units with targets that the register has.

        Parameters
        ----------
        units : positions in the source.
        """
        return self._at(np.flatnonzero(np.isin(self.unit, units) & (self.target != NOWHERE)))

    def outside(self, units: Integers) -> Crossings:
        """Return the crossings of the divided ones among some units with what is outside the target register.

        Parameters
        ----------
        units : positions in the source.
        """
        return self._at(np.flatnonzero(np.isin(self.unit, units) & (self.target == NOWHERE)))

    def _at(self, at: Integers) -> Crossings:
        return Crossings(
            self.unit[at], self.target[at], self.is_whole[at], self.is_estimated[at], self._row[at],
            self._inside[at], self._shares, self._low.at(at), self._high.at(at),
        )  # fmt: skip

    def bounds(self, values: Integers) -> tuple[Integers, Integers]:
        """Return for each crossing at least and at most what the target has of the unit's value.

        Parameters
        ----------
        values : a value for each unit of the source, in whole steps, not negative.
        """
        own = values[self.unit]
        exact = own if own.max(initial=0) < _SAFE else own.astype(object)
        low, high = exact * self._low.over // self._low.under, -(-exact * self._high.over // self._high.under)
        at = np.flatnonzero(self.is_estimated)
        if len(at):
            rows, of = np.unique(self._row[at], return_inverse=True)
            parts = self._shares.among(rows).parts(values)[of]
            low[at] = high[at] = np.where(self._inside[at], parts, 0).sum(axis=1)
        return low.astype(np.int64), high.astype(np.int64)


class _Ratios(NamedTuple):
    """Fractions as two arrays of integers."""

    over: npt.NDArray[Any]
    under: npt.NDArray[Any]

    @classmethod
    def of(cls, fractions: Sequence[Exact]) -> _Ratios:
        return cls(
            _integers([each.numerator for each in fractions]),
            _integers([each.denominator for each in fractions]),
        )

    def at(self, places: Integers) -> _Ratios:
        return _Ratios(self.over[places], self.under[places])


class _Table(NamedTuple):
    """The stated shares of the divided units: a row for each, whose integers add up to its denominator."""

    unit: Integers
    over: npt.NDArray[Any]
    under: npt.NDArray[Any]

    def among(self, rows: Integers) -> _Table:
        return _Table(self.unit[rows], self.over[rows], self.under[rows])

    def parts(self, values: Integers) -> npt.NDArray[Any]:
        """Return whole parts of the units' values that add up to them, by largest remainder."""
        own = values[self.unit]
        exact = own if own.max(initial=0) < _SAFE else own.astype(object)
        products = exact[:, None] * self.over
        parts = products // self.under[:, None]
        rests = products - parts * self.under[:, None]
        missing = exact - parts.sum(axis=1)
        order = np.argsort(-rests, axis=1, kind="stable")
        more = np.zeros(parts.shape, dtype=np.int64)
        places = np.arange(parts.shape[1])[None, :] < missing[:, None]
        np.put_along_axis(more, order, places.astype(np.int64), axis=1)
        return np.asarray(parts + more)


def _integers(values: Sequence[Any]) -> npt.NDArray[Any]:
    """Return integers as an array of Python's own where products with a value would not fit into 64 bits."""
    made = np.array(values, dtype=object)
    return made if made.size and made.max() >= _SAFE else made.astype(np.int64)


def crossings(divided: Sequence[Divided], target: Units) -> Crossings:
    """Return the crossings of divided units with the units of a target register.

    Parameters
    ----------
    divided : the divided units.
    target : the units of the target register.
    """
    width = max((len(each.shares) for each in divided), default=0)
    of_shares: dict[int, int] = {}  # the villages of a commune have the same shares
    of = np.array([of_shares.setdefault(id(each.shares), len(of_shares)) for each in divided], dtype=np.int64)
    distinct = [divided[row] for row in np.unique(of, return_index=True)[1].tolist()]
    groups = [_of_shares(each.shares, target) for each in distinct]
    every = [crossing for group in groups for crossing in group]

    sizes = np.array([len(group) for group in groups], dtype=np.int64)
    row = np.repeat(np.arange(len(divided)), sizes[of])
    starts, ends = np.cumsum(sizes) - sizes, np.cumsum(sizes[of])
    at = np.arange(len(row)) + np.repeat(starts[of] - (ends - sizes[of]), sizes[of])

    inside = np.zeros((len(every), width), dtype=np.bool_)
    for place, crossing in enumerate(every):
        inside[place, : len(crossing.has)] = crossing.has
    units = np.array([each.unit for each in divided], dtype=np.int64)
    return Crossings(
        units[row],
        np.array([each.target for each in every], dtype=np.int64)[at],
        np.array([all(each.has) for each in every], dtype=np.bool_)[at],
        np.array([each.is_estimated for each in divided], dtype=np.bool_)[row],
        row, inside[at], _table(units, distinct, of, width),
        _Ratios.of([each.low for each in every]).at(at), _Ratios.of([each.high for each in every]).at(at),
    )  # fmt: skip


class _Crossing(NamedTuple):
    """A target of a unit's shares."""

    target: int
    has: list[bool]
    """Whether it has each of the shares."""
    low: Exact
    """The least part of the unit that it has."""
    high: Exact


def _of_shares(shares: Sequence[Share], target: Units) -> list[_Crossing]:
    """Return each target of some shares."""
    above = [(NOWHERE,) if share.unit == NOWHERE else target.ancestors(share.unit) for share in shares]
    low, high = sum(share.low for share in shares), sum(share.high for share in shares)
    found = []
    for place in dict.fromkeys(unit for path in above for unit in path):
        has = [place in path for path in above]
        least = sum(share.low for share, own in zip(shares, has, strict=True) if own)
        most = sum(share.high for share, own in zip(shares, has, strict=True) if own)
        found.append(_Crossing(place, has, max(least, 1 - (high - most)), min(most, 1 - (low - least))))
    return found


def _table(units: Integers, distinct: Sequence[Divided], of: Integers, width: int) -> _Table:
    """Return the stated shares; those of units whose shares are only bounds are left at nothing."""
    over, under = [], []
    for each in distinct:
        shares = [share.high if each.is_estimated else 0 for share in each.shares]
        common = lcm(*(share.denominator for share in shares))
        over.append([share.numerator * (common // share.denominator) for share in shares])
        over[-1] += [0] * (width - len(shares))
        under.append(common)
    return _Table(units, _integers(over).reshape(len(over), width)[of], _integers(under)[of])

"""One slip of a digit that mends a row: a digit changed, added or dropped, or two neighbours exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import TableValues
from antq_stats.form import EditRule

_AT_ONCE = 4096
"""Number of rows that are tried at a time."""


class Slip(NamedTuple):
    """The only slip that mends a row."""

    measure: str
    given: int
    """The value that was given, in steps."""
    mended: int
    """The value without the slip, in steps."""


@dataclass(frozen=True, eq=False)
class Mender:
    """Finds slips in the rows of a table.

    Parameters
    ----------
    collection : the collection.
    table : the table.
    is_public : whether only rules without protected measures are looked at: what mends a row then tells
        nothing of these.
    """

    collection: Collection
    table: TableValues
    is_public: bool

    @cached_property
    def _rules(self) -> tuple[EditRule, ...]:
        codes, form = {measure.code for measure in self.table.measures}, self.collection.form
        hidden = form.protected if self.is_public else frozenset[str]()
        return tuple(
            rule
            for rule in form.rules
            if codes.issuperset(rule.expression.names) and hidden.isdisjoint(rule.expression.names)
        )

    @cached_property
    def _scales(self) -> dict[str, int]:
        return {measure.code: measure.scale for measure in self.table.measures}

    @cached_property
    def _failed(self) -> Truths:
        """Whether each rule is broken in each row, rules x n."""
        broken = []
        for rule in self._rules:
            columns = {name: self.table.column(name) for name in rule.expression.names}
            broken.append(rule.expression.judge(columns, self._scales).failed)
        return np.array(broken, dtype=np.bool_).reshape(len(broken), len(self.table.units))

    def slips(self, rule: EditRule, units: Integers) -> dict[int, Slip]:
        """Return the rows of some units that exactly one slip mends, by the position of the unit.

        All rules of the table that can be judged hold in the row then. Only the values of one rule are tried.

        Parameters
        ----------
        rule : the rule that the rows break.
        units : positions of the units in the register.
        """
        rows = self._row_of[units]
        found: dict[int, Slip] = {}
        for start in range(0, len(rows), _AT_ONCE):
            found |= self._of_rows(rule, rows[start : start + _AT_ONCE])
        return found

    @cached_property
    def _row_of(self) -> Integers:
        row_of = np.full(len(self.collection.register), -1, dtype=np.int64)
        row_of[self.table.units] = np.arange(len(self.table.units))
        return row_of

    def _of_rows(self, rule: EditRule, rows: Integers) -> dict[int, Slip]:
        is_mended, is_several = (np.zeros(len(rows), dtype=np.bool_) for _ in range(2))
        measure_of, value = (np.zeros(len(rows), dtype=np.int64) for _ in range(2))
        names = rule.expression.names
        for number, code in enumerate(names):
            for mended, is_slip in _slips(self.table.column(code, rows)[0]):
                mends = self._mends(code, rows, mended, is_slip)
                # two slips may make the same value, as a 1 added before or after a 1
                is_several |= mends & is_mended & ((mended != value) | (measure_of != number))
                measure_of[mends], value[mends] = number, mended[mends]
                is_mended |= mends
        found: dict[int, Slip] = {}
        for at in np.flatnonzero(is_mended & ~is_several).tolist():
            code, row = names[int(measure_of[at])], int(rows[at])
            found[int(self.table.units[row])] = Slip(code, int(self.table.held(code)[row]), int(value[at]))
        return found

    def _mends(self, code: str, rows: Integers, mended: Integers, is_slip: Truths) -> Truths:
        """Return in which rows another value of one measure leaves no rule broken."""
        measure = self.collection.form.measure(code)
        mends = is_slip & (mended >= measure.least)
        if measure.greatest is not None:
            mends &= mended <= measure.greatest
        for rule, failed in zip(self._rules, self._failed, strict=True):
            at = np.flatnonzero(mends)
            if not len(at):
                break
            if code not in rule.expression.names:
                mends[at] &= ~failed[rows[at]]
                continue
            columns = {name: self.table.column(name, rows[at]) for name in rule.expression.names}
            columns[code] = mended[at], np.ones(len(at), dtype=np.bool_)
            mends[at] &= ~rule.expression.judge(columns, self._scales).failed
        return mends


def _slips(values: Integers) -> Iterator[tuple[Integers, Truths]]:
    """Yield what values may have been before one slip, and where that is one: a number without leading zeros.

    Parameters
    ----------
    values : the values, none negative where they were given.
    """
    powers = [10**place for place in range(len(str(int(values.max(initial=0)))) + 1)]
    length = np.sum([values >= power for power in powers[1:]], axis=0) + 1
    for place, power in enumerate(powers):
        above, digit, below = values // (10 * power), values // power % 10, values % power
        is_place, is_top = place < length, place == length - 1
        for new in range(10):
            written = (new > 0) | ~is_top | (length == 1)
            yield values + (new - digit) * power, is_place & (digit != new) & written
            added = values // power * 10 * power + new * power + below
            yield added, (place <= length) & (added >= 10 * 10 ** (length - 1)) & (values >= 0)
        dropped = above * power + below
        is_number = (dropped >= 10 ** np.maximum(length - 2, 0)) | (length == 2)
        yield dropped, is_place & (length > 1) & is_number
        swapped = values + (digit - above % 10) * 9 * power
        is_pair = (place < length - 1) & (digit != above % 10)
        yield swapped, is_pair & (swapped >= 10 ** (length - 1))

"""The record of what a report showed, as a file: what an attack on a later report needs to know of it.

It is JSON, and the same releases give the same bytes. Where a figure was not shown it has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from antq_stats.disclosure.release import Bound, Leaf, Part, Release, ShownMeasure
from antq_stats.disclosure.system import OPEN

_Whole = Annotated[int, Field(ge=-OPEN, le=OPEN)]
_Bound = tuple[list[tuple[str, int, _Whole]], _Whole | None, _Whole | None]
"""Parts of a measure, a unit and a factor; the limits, None without one."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Measure(_Part):
    """A measure of a release; see `ShownMeasure`."""

    code: str
    kind: str
    below: _Whole
    least: _Whole
    greatest: _Whole | None
    summed: bool
    values: list[_Whole | None]
    withheld: list[int]
    given: list[_Whole]
    leaves: list[tuple[int, str, _Whole]]
    blocks: list[tuple[int, list[int]]]


class _Period(_Part):
    """A release, with units by their places."""

    period: str
    units: list[str]
    parents: list[int]
    measures: list[_Measure]
    rules: list[list[_Bound]]

    @model_validator(mode="after")
    def _places_are_there(self) -> Self:
        count, codes = len(self.units), {measure.code for measure in self.measures}
        parts = [part for bound in chain.from_iterable(self.rules) for part in bound[0]]
        places = [at for _, at, _ in parts]
        fits = len(self.parents) == count and all(code in codes for code, _, _ in parts)
        for each in self.measures:
            fits &= len(each.values) == count == len(each.given)
            places += [*each.withheld, *(at for at, _, _ in each.leaves), *(at for at, _ in each.blocks)]
            fits &= all(0 <= at < len(each.leaves) for _, leaves in each.blocks for at in leaves)
        fits &= all(-1 <= above < count for above in self.parents)
        if not fits or not all(0 <= at < count for at in places) or self._has_circle():
            raise ValueError("no release")
        return self

    def _has_circle(self) -> bool:
        """Return whether a unit is above itself."""
        waiting, checked = {*range(len(self.parents))}, {-1}
        while waiting:
            under = {unit for unit in waiting if self.parents[unit] in checked}
            if not under:
                return True
            waiting -= under
            checked |= under
        return False


class _Record(_Part):
    """The file; its first key marks it as an output of the program (`output_marks.JSON_KEY`)."""

    antq_stats: Literal["release 1"] = "release 1"
    """The layout. The program's version is not in it: another one records the same report in these bytes."""
    periods: list[_Period]


def record_of(releases: Sequence[Release]) -> bytes:
    """Return the record of what a report showed of one or more periods."""
    record = _Record(periods=[_said(release) for release in releases])
    # with a line break and spaces, as the mark of the program's outputs has them
    return record.model_dump_json(indent=0).encode("utf-8") + b"\n"


def releases_in(record: bytes) -> tuple[Release, ...]:
    """Return what a report showed.

    Raises
    ------
    ValueError
        It is no record, or one of another layout.
    """
    return tuple(_release(said) for said in _Record.model_validate_json(record).periods)


def _said(release: Release) -> _Period:
    return _Period(
        period=release.period,
        units=list(release.codes),
        parents=[int(parent) for parent in release.parents],
        measures=[_measure(shown) for shown in release.measures.values()],
        rules=[[_bound(bound) for bound in one] for one in release.statements],
    )


def _bound(bound: Bound) -> _Bound:
    parts = [(part.measure, part.at, part.factor) for part in bound.parts]
    return parts, _limit(bound.low), _limit(bound.high)


def _measure(shown: ShownMeasure) -> _Measure:
    pairs = zip(shown.values.tolist(), shown.shown.tolist(), strict=True)
    return _Measure(
        code=shown.code, kind=shown.kind, below=shown.below, least=shown.least,
        greatest=_limit(shown.greatest), summed=shown.summed,
        values=[value if is_shown else None for value, is_shown in pairs],
        withheld=np.flatnonzero(shown.withheld).tolist(), given=shown.given.tolist(),
        leaves=[(leaf.at, leaf.unit, leaf.size) for leaf in shown.leaves],
        blocks=[(unit, list(leaves)) for unit, leaves in shown.blocks.items()],
    )  # fmt: skip


def _limit(limit: int) -> int | None:
    return None if abs(limit) >= OPEN else limit


def _release(said: _Period) -> Release:
    measures = {each.code: _shown(each, len(said.units)) for each in said.measures}
    rules = tuple(
        tuple(
            Bound(
                tuple(Part(*part) for part in parts),
                -OPEN if low is None else low,
                OPEN if high is None else high,
            )
            for parts, low, high in one
        )
        for one in said.rules
    )
    return Release(said.period, said.units, said.parents, measures, (), rules)


def _shown(said: _Measure, count: int) -> ShownMeasure:
    withheld = np.zeros(count, dtype=np.bool_)
    withheld[said.withheld] = True
    return ShownMeasure(
        said.code, said.kind, said.below, said.least, OPEN if said.greatest is None else said.greatest,
        np.array([value or 0 for value in said.values], dtype=np.int64),
        np.array([value is not None for value in said.values], dtype=np.bool_), withheld,
        np.array(said.given, dtype=np.int64), tuple(Leaf(*leaf) for leaf in said.leaves), said.summed,
        {unit: tuple(leaves) for unit, leaves in said.blocks},
    )  # fmt: skip

"""Checks for figures that are possible but unlikely, by themselves or beside those of last year.

A check is data (`Check`) and a function from a `Case`, which is a collection and the figures of last year if
there are any, to `hits.Hits`. It registers itself with `check`. All its findings are soft.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from antq_stats.collection.collection import Collection
from antq_stats.findings.columns import Findings
from antq_stats.findings.finding import Finding
from antq_stats.plausibility.hits import Claims, Hits, without_common
from antq_stats.plausibility.years import Case

if TYPE_CHECKING:
    from antq_stats.figures.comparison import Prior

T = TypeVar("T")
U = TypeVar("U")

_MANY = 1 << 22
"""Number of values from which two calls run at a time: numpy releases the interpreter for such arrays."""


class Check(NamedTuple):
    """A check of plausibility."""

    method: str
    """Key of its thresholds in the form's ``[plausibility]``."""
    needs_last_year: bool
    find: Callable[[Case], Iterable[Hits]]


_CHECKS: dict[str, Check] = {}
_MODULES = (
    "repeated",
    "like_another",
    "last_year.like_last_year",
    "last_year.shifted",
    "last_year.swapped",
    "sum_for_part",
    "last_year.tenfold",
    "last_year.wrong_unit",
    "last_year.large_change",
    "last_year.year_on_year",
    "peers",
    "last_digits",
)
"""The modules of the checks, the most specific first: what one has explained, a later one does not report."""

Find = Callable[[Case], Iterable[Hits]]


def check(method: str, *, needs_last_year: bool = False) -> Callable[[Find], Find]:
    """Return a decorator that registers a check.

    Parameters
    ----------
    method : key of its thresholds in the form's ``[plausibility]``.
    needs_last_year : whether it says nothing without the figures of last year.

    Raises
    ------
    ValueError
        Another check has the key.
    """

    def register(function: Find) -> Find:
        made = Check(method, needs_last_year, function)
        if _CHECKS.setdefault(method, made).find is not function:
            raise ValueError(method)
        return function

    return register


def load() -> None:
    """Import the modules whose checks register themselves."""
    for module in _MODULES:
        importlib.import_module(f"{__name__}.{module}")


def implausible(collection: Collection, before: Prior | None = None) -> Findings:
    """Run the checks and return their findings, ordered by file.

    Parameters
    ----------
    collection : the values of the period.
    before : the figures of last year (`figures.comparison.prior`); None if there are none.
    """
    load()
    case = Case(collection, before)
    limits = collection.form.plausibility
    claims = Claims(collection.tables)
    blocks: list[Iterable[Finding]] = []
    wanted = [
        member
        for member in _CHECKS.values()
        if getattr(limits, member.method).on and (before is not None or not member.needs_last_year)
    ]
    size = sum(table.values.size for table in collection.tables)
    for every in in_turn(lambda member: list(member.find(case)), wanted, size):
        for found in every:
            hits, common = without_common(claims.left_of(found), collection, limits)
            claims.add(hits)
            blocks += [hits.findings(collection), common] if len(hits) else [common]
    return Findings(blocks)


def in_turn(function: Callable[[T], U], each: Sequence[T], size: int) -> Iterator[U]:
    """Yield the results of a function, in order; it runs two at a time if there are many values.

    Parameters
    ----------
    function : the function.
    each : what it is called with.
    size : number of the values that all calls work on.
    """
    if size < _MANY:
        yield from map(function, each)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(function, each)

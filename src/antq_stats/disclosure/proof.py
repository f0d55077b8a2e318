"""Proof: what is withheld so that no reader of all releases can bound a withheld figure too tightly.

The pattern of `figures.disclosure` is the beginning: it depends on the shown sums alone, so that its choice
discloses nothing. Then the attack is made on what would be published. Where it succeeds, more is withheld, by
whole steps that are the same whatever the values are, and the attack is made again:

1. What the hard rules tie to the measure is withheld wherever the measure is.
2. All figures under the unit whose sum gave the figure away are withheld.
3. That unit's sum is withheld too, as a small one would be.

A step uses only what the attack found, and the attack uses only what would have been shown. Nothing is
published before the attack fails, or no step is left: then the earlier releases alone disclose the figure,
and the proof says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.disclosure.attack import attack
from antq_stats.disclosure.knowledge import BESIDE
from antq_stats.disclosure.programs import Breach
from antq_stats.disclosure.release import Release, release_of
from antq_stats.disclosure.rules import linked, named_by_unit, statements
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.disclosure import Disclosure, Wider, disclosure


@dataclass(frozen=True, eq=False)
class Proof:
    """What is withheld, and that it is enough."""

    disclosure: Disclosure
    release: Release
    """What is shown of the measures of which something is withheld."""
    remaining: tuple[Breach, ...]
    """Figures that earlier releases disclose whatever this one withholds; empty if nothing is disclosed."""
    figures: int
    """Number of the figures of protected measures above the finest level."""
    withheld: int
    """Number of those that are withheld."""
    for_others: int
    """Number of those that are withheld only to protect others."""
    rounds: int
    """Number of attacks that were made."""


def needs_proof(collection: Collection) -> bool:
    """Return whether figures of a measure are protected at every level, and any was given."""
    for measure in collection.form.measures:
        table, _ = collection.place_of[measure.code]
        if measure.below and (
            collection.own.get(measure.code) or collection.tables[table].column(measure.code)[1].any()
        ):
            return True
    return False


def prove(
    collection: Collection,
    aggregate: Aggregate,
    earlier: Sequence[Release] = (),
    *,
    insiders: bool = True,
) -> Proof:
    """Return what must be withheld of a period's figures.

    Parameters
    ----------
    collection : the values of the period.
    aggregate : their sums.
    earlier : what was published before.
    insiders : whether no unit may work out another's figure with the help of its own.
    """
    widening = _Widening(collection, aggregate, shown_before(aggregate, earlier), insiders=insiders)
    known = _known_before(widening.release(), earlier)
    before = {_key(breach): {*breach.excluded} for breach in known}
    rounds = 0
    while True:
        rounds += 1
        release = widening.release()
        outcome = attack([*earlier, release], insiders=insiders)
        new = [
            breach for breach in outcome.breaches if not before.get(_key(breach), set()) >= {*breach.excluded}
        ]
        if not [breach for breach in new if widening.withhold_more(breach)]:
            break
    shown = [*earlier, release]
    told = [breach for breach in known if _tells(shown[breach.release], breach)]
    remaining = {_key(breach): breach for breach in [*told, *new]}
    return Proof(
        widening.disclosure,
        release,
        tuple(remaining.values()),
        *_account(aggregate, widening.disclosure),
        rounds,
    )


def _key(breach: Breach) -> tuple[tuple[str, str, str], int]:
    return breach.name, breach.release


def _tells(release: Release, breach: Breach) -> bool:
    """Return whether what is known of a figure is that it is small: not that it is large, or that it is 0."""
    measure = release.measures[breach.name[1]]
    is_nobody = breach.high == 0 and measure.kind != "flag"
    return breach.low < measure.below and not is_nobody


def told_by(proof: Proof, earlier: Sequence[Release]) -> tuple[tuple[Breach, Release], ...]:
    """Return the figures that earlier releases disclose, each with the release that gave it away.

    Parameters
    ----------
    proof : of what is about to be published.
    earlier : what was published before, in its order.
    """
    open_ = {breach.name: breach for breach in proof.remaining}
    found: list[tuple[Breach, Release]] = []
    for count, release in enumerate(earlier, start=1):
        if not open_:
            break
        known = {breach.name for breach in _known_before(proof.release, earlier[:count])}
        found += [(open_.pop(name), release) for name in [*open_] if name in known]
    return tuple(found)


def published_release(collection: Collection, found: Disclosure) -> Release:
    """Return what a report shows of all measures that could ever tell of a protected one.

    It holds no withheld value, nor anything that depends on one.

    Parameters
    ----------
    collection : the values of the period.
    found : what of its figures is withheld.
    """
    form, aggregate = collection.form, found.aggregate
    links = linked(form)
    codes = {measure.code for measure in form.measures if measure.below}
    waiting = sorted(codes)
    while waiting:
        more = links.get(waiting.pop(), frozenset()) - codes
        codes |= more
        waiting += more
    ordered = [each.code for each in form.measures if each.code in codes and aggregate.has_values(each)]
    rules = statements(collection, found.withheld, frozenset(ordered), as_read=True)
    return replace(release_of(aggregate, found, ordered, rules, named_by_unit(collection)), truth={})


def _known_before(release: Release, earlier: Sequence[Release]) -> tuple[Breach, ...]:
    """Return what earlier releases disclose although this one shows nothing."""
    if not earlier:
        return ()
    nothing = {
        code: replace(shown, withheld=shown.withheld | shown.shown, shown=np.zeros_like(shown.shown))
        for code, shown in release.measures.items()
    }
    return attack([*earlier, replace(release, measures=nothing, statements=(), ratios=())]).breaches


def _account(aggregate: Aggregate, found: Disclosure) -> tuple[int, int, int]:
    """Return numbers of figures of protected measures: all, withheld, withheld only to protect others."""
    finest = np.array(aggregate.register.units.levels) == len(aggregate.register.levels) - 1
    figures = withheld = for_others = 0
    for place, measure in enumerate(aggregate.form.measures):
        if not measure.below and measure.code not in found.linked:
            continue
        sums, given, _, _ = aggregate.column(measure.code)
        has = (given > 0) & ~finest & ~aggregate.not_summed(measure.code)
        hidden = has & found.withheld[:, place]
        small = (sums >= (measure.kind != "flag")) & (sums < measure.below)
        if measure.kind == "flag" and measure.below:
            small |= sums == given
        figures, withheld = figures + int(has.sum()), withheld + int(hidden.sum())
        for_others += int((hidden & ~small).sum())
    return figures, withheld, for_others


def shown_before(aggregate: Aggregate, earlier: Sequence[Release]) -> Truths:
    """Return which figures an earlier release of the period shows as they are now: units x measures.

    To show them again tells nothing. To withhold them would be of no use.

    Parameters
    ----------
    aggregate : the figures.
    earlier : what was published before.
    """
    positions = aggregate.register.units.by_code
    places = {measure.code: place for place, measure in enumerate(aggregate.form.measures)}
    found = np.zeros((len(aggregate.register), len(places)), dtype=np.bool_)
    for release in earlier:
        for shown in release.measures.values() if release.period == aggregate.period else ():
            if shown.code not in places:
                continue
            sums, given, _, _ = aggregate.column(shown.code)
            for at in np.flatnonzero(shown.shown).tolist():
                unit = positions.get(release.codes[at])
                if unit is not None and (sums[unit], given[unit]) == (shown.values[at], shown.given[at]):
                    found[unit, places[shown.code]] = True
    return found


class _Widening:
    """What is withheld so far, and what comes next."""

    def __init__(
        self, collection: Collection, aggregate: Aggregate, before: Truths, *, insiders: bool
    ) -> None:
        self._before = before
        self._collection, self._aggregate, self._insiders = collection, aggregate, insiders
        form, register = aggregate.form, aggregate.register
        shape = (len(register), len(form.measures))
        self._wider = Wider(np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_))
        self._tied: set[str] = set()
        self._just_tied: set[str] = set()
        self._places = {measure.code: place for place, measure in enumerate(form.measures)}
        self._links = linked(form)
        self._single = named_by_unit(collection)
        self._parents: Integers = np.array(register.units.parents, dtype=np.int64)
        self._levels = np.array(register.units.levels)
        self._changed: set[tuple[int, int]] = set()
        self.disclosure = disclosure(aggregate, insiders=insiders)

    def release(self) -> Release:
        """Return what would be shown."""
        self._changed = set()
        self._tied |= self._just_tied
        self._just_tied = set()
        found = disclosure(self._aggregate, self._wider, insiders=self._insiders)
        withheld, tied = self._with_tied(found.withheld & ~self._before)
        self.disclosure = Disclosure(self._aggregate, withheld, tied)
        form = self._aggregate.form
        tracked = frozenset(
            measure.code
            for measure in form.measures
            if (measure.below and self._aggregate.has_values(measure)) or measure.code in tied
        )
        rules = statements(self._collection, withheld, tracked)
        named = frozenset(part.measure for one in rules for bound in one for part in bound.parts)
        return release_of(
            self._aggregate, self.disclosure, sorted(tracked | named, key=self._places.__getitem__), rules,
            self._single,
        )  # fmt: skip

    def _with_tied(self, withheld: Truths) -> tuple[Truths, frozenset[str]]:
        """Return the pattern with the figures that rules tie to withheld ones."""
        tied: set[str] = set()
        withheld = withheld.copy()
        finest = self._levels == self._levels.max(initial=0)
        for code in sorted(self._tied):
            hidden = withheld[:, self._places[code]] & ~finest
            for level in range(1, int(self._levels.max(initial=0)) + 1):
                below = np.flatnonzero((self._levels == level) & (self._parents >= 0))
                hidden[below] |= hidden[self._parents[below]]
            for other in self._connected(code):
                if not self._aggregate.form.measure(other).below:
                    withheld[:, self._places[other]] |= hidden
                    tied.add(other)
        return withheld, frozenset(tied)

    def _connected(self, code: str) -> set[str]:
        """Return all measures that hard rules tie to one, over others too."""
        found, waiting = {code}, [code]
        while waiting:
            more = self._links.get(waiting.pop(), frozenset()) - found
            found |= more
            waiting += more
        return found

    def withhold_more(self, breach: Breach) -> bool:
        """Withhold more because of a breach; return False if nothing is left to withhold."""
        period, code, unit = breach.name
        place = self._places.get(code)
        if place is None or period != self._aggregate.period:
            return False
        if len(self._connected(code)) > 1 and code not in self._tied:
            self._just_tied.add(code)
            return True
        at = self._aggregate.register.units.by_code.get(unit.removesuffix(BESIDE))
        if at is None:
            return self._withhold_root(code)
        head = self._shown_above(at, place, itself=unit.endswith(BESIDE))
        if head is None:  # an earlier release withheld what is shown now, and nothing above is shown
            head = self._shown_above(at, place, itself=True)
        if head is None:
            return self._others(code)
        return self._withhold_at(head, place)

    def _withhold_at(self, head: int, place: int) -> bool:
        if (head, place) in self._changed:
            return True
        self._changed.add((head, place))
        if self._wider.primary[head, place]:
            return False
        more = self._wider.primary if self._wider.whole[head, place] else self._wider.whole
        more[head, place] = True
        return True

    def _others(self, code: str) -> bool:
        """Withhold a measure that is tied to one of which all is withheld; return whether there was one."""
        more = [self._withhold_root(other) for other in sorted(self._connected(code) - {code})]
        return any(more)

    def _withhold_root(self, code: str) -> bool:
        place = self._places[code]
        roots = np.flatnonzero(self._parents < 0)
        is_done = self.disclosure.withheld[roots, place] | self._wider.primary[roots, place]
        if not self._aggregate.form.measure(code).below or is_done.all():
            return False
        self._wider.primary[roots, place] = True
        return True

    def _shown_above(self, unit: int, place: int, *, itself: bool) -> int | None:
        """Return the nearest unit above whose figure can be withheld; None if there is none.

        A figure that was published stays shown.
        """
        at = unit if itself else int(self._parents[unit])
        while at >= 0 and (self.disclosure.withheld[at, place] or self._before[at, place]):
            at = int(self._parents[at])
        return at if at >= 0 else None

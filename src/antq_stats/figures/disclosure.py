"""Disclosure control: which figures of an aggregate are withheld because they could tell about persons.

A measure with ``sensitive = "small"`` is published at every level above the finest. A measure with ``"yes"``
is too, but the form protects its small figures at every level: ``protect = { below = 5 }`` says that for a
withheld figure every value from 1 to 4 must stay possible (`Measure.below`).

The method is cell suppression, as known for tabular data: a threshold rule for the primary cells, and
complementary (secondary) suppression, so that no withheld cell can be recovered from the additive relations
of the table (Hundepool et al., *Statistical Disclosure Control*, Wiley 2012, chapter 4; Eurostat, *Handbook
on Statistical Disclosure Control*). Here the only relations are those of the tree, in which a unit is the sum
of the units under it. An attacker knows this method too. So the choice of the withheld cells must disclose no
more than their sum does. (If the secondary cell were always the smallest one, for example, an attacker would
know that it is no larger than the cells that are shown.) The choice therefore depends only on the sum that is
shown, on the number of units, and on which groups of units hold a primary cell:

- Under a withheld unit everything is withheld, zeros too: nothing below it shows how large it is.
- If the sum of a shown unit is large for the number of units under it, these units form pairs in the order of
  the register. Zeros are left out, and a last odd unit joins the pair before it. A pair that holds a primary
  cell is withheld whole. Further pairs are withheld while the sum of the withheld cells is so small that one
  of them could not have every small value.
- Otherwise, and always for flags, all units under it are withheld if one of them is primary, zeros too.

Then any of the withheld units can have any value below the threshold: another one makes up the sum, and the
same figures are withheld. There is one exception. The sum of a flag over at least twice as many units as the
threshold may be known not to be small; over ten times as many it may be known not to be 0. Tests enumerate
all tables of small trees.

Units of the finest level that stand directly under a unit beside units of other levels count as one cell,
which is never shown.

A zero of a count is shown where the rules above allow it, because it tells about nobody. A zero of a flag is
primary like a one, because among few units it gives the value of each. Two more flags are primary: one that
is true in every unit below, and one that is true in so many that a unit below, which may be small, must have
it somewhere.

A unit that knows its own figure knows more. Where `disclosure` is asked to think of that, at least three
figures are withheld together, whatever any of them leaves of their sum is large enough, and a sum that would
tell a unit under it what is left for the others is withheld. Tests enumerate that a reader of the report who
knows this too works out nothing; not that a unit cannot which knows the method and its own figure.

What rules of the form, ratios and earlier releases tell besides is looked for by `disclosure.proof`, a room
above. Nothing is published at the finest level, so a unit with a single unit under it shows that unit's
figure; this is intended. A report says that it is provisional even if an unpublished finding is the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.decided import Applied
from antq_stats.decisions.decision import COLUMNS, Decision
from antq_stats.figures.aggregation import Aggregate
from antq_stats.findings.columns import FindingColumns, Findings, blocks_of
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure
from antq_stats.register.register import UnitRegister

_MANY = 10
"""Times the threshold: over so many units, a flag's sum that is known not to be 0 discloses nothing."""


@dataclass(frozen=True, eq=False)
class Disclosure:
    """Which figures of an aggregate are withheld."""

    aggregate: Aggregate
    withheld: Truths
    """Units x measures, in the order of register and form."""
    linked: frozenset[str] = frozenset()
    """Measures that are not sensitive, and are withheld in part because a rule ties them to one that is."""

    def withholds(self, code: str) -> Truths:
        """Return for each unit whether a measure or ratio is withheld.

        A ratio is withheld where one of its sides is, or where it would disclose a remainder
        (`Aggregate.discloses_remainder`).
        """
        withheld = self._known.get(code)
        if withheld is None:
            places = {measure.code: place for place, measure in enumerate(self.aggregate.form.measures)}
            if code in places:
                return np.asarray(self.withheld[:, places[code]], dtype=np.bool_)
            ratio = self.aggregate.form.ratio(code)
            sides = [places[side] for side in (ratio.numerator, ratio.denominator) if side in places]
            remainder = self.aggregate.discloses_remainder(code, self.linked)
            withheld = self.withheld[:, sides].any(axis=1) | remainder
            self._known[code] = withheld
        return withheld

    @cached_property
    def _known(self) -> dict[str, Truths]:
        return {}


class Wider(NamedTuple):
    """What is withheld besides; each is units x measures."""

    primary: Truths
    """Figures that are withheld like small ones."""
    whole: Truths
    """Units under which all figures are withheld."""


def disclosure(aggregate: Aggregate, wider: Wider | None = None, *, insiders: bool = False) -> Disclosure:
    """Return which figures of an aggregate must not be published.

    Parameters
    ----------
    aggregate : the figures.
    wider : what is withheld besides; None for nothing.
    insiders : whether so much is withheld beside a small figure that a unit which knows its own figure
        cannot work out another's. Then at least three figures are withheld together, and what any of them
        leaves of their sum is large enough.
    """
    register, form = aggregate.register, aggregate.form
    withheld = np.zeros((len(register), len(form.measures)), dtype=np.bool_)
    sensitive = [place for place, measure in enumerate(form.measures) if measure.sensitive != "no"]
    if not sensitive:
        return Disclosure(aggregate, withheld)
    tree = _Tree(register)
    for place in sensitive:
        measure = form.measures[place]
        sums, given, expected, _ = aggregate.column(measure.code)
        hidden = tree.is_finest & (expected > 0)
        withheld[:, place] = hidden
        if measure.up == "none":  # no total shows what is withheld below it
            given = np.where(aggregate.not_summed(measure.code), 0, given)
        if measure.below:
            cells = _Cells(tree, measure, sums, given, hidden, insiders=insiders)
            if wider is not None:
                cells.widen(wider.primary[:, place], wider.whole[:, place])
            withheld[:, place] |= cells.primary if measure.up == "none" else cells.withheld()
    return Disclosure(aggregate, withheld)


class _Tree:
    """The units of a register by level."""

    def __init__(self, register: UnitRegister) -> None:
        levels = np.array(register.units.levels, dtype=np.int64)
        self.parents = np.array(register.units.parents, dtype=np.int64)
        self.children = register.units.children
        self.is_finest: Truths = levels == len(register.levels) - 1
        self.levels = [np.flatnonzero(levels == level) for level in range(len(register.levels) - 1)]
        """Units of each published level, from the root down."""


class _Cells:
    """The cells of a measure, and which of them are primary.

    Parameters
    ----------
    tree : the n units.
    measure : gives the threshold and the kind.
    sums : the figure of each unit, n.
    given : number of units behind each figure, n.
    hidden : whether the unit is of the finest level, so that its figure is not published, n.
    insiders : as in `disclosure`.
    """

    def __init__(
        self,
        tree: _Tree,
        measure: Measure,
        sums: Integers,
        given: Integers,
        hidden: Truths,
        *,
        insiders: bool,
    ) -> None:
        self._insiders = insiders
        self._whole: Truths = np.zeros(len(sums), dtype=np.bool_)
        self._tree = tree
        self._below = measure.below
        self._is_flag = measure.kind == "flag"
        self._sums = sums
        self._is_cell: Truths = (given > 0) & ~tree.is_finest
        """Whether a unit has a figure at a published level, 0 included."""
        blocks = hidden & (given > 0) & (tree.parents >= 0)
        self._block_sums, self._block_sizes = (np.zeros(len(sums), dtype=np.int64) for _ in range(2))
        np.add.at(self._block_sums, tree.parents[blocks], sums[blocks])
        np.add.at(self._block_sizes, tree.parents[blocks], given[blocks])
        self.primary: Truths = self._is_cell & self._is_small(sums, given)
        """Whether a unit has a figure that is withheld whatever is shown beside it."""
        if self._is_flag:
            self.primary |= self._is_cell & self._forces_small_unit(given)

    def widen(self, primary: Truths, whole: Truths) -> None:
        """Withhold figures like small ones, and all figures under some units."""
        self.primary |= primary & self._is_cell
        self._whole |= whole

    def _is_small(self, sums: Integers, given: Integers) -> Truths:
        if self._is_flag:
            return np.asarray((sums < self._below) | (sums == given), dtype=np.bool_)
        return np.asarray((sums >= 1) & (sums < self._below), dtype=np.bool_)

    def _forces_small_unit(self, given: Integers) -> Truths:
        """Return for which units a flag's sum shows that the flag is true somewhere in a small unit below.

        Even if the flag were true in all other units, some would remain for the small one, which then could
        not have every small value.
        """
        forces = np.zeros(len(given), dtype=np.bool_)
        parents, sizes = self._tree.parents, self._block_sizes
        has_cells = np.zeros(len(given), dtype=np.bool_)
        has_cells[parents[self._is_cell & (parents >= 0)]] = True
        for level in self._tree.levels:
            cells = level[self._is_cell[level] & (parents[level] >= 0)]
            heads = level[has_cells[level] & (sizes[level] > 0)]
            above = np.concatenate([parents[cells], heads])
            size = np.concatenate([given[cells], sizes[heads]])
            while len(above):
                needed = self._sums[above] - (given[above] - size)
                is_small = (size < 2 * self._below) | ((size < _MANY * self._below) & (needed < self._below))
                forces[above[(needed > 0) & is_small]] = True
                is_under = parents[above] >= 0
                above, size = parents[above[is_under]], size[is_under]
        return forces

    def withheld(self) -> Truths:
        """Return whether the figure of each unit is withheld, n."""
        parents, primary = self._tree.parents, self.primary
        withheld = np.zeros(len(primary), dtype=np.bool_)
        is_root = parents < 0
        withheld[is_root] = primary[is_root]
        has_cells, has_primary = (np.zeros(len(primary), dtype=np.bool_) for _ in range(2))
        has_cells[parents[self._is_cell & ~is_root]] = True
        blocks = has_cells & (self._block_sizes > 0)
        has_primary[blocks] = self._is_small(self._block_sums, self._block_sizes)[blocks]
        has_primary[parents[primary & ~is_root]] = True
        has_primary |= self._whole
        if self._insiders and not self._is_flag:
            self._add_told_by_insiders(has_primary)
            withheld[is_root] = primary[is_root]
        for level in self._tree.levels:
            inner = level[~is_root[level]]
            withheld[inner] |= withheld[parents[inner]] & self._is_cell[inner]
            for head in level[has_primary[level] & ~withheld[level]].tolist():
                withheld[self._withheld_under(head)] = True
        return withheld

    def _add_told_by_insiders(self, has_primary: Truths) -> None:
        """Make primary each sum that would tell a unit under it what the others have.

        Such a sum is one of two units, or one of which a unit has nearly all. If it is smaller than twice
        the threshold, that it is shown would itself tell that no unit has nearly all.
        """
        least = self._below - 1
        for level in reversed(self._tree.levels):
            for head in level[has_primary[level] & self._is_cell[level]].tolist():
                cells = [unit for unit in self._tree.children.get(head, ()) if self._is_cell[unit]]
                total = int(self._sums[head])
                largest = max((int(self._sums[unit]) for unit in cells), default=0)
                if len(cells) < 3 or total < 2 * least or total - largest < least:
                    self.primary[head] = True
                    if self._tree.parents[head] >= 0:
                        has_primary[self._tree.parents[head]] = True

    def _withheld_under(self, head: int) -> list[int]:
        """Return the cells withheld under a shown unit that has a primary one under it."""
        cells = [unit for unit in self._tree.children.get(head, ()) if self._is_cell[unit]]
        is_large = int(self._sums[head]) >= self._below + len(cells) - 2
        if self._is_flag or self._block_sizes[head] or self._whole[head] or not is_large:
            return cells
        pairs = list(_in_pairs([unit for unit in cells if self._sums[unit]]))
        is_chosen = [bool(self.primary[pair].any()) for pair in pairs]
        others = iter([place for place, chosen in enumerate(is_chosen) if not chosen])
        while True:
            withheld = [unit for pair, is_in in zip(pairs, is_chosen, strict=True) if is_in for unit in pair]
            if self._is_enough(withheld):
                return withheld
            further = next(others, None)
            if further is None:
                return cells
            is_chosen[further] = True

    def _is_enough(self, withheld: Sequence[int]) -> bool:
        """Return whether each of some cells can have every small value, and no other be less than 1."""
        sums = self._sums[withheld]
        is_enough = int(sums.sum()) >= self._below + len(withheld) - 2
        if not self._insiders or not is_enough:
            return is_enough
        return len(withheld) > 2 and int(sums.sum() - sums.max()) >= self._below + len(withheld) - 3


def _in_pairs(cells: Sequence[int]) -> Iterator[list[int]]:
    """Yield the cells in pairs; a last odd one joins the pair before it."""
    for at in range(0, len(cells), 2):
        if len(cells) - at == 3:
            yield list(cells[at:])
            return
        yield list(cells[at : at + 2])


def thresholds(measures: Iterable[Measure]) -> list[int]:
    """Return the thresholds that measures are protected by, each once, the lowest first."""
    return sorted({measure.below for measure in measures if measure.below})


_OF_SEVERAL_COLUMNS = frozenset(
    {"P105", "P107", "P108", "P109", "P110", "P112", "P113", "P114", "P115", "P120", "T302", "T304", "U109"}
)
"""Codes of findings that depend on, or quote, figures of further columns than the one they name."""


def split_publishable(form: Form, findings: Findings, protected: frozenset[str]) -> tuple[Findings, Findings]:
    """Return the findings that may be published, and the others.

    A finding that depends on a protected measure is not published, because its existence discloses something
    of the value: that it breaks a rule with another figure, that it changed much since last year, or that it
    is the same in every village under a total that is shown.

    Parameters
    ----------
    form : of the period.
    findings : all findings.
    protected : codes of the measures and ratios that are protected.
    """
    rules = {rule.code for rule in form.rules if not protected.isdisjoint(rule.expression.names)}

    def may_publish(code: str, rule: str | None, measures: Iterable[str]) -> bool:
        if not protected:
            return True
        return protected.isdisjoint(measures) and rule not in rules and code not in _OF_SEVERAL_COLUMNS

    publishable: list[Sequence[Finding]] = []
    others: list[Sequence[Finding]] = []
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns) and may_publish(block.code, block.rule, block.measures):
            publishable.append(block)
            continue
        is_publishable = [may_publish(finding.code, finding.rule, finding.measures) for finding in block]
        publishable.append([*compress(block, is_publishable)])
        others.append([*compress(block, (not publish for publish in is_publishable))])
    return Findings(publishable), Findings(others)


class PublishedDecision(NamedTuple):
    """A decision in force, without what would disclose a figure that is withheld."""

    decision: Decision
    """What was decided; a field that is withheld is empty."""
    withheld: frozenset[str] = frozenset()
    """Names of the fields that are withheld."""
    unit: int = -1
    """Position of the unit that it concerns; -1 for none, or for one that is withheld."""


def published_decision(
    applied: Applied, protected: frozenset[str], is_withheld: Callable[[int, str], bool], told: frozenset[int]
) -> PublishedDecision:
    """Return a decision without the fields that give a withheld figure, or from which one can be told.

    Parameters
    ----------
    applied : what the decision changed.
    protected : codes of the measures and ratios that are protected.
    is_withheld : takes a unit and a code; returns whether that figure is withheld.
    told : numbers of the decisions by which findings are accepted that may be published.
    """
    decision, unit, hidden = applied.decision, applied.unit, frozenset[str]()
    if decision.kind == "correct" and (decision.measure in protected or is_withheld(unit, decision.measure)):
        hidden = frozenset(("was", "value", "reason"))
    elif decision.kind == "accept" and decision.number not in told:
        hidden = frozenset(("unit", "measure", "code", "file", "was", "reason"))
    elif decision.kind == "nil" and any(is_withheld(unit, code) for code in applied.measures):
        hidden = frozenset(("unit", "reason"))  # its zeros are withheld
    fields = zip(COLUMNS[2:], decision.fields[2:], strict=True)
    texts = ("" if name in hidden else text for name, text in fields)
    told_of = Decision._make((*decision[:3], *texts, decision.row))
    return PublishedDecision(told_of, hidden, -1 if "unit" in hidden else unit)

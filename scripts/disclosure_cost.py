"""Write ``docs/disclosure.md``: what it costs that no withheld figure can be worked out.

Usage: ``python scripts/disclosure_cost.py``, from the folder of the project. It takes some minutes.
"""

from __future__ import annotations

import math
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from antq_stats import open_period
from antq_stats.disclosure.proof import needs_proof, prove, published_release
from antq_stats.disclosure.solver import solver
from antq_stats.figures.disclosure import disclosure
from antq_stats.run import Result

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ("2021", "2025")
LATE = "02647-lao-cai.xlsx"
"""The return of the sample of 2025 that comes after the provisional figures are published."""
COMMUNES = 3321
PROVINCES = 34
BELOW = 5
SECONDS = 10.0
"""Time limit of one program of least cost."""

FORM = """
[form]
id = "gia-dinh"
version = "1"
title = { vi = "Bảng thử", en = "Trial" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01", en = "Table 01" }

[[measure]]
code = "so"
label = { vi = "Số", en = "Number" }
sensitive = "yes"
"""

HEAD = """\
# What disclosure control costs

Made by `scripts/disclosure_cost.py`; do not edit.

A figure is withheld because it is small, or to protect others. *Pattern*: the fixed pattern, against readers
of the report who know the method. *Proof*: what is published: against units that know their own figure too,
and against rules, ratios and earlier releases (`antq_stats.disclosure`). *Least cost*: an integer program
that withholds whatever is cheapest (the root of the value) against readers who do not know the method.

The program of least cost is a yardstick and is not used. Its choice depends on the withheld values: a reader
who knows that it withholds the cheapest knows which of two withheld figures is the small one, and that the
other is smaller than all that are shown. The difference between the columns is the price of telling nothing.

| Table | Figures | Small | Least cost | Pattern | Proof | Program | Proof, s |
| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |
"""


BESIDE = """
## What earlier releases cost

What was published before cannot be taken back, so that more may have to be withheld now. *Alone*:
figures that are withheld if nothing was published before. *Beside*: those that are withheld beside the
earlier release, which was proven itself. *Further*: withheld beside it, and not alone. *Kept*: withheld
alone, and shown beside it, because the earlier release shows them with the same value. *Given away*:
figures that the earlier release discloses by what has changed since (S234): then nothing is published.

| Table | Published before | Figures | Alone | Beside | Further | Kept | Given away | Proof, s |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


class Beside(NamedTuple):
    """Numbers of figures withheld beside an earlier release."""

    name: str
    before: str
    figures: int
    alone: int
    beside: int
    further: int
    kept: int
    given_away: int
    seconds: float


class Cost(NamedTuple):
    """Numbers of figures withheld of a table."""

    name: str
    figures: int
    small: int
    least: int
    pattern: int
    proof: int
    program: str
    seconds: float


def least_cost(families: Sequence[Sequence[int]]) -> tuple[int, str]:
    """Return how many figures the program of least cost withholds in families, and how far it got.

    Each family has a shown sum. At least two figures are withheld, and they add up to so much that each can
    have every small value.
    """
    withheld, gap = 0, 0.0
    for values in families:
        if not any(1 <= value < BELOW for value in values):
            continue
        model = solver()
        model.setOptionValue("time_limit", SECONDS)
        chosen = [model.addBinary(obj=math.sqrt(value) + 0.1) for value in values]
        for one, value in zip(chosen, values, strict=True):
            if 1 <= value < BELOW:
                model.addConstr(one >= 1)
        model.addConstr(sum(chosen) >= min(2, len(values)))
        if sum(values) >= BELOW - 1:
            model.addConstr(sum(value * one for value, one in zip(values, chosen, strict=True)) >= BELOW - 1)
        model.minimize()
        gap = max(gap, model.getInfo().mip_gap)
        withheld += sum(round(value) for value in model.getSolution().col_value)
    return withheld, "optimum proven" if gap < 1e-6 else f"gap {gap:.1%}"


def costs_of(name: str, result: Result) -> Cost:
    """Return what the counts of a period cost; flags are left out, which are withheld family by family."""
    aggregate = result.aggregate
    started = time.perf_counter()
    proof = prove(result.collection, aggregate)
    seconds = time.perf_counter() - started
    register = aggregate.register
    levels = np.array(register.units.levels)
    above = levels < len(register.levels) - 1
    if (levels == len(register.levels) - 1).sum() == 0:
        above[:] = True
    found = disclosure(aggregate).withheld
    figures = small = least = pattern = proven = 0
    program = "optimum proven"
    for place, measure in enumerate(aggregate.form.measures):
        sums, given, _, _ = aggregate.column(measure.code)
        has = (given > 0) & above
        if not measure.below or measure.kind == "flag" or not has.any():
            continue
        families = [
            [int(sums[unit]) for unit in units if has[unit]]
            for head, units in register.units.children.items()
            if has[head] and not 1 <= sums[head] < BELOW
        ]
        cells, state = least_cost([family for family in families if family])
        program = program if state == "optimum proven" else state
        figures += int(has.sum())
        small += int((has & (sums >= 1) & (sums < BELOW)).sum())
        least += cells
        pattern += int((has & found[:, place]).sum())
        proven += int((has & proof.disclosure.withheld[:, place]).sum())
    return Cost(name, figures, small, least, pattern, proven, program, seconds)


def beside(name: str, before: str, then: Result, now: Result, period: str | None = None) -> Beside:
    """Return what an earlier release costs a later one.

    Parameters
    ----------
    name, before : of the table, and of what was published before.
    then, now : the period as it was, and as it is.
    period : name of the period that the earlier release is of, if it is another one.
    """
    earlier = published_release(then.collection, prove(then.collection, then.aggregate).disclosure)
    if period is not None:
        earlier = replace(earlier, period=period)
    alone = prove(now.collection, now.aggregate)
    started = time.perf_counter()
    both = prove(now.collection, now.aggregate, [earlier])
    seconds = time.perf_counter() - started
    register = now.register
    above = np.array(register.units.levels) < len(register.levels) - 1
    further = both.disclosure.withheld & ~alone.disclosure.withheld
    kept = alone.disclosure.withheld & ~both.disclosure.withheld
    given = np.array([now.aggregate.column(each.code)[1] > 0 for each in now.form.measures]).T
    is_looked_at = above[:, None] & given
    return Beside(
        name, before, both.figures, alone.withheld, both.withheld,
        int((further & is_looked_at).sum()), int((kept & is_looked_at).sum()), len(both.remaining), seconds,
    )  # fmt: skip


def besides() -> Iterator[Beside]:
    """Yield what earlier releases cost, for the sample and for random trees."""
    source = ROOT / "data" / "samples" / "2025"
    now = open_period(source, jobs=1).run()
    yield beside("sample 2025", "the same figures, of last year", now, now, period="2024")
    yield beside("sample 2025", "provisional, one commune later", _sample_without(source, LATE), now)
    for name, tree in trees():
        if "mean 20" not in name:
            continue
        draw = random.Random(name)
        now = _tree(tree)
        for count in (1, 5):
            yield beside(name, f"provisional, {_units(count)} later", _tree(_without(tree, count, draw)), now)
        corrected = [[*values] for values in tree]
        corrected[0][0] += 7
        yield beside(name, "provisional, one figure corrected", _tree(corrected), now)


def _sample_without(source: Path, name: str) -> Result:
    """Return the sample as it was before a return came."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(source, Path(folder) / source.name))
        (copy / name).unlink()
        return open_period(copy, jobs=1).run()


def _units(count: int) -> str:
    return "one commune" if count == 1 else f"{count} communes"


def _without(tree: Sequence[Sequence[int | None]], count: int, draw: random.Random) -> list[list[int | None]]:
    """Return a tree in which some communes have not answered."""
    places = [(at, place) for at, values in enumerate(tree) for place in range(len(values))]
    late = {*draw.sample(places, count)}
    return [
        [None if (at, place) in late else value for place, value in enumerate(values)]
        for at, values in enumerate(tree)
    ]


def _tree(tree: Sequence[Sequence[int | None]]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        return read_tree(Path(folder), tree)


def trees() -> Iterator[tuple[str, list[list[int]]]]:
    """Yield random provinces, and the nation, with seeds that do not change."""
    for communes, mean in ((20, 3), (20, 20), (100, 3), (100, 20)):
        draw = random.Random(communes * 1000 + mean)
        yield (
            f"{communes} communes, mean {mean}",
            [[int(draw.expovariate(1 / mean)) for _ in range(communes)]],
        )
    draw = random.Random(COMMUNES)
    nation = [[int(draw.expovariate(1 / 12)) for _ in range(COMMUNES // PROVINCES)] for _ in range(PROVINCES)]
    nation[0] += [int(draw.expovariate(1 / 12)) for _ in range(COMMUNES - sum(map(len, nation)))]
    yield f"{COMMUNES:,} communes in {PROVINCES} provinces", nation


def read_tree(folder: Path, tree: Sequence[Sequence[int | None]]) -> Result:
    """Write a nation of provinces of communes, and read it."""
    units = ["code,name,level,parent", "0,Nước,nation,"]
    rows = ["Mã,Số"]
    for province, values in enumerate(tree, 10):
        units.append(f"{province},Tỉnh {province},province,0")
        for place, value in enumerate(values):
            code = f"{province}{place:03d}"
            units += [f"{code},Xã {province} {place},commune,{province}", f"{code}1,Thôn,village,{code}"]
            if value is not None:
                rows.append(f"{code},{value}")
    for name, lines in (("form.toml", [FORM]), ("units.csv", units), ("a.csv", rows)):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_period(folder, period="2025", jobs=1).run()


def main() -> None:
    """Write the page."""
    found: list[Cost] = []
    for sample in SAMPLES:
        result = open_period(ROOT / "data" / "samples" / sample).run()
        if needs_proof(result.collection):
            found.append(costs_of(f"sample {sample}", result))
    for name, tree in trees():
        found.append(costs_of(name, _tree(tree)))
    lines = [
        f"| {cost.name} | {cost.figures:,} | {cost.small:,} | {cost.least:,} | {cost.pattern:,} "
        f"| {cost.proof:,} | {cost.program} | {cost.seconds:.1f} |"
        for cost in found
    ]
    notes = (
        "\nThe sample of 2021 gives no figure that is protected at every level: nothing is withheld there.\n"
    )
    more = [
        f"| {cost.name} | {cost.before} | {cost.figures:,} | {cost.alone:,} | {cost.beside:,} "
        f"| {cost.further:,} | {cost.kept:,} | {cost.given_away:,} | {cost.seconds:.1f} |"
        for cost in besides()
    ]
    more.append("\nThe nation is not in this table: it was not measured beside an earlier release.")
    page = HEAD + "\n".join(lines) + "\n" + notes + BESIDE + "\n".join(more) + "\n"
    (ROOT / "docs" / "disclosure.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

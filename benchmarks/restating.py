"""Measures restating: the figures of one period on the units that ten days of changes have left.

    python benchmarks/restating.py FOLDER                 both ways, some rounds
    python benchmarks/restating.py FOLDER --only reading  one way, as JSON

FOLDER is a data set's folder (`returns.py reform`). Beside it, in ``after``, stand the changes and the
register after them: made once, invented, seeded. On each of ten days communes are merged, divided (half of
them with shares), given another code, or put under another district; their villages go with them.

``reading`` is what `Intake.collect` does: all returns, read and checked. ``restating`` reads changes.csv,
places every unit, and states every measure and ratio for all units: values or bounds, coverage, and whether
they can be compared. Loading the registers is in neither. All sums are compared with the true totals.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antq_stats.figures.aggregation import Aggregate
    from antq_stats.register.register import UnitRegister

START, END = date(2021, 12, 31), date(2034, 12, 31)
DAYS = tuple(date(year, 7, 1) for year in range(2022, 2032))
MERGED, DIVIDED, RECODED, MOVED = 0.05, 0.005, 0.01, 0.01
"""The share of the communes that an event of each kind begins with, on each of the days."""
WAYS = ("reading", "restating")
_HEAD = ("event", "date", "kind", "from", "to", "share", "act", "source")


@dataclass
class _Commune:
    code: str
    name: str
    district: str
    villages: list[list[str]]
    """Code and name of each."""


@dataclass
class _Making:
    """Ten days of changes, on the communes of a register."""

    communes: list[_Commune]
    random: Random
    rows: list[Sequence[str]] = field(default_factory=list)
    used: int = 0

    def _event(self, day: date, kind: str, parts: Sequence[tuple[str, str, str]]) -> None:
        name = f"{day.isoformat()}-{len(self.rows)}"
        self.rows += [(name, day.isoformat(), kind, *part, "NQ", "made for the benchmark") for part in parts]

    def _new_code(self) -> str:
        self.used += 1
        return f"{50_000 + self.used}"

    def _moved_to(self, code: str, villages: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return villages with codes of another commune."""
        return [[f"{code}{at:03}", name] for at, (_, name) in enumerate(villages, 1)]

    def on(self, day: date) -> None:
        """Change some communes on a day; each takes part in one event."""
        left, after = list(self.communes), []
        while left:
            one, draw = left.pop(0), self.random.random()
            same_district = bool(left) and left[0].district == one.district
            if draw < MERGED and same_district:
                after.append(self._merged(day, one, left.pop(0)))
            elif draw < MERGED + DIVIDED and len(one.villages) > 1:
                after += self._divided(day, one)
            elif draw < MERGED + DIVIDED + RECODED:
                code = self._new_code()
                self._event(day, "recode", [(one.code, code, "")])
                after.append(_Commune(code, one.name, one.district, self._moved_to(code, one.villages)))
            elif draw < MERGED + DIVIDED + RECODED + MOVED:
                self._event(day, "transfer", [(one.code, one.code, "")])
                elsewhere = self.random.choice(self.communes).district
                after.append(_Commune(one.code, one.name, elsewhere, one.villages))
            else:
                after.append(one)
        self.communes = after

    def _merged(self, day: date, one: _Commune, other: _Commune) -> _Commune:
        self._event(day, "merge", [(one.code, one.code, ""), (other.code, one.code, "")])
        count = len(one.villages)
        came = [[f"{one.code}{count + at:03}", name] for at, (_, name) in enumerate(other.villages, 1)]
        return _Commune(one.code, one.name, one.district, [*one.villages, *came])

    def _divided(self, day: date, one: _Commune) -> list[_Commune]:
        half = len(one.villages) // 2
        codes = self._new_code(), self._new_code()
        shares = ("0.4", "0.6") if self.random.random() < 0.5 else ("", "")
        self._event(
            day, "split", [(one.code, code, share) for code, share in zip(codes, shares, strict=True)]
        )
        halves = one.villages[:half], one.villages[half:]
        return [
            _Commune(code, f"{one.name} {number}", one.district, self._moved_to(code, villages))
            for number, (code, villages) in enumerate(zip(codes, halves, strict=True), 1)
        ]


def make_changes(folder: Path) -> Path:
    """Write the changes and the register after them beside a data set; return their folder."""
    target = folder.parent / "after"
    if (target / "changes.csv").is_file():
        return target
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        units = list(csv.DictReader(file))
    communes = {
        row["code"]: _Commune(row["code"], row["name"], row["parent"], [])
        for row in units
        if row["level"] == "commune"
    }
    for row in units:
        if row["level"] == "village":
            communes[row["parent"]].villages.append([row["code"], row["name"]])
    making = _Making(list(communes.values()), Random(2034))
    for day in DAYS:
        making.on(day)
    target.mkdir(exist_ok=True)
    with (target / "units.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["code", "name", "type", "level", "parent"])
        lines.writerows(list(row.values()) for row in units if row["level"] not in {"commune", "village"})
        for one in making.communes:
            lines.writerow([one.code, one.name, "xã", "commune", one.district])
            lines.writerows([code, name, "thôn", "village", one.code] for code, name in one.villages)
    with (target / "changes.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(_HEAD)
        lines.writerows(making.rows)
    return target


def measure(folder: Path, way: str) -> dict[str, Any]:
    """Read or restate in this process; return seconds, peak memory and the sums of all measures."""
    from antq_stats.collection.intake import Intake
    from antq_stats.edits import edit
    from antq_stats.figures.aggregation import aggregate
    from antq_stats.register.register import load_register

    after = make_changes(folder)
    sums = json.loads((folder / "sums.json").read_text("utf-8"))
    intake = Intake.open(folder)
    start = perf_counter()
    collection = intake.collect()
    seconds = perf_counter() - start
    figures = aggregate(collection, edit(collection))
    if way == "reading":
        root = _root(figures.register)
        found = {code: int(figures.figure(root, code).value or 0) for code in sums}
        return _told(seconds, sums, found, {"villages": int(figures.column("tong_ho")[1][root])})
    register = load_register(after / "units.csv", END)
    start = perf_counter()
    found, told = _restate(figures, register, after)
    return _told(perf_counter() - start, sums, found, told)


def _root(register: UnitRegister) -> int:
    return register.units.parents.index(-1)


def _restate(
    figures: Aggregate, register: UnitRegister, after: Path
) -> tuple[dict[str, int], dict[str, int]]:
    """State all figures on the units of another register; return the sums of the root, and some counts."""
    from antq_stats.changes.change_file import read_changes
    from antq_stats.changes.placement import place
    from antq_stats.figures.restated import Restated

    placement = place(figures.register, register, read_changes(after / "changes.csv"), START, END)
    restated = Restated(figures, placement)
    found = {}
    for measure in figures.form.measures:
        balance = restated.balance(measure.code)
        column = restated.column(measure.code)
        restated.complete_column(measure.code)
        if (balance.before, balance.outside) != (balance.inside, 0):
            raise SystemExit(f"{measure.code}: {balance}")
        found[measure.code] = int(column.low[_root(register)])
    for ratio in figures.form.ratios:
        restated.ratio(0, ratio.code)
    return found, {"units": len(register), "divided": len(placement.divided)}


def _told(
    seconds: float, sums: dict[str, int], found: dict[str, int], more: dict[str, int]
) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak": peak, "put in": sums, "read back": found, **more}


def main() -> None:
    """Measure, and print seconds and their ratio."""
    parser = argparse.ArgumentParser(description="Seconds of restating and of reading.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=WAYS, help="one way, as JSON")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if asked.only:
        print(json.dumps(measure(asked.folder, asked.only)))
        return
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(asked.rounds):
        for way in WAYS:
            command = [sys.executable, __file__, str(asked.folder), "--only", way]
            done = subprocess.run(command, capture_output=True, check=True, text=True)
            one = json.loads(done.stdout)
            if one["put in"] != one["read back"]:
                raise SystemExit(f"{way}: the sums are not the true totals")
            found[way].append(one["seconds"])
            print(f"{way}: {one['seconds']:.2f} s", file=sys.stderr)
    ratios = [last / first for first, last in zip(*(found[way] for way in WAYS), strict=True)]
    print(f"restating / reading: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()

"""Runs the benchmarks: whole processes in turns, with their sums checked, into one table.

    python benchmarks/run.py [--size small|full] [--runs N] [--only NAME…] [--data DIR] [--results FILE]

Data are made once and stored in DIR. So are the results of each group, so FILE also has those of earlier runs
with
--only. Needs Linux.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import checking
import processes
import results
from comparisons import GROUPS, OUT, Group, Side
from datasets import HERE, ROOT, Dataset, Datasets, UnavailableError
from plot import draw


def _environment() -> dict[str, str]:
    paths = [str(ROOT / "src"), str(HERE)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "ANTQ_STATS_LANG": "vi"}
    for name in ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "NO_COLOR"):
        environment.pop(name, None)
    return environment


def _once(side: Side, place: Path, environment: dict[str, str]) -> dict[str, float]:
    """Run a side, check its output, and return its usage."""
    out, printed, stderr = place / f"out{side.suffix}", place / "stdout", place / "stderr"
    if out.is_dir():
        shutil.rmtree(out)
    out.unlink(missing_ok=True)
    command = [str(out) if word == OUT else word for word in side.command]
    for folder in filter(Path.is_dir, map(Path, side.command)):
        Dataset(folder, "").warm()
    usage = processes.run(command, environment, printed, stderr)
    text = printed.read_text("utf-8", errors="replace")
    if usage.status != side.status:
        end = stderr.read_text("utf-8", errors="replace")[-2000:]
        raise SystemExit(f"{side.name}: {' '.join(command)} ended with {usage.status}\n{text[-500:]}{end}")
    try:
        side.check(out, text)
    except (checking.WrongError, OSError, KeyError, ValueError) as error:
        raise SystemExit(f"{side.name}: {' '.join(command)}: {type(error).__name__}: {error}") from error
    found = {"wall": usage.wall, "cpu": usage.cpu, "memory": usage.memory}
    if side.in_process:
        own = json.loads(text)
        found |= {"wall": own["seconds"], "memory": own["peak"]}
    return found


def measure(group: Group, datasets: Datasets, size: str, runs: int | None) -> dict[str, Any]:
    """Run the sides of a group in turns; return all rounds of all sides."""
    environment = _environment()
    rounds = runs or group.rounds[size]
    wanted = group.sides(datasets, size)
    sides = [side for side in wanted if all(find_spec(name) for name in side.needs)]
    left_out = [
        f"{side.name} ({', '.join(side.needs)} not installed)" for side in wanted if side not in sides
    ]
    found: dict[str, Any] = {side.name: {"villages": side.villages, "rounds": []} for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        if rounds > 1:  # the first run also reads the libraries from the disk
            for side in sides:
                if side.rounds is None:  # it takes seconds: the others would hardly feel it
                    _once(side, Path(folder), environment)
        for number in range(rounds):
            for side in sides:
                if side.rounds is None or number < side.rounds:
                    one = _once(side, Path(folder), environment)
                    found[side.name]["rounds"].append(one)
                    print(
                        f"{group.name} {number + 1}/{rounds}: {side.name}: {one['wall']:.2f} s",
                        file=sys.stderr,
                    )
    date = f"{datetime.now(tz=UTC):%Y-%m-%d}"
    return {"date": date, "machine": results.machine(), "sides": found, "left out": left_out}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure antq-stats beside what would be used instead.")
    parser.add_argument("--size", choices=["small", "full"], default="full")
    parser.add_argument("--runs", type=int, help="rounds of every group (default: by its cost)")
    parser.add_argument("--only", nargs="+", choices=[group.name for group in GROUPS], metavar="NAME",
                        help=f"these groups only: {', '.join(group.name for group in GROUPS)}")  # fmt: skip
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "antq-stats-benchmarks",
                        help="folder that keeps data and results")  # fmt: skip
    parser.add_argument("--results", type=Path, help="write the page of results, and its plot beside it")
    asked = parser.parse_args()
    if asked.runs is not None and asked.runs < 1:
        parser.error("--runs must be at least 1")
    return asked


def main() -> None:
    """Run the groups of the command line and print the tables."""
    asked = _asked()
    processes.become_reaper()
    compileall.compile_dir(ROOT / "src", quiet=1)
    compileall.compile_dir(HERE, quiet=1)
    datasets = Datasets(asked.data.absolute())
    place = asked.data / "results"
    measured = []
    for group in GROUPS:
        if asked.only and group.name not in asked.only:
            continue
        try:
            found = measure(group, datasets, asked.size, asked.runs)
        except UnavailableError as error:
            print(f"{group.name} is left out: {error} is not installed", file=sys.stderr)
            continue
        results.save(place, asked.size, group.name, found)
        measured.append(group.name)
    every = results.load(place, asked.size)
    now = {name: every[name] for name in measured}
    print("\n\n".join(results.tables(now)))
    print("\n" + results.markdown(results.targets_table(now)))
    if asked.results:
        drawn = draw(every, asked.results.with_name("cost.svg"))
        asked.results.write_text(results.page(every, asked.size, "cost.svg" if drawn else None), "utf-8")


if __name__ == "__main__":
    main()

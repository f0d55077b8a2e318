"""Whole processes, timed in turns, as ratios: a machine's own speed and its load fall out.

    python benchmarks/ratios.py [--runs 9] [--folder data/samples/2021]

Each round runs every command once, one after the other (A B C, A B C, …), so that what else the
machine does falls on all alike. A ratio is the median of the rounds' own ratios.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent

TARGETS = (
    ("aggregate", "import pandas", 2.0),
    ("aggregate", "peer (pandas + calamine)", 0.6),
    ("validate", "import pandas", None),
    ("--help", "import pandas", None),
)


def commands(folder: Path) -> dict[str, list[str]]:
    """Return what is run, by name."""
    ours = [sys.executable, "-m", "antq_stats"]
    return {
        "aggregate": [*ours, "aggregate", str(folder)],
        "validate": [*ours, "validate", str(folder)],
        "--help": [*ours, "--help"],
        "peer (pandas + calamine)": [
            sys.executable,
            str(ROOT / "benchmarks" / "peer_pandas.py"),
            str(folder),
        ],
        "import pandas": [sys.executable, "-c", "import pandas"],
        "empty interpreter": [sys.executable, "-c", "pass"],
    }


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command to its end and return how long it took; a failure ends the benchmark."""
    start = perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    taken = perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()}")
    return taken


def main() -> None:
    """Time all commands and print the table."""
    parser = argparse.ArgumentParser(description="Time whole processes in turns and print their ratios.")
    parser.add_argument("--runs", type=int, default=9, help="rounds (default 9)")
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "samples" / "2021")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    if not options.folder.is_dir():
        parser.error(f"no folder {options.folder}")

    paths = [str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    todo = commands(options.folder)
    for command in todo.values():  # once unmeasured: bytecode and file cache
        seconds(command, environment)
    taken: dict[str, list[float]] = {name: [] for name in todo}
    for _ in range(options.runs):
        for name, command in todo.items():
            taken[name].append(seconds(command, environment))

    print(f"{options.runs} rounds, milliseconds\n")
    print(f"{'command':28}{'median':>8}{'min':>8}{'max':>8}")
    for name, times in taken.items():
        print(f"{name:28}{median(times) * 1e3:8.0f}{min(times) * 1e3:8.0f}{max(times) * 1e3:8.0f}")
    print(f"\n{'ratio':42}{'median':>8}{'min':>8}{'max':>8}{'target':>8}")
    for one, other, target in TARGETS:
        ratios = [first / second for first, second in zip(taken[one], taken[other], strict=True)]
        wanted = "" if target is None else f"{target:.1f}"
        met = "" if target is None else "  met" if median(ratios) <= target else "  MISSED"
        figures = f"{median(ratios):8.2f}{min(ratios):8.2f}{max(ratios):8.2f}"
        print(f"{f'{one} / {other}':42}{figures}{wanted:>8}{met}")


if __name__ == "__main__":
    main()

"""Results, stored as JSON by group and printed as tables."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from comparisons import GROUPS, Group
from targets import TARGETS, Results, ratios, rounds_of

PACKAGES = (
    "antq-stats", "duckdb", "fastexcel", "frictionless", "numpy", "openpyxl", "pandas", "pandera", "polars",
    "python-calamine", "rich", "typer", "XlsxWriter",
)  # fmt: skip


def machine() -> dict[str, str]:
    """Return the description of the machine and the versions of the software."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    kib = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return {
        "processor": f"{cpu}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{kib / 2**20:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": ", ".join(versions),
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def save(folder: Path, size: str, name: str, found: Mapping[str, Any]) -> None:
    """Store the results of a group."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{size}-{name}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), "utf-8")


def load(folder: Path, size: str) -> dict[str, Results]:
    """Return the stored results of all groups, in their order."""
    files = {group.name: folder / f"{size}-{group.name}.json" for group in GROUPS}
    return {name: json.loads(file.read_text("utf-8")) for name, file in files.items() if file.is_file()}


Table = Sequence[Sequence[str]]


def markdown(rows: Table) -> str:
    """Return a Markdown table: the first row is the header, all columns but the first are right-aligned."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        cells = [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        return f"| {' | '.join([row[0].ljust(widths[0]), *cells])} |"

    rule = f"| {'-' * widths[0]} | {' | '.join('-' * (width - 1) + ':' for width in widths[1:])} |"
    return "\n".join([line(rows[0]), rule, *map(line, rows[1:])])


def _number(value: float) -> str:
    return f"1/{1 / value:.0f}" if 0.002 < value < 0.095 else f"{value:.2f}"


def _middle(found: Sequence[float]) -> str:
    return _number(median(found)) if found else ""


def table_of(group: Group, found: Results) -> Table:
    """Return the table of a group: medians, and ratios round by round."""
    rows = [["", "rounds", "wall s", "CPU s", "peak MiB", "/ floor", f"{group.ours} / it"]]
    for name, side in found["sides"].items():
        figures = [median(rounds_of(found, name, what)) for what in ("wall", "cpu", "memory")]
        rows.append([
            name, str(len(side["rounds"])), f"{figures[0]:.2f}", f"{figures[1]:.2f}", f"{figures[2]:.0f}",
            _middle(ratios(found, name, group.floor)) if group.floor else "",
            "" if name == group.ours else _middle(ratios(found, group.ours, name)),
        ])  # fmt: skip
    return rows


def targets_table(results: Mapping[str, Results]) -> Table:
    """Return the table of targets with the measured values."""
    rows = [["A", "B", "A / B", "rounds", "must", "aim", "met"]]
    for target in TARGETS:
        found = target.of(results[target.group]) if target.group in results else []
        wanted = ["" if limit is None else f"≤ {_number(limit)}" for limit in (target.must, target.aim)]
        if found:
            spread = f"{_number(min(found))} to {_number(max(found))}" if len(found) > 1 else "1"
            rows.append([target.one, target.other, _middle(found), spread, *wanted, target.met(found)])
        else:
            rows.append([target.one, target.other, "", "", *wanted, "not measured"])
    return rows


def tables(results: Mapping[str, Results]) -> Iterator[str]:
    """Yield the tables as paragraphs of Markdown."""
    for group in GROUPS:
        if group.name in results:
            found = results[group.name]
            left_out = "".join(f"\n\nLeft out: {one}." for one in found["left out"])
            yield f"## {group.title}\n\n{markdown(table_of(group, found))}{left_out}"


_HEAD = """# Results of the benchmarks

Written by `python benchmarks/run.py --results benchmarks/RESULTS.md`; what is measured, and how, is described
in [README.md](README.md). Wall and CPU are seconds, medians of the rounds; CPU is of all processes together,
peak memory the most that all processes held at one time, sampled about every 25 ms. Ratios are of wall times,
medians of the rounds' own ratios, the sides run in turns; a ratio says A / B.
"""


def page(results: Mapping[str, Results], size: str, plot: str | None) -> str:
    """Return RESULTS.md: machine, targets, plot, and a table for each group."""
    parts = [_HEAD.strip()]
    if size != "full":
        parts.append("**Small data: these figures only show that the benchmarks run.**")
    whole: dict[str, list[str]] = {}
    for name, found in results.items():
        about = found["machine"]
        lines = [
            f"- {found['date']}",
            f"- {about['processor']}, {about['memory']}",
            f"- {about['kernel']}, Python {about['python']}",
            f"- {about['versions']}",
        ]
        whole.setdefault("\n".join(lines), []).append(name)
    for text, names in whole.items():
        parts.append((f"Measured ({', '.join(names)}):\n\n" if len(whole) > 1 else "") + text)
    parts.append("## Targets\n\n" + markdown(targets_table(results)))
    if plot:
        parts.append(f"## Cost against size\n\n![Wall time against the number of villages]({plot})")
    return "\n\n".join([*parts, *tables(results)]) + "\n"

"""Cost against size: wall time of whole processes against the number of villages."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from targets import Results, rounds_of

_EACH = "aggregate, a layout in each workbook"
_LINES = (
    ("antq-stats aggregate, all checks", "aggregate", "#0b3d91", "o", 2.6),
    ("the same, a layout in each workbook (none learned)", _EACH, "#4f86f7", "X", 1.8),
    ("bare calamine parse, 2 threads", "bare calamine, 2 threads", "#555555", "s", 1.4),
    ("fastexcel, no checks", "fastexcel", "#7a5195", "^", 1.4),
    ("polars, no checks", "polars", "#bc5090", "v", 1.4),
    ("pandas + calamine, no checks", "pandas + calamine", "#ef7d00", "D", 1.4),
    ("pandas + openpyxl, no checks", "pandas + openpyxl", "#c1121f", "P", 1.4),
)


def points(results: dict[str, Results], side: str) -> list[tuple[int, float]]:
    """Return villages and seconds of a side for each size at which it was run."""
    found: dict[int, float] = {}
    for group in ("nation", "senders", "sizes"):
        for name, one in results.get(group, {"sides": {}})["sides"].items():
            begins = name == side or name.startswith(f"{side}, ")
            is_other = side != _EACH and (name.startswith(_EACH) or group == "senders")
            if begins and not is_other and one["villages"]:
                found.setdefault(one["villages"], median(rounds_of(results[group], name)))
    return sorted(found.items())


def draw(results: dict[str, Results], target: Path) -> bool:
    """Write the plot as SVG; return False if matplotlib is not installed or nothing was measured."""
    try:
        import matplotlib as mpl
    except ImportError:
        return False
    lines = [(line, points(results, line[1])) for line in _LINES]
    if not any(len(at) > 1 for _, at in lines):
        return False
    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "antq-stats", "svg.fonttype": "none", "font.size": 11})
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator

    figure, axes = plt.subplots(figsize=(9, 5.4), layout="constrained")
    for (label, _, colour, marker, width), at in lines:
        if at:
            x, y = zip(*at, strict=True)
            axes.plot(x, y, marker=marker, color=colour, linewidth=width, label=label, markersize=6)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.set_xlabel("villages (a workbook to each commune of 8 or 9)")
    axes.set_ylabel("wall time of the whole process, seconds")
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.legend(frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(target, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return True

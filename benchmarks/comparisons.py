"""The comparisons: groups of commands that are run in turns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import checking
from checking import Check
from datasets import HERE, SAMPLES, Dataset, Datasets

OUT = "{out}"
"""Placeholder in a command for its output file."""
NATION = {"full": "nation", "small": "province"}
PROVINCE = {"full": "province", "small": "tenth"}
SWEEP = {"full": ("tenth", "province", "region"), "small": ("tenth", "province")}
REFORM = {"full": "reform", "small": "province"}
MILLION = {"full": "million", "small": "hundreds"}
_LIMITS = ("file=4096", "cells=200000000", "memory=8192", "seconds=900", "expanded=8192")
"""For one file with all returns: what the limits of one commune's file must let pass."""


@dataclass(frozen=True)
class Side:
    """A command and the check of its output.

    Parameters
    ----------
    name : its name in the table.
    command : the command line; `OUT` stands for the output file.
    check : checks the output.
    suffix : suffix of the output file.
    rounds : number of rounds it takes part in, from the first; None for all.
    needs : modules it needs; it is left out if one is missing.
    status : exit status that is expected.
    in_process : whether its own seconds and MiB, as JSON on its stdout, replace those of the whole process.
    villages : number of villages it reads, for the plot; 0 for no point.
    """

    name: str
    command: tuple[str, ...]
    check: Check
    suffix: str = ".csv"
    rounds: int | None = None
    needs: tuple[str, ...] = ()
    status: int = 0
    in_process: bool = False
    villages: int = 0


@dataclass(frozen=True)
class Group:
    """Sides that are run in turns.

    Parameters
    ----------
    name : its name for ``--only``.
    title : title of its table.
    sides : returns the sides, with the data they need, for a size.
    ours : name of the side that is divided by the others in the table.
    floor : name of the side that all others are divided by in the table.
    rounds : number of rounds by size.
    """

    name: str
    title: str
    sides: Callable[[Datasets, str], list[Side]]
    ours: str
    floor: str | None = None
    rounds: Mapping[str, int] = field(default_factory=lambda: {"full": 9, "small": 1})


def ours(*words: str | Path) -> tuple[str, ...]:
    """Return a command line of antq-stats."""
    return (sys.executable, "-m", "antq_stats", *map(str, words))


def peer(script: str, *words: str | Path) -> tuple[str, ...]:
    """Return the command line of a peer."""
    return (sys.executable, str(HERE / "peers" / f"{script}.py"), *map(str, words))


def _aggregate(data: Dataset, name: str = "aggregate", *, rounds: int | None = None, status: int = 0) -> Side:
    command = ours("aggregate", data.folder, "--by", "country", "-o", OUT)
    if data.size in {"village", "tenth", "province"}:
        command = ours("aggregate", data.folder, "--by", "province", "-o", OUT)
    check = checking.sums_in_xlsx(data.sums)
    return Side(name, command, check, ".xlsx", rounds, status=status, villages=data.villages)


def _floor(
    data: Dataset, name: str, kind: str = "threads", workers: int = 2, rounds: int | None = None
) -> Side:
    command = peer("floor_calamine", data.folder, OUT, kind, str(workers))
    return Side(name, command, checking.parsed(**data.counts), ".json", rounds, villages=data.villages)


_EXCEL_PEERS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "fastexcel": ("excel_polars", "fastexcel", ("fastexcel", "polars")),
    "polars": ("excel_polars", "polars", ("fastexcel", "polars")),
    "pandas + calamine": ("excel_pandas", "calamine", ()),
    "pandas + openpyxl": ("excel_pandas", "openpyxl", ("openpyxl",)),
}


def _excel_peers(data: Dataset, suffix: str = "", rounds: Mapping[str, int] | None = None) -> list[Side]:
    check = checking.sums_in_csv(data.sums)
    return [
        Side(
            name + suffix, peer(script, data.folder, OUT, way), check,
            rounds=(rounds or {}).get(name), needs=needs, villages=data.villages,
        )
        for name, (script, way, needs) in _EXCEL_PEERS.items()
    ]  # fmt: skip


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0))


def _nation(datasets: Datasets, size: str) -> list[Side]:
    data = datasets.get(NATION[size])
    report = ours("report", data.folder, "-o", OUT)
    inflate = peer("floor_inflate", data.folder, OUT, "2")
    return [
        _aggregate(data),
        _floor(data, "bare calamine, 2 threads"),
        Side("report", report, checking.sums_in_xlsx(data.sums), ".xlsx"),
        _floor(data, "bare calamine, a process to each core", "processes", _processors()),
        Side("bytes inflated, 2 threads", inflate, checking.inflated(data.communes), ".json"),
        *_excel_peers(data, rounds={"polars": 1, "pandas + calamine": 3, "pandas + openpyxl": 1}),
    ]


def _makers(datasets: Datasets, size: str) -> list[Side]:
    sides = []
    for name, maker in (("XlsxWriter", "xlsxwriter"), ("Excel", "excel"), ("LibreOffice", "libreoffice")):
        data = datasets.get(NATION[size], maker)
        sides += [_aggregate(data, f"aggregate, {name}"), _floor(data, f"bare calamine, {name}")]
    return sides


def _blanks(datasets: Datasets, size: str) -> list[Side]:
    excel, office = (datasets.get(NATION[size], f"{program}-blank") for program in ("excel", "libreoffice"))
    return [
        _aggregate(excel, "aggregate, Excel"),
        _floor(excel, "bare calamine, Excel"),
        _aggregate(office, "aggregate, LibreOffice"),
        _floor(office, "bare calamine, LibreOffice"),
    ]


def _faults(datasets: Datasets, size: str) -> list[Side]:
    return [
        _aggregate(datasets.get(NATION[size]), "clean"),
        _aggregate(datasets.get(NATION[size], faults="rules"), "a rule broken in every file", status=1),
        _aggregate(datasets.get(NATION[size], faults="cells"), "an odd cell in every file", status=1),
    ]


def _province(_: Datasets, __: str) -> list[Side]:
    return [
        Side("aggregate", ours("aggregate", SAMPLES), checking.published),
        Side("import pandas", (sys.executable, "-c", "import pandas"), checking.nothing),
        Side("pandas + calamine, with checks", peer("samples_pandas", SAMPLES), checking.published),
        Side("year-end", ours("year-end", SAMPLES, "-o", OUT), checking.samples_year_ended, ""),
    ]


def _senders(datasets: Datasets, size: str) -> list[Side]:
    one, many = datasets.get(NATION[size]), datasets.get(NATION[size], "senders")
    each, copies = datasets.get(NATION[size], "each"), datasets.get(NATION[size], copies=True)
    return [
        _aggregate(many),
        _floor(many, "bare calamine, 2 threads"),
        _aggregate(one, "aggregate, one layout"),
        _aggregate(each, "aggregate, a layout in each workbook"),
        _floor(each, "bare calamine, a layout in each workbook"),
        _aggregate(copies, "aggregate, every tenth file three times"),
        _floor(copies, "bare calamine, every tenth file three times"),
    ]


def _commands(datasets: Datasets, size: str) -> list[Side]:
    data = datasets.get(NATION[size])
    broken, later = datasets.get(NATION[size], faults="rules"), data.later()
    level, root = ("country", "00") if data.size == "nation" else ("province", "01")
    compare = ours(
        "compare", data.folder, later.folder, "--on", "A", "--by", level, "--format", "json", "-o", OUT
    )
    trace = ours("trace", data.folder, root, "tong_ho", "--format", "json", "-o", OUT)
    listing = ("--format", "xlsx", "-o", OUT)
    return [
        _aggregate(data),
        Side("year-end", ours("year-end", data.folder, "-o", OUT), checking.year_ended(data.sums), ""),
        Side("report", ours("report", data.folder, "-o", OUT), checking.sums_in_xlsx(data.sums), ".xlsx"),
        Side("trace", trace, checking.traced("tong_ho", data.sums), ".json"),
        Side("compare --on", compare, checking.compared(data.sums, later.sums), ".json"),
        Side("validate --format xlsx", ours("validate", data.folder, *listing),
             checking.findings_listed(0), ".xlsx"),
        Side("validate --format xlsx, a rule broken in every file", ours("validate", broken.folder, *listing),
             checking.findings_listed(broken.communes), ".xlsx", status=1),
    ]  # fmt: skip


def _lineage(datasets: Datasets, size: str) -> list[Side]:
    data = datasets.get(NATION[size])
    without = peer("without_checks", data.folder, OUT)
    return [
        _aggregate(data),
        Side("without checks and lineage", without, checking.sums_in_xlsx(data.sums), ".xlsx"),
    ]


def _million(datasets: Datasets, size: str) -> list[Side]:
    data = datasets.get(MILLION[size])
    check = checking.sums_in_csv(data.sums)
    limits = [word for limit in _LIMITS for word in ("--limit", limit)]
    command = ours("aggregate", data.folder, "--by", "district", *limits, "-o", OUT)
    return [
        Side("aggregate", command, checking.sums_in_xlsx(data.sums), ".xlsx"),
        Side("pandas", peer("csv_pandas", data.folder, OUT), check),
        Side("polars, with checks", peer("csv_polars", data.folder, OUT), check, needs=("polars",)),
        Side("DuckDB, with checks", peer("csv_duckdb", data.folder, OUT), check, needs=("duckdb",)),
        Side("pandas + pandera", peer("csv_pandera", data.folder, OUT), check, needs=("pandera",)),
    ]


def _validate(datasets: Datasets, size: str) -> list[Side]:
    data = datasets.get(NATION[size])
    command = ours("validate", data.folder, "--format", "json", "-o", OUT)
    return [
        Side("validate", command, checking.validated(data.villages), ".json"),
        Side(
            "frictionless, on one CSV", peer("validate_frictionless", data.table, OUT),
            checking.frictionless(data.villages), ".json", needs=("frictionless",),
        ),
        Side(
            "frictionless without the rules",
            peer("validate_frictionless", data.table, OUT, "--without-rules"),
            checking.frictionless(data.villages), ".json", needs=("frictionless",),
        ),
        Side(
            "pandas + pandera, on one CSV", peer("csv_pandera", data.folder, OUT, data.table),
            checking.sums_in_csv(data.sums), needs=("pandera",),
        ),
    ]  # fmt: skip


def _help(_: Datasets, __: str) -> list[Side]:
    return [
        Side("--help", ours("--help"), checking.help_shown),
        Side("bare Typer + rich", peer("bare_typer", "--help"), checking.help_shown),
        Side("empty interpreter", (sys.executable, "-c", "pass"), checking.nothing),
    ]


def _writing(_: Datasets, size: str) -> list[Side]:
    rows = ("--communes=768", "--villages=10599") if size == "full" else ("--communes=20", "--villages=200")

    def side(name: str, way: str, *needs: str) -> Side:
        command = (sys.executable, str(HERE / "writing.py"), "--only", way, *rows)
        return Side(name, command, checking.written, needs=needs, in_process=True)

    return [
        side("rows by column", "rows"),
        side("XlsxWriter", "XlsxWriter"),
        side("XlsxWriter, constant_memory", "XlsxWriter, constant_memory"),
        side("openpyxl, write-only", "openpyxl, write-only", "openpyxl"),
    ]


def _restating(datasets: Datasets, size: str) -> list[Side]:
    data = datasets.get(REFORM[size])

    def side(way: str) -> Side:
        command = (sys.executable, str(HERE / "restating.py"), str(data.folder), "--only", way)
        return Side(way, command, checking.written, in_process=True)

    return [side("reading"), side("restating")]


def _sizes(datasets: Datasets, size: str) -> list[Side]:
    sides = [
        _aggregate(datasets.get("village"), "aggregate, village"),
        _aggregate(datasets.get(PROVINCE[size]), "aggregate, province"),
        _aggregate(datasets.get(NATION[size]), "aggregate, nation", rounds=3),
    ]
    for name in SWEEP[size]:
        data = datasets.get(name)
        if name != PROVINCE[size]:
            sides.append(_aggregate(data, f"aggregate, {name} of the plot", rounds=3))
        each = datasets.get(name, "each")
        sides.append(_aggregate(each, f"aggregate, a layout in each workbook, {name}", rounds=3))
        sides.append(_floor(data, f"bare calamine, 2 threads, {name}", rounds=3))
        sides += _excel_peers(data, f", {name}", dict.fromkeys(_EXCEL_PEERS, 1 if name == "region" else 3))
    return sides


_FEW = {"full": 3, "small": 1}
GROUPS: Sequence[Group] = (
    Group("nation", "The nation: 10,599 workbooks, 90,000 villages, 24 measures", _nation,
          "aggregate", "bare calamine, 2 threads", _FEW),
    Group("makers", "The nation as saved by XlsxWriter, Excel and LibreOffice", _makers,
          "aggregate, XlsxWriter", "bare calamine, XlsxWriter", _FEW),
    Group("faults", "The nation with a finding in every file", _faults, "clean", None, _FEW),
    Group("blanks", "The nation as filled into our own blank returns, saved by Excel and LibreOffice",
          _blanks, "aggregate, Excel", "bare calamine, Excel", _FEW),
    Group("senders", "The nation from 500 senders, each with a layout of its own "
          "(60 % xlsx, 25 % xls, 10 % ods, 5 % csv), and as others send it",
          _senders, "aggregate", "bare calamine, 2 threads", _FEW),
    Group("commands", "Every command on the nation", _commands, "aggregate", "aggregate", _FEW),
    Group("province", "The sample province: 173 workbooks of two sheets", _province,
          "aggregate", "import pandas"),
    Group("lineage", "The nation with all checks and lineage, and without", _lineage, "aggregate", None,
          {"full": 5, "small": 1}),
    Group("million", "One CSV of 1,000,000 villages", _million, "aggregate", "pandas", _FEW),
    Group("validate", "The nation validated", _validate, "validate", None, _FEW),
    Group("help", "`--help`", _help, "--help", "empty interpreter", {"full": 15, "small": 1}),
    Group("writing", "Writing 11,367 formatted rows of 42 measures (inside the process, imports left out)",
          _writing, "rows by column", None, {"full": 5, "small": 1}),
    Group("restating", "3,321 communes and 100,000 villages on the boundaries ten days of changes later "
          "(inside the process, registers loaded before)", _restating, "restating", None,
          {"full": 5, "small": 1}),
    Group("sizes", "From one village to the nation", _sizes, "aggregate, nation", None,
          {"full": 11, "small": 1}),
)  # fmt: skip

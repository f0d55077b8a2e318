"""Figures of a long text are held in 32 bits; what is made of them may be larger."""

from __future__ import annotations

import random
from itertools import groupby
from pathlib import Path

import pytest

from antq_stats.reading.long_text import reader
from helpers.command import run
from helpers.decisions import decide
from helpers.returns import FORM, HEAD, RATIO, setup

RULES = """
[[rule]]
code = "E01"
check = "1000000 * bo <= trau * 50 + 1"
severity = "soft"
message = { vi = "bò không quá nhiều", en = "not too many cattle" }

[[rule]]
code = "E02"
check = "trau + trau + trau >= 280000000"
severity = "soft"
message = { vi = "trâu nhiều", en = "many buffaloes" }
"""
COMMUNES, VILLAGES = 90, 400


def folder_of(place: Path) -> Path:
    lines = ["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,"]
    lines += [f"07{c:02},Minh Quân {c},xã,commune,07" for c in range(1, COMMUNES + 1)]
    for c in range(1, COMMUNES + 1):
        lines += [f"07{c:02}{v:03},Bản {v},thôn,village,07{c:02}" for v in range(1, VILLAGES + 1)]
    return setup(place / "2021", RATIO, RULES, form=FORM, units="\n".join(lines) + "\n")


def rows() -> list[list[str]]:
    chance = random.Random(7)  # noqa: S311 - no secret
    villages = [(c, v) for c in range(1, COMMUNES + 1) for v in range(1, VILLAGES + 1)]
    figures = [(chance.randrange(90_000_000, 100_000_000), chance.randrange(5001)) for _ in villages]
    return [
        [f"07{c:02}{v:03}", f"Bản {v}", *map(str, pair)]
        for (c, v), pair in zip(villages, figures, strict=True)
    ]


def write(path: Path, lines: list[list[str]]) -> None:
    path.write_text("\n".join(map(",".join, [HEAD, *lines])) + "\n", encoding="utf-8")


def told(folder: Path) -> tuple[object, list[tuple[str, ...]]]:
    """Return all sums, and the findings without the file and row they stand in."""
    sums = run("aggregate", folder, "--format", "json").data
    found = run("validate", folder, "--format", "json").data["findings"]
    kept = [(f["code"], str(f["unit"]), str(f["rule"]), str(f["value"])) for f in found]
    return sums, sorted(kept)


@pytest.mark.parametrize("changed", [{}, {20_000: "2147483648"}, {5: "2147483647", 30_000: "9007199254"}])
def test_a_long_text_gives_the_sums_of_many_short_ones(tmp_path: Path, changed: dict[int, str]) -> None:
    lines = rows()
    for at, value in changed.items():
        lines[at][2] = value
    long, short = folder_of(tmp_path / "long"), folder_of(tmp_path / "short")
    write(long / "all.csv", lines)
    assert (long / "all.csv").stat().st_size > reader.LONG
    for commune, members in groupby(lines, lambda line: line[0][:4]):
        write(short / f"{commune}.csv", list(members))
    sums, found = told(long)
    assert (sums, found) == told(short)
    total = sum(int(line[2]) for line in lines)
    province = run("aggregate", long, "--by", "province", "--format", "json").data[0]
    assert total > 1 << 40
    assert province["measures"]["trau"]["value"] == total
    assert {"R101"} <= {each[0] for each in found}


def test_a_decision_writes_a_value_that_is_larger_than_all_read(tmp_path: Path) -> None:
    folder, lines = folder_of(tmp_path), rows()
    write(folder / "all.csv", lines)
    decide(folder, f"correct,{lines[9][0]},trau,,,{lines[9][2]},300000000000")
    total = sum(int(line[2]) for line in lines) - int(lines[9][2]) + 300_000_000_000
    province = run("aggregate", folder, "--by", "province", "--format", "json").data[0]
    assert province["measures"]["trau"]["value"] == total

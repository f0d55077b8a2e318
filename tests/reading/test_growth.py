"""The work of reading is proportional to the rows, columns and oddities of a file.

Calls are counted, not seconds, so a busy machine changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from antq_stats.collection.intake import Intake
from antq_stats.reading.discover import discover
from antq_stats.reading.receive import receive
from helpers.returns import HEAD, Rows, csv_text, setup, write_ods, write_xls, write_xlsx

pytestmark = pytest.mark.slow

SLACK = 2.4
"""Most calls for twice the file, as a multiple. Work done once makes it less than 2, growth in steps more."""


def units_of(count: int) -> str:
    rows = (f"9{n:06},Thôn {n},,village,0701\n" for n in range(count))
    return "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n0701,Thái Học,xã,commune,07\n" + "".join(
        rows
    )


def villages(count: int, figures: Callable[[int], list[object]]) -> Rows:
    return [HEAD, *([f"9{n:06}", f"Thôn {n}", *figures(n)] for n in range(count))]


def plain(count: int) -> Rows:
    return villages(count, lambda n: [n % 7, 1])


def odd(count: int) -> Rows:
    return villages(count, lambda n: [f"{n % 7} con", "…" if n % 2 else "không"])


def strange(count: int) -> Rows:
    return [HEAD, *([f"8{n:06}", f"Xóm {n}", 5, 1] for n in range(count))]


def wide(count: int) -> Rows:
    more = [f"Cột {n}" for n in range(count)]
    return [[*HEAD, *more], *([*row, *range(count)] for row in villages(3, lambda n: [n, 1])[1:])]


def titled(count: int) -> Rows:
    return [*([f"Dòng đầu trang thứ {n} của xã"] for n in range(count)), *plain(5)]


def totals(count: int) -> Rows:
    rows = [HEAD]
    for n in range(count):
        rows += [[f"9{n:06}", f"Thôn {n}", 4, 1], ["", "Cộng", 4, 1]]
    return rows


def calls_of(folder: Path, rows: Rows, suffix: str) -> int:
    """Count the calls, of Python and of C, that reading a return takes."""
    setup(folder, units=units_of(1200))
    if suffix == ".csv":
        (folder / "a.csv").write_text(csv_text(rows), "utf-8")
    else:
        {".xlsx": write_xlsx, ".xls": write_xls, ".ods": write_ods}[suffix](folder / f"a{suffix}", rows)
    plan = Intake.open(folder, period="2021").plan
    source = discover(folder).sources[0]
    receive(plan, source.path, source.file)  # fill the caches
    count = 0

    def count_call(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal count
        count += event.endswith("call")

    before = sys.getprofile()
    sys.setprofile(count_call)
    try:
        receive(plan, source.path, source.file)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".xls", ".ods"])
@pytest.mark.parametrize("rows", [plain, odd, strange, totals, titled], ids=lambda rows: rows.__name__)
def test_twice_the_rows_are_twice_the_work(rows: Callable[[int], Rows], suffix: str, tmp_path: Path) -> None:
    once, twice = (calls_of(tmp_path / str(n), rows(n), suffix) for n in (500, 1000))
    assert twice < SLACK * once


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".ods"])
def test_twice_the_columns_are_twice_the_work(suffix: str, tmp_path: Path) -> None:
    once, twice = (calls_of(tmp_path / str(n), wide(n), suffix) for n in (500, 1000))
    assert twice < SLACK * once

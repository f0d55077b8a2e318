"""Seeded returns of any size in the usual layout, for the benchmarks.

    python benchmarks/returns.py province OUT     173 workbooks, about 1,365 villages
    python benchmarks/returns.py nation OUT       10,599 workbooks, about 90,000 villages
    python benchmarks/returns.py million OUT      one CSV of 1,000,000 villages
        [--saved-by xlsxwriter|excel|libreoffice|excel-blank|libreoffice-blank|senders|each]
        [--faults rules|cells] [--copies] [--seed N]

Every village has 24 measures. Workbooks are written as XlsxWriter, Excel or LibreOffice writes them
(`workbooks`), each with the dates, names and identifiers of its own sender (`senders`); or they are our own
blank returns, filled, saved by Excel or LibreOffice (`blanks`), files of 500 senders with a layout of their
own in four kinds, or workbooks with another layout in each (`layouts`). With --copies every tenth file is
there three times. The folder also gets form.toml, units.csv and sums.json with the true totals. NAME.csv
beside the folder of workbooks has the same figures, for tools that do not read workbooks, and
NAME-counts.json the numbers of files and of their rows.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

import blanks
from layouts import Layout, senders_of
from measures import COLUMNS, FORM, MEASURES, labels
from senders import sender_of
from workbooks import ROWS_BESIDE, Commune, Fault, Patterns

SIZES = {
    "village": (1, 1, 1, 1),
    "tenth": (1, 3, 17, 136),
    "province": (1, 9, 173, 1_365),
    "region": (7, 78, 1_178, 10_000),
    "reform": (34, 340, 3_321, 100_000),
    "nation": (63, 705, 10_599, 90_000),
}
"""Provinces, districts, communes, villages."""
TABLES = {"hundreds": (1, 3, 17, 400), "million": (63, 705, 40_000, 1_000_000)}
"""The same for the sizes that are one CSV."""
PROGRAMS = ("xlsxwriter", "excel", "libreoffice", "excel-blank", "libreoffice-blank")
LAYOUTS = ("senders", "each")
"""Returns with 500 layouts in four kinds of file, and workbooks with another layout in each."""
Rows = Sequence[Sequence[str]]


def figures(random: Random) -> tuple[int, ...]:
    """Draw the figures of a village, which satisfy every rule of the form."""
    draw = random.random
    households = 40 + int(draw() * 240)
    groups = 1 + int(draw() * 3)
    registered = households - int(draw() * households * 0.15)
    entered = int(draw() < 0.85)
    return (
        households, groups, int(draw() * (groups + 1)), groups * (12 + int(draw() * 30)),
        *(int(draw() * (groups + 1)) for _ in range(5)),
        registered, registered - int(draw() * registered * 0.2), entered, int(entered and draw() < 0.75),
        int(households * (0.6 + 0.4 * draw())), int(draw() * 2), int(draw() * 150), int(draw() * 60),
        int(draw() * 3), 1 + int(draw() * 12), int(draw() * 900), int(draw() * 12), int(draw() * 15),
        int(draw() * 130), int(draw() * 160),
    )  # fmt: skip


def _shares(total: int, parts: int, random: Random) -> list[int]:
    """Divide a total into parts of about equal size, each at least 4."""
    weights = [0.5 + random.random() for _ in range(parts)]
    scale = total / sum(weights)
    shares = [max(4, int(weight * scale)) for weight in weights]
    for place in range(abs(total - sum(shares))):
        shares[place % parts] += 1 if total > sum(shares) else -1
    return shares


def country(size: tuple[int, int, int, int], seed: int) -> tuple[list[list[str]], Iterator[Commune]]:
    """Return the rows of a register down to its communes, and the communes with their villages."""
    provinces, districts, communes, villages = size
    random = Random(seed)
    rows = [["00", "Việt Nam", "", "country", ""]] if provinces > 1 else []
    above = "00" if provinces > 1 else ""
    rows += [
        [f"{number:02}", f"Tỉnh {number:02}", "tỉnh", "province", above] for number in range(1, provinces + 1)
    ]
    above_districts = {}
    for number in range(1, districts + 1):
        province = f"{1 + (number - 1) * provinces // districts:02}"
        rows.append([f"{number:03}", f"Huyện {number:03}", "huyện", "district", province])
        above_districts[f"{number:03}"] = province
    heads = [
        (f"{number:05}", f"Xã {number:05}", f"{1 + (number - 1) * districts // communes:03}")
        for number in range(1, communes + 1)
    ]
    rows += [[code, name, "xã", "commune", district] for code, name, district in heads]
    counts = _shares(villages, communes, random)

    def drawn() -> Iterator[Commune]:
        for (code, name, district), count in zip(heads, counts, strict=True):
            places = range(1, count + 1)
            listed = tuple((f"{code}{n:03}", f"Thôn {n}", figures(random)) for n in places)
            yield Commune(code, name, district, listed, province=above_districts[district])

    return rows, drawn()


Writer = Callable[[Commune, int], tuple[bytes, str, int]]
"""Takes a commune and its number; returns its file, the file's suffix, and how many rows the sheet has."""


def writer(saved_by: str, communes: int, seed: int) -> Writer:
    """Return what writes the files of a program, or of many senders; the seed is the year, too."""
    if saved_by in LAYOUTS:
        senders, kind = (communes, "xlsx") if saved_by == "each" else (senders_of(communes), None)
        layouts = [Layout.of(number, kind) for number in range(senders)]

        def by_layout(commune: Commune, number: int) -> tuple[bytes, str, int]:
            layout = layouts[number % senders]
            content, rows = layout.file(commune, sender_of(commune.code, seed))
            return content, layout.kind, rows

        return by_layout
    patterns = Patterns(saved_by, labels(), seed)
    beside = blanks.ROWS_BESIDE if patterns.is_blank else ROWS_BESIDE
    if communes > 1:
        patterns.ready(range(4, 40))

    def by_pattern(commune: Commune, _: int) -> tuple[bytes, str, int]:
        content = patterns.workbook(commune, sender_of(commune.code, seed))
        return content, "xlsx", len(commune.villages) + beside

    return by_pattern


def _names(stem: str, suffix: str, is_copied: bool) -> list[str]:
    """Return the names under which a file arrives: once, or also downloaded again and renamed."""
    copies = [f"{stem} (1).{suffix}", f"gui lai {stem}.{suffix}"] if is_copied else []
    return [f"{stem}.{suffix}", *copies]


def _write_tables(
    communes: Iterator[Commune], rows: Rows, out: Path, target: Path, *, is_table: bool
) -> Iterator[Commune]:
    """Write the register, the figures as one CSV and the true totals, and yield the communes on the way."""
    totals = [0] * len(MEASURES)
    with ExitStack() as files:
        register = files.enter_context((out / "units.csv").open("w", encoding="utf-8", newline=""))
        units = csv.writer(register, lineterminator="\n")
        units.writerow(["code", "name", "type", "level", "parent"])
        units.writerows(rows)
        figures_file = files.enter_context(target.open("w", encoding="utf-8", newline=""))
        lines = csv.writer(figures_file, lineterminator="\r\n" if is_table else "\n")
        lines.writerow(["Mã thôn", "Tên thôn", *labels()] if is_table else COLUMNS)
        for commune in communes:
            units.writerows([c, name, "thôn", "village", commune.code] for c, name, _ in commune.villages)
            for _, _, values in commune.villages:
                totals = [total + value for total, value in zip(totals, values, strict=True)]
            lines.writerows([c, name, *values] for c, name, values in commune.villages)
            yield commune
    sums = dict(zip(MEASURES, totals, strict=True))
    (out / "sums.json").write_text(json.dumps(sums, indent=1), encoding="utf-8")


def write_all(
    rows: Rows, communes: Iterator[Commune], out: Path, write: Writer | None, *, copies: bool = False
) -> None:
    """Write everything of a period but its form.

    Parameters
    ----------
    rows : the units of the register above the villages.
    communes : the communes with their figures.
    out : the folder of the period.
    write : writes the file of a commune; None for one CSV with all.
    copies : whether every tenth file is there three times.
    """
    target = out.parent / f"{out.name}.csv" if write else out / "returns.csv"
    drawn = _write_tables(communes, rows, out, target, is_table=write is None)
    districts = {row[0]: row[1].replace(" ", "-") for row in rows}
    files = heights = 0
    for number, commune in enumerate(drawn):
        if write is None:
            continue
        content, suffix, height = write(commune, number)
        folder = out / districts[commune.district]
        folder.mkdir(exist_ok=True)
        for name in _names(f"xa-{commune.code}", suffix, copies and number % 10 == 0):
            (folder / name).write_bytes(content)
            files, heights = files + 1, heights + height
    counts = {"files": files, "rows": heights}
    (out.parent / f"{out.name}-counts.json").write_text(json.dumps(counts), encoding="utf-8")


def make(
    size: str, out: Path, *, saved_by: str = "xlsxwriter", faults: str | None = None, copies: bool = False,
    seed: int = 2021,
) -> None:  # fmt: skip
    """Write the returns of a size with their form, register, true totals and counts."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "form.toml").write_bytes(FORM.read_bytes())
    rows, drawn = country((SIZES | TABLES)[size], seed)
    change = _FAULTS[faults] if faults else lambda commune, _: commune
    communes = (change(commune, number) for number, commune in enumerate(drawn))
    write = None if size in TABLES else writer(saved_by, SIZES[size][2], seed)
    write_all(rows, communes, out, write, copies=copies)


def _changed(commune: Commune, measure: str, value: int, fault: Fault | None) -> Commune:
    code, name, values = commune.villages[0]
    place = MEASURES.index(measure)
    first = (code, name, (*values[:place], value, *values[place + 1 :]))
    return replace(commune, villages=(first, *commune.villages[1:]), fault=fault)


def _against_rule(commune: Commune, _: int) -> Commune:
    """Return the commune with a fault: more achieved than registered, in its first village."""
    registered = commune.villages[0][2][MEASURES.index("ho_dang_ky_gdvh")]
    return _changed(commune, "ho_dat_gdvh", registered + 1, None)


def _odd_cell(commune: Commune, number: int) -> Commune:
    """Return the commune with an odd cell in its first village: a unit, a thousands mark, or nothing.

    A blank adds nothing to the true totals. The printed total leaves out what SUM leaves out, as in Excel.
    """
    kind = ("unit", "thousands", "blank")[number % 3]
    measure = "luot_nguoi_hop" if kind == "thousands" else "tong_ho"
    place = MEASURES.index(measure)
    value = commune.villages[0][2][place]
    match kind:
        case "unit":
            return _changed(commune, measure, value, Fault(place, f"{value} hộ"))
        case "thousands":
            return _changed(commune, measure, 1000 + value, Fault(place, f"1.{value:03} "))
        case _:
            return _changed(commune, measure, 0, Fault(place, None))


_FAULTS = {"rules": _against_rule, "cells": _odd_cell}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Write seeded returns for the benchmarks.")
    parser.add_argument("size", choices=[*SIZES, *TABLES])
    parser.add_argument("out", type=Path)
    parser.add_argument("--saved-by", choices=[*PROGRAMS, *LAYOUTS], default="xlsxwriter")
    parser.add_argument("--faults", choices=list(_FAULTS), help="a fault in every file")
    parser.add_argument("--copies", action="store_true", help="every tenth file three times")
    parser.add_argument("--seed", type=int, default=2021)
    options = parser.parse_args()
    make(options.size, options.out, saved_by=options.saved_by, faults=options.faults, copies=options.copies,
         seed=options.seed)  # fmt: skip


if __name__ == "__main__":
    main()

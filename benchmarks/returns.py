"""Seeded returns of any size in the usual layout, for the benchmarks.

    python benchmarks/returns.py province OUT     173 workbooks, about 1,365 villages
    python benchmarks/returns.py nation OUT       10,599 workbooks, about 90,000 villages
    python benchmarks/returns.py million OUT      one CSV of 1,000,000 villages
        [--saved-by xlsxwriter|excel|libreoffice] [--faults rules|cells] [--seed N]

Every village has 24 measures. Workbooks are written as XlsxWriter, Excel or LibreOffice writes them
(`workbooks`), each with the dates, names and identifiers of its own sender (`senders`). The folder also gets
form.toml, units.csv and sums.json with the true totals. NAME.csv beside the folder of workbooks has the same
figures, for tools that do not read workbooks.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

from measures import COLUMNS, FORM, MEASURES, labels
from senders import sender_of
from workbooks import Commune, Fault, Patterns

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
    for number in range(1, districts + 1):
        province = f"{1 + (number - 1) * provinces // districts:02}"
        rows.append([f"{number:03}", f"Huyện {number:03}", "huyện", "district", province])
    heads = [
        (f"{number:05}", f"Xã {number:05}", f"{1 + (number - 1) * districts // communes:03}")
        for number in range(1, communes + 1)
    ]
    rows += [[code, name, "xã", "commune", district] for code, name, district in heads]
    counts = _shares(villages, communes, random)

    def drawn() -> Iterator[Commune]:
        for (code, name, district), count in zip(heads, counts, strict=True):
            places = range(1, count + 1)
            yield Commune(
                code, name, district, tuple((f"{code}{n:03}", f"Thôn {n}", figures(random)) for n in places)
            )

    return rows, drawn()


def make(
    size: str, out: Path, *, saved_by: str = "xlsxwriter", faults: str | None = None, seed: int = 2021
) -> None:
    """Write the returns of a size with their form, register and true totals."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "form.toml").write_bytes(FORM.read_bytes())
    rows, communes = country((SIZES | TABLES)[size], seed)
    headers = labels()
    totals = [0] * len(MEASURES)
    districts = {row[0]: row[1].replace(" ", "-") for row in rows}
    patterns = Patterns(saved_by, headers)
    is_table = size in TABLES
    with ExitStack() as files:
        register = files.enter_context((out / "units.csv").open("w", encoding="utf-8", newline=""))
        units = csv.writer(register, lineterminator="\n")
        units.writerow(["code", "name", "type", "level", "parent"])
        units.writerows(rows)
        target = out / "returns.csv" if is_table else out.parent / f"{out.name}.csv"
        figures_file = files.enter_context(target.open("w", encoding="utf-8", newline=""))
        lines = csv.writer(figures_file, lineterminator="\r\n" if is_table else "\n")
        lines.writerow(["Mã thôn", "Tên thôn", *headers] if is_table else COLUMNS)
        if not is_table and SIZES[size][2] > 1:
            patterns.ready(range(4, 40))
        for number, drawn in enumerate(communes):
            commune = _FAULTS[faults](drawn, number) if faults else drawn
            units.writerows([c, name, "thôn", "village", commune.code] for c, name, _ in commune.villages)
            for _, _, values in commune.villages:
                totals = [total + value for total, value in zip(totals, values, strict=True)]
            lines.writerows([c, name, *values] for c, name, values in commune.villages)
            if is_table:
                continue
            folder = out / districts[commune.district]
            folder.mkdir(exist_ok=True)
            path = folder / f"xa-{commune.code}.xlsx"
            path.write_bytes(patterns.workbook(commune, sender_of(commune.code, seed)))
    sums = dict(zip(MEASURES, totals, strict=True))
    (out / "sums.json").write_text(json.dumps(sums, indent=1), encoding="utf-8")


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
    parser.add_argument("--saved-by", choices=["xlsxwriter", "excel", "libreoffice"], default="xlsxwriter")
    parser.add_argument("--faults", choices=list(_FAULTS), help="a fault in every file")
    parser.add_argument("--seed", type=int, default=2021)
    options = parser.parse_args()
    make(options.size, options.out, saved_by=options.saved_by, faults=options.faults, seed=options.seed)


if __name__ == "__main__":
    main()

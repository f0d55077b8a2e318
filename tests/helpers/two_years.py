"""Two years of a small province, written as real files: thirty-six villages of six communes.

Every figure follows from the number of the village, and most change a little from year to year. A test
changes some of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.command import run
from helpers.returns import setup, write_csv

FORM = """
[form]
id = "hai-nam"
version = "1"
title = {{ vi = "Hai năm", en = "Two years" }}

[[table]]
code = "01"
level = "village"
title = {{ vi = "Biểu 01", en = "Table 01" }}

[[measure]]
code = "ho"
label = {{ vi = "Số hộ", en = "Households" }}
unit = {{ vi = "hộ", en = "households" }}

[[measure]]
code = "nguoi"
label = {{ vi = "Số người", en = "Persons" }}
unit = {{ vi = "người", en = "persons" }}

[[measure]]
code = "to"
label = {{ vi = "Số tổ", en = "Groups" }}
unit = {{ vi = "tổ", en = "groups" }}

[[measure]]
code = "dat"
label = {{ vi = "Hộ đạt", en = "Achieved" }}
unit = {{ vi = "hộ", en = "households" }}
{dat}

[[measure]]
code = "duong"
label = {{ vi = "Đường", en = "Roads" }}
unit = {{ vi = "km", en = "km" }}
decimals = {decimals}
"""

MEASURES = ("ho", "nguoi", "to", "dat", "duong")
HEAD = ["Mã thôn", "Tên thôn", "Số hộ", "Số người", "Số tổ", "Hộ đạt", "Đường"]
COMMUNES, VILLAGES = 6, 6
Row = tuple[int, int]
"""Number of a commune and of a village in it, both from 1."""
Values = Mapping[tuple[int, int, str], object]
"""Commune, village and measure of a figure -> what the cell says."""


def code(commune: int, village: int) -> str:
    """Return the code of a village."""
    return f"07{commune:02}{village:02}"


def figures(commune: int, village: int) -> dict[str, Any]:
    """Return what a village reported last year."""
    number = (commune - 1) * VILLAGES + village
    households = 90 + 37 * number % 101
    return {
        "ho": households,
        "nguoi": 4 * households + number % 9,
        "to": 1 + number % 3,
        "dat": households * (60 + number % 7) // 100,
        "duong": f"{12 + 5 * number % 11},{number % 10}",
    }


def this_year(commune: int, village: int) -> dict[str, Any]:
    """Return what a village reports this year: two in three changed by one in a hundred."""
    number = (commune - 1) * VILLAGES + village
    found = figures(commune, village)
    for place, measure in enumerate(("ho", "nguoi", "dat")):
        found[measure] += (number + place) % 3 * found[measure] // 100
    return found


def write_year(
    folder: Path, changes: Values, *, later: bool, dat: str = "", decimals: int = 1, more: str = ""
) -> Path:
    """Write form, register and a CSV per commune.

    Parameters
    ----------
    folder : the folder to make.
    changes : figures that differ.
    later : whether it is this year, else last year.
    dat : further keys of the measure ``dat``.
    decimals : decimals of the measure ``duong``.
    more : TOML that follows the form.
    """
    units = ["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,"]
    for commune in range(1, COMMUNES + 1):
        units.append(f"07{commune:02},Mường {commune},xã,commune,07")
        units += [
            f"{code(commune, village)},Thôn {village},thôn,village,07{commune:02}"
            for village in range(1, VILLAGES + 1)
        ]
    setup(folder, more, form=FORM.format(dat=dat, decimals=decimals), units="\n".join(units) + "\n")
    for commune in range(1, COMMUNES + 1):
        rows: list[Sequence[object]] = [
            ["Mã thôn", "Tên thôn", "Số hộ", "Số người", "Số tổ", "Hộ đạt", "Đường"]
        ]
        for village in range(1, VILLAGES + 1):
            told = (this_year if later else figures)(commune, village)
            for measure in MEASURES:
                told[measure] = changes.get((commune, village, measure), told[measure])
            if not decimals:
                told["duong"] = str(told["duong"]).partition(",")[0]
            rows.append([code(commune, village), f"Thôn {village}", *(told[measure] for measure in MEASURES)])
        write_csv(folder / f"xa-{commune}.csv", rows)
    return folder


def amount(figure: object) -> float:
    """Return a figure as a number."""
    return float(str(figure).replace(",", "."))


def whole(commune: int, **factors: float) -> dict[tuple[int, int, str], object]:
    """Return the figures of a commune with some measures multiplied."""
    return {
        (commune, village, measure): round(amount(this_year(commune, village)[measure]) * factor)
        for village in range(1, VILLAGES + 1)
        for measure, factor in factors.items()
    }


def doubts(
    place: Path, changes: Values, before: Values | None = None, *, then_decimals: int = 1, **options: Any
) -> list[dict[str, Any]]:
    """Write both years, run ``antq-stats validate`` and return the findings of plausibility.

    Parameters
    ----------
    place : folder of both years.
    changes, before : figures of this and of last year that differ.
    then_decimals : decimals of the measure ``duong`` last year.
    options : as for `write_year`, for this year.
    """
    same = {key: value for key, value in options.items() if key == "dat"}
    write_year(place / "2020", before or {}, later=False, decimals=then_decimals, **same)
    write_year(place / "2021", changes, later=True, **options)
    ran = run("validate", place / "2021", "--with", place / "2020", "--format", "json")
    assert ran.status in (0, 1), ran.stderr
    return [finding for finding in ran.data["findings"] if finding["code"].startswith("P")]


def places(found: list[dict[str, Any]]) -> list[tuple[str, str | None, str | None]]:
    """Return code, cell and measure of each finding."""
    return [(finding["code"], finding["cell"], finding["measure"]) for finding in found]

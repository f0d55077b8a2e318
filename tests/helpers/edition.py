"""Write a folder of edition 2025 of the built-in form: a province of two levels below it, and valid returns.

Every unit gives the same figures, which keep every rule; a test changes some of them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from antq_stats.form import Form, load_form

VILLAGES = 3
"""Villages of each commune."""

_VALUES = {
    "tong_ho": 120,
    "nhan_khau": 480,
    "to_bao_ve_antt": 1,
    "tv_bao_ve_antt": 5,
    "to_tu_quan_antt": 2,
    "tv_to_tu_quan": 24,
    "ho_dang_ky_gdvh": 110,
    "ho_dat_gdvh": 100,
    "ho_dang_ky_an_toan": 120,
    "pn_ky_cam_ket": 80,
    "tong_thon": VILLAGES,
    "tv_bao_ve_antt_dinh_muc": 20,
    "mo_hinh_antq": 4,
    "diem_mo_hinh_antq": 9,
    "xa_khong_ma_tuy": 1,
    "xa_trong_diem_mt_1": 0,
    "xa_trong_diem_mt_2": 0,
    "xa_trong_diem_mt_3": 1,
    "nguoi_nghien": 0,
    "nguoi_chap_hanh_xong_an": 9,
    "thon_khong_tn_nghien": 1,
}
"""The figures of a unit that are not 1."""

Changes = Mapping[tuple[str, str], object]
"""Code of a unit and of a measure -> what the cell says."""


def commune(number: int) -> str:
    """Return the code of a commune, counted from 1."""
    return f"{2600 + number:05}"


def village(of: int, number: int = 1) -> str:
    """Return the code of a village of a commune, both counted from 1."""
    return f"{commune(of)}{number:03}"


def write_edition(folder: Path, communes: int, changes: Changes, year: int = 2025) -> Form:
    """Write register and returns; return the form they follow.

    Parameters
    ----------
    folder : the folder to make.
    communes : number of communes.
    changes : cells that differ.
    year : year that picks the edition.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, communes + 1)
    rows = [("15", "Lào Cai", "tỉnh", "province", "")]
    rows += [(commune(n), f"Mường {n}", "xã", "commune", "15") for n in numbers]
    rows += [
        (village(n, k), f"Thôn {k}", "", "village", commune(n))
        for n in numbers
        for k in range(1, VILLAGES + 1)
    ]
    _write(folder / "units.csv", [("code", "name", "type", "level", "parent"), *rows])
    form = load_form(None, year)
    for table in form.tables:
        codes = [measure.code for measure in form.measures_of(table)]
        units = [row[0] for row in rows if row[3] == table.level]
        units += sorted({unit for unit, code in changes if code in codes} - set(units))
        _write(
            folder / f"bieu-{table.code}.csv",
            [
                ("code", *codes),
                *(
                    (unit, *(changes.get((unit, code), _VALUES.get(code, 1)) for code in codes))
                    for unit in units
                ),
            ],
        )
    return form


def _write(path: Path, rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
